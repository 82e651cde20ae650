"""How `models` tells a window what it does: one JSON object a line.

With the hidden `--json-lines`: "model" (and "served") for each entry of the list,
"progress" with a sentence and a share of 1, "checked" for each verified model, and at
the end "done", or "failed" with the sentence.
"""

import argparse
import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.errors import EnvironmentFault
from app.domain.ids import Sha256

if TYPE_CHECKING:
    from ml.choice import Choice, Form
    from ml.weights import ModelEntry

Run = Callable[[argparse.Namespace], int]

_EXIT_FAILED = 3
_BACKGROUND_NICENESS = 10


def add(parser: argparse.ArgumentParser) -> None:
    """Let another program start the command and read what it says."""
    parser.add_argument("--json-lines", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--follow", type=int, help=argparse.SUPPRESS)


def told(run: Run) -> Run:
    """Return the command, which tells its faults as it tells everything else."""

    def tell(options: argparse.Namespace) -> int:
        if not options.json_lines:
            return run(options)
        with_starter = _Follower(options.follow)
        try:
            return run(options)
        except EnvironmentFault as fault:
            say("failed", sentence=str(fault))
            return _EXIT_FAILED
        finally:
            with_starter.close()

    return tell


def say(event: str, **facts: Any) -> None:
    """Write one event."""
    print(json.dumps({"event": event, **facts}, ensure_ascii=True), flush=True)


def progress(what: str, share: float) -> None:
    """Tell how far it is."""
    say("progress", sentence=what, share=share)


def say_registry(models: Path, choice: "Choice", used: str) -> None:
    """Tell every model of the registry, and the served one that is in use."""
    from ml.weights import entries

    for entry in entries(models):
        form = choice.form_for(entry.name, Sha256(entry.sha256))
        facts = _facts(entry, models) | _form_facts(form)
        say("model", **facts, used=entry.name == used)
    if "://" in used:
        say("served", address=used)
    say("done")


def _facts(entry: "ModelEntry", models: Path) -> dict[str, Any]:
    from ml.weights import file_here

    path = file_here(entry, models)
    names = ("name", "title", "task", "classes", "input_size_px", "licence", "sha256")
    plain = entry.model_dump(mode="json", include={*names, "accuracy"})
    return {
        **plain,
        "source": entry.source.model_dump(mode="json"),
        "bytes": path.stat().st_size if path else None,
        "eight_bit": entry.eight_bit is not None,
    }


def _form_facts(form: "Form | None") -> dict[str, Any]:
    if form is None:
        return {"form": None, "chosen_at": None, "measured": []}
    return {
        "form": form.variant,
        "chosen_at": form.chosen_at.isoformat(),
        "measured": [one.model_dump(mode="json") for one in form.measured],
    }


class _Follower:
    """Ends the command when it is told to, or with the process that started it.

    As an interrupt, so that nothing half made stays in the models folder.
    """

    def __init__(self, pid: int | None) -> None:
        from app.runtime.follow import follow

        self._over = threading.Event()
        if pid is None:
            return
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(AttributeError, OSError):
            os.nice(_BACKGROUND_NICENESS)
        # A signal and no call: it also wakes a thread that waits for a child.
        follow(pid, lambda: os.kill(os.getpid(), signal.SIGTERM), self._over)

    def close(self) -> None:
        self._over.set()
