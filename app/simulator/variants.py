"""A clip that can turn into another one while it is being watched.

Cameras change their resolution when somebody touches their settings, and freeze when
their encoder hangs: the connection goes on, and only the pictures tell.
"""

import threading
from enum import StrEnum
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from app.simulator.clip_source import AccessUnit, LiveClip, load_clip


class Variant(StrEnum):
    """What a clip shows."""

    NORMAL = "normal"
    FROZEN = "frozen"
    """The same picture, sent again and again."""
    RESIZED = "resized"
    """The same road at half the size."""


class SwitchableClip:
    """An endless clip in several variants of the same length and rate.

    `show` may be called from any thread; the change comes with the next picture of
    the new variant that can be decoded by itself, as with a camera.
    """

    def __init__(self, variants: dict[Variant, LiveClip]) -> None:
        """Show the normal one; ValueError when the variants are not alike."""
        if len({len(clip.access_units) for clip in variants.values()}) != 1:
            raise ValueError("the variants must have the same number of pictures")
        self._variants = variants
        self._lock = threading.Lock()
        self._wanted = self._shown = Variant.NORMAL

    @property
    def description(self) -> str:
        """The session description of what is shown now."""
        with self._lock:
            return self._variants[self._shown].description

    def show(self, variant: Variant) -> None:
        """Change to `variant` as soon as it can be."""
        with self._lock:
            self._wanted = variant

    def access_unit(self, number: int) -> tuple[AccessUnit, float]:
        """Return picture `number` of the endless stream and its time in seconds."""
        with self._lock:
            unit, time_s = self._variants[self._wanted].access_unit(number)
            if unit.keyframe:
                self._shown = self._wanted
            elif self._shown is not self._wanted:
                unit, _ = self._variants[self._shown].access_unit(number)
            _, time_s = self._variants[Variant.NORMAL].access_unit(number)
        return unit, time_s


def make_variants(
    clip: Path, folder: Path, *, seconds: float = 20.0, height_px: int = 720
) -> dict[Variant, Path]:
    """Write the variants of the first `seconds` of a clip into `folder`."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate or Fraction(25)
        frames = islice(container.decode(stream), round(float(rate) * seconds))
        images = [_scaled(frame, height_px) for frame in frames]
    half = [image[::2, ::2][: image.shape[0] // 4 * 2] for image in images]
    pictures = {
        Variant.NORMAL: images,
        Variant.FROZEN: [images[0]] * len(images),
        Variant.RESIZED: half,
    }
    return {
        variant: _encoded(shown, rate, folder / f"{clip.stem}-{variant}.mp4")
        for variant, shown in pictures.items()
    }


def load_variants(paths: dict[Variant, Path]) -> SwitchableClip:
    """Read what `make_variants` wrote."""
    return SwitchableClip({key: load_clip(path) for key, path in paths.items()})


def _scaled(frame: av.VideoFrame, height_px: int) -> npt.NDArray[np.uint8]:
    width_px = round(frame.width * height_px / frame.height / 4) * 4
    image = frame.to_ndarray(width=width_px, height=height_px, format="bgr24")
    return image.astype(np.uint8, copy=False)


def _encoded(images: list[npt.NDArray[np.uint8]], rate: Fraction, path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = round(float(rate))
        stream.options = {"preset": "ultrafast", "bf": "0", "qp": "30", "ipratio": "1"}
        for image in images:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), "bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
