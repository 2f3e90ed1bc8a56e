"""High-rate scalar quantization (Appendix A), beside the optimal quantizers that it approximates.

A quantizer with m levels is an interval segmentation for β(x) = x and no noise: (42)–(47) are
(14)–(23). Only the inputs may now lie anywhere on the line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._laws import Line, Sample, discrete, method
from zcmoe._laws.tails import FAR, Stretch, Tails
from zcmoe._quadrature import adaptive_panels, integrate, panel_rule
from zcmoe._typing import HasPdf, LikeInput
from zcmoe.density import SegmentDensity
from zcmoe.moments import region_moments
from zcmoe.optimum import discrete_levels, optimal_partition, settled_levels
from zcmoe.segmentation import Intervals

_CELLS = 32  # grid cells a level, from which the programme starts
_TAIL = 1e-20  # probability at an end of a discrete law that may be left out
_POINTS = 1e6  # of a discrete law, at most


@dataclass(frozen=True)
class Quantizer:
    """A fixed-rate scalar quantizer, and the evidence that it is optimal.

    Attributes
    ----------
    levels : ndarray, shape (m,)
        r_i; fewer where a discrete law has fewer points.
    thresholds : ndarray, shape (m - 1,)
        a_i.
    distortion : float
        (42), in squared units of x.
    iterations : int
        Steps after the programme; 0 where the programme alone is exact.
    residual : float
        The largest |a_i - (r_i + r_(i+1))/2| in units of r_(i+1) - r_i.
    """

    levels: np.ndarray
    thresholds: np.ndarray
    distortion: float
    iterations: int
    residual: float


def bennett(distribution: HasPdf, density: HasPdf) -> float:
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
    log_level = _point_density(density, line)

    def integrand(t):
        mass, level = line.log_pdf(t) + line.log_slope(t), log_level(t)
        empty = (level == -np.inf) & (mass > -np.inf)
        if empty.any():
            raise ValueError("density must be positive wherever the distribution's is, "
                             f"got 0 at x = {line.beta(t)[np.argmax(empty)]:g}")
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.where(mass > -np.inf, np.exp(mass - 2 * level) / 12, 0.0)
        if not np.isfinite(values).all():
            raise ValueError("the integral of p/λ² diverges: density is too small where the distribution's is not")
        return values

    return integrate(integrand, line.breakpoints)


def _point_density(density, line):
    """log λ as a function of the line's t, once λ is found to be a density, on a bounded range one of that range."""
    law = Line(density, "density")
    (low, high), log_level = line.law.support(), line.log_density(law, "density")
    jumps = line.position(np.clip(law.breakpoints, low, high))

    def level(t):
        return np.exp(log_level(t) + line.log_slope(t))

    def grown(left, right):
        return np.subtract(*(law.cdf(np.clip(line.far(t), *law.support())) for t in (right, left)))

    exact = grown if law.has_cdf else None
    found = adaptive_panels(level, jumps[(jumps > 0) & (jumps < 1)], exact=exact, name="density")[1].sum()
    total = float(grown(0.0, 1.0)) if law.has_cdf else 1.0
    if not abs(found - total) <= 1e-6:
        raise ValueError(f"density must integrate to {total:.6g} over the distribution's support, got {found:.6g}")
    if np.isfinite([low, high]).all() and not total >= 1 - 1e-9:
        raise ValueError(f"density must be a law on [{low:g}, {high:g}], got {law!r} with {1 - total:.3g} of its "
                         "probability outside")
    return log_level


def panter_dite(distribution: HasPdf) -> float:
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
    line = _Line(distribution)
    return integrate(line.point_density, line.breakpoints) ** 3 / 12


def compander(distribution: HasPdf) -> Compander:
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

    def __init__(self, distribution: HasPdf):
        self._line = _Line(distribution)
        self._density = SegmentDensity(self._line.point_density, breakpoints=self._line.breakpoints)

    def pdf(self, x: ArrayLike) -> LikeInput:
        """λ at x."""
        return np.cbrt(self._line.law.pdf(x)) / self._density.total

    def logpdf(self, x: ArrayLike) -> LikeInput:
        """log λ at x, also where p underflows."""
        return self._line.law.log_pdf(x) / 3 - np.log(self._density.total)

    def cdf(self, x: ArrayLike) -> LikeInput:
        """The compressor G (48)."""
        return self._density.cdf(self._line.position(np.clip(x, *self.support())))

    def ppf(self, q: ArrayLike) -> LikeInput:
        """The expander g = G⁻¹ (49)."""
        q = np.asarray(q, dtype=float)  # at 1 the tail, too small for a sum to see, still counts
        low, high = self.support()
        return np.where(q == 1, high, np.where(q == 0, low, self._line.beta(self._density.ppf(q))))[()]

    def support(self) -> tuple[float, float]:
        """That of the distribution."""
        return self._line.law.support()


def optimal_quantizer(distribution: HasPdf, m: int) -> Quantizer:
    """The optimal quantizer with m levels, for any law.

    For a discrete law a dynamic programme over all divisions of its points finds it exactly (of more than 4096 points,
    over cells of them; zooms on the points follow). For a continuous law
    the same programme, over exact moments of at least 32 cells a level, chooses the thresholds globally; Newton's
    method then solves a_i = (r_i + r_(i+1))/2 with r_i = E[x | a_(i-1) <= x < a_i]. Where the programme sees two
    nearly equal optima the finite grid decides between them.

    Parameters
    ----------
    distribution : SciPy distribution or Sample
        Of finite variance, continuous or discrete.
    m : int
        Number of levels.

    Returns
    -------
    Quantizer

    Raises
    ------
    ValueError
        If m < 1, the variance is not finite, or a discrete law has more than a million points that matter.
    RuntimeError
        If the conditions are not met in the end.

    References
    ----------
    Max 1960; Lloyd 1982; the programme: Bruce 1965. The distortion is (42) of Dar, arXiv 2510.03151.

    Examples
    --------
    >>> from scipy import stats
    >>> quantizer = optimal_quantizer(stats.norm(), 4)
    >>> print(quantizer.levels.round(4), f"{quantizer.distortion:.6f}", quantizer.residual < 1e-10)
    [-1.5104 -0.4528  0.4528  1.5104] 0.117482 True
    >>> optimal_quantizer(stats.binom(4, 0.5), 3).levels.round(3).tolist()
    [0.8, 2.0, 3.2]
    """
    m = _check.count(m, "m")
    if isinstance(distribution, Sample) or discrete(distribution):
        return Quantizer(*discrete_levels(*_points(distribution), m))
    line = _Line(distribution)
    grid = line.grid(m)
    cells = region_moments(line, Intervals(grid))
    spread = cells.probability @ (cells.variance + (cells.mean - cells.probability @ cells.mean) ** 2)
    # On a bounded support nothing is out of reach, and a law's own variance may have lost its digits.
    if not (line.bounded or abs(spread - line.variance) <= 1e-6 * line.variance):
        raise ValueError("distribution must have its variance within the reach of floats, got variance "
                         f"{line.variance:.10g}, of which {spread:.10g} is")
    index = optimal_partition(cells.mean, cells.probability, m, banded=True)
    return Quantizer(*settled_levels(line.moments, line.law.pdf, line.beta(grid[index[1:-1]])))


def _points(law):
    """Points of a discrete law, and their probabilities."""
    if isinstance(law, Sample):
        if law.dimension != 1:
            raise ValueError(f"distribution must have dimension 1, got {law!r}")
        points, weights = law.points, law.weights
    elif hasattr(getattr(law, "dist", None), "xk"):  # SciPy's discrete law of given values
        points, weights = law.dist.xk, law.dist.pk
    else:
        points = _range(law)
        weights = law.pmf(points)
    return points, weights


def _range(law):
    """The points of SciPy's discrete law, one apart, but for ends of no probability."""
    mean, variance = float(law.mean()), float(method(law, "distribution", "var", "variance")())
    low, high = map(float, law.support())
    reach, above = 8 * np.sqrt(variance) + 1, method(law, "distribution", "sf", "ccdf")
    while reach < _POINTS and (law.cdf(mean - reach) > _TAIL or above(mean + reach) > _TAIL):
        reach *= 2
    low, high = max(low, mean - reach), min(high, mean + reach)
    if not high - low < _POINTS:
        raise ValueError(f"distribution must have a finite variance and at most {_POINTS:g} points that matter, got "
                         f"variance {variance:g} and points from {low:g} to {high:g}")
    start = next(end for end in law.support() if np.isfinite(end)) if np.isfinite(law.support()).any() else 0.0
    return start + np.arange(np.ceil(low - start), np.floor(high - start) + 1)


class _Line:
    """A continuous law X = β(T) with T in [0, 1]: what :func:`region_moments` asks of a Problem, for any support."""

    dimension = 1

    def __init__(self, distribution):
        self.law, self.inputs = Line(distribution, "distribution"), self
        self.variance = self.law.var()
        if not np.isfinite(self.variance):
            raise ValueError(f"distribution must have a finite variance, got {self.variance}")
        self.bounded = bool(np.isfinite(self.law.support()).all())
        self._map = Stretch(self.law) if self.bounded else Tails.of(self.law)
        self.log_slope, self.log_density, self.far = self._map.log_slope, self._map.log_density, self._map.far
        self.log_pdf = self.log_density(self.law, "distribution")
        jumps = self.position(self.law.breakpoints)
        self.breakpoints = jumps[(jumps > 0) & (jumps < 1)]
        self.panels = self._panels()

    def _panels(self):
        """Edges between which Gauss–Legendre integrates p, p x and p x²; no peak hides where the law says its cdf."""
        def grown(left, right):
            return self.law.cdf(self.beta(right)) - self.law.cdf(self.beta(left))

        def powers(t):
            # Not what is infinite among a few floats: there the cdf alone says the probability.
            mass, x = self._map.unit.regular(t) if self.bounded else self.pdf(t), self.beta(t)
            return np.stack([mass, mass * x, mass * x * x])

        if self.bounded:
            peaks = self._map.unit.panels
        else:
            exact = grown if self.law.has_cdf else None
            peaks = adaptive_panels(self.pdf, self.breakpoints, exact=exact)[0]
        panels, (mass, *_) = adaptive_panels(powers, peaks, name="the second moment")
        if not self.bounded and not abs(mass.sum() - 1) <= 1e-7:  # a bounded law was asked before
            raise ValueError(f"distribution must integrate to 1, got {mass.sum():.10g}: {self.law!r}")
        return panels

    def rule(self, edges, measure="law"):
        """Nodes, probabilities and regions between edges in t."""
        panels = np.union1d(edges, self.panels)
        nodes, weights = panel_rule(panels)
        weights = self._map.unit.masses(panels, nodes, weights) if self.bounded else weights * self.pdf(nodes)
        regions = np.searchsorted(edges, panels[:-1], side="right") - 1
        return nodes.ravel(), weights.ravel() / weights.sum(), np.repeat(regions, nodes.shape[1])

    def beta(self, t):
        """x at t."""
        return self._map.x(np.asarray(t, dtype=float))

    def position(self, x):
        """t at x."""
        return self._map.t(np.asarray(x, dtype=float))

    def pdf(self, t):
        """Density of T, but for what lies beyond the reach of moments."""
        x = self.beta(t)
        with np.errstate(over="ignore"):
            slope = np.exp(self.log_slope(t))
        if not self.bounded:
            slope = np.where(np.abs(x - self._map.anchor) < 0.99 * FAR * self._map.scale, slope, 0.0)
        return self.law.pdf(np.clip(x, *self._map.inner)) * slope

    def point_density(self, t):
        """p^(1/3) dx/dt."""
        return np.exp(self.log_pdf(t) / 3 + self.log_slope(t))

    def moments(self, thresholds):
        """Those of the cells between thresholds, or None where they do not increase."""
        edges = np.r_[0, self.position(thresholds), 1]
        return region_moments(self, Intervals(edges)) if np.all(np.diff(edges) > 0) else None

    def grid(self, m):
        """Panels, 1/32 steps of the compander and equal steps; none so thin that its nodes round to its ends."""
        density = SegmentDensity(self.point_density, breakpoints=self.breakpoints)
        extra = np.union1d(density.ppf(np.arange(1, _CELLS * m) / (_CELLS * m)), np.linspace(0, 1, 8 * m + 1))
        after = np.searchsorted(self.panels, extra).clip(1, self.panels.size - 1)
        apart = np.minimum(np.abs(self.panels[after] - extra), np.abs(extra - self.panels[after - 1])) > 1e-12
        return np.union1d(self.panels, extra[apart])
