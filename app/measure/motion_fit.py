"""Robust weighted fit of motion along the road: y(t) = c0 + c1 t (+ c2 t²).

Weighted least squares with Huber's weights (P. J. Huber, Robust Statistics, 1981,
ch. 7), iterated. The noise is known beforehand only roughly; the prior guess and the
scatter of the fit are combined as a scaled inverse-chi-squared estimate (Gelman et
al., Bayesian Data Analysis, 3rd ed., sec. 2.6 and 14.2), whose degrees of freedom
then choose Student's t, as JCGM 100:2008 G.3 asks for few observations.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Array = npt.NDArray[np.float64]

_HUBER = 1.7
_ROUNDS = 12
_SETTLED = 1e-3
_PRIOR_FREEDOM = 3.0
_COVERAGE = 0.9545


@dataclass(frozen=True, slots=True, eq=False)
class MotionFit:
    """Coefficients (k,), lowest power first, with covariance (k, k).

    `covariance` holds coverage-corrected standard uncertainties: twice their root
    covers 95.45 % in spite of the few points. `scores` (n,) are the residuals in
    prior sigmas.
    """

    coefficients: Array
    covariance: Array
    scores: Array

    def at(self, time_s: float) -> float:
        """Return y at `time_s`."""
        return float(np.polynomial.polynomial.polyval(time_s, self.coefficients))

    def velocity(self, time_s: float) -> float:
        """Return dy/dt at `time_s`."""
        slope = np.polynomial.polynomial.polyder(self.coefficients)
        return float(np.polynomial.polynomial.polyval(time_s, slope))

    @property
    def acceleration(self) -> float:
        """Return d²y/dt²; zero for a straight fit."""
        return 2 * float(self.coefficients[2]) if len(self.coefficients) > 2 else 0.0

    @property
    def acceleration_sigma(self) -> float:
        """Standard uncertainty of `acceleration`."""
        return (
            2 * float(np.sqrt(self.covariance[2, 2]))
            if len(self.coefficients) > 2
            else 0.0
        )


def fit_motion(times_s: Array, y_m: Array, sigma_m: Array, order: int) -> MotionFit:
    """Fit a polynomial of `order`; times should be centred near zero.

    `sigma_m` (n,) is the prior standard uncertainty of each y. Needs more points than
    coefficients.
    """
    design = np.vander(times_s, order + 1, increasing=True) / sigma_m[:, None]
    target = y_m / sigma_m
    trust = np.ones_like(target)
    coefficients, scores = _solve(design, target, trust)
    for _ in range(_ROUNDS):
        scale = max(1.0, 1.4826 * float(np.median(np.abs(scores))))
        trusted = np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(scores), 1e-12))
        if np.abs(trusted - trust).max() < _SETTLED:
            break
        trust = trusted
        coefficients, scores = _solve(design, target, trust)
    freedom = len(target) - order - 1
    spread = float((trust * scores**2).sum())
    variance = (_PRIOR_FREEDOM + spread) / (_PRIOR_FREEDOM + freedom)
    widen = float(stdtrit(_PRIOR_FREEDOM + freedom, (1 + _COVERAGE) / 2)) / 2
    information = (design * trust[:, None]).T @ design
    covariance = variance * widen**2 * np.linalg.inv(information)
    return MotionFit(coefficients, np.asarray(covariance, np.float64), scores)


def _solve(design: Array, target: Array, trust: Array) -> tuple[Array, Array]:
    root = np.sqrt(trust)
    found = np.linalg.lstsq(design * root[:, None], target * root)[0]
    coefficients = np.asarray(found, np.float64)
    return coefficients, np.asarray(target - design @ coefficients, np.float64)
