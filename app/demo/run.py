"""The demo: the whole product on virtual cameras, with a window or without."""

import json
import os
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.config.paths import Paths
from app.demo.stage import StageChoices, stage
from app.runtime.logs import configure_logging

_OPERATOR = "ana"


def run_in_window(paths: Paths, choices: StageChoices) -> int:
    """Open the control room, logged in as an operator; return the exit code."""
    from widgets.application import run_desktop

    configure_logging(paths, "desktop")
    with stage(paths, choices) as demo:
        login = (_OPERATOR, demo.passwords[_OPERATOR])
        return run_desktop(demo.services, login=login)


def run_headless(paths: Paths, choices: StageChoices, seconds: float) -> dict[str, Any]:
    """Run unseen for `seconds`; leave pictures, documents and a summary behind.

    They lie in the demo's folder: `screenshots/`, `reports/`, `summary.json`.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.demo.visit import Visit
    from widgets.application import Desktop
    from widgets.tour import Tour

    configure_logging(paths, "desktop")
    _clear(paths)
    with stage(paths, choices) as demo, Desktop(demo.services) as desktop:
        desktop.window.resize(1920, 1080)
        with closing(Tour(desktop, paths.root / "screenshots")) as tour:
            summary = Visit(demo, tour, seconds).run()
    summary["finished_at"] = datetime.now(UTC).isoformat()
    target = paths.root / "summary.json"
    target.write_text(json.dumps(summary, indent=2, ensure_ascii=False), "utf-8")
    print(f"The demo's pictures, documents and summary lie in {paths.root}")
    return summary


def _clear(paths: Paths) -> None:
    """Take away what an earlier demo left to look at; its cases stay."""
    for folder in (paths.root / "screenshots", paths.reports):
        shutil.rmtree(folder, ignore_errors=True)
    Path(paths.root / "summary.json").unlink(missing_ok=True)
