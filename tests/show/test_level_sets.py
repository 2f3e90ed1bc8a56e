"""The figures of the chapter show the numbers that the core computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx
from scipy import stats

import zcmoe
from settings import COS6
from settings_nd import linear, uniform
from zcmoe import Boxes, LevelSets
from zcmoe.show import level_sets


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_wave_shows_what_is_answered_and_by_whom():
    moe = zcmoe.best_experts(COS6, LevelSets(COS6.beta.function, [-np.inf, 0, np.inf]))
    fig, alt = level_sets.wave(COS6, moe, 0.0947)
    top, strip = fig.axes
    answers = top.lines[1].get_ydata()
    assert set(answers[~np.isnan(answers)]) == set(moe.constants)
    assert np.isnan(answers).sum() == 6  # cos 6πx is 0 six times
    shades = strip.images[0].get_array()
    assert shades.min() == 0 and shades.max() == 1 and shades[0, 0] == 1  # β(0) = 1
    assert "2 experts answer on 7 pieces" in alt and "0.0947" in alt


def test_one_expert_serves_where_beta_is_in_its_band():
    moe = zcmoe.best_experts(COS6, LevelSets(COS6.beta.function, [-np.inf, -0.5, 0.5, np.inf]))
    fig, alt = level_sets.served(COS6, moe, 2)
    (ax,) = fig.axes
    bars = [bar for bar in ax.collections if bar.get_linewidth() == 9]
    ends = [bar.get_segments()[0][:, 0] for bar in bars]
    assert len(bars) == 6 and "6 pieces" in alt and "between -0.50 and 0.50" in alt
    assert ends[0] == approx([1 / 18, 1 / 9], abs=3e-4)  # cos 6πx from ½ to −½
    assert level_sets.served(COS6, moe, 3)[1].endswith("on 4 pieces of the interval.")


def test_the_layers_are_what_the_branches_add_to_the_density_of_the_values():
    even = zcmoe.Problem(COS6.beta.function, stats.uniform(), None)
    fig, alt = level_sets.layers(even, np.arange(7) / 6)
    (ax,) = fig.axes
    assert alt.count("17%") == 6
    for k, part in enumerate(ax.collections):  # the arcsine law has 1/π at 0, of which each of six has a sixth
        edge = part.get_paths()[0].vertices
        assert max(y for x, y in edge if abs(x) < 0.01) == approx((k + 1) / 6 / np.pi, rel=0.01)


def test_the_gain_is_drawn_as_far_as_one_has_gone():
    fig, alt = level_sets.gain([2, 4], [4.7, 8.53])
    assert fig.axes[0].lines[0].get_xydata().tolist() == [[2, 4.7], [4, 8.53]]
    assert fig.get_suptitle().startswith("8.5 times") and "4.7 at 2, 8.5 at 4" in alt


def test_the_plane_shows_the_curve_of_its_kind_beside_that_of_boxes():
    problem, excess = linear(uniform(2), 1, 1), {"boxes": [0.04, 0.01], "level sets": [0.015, 0.001]}
    sizes = {"boxes": [4, 16], "level sets": [4, 16]}
    sets = zcmoe.optimal_level_sets(problem, 4)
    fig, alt = level_sets.plane(problem, sets, "level sets", excess, sizes)
    left, right = fig.axes
    assert [line.get_ydata().tolist() for line in right.lines[:2]] == [[0.04], [0.015]]  # as far as one has gone
    assert right.lines[2].get_data() == (approx([4]), approx([0.015]))
    assert len(np.unique(left.images[0].get_array().round(6))) == 4
    assert "4 regions of the square, level sets" in alt and "0.015" in alt
    fig, _ = level_sets.plane(problem, Boxes((2, 2)), "boxes", excess, sizes)
    assert len(fig.axes[1].lines) == 2
