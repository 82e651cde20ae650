"""HOTA, the higher order tracking accuracy.

Luiten et al., HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking, IJCV
2021. Boxes are matched frame by frame at 19 overlaps; detection accuracy asks how many
boxes are right, association accuracy how well the tracks they are on agree over their
whole length, and HOTA is the geometric mean of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from ml.train.labels import iou_matrix

OVERLAPS = np.arange(1, 20) / 20
"""The overlaps from which two boxes match: 0.05, 0.10, ... 0.95."""
_ROUNDING = 1e-6

Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NamedBoxes:
    """The boxes (n, 4) of one frame and whom they belong to (n,), no one twice."""

    ids: npt.NDArray[np.int64]
    boxes_px: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        """Refuse boxes without a name, and names used twice."""
        if self.boxes_px.shape != (len(self.ids), 4):
            raise ValueError("each box needs one identity")
        if len(np.unique(self.ids)) != len(self.ids):
            raise ValueError("an identity has one box in a frame")


@dataclass(frozen=True, slots=True, eq=False)
class TrackScore:
    """How well tracks fit the truth, at each of `OVERLAPS`; scores of clips add up.

    `association_sum`: over all matched boxes, the share of their two tracks' boxes
    that are matched to one another. `switches`: how often the track of a true road
    user became another, at overlap 0.5.
    """

    matched: Counts
    missed: Counts
    extra: Counts
    association_sum: Counts
    switches: int

    def __add__(self, other: "TrackScore") -> "TrackScore":
        """Return the score of both clips."""
        return TrackScore(
            self.matched + other.matched,
            self.missed + other.missed,
            self.extra + other.extra,
            self.association_sum + other.association_sum,
            self.switches + other.switches,
        )

    @property
    def detection_accuracy(self) -> float:
        """DetA: matched boxes among all, mean over the overlaps."""
        return float(self._detection().mean())

    @property
    def association_accuracy(self) -> float:
        """AssA: mean agreement of the tracks of matched boxes."""
        return float(self._association().mean())

    @property
    def hota(self) -> float:
        """HOTA in 0..1, mean over the overlaps."""
        return float(np.sqrt(self._detection() * self._association()).mean())

    def _detection(self) -> Counts:
        everything = self.matched + self.missed + self.extra
        return np.asarray(self.matched / np.maximum(everything, 1))

    def _association(self) -> Counts:
        return np.asarray(self.association_sum / np.maximum(self.matched, 1))


def score_tracks(
    truth: Sequence[NamedBoxes], tracks: Sequence[NamedBoxes]
) -> TrackScore:
    """Return how well the tracks of a clip fit its truth, both frame by frame."""
    if len(truth) != len(tracks):
        raise ValueError("truth and tracks must be of the same frames")
    frames = _overlaps(truth, tracks)
    true_counts, track_counts = _box_counts(truth), _box_counts(tracks)
    either = true_counts[:, None] + track_counts[None, :]
    likely = _likely_together(frames, either)
    together = np.zeros((len(OVERLAPS), *either.shape))
    partners: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]] = []
    for frame in frames:
        rows, columns, overlap = frame.matched(likely)
        fits = overlap[None, :] >= OVERLAPS[:, None] - _ROUNDING
        together[:, rows, columns] += fits
        partners.append((rows[fits[9]], columns[fits[9]]))
    matched = together.sum(axis=(1, 2))
    share = together / np.maximum(either[None] - together, 1)
    return TrackScore(
        matched=matched,
        missed=true_counts.sum() - matched,
        extra=track_counts.sum() - matched,
        association_sum=(together * share).sum(axis=(1, 2)),
        switches=_switches(partners),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Overlap (n, m) of the true and the tracked boxes, by running numbers."""

    true_rows: npt.NDArray[np.intp]
    track_rows: npt.NDArray[np.intp]
    overlap: Counts

    def matched(
        self, likely: Counts
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Counts]:
        worth = likely[np.ix_(self.true_rows, self.track_rows)] * self.overlap
        rows, columns = linear_sum_assignment(worth, maximize=True)
        return (
            self.true_rows[rows],
            self.track_rows[columns],
            self.overlap[rows, columns],
        )


def _overlaps(
    truth: Sequence[NamedBoxes], tracks: Sequence[NamedBoxes]
) -> list[_Frame]:
    true_ids, track_ids = _names(truth), _names(tracks)
    return [
        _Frame(
            np.searchsorted(true_ids, true.ids),
            np.searchsorted(track_ids, tracked.ids),
            iou_matrix(true.boxes_px, tracked.boxes_px).astype(np.float64),
        )
        for true, tracked in zip(truth, tracks, strict=True)
    ]


def _likely_together(frames: Sequence[_Frame], either: Counts) -> Counts:
    """Return how far each pair of tracks overlaps over the clip, section 4.3."""
    together = np.zeros_like(either)
    for frame in frames:
        overlap = frame.overlap
        rivals = overlap.sum(axis=0)[None, :] + overlap.sum(axis=1)[:, None] - overlap
        share = np.divide(
            overlap, rivals, out=np.zeros_like(overlap), where=rivals > _ROUNDING
        )
        together[np.ix_(frame.true_rows, frame.track_rows)] += share
    return np.asarray(together / np.maximum(either - together, 1))


def _switches(
    partners: Sequence[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]],
) -> int:
    last: dict[int, int] = {}
    count = 0
    for true_rows, track_rows in partners:
        for true, track in zip(true_rows.tolist(), track_rows.tolist(), strict=True):
            count += last.get(true, track) != track
            last[true] = track
    return count


def _names(frames: Sequence[NamedBoxes]) -> npt.NDArray[np.int64]:
    return np.unique(np.concatenate([np.empty(0, np.int64), *(f.ids for f in frames)]))


def _box_counts(frames: Sequence[NamedBoxes]) -> Counts:
    names = [np.empty(0, np.int64), *(frame.ids for frame in frames)]
    return np.unique(np.concatenate(names), return_counts=True)[1].astype(np.float64)
