"""Keeps the evidence of a few cases decoded, so that the next one is there at once."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from app.domain.ids import InfractionId
from app.domain.infraction import Case
from widgets.common.background import Background
from widgets.review.case_media import CaseMedia

_KEPT = 4
Load = Callable[[Case], CaseMedia]


class MediaShelf(QObject):
    """Loads in the background; `fetch` for the case on screen, `prepare` for the next.

    Both deliver in the GUI thread. A fetch that was overtaken by another delivers
    nothing. A fetch of the case that is being prepared waits for it.
    """

    def __init__(self, load: Load, background: Background) -> None:
        """Start empty; `load` runs on a background thread."""
        super().__init__()
        self._load_case = load
        self._background = background
        self._kept: OrderedDict[InfractionId, CaseMedia] = OrderedDict()
        self._coming: InfractionId | None = None
        self._awaited: Callable[[CaseMedia], None] = _ignore
        self._given_up: Callable[[str], None] = _ignore

    def fetch(
        self,
        case: Case,
        done: Callable[[Case, CaseMedia], None],
        failed: Callable[[str], None],
    ) -> None:
        """Hand over the evidence of `case`, at once when it is on the shelf."""
        kept = self._kept.get(case.infraction.id)
        if kept is not None:
            self._kept.move_to_end(case.infraction.id)
            done(case, kept)
        elif case.infraction.id == self._coming:
            self._awaited, self._given_up = partial(done, case), failed
        else:
            self._load("fetch", case, partial(done, case), failed)

    def prepare(self, case: Case) -> None:
        """Have the evidence of `case` ready soon."""
        if case.infraction.id in self._kept or case.infraction.id == self._coming:
            return
        self._coming = case.infraction.id
        self._awaited = self._given_up = _ignore
        self._load("prepare", case, self._arrived, self._missed)

    def clear(self) -> None:
        """Forget everything, so that it is read and hashed again."""
        self._kept.clear()

    def holds(self, infraction_id: InfractionId) -> bool:
        """Tell whether a case would be shown at once."""
        return infraction_id in self._kept

    def _load(
        self,
        name: str,
        case: Case,
        done: Callable[[CaseMedia], None],
        failed: Callable[[str], None],
    ) -> None:
        def keep(media: CaseMedia) -> None:
            self._keep(case.infraction.id, media)
            done(media)

        work = partial(self._load_case, case)
        self._background.query(self, name, work, keep, failed)

    def _arrived(self, media: CaseMedia) -> None:
        awaited, self._coming, self._awaited = self._awaited, None, _ignore
        awaited(media)

    def _missed(self, sentence: str) -> None:
        given_up, self._coming, self._given_up = self._given_up, None, _ignore
        given_up(sentence)

    def _keep(self, infraction_id: InfractionId, media: CaseMedia) -> None:
        # Damage may be mended meanwhile; it is looked at afresh each time.
        if not media.trouble:
            self._kept[infraction_id] = media
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


def _ignore(_: object) -> None:
    """A case that could not be prepared is fetched when it is its turn."""
