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


def test_tightness_shows_the_first_rows_in_units_of_round_cells():
    """Round cells 2, exact 3, bound 10: at 1.5 and 5, a factor 3.33 apart."""
    levels = {"squares": [2, 3, 10], "slabs": [1, 1, 1]}
    for shown, factors in ((1, ["× 3.33"]), (2, ["× 3.33", "× 1.00"])):
        fig, alt = multidimensional.tightness(levels, shown)
        (ax,) = fig.axes
        assert [text for text in texts(ax) if text.startswith("×")] == factors
        assert [line.get_xdata()[0] for line in ax.lines[:2]] == approx([1.5, 5])
        assert [label.get_text() for label in ax.get_yticklabels()] == ["squares", "slabs"]
        assert "squares: exact 1.50, bound 5.00" in alt and ("slabs" in alt) == (shown == 2)


def test_routers_draw_every_cell_and_the_three_values():
    problem = linear(uniform(2), 1, 4)
    voronoi = Voronoi([[0.2, 0.5], [0.7, 0.5]])
    hexagons = LatticeCells(LATTICES["A2"], 0.4)
    fig, alt = multidimensional.routers(zcmoe.optimal_density(problem), voronoi, hexagons, 2.0, 2.5, 3.0)
    left, right, meter = fig.axes
    assert [len(ax.collections[0].get_paths()) for ax in (left, right)] == [2, hexagons.n_regions]
    first, second = left.collections[0].get_segments()
    assert [first[:, 0].max(), second[:, 0].min()] == approx([0.45, 0.45])
    assert np.all(first[0] == first[-1])
    assert [line.get_xdata()[0] for line in meter.lines] == [2.5, 3.0, 2.0]
    assert "k-means 2.5, hexagons 3, half of (54) 2." in alt


def test_rates_are_the_last_slopes():
    m = np.array([10, 100, 1000])
    fig, alt = multidimensional.rates({1: (m, 7.0 / m**2), 2: (m, 7.0 / m)}, {1: 5.0, 2: 6.0})
    (ax,) = fig.axes
    assert texts(ax) == ["d = 1", "−2.00", "d = 2", "−1.00"]
    assert "−2.00 for d = 1, −1.00 for d = 2; least excess 7e-06 for d = 1, 0.007 for d = 2" in alt
    for points, line, d, coefficient in zip(ax.lines[::2], ax.lines[1::2], (1, 2), (5, 6), strict=False):
        assert points.get_ydata() == approx(7 / m ** (2 / d))
        assert line.get_ydata() == approx(coefficient / line.get_xdata() ** (2 / d))
