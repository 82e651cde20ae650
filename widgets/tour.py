"""Walks through the desktop by script, as the demo without a screen does.

Every wait runs the event loop, so the product behind behaves as it does for a person.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.ids import InfractionId
from app.ports import Session
from widgets.application import Desktop
from widgets.interrupts import Interrupts
from widgets.report.report_page import ReportPage
from widgets.review.review_page import ReviewPage
from widgets.shell.workspace import Workspace

_POLL_MS = 50
_ACTIVE_WITHIN_S = 5.0


class Tour:
    """One walk; pictures go to `folder`. Lives in the GUI thread."""

    def __init__(self, desktop: Desktop, folder: Path) -> None:
        """Walk through `desktop`, whose window is shown."""
        self.desktop = desktop
        self._loop: QEventLoop | None = None
        self._stopped = False
        self._interrupts = Interrupts(self._stop)
        self._folder = folder
        self.pictures: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)
        # Keys reach their shortcuts only in a window that is active.
        self.until(self._active, _ACTIVE_WITHIN_S)

    def wait(self, seconds: float) -> None:
        """Let the product run for a while."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
        self._run(loop)

    def until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Let the product run until `condition` holds; tell whether it came to be."""
        loop = QEventLoop()
        met = False

        def look() -> None:
            nonlocal met
            met = condition()
            if met:
                loop.quit()

        poll = QTimer()
        poll.timeout.connect(look)
        poll.start(_POLL_MS)
        QTimer.singleShot(max(round(timeout_s * 1000), 1), loop, loop.quit)
        look()
        if not met:
            self._run(loop)
        poll.stop()
        return met

    def close(self) -> None:
        """Give SIGINT and SIGTERM back."""
        self._interrupts.close()

    def _run(self, loop: QEventLoop) -> None:
        """Run the event loop; KeyboardInterrupt when a signal ended it."""
        self._loop = loop
        if not self._stopped:
            loop.exec()
        self._loop = None
        if self._stopped:
            raise KeyboardInterrupt

    def _stop(self) -> None:
        self._stopped = True
        if self._loop is not None:
            self._loop.quit()

    def press(self, key: str) -> None:
        """Press a key or a chord such as "Y" or "Ctrl+K" where the focus is."""
        window = self.desktop.window
        focused = QApplication.focusWidget()
        QTest.keySequence(window if focused is None else focused, QKeySequence(key))

    @property
    def session(self) -> Session:
        """The session of whoever is logged in; RuntimeError when nobody is."""
        return self._workspace.context.session

    def open_case(self, infraction_id: InfractionId) -> None:
        """Bring a case into view on the review page."""
        self._workspace.show_page("review", infraction_id)

    def open_notice(self, infraction_id: InfractionId) -> None:
        """Have the notice of a case made and shown on the reports page."""
        self._workspace.show_page("reports", infraction_id)

    def document(self) -> Path | None:
        """Return the document that the reports page shows."""
        page = self._workspace.page
        return page.document if isinstance(page, ReportPage) else None

    def press_on_page(self, key: str) -> None:
        """Press a key of the page in view, whatever had the focus."""
        page = self._workspace.page
        if page is not None:
            page.setFocus()
        self.press(key)

    def shows_case(self, infraction_id: InfractionId) -> bool:
        """Tell whether the review page shows the case, its evidence checked."""
        page = self._workspace.page
        case = page.case if isinstance(page, ReviewPage) and page.checked else None
        return case is not None and case.infraction.id == infraction_id

    def picture(self, name: str) -> Path:
        """Save what the window shows as a PNG; return where."""
        path = self._folder / f"{len(self.pictures) + 1:02d}-{name}.png"
        self.desktop.window.grab().save(str(path))
        self.pictures.append(path)
        return path

    def _active(self) -> bool:
        window = self.desktop.window
        if not window.isActiveWindow():
            window.activateWindow()
        return window.isActiveWindow()

    @property
    def _workspace(self) -> Workspace:
        workspace = self.desktop.window.workspace
        if workspace is None:
            raise RuntimeError("nobody is logged in")
        return workspace
