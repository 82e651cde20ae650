"""`engine`: work for the site's cameras, or through one recording."""

import argparse
import logging
import os
import threading

from app.commands.common import (
    Commands,
    add_dsn,
    add_home,
    add_json,
    add_metrics_port,
    add_model,
    paths_of,
    write_json,
)
from app.config.server_bundle import chosen_server
from app.domain.errors import EnvironmentFault


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("engine", help="run the engine without a window")
    add_home(parser)
    add_dsn(parser)
    add_json(parser)
    parser.add_argument("--source", help="work through one recording or camera")
    add_model(parser)
    add_metrics_port(parser)
    parser.add_argument("--follow", type=int, help="end with this process")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from app.runtime.logs import configure_logging

    configure_logging(paths_of(options), "engine", console=options.follow is None)
    return _analyse(options) if options.source else _serve(options)


def _serve(options: argparse.Namespace) -> int:
    from app.bootstrap.engine import run_engine_process

    paths = paths_of(options)
    dsn = options.dsn or chosen_server(paths)
    if not dsn:
        raise EnvironmentFault(
            "The engine needs the address of the database: give --dsn or ATALAYA_DSN."
        )
    code = run_engine_process(
        paths,
        dsn,
        model=options.model,
        follow_pid=options.follow,
        metrics_port=options.metrics_port or None,
    )
    leave_stuck_threads(code)
    return code


def leave_stuck_threads(code: int) -> None:
    """End at once where a library's call still holds a thread.

    Everything is closed and on disk by now; taking the interpreter down under a
    thread that runs native code would abort the process instead of ending it.
    """
    stuck = [t for t in threading.enumerate() if t is not threading.main_thread()]
    if stuck:
        logging.shutdown()
        os._exit(code)


def _analyse(options: argparse.Namespace) -> int:
    from app.bootstrap.recordings import analyse_source

    report = analyse_source(paths_of(options), options.source, options.model).to_json()
    for name, value in report.items():
        print(f"{name:16} {value}")
    write_json(options.json, report)
    return 0
