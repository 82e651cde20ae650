"""A plate to watch for: which, why, and for how long."""

from datetime import timedelta

from PySide6.QtWidgets import QSpinBox

from app.domain.clock import Clock
from app.domain.plate_search import LONGEST_WATCH, Flaw, NewWatch
from widgets.common import formatting
from widgets.common.key_button import KeyButton
from widgets.plates.plate_form import PlateForm

_FIRST_DAYS = 7
_LONGEST = 16


class WatchForm(PlateForm):
    """Watches for a plate for some days; `sent` carries a NewWatch."""

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        self._days = QSpinBox()
        super().__init__(self._days, KeyButton(key="Return", listens=False), _LONGEST)
        self._clock = clock
        self._days.setRange(1, LONGEST_WATCH.days)
        self._days.setValue(_FIRST_DAYS)
        self._alike.setChecked(True)
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        super().retranslate()
        self._labels[2].setText(self.tr("Days"))
        self._button.setText(self.tr("Watch"))

    def begin(self, plate: str) -> None:
        """Take a plate from elsewhere and ask for the reason."""
        self._plate.setText(formatting.plate(plate))
        self._reason.setFocus()

    def clear(self) -> None:
        """It is watched for now: start anew."""
        self._plate.clear()
        self._reason.clear()
        self._say_hint()

    def draft(self) -> tuple[NewWatch, Flaw | None]:
        """Return what is to be watched, with or without a flaw."""
        now = self._clock.now()
        wanted = NewWatch(
            plate=self._plate.text(),
            reason=self._reason.text(),
            # A minute less: the server counts its 90 days by its own clock.
            expires=now + timedelta(days=self._days.value()) - timedelta(minutes=1),
            look_alikes=self._alike.isChecked(),
        )
        return wanted, wanted.flaw_at(now)

    def _lay_out(self) -> None:
        grid = self._grid()
        for row, (label, field) in enumerate(
            zip(self._labels, self.fields, strict=True)
        ):
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1, 1, 2 if field is not self._days else 1)
        grid.addWidget(self._alike, 2, 2)
        grid.addWidget(self._button, 3, 2)
        # A row of its own, or the fields would move when something is said.
        grid.addWidget(self._note, 4, 0, 1, 3)
        grid.setColumnStretch(2, 1)
