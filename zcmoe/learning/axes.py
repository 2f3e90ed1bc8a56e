"""Companded axes: coordinates in which equal steps are equally worth a cut."""

from __future__ import annotations

import numpy as np

from zcmoe._arrays import cell_of, ratio

_ROUND = 1e-9  # a share of a box that keeps it from the next


def between(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """A number in (left, right] for each pair: their middle, where that is a number of its own."""
    middle = left / 2 + right / 2
    return np.where(middle > left, middle, right)


def mixture(x: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct values, the cuts between them, and the level of each cut, in (0, 1): half rank, half range.

    Half of the compressor is the share of the examples below, half the share of the range: the first leaves
    outliers no power, the second leaves no stretch of the range without cuts.
    """
    value, at = np.unique(x, return_inverse=True)
    middle = between(value[:-1], value[1:])
    below = np.cumsum(np.bincount(at, mass))
    span = value[-1] / 2 - value[0] / 2  # halves: the whole range may overflow
    share = (middle / 2 - value[0] / 2) / span if value.size > 1 else middle
    return value, middle, (below[:-1] / below[-1] + share) / 2


class Compander:
    """One axis: a compressor G, piecewise linear, and the places where it may be cut.

    Parameters
    ----------
    x : ndarray, shape (n,)
    mass : ndarray, shape (n,)
    bins : int
        There are at most bins - 1 places, at equal steps of G between distinct values of x.
    """

    def __init__(self, x: np.ndarray, mass: np.ndarray, bins: int):
        value, middle, level = mixture(x, mass)
        if value.size > bins:
            first = np.searchsorted(level, np.arange(1, bins) / bins)
            kept = np.unique(np.minimum(first, level.size - 1))
            middle, level = middle[kept], level[kept]
        self.places = middle
        self.knots, self.levels = np.r_[value[0], middle, value[-1]], np.r_[0, level, 1]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """G(x), in [0, 1]; x beyond the examples takes the end."""
        return compressed(x, self.knots, self.levels)

    def codes(self, x: np.ndarray) -> np.ndarray:
        """The number of places at or below each x."""
        return np.searchsorted(self.places, x, side="right")


def compressed(x: np.ndarray, knots: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Piecewise-linear interpolation that neither overflows nor leaves an interval by rounding."""
    if len(knots) < 2 or knots[0] == knots[-1]:
        return np.full(len(x), 0.5)
    at = cell_of(knots, x)
    left, right = knots[at], knots[at + 1]
    share = ratio(x / 2 - left / 2, right / 2 - left / 2)
    return levels[at] + (levels[at + 1] - levels[at]) * np.clip(share, 0, 1)


class Axes:
    """How rows of X get to [0, 1]^D: each feature by its own cuts, and perhaps a weighted sum of them as one more.

    Parameters
    ----------
    cuts : list of ndarray
        On each axis, in its units: box i of it is [cut i - 1, cut i).
    features : list of Compander, optional
        With `slopes` (d,) the last axis is Σ slope · G(x_j).
    """

    def __init__(self, cuts: list[np.ndarray], features: list[Compander] | None = None,
                 slopes: np.ndarray | None = None):
        self.cuts, self.features, self.slopes = cuts, features, slopes

    @property
    def shape(self) -> tuple[int, ...]:
        """Boxes on each axis."""
        return tuple(len(cuts) + 1 for cuts in self.cuts)

    def columns(self, x: np.ndarray) -> list[np.ndarray]:
        """The coordinates of the axes, not yet companded."""
        columns = list(x.T)
        if self.slopes is not None and self.features is not None:
            columns.append(index_of(x, self.features, self.slopes))
        return columns

    def place(self, x: np.ndarray) -> np.ndarray:
        """Coordinates in which the boxes are equal, (n, D): equal numbers of boxes before and behind."""
        placed = np.empty((len(x), len(self.cuts)))
        for axis, (column, cuts) in enumerate(zip(self.columns(x), self.cuts, strict=True)):
            box = np.searchsorted(cuts, column, side="right")
            ends = np.r_[cuts[:1], cuts, cuts[-1:]] if len(cuts) else np.zeros(2)
            low, high = ends[box], ends[box + 1]
            share = ratio(column / 2 - low / 2, high / 2 - low / 2, 0.5)
            placed[:, axis] = (box + np.clip(share, 0, 1 - _ROUND)) / (len(cuts) + 1)
        return placed


def index_of(x: np.ndarray, features: list[Compander], slopes: np.ndarray) -> np.ndarray:
    """Σ slope · G(x_j): what a linear gate weighs."""
    return sum(slope * feature(column) for slope, feature, column in zip(slopes, features, x.T, strict=True))
