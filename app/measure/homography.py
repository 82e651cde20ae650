"""Plane-to-plane projective maps: estimation and covariance.

Hartley & Zisserman, Multiple View Geometry, 2nd ed.: normalised direct linear
transform (algorithm 4.2), refinement by least squares (4.5) and covariance of the
estimate (result 5.10). Maps are 3x3 matrices that act on column vectors (x, y, 1).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from app.domain.errors import ConfigurationInvalid

Array = npt.NDArray[np.float64]

_LEAST_RANK_RATIO = 1e-3
"""Least ratio of the 8th to the 1st singular value of the normalised system. Four
corners of a rectangle seen from a mast give 0.1; points nearly in a row 1e-5."""

_LOST = "Control points lie in a row or fall together: spread them over the road."


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A map from the plane to the picture, with the covariance of its parameters.

    `matrix` (3, 3) is scaled so that its last element is 1 in normalised
    coordinates; `covariance` (9, 9) is that of its elements, row by row.
    """

    matrix: Array
    covariance: Array


def apply(matrix: Array, points: Array) -> tuple[Array, Array]:
    """Map points (n, 2); return the images (n, 2) and their third coordinate (n,).

    Where the third coordinate is zero the image is infinite, without a warning.
    """
    homogeneous = points @ matrix[:, :2].T + matrix[:, 2]
    depth = homogeneous[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return homogeneous[:, :2] / depth[:, None], depth


def derivative(matrix: Array, points: Array) -> Array:
    """Return d(image)/d(point) at each point, shape (n, 2, 2)."""
    image, depth = apply(matrix, points)
    top = matrix[None, :2, :2] - image[:, :, None] * matrix[2, None, None, :2]
    return np.asarray(top / depth[:, None, None], dtype=np.float64)


def parameter_derivative(matrix: Array, points: Array) -> Array:
    """Return d(image)/d(elements of the matrix, row by row), shape (n, 2, 9)."""
    image, depth = apply(matrix, points)
    ones = np.column_stack([points, np.ones(len(points))]) / depth[:, None]
    result = np.zeros((len(points), 2, 9))
    result[:, 0, 0:3] = ones
    result[:, 1, 3:6] = ones
    result[:, :, 6:9] = -image[:, :, None] * ones[:, None, :]
    return result


def fit(plane: Array, picture: Array, picture_sigma: float, plane_sigma: float) -> Fit:
    """Find the map from `plane` (n, 2) to `picture` (n, 2), n >= 4.

    Errors are taken to be independent with the given standard uncertainties in both
    planes; those of the plane are carried into the picture to first order. When the
    points disagree by more than that, the covariance grows with them (Birge ratio).
    Raises ConfigurationInvalid when the points do not determine a map.
    """
    scale_plane, scale_picture = _normaliser(plane), _normaliser(picture)
    source, _ = apply(scale_plane, plane)
    target, _ = apply(scale_picture, picture)
    start = _direct_linear(source, target)
    noise = _Noise(picture_sigma * scale_picture[0, 0], plane_sigma * scale_plane[0, 0])
    matrix, covariance = _refine(start, source, target, noise)
    return _denormalised(matrix, covariance, scale_plane, scale_picture)


@dataclass(frozen=True, slots=True)
class _Noise:
    picture: float
    plane: float

    def whitener(self, matrix: Array, source: Array) -> Array:
        """Return L (n, 2, 2) with L r of unit covariance for residuals r."""
        carried = derivative(matrix, source)
        covariance = self.plane**2 * carried @ carried.transpose(0, 2, 1)
        covariance += self.picture**2 * np.eye(2)
        return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance)), np.float64)


def _normaliser(points: Array) -> Array:
    """Return the similarity to mean 0 and mean distance sqrt(2)."""
    centre = points.mean(axis=0)
    spread = float(np.linalg.norm(points - centre, axis=1).mean())
    if not np.isfinite(spread) or spread <= 0:
        raise ConfigurationInvalid(_LOST)
    scale = np.sqrt(2) / spread
    return np.array(
        [[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1.0]]
    )


def _direct_linear(source: Array, target: Array) -> Array:
    ones = np.ones((len(source), 1))
    zeros = np.zeros((len(source), 3))
    point = np.hstack([source, ones])
    rows = np.vstack(
        [
            np.hstack([point, zeros, -target[:, :1] * point]),
            np.hstack([zeros, point, -target[:, 1:] * point]),
        ]
    )
    _, singular, basis = np.linalg.svd(rows)
    matrix: Array = basis[-1].reshape(3, 3)
    if singular[7] < _LEAST_RANK_RATIO * singular[0]:
        raise ConfigurationInvalid(_LOST)
    if abs(np.linalg.det(matrix)) < 1e-9 or abs(matrix[2, 2]) < 1e-9:
        raise ConfigurationInvalid(_LOST)
    return np.asarray(matrix / matrix[2, 2], dtype=np.float64)


def _refine(
    start: Array, source: Array, target: Array, noise: _Noise
) -> tuple[Array, Array]:
    """Return the least-squares map and the covariance (8, 8) of its elements."""
    whitener = noise.whitener(start, source)

    def residuals(elements: Array) -> Array:
        image, _ = apply(_with_unit_corner(elements), source)
        misses = whitener @ (image - target)[:, :, None]
        return np.asarray(misses.ravel(), np.float64)

    def slopes(elements: Array) -> Array:
        full = parameter_derivative(_with_unit_corner(elements), source)
        return np.asarray((whitener @ full[:, :, :8]).reshape(-1, 8), np.float64)

    found = least_squares(residuals, start.ravel()[:8], jac=slopes, method="lm")
    slope = slopes(found.x)
    freedom = len(found.fun) - 8
    birge = max(1.0, float(found.fun @ found.fun) / freedom) if freedom else 1.0
    covariance = np.asarray(birge * np.linalg.inv(slope.T @ slope), np.float64)
    return _with_unit_corner(found.x), covariance


def _with_unit_corner(elements: Array) -> Array:
    return np.append(elements, 1.0).reshape(3, 3)


def _denormalised(
    matrix: Array, covariance: Array, scale_plane: Array, scale_picture: Array
) -> Fit:
    left, right = np.linalg.inv(scale_picture), scale_plane
    full = np.zeros((9, 9))
    full[:8, :8] = covariance
    carry = np.kron(left, right.T)
    return Fit(left @ matrix @ right, carry @ full @ carry.T)
