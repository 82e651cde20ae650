"""The picture that was asked for is the picture that comes."""

from dataclasses import replace

import pytest

from app.evidence.frames import pick_pictures
from tests.builders.video import FRAME_NS, encode, number_of

START_NS = 5_000_000_000


def _at(number: int) -> int:
    return START_NS + number * FRAME_NS


@pytest.mark.parametrize(
    ("codec", "b_frames"), [("h264", 0), ("h264", 2), ("hevc", 0), ("hevc", 2)]
)
def test_exact_frames_by_stream_time(codec: str, b_frames: int) -> None:
    """Any order, repeats, first and last: each is the very frame."""
    video = encode(codec=codec, b_frames=b_frames, frames=60)
    wanted = [31, 0, 59, 31, 24, 25]
    pictures = pick_pictures(video.stream, video.packets, [_at(n) for n in wanted])
    for number, picture in zip(wanted, pictures, strict=True):
        assert picture is not None
        assert number_of(picture.image) == number
        assert picture.stream_ns == _at(number)
        assert (picture.number, picture.count) == (number + 1, 60)
        assert picture.image.shape == (240, 320, 3)


def test_the_nearest_frame_stands_in_and_says_its_own_time() -> None:
    """A time between frames, before the first and after the last."""
    video = encode(frames=60)
    wanted = [_at(30) + 15_000_000, _at(30) + 25_000_000, 0, _at(900)]
    pictures = pick_pictures(video.stream, video.packets, wanted)
    assert [p and number_of(p.image) for p in pictures] == [30, 31, 0, 59]
    assert [p and p.stream_ns for p in pictures] == [_at(n) for n in (30, 31, 0, 59)]


def test_pictures_after_damage_are_not_used() -> None:
    """Between a damaged packet and the next keyframe nothing is sound."""
    video = encode(frames=75)
    packets = list(video.packets)
    packets[30] = replace(packets[30], data=packets[30].data[:5] + b"\xff" * 30)
    pictures = pick_pictures(video.stream, packets, [_at(29), _at(40), _at(52)])
    assert [p and number_of(p.image) for p in pictures] == [29, 50, 52]


def test_nothing_decodable_gives_nothing() -> None:
    """No packets, or none that the decoder can use."""
    video = encode(frames=3)
    broken = [replace(p, data=b"\x00\x00\x01\xff\xff") for p in video.packets]
    assert pick_pictures(video.stream, [], [_at(0)]) == [None]
    assert pick_pictures(video.stream, broken, [_at(0), _at(1)]) == [None, None]
