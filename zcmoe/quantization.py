"""High-rate scalar quantization (Appendix A), beside the optimal quantizers that it approximates.

A quantizer with m levels is an interval segmentation for β(x) = x and no noise: (42)–(47) are
(14)–(23). Only the inputs may now lie anywhere on the line.
"""

from typing import NamedTuple

import numpy as np

from zcmoe import _check
from zcmoe._line import Line
from zcmoe._quadrature import adaptive_panels, integrate, panel_rule
from zcmoe.density import SegmentDensity
from zcmoe.moments import region_moments
from zcmoe.optimum import newton_step
from zcmoe.segmentation import Intervals

_FAR = 1e140  # tails are followed so many quartile distances


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

    return integrate(integrand, 1)


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
    return integrate(_Line(distribution).point_density, 1) ** 3 / 12


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
        low, high = self.support()
        return np.where(q == 1, high, np.where(q == 0, low, self._line.beta(self._density.ppf(q))))[()]

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

    An infinite end is reached as (1 - |y|)^-k: a tail p ~ 1/x^(3 + η), which is what a finite variance leaves, makes
    p^(1/3) dx to (1 - |y|)^(kη/3 - 1), and panels that shrink towards |y| = 1 integrate that. k is 3 for the tails that
    have more moments, and larger for those that barely have two.
    """

    dimension = 1

    def __init__(self, distribution):
        self.law = Line(distribution, "distribution")
        self.inputs = self
        variance = self.law.var()
        if not np.isfinite(variance):
            raise ValueError(f"distribution must have a finite variance, got {variance}")
        low, high = ends = np.array(self.law.support())
        self._inner = np.nextafter(low, high), np.nextafter(high, low)
        self.bounded = bool(np.isfinite(ends).all())
        if self.bounded:
            self.anchor, self.scale, self.start, self.length = low, high - low, 0.0, 1.0
        else:
            lower, median, upper = self.law.ppf([0.25, 0.5, 0.75])
            self.anchor = next((end for end in ends if np.isfinite(end)), median)
            self.scale = upper - lower
            self.start = -1.0 if np.isinf(low) else 0.0
            self.length = (1.0 if np.isinf(high) else 0.0) - self.start
            self.power = self._power()
        jumps = self.position(self.law.breakpoints)
        self.breakpoints = jumps[(jumps > 0) & (jumps < 1)]

        def powers(t):
            mass, x = self.pdf(t), self.beta(t)
            return np.stack([mass, mass * x, mass * x * x])

        self.panels = adaptive_panels(powers, self.breakpoints, name="the second moment")[0]

    def rule(self, edges, measure="law"):
        """Nodes, probabilities and regions between edges in t."""
        panels = np.union1d(edges, self.panels)
        nodes, weights = panel_rule(panels)
        weights = weights * self.pdf(nodes)
        regions = np.searchsorted(edges, panels[:-1], side="right") - 1
        return nodes.ravel(), weights.ravel() / weights.sum(), np.repeat(regions, nodes.shape[1])

    def _power(self):
        """k, from how p falls far out."""
        far = self.scale * 10.0 ** np.array([[20], [30]]) * np.sign([end for end in self.law.support() if np.isinf(end)])
        near, beyond = self.law.pdf(far)
        heavy = beyond > 0
        excess = np.log10(near[heavy] / beyond[heavy]) / 10 - 3  # η
        return float(np.clip(4 / max(excess.min(initial=1.5), 1e-9), 3, 60))

    def beta(self, t):
        """x at t."""
        y = self.start + self.length * np.asarray(t)
        if self.bounded:
            return self.anchor + self.scale * y
        with np.errstate(divide="ignore", over="ignore"):
            x = np.sign(y) * np.expm1(-self.power * np.log1p(-np.abs(y)))
            return self.anchor + self.scale * np.clip(x, -_FAR, _FAR)

    def position(self, x):
        """t at x."""
        z = (np.asarray(x) - self.anchor) / self.scale
        y = z if self.bounded else np.sign(z) * -np.expm1(-np.log1p(np.abs(z)) / self.power)
        return (y - self.start) / self.length

    def slope(self, t):
        """dx/dt."""
        y = self.start + self.length * np.asarray(t)
        k = 0 if self.bounded else self.power
        if self.bounded:
            return np.full_like(y, self.scale)
        with np.errstate(divide="ignore", over="ignore"):
            slope = self.scale * self.length * k * (1 - np.abs(y)) ** -(k + 1)
        return np.where(np.abs(self.beta(t) - self.anchor) < _FAR * self.scale, slope, 0.0)

    def pdf(self, t):
        """Density of T."""
        return self._density(t) * self.slope(t)

    def point_density(self, t):
        """p^(1/3) dx/dt; by the logarithm of p, which does not underflow so soon, where the law has it."""
        x = np.clip(self.beta(t), *self._inner)
        root = np.cbrt(self.law.pdf(x)) if self.law.logpdf is None else np.exp(self.law.logpdf(x) / 3)
        return root * self.slope(t)

    def _density(self, t):
        """p at x, not at an end, where it may be infinite."""
        return self.law.pdf(np.clip(self.beta(t), *self._inner))
