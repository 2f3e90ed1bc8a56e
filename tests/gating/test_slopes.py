"""Critical slopes and annealing against closed forms and the global optimum."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx

from zcmoe import gating
from zcmoe.gating.slopes import _cumulant_ratio

FEW = settings(derandomize=True, max_examples=20, deadline=None)
UNIFORM = np.full(1000, 1e-3)
X = (np.arange(1000) + 0.5) / 1000


@pytest.mark.parametrize("p", [1e-4, 0.1, 0.3, 0.49, 0.4974, 0.49746, 0.49747, 0.498, 0.499, 0.4995])
def test_two_values(p):
    """Row 3, and Kearns and Saul's proxy for other p."""
    split, birth, proxy, born_at = gating.critical_slopes([0, 1], [1 - p, p])
    expected = (1 - 2 * p) / (2 * np.log((1 - p) / p))
    assert split == approx(1 / (2 * p * (1 - p)), rel=1e-12)
    assert proxy == approx(expected, rel=1e-10) and birth == approx(1 / (2 * expected), rel=1e-10)
    assert born_at == approx(1 - p, rel=1e-9)
    if p == 0.1:
        assert (proxy, birth, split) == approx((0.18204785, 2.74653072, 5.55555556), abs=6e-9)


def test_square():
    """Row 4."""
    found = gating.critical_slopes(X**2, UNIFORM)
    assert found.proxy == approx(0.09786360, rel=1e-7) and found.birth == approx(5.10915214, rel=1e-8)
    assert found.split == approx(5.62500703, rel=1e-8) and found.born_at == approx(0.6193506, abs=1e-6)


@pytest.mark.parametrize("values, p", [(X, UNIFORM), ([-1, 1], [0.5, 0.5]), ([0, 1, 2], [0.25, 0.5, 0.25])])
def test_strictly_sub_gaussian_values_split_where_they_are_born(values, p):
    split, birth, proxy, born_at = gating.critical_slopes(values, p)
    assert birth == split == approx(1 / (2 * proxy)) and born_at == approx(np.dot(p, values), abs=1e-12)


def test_the_ratio_of_cumulants_has_full_digits():
    """2K(λ)/λ² of two values ±1, K = ln cosh λ, on both sides of where its formulas meet."""
    v, p = np.array([-1.0, 1]), np.array([0.5, 0.5])
    small, others = np.array([0, 1e-9, 1e-3, 0.01, 0.0199]), np.array([0.0201, 0.9, 1.1, 30, 1e4])
    series = 1 - small**2 / 6 + 2 * small**4 / 45 - 17 * small**6 / 1260
    assert _cumulant_ratio(small, v, p) == approx(series, rel=2e-15, abs=0)
    exact = 2 * (others + np.log1p(np.expm1(-2 * others) / 2)) / others**2
    assert _cumulant_ratio(others, v, p) == approx(exact, rel=1e-13, abs=0)


@given(st.integers(0, 10**6))
@FEW
def test_birth_is_where_one_expert_stops_being_optimal(seed):
    rng = np.random.default_rng(seed)
    values, p = rng.normal(size=8) ** 3, rng.dirichlet(np.ones(8))
    split, birth, proxy, _ = gating.critical_slopes(values, p)
    mean = p @ values
    variance = p @ (values - mean) ** 2
    assert proxy >= variance * (1 - 1e-12) and birth <= split * (1 + 1e-12)
    for factor, alone in ((0.999, True), (1.02, False)):
        point = gating.free_rate_distortion(values, p, slope=factor * birth)
        gain = factor * birth * variance - point.rate - factor * birth * point.distortion
        assert (gain < 2e-9) == alone or (not alone and gain > -1e-9 and birth == approx(split, rel=1e-6))


def test_first_nat_is_worth_twice_the_proxy():
    """dD/dR = -2 proxy at R = 0."""
    found = gating.critical_slopes(X**2, UNIFORM)
    curve = gating.curve(X**2, UNIFORM, rates=[1e-4])
    assert (UNIFORM @ (X**2 - UNIFORM @ X**2) ** 2 - curve.distortions[0]) / 1e-4 == approx(2 * found.proxy, rel=1e-2)


def test_annealing_misses_the_birth():
    """Row 5: one expert at s = 5.5, where two are better."""
    path = gating.anneal(X**2, UNIFORM, slopes=[5.5])
    assert path.objective[0] == approx(0.48888828, abs=1e-8) and path.jumps.size == 0
    assert "constants" not in repr(path) and "weights" not in repr(path)  # experts at each slope are too many to print
    point = gating.free_rate_distortion(X**2, UNIFORM, slope=5.5)
    assert path.objective[0] - (point.rate + 5.5 * point.distortion) == approx(0.00213126, abs=1e-7)


@pytest.mark.parametrize("beta", [np.square, lambda x: x, lambda x: np.cos(2 * np.pi * x)])
def test_annealing_is_never_better_and_never_worse_than_one_expert(beta):
    slopes = np.geomspace(0.3, 60, 12) / np.ptp(beta(X)) ** 2
    path = gating.anneal(beta(X), UNIFORM, slopes=slopes)
    best = [gating.free_rate_distortion(beta(X), UNIFORM, slope=s) for s in slopes]
    least = np.array([point.rate + point.slope * point.distortion for point in best])
    assert np.all(path.objective >= least - 1e-9)
    assert np.all(path.objective <= slopes * beta(X).var() + 1e-12)
    assert path.jumps[0] == approx(1 / (2 * beta(X).var()), rel=1e-6) and np.all(np.diff(path.jumps) > 0)
    assert np.all(np.diff(path.distortions) <= 1e-12) and np.all(np.diff(path.rates) >= -1e-12)


def test_a_symmetric_split_keeps_its_experts_apart():
    path = gating.anneal(X, UNIFORM, slopes=[6.5, 25.0])
    assert [c.size for c in path.constants] == [2, 3]
    assert path.constants[1] == approx(1 - path.constants[1][::-1], abs=1e-6)
    assert [w.sum() for w in path.weights] == approx([1, 1])


def test_like_experts_split_together():
    """Two clusters far apart, each a copy of the other: both experts split at 1/(2 Var U) of a cluster, in one jump."""
    cluster = np.arange(20) / 20
    path = gating.anneal(np.r_[cluster, 10 + cluster], np.full(40, 1 / 40), slopes=[1.0, 7.0])
    assert [c.size for c in path.constants] == [2, 4]
    assert path.jumps[1:] == approx([1 / (2 * cluster.var())], rel=1e-6)


def test_bad_input():
    with pytest.raises(ValueError, match="values must be two different ones at least, got only 3"):
        gating.critical_slopes([3, 3], [0.5, 0.5])
    with pytest.raises(ValueError, match=r"slopes \(with 0 in front\) must be strictly increasing, got 2 then 1"):
        gating.anneal([0, 1], [0.5, 0.5], slopes=[2, 1])
    with pytest.raises(ValueError, match="strictly increasing, got 0 then -1"):
        gating.anneal([0, 1], [0.5, 0.5], slopes=[-1])
