"""A tile never shows an old picture as if it were live."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QLocale

from app.domain.camera import CameraHealth, CameraState
from app.domain.clock import NS_PER_S, CaptureTime
from app.domain.overlay import Overlay, PreviewFrame
from tests.builders.site import camera
from tests.fakes.desktop import road_picture
from tests.fakes.manual_clock import ManualClock
from widgets.wall.tile_condition import (
    Condition,
    TileFacts,
    condition_of,
    sentence_of,
)

CAMERA = camera()
CLOCK = ManualClock()


def facts(
    state: CameraState | None = CameraState.ONLINE,
    *,
    age_s: float | None = 0.05,
    retry_in_s: float | None = None,
    **changes: object,
) -> TileFacts:
    now_ns = CLOCK.monotonic_ns() + 100 * NS_PER_S
    health = (
        CameraHealth(camera_id=CAMERA.id, state=state, retry_in_s=retry_in_s)
        if state
        else None
    )
    frame = None
    if age_s is not None:
        time = CaptureTime(
            stream_ns=0,
            monotonic_ns=now_ns - round(age_s * NS_PER_S),
            wall=CLOCK.now(),
        )
        frame = PreviewFrame(
            camera_id=CAMERA.id,
            sequence=1,
            time=time,
            image=road_picture(16, 9),
            source_width_px=16,
            source_height_px=9,
            overlay=Overlay(),
        )
    made = TileFacts(
        camera=CAMERA,
        health=health,
        frame=frame,
        engine_up=True,
        offline_since=None,
        now_ns=now_ns,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (facts(), Condition.SHOWING),
        (facts(age_s=1.9), Condition.SHOWING),
        (facts(age_s=2.1), Condition.LATE),
        (facts(CameraState.LATE), Condition.LATE),
        (facts(CameraState.CONNECTING, age_s=None), Condition.CONNECTING),
        (facts(None, age_s=None), Condition.CONNECTING),
        (facts(CameraState.OFFLINE), Condition.OFFLINE),
        (facts(CameraState.OFFLINE, age_s=None), Condition.OFFLINE),
        (facts(CameraState.DISABLED), Condition.DISABLED),
        (facts(engine_up=False), Condition.ENGINE_DOWN),
        (facts(camera=replace(CAMERA, enabled=False)), Condition.DISABLED),
    ],
)
def test_what_is_known_decides(known: TileFacts, expected: Condition) -> None:
    assert condition_of(known) is expected


def test_only_a_live_picture_says_nothing() -> None:
    for condition in Condition:
        silent = sentence_of(condition, facts()) == ""
        assert silent is (condition is Condition.SHOWING)


def test_an_offline_tile_says_since_when_and_when_it_tries_again() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English))
    since = CLOCK.now() - timedelta(minutes=2)
    known = facts(CameraState.OFFLINE, retry_in_s=7.6, offline_since=since)
    said = sentence_of(Condition.OFFLINE, known)
    assert f"{since.astimezone():%H:%M}" in said
    assert "8\u00a0s" in said
    assert "retry" not in sentence_of(Condition.OFFLINE, facts(CameraState.OFFLINE))
