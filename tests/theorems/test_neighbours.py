"""The papers beside this one: level sets, D(R) and its identities, interpolation, piece counts."""

import numpy as np
import pytest

pytest.importorskip("hypothesis")
from hypothesis import given, strategies as st  # noqa: E402
from pytest import approx  # noqa: E402
from scipy.special import entr  # noqa: E402

from theorems.valid import smooth  # noqa: E402
from zcmoe import Problem, Sample, approximation_excess, optimal_intervals, optimal_level_sets  # noqa: E402
from zcmoe.composition import (  # noqa: E402
    MoELayer,
    count_paths,
    count_pieces,
    gate_regions,
    interpolant,
    interpolating_product,
    product_network,
    tent_network,
)
from zcmoe.gating import (  # noqa: E402
    blahut_arimoto,
    critical_slopes,
    free_rate_distortion,
    generalization_bound,
    mutual_information,
    rate_distortion,
)
from zcmoe.gating.generalization import gibbs, stratified_bernoulli  # noqa: E402

seeds = st.integers(0, 10**6)


def random_bank(seed, n=12, m=4):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(n)), rng.random((n, m)) ** 2


@pytest.mark.theorem("G.2")
@given(seeds, st.floats(0.5, 30), st.floats(1.1, 3))
def test_the_curve_of_a_bank(seed, slope, factor):
    """D(R) falls, is convex, lies between the cheapest expert for each x and the best single one; F is least."""
    p, costs = random_bank(seed)
    near, far = (rate_distortion(p, costs, slope=s, conditional=True) for s in (slope, slope * factor))
    assert p @ costs.min(axis=1) - 1e-9 <= far.distortion <= near.distortion + 1e-7 <= (p @ costs).min() + 2e-7
    assert near.rate <= far.rate + 1e-7 <= np.log(costs.shape[1]) + 2e-7
    drop, rise = near.distortion - far.distortion, far.rate - near.rate
    assert slope * drop - 1e-7 <= rise <= slope * factor * drop + 1e-7
    rng = np.random.default_rng(seed)
    gate = 0.7 * near.conditional + 0.3 * rng.dirichlet(np.ones(costs.shape[1]), p.size)
    value = mutual_information(p, gate) + slope * p @ (gate * costs).sum(axis=1)
    assert value >= near.rate + slope * near.distortion - near.gap - 1e-12


@pytest.mark.theorem("G.1")
@given(seeds, st.integers(2, 5))
def test_rates_of_gates(seed, m):
    """0 <= I(X;T) <= H(T), with equality for a gate without chance; data processing: merging experts loses rate."""
    rng = np.random.default_rng(seed)
    p, gate = rng.dirichlet(np.ones(9)), rng.dirichlet(np.ones(m) / 3, 9)
    rate = mutual_information(p, gate)
    assert -1e-12 <= rate <= entr(p @ gate).sum() + 1e-12
    sure = np.eye(m)[rng.integers(m, size=9)]
    assert mutual_information(p, sure) == approx(entr(p @ sure).sum(), abs=1e-12)
    merged = np.minimum(np.column_stack([gate[:, 0] + gate[:, 1], gate[:, 2:]]), 1)
    assert mutual_information(p, merged) <= rate + 1e-12


@pytest.mark.theorem("G.3, G.4")
@given(seeds, st.floats(0.5, 20), st.integers(0, 60))
def test_blahuts_bracket(seed, slope, steps):
    """After any number of steps the truth is in the bracket; noise shifts D and nothing else."""
    p, costs = random_bank(seed)
    truth = rate_distortion(p, costs, slope=slope)
    least = truth.rate + slope * truth.distortion
    found = blahut_arimoto(p, costs, slope=slope, tol=0, max_iterations=steps)
    value = found.rate + slope * found.distortion
    assert value - found.gap - 1e-9 <= least <= value + 1e-8
    noisy = rate_distortion(p, costs + 0.25, slope=slope)
    assert noisy.distortion - 0.25 == approx(truth.distortion, abs=1e-6)


@pytest.mark.theorem("Proposition G.1")
@given(seeds, st.floats(1, 20))
def test_a_gate_sees_values_alone(seed, slope):
    """Inputs of the same value may be joined; and free constants are no worse than any bank."""
    rng = np.random.default_rng(seed)
    u, p = rng.choice([-1.0, 0.2, 0.5, 2.0], 10), rng.dirichlet(np.ones(10))
    joined, index = np.unique(u, return_inverse=True)
    bank = np.linspace(-1, 2, 5)
    one, two = (rate_distortion(law, (v[:, None] - bank) ** 2, slope=slope)
                for law, v in [(p, u), (np.bincount(index, p), joined)])
    assert one.rate + slope * one.distortion == approx(two.rate + slope * two.distortion, abs=1e-7)
    if joined.size > 1:
        free = free_rate_distortion(joined, np.bincount(index, p), slope=slope)
        assert free.rate + slope * free.distortion <= two.rate + slope * two.distortion + 1e-7


@pytest.mark.theorem("Proposition G.2")
@given(seeds, st.integers(2, 6))
def test_births_come_before_splits(seed, n):
    """The proxy is at least the variance, so that birth <= split; one expert is optimal below birth, not above."""
    rng = np.random.default_rng(seed)
    u, p = np.sort(rng.normal(size=n)), rng.dirichlet(2 * np.ones(n))
    found = critical_slopes(u, p)
    variance = p @ (u - p @ u) ** 2
    assert found.split == approx(1 / (2 * variance)) and found.birth <= found.split * (1 + 1e-9)
    assert free_rate_distortion(u, p, slope=0.9 * found.birth).rate < 1e-6
    above = free_rate_distortion(u, p, slope=1.2 * found.birth)
    assert above.rate + above.slope * above.distortion < 1.2 * found.birth * variance


@pytest.mark.theorem("G.6")
@given(st.lists(st.floats(0.02, 0.98), min_size=1, max_size=5), st.integers(1, 12), st.floats(0.1, 30))
def test_information_bounds(success, each, gamma):
    """The gap of training and test error is within √(I/2n); for Gibbs's learner it is (I + L)/γ, L the lautum one."""
    n = each * len(success)
    found = stratified_bernoulli(success, n)
    assert 0 <= found.gap <= generalization_bound(found.information, n, 0.5) + 1e-12
    drawn = gibbs(success, [0.0, 0.5, 1.0], n, gamma)
    assert drawn.gap <= generalization_bound(drawn.information, n, 0.5) + 1e-12
    assert drawn.gap == approx((drawn.information + drawn.lautum) / gamma, abs=1e-9)


@pytest.mark.theorem("level sets")
@given(st.lists(st.sampled_from([-1.0, 0.0, 0.4, 0.5, 2.0, 3.5]), min_size=2, max_size=7), st.integers(1, 3), seeds)
def test_level_sets_are_the_best_segmentation(values, m, seed):
    """No way to give m constants to the inputs is better than level sets, and intervals are such a way."""
    rng, at = np.random.default_rng(seed), (np.arange(len(values)) + 0.5) / len(values)
    p, u = rng.dirichlet(np.ones(at.size)), np.array(values)
    problem = Problem(lambda x: u[np.round(x * at.size - 0.5).astype(int)], Sample(at, p), None)
    best = approximation_excess(problem, optimal_level_sets(problem, m))
    for _ in range(20):
        group = rng.integers(m, size=at.size)
        mass = np.bincount(group, p, m)
        mean = np.bincount(group, p * u, m) / np.where(mass > 0, mass, 1)
        assert best <= p @ (u - mean[group]) ** 2 + 1e-12


@pytest.mark.theorem("level sets")
@given(smooth, st.integers(1, 6))
def test_level_sets_beat_intervals(beta, m):
    from scipy import stats
    problem = Problem(beta, stats.uniform(), None, gradient=beta.derivative)
    levels, intervals = (approximation_excess(problem, best(problem, m))
                         for best in (optimal_level_sets, optimal_intervals))
    assert levels <= intervals * (1 + 1e-6) + 1e-12


@pytest.mark.theorem("E.4.9, E.5.3")
@given(smooth, st.integers(1, 40))
def test_interpolation(f, q):
    """An expert of q units is off by at most max|f″|/8q²; a parabola attains it; at its knots it is exact."""
    knots, z = np.linspace(0, 1, q + 1), np.linspace(0, 1, 701)
    weights, bias, constant = interpolant(knots, f(knots))
    found = np.maximum(z[:, None] + bias, 0) @ weights + constant
    assert np.max(np.abs(found - f(z))) <= f.bend() / (8 * q * q) + 1e-9
    assert np.maximum(knots[:, None] + bias, 0) @ weights + constant == approx(f(knots), abs=1e-9)
    weights, bias, constant = interpolant(knots, knots**2)
    middle = (knots[1:] + knots[:-1]) / 2
    assert np.maximum(middle[:, None] + bias, 0) @ weights + constant - middle**2 == approx(np.full(q, 0.25 / q**2))
    network = interpolating_product(lambda t: f(t / 2), 2, 1, q)
    assert np.ravel(network.predict(2 * z)) == approx(f(z), abs=f.bend() / (32 * q * q) + 1e-8)


@pytest.mark.theorem("Proposition E.2, E.3")
@given(st.integers(2, 4), st.integers(1, 4), st.data())
def test_pieces(E, L, data):
    """The tent has E^L pieces; of a product, E^L paths and the product of the layers' distinct maps."""
    assert count_pieces(tent_network(E, L)) == E**L == count_paths(tent_network(E, L))
    slopes = data.draw(st.lists(st.lists(st.integers(1, 3), min_size=E, max_size=E), min_size=L, max_size=L))
    network = product_network(slopes, np.zeros((L, E)))
    assert count_paths(network) == E**L
    assert count_pieces(network) == np.prod([len(set(row)) for row in slopes])


@pytest.mark.theorem("Proposition E.1")
@given(seeds, st.integers(1, 4), st.integers(2, 8))
def test_gates_cut_power_diagrams(seed, d, m):
    rng = np.random.default_rng(seed)
    layer = MoELayer(rng.normal(size=(m, d)), rng.normal(size=m), np.zeros((m, 1, d)), None)
    x = 2 * rng.normal(size=(200, d))
    x = x[:, 0] if d == 1 else x
    assert np.array_equal(gate_regions(layer).route(x), layer.route(x))
