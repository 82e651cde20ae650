"""`db`: look after the database."""

import argparse
import getpass
import os

from app.commands.common import Commands, add_home, paths_of


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("db", help="look after the database")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    setup = actions.add_parser(
        "setup", help="make tables, roles and logins on a server (as its superuser)"
    )
    _add_superuser(setup)
    add_home(setup)
    setup.set_defaults(run=_setup)
    check = actions.add_parser("check", help="compare rows, evidence files and hashes")
    _add_superuser(check)
    add_home(check)
    check.set_defaults(run=_check)


def _add_superuser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--superuser-dsn",
        default=os.environ.get("ATALAYA_SUPERUSER_DSN"),
        help="address with a superuser (or ATALAYA_SUPERUSER_DSN); default: the "
        "built-in server",
    )


def _setup(options: argparse.Namespace) -> int:
    from app.bootstrap import set_up_database

    password = getpass.getpass("Password for the administrator 'admin': ")
    set_up_database(paths_of(options), options.superuser_dsn, password)
    print("The database is ready; 'admin' can log in.")
    return 0


def _check(options: argparse.Namespace) -> int:
    from app.bootstrap import check_database

    findings = check_database(paths_of(options), options.superuser_dsn)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} finding(s)")
    return 1 if findings else 0
