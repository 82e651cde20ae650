"""Crossing on red: the foot went over the stop line while the lamp was red.

Held against a driver when the lamp was seen red for longer than the grace, and for
longer than the uncertainty of that time. What the lamp showed at the crossing is
decided with later frames at hand; what cannot be told is not held against anyone.
"""

import math
from enum import Enum, auto

from app.config.camera import RedLightRule
from app.domain.clock import NS_PER_S
from app.domain.ids import ConfigurationId, TrackId
from app.domain.infraction import InfractionKind
from app.domain.measurement import RedLightMeasurement
from app.domain.signal import LampPhase
from app.domain.units import ns_from_seconds
from app.domain.vehicle import VehicleClass
from app.measure.lamp_timeline import LampTimeline, Stretch
from app.measure.speed import live_speed_kmh
from app.measure.stop_line import StopLineFrame
from app.rule.candidate import Candidate
from app.rule.crossing import Crossing, Passage
from app.rule.track_history import TrackHistory
from app.rule.twins import Appearance

RULE_VERSION = "red_light/1"

_GREATEST_WAIT_NS = 2 * NS_PER_S
_BRISK_GO_ON_NS = NS_PER_S
_GREAT_LENGTH_M = {
    VehicleClass.PERSON: 0.5,
    VehicleClass.BICYCLE: 1.9,
    VehicleClass.MOTORCYCLE: 2.2,
    VehicleClass.CAR: 4.8,
    VehicleClass.TRUCK: 9.0,
    VehicleClass.BUS: 12.0,
}
"""Lengths on the long side of usual, in the driver's favour."""


class _Answer(Enum):
    HELD = auto()
    CLEARED = auto()
    NOT_YET = auto()


class RedLightJudge:
    """Follows every track over the line, and asks the lamp once it has gone on."""

    def __init__(
        self,
        rule: RedLightRule,
        line: StopLineFrame,
        timeline: LampTimeline,
        configuration_id: ConfigurationId,
        limit_kmh: float | None,
    ) -> None:
        """Take the rule; `timeline` is fed by the caller, before `judge`."""
        self._grace_ns = ns_from_seconds(rule.grace_s)
        self._line = line
        self._timeline = timeline
        self._configuration_id = configuration_id
        self._limit_kmh = limit_kmh
        self._passages: dict[TrackId, Passage] = {}
        self._waiting: dict[TrackId, tuple[Crossing, TrackHistory]] = {}

    def observe(self, history: TrackHistory) -> None:
        """Follow a track to its newest sighting."""
        passage = self._passages.setdefault(history.track_id, Passage())
        crossing = passage.step(history.feet[-1], history.last.box, self._line)
        if crossing is not None and history.track_id not in self._waiting:
            self._waiting[history.track_id] = (crossing, history)

    def judge(self, now_ns: int) -> list[Candidate]:
        """Return the tracks that can be held to have crossed on red by now."""
        held = []
        for track_id, (crossing, history) in list(self._waiting.items()):
            stretch = self._timeline.stretch_at(crossing.at_ns)
            answer = self._answer(crossing, history, stretch, now_ns)
            if answer is not _Answer.NOT_YET:
                del self._waiting[track_id]
            if answer is _Answer.HELD and stretch is not None:
                held.append(self._candidate(history, crossing, stretch))
        return held

    def forget(self, track_id: TrackId) -> None:
        """Release what is kept of a track that will not come again."""
        self._passages.pop(track_id, None)

    def _answer(
        self,
        crossing: Crossing,
        history: TrackHistory,
        stretch: Stretch | None,
        now_ns: int,
    ) -> _Answer:
        if stretch is None or stretch.phase is LampPhase.UNKNOWN:
            waited_ns = now_ns - crossing.gone_on_ns
            return _Answer.NOT_YET if waited_ns < _GREATEST_WAIT_NS else _Answer.CLEARED
        if stretch.phase is not LampPhase.RED or self._near_an_end(crossing, stretch):
            return _Answer.CLEARED
        if self._front_was_earlier(crossing, history, stretch):
            return _Answer.CLEARED
        if crossing.gone_on_ns - crossing.at_ns > _BRISK_GO_ON_NS:
            return self._still_red(crossing, stretch)
        return _Answer.HELD

    def _near_an_end(self, crossing: Crossing, stretch: Stretch) -> bool:
        """Tell whether the crossing is too near the change to or from red."""
        red_for_ns = crossing.at_ns - stretch.start_ns
        seen_red_ns = red_for_ns - stretch.start_uncertainty_ns // 2
        if seen_red_ns <= self._grace_ns or red_for_ns <= _doubt_ns(crossing, stretch):
            return True
        if stretch.end_ns is None:
            return False
        left_ns = stretch.end_ns - crossing.at_ns
        return left_ns <= math.hypot(stretch.end_uncertainty_ns, crossing.doubt_ns)

    def _front_was_earlier(
        self, crossing: Crossing, history: TrackHistory, stretch: Stretch
    ) -> bool:
        """Clear a vehicle whose front went over the line before red.

        Seen from behind, the foot is the rear end: the front crossed a vehicle's
        length earlier.
        """
        if not (crossing.recedes and self._line.metric):
            return False
        length_m = _GREAT_LENGTH_M[history.vehicle_class]
        ahead_ns = round(length_m / crossing.speed_per_s * NS_PER_S)
        return crossing.at_ns - ahead_ns < stretch.start_ns

    def _still_red(self, crossing: Crossing, stretch: Stretch) -> _Answer:
        """Clear a slow vehicle that edged over on red and went on with the green."""
        if stretch.end_ns is not None:
            red = stretch.end_ns >= crossing.gone_on_ns
            return _Answer.HELD if red else _Answer.CLEARED
        known = stretch.last_ns >= crossing.gone_on_ns
        return _Answer.HELD if known else _Answer.NOT_YET

    def _candidate(
        self, history: TrackHistory, crossing: Crossing, stretch: Stretch
    ) -> Candidate:
        return Candidate(
            history=history,
            appearance=Appearance(
                kind=InfractionKind.RED_LIGHT,
                at_ns=crossing.at_ns,
                lateral=crossing.lateral,
                width=crossing.width,
                speed_per_s=crossing.speed_per_s,
            ),
            measurement=self._measurement(history, crossing, stretch),
            before_ns=None,
            rule_version=RULE_VERSION,
        )

    def _measurement(
        self, history: TrackHistory, crossing: Crossing, stretch: Stretch
    ) -> RedLightMeasurement:
        near = [f for f in history.feet if f.stream_ns <= crossing.gone_on_ns]
        return RedLightMeasurement(
            phase=stretch.phase,
            red_for_ns=crossing.at_ns - stretch.start_ns,
            uncertainty_ns=_doubt_ns(crossing, stretch),
            grace_ns=self._grace_ns,
            amber_ns=self._amber_ns(stretch),
            crossing_speed_kmh=live_speed_kmh(near) if self._line.metric else None,
            limit_kmh=self._limit_kmh,
            calibration_id=self._configuration_id,
        )

    def _amber_ns(self, red: Stretch) -> int | None:
        amber = self._timeline.before(red)
        if amber is None or amber.phase is not LampPhase.AMBER:
            return None
        return red.start_ns - amber.start_ns if amber.start_certain else None


def _doubt_ns(crossing: Crossing, stretch: Stretch) -> int:
    return round(math.hypot(crossing.doubt_ns, stretch.start_uncertainty_ns))
