"""What goes wrong when an assumption is dropped: the smallest example of each that we know."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from zcmoe import (
    Boxes,
    Independent,
    Intervals,
    Problem,
    approximation_excess,
    best_experts,
    high_rate_coefficient,
    minimal_error,
    optimal_density,
    optimal_intervals,
    small_region_error,
)
from zcmoe.concentration import constant_radius

UNIFORM = stats.uniform()


def test_a_flat_piece_and_floor_0():
    """λ* is 0 where β is flat: the whole piece is one region, whatever m, and no density that is 0 there has an error.

    With β = max(x, 1/2) - 1/2 half of [0, 1] is flat. G does not increase there, and 1/2 is an edge only by chance.
    """
    problem = Problem(lambda x: np.maximum(x, 0.5), UNIFORM, None, breakpoints=[0.5],
                      gradient=lambda x: np.where(x < 0.5, 0.0, 1.0))
    edges = Intervals.from_density(optimal_density(problem, floor=0), 8).edges
    assert edges[1] == approx(0.5 + 1 / 16, abs=1e-6)  # the first region: the flat half and an eighth of the slope
    assert minimal_error(problem, 8) == approx(1 / 8 / 12 / 64, rel=1e-9)  # Z = 1/2: the flat half costs nothing


def test_p_that_touches_0():
    """At the end where p = 2x vanishes (18) fails: c_1 - β(x_1) is Δ/6, for β = x, and no o(Δ)."""
    problem = Problem(lambda x: x, stats.beta(2, 1), None)
    for m in (4, 64):
        assert m * (best_experts(problem, Intervals.uniform(m)).constants[0] - 0.5 / m) == approx(1 / 6, rel=1e-9)


def test_a_jump():
    """One jump of 1 inside a region leaves Δ/4 of its own: 1/m, not 1/m², for β = 1[x > 1/2] and odd m."""
    problem = Problem(lambda x: np.where(x > 0.5, 1.0, 0.0), UNIFORM, None)
    assert minimal_error(problem, 9) == 0  # (23) sees no slope
    for m in (5, 51):
        assert approximation_excess(problem, Intervals.uniform(m)) == approx(1 / (4 * m), rel=1e-9)
    assert approximation_excess(problem, optimal_intervals(problem, 2)) == approx(0, abs=1e-14)


def test_a_slope_that_is_only_hoelder():
    """For β = x^1.1, equal intervals leave a remainder of (19) that falls as Δ^3.2 alone, not as Δ⁴."""
    problem = Problem(lambda x: x**1.1, UNIFORM, None, gradient=lambda x: 1.1 * x**0.1)
    off = [abs(approximation_excess(problem, Intervals.uniform(m)) - small_region_error(problem, Intervals.uniform(m)))
           for m in (16, 256)]
    assert np.log(off[0] / off[1]) / np.log(16) == approx(3.2, abs=0.05)
    assert off[1] * 256**4 > 5 * off[0] * 16**4  # a smooth β would have Δ⁴


def test_a_wrong_density():
    """Where λ vanishes and w does not, (21) has no finite value: λ = 2x costs β = x ∫ 1/4x²."""
    with pytest.raises(ValueError, match="does not converge|positive"):
        high_rate_coefficient(Problem(lambda x: x, UNIFORM, None), stats.beta(2, 1))


def test_heavy_tails():
    """Student's law of 2.1 degrees of freedom has a variance but no bound B: (40) has no value, and is refused."""
    problem = Problem(lambda x: x, UNIFORM, stats.t(2.1))
    assert problem.noise_variance == approx(21) and problem.noise_bound == np.inf
    with pytest.raises(ValueError, match="finite"):
        constant_radius(1.0, problem.noise_bound, 10, 1.0, 0.05)


def test_few_experts():
    """(23) is no bound: with two experts the optimum for x² is 11 % above it, for cos 2πx it is below it."""
    square = Problem(np.square, UNIFORM, None)
    wave = Problem(lambda x: np.cos(2 * np.pi * x), UNIFORM, None)
    ratio = [approximation_excess(each, optimal_intervals(each, m)) / minimal_error(each, m)
             for each, m in [(square, 2), (wave, 4)]]
    assert ratio[0] == approx(1.113, abs=1e-3) and ratio[1] == approx(1 / 1.0888, abs=1e-3)


def test_slabs():
    """Regions that are not small in every direction: 64 slabs beat 8 × 8 squares 64-fold, for β = x_1.

    (31) is a bound for small regions, of order m^(-2/d); these are thin along ∇β alone, and fall as m^-2 in every d.
    """
    problem = Problem(lambda x: x[:, 0], Independent(UNIFORM, UNIFORM), None, dimension=2)
    squares, slabs = (approximation_excess(problem, Boxes(shape)) for shape in ((8, 8), (64, 1)))
    assert squares / slabs == approx(64, rel=1e-9)
