"""Examples with their mass, and folds of it."""

import numpy as np
import pytest
from pytest import approx

from zcmoe.learning.examples import distinct_examples, folds


def test_equal_examples_become_one():
    """By hand: 0 and -0 are equal, mass 0 counts for nothing, and y is about its mean, in units of 6."""
    x = np.array([[0.5, 1], [-0.0, 2], [0.0, 2], [0.5, 1], [0.5, 1]])
    examples = distinct_examples(x, np.array([3.0, 1, 1, 9, 7]), np.array([1.0, 2, 3, 0, 2]))
    assert examples.x.tolist() == [[0, 2], [0.5, 1], [0.5, 1]] and examples.mass.tolist() == [5, 1, 2]
    assert examples.scale == 6 and examples.y[:, 0] == approx((np.array([1, 3, 7]) - 22 / 8) / 6)


@pytest.mark.parametrize("unit", [2.0**-100, 2.0**100])
def test_the_unit_of_y_is_the_scale(unit):
    x, y = np.random.default_rng(0).random((2, 20))
    one, other = (distinct_examples(x[:, None], factor * y, None) for factor in (1, unit))
    assert np.array_equal(one.y, other.y) and other.scale == unit * one.scale


@pytest.mark.parametrize("n, k", [(2, 2), (7, 7), (59, 20), (60, 10), (299, 10), (300, 5), (1000, 4), (10_000, 1)])
def test_folds_share_the_mass_in_whole_units(n, k):
    """Each example is in as many folds as it counts; of many examples one fold of three judges."""
    held = folds(np.ones(n), np.random.default_rng(0))
    assert held.shape == (k, n) and set(np.unique(held)) == {0, 1}
    assert np.ptp(held.sum(axis=1)) <= 1 and held.sum() == approx(n / 3 if k == 1 else n, abs=1)
    mass = np.random.default_rng(1).integers(0, 9, n).astype(float)
    held = folds(mass, np.random.default_rng(0))
    assert np.all(held == np.floor(held)) and np.all(np.abs(held - mass / max(len(held), 3 if k == 1 else 1)) < 1)
    assert k == 1 or np.array_equal(held.sum(axis=0), mass)
    assert not len(folds(np.ones(1), np.random.default_rng(0)))  # neither part of it may be empty
