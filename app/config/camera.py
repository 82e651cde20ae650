"""The versioned configuration of one camera.

A new version is a new row; none is ever changed. Each infraction names the version
that was in force. Pixels are those of `image_width_px` x `image_height_px`; a stream of
another size is scaled to it before anything is compared.
"""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.domain.clock import require_aware
from app.domain.geometry import PixelBox, PixelPoint, PixelSegment, RoadPoint

SCHEMA_VERSION = 1


class _Fact(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ControlPoint(_Fact):
    """One point known in the picture and on the road."""

    pixel: PixelPoint
    road: RoadPoint


class Calibration(_Fact):
    """Control points between picture and road plane; at least four, not in a row.

    The homography is computed from them (`app.measure.calibration`), never stored, so
    that it cannot disagree with them. `pixel_sigma_px` is the standard uncertainty of
    a point placed by hand, `road_sigma_m` that of a taped distance.
    """

    points: tuple[ControlPoint, ...] = Field(min_length=4)
    pixel_sigma_px: float = Field(default=1.5, gt=0)
    road_sigma_m: float = Field(default=0.05, gt=0)


class StopLine(_Fact):
    """The line that may not be crossed on red; traffic goes from `before` across."""

    segment: PixelSegment
    before: PixelPoint


class LampHead(_Fact):
    """The three lamps of the signal that governs the stop line."""

    red: PixelBox
    amber: PixelBox
    green: PixelBox


class Lane(_Fact):
    """A lane of the picture, named as the report will name it."""

    name: str = Field(min_length=1, max_length=60)
    polygon: tuple[PixelPoint, ...] = Field(min_length=3)


class MeasuredStretch(_Fact):
    """The part of the road on which speed is measured.

    Between two values of the road's y axis, in metres; a vehicle is measured from
    where it enters to where it leaves, whichever way it goes.
    """

    start_y_m: float
    end_y_m: float

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if abs(self.end_y_m - self.start_y_m) < 5.0:
            raise ValueError("a measured stretch needs at least 5 m")
        return self

    @property
    def length_m(self) -> float:
        """Length along the road, in metres."""
        return abs(self.end_y_m - self.start_y_m)


class SpeedingRule(_Fact):
    """Speed limit and enforcement margin of the stretch."""

    kind: Literal["speeding"] = "speeding"
    limit_kmh: float = Field(gt=0, le=200)
    tolerance_kmh: float = Field(default=5.0, ge=0, le=50)


class RedLightRule(_Fact):
    """Crossing on red; `grace_s` after the change nothing is held against anyone."""

    kind: Literal["red_light"] = "red_light"
    grace_s: float = Field(default=0.3, ge=0, le=5)


Rule = Annotated[SpeedingRule | RedLightRule, Field(discriminator="kind")]


class CameraConfiguration(_Fact):
    """All that the engine must know to measure with a camera."""

    schema_version: int = SCHEMA_VERSION
    image_width_px: int = Field(gt=0, le=16384)
    image_height_px: int = Field(gt=0, le=16384)
    calibration: Calibration | None = None
    stretch: MeasuredStretch | None = None
    stop_line: StopLine | None = None
    lamp_head: LampHead | None = None
    lanes: tuple[Lane, ...] = ()
    rules: tuple[Rule, ...] = ()
    pre_roll_s: float = Field(default=4.0, ge=1, le=30)
    post_roll_s: float = Field(default=3.0, ge=1, le=30)

    @model_validator(mode="after")
    def _rules_can_work(self) -> Self:
        for rule in self.rules:
            if isinstance(rule, SpeedingRule) and not (
                self.calibration and self.stretch
            ):
                raise ValueError("speeding needs a calibration and a stretch")
            if isinstance(rule, RedLightRule) and not (
                self.stop_line and self.lamp_head
            ):
                raise ValueError("red light needs a stop line and a lamp head")
        return self


class ConfigurationVersion(_Fact):
    """A configuration with its identity: what an infraction refers to."""

    id: Annotated[str, Field(pattern="^[0-9a-f-]{36}$")]
    camera_id: Annotated[str, Field(pattern="^[0-9a-f-]{36}$")]
    version: int = Field(ge=1)
    created_at: datetime
    created_by: str
    note: str = ""
    body: CameraConfiguration

    @model_validator(mode="after")
    def _aware(self) -> Self:
        require_aware(self.created_at, "created_at")
        return self
