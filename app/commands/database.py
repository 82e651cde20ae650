"""`db`: look after the database."""

import argparse
import getpass
from contextlib import closing
from pathlib import Path

from app.commands import housekeeping, months, people, shared_server
from app.commands.common import (
    Commands,
    add_dsn,
    add_home,
    add_superuser,
    of_a_person,
    paths_of,
)
from app.domain.ids import Login
from app.domain.password import require_good
from app.domain.person import Role

_ROLES = tuple(role.value for role in Role if role is not Role.ENGINE)


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("db", help="look after the database")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    setup = actions.add_parser(
        "setup", help="make tables, roles and logins on a server (as its superuser)"
    )
    add_superuser(setup)
    add_home(setup)
    setup.set_defaults(run=_setup)
    person = actions.add_parser("add-person", help="give somebody a login")
    person.add_argument("login")
    person.add_argument("--name", required=True, help="full name")
    person.add_argument("--role", required=True, choices=_ROLES)
    add_superuser(person)
    add_home(person)
    person.set_defaults(run=_add_person)
    engine = actions.add_parser(
        "engine-login", help="let this computer's engine log in to a shared server"
    )
    engine.add_argument(
        "--login", default="engine", help="its own, where `db add-engine` made one"
    )
    add_home(engine)
    engine.set_defaults(run=_engine_login)
    _add_plates(actions)
    housekeeping.add(actions)
    months.add(actions)
    _add_verify_audit(actions)
    _add_seal_key(actions)
    _add_people(actions)
    shared_server.add(actions)
    people.add(actions)


def _add_verify_audit(actions: Commands) -> None:
    verify = actions.add_parser(
        "verify-audit",
        help="walk the chain of the trail, and hold it against its anchors",
    )
    verify.add_argument(
        "--anchors",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="files of signed heads; default: those that this computer's engine kept",
    )
    verify.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="HEX",
        help="public key of another computer whose anchors are trusted",
    )
    add_superuser(verify)
    add_home(verify)
    verify.set_defaults(run=_verify_audit)


def _add_seal_key(actions: Commands) -> None:
    key = actions.add_parser(
        "seal-key", help="show the key that this computer's engine seals cases with"
    )
    key.add_argument(
        "--rotate",
        action="store_true",
        help="make a new key, which the present one signs; for a stopped engine",
    )
    add_home(key)
    key.set_defaults(run=_seal_key)


def _add_plates(actions: Commands) -> None:
    keep = actions.add_parser(
        "keep-plates", help="say how long plates without a case are kept"
    )
    keep.add_argument("days", type=int, nargs="?", help="1 to 365; else only look")
    keep.add_argument("--login", required=True, help="a technician or administrator")
    add_dsn(keep)
    add_home(keep)
    keep.set_defaults(run=_keep_plates)
    forget = actions.add_parser(
        "forget-plates", help="forget the plates that are older than is kept"
    )
    forget.add_argument(
        "--dry-run", action="store_true", help="only say what would be forgotten"
    )
    add_superuser(forget)
    add_home(forget)
    forget.set_defaults(run=_forget_plates)


def _add_people(actions: Commands) -> None:
    listed = actions.add_parser("sessions", help="list who is connected")
    ended = actions.add_parser("end-sessions", help="end all sessions of a person")
    out = actions.add_parser("put-out", help="let a person in no more")
    back = actions.add_parser("let-in", help="let a person in again")
    runs = (
        (listed, _sessions),
        (ended, _end_sessions),
        (out, _put_out),
        (back, _let_in),
    )
    for parser, run in runs:
        if parser is not listed:
            parser.add_argument("login")
        add_superuser(parser)
        add_home(parser)
        parser.set_defaults(run=run)


def _add_person(options: argparse.Namespace) -> int:
    from app.bootstrap.people import add_person

    password = getpass.getpass(f"Password for {options.login!r}: ")
    require_good(Login(options.login), password)
    add_person(
        paths_of(options),
        options.superuser_dsn,
        login=options.login,
        full_name=options.name,
        role=Role(options.role),
        password=password,
    )
    print(f"{options.login} can log in as {options.role}.")
    return 0


def _engine_login(options: argparse.Namespace) -> int:
    from app.bootstrap.database import ENGINE_SECRET
    from app.config.secret_store import open_secret_store

    login: str = options.login
    password = getpass.getpass(f"Password of the login {login!r} on the server: ")
    open_secret_store(paths_of(options)).put(ENGINE_SECRET, login, password)
    print("This computer's engine can log in.")
    return 0


def _setup(options: argparse.Namespace) -> int:
    from app.bootstrap.people import set_up_database

    password = getpass.getpass("Password for the administrator 'admin': ")
    require_good(Login("admin"), password)
    set_up_database(paths_of(options), options.superuser_dsn, password)
    print("The database is ready; 'admin' can log in.")
    return 0


def _keep_plates(options: argparse.Namespace) -> int:
    from app.bootstrap.records import keep_plates

    password = getpass.getpass(f"Password of {options.login!r}: ")
    days = keep_plates(
        paths_of(options),
        options.dsn,
        login=options.login,
        password=password,
        days=options.days,
    )
    print(f"Plates without a case are kept for {days} days.")
    return 0


def _forget_plates(options: argparse.Namespace) -> int:
    from app.bootstrap.records import forget_plates

    for line in forget_plates(
        paths_of(options), options.superuser_dsn, dry_run=options.dry_run
    ):
        print(line)
    return 0


def _sessions(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import sessions

    with administration(paths_of(options), options.superuser_dsn) as connection:
        found = sessions(connection)
    for each in found:
        began = each.in_transaction_since
        held = f", in a transaction since {began:%Y-%m-%d %H:%M:%S %Z}" if began else ""
        since = f"{each.since:%Y-%m-%d %H:%M:%S %Z}"
        print(
            f"{each.login} from {each.address} ({each.application}) since {since}{held}"
        )
    print(f"{len(found)} session(s)")
    return 0


def _end_sessions(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import end_sessions

    with administration(paths_of(options), options.superuser_dsn) as connection:
        ended = of_a_person(lambda: end_sessions(connection, Login(options.login)))
    print(f"{ended} session(s) of {options.login} ended.")
    return 0


def _put_out(options: argparse.Namespace) -> int:
    _set_active(options, active=False)
    print(f"{options.login} is out: no login, no session.")
    return 0


def _let_in(options: argparse.Namespace) -> int:
    _set_active(options, active=True)
    print(f"{options.login} can log in again.")
    return 0


def _set_active(options: argparse.Namespace, *, active: bool) -> None:
    from app.bootstrap.people import administration
    from db.people import set_active

    with administration(paths_of(options), options.superuser_dsn) as connection:
        of_a_person(lambda: set_active(connection, Login(options.login), active=active))


def _seal_key(options: argparse.Namespace) -> int:
    from app.config.secret_store import open_secret_store
    from app.domain.clock import SystemClock
    from app.evidence.seal_key import SealKey
    from app.evidence.signing import fingerprint
    from app.evidence.spool import Spool

    paths, clock = paths_of(options), SystemClock()
    secrets = open_secret_store(paths)
    if options.rotate:
        # Held by an engine that runs: it would go on sealing with a key that is over.
        with closing(Spool(paths.spool / "spool.sqlite", clock)):
            key = SealKey.rotate(secrets, clock)
    else:
        key = SealKey.of(secrets, clock)
    print(f"station {key.station}")
    print(f"key {key.public}")
    print(f"fingerprint {fingerprint(key.public)}")
    if options.rotate:
        print("Start the engine: it tells the server of the new key.")
    return 0


def _verify_audit(options: argparse.Namespace) -> int:
    from app.bootstrap.records import verify_audit

    report = verify_audit(
        paths_of(options), options.superuser_dsn, options.anchors, options.key
    )
    print(f"database {report.database}: {report.entries} entries")
    for finding in report.findings:
        print(f"entry {finding.sequence}: {finding.message}")
    if not report.anchors:
        print("No anchors were given: a cut tail or a chain made anew may go unseen.")
    broken = report.first_broken
    if broken is not None:
        print(f"The first broken link is entry {broken.sequence}.")
    if report.findings:
        return 1
    print(f"The chain holds, and {report.anchors} anchor(s) lie on it.")
    return 0
