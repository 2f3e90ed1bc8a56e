"""The segmentation that minimises the paper's bound (28): k-means weighted with w = p‖∇β‖²."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._cubature import sobol_rule
from zcmoe._lloyd import descend
from zcmoe._typing import Seed
from zcmoe.segmentation import Voronoi

if TYPE_CHECKING:
    from zcmoe.problem import Problem

_NODES_PER_REGION = 256


class BoundVoronoi(Voronoi):
    """A :class:`Voronoi` segmentation found by :func:`bound_voronoi`, with its certificate.

    Attributes
    ----------
    objective : ndarray, shape (steps,)
        ∫ w ‖x - c(x)‖² dx at each step on the full node set; it never rises.
    iterations : int
        Steps, those on the coarse node set included.
    relative_decrease : float
        The last step's, at which the search stopped.
    """

    objective: np.ndarray
    iterations: int
    relative_decrease: float

    def __init__(self, centers: ArrayLike, objective: np.ndarray, iterations: int):
        super().__init__(centers)
        self.objective, self.iterations = objective, iterations
        self.relative_decrease = float(1 - objective[-1] / objective[-2])


def bound_voronoi(problem: Problem, m: int, *, rng: Seed = None, tol: float = 1e-4,
                  max_iterations: int = 1000) -> BoundVoronoi:
    """The Voronoi segmentation that minimises the bound (28): w-weighted k-means, for d > 1.

    To leading order the sum in (28) is the distortion ∫ w ‖x - c(x)‖² dx of the quantizer whose levels
    c are the regions' centres, with w = p ‖∇β‖². Its minimiser is a Voronoi segmentation with the
    density (53) of regions; it needs no choice of cell shapes, which the density leaves open.

    Centres start as samples from (53) and move by over-relaxed Lloyd steps, each of which lowers the
    distortion on a fixed set of 256 m nodes, at most 2^18, first on an eighth of it. The result is a local
    minimum.

    Parameters
    ----------
    problem : Problem
        With d > 1; :func:`zcmoe.optimal_intervals` is for d = 1.
    m : int
        Number of regions.
    rng : anything that ``numpy.random.default_rng`` takes
        Draws the start.
    tol : float
        The search stops when a step lowers the distortion by less than this share of it.
    max_iterations : int
        Of each of the two node sets.

    Returns
    -------
    BoundVoronoi
        A :class:`Voronoi` with `iterations`, `relative_decrease` and `objective`.

    Raises
    ------
    ValueError
        If d = 1, or w > 0 at fewer than m nodes: β is constant, or m is too large.
    RuntimeError
        If `max_iterations` do not reach `tol`.

    References
    ----------
    Dar, arXiv 2510.03151, (28) and Theorem C.2; the segmentation is ours. Centroidal Voronoi tessellations:
    Du, Faber and Gunzburger, SIAM Review 41 (1999) 637-676.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Independent, Problem
    >>> square = Independent(stats.uniform(), stats.uniform())
    >>> problem = Problem(lambda x: x[:, 0]**2 + 2 * x[:, 1], square, stats.uniform(-0.5, 1), dimension=2)
    >>> segmentation = bound_voronoi(problem, 16, rng=0)
    >>> segmentation, segmentation.relative_decrease <= 1e-4
    (BoundVoronoi(16 regions in dimension 2), True)
    """
    m, d = _check.count(m, "m"), problem.dimension
    tol, max_iterations = _check.real(tol, "tol", 0, 1), _check.count(max_iterations, "max_iterations", 2)
    if d == 1:
        raise ValueError("problem must have dimension > 1 (optimal_intervals is for 1), got 1")
    nodes = sobol_rule(d)[0][:_NODES_PER_REGION * m]
    weight = problem.weight(nodes)
    start = weight ** (d / (d + 2))
    if np.count_nonzero(start) < m:
        raise ValueError(f"m must be at most the number of nodes with p ‖∇β‖² > 0, {np.count_nonzero(start)}, got {m}")
    centers = nodes[np.random.default_rng(rng).choice(len(nodes), m, replace=False, p=start / start.sum())]
    iterations = 0
    for part in (slice(len(nodes) // 8), slice(None)):
        centers, objective = descend(nodes[part], weight[part], centers, tol, max_iterations)
        iterations += len(objective)
    return BoundVoronoi(centers, objective, iterations)
