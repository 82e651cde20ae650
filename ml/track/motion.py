"""Constant-velocity Kalman filters for many boxes at once.

Centre x, centre y, width and height move independently, each with a position and a
velocity in pixels and pixels per second, driven by white acceleration (Bar-Shalom, Li
and Kirubarajan, Estimation with Applications to Tracking and Navigation, 2001, ch. 6).
Four independent filters of two states need no matrix inversion, and real seconds
instead of frames keep them right when frames are dropped.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_MEASURED_SIGMA = 0.04
"""Spread of a detected coordinate, as a share of the box height."""
_FIRST_VELOCITY_SIGMA = 4.0
"""Spread of the unknown first velocity, box heights per second."""
_ACCELERATION_SIGMA = np.array([4.0, 4.0, 1.0, 1.0])
"""Box heights per second squared, for centre x, y, width and height."""
_MIN_SIGMA_PX = 0.5
_MIN_SIZE_PX = 1.0


class BoxFilters:
    """Filter rows, one for each box; rows keep their order."""

    def __init__(self) -> None:
        """Start without rows."""
        self._position: Array = np.empty((0, 4))
        self._velocity: Array = np.empty((0, 4))
        # Covariance of (position, velocity), as its three distinct entries.
        self._variance: Array = np.empty((0, 4, 3))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._position)

    @property
    def boxes(self) -> npt.NDArray[np.float32]:
        """Estimated boxes (n, 4): left, top, right, bottom in pixels."""
        half = np.maximum(self._position[:, 2:], _MIN_SIZE_PX) / 2
        centre = self._position[:, :2]
        return np.hstack([centre - half, centre + half]).astype(np.float32)

    @property
    def centre_sigma_px(self) -> npt.NDArray[np.float32]:
        """Standard deviation (n, 2) of the centres, in pixels."""
        return np.sqrt(self._variance[:, :2, 0]).astype(np.float32)

    @property
    def centre_velocity_px_s(self) -> npt.NDArray[np.float32]:
        """Velocity (n, 2) of the centres, in pixels per second."""
        return self._velocity[:, :2].astype(np.float32)

    def predict(self, interval_s: float) -> None:
        """Move all rows forward in time."""
        self._position = self._position + self._velocity * interval_s
        acceleration = _ACCELERATION_SIGMA * self._height()
        power = np.square(acceleration * interval_s)
        p, c, v = np.moveaxis(self._variance, 2, 0)
        self._variance = np.stack(
            [
                p + interval_s * (2 * c + interval_s * v) + power * interval_s**2 / 4,
                c + interval_s * v + power * interval_s / 2,
                v + power,
            ],
            axis=2,
        )

    def correct(
        self, rows: npt.NDArray[np.intp], boxes: npt.NDArray[np.float32]
    ) -> None:
        """Take the detected boxes (k, 4) of the given rows into account."""
        measured = _centred(boxes)
        p, c, v = np.moveaxis(self._variance[rows], 2, 0)
        noise = np.square(_sigma(measured, _MEASURED_SIGMA))
        total = p + noise
        gain_position, gain_velocity = p / total, c / total
        surprise = measured - self._position[rows]
        self._position[rows] += gain_position * surprise
        self._velocity[rows] += gain_velocity * surprise
        self._variance[rows] = np.stack(
            [gain_position * noise, gain_velocity * noise, v - gain_velocity * c],
            axis=2,
        )

    def coast(self, rows: npt.NDArray[np.intp]) -> None:
        """Prepare rows that have just gone out of sight for being guessed at.

        Their size stays, and a velocity that could as well be noise becomes zero: a
        parked vehicle behind a bus must not wander off.
        """
        velocity = self._velocity[rows]
        noise = np.sqrt(self._variance[rows, :, 2])
        velocity[np.abs(velocity) < 2 * noise] = 0.0
        velocity[:, 2:] = 0.0
        self._velocity[rows] = velocity

    def add(self, boxes: npt.NDArray[np.float32]) -> None:
        """Append rows for newly seen boxes (k, 4), at rest as far as is known."""
        measured = _centred(boxes)
        variance = np.zeros((len(boxes), 4, 3))
        variance[:, :, 0] = np.square(_sigma(measured, _MEASURED_SIGMA))
        variance[:, :, 2] = np.square(_sigma(measured, _FIRST_VELOCITY_SIGMA))
        # How fast a vehicle goes is unknown at first, its size hardly changes.
        variance[:, 2:, 2] /= 16
        self._position = np.vstack([self._position, measured])
        self._velocity = np.vstack([self._velocity, np.zeros_like(measured)])
        self._variance = np.vstack([self._variance, variance])

    def keep(self, rows: npt.NDArray[np.bool_]) -> None:
        """Drop the rows that are not marked."""
        self._position = self._position[rows]
        self._velocity = self._velocity[rows]
        self._variance = self._variance[rows]

    def _height(self) -> Array:
        return np.maximum(self._position[:, 3:], _MIN_SIZE_PX)


def _centred(boxes: npt.NDArray[np.float32]) -> Array:
    low, high = boxes[:, :2].astype(float), boxes[:, 2:].astype(float)
    return np.hstack([(low + high) / 2, high - low])


def _sigma(measured: Array, share: float) -> Array:
    return np.maximum(measured[:, 3:] * share, _MIN_SIGMA_PX)
