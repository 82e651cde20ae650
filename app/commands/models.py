"""`models` and `evaluate`: bring, check, train and measure models."""

import argparse
from pathlib import Path

from app.commands.common import Commands, add_home, paths_of


def add(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add_parser("models", help="list, fetch and train models")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show the registry")
    add_home(listing)
    listing.set_defaults(run=_list)


def _list(options: argparse.Namespace) -> int:
    from ml.weights import entries

    for entry in entries(paths_of(options).models):
        print(f"{entry.name:20} {entry.task:8} {entry.licence:24} {entry.sha256[:12]}")
    return 0


_ = Path
