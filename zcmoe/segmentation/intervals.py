"""Intervals: the segmentation (13) of one dimension."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._typing import HasPpf
from zcmoe.segmentation._guide import Guide
from zcmoe.segmentation.base import BLOCK, Cubature, Segmentation, blocks


class Intervals(Segmentation):
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

    edges: np.ndarray

    dimension = 1

    def __init__(self, edges: ArrayLike):
        self.edges = _check.increasing(edges, "edges").copy()
        self.edges.setflags(write=False)
        self.n_regions = self.edges.size - 1
        self.domain = float(self.edges[0]), float(self.edges[-1])

    @staticmethod
    def uniform(m: int) -> Intervals:
        """m regions of equal length on [0, 1]."""
        m = _check.count(m, "m")
        return Intervals(np.arange(m + 1) / m)

    @staticmethod
    def from_density(density: HasPpf, m: int) -> Intervals:
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
        edges = density.ppf(np.arange(m + 1) / m)
        if edges[0] != 0 or edges[-1] != 1:  # (49) has no unique solution
            raise ValueError(f"density must be positive up to both ends, got g(0) = {edges[0]:g} and g(1) = "
                             f"{edges[-1]:g}; a floor > 0 in optimal_density makes it so")
        return Intervals(edges)

    def __repr__(self):
        return f"Intervals({self.n_regions} regions on [{self.edges[0]:g}, {self.edges[-1]:g}])"

    def _route(self, x):
        return np.minimum(np.searchsorted(self.edges, x, side="right") - 1, self.n_regions - 1)

    @cached_property
    def _guide(self):
        """The table of the faster way, made when first needed."""
        return Guide(self.edges)

    def _few(self, x):
        """Too few points to pay for a table."""
        return len(x) < max(1024, 2 * self.n_regions)

    def _look_up(self, values, x, out):
        if self._few(x) or values.ndim > 1:
            return super()._look_up(values, x, out)
        read = self._guide.reader(values)
        for block in blocks(x):
            if not read(np.asarray(x[block], dtype=float), out[block]):
                self.route(x)  # refuses, and says where

    def _routed(self, x):
        if self._few(x):
            yield from super()._routed(x)
            return
        read, room = self._guide.reader(np.arange(self.n_regions)), np.empty(BLOCK, np.intp)
        for block in blocks(x):
            values = np.asarray(x[block], dtype=float)
            regions = room[:values.size]
            if not read(values, regions):
                self.route(x)
            yield block, regions

    def _cubature(self, problem, measure):
        """Gauss–Legendre between the edges and the problem's panels."""
        return Cubature(*problem.rule(self.edges, measure))

    def _key(self):
        return Intervals, self.edges

