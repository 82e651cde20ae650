"""What was decided last, and for how long it may be taken back."""

from PySide6.QtCore import QObject, QTimer

from app.domain.clock import Clock
from app.domain.ids import Login
from app.domain.infraction import Case, InfractionState
from app.review.plate_text import pretty
from app.review.states import undo_remaining
from widgets.review.decision_bar import DecisionBar

_EVERY_MS = 1000


class DecidedNote(QObject):
    """Says in the bar what `reviewer` decided, and counts its undo down."""

    def __init__(self, bar: DecisionBar, reviewer: Login, clock: Clock) -> None:
        """Nothing was decided yet."""
        super().__init__(bar)
        self._bar = bar
        self._reviewer = reviewer
        self._clock = clock
        self._case: Case | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.refresh)

    @property
    def case(self) -> Case | None:
        """The case that was decided last."""
        return self._case

    def tell(self, case: Case | None) -> None:
        """Say that this case was decided; None after its decision was taken back."""
        self._case = case
        self._timer.start()
        self.refresh()

    def refresh(self) -> None:
        """Say it again, with the time that is left now."""
        if self._case is None:
            self._timer.stop()
            self._bar.say("")
            return
        left = undo_remaining(self._case, self._reviewer, self._clock.now())
        self._bar.say(self._text(self._case), round(left.total_seconds()))
        if not left:
            self._timer.stop()

    def close(self) -> None:
        """Count no further; the undo goes on counting in the server."""
        self._timer.stop()

    def _text(self, case: Case) -> str:
        plate = pretty(case.plate_text)
        if case.state is InfractionState.NOTIFIED:
            return self.tr("■ Notice {0} for {1}").format(case.notice_number, plate)
        if case.state is InfractionState.REJECTED:
            return self.tr("✕ Rejected {}").format(plate)
        if case.state is InfractionState.PENDING:
            return self.tr("◆ {} waits for a second person").format(plate)
        return self.tr("● Confirmed {}").format(plate)
