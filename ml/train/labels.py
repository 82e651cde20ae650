"""Reads and writes YOLO label rows, boxes or polygons."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from ml.detect.classes import is_any_vehicle, vehicle_class_of

UNSPECIFIED = -1
"""Class number of a box that is known only to be some vehicle."""


def read_labels(
    path: Path, names: Mapping[int, str], width_px: int, height_px: int
) -> Detections:
    """Return the boxes of one label file in pixels, score 1.

    A row is `class cx cy w h` or `class x1 y1 x2 y2 ...`, in shares of the picture; a
    polygon becomes its upright hull. Classes the product does not have are left out;
    one that says only "vehicle" is UNSPECIFIED. A missing file means no boxes. Raises
    ValueError on a row that is neither.
    """
    if not path.is_file():
        return Detections.none()
    rows = [_row(line, path) for line in path.read_text().splitlines() if line.strip()]
    known = [(cls, box) for column, box in rows if (cls := _class(names, column)) > -2]
    if not known:
        return Detections.none()
    shares = np.asarray([box for _, box in known], np.float32)
    size = np.asarray([width_px, height_px, width_px, height_px], np.float32)
    return Detections(
        boxes_px=(np.clip(shares, 0, 1) * size).astype(np.float32),
        scores=np.ones(len(known), np.float32),
        classes=np.asarray([cls for cls, _ in known], np.int32),
    )


def write_labels(path: Path, found: Detections, width_px: int, height_px: int) -> None:
    """Write boxes as YOLO rows, `class cx cy w h` in shares of the picture."""
    size = np.asarray([width_px, height_px], np.float32)
    corners = found.boxes_px.reshape(-1, 2, 2) / size
    centres, extents = corners.mean(axis=1), corners[:, 1] - corners[:, 0]
    rows = [
        f"{cls} {cx:.6f} {cy:.6f} {w:.6f} {h:.6f}"
        for cls, (cx, cy), (w, h) in zip(found.classes, centres, extents, strict=True)
    ]
    path.write_text("".join(f"{row}\n" for row in rows))


def merge(
    by_hand: Detections, by_teacher: Detections, max_iou: float = 0.45
) -> Detections:
    """Complete what people drew with what a teacher network is sure of.

    A drawn box wins over a teacher's box on the same vehicle; a drawn box without a
    class takes the teacher's, or CAR where the teacher saw nothing.
    """
    if len(by_hand) == 0:
        return by_teacher
    overlap = iou_matrix(by_hand.boxes_px, by_teacher.boxes_px)
    classes = _with_classes(by_hand.classes, by_teacher.classes, overlap, max_iou)
    if len(by_teacher) == 0:
        fresh = np.empty(0, np.intp)
    else:
        fresh = np.flatnonzero(overlap.max(axis=0) < max_iou)
    return Detections(
        boxes_px=np.vstack([by_hand.boxes_px, by_teacher.boxes_px[fresh]]),
        scores=np.hstack([by_hand.scores, by_teacher.scores[fresh]]),
        classes=np.hstack([classes, by_teacher.classes[fresh]]),
    )


def iou_matrix(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return intersection over union of boxes (n, 4) and (m, 4) as (n, m)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    union = area[0][:, None] + area[1][None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float32)


def _row(line: str, path: Path) -> tuple[int, Sequence[float]]:
    try:
        column, *numbers = (float(part) for part in line.split())
    except ValueError:
        raise ValueError(f"{path.name}: not numbers: {line!r}") from None
    if len(numbers) == 4:
        cx, cy, w, h = numbers
        return int(column), (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
    if len(numbers) < 6 or len(numbers) % 2:
        raise ValueError(f"{path.name}: neither box nor polygon: {line!r}")
    xs, ys = numbers[0::2], numbers[1::2]
    return int(column), (min(xs), min(ys), max(xs), max(ys))


def _class(names: Mapping[int, str], column: int) -> int:
    name = names.get(column, "")
    if is_any_vehicle(name):
        return UNSPECIFIED
    found = vehicle_class_of(name)
    return -2 if found is None else int(found)


def _with_classes(
    drawn: npt.NDArray[np.int32],
    seen: npt.NDArray[np.int32],
    overlap: npt.NDArray[np.float32],
    max_iou: float,
) -> npt.NDArray[np.int32]:
    classes = drawn.copy()
    for row in np.flatnonzero(drawn == UNSPECIFIED):
        agrees = len(seen) > 0 and overlap[row].max() >= max_iou
        classes[row] = seen[overlap[row].argmax()] if agrees else int(VehicleClass.CAR)
    return classes
