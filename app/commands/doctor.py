"""`doctor`: say in plain words what this machine lacks."""

import argparse
import shutil
from collections.abc import Iterator
from contextlib import closing

from app.commands.common import Commands, add_home, paths_of
from app.config.paths import Paths
from app.domain.errors import EnvironmentFault

_LOW_DISK_BYTES = 10_000_000_000


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("doctor", help="say what this machine lacks")
    add_home(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    troubles = list(_troubles(paths_of(options)))
    for trouble in troubles:
        print(f"▲ {trouble}")
    if not troubles:
        print("● Nothing is missing.")
    return 1 if troubles else 0


def _troubles(paths: Paths) -> Iterator[str]:
    free = shutil.disk_usage(paths.evidence).free
    if free < _LOW_DISK_BYTES:
        yield f"Only {free / 1e9:.1f} GB are free for evidence; make room."
    try:
        from app.bootstrap.detector import detector_maker

        with closing(detector_maker(paths, None)()) as detector:
            print(f"  detector: {detector.device}")
    except EnvironmentFault as fault:
        yield str(fault)
    try:
        from app.config.secret_store import open_secret_store
        from app.evidence.check import evidence_troubles
        from app.evidence.open_store import open_evidence

        evidence = open_evidence(paths, open_secret_store(paths))
        print(f"  evidence: {evidence.setting.described()}")
        yield from evidence_troubles(evidence)
    except EnvironmentFault as fault:
        yield str(fault)
