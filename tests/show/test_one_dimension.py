"""The figures of the chapter show the numbers that the core computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

import zcmoe
from settings import COS6, piecewise
from zcmoe import Intervals
from zcmoe.show import one_dimension


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_bars_are_the_errors_of_the_regions():
    segmentation = Intervals([0, 0.1, 0.4, 1])
    fig, alt = one_dimension.equal_error(COS6, segmentation)
    bars = fig.axes[1].patches
    moments = zcmoe.region_moments(COS6, segmentation)
    assert [bar.get_height() for bar in bars] == approx(moments.probability * moments.variance)
    assert [bar.get_width() for bar in bars] == approx([0.1, 0.3, 0.6])
    excess = zcmoe.approximation_error(COS6, segmentation) - COS6.noise_variance
    assert f"{excess:.5f}" in alt and f"{excess:.5f}" in fig.axes[0].get_title()


def test_hoelder_marks_the_ratio_of_its_power():
    powers, ratios = np.array([0, 0.25, 0.5]), np.array([2.0, 1.5, 1.7])
    fig, alt = one_dimension.hoelder(COS6, zcmoe.optimal_density(COS6), 0.25, powers, ratios)
    assert fig.axes[1].lines[1].get_ydata() == approx([1.5]) and "1.500" in alt


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


def test_error_curves_and_convergence():
    m = np.array([5, 20, 40])
    fig, alt = one_dimension.error_curves(m, 1 / 12 + 1 / m**2, 1 / 12 + 1.1 / m**2, 1 / 12 + 1 / m**2, 1 / 12)
    assert fig.axes[1].lines[0].get_ydata() == approx(1 / m**2)
    excess = {"exact optimum": 2 / m**2, "compander": 3 / m**2, "equal cuts": 6 / m**2}
    cuts = {"exact optimum": Intervals.uniform(20), "compander": Intervals.uniform(20)}
    fig, alt = one_dimension.convergence(COS6, cuts, m, excess, 2.0)
    assert [line.get_ydata()[0] for line in fig.axes[1].lines[:3]] == approx([1, 1.5, 3])
    assert "At 20 experts" in alt and "compander 1.500" in alt
    assert len(fig.axes[0].patches) == 2
