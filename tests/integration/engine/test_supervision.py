"""Drills: stages that really hang, in the real engine."""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.camera import source as camera_source
from app.camera.stream import VideoStream, open_somehow
from app.domain.camera import CameraState
from app.domain.clock import SystemClock
from app.domain.detection import Detections
from app.ports import ScalablePicture
from app.runtime.engine import EXIT_STUCK, FAULT_FILE, EngineParts, run_engine
from app.runtime.vital_signs import Patience, VitalSigns
from app.runtime.watchdog import INFERENCE
from app.simulator.server import RtspServer
from tests.builders.moving_box_clip import write_moving_box
from tests.fakes.bright_box import BrightBoxDetector
from tests.fakes.manual_clock import ManualClock
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
    file_camera,
    version_of,
)
from tests.integration.engine.test_engine import running
from tests.integration.engine.waiting import wait_until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    clip = write_moving_box(tmp_path / "box.mp4")
    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    yield server
    server.close()


class HangingDetector(BrightBoxDetector):
    """Works until it is told to hang: then it never answers, as a driver does."""

    def __init__(self, hang: threading.Event, release: threading.Event) -> None:
        self._hang = hang
        self._release = release
        self.hung = threading.Event()

    def submit(self, picture: ScalablePicture) -> Future[Detections]:
        if self._hang.is_set():
            self.hung.set()
            self._release.wait(60)
        return super().submit(picture)


class NeverDoneDetector(BrightBoxDetector):
    """Answers at once that the result will come, and it never does."""

    def submit(self, picture: ScalablePicture) -> Future[Detections]:  # noqa: ARG002
        return Future()


def parts_with(tmp_path: Path, server: RtspServer, patience: Patience) -> EngineParts:
    camera = file_camera(server.url("norte"))
    parts = engine_parts(tmp_path, ListSite([(camera, None)]), RememberingRecorder())
    return replace(parts, patience=patience)


def test_a_detector_that_hangs_ends_the_engine_with_its_own_code(
    server: RtspServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hang, release = threading.Event(), threading.Event()
    detector = HangingDetector(hang, release)
    abandoned: list[int] = []
    parts = replace(
        parts_with(tmp_path, server, Patience(inference_s=1.5)),
        detector=lambda: detector,
        abandon=abandoned.append,
    )
    hang.set()
    try:
        code = run_engine(parts, stop=threading.Event())
    finally:
        release.set()

    assert code == EXIT_STUCK
    assert detector.hung.is_set()
    assert abandoned == [], "it ended by itself"
    assert "pictures stood still" in (parts.run_dir / FAULT_FILE).read_text()
    (record,) = [r for r in caplog.records if "has not got on" in r.message]
    assert record.levelno == logging.ERROR
    assert "inference has not got on for" in record.message
    assert "self._release.wait(60)" in record.message, "the stack of the thread"


def test_a_result_that_never_comes_is_found_too(
    server: RtspServer, tmp_path: Path
) -> None:
    parts = replace(
        parts_with(tmp_path, server, Patience(inference_s=1.5)),
        detector=NeverDoneDetector,
        abandon=lambda _: None,
    )
    assert run_engine(parts, stop=threading.Event()) == EXIT_STUCK


def test_a_capture_that_hangs_is_left_behind_and_replaced(
    server: RtspServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    opened: list[float] = []

    def hang_once(*args: object, **options: object) -> VideoStream:
        opened.append(time.monotonic())
        if len(opened) == 1:
            release.wait(60)
        return open_somehow(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(camera_source, "open_somehow", hang_once)
    parts = parts_with(tmp_path, server, Patience(capture_s=2.0))
    ((camera, _),) = parts.site.load()
    try:
        with running(parts) as engine:
            wait_until(
                lambda: engine.state(camera.id) is CameraState.ONLINE, "new capture"
            )
            assert "begun anew" in engine.report().message
            release.set()
    finally:
        release.set()
    assert len(opened) >= 2


def test_a_full_disk_is_no_reason_to_restart(
    server: RtspServer, tmp_path: Path
) -> None:
    recorder = RememberingRecorder()
    recorder.full = True
    camera = file_camera(server.url("norte"))
    site = ListSite([(camera, version_of(camera))])
    parts = replace(
        engine_parts(tmp_path, site, recorder), patience=Patience(evidence_s=0.8)
    )
    with running(parts) as engine:
        assert recorder.refused.wait(30)
        assert not threading.Event().wait(4.0)
        assert engine.exit_code is None
        wait_until(lambda: "full" in engine.report().message, "sentence")
        recorder.full = False
        assert recorder.recorded.wait(30)


def test_inference_that_waited_for_evidence_is_not_called_stuck_afterwards() -> None:
    clock = ManualClock()
    signs = VitalSigns(clock, Patience(inference_s=30.0))

    def stuck(*, evidence_full: bool) -> set[str]:
        stages = signs.stages(evidence_full=evidence_full)
        return {s.stage for s in stages if s.pulse.read().silent_s > s.allowed_s}

    signs.inference.begin()
    clock.advance(timedelta(seconds=100))
    assert stuck(evidence_full=True) == set()
    assert stuck(evidence_full=False) == set(), "the wait was no fault of its own"
    clock.advance(timedelta(seconds=31))
    assert stuck(evidence_full=False) == {INFERENCE}
