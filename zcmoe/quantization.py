"""High-rate scalar quantization (Appendix A), beside the optimal quantizers that it approximates.

A quantizer with m levels is an interval segmentation for β(x) = x and no noise: (42)–(47) are
(14)–(23). Only the inputs may now lie anywhere on the line.
"""

from typing import NamedTuple

import numpy as np

from zcmoe import _check
from zcmoe._lloyd import newton_step
from zcmoe._quadrature import adaptive_panels
from zcmoe.density import SegmentDensity
from zcmoe.moments import region_moments
from zcmoe.segmentation import Intervals


class Quantizer(NamedTuple):
    """A fixed-rate scalar quantizer, and the evidence that it is optimal.

    `levels` r_i, shape (m,); `thresholds` a_i, shape (m - 1,); `distortion` (42), in squared units
    of x; `iterations` of Newton's method; `residual`, the largest |a_i - (r_i + r_(i+1))/2| in units
    of r_(i+1) - r_i.
    """

    levels: np.ndarray
    thresholds: np.ndarray
    distortion: float
    iterations: int
    residual: float


def bennett(distribution, density):
    """Bennett's integral: m² times the high-rate distortion (45), (1/12) ∫ p/λ².

    Parameters
    ----------
    distribution : frozen SciPy distribution
        The law p of the quantized variable, of finite variance.
    density : object with ``pdf``
        The point density λ, a probability density such as :func:`compander` returns.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If λ is 0 where p is not, or the integral diverges.

    References
    ----------
    Bennett 1948; Dar, arXiv 2510.03151, (45).

    Examples
    --------
    >>> from scipy import stats
    >>> print(f"{bennett(stats.norm(), stats.norm(scale=2)):.6f}")  # the best scale is √3
    2.961922
    """
    line = _Line(distribution)
    _check.frozen(density, "density", ("pdf",))

    def integrand(t):
        x, mass = line.beta(t), line.pdf(t)
        level = density.pdf(x)
        empty = (level <= 0) & (mass > 0)
        if empty.any():
            i = np.argmax(empty)
            raise ValueError("density must be positive wherever the distribution's is, "
                             f"got {level[i]:g} at x = {x[i]:g}")
        with np.errstate(over="ignore"):
            values = np.divide(mass / 12, level, out=np.zeros_like(mass), where=mass > 0) / np.where(mass > 0, level, 1)
        if not np.isfinite(values).all():
            raise ValueError("the integral of p/λ² diverges: density is too small where the distribution's is not")
        return values

    return float(adaptive_panels(integrand)[1].sum())


def panter_dite(distribution):
    """The constant of (47): m² times the least high-rate distortion, (1/12) (∫ p^(1/3))³.

    Parameters
    ----------
    distribution : frozen SciPy distribution
        Of finite variance.

    Returns
    -------
    float

    References
    ----------
    Panter and Dite 1951; Dar, arXiv 2510.03151, (47).

    Examples
    --------
    >>> from scipy import stats
    >>> print(f"{panter_dite(stats.norm()):.6f}")  # √3 π/2
    2.720699
    """
    return float(adaptive_panels(_Line(distribution).point_density)[1].sum()) ** 3 / 12


def compander(distribution):
    """The optimal point density (46), λ ∝ p^(1/3), with the interface of a frozen SciPy distribution.

    Parameters
    ----------
    distribution : frozen SciPy distribution
        Of finite variance.

    Returns
    -------
    Compander
        `pdf` is λ, `cdf` the compressor G (48), `ppf` the expander g (49); thresholds (50) are
        ``ppf(i/m)``.

    References
    ----------
    Dar, arXiv 2510.03151, (46), (48)–(50).

    Examples
    --------
    >>> from scipy import stats
    >>> print(f"{compander(stats.norm()).ppf(0.975) / stats.norm.ppf(0.975):.6f}")  # again normal, √3 times as wide
    1.732051
    """
    return Compander(distribution)


class Compander:
    """The density of :func:`compander`."""

    def __init__(self, distribution):
        self._line = _Line(distribution)
        self._density = SegmentDensity(self._line.point_density)

    def pdf(self, x):
        """λ at x."""
        return np.cbrt(self._line.law.pdf(x)) / self._density.total

    def cdf(self, x):
        """The compressor G (48)."""
        return self._density.cdf(self._line.position(np.clip(x, *self.support())))

    def ppf(self, q):
        """The expander g = G⁻¹ (49)."""
        q = np.asarray(q, dtype=float)  # at 1 the tail, too small for a sum to see, still counts
        return np.where(q == 1, self.support()[1], self._line.beta(self._density.ppf(q)))[()]

    def support(self):
        """That of the distribution."""
        return self._line.law.support()


def optimal_quantizer(distribution, m):
    """The optimal quantizer with m levels: Newton's method on its thresholds from the companding ones.

    It solves a_i = (r_i + r_(i+1))/2 with r_i = E[x | a_(i-1) <= x < a_i]. For a density whose
    logarithm is concave the solution is unique, hence the optimum; for others it is stationary.

    Parameters
    ----------
    distribution : frozen SciPy distribution
        Of finite variance.
    m : int
        Number of levels.

    Returns
    -------
    Quantizer

    Raises
    ------
    ValueError
        If m < 1 or the variance is not finite.
    RuntimeError
        If Newton's method does not converge.

    References
    ----------
    Max 1960; Lloyd 1982; uniqueness: Fleischer 1964. The distortion is (42) of Dar, arXiv 2510.03151.

    Examples
    --------
    >>> from scipy import stats
    >>> quantizer = optimal_quantizer(stats.norm(), 4)
    >>> print(quantizer.levels.round(4), f"{quantizer.distortion:.6f}", quantizer.residual < 1e-10)
    [-1.5104 -0.4528  0.4528  1.5104] 0.117482 True
    """
    m = _check.count(m, "m")
    line = _Line(distribution)
    low, high = distribution.support()
    thresholds = compander(distribution).ppf(np.arange(1, m) / m)
    for iteration in range(1, 101):
        probability, level, variance = region_moments(line, Intervals(np.r_[0, line.position(thresholds), 1]))
        miss = thresholds - (level[:-1] + level[1:]) / 2
        residual = float(np.max(np.abs(miss) / np.diff(level), initial=0.0))
        rounding = np.max(np.spacing(np.abs(thresholds)) / np.diff(level), initial=0.0)
        if residual <= 1e-10 + 8 * rounding:
            return Quantizer(level, thresholds, float(probability @ variance), iteration, residual)
        step = newton_step(thresholds, 1.0, distribution.pdf(thresholds), probability, level)
        while np.any(np.diff(np.r_[low, thresholds - step, high]) <= 0):
            step /= 2
        thresholds = thresholds - step
    raise RuntimeError(f"Newton's method did not converge for m = {m}: residual {residual:.2g} after {iteration} steps")


class _Line:
    """A law X = β(T) with T in [0, 1]: what :func:`region_moments` asks of a Problem, for any support.

    An infinite end is reached as (1 - |y|)^-3: a tail p^(1/3) ~ 1/x^(1 + η), which is what a finite
    variance leaves, becomes (1 - |y|)^(3η - 1), and panels that shrink towards |y| = 1 integrate that.
    """

    dimension = 1

    def __init__(self, distribution):
        self.law = _check.frozen(distribution, "distribution", ("pdf", "ppf", "support", "var"))
        self.inputs = self
        if not np.isfinite(distribution.var()):
            raise ValueError(f"distribution must have a finite variance, got {distribution.var()}")
        ends = np.array(distribution.support(), dtype=float)
        self.bounded = bool(np.isfinite(ends).all())
        if self.bounded:
            self.anchor, self.scale, self.start, self.length = ends[0], ends[1] - ends[0], 0.0, 1.0
        else:
            lower, median, upper = distribution.ppf([0.25, 0.5, 0.75])
            self.anchor = next((end for end in ends if np.isfinite(end)), median)
            self.scale = upper - lower
            self.start = -1.0 if np.isinf(ends[0]) else 0.0
            self.length = (1.0 if np.isinf(ends[1]) else 0.0) - self.start
        self.panels = adaptive_panels(lambda t: self.pdf(t) * self.beta(t) ** np.arange(3)[:, None])[0]

    def beta(self, t):
        """x at t."""
        y = self.start + self.length * np.asarray(t)
        with np.errstate(divide="ignore"):
            return self.anchor + self.scale * (y if self.bounded else np.sign(y) * ((1 - np.abs(y)) ** -3.0 - 1))

    def position(self, x):
        """t at x."""
        z = (np.asarray(x) - self.anchor) / self.scale
        return ((z if self.bounded else np.sign(z) * (1 - (1 + np.abs(z)) ** (-1 / 3))) - self.start) / self.length

    def slope(self, t):
        """dx/dt."""
        y = self.start + self.length * np.asarray(t)
        return self.scale * self.length * (np.ones_like(y) if self.bounded else 3 * (1 - np.abs(y)) ** -4.0)

    def pdf(self, t):
        """Density of T."""
        return self.law.pdf(self.beta(t)) * self.slope(t)

    def point_density(self, t):
        """p^(1/3) dx/dt."""
        return np.cbrt(self.law.pdf(self.beta(t))) * self.slope(t)
