"""A control room over fakes, with a desktop in front of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from app.domain.clock import SystemClock
from tests.fakes.desktop import Room, control_room
from widgets import theme
from widgets.application import Desktop


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Four cameras, twelve cases, five people."""
    return control_room(tmp_path, SystemClock())


@pytest.fixture
def open_desktop(qtbot: QtBot) -> Iterator[Callable[[Room], Desktop]]:
    """Open desktops and close them all, whatever happens."""
    opened: list[Desktop] = []
    before = QLocale()

    def open_one(room: Room) -> Desktop:
        desktop = Desktop(room.services)
        opened.append(desktop)
        desktop.window.show()
        return desktop

    yield open_one
    for desktop in opened:
        desktop.close()
        desktop.window.deleteLater()
    QLocale.setDefault(before)
    theme.apply(theme.Mode.DARK)


@pytest.fixture
def desktop(room: Room, open_desktop: Callable[[Room], Desktop]) -> Desktop:
    """A window that shows the login page."""
    return open_desktop(room)
