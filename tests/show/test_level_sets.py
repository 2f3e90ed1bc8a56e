"""The figures of the chapter show the numbers that the core computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

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
