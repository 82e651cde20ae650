"""A plate and the reason why: what every question about plates begins with."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QLineEdit, QWidget

from app.domain.plate_search import MOST_REASON, Flaw
from widgets import theme
from widgets.common.key_button import KeyButton
from widgets.plates.flaw_words import flaw_text

_tr = QCoreApplication.translate


class PlateForm(QFrame):
    """Plate, reason, look-alikes and one field more; Enter in a field sends it.

    `sent` carries what `draft` gives, once that has no flaw.
    """

    sent = Signal(object)

    def __init__(self, further: QWidget, button: KeyButton, longest_plate: int) -> None:
        """Start empty; `further` is the third field, `button` the one that sends."""
        super().__init__()
        self._labels = [QLabel() for _ in range(3)]
        self._plate, self._reason = QLineEdit(), QLineEdit()
        self._plate.setMaxLength(longest_plate)
        self._reason.setMaxLength(MOST_REASON)
        self._further, self._button = further, button
        self._alike = QCheckBox()
        self._note = QLabel()
        self._note.setWordWrap(True)
        for label, field in zip(self._labels, self.fields, strict=True):
            theme.as_role(label, "small")
            label.setBuddy(field)
        for line in (self._plate, self._reason):
            line.returnPressed.connect(self.send)
            line.textEdited.connect(self._say_hint)
        button.clicked.connect(self.send)

    @property
    def fields(self) -> tuple[QWidget, QWidget, QWidget]:
        """The fields that have a label, in their order."""
        return self._plate, self._reason, self._further

    @property
    def note(self) -> str:
        """What stands below the fields: a hint, or what is missing."""
        return self._note.text()

    def draft(self) -> tuple[object, Flaw | None]:
        """Return what is typed, and what is wrong with it."""
        raise NotImplementedError

    def hint(self) -> str:
        """Return what is said while nothing is wrong."""
        return ""

    def retranslate(self) -> None:
        """Set the texts that all such forms share, without touching what was typed."""
        # Not `self.tr`: that would look below the name of the form at hand.
        self._labels[0].setText(_tr("PlateForm", "Plate"))
        self._labels[1].setText(_tr("PlateForm", "Reason"))
        self._alike.setText(_tr("PlateForm", "Look-alikes too"))
        self._say_hint()

    def send(self) -> None:
        """Send it, or say what is missing and go there."""
        typed, flaw = self.draft()
        if flaw is None:
            self.sent.emit(typed)
            return
        self._say(f"{theme.State.WARN.glyph} {flaw_text(flaw)}", "warn")
        about_reason = "reason" in flaw.value
        (self._reason if about_reason else self._plate).setFocus()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        return grid

    def _say_hint(self) -> None:
        self._say(self.hint(), "small")

    def _say(self, text: str, role: str) -> None:
        theme.as_role(self._note, role)
        self._note.setText(text)
        self._note.setVisible(bool(text))
