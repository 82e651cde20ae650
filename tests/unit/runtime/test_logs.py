"""No log line holds a camera's password."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config.paths import Paths
from app.runtime.logs import configure_logging

CANARY = "canary-Zx9"


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    for handler in before:
        root.removeHandler(handler)
    paths = Paths(tmp_path)
    configure_logging(paths, "engine")
    yield paths
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in before:
        root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_secrets_are_scrubbed_from_message_arguments_and_traceback(
    paths: Paths,
) -> None:
    log = logging.getLogger("camera")
    url = f"rtsp://admin:{CANARY}@cam/main"
    log.warning("cannot open %s", url)
    try:
        raise OSError(f"[Errno 110] {url!r}")
    except OSError:
        log.exception("it failed")

    for name in ("engine.log", "engine.jsonl"):
        text = (paths.logs / name).read_text()
        assert "it failed" in text
        assert CANARY not in text
        assert "admin" not in text


def test_json_lines_are_complete(paths: Paths) -> None:
    logging.getLogger("camera").info("señal %d", 7)

    (line,) = (paths.logs / "engine.jsonl").read_text().splitlines()
    record = json.loads(line)
    assert record["message"] == "señal 7"
    assert record["process"] == "engine"
    assert record["level"] == "info"
    assert record["time"].endswith("Z")


def test_configuring_again_writes_each_line_once(paths: Paths) -> None:
    configure_logging(paths, "engine")
    logging.getLogger("camera").info("once")

    assert (paths.logs / "engine.log").read_text().count("once") == 1
