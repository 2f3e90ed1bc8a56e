"""Second moments, measured and from corners."""

import itertools

import numpy as np
import pytest
from pytest import approx

from settings_lattices import DECODED, HEXAGONS, LEECH
from zcmoe.lattices import LATTICES, cell_second_moment, second_moment, sphere_bound


@pytest.mark.parametrize("name", DECODED)
def test_measured_second_moment(name):
    measured = second_moment(LATTICES[name], log2_points=12, rng=2)
    assert abs(measured.estimate - LATTICES[name].normalized_second_moment) < 4 * measured.standard_error < 2e-3


def test_second_moment_of_polytopes():
    for n in (2, 3, 4):
        cube = np.array(list(itertools.product((0, 1), repeat=n)))
        assert cell_second_moment(cube + 100.0) == approx(1 / 12, rel=1e-9)
        simplex = np.eye(n + 1)[:, 1:]  # corner at 0: E||x - c||^2 = n^2 / ((n + 1)^2 (n + 2))
        volume = 1 / np.prod(np.arange(1, n + 1))
        assert cell_second_moment(simplex) == approx(n / ((n + 1) ** 2 * (n + 2)) / volume ** (2 / n))
    around = 2 * np.pi * np.linspace(0, 1, 2000, endpoint=False) ** 1.5  # vertices crowd on one side
    assert cell_second_moment(np.column_stack([np.cos(around), np.sin(around)])) == approx(sphere_bound(2), rel=1e-5)


@pytest.mark.parametrize("call, message", [
    (lambda: second_moment(LEECH), "no decoder"),
    (lambda: second_moment("A2"), "lattice must be one of LATTICES' values, got 'A2'"),
    (lambda: second_moment(HEXAGONS, log2_points=0), "log2_points must be an integer >= 1, got 0"),
    (lambda: second_moment(HEXAGONS, scrambles=1), "scrambles must be an integer >= 2, got 1"),
    (lambda: cell_second_moment([[0, 0], [1, 1], [2, 2]]), "vertices must span a volume"),
    (lambda: cell_second_moment([[1, 2], [3]]), "vertices must be an array of numbers, not ragged"),
    (lambda: cell_second_moment([0.0, 1.0]), r"vertices must have shape \(v, n\)"),
    (lambda: cell_second_moment([[0, 0], [1, 0], [0, np.inf]]), "every vertices must be finite"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
