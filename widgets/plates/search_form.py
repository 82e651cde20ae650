"""What to look for, and why: without a reason nothing is asked."""

from datetime import timedelta

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from app.domain.clock import Clock
from app.domain.plate_search import Flaw, PlateQuery
from widgets.common.key_button import KeyButton
from widgets.plates.plate_form import PlateForm

_PERIODS = (None, timedelta(days=1), timedelta(days=7), timedelta(days=30))
_LONGEST = 24


class SearchForm(PlateForm):
    """Asks for plates within a period; `sent` carries a PlateQuery."""

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        self._period = QComboBox()
        search = KeyButton(key="Return", primary=True, listens=False)
        super().__init__(self._period, search, _LONGEST)
        self._clock = clock
        self.setFocusProxy(self._plate)
        self._lay_out()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again, without touching what was typed."""
        super().retranslate()
        self._labels[2].setText(self.tr("Period"))
        self._plate.setPlaceholderText("AHK-472 · AHK* · ?HK-4*")
        self._reason.setPlaceholderText(self.tr("Goes into the trail with your name"))
        self._button.setText(self.tr("Search"))
        chosen = max(self._period.currentIndex(), 0)
        self._period.clear()
        self._period.addItems(
            [
                self.tr("All times"),
                self.tr("Last 24 hours"),
                self.tr("Last 7 days"),
                self.tr("Last 30 days"),
            ]
        )
        self._period.setCurrentIndex(chosen)

    def draft(self) -> tuple[PlateQuery, Flaw | None]:
        """Return what is asked, with or without a flaw."""
        period = _PERIODS[max(self._period.currentIndex(), 0)]
        query = PlateQuery(
            pattern=self._plate.text(),
            reason=self._reason.text(),
            look_alikes=self._alike.isChecked(),
            since=None if period is None else self._clock.now() - period,
        )
        return query, query.flaw

    def hint(self) -> str:
        """Return how plates are asked for."""
        return self.tr(
            "* any characters, ? one; look-alikes: O and 0, B and 8, I and 1 …"
        )

    def _lay_out(self) -> None:
        grid = self._grid()
        for column, (label, field) in enumerate(
            zip(self._labels, self.fields, strict=True)
        ):
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        last = QHBoxLayout()
        last.setSpacing(12)
        last.addWidget(self._alike)
        last.addWidget(self._note, 1)
        last.addWidget(self._button)
        grid.addLayout(last, 2, 0, 1, 3)
