"""Level sets: regions by the value of β, of any shape and not connected."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._typing import Function
from zcmoe.problem import Evaluated
from zcmoe.segmentation._branches import Branches
from zcmoe.segmentation.base import Segmentation
from zcmoe.segmentation.intervals import Intervals, between
from zcmoe.segmentation.voronoi import domain_of


class LevelSets(Segmentation):
    """Regions {x : b_(i-1) <= β(x) < b_i}: what a router that knows β can do.

    Like intervals they are half-open, the last one closed where b_m is finite; b_0 and b_m may be infinite.

    Parameters
    ----------
    beta : callable
        From x of shape (n,) for d = 1 and (n, d) otherwise to values of shape (n,).
    edges : array_like, shape (m + 1,)
        b_0 < b_1 < … < b_m.
    dimension : int
        d.
    domain : (float, float)
        The range of every coordinate of x; ``(-inf, inf)`` for inputs anywhere.

    Raises
    ------
    ValueError
        If the edges do not increase or an inner one is infinite; by `route`, if β(x) lies outside them.

    References
    ----------
    Dar, arXiv 2510.03151, (3)–(4), which ask neither smallness nor connectivity of regions.

    Examples
    --------
    >>> halves = LevelSets(lambda x: (x - 0.5) ** 2, [-np.inf, 0.0625, np.inf])
    >>> halves.route([0, 0.3, 0.7, 0.75, 1]).tolist()
    [1, 0, 0, 1, 1]
    """

    beta: Function
    edges: np.ndarray

    def __init__(self, beta: Function, edges: ArrayLike, *, dimension: int = 1, domain: tuple[float, float] = (0, 1)):
        self.dimension = _check.count(dimension, "dimension")
        self.domain = domain_of(domain)
        self.beta = beta
        self._values = Evaluated(beta, "beta", self.dimension, ())
        self.edges = _check.floats(edges, "edges").copy()
        inner = self.edges[1:-1]
        if self.edges.ndim != 1 or self.edges.size < 2 or not (
                np.all(self.edges[1:] > self.edges[:-1]) and np.isfinite(inner).all()):
            raise ValueError("edges must be two values or more, strictly increasing, infinite at most at the ends, "
                             f"got {self.edges}")
        self.edges.setflags(write=False)
        self.n_regions = self.edges.size - 1

    def _route(self, x):
        values = _check.within(self._values(x), *self.edges[[0, -1]], "beta value")
        return np.minimum(np.searchsorted(self.edges, values, side="right") - 1, self.n_regions - 1)

    def _cubature(self, problem, measure):
        """For d = 1 the rule of intervals between crossings of the edges, pieces mapped to regions."""
        if self.dimension > 1:
            return super()._cubature(problem, measure)
        grid = problem.grid
        if measure == "law":  # outside its support β need not be defined
            low, high = problem.inputs.support()
            grid = grid[(grid >= low) & (grid <= high)]
        branches = Branches(self._values, grid, problem.breakpoints)
        cuts = branches.crossings(self.edges[np.isfinite(self.edges)])[0]
        pieces = np.unique(np.r_[0.0, between(problem, cuts), problem.breakpoints, 1.0])
        rule = Intervals(pieces).cubature(problem, measure)
        # A piece is on one side of every level; its middle says where, also where a node rounds to the piece's end.
        found, piece = np.unique(rule.regions, return_inverse=True)
        return rule._replace(regions=self.route((pieces[:-1] + pieces[1:])[found] / 2)[piece])

    def _key(self):
        return LevelSets, self.beta, self.edges, self.dimension, self.domain
