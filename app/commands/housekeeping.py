"""`db retention`, `holds`, `certificates`, `export-subject` and `check`."""

import argparse
import getpass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from app.commands.common import Commands, add_dsn, add_home, add_superuser, paths_of
from app.domain.errors import StateConflict
from app.domain.hold import NewHold
from app.domain.ids import HoldId, InfractionId
from app.housekeeping import day_of, end_of_day
from app.progress import StepwiseProgress


def add(actions: Commands) -> None:
    """Add them to the actions of `db`."""
    _add_check(actions)
    _add_retention(actions)
    _add_holds(actions)
    shown = actions.add_parser(
        "certificates", help="show or export the certificates of what was erased"
    )
    shown.add_argument("--case", help="of this case alone")
    shown.add_argument("--out", type=Path, help="write each to a file in this folder")
    _add_owner(shown)
    shown.set_defaults(run=_certificates)
    export = actions.add_parser(
        "export-subject", help="write all that is kept of a plate to a folder"
    )
    export.add_argument("--plate", required=True)
    export.add_argument("--reason", required=True, help="kept in the trail")
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--language", choices=("es", "en"), default="es")
    _add_person(export, "a supervisor or administrator")
    export.set_defaults(run=_export_subject)


def _add_check(actions: Commands) -> None:
    check = actions.add_parser("check", help="compare rows, evidence files and hashes")
    check.add_argument(
        "--mend",
        action="store_true",
        help="set files without a case aside, put lost files back from copies",
    )
    check.add_argument(
        "--from",
        dest="backups",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a backup of the evidence folder to take lost files from",
    )
    check.add_argument(
        "--since",
        default="",
        metavar="HASH",
        help="go on with the files from here, without the rows",
    )
    _add_owner(check)
    check.set_defaults(run=_check)


def _add_retention(actions: Commands) -> None:
    retention = actions.add_parser(
        "retention", help="say how long cases are kept, and erase what is older"
    )
    _add_owner(retention)
    retention.set_defaults(run=_show_retention)
    acts = retention.add_subparsers(metavar="ACTION")
    shown = acts.add_parser("show", help="show the term of each type and state")
    shown.set_defaults(run=_show_retention)
    change = acts.add_parser("set", help="change a term")
    change.add_argument("kind", help="type, such as speeding")
    change.add_argument("state", help="such as rejected")
    change.add_argument("days", type=int, help="8 to 36500, from the last act on")
    _add_person(change, "an administrator")
    change.set_defaults(run=_set_retention)
    dry = acts.add_parser(
        "dry-run", help="list what would be erased, and change nothing"
    )
    dry.add_argument(
        "--on", type=_day, metavar="YYYY-MM-DD", help="at the end of this day; else now"
    )
    dry.set_defaults(run=_dry_run)
    apply = acts.add_parser("apply", help="erase what is due, with certificates")
    apply.set_defaults(run=_apply_retention)
    for parser in (shown, dry, apply):
        _add_owner(parser)


def _add_holds(actions: Commands) -> None:
    listed = actions.add_parser("holds", help="list the holds that stand")
    hold = actions.add_parser("hold", help="keep a case from being erased")
    hold.add_argument("case", type=UUID)
    hold.add_argument(
        "--until",
        type=_day,
        metavar="YYYY-MM-DD",
        help="a lock, which ends after this day; else a legal hold",
    )
    release = actions.add_parser("release", help="release what somebody else holds")
    release.add_argument("hold", type=UUID)
    for parser, run in ((listed, _holds), (hold, _hold), (release, _release)):
        if parser is not listed:
            parser.add_argument("--reason", required=True, help="kept in the trail")
        _add_person(parser, "a supervisor or administrator")
        parser.set_defaults(run=run)


def _add_owner(parser: argparse.ArgumentParser) -> None:
    add_superuser(parser)
    add_home(parser)


def _add_person(parser: argparse.ArgumentParser, who: str) -> None:
    parser.add_argument("--login", required=True, help=who)
    add_dsn(parser)
    add_home(parser)


def _day(text: str) -> datetime:
    try:
        return end_of_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written 2027-01-31") from None


def _password_of(login: str) -> str:
    return getpass.getpass(f"Password of {login!r}: ")


def _check(options: argparse.Namespace) -> int:
    from app.housekeeping import check_database

    found = unmended = 0
    for finding in check_database(
        paths_of(options),
        options.superuser_dsn,
        mend=options.mend,
        backups=options.backups,
        since=options.since,
        progress=StepwiseProgress(),
    ):
        print(finding)
        found += 1
        unmended += not finding.mended
    print(f"{found} finding(s), {found - unmended} mended")
    return 1 if unmended else 0


def _show_retention(options: argparse.Namespace) -> int:
    from app.housekeeping import retention

    for rule in retention(paths_of(options), options.superuser_dsn):
        print(f"{rule.kind:12} {rule.state:12} {rule.keep_days:6} days")
    print(
        "Counted from the last act on a case. The terms are provisional: see a lawyer."
    )
    return 0


def _set_retention(options: argparse.Namespace) -> int:
    from app.housekeeping import change_retention

    try:
        change_retention(
            paths_of(options),
            options.dsn,
            login=options.login,
            password=_password_of(options.login),
            kind=options.kind,
            state=options.state,
            days=options.days,
        )
    except KeyError:
        raise StateConflict(
            "There is no such type and state. See: python main.py db retention"
        ) from None
    print(
        f"Cases of {options.kind}, {options.state} are kept for {options.days} days. "
        "By this term nothing is erased before seven days are over."
    )
    return 0


def _dry_run(options: argparse.Namespace) -> int:
    from app.housekeeping import dry_run

    on = options.on or datetime.now(UTC)
    for line in dry_run(paths_of(options), options.superuser_dsn, on):
        print(line)
    return 0


def _apply_retention(options: argparse.Namespace) -> int:
    from app.housekeeping import apply_retention

    said, whole = apply_retention(paths_of(options), options.superuser_dsn)
    print(said)
    return 0 if whole else 1


def _holds(options: argparse.Namespace) -> int:
    from app.bootstrap.database import session_of

    password = _password_of(options.login)
    with session_of(paths_of(options), options.dsn, options.login, password) as one:
        holds = one.case_store.holds()
    for hold in holds:
        ends = f"until {day_of(hold.ends)}" if hold.ends else "without an end"
        print(
            f"{hold.id}  case {hold.infraction_id}, {hold.kind} {ends}, by "
            f"{hold.set_by} on {day_of(hold.set_at)}: {hold.reason}"
        )
    print(f"{len(holds)} hold(s)")
    return 0


def _hold(options: argparse.Namespace) -> int:
    from app.bootstrap.database import session_of

    password = _password_of(options.login)
    wanted = NewHold(reason=options.reason, ends=options.until)
    with session_of(paths_of(options), options.dsn, options.login, password) as one:
        try:
            one.case_store.set_hold(InfractionId(options.case), wanted)
        except KeyError:
            raise StateConflict("There is no such case. Check its identity.") from None
    print(f"The case is held. Only somebody else than {options.login} releases it.")
    return 0


def _release(options: argparse.Namespace) -> int:
    from app.bootstrap.database import session_of

    password = _password_of(options.login)
    with session_of(paths_of(options), options.dsn, options.login, password) as one:
        try:
            one.case_store.release_hold(HoldId(options.hold), options.reason)
        except KeyError:
            raise StateConflict(
                "There is no such hold. See: python main.py db holds"
            ) from None
    print("The hold is released.")
    return 0


def _certificates(options: argparse.Namespace) -> int:
    from app.housekeeping import show_certificates

    lines = list(
        show_certificates(
            paths_of(options), options.superuser_dsn, options.case, options.out
        )
    )
    for line in lines:
        print(line)
    print(f"{len(lines)} certificate(s)")
    return 0


def _export_subject(options: argparse.Namespace) -> int:
    from app.housekeeping import export_subject

    folder = export_subject(
        paths_of(options),
        options.dsn,
        login=options.login,
        password=_password_of(options.login),
        plate=options.plate,
        reason=options.reason,
        out=options.out,
        language=options.language,
    )
    print(f"Written to {folder}")
    return 0
