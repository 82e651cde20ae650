"""Measures a detector on labelled pictures.

    python -m ml.evaluate.detect --data FOLDER [--model NAME | --weights PATH]

`FOLDER` holds YOLO labels; classes are matched by name. Besides the classes, "vehicle"
counts any motorised box as right, whatever its class: what a folder that says only
"vehicle" can be measured by.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from app.config.paths import Paths
from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from app.ports import Detector
from ml.detect.postprocess import Thresholds
from ml.evaluate.precision import PrecisionMeter, of_class
from ml.train.labels import UNSPECIFIED, read_labels
from ml.train.sources import LabelledFolder, labelled_folders

ANY_VEHICLE = "vehicle"
_MIN_SCORE = 0.01
_USUAL_SCORE = 0.35

Sample = tuple[npt.NDArray[np.uint8], Detections]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """Figures of one class; recall and precision at the tracker's sure score."""

    truth_count: int
    map50: float
    map50_95: float
    recall: float
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a detector is worth on a set of pictures; means are over the classes."""

    model_name: str
    model_sha256: str
    device: str
    picture_count: int
    map50: float
    map50_95: float
    median_ms: float
    classes: dict[str, ClassFigures]


def evaluate(detector: Detector, samples: Iterable[Sample]) -> Evaluation:
    """Run the detector over pictures with true boxes and return its figures."""
    meters = {cls.name.lower(): PrecisionMeter() for cls in VehicleClass}
    meters[ANY_VEHICLE] = PrecisionMeter()
    times_ms: list[float] = []
    for image, truth in samples:
        begin = time.perf_counter()
        found = detector.detect(image)
        times_ms.append((time.perf_counter() - begin) * 1000)
        _count(meters, truth, found)
    figures = {n: _figures(m) for n, m in meters.items() if m.truth_count}
    named = [f for n, f in figures.items() if n != ANY_VEHICLE] or [*figures.values()]
    return Evaluation(
        model_name=detector.model_name,
        model_sha256=detector.model_sha256,
        device=detector.device,
        picture_count=len(times_ms),
        map50=float(np.mean([f.map50 for f in named] or [0.0])),
        map50_95=float(np.mean([f.map50_95 for f in named] or [0.0])),
        median_ms=float(np.median(times_ms or [0.0])),
        classes=figures,
    )


def labelled_samples(root: Path, part: str | None = None) -> Iterator[Sample]:
    """Yield all labelled pictures below `root`; `part` keeps e.g. "val" only."""
    for folder in labelled_folders(root):
        if part is None or part in {folder.images.name, folder.images.parent.name}:
            yield from _of_folder(folder)


def _of_folder(folder: LabelledFolder) -> Iterator[Sample]:
    for picture in folder.pictures():
        read = cv2.imread(str(picture))
        if read is not None:
            image = np.asarray(read, np.uint8)
            height, width = image.shape[:2]
            label = folder.label_of(picture)
            yield image, read_labels(label, folder.names, width, height)


def _count(
    meters: dict[str, PrecisionMeter], truth: Detections, found: Detections
) -> None:
    for cls in VehicleClass:
        own, seen = of_class(truth, cls), of_class(found, cls)
        meters[cls.name.lower()].add(own.boxes_px, seen.boxes_px, seen.scores)
    true_rows = _motorised(truth.classes)
    rows = _motorised(found.classes)
    meters[ANY_VEHICLE].add(
        truth.boxes_px[true_rows], found.boxes_px[rows], found.scores[rows]
    )


def _motorised(classes: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    motorised = (classes >= int(VehicleClass.MOTORCYCLE)) | (classes == UNSPECIFIED)
    return np.asarray(motorised, np.bool_)


def _figures(meter: PrecisionMeter) -> ClassFigures:
    levels = meter.average_precision()
    return ClassFigures(
        truth_count=meter.truth_count,
        map50=float(levels[0]),
        map50_95=float(levels.mean()),
        recall=meter.recall_at(_USUAL_SCORE),
        precision=meter.precision_at(_USUAL_SCORE),
    )


def table(result: Evaluation) -> str:
    """Return the figures as a Markdown table."""
    head = "| class | boxes | mAP50 | mAP50-95 | recall | precision |"
    lines = [head, "| --- | --- | --- | --- | --- | --- |"]
    for name, f in result.classes.items():
        lines.append(
            f"| {name} | {f.truth_count} | {f.map50:.3f} | {f.map50_95:.3f} "
            f"| {f.recall:.3f} | {f.precision:.3f} |"
        )
    mean = f"| **mean** | | {result.map50:.3f} | {result.map50_95:.3f} | | |"
    return "\n".join([*lines, mean])


def _main() -> None:
    parser = argparse.ArgumentParser(description="Measure a detector.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", help='only this part of the set, e.g. "val"')
    parser.add_argument("--model", help="name in the model registry")
    parser.add_argument("--weights", type=Path, help="a .pt file or OpenVINO folder")
    parser.add_argument("--models", type=Path, help="models folder")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    from ml.session import open_detector

    detector = open_detector(
        options.models or Paths.default().models,
        options.model,
        options.weights,
        thresholds=Thresholds(min_score=_MIN_SCORE),
    )
    with closing(detector):
        result = evaluate(detector, labelled_samples(options.data, options.part))
    print(
        f"{result.model_name} {result.model_sha256[:12]} on {result.device}: "
        f"{result.picture_count} pictures, {result.median_ms:.1f} ms each"
    )
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(asdict(result), indent=1), "utf-8")


if __name__ == "__main__":
    _main()
