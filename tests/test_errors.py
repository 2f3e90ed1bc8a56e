"""Exact and asymptotic errors for d = 1 against reference numbers, closed forms and Monte Carlo."""

import warnings

import numpy as np
import pytest
from pytest import approx
from scipy import stats
from scipy.special import gamma

import zcmoe
from settings import COS6, NOISE, REFERENCE, TN, UNIFORM, cosine, exponential, piecewise
from zcmoe import Intervals, Problem
from zcmoe.learning import leading_order_error

SIGMA2 = 1 / 12
DIGITS = 1e-8  # the stated relative accuracy of the reference numbers


def excess(error):
    return error - SIGMA2


def test_theorem_4_3_reference_values():
    """(23): σ² + Z³/(12 m²), with Z = ∫ w^(1/3)."""
    coefficient = zcmoe.high_rate_coefficient(COS6)
    assert coefficient == approx(REFERENCE["R02"], rel=DIGITS)
    assert (12 * coefficient) ** (1 / 3) == approx(REFERENCE["R01"], rel=DIGITS)
    assert zcmoe.minimal_error(COS6, 32) == approx(REFERENCE["R13"], rel=DIGITS)
    assert (12 * zcmoe.high_rate_coefficient(piecewise())) ** (1 / 3) == approx(REFERENCE["R16"], rel=DIGITS)


@pytest.mark.parametrize("w", [1, 2, 6])
def test_theorem_4_3_cosine_closed_form(w):
    problem = cosine(w / 2, UNIFORM)
    closed = w**2 * np.pi**2 * (gamma(5 / 6) / (np.sqrt(np.pi) * gamma(4 / 3))) ** 3 / 12
    assert zcmoe.high_rate_coefficient(problem) == approx(closed, rel=1e-10)


@pytest.mark.parametrize("k", [0.5, 1.0, 3.0])
def test_theorem_4_3_exponential_closed_form(k):
    closed = (1.5 / k * k ** (2 / 3) * np.expm1(2 * k / 3)) ** 3 / 12
    assert zcmoe.high_rate_coefficient(exponential(k, UNIFORM)) == approx(closed, rel=1e-10)


@pytest.mark.parametrize("beta, inputs, best, equal", [
    (lambda x: x, UNIFORM, 1 / 12, 1 / 12),
    (lambda x: x**2, UNIFORM, 0.072, 1 / 9),
    (lambda x: x, stats.beta(2, 1), 0.0703125, 1 / 12),
])
def test_closed_forms_of_the_model(beta, inputs, best, equal):
    problem = Problem(beta, inputs, NOISE)
    assert excess(zcmoe.minimal_error(problem, 10)) * 100 == approx(best, rel=1e-9)
    assert excess(zcmoe.high_rate_error(problem, UNIFORM, 10)) * 100 == approx(equal, rel=1e-9)


@pytest.mark.parametrize("m", [1, 3, 17])
def test_identity_under_uniform_inputs_is_exact_for_every_m(m):
    problem = Problem(lambda x: x, UNIFORM, NOISE)
    assert excess(zcmoe.approximation_error(problem, Intervals.uniform(m))) == approx(1 / (12 * m**2), rel=1e-10)


def test_corollary_4_2_reference_values():
    """(21): (1/12m²) ∫ w/λ²."""
    assert zcmoe.high_rate_coefficient(COS6, UNIFORM) == approx(REFERENCE["R03"], rel=DIGITS)
    tilted = zcmoe.SegmentDensity(lambda x: 1 + 0.8 * (x - 0.5))
    assert zcmoe.high_rate_coefficient(COS6, tilted) == approx(REFERENCE["R04"], rel=DIGITS)


@pytest.mark.parametrize("problem", [COS6, exponential(), piecewise()])
def test_theorem_4_3_no_density_does_better(problem):
    """(77): ∫ w/λ² >= (∫ w^(1/3))³, with equality at λ*."""
    best = zcmoe.high_rate_coefficient(problem)
    assert zcmoe.high_rate_coefficient(problem, zcmoe.optimal_density(problem)) == approx(best, rel=1e-4)
    for density in [UNIFORM, TN, stats.beta(1.1, 1.1), zcmoe.SegmentDensity(lambda x: 0.6 + 0.8 * x)]:
        assert zcmoe.high_rate_coefficient(problem, density) > best * 1.005


def test_approximation_error_reference_values():
    compander = zcmoe.optimal_density(COS6, floor=0)
    for name, problem, segmentation in [
        ("R08", COS6, Intervals.from_density(compander, 16)),
        ("R09", COS6, Intervals.from_density(compander, 64)),
        ("R10", COS6, Intervals.uniform(20)),
        ("R17", piecewise(), Intervals.from_density(zcmoe.optimal_density(piecewise(), floor=1e-6), 16)),
    ]:
        assert excess(zcmoe.approximation_error(problem, segmentation)) == approx(REFERENCE[name], rel=DIGITS)


def test_theorem_4_1_reference_value():
    """(19): σ² + (1/12) Σ w(x_i) Δ_i³."""
    assert excess(zcmoe.small_region_error(COS6, Intervals.uniform(20))) == approx(REFERENCE["R11"], rel=DIGITS)


@pytest.mark.parametrize("problem", [COS6, exponential(), exponential(2.0, UNIFORM), cosine(1, stats.beta(2, 1))])
def test_theorem_4_1_remainder_vanishes(problem):
    """(18), (19): constants β(x_i) + o(Δ_i), and an error sum whose remainder is o(Δ_max²)."""
    ratios, offsets = [], []
    for m in (50, 200, 800):
        segmentation = Intervals.uniform(m)
        exact = excess(zcmoe.approximation_error(problem, segmentation))
        ratios.append(abs(exact / excess(zcmoe.small_region_error(problem, segmentation)) - 1))
        centres = (segmentation.edges[1:] + segmentation.edges[:-1]) / 2
        offsets.append(np.max(np.abs(zcmoe.best_experts(problem, segmentation).constants - problem.beta(centres))) * m)
    # Smooth data: the relative remainder falls as Δ², the offset over Δ as Δ.
    assert ratios[1] < ratios[0] / 12 and ratios[2] < ratios[1] / 12
    assert offsets[1] < offsets[0] / 3.5 and offsets[2] < offsets[1] / 3.5


def test_anisotropic_error_is_the_sum_formula_in_one_dimension():
    cuts = Intervals([0, 0.1, 0.35, 0.4, 1])
    assert zcmoe.anisotropic_error(COS6, cuts) == approx(zcmoe.small_region_error(COS6, cuts), rel=1e-12)


def test_figure_1_ratios_of_total_error():
    """Compander predictor over (23): mismatch for m up to about 10 only."""
    compander = zcmoe.optimal_density(COS6)
    printed = {3: .542, 4: .516, 6: .8595, 8: .915, 10: .953, 16: .968, 20: .9955, 32: .9974, 64: .9999}
    for m, ratio in printed.items():
        error = zcmoe.approximation_error(COS6, Intervals.from_density(compander, m))
        assert error / zcmoe.minimal_error(COS6, m) == approx(ratio, abs=6e-4)


@pytest.mark.parametrize("problem", [COS6, piecewise(), exponential(2.0, stats.beta(2, 3))])
def test_equation_7_against_monte_carlo(problem):
    """(7) is E(y - f(x))² for any experts (6)."""
    rng = np.random.default_rng(7)
    segmentation = Intervals([0, 0.2, 0.3, 0.55, 0.8, 1])
    moe = zcmoe.ZeroComputeMoE(segmentation, rng.normal(size=5))
    x, y = problem.sample(200_000, rng=rng)
    squared = (y - moe.predict(x)) ** 2
    z = (squared.mean() - zcmoe.test_error(problem, moe)) / (squared.std() / np.sqrt(squared.size))
    assert abs(z) < 3.5


def test_lemma_6_2_decomposition():
    """(37): test error = approximation error + estimation error; (8): the constants (9) are the best."""
    segmentation = Intervals.uniform(7)
    best = zcmoe.best_experts(COS6, segmentation)
    assert zcmoe.test_error(COS6, best) == approx(zcmoe.approximation_error(COS6, segmentation), rel=1e-14)
    assert zcmoe.estimation_error(COS6, best) == 0
    other = zcmoe.ZeroComputeMoE(segmentation, best.constants + 0.1)
    assert zcmoe.estimation_error(COS6, other) == approx(0.01, rel=1e-10)
    assert zcmoe.test_error(COS6, other) == approx(
        zcmoe.approximation_error(COS6, segmentation) + zcmoe.estimation_error(COS6, other), rel=1e-14)


def test_no_experts_are_needed_where_beta_is_flat():
    """β = max(0.5 - x, 0) and λ = 2 on [0, 0.5], 0 beyond: ∫ w/λ² = 0.5/4."""
    problem = Problem(lambda x: np.maximum(0.5 - x, 0), UNIFORM, None, breakpoints=[0.5])
    assert zcmoe.high_rate_error(problem, stats.uniform(0, 0.5), 10) == approx(0.5 / 4 / 12 / 100)


def test_divergent_integral_is_refused():
    problem = Problem(lambda x: x, UNIFORM, NOISE)
    with pytest.raises(ValueError, match="does not converge"):
        zcmoe.high_rate_coefficient(problem, stats.beta(2, 2))  # λ ~ 6x, and ∫ x⁻² diverges
    with pytest.raises(ValueError, match="density must be positive"):
        zcmoe.high_rate_coefficient(problem, stats.uniform(0, 0.5))


@pytest.mark.parametrize("arguments, word", [
    ({"m": 0}, "m must be"), ({"m": 2.5}, "m must be"), ({"m": True}, "m must be"),
    ({"m": 4, "moment": 0.08}, "sphere bound"), ({"m": 4, "cells": "square"}, "cells"),
])
def test_bad_input_is_refused(arguments, word):
    with pytest.raises(ValueError, match=word):
        zcmoe.minimal_error(COS6, **arguments)


@pytest.mark.parametrize("density, word", [
    (stats.norm(5, 1), r"density must be a law on \[0, 1\], got norm\(5, 1\) with 1 of its probability outside"),
    (stats.uniform(0, 2), "density must be a law on"), (stats.beta, "density must be frozen"),
    (3.0, "density must be a continuous law"),
    (zcmoe.Sample([0.5]), "density must be a law with a density")])
def test_only_densities_are_segment_densities(density, word):
    """norm(5, 1) gave 4.6e10."""
    problem = Problem(lambda x: x, UNIFORM, NOISE)
    for call in (zcmoe.high_rate_error, lambda p, d, m: zcmoe.high_rate_coefficient(p, d),
                 lambda p, d, m: Intervals.from_density(d, m),
                 lambda p, d, m: zcmoe.number_of_experts(p, 100, density=d),
                 lambda p, d, m: leading_order_error(p, m, 100, density=d)):
        with pytest.raises(ValueError, match=word):
            call(problem, density, 8)


def test_a_density_with_a_peak_between_the_nodes():
    """λ = half U and half on [0.3456, 0.3457]: ∫ 1/λ² is 4 (1 - 1e-4) + 1e-4/5000.5²."""
    law = stats.rv_histogram(([0.5, 0.5 + 0.5e4, 0.5], [0, 0.3456, 0.3457, 1]), density=True)
    for density in (law, zcmoe.SegmentDensity(law.pdf, breakpoints=[0.3456, 0.3457])):
        found = 12 * zcmoe.high_rate_coefficient(Problem(lambda x: x, UNIFORM, NOISE), density)
        assert found == approx(4 * (1 - 1e-4) + 1e-4 / 5000.5**2, rel=1e-9)


def test_arrays_of_m_and_n():
    """A scalar gives a float, an array an array of its answers."""
    for f in (lambda m: zcmoe.high_rate_error(COS6, UNIFORM, m), lambda m: zcmoe.minimal_error(COS6, m),
              lambda n: zcmoe.number_of_experts(COS6, n), lambda m: leading_order_error(COS6, m, 500)):
        assert isinstance(f(4), float) and isinstance(f(np.int64(4)), float)
        many = f(np.array([[1, 2, 3], [10, 100, 10**6]]))
        assert many == approx(np.array([[f(1), f(2), f(3)], [f(10), f(100), f(10**6)]]), rel=1e-15)
        assert np.array_equal(f([1, 2, 3]), many[0])
        for bad in ([1, 0], [1, 2.5], ["1"], [1, np.nan]):
            with pytest.raises(ValueError, match="[mn] must be"):
                f(bad)
    assert leading_order_error(COS6, [[4], [8]], [100, 200, 300]).shape == (2, 3)


def test_edges_must_cover_the_unit_interval():
    with pytest.raises(ValueError, match="from 0 to 1"):
        zcmoe.approximation_error(COS6, Intervals([0, 0.5]))


def test_no_error_of_nothing():
    """β = 0 has no rounding either: nothing is known to be uncertain, and no panel is halved for it."""
    problem = Problem(lambda x: 0 * x, UNIFORM, None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert zcmoe.high_rate_coefficient(problem) == 0 == zcmoe.high_rate_coefficient(problem, UNIFORM)
