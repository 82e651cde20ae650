"""Atalaya's command line: `python main.py --help` lists what it can do."""

import argparse
import sys
from collections.abc import Callable, Sequence

from app.commands import (
    analyse,
    database,
    demo,
    desktop,
    doctor,
    engine,
    evaluate,
    evidence,
    models,
    simulate,
    spool,
    verify,
)
from app.domain.errors import AlreadyRunning, EnvironmentFault

EXIT_FAULT = 3
EXIT_ALREADY_RUNNING = 4
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; faults of the world end in one plain sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given or ["app"])
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except AlreadyRunning as fault:
        print(f"atalaya: {fault}", file=sys.stderr)
        return EXIT_ALREADY_RUNNING
    except EnvironmentFault as fault:
        print(f"atalaya: {fault}", file=sys.stderr)
        return EXIT_FAULT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="atalaya", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    groups = (
        desktop,
        engine,
        analyse,
        demo,
        simulate,
        models,
        evaluate,
        database,
        evidence,
        spool,
        verify,
        doctor,
    )
    for group in groups:
        group.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
