"""Voronoi regions: each point goes to the nearest centre."""

from functools import cached_property

import numpy as np

from zcmoe import _check
from zcmoe._polytope import cut, polygon_rule
from zcmoe.segmentation.base import Cubature, Segmentation


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
    For d = 2 `cubature` cuts the regions into triangles and is as good as that of :class:`Boxes`. Beyond, it
    counts in each region the nodes of a fixed rule, 16 scrambles of 2^14 Sobol points;
    :func:`zcmoe.moments.standard_error` says how far to trust that.

    References
    ----------
    Dar, arXiv 2510.03151, Section 5 and Appendix B.

    Examples
    --------
    >>> Voronoi([[0.2, 0.5], [0.8, 0.5]]).route([[0.4, 0.9], [0.6, 0.1]]).tolist()
    [0, 1]
    """

    def __init__(self, centers, *, domain=(0, 1)):
        from scipy.spatial import cKDTree
        dimension = np.shape(centers)[-1] if np.ndim(centers) == 2 else 0
        if dimension < 2 or not len(centers):
            raise ValueError(f"centers must have shape (m, d) with m >= 1 and d > 1, got {np.shape(centers)}")
        self.centers = _check.points(centers, dimension, "centers").copy()
        self.centers.setflags(write=False)
        self.n_regions, self.dimension = self.centers.shape
        self.domain = domain_of(domain)
        self._tree = cKDTree(self.centers)
        distinct = len(np.unique(self.centers, axis=0))
        if distinct < self.n_regions:
            raise ValueError(f"centers must be distinct, got {self.n_regions} of which {distinct} differ")

    def _route(self, x):
        return self._tree.query(x)[1]

    def _cubature(self, problem, measure):
        if self.dimension > 2 or self.domain != (0, 1):
            return super()._cubature(problem, measure)
        nodes, weights, regions = self._triangles
        if measure == "law":
            weights = weights * problem.inputs.pdf(nodes)
            weights /= weights.sum()
        return Cubature(nodes, weights, regions)

    @cached_property
    def _triangles(self):
        return polygon_rule([self.polygon(i) for i in range(self.n_regions)])

    def _key(self):
        return Voronoi, self.centers, self.domain

    def polygon(self, i):
        """Corners of region i in order, shape (k, 2), for d = 2: the square, cut by bisectors until no farther centre can reach it."""
        polygon = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        center, seen = self.centers[i], 1
        while seen < self.n_regions and len(polygon):
            upto = min(4 * seen + 16, self.n_regions)
            distances, near = self._tree.query(center, range(seen + 1, upto + 1))
            for distance, other in zip(distances, self.centers[near]):
                if not len(polygon) or distance / 2 > np.linalg.norm(polygon - center, axis=1).max():
                    return polygon
                polygon = cut(polygon, other - center, (other - center) @ (other + center) / 2)
            seen = upto
        return polygon


def domain_of(domain):
    """A domain, checked: (low, high) with low < high, either of them infinite or not."""
    try:
        low, high = map(float, domain)
    except (TypeError, ValueError):
        low = high = np.nan
    if not low < high:
        raise ValueError(f"domain must be (low, high) with low < high, got {domain!r}")
    return low, high
