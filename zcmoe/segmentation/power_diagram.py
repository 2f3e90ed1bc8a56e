"""Power diagrams: what a linear gate cuts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe.segmentation.base import Segmentation
from zcmoe.segmentation.voronoi import domain_of


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
        If the centres or weights are not finite or not equally many.

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
        for array in (self.centers, self.weights):
            array.setflags(write=False)
        # One coordinate more makes the power a squared distance, but for a constant.
        lift = np.sqrt(self.weights.max() - self.weights)
        self._tree = cKDTree(np.column_stack([self.centers, lift]))

    def _route(self, x):
        return self._tree.query(np.column_stack([x, np.zeros(len(x))]))[1]
