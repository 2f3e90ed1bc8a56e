"""Regions from data: intervals, boxes that grow, lattices, weighted k-means, and the error that chooses among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from zcmoe._lloyd import descend
from zcmoe._typing import Seed
from zcmoe.lattices import LATTICES
from zcmoe.learning.plugin import plug_in
from zcmoe.segmentation import Boxes, Intervals, Voronoi
from zcmoe.segmentation.boxes import row_major

if TYPE_CHECKING:
    from zcmoe.segmentation.base import Segmentation

_EXAMPLES_PER_REGION = 256  # that k-means looks at


def intervals_from_data(x: np.ndarray, y: np.ndarray, m: int | None,
                        segments: Literal["density", "uniform", "quantile"], n: int) -> Intervals:
    """Intervals on the range of x: m of them, or m̂ for n examples when m is None."""
    low, high = x.min(), x.max()
    if low == high:
        margin = max(1.0, abs(low)) / 2
        return Intervals([low - margin, low + margin])
    plug = plug_in(x, y, segments=segments) if x.size > 2 and (m is None or segments == "density") else None
    if m is None:
        distinct = np.unique(x).size
        m = 1 if plug is None else max(1, round(min(plug.number_of_experts * np.cbrt(n / x.size), distinct)))
    share = np.arange(m + 1) / m
    if segments == "quantile":
        edges = np.quantile(x, share)
    elif segments == "density" and plug is not None:
        edges = plug.density.ppf(share)
    else:
        edges = low + (high - low) * share
    edges[[0, -1]] = low, high
    return Intervals(np.unique(edges))


def regions_from_data(x: np.ndarray, y: np.ndarray, m: int | None, kind: str, seed: Seed) -> Segmentation:
    """Regions of [0, 1]^d of the kind asked for: m of them, or the number with the least leave-one-out error."""
    def error(regions):
        return leave_one_out(*_sums(regions.route(x), y - y.mean(), regions.n_regions))

    found = []
    if kind == "lattice":
        scales = _lattices(x, m or max(1, len(y) // 2))
        found += scales if m is None else [scales[-1]]  # the finest has m regions, or as near below as scales come
    if kind not in ("voronoi", "lattice"):
        found.append(_boxes(x, y, m or len(y)))
    if kind in ("voronoi", "density"):
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(y))
        level = _segment_density(x[order], y[order])
        numbers = 2 ** np.arange(max(1, len(y).bit_length() - 1)) if m is None else [m]
        found += [_voronoi(x[order], level, number, rng) for number in numbers]
    return min(found, key=error)


def _boxes(x, y, most):
    """At most `most` equal boxes on [0, 1]^d, grown by the cut that lowers the leave-one-out error most."""
    y = y - y.mean()
    shape = [1] * x.shape[1]
    digits = [np.zeros(len(y), dtype=np.intp) for _ in shape]

    def grow(axis, k):
        new = [*digits[:axis], Intervals.uniform(k).route(x[:, axis]), *digits[axis + 1:]]
        sizes = [*shape[:axis], k, *shape[axis + 1:]]
        region = row_major(new, sizes)
        return leave_one_out(*_sums(region, y, np.prod(sizes))), new, sizes

    error = grow(0, 1)[0]
    while True:
        trials = [grow(axis, new) for axis, k in enumerate(shape)
                  for new in sorted({k + 1, 2 * k, 3 * k}) if new * np.prod(shape) <= most * k]
        best = min(trials, key=lambda trial: trial[0], default=None)
        if best is None or not best[0] < error:
            return Boxes(shape)
        error, digits, shape = best


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


def _voronoi(x, level, m, rng):
    """Weighted k-means: m regions on [0, 1]^d with about the density `level` at the examples, in random order."""
    d = x.shape[1]
    x, level = x[:_EXAMPLES_PER_REGION * m], level[:_EXAMPLES_PER_REGION * m]
    distinct = _distinct(x)
    share = level[distinct] / level[distinct].sum()
    start = x[rng.choice(distinct, min(m, distinct.size), replace=False, p=share)]
    centers, _ = descend(x, level ** ((d + 2) / d), start, 1e-2, 1000)
    return Voronoi(centers[_distinct(centers)])


def _distinct(x):
    """Indices of rows of x, one of each value: as np.unique, but much faster than that is for rows."""
    order = np.lexsort(x.T)
    return order[np.r_[True, np.any(x[order[1:]] != x[order[:-1]], axis=1)]]


def _segment_density(x, y):
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
    squared = min((_slopes(x, y, tree.query(some, k)[1]) for k in sorted(sizes)), key=lambda fit: fit[1])[0]
    fits = cKDTree(some)
    shape = squared[fits.query(some, np.arange(1, min(9, 1 + len(some))))[1]].mean(axis=1) ** (d / (d + 2))
    level = 0.9 * shape / shape.mean() + 0.1 if shape.any() else np.ones(len(some))
    return level[fits.query(x)[1]]


def _slopes(x, y, near):
    """Local-linear fits, fit j to the examples near[j]: ‖∇β̂‖² less what noise adds, and the error without x[j]."""
    (n, k), d = near.shape, x.shape[1]
    squared, noise, error = np.empty(n), np.empty(n), 0.0
    for rows in np.array_split(np.arange(n), 1 + n * d * max(k, d) // 2**22):
        middle, mean = x[near[rows]].mean(axis=1), y[near[rows]].mean(axis=1)
        dx, dy = x[near[rows]] - middle[:, None], y[near[rows]] - mean[:, None]
        spread = np.swapaxes(dx, 1, 2) @ dx
        # One example's worth of weight keeps the fit level where examples are too few or in a line.
        spread += (np.trace(spread, axis1=1, axis2=2) / k / d + 1e-300)[:, None, None] * np.eye(d)
        inverse, offset = np.linalg.inv(spread), x[rows] - middle
        slope = np.einsum("nij,nkj,nk->ni", inverse, dx, dy, optimize=True)
        squared[rows], noise[rows] = np.sum(slope**2, axis=1), np.trace(inverse, axis1=1, axis2=2)
        leverage = 1 / k + np.einsum("ni,nij,nj->n", offset, inverse, offset)
        residual = y[rows] - mean - np.sum(offset * slope, axis=1)
        error += np.sum((residual / np.maximum(1 - leverage, 1e-3)) ** 2)
    return np.maximum(squared - error / n * noise, 0), error


def _sums(region, y, m):
    """Sums of 1, y and y² in each of m regions."""
    return [np.bincount(region, values, m) for values in (np.ones(len(y)), y, y**2)]


def leave_one_out(count: np.ndarray, total: np.ndarray, square: np.ndarray) -> float:
    """Mean squared error of predicting each y by the mean of the others in its region.

    From the sums of 1, y and y² per region. Without its example a mean moves by 1/(c - 1) of the
    residual, so that the residual grows by c/(c - 1). A lone example is predicted by the mean of all others.
    """
    n = count.sum()
    if n < 2:
        return np.nan
    several, alone = count > 1, count == 1
    c = count[several]
    inside = np.maximum(square[several] - total[several] ** 2 / c, 0)
    lone = (total[alone] - total.sum() / n) * n / (n - 1)
    return float((np.sum(inside * (c / (c - 1)) ** 2) + np.sum(lone**2)) / n)
