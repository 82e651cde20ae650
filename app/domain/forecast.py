"""Where the tracked vehicles will be by a later picture."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from app.domain.clock import NS_PER_S
from app.domain.detection import TrackedBox, Tracks
from app.domain.geometry import PixelBox
from app.domain.ids import TrackId
from app.domain.vehicle import VehicleClass

FARTHEST_NS = NS_PER_S // 2
"""No vehicle is guessed further ahead than this; its box then stays where it is."""
GUESSED_NS = NS_PER_S // 4
"""Where a moving vehicle is this long after a look is a guess, and shown as one."""
_MOVING_SHARE = 0.15


@dataclass(frozen=True, eq=False)
class Forecast:
    """The vehicles of one look, each with its velocity; a row each, immutable.

    `boxes_px` (n, 4): left, top, right, bottom at `stream_ns`. `velocities_px_s`
    (n, 2): of the centres, in x and y. Safe to share between threads.
    """

    stream_ns: int
    track_ids: tuple[TrackId, ...]
    boxes_px: npt.NDArray[np.float32]
    velocities_px_s: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int32]
    predicted: npt.NDArray[np.bool_]

    @classmethod
    def none(cls) -> "Forecast":
        """Return the forecast of an empty road."""
        return cls(
            0,
            (),
            np.empty((0, 4), np.float32),
            np.empty((0, 2), np.float32),
            np.empty(0, np.float32),
            np.empty(0, np.int32),
            np.empty(0, np.bool_),
        )

    def at(self, stream_ns: int) -> Tracks:
        """Return the vehicles as they are by `stream_ns`, size kept.

        A vehicle that the last look saw does not count as predicted, unless it moves
        and the look is older than `GUESSED_NS`.
        """
        guessed = stream_ns - self.stream_ns > GUESSED_NS
        ahead_ns = min(max(stream_ns - self.stream_ns, 0), FARTHEST_NS)
        moved = self.velocities_px_s * np.float32(ahead_ns / NS_PER_S)
        boxes = self.boxes_px + np.hstack([moved, moved])
        rows = zip(self._rows, boxes.tolist(), strict=True)
        return Tracks(
            tuple(
                TrackedBox(
                    track_id=track_id,
                    box=PixelBox(*box),
                    score=score,
                    vehicle_class=vehicle_class,
                    predicted=predicted or (guessed and track_id in self.moving),
                )
                for (track_id, score, vehicle_class, predicted), box in rows
            )
        )

    @cached_property
    def moving(self) -> frozenset[TrackId]:
        """The vehicles that cover more than 15 % of their height in a second."""
        heights = self.boxes_px[:, 3] - self.boxes_px[:, 1]
        fast = np.abs(self.velocities_px_s).max(axis=1, initial=0.0)
        rows = np.flatnonzero(fast > _MOVING_SHARE * heights)
        return frozenset(self.track_ids[row] for row in rows)

    @cached_property
    def _rows(self) -> tuple[tuple[TrackId, float, VehicleClass, bool], ...]:
        return tuple(
            zip(
                self.track_ids,
                self.scores.tolist(),
                map(VehicleClass, self.classes.tolist()),
                self.predicted.tolist(),
                strict=True,
            )
        )
