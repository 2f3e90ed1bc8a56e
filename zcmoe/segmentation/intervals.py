"""Intervals: the segmentation (13) of one dimension."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._laws import density_law
from zcmoe._typing import HasPdf
from zcmoe.segmentation._guide import FINE, Guide, Reader, Router
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
    def from_density(density: HasPdf, m: int) -> Intervals:
        """The segmentation (50) of [0, 1]: a_i = g(i/m), with the expander g = ``density.ppf``.

        The outer cuts are 0 and 1 also where λ does not fill [0, 1]: the outer regions take what it leaves out. A
        region that reaches over a jump of β, or over a gap of the inputs, keeps the variance between its two sides,
        which falls as 1/m and not as 1/m²; :func:`zcmoe.optimal_intervals` puts edges there.

        Parameters
        ----------
        density : SciPy distribution on [0, 1], SegmentDensity, or object with ``pdf``
        m : int

        Raises
        ------
        ValueError
            If λ is no probability density on [0, 1], or gives 1/m of its mass to no more than a float.

        Examples
        --------
        >>> from scipy import stats
        >>> print(Intervals.from_density(stats.uniform(0.2, 0.6), 3).edges.round(6))
        [0.  0.4 0.6 1. ]
        """
        m = _check.count(m, "m")
        inner = density_law(density, 1).ppf(np.arange(1, m) / m)
        edges = np.r_[0.0, inner, 1.0]
        if not np.all(np.diff(edges) > 0):
            i = int(np.argmin(np.diff(edges) > 0))
            raise ValueError(f"density must leave room for {m} regions, got {edges[i]:.17g} for both g({i}/{m}) and "
                             f"g({i + 1}/{m})")
        return Intervals(edges)

    def __repr__(self):
        return f"Intervals({self.n_regions} regions on [{self.edges[0]:g}, {self.edges[-1]:g}])"

    def _route(self, x):
        return np.minimum(np.searchsorted(self.edges, x, side="right") - 1, self.n_regions - 1)

    @cached_property
    def _guide(self):
        """The table of the faster way, made when first needed."""
        return Guide(self.edges)

    @cached_property
    def _fine_guide(self):
        return Guide(self.edges, fine=True)

    def _guide_for(self, x):
        return self._fine_guide if self.n_regions <= FINE // 64 and len(x) >= BLOCK else self._guide

    def _few(self, x):
        """Too few points to pay for a table."""
        return len(x) < max(1024, 2 * self.n_regions)

    def _look_up(self, values, x, out):
        if self._few(x) or values.ndim > 1:
            return super()._look_up(values, x, out)
        read = Reader(self._guide_for(x), values)
        for block in blocks(x):
            if not read(_check.floats(x[block], "x"), out[block]):
                self.route(x)  # refuses, and says where

    def _routed(self, x, dtype=np.intp):
        if self._few(x):
            yield from super()._routed(x)
            return
        dtype = dtype if self.n_regions < np.iinfo(dtype).max else np.intp
        read, room = Router(self._guide_for(x), dtype), np.empty(BLOCK, dtype)
        for block in blocks(x):
            values = _check.floats(x[block], "x")
            regions = room[:values.size]
            if not read(values, regions):
                self.route(x)
            yield block, regions

    def _cubature(self, problem, measure):
        """Gauss–Legendre between the edges and the problem's panels."""
        return Cubature(*problem.rule(self.edges, measure))

    @property
    def _line(self):
        return self.edges

    def _key(self):
        return Intervals, self.edges


def between(problem, cuts):
    """Cuts inside [0, 1] but those so near to an end that no node has room, if nothing lies beyond them."""
    room, below = np.minimum(cuts, 1 - cuts) > 1e-15, problem.inputs.cdf(cuts)
    return cuts[room | (np.minimum(below, 1 - below) > 1e-13)]
