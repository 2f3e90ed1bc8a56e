"""Equal boxes of the cube."""

import math

import numpy as np

from zcmoe import _check
from zcmoe._quadrature import panel_order, panel_rule, product_rule
from zcmoe.segmentation.base import Cubature, Segmentation


class Boxes(Segmentation):
    """Equal boxes: k_1 × … × k_d of them on [0, 1]^d, for d > 1.

    Boxes are numbered in row-major order, the last coordinate fastest, and are half-open like
    :class:`Intervals`, the last of each axis closed.

    Parameters
    ----------
    shape : sequence of int
        (k_1, …, k_d).

    Raises
    ------
    ValueError
        If `shape` is not two positive integers or more; one axis is ``Intervals.uniform``.

    Notes
    -----
    `cubature` is a Gauss–Legendre product rule, with error about 1e-10 for smooth β and p; a kink inside a
    box costs digits. Where that needs more than 2^22 nodes (many axes), Sobol's rule takes over, as in
    :class:`Voronoi`.

    References
    ----------
    Dar, arXiv 2510.03151, Section 5; M(A_i) = 1/12 in (24) where the boxes are cubes.

    Examples
    --------
    >>> Boxes((2, 3)).route([[0.4, 0.4], [0.5, 0.0], [1.0, 1.0]]).tolist()
    [1, 3, 5]
    """

    def __init__(self, shape):
        axes = list(shape) if np.iterable(shape) else [shape]
        if len(axes) < 2:
            raise ValueError(f"shape must have two axes or more (one axis is Intervals.uniform), got {shape!r}")
        self.shape = tuple(_check.count(k, f"shape[{j}]") for j, k in enumerate(axes))
        self.dimension = len(self.shape)
        self.n_regions = math.prod(self.shape)

    def __repr__(self):
        return f"Boxes({self.shape})"

    def _route(self, x):
        index = [np.searchsorted(np.arange(1, k) / k, column, side="right") for k, column in zip(self.shape, x.T)]
        return row_major(index, self.shape)

    def _cubature(self, problem, measure):
        orders = [panel_order(1 / k) for k in self.shape]
        if self.n_regions * math.prod(orders) > 2**22:
            return super()._cubature(problem, measure)
        nodes, weights = product_rule([panel_rule(np.arange(k + 1) / k, order) for k, order in zip(self.shape, orders)])
        index = np.meshgrid(*[np.repeat(np.arange(k), order) for k, order in zip(self.shape, orders)], indexing="ij")
        if measure == "law":
            weights = weights * problem.inputs.pdf(nodes)
            weights /= weights.sum()
        return Cubature(nodes, weights, row_major(index, self.shape).ravel())


def row_major(index, shape):
    """One number for an index a coordinate, the last fastest; NumPy's own stops at 64 coordinates."""
    number = np.zeros_like(index[0])
    for part, k in zip(index, shape, strict=True):
        number = number * k + part
    return number
