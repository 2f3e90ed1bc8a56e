"""The inequalities of the proofs one by one, with the cases in which they are equalities."""

import numpy as np
import pytest

pytest.importorskip("hypothesis")
from hypothesis import given, strategies as st  # noqa: E402
from pytest import approx  # noqa: E402
from scipy import stats  # noqa: E402

from theorems.valid import NODES, WEIGHTS, smooth  # noqa: E402

positive = st.lists(st.floats(0.01, 10), min_size=2, max_size=12).map(np.array)
vectors = st.lists(st.floats(-3, 3), min_size=3, max_size=3).map(np.array).filter(lambda v: np.linalg.norm(v) > 1e-2)
dimensions = st.integers(1, 6)


@pytest.mark.theorem("(75)–(79), (108)–(112)")
@given(positive, dimensions, st.integers(0, 99))
def test_hoelder(w, d, seed):
    """Σ w λ^(-2/d) v >= (Σ w^(d/(d+2)) v)^((d+2)/d) for all λ with Σ λ v = 1; equality iff λ ∝ w^(d/(d+2)).

    d = 1 is (77); κ of (79), (112) is what λ^((d+2)/d)/w then is.
    """
    rng = np.random.default_rng(seed)
    v = rng.dirichlet(np.ones(w.size))
    root = w ** (d / (d + 2))
    least = (root @ v) ** ((d + 2) / d)
    best = root / (root @ v)
    assert (w * best ** (-2 / d)) @ v == approx(least)
    assert best ** ((d + 2) / d) / w == approx(np.full(w.size, 1 / least))
    other = best * rng.uniform(0.5, 2, w.size)
    other /= other @ v
    assert (w * other ** (-2 / d)) @ v >= least * (1 - 1e-12)
    assert ((w * other ** (-2 / d)) ** (d / (d + 2)) * other ** (2 / (d + 2))) == approx(root)  # (76), (109)


@pytest.mark.theorem("(99)–(101)")
@given(vectors, vectors, vectors, st.floats(-2, 2))
def test_cauchy_schwarz(g, p, h, scale):
    """⟨∇β, h⟩² <= ‖∇β‖²‖h‖² and ⟨∇β, h⟩²|⟨∇p, h⟩| <= ‖∇β‖²‖∇p‖‖h‖³, equal along ∇β, and along both."""
    def sides(g, p, h):
        size = np.linalg.norm
        return (g @ h) ** 2, size(g) ** 2 * size(h) ** 2, (g @ h) ** 2 * abs(p @ h), size(g)**2 * size(p) * size(h)**3
    two, bound2, three, bound3 = sides(g, p, h)
    assert two <= bound2 * (1 + 1e-12) and three <= bound3 * (1 + 1e-12)
    two, bound2, three, bound3 = sides(g, g, scale * g)
    assert two == approx(bound2, rel=1e-12, abs=1e-300) and three == approx(bound3, rel=1e-12, abs=1e-300)


@pytest.mark.theorem("(66)–(67)")
@given(smooth, st.floats(0.1, 0.9), st.floats(1e-3, 1))
def test_small_remainders(beta, centre, epsilon):
    """ε given, δ = 2ε/max|β″|: on every interval of half length <= δ the remainder's integral is at most εΔ²/4."""
    delta = min(2 * epsilon / beta.bend(), centre, 1 - centre)
    for part in (1.0, 0.5):
        h = part * delta * NODES
        rest = beta(centre + h) - beta(centre) - beta.derivative(centre) * h
        assert np.all(np.abs(rest) <= epsilon * np.abs(h) + 1e-14)
        assert abs(part * delta * WEIGHTS @ rest) <= epsilon * (2 * part * delta) ** 2 / 4 + 1e-14


@pytest.mark.theorem("(87)–(92)")
@given(st.integers(0, 999), st.integers(2, 4), st.floats(0.05, 1))
def test_moments_in_a_ball(seed, d, delta):
    """∫‖x - x_A‖ <= δV for what lies in a ball of radius δ; by Jensen M₁² <= M₂/d, and both have no unit."""
    x = np.random.default_rng(seed).normal(size=(400, d)) * np.linspace(1, 0.2, d)
    x -= x.mean(axis=0)
    x *= delta / np.linalg.norm(x, axis=1).max()
    far = np.linalg.norm(x, axis=1)  # of points, in equal parts
    assert far.mean() <= delta * (1 + 1e-12)
    assert (far.mean() / d) ** 2 <= (far**2).mean() / d * (1 / d) * (1 + 1e-12)
    ring = x / far[:, None] * delta
    assert np.linalg.norm(ring, axis=1).mean() == approx(delta)


@pytest.mark.theorem("(124), (126)–(128)")
@given(st.integers(1, 5000), st.floats(1e-3, 1), st.floats(0.01, 1))
def test_chernoff(n, p, t):
    """P(|N - nP| >= t nP) <= 2 exp(-t² nP/3) for t in (0, 1], by the binomial law."""
    mean = n * p
    tail = stats.binom.cdf(np.floor(mean * (1 - t) * (1 + 1e-12)), n, p) + stats.binom.sf(
        np.ceil(mean * (1 + t) * (1 - 1e-12)) - 1, n, p)
    assert tail <= 2 * np.exp(-t * t * mean / 3) * (1 + 1e-9)


def sums_of(law, k):
    """The law of a sum of k draws from 0, 1, …, by convolution."""
    total = np.ones(1)
    for _ in range(k):
        total = np.convolve(total, law)
    return total


def deviation(law, k, t):
    """P(|mean of k - expectation| >= t) for a law on 0, 1, …"""
    mean = np.arange(law.size) @ law
    off = np.abs(np.arange(k * (law.size - 1) + 1) / k - mean)
    return sums_of(law, k)[off >= t - 1e-12].sum()


@pytest.mark.theorem("(131)–(134)")
@given(st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda w: sum(w) > 0.1), st.integers(1, 30),
       st.floats(0.01, 1))
def test_hoeffding(weights, k, share):
    """P(|mean - E| >= t) <= 2 exp(-2kt²/w²) for any law of width w."""
    law = np.array(weights) / np.sum(weights)
    width = law.size - 1
    t = share * width
    assert deviation(law, k, t) <= 2 * np.exp(-2 * k * t**2 / width**2) * (1 + 1e-9)


@pytest.mark.theorem("(135)–(142)")
@given(st.lists(st.floats(0.05, 1), min_size=2, max_size=4), st.integers(1, 12), st.floats(0.05, 1),
       st.floats(0.05, 0.9), st.data())
def test_mixing(weights, n, p, share, data):
    """Given N >= k the bound is that for N = k: the weights of the mixture sum to 1, and the bounds fall."""
    law = np.array(weights) / np.sum(weights)
    k, width = data.draw(st.integers(1, n)), law.size - 1
    t = share * width
    counts = np.arange(k, n + 1)
    chance = stats.binom.pmf(counts, n, p) / stats.binom.sf(k - 1, n, p)
    assert chance.sum() == approx(1)
    mixed = chance @ [deviation(law, int(j), t) for j in counts]
    assert mixed <= 2 * np.exp(-2 * k * t**2 / width**2) * (1 + 1e-9)
