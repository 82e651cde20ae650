"""What wants a time-stamp waits in order, survives a restart, and is bounded."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import AlreadyRunning
from app.domain.ids import InfractionId, Sha256, new_uuid
from app.evidence.stamp_queue import KEPT, StampQueue, StampRequest
from tests.fakes.manual_clock import ManualClock

_SEALS = [Sha256(f"{n:064x}") for n in range(10)]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def queue(tmp_path: Path, clock: ManualClock) -> Iterator[StampQueue]:
    made = StampQueue(tmp_path / "stamps.sqlite", clock, most=5)
    yield made
    made.close()


def _case() -> InfractionId:
    return InfractionId(new_uuid())


def _due(queue: StampQueue) -> list[StampRequest]:
    return [*queue.due(answered=True), *queue.due(answered=False)]


def _seals(queue: StampQueue) -> list[Sha256]:
    return [request.seal_sha256 for request in _due(queue)]


def test_requests_come_in_order_and_survive(
    queue: StampQueue, tmp_path: Path, clock: ManualClock
) -> None:
    for seal in _SEALS[:3]:
        queue.ask(_case(), seal)
    first = _due(queue)[0]
    queue.keep(first, b"response")
    queue.close()
    again = StampQueue(tmp_path / "stamps.sqlite", clock)
    assert [r.seal_sha256 for r in _due(again)] == _SEALS[:3]
    assert _due(again)[0].response == b"response"
    with pytest.raises(AlreadyRunning):
        StampQueue(tmp_path / "stamps.sqlite", clock)
    again.close()


def test_one_that_waits_lets_the_others_go_first(
    queue: StampQueue, clock: ManualClock
) -> None:
    for seal in _SEALS[:2]:
        queue.ask(_case(), seal)
    queue.later(_due(queue)[0], timedelta(minutes=5))
    assert _seals(queue) == [_SEALS[1]]
    clock.advance(timedelta(minutes=5))
    assert sorted(_seals(queue)) == _SEALS[:2]
    assert sorted(request.attempts for request in _due(queue)) == [0, 1]


def test_a_case_sealed_again_wants_a_stamp_on_the_new_seal(queue: StampQueue) -> None:
    case = _case()
    queue.ask(case, _SEALS[0])
    old = _due(queue)[0]
    queue.keep(old, b"response")
    queue.ask(case, _SEALS[0])
    assert _due(queue)[0].response == b"response", "asked again, nothing is lost"
    queue.ask(case, _SEALS[1])
    assert (_due(queue)[0].seal_sha256, _due(queue)[0].response) == (_SEALS[1], None)
    queue.keep(old, b"of the old one")
    queue.done(old)
    assert _due(queue)[0].response is None


def test_there_is_a_most_and_no_case_waits_for_it(
    queue: StampQueue, caplog: pytest.LogCaptureFixture
) -> None:
    for seal in _SEALS:
        queue.ask(_case(), seal)
    assert queue.count() == 5
    assert "no time-stamp is asked for" in caplog.text


def test_a_queue_that_cannot_be_written_stops_no_case(
    queue: StampQueue, caplog: pytest.LogCaptureFixture
) -> None:
    queue.close()
    queue.ask(_case(), _SEALS[0])
    assert "the case goes on" in caplog.text


def test_what_is_done_stays_a_week(queue: StampQueue, clock: ManualClock) -> None:
    queue.ask(_case(), _SEALS[0])
    request = _due(queue)[0]
    queue.keep(request, b"response")
    queue.done(request)
    assert (queue.count(), _due(queue)) == (0, [])
    assert queue.hand_on_again() == 1
    assert _due(queue)[0].response == b"response"
    queue.done(request)
    clock.advance(KEPT)
    assert queue.prune() == 0
    clock.advance(timedelta(seconds=1))
    assert queue.prune() == 1


def test_a_damaged_file_is_set_aside(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "other" / "stamps.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    made = StampQueue(path, clock)
    made.ask(_case(), _SEALS[0])
    assert made.count() == 1
    made.close()
    assert list(path.parent.glob("*.damaged-*"))
