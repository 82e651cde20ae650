"""`verify`: whether a case is still what its engine sealed."""

import argparse
from pathlib import Path
from uuid import UUID

from app.commands.common import Commands, add_home, add_superuser, paths_of
from app.domain.errors import StateConflict
from app.domain.ids import InfractionId


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "verify", help="check files, seal, key and time-stamp of a case"
    )
    parser.add_argument(
        "case", help="the identity of a case, or a folder with its files"
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="HEX",
        help="for a folder: public key of the engine that is trusted",
    )
    parser.add_argument(
        "--ca",
        type=Path,
        metavar="FILE",
        help="certificates (PEM) that a time-stamp must lead to; default: those of "
        "the settings",
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FOLDER",
        help="write the files, the keys and the time-stamps of the case there",
    )
    add_superuser(parser)
    add_home(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from app.bootstrap.records import stamp_trust, verify_case
    from app.evidence.case_folder import open_case_folder
    from app.report.seal_lines import seal_lines

    paths, folder = paths_of(options), Path(options.case)
    trust = stamp_trust(paths, options.ca)
    if folder.is_dir():
        found = open_case_folder(folder, options.key, trust)
        infraction = found.infraction
        report = found.checker.files(infraction)
    else:
        infraction, report = verify_case(
            paths,
            options.superuser_dsn,
            _identity(options.case),
            trust,
            options.export,
        )
    for line in seal_lines(infraction, report):
        print(line)
    return 0 if report.holds else 1


def _identity(text: str) -> InfractionId:
    try:
        return InfractionId(UUID(text))
    except ValueError:
        raise StateConflict(
            f"{text} is no folder, and no identity of a case. Check how it is written."
        ) from None
