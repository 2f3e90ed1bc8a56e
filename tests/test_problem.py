import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import COS6, NOISE, TN, UNIFORM
from zcmoe import Independent, Intervals, Problem, SegmentDensity, region_moments


def test_noise_of_the_experiments():
    assert COS6.noise_variance == approx(1 / 12) and COS6.noise_bound == 0.5
    assert Problem(np.sin, UNIFORM, stats.norm(0, 2)).noise_bound == np.inf


def test_sample_is_reproducible_and_follows_the_model():
    x, y = COS6.sample(50_000, rng=3)
    again = COS6.sample(50_000, rng=np.random.default_rng(3))
    assert np.array_equal(x, again[0]) and np.array_equal(y, again[1])
    assert stats.kstest(x, TN.cdf).pvalue > 0.01
    noise = y - np.cos(6 * np.pi * x)
    assert stats.kstest(noise, NOISE.cdf).pvalue > 0.01
    assert abs(np.corrcoef(x, noise)[0, 1]) < 0.02


@pytest.mark.parametrize("beta, slope", [
    (lambda x: np.cos(6 * np.pi * x), lambda x: -6 * np.pi * np.sin(6 * np.pi * x)),
    (np.exp, np.exp),
    (stats.norm.ppf, lambda x: 1 / stats.norm.pdf(stats.norm.ppf(x))),
    (lambda x: np.abs(x - 0.5), lambda x: np.where(x < 0.5, -1.0, 1.0)),
])
def test_numerical_gradient(beta, slope):
    problem = Problem(beta, UNIFORM, NOISE, breakpoints=[0.5])
    x = np.r_[np.linspace(0.001, 0.999, 500), 0.5, 1e-6]
    assert problem.gradient(x) == approx(slope(x), rel=1e-6, abs=1e-7)
    beside = np.array([0.5 - 1e-9, 0.5 + 1e-9])  # where floats leave little room for a step
    assert problem.gradient(beside) == approx(slope(beside), rel=1e-5, abs=1e-5)


def test_gradient_at_the_ends_looks_inside():
    assert Problem(np.exp, UNIFORM, NOISE).gradient([0.0, 1.0]) == approx([1, np.e], rel=1e-8)


def test_gradient_in_two_dimensions():
    square = Independent(UNIFORM, stats.beta(2, 1))
    problem = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + x[:, 1] ** 2, square, NOISE, dimension=2)
    x = np.random.default_rng(0).random((50, 2))
    exact = np.stack([-2 * np.pi * np.sin(2 * np.pi * x[:, 0]), 2 * x[:, 1]], axis=1)
    assert problem.gradient(x) == approx(exact, rel=1e-8, abs=1e-8)
    assert problem.weight(x) == approx(2 * x[:, 1] * (exact**2).sum(1), rel=1e-7)
    assert np.array_equal(problem.sample(5, rng=1)[0], square.rvs(5, 1))


def test_gradient_in_two_dimensions_beside_a_face_where_beta_is_infinite():
    square = Independent(UNIFORM, UNIFORM)
    problem = Problem(lambda x: np.log(x[:, 0]) - np.log(1 - x[:, 1]), square, NOISE, dimension=2)
    near = np.array([1e-2, 1e-3, 1e-4, 1e-6])
    x = np.stack([near, 1 - near], axis=1)
    assert problem.gradient(x) == approx(np.stack([1 / x[:, 0], 1 / (1 - x[:, 1])], axis=1), rel=1e-6)


def test_several_inputs_have_no_edges():
    assert Problem(lambda x: x[:, 0], Independent(UNIFORM, UNIFORM), NOISE, dimension=2).grid.size == 0


def test_ends_of_the_support_are_breakpoints():
    assert Problem(np.sin, stats.uniform(0.2, 0.5), NOISE, breakpoints=[0.4]).breakpoints == approx([0.2, 0.4, 0.7])


@pytest.mark.parametrize("changes, word", [
    ({"inputs": stats.norm()}, "inputs must be a law on"),
    ({"inputs": stats.uniform(0, 2)}, "inputs must be a law on"),
    ({"inputs": stats.randint(0, 1)}, "no pdf"),
    ({"inputs": "uniform"}, "inputs must be a continuous law"),
    ({"noise": stats.uniform()}, "noise must have mean 0"),
    ({"noise": stats.norm(100, 1e6)}, "noise must have mean 0"),
    ({"noise": stats.cauchy()}, "noise must have a finite variance"),
    ({"beta": 3}, "beta must be callable"),
    ({"dimension": 0}, "dimension must be an integer >= 1"),
    ({"dimension": 2}, "inputs must have dimension 2.*Independent"),
    ({"dimension": 2, "inputs": Independent(UNIFORM, UNIFORM)}, "breakpoints must be empty"),
    ({"breakpoints": [0.7, 0.2]}, "increasing"),
    ({"breakpoints": [0.0]}, "increasing"),
    ({"breakpoints": [np.nan]}, "finite"),
    ({"inputs": Independent(UNIFORM, UNIFORM), "dimension": 3, "breakpoints": ()}, "dimension 3"),
])
def test_bad_problems_are_refused(changes, word):
    arguments = {"beta": np.sin, "inputs": UNIFORM, "noise": NOISE, "breakpoints": [0.5]} | changes
    with pytest.raises(ValueError, match=word):
        Problem(**arguments)


@pytest.mark.parametrize("beta, x, word", [
    (lambda x: 1.0, [0.1, 0.2], r"beta must return shape \(2,\)"),
    (np.log, [0.5, 0.0], "beta value must be finite, got -inf at index 1"),
    (np.sin, [[0.1]], r"x must have shape \(n,\)"),
    (np.sin, [0.1, np.nan], "index 1"),
    (np.sin, [[0.1], [0.1, 0.2]], "ragged"),
])
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_values_are_refused(beta, x, word):
    with pytest.raises(ValueError, match=word):
        Problem(beta, UNIFORM, NOISE).beta(x)


def test_sample_size_must_be_positive():
    with pytest.raises(ValueError, match="n must be"):
        COS6.sample(0)


def test_independent_needs_two_laws():
    with pytest.raises(ValueError, match="two distributions"):
        Independent(UNIFORM)
    with pytest.raises(ValueError, match=r"marginals\[1\]"):
        Independent(UNIFORM, stats.norm())


@pytest.mark.parametrize("beta, word", [
    (math.sin, "beta must take all x at once, .* it takes one at a time .*TypeError.*: np.vectorize makes it so"),
    (lambda x: 1 if x < 0.3 else 2, "it takes one at a time .*ValueError: The truth value"),
    (lambda x: 1j * x, "beta value must be an array of real numbers: got complex128"),
    (lambda x: x[:1], r"beta must return shape \(2,\)"),
    (lambda x: [str(v) for v in x], "beta value must be an array of real"),
    (lambda x: np.ma.masked_less(x, 2), "beta value must not have masked entries, got 2"),
    (lambda x: x.astype(np.float16) * np.float16(6e4) * 6, "every beta value must be finite"),
])
@pytest.mark.filterwarnings("ignore:overflow")
def test_beta_that_is_no_function_of_arrays(beta, word):
    with pytest.raises(ValueError, match=word):
        Problem(beta, UNIFORM, NOISE)


def test_beta_must_not_change_x():
    def doubled(x):
        x *= 2
        return x

    x = np.array([0.1, 0.2])
    assert Problem(doubled, UNIFORM, NOISE).beta(x).tolist() == [0.2, 0.4] and x.tolist() == [0.1, 0.2]


def test_gradient_none_is_the_only_default():
    with pytest.raises(ValueError, match="gradient must be callable, got 0"):
        Problem(np.sin, UNIFORM, NOISE, gradient=0)


@pytest.mark.parametrize("values, word", [
    (["0.1", "0.2"], "real numbers: got"), (np.array(["0.5"], dtype=object), "real numbers"),
    ([0.1 + 1j], "got complex128"),
    (np.array(["2020-01-01"], "M8[ns]"), "got datetime64"), (np.array([5], "m8[s]"), "got timedelta64"),
    (np.array([2**53 + 1]), "integers beyond 2.53 that are not doubles, such as 9007199254740993: subtract an offset"),
    ([2**60 + 1], "integers beyond 2.53"), (np.ma.array([0.1, 0.2], mask=[0, 1]), "masked entries, got 1"),
    ([[1], [1, 2]], "ragged"),
    (np.array([2**63 + 1], np.uint64), "integers beyond"), ([None], "real numbers|finite"),
    ([10**400], "real numbers: int too large"),
])
def test_what_coercion_would_change_is_refused(values, word):
    with pytest.raises(ValueError, match=word):
        COS6.beta(values)


@pytest.mark.parametrize("values", [[Fraction(1, 2)], [Decimal("0.5")], np.array([0.5], np.float16), [True],
                                    np.array([0.5], np.longdouble), np.ma.array([0.5]), np.array([1], np.uint8)])
def test_numbers_of_other_types_are_taken(values):
    assert Problem(lambda x: x, UNIFORM, NOISE).beta(values) == approx(float(values[0]))


def test_an_offset_of_beta_costs_no_digits():
    """Waves of β and of p together are faster than either, and their panels as fine as without the offset."""
    law = SegmentDensity(lambda x: 1 + 0.9 * np.cos(640 * np.pi * x))
    problem = Problem(lambda x: 1e6 + np.sin(640 * np.pi * x), law, NOISE)
    assert region_moments(problem, Intervals([0, 1])).variance == approx([0.5], abs=1e-10)
