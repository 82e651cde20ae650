"""The second, smaller stream of each bundled clip, made once and kept.

A camera encodes its picture twice; here the clip is encoded again beforehand, picture
for picture with the same times, so that serving a viewer costs no encoding.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream

from app.domain.errors import EnvironmentFault
from app.ports import Progress

SMALL_PX = (640, 360)
SUFFIX = "sub"
_RECIPE = 1
_OPTIONS = {"preset": "veryfast", "crf": "23", "x264-params": "scenecut=0"}


def small_streams(
    clips: Mapping[str, Path], folder: Path, progress: Progress
) -> dict[str, Path]:
    """Return the small stream of each clip, by `NAME/sub`; make those not there yet.

    EnvironmentFault when a clip cannot be read or `folder` not be written.
    """
    made: dict[str, Path] = {}
    for number, (name, clip) in enumerate(clips.items()):
        target = folder / f"{name}-{_digest(clip)}.mp4"
        if not target.is_file():
            progress(f"making the small stream of {name}", number / len(clips))
            _make(clip, target)
        made[f"{name}/{SUFFIX}"] = target
    return made


def _digest(clip: Path) -> str:
    """Name what a small stream depends on: the clip, the size, and the recipe."""
    recipe = f"{SMALL_PX} {_OPTIONS} {_RECIPE}".encode()
    return hashlib.sha256(clip.read_bytes() + recipe).hexdigest()[:16]


def _make(clip: Path, target: Path) -> None:
    partial = target.with_name(f"{target.stem}.{os.getpid()}.part")
    try:
        _encode(clip, partial)
        partial.replace(target)
    except (OSError, av.FFmpegError) as error:
        raise EnvironmentFault(
            f"The small stream of {clip.name} cannot be made in {target.parent} "
            f"({error}). Free some space or choose another folder."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _encode(clip: Path, target: Path) -> None:
    scaler = VideoReformatter()
    with (
        av.open(str(clip)) as source,
        av.open(str(target), "w", format="mp4") as container,
    ):
        shown = source.streams.video[0]
        small = _output(container, shown)
        for frame in source.decode(shown):
            container.mux(small.encode(_scaled(scaler, frame)))
        container.mux(small.encode(None))


def _output(container: av.container.OutputContainer, shown: VideoStream) -> VideoStream:
    small = container.add_stream("libx264", rate=shown.average_rate, options=_OPTIONS)
    small.width, small.height = SMALL_PX
    small.pix_fmt = "yuv420p"
    small.time_base = shown.time_base
    rate = shown.average_rate
    small.codec_context.gop_size = round(rate) if rate else 20
    small.codec_context.max_b_frames = 0
    small.codec_context.thread_count = 1
    return small


def _scaled(scaler: VideoReformatter, frame: VideoFrame) -> VideoFrame:
    width, height = SMALL_PX
    small = scaler.reformat(
        frame, width=width, height=height, interpolation=Interpolation.AREA
    )
    small.pts, small.time_base = frame.pts, frame.time_base
    return small
