"""One infraction through the real engine: a grep of its identity shows its way."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.config.paths import Paths
from app.domain.clock import SystemClock
from app.domain.infraction import Infraction
from app.evidence.recorder import Recorder
from app.evidence.spool import Forwarder, Spool
from app.evidence.store import LocalEvidenceStore
from app.runtime.logs import configure_logging
from app.simulator.server import RtspServer
from app.version import VERSION
from tests.builders.moving_box_clip import write_moving_box
from tests.integration.engine.parts import (
    ListSite,
    engine_parts,
    file_camera,
    version_of,
)
from tests.integration.engine.test_engine import running

SECRET = "canary-Zx9"


class FirstCase:
    """A database that keeps the first infraction."""

    def __init__(self) -> None:
        self.infraction: Infraction | None = None
        self.came = threading.Event()

    def add(self, infraction: Infraction) -> None:
        """Keep the first one."""
        self.infraction = self.infraction or infraction
        self.came.set()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    clip = write_moving_box(tmp_path / "box.mp4")
    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    yield server
    server.close()


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    for handler in before:
        root.removeHandler(handler)
    paths = Paths(tmp_path / "home")
    configure_logging(paths, "engine")
    yield paths
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in before:
        root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_one_identity_leads_from_the_frame_to_the_row(
    server: RtspServer, paths: Paths
) -> None:
    url = server.url("norte").replace("//", f"//admin:{SECRET}@")
    camera = file_camera(url)
    clock, sink = SystemClock(), FirstCase()
    with closing(Spool(paths.spool / "spool.sqlite", clock)) as spool:
        forwarder = Forwarder(spool, sink, clock)
        forwarder.start()
        store = LocalEvidenceStore(paths.evidence)
        recorder = Recorder(store, spool, clock, paths.spool / "work")
        site = ListSite([(camera, version_of(camera))])
        parts = engine_parts(paths.root, site, recorder)
        try:
            with running(replace(parts, spooled=spool.count)):
                assert sink.came.wait(60)
        finally:
            forwarder.stop(2.0)

    assert sink.infraction is not None
    identity = str(sink.infraction.id)
    way = [line for line in _lines(paths) if line.get("correlation") == identity]
    assert [line["logger"].rpartition(".")[2] for line in way] == [
        "evidence_desk",
        "evidence_desk",
        "recorder",
        "spool",
        "spool",
    ]
    assert [line["thread"] for line in way] == [
        "inference",
        "evidence-cut",
        "evidence-record",
        "evidence-record",
        "forwarder",
    ]
    assert {line["camera"] for line in way} == {str(camera.id)}
    assert {line["version"] for line in way} == {VERSION}
    camera_id, _, sequence = way[0]["frame"].partition("/")
    assert camera_id == str(camera.id)
    assert int(sequence) > 0
    plain = (paths.logs / "engine.log").read_text("utf-8")
    assert plain.count(f"[{identity}]") == len(way)
    assert SECRET not in plain + (paths.logs / "engine.jsonl").read_text("utf-8")


def _lines(paths: Paths) -> list[dict[str, Any]]:
    text = (paths.logs / "engine.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]
