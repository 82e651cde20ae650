"""Every colour, size and font of the product; nothing else names one.

The current mode is one fact of the process, as Qt's own palette is. Widgets that
paint themselves ask `color` while painting; `changed` tells those that keep pictures
made of colours, such as tinted icons, to make them again.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.config.paths import RESOURCES
from widgets.style_sheet import style_sheet

FAMILY: Final = "Atalaya Sans"
FONT_SMALL_PX: Final = 12
FONT_PX: Final = 13
FONT_HEADING_PX: Final = 15
FONT_TITLE_PX: Final = 20
UNIT_PX: Final = 4
"""All distances are multiples of this."""
ROW_PX: Final = 28
RAIL_PX: Final = 56
STATUS_BAR_PX: Final = 26
FOCUS_RING_PX: Final = 2


class Mode(StrEnum):
    """Dark for the control room, light for the office."""

    DARK = "dark"
    LIGHT = "light"


_TOKENS: Final[dict[Mode, dict[str, str]]] = {
    Mode.DARK: {
        "ground": "#14171A",
        "surface": "#1B1F23",
        "raised": "#242A30",
        "line": "#323A42",
        "text": "#E3E7EB",
        "quiet": "#9AA5B1",
        "accent": "#5AA9E6",
        "alarm": "#FF5C5C",
        "warn": "#F2B84B",
        "good": "#6BCB8B",
        "info": "#9AA5B1",
        "on_accent": "#14171A",
        "faded": "#5F6A74",
    },
    Mode.LIGHT: {
        "ground": "#F4F5F6",
        "surface": "#FFFFFF",
        "raised": "#E9ECEF",
        "line": "#CBD2D9",
        "text": "#1B1F23",
        "quiet": "#52606D",
        "accent": "#0B6BB0",
        "alarm": "#C62828",
        "warn": "#8F6000",
        "good": "#2A752E",
        "info": "#52606D",
        "on_accent": "#FFFFFF",
        "faded": "#8F99A3",
    },
}

# What lies over video is drawn the same in both modes: the picture decides, not the
# room. `casing` is the dark edge that makes a line readable on snow.
_VIDEO: Final[dict[str, str]] = {
    "video_ground": "#0B0D0F",
    "video_text": "#F2F5F7",
    "video_quiet": "#AEB8C2",
    "video_line": "#F2F5F7",
    "video_plate": "#C80B0D0F",
    "casing": "#B4000000",
    "video_alarm": "#FF5C5C",
    "video_warn": "#F2B84B",
    "video_accent": "#5AA9E6",
    "lamp_red": "#FF4B4B",
    "lamp_amber": "#FFC04D",
    "lamp_green": "#4BE08A",
    "lamp_dark": "#3A424A",
    "class_person": "#D8A8FF",
    "class_bicycle": "#8FD3C7",
    "class_motorcycle": "#FFB86B",
    "class_car": "#8FC7FF",
    "class_bus": "#FFE08A",
    "class_truck": "#B8E08A",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as colour and shape; the third, its word, stands beside it."""

    glyph: str
    token: str


class State(Enum):
    """The four states of anything: never told by colour alone."""

    ALARM = Mark("▲", "alarm")
    WARN = Mark("◆", "warn")
    GOOD = Mark("●", "good")
    INFO = Mark("○", "info")

    @property
    def glyph(self) -> str:
        """The shape, to be followed by a word."""
        return self.value.glyph

    @property
    def color(self) -> QColor:
        """The colour in the current mode."""
        return color(self.value.token)


class _Notifier(QObject):
    changed = Signal()


class _Current:
    """The mode in force, and who is told when it changes."""

    mode: Mode = Mode.DARK
    notifier: _Notifier | None = None


def mode() -> Mode:
    """Return the mode in force."""
    return _Current.mode


def notifier() -> _Notifier:
    """Return the object whose `changed` signal follows every change of mode."""
    if _Current.notifier is None:
        _Current.notifier = _Notifier()
    return _Current.notifier


def color(token: str) -> QColor:
    """Return the colour of a token; KeyError for a name that look.md does not have."""
    return QColor(_parsed(_VIDEO.get(token) or _TOKENS[_Current.mode][token]))


def tokens(of: Mode) -> dict[str, str]:
    """Return the names and colours of a mode."""
    return dict(_TOKENS[of])


def font(size_px: int = FONT_PX, *, strong: bool = False) -> QFont:
    """Return the product's face; its figures are tabular."""
    return QFont(_face(size_px, strong))


@cache
def _parsed(name: str) -> QColor:
    return QColor(name)


@cache
def _face(size_px: int, strong: bool) -> QFont:
    """Make each face once: Qt looks the family up again for every QFont made anew."""
    face = QFont(FAMILY)
    face.setPixelSize(size_px)
    if strong:
        face.setWeight(QFont.Weight.DemiBold)
    return face


def as_role(widget: QWidget, role: str) -> QWidget:
    """Give a widget one of the style sheet's roles and return it.

    Roles: "quiet", "small", "heading", "title", "panel", "primary", "alarm", "warn",
    "good", "link", "flat".
    """
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    return widget


def apply(wanted: Mode) -> None:
    """Dress the running QApplication; harmless when repeated."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("there is no QApplication to dress")
    _Current.mode = wanted
    _load_fonts()
    application.setStyle("Fusion")
    application.setFont(font())
    application.setPalette(_palette())
    application.setStyleSheet(_sheet(wanted))
    notifier().changed.emit()


def _sheet(wanted: Mode) -> str:
    controls = (RESOURCES / "icons" / "controls").as_posix()
    return style_sheet(_TOKENS[wanted], mode=wanted, icons=controls)


def _load_fonts() -> None:
    if FAMILY in QFontDatabase.families():
        return
    for file in sorted((RESOURCES / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def _palette() -> QPalette:
    role = QPalette.ColorRole
    chosen = {
        role.Window: "ground",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "surface",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "alarm",
        role.PlaceholderText: "quiet",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.Light: "raised",
        role.Midlight: "line",
        role.Mid: "line",
        role.Dark: "line",
        role.Shadow: "ground",
        role.Accent: "accent",
    }
    palette = QPalette()
    for entry, token in chosen.items():
        palette.setColor(entry, color(token))
    for entry in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, entry, color("faded"))
    return palette
