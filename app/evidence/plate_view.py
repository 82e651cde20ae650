"""The best look at the plate: which frames to try, and which crop to keep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.geometry import PixelBox
from app.domain.plate_motion import PlateOnVehicle, own_plates
from app.evidence.capture import CaptureRequest
from app.evidence.frames import Picture
from app.evidence.stills import crop, crop_area
from app.evidence.track_file import PlateCrop, TrackFile
from app.ports import PlateRead, PlateReader

_MOST_TRIES = 6
_BORDER_PX = 3.0
_APART_NS = 120_000_000
_PLATE_MARGIN = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class PlateView:
    """A BGR crop, and where it is from."""

    place: PlateCrop
    image: npt.NDArray[np.uint8]


def times_to_try(request: CaptureRequest) -> tuple[int, ...]:
    """Return when the vehicle was largest inside the clip, at most six times.

    They lie apart, because neighbours share the same blur; a vehicle that the lower
    edge of the picture cuts has lost its plate.
    """
    if not request.packets:
        return ()
    first = min(packet.stream_ns for packet in request.packets)
    last = max(packet.stream_ns for packet in request.packets)
    seen = [
        (box.box.width_px * box.box.height_px, time.stream_ns)
        for time, box in request.history
        if not box.predicted
        and first <= time.stream_ns <= last
        and box.box.bottom_px < request.stream.height_px - _BORDER_PX
    ]
    chosen: list[int] = []
    for _, at in sorted(seen, reverse=True):
        if all(abs(at - other) >= _APART_NS for other in chosen):
            chosen.append(at)
        if len(chosen) == _MOST_TRIES:
            break
    return tuple(chosen)


@dataclass(frozen=True, slots=True, eq=False)
class PlateLook:
    """All reads of the plate in some pictures, each with its view."""

    reads: tuple[PlateRead, ...]
    views: tuple[PlateView, ...]

    def best(self, text: str | None) -> PlateView | None:
        """Return the surest read's view, one of the published plate before others."""
        published = None if text is None else text.replace("-", "")
        ranked = zip(self.reads, self.views, strict=True)
        found = max(
            ranked,
            key=lambda pair: (pair[0].text == published, pair[0].confidence),
            default=None,
        )
        return None if found is None else found[1]


def look_for_plate(
    pictures: Sequence[Picture], track: TrackFile, reader: PlateReader
) -> PlateLook:
    """Read the plate of the tracked vehicle in every picture that shows it.

    Left out are those of a neighbour, which stood still while the vehicle moved on.
    """
    found: list[tuple[PlateRead, PlateView]] = []
    places = []
    for picture, box in _seen(pictures, track):
        read = reader.read(picture.image, box)
        view = None if read is None else _cut(picture, read.box, _PLATE_MARGIN)
        if read is not None and view is not None:
            found.append((read, view))
            places.append(PlateOnVehicle(read.box, box))
    own = [f for f, is_own in zip(found, own_plates(places), strict=True) if is_own]
    return PlateLook(tuple(read for read, _ in own), tuple(view for _, view in own))


def largest_view(pictures: Sequence[Picture], track: TrackFile) -> PlateView | None:
    """Return the whole vehicle where it is largest, None when it is in no picture."""
    return _largest(_seen(pictures, track))


def _seen(
    pictures: Sequence[Picture], track: TrackFile
) -> list[tuple[Picture, PixelBox]]:
    return [(p, box) for p in pictures if (box := track.box_at(p.stream_ns))]


def _largest(seen: Sequence[tuple[Picture, PixelBox]]) -> PlateView | None:
    crops = [view for picture, box in seen if (view := _cut(picture, box)) is not None]
    return max(crops, key=lambda view: view.image.size, default=None)


def _cut(
    picture: Picture, box: PixelBox, plate_margin: float | None = None
) -> PlateView | None:
    """Cut out a plate with its margin, or without one the whole vehicle."""
    height_px, width_px = picture.image.shape[:2]
    margin = plate_margin or 0.0
    area = crop_area((width_px, height_px), box, margin)
    image = crop(picture.image, box, margin)
    if area is None or image is None:
        return None
    place = PlateCrop(
        stream_ns=picture.stream_ns,
        box=PixelBox(*area),
        is_plate=plate_margin is not None,
    )
    return PlateView(place, image)
