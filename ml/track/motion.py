"""Constant-velocity Kalman filters for many boxes at once.

Centre x, centre y, width and height move independently, each with a position and a
velocity in pixels and pixels per second, driven by white acceleration (Bar-Shalom, Li
and Kirubarajan, Estimation with Applications to Tracking and Navigation, 2001, ch. 6).
Four independent filters of two states need no matrix inversion, and real seconds
instead of frames keep them right when frames are dropped. The two coordinates of the
centre are equally uncertain, and so are width and height: they share a covariance.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

_MEASURED_SIGMA = 0.04
"""Spread of a detected coordinate, as a share of the box height."""
_FIRST_VELOCITY_SIGMA = np.array([[4.0], [1.0]], np.float32)
"""Spread of the unknown first velocity of centre and size, box heights per second."""
_ACCELERATION_SIGMA = np.array([[2.0], [1.0]], np.float32)
"""Of centre and size, box heights per second squared."""
_MIN_SIGMA_PX = 0.5
_MIN_SIZE_PX = 1.0


class BoxFilters:
    """Filters, one for each box, in the order in which they were added.

    Boxes are planes (4, n): left, top, right, bottom in pixels.
    """

    def __init__(self) -> None:
        """Start without filters."""
        # Planes: position 0..3, velocity 4..7, and the covariance of the two as its
        # three distinct entries of centre and size, 8..13.
        self._planes = np.empty((14, 0), np.float32)

    def __len__(self) -> int:
        """Return the number of filters."""
        return self._planes.shape[1]

    @property
    def boxes(self) -> Array:
        """Estimated boxes (4, n)."""
        centre, half = self._planes[:2], np.maximum(self._planes[2:4], _MIN_SIZE_PX) / 2
        return np.concatenate([centre - half, centre + half])

    @property
    def centre_sigma_px(self) -> Array:
        """Standard deviation (n,) of the centres in x, and as much in y."""
        return np.asarray(np.sqrt(self._planes[8]))

    @property
    def centre_velocity_px_s(self) -> Array:
        """Velocity (2, n) of the centres, in pixels per second."""
        return self._planes[4:6]

    def predict(self, interval_s: Array) -> None:
        """Move each forward in time by its own interval (n,)."""
        position, velocity, p, c, v = _parts(self._planes)
        position += velocity * interval_s
        height = np.maximum(self._planes[3], _MIN_SIZE_PX)
        change = _ACCELERATION_SIGMA * (height * interval_s)
        power = change * change
        step = v * interval_s
        p += interval_s * (2 * c + step + power * (interval_s / 4))
        c += step + power * (interval_s / 2)
        v += power

    def correct(self, rows: npt.NDArray[np.intp], boxes: Array) -> None:
        """Take the detected boxes (4, k) of the given filters into account."""
        planes = self._planes[:, rows]
        position, velocity, p, c, v = _parts(planes)
        measured = _centred(boxes)
        noise = np.square(_sigma(measured))
        gain, velocity_gain = p / (p + noise), c / (p + noise)
        surprise = (measured - planes[:4]).reshape(2, 2, -1)
        position += (gain[:, None] * surprise).reshape(4, -1)
        velocity += (velocity_gain[:, None] * surprise).reshape(4, -1)
        v -= velocity_gain * c
        p[:] = gain * noise
        c[:] = velocity_gain * noise
        self._planes[:, rows] = planes

    def coast(self, rows: npt.NDArray[np.intp]) -> None:
        """Prepare filters whose box has just gone out of sight for guessing.

        Their size stays, and a velocity that could as well be noise becomes zero: a
        parked vehicle behind a bus must not wander off.
        """
        velocity = self._planes[4:6, rows]
        velocity[np.abs(velocity) < 2 * np.sqrt(self._planes[12, rows])] = 0.0
        self._planes[4:6, rows] = velocity
        self._planes[6:8, rows] = 0.0

    def halt(self, rows: npt.NDArray[np.intp], boxes: Array) -> None:
        """Put filters to rest at boxes (4, k)."""
        self._planes[:4, rows] = _centred(boxes)
        self._planes[4:8, rows] = 0.0

    def add(self, boxes: Array) -> None:
        """Append filters of newly seen boxes (4, k), at rest as far as is known."""
        measured = _centred(boxes)
        planes = np.zeros((14, boxes.shape[1]), np.float32)
        planes[:4] = measured
        planes[8:10] = np.square(_sigma(measured))
        # How fast a vehicle goes is unknown at first, its size hardly changes.
        spread = np.maximum(measured[3] * _FIRST_VELOCITY_SIGMA, _MIN_SIGMA_PX)
        planes[12:14] = np.square(spread)
        self._planes = np.hstack([self._planes, planes])

    def keep(self, rows: npt.NDArray[np.bool_]) -> None:
        """Drop the filters that are not marked."""
        self._planes = self._planes[:, rows]


def _parts(planes: Array) -> tuple[Array, Array, Array, Array, Array]:
    return planes[:4], planes[4:8], planes[8:10], planes[10:12], planes[12:14]


def _centred(boxes: Array) -> Array:
    low, high = boxes[:2], boxes[2:]
    return np.concatenate([(low + high) / 2, high - low])


def _sigma(measured: Array) -> Array:
    return np.asarray(np.maximum(measured[3] * _MEASURED_SIGMA, _MIN_SIGMA_PX))
