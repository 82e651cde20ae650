"""Time-stamps are got when they can be had, and hold nothing up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import DatabaseUnavailable, NotPermitted
from app.domain.evidence import EvidenceKind
from app.domain.ids import InfractionId, Sha256, new_uuid
from app.domain.infraction import Infraction
from app.evidence.stamp_queue import StampQueue
from app.evidence.timestamp import TimestampRefused, TimestampUnavailable
from app.runtime.stamping import Authority, Stamping
from tests.builders.infractions import speeding
from tests.builders.sealed import SealedCases, item_of
from tests.fakes.evidence_store import MemoryEvidenceStore
from tests.fakes.manual_clock import ManualClock


@dataclass
class _World:
    """An authority and a server that a test can put in any trouble."""

    clock: ManualClock
    queue: StampQueue
    cases: SealedCases
    store: MemoryEvidenceStore
    authority_trouble: Exception | None = None
    server_trouble: Exception | None = None
    asked: list[Sha256] = field(default_factory=list)
    stored: list[tuple[InfractionId, Sha256, bytes]] = field(default_factory=list)

    def stamp(self, seal: bytes, seal_sha256: Sha256) -> bytes:
        assert seal.startswith(b"{")
        self.asked.append(seal_sha256)
        if self.authority_trouble is not None:
            raise self.authority_trouble
        return b"stamp of " + seal_sha256.encode()

    def keep(self, case: InfractionId, seal: Sha256, response: bytes) -> None:
        if self.server_trouble is not None:
            raise self.server_trouble
        self.stored.append((case, seal, response))

    def case(self) -> Infraction:
        made = self.cases.case(speeding(id=InfractionId(new_uuid())))
        self.queue.ask(made.id, item_of(made, EvidenceKind.SEAL).sha256)
        return made

    def stamping(self) -> Stamping:
        def authority() -> Authority:
            return self

        return Stamping(self.queue, self.store, authority, self.keep)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[_World]:
    clock, store = ManualClock(), MemoryEvidenceStore()
    queue = StampQueue(tmp_path / "stamps.sqlite", clock)
    yield _World(clock, queue, SealedCases(store=store, folder=tmp_path), store)
    queue.close()


def test_a_seal_is_stamped_and_handed_on_once(world: _World) -> None:
    case, stamping = world.case(), world.stamping()
    assert stamping.step() == 0.0
    assert stamping.step() > 0.0
    seal = item_of(case, EvidenceKind.SEAL).sha256
    assert world.stored == [(case.id, seal, b"stamp of " + seal.encode())]
    assert world.queue.count() == 0


def test_an_authority_that_is_away_is_asked_less_and_less(world: _World) -> None:
    for _ in range(3):
        world.case()
    world.authority_trouble = TimestampUnavailable("away")
    stamping = world.stamping()
    waits = [stamping.step() for _ in range(12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (5.0, 60.0)
    assert len(world.asked) == len(waits), "one is asked for, not all"
    world.authority_trouble = None
    assert stamping.step() == 0.0
    assert len(world.stored) == 3


def test_the_authority_is_asked_while_the_server_is_away(world: _World) -> None:
    world.server_trouble = DatabaseUnavailable("away")
    stamping = world.stamping()
    for _ in range(3):
        world.case()
        stamping.step()
    assert (len(world.asked), world.stored) == (3, [])
    world.authority_trouble = TimestampUnavailable("away")
    world.server_trouble = None
    world.case()
    stamping.step()
    assert len(world.stored) == 3, "and the other way round"


def test_a_response_outlives_a_server_that_is_away(world: _World) -> None:
    world.case()
    world.server_trouble = DatabaseUnavailable("away")
    assert world.stamping().step() > 0.0
    world.server_trouble = None
    world.stamping().step()
    assert (len(world.asked), len(world.stored)) == (1, 1)


def test_a_case_that_is_still_in_the_spool_is_waited_for(world: _World) -> None:
    world.case()
    world.server_trouble = KeyError("no such seal")
    stamping = world.stamping()
    stamping.step()
    world.server_trouble = None
    stamping.step()
    assert world.stored == []
    world.clock.advance(timedelta(seconds=30))
    stamping.step()
    assert (len(world.asked), len(world.stored)) == (1, 1)


@pytest.mark.parametrize("trouble", [TimestampRefused("no"), RuntimeError("a bug")])
def test_one_that_is_refused_does_not_keep_the_next_waiting(
    world: _World, trouble: Exception
) -> None:
    world.case()
    world.authority_trouble = trouble
    stamping = world.stamping()
    stamping.step()
    world.authority_trouble = None
    second = world.case()
    stamping.step()
    assert [each[0] for each in world.stored] == [second.id]
    assert world.queue.count() == 1


def test_a_seal_that_is_damaged_is_not_stamped(world: _World) -> None:
    case = world.case()
    world.store.files[item_of(case, EvidenceKind.SEAL).sha256] = b"{}"
    world.stamping().step()
    assert (world.asked, world.stored) == ([], [])


def test_after_two_weeks_of_refusals_it_is_given_up(world: _World) -> None:
    world.case()
    world.authority_trouble = TimestampRefused("no")
    stamping = world.stamping()
    while world.queue.count():
        stamping.step()
        world.clock.advance(timedelta(hours=6))
    assert len(world.asked) == 61


def test_what_the_server_will_never_take_is_done(world: _World) -> None:
    world.case()
    world.server_trouble = NotPermitted("eight already")
    world.stamping().step()
    assert world.queue.count() == 0


def test_the_thread_works_off_what_arrives_and_ends(world: _World) -> None:
    stamping = world.stamping()
    stamping.start()
    world.case()
    while world.queue.count():
        world.queue.arrived.wait(0.01)
    assert stamping.close(5.0)
    assert len(world.stored) == 1
