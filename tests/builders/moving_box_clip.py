"""A short clip of a white box that moves over grey, for tests of the engine."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BOX_PX = (64, 48)
STEP_PX = 4


def box_left_px(index: int, width_px: int) -> int:
    """Return where the box begins in frame `index`."""
    return (index * STEP_PX) % (width_px - BOX_PX[0])


def write_moving_box(
    path: Path,
    *,
    frame_count: int = 75,
    fps: int = 25,
    size_px: tuple[int, int] = (320, 240),
    gop: int = 10,
    b_frames: int = 0,
) -> Path:
    """Encode the clip as H.264 in MP4 and return its path."""
    width_px, height_px = size_px
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, fps)
        stream.codec_context.gop_size = gop
        stream.codec_context.max_b_frames = b_frames
        stream.options = {"preset": "ultrafast", "bf": str(b_frames)}
        for index in range(frame_count):
            image = np.full((height_px, width_px, 3), 90, np.uint8)
            left = box_left_px(index, width_px)
            image[100 : 100 + BOX_PX[1], left : left + BOX_PX[0]] = 250
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
