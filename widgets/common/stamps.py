"""Small drawings that are made once and put down many times.

Shaping a text costs more than painting a whole tile of video; a wall of 16 cameras
writes the same few hundred texts over and over. What is kept are QImages: unlike
QPixmaps they may outlive the application.
"""

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from widgets import theme

_KEPT: Final = 2048
_PADDING_PX: Final = 4.0
_LABEL_LINE_PX: Final = 16


def put(painter: QPainter, corner: QPointF, stamp: QImage) -> QRectF:
    """Put a stamp down by its upper left; return the area it covers.

    The corner is moved to a whole device pixel, else Qt would blur the letters.
    """
    ratio = stamp.devicePixelRatio()
    left, top = round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio
    painter.drawImage(QPointF(left, top), stamp)
    return QRectF(QPointF(left, top), stamp.deviceIndependentSize())


def draw(
    size: QSizeF, ratio: float, paint: Callable[[QPainter, QRectF], None]
) -> QImage:
    """Return what `paint` draws into an empty picture of `size` logical pixels."""
    width, height = round(size.width() * ratio), round(size.height() * ratio)
    image = QImage(
        max(1, width), max(1, height), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint(painter, QRectF(QPointF(0, 0), size))
    painter.end()
    return image


@lru_cache(_KEPT)
def text_plate(
    text: str, ink: str, ground: str, height_px: float, ratio: float
) -> QImage:
    """Return a strong small text on a plate, colours by their video tokens."""
    font = theme.font(theme.FONT_SMALL_PX, strong=True)
    width = QFontMetricsF(font).horizontalAdvance(text) + 2 * _PADDING_PX

    def paint(painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, theme.color(ground))
        painter.setFont(font)
        painter.setPen(theme.color(ink))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    return draw(QSizeF(width, height_px), ratio, paint)


@lru_cache(_KEPT)
def line_text(
    text: str, token: str, mode: theme.Mode, room_px: int, ratio: float
) -> QImage:
    """Return a small text, cut with dots where it is wider than `room_px`."""
    font = theme.font(theme.FONT_SMALL_PX)
    metrics = QFontMetricsF(font)
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room_px)

    def paint(painter: QPainter, area: QRectF) -> None:
        painter.setFont(font)
        painter.setPen(QColor(theme.tokens(mode)[token]))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, cut)

    size = QSizeF(metrics.horizontalAdvance(cut) + 1, metrics.height())
    return draw(size, ratio, paint)


@lru_cache(_KEPT)
def label(lines: tuple[tuple[str, str, str], ...], ratio: float) -> QImage:
    """Return lines of strong small text on one plate, in device pixels and opaque.

    Each line is a text, and the video tokens of its ink and its ground.
    """
    font = theme.font(theme.FONT_SMALL_PX, strong=True)
    metrics = QFontMetricsF(font)
    width = max(metrics.horizontalAdvance(text) for text, _, _ in lines)
    size = QSizeF(ceil(width) + 2 * _PADDING_PX, _LABEL_LINE_PX * len(lines))

    def paint(painter: QPainter, area: QRectF) -> None:
        painter.setFont(font)
        for number, (text, ink, ground) in enumerate(lines):
            top = _LABEL_LINE_PX * number
            row = QRectF(0, top, area.width(), _LABEL_LINE_PX)
            painter.fillRect(row, _opaque(ground))
            painter.setPen(theme.color(ink))
            inner = row.adjusted(_PADDING_PX, 0, 0, 0)
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, text)

    return in_device_px(draw(size, ratio, paint))


def in_device_px(drawn: QImage) -> QImage:
    """Return an opaque drawing as the screen keeps it: put down by mere copying."""
    image = drawn.convertToFormat(QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(1.0)
    return image


def _opaque(token: str) -> QColor:
    color = QColor(theme.color(token))
    color.setAlpha(255)
    return color
