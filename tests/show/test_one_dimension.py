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


def test_error_curves():
    m = np.array([5, 20, 40])
    fig, alt = one_dimension.error_curves(m, 1 / 12 + 1 / m**2, 1 / 12 + 1.1 / m**2, 1 / 12 + 1 / m**2, 1 / 12)
    assert fig.axes[1].lines[0].get_ydata() == approx(1 / m**2)
