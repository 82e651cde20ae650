"""The scoring may only ask for what could be seen."""

from datetime import UTC, datetime, timedelta

from app.demo.online_log import OnlineLog
from app.domain.camera import CameraHealth, CameraState, EngineStatus
from app.domain.ids import CameraId, new_uuid

_START = datetime(2026, 1, 1, tzinfo=UTC)
_CAMERA = CameraId(new_uuid())


def _at(second: float) -> datetime:
    return _START + timedelta(seconds=second)


def _status(state: CameraState) -> EngineStatus:
    health = CameraHealth(camera_id=_CAMERA, state=state)
    return EngineStatus(
        engine_id="e",
        model_name="m",
        device="cpu",
        database_online=True,
        spooled=0,
        cameras=(health,),
    )


def test_a_span_loses_its_first_and_last_seconds() -> None:
    log = OnlineLog()
    log.look(_status(CameraState.ONLINE), _at(0))
    (span,) = log.observed(_CAMERA, _at(60))
    assert _at(5) not in span
    assert _at(7) in span
    assert _at(50) in span
    assert _at(52) not in span


def test_an_outage_and_a_dead_engine_both_break_the_span() -> None:
    log = OnlineLog()
    log.look(_status(CameraState.ONLINE), _at(0))
    log.look(_status(CameraState.OFFLINE), _at(30))
    log.look(_status(CameraState.ONLINE), _at(40))
    log.look(None, _at(80))
    spans = log.observed(_CAMERA, _at(200))
    assert [any(_at(s) in span for span in spans) for s in (20, 35, 60, 100)] == [
        True,
        False,
        True,
        False,
    ]


def test_a_camera_that_never_came_was_never_observed() -> None:
    log = OnlineLog()
    log.look(_status(CameraState.CONNECTING), _at(0))
    assert log.observed(_CAMERA, _at(60)) == ()
