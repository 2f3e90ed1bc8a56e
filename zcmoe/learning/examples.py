"""Examples as learning sees them: distinct ones with their mass, and folds of that mass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Examples(NamedTuple):
    """Distinct examples in order: x (n, d), mass (n,), and y (n, k) about its mean and in units of `scale`."""

    x: np.ndarray
    y: np.ndarray
    mass: np.ndarray
    scale: float


def distinct_examples(x: np.ndarray, y: np.ndarray, mass: np.ndarray | None) -> Examples:
    """Equal examples become one, whose mass is the sum of theirs; those of mass 0 are left out.

    What is chosen from these depends neither on the order of the examples nor on whether one of them is there
    twice or has the weight 2.

    Parameters
    ----------
    x : ndarray, shape (n, d)
    y : ndarray, shape (n,) or (n, k)
    mass : ndarray, shape (n,), optional
        Once each when None.
    """
    y = y.reshape(len(y), -1)
    mass = np.ones(len(y)) if mass is None else mass
    x, y, mass = (array[mass > 0] for array in (x + 0.0, y + 0.0, mass))  # -0.0 is 0.0
    order = np.lexsort([*y.T[::-1], *x.T[::-1]])
    x, y, mass = x[order], y[order], mass[order]
    new = np.r_[True, np.any(x[1:] != x[:-1], axis=1) | np.any(y[1:] != y[:-1], axis=1)]
    x, y, mass = x[new], y[new], np.add.reduceat(mass, np.flatnonzero(new))
    y = y - y[0]
    largest = np.abs(y).max() or 1.0
    y = y / largest
    y = y - np.average(y, axis=0, weights=mass)
    return Examples(x, y, mass, float(largest))


def folds(mass: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What each fold holds out of the mass of each example: (folds, n); their sum is the mass.

    Each fold has about the same share of every example, in whole units: an example of mass 1 is in one fold, one of
    mass 2 in two, as if it were there twice. Of few examples each is a fold.
    """
    total = mass.sum()
    k = next((k for most, k in ((60, 20), (300, 10), (1000, 5), (10_000, 4)) if total < most), 3)
    k = max(2, min(k, int(total)))
    first = rng.permutation(len(mass)) % k
    whole = np.floor(mass / k)
    rest = mass - k * whole
    held = np.empty((k, len(mass)))
    for fold in range(k):
        held[fold] = whole + np.clip(rest - (fold - first) % k, 0, 1)
    held = held if total < 10_000 else held[:1]  # of many, a third judges
    return held[held.any(axis=1) & (held < mass).any(axis=1)]
