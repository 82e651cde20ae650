"""The vehicles of a frame over its picture, on the wall and in review alike.

Sixteen cameras at 25 pictures a second ask for 2,400 boxes and labels a second. So
everything is put down as ready pixels, on whole device pixels, without a clip: what
would leave the picture is moved inside it instead.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from PySide6.QtCore import QLocale, QRectF
from PySide6.QtGui import QImage, QPainter

from app.domain.infraction import InfractionKind
from app.domain.overlay import Overlay, OverlayBox
from app.domain.vehicle import VehicleClass
from widgets.common import formatting, stamps
from widgets.common.box_frame import (
    EDGE_PX,
    LARGEST_STAMP_PX,
    LEAST_PX,
    box_frame,
    box_stamp,
    unit_px,
)
from widgets.common.picture_map import PictureMap
from widgets.common.words import kind_name

_SMALL_BOX_PX: Final = 40.0
"""A box narrower than this is crowded enough without its plate and speed."""
_LABELS_KEPT: Final = 2048


@dataclass(frozen=True, slots=True)
class DeviceMap:
    """Where a full-size picture lies on device pixels.

    A picture's pixel (x, y) is shown at (left + x * scale, top + y * scale). Nothing
    is drawn outside `clip`: left, top, right, bottom.
    """

    scale: float
    left: float
    top: float
    clip: tuple[int, int, int, int]
    ratio: float


def paint_overlay(
    painter: QPainter, overlay: Overlay, picture: PictureMap, clip: QRectF
) -> None:
    """Draw all vehicles of a frame; `picture` and `clip` in logical pixels."""
    ratio = painter.device().devicePixelRatio()
    place = DeviceMap(
        picture.scale * ratio,
        picture.left * ratio,
        picture.top * ratio,
        (
            round(clip.left() * ratio),
            round(clip.top() * ratio),
            round(clip.right() * ratio),
            round(clip.bottom() * ratio),
        ),
        ratio,
    )
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    paint_boxes(painter, overlay.boxes, place)
    painter.restore()


def paint_boxes(
    painter: QPainter, boxes: tuple[OverlayBox, ...], place: DeviceMap
) -> None:
    """Draw vehicles with a painter that counts device pixels.

    Labels come after all boxes and violations last, so that nothing hides them.
    """
    guilty = [box for box in boxes if box.violation is not None]
    if guilty:
        boxes = (*(box for box in boxes if box.violation is None), *guilty)
    scale, ratio = place.scale, place.ratio
    clip_left, clip_top, clip_right, below = place.clip
    # The map gives the middle of an edge, an edge begins half its width before that;
    # half a pixel more makes rounding of cutting.
    edge_px = EDGE_PX * unit_px(ratio)
    x, y = place.left - edge_px / 2 + 0.5, place.top - edge_px / 2 + 0.5
    least_px, crowded_px = LEAST_PX * unit_px(ratio), _SMALL_BOX_PX * ratio
    draw, person = painter.drawImage, VehicleClass.PERSON
    labels: list[tuple[int, int, QImage]] = []
    for box in boxes:
        edges = box.box
        left = int(x + edges.left_px * scale)
        top = int(y + edges.top_px * scale)
        right = int(x + edges.right_px * scale) + edge_px
        bottom = int(y + edges.bottom_px * scale) + edge_px
        if left < clip_left or top < clip_top or right > clip_right or bottom > below:
            left, top = max(left, clip_left), max(top, clip_top)
            right, bottom = min(right, clip_right), min(bottom, below)
        width, height = right - left, bottom - top
        if width < least_px or height < least_px:
            continue
        violation, vehicle = box.violation, box.vehicle_class
        style = (vehicle, violation is not None, box.predicted, ratio)
        if width * height <= LARGEST_STAMP_PX:
            draw(left, top, box_stamp(width, height, *style))
        else:
            box_frame(*style).paint(painter, left, top, right, bottom)
        if violation is None and width < crowded_px:
            continue
        speed_kmh = box.speed_kmh
        if speed_kmh is not None:
            # Nobody vouches for the speed of a pedestrian.
            speed_kmh = None if vehicle is person else int(speed_kmh + 0.5)
        title = None if violation is None else _title(violation, QLocale().name())
        label = _label(title, box.plate, speed_kmh, ratio)
        if label is not None:
            image, label_width, label_height = label
            x_px, y_px = min(left, clip_right - label_width), top - label_height
            labels.append((max(x_px, clip_left), max(y_px, clip_top), image))
    for x_px, y_px, image in labels:
        draw(x_px, y_px, image)


@cache
def _title(violation: InfractionKind, _language: str) -> str:
    return kind_name(violation)


@lru_cache(_LABELS_KEPT)
def _label(
    title: str | None, plate: str | None, speed_kmh: int | None, ratio: float
) -> tuple[QImage, int, int] | None:
    """Return what stands above a box, and its size; None where nothing is known."""
    facts = []
    if plate:
        facts.append(formatting.plate(plate))
    if speed_kmh is not None:
        facts.append(formatting.number(speed_kmh, 0, "km/h"))
    lines = []
    if title:
        lines.append((f"▲ {title}", "video_ground", "video_alarm"))
    if facts:
        lines.append((" · ".join(facts), "video_text", "video_plate"))
    if not lines:
        return None
    image = stamps.label(tuple(lines), ratio)
    return image, image.width(), image.height()
