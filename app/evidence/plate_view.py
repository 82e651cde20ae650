"""The best look at the plate: which frames to try, and which crop to keep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.evidence.capture import CaptureRequest
from app.evidence.frames import Picture
from app.evidence.stills import crop
from app.evidence.track_file import TrackFile
from app.ports import PlateReader

_MOST_TRIES = 4
_APART_NS = 120_000_000
_PLATE_MARGIN = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class PlateView:
    """A BGR crop and the time it is from; `read` when it shows the plate itself."""

    stream_ns: int
    image: npt.NDArray[np.uint8]
    read: bool


def times_to_try(request: CaptureRequest) -> tuple[int, ...]:
    """Return when the vehicle was largest inside the clip, at most four times.

    They lie apart, because neighbours share the same blur.
    """
    if not request.packets:
        return ()
    first = min(packet.stream_ns for packet in request.packets)
    last = max(packet.stream_ns for packet in request.packets)
    seen = [
        (box.box.width_px * box.box.height_px, time.stream_ns)
        for time, box in request.history
        if not box.predicted and first <= time.stream_ns <= last
    ]
    chosen: list[int] = []
    for _, at in sorted(seen, reverse=True):
        if all(abs(at - other) >= _APART_NS for other in chosen):
            chosen.append(at)
        if len(chosen) == _MOST_TRIES:
            break
    return tuple(chosen)


def best_view(
    pictures: Sequence[Picture],
    track: TrackFile,
    reader: PlateReader | None,
    plate_text: str | None,
) -> PlateView | None:
    """Return the surest read's crop, one of the published plate before any other.

    Without a read, the crop of the whole vehicle where it is largest; None when the
    vehicle is in none of the pictures.
    """
    seen = [(p, box) for p in pictures if (box := track.box_at(p.stream_ns))]
    reads = _reads(seen, reader) if reader is not None else []
    if not reads:
        return _largest(seen)
    return max(reads, key=lambda read: (read[0] == plate_text, read[1]))[2]


def _reads(
    seen: Sequence[tuple[Picture, PixelBox]], reader: PlateReader
) -> list[tuple[str, float, PlateView]]:
    """Return text, confidence and crop of each picture in which a plate is read."""
    reads = []
    for picture, box in seen:
        found = reader.read(picture.image, box)
        if found is None:
            continue
        image = crop(picture.image, found.box, _PLATE_MARGIN)
        if image is not None:
            view = PlateView(picture.stream_ns, image, read=True)
            reads.append((found.text, found.confidence, view))
    return reads


def _largest(seen: Sequence[tuple[Picture, PixelBox]]) -> PlateView | None:
    crops = [
        PlateView(picture.stream_ns, image, read=False)
        for picture, box in seen
        if (image := crop(picture.image, box)) is not None
    ]
    return max(crops, key=lambda view: view.image.size, default=None)
