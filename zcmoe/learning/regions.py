"""Regions from data: intervals, boxes that grow, lattices, weighted k-means."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from zcmoe._lloyd import descend
from zcmoe.lattices import LATTICES
from zcmoe.learning.axes import Axes, Compander
from zcmoe.learning.boxes import boxes_from_data
from zcmoe.learning.examples import Examples, folds
from zcmoe.learning.left_out import filled, leave_one_out
from zcmoe.learning.line import KINDS, intervals_from_data
from zcmoe.segmentation import Boxes, Intervals, Voronoi
from zcmoe.segmentation.base import Segmentation

_EXAMPLES_PER_REGION = 256  # that k-means looks at
_KNOTS = 256  # of the compressors of Voronoi and lattice regions
_ONE_FEATURE = {"auto": KINDS, "boxes": ("uniform",), "lattice": ("uniform",), "voronoi": ("density",)}


class Regions(NamedTuple):
    """Regions, the companded axes on which they lie, and the squared error to expect of them, or NaN."""

    segmentation: Segmentation
    axes: Any
    error: float

    def place(self, x: np.ndarray) -> np.ndarray:
        """Rows of X as the segmentation takes them; what lies beyond the examples counts as at their end."""
        if self.axes is None:
            return np.clip(x[:, 0], *self.segmentation.domain)
        return self.axes.place(x)

    def centres(self) -> np.ndarray:
        """Where each region is, (m, D), to say which are near."""
        if isinstance(self.segmentation, Intervals):
            edges = self.segmentation.edges
            return (edges[:-1] / 2 + edges[1:] / 2)[:, None]
        if isinstance(self.segmentation, Boxes):
            sizes = [k for k in self.segmentation.shape if k > 1] or [1]
            return np.stack(np.unravel_index(np.arange(self.segmentation.n_regions), [*sizes, 1]), axis=1)
        return self.segmentation.centers

    def answered(self, values: np.ndarray, mass: np.ndarray) -> np.ndarray:
        """Values (m, k) in which a region without mass has an answer from its neighbours."""
        if not isinstance(self.segmentation, Boxes) or not (mass <= 0).any() or not mass.any():
            return filled(values, mass, self.centres())
        from scipy.ndimage import distance_transform_edt  # of a full grid: much faster than a tree of its boxes
        shape = [k for k in self.segmentation.shape if k > 1]
        near = distance_transform_edt(mass.reshape(shape) <= 0, return_distances=False, return_indices=True)
        return values[np.ravel_multi_index(tuple(near.reshape(len(shape), -1)), shape)]


class Companded:
    """Axes that are companded and not cut."""

    def __init__(self, examples: Examples):
        self.features = [Compander(column, examples.mass, _KNOTS) for column in examples.x.T]

    def place(self, x: np.ndarray) -> np.ndarray:
        """Levels of the rows of X, in [0, 1]^d."""
        return np.stack([feature(column) for feature, column in zip(self.features, x.T, strict=True)], axis=1)


def regions_from_data(examples: Examples, most: int | None, kind: str, rng: np.random.Generator,
                      growth: float = 1.0) -> Regions:
    """Regions of the kind asked for: `most` of them, or the number with the least error on held-out data.

    Parameters
    ----------
    kind : str
        As in :class:`zcmoe.ZeroComputeMoERegressor`.
    rng : Generator
        Draws the folds, and the start of "voronoi".
    growth : float
        How many times as many examples there will be in all.
    """
    d, mass = examples.x.shape[1], examples.mass
    if d == 1:
        if mass.sum() < 2 or len(mass) < 2:
            low, high = examples.x.min(), examples.x.max()
            margin = (low == high) * max(1.0, abs(low)) / 2
            return Regions(Intervals([low - margin, high + margin]), None, np.nan)
        kinds = _ONE_FEATURE.get(kind, (kind,))
        return _scaled(examples, *intervals_from_data(examples, most, kinds, folds(mass, rng), growth), None)
    if kind in ("voronoi", "lattice"):
        axes = Companded(examples)
        return Regions(_by_left_out(examples, axes.place(examples.x), most, kind, rng), axes, np.nan)
    if mass.sum() < 2 or len(mass) < 2:
        return Regions(Boxes((1,) * d), Axes([np.empty(0)] * d), np.nan)
    axes, error = boxes_from_data(examples, most, folds(mass, rng))
    return _scaled(examples, Boxes(axes.shape), error, axes)


def _scaled(examples, segmentation, error, axes):
    return Regions(segmentation, axes, error * examples.scale**2 / examples.y.shape[1])


def _by_left_out(examples, x, most, kind, rng):
    """Lattice or Voronoi regions on [0, 1]^d with the least leave-one-out error."""
    n = len(x)
    if kind == "lattice":
        found = _lattices(x, most or max(1, n // 2))
        found = found if most is None else found[-1:]  # the finest has m regions, or as near below as scales come
    else:
        order = rng.permutation(n)
        level = _segment_density(x[order], examples.y[order], examples.mass[order])
        numbers = 2 ** np.arange(max(1, n.bit_length() - 1)) if most is None else [most]
        found = [_voronoi(x[order], level, examples.mass[order], number, rng) for number in numbers]
    return min(found, key=lambda regions: _left_out(regions, x, examples))


def _left_out(regions, x, examples):
    region, m = regions.route(x), regions.n_regions
    mass = np.bincount(region, examples.mass, m)
    mean = np.stack([np.bincount(region, examples.mass * column, m) for column in examples.y.T], axis=1)
    mean /= np.where(mass > 0, mass, 1)[:, None]
    square = np.bincount(region, examples.mass * np.sum((examples.y - mean[region]) ** 2, axis=1), m)
    error = leave_one_out(mass, mean, square, regions.centers)
    return np.inf if np.isnan(error) else error


def _lattices(x, most):
    """Voronoi regions of the lattice points whose cells hold examples, for finer and finer lattices."""
    d = x.shape[1]
    known = [lattice for lattice in LATTICES.values() if lattice.has_decoder and lattice.dimension == d]
    best = min(known, key=lambda lattice: lattice.normalized_second_moment, default=None)
    nearest, scale = (np.rint, 2.0) if best is None else (best.nearest, 2 * best.volume ** (-1 / d))
    # Another offset in each axis: without them a step of the scale may add hundreds of cells at once when d > 6.
    offset = np.arange(1, d + 1) * 0.618 % 1
    found, most = [Voronoi(np.full((1, d), 0.5))], min(most, len(_distinct(x)))
    while True:
        # Twelve digits name a lattice point, whatever the rounding of its decoder.
        points = np.round(nearest(x / scale + offset), 12)
        points = points[_distinct(points)]
        if found[-1].n_regions < len(points) <= most:
            found.append(Voronoi(scale * (points - offset)))
        if len(points) >= most or scale < 1e-9:
            return found
        scale *= 2 ** (-1 / 8)


def _voronoi(x, level, mass, m, rng):
    """Weighted k-means: m regions on [0, 1]^d with about the density `level` at the examples, in random order."""
    d = x.shape[1]
    x, level, mass = (array[:_EXAMPLES_PER_REGION * m] for array in (x, level, mass))
    distinct = _distinct(x)
    share = level[distinct] * mass[distinct]
    start = x[rng.choice(distinct, min(m, distinct.size), replace=False, p=share / share.sum())]
    centers, _ = descend(x, mass * level ** ((d + 2) / d), start, 1e-2, 1000)
    return Voronoi(centers[_distinct(centers)])


def _distinct(x):
    """Indices of rows of x, one of each value: as np.unique, but much faster than that is for rows."""
    order = np.lexsort(x.T)
    return order[np.r_[True, np.any(x[order[1:]] != x[order[:-1]], axis=1)]]


def _segment_density(x, y, mass):
    """0.9 ‖∇β̂‖^(2d/(d+2)) + 0.1 at each example, the first term scaled to mean 0.9: as in plug_in.

    Slopes are fitted around each of the first 2^11 examples, to the k nearest with the k of least leave-one-out
    error. Squared slopes are averaged over the eight nearest fits; other examples take the nearest value.
    """
    from scipy.spatial import cKDTree
    n, d = x.shape
    if n < 3:
        return np.ones(n)
    tree, some = cKDTree(x), x[:2**11]
    sizes = {min(k, n) for k in (d + 1) * 2 ** np.arange(1, 8) if k <= max(256, 2 * (d + 1))}
    fits = [[slopes(x, column, tree.query(some, k)[1], mass) for column in y.T] for k in sorted(sizes)]
    best = min(fits, key=lambda fit: sum(error for _, error in fit))
    squared = sum(each for each, _ in best)
    fitted = cKDTree(some)
    shape = squared[fitted.query(some, np.arange(1, min(9, 1 + len(some))))[1]].mean(axis=1) ** (d / (d + 2))
    level = 0.9 * shape / shape.mean() + 0.1 if shape.any() else np.ones(len(some))
    return level[fitted.query(x)[1]]


def slopes(x: np.ndarray, y: np.ndarray, near: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, float]:
    """Local-linear fits, fit j to the examples near[j]: ‖∇β̂‖² less what noise adds, and the error without x[j].

    Parameters
    ----------
    x : ndarray, shape (n, d)
    y, mass : ndarray, shape (n,)
    near : ndarray of int, shape (fits, k)
    """
    (n, k), d = near.shape, x.shape[1]
    squared, noise, error = np.empty(n), np.empty(n), 0.0
    for rows in np.array_split(np.arange(n), 1 + n * d * max(k, d) // 2**22):
        weight = mass[near[rows]]
        share = weight / weight.sum(axis=1)[:, None]
        middle = np.einsum("nk,nkd->nd", share, x[near[rows]])
        mean = np.sum(share * y[near[rows]], axis=1)
        dx, dy = x[near[rows]] - middle[:, None], weight * (y[near[rows]] - mean[:, None])
        spread = np.swapaxes(dx * weight[:, :, None], 1, 2) @ dx
        # One example's worth of weight keeps the fit level where examples are too few or in a line.
        total = weight.sum(axis=1)
        spread += (np.trace(spread, axis1=1, axis2=2) / total / d + 1e-300)[:, None, None] * np.eye(d)
        inverse, offset = np.linalg.inv(spread), x[rows] - middle
        slope = np.einsum("nij,nkj,nk->ni", inverse, dx, dy, optimize=True)
        squared[rows], noise[rows] = np.sum(slope**2, axis=1), np.trace(inverse, axis1=1, axis2=2)
        leverage = 1 / total + np.einsum("ni,nij,nj->n", offset, inverse, offset)
        residual = y[rows] - mean - np.sum(offset * slope, axis=1)
        error += mass[rows] @ (residual / np.maximum(1 - leverage, 1e-3)) ** 2
    return np.maximum(squared - error / mass[:n].sum() * noise, 0), float(error)
