"""An engine without a network: the wall lives, and nothing is recorded."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config.camera import ConfigurationVersion
from app.domain.clock import SystemClock
from app.domain.detection import Tracks
from app.domain.frame import Frame
from app.rule.finding import Observation
from app.simulator.server import RtspServer
from tests.builders.moving_box_clip import write_moving_box
from tests.fakes.bright_box import BrightBoxDetector
from tests.fakes.one_finding_judge import OneFindingJudge
from tests.integration.engine.parts import (
    ListSite,
    RememberingRecorder,
    engine_parts,
    file_camera,
    one_finding,
    version_of,
)
from tests.integration.engine.test_engine import running
from tests.integration.engine.waiting import wait_until


class _Makeshift(BrightBoxDetector):
    """Sees as the other does, without worth as evidence."""

    evidential = False


class _Telling(OneFindingJudge):
    """Says when it has found its infraction."""

    def __init__(self, inner: OneFindingJudge, found: threading.Event) -> None:
        self._inner, self._told = inner, found

    def observe(self, frame: Frame, tracks: Tracks) -> Observation:
        """Judge as the other does."""
        seen = self._inner.observe(frame, tracks)
        if seen.findings:
            self._told.set()
        return seen

    def reset(self) -> None:
        """Begin anew."""
        self._inner.reset()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtspServer]:
    """Serve the clip of the moving box."""
    clip = write_moving_box(tmp_path / "box.mp4")
    server = RtspServer({"norte": clip}, clock=SystemClock()).start()
    yield server
    server.close()


def test_nothing_that_a_makeshift_sees_becomes_a_case(
    server: RtspServer, tmp_path: Path
) -> None:
    """The judge finds an infraction; nobody records it, and the engine says why."""
    camera = file_camera(server.url("norte"))
    found = threading.Event()

    def telling(version: ConfigurationVersion) -> OneFindingJudge:
        return _Telling(one_finding(version), found)

    recorder = RememberingRecorder()
    parts = replace(
        engine_parts(
            tmp_path / "home", ListSite([(camera, version_of(camera))]), recorder
        ),
        detector=_Makeshift,
        make_judge=telling,
    )
    with running(parts) as engine:
        assert found.wait(30)
        frame = wait_until(lambda: engine.picture(camera.id), "picture")
        # A case is recorded a second after its moment; every report is a while later.
        reports = [engine.report() for _ in range(4)]
    assert not recorder.recorded.wait(0.1)
    assert all(not report.status.cameras[0].infractions for report in reports)
    assert "by their motion only" in reports[-1].message
    (box,) = frame.overlay.boxes
    assert box.speed_kmh == 72.5
    assert not box.violation
