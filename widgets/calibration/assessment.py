"""How good a draft is: the plane, its residuals, and what is still wrong."""

from dataclasses import dataclass, field
from enum import Enum, auto

from app.domain.errors import ConfigurationInvalid
from app.measure.calibration import RoadPlane
from app.measure.speed import LEAST_POINTS as LEAST_SIGHTINGS
from app.measure.speed import expected_uncertainty_kmh
from widgets.calibration.draft import LEAST_POINTS, Draft

DETECTIONS_PER_S = 8.0
GREAT_RESIDUAL_CM = 30.0
LEAST_TO_ACCUSE = 6
"""With five points any four of them agree."""
_GREAT_UNCERTAINTY_KMH = 4.0
_FAST_FACTOR = 1.5
_EXTRAPOLATION_PART = 0.15
_LEAST_LINE_PX = 20.0
_LEAST_LAMP_PX = 4.0


class Fault(Enum):
    """What can be wrong; the words stand in `fault_words`."""

    FEW_POINTS = auto()
    POINT_WITHOUT_METRES = auto()
    POINTS_DEGENERATE = auto()
    NO_STRETCH = auto()
    NO_CALIBRATION = auto()
    NO_STOP_LINE = auto()
    SHORT_STOP_LINE = auto()
    NO_LAMPS = auto()
    SMALL_LAMP = auto()
    BAD_POINT = auto()
    POINTS_DISAGREE = auto()
    STRETCH_OUTSIDE_POINTS = auto()
    SPEED_UNCERTAIN = auto()
    FEW_SIGHTINGS = auto()


_WARNINGS = frozenset(
    {
        Fault.BAD_POINT,
        Fault.POINTS_DISAGREE,
        Fault.STRETCH_OUTSIDE_POINTS,
        Fault.SPEED_UNCERTAIN,
        Fault.FEW_SIGHTINGS,
        Fault.SMALL_LAMP,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault; `value` is the number that its sentence needs."""

    fault: Fault
    value: float = 0.0

    @property
    def blocks(self) -> bool:
        """Whether the draft cannot be published with it."""
        return self.fault not in _WARNINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the draft amounts to.

    `residuals_cm` has an entry per point, None where it has no metres or there is no
    plane. `uncertainty_kmh` is expected at the speed limit, with coverage factor 2.
    """

    plane: RoadPlane | None = None
    residuals_cm: tuple[float | None, ...] = ()
    uncertainty_kmh: float | None = None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def publishable(self) -> bool:
        """Whether nothing blocks."""
        return not any(problem.blocks for problem in self.problems)


def assess(draft: Draft) -> Assessment:
    """Judge a draft; cheap enough for every step of a drag."""
    plane, problems = _plane(draft)
    residuals = _residuals(draft, plane)
    problems += _residual_problems(draft, residuals)
    uncertainty = _uncertainty(draft, plane)
    if draft.speeding:
        problems += _speeding_problems(draft, plane, uncertainty)
    if draft.red_light:
        problems += _red_light_problems(draft)
    return Assessment(
        plane=plane,
        residuals_cm=residuals,
        uncertainty_kmh=uncertainty,
        problems=tuple(sorted(problems, key=lambda p: (not p.blocks, p.fault.value))),
    )


def _plane(draft: Draft) -> tuple[RoadPlane | None, list[Problem]]:
    problems = []
    unfinished = sum(point.road is None for point in draft.points)
    if unfinished:
        problems.append(Problem(Fault.POINT_WITHOUT_METRES, unfinished))
    missing = LEAST_POINTS - len(draft.points)
    if 0 < missing < LEAST_POINTS:
        problems.append(Problem(Fault.FEW_POINTS, missing))
    calibration = draft.calibration
    if calibration is None:
        return None, problems
    try:
        return RoadPlane.fit(calibration), problems
    except ConfigurationInvalid:
        return None, [*problems, Problem(Fault.POINTS_DEGENERATE)]


def _residuals(draft: Draft, plane: RoadPlane | None) -> tuple[float | None, ...]:
    if plane is None:
        return (None,) * len(draft.points)
    known = iter(plane.residuals_cm)
    return tuple(next(known) if p.road is not None else None for p in draft.points)


def _residual_problems(
    draft: Draft, residuals: tuple[float | None, ...]
) -> list[Problem]:
    worst = max((r for r in residuals if r is not None), default=0.0)
    if worst <= GREAT_RESIDUAL_CM:
        return []
    culprit = _culprit(draft)
    if culprit is None:
        return [Problem(Fault.POINTS_DISAGREE, worst)]
    return [Problem(Fault.BAD_POINT, culprit + 1)]


def _culprit(draft: Draft) -> int | None:
    """Return the one point without which all others agree; None if there is none."""
    if len(draft.points) < LEAST_TO_ACCUSE:
        return None
    left = []
    for index in range(len(draft.points)):
        plane, _ = _plane(draft.without_point(index))
        left.append(max(plane.residuals_cm) if plane else float("inf"))
    best = min(left)
    return left.index(best) if best <= GREAT_RESIDUAL_CM else None


def _uncertainty(draft: Draft, plane: RoadPlane | None) -> float | None:
    stretch = draft.stretch
    if plane is None or stretch is None:
        return None
    return expected_uncertainty_kmh(plane, stretch, draft.limit_kmh, DETECTIONS_PER_S)


def _speeding_problems(
    draft: Draft, plane: RoadPlane | None, uncertainty_kmh: float | None
) -> list[Problem]:
    problems = []
    if plane is None and not draft.points:
        problems.append(Problem(Fault.NO_CALIBRATION))
    stretch = draft.stretch
    if stretch is None:
        return [*problems, Problem(Fault.NO_STRETCH)]
    fast_ms = draft.limit_kmh * _FAST_FACTOR / 3.6
    if stretch.length_m / fast_ms * DETECTIONS_PER_S < LEAST_SIGHTINGS + 1:
        problems.append(Problem(Fault.FEW_SIGHTINGS, draft.limit_kmh * _FAST_FACTOR))
    places = [point.road.y_m for point in draft.points if point.road is not None]
    if places and plane is not None:
        slack = _EXTRAPOLATION_PART * stretch.length_m
        low, high = sorted((stretch.start_y_m, stretch.end_y_m))
        if low < min(places) - slack or high > max(places) + slack:
            problems.append(Problem(Fault.STRETCH_OUTSIDE_POINTS))
    if uncertainty_kmh is not None and uncertainty_kmh > _GREAT_UNCERTAINTY_KMH:
        problems.append(Problem(Fault.SPEED_UNCERTAIN, uncertainty_kmh))
    return problems


def _red_light_problems(draft: Draft) -> list[Problem]:
    problems = []
    if draft.stop_line is None:
        problems.append(Problem(Fault.NO_STOP_LINE))
    elif draft.stop_line.length_px < _LEAST_LINE_PX:
        problems.append(Problem(Fault.SHORT_STOP_LINE))
    boxes = [box for box in draft.lamps if box is not None]
    if len(boxes) < len(draft.lamps):
        problems.append(Problem(Fault.NO_LAMPS, len(draft.lamps) - len(boxes)))
    if any(min(box.width_px, box.height_px) < _LEAST_LAMP_PX for box in boxes):
        problems.append(Problem(Fault.SMALL_LAMP, _LEAST_LAMP_PX))
    return problems
