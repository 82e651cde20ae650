"""Every text can be read on every grey, in both modes."""

import pytest
from PySide6.QtGui import QColor, QFontMetricsF
from pytestqt.qtbot import QtBot

from app.config.paths import RESOURCES
from widgets import theme
from widgets.common import icons
from widgets.theme import Mode, State

GROUNDS = ("ground", "surface", "raised")
TEXTS = ("text", "quiet", "accent", "alarm", "warn", "good", "info")


def luminance(color: QColor) -> float:
    """Return the relative luminance of WCAG 2.2."""

    def channel(value: float) -> float:
        if value <= 0.04045:
            return value / 12.92
        return float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = color.redF(), color.greenF(), color.blueF()
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_reads_on_every_grey(mode: Mode, ground: str, text: str) -> None:
    tokens = theme.tokens(mode)
    assert contrast(QColor(tokens[text]), QColor(tokens[ground])) >= 4.5


@pytest.mark.parametrize("mode", Mode)
def test_text_reads_on_the_accent(mode: Mode) -> None:
    tokens = theme.tokens(mode)
    assert contrast(QColor(tokens["on_accent"]), QColor(tokens["accent"])) >= 4.5


def test_both_modes_name_the_same_tokens() -> None:
    assert theme.tokens(Mode.DARK).keys() == theme.tokens(Mode.LIGHT).keys()


def test_a_colour_that_is_not_a_token_is_refused() -> None:
    with pytest.raises(KeyError):
        theme.color("hotpink")


def test_states_differ_in_shape_as_well_as_in_colour() -> None:
    assert len({state.glyph for state in State}) == len(State)
    assert len({state.value.token for state in State}) == len(State)


def test_figures_are_tabular_and_marks_are_in_the_face(qtbot: QtBot) -> None:
    theme.apply(Mode.DARK)
    for strong in (False, True):
        metrics = QFontMetricsF(theme.font(strong=strong))
        assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
        missing = [
            mark
            for mark in "▲◆●○±·–−ñÑáéíóúü¿¡→←↑↓"
            if not metrics.inFontUcs4(ord(mark))
        ]
        assert not missing


def test_apply_changes_colours_and_tells(qtbot: QtBot) -> None:
    theme.apply(Mode.DARK)
    dark = theme.color("ground")
    with qtbot.waitSignal(theme.notifier().changed):
        theme.apply(Mode.LIGHT)
    assert theme.color("ground") != dark
    theme.apply(Mode.DARK)


def test_every_icon_draws_in_its_token(qtbot: QtBot) -> None:
    names = sorted(path.stem for path in (RESOURCES / "icons").glob("*.svg"))
    assert len(names) > 30
    for name in names:
        image = icons.pixmap(name, "alarm", 20).toImage()
        inked = [
            image.pixelColor(x, y)
            for x in range(20)
            for y in range(20)
            if image.pixelColor(x, y).alpha() > 150
        ]
        assert inked, f"{name} draws nothing"
        wanted = theme.color("alarm")
        assert all(abs(c.red() - wanted.red()) < 12 for c in inked), name


def test_an_icon_that_is_not_there_is_refused(qtbot: QtBot) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("unicorn")
