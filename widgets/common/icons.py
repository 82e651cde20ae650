"""The product's icons: one outline set, tinted by token."""

from functools import cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.config.paths import RESOURCES
from widgets import theme

SIZE_PX: Final = 20
SMALL_PX: Final = 16
_RATIOS: Final = (1, 2)


def icon(name: str, tint: str = "quiet", active: str = "text") -> QIcon:
    """Return an icon in the colours of the current mode.

    `tint` is its token at rest, `active` when it is checked or selected. Make it
    again when the mode changes. FileNotFoundError when the set has no such icon.
    """
    made = QIcon()
    looks = (
        (QIcon.Mode.Normal, QIcon.State.Off, tint),
        (QIcon.Mode.Normal, QIcon.State.On, active),
        (QIcon.Mode.Selected, QIcon.State.Off, active),
        (QIcon.Mode.Disabled, QIcon.State.Off, "faded"),
    )
    for look, state, wanted in looks:
        for ratio in _RATIOS:
            for size_px in (SMALL_PX, SIZE_PX):
                made.addPixmap(pixmap(name, wanted, size_px, ratio), look, state)
    return made


def pixmap(
    name: str, token: str, size_px: int = SIZE_PX, ratio: float = 1.0
) -> QPixmap:
    """Return one picture of `size_px` logical pixels for a screen of this ratio."""
    _source(name)  # must fail before there is a painter: Qt crashes on an open one
    side = round(size_px * ratio)
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, name, token, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def paint(painter: QPainter, name: str, token: str, area: QRectF) -> None:
    """Draw an icon into `area`."""
    tint = theme.color(token).name()
    drawing = _source(name).replace("currentColor", tint)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, area)


@cache
def _source(name: str) -> str:
    return (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
