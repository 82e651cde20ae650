"""Lets a judge watch a true scene as a detector and a tracker would show it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import cv2
import numpy as np
import numpy.typing as npt

from app.config.camera import CameraConfiguration, ConfigurationVersion, LampHead
from app.domain.detection import TrackedBox, Tracks
from app.domain.frame import Frame
from app.domain.geometry import PixelBox
from app.domain.ids import CameraId, TrackId, new_uuid
from app.domain.measurement import SpeedMeasurement
from app.domain.signal import LampPhase
from app.rule.finding import Finding
from app.rule.judge import CameraJudge
from app.simulator.truth import Truth, TruthInfraction, TruthSample
from tests.builders.moments import moment

_LIT = {
    LampPhase.RED: (40, 50, 240),
    LampPhase.AMBER: (40, 170, 250),
    LampPhase.GREEN: (190, 230, 60),
}
_DARK = (38, 40, 42)
_LEAST_VISIBLE = 0.55
_MATCH_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How a scene is looked at: detections a second, misses, jitter, chance."""

    seed: int
    looks_per_s: float = 8.0
    missed: float = 0.1
    jitter_px: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Findings against the truth of one clip."""

    matched: tuple[tuple[TruthInfraction, Finding], ...]
    missed: tuple[TruthInfraction, ...]
    false: tuple[Finding, ...]

    @property
    def speed_errors_kmh(self) -> list[float]:
        """Measured less true speed of every matched speeding."""
        return [
            found.measurement.speed_kmh - true.speed_kmh
            for true, found in self.matched
            if isinstance(found.measurement, SpeedMeasurement)
            and true.speed_kmh is not None
        ]

    @property
    def covered(self) -> list[bool]:
        """Whether each true speed lies in the stated interval."""
        return [
            abs(found.measurement.speed_kmh - true.speed_kmh)
            <= found.measurement.uncertainty_kmh
            for true, found in self.matched
            if isinstance(found.measurement, SpeedMeasurement)
            and true.speed_kmh is not None
        ]


def watch(truth: Truth, body: CameraConfiguration, how: Watch) -> Outcome:
    """Judge a clip once through and compare."""
    judge = CameraJudge(_version(body))
    noise = np.random.default_rng(how.seed)
    rows = _by_frame(truth)
    pictures = _pictures(body)
    found: list[Finding] = []
    for frame in _frames(truth, how, noise):
        seen = [
            _boxed(truth, vehicle, row, noise, how.jitter_px)
            for vehicle, row in rows.get(frame, [])
            if row.visible > _LEAST_VISIBLE and noise.random() > how.missed
        ]
        picture = pictures[truth.phase_at(frame)]
        found += judge.observe(
            still(frame, truth.fps, picture), Tracks(tuple(seen))
        ).findings
    return compare(truth, found)


def compare(truth: Truth, found: list[Finding]) -> Outcome:
    """Match findings to truth: same vehicle, same kind, same moment."""
    open_truth = list(truth.infractions)
    matched, false = [], []
    for finding in found:
        at_s = finding.occurred.stream_ns / 1e9
        true = next(
            (
                t
                for t in open_truth
                if t.kind is finding.kind
                and t.vehicle == finding.track_id - 1
                and abs(t.time_s - at_s) < _MATCH_S
            ),
            None,
        )
        if true is None:
            false.append(finding)
        else:
            open_truth.remove(true)
            matched.append((true, finding))
    return Outcome(matched=tuple(matched), missed=tuple(open_truth), false=tuple(false))


def _frames(truth: Truth, how: Watch, noise: np.random.Generator) -> list[int]:
    """Choose frames about `looks_per_s` apart, unevenly as a busy engine does."""
    step = truth.fps / how.looks_per_s
    frames, at = [], 0.0
    while at < truth.frame_count:
        frames.append(int(at))
        at += max(1.0, step + noise.uniform(-0.5, 0.5))
    return frames


def _by_frame(truth: Truth) -> dict[int, list[tuple[int, TruthSample]]]:
    rows: dict[int, list[tuple[int, TruthSample]]] = {}
    for vehicle in truth.vehicles:
        for row in vehicle.samples:
            rows.setdefault(row.frame, []).append((vehicle.id, row))
    return rows


def _boxed(
    truth: Truth,
    vehicle_id: int,
    row: TruthSample,
    noise: np.random.Generator,
    jitter_px: float,
) -> TrackedBox:
    left, top, right, bottom = np.array(row[1:5]) + noise.normal(0, jitter_px, 4)
    if not row.whole:
        # A cut silhouette is cut at the border, not a few pixels inside it.
        left, top, right, bottom = row[1:5]
    box = PixelBox(
        float(left), float(top), float(max(left, right)), float(max(top, bottom))
    )
    return TrackedBox(
        track_id=TrackId(vehicle_id + 1),
        box=box,
        score=0.8,
        vehicle_class=truth.vehicle(vehicle_id).vehicle_class,
    )


def still(number: int, fps: int, image: npt.NDArray[np.uint8]) -> Frame:
    """Return a picture as the frame of that number."""
    return Frame.of_image(
        camera_id=CameraId(new_uuid()),
        sequence=number,
        time=moment(round(number / fps * 1e9)),
        image=image,
    )


def _pictures(body: CameraConfiguration) -> dict[LampPhase, npt.NDArray[np.uint8]]:
    """Paint the signal head alone, once per phase."""
    size = (body.image_height_px, body.image_width_px, 3)
    pictures = {}
    for phase in LampPhase:
        image = np.full(size, 90, np.uint8)
        if body.lamp_head is not None:
            _paint_head(image, body.lamp_head, phase)
        pictures[phase] = image
    return pictures


def _paint_head(image: npt.NDArray[np.uint8], head: LampHead, phase: LampPhase) -> None:
    lamps = {
        LampPhase.RED: head.red,
        LampPhase.AMBER: head.amber,
        LampPhase.GREEN: head.green,
    }
    for lamp, box in lamps.items():
        centre = (
            round((box.left_px + box.right_px) / 2),
            round((box.top_px + box.bottom_px) / 2),
        )
        colour = _LIT[lamp] if lamp is phase else _DARK
        cv2.circle(image, centre, max(2, round(box.width_px / 2)), colour, -1)


def _version(body: CameraConfiguration) -> ConfigurationVersion:
    return ConfigurationVersion(
        id=str(new_uuid()),
        camera_id=str(new_uuid()),
        version=1,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        created_by="teo",
        body=body,
    )
