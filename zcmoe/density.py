"""Segment densities λ: where the experts are (Sections 4.2 and 5, Appendix C)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._laws import densities
from zcmoe._quadrature import Antiderivative
from zcmoe._rules import integral, scattered_nodes
from zcmoe._typing import Function, LikeInput, Seed

if TYPE_CHECKING:
    from zcmoe.problem import Problem


class SegmentDensity:
    """A segment density λ with the interface of a frozen SciPy distribution.

    λ(x) dx is the share of the m experts whose regions lie in dx (Assumptions 1 and 2).

    Parameters
    ----------
    function : callable
        Proportional to λ; from x of shape (n,) or (n, d) to non-negative values of shape (n,).
    dimension : int
    breakpoints : sequence of float
        For d = 1: where `function` jumps.
    inputs : law, optional
        For d > 1: `function` is 0 wherever the density of this law is, and concentrated where it is.

    Raises
    ------
    ValueError
        If `function` is negative or not finite, or integrates to 0.

    References
    ----------
    Dar, arXiv 2510.03151, (20); `cdf` is the compressor (48), `ppf` the expander (49).

    Examples
    --------
    >>> density = SegmentDensity(lambda x: 1 + x)
    >>> print(density.ppf([0, 0.5, 1]).round(6))
    [0.       0.581139 1.      ]
    """

    dimension: int
    total: float

    def __init__(self, function: Function, *, dimension: int = 1, breakpoints: ArrayLike = (), inputs: Any = None):
        self.dimension, self.inputs = _check.count(dimension, "dimension"), inputs
        self._function = function
        if self.dimension == 1:
            self._integral = Antiderivative(self.function, breakpoints)
            self.total = self._integral.total
        else:
            self.total = integral(self.function, self.dimension, inputs)[0]
        if not self.total > 0:
            raise ValueError("the segment density is zero everywhere: β is constant; use a floor > 0")

    def function(self, x: np.ndarray) -> np.ndarray:
        """What λ is proportional to, held to be a density."""
        return densities(self._function, x.copy(), "density")

    @property
    def panels(self) -> np.ndarray:
        """The edges between which Gauss–Legendre integrates λ, for d = 1."""
        return self._integral.edges

    def pdf(self, x: ArrayLike) -> LikeInput:
        """λ at x; shape (n,)."""
        shape = np.shape(x)
        x = _check.within(_check.points(np.atleast_1d(x), self.dimension), 0, 1, "x")
        values = self.function(x) / self.total
        return values if shape else values[0]

    def cdf(self, x: ArrayLike) -> LikeInput:
        """The compressor G (48), for d = 1."""
        return self._scalar(lambda x: self._integral(x) / self.total, x, "x")

    def ppf(self, q: ArrayLike) -> LikeInput:
        """The expander g = G⁻¹ (49), for d = 1; |cdf(ppf(q)) - q| <= 1e-10, and 0 to 0, 1 to 1."""
        def expand(q):
            return np.where(q == 0, 0.0, np.where(q == 1, 1.0, self._integral.inverse(q * self.total)))
        return self._scalar(expand, q, "q")

    def support(self) -> tuple[float, float]:
        """The interval [0, 1]."""
        return 0.0, 1.0

    def rvs(self, size: int = 1, random_state: Seed = None) -> np.ndarray:
        """Draw `size` points from λ: by `ppf` for d = 1, by rejection otherwise."""
        rng, size = np.random.default_rng(random_state), _check.count(size, "size")
        if self.dimension == 1:
            return self.ppf(rng.random(size))
        return self._by_rejection(rng, size)

    def _by_rejection(self, rng, size):
        ceiling = 1.2 * self.function(scattered_nodes(self.inputs, self.dimension, "volume")[0]).max()
        if self.inputs is not None:
            ceiling = max(ceiling, 1.2 * self.function(scattered_nodes(self.inputs, self.dimension, "law")[0]).max())
        accepted = self.total / ceiling
        if size / accepted > 1e9:
            raise ValueError(f"draws of a density this concentrated would take {size / accepted:.2g} trials: at most "
                             f"1e9, got size {size}")
        kept = np.empty((0, self.dimension))
        while len(kept) < size:
            x = rng.random((int(min(1.2 * (size - len(kept)) / accepted + 64, 2**20)), self.dimension))
            level = self.function(x)
            if level.max() > ceiling:  # a peak between the nodes, of which too little was kept
                ceiling, kept = 1.2 * level.max(), kept[:0]
            kept = np.r_[kept, x[rng.random(len(x)) * ceiling < level]]
        return kept[:size]

    def _scalar(self, function, value, name):
        """Apply to an array or a number in [0, 1], as SciPy's distributions do."""
        if self.dimension > 1:
            raise ValueError(f"cdf and ppf need dimension 1, this density has {self.dimension}")
        array = _check.within(_check.vector(np.ravel(value), name), 0, 1, name)
        result = function(array).reshape(np.shape(value))
        return result if np.ndim(value) else float(result)


def optimal_density(problem: Problem, *, floor: float = 1e-6) -> SegmentDensity:
    """The optimal segment density λ* (22), which for d > 1 is λ_UBM (53).

    λ ∝ (p ‖∇β‖²)^(d/(d+2)): at the optimum every region carries the same error, so the steeper
    and the more visited a place is, the more experts it gets.

    Parameters
    ----------
    problem : Problem
    floor : float
        Replaces a smaller ‖∇β‖ (Section 4.4), so that G in (48) increases strictly even where
        β is constant.

    Returns
    -------
    SegmentDensity
        With `pdf` and `rvs`; for d = 1 also `cdf` and `ppf`.

    Raises
    ------
    ValueError
        If `floor` is 0 and β is constant.

    References
    ----------
    Dar, arXiv 2510.03151, Theorems 4.3 and C.2.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(np.square, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{optimal_density(problem).pdf(1.0):.4f}")  # (2x)^(2/3) / Z, with Z = 2^(2/3) 3/5
    1.6667
    """
    floor = _check.real(floor, "floor", 0)
    power = problem.dimension / (problem.dimension + 2)
    return SegmentDensity(partial(_powered, problem, floor, power), dimension=problem.dimension,
                          breakpoints=problem.grid, inputs=problem.inputs)


def _powered(problem, floor, power, x):
    """(p ‖∇β‖²)^(d/(d+2)); as a partial function it can be pickled."""
    return problem.weight(x, floor) ** power
