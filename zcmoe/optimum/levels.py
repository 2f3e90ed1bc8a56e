"""Levels and thresholds that satisfy both of Lloyd's conditions, from a start near the optimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zcmoe._lloyd import newton_step

if TYPE_CHECKING:
    from zcmoe.moments import RegionMoments

_STEPS = 200


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
    raise RuntimeError(f"the levels did not settle for m = {here.mean.size}: residual {residual:.2g} after {_STEPS} "
                       f"steps")


def _distortion(cells):
    return float(cells.probability @ cells.variance)
