"""The plate: its picture, what was read, what else it may be, and a correction."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout

from app.domain.infraction import Case
from app.domain.plate import MASK
from app.review.plate_text import (
    PlateTextInvalid,
    familiar,
    normalise,
    pretty,
    same,
)
from widgets import theme
from widgets.common import formatting
from widgets.common.key_button import KeyButton

_CHOICES = 3
_CROP_HEIGHT_PX = 84


class PlatePanel(QFrame):
    """Shows the plate in force and takes a correction.

    `correction` is what the reviewer chose or typed, None while the read stands.
    """

    corrected = Signal()

    def __init__(self) -> None:
        """Start without a plate."""
        super().__init__()
        self._case: Case | None = None
        self._correction: str | None = None
        self._crop = QLabel()
        self._crop.setFixedHeight(_CROP_HEIGHT_PX)
        self._picture = QPixmap()
        self._text = QLabel()
        theme.as_role(self._text, "title")
        self._note = QLabel()
        theme.as_role(self._note, "small")
        self._note.setWordWrap(True)
        self._edit = QLineEdit()
        self._edit.setMaxLength(12)
        self._edit.hide()
        self._edit.returnPressed.connect(self._take_typed)
        self._choices = [KeyButton(key=str(place + 1)) for place in range(_CHOICES)]
        self._lay_out()

    def retranslate(self) -> None:
        """Set all texts again."""
        self._edit.setPlaceholderText(self.tr("Plate, then Return"))
        self._refresh()

    def show_case(self, case: Case | None) -> None:
        """Show the plate of a case; a correction that was not used is forgotten."""
        self._case = case
        self._correction = None
        self._edit.hide()
        self.show_crop(None)
        self._refresh()

    def show_crop(self, image: QImage | None) -> None:
        """Show the picture of the plate."""
        self._picture = QPixmap() if image is None else QPixmap.fromImage(image)
        self._fit_crop()

    @property
    def correction(self) -> str | None:
        """The plate that the reviewer put in place of the read."""
        return self._correction

    @property
    def editing(self) -> bool:
        """Whether a plate is being typed."""
        return self._edit.isVisibleTo(self)

    def begin_edit(self) -> None:
        """Open the field with the plate in force, all selected."""
        if self._case is None:
            return
        self._edit.setText(self._correction or self._case.plate_text or "")
        self._edit.show()
        self._edit.selectAll()
        self._edit.setFocus()

    def allow(self, allowed: bool) -> None:
        """Allow or refuse to choose another plate."""
        for button in self._choices:
            button.setEnabled(allowed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the field as it was."""
        if event.key() == Qt.Key.Key_Escape and self.editing:
            self._leave()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the crop to the width."""
        super().resizeEvent(event)
        self._fit_crop()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._crop, self._text, self._edit, self._note):
            column.addWidget(part)
        # One below the other: side by side they are wider than the narrowest column.
        for place, button in enumerate(self._choices):
            button.clicked.connect(lambda _=False, place=place: self._choose(place))
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.retranslate()

    def _fit_crop(self) -> None:
        if self._picture.isNull():
            self._crop.clear()
            return
        self._crop.setPixmap(
            self._picture.scaled(
                self.width(),
                _CROP_HEIGHT_PX,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )

    def _choose(self, place: int) -> None:
        if self._case is None:
            return
        self._take(self._case.infraction.plate.alternatives[place].text)

    def _take_typed(self) -> None:
        try:
            self._take(normalise(self._edit.text()))
        except PlateTextInvalid:
            self._note.setText(
                self.tr("A plate has 4 to 9 letters and digits; type it again.")
            )
            return
        self._leave()

    def _take(self, text: str) -> None:
        if self._case is None:
            return
        self._correction = None if same(text, self._case.plate_text) else text
        self._refresh()
        self.corrected.emit()

    def _leave(self) -> None:
        self._edit.hide()
        self._refresh()
        self.corrected.emit()

    def _refresh(self) -> None:
        case = self._case
        text = None if case is None else self._correction or case.plate_text
        self._text.setText(pretty(text))
        self._note.setText("" if case is None else self._notes(case, text))
        alternatives = () if case is None else case.infraction.plate.alternatives
        for place, button in enumerate(self._choices):
            button.setVisible(len(alternatives) > 1 and place < len(alternatives))
            if place < len(alternatives):
                other = alternatives[place]
                share = formatting.percent(other.probability)
                button.setText(f"{pretty(other.text)} {share}")

    def _notes(self, case: Case, text: str | None) -> str:
        reading = case.infraction.plate
        if text is None:
            return self.tr("No plate was read. E types it in.")
        if not same(text, reading.text):
            note = self.tr("corrected, read as {}").format(pretty(reading.text))
        else:
            note = self.tr("{0} · {1} reads").format(
                formatting.percent(reading.confidence), reading.read_count
            )
        if MASK not in text and not familiar(text):
            note += " · " + self.tr("◆ unusual form")
        return note
