"""The figures of the chapter show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

from settings import COS6
from zcmoe import Intervals, best_experts, fit_experts
from zcmoe.show import learning


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_learned_constants_stand_beside_the_best():
    x, y = COS6.sample(500, rng=1)
    cuts = Intervals.uniform(5)
    moe, best = fit_experts(cuts, x, y), best_experts(COS6, cuts)
    fig, alt = learning.learned(COS6, best, moe, x, y, "title")
    steps = {patch.get_label(): patch.get_data().values for patch in fig.axes[0].patches}
    assert steps["learned"] == approx(moe.constants) and steps["best"] == approx(best.constants)
    assert f"{np.abs(moe.constants - best.constants).max():.3f}" in alt


def test_tradeoff_marks_both_minima():
    m, exact = np.array([5, 20, 80]), np.array([0.3, 0.1, 0.2])
    fig, alt = learning.tradeoff(m, exact, exact, [0.01] * 3, exact, 20, 25.0, 100, "t")
    assert [line.get_xdata()[0] for line in fig.axes[0].lines[-2:]] == [20, 25.0]
    assert "least, about 0.1000, at 20 experts" in alt


def test_parts_are_stacked():
    stack = {"approximation": np.array([3.0, 1.0]), "noise": np.array([1.0, 2.0])}
    fig, alt = learning.parts([5, 10], stack, 10, "t")
    tops = [np.max(layer.get_paths()[0].vertices[:, 1]) for layer in fig.axes[0].collections]
    assert tops == approx([3, 4]) and "approximation 1.0000, noise 2.0000" in alt


def test_bounds_and_approximation_carry_their_numbers():
    _, alt = learning.bounds([10, 100], [[1, 2, 3], [0.1, 0.2, 0.3]], [20, 4.0], [2, 0.2], 50)
    assert "20 times higher" in alt and "from 50 examples" in alt
    _, alt = learning.approximation([4, 8], [0.3, 0.2], [0.3, 0.2], [0.31, 0.21], 1 / 12)
    assert "from 0.3100 at m = 4 down to 0.2100" in alt
