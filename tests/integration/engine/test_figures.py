"""The running engine tells its figures, camera by camera and stage by stage."""

import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.domain.clock import SystemClock
from app.domain.ids import CameraId
from app.runtime.stage_timing import DECODE, DETECT, JUDGE, SEAL, TRACK, WAIT
from app.simulator.server import RtspServer
from tests.builders.moving_box_clip import write_moving_box
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
    file_camera,
    version_of,
)
from tests.integration.engine.test_engine import running
from tests.integration.engine.waiting import wait_until

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    clip = write_moving_box(tmp_path / "box.mp4")
    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    yield server
    server.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def scraped(port: int) -> Samples:
    url = f"http://127.0.0.1:{port}/metrics"
    with urllib.request.urlopen(url, timeout=5) as reply:
        text = reply.read().decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def with_a_case(port: int, camera_id: CameraId) -> Samples | None:
    told = scraped(port)
    counted = told.get(
        ("atalaya_infractions_total", frozenset({("camera", str(camera_id))}))
    )
    return told if counted else None


def stage_counts(told: Samples, camera_id: CameraId) -> dict[str, float]:
    return {
        dict(labels)["stage"]: value
        for (name, labels), value in told.items()
        if name == "atalaya_stage_seconds_count"
        and dict(labels)["camera"] == str(camera_id)
    }


def test_a_scrape_shows_every_stage_of_a_case(
    server: RtspServer, tmp_path: Path
) -> None:
    camera = file_camera(server.url("norte"), 'calle "7"\n')
    recorder, port = RememberingRecorder(), free_port()
    site = ListSite([(camera, version_of(camera))])
    parts = replace(engine_parts(tmp_path, site, recorder), metrics_port=port)
    label = ("camera", str(camera.id))

    with running(parts):
        told = wait_until(lambda: with_a_case(port, camera.id), "counted case")

    counts = stage_counts(told, camera.id)
    assert set(counts) >= {DECODE, WAIT, DETECT, TRACK, JUDGE, SEAL}
    assert counts[SEAL] == told["atalaya_cases_recorded_total", frozenset()] == 1
    assert told["atalaya_frames_received_total", frozenset({label})] > 20
    assert told["atalaya_frames_received_total", frozenset({label})] <= counts[DECODE]
    assert told["atalaya_camera_up", frozenset({label})] == 1
    assert told["atalaya_ring_bytes", frozenset({label})] > 1000
    assert told["atalaya_resident_memory_bytes", frozenset()] > 20e6
    assert told["atalaya_healthy", frozenset()] == 1
    name = ("name", 'calle "7"\n')
    assert told["atalaya_camera_info", frozenset({label, name})] == 1
    with pytest.raises(OSError, match="refused"):
        scraped(port)
