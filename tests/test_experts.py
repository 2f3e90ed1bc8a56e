import numpy as np
import pytest
from pytest import approx

import zcmoe
from settings import COS6
from zcmoe import Intervals, ZeroComputeMoE, best_experts, fit_experts


def test_predict_is_the_constant_of_the_region():
    """(2), (13): written as the sum over indicators."""
    edges, constants = np.array([0, 0.2, 0.7, 1]), np.array([1.0, -2.0, 5.0])
    x = np.random.default_rng(0).random(1000)
    indicators = (x[:, None] >= edges[:-1]) & (x[:, None] < edges[1:])
    assert np.array_equal(ZeroComputeMoE(Intervals(edges), constants).predict(x), indicators @ constants)


def test_predict_writes_into_out():
    out = np.empty(3)
    result = ZeroComputeMoE(Intervals.uniform(2), [1, 2]).predict([0, 0.5, 1], out=out)
    assert result is out and out.tolist() == [1, 2, 2]
    for bad in (np.empty(2), np.empty(3, dtype=int), [0, 0, 0]):
        with pytest.raises(ValueError, match="out must be"):
            ZeroComputeMoE(Intervals.uniform(2), [1, 2]).predict([0, 0.5, 1], out=bad)


def test_equation_9_minimises_the_test_error():
    """(8), (58)–(60): no other constants have a smaller test error."""
    best = best_experts(COS6, Intervals.uniform(6))
    error = zcmoe.test_error(COS6, best)
    for i in range(6):
        for step in (-0.01, 0.01):
            moved = best.constants + step * (np.arange(6) == i)
            assert zcmoe.test_error(COS6, ZeroComputeMoE(best.segmentation, moved)) > error


def test_fit_is_the_least_squares_solution():
    """(35), against numpy's least squares on the indicators (33)."""
    x, y = COS6.sample(400, rng=5)
    edges = np.linspace(0, 1, 9)
    indicators = ((x[:, None] >= edges[:-1]) & (x[:, None] < edges[1:])).astype(float)
    solution = np.linalg.lstsq(indicators, y, rcond=None)[0]
    assert fit_experts(Intervals(edges), x, y).constants == approx(solution, rel=1e-10)


def test_empty_regions_answer_the_default():
    x, y = np.array([0.1, 0.9]), np.array([2.0, 4.0])
    assert fit_experts(Intervals.uniform(3), x, y).constants.tolist() == [2, 3, 4]
    assert fit_experts(Intervals.uniform(3), x, y, default=-1).constants.tolist() == [2, -1, 4]


def test_fit_keeps_its_digits_at_a_large_offset():
    x, y = COS6.sample(1000, rng=6)
    plain, offset = (fit_experts(Intervals.uniform(5), x, y + c).constants for c in (0, 2.0**27))
    assert offset - 2.0**27 == approx(plain, abs=1e-7)


@pytest.mark.parametrize("x, y, arguments, word", [
    ([], [], {}, "at least one example"), ([0.1], [1, 2], {}, "y must have shape"), ([0.1], [np.nan], {}, "y must be finite"),
    ([2.0], [1], {}, "x must lie"), ([0.1], [1], {"default": np.inf}, "default must be a finite"),
])
def test_bad_data_is_refused(x, y, arguments, word):
    with pytest.raises(ValueError, match=word):
        fit_experts(Intervals.uniform(2), x, y, **arguments)


def test_constants_must_match_the_regions():
    with pytest.raises(ValueError, match=r"constants must have shape \(2,\)"):
        ZeroComputeMoE(Intervals.uniform(2), [1, 2, 3])
