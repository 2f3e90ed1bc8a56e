"""Levels and thresholds that satisfy both of Lloyd's conditions, from a start near the optimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from zcmoe._lloyd import newton_step
from zcmoe.moments import RegionMoments
from zcmoe.optimum.partition import heaviest, optimal_partition, prefix_sums, zoomed

_STEPS = 200
_FULL = 4096  # points of a discrete law in the full programme, at most
_CELLS = 128  # cells a level for more of them: at least so many, equally wide, and as many equally probable


class Levels(NamedTuple):
    """Optimal levels of a random variable U, with their evidence; see :func:`settled_levels`."""

    levels: np.ndarray
    thresholds: np.ndarray
    distortion: float
    iterations: int
    residual: float


def settled_levels(moments: Callable[[np.ndarray], RegionMoments | None], density: Callable[[np.ndarray], np.ndarray],
                   thresholds: np.ndarray, tolerance: float = 1e-10) -> Levels:
    """Solve b_i = (c_i + c_(i+1))/2 with c_i = E[U | b_(i-1) <= U < b_i].

    A step is Newton's where that does not raise the distortion, else Lloyd's, which never does.

    Parameters
    ----------
    moments : callable
        From thresholds (m - 1,) to the :class:`~zcmoe.RegionMoments` of U between them, or None where they are out of
        order.
    density : callable
        That of U, at thresholds.
    thresholds : ndarray, shape (m - 1,)
        Where it starts; every cell must have a positive probability.
    tolerance : float
        Of the residual, the largest |b_i - (c_i + c_(i+1))/2| in units of c_(i+1) - c_i.

    Returns
    -------
    Levels

    Raises
    ------
    RuntimeError
        If 200 steps do not reach the tolerance and the rounding of the thresholds.
    """
    here = moments(thresholds)
    for iteration in range(_STEPS):
        middle, gap = (here.mean[:-1] + here.mean[1:]) / 2, np.diff(here.mean)
        miss = thresholds - middle
        residual = float(np.max(np.abs(miss) / gap, initial=0.0))
        rounding = np.max(np.spacing(np.maximum(np.abs(thresholds), np.abs(middle))) / gap, initial=0.0)
        if residual <= tolerance + 8 * rounding:
            return Levels(here.mean, thresholds, _distortion(here), iteration, residual)
        newton = thresholds - newton_step(thresholds, 1.0, density(thresholds), here.probability, here.mean)
        there = moments(newton)
        good = there is not None and np.all(there.probability > 0)
        if good and _distortion(there) <= _distortion(here) * (1 + 1e-13):
            thresholds, here = newton, there
        else:
            thresholds, here = middle, moments(middle)
            if here is None or np.any(here.probability <= 0):
                break
    raise RuntimeError(f"the levels did not settle for m = {thresholds.size + 1}: "
                       f"residual {residual:.2g} after {iteration + 1} steps")


def _distortion(cells):
    return float(cells.probability @ cells.variance)


def discrete_levels(points: np.ndarray, weights: np.ndarray, m: int) -> Levels:
    """The optimal levels of a discrete law: the division of its points by the programme, which is exact.

    More than 4096 points are first joined to cells, equally wide ones and equally probable ones; zooms on the points
    follow, until no places of the thresholds within eight points are better; that may miss a millionth of the
    distortion.

    Parameters
    ----------
    points : ndarray, shape (n,)
        In any order; they may coincide.
    weights : ndarray, shape (n,)
        Probabilities.
    m : int

    Returns
    -------
    Levels
        Fewer than m levels where fewer points have a weight.
    """
    points, at = np.unique(points, return_inverse=True)
    weights = np.bincount(at, weights)
    points, weights = points[weights > 0], weights[weights > 0]
    if points.size <= _FULL:
        start = optimal_partition(points, weights, m)[:-1]
    else:
        start = np.r_[0, _divided(points, weights, m)]
    best = _runs(points, weights, start)
    return Levels(best.mean, (best.mean[:-1] + best.mean[1:]) / 2, _distortion(best), 0, 0.0)


def _divided(points, weights, m):
    """Inner edges by the programme on cells of the points, then by zooms on the points themselves."""
    share = np.cumsum(weights) / weights.sum()
    wide, likely = np.linspace(points[0], points[-1], _CELLS * m), np.arange(1, _CELLS * m) / (_CELLS * m)
    start = np.union1d(np.searchsorted(points, wide), np.searchsorted(share, likely))
    start = np.union1d(0, start[start < points.size])
    cells = _runs(points, weights, start)
    chosen = optimal_partition(cells.mean, cells.probability, m, banded=True)[1:-1]
    size = np.diff(np.r_[start, points.size])
    found = zoomed(prefix_sums(points, weights), start[chosen], size[chosen - 1] + size[chosen])
    return np.unique(found[(found > 0) & (found < points.size)])


def _runs(points, weights, start):
    """Moments of runs of points, each about its heaviest one: no digits are lost."""
    centre, run = heaviest(points, weights, start)
    mass, offset = np.add.reduceat(weights, start), points - centre[run]
    mean = np.add.reduceat(weights * offset, start) / mass
    variance = np.add.reduceat(weights * (offset - mean[run]) ** 2, start) / mass
    return RegionMoments(mass, centre + mean, variance)
