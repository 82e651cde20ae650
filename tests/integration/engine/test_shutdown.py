"""The engine ends within 3 s, whatever its cameras do at that moment."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.camera import CameraState
from app.domain.clock import SystemClock
from app.domain.ids import CameraId
from app.runtime.engine import run_engine
from app.simulator.faults import Fault, RelayHouse
from app.simulator.server import RtspServer
from tests.builders.moving_box_clip import write_moving_box
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
    file_camera,
    version_of,
)
from tests.integration.engine.test_engine import RunningEngine
from tests.integration.engine.waiting import wait_until

CAMERAS = 8
WITHIN_S = 3.0


@pytest.fixture
def relays(tmp_path: Path) -> Iterator[tuple[RelayHouse, list[str]]]:
    clip = write_moving_box(tmp_path / "box.mp4")
    names = [f"c{index}" for index in range(CAMERAS)]
    server = RtspServer(dict.fromkeys(names, clip), clock=SystemClock()).start()
    house = RelayHouse()
    ports = [house.add(name, server.port) for name in names]
    urls = [
        f"rtsp://127.0.0.1:{port}/{name}"
        for port, name in zip(ports, names, strict=True)
    ]
    yield house, urls
    house.close()
    server.close()


def shutdown_s(engine: RunningEngine) -> float:
    began_s = time.monotonic()
    engine.close()
    return time.monotonic() - began_s


def states(engine: RunningEngine) -> dict[CameraId, CameraState]:
    return {c.camera_id: c.state for c in engine.report().status.cameras}


def test_eight_cameras_in_full_swing(
    relays: tuple[RelayHouse, list[str]], tmp_path: Path
) -> None:
    _, urls = relays
    cameras = [file_camera(url) for url in urls]
    recorder = RememberingRecorder()
    site = ListSite([(camera, version_of(camera)) for camera in cameras])
    engine = RunningEngine(engine_parts(tmp_path / "home", site, recorder))
    wait_until(lambda: set(states(engine).values()) == {CameraState.ONLINE}, "all")
    assert recorder.recorded.wait(30)

    assert shutdown_s(engine) <= WITHIN_S
    assert engine.exit_code == 0


def test_eight_cameras_that_hang_and_do_not_answer(
    relays: tuple[RelayHouse, list[str]], tmp_path: Path
) -> None:
    house, urls = relays
    cameras = [file_camera(url) for url in urls]
    site = ListSite([(camera, None) for camera in cameras])
    parts = engine_parts(tmp_path / "home", site, RememberingRecorder())
    engine = RunningEngine(parts)
    wait_until(lambda: set(states(engine).values()) == {CameraState.ONLINE}, "all")
    for index in range(CAMERAS):
        fault = (Fault.HUNG, Fault.BABBLE, Fault.DEAD, Fault.NOT_FOUND)[index % 4]
        house.set_fault(f"c{index}", fault)
    wait_until(
        lambda: CameraState.ONLINE not in states(engine).values(), "eight troubles"
    )

    assert shutdown_s(engine) <= WITHIN_S
    assert engine.exit_code == 0


def test_a_stop_before_the_first_picture(
    relays: tuple[RelayHouse, list[str]], tmp_path: Path
) -> None:
    house, urls = relays
    for index in range(CAMERAS):
        house.set_fault(f"c{index}", Fault.HUNG)
    site = ListSite([(file_camera(url), None) for url in urls])
    parts = engine_parts(tmp_path / "home", site, RememberingRecorder())
    stop = threading.Event()
    stopping = threading.Timer(1.0, stop.set)
    stopping.start()
    began_s = time.monotonic()

    assert run_engine(parts, stop=stop) == 0
    assert time.monotonic() - began_s <= 1.0 + WITHIN_S
    stopping.join()
