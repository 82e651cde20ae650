"""Which three moments of a passage are shown as stills."""

from dataclasses import dataclass

from app.domain.clock import NS_PER_S
from app.rule.track_history import TrackHistory

_BEFORE_NS = NS_PER_S
_AFTER_NS = NS_PER_S * 4 // 5
_STEP_NS = NS_PER_S // 10
_LEAST_AFTER_NS = NS_PER_S // 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stills:
    """Stream times of the three stills."""

    before_ns: int
    decisive_ns: int
    after_ns: int


def choose_stills(
    history: TrackHistory,
    decisive_ns: int,
    size_px: tuple[int, int],
    before_ns: int | None = None,
) -> Stills:
    """Choose stills around a decisive moment while the vehicle is in the picture.

    `before_ns` is a moment that shows best how the passage began; without it the
    vehicle is shown about one second earlier.
    """
    first_ns = history.sightings[0].stream_ns
    wanted_ns = decisive_ns - _BEFORE_NS if before_ns is None else before_ns
    return Stills(
        before_ns=min(max(wanted_ns, first_ns), decisive_ns),
        decisive_ns=decisive_ns,
        after_ns=decisive_ns + _after(history, decisive_ns, size_px),
    )


def _after(history: TrackHistory, decisive_ns: int, size_px: tuple[int, int]) -> int:
    """Return the longest delay up to 0.8 s at which the foot is still in view."""
    last = history.last
    recent = [s for s in history.sightings if last.stream_ns - s.stream_ns <= NS_PER_S]
    span_ns = last.stream_ns - recent[0].stream_ns
    delay_ns = _AFTER_NS
    if span_ns == 0:
        return delay_ns
    speed_x = (last.foot.pixel.x_px - recent[0].foot.pixel.x_px) / span_ns
    speed_y = (last.foot.pixel.y_px - recent[0].foot.pixel.y_px) / span_ns
    while delay_ns > _LEAST_AFTER_NS:
        ahead_ns = decisive_ns + delay_ns - last.stream_ns
        x_px = last.foot.pixel.x_px + speed_x * ahead_ns
        y_px = last.foot.pixel.y_px + speed_y * ahead_ns
        if ahead_ns <= 0 or (0 <= x_px <= size_px[0] and 0 <= y_px <= size_px[1]):
            break
        delay_ns -= _STEP_NS
    return delay_ns
