"""What the commands share: folders, addresses, progress, reports."""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.config.paths import Paths
from app.domain.errors import StateConflict

_T = TypeVar("_T")

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Commands = object


def add_home(parser: argparse.ArgumentParser) -> None:
    """Let the folder of all data be chosen."""
    parser.add_argument(
        "--home", type=Path, help="folder for all data (or ATALAYA_HOME)"
    )


def add_dsn(parser: argparse.ArgumentParser) -> None:
    """Let the database be chosen."""
    parser.add_argument(
        "--dsn",
        default=os.environ.get("ATALAYA_DSN"),
        help="address of the shared database (or ATALAYA_DSN)",
    )


def add_superuser(parser: argparse.ArgumentParser) -> None:
    """Let the database be chosen, with who may look after it."""
    parser.add_argument(
        "--superuser-dsn",
        default=os.environ.get("ATALAYA_SUPERUSER_DSN"),
        help="address with a superuser (or ATALAYA_SUPERUSER_DSN); default: the "
        "built-in server",
    )


def of_a_person(act: Callable[[], _T]) -> _T:
    """Return what `act` gives; without such a person it is a fault, not a bug."""
    try:
        return act()
    except KeyError:
        raise StateConflict(
            "Nobody here has this login. Check how it is written."
        ) from None


def add_model(parser: argparse.ArgumentParser) -> None:
    """Let the detector be chosen."""
    parser.add_argument("--model", help="model of the registry, or a path")


def add_metrics_port(parser: argparse.ArgumentParser) -> None:
    """Let the engine's figures be served."""
    parser.add_argument(
        "--metrics-port",
        type=int,
        default=0,
        help="serve /metrics and /healthz on this port of the loopback; 0: do not",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let the report be written to a file."""
    parser.add_argument("--json", type=Path, help="write the report to this file")


def paths_of(options: argparse.Namespace) -> Paths:
    """Return the folders that the options choose."""
    return Paths(options.home.resolve()) if options.home else Paths.default()


def write_json(path: Path | None, document: object) -> None:
    """Write a report where one was asked for."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    path.write_text(text + "\n", encoding="utf-8")
