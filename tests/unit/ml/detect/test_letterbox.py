"""A box survives the way into the network's input and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.detect.letterbox import PAD_GREY, Letterbox, input_size_for

_SIDES = st.integers(min_value=40, max_value=2200)
_INPUTS = st.integers(min_value=4, max_value=24).map(lambda n: n * 32)


@given(_SIDES, _SIDES, _INPUTS, _INPUTS, st.data())
def test_boxes_come_back(
    height: int, width: int, in_height: int, in_width: int, data: st.DataObject
) -> None:
    """Picture to input to picture moves a corner by rounding only."""
    letterbox = Letterbox((height, width), (in_height, in_width))
    shares = st.floats(min_value=0, max_value=1, width=32)
    left, right = sorted([data.draw(shares) * width, data.draw(shares) * width])
    top, bottom = sorted([data.draw(shares) * height, data.draw(shares) * height])
    box = np.array([[left, top, right, bottom]], np.float32)
    back = letterbox.to_image(letterbox.to_input(box))
    assert np.allclose(back, box, atol=1e-3 * max(height, width))


@given(_SIDES, _SIDES, _INPUTS, _INPUTS)
def test_content_lies_inside_the_input(
    height: int, width: int, in_height: int, in_width: int
) -> None:
    """The scaled picture touches two edges and crosses none."""
    letterbox = Letterbox((height, width), (in_height, in_width))
    content_height, content_width = letterbox.content_hw
    top, left = letterbox.offset_yx
    assert top >= 0
    assert left >= 0
    assert top + content_height <= in_height
    assert left + content_width <= in_width
    assert content_height == in_height or content_width == in_width


def test_a_bright_square_lands_where_its_box_says() -> None:
    """Pixels and boxes take the same way."""
    image = np.zeros((300, 500, 3), np.uint8)
    image[100:200, 50:250] = 255
    letterbox = Letterbox((300, 500), (384, 384))
    fitted = letterbox.apply(image)
    box = np.array([[50, 100, 250, 200]], np.float32)
    left, top, right, bottom = letterbox.to_input(box)[0].round().astype(int)
    assert (fitted[top + 2 : bottom - 2, left + 2 : right - 2] > 250).all()
    assert (fitted[0] == PAD_GREY).all()


def test_boxes_are_cut_at_the_edge_of_the_picture() -> None:
    """Nothing lies outside the picture, whatever the network says."""
    letterbox = Letterbox((100, 200), (64, 64))
    wild = np.array([[-50, -50, 500, 500]], np.float32)
    assert letterbox.to_image(wild)[0].tolist() == [0, 0, 200, 100]


@given(_SIDES, _SIDES, st.sampled_from([320, 480, 640]))
def test_the_input_is_as_small_as_the_stride_allows(
    height: int, width: int, long_side: int
) -> None:
    """Multiples of the stride, none larger than needed."""
    size = input_size_for((height, width), long_side)
    assert size[0] % 32 == 0
    assert size[1] % 32 == 0
    assert max(size) == long_side
    scaled_short = min(height, width) * long_side / max(height, width)
    assert min(size) < scaled_short + 33


def test_full_hd_becomes_384_rows() -> None:
    """The usual case: 16:9 at 640."""
    assert input_size_for((1080, 1920), 640) == (384, 640)
