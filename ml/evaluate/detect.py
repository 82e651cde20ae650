"""Measures a detector on labelled pictures.

Besides the classes, "vehicle" counts any motorised box as right, whatever its class:
what a folder that says only "vehicle" can be measured by. Sizes and light are of
vehicles, too.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from app.ports import Detector, Progress
from ml.evaluate.failures import FailureSheet
from ml.evaluate.labelled import MOTORISED, LabelledSet, Sample, Skipped
from ml.evaluate.precision import PrecisionMeter, of_class, within
from ml.track.settings import TrackerSettings
from ml.train.labels import UNSPECIFIED

ANY_VEHICLE = "vehicle"
MIN_SCORE = 0.001
"""Boxes from this score on are wanted: average precision looks at the whole curve."""
WORKING_SCORE = TrackerSettings().sure_score
_LONG_SIDE_PX = 640
_SMALL_PX2, _LARGE_PX2 = 32**2, 96**2
SIZES = ("small", "medium", "large")
_NIGHT_LUMA, _DAY_LUMA = 55.0, 85.0
LIGHTS = ("day", "dusk", "night")
_WARM_UP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """Figures of one kind; recall and precision at the working score, IoU 0.5."""

    truth_count: int
    map50: float
    map50_95: float
    recall: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a detector is worth on a set of pictures.

    `map50` and `map50_95` are means over `classes` without "vehicle", or are its own
    where no other class has boxes. `sizes` and `lights` are of vehicles. `network_ms`
    is the network alone, None where the detector does not say; `median_ms` has scaling
    and boxes in it, both are medians of pictures one at a time.
    """

    model_name: str
    model_sha256: str
    device: str
    picture_count: int
    working_score: float
    map50: float
    map50_95: float
    median_ms: float
    network_ms: float | None
    classes: dict[str, ClassFigures]
    sizes: dict[str, ClassFigures]
    lights: dict[str, ClassFigures]
    skipped: Skipped


@runtime_checkable
class _Timed(Protocol):
    @property
    def last_network_s(self) -> float: ...


def evaluate(
    detector: Detector,
    samples: Iterable[Sample],
    skipped: Skipped | None = None,
    progress: Progress | None = None,
    picture_count: int = 0,
    sheet: FailureSheet | None = None,
) -> Evaluation:
    """Run the detector over pictures with true boxes and return its figures.

    `sheet` is shown the vehicles of each picture at the working score.
    """
    meters, clock = _Meters(), _Stopwatch(detector)
    for number, sample in enumerate(samples):
        if progress is not None:
            progress(sample.path.name, min(1.0, number / max(1, picture_count)))
        found = clock.detect(sample.image)
        meters.count(sample, found)
        if sheet is not None:
            _show(sheet, sample, found)
    classes = _figures(meters.classes)
    named = [f for n, f in classes.items() if n != ANY_VEHICLE] or [*classes.values()]
    return Evaluation(
        model_name=detector.model_name,
        model_sha256=detector.model_sha256,
        device=detector.device,
        picture_count=meters.picture_count,
        working_score=WORKING_SCORE,
        map50=float(np.mean([f.map50 for f in named] or [0.0])),
        map50_95=float(np.mean([f.map50_95 for f in named] or [0.0])),
        median_ms=clock.median_ms(),
        network_ms=clock.network_ms(),
        classes=classes,
        sizes=_figures(meters.sizes),
        lights=_figures(meters.lights),
        skipped=skipped or Skipped(),
    )


def evaluate_set(
    detector: Detector,
    pictures: LabelledSet,
    progress: Progress | None = None,
    sheet: FailureSheet | None = None,
) -> Evaluation:
    """Measure on a folder; ConfigurationInvalid says what it lacks."""
    count = len(pictures.pictures())
    return evaluate(detector, pictures, pictures.skipped, progress, count, sheet)


def _show(sheet: FailureSheet, sample: Sample, found: Detections) -> None:
    sure = found.scores >= WORKING_SCORE
    beyond = _unlabelled(found.classes, sample.kinds)
    beyond |= within(found.boxes_px, sample.aside_px)
    rows = np.flatnonzero(sure & _motorised(found) & ~beyond)
    rows = rows[np.argsort(-found.scores[rows], kind="stable")]
    seen = Detections(
        boxes_px=found.boxes_px[rows],
        scores=found.scores[rows],
        classes=found.classes[rows],
    )
    sheet.add(sample.image, sample.truth.boxes_px[_motorised(sample.truth)], seen)


class _Stopwatch:
    """Times a detector, picture by picture; the first ones warm it up."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._whole_s: list[float] = []
        self._network_s: list[float] = []
        self._left = _WARM_UP

    def detect(self, image: npt.NDArray[np.uint8]) -> Detections:
        while self._left:
            self._left -= 1
            self._detector.detect(image)
        begin = time.perf_counter()
        found = self._detector.detect(image)
        self._whole_s.append(time.perf_counter() - begin)
        if isinstance(self._detector, _Timed):
            self._network_s.append(self._detector.last_network_s)
        return found

    def median_ms(self) -> float:
        return float(np.median(self._whole_s or [0.0]) * 1000)

    def network_ms(self) -> float | None:
        if not self._network_s:
            return None
        return float(np.median(self._network_s) * 1000)


@dataclass(slots=True)
class _Meters:
    """One meter for each class, size and light."""

    classes: dict[str, PrecisionMeter] = field(
        default_factory=lambda: _new(
            *(kind.name.lower() for kind in VehicleClass), ANY_VEHICLE
        )
    )
    sizes: dict[str, PrecisionMeter] = field(default_factory=lambda: _new(*SIZES))
    lights: dict[str, PrecisionMeter] = field(default_factory=lambda: _new(*LIGHTS))
    picture_count: int = 0

    def count(self, sample: Sample, found: Detections) -> None:
        """Take what was found in one picture."""
        self.picture_count += 1
        spared = within(found.boxes_px, sample.aside_px)
        unsure_class = sample.truth.classes == UNSPECIFIED
        for kind in VehicleClass:
            own = of_class(sample.truth, kind)
            seen = of_class(found, kind)
            unsure = sample.truth.boxes_px[unsure_class]
            if int(kind) in sample.kinds:
                of_kind = spared[found.classes == kind]
                self._count_class(kind, own, seen, unsure, of_kind)
        self._count_vehicles(sample, found, spared)

    def _count_class(
        self,
        kind: VehicleClass,
        own: Detections,
        seen: Detections,
        unsure: npt.NDArray[np.float32],
        spared: npt.NDArray[np.bool_],
    ) -> None:
        # A box that is only "some vehicle" may well be of this class.
        truth = np.vstack([own.boxes_px, unsure])
        aside = np.arange(len(truth)) >= len(own)
        meter = self.classes[kind.name.lower()]
        meter.add(truth, seen.boxes_px, seen.scores, aside, spared)

    def _count_vehicles(
        self, sample: Sample, found: Detections, spared: npt.NDArray[np.bool_]
    ) -> None:
        truth = sample.truth.boxes_px[_motorised(sample.truth)]
        rows = _motorised(found)
        boxes, scores = found.boxes_px[rows], found.scores[rows]
        beyond = _unlabelled(found.classes[rows], sample.kinds) | spared[rows]
        meters = self.classes[ANY_VEHICLE], self.lights[light_of(sample.image)]
        for meter in meters:
            meter.add(truth, boxes, scores, None, beyond)
        shape = sample.image.shape
        own, seen = sizes_of(truth, shape), sizes_of(boxes, shape)
        for number, name in enumerate(SIZES):
            aside = beyond | (seen != number)
            self.sizes[name].add(truth, boxes, scores, own != number, aside)


def sizes_of(
    boxes: npt.NDArray[np.float32], image_shape: tuple[int, ...]
) -> npt.NDArray[np.intp]:
    """Return 0, 1 or 2 for each box: small, medium or large.

    COCO's limits, 32 and 96 pixels square, in a picture whose longer side is 640 px.
    """
    scale = _LONG_SIDE_PX / max(image_shape[:2])
    sides = (boxes[:, 2:] - boxes[:, :2]) * scale
    sizes = np.digitize(sides.prod(axis=1), [_SMALL_PX2, _LARGE_PX2])
    return np.asarray(sizes, np.intp)


def light_of(image: npt.NDArray[np.uint8]) -> str:
    """Return "day", "dusk" or "night" by the mean brightness of a BGR picture."""
    # Every fourth pixel says as much as all of them; ITU-R BT.601 weights.
    few = image[::4, ::4].reshape(-1, 3).mean(axis=0)
    luma = float(few @ np.asarray([0.114, 0.587, 0.299]))
    if luma < _NIGHT_LUMA:
        return "night"
    return "day" if luma >= _DAY_LUMA else "dusk"


def _unlabelled(
    classes: npt.NDArray[np.int32], kinds: frozenset[int]
) -> npt.NDArray[np.bool_]:
    """Tell which boxes are of classes that the folder does not label.

    Such a box is right on a labelled vehicle, and nothing is known of it elsewhere.
    """
    if UNSPECIFIED in kinds:
        return np.zeros(len(classes), np.bool_)
    return ~np.isin(classes, list(kinds))


def _motorised(boxes: Detections) -> npt.NDArray[np.bool_]:
    return np.isin(boxes.classes, list(MOTORISED))


def _new(*names: str) -> dict[str, PrecisionMeter]:
    return {name: PrecisionMeter() for name in names}


def _figures(meters: dict[str, PrecisionMeter]) -> dict[str, ClassFigures]:
    return {n: _figures_of(m) for n, m in meters.items() if m.truth_count}


def _figures_of(meter: PrecisionMeter) -> ClassFigures:
    levels = meter.average_precision()
    return ClassFigures(
        truth_count=meter.truth_count,
        map50=float(levels[0]),
        map50_95=float(levels.mean()),
        recall=meter.recall_at(WORKING_SCORE),
        precision=meter.precision_at(WORKING_SCORE),
    )


def table(result: Evaluation) -> str:
    """Return the figures as a Markdown table."""
    head = "| class | boxes | mAP50 | mAP50-95 | recall | precision |"
    lines = [head, "| --- | --- | --- | --- | --- | --- |"]
    for group, prefix in (
        (result.classes, ""),
        (result.sizes, "vehicle, "),
        (result.lights, "vehicle, "),
    ):
        lines += [_line(f"{prefix}{name}", f) for name, f in group.items()]
    mean = f"| **mean** | | {result.map50:.3f} | {result.map50_95:.3f} | | |"
    return "\n".join([*lines, mean])


def _line(name: str, f: ClassFigures) -> str:
    return (
        f"| {name} | {f.truth_count} | {f.map50:.3f} | {f.map50_95:.3f} "
        f"| {f.recall:.3f} | {f.precision:.3f} |"
    )
