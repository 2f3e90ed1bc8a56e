"""Voronoi regions: each point goes to the nearest centre."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._polytope import SQUARE, cut, plane_cells
from zcmoe._rules import plane_rule
from zcmoe.segmentation.base import EstimatedCubature, Segmentation

_CLOSE = 1e-7  # distances of points that are nearer to each other may round to the same
_FAR = 1e8  # in widths of the domain: beyond it the coordinates of x are lost in the squares


class Voronoi(Segmentation):
    """Nearest-centre segmentation of [0, 1]^d, for d > 1.

    Parameters
    ----------
    centers : array_like, shape (m, d)
        Distinct points, inside [0, 1]^d or not; region i is where centre i is the nearest.
    domain : (float, float)
        The range of every coordinate of x; ``(-inf, inf)`` for inputs anywhere, such as a :class:`zcmoe.Sample`
        on a manifold.

    Raises
    ------
    ValueError
        If the centres are not finite, coincide, or have d = 1.

    Notes
    -----
    A point as near to several centres goes to one of them, always the same.
    For d = 2 `cubature` cuts the regions into quadrilaterals, and those in halves where β or p asks for it. Beyond, it
    counts in each region the nodes of a fixed rule, 16 scrambles of 2^14 Sobol points, and at least 30 a region;
    :func:`zcmoe.standard_error` says how far to trust that.

    References
    ----------
    Dar, arXiv 2510.03151, Section 5 and Appendix B.

    Examples
    --------
    >>> Voronoi([[0.2, 0.5], [0.8, 0.5]]).route([[0.4, 0.9], [0.6, 0.1]]).tolist()
    [0, 1]
    """

    centers: np.ndarray

    def __init__(self, centers: ArrayLike, *, domain: tuple[float, float] = (0, 1)):
        from scipy.spatial import cKDTree
        dimension = np.shape(centers)[-1] if np.ndim(centers) == 2 else 0
        if dimension < 2 or not len(centers):
            raise ValueError(f"centers must have shape (m, d) with m >= 1 and d > 1, got {np.shape(centers)}")
        self.centers = _check.points(centers, dimension, "centers").copy()
        self.centers.setflags(write=False)
        self.n_regions, self.dimension = self.centers.shape
        self.domain = domain_of(domain)
        self._tree = cKDTree(self.centers)
        far = _FAR * (self.domain[1] - self.domain[0]) if np.isfinite(self.domain).all() else 1e150
        _check.refuse(self.centers, np.abs(self.centers) > far, "centre", f"have coordinates of at most {far:g}")
        distinct = len(np.unique(self.centers, axis=0))
        if distinct < self.n_regions:
            raise ValueError(f"centers must be distinct, got {self.n_regions} of which {distinct} differ")

    def _route(self, x):
        region = self._tree.query(x)[1]
        return self._by_bisectors(x, region) if self._close else region

    @cached_property
    def _close(self):
        """Whether some centres are so near to each other that distances to them round to the same."""
        if self.n_regions == 1:
            return False
        return self._tree.query(self.centers, 2)[0][:, 1].min() < _CLOSE * max(np.abs(self.centers).max(), 1)

    def _by_bisectors(self, x, region):
        """Of centres that are all but equally near, the one on whose side of the bisectors x lies."""
        distance, near = self._tree.query(x, min(8, self.n_regions))
        rows = np.flatnonzero(distance[:, 1] - distance[:, 0] < 2 * _CLOSE * (1 + distance[:, 0]))
        for candidate in near[rows].T:
            mine, other = self.centers[region[rows]], self.centers[candidate]
            # ‖x - other‖² - ‖x - mine‖², of which no digits are lost
            nearer = np.einsum("ij,ij->i", mine - other, (x[rows] - mine) + (x[rows] - other)) < 0
            region[rows] = np.where(nearer, candidate, region[rows])
        return region

    def _cubature(self, problem, measure):
        if self.dimension > 2 or self.domain != (0, 1):
            return super()._cubature(problem, measure)
        return EstimatedCubature.of(*plane_rule(problem, self._cells, self.n_regions, measure))

    @cached_property
    def _cells(self):
        cells = plane_cells(self.centers)
        if cells is None:
            polygons = [self._cut_out(i) for i in range(self.n_regions)]
            cells = [(np.array([i]), polygon[None], np.array([len(polygon)])) for i, polygon in enumerate(polygons)]
        return cells

    @cached_property
    def _place(self):
        """Where each region's polygon is among the cells."""
        place = np.empty((self.n_regions, 2), int)
        for part, (index, _, _) in enumerate(self._cells):
            place[index] = np.column_stack([np.full(index.size, part), np.arange(index.size)])
        return place

    def _key(self):
        return Voronoi, self.centers, self.domain

    def polygon(self, i: int) -> np.ndarray:
        """Corners of region i in order, shape (k, 2), for d = 2: what the square has of it."""
        if self.dimension != 2:
            raise ValueError(f"polygon needs dimension 2, this segmentation has {self.dimension}")
        part, row = self._place[i]
        _, polygons, count = self._cells[part]
        return polygons[row, :count[row]]

    def _cut_out(self, i):
        """The square, cut by bisectors until no farther centre can reach the rest."""
        polygon, center, seen = SQUARE, self.centers[i], 1
        while seen < self.n_regions and len(polygon):
            upto = min(4 * seen + 16, self.n_regions)
            distances, near = self._tree.query(center, range(seen + 1, upto + 1))
            for distance, other in zip(distances, self.centers[near], strict=True):
                if not len(polygon) or distance / 2 > np.linalg.norm(polygon - center, axis=1).max():
                    return polygon
                polygon = cut(polygon, other - center, (other - center) @ (other + center) / 2)
            seen = upto
        return polygon


def domain_of(domain: tuple[float, float]) -> tuple[float, float]:
    """A domain, checked: (low, high) with low < high, either of them infinite or not."""
    try:
        low, high = map(float, domain)
    except (TypeError, ValueError):
        low = high = np.nan
    if not low < high:
        raise ValueError(f"domain must be (low, high) with low < high, got {domain!r}")
    return low, high
