"""What one camera's tile costs: the small stream at the tile's size, against 1080p.

Run: python -m tests.bench.tile [--json FILE] [--legs N] [--frames N]

Ours decodes the 640 x 360 second stream and lets swscale make the tile's BGRA, as the
engine does. The peer is the usual loop: decode the main stream, convert all of it to
bgr24, resize with OpenCV. CPU time per picture, one thread each; both streams are
encoded once, from a bundled clip.
"""

import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
from av.video.frame import VideoFrame

from app.config.paths import RESOURCES
from app.decode.picture import TO_WALL, Converter
from tests.bench.legs import Comparison, alternate, parser, report

GOAL = 0.15
TILE_PX = (480, 270)
SMALL_PX = (640, 360)
MAIN_PX = (1920, 1080)
_CLIP = RESOURCES / "simulator" / "avenue-speed.mp4"
_FPS = 25


def encode(source: Path, target: Path, size_px: tuple[int, int], frames: int) -> Path:
    """Encode the first pictures of a clip as a camera would: H.264, no B-frames."""
    with av.open(str(source)) as clip, av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=_FPS)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = 2 * _FPS
        stream.codec_context.time_base = Fraction(1, _FPS)
        stream.options = {"preset": "veryfast", "tune": "zerolatency"}
        for number, frame in enumerate(islice(clip.decode(video=0), frames)):
            sized = frame.reformat(width=size_px[0], height=size_px[1])
            sized.pts, sized.time_base = number, Fraction(1, _FPS)
            container.mux(stream.encode(sized))
        container.mux(stream.encode())
    return target


def cpu_ms_per_picture(clip: Path, show: Callable[[VideoFrame], object]) -> float:
    """Decode a clip once, show every picture; return CPU milliseconds for each."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        shown = 0
        began = time.process_time()
        for frame in container.decode(stream):
            show(frame)
            shown += 1
        return (time.process_time() - began) * 1000 / shown


def resized_by_opencv(frame: VideoFrame) -> object:
    """Make the tile as the usual loop does."""
    image = frame.to_ndarray(format="bgr24")
    return cv2.resize(image, TILE_PX, interpolation=cv2.INTER_LINEAR)


def compare(folder: Path, frames: int, legs: int) -> Comparison:
    """Encode both streams in `folder` and measure in turns."""
    small = encode(_CLIP, folder / "small.mp4", SMALL_PX, frames)
    main = encode(_CLIP, folder / "main.mp4", MAIN_PX, frames)
    converter = Converter()
    cv2.setNumThreads(1)
    ours, peer = alternate(
        lambda: cpu_ms_per_picture(
            small, lambda f: converter.packed(f, "bgra", TILE_PX, TO_WALL)
        ),
        lambda: cpu_ms_per_picture(main, resized_by_opencv),
        legs,
    )
    return Comparison(
        name="a tile from the second stream, against 1080p decoded and resized",
        unit="ms CPU per picture",
        ours=ours,
        peer=peer,
        higher_is_better=False,
        goal=GOAL,
        extra={"tile_px": TILE_PX, "small_px": SMALL_PX, "frames": frames},
    )


def main() -> None:
    """Run from the command line."""
    options = parser("What one camera's tile costs.")
    options.add_argument("--frames", type=int, default=150, metavar="N")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report(compare(Path(folder), chosen.frames, chosen.legs), chosen.json)


if __name__ == "__main__":
    main()
