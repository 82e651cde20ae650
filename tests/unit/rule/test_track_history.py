"""What a track is still believed after the picture's border has cut it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.detection import TrackedBox
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass
from app.measure.foot import Foot, cut_below
from app.rule.track_history import Sighting, TrackHistory
from tests.builders.moments import moment

_HEIGHT_PX = 720.0


def _box(bottom_px: float) -> PixelBox:
    return PixelBox(100, 50, 300, bottom_px)


def _history(bottoms_px: list[float]) -> TrackHistory:
    history = TrackHistory(TrackId(1))
    for index, bottom_px in enumerate(bottoms_px):
        box, time = _box(bottom_px), moment(index * 125_000_000)
        tracked = TrackedBox(
            track_id=TrackId(1), box=box, score=0.9, vehicle_class=VehicleClass.BUS
        )
        foot = Foot(time.stream_ns, box.foot)
        history.add(tracked, Sighting(foot, box, time))
    return history


def test_a_vehicle_that_came_nearer_is_gone_once_it_is_cut() -> None:
    history = _history([400, 500, 600, 690])
    history.cut_below(_box(718))
    assert history.gone_below


def test_a_vehicle_that_comes_in_from_below_is_not() -> None:
    history = _history([711, 705])
    history.cut_below(_box(715))
    assert not history.gone_below


@pytest.mark.parametrize("count", [0, 1])
def test_a_vehicle_hardly_seen_is_not_given_up(count: int) -> None:
    history = _history([500.0] * count)
    history.cut_below(_box(718))
    assert not history.gone_below


@given(st.floats(60, _HEIGHT_PX))
def test_only_boxes_near_the_lower_border_are_cut(bottom_px: float) -> None:
    near = bottom_px >= _HEIGHT_PX * 0.989
    assert cut_below(_box(bottom_px), _HEIGHT_PX) is bool(np.bool_(near))
