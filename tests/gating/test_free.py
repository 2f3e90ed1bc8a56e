"""D(R) for any constants: closed forms, reference points, and the certificate against constants not tried."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx
from scipy.optimize import brentq
from scipy.special import entr, logsumexp, softmax

from zcmoe import gating
from zcmoe.gating.free import around, settle

FEW = settings(derandomize=True, max_examples=15, deadline=None)
BITS = np.log(2)
UNIFORM = np.full(1000, 1e-3)
X = (np.arange(1000) + 0.5) / 1000


def pull(point, values, p, t):
    """c(t), written out: an expert at t lowers F where it exceeds 1."""
    s = point.slope
    log_z = logsumexp(-s * (values[:, None] - point.constants) ** 2, b=point.weights, axis=1)
    return np.exp(-s * (values - np.asarray(t)[:, None]) ** 2 - log_z) @ p


@pytest.mark.parametrize("p, s, a, distortion, bits", [
    (0.1, 4, 0.0212480, 0.02079651, 0.32060415), (0.3, 2.5, 0.1447941, 0.12382877, 0.28463316)])
def test_two_values(p, s, a, distortion, bits):
    """Rows 1, 2, and the closed form itself."""
    point = gating.free_rate_distortion([0, 1], [1 - p, p], slope=s)
    root = brentq(lambda a: np.log((1 - a) / a) - s * (1 - 2 * a), 1e-9, 0.4)
    assert root == approx(a, abs=1e-7) and point.constants == approx([root, 1 - root], rel=1e-6)
    assert point.distortion == approx(root * (1 - root), rel=1e-6) and point.distortion == approx(distortion, rel=1e-5)
    assert point.rate == approx(entr([p, 1 - p]).sum() - entr([root, 1 - root]).sum(), rel=1e-6)
    assert point.rate / BITS == approx(bits, rel=1e-5)


@pytest.mark.parametrize("beta, s, bits, distortion", [
    (lambda x: x, 20, 0.81492659, 0.02293225), (lambda x: x, 100, 1.86770947, 0.00478744),
    (np.square, 20, 0.82573515, 0.02036453), (np.square, 5.5, 0.08018550, 0.07839576)])
def test_reference_points(beta, s, bits, distortion):
    """Rows 5 (global), 6, 7."""
    point = gating.free_rate_distortion(beta(X), UNIFORM, slope=s)
    assert point.gap <= 1e-9 and point.iterations <= 30
    assert point.rate / BITS == approx(bits, rel=1e-5) and point.distortion == approx(distortion, rel=1e-5)


def test_the_atoms_of_row_5():
    point = gating.free_rate_distortion(X**2, UNIFORM, slope=5.5)
    assert point.constants == approx([0.29990, 0.64715], abs=1e-5)
    assert point.weights == approx([0.90371, 0.09629], abs=1e-5)
    assert point.rate + 5.5 * point.distortion == approx(0.48675702, abs=1e-8)


@pytest.mark.parametrize("s, count", [(5.10, 1), (5.12, 2)])
def test_a_birth(s, count):
    point = gating.free_rate_distortion(X**2, UNIFORM, slope=s)
    assert point.constants.size == count
    if count == 2:
        assert point.constants[1] == approx(0.6203258, abs=1e-5) and point.weights[1] == approx(0.0039461, abs=1e-5)


@pytest.mark.parametrize("s, most", [(0.3, 30), (0.6, 30), (1, 60), (4, 60)])
def test_gaussian_values(s, most):
    """D = min(v, 1/(2s)): the optimum is no finite number of experts, so Newton takes rounds of candidates."""
    u = np.linspace(-6, 6, 401)
    p = np.exp(-u**2 / 2)
    p /= p.sum()
    point = gating.free_rate_distortion(u, p, slope=s)
    assert point.distortion == approx(min(1, 1 / (2 * s)), rel=1e-5) and point.iterations <= most
    assert point.rate == approx(max(0, np.log(2 * s) / 2), abs=1e-6)


@given(st.integers(0, 10**6))
@FEW
def test_no_constant_on_the_line_would_help(seed):
    """The certificate is against every constant: c <= 1 + gap on points that the solver did not choose."""
    rng = np.random.default_rng(seed)
    values, p, s = rng.normal(size=15), rng.dirichlet(np.ones(15)), 10 ** rng.uniform(-1, 3)
    point = gating.free_rate_distortion(values, p, slope=s)
    assert point.gap <= 1e-9
    t = np.r_[rng.uniform(values.min() - 1, values.max() + 1, 3000), values]
    assert pull(point, values, p, t).max() <= 1 + 2e-9
    fixed = gating.rate_distortion(p, (values[:, None] - np.linspace(-3, 3, 40)) ** 2, slope=s)
    assert point.rate + s * point.distortion <= fixed.rate + s * fixed.distortion + 1e-9


def test_the_experts_are_centroids():
    """At the optimum c_t = E[U | T = t]."""
    point = gating.free_rate_distortion(X**2, UNIFORM, slope=60, conditional=True)
    joint = UNIFORM[:, None] * point.conditional
    assert X**2 @ joint / joint.sum(axis=0) == approx(point.constants, abs=1e-7)


def test_a_gate_on_x_does_no_better_than_one_on_the_value():
    """400 points x with 200 values: the same point, whichever of them the gate sees."""
    x = (np.arange(400) + 0.5) / 400
    values = np.cos(2 * np.pi * x)
    u, index = np.unique(values.round(12), return_inverse=True)
    on_x = gating.free_rate_distortion(values, np.full(400, 1 / 400), slope=7)
    on_u = gating.free_rate_distortion(u, np.bincount(index) / 400, slope=7)
    assert u.size == 200
    assert on_x.rate == approx(on_u.rate, rel=1e-8) and on_x.distortion == approx(on_u.distortion, rel=1e-8)


def test_candidates_are_near_values_and_nowhere_else():
    """Between two clusters far apart there would be 10 000 candidates."""
    u = np.array([0.0, 0.05, 100, 100.05])
    t = around(u, 0.01, 0.02)
    assert np.abs(t[:, None] - u).min(axis=1).max() <= 0.02 + 1e-12
    near = np.r_[np.linspace(0, 0.07, 100), np.linspace(99.98, 100.05, 100)]
    assert np.abs(near[:, None] - t).min(axis=1).max() <= 0.005 + 1e-12


def test_the_weights_of_a_start_count_by_their_ratio():
    u, p = np.array([0.0, 1]), np.array([0.9, 0.1])
    one, other = (settle(u, p, [0.2, 0.8], np.array(weights), 4.0) for weights in ([0.75, 0.25], [3, 1]))
    assert all(map(np.array_equal, one, other)) and one[0] == approx([0.021248, 0.978752], abs=1e-6)


@pytest.mark.parametrize("start", [0.2, 0.25, 0.3])
def test_a_local_minimum_is_settled_to_rounding(start):
    """Each expert at the mean of what it answers, with the weight of that, also where F is far from 0."""
    u, p = (np.arange(100) + 0.5) / 100, np.full(100, 0.01)
    for slope in (3.0, 10.0, 30.0, 100.0, 300.0):
        t, r, _ = settle(u, p, [start, 0.5, 0.75], np.arange(1, 4.0), slope)
        joint = p[:, None] * softmax(np.log(r) - slope * (u[:, None] - t) ** 2, axis=1)
        assert joint.sum(axis=0) == approx(r, abs=1e-12) and u @ joint / joint.sum(axis=0) == approx(t, abs=1e-12)


def test_scale_and_shift():
    plain = gating.free_rate_distortion(X**2, UNIFORM, slope=20)
    moved = gating.free_rate_distortion(1e3 * X**2 - 5e4, UNIFORM, slope=20e-6)
    assert moved.rate == approx(plain.rate, rel=1e-6) and moved.distortion == approx(1e6 * plain.distortion, rel=1e-6)
    assert moved.constants == approx(1e3 * plain.constants - 5e4, abs=1e-2)


def test_one_value_and_masses_of_zero():
    point = gating.free_rate_distortion([2.0, 2.0, 7.0], [0.5, 0.5, 0.0], slope=3)
    assert point.constants == approx([2.0]) and point.rate == 0 and point.distortion == approx(0, abs=1e-20)
    assert point.iterations == 0


@pytest.mark.parametrize("values, p, s, message", [
    ([0, 1], [0.5, 0.6], 1, "probability must sum to 1"), ([0, np.nan], [0.5, 0.5], 1, "every values must be finite"),
    ([0, 1, 2], [0.5, 0.5], 1, r"values must have shape \(2,\), got \(3,\)"), ([0, 1], [0.5, 0.5], 0, "slope must be")])
def test_bad_input(values, p, s, message):
    with pytest.raises(ValueError, match=message):
        gating.free_rate_distortion(values, p, slope=s)


def test_a_gap_out_of_reach_raises(monkeypatch):
    monkeypatch.setattr("zcmoe.gating.free._ROUNDS", 1)
    with pytest.raises(RuntimeError, match="the gap is .* nats after .* Newton steps, not 1e-09: give a larger tol"):
        gating.free_rate_distortion(X, UNIFORM, slope=2000)
