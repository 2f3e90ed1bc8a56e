"""Equal boxes of the cube."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from zcmoe import _check
from zcmoe._rules import box_rule
from zcmoe.segmentation.base import EstimatedCubature, Segmentation


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
        If `shape` is not two positive integers or more (one axis is ``Intervals.uniform``), or the boxes are more than
        an int64 numbers.

    Notes
    -----
    `cubature` is a product of Gauss's rules on each box, which is halved where β asks for it, and p too unless the
    coordinates are independent: then the rules are those of the marginals themselves, and P_i is the product of
    differences of their cdfs. A jump of β across the axes leaves an error, which
    :func:`zcmoe.standard_error` says. Where four nodes an axis are more than 2^22 in all (many axes or
    boxes), Sobol's rule takes over, as in :class:`Voronoi`.

    References
    ----------
    Dar, arXiv 2510.03151, Section 5; M(A_i) = 1/12 in (24) where the boxes are cubes.

    Examples
    --------
    >>> Boxes((2, 3)).route([[0.4, 0.4], [0.5, 0.0], [1.0, 1.0]]).tolist()
    [1, 3, 5]
    """

    shape: tuple[int, ...]

    def __init__(self, shape: Sequence[int]):
        axes = list(shape) if np.iterable(shape) else [shape]
        if len(axes) < 2:
            raise ValueError(f"shape must have two axes or more (one axis is Intervals.uniform), got {shape!r}")
        self.shape = tuple(_check.count(k, f"shape[{j}]") for j, k in enumerate(axes))
        self.dimension = len(self.shape)
        self.n_regions = math.prod(self.shape)
        if self.n_regions > np.iinfo(np.int64).max:
            raise ValueError(f"shape must be of at most 2^63 - 1 boxes, got {self.n_regions:.3g}")

    def __repr__(self):
        return f"Boxes({self.shape})"

    def _route(self, x):
        index = [np.searchsorted(np.arange(1, k) / k, column, side="right")
                 for k, column in zip(self.shape, x.T, strict=True)]
        return row_major(index, self.shape)

    def _cubature(self, problem, measure):
        rule = box_rule(problem, self.shape, measure)
        return super()._cubature(problem, measure) if rule is None else EstimatedCubature.of(*rule)


def row_major(index: Sequence[np.ndarray], shape: Sequence[int]) -> np.ndarray:
    """One number for an index a coordinate, the last fastest; NumPy's own stops at 64 coordinates."""
    number = np.zeros_like(index[0])
    for part, k in zip(index, shape, strict=True):
        number = number * k + part
    return number
