"""`db`: people, the sites that they see, and their passwords."""

import argparse
import getpass
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app.commands.common import (
    Commands,
    add_dsn,
    add_home,
    add_superuser,
    of_a_person,
    paths_of,
)
from app.domain.errors import StateConflict
from app.domain.ids import Login

Run = Callable[[argparse.Namespace], int]
_RULES = {
    "second_review": "a second person confirms each case",
    "separate_notice": "another than the only reviewer issues a notice",
    "claim_needed": "a case is claimed before it is decided",
}


def add(actions: Commands) -> None:
    """Add the commands."""
    _add_sites(actions)
    _owned(actions, "people", "list people, their sites and what waits", _people)
    _with_login(_owned(actions, "unlock", "let in who failed too often", _unlock))
    _owned(
        actions,
        "close-reading",
        "leave personal data to functions that keep a trace",
        _close_reading,
    )
    age = _owned(actions, "password-age", "say how old a password may be", _age)
    age.add_argument("days", type=int, help="1 to 3650; 0: of any age")
    _add_passwords(actions)
    _add_engines(actions)
    guard = _owned(
        actions, "guard", "lock out who fails too often, beside the server", _guard
    )
    guard.add_argument(
        "--log", type=Path, required=True, help="the server's log, or their folder"
    )
    guard.add_argument("--hba", type=Path, required=True, help="its pg_hba.conf")


def _add_sites(actions: Commands) -> None:
    _owned(actions, "sites", "list sites and their rules", _sites)
    made = _owned(actions, "add-site", "make a site", _add_site)
    made.add_argument("name")
    made.add_argument("--timezone", required=True, help="such as America/Lima")
    made.add_argument("--prefix", required=True, help="how its notices are numbered")
    given = _with_login(_owned(actions, "assign", "say which sites one sees", _assign))
    given.add_argument("sites", type=int, nargs="*", metavar="SITE")
    given.add_argument("--all", action="store_true", help="all, those to come too")
    moved = _owned(actions, "move-camera", "put a camera under a site", _move_camera)
    moved.add_argument("camera", help="name or identity")
    moved.add_argument("site", type=int)
    rules = _owned(actions, "review-rules", "say how a site decides", _review_rules)
    rules.add_argument("site", type=int)
    for name, text in _RULES.items():
        option = f"--{name.replace('_', '-')}"
        rules.add_argument(option, action="store_true", help=text)


def _add_engines(actions: Commands) -> None:
    _with_login(
        _owned(
            actions, "add-engine", "make a workstation's engine a login", _add_engine
        )
    )
    freed = _owned(
        actions, "release-engine", "let another login speak for an engine", _release
    )
    freed.add_argument("station", type=UUID, help="its identity, see db seal-key")
    freed.add_argument("reason", help="5 to 200 characters")


def _add_passwords(actions: Commands) -> None:
    own = actions.add_parser("change-password", help="change your own password")
    ask = actions.add_parser(
        "ask-reset", help="ask another administrator to reset a password"
    )
    approve = actions.add_parser("approve-reset", help="let a reset happen")
    refuse = actions.add_parser("refuse-reset", help="end a reset")
    ask.add_argument("--reason", required=True, help="5 to 200 characters")
    runs: tuple[tuple[argparse.ArgumentParser, Run], ...] = (
        (own, _change_password),
        (ask, _ask_reset),
        (approve, _approve_reset),
        (refuse, _refuse_reset),
    )
    for parser, run in runs:
        parser.add_argument("login")
        if parser is not own:
            parser.add_argument(
                "--as", dest="administrator", required=True, help="your own login"
            )
        add_dsn(parser)
        add_home(parser)
        parser.set_defaults(run=run)


def _owned(
    actions: Commands, name: str, text: str, run: Run
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    add_superuser(parser)
    add_home(parser)
    parser.set_defaults(run=run)
    return parser


def _with_login(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("login")
    return parser


def _people(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import people

    with administration(paths_of(options), options.superuser_dsn) as connection:
        found = people(connection)
    for each in found:
        sees = "all sites" if each.sites is None else f"sites {list(each.sites)}"
        notes = [
            "" if each.active else "out",
            "must change the password" if each.must_change_password else "",
            f"locked out until {each.locked_until:%H:%M:%S %Z}"
            if each.locked_until
            else "",
            f"reset asked by {each.reset_asked_by}" if each.reset_asked_by else "",
        ]
        said = "".join(f", {note}" for note in notes if note)
        print(f"{each.login} ({each.full_name}), {each.role}, {sees}{said}")
    return 0


def _sites(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import sites

    with administration(paths_of(options), options.superuser_dsn) as connection:
        found = sites(connection)
    for number, name, rules in found:
        said = [text for field, text in _RULES.items() if getattr(rules, field)]
        print(f"{number} {name}" + "".join(f"; {text}" for text in said))
    return 0


def _add_site(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import add_site

    with administration(paths_of(options), options.superuser_dsn) as connection:
        number = add_site(connection, options.name, options.timezone, options.prefix)
    print(f"{options.name} is site {number}.")
    return 0


def _assign(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import set_sites

    if options.all == bool(options.sites):
        raise StateConflict("Name the sites, or give --all.")
    given = None if options.all else options.sites
    with administration(paths_of(options), options.superuser_dsn) as connection:
        of_a_person(lambda: set_sites(connection, Login(options.login), given))
    print(f"{options.login} sees {'all sites' if given is None else f'sites {given}'}.")
    return 0


def _move_camera(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import move_camera

    with administration(paths_of(options), options.superuser_dsn) as connection:
        try:
            move_camera(connection, options.camera, options.site)
        except KeyError:
            raise StateConflict("There is no such camera.") from None
    print(f"New cases of {options.camera} are of site {options.site}.")
    return 0


def _review_rules(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import ReviewRules, set_review_rules

    rules = ReviewRules(**{name: getattr(options, name) for name in _RULES})
    with administration(paths_of(options), options.superuser_dsn) as connection:
        try:
            set_review_rules(connection, options.site, rules)
        except KeyError:
            raise StateConflict("There is no such site.") from None
    said = [text for name, text in _RULES.items() if getattr(rules, name)]
    print(f"Site {options.site}: {'; '.join(said) or 'one review is enough'}.")
    return 0


def _unlock(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import lift_lockout

    with administration(paths_of(options), options.superuser_dsn) as connection:
        lifted = of_a_person(lambda: lift_lockout(connection, Login(options.login)))
    print(f"{options.login} was locked out from {lifted} address(es), and is no more.")
    return 0


def _close_reading(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import close_direct_reading

    with administration(paths_of(options), options.superuser_dsn) as connection:
        was_open = close_direct_reading(connection)
    print("Cases are read with a trace." if was_open else "This was so before.")
    return 0


def _age(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import set_password_age

    with administration(paths_of(options), options.superuser_dsn) as connection:
        set_password_age(connection, options.days or None)
    print(
        f"A password serves for {options.days} days."
        if options.days
        else "A password does not grow old."
    )
    return 0


def _change_password(options: argparse.Namespace) -> int:
    from app.bootstrap.people import in_the_name_of
    from app.domain.password import require_another
    from db.people import change_password

    old = getpass.getpass(f"Password of {options.login!r} now: ")
    new = getpass.getpass("New password, 12 characters or more: ")
    if new != getpass.getpass("The same again: "):
        raise StateConflict("The two are not the same. Nothing was changed.")
    require_another(Login(options.login), old, new)
    with in_the_name_of(
        paths_of(options), options.dsn, options.login, old
    ) as connection:
        change_password(connection, Login(options.login), new)
    print("The password is changed.")
    return 0


def _ask_reset(options: argparse.Namespace) -> int:
    from app.bootstrap.people import in_the_name_of
    from db.people import ask_password_reset

    own = getpass.getpass(f"Password of {options.administrator!r}: ")
    with in_the_name_of(
        paths_of(options), options.dsn, options.administrator, own
    ) as connection:
        made = of_a_person(
            lambda: ask_password_reset(connection, Login(options.login), options.reason)
        )
    print(f"Once another administrator approves it within the hour: {made}")
    return 0


def _approve_reset(options: argparse.Namespace) -> int:
    _end_reset(options, approve=True)
    print(f"{options.login} has the new password, and must change it.")
    return 0


def _refuse_reset(options: argparse.Namespace) -> int:
    _end_reset(options, approve=False)
    print(f"{options.login} keeps the password.")
    return 0


def _end_reset(options: argparse.Namespace, *, approve: bool) -> None:
    from app.bootstrap.people import in_the_name_of
    from db.people import end_password_reset

    own = getpass.getpass(f"Password of {options.administrator!r}: ")
    with in_the_name_of(
        paths_of(options), options.dsn, options.administrator, own
    ) as connection:
        try:
            end_password_reset(connection, Login(options.login), approve=approve)
        except KeyError:
            raise StateConflict("No reset of this login is waiting.") from None


def _add_engine(options: argparse.Namespace) -> int:
    from app.bootstrap.database import owner_dsn
    from db.people import random_password
    from db.provision import add_engine

    password = random_password()
    with owner_dsn(paths_of(options), options.superuser_dsn) as dsn:
        add_engine(dsn, Login(options.login), password)
    print(f"{options.login} is a login for one engine. On its workstation:")
    print(f"    python main.py db engine-login --login {options.login}")
    print(f"    password: {password}")
    return 0


def _release(options: argparse.Namespace) -> int:
    from app.bootstrap.people import administration
    from db.people import release_engine

    with administration(paths_of(options), options.superuser_dsn) as connection:
        try:
            release_engine(connection, options.station, options.reason)
        except KeyError:
            raise StateConflict("No login holds an engine of this identity.") from None
    print("The next login that tells a key of this engine holds it.")
    return 0


def _guard(options: argparse.Namespace) -> int:
    from app.bootstrap.people import keep_guard

    keep_guard(
        paths_of(options), options.superuser_dsn, log=options.log, hba=options.hba
    )
    return 0
