"""Full-size pictures on demand: the right ones, and none decoded twice."""

import threading

import numpy as np
import pytest

from app.decode.main_pictures import MainPictures
from app.decode.packets import PacketRing
from tests.builders.video import FRAME_NS, encode, number_of

START_NS = 5_000_000_000


def at_ns(number: int) -> int:
    return START_NS + number * FRAME_NS


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_any_moment_gives_its_picture(codec: str) -> None:
    video = encode(codec=codec, frames=60, gop=20)
    ring = PacketRing()
    for packet in video.packets:
        ring.append(packet)
    main = MainPictures(ring, video.stream)

    for number in (0, 7, 19, 20, 33, 12, 59):
        image = main.at(at_ns(number) + 3_000_000)
        assert image is not None
        assert image.shape == (240, 320, 3)
        assert number_of(image) == number


def test_going_on_in_a_group_decodes_nothing_twice() -> None:
    video = encode(frames=60, gop=60)
    ring = PacketRing()
    for packet in video.packets:
        ring.append(packet)
    main = MainPictures(ring, video.stream)

    for number in (10, 20, 20, 19, 30):
        image = main.at(at_ns(number))
        assert image is not None
        assert number_of(image) == number

    assert main.decoded_count <= 31 + 1


def test_b_frames_do_not_mix_pictures_up() -> None:
    video = encode(frames=50, gop=25, b_frames=2)
    ring = PacketRing()
    for packet in video.packets:
        ring.append(packet)
    main = MainPictures(ring, video.stream)

    for number in (8, 9, 10, 30):
        image = main.at(at_ns(number))
        assert image is not None
        assert number_of(image) == number


def test_what_is_gone_or_damaged_gives_nothing() -> None:
    video = encode(frames=60, gop=20)
    ring = PacketRing()
    for packet in video.packets[20:40]:
        ring.append(packet)
    ring.close()
    main = MainPictures(ring, video.stream)

    assert main.at(at_ns(5)) is None
    assert main.at(at_ns(55)) is None
    assert main.at(at_ns(25)) is not None
    assert MainPictures(PacketRing(), video.stream, patience_s=0.0).at(0) is None


def test_a_packet_on_its_way_is_waited_for() -> None:
    video = encode(frames=30, gop=30)
    ring = PacketRing()
    for packet in video.packets[:20]:
        ring.append(packet)
    main = MainPictures(ring, video.stream, patience_s=5.0)
    images: list[object] = []
    thread = threading.Thread(target=lambda: images.append(main.at(at_ns(20))))
    thread.start()

    ring.append(video.packets[20])
    thread.join(10.0)

    (image,) = images
    assert isinstance(image, np.ndarray)
    assert number_of(image) == 20
