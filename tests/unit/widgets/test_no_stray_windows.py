"""Opening a page must not flash up a second window, which would take the keys away."""

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.clock import SystemClock
from tests.fakes.desktop import control_room
from widgets.application import Desktop
from widgets.tour import Tour


class _Witness(QObject):
    """Remembers every window that was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show
        if shown and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched.metaObject().className())
        return False


@pytest.mark.parametrize(
    ("login", "pages"),
    [
        ("sofia", ("wall", "review", "dashboard", "reports")),
        ("teo", ("cameras", "calibration")),
    ],
)
def test_a_page_opens_inside_the_window(
    qapp: QApplication, tmp_path: Path, login: str, pages: tuple[str, ...]
) -> None:
    room = control_room(tmp_path, SystemClock())
    witness = _Witness()
    with (
        Desktop(room.services) as desktop,
        closing(Tour(desktop, tmp_path)) as tour,
    ):
        assert desktop.login(login, f"{login}-opens-sesame")
        qapp.installEventFilter(witness)
        for page in pages:
            desktop.show_page(page)
            tour.wait(0.2)
        qapp.removeEventFilter(witness)
        assert desktop.window.isActiveWindow()
    assert witness.seen == []
