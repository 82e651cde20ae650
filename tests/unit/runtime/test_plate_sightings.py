"""Each vehicle is told once, when no read of it can change its plate any more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import CameraId, new_uuid
from app.domain.plate import PlateSighting
from app.runtime.plate_sightings import PlateSightings
from tests.builders.plates import sighting

CAMERA = CameraId(new_uuid())
FIRST, SECOND = sighting(CAMERA, "ABC-123"), sighting(CAMERA, "ABC-124")


@pytest.fixture
def told() -> list[PlateSighting]:
    return []


@pytest.fixture
def sightings(told: list[PlateSighting]) -> PlateSightings[int]:
    return PlateSightings[int](told.append)


def read(
    sightings: PlateSightings[int], seen: PlateSighting, *, settled: bool = False
) -> None:
    sightings.begun(1)
    sightings.read(1, seen, settled=settled)
    sightings.ended(1)


def test_it_is_told_when_it_is_gone(
    sightings: PlateSightings[int], told: list[PlateSighting]
) -> None:
    read(sightings, FIRST)
    read(sightings, SECOND)
    assert told == []
    sightings.gone([1, 2])
    assert told == [replace(SECOND, id=FIRST.id)]
    assert len(sightings) == 0


def test_it_is_told_at_once_when_its_reads_agree(
    sightings: PlateSightings[int], told: list[PlateSighting]
) -> None:
    read(sightings, FIRST, settled=True)
    assert told == [FIRST]
    read(sightings, SECOND)
    sightings.gone([1])
    assert told == [FIRST]


def test_a_read_under_way_is_waited_for(
    sightings: PlateSightings[int], told: list[PlateSighting]
) -> None:
    read(sightings, FIRST)
    sightings.begun(1)
    sightings.gone([1])
    assert told == []
    sightings.read(1, SECOND, settled=False)
    sightings.ended(1)
    assert told == [replace(SECOND, id=FIRST.id)]


def test_what_was_never_read_is_not_told(
    sightings: PlateSightings[int], told: list[PlateSighting]
) -> None:
    sightings.begun(1)
    sightings.ended(1)
    sightings.gone([1])
    assert (told, len(sightings)) == ([], 0)


def test_all_are_told_at_the_end(
    sightings: PlateSightings[int], told: list[PlateSighting]
) -> None:
    read(sightings, FIRST)
    sightings.begun(1)
    sightings.all_gone()
    assert told == [FIRST]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["begun", "read", "settle", "ended", "gone"]), st.integers(0, 3)
    ),
    max_size=60,
)


@given(STEPS)
def test_nobody_is_told_twice(steps: list[tuple[str, int]]) -> None:
    told: list[PlateSighting] = []
    sightings = PlateSightings[int](told.append)
    vehicles = [sighting(CAMERA, "ABC-123", n) for n in range(4)]
    under_way = [0] * 4
    for step, key in steps:
        if step == "begun":
            under_way[key] += 1
            sightings.begun(key)
        elif step in ("read", "settle") and under_way[key]:
            sightings.read(key, vehicles[key], settled=step == "settle")
        elif step == "ended" and under_way[key]:
            under_way[key] -= 1
            sightings.ended(key)
        elif step == "gone" and not under_way[key]:
            sightings.gone([key])
    sightings.all_gone()
    tracks = [each.track_id for each in told]
    assert len(tracks) == len(set(tracks))
    assert len(sightings) == 0
