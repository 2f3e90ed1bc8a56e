"""The leave-one-out error of means on regions, and what stands in for a region without examples."""

from __future__ import annotations

import numpy as np


def leave_one_out(mass: np.ndarray, mean: np.ndarray, square: np.ndarray, place: np.ndarray) -> float:
    """Mean squared error of predicting each y by the mean of the others in its region.

    Without its example a mean moves by 1/(c - 1) of the residual, so that the residual grows by c/(c - 1). A region
    with mass below 2 is left without examples, and is answered by the nearest region that has some (on the line, of two
    as near by the left one).

    Parameters
    ----------
    mass : ndarray, shape (m,)
        Repetitions of examples: one is left out at a time.
    mean : ndarray, shape (m, k)
    square : ndarray, shape (m,)
        Squared deviations from the mean, summed.
    place : ndarray, shape (m, D)
        Where regions are, to say which is near.

    Returns
    -------
    float
        NaN where the mass is below 2: there is nothing to learn from without the one left out.
    """
    total = mass.sum()
    if total < 2:
        return np.nan
    several = mass >= 2
    grown = mass[several] / (mass[several] - 1)
    error = square[several] @ grown**2
    alone = np.flatnonzero((mass > 0) & ~several)
    if alone.size:
        error += lone_errors(mass, mean, square, place, alone).sum()
    return float(error / total)


def lone_errors(mass, mean, square, place, alone):
    """Squared error of each region in `alone` when the nearest other region answers for it."""
    held = np.flatnonzero(mass > 0)
    if held.size == 1:
        return np.array([np.nan])
    if place.shape[1] == 1:
        other = _beside(place[:, 0], held, alone)
    else:
        from scipy.spatial import cKDTree
        near = cKDTree(place[held]).query(place[alone], 2)[1]
        other = held[np.where(held[near[:, 0]] == alone, near[:, 1], near[:, 0])]
    return square[alone] + mass[alone] * np.sum((mean[alone] - mean[other]) ** 2, axis=1)


def _beside(place, held, alone):
    """The nearest other region of `held` on the line, where `place` is in order; a tie is not left to rounding."""
    at = np.searchsorted(held, alone)
    left, right = held[np.maximum(at - 1, 0)], held[np.minimum(at + 1, held.size - 1)]
    nearer = place[alone] - place[left] <= place[right] - place[alone] + 1e-9 * np.ptp(place)
    return np.where((at > 0) & ((at == held.size - 1) | nearer), left, right)


def filled(constants: np.ndarray, mass: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Constants (m, k) in which a region without examples has an answer from its neighbours.

    In one dimension (`place` (m, 1) in order) it is interpolated between them; in several the nearest answers.
    """
    empty = mass <= 0
    if not empty.any() or empty.all():
        return constants
    constants = constants.copy()
    if place.shape[1] == 1:
        for column in constants.T:
            column[empty] = np.interp(place[empty, 0], place[~empty, 0], column[~empty])
        return constants
    from scipy.spatial import cKDTree
    constants[empty] = constants[~empty][cKDTree(place[~empty]).query(place[empty])[1]]
    return constants
