"""A button that shows the key that does the same."""

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from widgets import theme

_tr = QCoreApplication.translate
_GAP_PX = 8
_CAP_PADDING_PX = 5
_EDGE_PX = 1
_CAP_HEIGHT_PX = 18


class KeyButton(QPushButton):
    """Text, and beside it the key in a small cap; the key presses the button.

    The key works in the button's window while the button is visible and enabled. A
    text field that has the focus keeps printable keys to itself.
    """

    def __init__(
        self,
        text: str = "",
        key: str = "",
        *,
        primary: bool = False,
        listens: bool = True,
    ) -> None:
        """`key` is written as Qt writes it: "Y", "Ctrl+Z", "Return".

        With `listens` false the key is only shown: something else answers to it.
        """
        super().__init__(text)
        self._key = key
        if primary:
            theme.as_role(self, "primary")
        if key and listens:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(self.click)
            shortcut.setAutoRepeat(False)
        self._primary = primary

    @property
    def key_text(self) -> str:
        """The key as it is written on the keyboard."""
        return key_name(QKeySequence(self._key))

    def sizeHint(self) -> QSize:
        """Make room for the key."""
        hint = super().sizeHint()
        return QSize(hint.width() + self._cap_width() + _GAP_PX, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Never cut the text."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button, then text and key side by side."""
        painter = QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        control = QStyle.ControlElement.CE_PushButton
        self.style().drawControl(control, option, painter, self)
        text_width = self.fontMetrics().horizontalAdvance(self.text())
        cap_width = self._cap_width()
        if text_width + _GAP_PX + cap_width > self.width() - 2 * _EDGE_PX:
            cap_width = 0  # too narrow for both: the word matters more
        gap = _GAP_PX if cap_width else 0
        left = (self.width() - text_width - gap - cap_width) / 2
        ink = self._ink()
        painter.setFont(self.font())
        painter.setPen(theme.color(ink))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        area = QRectF(left, 0, text_width + 2, self.height())
        painter.drawText(area, middle, self.text())
        if cap_width:
            top = (self.height() - _CAP_HEIGHT_PX) / 2
            cap = QRectF(left + text_width + gap, top, cap_width, _CAP_HEIGHT_PX)
            paint_key_cap(painter, cap, self.key_text, ink if self._primary else "")

    def _ink(self) -> str:
        if not self.isEnabled():
            return "faded"
        if self._primary:
            return "on_accent"
        return "accent" if self.isChecked() else "text"

    def _cap_width(self) -> int:
        return key_cap_width(self, self.key_text)


def key_name(key: QKeySequence) -> str:
    """Return a key as it is written on the keyboard, in the installed language.

    Qt's own Spanish says "Control+Mayúsculas+L", which no cap has room for.
    """
    written = {
        "Return": "Enter",
        "Space": _tr("keys", "Space"),
        "Shift": _tr("keys", "Shift"),
        "PgUp": _tr("keys", "PgUp"),
        "PgDown": _tr("keys", "PgDn"),
        "Del": _tr("keys", "Del"),
        "Left": "←",
        "Right": "→",
        "Up": "↑",
        "Down": "↓",
    }
    plain = key.toString(QKeySequence.SequenceFormat.PortableText)
    return "+".join(written.get(part, part) for part in plain.split("+"))


def key_cap_width(widget: QWidget, text: str) -> int:
    """Return the width of a key cap in pixels, 0 when there is no key."""
    if not text:
        return 0
    width = widget.fontMetrics().horizontalAdvance(text) + 2 * _CAP_PADDING_PX
    return max(width, _CAP_HEIGHT_PX)


def paint_key_cap(painter: QPainter, area: QRectF, text: str, token: str = "") -> None:
    """Draw a key as a hairline box with its name."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color(token or "line"), 1))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setFont(theme.font(theme.FONT_SMALL_PX))
    painter.setPen(theme.color(token or "quiet"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
