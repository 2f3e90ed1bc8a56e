"""Section 4 and Appendix A as properties: valid problems are drawn, and the hardest that are taken."""

import numpy as np
import pytest

pytest.importorskip("hypothesis")
from hypothesis import assume, given, strategies as st  # noqa: E402
from pytest import approx  # noqa: E402
from scipy import stats  # noqa: E402

from strategies import curves, edges, histograms  # noqa: E402
from theorems.valid import (  # noqa: E402
    UNIFORM,
    blends,
    cuts,
    gentle,
    gradual,
    hard,
    moments_by_hand,
    positive,
    ramps,
    smooth,
)
from zcmoe import (  # noqa: E402
    Intervals,
    Problem,
    ZeroComputeMoE,
    approximation_error,
    approximation_excess,
    best_experts,
    high_rate_coefficient,
    high_rate_error,
    minimal_error,
    optimal_density,
    optimal_intervals,
    optimal_level_sets,
    region_moments,
    small_region_error,
    test_error as error_of,
)
from zcmoe.quantization import bennett, compander, optimal_quantizer, panter_dite  # noqa: E402


@pytest.mark.theorem("(9)")
@given(hard, cuts, st.integers(0, 99))
def test_the_best_constants(drawn, cells, seed):
    """No constants are better than E[β | A_i], and a step δ_i away costs Σ P_i δ_i²."""
    curve, _, problem = drawn
    step = curve.range * np.random.default_rng(seed).normal(size=cells.n_regions)
    best = best_experts(problem, cells)
    cost = error_of(problem, ZeroComputeMoE(cells, best.constants + step)) - error_of(problem, best)
    assert cost == approx(region_moments(problem, cells).probability @ step**2, rel=1e-9, abs=1e-12 * curve.range**2)


@pytest.mark.theorem("(10)")
@given(hard, cuts, st.lists(st.floats(0.01, 0.99), max_size=4))
def test_more_cuts_never_hurt(drawn, cells, more):
    """A finer segmentation has no greater error, by what its means spread within the coarse regions."""
    curve, _, problem = drawn
    fine = Intervals(np.union1d(cells.edges, more))
    coarse, finer = (approximation_excess(problem, each) for each in (cells, fine))
    probability, mean, _ = region_moments(problem, fine)
    parent = np.searchsorted(cells.edges, fine.edges[:-1], side="right") - 1
    between = probability @ (mean - region_moments(problem, cells).mean[parent]) ** 2
    assert coarse - finer == approx(between, rel=1e-6, abs=1e-9 * curve.range**2)


@pytest.mark.theorem("4.1")
@given(smooth, positive, edges(1, 5), st.sampled_from([0, 1]))
def test_small_intervals(beta, law, at, flat):
    """The error is the sum (19) but for o(Δ²), the constants β(x_i) but for o(Δ): both to second order more.

    For an affine β and a uniform law there is no remainder.
    """
    problem = Problem(beta, law, None, gradient=beta.derivative)
    off, far = [], []
    for k in (24, 96):
        fine = np.unique(np.concatenate([np.linspace(a, b, k + 1) for a, b in zip(at[:-1], at[1:], strict=True)]))
        fine = fine[np.r_[True, np.diff(fine) > 1e-9]]
        probability, mean, variance = moments_by_hand(fine, law, beta)
        off.append(abs(probability @ variance - small_region_error(problem, Intervals(fine))))
        far.append(np.max(np.abs(mean - beta((fine[1:] + fine[:-1]) / 2))))
    assert off[1] <= off[0] / 100 + 1e-13  # 256 in the limit, where Δ²'s own share is 16
    assert far[1] <= far[0] / 9 + 1e-13
    line = Problem(lambda x: 3 * x, UNIFORM, None)
    assert small_region_error(line, Intervals(at)) == approx(9 * np.sum(np.diff(at) ** 3) / 12, rel=1e-9)
    assert small_region_error(line, Intervals(at)) == approx(approximation_excess(line, Intervals(at)), rel=1e-9)


@pytest.mark.theorem("4.2")
@given(smooth, positive, ramps)
def test_segment_densities(beta, law, density):
    """m² times the error of λ's segmentation tends to (1/12) ∫ w/λ²; by scale, λ twice as dense costs a quarter."""
    problem = Problem(beta, law, None, gradient=beta.derivative)
    limit = high_rate_coefficient(problem, density)
    off = []
    for m in (64, 256):
        probability, _, variance = moments_by_hand(Intervals.from_density(density, m).edges, law, beta)
        off.append(abs(m**2 * (probability @ variance) - limit) / limit)
    assert off[1] < 0.02 and off[1] < 0.3 * off[0] + 1e-6
    assert high_rate_error(problem, density, 20) == approx(limit / 400, rel=1e-12)


@pytest.mark.theorem("4.3")
@given(gradual, gentle())
def test_no_density_does_better(drawn, density):
    """∫ w/λ² >= (∫ w^(1/3))³ for every λ, with equality at λ* ∝ w^(1/3)."""
    curve, _, problem = drawn
    least = high_rate_coefficient(problem)
    try:
        assert high_rate_coefficient(problem, density) >= least * (1 - 1e-6)
    except ValueError as error:  # a cusp: w/λ² has no integral
        assert "does not converge" in str(error)
    assume(least > 1e-9 * curve.range**2)
    try:
        equal = high_rate_coefficient(problem, optimal_density(problem, floor=1e-9 * curve.range))
    except ValueError as error:
        assert "does not converge" in str(error)
    else:
        assert equal == approx(least, rel=1e-3)


@pytest.mark.theorem("4.3")
@given(smooth, positive, st.sampled_from([-3.0, 0.1, 7.0]), st.floats(-5, 5))
def test_the_minimal_error_under_scale_and_mirror(beta, law, scale, offset):
    """(23) is quadratic in β, blind to an offset, and the same for x and 1 - x."""
    plain = minimal_error(Problem(beta, law, None, gradient=beta.derivative), 9)
    scaled = Problem(lambda x: offset + scale * beta(x), law, None, gradient=lambda x: scale * beta.derivative(x))
    assert minimal_error(scaled, 9) == approx(scale**2 * plain, rel=1e-6)

    class Mirrored:
        pdf = staticmethod(lambda x: law.pdf(1 - np.asarray(x)))
        cdf = staticmethod(lambda x: 1 - law.cdf(1 - np.asarray(x)))
    mirrored = Problem(lambda x: beta(1 - x), Mirrored(), None, gradient=lambda x: -beta.derivative(1 - x))
    assert minimal_error(mirrored, 9) == approx(plain, rel=1e-6)


@pytest.mark.theorem("(11), (12)")
@given(curves(("flat", "wave", "power"), 3, 20), histograms(), st.integers(1, 6), edges(1, 6))
def test_the_best_intervals_and_beyond(curve, steps, m, at):
    """No m intervals are better than the best ones, and no segmentation at all than level sets."""
    problem = Problem(curve, steps.law, None)
    best = approximation_excess(problem, optimal_intervals(problem, m))
    slack = 1e-8 * curve.range**2
    if at.size - 1 <= m:
        assert best <= approximation_excess(problem, Intervals(at)) + slack
    assert approximation_excess(problem, optimal_level_sets(problem, m)) <= best + slack


@pytest.mark.theorem("(42)–(47)")
@given(gentle(), gentle(), st.sampled_from([-4.0, 0.5, 3.0]), st.integers(2, 9))
def test_quantization(law, density, scale, m):
    """Bennett's integral is least at the compander, Panter and Dite's value; it scales as the square of x.

    The optimal quantizer is the optimal segmentation for β(x) = x.
    """
    least = panter_dite(law)
    assert bennett(law, density) >= least * (1 - 1e-9)
    assert bennett(law, compander(law)) == approx(least, rel=1e-6)
    assert high_rate_coefficient(Problem(lambda x: x, law, None)) == approx(least, rel=1e-6)
    wide = stats.rv_histogram((law._hpdf[1:-1], law._hbins * abs(scale) + 2), density=True)
    assert panter_dite(wide) == approx(scale**2 * least, rel=1e-6)
    line = Problem(lambda x: x, law, None)
    best = approximation_excess(line, optimal_intervals(line, m))
    assert optimal_quantizer(law, m).distortion == approx(best, rel=1e-6)


@pytest.mark.theorem("(48)–(50)")
@given(blends(), st.integers(1, 40))
def test_compressor_and_expander(density, m):
    """The segmentation (50) gives each region 1/m of λ, and G(g(z)) = z."""
    cells = Intervals.from_density(density, m)
    assert np.diff(density.cdf(cells.edges)) == approx(np.full(m, 1 / m), abs=1e-8)


@pytest.mark.theorem("(19)–(23)")
@given(st.floats(0.1, 3), st.integers(1, 50))
def test_at_the_optimum_every_region_carries_the_same(power, m):
    """For β = x^a, whose λ* is a power too, Σ and its terms are known: with w = a²x^(2a-2), G = x^((2a+1)/3)."""
    assume(abs(power - 1) > 0.05 and power > 0.55)
    problem = Problem(lambda x: x**power, UNIFORM, None, gradient=lambda x: power * x ** (power - 1))
    root = power ** (2 / 3) * 3 / (2 * power + 1)
    assert minimal_error(problem, m) == approx(root**3 / 12 / m**2, rel=1e-6)
    found = Intervals.from_density(optimal_density(problem, floor=0), m).edges
    assert found == approx((np.arange(m + 1) / m) ** (3 / (2 * power + 1)), abs=1e-7)
    assert approximation_error(problem, Intervals(found)) > 0
