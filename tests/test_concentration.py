"""The probability bounds of Section 6: their numbers, their conditions, and how often they fail."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from settings import COS6, REFERENCE, UNIFORM, cosine, exponential, piecewise
from zcmoe import Boxes, Intervals, Problem, fit_experts, region_moments
from zcmoe.concentration import constant_radius, estimation_error_bound, required_examples, value_ranges


def test_reference_numbers():
    assert required_examples(0.02, 0.05) == pytest.approx(REFERENCE["R41"], rel=1e-9)
    assert constant_radius(1.2, 0.5, 5000, 0.02, 0.05) == pytest.approx(REFERENCE["R42"], rel=1e-9)
    ranges = value_ranges(COS6, Intervals.uniform(8))
    assert estimation_error_bound(ranges, 0.5, 5000, 0.05) == pytest.approx(REFERENCE["R43"], rel=1e-9)
    least = region_moments(COS6, Intervals.uniform(20)).probability.min()
    assert np.ceil(required_examples(least, 0.05)) == 26506


def test_bounds_are_vectorised_over_regions():
    probability = np.array([0.1, 0.2])
    assert required_examples(probability, 0.1) == pytest.approx([required_examples(p, 0.1) for p in probability])
    assert constant_radius([1, 2], 0.5, 10, probability, 0.1) == pytest.approx(
        [constant_radius(r, 0.5, 10, p, 0.1) for r, p in zip([1, 2], probability, strict=True)])


def test_bounds_at_several_levels():
    """A scalar δ gives a float, an array one bound each."""
    delta = np.array([0.1, 0.05, 1e-3])
    for f in (lambda d: required_examples(0.02, d), lambda d: constant_radius(1.2, 0.5, 5000, 0.02, d),
              lambda d: estimation_error_bound([1, 2], 0.5, 5000, d)):
        assert isinstance(f(0.1), float) and f(delta).tolist() == [f(each) for each in delta]
        with pytest.raises(ValueError, match=r"every delta.* must lie in \(0, 1\), got 1.0 at index 1"):
            f([0.1, 1.0])
    assert required_examples(np.array([0.1, 0.2])[:, None], delta).shape == (2, 3)


def test_value_ranges_have_closed_forms():
    def along(edges):  # every crest and trough of cos 6πx lies at a multiple of 1/6
        points = [np.r_[a, b, [k / 6 for k in range(7) if a < k / 6 < b]] for a, b in pairwise(edges)]
        return [np.ptp(np.cos(6 * np.pi * x)) for x in points]
    for edges in (np.arange(9) / 8, np.linspace(0, 1, 41), np.array([0, 0.01, 0.3, 0.77, 1])):
        assert value_ranges(COS6, Intervals(edges)) == pytest.approx(along(edges), abs=1e-11)
    assert value_ranges(piecewise(), Intervals([0, 0.5, 1])) == pytest.approx([2, 0], abs=1e-11)
    assert value_ranges(exponential(), Intervals.uniform(3)) == pytest.approx(
        np.diff(np.exp(np.arange(4) / 3)), abs=1e-11)
    jump = Problem(lambda x: np.where(x < 0.3, x, 5 - x), UNIFORM, stats.uniform(-1, 2), breakpoints=[0.3])
    assert value_ranges(jump, Intervals.uniform(2)) == pytest.approx([4.7, 0.5], abs=1e-11)


@pytest.mark.parametrize("place", [0.3316, 0.4122, 0.5, 0.6173])
def test_the_top_of_a_narrow_peak_is_found(place):
    """Wherever it lies between the points first tried; two digits fewer where the search were not ten times finer."""
    peak = Problem(lambda x: np.exp(-((x - place) / 0.01) ** 2), UNIFORM, 0)
    assert value_ranges(peak, Intervals.uniform(1)) == pytest.approx([1], abs=2e-12)


@pytest.mark.parametrize("beta, breakpoints, ranges", [
    (np.log, [], [np.inf, np.log(2)]),
    (stats.norm.ppf, [], [np.inf, np.inf]),
    (lambda x: -np.log(1 - x), [], [np.log(2), np.inf]),
    (lambda x: np.log(np.abs(x - 0.3)), [0.3], [np.inf, np.log(3.5)]),
    (lambda x: np.where(x < 0.5, x, -np.log(np.abs(x - 0.5))), [0.5], [0.5, np.inf]),
    (lambda x: np.log(-np.log(x / 3)), [], [np.inf, np.log(np.log(6) / np.log(3))]),
    (np.sqrt, [], [0.5**0.5, 1 - 0.5**0.5]),
    (np.cbrt, [], [0.5**(1 / 3), 1 - 0.5**(1 / 3)]),
    (lambda x: 1 - x**0.25, [], [0.5**0.25, 1 - 0.5**0.25]),
    (lambda x: np.tanh(1e7 * x), [], [1, 0]),
])
def test_value_ranges_of_unbounded_functions(beta, breakpoints, ranges):
    problem = Problem(beta, UNIFORM, stats.uniform(-1, 2), breakpoints=breakpoints)
    found = value_ranges(problem, Intervals.uniform(2))
    assert found == pytest.approx(ranges, abs=2e-4)


@pytest.mark.parametrize("probability", [0.5, 0.1, 0.01, 0.001])
@pytest.mark.parametrize("delta", [0.3, 0.05, 1e-3])
def test_lemma_6_3(probability, delta):
    """For n >= 12 ln(2/δ)/P: nP/2 < N < 3nP/2 with probability >= 1 - δ. Exact binomial law."""
    for n in np.ceil(required_examples(probability, delta) * np.array([1, 1.5, 4])).astype(int):
        mean, count = n * probability, np.arange(n + 1)
        misses = count[(count <= mean / 2) | (count >= 1.5 * mean)]
        assert stats.binom.pmf(misses, n, probability).sum() <= delta


@pytest.mark.parametrize("problem", [COS6, piecewise(), cosine(1, UNIFORM), exponential()])
def test_theorems_6_4_and_6_5(problem):
    """|ĉ_i - c_i| exceeds (40) with frequency <= 1 - (1 - δ₁)(1 - δ₂), E_est exceeds (41) with <= m(δ₁ + δ₂)."""
    delta, m, runs = 0.05, 5, 1000
    segmentation = Intervals.uniform(m)
    probability, mean, _ = region_moments(problem, segmentation)
    ranges = value_ranges(problem, segmentation)
    n = int(np.ceil(required_examples(probability.min(), delta)))
    radius = constant_radius(ranges, problem.noise_bound, n, probability, delta)
    bound = estimation_error_bound(ranges, problem.noise_bound, n, delta,
                                   probabilities=probability, delta_count=delta)
    rng = np.random.default_rng(64)
    xs, ys = (values.reshape(runs, n) for values in problem.sample(runs * n, rng=rng))
    learned = np.array([fit_experts(segmentation, x, y).constants for x, y in zip(xs, ys, strict=True)])
    missed = np.abs(learned - mean) > radius
    assert missed.mean(axis=0).max() <= 1 - (1 - delta) ** 2
    assert np.mean((learned - mean) ** 2 @ probability > bound) <= 2 * m * delta
    # The bounds are far from the truth but not absurd.
    assert 20 < bound / np.mean((learned - mean) ** 2 @ probability) < 120


def test_hoeffding_step_holds_for_two_valued_noise():
    """(143), given n_i = k = n, for the widest noise there is: ±B alone."""
    probability, bound, n, delta = 1.0, 0.5, 40, 0.05
    means = np.random.default_rng(3).choice([-bound, bound], (20_000, n)).mean(axis=1)
    radius = constant_radius(0.0, bound, n, probability, delta)
    failures = np.mean(np.abs(means) > radius / np.sqrt(2))  # k = n examples are certain here: (143) with k = n
    assert 0.05 * delta < failures <= delta
    assert np.mean(np.abs(means) > radius) <= delta


def test_the_condition_of_theorem_6_5_is_checked():
    with pytest.raises(ValueError, match=r"n must be at least .* = 2213\.33 .*, got 2213$"):
        estimation_error_bound([1, 1], 0.5, 2213, 0.05, probabilities=[0.98, 0.02], delta_count=0.05)
    assert estimation_error_bound([1, 1], 0.5, 2214, 0.05, probabilities=[0.98, 0.02], delta_count=0.05) > 0


@pytest.mark.parametrize("call, message", [
    (lambda: constant_radius(1, np.inf, 10, 0.1, 0.1), "noise_bound must be finite"),
    (lambda: estimation_error_bound([1], stats.norm().support()[1], 10, 0.1), "noise_bound must be finite"),
    (lambda: required_examples(0, 0.1), "probability"),
    (lambda: required_examples([0.1, 1.2], 0.1), "probability"),
    (lambda: required_examples(0.1, 1), "delta"),
    (lambda: required_examples(0.1, 0), "delta"),
    (lambda: constant_radius(-1, 0.5, 10, 0.1, 0.1), "value_range"),
    (lambda: constant_radius(1, 0.5, 0, 0.1, 0.1), "n must be"),
    (lambda: estimation_error_bound([1], 0.5, 10, 0.1, delta_count=0.1), "given together"),
    (lambda: estimation_error_bound([1, 2], 0.5, 10, 0.1, probabilities=[1.0], delta_count=0.1), "probabilities"),
    (lambda: value_ranges(COS6, Intervals([0, 2])), "edges must run"),
    (lambda: value_ranges(COS6, Boxes((2, 2))), "must be Intervals"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
