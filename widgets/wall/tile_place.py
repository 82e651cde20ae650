"""Where the parts of a tile lie, in device pixels; computed once per change of size."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize

from widgets.common.overlay_paint import DeviceMap
from widgets.common.picture_map import PictureMap

LINE_HEIGHT_PX = 22
_NEARLY_PX = 3
"""Sizes this close count as the size asked for: the engine keeps sizes even."""


@dataclass(frozen=True, slots=True)
class TilePlace:
    """A tile laid out for pictures of one size.

    `area`, `picture` and `bars` are in device pixels; `target` is the picture in
    logical ones. `exact` tells that the picture is shown pixel by pixel.
    """

    ratio: float
    area: QRect
    picture: QRect
    exact: bool
    bars: tuple[QRect, ...]
    target: QRectF
    map: DeviceMap

    @classmethod
    def of(cls, area: QRect, image: QSize, source: QSize, ratio: float) -> "TilePlace":
        """Lay a tile out: its line above, the picture in the middle of the rest."""
        room = _scaled(area.adjusted(0, LINE_HEIGHT_PX, 0, 0), ratio)
        fitted = fitted_size(room.size(), source)
        exact = (
            abs(image.width() - fitted.width()) <= _NEARLY_PX
            and abs(image.height() - fitted.height()) <= _NEARLY_PX
        )
        size = image if exact else fitted
        picture = QRect(
            room.left() + (room.width() - size.width()) // 2,
            room.top() + (room.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        left, top = picture.left(), picture.top()
        width, height = picture.width(), picture.height()
        return cls(
            ratio=ratio,
            area=_scaled(area, ratio),
            picture=picture,
            exact=exact,
            bars=_bars(room, picture),
            target=QRectF(left / ratio, top / ratio, width / ratio, height / ratio),
            map=DeviceMap(
                width / max(1, source.width()),
                left,
                top,
                (left, top, left + width, top + height),
                ratio,
            ),
        )

    @property
    def logical_map(self) -> PictureMap:
        """Map from pixels of the full-size picture to logical pixels."""
        scale = self.map.scale / self.ratio
        return PictureMap(scale, self.target.left(), self.target.top())


def fitted_size(room: QSize, source: QSize) -> QSize:
    """Return the size of a picture that fills `room` without being cut."""
    scale = min(
        room.width() / max(1, source.width()), room.height() / max(1, source.height())
    )
    width, height = source.width() * scale, source.height() * scale
    return QSize(max(0, round(width)), max(0, round(height)))


def _bars(room: QRect, picture: QRect) -> tuple[QRect, ...]:
    """Return what the picture leaves free: above and below, left and right."""
    end_x, end_y = picture.left() + picture.width(), picture.top() + picture.height()
    right, bottom = room.left() + room.width(), room.top() + room.height()
    bars = (
        QRect(room.left(), room.top(), room.width(), picture.top() - room.top()),
        QRect(room.left(), end_y, room.width(), bottom - end_y),
        QRect(
            room.left(), picture.top(), picture.left() - room.left(), picture.height()
        ),
        QRect(end_x, picture.top(), right - end_x, picture.height()),
    )
    return tuple(bar for bar in bars if bar.width() > 0 and bar.height() > 0)


def _scaled(area: QRect, ratio: float) -> QRect:
    """Round the edges, not the sizes, so that neighbours keep touching."""
    left, top = round(area.left() * ratio), round(area.top() * ratio)
    right = round((area.left() + area.width()) * ratio)
    bottom = round((area.top() + area.height()) * ratio)
    return QRect(left, top, right - left, bottom - top)
