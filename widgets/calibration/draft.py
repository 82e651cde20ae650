"""What a technician has drawn so far: a configuration that need not work yet."""

from dataclasses import dataclass, replace

from pydantic import ValidationError

from app.config.camera import (
    Calibration,
    CameraConfiguration,
    ControlPoint,
    LampHead,
    Lane,
    MeasuredStretch,
    RedLightRule,
    Rule,
    SpeedingRule,
    StopLine,
)
from app.domain.errors import ConfigurationInvalid
from app.domain.geometry import PixelBox, PixelPoint, PixelSegment, RoadPoint

LEAST_POINTS = 4
LEAST_STRETCH_M = 5.0
_BEFORE_PART = 0.25


@dataclass(frozen=True, slots=True)
class DraftPoint:
    """A control point; `road` is None until its metres were typed."""

    pixel: PixelPoint
    road: RoadPoint | None = None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A stop line, and a place before it."""

    start: PixelPoint
    end: PixelPoint
    before: PixelPoint

    @property
    def length_px(self) -> float:
        """Length in pixels."""
        return _distance(self.start, self.end)

    @classmethod
    def between(cls, start: PixelPoint, end: PixelPoint) -> "DraftLine":
        """Return a line with traffic coming from the bottom of the picture."""
        across = end.x_px - start.x_px, end.y_px - start.y_px
        normal = (-across[1], across[0]) if across[0] >= 0 else (across[1], -across[0])
        before = PixelPoint(
            (start.x_px + end.x_px) / 2 + _BEFORE_PART * normal[0],
            (start.y_px + end.y_px) / 2 + _BEFORE_PART * normal[1],
        )
        return cls(start, end, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that the page edits, and what it must hand on unchanged.

    Pixels are those of `width_px` x `height_px`. `lamps` are red, amber, green.
    `stretch_m` are the two ends on the road's y axis, as typed or drawn.
    """

    width_px: int
    height_px: int
    points: tuple[DraftPoint, ...] = ()
    pixel_sigma_px: float = 1.5
    road_sigma_m: float = 0.05
    stretch_m: tuple[float, float] | None = None
    stop_line: DraftLine | None = None
    lamps: tuple[PixelBox | None, PixelBox | None, PixelBox | None] = (None, None, None)
    speeding: bool = False
    limit_kmh: float = 60.0
    tolerance_kmh: float = 5.0
    red_light: bool = False
    grace_s: float = 0.3
    lanes: tuple[Lane, ...] = ()
    pre_roll_s: float = 4.0
    post_roll_s: float = 3.0

    @classmethod
    def of(cls, body: CameraConfiguration) -> "Draft":
        """Return the draft of a published configuration."""
        draft = cls(
            width_px=body.image_width_px,
            height_px=body.image_height_px,
            lanes=body.lanes,
            pre_roll_s=body.pre_roll_s,
            post_roll_s=body.post_roll_s,
        )
        return _with_rules(_with_lines(_with_points(draft, body), body), body)

    def with_point(self, pixel: PixelPoint, road: RoadPoint | None = None) -> "Draft":
        """Return the draft with one more point, at the end."""
        return replace(self, points=(*self.points, DraftPoint(pixel, road)))

    def without_point(self, index: int) -> "Draft":
        """Return the draft without one point."""
        points = self.points[:index] + self.points[index + 1 :]
        return replace(self, points=points)

    def with_pixel(self, index: int, pixel: PixelPoint) -> "Draft":
        """Return the draft with a point moved in the picture, never out of it."""
        inside = PixelPoint(
            min(max(pixel.x_px, 0.0), self.width_px - 1.0),
            min(max(pixel.y_px, 0.0), self.height_px - 1.0),
        )
        return self._with(index, replace(self.points[index], pixel=inside))

    def with_road(self, index: int, road: RoadPoint | None) -> "Draft":
        """Return the draft with a point's metres changed."""
        return self._with(index, replace(self.points[index], road=road))

    def with_lamp(self, lamp: int, box: PixelBox | None) -> "Draft":
        """Return the draft with one lamp box changed."""
        red, amber, green = (
            box if place == lamp else kept for place, kept in enumerate(self.lamps)
        )
        return replace(self, lamps=(red, amber, green))

    @property
    def calibration(self) -> Calibration | None:
        """The calibration, None with too few finished points."""
        finished = tuple(
            ControlPoint(pixel=point.pixel, road=point.road)
            for point in self.points
            if point.road is not None
        )
        if len(finished) < LEAST_POINTS:
            return None
        return Calibration(
            points=finished,
            pixel_sigma_px=self.pixel_sigma_px,
            road_sigma_m=self.road_sigma_m,
        )

    @property
    def stretch(self) -> MeasuredStretch | None:
        """The measured stretch, None when it is missing or too short."""
        ends = self.stretch_m
        if ends is None or abs(ends[1] - ends[0]) < LEAST_STRETCH_M:
            return None
        return MeasuredStretch(start_y_m=ends[0], end_y_m=ends[1])

    def configuration(self) -> CameraConfiguration:
        """Return the configuration; ConfigurationInvalid when it is not complete."""
        try:
            return CameraConfiguration(
                image_width_px=self.width_px,
                image_height_px=self.height_px,
                calibration=self.calibration,
                stretch=self.stretch,
                stop_line=_stop_line(self.stop_line),
                lamp_head=_lamp_head(self.lamps),
                lanes=self.lanes,
                rules=_rules(self),
                pre_roll_s=self.pre_roll_s,
                post_roll_s=self.post_roll_s,
            )
        except ValidationError as error:
            first = error.errors()[0]["msg"]
            raise ConfigurationInvalid(
                f"The drawing is not complete: {first}"
            ) from None

    def _with(self, index: int, point: DraftPoint) -> "Draft":
        points = (*self.points[:index], point, *self.points[index + 1 :])
        return replace(self, points=points)


def _with_points(draft: Draft, body: CameraConfiguration) -> Draft:
    calibration = body.calibration
    if calibration is None:
        return draft
    return replace(
        draft,
        points=tuple(DraftPoint(p.pixel, p.road) for p in calibration.points),
        pixel_sigma_px=calibration.pixel_sigma_px,
        road_sigma_m=calibration.road_sigma_m,
    )


def _with_lines(draft: Draft, body: CameraConfiguration) -> Draft:
    stretch, line, head = body.stretch, body.stop_line, body.lamp_head
    if stretch is not None:
        draft = replace(draft, stretch_m=(stretch.start_y_m, stretch.end_y_m))
    if line is not None:
        drawn = DraftLine(line.segment.start, line.segment.end, line.before)
        draft = replace(draft, stop_line=drawn)
    if head is not None:
        draft = replace(draft, lamps=(head.red, head.amber, head.green))
    return draft


def _with_rules(draft: Draft, body: CameraConfiguration) -> Draft:
    for rule in body.rules:
        if isinstance(rule, SpeedingRule):
            draft = replace(
                draft,
                speeding=True,
                limit_kmh=rule.limit_kmh,
                tolerance_kmh=rule.tolerance_kmh,
            )
        else:
            draft = replace(draft, red_light=True, grace_s=rule.grace_s)
    return draft


def _stop_line(line: DraftLine | None) -> StopLine | None:
    if line is None:
        return None
    return StopLine(segment=PixelSegment(line.start, line.end), before=line.before)


def _lamp_head(lamps: tuple[PixelBox | None, ...]) -> LampHead | None:
    red, amber, green = lamps
    if red is None or amber is None or green is None:
        return None
    return LampHead(red=red, amber=amber, green=green)


def _rules(draft: Draft) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    if draft.speeding:
        rules.append(
            SpeedingRule(limit_kmh=draft.limit_kmh, tolerance_kmh=draft.tolerance_kmh)
        )
    if draft.red_light:
        rules.append(RedLightRule(grace_s=draft.grace_s))
    return tuple(rules)


def _distance(a: PixelPoint, b: PixelPoint) -> float:
    return float(((a.x_px - b.x_px) ** 2 + (a.y_px - b.y_px) ** 2) ** 0.5)
