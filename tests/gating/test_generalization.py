"""Bounds and exact cases: reference numbers, enumeration of all training sets, and identities."""

import tracemalloc
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx
from scipy import stats
from scipy.special import softmax

from zcmoe import gating

FEW = settings(derandomize=True, max_examples=20, deadline=None)


def linear(k, slope=0.8):
    """Success probabilities of k equal cells for the regression function ½ + slope (x - ½)."""
    return 0.5 + slope * ((np.arange(k) + 0.5) / k - 0.5)


def test_stratified_bernoulli():
    """Row 14."""
    case = gating.stratified_bernoulli(linear(4), 80)
    assert (case.test_error, case.training_error) == approx((0.21, 0.19), rel=1e-9)
    assert case.information == approx(8.38106054389, rel=1e-9)
    assert gating.generalization_bound(case.information, 80) == approx(0.4577406619443364, rel=1e-9)
    assert case.bound == approx(0.2288703309721682, rel=1e-9)
    assert case.individual_bound == approx(0.11430073518326878, rel=1e-9)


def every_training_set(success, each):
    """Probability and y of all training sets of stratified cells: y of shape (sets, cells, each)."""
    k = len(success)
    y = np.array(list(product([0, 1], repeat=k * each))).reshape(-1, k, each)
    chance = np.where(y == 1, np.array(success)[:, None], 1 - np.array(success)[:, None]).prod(axis=(1, 2))
    return chance, y


def information_of(joint):
    """I of a joint law given as a table."""
    product_law = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    kept = joint > 0
    return (joint[kept] * np.log(joint[kept] / product_law[kept])).sum()


def test_bernoulli_by_enumeration():
    """All 2⁶ training sets: errors, I(S;W) = H(W), I(W;Z_i)."""
    success, each = [0.2, 0.7], 3
    chance, y = every_training_set(success, each)
    w = y.mean(axis=2)
    pi = np.array(success)
    case = gating.stratified_bernoulli(success, 6)
    assert case.test_error == approx(chance @ (pi * (1 - w) ** 2 + (1 - pi) * w**2).mean(axis=1), rel=1e-12)
    assert case.training_error == approx(chance @ ((y - w[:, :, None]) ** 2).mean(axis=(1, 2)), rel=1e-12)
    _, index = np.unique(w, axis=0, return_inverse=True)
    mass = np.bincount(index.ravel(), chance)
    assert case.information == approx(-mass @ np.log(mass), rel=1e-12)
    single = []
    for k in range(2):
        joint = np.zeros((mass.size, 2))
        np.add.at(joint, (index.ravel(), y[:, k, 0]), chance)
        single.append(information_of(joint))
    assert case.individual_bound == approx(np.mean(np.sqrt(np.array(single) / 2)), rel=1e-10)


def test_gibbs():
    """Row 15."""
    case = gating.gibbs([0.3, 0.8], np.arange(5) / 4, 20, 20)
    assert (case.information, case.lautum) == approx((0.262962040530757, 0.33884623857243246), rel=1e-9)
    assert case.gap == approx(0.030090413955159434, abs=1e-15) and case.bound == approx(0.08108052178710325, rel=1e-9)
    assert (case.test_error, case.training_error) == approx((0.23744446330695904, 0.2073540493517996), rel=1e-12)


def test_gibbs_by_enumeration():
    """Over all training sets and all banks' members, cell by cell and jointly."""
    success, bank, gamma, each = [0.3, 0.6], np.array([0.2, 0.9]), 7.0, 2
    chance, y = every_training_set(success, each)
    members = np.array(list(product(bank, repeat=2)))
    loss = ((y[:, None] - members[None, :, :, None]) ** 2).mean(axis=(2, 3))
    posterior = softmax(-gamma * loss, axis=1)
    prior = chance @ posterior
    case = gating.gibbs(success, bank, 4, gamma)
    assert case.training_error == approx(chance @ (posterior * loss).sum(axis=1), rel=1e-12)
    assert case.information == approx(chance @ (posterior * np.log(posterior / prior)).sum(axis=1), rel=1e-12)
    assert case.lautum == approx(-chance @ (prior * np.log(posterior / prior)).sum(axis=1), rel=1e-12)


@given(st.integers(0, 10**6))
@FEW
def test_the_gibbs_identity(seed):
    rng = np.random.default_rng(seed)
    k, each = int(rng.integers(1, 4)), int(rng.integers(1, 15))
    gamma = 10 ** rng.uniform(-1, 2)
    case = gating.gibbs(rng.random(k), rng.random(int(rng.integers(2, 6))), k * each, gamma)
    assert case.gap == approx((case.information + case.lautum) / gamma, abs=1e-12)
    assert case.gap <= case.bound + 1e-12


def test_gaussian_constants():
    """Row 16."""
    case = gating.gaussian_constants(5, 100, 1, 0.01)
    assert case.gap == approx(0.1, rel=1e-9) and case.information == approx(4.479398673070137, rel=1e-9)
    assert (case.bound, case.individual_bound) == approx((0.44868930671731444, 0.30925711878939544), rel=1e-9)


def test_gaussian_constants_by_covariances():
    """I from the determinants of the joint normal law of Y and W, for one cell."""
    each, noise, blur = 4, 0.7, 0.3
    mean = np.full((1, each), 1 / each)
    joint = np.block([[noise * np.eye(each), noise * mean.T], [noise * mean, noise * mean @ mean.T + blur]])
    logs = [np.linalg.slogdet(part)[1] for part in (joint[:each, :each], joint[each:, each:], joint)]
    case = gating.gaussian_constants(1, each, noise, blur)
    assert case.information == approx((logs[0] + logs[1] - logs[2]) / 2, rel=1e-12)
    pair = joint[np.ix_([0, each], [0, each])]
    single = np.log(pair[0, 0] * pair[1, 1] / np.linalg.det(pair)) / 2
    spread = noise * (1 + 1 / each) + blur
    assert case.individual_bound == approx(2 * spread * np.sqrt(single), rel=1e-12)


@pytest.mark.parametrize("k, n", [(1, 10), (8, 800), (3, 3000)])
def test_bounds_hold(k, n):
    for case in (gating.stratified_bernoulli(linear(k), n), gating.gaussian_constants(k, n, 2, 0.1)):
        assert 0 < case.gap <= case.individual_bound <= case.bound


def test_the_assembled_bound():
    """Row 17: D(R) at log2 8 bits of routing, and how far the bound is from the test error."""
    x = (np.arange(1000) + 0.5) / 1000
    eta = 0.5 + 0.8 * (x - 0.5)
    noise = np.mean(eta * (1 - eta))
    routing = gating.curve(eta, np.full(1000, 1e-3), rates=[np.log(8)])
    case = gating.stratified_bernoulli(linear(8), 800)
    best = noise + routing.distortions[0]
    assert best == approx(0.19727481, abs=1e-6)
    assert (case.training_error, case.test_error) == approx((0.195525, 0.199475), rel=1e-9)
    for scale, total in ((1, 0.43610683), (0.5, 0.31581592)):
        bound = gating.assembled_bound(best, case.training_error, case.information, 800, scale)
        assert bound.total == approx(total, abs=1e-8) and bound.delta == approx(-0.00174981, abs=1e-6)
        assert bound.total == approx(bound.distortion + bound.delta + bound.penalty) and bound.total > case.test_error
    assert case.training_error + case.individual_bound == approx(0.24571508, abs=1e-8)


def test_what_the_bounds_recommend():
    """Row 18: the best number of cells among the divisors of n."""
    chosen = []
    for n in 720 * 4 ** np.arange(5):
        cases = {k: gating.stratified_bernoulli(linear(k), int(n)) for k in range(1, 61) if n % k == 0}
        scores = [(case.test_error, case.training_error + gating.generalization_bound(case.information, int(n)),
                   case.training_error + case.individual_bound) for case in cases.values()]
        chosen.append(np.array(list(cases))[np.argmin(scores, axis=0)])
    test, letter, individual = np.transpose(chosen).tolist()
    assert test == [8, 12, 18, 30, 45] and letter == [2, 2, 2, 3, 4] and individual == [3, 4, 5, 6, 8]


def test_recommended_numbers_of_experts():
    """5 where the truth is 82; exponents 1/3, nearly 1/5, and 1/5."""
    c, v = 0.64 / 12, 0.25 - 0.64 / 12
    found = gating.best_numbers(10**6, c, v)
    assert found.test == approx((2 * c * 1e6 / v) ** (1 / 3), rel=1e-4)
    assert found == approx((81.55, 5.2475, 11.2848), rel=1e-4)
    low, high = np.log(gating.best_numbers(10**8, c, v)), np.log(gating.best_numbers(10**12, c, v))
    assert (high - low) / np.log(10**4) == approx([0.33333, 0.19136, 0.19998], abs=2e-5)


@pytest.mark.parametrize("n, q", [(1, 0.3), (10, 0.0), (10, 1.0), (30, 0.7), (400_000, 0.2)])
def test_binomial_entropy(n, q):
    expected = stats.norm.entropy(0, (n * q * (1 - q)) ** 0.5) if n > 1000 else stats.binom.entropy(n, q)
    assert gating.binomial_entropy(n, q) == approx(expected, abs=1e-5 if n > 1000 else 1e-12)


@pytest.mark.parametrize("q", [2.0**-26, 1 - 2.0**-26])
def test_the_entropy_of_rare_and_of_near_certain_successes(q):
    """That of Poisson(128), by the few hundred counts that matter out of 2^33, on either side."""
    tracemalloc.start()
    found = gating.binomial_entropy(2**33, q)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == approx(stats.poisson(128).entropy(), rel=1e-8) and most < 2**20


def test_scale_of_the_bound():
    assert gating.generalization_bound(2.0, 100) == approx(0.2)
    assert gating.generalization_bound(2.0, 100, scale=0.5) == approx(0.1)
    assert gating.generalization_bound(2.0, 100, scale=0.5) == approx(np.sqrt(2.0 / (2 * 100)))


@pytest.mark.parametrize("call, message", [
    (lambda: gating.generalization_bound(-1, 10), "information must be"),
    (lambda: gating.generalization_bound(1, 0), "n must be an integer >= 1, got 0"),
    (lambda: gating.generalization_bound(1, 10, scale=0), "scale must be"),
    (lambda: gating.stratified_bernoulli([0.5, 0.5], 81), "n must be a multiple of the number of cells 2, got 81"),
    (lambda: gating.stratified_bernoulli([0.5, 1.5], 80), r"every success must lie in \[0, 1\], got 1.5 at index 1"),
    (lambda: gating.stratified_bernoulli([], 80), "length of success must be"),
    (lambda: gating.gibbs([0.5], [2.0], 10, 1), r"every bank must lie in \[0, 1\]"),
    (lambda: gating.gibbs([0.5], [0.5], 10, 0), "gamma must be"),
    (lambda: gating.gaussian_constants(3, 10, 1, 1), "n must be a multiple of the number of cells 3, got 10"),
    (lambda: gating.gaussian_constants(1, 10, 1, 0), "blur must be"),
    (lambda: gating.best_numbers(100, 0, 1), "curvature must be"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
