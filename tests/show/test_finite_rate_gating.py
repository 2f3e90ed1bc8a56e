"""The figures of the chapter show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

from zcmoe.show import finite_rate_gating as figures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_tangent_of_the_channel_has_slope_one_over_s():
    x = np.linspace(0, 1, 5)
    fig, alt = figures.channel(x, x**2, [0.6, 0.1], np.tile([0.75, 0.25], (5, 1)), [0, 1.0], [0.08, 0.02], 20)
    top, middle, bottom = fig.axes
    assert [line.get_ydata()[0] for line in top.lines[1:]] == [0.1, 0.6]  # in the order of the layers
    assert middle.collections[0].get_paths()[0].vertices[:, 1].max() == approx(0.25)
    curve, tangent, here = bottom.lines
    assert curve.get_ydata() == approx([0.08, 0.02]) and here.get_xydata().tolist() == [[1, 0.02]]
    slope = np.diff(tangent.get_ydata()) / np.diff(tangent.get_xdata() * np.log(2))  # a nat buys 1/s
    assert slope == approx(-1 / 20) and np.interp(1, tangent.get_xdata(), tangent.get_ydata()) == approx(0.02)
    assert "on average 0.25, 0.75" in alt and "1.00 bits and error 0.0200" in alt


@pytest.mark.parametrize("examples", [None, ([0.5], [1.2])])
def test_layers_stand_in_the_order_of_the_constants(examples):
    x = np.linspace(0, 1, 5)
    fig, alt = figures.layers(x, x**2, [0.6, 0.1], np.tile([0.75, 0.25], (5, 1)), "0.0200 error", examples)
    top, bottom = fig.axes
    dots = top.lines[:-3]
    assert [line.get_xydata().tolist() for line in dots] == ([] if examples is None else [[[0.5, 1.2]]])
    assert [line.get_ydata()[0] for line in top.lines[-2:]] == [0.1, 0.6]
    assert bottom.collections[0].get_paths()[0].vertices[:, 1].max() == approx(0.25)
    assert fig.get_suptitle() == "0.0200 error" and "on average 0.25, 0.75" in alt


def test_steps_show_weights_factors_and_the_bracket_so_far():
    fig, alt = figures.steps([0, 0.5, 1], [0.2, 0.8, 0.0], [1.1, 0.9, 0.5], [0.3, 0.1])
    top, middle, bottom = fig.axes
    assert [bar.get_height() for bar in top.patches] == [0.2, 0.8, 0]
    assert middle.lines[1].get_ydata().tolist() == [1.1, 0.9, 0.5]
    assert bottom.lines[0].get_xydata().tolist() == [[1, 0.3], [2, 0.1]]
    assert "after 1 steps, 2 of them" in alt and fig.get_suptitle() == "1.0e-01 nats after 1 step"


def test_birth_hides_the_best_until_asked():
    t = np.array([0, 0.5, 1])
    followed = {"constants": [0.3], "weights": [1.0], "pull": [0.9, 1.0, 1.02], "value": 0.5}
    best = {"constants": [0.25, 0.6], "weights": [0.9, 0.1], "pull": [0.8, 1.0, 0.9], "value": 0.4}
    fig, alt = figures.birth(t, followed, None, 5.5)
    assert len(fig.axes[0].collections) == 1 and "best" not in alt and "c at most 1.0200" in alt
    fig, alt = figures.birth(t, followed, best, 5.5)
    black, orange = fig.axes[0].collections
    assert [stem[1, 1] for stem in black.get_segments()] == [0.9, 0.1]
    assert [stem[1, 1] for stem in orange.get_segments()] == [1.0]
    assert "best 0.250–0.600 with F = 0.40000" in alt


@pytest.mark.parametrize("axis, heights", [("bits", (0, 10 * np.log10(2))), ("experts m", (0.5, 1))])
def test_curves_end_where_the_reader_is_and_are_told_in_both_units(axis, heights):
    """One curve on Shannon's bound 4^-R and one twice as high; formula (23) has the constant 2."""
    rates = np.arange(6.0)
    lines = {"one number each": (rates, 2 / 4**rates), "entropy-coded": (rates, 2 / 4**rates),
             "any gate": (rates, 1 / 4**rates)}
    fig, alt = figures.curves(lines, 4, axis, "β", 2.0, 1.0)
    drawn = {line.get_label(): line for line in fig.axes[0].lines}
    assert all(drawn[name].get_xdata().tolist() == [0, 1, 2] for name in lines)
    assert drawn["any gate"].get_ydata() == approx(heights[0]) and drawn["Shannon's bound"].get_ydata()[0] == heights[0]
    assert drawn["one number each"].get_ydata() == approx(heights[1])
    labels = [label.get_text() for label in fig.axes[0].get_xticklabels()]
    assert labels[:3] == (["0", "1", "2"] if axis == "bits" else ["1", "2", "4"])
    assert f"any gate {heights[0]:.2f}" in alt and "up to 2 bits" in alt


def test_branches_show_both_routers_and_the_ratio():
    x = np.arange(4) / 4
    routes = {"intervals": np.array([0, 0, 1, 1]), "level sets": np.array([0, 1, 1, 0])}
    fig, alt = figures.branches(x, x, routes, [2, 4], [3.0, 3.5], 2)
    top, middle, bottom = fig.axes
    assert middle.images[0].get_array().tolist() == [[0, 0, 1, 1], [0, 1, 1, 0]]
    assert bottom.lines[0].get_ydata().tolist() == [3.0, 3.5]
    assert fig.get_suptitle() == "3.50 times the error, 4 experts" and "3.00 at 2, 3.50 at 4" in alt


def test_recommendation_marks_the_least_of_each():
    errors = {"test error": [3, 1, 2], "bound (G.5)": [4, 5, 6], "from single examples": [4, 3, 3.5]}
    fig, alt = figures.recommendation([1, 2, 4], errors, 100)
    marks = [line.get_xydata().tolist() for line in fig.axes[0].lines[1::2]]
    assert marks == [[[2, 1]], [[1, 4]], [[2, 3]]]
    assert "test error 1.000 at 2, bound (G.5) 4.000 at 1" in alt


@pytest.mark.parametrize("n", [0, 640])
def test_the_study_averages_over_training_sets(n):
    runs = np.array([[0.4, 1.0], [0.6, 1.2]]), np.array([[0.20, 0.16], [0.22, 0.14]]), np.full((2, 2), 0.1)
    fig, alt = figures.study(dict.fromkeys((2, 4, 8, 16), runs), 0.3, ([0, 1], [0.2, 0.15]), 0.14, "lines", n)
    top, bottom = fig.axes
    mean = bottom.containers[0].lines[0]
    assert mean.get_xdata() == approx([0.5, 1.1]) and mean.get_ydata() == approx([0.21, 0.15])
    dotted = [line for line in top.lines if line.get_linestyle() == ":" and len(line.get_xdata())]
    assert len(dotted) == (4 if n else 0) and all(line.get_ydata() == approx([0.4, 0.4]) for line in dotted)
    assert "16 experts 0.1500 at 1.10 bits" in alt and ("adds 0.300" in alt) == bool(n)
