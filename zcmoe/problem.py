"""The data model y = β(x) + ε (equation (1))."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._curve import Curve, difference
from zcmoe._laws import Independent, Sample, Unit, inputs_law, noise_law, on_cube
from zcmoe._progress import with_progress
from zcmoe._quadrature import adaptive_panels, panel_rule
from zcmoe._typing import Function, HasMean, HasPdf, Measure, Seed

__all__ = ["Independent", "Problem", "Sample", "on_cube"]


class Problem:
    """The data model (1): y = β(x) + ε with x on [0, 1]^d and ε independent of x.

    Parameters
    ----------
    beta : callable
        β, from x of shape (n,) when d = 1, (n, d) otherwise, to values of shape (n,). It is
        evaluated inside open cells only, so it may be infinite at 0, 1 and the breakpoints.
    inputs : distribution
        The law of x: for d = 1 a continuous SciPy distribution on [0, 1] or a part of it, frozen or new-style,
        or an object with its `pdf` (and, where they are known, `cdf` and `ppf`); for d > 1 an object with
        ``pdf(x)`` and ``rvs(size, random_state)``, such as :class:`Independent`; or a :class:`Sample`.
    noise : distribution or None
        The law of ε: mean zero, finite variance. None or 0 is no noise.
    gradient : callable, optional
        β' for d = 1, ∇β of shape (n, d) otherwise; by default computed from β by five-point
        differences.
    dimension : int, optional
        d; by default the law's.
    breakpoints : sequence of float
        For d = 1: where β, β' or the inputs' density jumps. Jumps that β's values show are found; a place narrower
        than about 0.003 on both sides of which β is the same may lie between the nodes, and must be named.

    Attributes
    ----------
    noise_variance : float
        σ², in squared units of y.
    noise_bound : float
        The smallest B with ε in [-B, B]; infinite for an unbounded noise.

    Raises
    ------
    ValueError
        If the inputs do not lie in [0, 1], the noise has a mean or no variance, or the
        breakpoints are not increasing inside (0, 1).

    References
    ----------
    Dar, arXiv 2510.03151, equation (1).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> problem = Problem(np.square, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{problem.noise_variance:.4f}", problem.noise_bound)
    0.0833 0.5
    >>> x, y = problem.sample(1000, rng=0)
    >>> print(f"{np.mean((y - x**2)**2):.2f}")
    0.09
    """

    dimension: int
    inputs: Any  # a Sample, an Independent, or what stands for the law given
    noise: Any
    noise_variance: float
    noise_bound: float
    beta: Evaluated
    gradient: Evaluated

    def __init__(self, beta: Function, inputs: HasPdf | Sample, noise: HasMean | Literal[0] | None, *,
                 gradient: Function | None = None, dimension: int | None = None, breakpoints: ArrayLike = ()):
        self.inputs = inputs_law(inputs, dimension if dimension is None else _check.count(dimension, "dimension"))
        self.dimension = self.inputs.dimension
        self.noise, self.noise_variance, self.noise_bound = _check_noise(noise)
        self._declared = _check_breakpoints(breakpoints, self.dimension)
        tail = () if self.dimension == 1 else (self.dimension,)
        self.beta = Evaluated(beta, "beta", self.dimension, ())
        some = self.inputs.points[:2] if isinstance(self.inputs, Sample) else self.inputs.rvs(size=2, random_state=0)
        self.beta(some)  # what is no function of arrays is refused here
        self.gradient = Evaluated(self._difference if gradient is None else gradient, "gradient", self.dimension, tail)
        if gradient is not None and isinstance(self.inputs, Unit):
            self.curve.check(self.gradient)

    def __repr__(self):
        return f"Problem(dimension={self.dimension}, noise_variance={self.noise_variance:.6g})"

    def __getstate__(self):
        caches = {name for name, value in vars(type(self)).items() if isinstance(value, cached_property)}
        return {name: value for name, value in vars(self).items() if name not in caches}

    @cached_property
    def curve(self) -> Curve:
        """β on the support of the inputs, for d = 1: the jumps and panels that its values show."""
        self._needs_density("this")
        return Curve(self.beta, np.union1d(self._declared, self.inputs.breakpoints), self.inputs.support())

    @cached_property
    def breakpoints(self) -> np.ndarray:
        """Where β, β' or p may jump, for d = 1: those given, the law's own, and jumps that β's values show."""
        return self.curve.breakpoints if isinstance(self.inputs, Unit) else self._declared

    @cached_property
    def panels(self) -> np.ndarray:
        """The edges between which Gauss–Legendre integrates p, pβ and pβ², for d = 1."""
        law, curve = self.inputs, self.curve
        nodes, widths = (part.ravel() for part in panel_rule(law.panels))
        mass = widths * law.pdf(nodes)
        some = mass > 0
        centre = float(mass[some] @ self.beta(nodes[some])) / mass.sum()  # a constant offset of β costs no digits

        def powers(x):
            density, value = law.regular(x), np.zeros_like(x)
            value[density > 0] = self.beta(x[density > 0]) - centre
            with np.errstate(over="ignore"):
                return np.stack([density, density * value, density * value**2])

        # Where β is steep beside an edge no node may see it; its curve has looked at the edges too.
        panels, moments = adaptive_panels(powers, np.union1d(law.panels, np.r_[curve.panels, self.breakpoints]),
                                          noise=16 * max(curve.noise, 2.3e-16 * abs(centre)), name="β² p")
        law.check_stuck(self.beta, centre, moments[2].sum())
        return panels

    @cached_property
    def grid(self) -> np.ndarray:
        """Edges, none for d > 1, that no steep place or jump of β or p hides between: where to begin an integral."""
        if self.dimension > 1:
            return np.empty(0)
        self._needs_density("integrals over [0, 1]")
        return self.panels

    @property
    def blur(self) -> Any:
        """For d = 1: what is unknown of β' on panels, relative to it, where it comes by differences; else None."""
        return self.curve.blur if self.gradient.function == self._difference else None

    def rule(self, edges: np.ndarray, measure: Measure = "law") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Nodes, weights and regions for integrals over the intervals between edges, for d = 1.

        Parameters
        ----------
        edges : array_like, shape (m + 1,)
            From 0 to 1; for a :class:`Sample` around its points.
        measure : {"law", "volume"}
            "law": weights are probabilities, with sum 1. "volume": lengths.

        Returns
        -------
        nodes : ndarray, shape (n,)
        weights : ndarray, shape (n,)
        regions : ndarray of int, shape (n,)
            0, …, m - 1.

        Raises
        ------
        ValueError
            If the edges do not run from 0 to 1, β has no finite variance, or the law has no density for a volume.
        """
        if measure not in ("law", "volume"):
            raise ValueError(f'measure must be "law" or "volume", got {measure!r}')
        edges = _check.increasing(edges, "edges")
        if isinstance(self.inputs, Sample) and measure == "law":
            points = _check.within(self.inputs.points, edges[0], edges[-1], "point of inputs")
            regions = np.minimum(np.searchsorted(edges, points, side="right") - 1, edges.size - 2)
            return points, self.inputs.weights, regions
        self._needs_density(f'measure="{measure}"')
        if max(abs(edges[0]), abs(edges[-1] - 1)) > 1e-14:  # a sum of widths may miss 1 by a rounding
            raise ValueError(f"edges must run from 0 to 1 for a Problem, got {edges[0]:g} to {edges[-1]:g}")
        edges = np.r_[0.0, edges[1:-1], 1.0]
        panels = np.union1d(edges, _apart(self.panels, edges))
        nodes, weights = panel_rule(panels)
        region = np.searchsorted(edges, panels[:-1], side="right") - 1
        if measure == "law":
            weights = self.inputs.masses(panels, nodes, weights)
            some = weights.any(axis=1)  # outside the support β need not be defined
            nodes, weights, region = nodes[some], weights[some] / weights.sum(), region[some]
        return nodes.ravel(), weights.ravel(), np.repeat(region, nodes.shape[1])

    def _needs_density(self, what):
        if not isinstance(self.inputs, Unit):
            raise ValueError(f"inputs must be a law with a density on [0, 1] for {what}, got {self.inputs!r}")

    def weight(self, x: ArrayLike, floor: float = 0.0) -> np.ndarray:
        """w = p ‖∇β‖², the one quantity of the problem that asymptotic formulas see.

        `floor` replaces a smaller ‖∇β‖ (Section 4.4). Shape (n,).
        """
        gradient, p = self.gradient(x), self.inputs.pdf(x)
        slope = np.abs(gradient) if self.dimension == 1 else np.linalg.norm(gradient, axis=1)
        with np.errstate(over="ignore"):  # its integral does not converge, and is refused for that
            return np.multiply(p, np.maximum(slope, floor) ** 2, out=np.zeros_like(slope), where=p > 0)

    def sample(self, n: int, *, rng: Seed = None) -> tuple[np.ndarray, np.ndarray]:
        """Draw n examples (32).

        Parameters
        ----------
        n : int
        rng : anything that ``numpy.random.default_rng`` takes

        Returns
        -------
        x : ndarray, shape (n,) or (n, d)
        y : ndarray, shape (n,)
        """
        n = _check.count(n, "n")
        rng = np.random.default_rng(rng)
        if not isinstance(self.inputs, Sample) and hasattr(self.inputs, "ppf"):
            # Quantiles of uniforms stay the same in every SciPy.
            x = self.inputs.ppf(rng.random(n) if self.dimension == 1 else rng.random((n, self.dimension)))
        else:
            x = self.inputs.rvs(size=n, random_state=rng)
        return x, self.beta(x) + self.noise.ppf(rng.random(n))

    def _difference(self, x):
        """∇β by five-point differences: along the panels of its curve for d = 1, along each axis otherwise."""
        if self.dimension == 1:
            return self.curve.slope(x)
        return np.stack([self._partial(x, j) for j in with_progress(range(self.dimension), "gradient")], axis=1)

    def _partial(self, x, axis):
        def values(at):
            points = np.repeat(x[:, None, :], at.shape[1], axis=1)
            points[:, :, axis] = at
            return self.beta(points.reshape(-1, self.dimension)).reshape(at.shape)

        gap = np.minimum(x[:, axis], 1 - x[:, axis])
        # Steps shrink towards an end, where β may be infinite; at an end itself the stencil moves inside.
        return difference(values, x[:, axis], 0.0, 1.0, np.minimum(1e-4, np.where(gap > 0, gap, 1.0) / 50))


class Evaluated:
    """A user's function: copies of floats in, finite floats of shape (n, *tail) out.

    `resolution` is the relative rounding of what it last returned.
    """

    def __init__(self, function: Function, name: str, dimension: int, tail: tuple[int, ...]):
        if not callable(function):
            raise ValueError(f"{name} must be callable, got {function!r}")
        self.function, self.name, self.dimension, self.tail = function, name, dimension, tail
        self.resolution = np.finfo(float).eps

    def __call__(self, x: ArrayLike) -> np.ndarray:
        x = _check.points(x, self.dimension)
        try:
            values = self.function(x.copy())
        except Exception as error:
            self._scalar(x, error)
            if isinstance(error, ValueError):
                raise
            raise ValueError(f"{self.name} failed for x of shape {x.shape}: {type(error).__name__}: {error}") from error
        kind = getattr(values, "dtype", None)
        if kind is not None and kind.kind == "f":
            self.resolution = max(float(np.finfo(kind).eps), np.finfo(float).eps)
        values = _check.floats(values, f"{self.name} value")
        if values.shape != (len(x), *self.tail):
            raise ValueError(f"{self.name} must return shape {(len(x), *self.tail)} for x of shape {x.shape}, "
                             f"got {values.shape}")
        return _check.finite(values, f"{self.name} value")

    def _scalar(self, x, error):
        """Say so where the function takes one number, or one point, at a time."""
        try:
            self.function(float(x[0]) if self.dimension == 1 else x[0].copy())
        except Exception:  # whatever it raises, the first error stands
            return
        remedy = "np.vectorize makes it so" if self.dimension == 1 else "np.apply_along_axis makes it so"
        raise ValueError(f"{self.name} must take all x at once, as an array of shape {x.shape}; it takes one at a time "
                         f"({type(error).__name__}: {error}): {remedy}") from error


def _check_noise(noise):
    noise = noise_law(noise)
    if noise.dimension != 1:
        raise ValueError(f"noise must have dimension 1, got {noise!r}")
    variance, mean = noise.var(), noise.mean()
    if not 0 <= variance < np.inf:
        raise ValueError(f"noise must have a finite variance, got {variance}")
    if not abs(mean) <= 1e-9 * max(variance**0.5, 1e-9):
        raise ValueError(f"noise must have mean 0, got {mean:.6g}")
    low, high = noise.support()
    return noise, float(variance), float(max(-low, high))


def _check_breakpoints(breakpoints, dimension):
    array = _check.vector(breakpoints, "breakpoints")
    if dimension > 1 and array.size:
        raise ValueError(f"breakpoints must be empty for dimension > 1, got {array.size} of them")
    return _check.increasing(np.r_[0.0, array, 1.0], "breakpoints (with 0 and 1)")[1:-1]


def _apart(panels, edges):
    """The panels' edges without those that miss an edge by a rounding: no float would lie between."""
    after = np.searchsorted(edges, panels).clip(1, edges.size - 1)
    gap = np.minimum(np.abs(edges[after] - panels), np.abs(panels - edges[after - 1]))
    return panels[gap > 16 * np.spacing(panels)]
