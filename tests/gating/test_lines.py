"""Banks that are learned: the M-step against least squares, alternation, and what it may not do."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx

from zcmoe import gating

FEW = settings(derandomize=True, max_examples=10, deadline=None)
X = (np.arange(240) + 0.5) / 240
P = np.full(240, 1 / 240)
LINES = np.array([[0, 1], [2, -2], [-1, 3], [1, 0.5]])
PIECE = np.minimum((4 * X).astype(int), 3)
Y = LINES[PIECE, 0] + LINES[PIECE, 1] * X


@given(st.integers(0, 10**6), st.integers(1, 3), st.sampled_from([0.0, 1e6]))
@FEW
def test_the_m_step_is_weighted_least_squares(seed, d, offset):
    rng = np.random.default_rng(seed)
    x, y, p = rng.normal(size=(30, d)), rng.normal(size=30), rng.dirichlet(np.ones(30))
    q = rng.dirichlet(np.ones(3), 30)
    lines = gating.refit(x, y + offset, p, q, affine=True)
    constants = gating.refit(x, y + offset, p, q)
    design = np.column_stack([np.ones(30), x])
    for t in range(3):
        root = np.sqrt(p * q[:, t])[:, None]
        expected = np.linalg.lstsq(root * design, root[:, 0] * y, rcond=None)[0]
        assert lines[t] == approx(expected + np.r_[offset, np.zeros(d)], abs=1e-8)
        assert constants[t] == approx(p * q[:, t] @ (y + offset) / (p @ q[:, t]), abs=1e-8)


def test_predictions_and_costs():
    x = np.array([[0.0, 1.0], [2.0, 3.0]])
    assert gating.predictions([[1, 2, 3]], x).tolist() == [[4], [14]]
    assert gating.predictions([5.0, 6.0], x).tolist() == [[5, 6], [5, 6]]
    assert gating.squared_costs([4.0, 13.0], [[1, 2, 3]], x).tolist() == [[0], [1]]


@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("goal", [{"slope": 30.0}, {"rate": np.log(2.5)}])
def test_every_half_step_lowers_the_functional(affine, goal):
    """F = I + s E d at a slope, the distortion at a rate; the gate's step and the experts' alike."""
    bank = gating.fit_bank(X, Y, P, n_experts=4, affine=affine, rng=1, starts=1, **goal)
    assert bank.history.size > 4 and np.all(np.diff(bank.history) <= 1e-9 * bank.history[0])
    costs = gating.squared_costs(Y, bank.experts, X)
    if "slope" in goal:
        assert bank.history[-1] == approx(bank.point.rate + 30 * bank.point.distortion, rel=1e-12)
    else:
        assert bank.point.rate == approx(np.log(2.5), abs=1e-5)
    again = gating.rate_distortion(P, costs, slope=bank.point.slope)
    assert (again.rate, again.distortion) == approx((bank.point.rate, bank.point.distortion), rel=1e-6)


def test_four_lines_are_found():
    """Row 13's refitted lines: s = 2000, D = 1.04e-5 at 1.9125 bits on 960 points; lines cross, so R < 2 bits."""
    x = (np.arange(960) + 0.5) / 960
    piece = np.minimum((4 * x).astype(int), 3)
    y = LINES[piece, 0] + LINES[piece, 1] * x
    bank = gating.fit_bank(x, y, np.full(960, 1 / 960), n_experts=4, slope=2000, affine=True, rng=3, starts=6)
    assert bank.point.distortion == approx(1.0438e-5, rel=1e-3)
    assert bank.point.rate / np.log(2) == approx(1.91245, abs=1e-4)
    order = np.argsort(bank.experts[:, 0])
    assert bank.experts[order] == approx(np.array([[-0.99936, 2.998983], [-0.002697, 1.024138], [1.00087, 0.49901],
                                                   [1.999913, -1.999767]]), abs=3e-4)


def test_a_bank_of_constants_is_no_better_than_free_constants():
    values = X**2
    free = gating.free_rate_distortion(values, P, slope=60)
    least = free.rate + 60 * free.distortion
    found = [gating.fit_bank(X, values, P, n_experts=m, slope=60, rng=0).history[-1] for m in (1, 2, 4, 8)]
    assert found[0] == approx(60 * values.var()) and np.all(np.diff(found) < 1e-9)
    assert found[-1] == approx(least, rel=1e-5) and min(found) >= least - 1e-9


def test_lines_buy_rate():
    """The same slope: affine experts reach less distortion than constants with fewer nats."""
    constants, lines = (gating.fit_bank(X, Y, P, n_experts=4, slope=200, affine=a, rng=0).point for a in (False, True))
    assert lines.distortion < constants.distortion / 4


def test_a_start_on_which_a_full_corrector_cycles():
    """Sixteen lines on noisy means of four: rate_distortion raised here."""
    x = (np.arange(64) + 0.5) / 64
    beta = 0.05 + 0.6 * np.choose((4 * x).astype(int), [x, 2 - 2 * x, 3 * x - 1, 1 + x / 2])
    y = np.random.default_rng(2).binomial(40, beta) / 40
    bank = gating.fit_bank(x, y, np.full(64, 1 / 64), n_experts=16, slope=200, affine=True, rng=2)
    assert bank.point.gap <= 1e-9 and bank.point.iterations <= 30


def test_the_same_seed_gives_the_same_bank():
    first, second = (gating.fit_bank(X, Y, P, n_experts=3, slope=20, rng=5) for _ in range(2))
    assert np.array_equal(first.experts, second.experts)


@pytest.mark.parametrize("most", [1, 15, 16, 20])
def test_alternation_ends_after_the_most_iterations(most):
    """Two half-steps each, the last of which is not taken: it is cut short before and after the best start's choice."""
    bank = gating.fit_bank(X, Y, P, n_experts=4, slope=30, rng=1, starts=2, max_iterations=most)
    assert bank.history.size == 2 * most - 1


def test_shift_of_y_and_x():
    plain = gating.fit_bank(X, Y, P, n_experts=4, slope=100, affine=True, rng=2, starts=1)
    moved = gating.fit_bank(X + 1e4, Y - 1e5, P, n_experts=4, slope=100, affine=True, rng=2, starts=1)
    assert moved.point.distortion == approx(plain.point.distortion, rel=1e-6)
    assert moved.experts[:, 1] == approx(plain.experts[:, 1], rel=1e-5)


@pytest.mark.parametrize("change, message", [
    ({"n_experts": 0}, "n_experts must be an integer >= 1, got 0"),
    ({"slope": None}, "one of slope and rate must be given, got slope=None and rate=None"),
    ({"rate": 0.1}, "one of slope and rate must be given, got slope=1.0 and rate=0.1"),
    ({"slope": -1.0}, "slope must be"),
    ({"slope": None, "rate": 0.8}, "rate must be at most ln 2 = 0.693147 nats for 2 experts, got 0.8"),
    ({"slope": None, "rate": (1 + 1e-11) * np.log(2)}, "rate must be at most ln 2"),  # beyond rounding
    ({"slope": None, "rate": 0.0}, r"rate must be a finite number in \(0"),
    ({"probability": [0.5, 0.6]}, "probability must sum to 1"), ({"y": [1.0, np.nan]}, "every y must be finite"),
    ({"x": [1.0, 2.0, 3.0]}, "x must have length 2, got 3"), ({"starts": 0}, "starts must be"),
])
def test_bad_input(change, message):
    good = {"x": [0.0, 1.0], "y": [0.0, 1.0], "probability": [0.5, 0.5], "n_experts": 2, "slope": 1.0}
    with pytest.raises(ValueError, match=message):
        gating.fit_bank(**{**good, **change})


@pytest.mark.parametrize("call, message", [
    (lambda: gating.predictions([[1, 2]], [[1, 2]]), r"experts must have shape \(m, 3\) for x of dimension 2"),
    (lambda: gating.predictions([[1, 2], [3]], [1]), "experts must be an array of numbers, not ragged"),
    (lambda: gating.predictions([], [1]), r"experts must have shape \(m,\) or \(m, 1 \+ d\), got \(0,\)"),
    (lambda: gating.squared_costs([1], [[1, 2]]), "x must be given for affine experts"),
    (lambda: gating.squared_costs([1, 2], [1], [1]), "x and y must have the same length, got 1 and 2"),
    (lambda: gating.refit([1, 2], [1, 2], [0.5, 0.5], [[1.0]]), r"conditional must have shape \(2, m\), got \(1, 1\)"),
])
def test_bad_banks(call, message):
    with pytest.raises(ValueError, match=message):
        call()
