"""The base of every page on the rail."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ports import Change
from widgets.common.background import Background
from widgets.services import PageContext


class Page(QWidget):
    """One page; the shell makes it once per login and shows it on demand.

    A page draws nothing and asks for nothing before `activate`; after `deactivate` it
    keeps its state but stops its timers. All of it lives in the GUI thread.

    `open_requested` asks the shell for another page: its key, and what to show there,
    such as the InfractionId of a case; the shell hands that to `show_target`.
    """

    open_requested = Signal(str, object)

    def __init__(self, context: PageContext, background: Background) -> None:
        """Build the widgets; no query starts here."""
        super().__init__()
        self.context = context
        self.background = background

    def activate(self) -> None:
        """The page came into view: load and start timers."""

    def deactivate(self) -> None:
        """The page went out of view: stop timers."""

    def show_target(self, target: object) -> None:
        """Show what another page asked for; called after `activate`."""

    def on_change(self, change: Change) -> None:
        """Something changed on the server (called in the GUI thread)."""

    def retranslate(self) -> None:
        """Set all texts again, in the language that is now installed."""

    def close_page(self) -> None:
        """Log-out: release threads, files and streams."""
