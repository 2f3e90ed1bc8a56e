"""The exact optimum of the class (4) as it is written: level sets of β, by the optimal quantizer of β(X)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._arrays import ratio
from zcmoe._laws import Sample
from zcmoe._typing import Function
from zcmoe.errors import standard_error
from zcmoe.moments import region_moments
from zcmoe.optimum.intervals import fine_grid
from zcmoe.optimum.levels import discrete_levels, settled_levels
from zcmoe.optimum.partition import optimal_partition
from zcmoe.segmentation import LevelSets
from zcmoe.segmentation._branches import Branches

if TYPE_CHECKING:
    from zcmoe.problem import Problem


class OptimalLevelSets(LevelSets):
    """Level sets with the evidence that they are optimal.

    Attributes
    ----------
    iterations : int
        Steps after the programme.
    residual : float
        Largest |b_i - (c_i + c_(i+1))/2| in units of c_(i+1) - c_i, at an inner edge b_i.
    standard_error : float
        Error to expect in the excess of this segmentation; 0 for d = 1 and for a sample.
    """

    iterations: int
    residual: float
    standard_error: float

    def __init__(self, beta: Function, edges: ArrayLike, *, dimension: int = 1, domain: tuple[float, float] = (0, 1),
                 iterations: int = 0, residual: float = np.nan, standard_error: float = np.nan):
        super().__init__(beta, edges, dimension=dimension, domain=domain)
        self.iterations = iterations
        self.residual = residual
        self.standard_error = standard_error


def optimal_level_sets(problem: Problem, m: int) -> OptimalLevelSets:
    """The best segmentation into at most m regions of any shape: no router can do better.

    The error of the best experts is σ² + E min_i (β(X) - c_i)², so the optimum over all segmentations is the optimal
    quantizer of the one random variable β(X), and its regions are level sets of β. For d = 1 its law is computed from
    the monotone branches of β, each moment as exactly as those of intervals; in several dimensions it is that of β at
    the nodes of the segmentation's rule. A flat piece of β is one level. Such a router has to evaluate β: this
    bounds what routers can do, at a price.

    Parameters
    ----------
    problem : Problem
    m : int
        Number of experts.

    Returns
    -------
    OptimalLevelSets
        Fewer than m regions when β takes fewer values than that; no region is empty.

    Raises
    ------
    ValueError
        If m < 1.
    RuntimeError
        If the levels do not settle.

    References
    ----------
    Dar, arXiv 2510.03151, (3)–(4); the reduction to a scalar quantizer is ours. Optimal quantizers: Max 1960,
    Lloyd 1982.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Problem, approximation_excess, optimal_intervals
    >>> problem = Problem(lambda x: np.cos(2 * np.pi * x), stats.uniform(), None)
    >>> sets, intervals = optimal_level_sets(problem, 8), optimal_intervals(problem, 8)
    >>> print(f"{approximation_excess(problem, intervals) / approximation_excess(problem, sets):.3f}")  # towards 2²
    3.458
    """
    m = _check.count(m, "m")
    if problem.dimension > 1 or isinstance(problem.inputs, Sample):
        rule = _level_sets(problem, ()).cubature(problem)
        found = discrete_levels(problem.beta(rule.nodes), rule.weights, m)
    else:
        found = _on_the_line(problem, m)
    best = _level_sets(problem, found.thresholds)
    return OptimalLevelSets(best.beta, best.edges, dimension=best.dimension, domain=best.domain,
                            iterations=found.iterations, residual=found.residual,
                            standard_error=standard_error(problem, best))


def _level_sets(problem, inner):
    domain = (-np.inf, np.inf) if isinstance(problem.inputs, Sample) else (0, 1)
    return LevelSets(problem.beta.function, np.r_[-np.inf, inner, np.inf], dimension=problem.dimension, domain=domain)


def _on_the_line(problem, m):
    """The programme over cells of values; then both of Lloyd's conditions.

    The cells lie between the values of β at the ends of its branches, so that none reaches over a gap, and those on
    the grid of intervals: with w = p β'² that has the density of all branches' p^(1/3), at least that of their sum.
    """
    low, high = problem.inputs.support()
    branches = Branches(problem.beta, problem.grid[(problem.grid >= low) & (problem.grid <= high)], problem.breakpoints)
    grid = np.setdiff1d(fine_grid(problem, m)[1], np.r_[0, problem.breakpoints, 1])
    inside = problem.beta(grid[(grid > low) & (grid < high)])
    values = np.unique(np.r_[branches.start, inside, branches.stop])
    cells = region_moments(problem, _level_sets(problem, values))
    index = optimal_partition(cells.mean, cells.probability, m, banded=True)

    def moments(thresholds):
        return region_moments(problem, _level_sets(problem, thresholds)) if np.all(np.diff(thresholds) > 0) else None

    def density(thresholds):
        x, level = branches.crossings(thresholds)
        return np.bincount(level, ratio(problem.inputs.pdf(x), np.abs(problem.gradient(x))), thresholds.size)

    return settled_levels(moments, density, values[index[1:-1] - 1])
