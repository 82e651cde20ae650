"""A case is given up for bugs, never for a store that may come back."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest

from app.domain.errors import EnvironmentFault, KeyUnavailable, StorageUnavailable
from app.domain.infraction import Infraction
from app.evidence.capture import CaptureRequest
from app.runtime import evidence_desk
from app.runtime.evidence_desk import EvidenceDesk, _ReadyCase
from tests.builders.infractions import speeding


class Refusing:
    """Refuses some times, then records."""

    def __init__(self, fault: EnvironmentFault, times: int) -> None:
        self._fault = fault
        self.left = times
        self.recorded: list[Infraction] = []

    def record(self, request: CaptureRequest) -> Infraction:
        """Refuse, or keep."""
        if self.left:
            self.left -= 1
            raise self._fault
        self.recorded.append(request.infraction)
        return request.infraction

    def hurry(self) -> None:
        """There is nothing slow."""


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    at_once = SimpleNamespace(next_s=lambda: 0.0)
    monkeypatch.setattr(evidence_desk, "Backoff", lambda **_: at_once)


@pytest.fixture
def desks() -> Iterator[list[EvidenceDesk]]:
    """Close what a test opens."""
    opened: list[EvidenceDesk] = []
    yield opened
    for desk in opened:
        assert desk.close(10.0)


def _recorded(
    desks: list[EvidenceDesk], fault: EnvironmentFault, times: int
) -> tuple[int, int]:
    """Return how many cases of one were recorded, and how many given up."""
    recorder = Refusing(fault, times)
    desk = EvidenceDesk(recorder)
    desks.append(desk)
    desk._room.acquire()
    request = cast("CaptureRequest", SimpleNamespace(infraction=speeding()))
    desk._ready.put(_ReadyCase(request, lambda: None))
    desk.drain()
    return len(recorder.recorded), desk.failed


@pytest.mark.parametrize(
    "fault",
    [StorageUnavailable("The store is away."), KeyUnavailable("The key is not here.")],
)
def test_an_absent_store_is_tried_until_it_is_back(
    desks: list[EvidenceDesk], fault: EnvironmentFault
) -> None:
    assert _recorded(desks, fault, 20) == (1, 0)


def test_what_no_waiting_mends_is_given_up(desks: list[EvidenceDesk]) -> None:
    assert _recorded(desks, EnvironmentFault("Something else."), 20) == (0, 1)
