"""Average precision, as COCO counts it.

Lin et al., Microsoft COCO, ECCV 2014: the detections of all pictures are matched to
the truth greedily, best score first; precision is made monotonic and averaged over 101
recalls.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from ml.train.labels import iou_matrix

IOU_LEVELS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)


@dataclass(slots=True)
class PrecisionMeter:
    """Collects one class over many pictures."""

    truth_count: int = 0
    _scores: list[npt.NDArray[np.float32]] = field(default_factory=list)
    _hits: list[npt.NDArray[np.bool_]] = field(default_factory=list)

    def add(
        self,
        truth: npt.NDArray[np.float32],
        boxes: npt.NDArray[np.float32],
        scores: npt.NDArray[np.float32],
    ) -> None:
        """Take one picture: true boxes (n, 4), found boxes (m, 4), scores (m,)."""
        order = np.argsort(-scores, kind="stable")
        self.truth_count += len(truth)
        self._scores.append(scores[order])
        self._hits.append(match(truth, boxes[order]))

    def average_precision(self) -> npt.NDArray[np.float64]:
        """Return the average precision at each of `IOU_LEVELS`; nan without truth."""
        if self.truth_count == 0:
            return np.full(len(IOU_LEVELS), np.nan)
        scores = np.hstack(self._scores)
        order = np.argsort(-scores, kind="stable")
        hits = np.vstack(self._hits)[order]
        return np.array(
            [_area(column, self.truth_count) for column in hits.T], np.float64
        )

    def recall_at(self, min_score: float) -> float:
        """Return the share of true boxes found at IoU 0.5 with at least this score."""
        scores, hits = np.hstack(self._scores), np.vstack(self._hits)[:, 0]
        return float(hits[scores >= min_score].sum() / max(1, self.truth_count))

    def precision_at(self, min_score: float) -> float:
        """Return the share of boxes of at least this score that are true, IoU 0.5."""
        scores, hits = np.hstack(self._scores), np.vstack(self._hits)[:, 0]
        chosen = hits[scores >= min_score]
        return float(chosen.mean()) if chosen.size else 1.0


def match(
    truth: npt.NDArray[np.float32], boxes: npt.NDArray[np.float32]
) -> npt.NDArray[np.bool_]:
    """Tell for each box, best score first, whether it is a hit: (m, levels).

    Each true box is given away once at each level, to the first box that fits.
    """
    hits = np.zeros((len(boxes), len(IOU_LEVELS)), np.bool_)
    if not len(truth) or not len(boxes):
        return hits
    overlap = iou_matrix(boxes, truth)
    for level, least in enumerate(IOU_LEVELS):
        free = np.ones(len(truth), np.bool_)
        for row in np.flatnonzero((overlap >= least).any(axis=1)):
            open_iou = np.where(free, overlap[row], -1.0)
            best = int(open_iou.argmax())
            if open_iou[best] >= least:
                free[best], hits[row, level] = False, True
    return hits


def _area(hits: npt.NDArray[np.bool_], truth_count: int) -> float:
    if not hits.size:
        return 0.0
    found = np.cumsum(hits)
    recall = found / truth_count
    precision = found / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, _RECALLS, side="left")
    padded = np.append(envelope, 0.0)
    return float(padded[np.minimum(place, len(envelope))].mean())


def of_class(found: Detections, number: int) -> Detections:
    """Return the rows of one class."""
    rows = found.classes == number
    return Detections(
        boxes_px=found.boxes_px[rows],
        scores=found.scores[rows],
        classes=found.classes[rows],
    )
