"""`demo`: the whole product on the virtual junction."""

import argparse
from pathlib import Path

from app.commands.common import Commands, add_json, add_model, write_json
from app.config.paths import PROJECT, Paths


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("demo", help="the whole product on virtual cameras")
    parser.add_argument("--home", type=Path, default=PROJECT / "var" / "demo")
    parser.add_argument(
        "--headless", action="store_true", help="without a screen, for --seconds"
    )
    parser.add_argument("--seconds", type=float, default=150.0)
    parser.add_argument("--language", choices=("es", "en"), default="es")
    add_model(parser)
    add_json(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from app.demo.run import run_headless, run_in_window
    from app.demo.stage import StageChoices

    paths = Paths(options.home.resolve())
    choices = StageChoices(language=options.language, model=options.model)
    if not options.headless:
        return run_in_window(paths, choices)
    summary = run_headless(paths, choices, options.seconds)
    write_json(options.json, summary)
    return 0
