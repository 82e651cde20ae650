"""Decides which detection belongs to which track."""

import lap
import numpy as np
import numpy.typing as npt

_IMPOSSIBLE = 1e3

Rows = npt.NDArray[np.intp]


def similarity(
    tracks: npt.NDArray[np.float32],
    margins: npt.NDArray[np.float32],
    detections: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """Return overlap (n, m) of predicted boxes (n, 4) and detected ones (m, 4).

    Intersection over union after both boxes of a pair grew by the track's margin
    (n, 2) in x and y: where the prediction is vague, a near miss still counts (Yang
    et al., C-BIoU tracker, WACV 2023).
    """
    grown = margins[:, None, :]
    low = np.maximum(tracks[:, None, :2], detections[None, :, :2]) - grown
    high = np.minimum(tracks[:, None, 2:], detections[None, :, 2:]) + grown
    shared = np.clip(high - low, 0, None).prod(axis=2)
    track_area = (tracks[:, None, 2:] - tracks[:, None, :2] + 2 * grown).prod(axis=2)
    seen_area = (detections[None, :, 2:] - detections[None, :, :2] + 2 * grown).prod(
        axis=2
    )
    union = track_area + seen_area - shared
    return np.asarray(shared / np.maximum(union, 1e-6), np.float32)


def assign(
    likeness: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_], minimum: float
) -> tuple[Rows, Rows]:
    """Return the pairs (rows, columns) that together are most alike.

    `likeness` (n, m) in 0..1; pairs below `minimum` or not `allowed` are never made.
    """
    possible = allowed & (likeness >= minimum)
    rows, columns = _reduced(possible)
    if rows.size == 0:
        return rows, columns
    part = np.ix_(rows, columns)
    cost = np.where(possible[part], 1.0 - likeness[part], _IMPOSSIBLE)
    _, column_of, _ = lap.lapjv(
        np.ascontiguousarray(cost, np.float64), extend_cost=True, cost_limit=1.0
    )
    chosen = np.asarray(column_of, np.intp)
    matched = np.flatnonzero(chosen >= 0)
    return rows[matched], columns[chosen[matched]]


def _reduced(possible: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    # Rows and columns without any possible pair only slow the assignment down.
    return np.flatnonzero(possible.any(axis=1)), np.flatnonzero(possible.any(axis=0))
