"""Power diagrams: what a linear gate cuts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._polytope import power_cells
from zcmoe._rules import plane_rule
from zcmoe.segmentation.base import EstimatedCubature, Segmentation
from zcmoe.segmentation.intervals import Intervals, between
from zcmoe.segmentation.voronoi import domain_of

_PAIRS = 1000  # regions of which each is compared with every other
_DISPLACED = 1e-9  # how far rounding may move a border
_FAR = 1e150  # beyond it squares overflow


class PowerDiagram(Segmentation):
    """Region i is where ‖x - center_i‖² - weight_i is least.

    A heavier centre has the larger region, and a light one may have none. Equal weights make the regions of
    :class:`Voronoi`. A gate that sends x to the largest of a_i·x + b_i cuts the power diagram with centres
    a_i/2 and weights b_i + ‖a_i‖²/4.

    Parameters
    ----------
    centers : array_like, shape (m, d)
        With d = 1 too.
    weights : array_like, shape (m,)
        In squared units of x; only their differences matter.
    domain : (float, float)
        The range of every coordinate of x.

    Raises
    ------
    ValueError
        If the centres or weights are not finite or not equally many, or their squares overflow.

    Notes
    -----
    A point with equally little power goes to one of its regions, always the same. On the line and in the plane up to a
    thousand regions are integrated over exactly, as intervals and polygons are; others by Sobol's rule.

    References
    ----------
    F. Aurenhammer, Power diagrams, SIAM J. Comput. 16 (1987) 78-96.

    Examples
    --------
    >>> PowerDiagram([[0.2, 0.5], [0.8, 0.5]], [0.0, 0.3]).route([[0.2, 0.5], [0.3, 0.5]]).tolist()
    [0, 1]
    """

    centers: np.ndarray
    weights: np.ndarray

    def __init__(self, centers: ArrayLike, weights: ArrayLike, *, domain: tuple[float, float] = (0, 1)):
        from scipy.spatial import cKDTree
        if np.ndim(centers) != 2 or not np.size(centers):
            raise ValueError(f"centers must have shape (m, d) with m >= 1 and d >= 1, got {np.shape(centers)}")
        self.centers = _check.finite(_check.floats(centers, "centers"), "centers").copy()
        self.n_regions, self.dimension = self.centers.shape
        self.weights = _check.vector(weights, "weights", self.n_regions).copy()
        self.domain = domain_of(domain)
        for array, most, name in (self.centers, _FAR, "centre"), (self.weights, _FAR**2, "weight"):
            _check.refuse(array, np.abs(array) > most, name, f"be at most {most:g} in size")
            array.setflags(write=False)
        # One coordinate more makes the power a squared distance, but for a constant.
        lift = np.sqrt(self.weights.max() - self.weights)
        self._tree = cKDTree(np.column_stack([self.centers, lift]))
        size, gap = np.abs(self._tree.data).max(), np.inf
        if self.n_regions > 1:
            gap = self._tree.query(self._tree.data, 2)[0][:, 1].min()
        self._rounded = 4 * np.finfo(float).eps * max(size, 1) ** 2 > _DISPLACED * gap

    def _route(self, x):
        if self._rounded:
            return self._by_pairs(x.reshape(len(x), -1))
        return self._tree.query(np.column_stack([x, np.zeros(len(x))]))[1]

    def _by_pairs(self, x):
        """The region that no other beats, by differences of two powers, of which no digits are lost."""
        region = np.zeros(len(x), np.intp)
        for other in range(1, self.n_regions):
            mine = self.centers[region]
            step = mine - self.centers[other]
            lead = np.einsum("ij,ij->i", step, (x - mine) + (x - self.centers[other]))
            region[lead < self.weights[other] - self.weights[region]] = other
        return region

    def _cubature(self, problem, measure):
        if self.dimension > 2 or self.n_regions > _PAIRS or self.domain != (0, 1):
            return super()._cubature(problem, measure)
        if self.dimension == 1:
            return self._on_line(problem, measure)
        cells = power_cells(self.centers, self.weights)
        return EstimatedCubature.of(*plane_rule(problem, cells, self.n_regions, measure))

    def _on_line(self, problem, measure):
        """The rule of intervals between the places where two powers are equal."""
        (center,), w = self.centers.T, self.weights
        step, lead = center - center[:, None], w[:, None] - w  # of j over i, of i over j
        with np.errstate(divide="ignore", invalid="ignore"):
            equal = (center + center[:, None] + lead / step) / 2
        low = np.where(step < 0, equal, 0.0).max(axis=1)
        high = np.where(step > 0, equal, 1.0).min(axis=1)
        pieces = np.r_[0.0, between(problem, np.unique(np.r_[low, high][np.tile(low < high, 2)])), 1.0]
        rule = Intervals(pieces).cubature(problem, measure)
        return rule._replace(regions=self.route((pieces[:-1] + pieces[1:]) / 2)[rule.regions])
