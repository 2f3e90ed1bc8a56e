"""Tests of Appendix A against published tables, closed forms and the exact bridge to experts."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats
from scipy.integrate import quad
from scipy.special import beta as beta_function, gamma

import zcmoe.optimum.levels as levels
import zcmoe.quantization as quantization
from settings import NOISE, REFERENCE, TN, UNIFORM
from zcmoe import (
    Intervals,
    Problem,
    Sample,
    SegmentDensity,
    approximation_error,
    high_rate_error,
    minimal_error,
    optimal_intervals,
)
from zcmoe.optimum import optimal_partition, settled_levels
from zcmoe.quantization import bennett, compander, optimal_quantizer, panter_dite

LAPLACE = stats.laplace(scale=2**-0.5)  # of variance 1
TRIANGLE = stats.triang(0.5, scale=2)  # the law of x1 + x2 on the uniform square
LAWS = [stats.norm(), LAPLACE, UNIFORM, TRIANGLE, TN, stats.expon(), stats.t(3), stats.lognorm(0.5)]


class scaled:  # noqa: N801  a multiple of a density
    def __init__(self, factor, law):
        self.pdf, self.ppf, self.support = lambda x: factor * law.pdf(x), law.ppf, law.support


class WithVariance(scaled):
    def var(self):
        return 1.0


def name(law):
    return law.dist.name


@pytest.mark.parametrize("m, distortion", [
    (1, 1), (2, 1 - 2 / np.pi), (3, 0.1901740392), (4, 0.1174818478), (5, 0.0799411271), (6, 0.0579776537),
    (7, 0.0440003825), (8, 0.0345477608), (12, 0.0163396579), (16, 0.0095010080), (20, 0.0062077899),
    (32, 0.0025046684), (36, 0.0019912885), (64, 0.0006442397), (256, 0.0000411851)])
def test_lloyd_max_table_of_the_normal_law(m, distortion):
    assert optimal_quantizer(stats.norm(), m).distortion == approx(distortion, abs=6e-11)


@pytest.mark.parametrize("m", [2, 5, 64, 512])
def test_normal_quantizer_by_closed_form(m):
    """Levels, thresholds and distortion from Φ and φ alone; for a log-concave law stationary means optimal."""
    found = optimal_quantizer(stats.norm(), m)
    levels, thresholds = found.levels, found.thresholds
    edges = np.r_[-np.inf, thresholds, np.inf]
    folded = np.where(edges[1:] > 0, -1, 1)  # both edges in one tail: no difference of numbers near 1
    probability = np.abs(stats.norm.cdf(folded * edges[1:]) - stats.norm.cdf(folded * edges[:-1]))
    if m % 2:
        probability[m // 2] = stats.norm.cdf(edges[m // 2 + 1]) - stats.norm.cdf(edges[m // 2])
    means = -np.diff(stats.norm.pdf(edges)) / probability
    assert levels == approx(means, abs=1e-9)
    assert thresholds == approx((means[:-1] + means[1:]) / 2, abs=1e-9)
    assert found.distortion == approx(1 - probability @ means**2, abs=1e-14)
    assert found.iterations < 10 and found.residual < 1e-10


@pytest.mark.parametrize("m, distortion, digits", [
    (2, 0.5, 1e-12), (3, 0.264241, 6e-7), (4, 0.176195, 6e-7), (8, 0.054476, 6e-7), (16, 0.015373, 6e-7)])
def test_laplacian_table(m, distortion, digits):
    """Its kink at 0 has misled quadrature: two levels have distortion 1/2, not 0.50021."""
    assert optimal_quantizer(LAPLACE, m).distortion == approx(distortion, abs=digits)


@pytest.mark.parametrize("m", [1, 2, 9, 100])
def test_uniform_quantizer_is_uniform(m):
    quantizer = optimal_quantizer(stats.uniform(3, 2), m)
    assert quantizer.thresholds == approx(3 + 2 * np.arange(1, m) / m, abs=1e-13)
    assert quantizer.levels == approx(3 + (2 * np.arange(m) + 1) / m, abs=1e-13)
    assert quantizer.distortion == approx(1 / (3 * m**2), rel=1e-12)


def test_sum_of_two_uniforms():
    assert panter_dite(TRIANGLE) == approx(REFERENCE["R44"], rel=1e-9)
    assert optimal_quantizer(TRIANGLE, 8).distortion == approx(REFERENCE["R45"], rel=1e-9)


@pytest.mark.parametrize("law", LAWS, ids=name)
def test_one_level_is_the_mean(law):
    found = optimal_quantizer(law, 1)
    assert found.thresholds.size == 0
    assert found.levels == approx([law.mean()], abs=1e-12)
    assert found.distortion == approx(law.var(), rel=1e-10)


@pytest.mark.parametrize("law", LAWS, ids=name)
def test_stationarity_by_adaptive_quadrature(law):
    """Each level is the mean of its cell, each threshold the middle of its levels, and (42) is the distortion."""
    found = optimal_quantizer(law, 5)
    means, thresholds = found.levels, found.thresholds
    edges = np.r_[law.support()[0], thresholds, law.support()[1]]
    cells = [[quad(lambda x, j=j: x**j * law.pdf(x), a, b, limit=200)[0] for j in range(3)]
             for a, b in zip(edges[:-1], edges[1:], strict=True)]
    assert means == approx([first / mass for mass, first, _ in cells], abs=1e-6)
    assert thresholds == approx((means[:-1] + means[1:]) / 2, abs=1e-9)
    direct = sum(second - 2 * r * first + r**2 * mass for r, (mass, first, second) in zip(means, cells, strict=True))
    assert found.distortion == approx(direct, rel=1e-6)


@pytest.mark.parametrize("law", [TN, TRIANGLE, stats.expon(), stats.beta(2, 1), LAPLACE], ids=name)
@pytest.mark.parametrize("m", [2, 33])
def test_experts_for_a_quantile_function_are_the_quantizer(law, m):
    """The exact bridge: for monotone β the best m-interval error is the optimal distortion of the law of β(X)."""
    problem = Problem(law.ppf, UNIFORM, NOISE, breakpoints=[0.5])
    experts = approximation_error(problem, optimal_intervals(problem, m)) - problem.noise_variance
    assert experts == approx(optimal_quantizer(law, m).distortion, rel=1e-8)


@pytest.mark.parametrize("law, constant", [
    (stats.norm(), np.sqrt(3) * np.pi / 2), (stats.norm(-3, 10), 100 * np.sqrt(3) * np.pi / 2), (LAPLACE, 9 / 2),
    (UNIFORM, 1 / 12), (stats.expon(), 9 / 4), (stats.beta(2, 1), 0.0703125),
    (stats.arcsine(-1, 2), REFERENCE["R46"])], ids=lambda value: name(value) if hasattr(value, "dist") else "")
def test_panter_dite_closed_forms(law, constant):
    assert panter_dite(law) == approx(constant, rel=1e-8)


def of_student(v):
    """(∫ p^(1/3))³/12 of Student's law with v degrees of freedom."""
    return (stats.t(v).pdf(0) ** (1 / 3) * np.sqrt(v) * beta_function(0.5, v / 6 - 1 / 3)) ** 3 / 12


@pytest.mark.parametrize("law, constant", [
    *[(stats.t(v), of_student(v)) for v in (2.05, 2.1, 2.5, 3)],
    (stats.pareto(2.1), 4725), (stats.pareto(2.1, loc=-7, scale=1e5), 4725e10),
    *[(stats.beta(a, b), (beta_function((a + 2) / 3, (b + 2) / 3) / beta_function(a, b) ** (1 / 3)) ** 3 / 12)
      for a, b in [(0.1, 0.1), (0.05, 2)]],
    (stats.gamma(0.1), (gamma(0.7) * 3**0.7) ** 3 / gamma(0.1) / 12),
    (stats.lognorm(1.0), np.sqrt(3) * np.pi / 2 * np.exp(2)),
], ids=lambda value: f"{name(value)}{value.args}" if hasattr(value, "dist") else "")
def test_heavy_tails_and_infinite_ends(law, constant):
    """p underflows far out, where p^(1/3) still counts: 4720.3 for 4725, 20841.49 for 20841.945.

    Of t(2.05), 1e-5 of ∫ p^(1/3) lies beyond the largest float, of t(2.01) a tenth (below).
    """
    assert panter_dite(law) == approx(constant, rel=1e-8)
    assert bennett(law, compander(law)) == approx(constant, rel=1e-7)


def test_a_tail_of_which_a_tenth_lies_beyond_the_largest_float():
    """A tenth of ∫ p^(1/3), that is. By `panter_dite` alone: the integral of the compander takes seconds here."""
    assert panter_dite(stats.t(2.01)) == approx(of_student(2.01), rel=1e-8)


def test_a_quantizer_of_a_heavy_tail():
    """t with 2.1 degrees of freedom, by ∫ x p = -(ν + x²) p/(ν - 1)."""
    law, found = stats.t(2.1), optimal_quantizer(stats.t(2.1), 5)
    edges = np.r_[-np.inf, found.thresholds, np.inf]
    first = np.array([0.0 if np.isinf(x) else -(2.1 + x * x) * law.pdf(x) / 1.1 for x in edges])
    mass, total = np.diff(law.cdf(edges)), np.diff(first)
    assert found.levels == approx(total / mass, rel=1e-6, abs=1e-9)
    assert found.distortion == approx(21 - np.sum(total**2 / mass), rel=1e-8)
    assert found.thresholds == approx((found.levels[1:] + found.levels[:-1]) / 2)


@pytest.mark.parametrize("law, m", [(stats.beta(0.1, 0.1), 5), (stats.beta(0.05, 2), 7), (stats.gamma(0.1), 4)])
def test_quantizers_of_laws_that_are_infinite_at_an_end(law, m):
    """By E[x; x < a], which is a times the cdf of the next law of the family."""
    found = optimal_quantizer(law, m)
    edges, shape = np.r_[law.support()[0], found.thresholds, law.support()[1]], law.args[0]
    tilted = type(law)(law.dist, shape + 1, *law.args[1:])
    mass, total = np.diff(law.cdf(edges)), law.mean() * np.diff(tilted.cdf(edges))
    assert found.levels == approx(total / mass, rel=1e-6)
    assert found.distortion == approx(law.var() + law.mean() ** 2 - np.sum(total**2 / mass), rel=1e-7)


def test_a_tail_that_floats_do_not_hold_is_refused():
    with pytest.raises(ValueError, match=r"distribution must integrate to 1, got 0.999\d+: gamma\(0.01\)"):
        optimal_quantizer(stats.gamma(0.01), 3)
    with pytest.raises(ValueError, match="distribution must integrate to 1, got 3"):
        panter_dite(WithVariance(3, stats.norm()))
    with pytest.raises(ValueError, match="variance within the reach of floats, got variance 201, of which 18"):
        optimal_quantizer(stats.t(2.01), 3)

    class Slow:
        """p ~ 1/(x³ log⁴ x) has a variance, but no power."""
        def support(self):
            return np.e, np.inf

        def pdf(self, x):
            return self.logpdf(x) * 0 + np.exp(self.logpdf(x))

        def logpdf(self, x):
            return -3 * np.log(x) - 4 * np.log(np.log(x)) + 3.2

        def ppf(self, q):
            return np.e + np.asarray(q)

        def var(self):
            return 1.0

    with pytest.raises(ValueError, match="distribution must have tails that fall as a power of x, or faster than any"):
        panter_dite(Slow())


@pytest.mark.parametrize("law, density, word", [
    (UNIFORM, stats.norm(5, 1), r"density must be a law on \[0, 1\], got norm\(5, 1\) with 1 of its probability"),
    (stats.norm(), SegmentDensity(lambda x: 1 + 0 * x), "density must be positive wherever"),
    (UNIFORM, stats.beta, "density must be frozen"), (UNIFORM, stats.randint(0, 2), "density must be a continuous law"),
    *[(p, scaled(factor, q), "density must integrate to 1 over the distribution's support, got ") for factor in (0.5, 3)
      for p, q in [(UNIFORM, stats.beta(1.2, 1)), (stats.norm(), stats.t(2))]],
    (stats.norm(), scaled(-1, stats.t(2)), "density.pdf must be a density, non-negative")])
def test_only_densities_are_point_densities(law, density, word):
    """norm(5, 1) on the unit interval gave 4.6e10."""
    with pytest.raises(ValueError, match=word):
        bennett(law, density)


def test_equation_47_is_the_limit():
    """m² D tends to the constant: for the normal law 5.42 % high at m = 36, within 1 % from m = 204."""
    law = stats.norm()
    high = {m: panter_dite(law) / m**2 / optimal_quantizer(law, m).distortion - 1 for m in (36, 203, 204)}
    assert high[36] == approx(0.0542, abs=5e-5)
    assert high[203] > 0.01 > high[204]


@pytest.mark.parametrize("law", LAWS, ids=name)
def test_bennett_at_the_compander_is_panter_dite(law):
    """(75)–(77) with β = x: equality in Hölder's inequality at λ ∝ p^(1/3), and nowhere else."""
    best = panter_dite(law)
    assert bennett(law, compander(law)) == approx(best, rel=1e-7)
    low, high = law.support()
    other = stats.beta(1.2, 1, low, high - low) if np.isfinite(high) else stats.t(0.3, law.median(), law.std())
    assert bennett(law, other) > best * (1 + 1e-3)


def test_appendix_a_is_section_4_for_the_identity():
    """(45), (47) are (21), (23) with β(x) = x."""
    law, density = stats.beta(2, 1), stats.uniform()
    problem = Problem(lambda x: x, law, NOISE)
    assert panter_dite(law) == approx(minimal_error(problem, 1) - problem.noise_variance, rel=1e-9)
    assert bennett(law, density) == approx(high_rate_error(problem, density, 1) - problem.noise_variance, rel=1e-9)


def test_compander_of_the_normal_law_is_normal():
    """p^(1/3) of N(0, 1) is N(0, 3): pdf, compressor (48) and expander (49)."""
    density, normal = compander(stats.norm()), stats.norm(scale=np.sqrt(3))
    x, q = np.linspace(-8, 8, 41), np.linspace(0.001, 0.999, 41)
    assert density.pdf(x) == approx(normal.pdf(x), rel=1e-9)
    assert density.cdf(x) == approx(normal.cdf(x), abs=1e-12)
    assert density.ppf(q) == approx(normal.ppf(q), abs=1e-9)
    assert density.ppf([0, 1]).tolist() == [-np.inf, np.inf]
    assert density.ppf(0.5) == approx(0, abs=1e-12)


@pytest.mark.parametrize("law", LAWS, ids=name)
def test_expander_inverts_compressor(law):
    density, q = compander(law), np.linspace(0.01, 0.99, 33)
    assert density.cdf(density.ppf(q)) == approx(q, abs=1e-10)
    assert density.support() == law.support()


def test_compander_on_the_unit_interval_makes_segmentations():
    """(50) for p = 2x: G = x^(4/3)."""
    assert Intervals.from_density(compander(stats.beta(2, 1)), 8).edges == approx((np.arange(9) / 8) ** 0.75, abs=1e-9)


@pytest.mark.parametrize("location, scale", [(0.0, 1e-4), (0.0, 1e4), (-7.0, 1e-4), (-7.0, 1e4), (1e6, 1.0)])
def test_location_and_scale(location, scale):
    quantizer, standard = optimal_quantizer(stats.norm(location, scale), 6), optimal_quantizer(stats.norm(), 6)
    resolution = 1e-10 + 100 * np.spacing(abs(location)) / scale
    assert (quantizer.levels - location) / scale == approx(standard.levels, abs=resolution)
    assert quantizer.distortion / scale**2 == approx(standard.distortion, rel=1e-9 + resolution)


GAP = stats.rv_histogram(([1, 0, 1], [0, 0.1, 0.9, 1]), density=True)


def test_a_law_with_a_gap():
    """Three of five levels on one side: (0.1/2)²/12 and (0.1/3)²/12, half each, which only a search finds."""
    assert optimal_quantizer(GAP, 5).distortion == approx(0.01 * (1 / 4 + 1 / 9) / 24, rel=1e-12)
    two = optimal_quantizer(GAP, 2)
    assert (two.distortion, two.residual) == (approx(0.01 / 12), approx(0, abs=1e-10))
    assert two.thresholds == approx([0.5])


def test_a_law_whose_own_variance_has_lost_its_digits():
    """SciPy's variance of this histogram is 0.6 % off: squares of bins far from 0 cancel."""
    low, width = -2.0, 9e-5
    law = stats.rv_histogram(([1 / width, 0], [low, low + width, 7]), density=True)
    assert abs(law.var() * 12 / width**2 - 1) > 1e-3
    for m in (1, 3):
        assert optimal_quantizer(law, m).distortion == approx(width**2 / 12 / m**2, rel=1e-9)


def test_two_nearly_equal_optima():
    """Three levels left of the spike, two of them wide, are better by 0.25 % than what the compander is close to."""
    edges, mass = np.array([-2, 5.7578, 6.3789, 6.99999, 7]), np.array([3, 2, 5, 4]) / 14
    law = stats.rv_histogram((mass / np.diff(edges), edges), density=True)
    cuts = np.union1d(edges, [0.4545, 2.912, 5.4545])
    middle, width, share = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts), np.diff(law.cdf(cuts))
    cell = np.searchsorted([0.4545, 2.912, 5.4545], middle)
    mean = np.bincount(cell, share * middle) / np.bincount(cell, share)
    other = share @ ((middle - mean[cell]) ** 2 + width**2 / 12)
    assert optimal_quantizer(law, 4).distortion <= other < 0.2146


@pytest.mark.parametrize("width", [1e-6, 1e-7, 1e-8])
def test_half_the_mass_in_a_narrow_bin_far_from_zero(width):
    """Beside 7 floats are so far apart that a density cannot say the bin's probability to nine digits; the cdf can."""
    edges = np.array([-2, 7 - width, 7])
    law = stats.rv_histogram((0.5 / np.diff(edges), edges), density=True)
    middle = (edges[1:] + edges[:-1]) / 2
    variance = np.diff(middle)[0] ** 2 / 4 + np.diff(edges) @ np.diff(edges) / 24
    found = optimal_quantizer(law, 1)
    assert found.distortion == approx(variance, rel=1e-12) and found.levels == approx([middle.mean()], rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("m", [2, 5, 11])
def test_histograms_against_the_exact_programme_on_a_fine_grid(seed, m):
    """Stationary is not optimal: Newton's method from the compander was up to 20 % above these."""
    rng = np.random.default_rng(seed)
    heights = rng.random(20) * (rng.random(20) < 0.7) ** (seed % 2) + 1e-9
    law = stats.rv_histogram((heights, np.linspace(-3, 5, 21)), density=True)
    points = np.linspace(-3, 5, 4001)  # 200 cells a bin
    values, weights = (points[1:] + points[:-1]) / 2, np.diff(law.cdf(points))
    index = optimal_partition(values, weights, m)
    means = np.add.reduceat(weights * values, index[:-1]) / np.add.reduceat(weights, index[:-1])
    dense = weights @ (values - np.repeat(means, np.diff(index)))**2 + 0.002**2 / 12
    found = optimal_quantizer(law, m)
    assert dense * (1 - 1e-3) < found.distortion < dense * (1 + 1e-9)
    assert found.residual < 1e-10


def test_a_peak_between_the_nodes():
    """Half U and half N(0.3456, 1e-6): one level has the variance of the mixture."""
    class Mixture:
        components = stats.uniform(), stats.norm(0.3456, 1e-6)

        def pdf(self, x):
            return sum(law.pdf(x) for law in self.components) / 2

        def cdf(self, x):
            return sum(law.cdf(x) for law in self.components) / 2

        def var(self):
            return 1 / 24 + 0.1544**2 / 4 + 0.5e-12

        def support(self):
            return 0.0, 1.0

    assert optimal_quantizer(Mixture(), 1).distortion == approx(1 / 24 + 0.1544**2 / 4, rel=1e-9)


def test_newton_does_not_climb():
    """A peak in the middle: a threshold through it is stationary, and the worst near by; Lloyd's step leaves it."""
    law = stats.rv_histogram(([0.25, 50, 0.25], [-1, -0.01, 0.01, 1]), density=False)
    line, centre = quantization._Line(law), np.array([0.0])
    found = settled_levels(line.moments, law.pdf, np.array([0.002]))
    assert found.residual < 1e-10 and found.thresholds[0] > 0.01
    at_centre = line.moments(centre)
    assert found.distortion < 0.9 * (at_centre.probability @ at_centre.variance)


def test_discrete_laws_are_exact():
    """The fair binomial of four with three levels, by hand: {0, 1}, {2}, {3, 4}."""
    found = optimal_quantizer(stats.binom(4, 0.5), 3)
    assert found.levels == approx([0.8, 2, 3.2])
    assert found.thresholds == approx([1.4, 2.6])
    assert (found.distortion, found.residual) == (approx(0.1), 0)
    assert optimal_quantizer(stats.binom(4, 0.5), 9).distortion == 0
    law = stats.rv_discrete(values=([0, 3, 10], [0.2, 0.3, 0.5]))()
    assert optimal_quantizer(law, 2).levels == approx([1.8, 10])
    assert optimal_quantizer(Sample([10, 0, 3, 0], [5, 1, 3, 1]), 2).levels == approx([1.8, 10])


@pytest.mark.parametrize("digits", [1, 4, 12])
@pytest.mark.parametrize("m", [5, 20])
def test_many_points_are_divided_as_by_the_full_programme(m, digits, monkeypatch):
    points = np.random.default_rng(digits).standard_t(4, size=6000).round(digits)
    found = optimal_quantizer(Sample(points), m)
    assert np.abs(points[:, None] - found.levels).min(axis=1) == approx(
        np.abs(points - found.levels[np.searchsorted(found.thresholds, points)]))
    monkeypatch.setattr(levels, "_FULL", 10_000)
    assert found.distortion == approx(optimal_quantizer(Sample(points), m).distortion, rel=1e-6)


@pytest.mark.parametrize("law", [
    stats.poisson(3), stats.poisson(500, loc=-40), stats.geom(0.1), stats.hypergeom(50, 9, 20)], ids=name)
def test_discrete_laws_have_their_mean_and_variance(law):
    found = optimal_quantizer(law, 1)
    assert found.levels == approx([law.mean()], rel=1e-12)
    assert found.distortion == approx(law.var(), rel=1e-10)


def test_bad_input():
    with pytest.raises(ValueError, match="distribution must have a finite variance, got inf"):
        optimal_quantizer(stats.t(2), 3)
    with pytest.raises(ValueError, match="distribution must be a continuous law"):
        panter_dite(stats.poisson(3))
    with pytest.raises(ValueError, match="points that matter"):
        optimal_quantizer(stats.zipf(3.5), 3)
    with pytest.raises(ValueError, match=r"at most 1e\+06 points that matter"):
        optimal_quantizer(stats.randint(0, 1_000_001), 3)
    assert quantization._range(stats.randint(0, 999_000)).size == 999_000
    with pytest.raises(ValueError, match="distribution must have dimension 1"):
        optimal_quantizer(Sample([[0, 1], [1, 2]]), 3)
    with pytest.raises(ValueError, match="m must be an integer >= 1, got 0"):
        optimal_quantizer(stats.norm(), 0)
    with pytest.raises(ValueError, match="density must be positive wherever the distribution's is, got 0 at x = -"):
        bennett(stats.norm(), stats.uniform())
    with pytest.raises(ValueError, match="diverges"):
        bennett(stats.norm(), stats.norm())
    with pytest.raises(ValueError, match="density must be a continuous law"):
        bennett(stats.norm(), 3)


def test_newton_that_does_not_converge_raises(monkeypatch):
    monkeypatch.setattr("scipy.linalg.solve_banded", lambda bandwidths, bands, right, **_: 0 * right)
    with pytest.raises(RuntimeError, match="did not settle for m = 4: residual .* after 200 steps"):
        optimal_quantizer(stats.norm(), 4)


@pytest.mark.parametrize("width", [1e-7, 1e-4, 0.01])
def test_the_roots_of_a_spike_count(width):
    """(46), (47) of a law with half of its mass in a thin bin: ∫ p^(1/3) by hand, though p^(1/3) hardly shows it."""
    edges = np.array([0.0, 0.3, 0.3 + width, 1.0])
    heights = np.array([0.5, 0.5 + 0.5 / width, 0.5])
    law = stats.rv_histogram((heights, edges), density=True)
    least = np.sum(np.cbrt(heights) * np.diff(edges)) ** 3 / 12
    assert panter_dite(law) == approx(least, rel=1e-9)
    assert bennett(law, compander(law)) == approx(least, rel=1e-9)
