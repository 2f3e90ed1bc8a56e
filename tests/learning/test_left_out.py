"""Leaving out one example at a time, and regions without any, against a plain loop."""

import numpy as np
import pytest
from pytest import approx

from zcmoe.learning.left_out import filled, leave_one_out


def regions(dimension, seed=0):
    """Masses 0, 1, 2, …, two answers, squares, and places: those on a line in order."""
    rng = np.random.default_rng(seed)
    place = rng.random((60, dimension))
    place = np.sort(place, axis=0) if dimension == 1 else place
    return rng.integers(0, 4, 60).astype(float), rng.standard_normal((60, 2)), rng.random(60), place


@pytest.mark.parametrize("dimension", [1, 2])
def test_the_nearest_other_region_answers_for_a_lone_example(dimension):
    mass, mean, square, place = regions(dimension)
    total = 0.0
    for i in np.flatnonzero(mass):
        if mass[i] > 1:
            total += square[i] * (mass[i] / (mass[i] - 1)) ** 2
            continue
        others = np.setdiff1d(np.flatnonzero(mass), [i])
        nearest = others[np.argmin(np.linalg.norm(place[others] - place[i], axis=1))]
        total += square[i] + np.sum((mean[i] - mean[nearest]) ** 2)
    assert leave_one_out(mass, mean, square, place) == approx(total / mass.sum())


def test_of_two_as_near_the_left_one_answers():
    """By hand, on steps of a third that rounding makes unequal: 5 by 3, 3 by 5, and 7, which is nearest to 5."""
    place = (np.arange(3)[:, None] + 1e6) / 3
    mean = np.array([[3.0], [5], [7]])
    assert leave_one_out(np.ones(3), mean, np.zeros(3), place) == approx((4 + 4 + 4) / 3)
    mean = np.array([[3.0], [5], [9]])
    assert leave_one_out(np.ones(3), mean, np.zeros(3), place) == approx((4 + 4 + 16) / 3)
    assert leave_one_out(np.ones(2), mean[:2], np.zeros(2), place[:2]) == approx(4)
    for mass in ([0, 1.0], [0, 1.5], [0.7, 0.7]):  # less than one example stays
        assert np.isnan(leave_one_out(np.array(mass), mean[:2], np.zeros(2), place[:2]))


@pytest.mark.parametrize("dimension", [1, 2])
def test_regions_without_examples_are_answered_from_beside(dimension):
    mass, mean, _, place = regions(dimension)
    held, before = mass > 0, mean.copy()
    found = filled(mean, mass, place)
    if dimension == 1:
        wanted = np.stack([np.interp(place[:, 0], place[held, 0], column[held]) for column in mean.T], axis=1)
    else:
        apart = np.linalg.norm(place[:, None] - place[held], axis=2)
        wanted = mean[held][apart.argmin(axis=1)]
    assert found == approx(wanted) and np.array_equal(mean, before)
    for same in (np.zeros(60), np.ones(60)):
        assert np.array_equal(filled(mean, same, place), mean)
