"""What every sink promises, for the fake and for the spool in its place.

A sink that needs a server is tested by subclassing `SinkContract` and giving the two
fixtures.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.infraction import Infraction
from app.domain.plate import PlateReading
from app.evidence.spool import Spool
from app.ports import InfractionSink
from tests.builders.infractions import red_light, speeding
from tests.fakes.manual_clock import ManualClock
from tests.fakes.sink import MemorySink

Held = Callable[[], list[Infraction]]


class SinkContract:
    """Subclasses give `sink`, and `held`: what it holds, in order of arrival."""

    def test_keeps_what_it_is_given(self, sink: InfractionSink, held: Held) -> None:
        """Both kinds, every field."""
        given = [speeding(), red_light()]
        for infraction in given:
            sink.add(infraction)
        assert held() == given

    def test_a_repeat_changes_nothing(self, sink: InfractionSink, held: Held) -> None:
        """The forwarder repeats whenever it cannot know."""
        first, second = speeding(), speeding()
        for infraction in (first, second, first, first):
            sink.add(infraction)
        assert held() == [first, second]

    def test_the_first_version_stands(self, sink: InfractionSink, held: Held) -> None:
        """A finding is immutable from the moment it is made."""
        first = speeding()
        sink.add(first)
        sink.add(replace(first, plate=PlateReading.unread()))
        assert held() == [first]


class TestMemorySink(SinkContract):
    """The fake."""

    @pytest.fixture
    def sink(self) -> MemorySink:
        """Give the contract a sink."""
        return MemorySink()

    @pytest.fixture
    def held(self, sink: MemorySink) -> Held:
        """Give the contract what it holds."""
        return lambda: sink.held


class TestSpoolAsSink(SinkContract):
    """The spool takes what a sink takes."""

    @pytest.fixture
    def sink(self, tmp_path: Path) -> Iterator[Spool]:
        """Give the contract a sink."""
        spool = Spool(tmp_path / "spool.db", ManualClock(), ballast_bytes=0)
        yield spool
        spool.close()

    @pytest.fixture
    def held(self, sink: Spool) -> Held:
        """Give the contract what it holds."""
        return lambda: sink.pending(100)
