"""Boxes move on with their vehicles between two looks, and no further than is known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import NS_PER_S
from app.domain.forecast import FARTHEST_NS, GUESSED_NS, Forecast
from app.domain.ids import TrackId

LOOKED_NS = 7 * NS_PER_S


def forecast(speed_px_s: float, *, predicted: bool = False) -> Forecast:
    return Forecast(
        stream_ns=LOOKED_NS,
        track_ids=(TrackId(4),),
        boxes_px=np.array([[10, 20, 50, 40]], np.float32),
        velocities_px_s=np.array([[speed_px_s, 0]], np.float32),
        scores=np.array([0.9], np.float32),
        classes=np.array([3], np.int32),
        predicted=np.array([predicted]),
    )


@given(ahead_ns=st.integers(0, FARTHEST_NS), speed=st.floats(-500, 500))
def test_a_box_moves_with_its_velocity_and_keeps_its_size(
    ahead_ns: int, speed: float
) -> None:
    (vehicle,) = forecast(speed).at(LOOKED_NS + ahead_ns)

    assert abs(vehicle.box.left_px - 10 - speed * ahead_ns / NS_PER_S) < 0.01
    assert abs(vehicle.box.right_px - vehicle.box.left_px - 40) < 0.01


def test_no_box_goes_on_for_ever() -> None:
    (vehicle,) = forecast(100).at(LOOKED_NS + 60 * NS_PER_S)

    assert vehicle.box.left_px == 10 + 100 * FARTHEST_NS / NS_PER_S


def test_an_earlier_picture_gets_the_boxes_of_the_look() -> None:
    (vehicle,) = forecast(100).at(LOOKED_NS - NS_PER_S)

    assert vehicle.box.left_px == 10


def test_what_was_guessed_stays_a_guess() -> None:
    (vehicle,) = forecast(0, predicted=True).at(LOOKED_NS)

    assert vehicle.predicted


def test_a_mover_is_a_guess_once_the_look_is_old_and_what_stands_is_not() -> None:
    soon, late = LOOKED_NS + GUESSED_NS, LOOKED_NS + GUESSED_NS + 1
    (moving,) = forecast(30.0).at(soon)
    assert not moving.predicted
    (moving,) = forecast(30.0).at(late)
    assert moving.predicted
    (standing,) = forecast(2.0).at(late)
    assert not standing.predicted


def test_a_parked_vehicle_does_not_move() -> None:
    assert forecast(2.0).moving == frozenset()
    assert forecast(30.0).moving == {TrackId(4)}


def test_an_empty_road_stays_empty() -> None:
    assert Forecast.none().at(LOOKED_NS).boxes == ()
    assert Forecast.none().moving == frozenset()
