"""Small synthetic clips, made on the spot."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def write_clip(
    path: Path,
    *,
    seconds: float = 2.0,
    fps: int = 10,
    width_px: int = 320,
    height_px: int = 180,
) -> Path:
    """Write an H.264 clip whose brightness rises with the frame number."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height = width_px, height_px
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = fps
        stream.codec_context.max_b_frames = 0
        stream.options = {"preset": "ultrafast", "x264-params": "scenecut=0"}
        for index in range(round(seconds * fps)):
            image = np.full((height_px, width_px, 3), 10 + index * 4 % 200, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
