"""Says in the window's bar when a watched plate passed, wherever one is."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import partial

from PySide6.QtCore import QObject

from app.domain.clock import UNKNOWN_DATE
from app.domain.plate_search import WatchHit
from app.ports import Change, PlateRegister
from widgets.common import formatting
from widgets.common.background import Background
from widgets.common.error_bar import ErrorBar
from widgets.theme import State

SOURCE = "watch_hit"
_UNREAD = "watch_hits_unread"
_ASKED = 20


class WatchNotice(QObject):
    """Takes no focus, opens no window and makes no sound; it stays until put away."""

    def __init__(
        self,
        plates: PlateRegister,
        background: Background,
        bar: ErrorBar,
        zone: tzinfo,
    ) -> None:
        """Tell times of `zone`; ask nothing before `start`."""
        super().__init__()
        self._plates = plates
        self._background = background
        self._bar = bar
        self._zone = zone
        self._newest: datetime | None = None

    def start(self) -> None:
        """Note what was met before: only what comes is told."""
        self._ask(sure=False)

    def on_change(self, change: Change) -> None:
        """Look what was met, after a hit or a connection that was lost."""
        if change.topic == "watch_hit":
            self._ask(sure=change.row_id is not None)

    def put_away(self) -> None:
        """Somebody went to look."""
        self._bar.mend(SOURCE)

    def _ask(self, *, sure: bool) -> None:
        self._background.query(
            self,
            "hits",
            partial(self._plates.watch_hits, _ASKED),
            partial(self._take, sure),
            partial(self._bar.show_trouble, _UNREAD, state=State.WARN),
        )

    def _take(self, sure: bool, hits: Sequence[WatchHit]) -> None:
        self._bar.mend(_UNREAD)
        before = self._newest
        self._newest = hits[0].told if hits else before or UNKNOWN_DATE
        if before is None:
            # A hit that came while this was first asked is the newest one.
            fresh = hits[:1] if sure else ()
        else:
            fresh = [hit for hit in hits if hit.told > before]
        if fresh:
            self._tell(fresh)

    def _tell(self, fresh: Sequence[WatchHit]) -> None:
        hit = fresh[0]
        sentence = self.tr("Watched plate {0} at {1}, {2}: {3}").format(
            formatting.plate(hit.plate),
            hit.camera_name,
            formatting.date_time_iso(hit.seen, self._zone),
            hit.reason,
        )
        if len(fresh) > 1:
            sentence = f"{sentence} · +{formatting.count(len(fresh) - 1)}"
        self._bar.show_trouble(
            SOURCE, sentence, state=State.ALARM, action=self.tr("Show")
        )
