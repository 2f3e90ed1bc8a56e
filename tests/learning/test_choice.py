"""The best number of experts beside its formula."""

from functools import partial

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import COS6, NOISE, UNIFORM, compander, cosine, exponential
from zcmoe import Boxes, Independent, Intervals, Problem, best_number_of_experts, leading_order_error, number_of_experts

SIGMA2 = 1 / 12

# The number of experts
ARGMINS = [  # inputs, β, n, (argmin, excess, m*, formula) for equal segments and for the compander
    (cosine(3, UNIFORM), 1000, (67, 0.00954155, 70.8, 0.00885341), (62, 0.00856181, 63.6, 0.00795517)),
    (cosine(3, UNIFORM), 8000, (141, 0.00225297, 141.7, 0.00221335), (127, 0.00201995, 127.3, 0.00198879)),
    (exponential(1.0, UNIFORM), 1000, (18, 0.00236287, 18.6, 0.00231947), (18, 0.00228057, 17.9, 0.00223888)),
    (exponential(1.0, UNIFORM), 64000, (75, 0.00014515, 74.2, 0.000144967), (72, 0.000140096, 71.6, 0.00013993)),
    (COS6, 8000, (129, 0.00248815, 141.8, 0.00221492), (111, 0.00188118, 117.2, 0.00183114)),
    (exponential(), 8000, (33, 0.000538767, 33.9, 0.000529962), (31, 0.000498203, 31.7, 0.00049475)),
    (exponential(), 64000, (68, 0.000132915, 67.8, 0.00013249), (64, 0.000123911, 63.3, 0.000123688)),
]


@pytest.mark.parametrize("problem, n, uniform, companded", ARGMINS)
def test_argmins_beside_the_formula(problem, n, uniform, companded):
    """The table of spec 4c. Its argmins are over a coarse grid: compare the excess there."""
    for density, segment, (m, excess, star, formula) in [(UNIFORM, Intervals.uniform, uniform),
                                                         (None, partial(compander, problem), companded)]:
        assert number_of_experts(problem, n, density=density) == approx(star, abs=0.051)
        assert 1.5 * SIGMA2 * number_of_experts(problem, n, density=density) / n == approx(formula, rel=2e-5)
        best = best_number_of_experts(problem, n, range(m - 3, m + 4), segment=segment)
        assert best.errors[3] - SIGMA2 == approx(excess, rel=1e-5)
        assert 0.99 * excess < best.error - SIGMA2 < 1.00001 * excess


@pytest.mark.parametrize("n, exact", [(100, 6), (1000, 14), (10_000, 30)])
def test_best_m_of_a_straight_line(n, exact):
    """β = 2x, σ = 0.5: m* = (b²n/6σ²)^(1/3) = 6.4, 13.9, 29.9."""
    problem = Problem(lambda x: 2 * x, UNIFORM, stats.norm(0, 0.5))
    assert number_of_experts(problem, n) == approx((4 * n / 1.5) ** (1 / 3), rel=1e-10)
    assert best_number_of_experts(problem, n, range(1, 60)).m == exact


@pytest.mark.parametrize("n, boxes, star", [(1000, 64, 71), (16_000, 289, 283)])
def test_two_dimensions(n, boxes, star):
    """∇β = (1, 2), uniform inputs, squares; spec 4c, and m* = (2 A n/dσ²)^(d/(d+2))."""
    problem = Problem(lambda x: x @ [1.0, 2.0], Independent(UNIFORM, UNIFORM), NOISE, dimension=2,
                      gradient=lambda x: np.broadcast_to([1.0, 2.0], x.shape))
    m = number_of_experts(problem, n)
    assert m == approx((5 / 12 * n / SIGMA2) ** 0.5, rel=1e-9) and round(m) == star
    side = int(np.sqrt(boxes))
    best = best_number_of_experts(problem, n, range(side - 3, side + 4), segment=lambda k: Boxes((k, k)))
    assert best.m**2 == boxes
    # m* minimises the leading-order error, whose least excess is (1 + d/2) σ² m*/n.
    errors = [leading_order_error(problem, k, n) for k in (round(m) - 2, round(m), round(m) + 2)]
    assert errors[1] < min(errors[0], errors[2]) and errors[1] - SIGMA2 == approx(2 * SIGMA2 * m / n, rel=1e-3)
    # Choosing m by the bound (30) overshoots by d^(d/(d+2)).
    assert number_of_experts(problem, n, cells="any") / m == approx(2**0.5)


@pytest.mark.parametrize("call, message", [
    (lambda: number_of_experts(Problem(np.square, UNIFORM, stats.uniform(-1e-200, 2e-200)), 5), "must have noise"),
    (lambda: number_of_experts(COS6, 2.5), "n must be"),
    (lambda: best_number_of_experts(COS6, 10, []), "numbers must hold"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
