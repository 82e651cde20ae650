"""What a tracker remembers of each track, besides its motion."""

import numpy as np
import numpy.typing as npt

from app.domain.vehicle import VehicleClass

TENTATIVE = 0
"""The identity of tracks that have none yet."""

# Classes that a detector confuses from frame to frame are one kind of road user.
KIND = np.zeros(len(VehicleClass), np.int32)
KIND[VehicleClass.PERSON] = 0
KIND[[VehicleClass.BICYCLE, VehicleClass.MOTORCYCLE]] = 1
KIND[[VehicleClass.CAR, VehicleClass.BUS, VehicleClass.TRUCK]] = 2

_MEMORY = 0.995
"""Share of the votes that the next hit leaves: they are those of some 200 hits."""


class TrackTable:
    """Columns of all tracks, in two blocks so that rows come and go in two moves.

    Boxes are planes (4, n). `homes` are where the tracks stand or last stood, since
    `home_ns`; `in_sight` says of each whether the look before saw it.
    """

    def __init__(self) -> None:
        """Start without tracks."""
        self._reals = np.empty((9 + len(VehicleClass), 0), np.float32)
        self._wholes = np.empty((7, 0), np.int64)
        self._name_columns()

    def _name_columns(self) -> None:
        reals, wholes = self._reals, self._wholes
        self.boxes, self.homes, self.scores = reals[:4], reals[4:8], reals[8]
        self._votes = reals[9:]
        self.ids, self.hits, self.seen_ns, self.home_ns = wholes[:4]
        self.classes, self.kinds, self.in_sight = wholes[4:]

    def __len__(self) -> int:
        """Return the number of tracks."""
        return self._wholes.shape[1]

    def add(
        self,
        boxes: npt.NDArray[np.float32],
        scores: npt.NDArray[np.float32],
        classes: npt.NDArray[np.int32],
        now_ns: int,
    ) -> None:
        """Append tentative tracks with boxes (4, k), seen now for the first time."""
        count = scores.size
        votes = np.zeros((len(VehicleClass), count), np.float32)
        votes[classes, np.arange(count)] = scores
        now = np.full(count, now_ns)
        ids, hits, sight = np.full(count, TENTATIVE), np.ones(count), np.ones(count)
        columns = [ids, hits, now, now, classes, KIND[classes], sight]
        self._reals = np.hstack([self._reals, np.vstack([boxes, boxes, scores, votes])])
        self._wholes = np.hstack([self._wholes, np.array(columns, np.int64)])
        self._name_columns()

    def keep(self, rows: npt.NDArray[np.bool_]) -> None:
        """Drop the tracks that are not marked."""
        self._reals, self._wholes = self._reals[:, rows], self._wholes[:, rows]
        self._name_columns()

    def vote(
        self,
        rows: npt.NDArray[np.intp],
        classes: npt.NDArray[np.int32],
        scores: npt.NDArray[np.float32],
    ) -> None:
        """Let detections say what class their tracks are of."""
        self._votes[:, rows] *= _MEMORY
        self._votes[classes, rows] += scores
        # A class in doubt can only change where a vote was against it.
        against = rows[classes != self.classes[rows]]
        if against.size:
            self.classes[against] = self._votes[:, against].argmax(axis=0)
            self.kinds[against] = KIND[self.classes[against]]
