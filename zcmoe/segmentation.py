"""Segmentations (3): regions A_1, …, A_m of the input space, and the routing to them."""

import numpy as np

from zcmoe import _check
from zcmoe._quadrature import panel_rule


class Intervals:
    """Interval segmentation: regions [a_(i-1), a_i), the last one closed.

    Parameters
    ----------
    edges : array_like, shape (m + 1,)
        a_0 < a_1 < … < a_m. Any finite range serves data; wherever a :class:`~zcmoe.Problem` is
        involved the edges must run from 0 to 1.

    Raises
    ------
    ValueError
        If the edges are not finite and strictly increasing.

    References
    ----------
    Dar, arXiv 2510.03151, Section 4, (13).

    Examples
    --------
    >>> Intervals([0, 0.25, 1]).route([0, 0.2, 0.25, 1]).tolist()
    [0, 0, 1, 1]
    """

    dimension = 1

    def __init__(self, edges):
        self.edges = _check.increasing(edges, "edges").copy()
        self.edges.setflags(write=False)
        self.n_regions = self.edges.size - 1

    @classmethod
    def uniform(cls, m):
        """m regions of equal length on [0, 1]."""
        m = _check.count(m, "m")
        return cls(np.arange(m + 1) / m)

    @classmethod
    def from_density(cls, density, m):
        """The segmentation (50) of [0, 1]: a_i = g(i/m), with the expander g = ``density.ppf``.

        Parameters
        ----------
        density : frozen SciPy distribution on [0, 1] or SegmentDensity
        m : int
        """
        m = _check.count(m, "m")
        _check.frozen(density, "density", ("ppf", "support"))
        if tuple(density.support()) != (0, 1):
            raise ValueError(f"density must have support [0, 1], got {tuple(map(float, density.support()))}")
        return cls(density.ppf(np.arange(m + 1) / m))

    def __repr__(self):
        return f"Intervals({self.n_regions} regions on [{self.edges[0]:g}, {self.edges[-1]:g}])"

    def route(self, x):
        """Index of the region of each x, in 0, …, m - 1; x outside the edges is refused."""
        x = _check.within(_check.points(x, 1), self.edges[0], self.edges[-1], "x")
        return np.minimum(np.searchsorted(self.edges, x, side="right") - 1, self.n_regions - 1)

    def cubature(self, problem):
        """Gauss–Legendre nodes, Lebesgue weights and regions for integrals over each A_i."""
        check_problem(self, problem)
        if self.edges[0] != 0 or self.edges[-1] != 1:
            raise ValueError(f"edges must run from 0 to 1 for a Problem, got {self.edges[0]:g} to {self.edges[-1]:g}")
        panels = np.union1d(self.edges, problem.panels)
        nodes, weights = panel_rule(panels)
        region = np.searchsorted(self.edges, panels[:-1], side="right") - 1
        return nodes.ravel(), weights.ravel(), np.repeat(region, nodes.shape[1])


def check_problem(segmentation, problem):
    """Raise ValueError unless segmentation and problem have the same dimension."""
    if segmentation.dimension != problem.dimension:
        raise ValueError(f"segmentation must have the problem's dimension {problem.dimension}, "
                         f"got {segmentation.dimension}")
