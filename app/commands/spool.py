"""`spool`: what waits on this computer for the database, and what was set aside."""

import argparse
from contextlib import closing
from pathlib import Path

from app.commands.common import Commands, add_home, paths_of
from app.config.paths import Paths
from app.domain.clock import SystemClock
from app.evidence.spool import Spool
from app.evidence.stamp_queue import StampQueue


def add(commands: Commands) -> None:
    """Add the commands; all of them are for a stopped engine, which holds the spool."""
    parser = commands.add_parser(
        "spool", help="findings that wait here for the database; with a stopped engine"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="say what waits, and what was set aside")
    listed.set_defaults(run=_list)
    retry = actions.add_parser("retry", help="hand on again what was set aside")
    retry.add_argument(
        "--forwarded",
        action="store_true",
        help="and all of the last seven days, after the database was restored",
    )
    retry.set_defaults(run=_retry)
    for action in (listed, retry):
        add_home(action)


def _list(options: argparse.Namespace) -> int:
    paths = paths_of(options)
    with closing(_spool_of(paths)) as spool:
        # What no version before could read is tried, and noted with the reason.
        spool.pending(spool.count())
        aside, waiting = spool.set_aside(), spool.count()
    for each in aside:
        tried = (
            f"refused {each.attempts} time(s)" if each.attempts > 0 else "unreadable"
        )
        print(f"{each.id}, found by {each.spooled:%Y-%m-%d %H:%M} UTC, {tried},")
        if each.refused is not None:
            print(f"  last on {each.refused:%Y-%m-%d %H:%M} UTC: {each.why}")
    damaged = _damaged(paths.spool)
    for path in damaged:
        print(f"{path} was damaged and set aside; keep it for whoever mends it.")
    print(f"{waiting} finding(s) wait, {len(aside)} of them set aside.")
    with closing(_stamps_of(paths)) as stamps:
        print(f"{stamps.count()} time-stamp(s) wait.")
    return 1 if aside or damaged else 0


def _retry(options: argparse.Namespace) -> int:
    paths = paths_of(options)
    with closing(_spool_of(paths)) as spool, closing(_stamps_of(paths)) as stamps:
        tried = spool.retry()
        print(f"{tried} finding(s) that were set aside are tried again.")
        if options.forwarded:
            print(f"{spool.forward_again()} finding(s) are handed on once more.")
            print(f"{stamps.hand_on_again()} time-stamp(s) are handed on once more.")
    print("Start the engine: it hands them on.")
    return 0


def _spool_of(paths: Paths) -> Spool:
    return Spool(paths.spool / "spool.sqlite", SystemClock())


def _stamps_of(paths: Paths) -> StampQueue:
    return StampQueue(paths.spool / "stamps.sqlite", SystemClock())


def _damaged(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sqlite.damaged-*"))
