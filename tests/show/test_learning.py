"""The figures of the chapter show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from zcmoe.show import learning


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_tradeoff_marks_both_minima():
    m, exact = np.array([5, 20, 80]), np.array([0.3, 0.1, 0.2])
    fig, alt = learning.tradeoff(m, exact, exact, [0.01] * 3, exact, 20, 25.0, 100, "t")
    assert [line.get_xdata()[0] for line in fig.axes[0].lines[-2:]] == [20, 25.0]
    assert "least, about 0.1000, at 20 experts" in alt


def test_bounds_and_approximation_carry_their_numbers():
    _, alt = learning.bounds([10, 100], [[1, 2, 3], [0.1, 0.2, 0.3]], [20, 4.0], [2, 0.2], 50)
    assert "20 times higher" in alt and "from 50 examples" in alt
    _, alt = learning.approximation([4, 8], [0.3, 0.2], [0.3, 0.2], [0.31, 0.21], 1 / 12)
    assert "from 0.3100 at m = 4 down to 0.2100" in alt
