"""The names of the rail: each has air at both sides, whatever the language."""

import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from widgets import theme
from widgets.shell.rail import fitting_font


@pytest.mark.parametrize("name", ["Muro", "Personal", "Calibración y medida"])
def test_a_name_fits_its_width(name: str, qtbot: QtBot) -> None:
    width_px = theme.RAIL_PX - 8
    font = fitting_font(name, width_px)
    assert QFontMetrics(font).horizontalAdvance(name) <= width_px + 1


def test_a_name_that_fits_is_drawn_as_any_other_text(qtbot: QtBot) -> None:
    assert fitting_font("Muro", 200) == theme.font(theme.FONT_SMALL_PX)
