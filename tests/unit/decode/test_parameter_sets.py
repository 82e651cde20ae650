"""The form of a picture is read from its packet, whatever else is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode.parameter_sets import sequence_parameters
from tests.builders.video import encode


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_another_size_is_another_set(codec: str) -> None:
    large = encode(codec=codec, frames=30, gop=10)
    small = encode(codec=codec, frames=2, width_px=160, height_px=120)
    keys = [p.data for p in large.packets if p.keyframe]

    found = {sequence_parameters(codec, data) for data in keys}

    assert len(keys) == 3
    assert len(found) == 1
    assert None not in found
    assert sequence_parameters(codec, small.packets[0].data) not in found


@given(st.binary(max_size=4096), st.sampled_from(["h264", "hevc", "mjpeg"]))
def test_garbage_does_no_harm(data: bytes, codec: str) -> None:
    found = sequence_parameters(codec, data)
    assert found is None or found in data
