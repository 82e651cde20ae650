"""Two streams of one camera, whose every picture tells the same number in both."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from tests.builders.video import picture

FPS = 25
MAIN_PX = (640, 360)
SECOND_PX = (320, 180)


@dataclass(frozen=True, slots=True)
class TwoClips:
    """The files of both streams."""

    main: Path
    second: Path


def write_two_clips(
    folder: Path,
    *,
    frames: int = 200,
    second_px: tuple[int, int] = SECOND_PX,
) -> TwoClips:
    """Write the clips of both streams; `number_of` reads a picture's number again."""
    return TwoClips(
        write_numbered(folder / "main.mp4", frames, MAIN_PX),
        write_numbered(folder / "second.mp4", frames, second_px),
    )


def write_numbered(path: Path, frames: int, size_px: tuple[int, int]) -> Path:
    """Encode `frames` numbered pictures without B-frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, FPS)
        stream.codec_context.gop_size = 12
        stream.codec_context.max_b_frames = 0
        stream.codec_context.thread_count = 1
        stream.options = {"preset": "ultrafast"}
        for number in range(frames):
            image = picture(number % 256, *size_px)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
