"""A plate belongs to the vehicle that it moves with."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.geometry import PixelBox
from app.domain.plate_motion import PlateOnVehicle, own_plates

_CAR = PixelBox(100, 100, 300, 250)
_PLATE = PixelBox(170, 210, 230, 230)
_STEPS = st.floats(-400, 400)


def _moved(box: PixelBox, x_px: float, y_px: float) -> PixelBox:
    return PixelBox(
        box.left_px + x_px, box.top_px + y_px, box.right_px + x_px, box.bottom_px + y_px
    )


@given(st.lists(st.tuples(_STEPS, _STEPS), min_size=1, max_size=6))
def test_a_plate_that_moves_with_its_vehicle_is_its_own(
    steps: list[tuple[float, float]],
) -> None:
    looks = [PlateOnVehicle(_moved(_PLATE, *s), _moved(_CAR, *s)) for s in steps]
    assert all(own_plates(looks))


@given(st.floats(61, 900), st.sampled_from([-1, 1]), st.booleans())
def test_a_plate_that_stays_while_the_vehicle_goes_on_is_a_neighbours(
    far_px: float, way: int, across: bool
) -> None:
    """The mover passes before the parked car whose plate is seen in both looks."""
    step = (far_px * way, 0.0) if across else (0.0, far_px * way)
    later = PlateOnVehicle(_moved(_PLATE, 2, 1), _moved(_CAR, *step))
    assert own_plates([PlateOnVehicle(_PLATE, _CAR), later]) == (False, False)


def test_the_own_plate_is_kept_beside_a_neighbours() -> None:
    parked = [PlateOnVehicle(_PLATE, _moved(_CAR, x, 0)) for x in (0, 150)]
    own = PlateOnVehicle(_moved(_PLATE, 300, 10), _moved(_CAR, 300, 0))
    assert own_plates([*parked, own]) == (False, False, True)


def test_a_vehicle_that_stands_keeps_its_plate_when_something_passes_before_it() -> (
    None
):
    """One side of its box comes in, and goes out again."""
    cut = PixelBox(_CAR.left_px + 120, _CAR.top_px, _CAR.right_px, _CAR.bottom_px)
    looks = [PlateOnVehicle(_PLATE, box) for box in (_CAR, cut, _CAR)]
    assert own_plates(looks) == (True, True, True)


def test_a_vehicle_that_comes_straight_nearer_keeps_its_plate() -> None:
    """Its box grows to all sides; the plate may stay where it is."""
    near = PixelBox(50, 40, 350, 300)
    looks = [PlateOnVehicle(_PLATE, box) for box in (_CAR, near)]
    assert own_plates(looks) == (True, True)


def test_nothing_is_asked_of_nothing() -> None:
    assert own_plates([]) == ()
