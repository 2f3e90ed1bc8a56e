"""The figures of the chapter show the numbers that the core computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

import zcmoe
from settings_nd import linear, uniform
from zcmoe import LatticeCells, Voronoi
from zcmoe.lattices import LATTICES
from zcmoe.show import multidimensional


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_tightness_splits_the_bound_into_factors():
    """Round cells 2, exact 3, high rate 4, bound 10: shape 2, Cauchy–Schwarz 2.5, size 0.75."""
    fig, alt = multidimensional.tightness({"squares": [2, 3, 4, 10], "slabs": [1, 1, 1, 1]}, "d = 2")
    (ax,) = fig.axes
    assert texts(ax) == ["shape", "×2.00", "×1.00", "C–S", "×2.50", "×1.00", "size", "×0.75", "×1.00"]
    assert [line.get_xdata().tolist() for line in ax.lines[:3]] == [[1.5, 1], [2, 1], [5, 1]]
    assert "squares: exact 1.50, high rate 2.00, bound 5.00" in alt


def test_boxes_draws_the_grid_and_marks_its_errors():
    shapes, exact, bound = [(1, 4), (2, 2), (4, 1)], [3.0, 2.0, 1.0], [6.0, 4.0, 5.0]
    fig, alt = multidimensional.boxes(linear(uniform(2), 1, 4), (4, 1), shapes, exact, bound)
    left, right = fig.axes
    verticals, horizontals = left.collections[-2:]
    assert [path[0, 0] for path in verticals.get_segments()] == approx([0, 0.25, 0.5, 0.75, 1])
    assert [path[0, 1] for path in horizontals.get_segments()] == approx([0, 1])
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in right.lines[1::2]] == [(4, 1), (4, 5)]
    assert "1 and 5 here. The exact excess is least at 4 columns, the bound at 2." in alt


def test_routers_draw_every_cell_and_the_four_values():
    problem = linear(uniform(2), 1, 4)
    voronoi = Voronoi([[0.2, 0.5], [0.7, 0.5]])
    hexagons = LatticeCells(LATTICES["A2"], 0.4)
    fig, alt = multidimensional.routers(zcmoe.optimal_density(problem), voronoi, hexagons, 2.0, 2.5, 3.0, 4.5)
    left, right, meter = fig.axes
    assert [len(ax.collections[0].get_paths()) for ax in (left, right)] == [2, hexagons.n_regions]
    first, second = left.collections[0].get_segments()
    assert [first[:, 0].max(), second[:, 0].min()] == approx([0.45, 0.45])
    assert np.all(first[0] == first[-1])
    assert [line.get_xdata()[0] for line in meter.lines] == [2.5, 3.0, 4.5, 2.0, 4.0]
    assert "Voronoi 2.5, hexagons 3, half of (54) 2; bound (28) of the Voronoi cells 4.5" in alt


def test_rates_are_the_last_slopes():
    m = np.array([10, 100, 1000])
    fig, alt = multidimensional.rates({1: (m, 7.0 / m**2), 2: (m, 7.0 / m)}, {1: 5.0, 2: 6.0}, "cubes")
    (ax,) = fig.axes
    assert texts(ax) == ["−2.00", "−1.00"]
    assert "−2.00 for d = 1, −1.00 for d = 2; least excess 7e-06 for d = 1, 0.007 for d = 2" in alt
    for points, line, d, coefficient in zip(ax.lines[::2], ax.lines[1::2], (1, 2), (5, 6), strict=False):
        assert points.get_ydata() == approx(7 / m ** (2 / d))
        assert line.get_ydata() == approx(coefficient / line.get_xdata() ** (2 / d))
