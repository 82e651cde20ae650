"""Which vehicles' plates are read in which frame: a pure policy."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.domain.clock import NS_PER_S
from app.domain.detection import TrackedBox
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId

_MOST_READS = 3
_MOST_ATTEMPTS = 6
_EXTRA_FOR_A_FINDING = 1
_AGREEING_READS = 2
_MOST_PER_FRAME = 1
_SPACING_NS = NS_PER_S // 5
_PATIENCE_NS = NS_PER_S // 2
_GROWTH = 1.15
_LEAST_WIDTH_PX = 56.0
_BORDER_PX = 3.0
_MOST_TRACKS = 1000


@dataclass(slots=True)
class _TrackReads:
    """What was tried on one track."""

    attempts: int = 0
    allowance: int = _MOST_READS
    last_ns: int | None = None
    last_area_px2: float = 0.0
    flagged: bool = False


def _none_under_way(_track_id: TrackId) -> int:
    return 0


class PlatePolicy:
    """Read the nearest whole vehicles, apart in time, until the reads agree.

    A plate is read again when the vehicle has come nearer (its box grew by 15 %) or
    half a second has passed, at most three times per track; two reads of one text
    are enough. A track with a finding gets one more. These reads are for the wall;
    the recorder reads again, in the best frames of the clip, before it seals a case.
    One instance per camera.
    """

    def __init__(self) -> None:
        """Start without tracks."""
        self._tracks: OrderedDict[TrackId, _TrackReads] = OrderedDict()
        self._texts: dict[TrackId, Counter[str]] = {}

    def choose(
        self,
        boxes: Iterable[TrackedBox],
        stream_ns: int,
        width_px: int,
        height_px: int,
        under_way: Callable[[TrackId], int] = _none_under_way,
    ) -> list[TrackedBox]:
        """Return the vehicle to read now, if any: the nearest.

        `under_way` says how many reads of a track are begun and not done.
        """
        due = [
            box
            for box in boxes
            if _legible(box, width_px, height_px)
            and self._due(box, stream_ns, under_way(box.track_id))
        ]
        due.sort(key=lambda b: (not self._state(b.track_id).flagged, -_area_px2(b.box)))
        return due[:_MOST_PER_FRAME]

    def begun(self, box: TrackedBox, stream_ns: int) -> None:
        """Note that a read of `box` was started."""
        state = self._state(box.track_id)
        state.attempts += 1
        state.last_ns = stream_ns
        state.last_area_px2 = _area_px2(box.box)

    def read(self, track_id: TrackId, text: str) -> None:
        """Note what a read found."""
        self._state(track_id)
        self._texts.setdefault(track_id, Counter())[text] += 1

    def settled(self, track_id: TrackId) -> bool:
        """Tell whether so many reads agree that no further one is begun."""
        texts = self._texts.get(track_id, Counter())
        return max(texts.values(), default=0) >= _AGREEING_READS

    def flag(self, track_id: TrackId) -> None:
        """Give a track with a finding one more read, before all others."""
        state = self._state(track_id)
        if not state.flagged:
            state.flagged = True
            state.allowance += _EXTRA_FOR_A_FINDING

    def _due(self, box: TrackedBox, stream_ns: int, under_way: int) -> bool:
        state = self._state(box.track_id)
        texts = self._texts.get(box.track_id, Counter())
        # A queue that is behind must not read a vehicle oftener than one that is not:
        # what is under way counts as read, and as read alike.
        if max(texts.values(), default=0) + under_way >= _AGREEING_READS:
            return False
        read = texts.total() + under_way
        if read >= state.allowance or state.attempts >= _MOST_ATTEMPTS:
            return False
        if state.last_ns is None:
            return True
        waited_ns = stream_ns - state.last_ns
        nearer = _area_px2(box.box) >= _GROWTH * state.last_area_px2
        return waited_ns >= (_SPACING_NS if nearer else _PATIENCE_NS)

    def _state(self, track_id: TrackId) -> _TrackReads:
        state = self._tracks.setdefault(track_id, _TrackReads())
        self._tracks.move_to_end(track_id)
        while len(self._tracks) > _MOST_TRACKS:
            forgotten, _ = self._tracks.popitem(last=False)
            self._texts.pop(forgotten, None)
        return state


def _area_px2(box: PixelBox) -> float:
    return box.width_px * box.height_px


def _legible(box: TrackedBox, width_px: int, height_px: int) -> bool:
    edges = box.box
    return (
        box.vehicle_class.motorised
        and not box.predicted
        and edges.width_px >= _LEAST_WIDTH_PX
        and edges.left_px >= _BORDER_PX
        and edges.top_px >= _BORDER_PX
        and edges.right_px <= width_px - _BORDER_PX
        and edges.bottom_px <= height_px - _BORDER_PX
    )
