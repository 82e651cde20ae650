"""Turns what a YOLO head puts out into detections."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from app.domain.vehicle import VehicleClass
from ml.detect.letterbox import Letterbox

# One vehicle is one box, whatever a network takes it for: classes that are mistaken
# for each other suppress each other, while a rider never suppresses the motorcycle.
_RIVALS = np.zeros(len(VehicleClass), np.int32)
_RIVALS[VehicleClass.PERSON] = 0
_RIVALS[[VehicleClass.BICYCLE, VehicleClass.MOTORCYCLE]] = 1
_RIVALS[[VehicleClass.CAR, VehicleClass.BUS, VehicleClass.TRUCK]] = 2
_MAX_CANDIDATES = 1000


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a candidate counts, and when two are one.

    `min_score` is low on purpose: ByteTrack's second association lives on the
    uncertain boxes, and every detection carries its score. `class_agnostic` lets
    boxes of all classes suppress each other, for comparing with networks' own loops.
    """

    min_score: float = 0.1
    max_iou: float = 0.6
    max_count: int = 300
    class_agnostic: bool = False


def decode(
    output: npt.NDArray[np.float32],
    columns: npt.NDArray[np.intp],
    classes: npt.NDArray[np.int32],
    letterbox: Letterbox,
    thresholds: Thresholds,
) -> Detections:
    """Return the detections in a raw YOLO output (4 + class count, n).

    Rows 0..3 are centre x, centre y, width, height in input pixels, the others class
    scores. `columns` and `classes` come from `class_columns`.
    """
    scores_of = output[4 + columns]
    best = scores_of.max(axis=0)
    # A damaged network, or a server, may put out what is no number, or no score.
    sound = (best <= 1) & np.isfinite(output[:4]).all(axis=0)
    kept = np.flatnonzero((best >= thresholds.min_score) & sound)
    if kept.size > _MAX_CANDIDATES:
        kept = kept[np.argpartition(-best[kept], _MAX_CANDIDATES)[:_MAX_CANDIDATES]]
    found = Detections(
        boxes_px=letterbox.to_image(_corners(output[:4, kept].T)),
        scores=best[kept].astype(np.float32),
        classes=classes[scores_of[:, kept].argmax(axis=0)],
    )
    return suppress(found, thresholds)


def suppress(found: Detections, thresholds: Thresholds) -> Detections:
    """Return one box for each road user, best score first."""
    if len(found) == 0:
        return Detections.none()
    sizes = found.boxes_px[:, 2:] - found.boxes_px[:, :2]
    rivals = _RIVALS[found.classes] * (not thresholds.class_agnostic)
    kept = cv2.dnn.NMSBoxesBatched(
        np.hstack([found.boxes_px[:, :2], sizes]).astype(np.float64).tolist(),
        found.scores.tolist(),
        rivals.tolist(),
        0.0,
        thresholds.max_iou,
    )
    rows = np.asarray(kept, np.intp).reshape(-1)
    rows = rows[np.argsort(-found.scores[rows], kind="stable")]
    rows = rows[(sizes[rows] > 0).all(axis=1)][: thresholds.max_count]
    return Detections(
        boxes_px=found.boxes_px[rows],
        scores=found.scores[rows],
        classes=found.classes[rows],
    )


def _corners(centred: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    half = centred[:, 2:] / 2
    return np.hstack([centred[:, :2] - half, centred[:, :2] + half])
