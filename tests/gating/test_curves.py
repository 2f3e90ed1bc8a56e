"""Curves of error against rate: reference tables, their order, closed forms of the entropies of β(X)."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx
from scipy import stats
from scipy.special import entr

from settings import NOISE, TN, cosine, piecewise
from zcmoe import Problem, gating

FEW = settings(derandomize=True, max_examples=12, deadline=None)
THREE = settings(derandomize=True, max_examples=3, deadline=None)
BITS = np.log(2)


def grid(n):
    return (np.arange(n) + 0.5) / n, np.full(n, 1 / n)


def test_distance_to_entropy_coding_of_a_uniform_value():
    """Row 9: H - R at D = 1/(12 m²); it grows to ½ log2(πe/6) = 0.25461 bit."""
    x, p = grid(640)
    m = np.array([2, 4, 8, 16])
    found = gating.curve(x, p, distortions=1 / (12 * m**2))
    apart = np.log2(m) - found.rates / BITS
    assert apart == approx([0.12188, 0.19015, 0.22259, 0.23866], rel=2e-3)
    assert np.all(np.diff(apart) > 0) and apart[-1] < np.log2(np.pi * np.e / 6) / 2
    assert found.gaps.max() <= 1e-9


@pytest.mark.parametrize("m, n, distortion, ratio", [
    (2, 8000, 0.02003507, 1.1131), (4, 8000, 0.00474933, 1.0554), (16, 8000, 2.850839e-4, 1.0136),
    (64, 20_000, 1.763759e-5, 1.0034)])
def test_fixed_rate_of_a_square(m, n, distortion, ratio):
    """Row 10. A grid of n leaves some 0.1/n² out of the distortion."""
    x, p = grid(n)
    found = gating.fixed_rate(x**2, p, m)
    assert found.distortion == approx(distortion, rel=1e-6, abs=5e-9)
    assert found.distortion * 12 * m**2 / 0.864 == approx(ratio, rel=5e-5)
    assert found.fixed_rate == np.log(m) and found.entropy <= np.log(m)


def test_entropy_coded_square():
    """Row 11: the reference is a descent's best, 26 cells at 4.3733 bits; the exact optimum is below it."""
    x, p = grid(4000)
    found = gating.entropy_coded(x**2, p, slope=4000)
    objective = found.entropy + 4000 * found.distortion
    assert objective <= min(3.510284, 4.373321 * BITS + 4000 * 1.198212e-4)
    assert objective == approx(3.510284, abs=1.5e-3) and found.probability.size == 26


def test_price_of_interval_routing():
    """Row 12: joining the two branches of cos 2πx gains a factor that tends to 4."""
    x, p = grid(960)
    values = np.cos(2 * np.pi * x)
    apart, joined = (gating.fixed_rate(values, p, 32, regions=r).distortion for r in ("intervals", "levels"))
    assert (apart, joined) == approx((1.127670e-3, 2.939192e-4), rel=1e-5)
    assert apart / joined == approx(3.8367, rel=1e-4)


def test_four_constants_for_four_lines():
    """Row 13: the best four constants on the target of the bank of lines."""
    x, p = grid(960)
    lines = np.array([[0, 1], [2, -2], [-1, 3], [1, 0.5]])[np.minimum((4 * x).astype(int), 3)]
    values = lines[:, 0] + lines[:, 1] * x
    assert gating.fixed_rate(values, p, 4).distortion == approx(0.00635684, rel=1e-5)


@pytest.mark.parametrize("beta", [lambda x: x, np.square, lambda x: np.cos(2 * np.pi * x)])
def test_the_order_of_the_four_curves(beta):
    """Shannon <= D(R) <= entropy-coded <= fixed rate."""
    x, p = grid(200)
    values = beta(x)
    problem = Problem(beta, stats.uniform(), NOISE)
    h = gating.value_entropy(problem).value
    for m in (2, 6):
        fixed = gating.fixed_rate(values, p, m)
        least = gating.curve(values, p, rates=[fixed.entropy, fixed.fixed_rate]).distortions
        assert gating.shannon_lower_bound(h, fixed.entropy) <= least[0] * (1 + 1e-3)  # the grid is no density
        assert least[1] <= least[0] * (1 + 1e-12) and least[0] <= fixed.distortion
        slope = m**2 * 3.0
        coded = gating.entropy_coded(values, p, slope=slope)
        assert coded.entropy + slope * coded.distortion <= fixed.entropy + slope * fixed.distortion + 1e-12
        assert gating.curve(values, p, rates=[coded.entropy]).distortions[0] <= coded.distortion + 1e-12


@given(st.integers(0, 10**6))
@FEW
def test_regions_of_any_shape_are_at_least_as_good_as_intervals(seed):
    rng = np.random.default_rng(seed)
    values, p, m = rng.normal(size=30), rng.dirichlet(np.ones(30)), int(rng.integers(1, 8))
    for order, equal in ((values, False), (np.sort(values), True)):
        levels, intervals = (gating.fixed_rate(order, p, m, regions=r).distortion for r in ("levels", "intervals"))
        assert levels <= intervals + 1e-12
        assert not equal or levels == approx(intervals, abs=1e-12)


@given(st.integers(0, 10**6))
@FEW
def test_entropy_coded_optimum_by_trying_all_divisions(seed):
    rng = np.random.default_rng(seed)
    values, p, slope = np.sort(rng.normal(size=8)), rng.dirichlet(np.ones(8)), 10 ** rng.uniform(-1, 2)
    found = gating.entropy_coded(values, p, slope=slope)
    costs = []
    for cuts in range(2**7):
        run = np.cumsum(np.r_[0, [(cuts >> i) & 1 for i in range(7)]])
        mass = np.bincount(run, p)
        mean = np.bincount(run, p * values) / mass
        costs.append(entr(mass).sum() + slope * (p @ (values - mean[run]) ** 2))
    assert found.entropy + slope * found.distortion == approx(min(costs), abs=1e-12)


def test_an_offset_does_not_move_the_entropy_coded_runs():
    """Squares of the values themselves, at 1e8 with 16 digits, would hide differences of 0.1."""
    x, p = grid(200)
    plain, moved = (gating.entropy_coded(x**2 + offset, p, slope=100) for offset in (0, 1e8))
    assert np.array_equal(moved.edges, plain.edges) and moved.distortion == approx(plain.distortion, rel=1e-5)


def test_two_values_at_given_rates_and_distortions():
    """D = a(1 - a) at R = h(p) - h(a): the tangent leaves no error of the search in it."""
    a = np.array([0.25, 0.1, 0.01, 1e-3])
    rates = entr([0.3, 0.7]).sum() - entr(a) - entr(1 - a)
    assert gating.curve([0, 1], [0.7, 0.3], rates=rates).distortions == approx(a * (1 - a), rel=2e-11)
    assert gating.curve([0, 1], [0.7, 0.3], distortions=a * (1 - a)).rates == approx(rates, rel=2e-11)


def test_where_the_curve_begins():
    """At the rate 0 the distortion is Var β(X), and the slope is that at which a second expert is born."""
    for ends in ({"rates": [0.0]}, {"distortions": [0.3 * 0.7]}):
        found = gating.curve([0, 1], [0.7, 0.3], **ends)
        assert (found.rates[0], found.distortions[0]) == approx((0, 0.21), abs=1e-12)
        assert found.slopes[0] == approx(np.log(7 / 3) / 0.4, rel=1e-3)


@given(st.integers(0, 10**6))
@THREE
def test_distortion_is_convex_and_decreasing_in_the_rate(seed):
    rng = np.random.default_rng(seed)
    values, p = rng.normal(size=12), rng.dirichlet(np.ones(12))
    rates = np.linspace(0, 0.95 * entr(p).sum(), 8)
    found = gating.curve(values, p, rates=rates)
    assert found.rates == approx(rates) and np.all(np.diff(found.distortions) < 1e-12)
    assert np.all(np.diff(found.distortions, 2) >= -1e-9)
    again = gating.curve(values, p, distortions=found.distortions[1:5])
    assert again.rates == approx(rates[1:5], abs=1e-6)
    by_slope = gating.curve(values, p, slopes=found.slopes[1:5])
    assert by_slope.distortions == approx(found.distortions[1:5], abs=1e-5)


@pytest.mark.parametrize("k", [1, 3])
def test_entropies_of_a_cosine(k):
    """cos 2πkx of a uniform x has the arcsine law, h = ln(π/2); its 2k branches cost ln 2k."""
    value, branch = gating.value_entropy(cosine(k, stats.uniform()))
    assert value == approx(np.log(np.pi / 2), abs=1e-7) and branch == approx(np.log(2 * k), abs=1e-7)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_entropies_in_another_unit(unit):
    """h(aU) = h(U) + ln a; a small slope is no flat piece, and a large one hides none."""
    value, branch = gating.value_entropy(Problem(lambda x: unit * np.cos(2 * np.pi * x), stats.uniform(), NOISE))
    assert (value, branch) == approx((np.log(unit * np.pi / 2), np.log(2)), abs=1e-5)
    flat = Problem(lambda x: unit * np.maximum(x - 0.5, 0), stats.uniform(), NOISE, breakpoints=[0.5])
    assert gating.value_entropy(flat).value == -np.inf


def test_entropies_of_monotone_functions():
    """h = h(X) + E ln|β'|, and nothing to join."""
    square = Problem(np.square, stats.uniform(), NOISE, gradient=lambda x: 2 * x)
    assert gating.value_entropy(square) == approx((np.log(2) - 1, 0), abs=1e-9)
    exponential = Problem(np.exp, TN, NOISE)
    mean_log_slope = TN.mean()
    assert gating.value_entropy(exponential) == approx((TN.entropy() + mean_log_slope, 0), abs=1e-7)


def test_entropies_add_up_to_what_intervals_see():
    problem = cosine(3)
    value, branch = gating.value_entropy(problem)
    x, p = grid(200_000)
    weight = problem.inputs.pdf(x) / 200_000
    seen = weight @ np.log(np.abs(problem.gradient(x)) / problem.inputs.pdf(x))
    assert value + branch == approx(seen, abs=1e-4) and 0 < branch < np.log(6)


def test_two_branches_with_unlike_laws():
    """The density of β(X) on a fine histogram: h without any branches."""
    problem = Problem(lambda x: (x - 0.3) ** 2, stats.beta(2, 1), NOISE, gradient=lambda x: 2 * (x - 0.3))
    edges = 0.49 * np.linspace(0, 1, 200_001) ** 2  # the density is infinite at 0 like u^(-1/2)
    root = np.sqrt(edges)
    mass = np.diff(problem.inputs.cdf(0.3 + root) - problem.inputs.cdf(0.3 - root))
    direct = mass @ np.log(np.diff(edges) / mass)
    assert gating.value_entropy(problem).value == approx(direct, abs=1e-4)


def test_an_atom_has_no_density():
    value, branch = gating.value_entropy(piecewise(stats.uniform()))
    assert value == -np.inf and np.isnan(branch)
    assert gating.shannon_lower_bound(value, [0.0, 3.0]).tolist() == [0, 0]


def test_shannon_bound_of_a_uniform_value_and_intervals():
    """Intervals of equal length are πe/6 above it at every m."""
    for m in (1, 2, 7):
        assert 1 / (12 * m**2) / gating.shannon_lower_bound(0.0, np.log(m)) == approx(np.pi * np.e / 6)


@pytest.mark.parametrize("options, message", [
    ({}, "one of slopes, rates and distortions must be given, got none"),
    ({"slopes": [1], "rates": [1]}, "must be given, got slopes and rates"),
    ({"rates": [0.1, 0.7]}, r"every one of rates must be within reach, in \[0, 0.693147\) nats, got 0.7"),
    ({"rates": [-0.1]}, r"in \[0, 0.693147\) nats, got -0.1"),
    ({"distortions": [0.0]}, r"every one of distortions must be within reach, in \(0, 0.25\], got 0"),
    ({"distortions": [0.3]}, r"in \(0, 0.25\], got 0.3"),
    ({"slopes": [1, -1]}, "slope must be a finite number"), ({"slopes": [np.nan]}, "every slopes must be finite"),
    ({"rates": [[0.1]]}, r"rates must have shape \(n,\), got \(1, 1\)"),
])
def test_targets_out_of_reach(options, message):
    with pytest.raises(ValueError, match=message):
        gating.curve([0, 1], [0.5, 0.5], **options)


def test_bad_input():
    for call in (lambda p: gating.fixed_rate([0, 1], p, 2), lambda p: gating.entropy_coded([0, 1], p, slope=1)):
        with pytest.raises(ValueError, match="probability must sum to 1"):
            call([0.5, 0.6])
    with pytest.raises(ValueError, match="m must be an integer >= 1, got 0"):
        gating.fixed_rate([0, 1], [0.5, 0.5], 0)
    with pytest.raises(ValueError, match='regions must be "levels" or "intervals", got \'boxes\''):
        gating.fixed_rate([0, 1], [0.5, 0.5], 1, regions="boxes")
    with pytest.raises(ValueError, match="value_entropy must be finite or -inf, got nan"):
        gating.shannon_lower_bound(np.nan, 1)
    with pytest.raises(ValueError, match="every rates must lie in"):
        gating.shannon_lower_bound(0, -1)
