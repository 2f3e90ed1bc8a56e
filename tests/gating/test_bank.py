"""A point of D(R) for a fixed bank: against Blahut and Arimoto's bracket, closed forms and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx
from scipy import stats

from zcmoe import gating

FEW = settings(derandomize=True, max_examples=20, deadline=None)
BITS = np.log(2)
UNIFORM = np.full(1000, 1e-3)
X = (np.arange(1000) + 0.5) / 1000


def gaussian_bank(variance=1.0):
    """401 values and 401 constants up to six standard deviations: the optimum uses all of them."""
    u = np.linspace(-6, 6, 401) * variance**0.5
    mass = stats.norm.pdf(u, scale=variance**0.5)
    return mass / mass.sum(), (u[:, None] - u) ** 2


def lines_bank():
    """Row 13: four pieces, each of a line, and the four lines as experts."""
    x = (np.arange(960) + 0.5) / 960
    lines = np.array([[0, 1], [2, -2], [-1, 3], [1, 0.5]])
    piece = np.minimum((4 * x).astype(int), 3)
    y = lines[piece, 0] + lines[piece, 1] * x
    return x, y, lines, piece


def banks():
    return st.integers(0, 10**6).map(random_bank)


def random_bank(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 40), rng.integers(1, 12)
    p = rng.dirichlet(np.full(n, 0.3))
    p[rng.random(n) < 0.1] = 0
    p = p / p.sum() if p.sum() else np.full(n, 1 / n)
    return p, rng.exponential(size=(n, m)) - 0.2, 10 ** rng.uniform(-1, 2)


@given(banks())
@FEW
def test_the_certificate_brackets_the_truth(case):
    """Blahut and Arimoto's bracket, which needs no Newton, contains the least of R + sD."""
    p, costs, s = case
    point = gating.rate_distortion(p, costs, slope=s)
    slow = gating.blahut_arimoto(p, costs, slope=s, tol=1e-5, max_iterations=3000)
    assert 0 <= point.gap + 1e-14 and point.gap <= 1e-9 and point.iterations <= 30
    low, high = slow.rate + s * slow.distortion - slow.gap, slow.rate + s * slow.distortion
    assert low - 1e-9 <= point.rate + s * point.distortion <= high + 1e-9


@given(banks())
@FEW
def test_the_point_is_that_of_its_gate(case):
    p, costs, s = case
    point = gating.rate_distortion(p, costs, slope=s, conditional=True)
    q = point.conditional
    assert q.sum(axis=1) == approx(1) and point.weights.sum() == approx(1)
    assert point.distortion == approx((p[:, None] * q * costs).sum())
    marginal = p @ q
    joint = p[:, None] * q
    kept = joint > 0
    rate = (joint * np.log(np.where(kept, q, 1) / np.where(marginal > 0, marginal, 1)))[kept].sum()
    assert point.rate == approx(rate, abs=1e-12)
    assert point.rate == approx(gating.mutual_information(p, q), abs=1e-12)
    assert marginal == approx(point.weights, abs=1e-4)


@pytest.mark.parametrize("costs", [np.zeros((3, 1)), np.ones((3, 4)), [[0, 5], [0, 1], [0, 2]]])
def test_a_gate_with_nothing_to_say(costs):
    point = gating.rate_distortion([0.2, 0.3, 0.5], costs, slope=7)
    assert point.rate == approx(0, abs=1e-9) and point.distortion == approx(np.asarray(costs)[0, 0], abs=1e-9)


def test_noise_is_added_and_changes_nothing_else():
    """D(R) = σ² + D₀(R)."""
    costs = (X[:, None] - np.linspace(0, 1, 9)) ** 2
    plain, noisy = (gating.rate_distortion(UNIFORM, costs + v, slope=30) for v in (0, 0.25))
    assert noisy.distortion == approx(plain.distortion + 0.25, rel=1e-9) and noisy.rate == approx(plain.rate, rel=1e-9)


@pytest.mark.parametrize("s", [0.6, 1, 4, 20])
def test_gaussian_bank(s):
    """Row 8: D = 1/(2s), R = ½ ln 2s; at most 30 Newton steps although the optimum uses every constant."""
    point = gating.rate_distortion(*gaussian_bank(), slope=s)
    assert point.gap <= 1e-9 and point.iterations <= 30
    assert point.distortion == approx(1 / (2 * s), rel=1e-5)
    assert point.rate == approx(np.log(2 * s) / 2, rel=1e-5)
    if s == 4:
        assert point.rate / BITS == approx(1.49999995, abs=2e-6)


@pytest.mark.parametrize("s", [20, 200, 2000])
@pytest.mark.parametrize("beta", [np.square, np.cos, lambda x: np.cos(2 * np.pi * x)])
def test_steps_on_a_thousand_values(s, beta):
    costs = (beta(X)[:, None] - np.linspace(beta(X).min(), beta(X).max(), 64)) ** 2
    point = gating.rate_distortion(UNIFORM, costs, slope=s)
    assert point.gap <= 1e-9 and point.iterations <= 30


@pytest.mark.parametrize("s, bits, distortion", [
    (2, 0.2130186, 0.1270941), (10, 0.7768749, 0.0276554), (50, 1.4705681, 0.00246827)])
def test_four_lines(s, bits, distortion):
    """Row 13: the exact affine bank; its hard router has H = 2 bits and no error."""
    x, y, lines, piece = lines_bank()
    costs = gating.squared_costs(y, lines, x)
    point = gating.rate_distortion(np.full(960, 1 / 960), costs, slope=s)
    assert point.rate / BITS == approx(bits, rel=1e-5) and point.distortion == approx(distortion, rel=1e-5)
    assert costs[np.arange(960), piece].max() < 1e-28
    assert gating.mutual_information(np.full(960, 1 / 960), np.eye(4)[piece]) == approx(2 * BITS)


def test_blahut_arimoto_stalls():
    """Its bracket shrinks slowly; Newton's method is where it would be after very many steps."""
    costs = (X[:, None] - np.linspace(0, 1, 64)) ** 2
    slow = gating.blahut_arimoto(UNIFORM, costs, slope=200, tol=0, max_iterations=300)
    assert slow.history.size == 301 and slow.iterations == 300
    assert slow.history[-1] == approx(slow.gap) and np.all(slow.history >= 0)
    assert slow.gap > 1e-6
    point = gating.rate_distortion(UNIFORM, costs, slope=200)
    excess = slow.rate + 200 * slow.distortion - point.rate - 200 * point.distortion
    assert 0 < excess <= slow.gap


def test_every_half_step_of_blahut_arimoto_lowers_the_functional():
    """F(q, r) = Σ p q ln(q/r) + s Σ p q d: first over q, then over r."""
    p, costs, s = random_bank(5)
    r, values = np.full(costs.shape[1], 1 / costs.shape[1]), []
    for step in range(30):
        r = gating.blahut_arimoto(p, costs, slope=s, tol=0, max_iterations=step).weights
        q = r * np.exp(-s * (costs - costs.min(axis=1, keepdims=True)))
        q /= q.sum(axis=1, keepdims=True)
        following = gating.blahut_arimoto(p, costs, slope=s, tol=0, max_iterations=step + 1).weights
        assert following == approx(p @ q, abs=1e-12)
        for law in (r, following):
            values.append((p[:, None] * q * (np.log(np.maximum(q, 1e-300) / law) + s * costs)).sum())
    assert np.all(np.diff(values) <= 1e-13 * np.abs(values[0])) and values[-1] < values[0] - 1e-3


@given(st.integers(0, 10**6))
@FEW
def test_a_router_without_chance_passes_its_entropy(seed):
    rng = np.random.default_rng(seed)
    p, chosen = rng.dirichlet(np.ones(30)), rng.integers(5, size=30)
    mass = np.bincount(chosen, p, 5)
    assert gating.mutual_information(p, np.eye(5)[chosen]) == approx(stats.entropy(mass), abs=1e-12)


@given(st.integers(0, 10**6))
@FEW
def test_information_of_x_is_at_least_that_of_its_value(seed):
    """I(X;T) >= I(U;T), with equality when the gate sees x through U alone."""
    rng = np.random.default_rng(seed)
    value, p, q = rng.integers(4, size=24), rng.dirichlet(np.ones(24)), rng.dirichlet(np.ones(3), 24)
    mass = np.bincount(value, p, 4)
    joint = np.stack([np.bincount(value, p * q[:, t], 4) for t in range(3)], axis=1)
    seen = mass > 0
    of_value = joint[seen] / mass[seen, None]
    through = gating.mutual_information(mass[seen] / mass[seen].sum(), of_value)
    assert gating.mutual_information(p, q) >= through - 1e-12
    level = np.zeros((4, 3))
    level[seen] = of_value
    assert gating.mutual_information(p, level[value]) == approx(through, abs=1e-12)


def test_one_blas_thread_while_it_runs(monkeypatch):
    threadpoolctl = pytest.importorskip("threadpoolctl")
    import scipy.linalg
    seen, plain = [], scipy.linalg.cho_factor

    def spy(*args, **options):
        seen.append({pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"})
        return plain(*args, **options)
    monkeypatch.setattr("scipy.linalg.cho_factor", spy)
    with threadpoolctl.threadpool_limits(2, "blas"):
        gating.rate_distortion([0.7, 0.3], [[0, 1], [1, 0]], slope=3)
    assert seen and all(threads == {1} for threads in seen)


@pytest.mark.parametrize("change, message", [
    ({"probability": [0.5, 0.4]}, "probability must sum to 1, got 2 masses of sum 0.9"),
    ({"probability": [1.5, -0.5]}, r"every probability must lie in \[0, inf\], got -0.5 at index 1"),
    ({"probability": [1.0]}, r"costs must have shape \(1, m\) with m >= 1, got \(2, 2\)"),
    ({"costs": [[0, np.nan], [1, 0]]}, r"every costs must be finite, got nan at index \(0, 1\)"),
    ({"costs": [[0, 1], [1]]}, "costs must be an array of numbers, not ragged"),
    ({"costs": [0, 1]}, r"costs must have shape \(2, m\)"),
    ({"costs": np.zeros((2, 0))}, r"with m >= 1, got \(2, 0\)"),
    ({"slope": 0}, r"slope must be a finite number in \(0, inf\], got 0"),
    ({"slope": -2}, "slope must be"), ({"slope": np.inf}, "slope must be"),
])
@pytest.mark.parametrize("solve", [gating.rate_distortion, gating.blahut_arimoto])
def test_bad_input(solve, change, message):
    good = {"probability": [0.5, 0.5], "costs": [[0, 1], [1, 0]], "slope": 1.0}
    with pytest.raises(ValueError, match=message):
        solve(**{**good, **change})


def test_bad_channels_and_tolerances():
    with pytest.raises(ValueError, match="tol must be"):
        gating.rate_distortion([1.0], [[0.0]], slope=1, tol=0)
    with pytest.raises(ValueError, match="max_iterations must be an integer >= 0, got -1"):
        gating.blahut_arimoto([1.0], [[0.0]], slope=1, max_iterations=-1)
    with pytest.raises(ValueError, match=r"conditional must have shape \(2, m\), got \(1, 2\)"):
        gating.mutual_information([0.5, 0.5], [[0.5, 0.5]])
    with pytest.raises(ValueError, match="every distance of a row's sum from 1 in conditional"):
        gating.mutual_information([0.5, 0.5], [[0.5, 0.5], [0.5, 0.4]])


def test_a_gap_out_of_reach_raises():
    with pytest.raises(RuntimeError, match="the gap is .* nats after 60 Newton steps, not 1e-30: give a larger tol"):
        gating.rate_distortion(UNIFORM, (X[:, None] - np.linspace(0, 1, 8)) ** 2, slope=20, tol=1e-30)


def test_the_last_step_allowed_is_still_looked_at(monkeypatch):
    """With as many steps as it needs the point is found, with one fewer it is refused."""
    def solve():
        return gating.rate_distortion(UNIFORM, (X[:, None] - np.linspace(0, 1, 8)) ** 2, slope=20)

    needed = solve().iterations
    monkeypatch.setattr("zcmoe.gating.bank._STEPS", needed)
    assert solve().gap <= 1e-9
    monkeypatch.setattr("zcmoe.gating.bank._STEPS", needed - 1)
    with pytest.raises(RuntimeError, match=f"after {needed - 1} Newton steps"):
        solve()


def test_a_probability_may_exceed_one_by_a_rounding():
    assert gating.mutual_information([0.5, 0.5], [[1.0000000000000002, 0], [0, 1]]) == approx(np.log(2))
