"""A picture that stands still to the last bit is told from a quiet road."""

import av
import numpy as np
import numpy.typing as npt

from app.decode.freeze import FreezeWatch
from app.domain.clock import NS_PER_S

_ROAD = np.random.default_rng(3).integers(0, 255, (180, 320, 3)).astype(np.uint8)


def frame(image: npt.NDArray[np.uint8]) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")


def watched(watch: FreezeWatch, images: list[npt.NDArray[np.uint8]]) -> list[bool]:
    """Show one image a second, as ten pictures."""
    return [
        watch.frozen(frame(image), second * NS_PER_S + tenth * NS_PER_S // 10)
        for second, image in enumerate(images)
        for tenth in range(10)
    ]


def test_the_same_picture_for_eight_seconds_is_frozen_and_thaws() -> None:
    watch = FreezeWatch()
    told = watched(watch, [_ROAD] * 10)
    assert told.index(True) == 80
    changed = frame(255 - _ROAD)
    assert not watch.frozen(changed, 10 * NS_PER_S)


def test_noise_alone_is_life() -> None:
    chance = np.random.default_rng(4)
    images = [
        np.clip(_ROAD + chance.normal(0, 2, _ROAD.shape), 0, 255).astype(np.uint8)
        for _ in range(12)
    ]
    assert not any(watched(FreezeWatch(), images))
