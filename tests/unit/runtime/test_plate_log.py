"""Plates reach the sink off the hot path, within bounds, through an absence of it."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing

import pytest

from app.camera.backoff import Backoff
from app.domain.errors import DatabaseUnavailable, NotPermitted
from app.domain.ids import CameraId, new_uuid
from app.domain.plate import PlateSighting
from app.runtime.plate_log import FULL, REFUSED, STOPPED, PlateLog
from tests.builders.plates import sighting

CAMERA = CameraId(new_uuid())
_WAIT_S = 10.0


class Sink:
    """Keeps what it is given; can be away, or refuse what it is told to."""

    def __init__(self) -> None:
        self.held: list[PlateSighting] = []
        self.refused: set[PlateSighting] = set()
        self.away = False
        self.calls = 0
        self._changed = threading.Condition()

    def add(self, sightings: Sequence[PlateSighting]) -> None:
        """Keep all or none."""
        with self._changed:
            self.calls += 1
            self._changed.notify_all()
            if self.away:
                raise DatabaseUnavailable("The database is away. Wait.")
            if self.refused.intersection(sightings):
                raise NotPermitted("The server refused the values as not valid.")
            self.held.extend(sightings)

    def wait(self, condition: Callable[[], bool]) -> bool:
        """Wait until a condition of this sink holds."""
        with self._changed:
            return self._changed.wait_for(condition, _WAIT_S)


Open = Callable[..., PlateLog]


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def open_log(sink: Sink) -> Iterator[Open]:
    with ExitStack() as stack:

        def made(most_waiting: int = 5000) -> PlateLog:
            backoff = Backoff(0.01, 0.02, random.Random(1))  # noqa: S311
            log = PlateLog(sink, most_waiting=most_waiting, backoff=backoff)
            return stack.enter_context(closing(log))

        yield made


def cars(count: int) -> list[PlateSighting]:
    return [sighting(CAMERA, "ABC-123", n) for n in range(count)]


def test_all_arrive_in_order(sink: Sink, open_log: Open) -> None:
    log, seen = open_log(), cars(250)
    for each in seen:
        log.add(each)
    assert sink.wait(lambda: len(sink.held) == 250)
    assert sink.held == seen
    log.close()
    assert (log.stored, log.waiting, log.dropped) == (250, 0, {})


def test_an_absence_is_waited_out(sink: Sink, open_log: Open) -> None:
    sink.away = True
    log, seen = open_log(), cars(3)
    for each in seen:
        log.add(each)
    assert sink.wait(lambda: sink.calls >= 3)
    sink.away = False
    assert sink.wait(lambda: len(sink.held) == 3)
    assert sink.held == seen


def test_a_full_queue_gives_the_oldest_up(sink: Sink, open_log: Open) -> None:
    sink.away = True
    log, seen = open_log(most_waiting=5), cars(12)
    for each in seen:
        log.add(each)
    assert sink.wait(lambda: sink.calls >= 2)
    sink.away = False
    assert sink.wait(lambda: seen[-1] in sink.held)
    log.close()
    assert len(sink.held) + log.dropped[FULL] == 12
    assert sink.held == seen[-len(sink.held) :]
    assert len(sink.held) <= 5


def test_one_that_is_refused_stops_no_other(sink: Sink, open_log: Open) -> None:
    seen = cars(5)
    sink.refused.add(seen[2])
    log = open_log()
    for each in seen:
        log.add(each)
    assert sink.wait(lambda: len(sink.held) == 4)
    log.close()
    assert (log.stored, log.dropped) == (4, {REFUSED: 1})


def test_the_end_is_not_held_up_by_a_database_that_is_away(
    sink: Sink, open_log: Open
) -> None:
    sink.away = True
    log = open_log()
    for each in cars(3):
        log.add(each)
    assert sink.wait(lambda: sink.calls >= 1)
    log.close()
    log.add(cars(1)[0])
    assert log.dropped == {STOPPED: 4}
    assert log.waiting == 0
