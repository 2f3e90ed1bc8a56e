"""The figures of the chapter show the numbers that the core computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx
from scipy import stats

import zcmoe
from settings import COS6, piecewise
from zcmoe import Intervals
from zcmoe.show import one_dimension


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("problem", [COS6, piecewise()])
def test_panels_a_to_d(problem):
    fig, alt = one_dimension.ingredients(problem)
    curves = [ax.lines[0].get_ydata() for ax in fig.axes]
    x = fig.axes[0].lines[0].get_xdata()
    assert curves[2] == approx(curves[1] * problem.gradient(x) ** 2)
    assert curves[3] == approx(zcmoe.optimal_density(problem).pdf(x))


def test_predictor_shows_cuts_and_constants():
    segmentation = Intervals.uniform(4)
    fig, alt = one_dimension.predictor(COS6, segmentation)
    (ax,) = fig.axes
    assert ax.patches[0].get_data().values == approx(zcmoe.best_experts(COS6, segmentation).constants)
    assert ax.lines[-1].get_xdata() == approx(segmentation.edges)


@pytest.mark.parametrize("pieces", [1, 2, 4])
def test_a_line_in_pieces(pieces):
    """Against integrals of the line's squared misses: each of k pieces has 1/k³ of the error of one."""
    fig, alt = one_dimension.line_in_pieces(pieces)
    top, bottom = fig.axes
    edges = np.linspace(0, 1, pieces + 1)
    misses = [np.polyval([1 / 3, -c, c**2, 0], b) - np.polyval([1 / 3, -c, c**2, 0], a)
              for a, b, c in zip(edges, edges[1:], top.patches[0].get_data().values, strict=False)]
    assert [bar.get_height() for bar in bottom.patches] == approx(12 * np.array(misses))
    assert fig.get_suptitle().startswith(f"{12 * sum(misses):.4f}") and top.get_ylim() == (0, 1) == bottom.get_ylim()


def test_offsets_stand_beside_the_rule():
    fig, alt = one_dimension.offsets([4, 8, 64], np.array([3.0, 3.2, 3.5]), 3.7)
    rule, measured = fig.axes[0].lines
    assert list(measured.get_ydata()) == [3.0, 3.2, 3.5] and set(rule.get_ydata()) == {3.7}
    assert "+3.50" in fig.get_suptitle() and "+3.700" in alt


def test_error_curves():
    m = np.array([5, 20, 40])
    fig, alt = one_dimension.error_curves(m, 1 / 12 + 1 / m**2, 1 / 12 + 1.1 / m**2, 1 / 12 + 1 / m**2, 1 / 12)
    assert fig.axes[1].lines[0].get_ydata() == approx(1 / m**2)


def test_the_compressor_turns_equal_steps_into_cuts():
    """G = x² for λ = 2x: the cuts are square roots."""
    fig, alt = one_dimension.compander(stats.beta(2, 1), 4)
    cuts, curve = fig.axes[0].lines
    assert cuts.get_xdata() == approx([0.5, 0.5**0.5, 0.75**0.5])
    assert curve.get_ydata() == approx(curve.get_xdata() ** 2)
    across, down = fig.axes[0].collections
    meet = [np.array([end for _, end in lines.get_segments()]) for lines in (across, down)]
    assert meet[0] == approx(meet[1])
    assert fig.get_suptitle().startswith("0.134") and "0.500" in alt
