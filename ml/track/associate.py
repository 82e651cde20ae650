"""Decides which detection belongs to which track.

Most tracks are near one detection only, and it to them. So pairs are kept in a list
instead of a matrix, lone pairs are taken as they are, and the assignment problem is
solved for what is left.
"""

from dataclasses import dataclass

import lap
import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.intp]
Planes = npt.NDArray[np.float32]
"""Boxes (4, n): left, top, right, bottom, a plane each."""

_IMPOSSIBLE = 1e3


@dataclass(frozen=True, slots=True)
class Pairs:
    """Tracks (rows) and detections (columns) that may belong together, one a place.

    `likeness` in 0..1.
    """

    rows: Rows
    columns: Rows
    likeness: npt.NDArray[np.float32]

    def where(self, mask: npt.NDArray[np.bool_]) -> "Pairs":
        """Return the marked pairs."""
        return Pairs(self.rows[mask], self.columns[mask], self.likeness[mask])


def overlapping(
    tracks: Planes, margins: npt.NDArray[np.float32], detections: Planes
) -> Pairs:
    """Return all pairs of boxes (4, n) and (4, m) that overlap, and how much.

    Intersection over union after both boxes of a pair grew by the track's margin
    (2, n) in x and y: where the prediction is vague, a near miss still counts (Yang
    et al., C-BIoU tracker, WACV 2023).
    """
    twice = 2 * margins
    low, high = tracks[:2] - twice, tracks[2:] + twice
    apart = low[:, :, None] >= detections[2:, None, :]
    apart |= high[:, :, None] <= detections[:2, None, :]
    rows, columns = np.nonzero(~(apart[0] | apart[1]))
    grown = twice[:, rows]
    return Pairs(rows, columns, overlap(tracks[:, rows], detections[:, columns], grown))


def overlap(
    first: Planes, second: Planes, grown: npt.NDArray[np.float32] | float = 0.0
) -> npt.NDArray[np.float32]:
    """Return the intersection over union of boxes (4, n), pair by pair.

    Widths and heights of both count as larger by `grown` (2, n).
    """
    shared = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    shared += grown
    np.maximum(shared, 0, out=shared)
    sizes = first[2:] - first[:2] + grown
    other_sizes = second[2:] - second[:2] + grown
    common = shared[0] * shared[1]
    union = sizes[0] * sizes[1] + other_sizes[0] * other_sizes[1] - common
    return np.asarray(common / np.maximum(union, 1e-6), np.float32)


def assign(pairs: Pairs) -> tuple[Rows, Rows]:
    """Return the pairs (rows, columns), each used once, that together are most alike.

    The optimum of the assignment problem: to leave out a pair costs as much as a pair
    without any likeness.
    """
    if pairs.rows.size == 0:
        return pairs.rows, pairs.columns
    alone = (np.bincount(pairs.rows)[pairs.rows] == 1) & (
        np.bincount(pairs.columns)[pairs.columns] == 1
    )
    if alone.all():
        return pairs.rows, pairs.columns
    rows, columns = _solved(pairs.where(~alone))
    return (
        np.concatenate([pairs.rows[alone], rows]),
        np.concatenate([pairs.columns[alone], columns]),
    )


def _solved(pairs: Pairs) -> tuple[Rows, Rows]:
    rows, row_of = np.unique(pairs.rows, return_inverse=True)
    columns, column_of = np.unique(pairs.columns, return_inverse=True)
    cost = np.full((rows.size, columns.size), _IMPOSSIBLE)
    cost[row_of, column_of] = 1.0 - pairs.likeness
    _, found, _ = lap.lapjv(cost, extend_cost=True, cost_limit=1.0)
    chosen = np.asarray(found, np.intp)
    matched = np.flatnonzero(chosen >= 0)
    return rows[matched], columns[chosen[matched]]
