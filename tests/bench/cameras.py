"""How many busy cameras the engine sustains, against the loop a user would write.

Run: python -m tests.bench.cameras [--json FILE] [--most N]

The loop looks at every frame of every camera, so it sustains its rate divided by the
cameras' frame rate. The engine looks as often as it can and is asked for the result:
it sustains as many cameras as it can serve with an F1 of its speeding findings at most
a point below that of looking at every frame, and a mean speed error at most 0.2 km/h
above it. Cameras are tried in steps; all show the same busy road at the same moment,
which is the hardest case. The most that hold are then watched again, in turns with the
loop, until each side has its legs; a leg that does not hold counts as no camera.

The clips have 20 frames a second. The loop sustains a quarter more cameras of 20 frames
than of 25, while the engine's looks do not depend on the rate, so the ratio for cameras
of 25 is rather higher.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean, median

from app.config.paths import Paths
from app.domain.camera import Camera
from app.domain.infraction import InfractionKind
from app.domain.measurement import SpeedMeasurement
from app.ports import Detector
from app.rule.finding import Finding
from app.rule.judge import CameraJudge
from app.simulator.scenario import SimulatedCamera, load_camera
from app.simulator.score import FoundEvent, Interval, Score, TrueEvent, looped, score
from ml import weights as registry
from ml.backends import Model
from ml.detect.letterbox import input_size_for
from ml.detect.yolo import load_yolo
from ml.session import open_detector
from ml.track.tracker import ByteTracker
from tests.bench.every_frame import (
    UserLoop,
    cut,
    folder_for_ultralytics,
    pictures,
    ultralytics_model,
)
from tests.bench.legs import Comparison, parser, report
from tests.bench.rig import Figures, Served, judged, run_cameras, served

GOAL = 4.0
_CAMERA = "avenue-speed"
_MOST_F1_LOSS = 0.01
_MOST_ERROR_GROWTH_KMH = 0.2
_STEPS = (4, 8, 12, 16, 20)
_SETTLE_S = 8.0
"""Streams are opened and aligned by then, and who passes first was seen coming."""
_LOOP_FRAMES = 100


@dataclass(frozen=True, slots=True)
class Quality:
    """How good findings are: F1, and mean absolute speed error of the true ones."""

    f1: float
    error_kmh: float

    @classmethod
    def of(cls, result: Score) -> "Quality":
        """Return the quality of a score."""
        found = 2 * result.true_found
        total = found + result.false_found + result.missed
        errors = [abs(error) for error in result.speed_errors_kmh]
        return cls(found / total if total else 0.0, fmean(errors) if errors else 0.0)

    def holds_against(self, best: "Quality") -> bool:
        """Tell whether no more is lost than may be."""
        return (
            self.f1 >= best.f1 - _MOST_F1_LOSS
            and self.error_kmh <= best.error_kmh + _MOST_ERROR_GROWTH_KMH
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One number of cameras that was tried."""

    cameras: int
    quality: Quality
    looks_per_camera_s: float
    cores: float
    held: bool


def every_frame(simulated: SimulatedCamera, detector: Detector) -> Quality:
    """Return the quality of looking at every frame of the clip, without hurry."""
    judge = CameraJudge(judged(simulated.configuration))
    tracker = ByteTracker()
    findings: list[Finding] = []
    for picture in pictures(simulated.clip):
        frame = picture.to_frame()
        tracks = tracker.update(detector.submit(picture).result(), frame.time)
        findings += judge.observe(frame, tracks).findings
    epoch = datetime.now().astimezone()
    found = [
        _event(f, epoch + timedelta(microseconds=f.occurred.stream_ns / 1000))
        for f in findings
    ]
    whole = Interval(start=epoch, end=epoch + timedelta(seconds=_length_s(simulated)))
    return Quality.of(score(_truth(simulated, epoch, whole.end), found, [whole]))


def quality_of(
    figures: Figures,
    simulated: SimulatedCamera,
    site: Served,
    cameras: Sequence[Camera],
) -> Quality:
    """Return the quality of a live run, over all its cameras."""
    began = figures.began
    observed = Interval(start=began, end=began + timedelta(seconds=figures.seconds))
    total = Score()
    for camera in cameras:
        found = [
            _event(finding, finding.occurred.wall)
            for finding in figures.findings.get(camera.id, [])
            if finding.occurred.wall in observed
        ]
        truth = _truth(simulated, site.epoch, observed.end)
        total += score(truth, found, [observed])
    return Quality.of(total)


def _truth(
    simulated: SimulatedCamera, epoch: datetime, until: datetime
) -> list[TrueEvent]:
    events = [
        (event.kind, event.time_s, None, event.speed_kmh)
        for event in simulated.truth.infractions
        if event.kind is InfractionKind.SPEEDING
    ]
    return list(looped(events, epoch, _length_s(simulated), until))


def _event(finding: Finding, at: datetime) -> FoundEvent:
    measured = finding.measurement
    speed = measured.speed_kmh if isinstance(measured, SpeedMeasurement) else None
    return FoundEvent(kind=finding.kind, at=at, plate=None, speed_kmh=speed)


def _length_s(simulated: SimulatedCamera) -> float:
    return simulated.truth.duration_s


def try_cameras(
    count: int,
    site: Served,
    simulated: SimulatedCamera,
    detector: Detector,
    best: Quality,
    folder: Path,
    seconds: float,
) -> Step:
    """Watch `count` cameras for a while and say whether the result held."""
    cameras = [site.camera(f"road-{number}") for number in range(count)]
    figures = run_cameras(
        dict.fromkeys(cameras, simulated.configuration),
        detector,
        folder,
        settle_s=_SETTLE_S,
        seconds=seconds,
    )
    quality = quality_of(figures, simulated, site, cameras)
    return Step(
        cameras=count,
        quality=quality,
        looks_per_camera_s=figures.looks / figures.seconds / count,
        cores=figures.cores,
        held=quality.holds_against(best),
    )


def loop_fps(loop: UserLoop) -> float:
    """Return the rate of the user's loop over its clip."""
    began = time.perf_counter()
    return len(list(loop.results())) / (time.perf_counter() - began)


def main() -> None:
    """Measure and report."""
    options = parser(__doc__ or "")
    options.add_argument("--most", type=int, default=max(_STEPS))
    options.add_argument("--seconds", type=float, help="per step; default: one clip")
    chosen = options.parse_args()
    simulated = load_camera(_CAMERA)
    seconds = chosen.seconds or _length_s(simulated)
    models = Paths.default().models
    rates: list[float] = []
    steps: list[Step] = []
    legs: list[Step] = []
    with tempfile.TemporaryDirectory() as scratch, closing(open_detector(models)) as us:
        folder = Path(scratch)
        loop = _user_loop(simulated, models, folder)
        best = every_frame(simulated, us)
        loop_fps(loop)
        wanted = [count for count in _STEPS if count <= chosen.most]
        clips = {f"road-{number}": simulated.clip for number in range(max(wanted))}
        with served(clips, folder) as site:
            for count in wanted:
                rates.append(loop_fps(loop))
                step = try_cameras(count, site, simulated, us, best, folder, seconds)
                steps.append(step)
                if not step.held:
                    break
            most = max((step.cameras for step in steps if step.held), default=0)
            rates.clear()
            while most and len(legs) < chosen.legs:
                rates.append(loop_fps(loop))
                legs.append(
                    try_cameras(most, site, simulated, us, best, folder, seconds)
                )
    if not legs:
        raise SystemExit(f"Not even {wanted[0]} cameras hold: {_told(steps[0])}")
    report(_comparison(steps, legs, rates, best, simulated.truth.fps), chosen.json)


def _user_loop(simulated: SimulatedCamera, models: Path, folder: Path) -> UserLoop:
    """Return the loop over the same OpenVINO files that the engine runs."""
    entry = registry.entry(registry.DEFAULT_DETECTOR, models)
    model = Model.of_entry(entry, models)
    if model.eight_bit is None:
        raise SystemExit("The default detector has no 8-bit form to compare.")
    names = load_yolo(model.weights, models, model.name).names
    xml = registry.resolve_eight_bit(model.eight_bit)
    size = model.long_side_px
    clip = folder / "loop.mp4"
    cut(simulated.clip, clip, 20.0, _LOOP_FRAMES)
    image = next(pictures(clip))
    input_hw = input_size_for((image.height_px, image.width_px), size)
    target = folder / "m_openvino_model"
    exported = folder_for_ultralytics(xml, target, input_hw, names)
    return UserLoop(clip, ultralytics_model(exported, models), size)


def _comparison(
    steps: Sequence[Step],
    legs: Sequence[Step],
    rates: Sequence[float],
    best: Quality,
    fps: int,
) -> Comparison:
    loop = [rate / fps for rate in rates]
    rows: list[Mapping[str, object]] = [
        {
            "cameras": step.cameras,
            "f1": step.quality.f1,
            "speed_error_kmh": step.quality.error_kmh,
            "looks_per_camera_s": step.looks_per_camera_s,
            "cores": step.cores,
            "held": step.held,
        }
        for step in (*steps, *legs)
    ]
    notes = [
        f"every frame: F1 {best.f1:.3f}, mean speed error {best.error_kmh:.2f} km/h",
        *(_told(step) for step in steps),
        *(f"leg: {_told(leg)}" for leg in legs),
        f"cameras of {fps} fps, 1280 x 720 with a second stream of 640 x 360; the "
        f"loop's rate, median {median(rates):.1f} fps, is of the main stream",
    ]
    return Comparison(
        name="cameras: busy cameras sustained, against the loop a user writes",
        unit="cameras",
        ours=[float(leg.cameras) if leg.held else 0.0 for leg in legs],
        peer=loop,
        higher_is_better=True,
        goal=GOAL,
        extra={"steps": rows, "notes": notes},
    )


def _told(step: Step) -> str:
    return (
        f"{step.cameras} cameras: F1 {step.quality.f1:.3f}, speed error "
        f"{step.quality.error_kmh:.2f} km/h, {step.looks_per_camera_s:.1f} looks/s "
        f"each, {step.cores:.2f} cores: {'held' if step.held else 'NOT held'}"
    )


if __name__ == "__main__":
    main()
