"""Section 6 as properties. Training sets are counted, all of them; probabilities are sums, none is drawn."""

from itertools import product

import numpy as np
import pytest

pytest.importorskip("hypothesis")
from hypothesis import given, strategies as st  # noqa: E402
from pytest import approx  # noqa: E402
from scipy import stats  # noqa: E402

from theorems.valid import cuts, hard, segmentations  # noqa: E402
from zcmoe import (  # noqa: E402
    Independent,
    Intervals,
    Problem,
    Sample,
    ZeroComputeMoE,
    approximation_error,
    best_experts,
    estimation_error,
    expected_test_error,
    fit_experts,
    mean_inverse_count,
    region_moments,
    test_error as error_of,
)
from zcmoe.concentration import constant_radius, estimation_error_bound, required_examples  # noqa: E402

chances = st.lists(st.floats(0.05, 1), min_size=3, max_size=3).map(lambda w: np.array(w) / np.sum(w))
values = st.lists(st.sampled_from([-2.0, -0.5, 0.0, 0.3, 1.0, 5.0]), min_size=3, max_size=3).map(np.array)
levels = st.floats(0.01, 0.9)


def training_sets(chance, beta, noise, n, cells, atoms, **options):
    """Of every training set: its probability, the learned experts and how many examples each region has."""
    single = [(p * q, x, y + e) for p, x, y in zip(chance, atoms, beta, strict=True)
              for q, e in zip(*noise, strict=True)]
    for draw in product(single, repeat=n):
        p, x, y = map(np.array, zip(*draw, strict=True))
        yield p.prod(), fit_experts(cells, x, y, **options), np.bincount(cells.route(x), minlength=cells.n_regions)


@pytest.mark.theorem("6.1")
@given(chances, values, st.floats(0.2, 0.8), st.integers(1, 3))
def test_learned_constants_are_unbiased(chance, beta, share, n):
    """E[ĉ_i | n_i > 0] = c_i, and so given n_i = k; the default makes E ĉ_i off by (1 - P_i)^n (default - c_i)."""
    atoms, cells = np.array([0.1, 0.4, 0.8]), Intervals([0, 0.5, 1])
    noise = (np.array([share, 1 - share]), np.array([share - 1, share]))
    law = Sample(atoms, chance)
    at = dict(zip(atoms, beta, strict=True))
    probability, best, _ = region_moments(Problem(lambda x: np.vectorize(at.get)(x), law, None), cells)
    p, learned, counts = zip(*training_sets(chance, beta, noise, n, cells, atoms, default=9.0), strict=True)
    p, learned, counts = np.array(p), np.array([each.constants for each in learned]), np.array(counts)
    for i in range(2):
        seen = counts[:, i] > 0
        assert p[seen] @ learned[seen, i] / p[seen].sum() == approx(best[i], abs=1e-12)
        assert p @ learned[:, i] - best[i] == approx((1 - probability[i]) ** n * (9 - best[i]), abs=1e-11)
        for k in set(counts[seen, i]):
            here = counts[:, i] == k
            assert p[here] @ learned[here, i] / p[here].sum() == approx(best[i], abs=1e-12)
    assert p @ counts == approx(n * probability)  # (125)


@pytest.mark.theorem("6.2")
@given(chances, values, st.integers(1, 3))
def test_the_expected_error_counts_all_training_sets(chance, beta, n):
    """The mean of (37) over all training sets is the exact expectation."""
    atoms, cells, noise = np.array([0.1, 0.4, 0.8]), Intervals([0, 0.5, 1]), ([0.5, 0.5], [-0.5, 0.5])
    at = dict(zip(atoms, beta, strict=True))
    problem = Problem(lambda x: np.vectorize(at.get)(x), Sample(atoms, chance), Sample([-0.5, 0.5]))
    mean = sum(p * error_of(problem, moe) for p, moe, _ in training_sets(chance, beta, noise, n, cells, atoms))
    assert mean == approx(expected_test_error(problem, cells, n), rel=1e-9)


@pytest.mark.theorem("6.2")
@given(hard, cuts, st.integers(0, 99))
def test_the_error_splits(drawn, cells, seed):
    """(37)–(39): test error = approximation error + Σ P_i (ĉ_i - c_i)², for any constants at all."""
    curve, _, problem = drawn
    moe = ZeroComputeMoE(cells, curve.range * np.random.default_rng(seed).normal(size=cells.n_regions))
    parts = approximation_error(problem, cells) + estimation_error(problem, moe)
    assert error_of(problem, moe) == approx(parts, rel=1e-12)
    step = moe.constants - best_experts(problem, cells).constants
    by_hand = region_moments(problem, cells).probability @ step**2
    assert estimation_error(problem, moe) == approx(by_hand, rel=1e-12)


@pytest.mark.theorem("6.2")
@given(segmentations(), st.integers(0, 99))
def test_the_error_splits_in_several_dimensions(cells, seed):
    problem = Problem(lambda x: np.sin(3 * x).sum(axis=1), Independent(*[stats.uniform()] * cells.dimension), None,
                      dimension=cells.dimension)
    moe = ZeroComputeMoE(cells, np.random.default_rng(seed).normal(size=cells.n_regions))
    parts = approximation_error(problem, cells) + estimation_error(problem, moe)
    assert error_of(problem, moe) == approx(parts, rel=1e-12)


@pytest.mark.theorem("6.3")
@given(st.floats(1e-4, 1), levels)
def test_counts_concentrate(probability, delta):
    """Once n >= 12 ln(2/δ)/P, n_i is strictly between nP/2 and 3nP/2 with probability >= 1 - δ, by the binomial law."""
    n = int(np.ceil(required_examples(probability, delta)))
    law = stats.binom(n, probability)
    outside = law.cdf(np.floor(n * probability / 2)) + law.sf(np.ceil(1.5 * n * probability) - 1)
    assert outside <= delta
    assert 2 * np.exp(-required_examples(probability, delta) * probability / 12) == approx(delta)


def too_far(k, low, high, radius):
    """P(|mean of k shocks| > radius) for shocks of two values with mean 0; k of shape (j,)."""
    share, width = -low / (high - low), high - low  # of `high`
    up = stats.binom.sf(np.floor(k * (radius - low) / width + 1e-9), k, share)
    return up + stats.binom.cdf(np.ceil(k * (-radius - low) / width - 1e-9) - 1, k, share)


@pytest.mark.theorem("6.4")
@given(st.floats(0.01, 1), levels, levels, st.floats(0.05, 1))
def test_one_constant(probability, d1, d2, skew):
    """|ĉ - c| exceeds (40) with probability <= 1 - (1 - δ₁)(1 - δ₂), and δ₂ given n_i >= nP/2: shocks of two values."""
    low, high, n = -skew, 1.0, int(np.ceil(required_examples(probability, d1)))
    radius = constant_radius(0.0, 1.0, n, probability, d2)
    k = np.arange(1, n + 1)
    tails = too_far(k, low, high, radius)
    failure = stats.binom.pmf(0, n, probability) + stats.binom.pmf(k, n, probability) @ tails
    assert failure <= 1 - (1 - d1) * (1 - d2) + 1e-12
    assert tails[k >= n * probability / 2].max() <= d2 + 1e-12


@pytest.mark.theorem("6.5")
@given(st.lists(st.floats(0.1, 1), min_size=2, max_size=5), st.floats(0.01, 0.2), st.floats(0.01, 0.2),
       st.lists(st.floats(0, 3), min_size=5, max_size=5))
def test_all_constants(weights, d1, d2, ranges):
    """(41) is Σ P_i r_i² whatever P is; all regions at once fail no more often than one by one."""
    probability = np.array(weights) / np.sum(weights)
    m, ranges = probability.size, np.array(ranges[:probability.size])
    n = int(np.ceil(required_examples(probability.min(), d1)))
    bound = estimation_error_bound(ranges, 1.0, n, d2, probabilities=probability, delta_count=d1)
    radius = constant_radius(ranges, 1.0, n, probability, d2)
    assert bound == approx(probability @ radius**2)
    k, failure = np.arange(1, n + 1), 0.0
    for p, r in zip(probability, radius, strict=True):
        failure += stats.binom.pmf(0, n, p) + stats.binom.pmf(k, n, p) @ too_far(k, -1.0, 1.0, r)
    assert failure <= m * (d1 + d2)
    with pytest.raises(ValueError, match="n must be at least"):
        estimation_error_bound(ranges, 1.0, max(n // 2, 1), d2, probabilities=probability, delta_count=d1)


@pytest.mark.theorem("(35)")
@given(st.integers(1, 200), st.floats(1e-3, 1))
def test_the_mean_of_one_over_n(n, q):
    """E[1/N; N > 0] by the binomial law; between its value at the mean, for a sure region, and 2/((n + 1)q)."""
    k = np.arange(1, n + 1)
    found = mean_inverse_count(n, q)
    assert found == approx(stats.binom.pmf(k, n, q) @ (1 / k), rel=1e-9)
    assert found <= 2 / ((n + 1) * q) + 1e-12
