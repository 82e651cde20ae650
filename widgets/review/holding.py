"""Runs the acts on holds in the background, and tells what became of the case."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.domain.hold import NewHold
from app.domain.ids import HoldId
from app.domain.infraction import Case
from app.ports import CaseStore
from widgets.common.background import Background


class Holding(QObject):
    """Holds and releases cases in the name of whoever is logged in."""

    done = Signal(object)
    """The Case as it is afterwards, in the GUI thread."""
    failed = Signal(str)

    def __init__(self, store: CaseStore, background: Background) -> None:
        """Act on the cases of a store."""
        super().__init__()
        self._store = store
        self._background = background

    def hold(self, case: Case, wanted: NewHold) -> None:
        """Hold a case."""
        self._run(case, partial(self._store.set_hold, case.infraction.id, wanted))

    def release(self, case: Case, hold_id: HoldId, reason: str) -> None:
        """Release a hold on a case."""
        self._run(case, partial(self._store.release_hold, hold_id, reason))

    def _run(self, case: Case, act: Callable[[], None]) -> None:
        work = partial(_then_read, self._store, case, act)
        self._background.command(self, work, self.done.emit, self.failed.emit)


def _then_read(store: CaseStore, case: Case, act: Callable[[], None]) -> Case:
    act()
    return store.case(case.infraction.id)
