"""The figures of the chapter show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from zcmoe.show import learning


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_tradeoff_rings_the_least_of_each_curve():
    m, exact, bound = np.array([5, 20, 80]), np.array([0.3, 0.1, 0.2]), np.array([0.5, 0.6, 0.9])
    fig, alt = learning.tradeoff(m, exact, exact, [0.01] * 3, exact, bound)
    rings = [line.get_xdata()[0] for line in fig.axes[0].lines if line.get_fillstyle() == "none"]
    assert rings == [20, 5]
    assert "about 0.1000, near 20 experts" in alt and "0.5000, near 5 experts" in alt
    fig, alt = learning.tradeoff(m, exact, exact, [0.01] * 3, exact)
    assert [line.get_xdata()[0] for line in fig.axes[0].lines if line.get_fillstyle() == "none"] == [20]
    assert "bound" not in alt


def test_bounds_and_approximation_carry_their_numbers():
    observed, leading = [[1, 2, 3], [0.1, 0.2, 0.3]], [2, 0.2]
    _, alt = learning.bounds([250, 1000], observed, leading, [20, 4.0], 50)
    assert "20 times higher" in alt and "from 50 examples" in alt
    _, alt = learning.bounds([250, 1000], observed, leading)
    assert "bound" not in alt and "to 0.2" in alt
    _, alt = learning.approximation([4, 8], [0.3, 0.2], [0.3, 0.2], [0.31, 0.21], 1 / 12)
    assert "from 0.3100 at m = 4 down to 0.2100" in alt


def test_growth_marks_one_number_of_examples():
    n = np.array([100, 1000, 10_000])
    fig, alt = learning.growth(n, {1: n ** (1 / 3), 2: n**0.5}, 1)
    marks = [line.get_xydata()[0] for line in fig.axes[0].lines if line.get_marker() == "o"]
    np.testing.assert_allclose(marks, [(1000, 10), (1000, 1000**0.5)])
    assert fig.get_suptitle() == "10 to 32  at n = 1 000" and alt.endswith("10 in dimension 1, 32 in dimension 2.")
