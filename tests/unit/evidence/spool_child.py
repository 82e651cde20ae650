"""A process for the crash tests: run as a module, killed by its parent."""

import sys
from pathlib import Path
from typing import NoReturn

from app.domain.clock import SystemClock
from app.domain.infraction import Infraction
from app.evidence.codec import infraction_to_json
from app.evidence.spool import Forwarder, Spool
from tests.builders.infractions import speeding


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class _StuckAfterCommit:
    """Commits to a folder, says so, and never returns: death comes before the mark."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, infraction: Infraction) -> None:
        path = self._folder / str(infraction.id)
        fresh = not path.exists()
        path.write_text(repr(infraction_to_json(infraction)), "utf-8")
        if fresh:
            _tell(f"committed {infraction.id}")
            sys.stdin.read()


def _fill(spool: Spool) -> NoReturn:
    while True:
        infraction = speeding()
        spool.add(infraction)
        _tell(str(infraction.id))


def main() -> None:
    """Fill a spool until killed, or forward it and get stuck after a commit."""
    act, path, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    spool = Spool(path, SystemClock(), ballast_bytes=0)
    if act == "fill":
        _fill(spool)
    forwarder = Forwarder(spool, _StuckAfterCommit(folder), SystemClock())
    forwarder.start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
