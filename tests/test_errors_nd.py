"""Exact errors, the bounds and the high-rate forms for d > 1, against reference numbers and closed forms."""

from functools import cache

import numpy as np
import pytest
from pytest import approx
from scipy import stats

import zcmoe
from settings import NOISE, REFERENCE, TN, UNIFORM, cosine
from settings_nd import NORMALS, THREE, Ramp, bump, cosine_squares, linear, uniform
from zcmoe import Boxes, Intervals, LatticeCells, Problem, Voronoi
from zcmoe.density import SegmentDensity
from zcmoe.lattices import LATTICES

SIGMA2 = 1 / 12
HEXAGON = 5 / (36 * np.sqrt(3))
RAMP = cosine_squares(Ramp(2))
MIXED = bump(THREE, (0.3, 0.6, 0.5), 4)


def excess(error):
    return error - SIGMA2


@cache
def one(dimension):
    return SegmentDensity(lambda x: np.ones(len(x)), dimension=dimension)


@cache
def tilted(dimension):
    return SegmentDensity(lambda x: 0.6 + 0.8 * x[:, 0], dimension=dimension)


@pytest.mark.parametrize("name, error, problem, shape", [
    ("R22", zcmoe.approximation_error, RAMP, (10, 10)), ("R23", zcmoe.anisotropic_error, RAMP, (10, 10)),
    ("R24", zcmoe.small_region_error, RAMP, (10, 10)), ("R25", zcmoe.approximation_error, RAMP, (20, 10)),
    ("R26", zcmoe.small_region_error, RAMP, (20, 10)), ("R27", zcmoe.approximation_error, MIXED, (6, 6, 6)),
    ("R28", zcmoe.small_region_error, MIXED, (6, 6, 6)),
])
def test_reference_values_on_boxes(name, error, problem, shape):
    assert excess(error(problem, Boxes(shape))) == approx(REFERENCE[name], rel=1e-9)


def test_reference_values_of_the_integrals():
    """R29: (30) with λ = 1; R30–R32: Theorem C.2."""
    assert zcmoe.high_rate_coefficient(RAMP, one(2), moment=1) == approx(REFERENCE["R29"], rel=1e-9)
    assert zcmoe.high_rate_coefficient(RAMP, moment=1) == approx(REFERENCE["R30"], rel=4e-7)
    minimal = zcmoe.minimal_error(RAMP, 256, moment=HEXAGON, cells="any")
    assert excess(minimal) == approx(REFERENCE["R31"], rel=6e-7)
    assert zcmoe.optimal_density(RAMP, floor=0).pdf([[0.3, 0.7]])[0] == approx(REFERENCE["R32"], rel=4e-7)


@pytest.mark.parametrize("cells, factor", [("isotropic", 1), ("any", 2)])
def test_the_error_of_the_least_coefficient_is_that_of_its_integral_by_the_derivative(cells, factor):
    """(54) is I² for d = 2, I = ∫ (w/12)^(1/2): dI counts 2 I times. A milder β has I for its coefficient (30)."""
    def rising(rate):  # ‖∇β‖² = 12 exp(rate x_1)
        return Problem(lambda x: 48**0.5 / rate * np.exp(rate * x[:, 0] / 2), uniform(2), None, dimension=2,
                       gradient=lambda x: 12**0.5 * np.stack([np.exp(rate * x[:, 0] / 2), 0 * x[:, 1]], axis=1))

    steep, mild = rising(6), rising(3)
    total, error = zcmoe.high_rate_coefficient(mild, one(2)), zcmoe.standard_error(mild, one(2))
    assert total == approx(np.expm1(3) / 3, rel=1e-9) and error > 0
    assert zcmoe.high_rate_coefficient(steep, cells=cells) == approx(factor * total**2, rel=1e-9)
    assert zcmoe.standard_error(steep, cells=cells) == approx(factor * 2 * total * error, rel=1e-2)


LAWS = {2: [uniform(2), Ramp(2), zcmoe.Independent(*THREE.marginals[:2])], 3: [uniform(3), Ramp(3), THREE]}
EIGHTEEN = [(make(law), d) for d in (2, 3) for law in LAWS[d]
            for make in (cosine_squares, lambda law: bump(law, (0.3, 0.6, 0.5)[:law.dimension], 4),
                         lambda law: linear(law, *(1, 2, 3)[:law.dimension]))]


def test_theorem_c_2_the_density_minimises_the_bound():
    """(108)–(110), Hölder: ∫ w λ^(-2/d) is at least (54)'s (∫ w^(d/(d+2)))^((d+2)/d), with equality for (53)."""
    some = [EIGHTEEN[i] for i in (0, 9, 2, 4, 6, 13, 17)]  # each β and each law in two and in three dimensions
    least = [zcmoe.high_rate_coefficient(problem) for problem, _ in some]
    ratios = [zcmoe.high_rate_coefficient(problem, density(d)) / value
              for (problem, d), value in zip(some, least, strict=True) for density in (one, tilted)]
    assert min(ratios) == approx(1, abs=1e-9)
    assert max(ratios) == approx(1.366, abs=5e-4)
    for (problem, _), value in zip(some[:2], least[:2], strict=True):
        assert zcmoe.high_rate_coefficient(problem, zcmoe.optimal_density(problem)) == approx(value, rel=2e-6)


# In three dimensions each β and each law, but not each β under each law.
@pytest.mark.parametrize("problem, d", [*EIGHTEEN[:9], *(EIGHTEEN[i] for i in (9, 13, 15, 17))])
def test_theorem_5_1_and_corollary_5_2_on_cubes(problem, d):
    """(28) is d times the exact excess, which the sum before Cauchy–Schwarz meets; the limit of (28) is (30)."""
    boxes = Boxes({2: (40, 40), 3: (12, 12, 12)}[d])
    exact = excess(zcmoe.approximation_error(problem, boxes))
    bound = excess(zcmoe.small_region_error(problem, boxes))
    assert 0.986 < exact / excess(zcmoe.anisotropic_error(problem, boxes)) < 1.0001
    assert d * (1 - 1e-9) < bound / exact < d + 0.05
    integral = excess(zcmoe.high_rate_error(problem, one(d), boxes.n_regions, cells="any"))
    assert 0.995 < integral / bound < 1.001


@pytest.mark.parametrize("problem, d", [(linear(uniform(2), 1, 4), 2), (linear(uniform(3), 1, 2, 3), 3)])
def test_closed_form_on_cubes(problem, d):
    """β = v·x, uniform law, k^d cubes: the excess is ‖v‖²/(12k²), the isotropic (30); the bound is d times it."""
    slope2, m = np.sum(problem.gradient(np.full((1, d), 0.5)) ** 2), 5**d
    for error in (zcmoe.approximation_error(problem, Boxes((5,) * d)), zcmoe.high_rate_error(problem, one(d), m),
                  zcmoe.minimal_error(problem, m), zcmoe.anisotropic_error(problem, Boxes((5,) * d))):
        assert excess(error) == approx(slope2 / 300, rel=1e-9)
    for error in (zcmoe.small_region_error(problem, Boxes((5,) * d)), zcmoe.minimal_error(problem, m, cells="any"),
                  zcmoe.high_rate_error(problem, one(d), m, cells="any")):
        assert excess(error) == approx(d * slope2 / 300, rel=1e-9)


@pytest.mark.parametrize("segmentation", [Voronoi(np.random.default_rng(1).random((20, 2))),
                                          LatticeCells(LATTICES["A2"], 0.3, shift=(0.1, 0))])
def test_cauchy_schwarz_is_the_only_loss_for_a_linear_beta(segmentation):
    """β = v·x, uniform law: Σ vᵀJ_iv is the exact excess for cells of any shape; (99) can only raise it."""
    problem = linear(uniform(2), 1, 4)
    exact = zcmoe.approximation_error(problem, segmentation)
    assert zcmoe.anisotropic_error(problem, segmentation) == approx(exact, rel=1e-12)
    assert zcmoe.small_region_error(problem, segmentation) > exact + 0.3 * excess(exact)


def test_boxes_should_be_stretched_along_the_level_sets():
    """∇β = (1, 4), m = 400: sides h_j ∝ 1/|∂_jβ| make the excess d/12 m^(-2/d) (Π|∂_jβ|)^(2/d)."""
    problem = linear(uniform(2), 1, 4)
    for shape, value in [((20, 20), 0.00354167), ((10, 40), 0.00166667), ((40, 10), 0.0133854)]:
        assert excess(zcmoe.approximation_error(problem, Boxes(shape))) == approx(value, rel=2e-6)
    assert excess(zcmoe.approximation_error(problem, Boxes((10, 40)))) == approx(2 / 12 / 400 * 4, rel=1e-9)


@pytest.mark.parametrize("problem", [cosine_squares(uniform(2)), cosine_squares(NORMALS), bump(NORMALS, (0.3, 0.6), 4)])
def test_hexagons_have_half_the_bound(problem):
    """Hexagons are isotropic, but those cut by the square are not: bound/exact = 2 within 2 %."""
    hexagons = LatticeCells(LATTICES["A2"], (900 * LATTICES["A2"].volume) ** -0.5)
    exact = excess(zcmoe.approximation_error(problem, hexagons))
    assert excess(zcmoe.small_region_error(problem, hexagons)) / exact == approx(2, rel=0.02)
    assert excess(zcmoe.anisotropic_error(problem, hexagons)) / exact == approx(1, abs=0.01)
    assert np.median(zcmoe.region_geometry(problem, hexagons).normalized_moment) == approx(HEXAGON, rel=1e-4)


def test_truncated_octahedra_have_a_third_of_the_bound():
    cells = LatticeCells(LATTICES["A3*"], (2000 * LATTICES["A3*"].volume) ** (-1 / 3))
    exact = excess(zcmoe.approximation_error(MIXED, cells))
    assert excess(zcmoe.small_region_error(MIXED, cells)) / exact == approx(3, rel=0.05)
    assert excess(zcmoe.anisotropic_error(MIXED, cells)) / exact == approx(1, abs=0.03)


def test_one_direction_of_boxes_is_the_one_dimensional_model():
    """β of x_1 alone: k × 1 boxes are k intervals."""
    line, k = cosine(3, TN), 12
    plane = Problem(lambda x: line.beta(x[:, 0]), zcmoe.Independent(TN, UNIFORM), NOISE, dimension=2,
                    gradient=lambda x: np.column_stack([line.gradient(x[:, 0]), np.zeros(len(x))]))
    for error in (zcmoe.approximation_error, zcmoe.anisotropic_error):
        assert error(plane, Boxes((k, 1))) == approx(error(line, Intervals.uniform(k)), rel=1e-9)
    ours, theirs = zcmoe.region_moments(plane, Boxes((k, 1))), zcmoe.region_moments(line, Intervals.uniform(k))
    for value, expected in zip(ours, theirs, strict=True):
        assert value == approx(expected, rel=1e-9)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_rate_in_m(d):
    """(31): the excess falls like m^(-2/d)."""
    problem = cosine(1, TN) if d == 1 else cosine_squares({2: NORMALS, 3: THREE}[d])
    cut, k = (Intervals.uniform if d == 1 else lambda k: Boxes((k,) * d)), {1: 20, 2: 10, 3: 6}[d]
    errors = [excess(zcmoe.approximation_error(problem, cut(n))) for n in (k, 2 * k)]
    assert np.log(errors[0] / errors[1]) / np.log(2**d) == approx(2 / d, rel=0.03)


def test_moment_that_depends_on_x():
    """Assumption 3: M(x) enters (30) as a factor of w; (54) then has M inside its integral."""
    problem, density = linear(uniform(2), 1, 1), tilted(2)
    constant = zcmoe.high_rate_coefficient(problem, density, moment=0.1)
    assert zcmoe.high_rate_coefficient(problem, density, moment=lambda x: np.full(len(x), 0.1)) == approx(constant)
    # M = (1 + x_1)/10, w = 2, λ = 1: (2/10)(3/2); and (∫ √(Mw))² = (2/10) ((2/3)(2^1.5 - 1))².
    moment = {"moment": lambda x: (1 + x[:, 0]) / 10}
    assert zcmoe.high_rate_coefficient(problem, one(2), **moment) == approx(0.3, rel=1e-12)
    assert zcmoe.high_rate_coefficient(problem, **moment) == approx(0.2 * (2 / 3 * (2**1.5 - 1)) ** 2, rel=1e-12)


@pytest.mark.parametrize("moment, cells, word", [
    (0.079, "isotropic", "sphere bound 0.079577 in dimension 2"), (None, "round", "cells must be"),
    (lambda x: 0.05 + x[:, 0], "any", "sphere bound"),
])
def test_impossible_moments_are_refused(moment, cells, word):
    with pytest.raises(ValueError, match=word):
        zcmoe.high_rate_error(RAMP, one(2), 10, moment=moment, cells=cells)
    with pytest.raises(ValueError, match=word):
        zcmoe.minimal_error(RAMP, 10, moment=moment, cells=cells)


def test_test_error_against_monte_carlo():
    """(7) and (39) for wrong constants on Voronoi regions, and the default gradient."""
    rng = np.random.default_rng(5)
    problem, segmentation = cosine_squares(NORMALS), Voronoi(rng.random((30, 2)))
    moe = zcmoe.ZeroComputeMoE(segmentation, rng.normal(size=30))
    x, y = problem.sample(400_000, rng=6)
    squares = (y - moe.predict(x)) ** 2
    exact = zcmoe.test_error(problem, moe)
    assert abs(squares.mean() - exact) < 4 * squares.std() / np.sqrt(squares.size)
    assert exact == approx(zcmoe.approximation_error(problem, segmentation) + zcmoe.estimation_error(problem, moe))
    plain = Problem(problem.beta, NORMALS, NOISE, dimension=2)
    assert zcmoe.small_region_error(plain, segmentation) == approx(zcmoe.small_region_error(problem, segmentation))


def test_samples_of_the_optimal_density_follow_it():
    """rvs against pdf: the counts in 25 boxes, by their chi-squared distance."""
    density, boxes, n = zcmoe.optimal_density(cosine_squares(NORMALS)), Boxes((5, 5)), 20_000
    counts = np.bincount(boxes.route(density.rvs(n, random_state=3)), minlength=25)
    expected = n * zcmoe.region_moments(Problem(lambda x: x[:, 0], density, NOISE, dimension=2), boxes).probability
    assert expected.sum() == approx(n, rel=1e-3)
    assert np.sum((counts - expected) ** 2 / expected) < stats.chi2(24).ppf(0.9999)


@pytest.mark.parametrize("d", [4, 5])
def test_high_rate_integrals_by_sobol_points(d):
    """β = Σ x_j², uniform law: ∫ ‖∇β‖² = 4d/3."""
    problem = Problem(lambda x: np.sum(x**2, axis=1), uniform(d), NOISE, gradient=lambda x: 2 * x, dimension=d)
    assert zcmoe.high_rate_coefficient(problem, one(d)) == approx(4 * d / 3 / 12, rel=1e-4)
