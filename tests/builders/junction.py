"""A junction with truth: vehicles drive, the signal changes, a camera looks on.

Pictures are 320 x 180 while the configuration is drawn for 1920 x 1080, so that
everything is scaled once on its way.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from app.config.camera import (
    CameraConfiguration,
    ConfigurationVersion,
    LampHead,
    MeasuredStretch,
    RedLightRule,
    SpeedingRule,
    StopLine,
)
from app.domain.detection import TrackedBox, Tracks
from app.domain.frame import Frame
from app.domain.geometry import PixelBox, PixelPoint, PixelSegment
from app.domain.ids import CameraId, TrackId, new_uuid
from app.domain.signal import LampPhase
from app.domain.vehicle import VehicleClass
from app.rule.finding import Finding
from app.rule.judge import CameraJudge
from tests.builders.moments import moment
from tests.builders.road import RoadCamera
from tests.builders.signal import HEAD, HEIGHT_PX, WIDTH_PX, signal_picture

SCALE = 6
CAMERA = RoadCamera()
LINE_Y_M = 30.0
STRETCH = MeasuredStretch(start_y_m=18, end_y_m=43)


def configuration(
    *, calibrated: bool = True, limit_kmh: float | None = 60.0, red_light: bool = True
) -> ConfigurationVersion:
    """Return a version whose stop line lies across the road 30 m away."""
    left, right, before = CAMERA.project(
        np.array([[-4.0, LINE_Y_M], [4.0, LINE_Y_M], [0.0, LINE_Y_M - 6]])
    )
    rules: list[SpeedingRule | RedLightRule] = []
    if limit_kmh is not None:
        rules.append(SpeedingRule(limit_kmh=limit_kmh))
    if red_light:
        rules.append(RedLightRule())
    body = CameraConfiguration(
        image_width_px=WIDTH_PX * SCALE,
        image_height_px=HEIGHT_PX * SCALE,
        calibration=CAMERA.calibration() if calibrated else None,
        stretch=STRETCH if calibrated else None,
        stop_line=StopLine(
            segment=PixelSegment(_point(left), _point(right)), before=_point(before)
        ),
        lamp_head=LampHead(
            red=_enlarged(HEAD.red),
            amber=_enlarged(HEAD.amber),
            green=_enlarged(HEAD.green),
        ),
        rules=tuple(rules),
    )
    return ConfigurationVersion(
        id=str(new_uuid()),
        camera_id=str(new_uuid()),
        version=1,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        created_by="teo",
        body=body,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One track: `y_m` tells where its foot is, NaN while it is not in view."""

    track: int
    y_m: Callable[[float], float]
    x_m: float = 1.0
    vehicle_class: VehicleClass = VehicleClass.CAR
    predicted: Callable[[float], bool] = field(default=lambda _: False)


def steady(
    speed_ms: float, at_line_s: float, towards: int = 1
) -> Callable[[float], float]:
    """Drive at one speed, over the line at `at_line_s`."""

    def y_m(time_s: float) -> float:
        place = LINE_Y_M + towards * speed_ms * (time_s - at_line_s)
        return place if 13.0 < place < 58.0 else float("nan")

    return y_m


def cycle(*changes: tuple[float, LampPhase]) -> Callable[[float], LampPhase | None]:
    """Return the phase over time; `changes` are (from second, phase), in order."""

    def phase(time_s: float) -> LampPhase | None:
        shown = [phase for start_s, phase in changes if start_s <= time_s]
        return shown[-1] if shown else None

    return phase


def play(
    judge: CameraJudge,
    vehicles: Sequence[Vehicle],
    lamp: Callable[[float], LampPhase | None],
    *,
    times_s: Iterable[float] | None = None,
    noise: np.random.Generator | None = None,
    jitter_px: float = 2.0,
    shuffle: np.random.Generator | None = None,
) -> list[Finding]:
    """Let the judge watch; 8 frames a second for 20 s unless told otherwise."""
    found: list[Finding] = []
    pictures = {phase: signal_picture(phase) for phase in (None, *LampPhase)}
    before: set[TrackId] = set()
    for sequence, time_s in enumerate(
        np.arange(0, 20, 0.125) if times_s is None else times_s
    ):
        boxes = [b for v in vehicles if (b := _seen(v, time_s, noise, jitter_px))]
        if shuffle is not None:
            shuffle.shuffle(boxes)
        now = {box.track_id for box in boxes}
        frame = _frame(sequence, time_s, pictures[lamp(time_s)])
        tracks = Tracks(tuple(boxes), ended=tuple(before - now))
        found.extend(judge.observe(frame, tracks).findings)
        before = now
    return found


def _seen(
    vehicle: Vehicle,
    time_s: float,
    noise: np.random.Generator | None,
    jitter_px: float,
) -> TrackedBox | None:
    y_m = vehicle.y_m(time_s)
    if not np.isfinite(y_m):
        return None
    box = CAMERA.box(vehicle.x_m, y_m, noise, jitter_px)
    return TrackedBox(
        track_id=TrackId(vehicle.track),
        box=PixelBox(
            box.left_px / SCALE,
            box.top_px / SCALE,
            box.right_px / SCALE,
            box.bottom_px / SCALE,
        ),
        score=0.8,
        vehicle_class=vehicle.vehicle_class,
        predicted=vehicle.predicted(time_s),
    )


def _frame(sequence: int, time_s: float, image: npt.NDArray[np.uint8]) -> Frame:
    return Frame.of_image(
        camera_id=CameraId(new_uuid()),
        sequence=sequence,
        time=moment(round(time_s * 1e9)),
        image=image,
    )


def _point(pixel: npt.NDArray[np.float64]) -> PixelPoint:
    return PixelPoint(float(pixel[0]), float(pixel[1]))


def _enlarged(box: PixelBox) -> PixelBox:
    return PixelBox(
        box.left_px * SCALE,
        box.top_px * SCALE,
        box.right_px * SCALE,
        box.bottom_px * SCALE,
    )
