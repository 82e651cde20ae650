"""Average precision, as COCO counts it.

Lin et al., Microsoft COCO, ECCV 2014: the detections of all pictures are matched to
the truth greedily, best score first; precision is made monotonic and averaged over 101
recalls.

A true box may be set aside, and so may what is found: neither is then right or wrong.
COCO asks so for boxes that people marked as crowds and, of a size, for all others.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.domain.detection import Detections
from ml.train.labels import iou_matrix

IOU_LEVELS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)
_MOSTLY = 0.5


Boxes = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What became of found boxes at each of `IOU_LEVELS`, both (m, levels).

    `hits` are right; `void` count neither way. All others are false.
    """

    hits: Mask
    void: Mask


@dataclass(slots=True)
class PrecisionMeter:
    """Collects one class over many pictures."""

    truth_count: int = 0
    _scores: list[npt.NDArray[np.float32]] = field(default_factory=list)
    _hits: list[Mask] = field(default_factory=list)
    _void: list[Mask] = field(default_factory=list)

    def add(
        self,
        truth: Boxes,
        boxes: Boxes,
        scores: npt.NDArray[np.float32],
        truth_aside: Mask | None = None,
        found_aside: Mask | None = None,
    ) -> None:
        """Take one picture: true boxes (n, 4), found boxes (m, 4), scores (m,).

        True boxes of the mask `truth_aside` need not be found, and finding them is no
        mistake; found boxes of `found_aside` (m,) are no mistake either.
        """
        order = np.argsort(-scores, kind="stable")
        verdict = judge(truth, boxes[order], truth_aside)
        void = verdict.void
        if found_aside is not None:
            void = void | (found_aside[order][:, None] & ~verdict.hits)
        aside = 0 if truth_aside is None else int(truth_aside.sum())
        self.truth_count += len(truth) - aside
        self._scores.append(scores[order])
        self._hits.append(verdict.hits)
        self._void.append(void)

    def average_precision(self) -> npt.NDArray[np.float64]:
        """Return the average precision at each of `IOU_LEVELS`; nan without truth."""
        if self.truth_count == 0:
            return np.full(len(IOU_LEVELS), np.nan)
        order = np.argsort(-np.hstack(self._scores), kind="stable")
        hits, void = np.vstack(self._hits)[order], np.vstack(self._void)[order]
        columns = zip(hits.T, void.T, strict=True)
        return np.array(
            [_area(hit[~aside], self.truth_count) for hit, aside in columns],
            np.float64,
        )

    def recall_at(self, min_score: float) -> float:
        """Return the share of true boxes found at IoU 0.5 with at least this score."""
        return float(self._chosen(min_score).sum() / max(1, self.truth_count))

    def precision_at(self, min_score: float) -> float:
        """Return the share of boxes of at least this score that are true, IoU 0.5.

        It is 1 where there is no such box.
        """
        chosen = self._chosen(min_score)
        return float(chosen.mean()) if chosen.size else 1.0

    def _chosen(self, min_score: float) -> Mask:
        """Return for each box of at least this score whether it is a hit."""
        if not self._scores:
            return np.zeros(0, np.bool_)
        scores = np.hstack(self._scores)
        hits, void = np.vstack(self._hits)[:, 0], np.vstack(self._void)[:, 0]
        return np.asarray(hits[(scores >= min_score) & ~void], np.bool_)


def match(truth: Boxes, boxes: Boxes) -> Mask:
    """Tell for each box, best score first, whether it is a hit: (m, levels).

    Each true box is given away once at each level, to the first box that fits.
    """
    return judge(truth, boxes).hits


def judge(truth: Boxes, boxes: Boxes, truth_aside: Mask | None = None) -> Verdict:
    """Judge boxes, best score first, against the truth.

    Each true box is given away once at each level, to the first box that fits. A box
    that fits only true boxes set aside is void; these are given away without end.
    """
    shape = (len(boxes), len(IOU_LEVELS))
    verdict = Verdict(np.zeros(shape, np.bool_), np.zeros(shape, np.bool_))
    if not len(truth) or not len(boxes):
        return verdict
    aside = np.zeros(len(truth), np.bool_) if truth_aside is None else truth_aside
    counted = iou_matrix(boxes, truth[~aside])
    spared = iou_matrix(boxes, truth[aside]).max(axis=1, initial=0.0)
    for level, least in enumerate(IOU_LEVELS):
        hits = _given_away(counted, float(least))
        verdict.hits[:, level] = hits
        verdict.void[:, level] = ~hits & (spared >= least)
    return verdict


def within(boxes: Boxes, places: Boxes) -> Mask:
    """Tell for each box (n, 4) whether half of it or more lies in one of `places`."""
    if not len(boxes) or not len(places):
        return np.zeros(len(boxes), np.bool_)
    low = np.maximum(boxes[:, None, :2], places[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], places[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2).max(axis=1)
    areas = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    return np.asarray(shared >= _MOSTLY * np.maximum(areas, 1e-9), np.bool_)


def _given_away(overlap: npt.NDArray[np.float32], least: float) -> Mask:
    hits = np.zeros(len(overlap), np.bool_)
    free = np.ones(overlap.shape[1], np.bool_)
    for row in np.flatnonzero((overlap >= least).any(axis=1)):
        open_iou = np.where(free, overlap[row], -1.0)
        best = int(open_iou.argmax())
        if open_iou[best] >= least:
            free[best], hits[row] = False, True
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
