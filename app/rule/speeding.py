"""Speeding: the mean speed over the measured stretch is above the limit.

Held against a driver when the measured speed is above limit plus tolerance and the
speed less its uncertainty is still above the limit.
"""

import math

from app.config.camera import MeasuredStretch, SpeedingRule
from app.domain.ids import ConfigurationId, TrackId
from app.domain.infraction import InfractionKind
from app.domain.measurement import SpeedMeasurement
from app.domain.units import ms_from_kmh
from app.measure.calibration import RoadPlane
from app.measure.speed import StretchSpeed, inside, stretch_speed, support_m
from app.measure.stop_line import VEHICLE_WIDTH_M
from app.rule.candidate import Candidate
from app.rule.track_history import TrackHistory
from app.rule.twins import Appearance

RULE_VERSION = "speeding/1"


class SpeedingJudge:
    """Judges each track once: just after the exit, or when it is lost."""

    def __init__(
        self,
        rule: SpeedingRule,
        stretch: MeasuredStretch,
        plane: RoadPlane,
        configuration_id: ConfigurationId,
    ) -> None:
        """Take the rule and all that it needs."""
        self._rule = rule
        self._stretch = stretch
        self._plane = plane
        self._support_m = support_m(stretch)
        self._configuration_id = configuration_id
        self._judged: set[TrackId] = set()

    def judge(self, history: TrackHistory, *, lost: bool) -> Candidate | None:
        """Judge a track after its newest sighting, or when it is seen no more."""
        if history.track_id in self._judged:
            return None
        if not (lost or self._has_left(history)):
            return None
        self._judged.add(history.track_id)
        passage = stretch_speed(history.feet, self._stretch, self._plane)
        if passage is None:
            return None
        measurement = self._measurement(passage)
        fast = measurement.excess_kmh > self._rule.tolerance_kmh
        if not (fast and measurement.considered_kmh > self._rule.limit_kmh):
            return None
        return Candidate(
            history=history,
            appearance=_appearance(history, passage),
            measurement=measurement,
            before_ns=passage.entry_ns,
            rule_version=RULE_VERSION,
        )

    def forget(self, track_id: TrackId) -> None:
        """Release what is kept of a track that will not come again."""
        self._judged.discard(track_id)

    def _has_left(self, history: TrackHistory) -> bool:
        """Tell whether the vehicle drove through the stretch and now is beyond it.

        Half the stretch must lie behind it: a foot trembling on the entry has not left.
        """
        newest = history.feet[-1]
        if not math.isfinite(newest.y_m) or inside(
            newest, self._stretch, self._support_m
        ):
            return False
        entered = next((f for f in history.feet if inside(f, self._stretch)), None)
        if entered is None:
            return False
        return abs(newest.y_m - entered.y_m) > self._stretch.length_m / 2

    def _measurement(self, passage: StretchSpeed) -> SpeedMeasurement:
        return SpeedMeasurement(
            speed_kmh=passage.speed_kmh,
            uncertainty_kmh=passage.uncertainty_kmh,
            limit_kmh=self._rule.limit_kmh,
            tolerance_kmh=self._rule.tolerance_kmh,
            stretch_m=self._stretch.length_m,
            duration_ns=passage.exit_ns - passage.entry_ns,
            point_count=passage.point_count,
            calibration_id=self._configuration_id,
        )


def _appearance(history: TrackHistory, passage: StretchSpeed) -> Appearance:
    nearest = min(history.feet, key=lambda foot: abs(foot.stream_ns - passage.exit_ns))
    return Appearance(
        kind=InfractionKind.SPEEDING,
        at_ns=passage.exit_ns,
        lateral=nearest.x_m,
        width=VEHICLE_WIDTH_M,
        speed_per_s=ms_from_kmh(passage.speed_kmh),
    )
