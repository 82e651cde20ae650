"""The engine in this process: streams in, cases out, changes followed."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from app.domain.camera import CameraHealth, CameraState
from app.domain.clock import SystemClock
from app.domain.errors import KeyUnavailable, ModelMissing
from app.domain.ids import CameraId
from app.domain.infraction import InfractionKind
from app.domain.overlay import PreviewFrame
from app.ports import Detector
from app.runtime.control import ControlClient, connect
from app.runtime.engine import (
    EXIT_ALREADY_RUNNING,
    EXIT_FAULT,
    FAULT_FILE,
    EngineParts,
    run_engine,
)
from app.runtime.gallery import Gallery
from app.runtime.segment import run_prefix, shared_folder
from app.runtime.status_codec import StatusReport, decode_report
from app.simulator.server import RtspServer
from tests.builders.moving_box_clip import write_moving_box
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
    file_camera,
    version_of,
)
from tests.integration.engine.waiting import wait_until

FORESEEABLE_FROM_PX = 100.0
"""The box jumps back at a clip's end, which no forecast foresees; this far from the
left it has gone on steadily for a second, and the looks since then know it."""


class RunningEngine:
    """An engine on a thread, and a desktop's view of it."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self.exit_code: int | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._client = wait_until(self._connected, "engine")
        self.gallery = Gallery(parts.run_dir, SystemClock())

    def report(self) -> StatusReport:
        data = wait_until(lambda: self._client.receive(0.5), "status report")
        report = decode_report(data)
        self.gallery.hang(report.segments)
        return report

    def state(self, camera_id: CameraId) -> CameraState | None:
        health = {c.camera_id: c for c in self.report().status.cameras}
        return health[camera_id].state if camera_id in health else None

    def with_infraction(self, camera_id: CameraId) -> CameraHealth | None:
        health = {c.camera_id: c for c in self.report().status.cameras}
        return health[camera_id] if health[camera_id].infractions else None

    def picture(self, camera_id: CameraId) -> PreviewFrame | None:
        self.report()
        return self.gallery.frame(camera_id)

    def close(self) -> None:
        self.gallery.close()
        self._client.close()
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _connected(self) -> ControlClient | None:
        with contextlib.suppress(OSError):
            return connect(self._parts.run_dir)
        return None

    def _run(self) -> None:
        self.exit_code = run_engine(self._parts, stop=self._stop)


@contextlib.contextmanager
def running(parts: EngineParts) -> Iterator[RunningEngine]:
    threads = set(threading.enumerate())
    engine = RunningEngine(parts)
    try:
        yield engine
    finally:
        engine.close()
    assert engine.exit_code == 0
    wait_until(lambda: set(threading.enumerate()) <= threads, "end of all threads", 5)
    assert list(shared_folder().glob(f"{run_prefix(parts.run_dir)}*")) == []
    left = {path.name for path in parts.run_dir.iterdir()}
    assert left <= {"engine.lock", "site.json"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_moving_box(tmp_path_factory.mktemp("clip") / "box.mp4")


@pytest.fixture
def server(clip: Path) -> Iterator[RtspServer]:
    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    yield server
    server.close()


def test_a_finding_becomes_a_case_with_everything_around_it(
    server: RtspServer, tmp_path: Path
) -> None:
    camera = file_camera(server.url("norte"))
    version = version_of(camera)
    recorder = RememberingRecorder()
    parts = engine_parts(tmp_path, ListSite([(camera, version)]), recorder)

    with running(parts) as engine:
        assert recorder.recorded.wait(30)
        frame = wait_until(lambda: engine.picture(camera.id), "picture")
        health = wait_until(lambda: engine.with_infraction(camera.id), "counted case")

    request = recorder.requests[0]
    occurred_ns = request.finding.occurred.stream_ns
    shown = [packet.stream_ns for packet in request.packets]
    assert request.packets[0].keyframe
    assert min(shown) <= occurred_ns - 900_000_000
    assert max(shown) >= occurred_ns + 1_000_000_000
    assert request.stream.codec == "h264"
    assert (request.stream.width_px, request.stream.height_px) == (320, 240)
    seen_at = [time.stream_ns for time, _ in request.history]
    assert occurred_ns in seen_at
    assert max(seen_at) > occurred_ns
    assert request.wall_at(occurred_ns) == request.infraction.occurred.wall
    provenance = request.infraction.provenance
    assert request.infraction.kind is InfractionKind.SPEEDING
    assert provenance.engine_id == parts.engine_id
    assert provenance.model_name == "bright-box"
    assert str(provenance.configuration_id) == version.id
    assert request.infraction.plate.text is None

    assert health.state is CameraState.ONLINE
    assert health.clock_offset_ms is not None
    (box,) = frame.overlay.boxes
    assert box.speed_kmh == 72.5
    assert frame.overlay.configuration_version == 1


def test_boxes_lie_on_the_very_picture_they_are_shown_with(tmp_path: Path) -> None:
    # One pass of the box a loop: it jumps back at the clip's end and nowhere else.
    clip = write_moving_box(tmp_path / "wide.mp4", frame_count=144, size_px=(640, 240))
    errors_px: dict[int, float] = {}
    seen = -1

    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    with contextlib.closing(server):
        camera = file_camera(server.url("norte"))
        site = ListSite([(camera, None)])
        parts = engine_parts(tmp_path, site, RememberingRecorder())
        with running(parts) as engine:
            wait_until(lambda: engine.picture(camera.id), "picture")
            while len(errors_px) < 40:
                newer = partial(_newer, engine, camera.id, seen)
                frame = wait_until(newer, "newer picture")
                seen = frame.sequence
                scale = frame.source_width_px / frame.image.shape[1]
                left_px = (frame.image[120, :, 1] > 200).nonzero()[0].min() * scale
                if left_px < FORESEEABLE_FROM_PX:
                    continue
                (box,) = frame.overlay.boxes
                errors_px[frame.sequence] = abs(box.box.left_px - left_px)
                assert box.box.right_px - box.box.left_px == pytest.approx(64, abs=3)
                assert box.violation is None
                assert frame.overlay.configuration_version is None

    # A box of the look before would lie a step of 4 px behind, or several.
    assert np.percentile(list(errors_px.values()), 90) <= 3
    assert np.diff(sorted(errors_px)).min() == 1, "pictures between looks are shown"


def _newer(
    engine: RunningEngine, camera_id: CameraId, sequence: int
) -> PreviewFrame | None:
    frame = engine.gallery.frame(camera_id)
    if frame is None or frame.sequence <= sequence or not frame.overlay.boxes:
        return None
    return frame


def test_cameras_come_change_and_go_while_it_runs(
    server: RtspServer, tmp_path: Path
) -> None:
    one = file_camera(server.url("norte"), "uno")
    two = file_camera(server.url("norte"), "dos")
    site = ListSite([(one, None)])
    recorder = RememberingRecorder()

    with running(engine_parts(tmp_path, site, recorder)) as engine:
        wait_until(lambda: engine.state(one.id) is CameraState.ONLINE, "first camera")
        before = engine.report().status.cameras[0]

        site.change([(one, version_of(one, 7)), (two, None)])
        wait_until(lambda: engine.state(two.id) is CameraState.ONLINE, "second camera")
        frame = wait_until(lambda: _with_version(engine, one.id, 7), "new version")
        after = {c.camera_id: c for c in engine.report().status.cameras}[one.id]
        assert frame.overlay.configuration_version == 7
        assert after.reconnects == before.reconnects == 0
        assert after.frames_received > before.frames_received

        site.change([(replace(one, enabled=False), None)])
        wait_until(lambda: engine.state(two.id) is None, "removal")
        assert engine.state(one.id) is CameraState.DISABLED


def _with_version(
    engine: RunningEngine, camera_id: CameraId, version: int
) -> PreviewFrame | None:
    frame = engine.picture(camera_id)
    if frame is None or frame.overlay.configuration_version != version:
        return None
    return frame


def test_an_outage_is_told_and_survived(server: RtspServer, tmp_path: Path) -> None:
    camera = file_camera(server.url("norte"))
    recorder = RememberingRecorder()
    parts = engine_parts(tmp_path, ListSite([(camera, version_of(camera))]), recorder)

    with running(parts) as engine:
        wait_until(lambda: engine.state(camera.id) is CameraState.ONLINE, "camera")
        server.set_outage("norte", True)
        wait_until(lambda: engine.state(camera.id) is CameraState.OFFLINE, "outage")
        (health,) = engine.report().status.cameras
        assert health.message
        assert "rtsp://" not in health.message
        server.set_outage("norte", False)
        wait_until(lambda: engine.state(camera.id) is CameraState.ONLINE, "return")
        (health,) = engine.report().status.cameras
        assert health.reconnects >= 1


def test_a_store_that_is_away_is_told_and_the_case_is_kept(
    server: RtspServer, tmp_path: Path
) -> None:
    """A full disk and an absent server alike."""
    camera = file_camera(server.url("norte"))
    recorder = RememberingRecorder()
    recorder.full = True
    recorder.refuses_with = KeyUnavailable
    parts = engine_parts(tmp_path, ListSite([(camera, version_of(camera))]), recorder)

    with running(parts) as engine:
        assert recorder.refused.wait(30)
        wait_until(lambda: "full" in engine.report().message, "sentence")
        recorder.full = False
        assert recorder.recorded.wait(30)
        wait_until(lambda: not engine.report().message, "all clear")

    ids = [request.infraction.id for request in recorder.requests]
    assert len(ids) == len(set(ids))


def test_a_second_engine_is_refused(tmp_path: Path) -> None:
    parts = engine_parts(tmp_path, ListSite([]), RememberingRecorder())
    with running(parts):
        assert run_engine(parts, stop=threading.Event()) == EXIT_ALREADY_RUNNING


def test_a_missing_model_is_a_sentence_not_a_crash(tmp_path: Path) -> None:
    def missing() -> Detector:
        raise ModelMissing("The model is not there. Pull it.")

    parts = replace(
        engine_parts(tmp_path, ListSite([]), RememberingRecorder()),
        detector=missing,
    )

    assert run_engine(parts, stop=threading.Event()) == EXIT_FAULT
    assert "not there" in (parts.run_dir / FAULT_FILE).read_text()
