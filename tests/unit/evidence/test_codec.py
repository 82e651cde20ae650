"""The JSON of an infraction: exact, strict and versioned."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import CaptureTime
from app.domain.evidence import EvidenceItem, EvidenceKind
from app.domain.ids import EvidenceId, Sha256, TrackId
from app.domain.infraction import Infraction, InfractionKind, Provenance
from app.domain.measurement import RedLightMeasurement, SpeedMeasurement
from app.domain.plate import PlateAlternative, PlateReading
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.evidence.codec import infraction_from_json, infraction_to_json
from tests.builders.infractions import SPEED, red_light, speeding

INTS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40
)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64).map(Sha256)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(timezones=ZONES | st.just(UTC))
TIMES = st.builds(
    CaptureTime,
    stream_ns=INTS,
    monotonic_ns=INTS,
    wall=MOMENTS,
    clock_offset_ns=st.none() | INTS,
)
SPEEDS = st.builds(
    SpeedMeasurement,
    speed_kmh=FLOATS,
    uncertainty_kmh=FLOATS,
    limit_kmh=FLOATS,
    tolerance_kmh=FLOATS,
    stretch_m=FLOATS,
    duration_ns=INTS,
    point_count=INTS,
    calibration_id=st.uuids(),
    certified_instrument=st.none() | TEXTS,
)
RED_LIGHTS = st.builds(
    RedLightMeasurement,
    phase=st.sampled_from(LampPhase),
    red_for_ns=INTS,
    uncertainty_ns=INTS,
    grace_ns=INTS,
    amber_ns=st.none() | INTS,
    crossing_speed_kmh=st.none() | FLOATS,
    limit_kmh=st.none() | FLOATS,
    calibration_id=st.uuids(),
)
PLATES = st.builds(
    PlateReading,
    text=st.none() | TEXTS,
    confidence=FLOATS,
    alternatives=st.lists(
        st.builds(PlateAlternative, text=TEXTS, probability=FLOATS), max_size=3
    ).map(tuple),
    read_count=INTS,
)
ITEMS = st.builds(
    EvidenceItem,
    id=st.uuids().map(EvidenceId),
    kind=st.sampled_from(EvidenceKind),
    sha256=HASHES,
    media_type=TEXTS,
    size_bytes=INTS,
    captured_at=MOMENTS,
)
INFRACTIONS = st.builds(
    Infraction,
    id=st.uuids(),
    kind=st.sampled_from(InfractionKind),
    camera_id=st.uuids(),
    track_id=INTS.map(TrackId),
    occurred=TIMES,
    vehicle_class=st.sampled_from(VehicleClass),
    plate=PLATES,
    measurement=SPEEDS | RED_LIGHTS,
    provenance=st.builds(
        Provenance,
        engine_id=st.uuids(),
        software_version=TEXTS,
        model_name=TEXTS,
        model_sha256=HASHES,
        configuration_id=st.uuids(),
        rule_version=TEXTS,
    ),
    evidence=st.lists(ITEMS, max_size=3).map(tuple),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(INFRACTIONS)
def test_every_infraction_survives_text(infraction: Infraction) -> None:
    """Nothing is lost on the way through JSON text and back."""
    text = json.dumps(infraction_to_json(infraction), allow_nan=False)
    restored = infraction_from_json(json.loads(text))
    assert restored == infraction
    assert restored.occurred.wall.utcoffset() == infraction.occurred.wall.utcoffset()


SAYS_WHY = r"\w"


@given(JSON)
def test_any_other_json_is_refused(data: Any) -> None:
    """Arbitrary JSON gives ValueError and nothing else."""
    with pytest.raises(ValueError, match=SAYS_WHY):
        infraction_from_json(data)


def _paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data)
    found = []
    for key, value in inner:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found.extend(_paths(value, (*path, key)))
    return found


PATHS = _paths(infraction_to_json(speeding()))


@given(st.sampled_from(PATHS), JSON)
def test_one_hostile_value_is_refused_or_harmless(
    path: tuple[Any, ...], value: Any
) -> None:
    """A value of the wrong type anywhere gives ValueError, never another error."""
    data = json.loads(json.dumps(infraction_to_json(speeding())))
    holder = data
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    try:
        restored = infraction_from_json(data)
    except ValueError:
        return
    assert infraction_from_json(infraction_to_json(restored)) == restored


@pytest.mark.parametrize("path", [p for p in PATHS if isinstance(p[-1], str)])
def test_a_missing_field_is_refused(path: tuple[Any, ...]) -> None:
    """No field has a silent default."""
    data = json.loads(json.dumps(infraction_to_json(speeding())))
    holder = data
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    with pytest.raises(ValueError, match=SAYS_WHY):
        infraction_from_json(data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema_version", 2),
        ("schema_version", True),
        ("schema_version", None),
        ("surprise", 1),
        ("track_id", True),
        ("track_id", 1.0),
        ("track_id", 2**63),
        ("id", "{01980000-0000-7000-8000-00000000000a}"),
        ("kind", "parking"),
        ("vehicle_class", 3),
    ],
)
def test_near_misses_are_refused(key: str, value: Any) -> None:
    """What a lenient reader would take is refused."""
    with pytest.raises(ValueError, match=SAYS_WHY):
        infraction_from_json({**infraction_to_json(red_light()), key: value})


def test_what_cannot_be_stored_is_refused_when_written() -> None:
    """A plate with NUL or a lone surrogate would fail only in the database."""
    for text in ("A\x00", "\ud800"):
        plate = replace(speeding().plate, text=text)
        with pytest.raises(ValueError, match=SAYS_WHY):
            infraction_to_json(speeding(plate=plate))


def test_not_a_number_is_refused_when_written() -> None:
    """NaN is no JSON."""
    measurement = replace(SPEED, speed_kmh=float("nan"))
    with pytest.raises(ValueError, match="finite"):
        infraction_to_json(speeding(measurement=measurement))


def test_numbers_of_numpy_become_plain() -> None:
    """An array's scalar in a field is written as an ordinary number."""
    made = speeding(track_id=TrackId(np.int64(7)))  # type: ignore[arg-type]
    assert json.loads(json.dumps(infraction_to_json(made)))["track_id"] == 7


def test_a_naive_time_is_refused() -> None:
    """A time without offset is ambiguous."""
    data = infraction_to_json(speeding())
    data["occurred"]["wall"] = datetime(2026, 1, 1).isoformat()  # noqa: DTZ001
    with pytest.raises(ValueError, match=SAYS_WHY):
        infraction_from_json(data)
