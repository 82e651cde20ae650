"""How far two detectors say the same of the same pictures."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from app.domain.detection import Detections
from ml.train.labels import iou_matrix

_SURE = 0.35
_UNSURE = 0.2
_SAME_IOU = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Counts of boxes over all pictures."""

    ours: int
    theirs: int
    ours_shared: int
    theirs_shared: int

    @property
    def f1(self) -> float:
        """Harmonic mean of the shares that the other also has; 1 without any box."""
        if self.ours + self.theirs == 0:
            return 1.0
        own = self.ours_shared / max(1, self.ours)
        other = self.theirs_shared / max(1, self.theirs)
        return 2 * own * other / (own + other) if own + other else 0.0


def agreement(
    pairs: Iterable[tuple[Detections, Detections]],
    sure: float = _SURE,
    unsure: float = _UNSURE,
) -> Agreement:
    """Compare boxes, whatever their class, matched one to one at IoU 0.5.

    A box counts from the score `sure`, and the other must have it from `unsure`: a
    score that wavers about a threshold is no disagreement. With both alike it is the
    plain box F1 at that score.
    """
    counts = np.zeros(4, np.int64)
    for ours, theirs in pairs:
        counts += (
            int((ours.scores >= sure).sum()),
            int((theirs.scores >= sure).sum()),
            _shared(ours, theirs, sure, unsure),
            _shared(theirs, ours, sure, unsure),
        )
    own, other, own_shared, other_shared = (int(count) for count in counts)
    return Agreement(
        ours=own, theirs=other, ours_shared=own_shared, theirs_shared=other_shared
    )


def _shared(one: Detections, two: Detections, sure: float, unsure: float) -> int:
    """Return how many sure boxes of one the other has too."""
    overlap = iou_matrix(
        one.boxes_px[one.scores >= sure], two.boxes_px[two.scores >= unsure]
    )
    rows, columns = linear_sum_assignment(-overlap)
    return int((overlap[rows, columns] >= _SAME_IOU).sum())
