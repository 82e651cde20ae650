"""`app`: open the control room."""

import argparse

from app.commands.common import (
    Commands,
    add_dsn,
    add_home,
    add_metrics_port,
    add_model,
    paths_of,
)


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("app", help="open the control room (the default)")
    add_home(parser)
    add_dsn(parser)
    add_model(parser)
    add_metrics_port(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from app.bootstrap.desktop import run_control_room

    return run_control_room(
        paths_of(options), options.dsn, options.model, options.metrics_port
    )
