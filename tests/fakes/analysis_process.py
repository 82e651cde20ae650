"""Stands in for `main.py analyse` in tests of the desktop: same words, no model.

What it does follows from the name of the video: "garbage" is none, "long" goes on
until it is told to stop, "crash" ends without a word; else the results are those of
the folder in ATALAYA_TEST_RESULTS.
"""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path


def main() -> int:
    """Say what an analysis would say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json-lines", action="store_true", required=True)
    parser.add_argument("--follow", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--site", type=Path)
    parser.add_argument("--start")
    parser.add_argument("video", type=Path)
    options = parser.parse_args()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return _act(options, stop)


def _act(options: argparse.Namespace, stop: threading.Event) -> int:
    name = options.video.stem
    _say("began", options)
    if name == "crash":
        print("atalaya: The disk is full. Free some space.", file=sys.stderr)
        return 3
    if name == "garbage":
        _say("failed", options, sentence="What garbage.mp4 sends is not video.")
        return 3
    for percent in (25, 75):
        _say("progress", options, share=percent / 100, **_figures(percent))
    print("a library says something else", flush=True)
    if name == "long":
        stop.wait(60)
    folder = os.environ["ATALAYA_TEST_RESULTS"]
    ended = {"folder": folder, "fresh": True, "complete": name != "long"}
    _say("done", options, **ended, **_figures(100))
    return 0


def _figures(percent: int) -> dict[str, float]:
    return {"frames": percent, "reached_s": percent / 25, "fps": 31.5, "infractions": 1}


def _say(event: str, options: argparse.Namespace, **facts: object) -> None:
    print(
        json.dumps({"event": event, "video": str(options.video), **facts}), flush=True
    )


if __name__ == "__main__":
    sys.exit(main())
