"""The expected errors of learned experts against direct sums, closed forms and drawn training sets."""

from fractions import Fraction
from functools import partial
from math import comb

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import COS6, NOISE, REFERENCE, UNIFORM, compander, exponential, piecewise
from zcmoe import (
    Boxes,
    Independent,
    Intervals,
    Problem,
    ZeroComputeMoE,
    approximation_error,
    best_experts,
    best_number_of_experts,
    expected_estimation_error,
    expected_test_error,
    expected_test_errors,
    fit_experts,
    leading_order_error,
    mean_inverse_count,
    number_of_experts,
    region_moments,
)
from zcmoe.learning import in_blocks

SIGMA2 = 1 / 12


@pytest.mark.parametrize("n", [1, 2, 5, 30, 63, 64, 65, 150])
@pytest.mark.parametrize("q", [2.0**-40, 2.0**-6, 0.25, 0.5, 0.875, 1 - 2.0**-30])
def test_mean_inverse_count_is_the_binomial_sum(n, q):
    exact, p = Fraction(q), 1 - Fraction(q)
    total = sum(comb(n, k) * exact**k * p ** (n - k) / k for k in range(1, n + 1))
    assert mean_inverse_count(n, q) == approx(float(total), rel=2e-13)


@pytest.mark.parametrize("n", [1000, 30_000])
@pytest.mark.parametrize("q", [1e-9, 1e-4, 0.003, 0.2, 0.99])
def test_mean_inverse_count_satisfies_its_recurrence(n, q):
    """E_n = (1 - q) E_(n-1) + (1 - (1 - q)ⁿ)/n: condition on the last example of the sum of (4c)."""
    value = 0.0
    for k in range(1, n + 1):
        value = (1 - q) * value - np.expm1(k * np.log1p(-q)) / k
    assert mean_inverse_count(n, q) == approx(value, rel=1e-11)


def test_mean_inverse_count_at_its_limits():
    assert mean_inverse_count(50, 0.03) == approx(REFERENCE["R34"], rel=1e-9)
    assert mean_inverse_count(7, 0) == 0 and mean_inverse_count(7, 1) == approx(1 / 7, rel=1e-13)
    assert mean_inverse_count(10**6, 1e-300) == approx(1e-294, rel=1e-12)  # n q for rare regions
    n, q = 10**9, 0.3  # 1/nq + (1 - q)/(nq)² + … for crowded ones
    assert mean_inverse_count(n, q) == approx(1 / (n * q) + (1 - q) / (n * q) ** 2, rel=1e-12)
    grid = np.array([[0.1, 0.2], [0.3, 1.0]])
    assert mean_inverse_count(9, grid) == approx(np.array([[mean_inverse_count(9, q) for q in row] for row in grid]))


def test_reference_numbers_of_the_expected_error():
    parts = expected_estimation_error(COS6, Intervals.uniform(20), 200)
    assert sum(parts) == approx(REFERENCE["R35"], rel=1e-9)
    assert parts.empty == approx(REFERENCE["R36"], rel=1e-9)
    best = best_number_of_experts(COS6, 1000, range(4, 141))
    assert best.m == REFERENCE["R37"] and best.error == approx(REFERENCE["R38"], rel=1e-9)
    assert best.errors.shape == (137,) and best.errors.min() == best.error
    assert number_of_experts(COS6, 1000, density=UNIFORM) == approx(REFERENCE["R39"], rel=1e-9)
    assert number_of_experts(COS6, 1000) == approx(REFERENCE["R40"], rel=1e-9)


@pytest.mark.parametrize("problem, minima, curves", [
    (COS6, [(37, 0.114753), (62, 0.0942885), (103, 0.0873971)],
     {250: [.221512, .131114, .114965, .134969, .195834], 1000: [.214761, .121886, .0970979, .0950999, .105118],
      4000: [.213072, .119774, .0935415, .0876982, .0881496]}),
    (piecewise(), [(32, 0.111068), (55, 0.0929350), (90, 0.0868498)],
     {1000: [.173591, .110354, .0941150, .0944886, .106070]})])
def test_the_curves_of_figures_3_and_4(problem, minima, curves):
    for n, (m, error) in zip([250, 1000, 4000], minima, strict=True):
        best = best_number_of_experts(problem, n, range(m - 12, m + 13))
        assert best.m == m and best.error == approx(error, rel=6e-6)
    values = expected_test_errors(problem, [Intervals.uniform(m) for m in (10, 20, 40, 80, 160)], curves)
    for row, expected in zip(values, curves.values(), strict=True):
        assert row == approx(expected, rel=6e-6)


@pytest.mark.parametrize("slope, s", [(1.0, 0.3), (2.0, 0.5)])
@pytest.mark.parametrize("m, n, default", [(3, 5, 0.0), (8, 20, 0.7), (12, 200, -1.0)])
def test_straight_line_in_closed_form(slope, s, m, n, default):
    """β = bx, equal segments, empty experts answering c0; E[1/N; N>0] by the plain binomial law."""
    problem = Problem(lambda x: slope * x, UNIFORM, stats.norm(0, s))
    k, within = np.arange(1, n + 1), slope**2 / (12 * m**2)
    middles = slope * (np.arange(m) + 0.5) / m
    expected = (s**2 + within) * (1 + np.sum(stats.binom.pmf(k, n, 1 / m) / k)) \
        + (1 - 1 / m) ** n * np.mean((middles - default) ** 2)
    assert expected_test_error(problem, Intervals.uniform(m), n, default=default) == approx(expected, rel=1e-12)


def test_one_region_has_the_error_of_a_mean():
    """m = 1: (σ² + Var β)(1 + 1/n), and no empty region."""
    parts = expected_estimation_error(COS6, Intervals.uniform(1), 7)
    assert parts.empty == approx(0, abs=1e-30)  # the probability of the one region is 1 but for rounding
    assert sum(parts) == approx(approximation_error(COS6, Intervals.uniform(1)) / 7, rel=1e-12)


def test_two_regions_and_one_example_by_hand():
    """n = 1: the single y answers everywhere, so E f̂(x) misses by Var y + (Eβ - β)² on average."""
    problem = Problem(np.square, stats.beta(2, 3), NOISE)
    constant = approximation_error(problem, Intervals.uniform(1))  # σ² + Var β
    error = expected_test_error(problem, Intervals([0, 0.3, 1]), 1)
    assert error == approx(2 * constant, rel=1e-11)  # E(y - y')² for independent y, y'


def test_a_region_of_probability_zero_contributes_nothing():
    inputs = stats.uniform(0, 0.5)
    problem = Problem(np.square, inputs, NOISE)
    with_empty, without = Intervals([0, 0.25, 0.5, 0.75, 1]), Intervals([0, 0.25, 1])
    for n in (1, 30):
        error = expected_test_error(problem, without, n)
        assert expected_test_error(problem, with_empty, n) == approx(error, rel=1e-12)


def test_the_function_is_evaluated_once_for_many_intervals():
    """Its values between all their edges serve up to 64 segmentations at a time."""
    asked = []
    problem = Problem(lambda x: asked.append(x.size) or np.exp(x), UNIFORM, NOISE)
    segmentations = [Intervals.uniform(m) for m in range(1, 66)]
    wanted = [expected_test_error(problem, each, 20) for each in segmentations]
    asked.clear()
    assert expected_test_errors(problem, segmentations, [20])[0] == approx(wanted, rel=1e-12)
    assert len(asked) == 2


def test_the_expected_error_of_boxes_is_the_mean_of_the_simulation():
    square = Independent(UNIFORM, stats.beta(2, 1))
    problem = Problem(lambda x: x[:, 0] + np.cos(3 * x[:, 1]), square, NOISE, dimension=2)
    boxes, rng, n, runs = Boxes((3, 4)), np.random.default_rng(5), 40, 2000
    moments = region_moments(problem, boxes)
    x, y = problem.sample(n * runs, rng=rng)
    learned = [fit_experts(boxes, *block).constants for block in in_blocks(x, y, size=n)]
    errors = SIGMA2 + (moments.variance + (learned - moments.mean) ** 2) @ moments.probability
    assert abs(errors.mean() - expected_test_error(problem, boxes, n)) < 3.5 * errors.std() / np.sqrt(runs)


def test_theorem_6_1():
    """E[ĉ_i | n_i > 0] = c_i, while the default rule is biased by (1 - P_i)ⁿ (μ_(-i) - c_i) over all sets."""
    segmentation, n, runs = Intervals.uniform(8), 12, 20_000
    probability, mean, _ = region_moments(COS6, segmentation)
    x, y = COS6.sample(n * runs, rng=61)
    region = segmentation.route(x).reshape(runs, n)
    hit = np.stack([(region == i).any(axis=1) for i in range(8)], axis=1)
    constants = np.array([fit_experts(segmentation, *block).constants for block in in_blocks(x, y, size=n)])

    def z(values, expected):
        return (values.mean() - expected) / (values.std() / np.sqrt(values.size))

    others = (probability @ mean - probability * mean) / (1 - probability)
    bias = (1 - probability) ** n * (others - mean)
    for i in range(8):
        assert abs(z(constants[hit[:, i], i], mean[i])) < 3.5
        assert abs(z(constants[:, i], mean[i] + bias[i])) < 3.5
    assert abs(z(constants[:, 0], mean[0])) > 10  # the bias is real


def test_lemma_6_2():
    """E(f̂) = E_app + E_est for any constants: (37), (39) against quadrature of (7) itself."""
    segmentation = Intervals([0, 0.2, 0.55, 1])
    best = best_experts(COS6, segmentation).constants
    wrong = ZeroComputeMoE(segmentation, best + [0.3, -0.1, 0.2])
    x = (np.arange(400_000) + 0.5) / 400_000
    direct = SIGMA2 + np.mean((COS6.beta(x) - wrong.predict(x)) ** 2 * COS6.inputs.pdf(x))
    estimation = region_moments(COS6, segmentation).probability @ np.square([0.3, -0.1, 0.2])
    assert approximation_error(COS6, segmentation) + estimation == approx(direct, abs=1e-6)


def test_the_leading_order_is_approached():
    """Exact excess over leading order tends to 1 at m*, at equal segments and at λ*."""
    for density, segment in [(UNIFORM, Intervals.uniform), (None, partial(compander, exponential()))]:
        ratios = []
        for n in (1000, 8000, 64_000, 512_000):
            m = round(number_of_experts(exponential(), n, density=density))
            ratios.append((expected_test_error(exponential(), segment(m), n) - SIGMA2)
                          / (leading_order_error(exponential(), m, n, density=density) - SIGMA2))
        assert np.all(np.diff(np.abs(np.subtract(ratios, 1))) < 0) and ratios[-1] == approx(1, abs=2e-3)


@pytest.mark.parametrize("call, message", [
    (lambda: mean_inverse_count(0, 0.1), "n must be an integer >= 1, got 0"),
    (lambda: mean_inverse_count(5, [0.5, 1.5]), "every probability must lie in"),
    (lambda: mean_inverse_count(5, np.nan), "every probability must lie in"),
    (lambda: expected_test_error(COS6, Intervals.uniform(3), 0), "n must be"),
    (lambda: expected_test_error(COS6, Intervals([0, 2]), 5), "edges must run from 0 to 1"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
