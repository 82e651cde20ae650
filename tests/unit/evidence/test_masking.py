"""What is hidden cannot be had back, and what is not stays as it was."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geometry import PixelBox
from app.evidence.masking import cell_px, hide

WIDTH, HEIGHT = 97, 61
SIDE = 10
Pixels = npt.NDArray[np.uint8]


@st.composite
def _boxes(draw: st.DrawFn) -> PixelBox:
    """Return a box that may lie partly or wholly outside the picture."""
    left, top = draw(st.floats(-60, 150)), draw(st.floats(-60, 100))
    side = st.floats(0, 120)
    return PixelBox(left, top, left + draw(side), top + draw(side))


_PARTS = st.lists(_boxes(), max_size=4)


def _noise(seed: int) -> Pixels:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def _touched(parts: list[PixelBox]) -> npt.NDArray[np.bool_]:
    """Tell pixel by pixel, as plainly as can be, what lies in a part."""
    x_px, y_px = np.arange(WIDTH)[None, :], np.arange(HEIGHT)[:, None]
    touched = np.zeros((HEIGHT, WIDTH), np.bool_)
    for part in parts:
        # A pixel reaches from its number to the next one.
        touched |= (
            (x_px + 1 > part.left_px)
            & (x_px < part.right_px)
            & (y_px + 1 > part.top_px)
            & (y_px < part.bottom_px)
        )
    return touched


def _shuffled(image: Pixels, seed: int) -> Pixels:
    """Return the picture with the pixels of each cell in another order."""
    generator = np.random.default_rng(seed)
    mixed = image.copy()
    # The cells at the right and lower edge are no whole ones and stay.
    for top in range(0, HEIGHT - SIDE + 1, SIDE):
        for left in range(0, WIDTH - SIDE + 1, SIDE):
            cell = mixed[top : top + SIDE, left : left + SIDE].reshape(-1, 3)
            order = generator.permutation(len(cell))
            mixed[top : top + SIDE, left : left + SIDE] = cell[order].reshape(
                SIDE, SIDE, 3
            )
    return mixed


@given(parts=_PARTS, seed=st.integers(0, 9))
def test_nothing_outside_changes(parts: list[PixelBox], seed: int) -> None:
    image = _noise(seed)
    hidden = hide(image, parts, SIDE)
    kept = ~_touched(parts)
    assert np.array_equal(hidden[kept], image[kept])


@given(parts=_PARTS, seed=st.integers(0, 9))
def test_nothing_inside_survives(parts: list[PixelBox], seed: int) -> None:
    """Two pictures of the same cells give the same paint: their pixels are gone."""
    image = _noise(seed)
    inside = _touched(parts)
    other = _shuffled(image, seed + 1)
    assert not np.array_equal(image, other)
    assert np.array_equal(
        hide(image, parts, SIDE)[inside], hide(other, parts, SIDE)[inside]
    )


def test_noise_is_painted_smooth() -> None:
    """Neighbours in a hidden part hardly differ, whatever was there."""
    everything = [PixelBox(0, 0, WIDTH, HEIGHT)]
    painted = hide(_noise(3), everything, SIDE).astype(int)
    assert np.abs(np.diff(painted, axis=0)).max() < 24
    assert np.abs(np.diff(painted, axis=1)).max() < 24


def test_the_picture_given_is_untouched() -> None:
    image = _noise(1)
    kept = image.copy()
    hide(image, [PixelBox(0, 0, 40, 40)], SIDE)
    assert np.array_equal(image, kept)


@pytest.mark.parametrize(
    ("size", "side"),
    [((1920, 1080), 80), ((1280, 720), 54), ((640, 360), 27), ((96, 64), 8)],
)
def test_a_cell_is_a_share_of_the_picture(size: tuple[int, int], side: int) -> None:
    assert cell_px(*size) == side
