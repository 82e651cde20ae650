"""The engine as a process of its own, for the link's tests: HOME URL [--follow PID]."""

import argparse
import sys
import threading
from pathlib import Path
from uuid import UUID

from app.domain.camera import Camera
from app.domain.ids import CameraId
from app.runtime.engine import run_engine
from app.runtime.signals import stop_on_signals
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
)


def main() -> int:
    """Run until stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("url")
    parser.add_argument("--follow", type=int)
    options = parser.parse_args()
    stop = threading.Event()
    stop_on_signals(stop)
    camera = Camera(id=CameraId(UUID(int=7)), name="a", location="", url=options.url)
    parts = engine_parts(
        options.home, ListSite([(camera, None)]), RememberingRecorder(), options.follow
    )
    return run_engine(parts, stop=stop)


if __name__ == "__main__":
    sys.exit(main())
