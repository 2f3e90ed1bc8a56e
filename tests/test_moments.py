import numpy as np
import pytest
from pytest import approx
from scipy import integrate, stats

import zcmoe
from settings import COS6, NOISE, REFERENCE, TN, UNIFORM, piecewise
from settings_nd import PLANE, SPACE, THREE, bump, cosine_squares, grid, scattered, uniform
from zcmoe import (
    Boxes,
    Cubature,
    Intervals,
    Problem,
    Sample,
    Voronoi,
    region_geometry,
    region_moments,
    standard_error,
)
from zcmoe.moments import moments_of_several


@pytest.mark.parametrize("problem", [COS6, piecewise()])
def test_moments_against_scipy_quad(problem):
    """(36), (9): P_i and E[β | A_i] by adaptive quadrature of another library."""
    edges = np.array([0, 0.13, 0.4, 0.5, 0.77, 1])
    moments = region_moments(problem, Intervals(edges))

    def mean_power(power, low, high, probability):
        return integrate.quad(lambda x: problem.inputs.pdf(x) * problem.beta([x])[0] ** power, low, high,
                              epsabs=1e-13)[0] / probability

    for i, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        probability = TN.cdf(high) - TN.cdf(low)
        assert moments.probability[i] == approx(probability, rel=1e-10)
        mean, square = (mean_power(power, low, high, probability) for power in (1, 2))
        assert moments.mean[i] == approx(mean, rel=1e-9)
        assert moments.variance[i] == approx(square - mean**2, abs=1e-11)


def test_reference_constant():
    """(15): the third of ten equal intervals."""
    assert region_moments(COS6, Intervals.uniform(10)).mean[2] == approx(REFERENCE["R12"], rel=1e-8)


def test_infinite_end_values():
    """β = Φ⁻¹ under uniform inputs: β(x) is a standard normal variable."""
    moments = region_moments(Problem(stats.norm.ppf, UNIFORM, NOISE), Intervals([0, 0.5, 1]))
    assert moments.mean == approx([-np.sqrt(2 / np.pi), np.sqrt(2 / np.pi)], rel=1e-10)
    assert moments.variance == approx(1 - 2 / np.pi, rel=1e-10)


def test_region_of_probability_zero_contributes_nothing():
    problem = Problem(np.exp, stats.uniform(0.5, 0.5), NOISE)
    moments = region_moments(problem, Intervals([0, 0.25, 0.75, 1]))
    assert moments.probability[0] == 0 and moments.variance[0] == 0
    assert moments.mean[0] == approx(2 * (np.e - np.exp(0.5)), rel=1e-10)


def test_undeclared_jump_and_narrow_peak_are_resolved():
    step = Problem(lambda x: np.where(x < 1 / 3, 0.0, 1.0), UNIFORM, NOISE)
    assert region_moments(step, Intervals([0, 1])).variance[0] == approx(2 / 9, rel=1e-10)
    peak = Problem(lambda x: x, stats.truncnorm(-500, 500, 0.5, 1e-3), NOISE)
    assert region_moments(peak, Intervals([0, 1])).variance[0] == approx(1e-6, rel=1e-8)


def test_variance_keeps_its_digits_at_a_large_offset():
    problem = Problem(lambda x: 1e8 + x, UNIFORM, NOISE)
    assert region_moments(problem, Intervals.uniform(10)).variance == approx(1 / 1200, rel=1e-6)


def test_geometry_of_intervals():
    """(63), (64), (72): volume Δ, centre the midpoint, inertia Δ³/12, M = 1/12."""
    edges = np.array([0, 0.2, 0.25, 1])
    geometry = region_geometry(COS6, Intervals(edges))
    assert geometry.volume == approx(np.diff(edges), rel=1e-13)
    assert geometry.centroid[:, 0] == approx((edges[1:] + edges[:-1]) / 2, rel=1e-13)
    assert geometry.inertia[:, 0, 0] == approx(np.diff(edges) ** 3 / 12, rel=1e-11)
    assert geometry.normalized_moment == approx(1 / 12, rel=1e-11)


@pytest.mark.parametrize("k", [2, 4, 8])
def test_standard_error_of_a_sobol_rule_in_space(k):
    """Voronoi regions that are boxes: the exact value is known."""
    problem = bump(THREE, (0.3, 0.6, 0.5), 4)
    exact = zcmoe.approximation_error(problem, Boxes((k, k, k))) - problem.noise_variance
    segmentation = Voronoi(grid(k, k, k))
    error = standard_error(problem, segmentation)
    assert 0 < error < 5e-3 * exact
    assert abs(zcmoe.approximation_error(problem, segmentation) - problem.noise_variance - exact) < 4 * error


def test_standard_error_is_that_of_other_scrambles(monkeypatch):
    """Over eight independent rules the root mean square of the error is what the one rule says, within a factor 2."""
    from scipy.stats import qmc
    problem, segmentation = SPACE, Voronoi(scattered(30, 3))
    errors, stated = [], []
    reference = zcmoe.approximation_error(problem, segmentation)
    for seed in range(8):
        rng = np.random.default_rng(100 + seed)
        nodes = np.concatenate([qmc.Sobol(3, rng=rng).random_base2(8) for _ in range(16)])
        other = Voronoi(segmentation.centers)
        mass = SPACE.inputs.pdf(nodes)
        rule = Cubature(nodes, mass / mass.sum(), other.route(nodes), 16)
        monkeypatch.setattr(other, "_cubature", lambda problem, measure, rule=rule: rule)
        errors.append(zcmoe.approximation_error(problem, other) - reference)
        stated.append(standard_error(problem, other))
    assert 0.5 < np.sqrt(np.mean(np.square(errors)) / np.mean(np.square(stated))) < 2


def test_many_axes_fall_back_on_sobol_points():
    segmentation, problem = Boxes((2,) * 6), cosine_squares(uniform(6))
    assert 0 < standard_error(PLANE, Boxes((3, 3))) < 1e-11 and standard_error(COS6, Intervals.uniform(3)) == 0
    moments = region_moments(problem, segmentation)
    halves = np.array([[0, 0.5], [0.5, 1]])
    cosines = np.diff(np.sin(2 * np.pi * halves), axis=1).ravel() / np.pi
    squares, fourths = 2 * np.diff(halves**3 / 3, axis=1).ravel(), 2 * np.diff(halves**5 / 5, axis=1).ravel()
    variance = 0.5 - np.mean(cosines**2) + 5 * np.mean(fourths - squares**2)
    error = standard_error(problem, segmentation)
    assert 0 < error < 5e-3 * variance
    assert abs(moments.probability @ moments.variance - variance) < 4 * error


class Rule(Intervals):
    """One region, whose rule is two replicates of two nodes each."""

    def _cubature(self, problem, measure):
        return Cubature(np.arange(1, 5) / 5, np.full(4, 0.25), np.zeros(4, int), 2)


def test_two_replicates_by_hand():
    """Means that differ: the variance of their mean is added to v. Variances: their mean's standard error."""
    means, variances = (Problem(lambda x, y=y: np.interp(x, np.arange(1, 5) / 5, y), UNIFORM, NOISE)
                        for y in ([1, 1, 7, 7], [-1, 1, -3, 3]))
    assert region_moments(means, Rule([0, 1])).variance == approx(np.var([1, 7], ddof=1))
    assert standard_error(variances, Rule([0, 1])) == approx(np.std([1, 9], ddof=1) / 2**0.5)


EDGES = Intervals([0, 1 / 3, np.nextafter(1 / 3, 1), 0.5, 1])  # a region of one float


@pytest.mark.parametrize("law", [stats.uniform(), stats.truncnorm(-2, 3, 0.4, 0.2), stats.beta(0.5, 0.5),
                                 stats.uniform(0.2, 0.5), Sample(np.linspace(0.1, 0.9, 50))])
@pytest.mark.parametrize("beta", [lambda x: np.cos(6 * np.pi * x) + 1e3, np.floor, lambda x: np.sign(x - 0.5)])
def test_several_segmentations_have_the_moments_of_each(law, beta):
    """One rule, cut at all edges, instead of one each: 1/3 and 2/6 as neighbours, a jump that some cut at."""
    problem = Problem(beta, law, None, breakpoints=[0.5])
    equal = [Intervals.uniform(m) for m in (1, 3, 6, 7, 60)]
    for cuts in ([*equal, Intervals([0, 0.1 + 0.2, 1]), Intervals([0, 0.3, 1])], [equal[1], EDGES]):
        for found, each in zip(moments_of_several(problem, cuts), cuts, strict=True):
            wanted = region_moments(problem, each)
            for part, whole in zip(found, wanted, strict=True):
                assert part == pytest.approx(whole, rel=4e-16, abs=1e-13)


def test_several_segmentations_are_refused_as_each_is():
    with pytest.raises(ValueError, match="edges must run from 0 to 1"):
        moments_of_several(COS6, [Intervals.uniform(2), Intervals([0, 2])])
    with pytest.raises(ValueError, match="dimension"):
        moments_of_several(COS6, [Intervals.uniform(2), Boxes((2, 2))])
    assert moments_of_several(COS6, []) == []


def test_several_segmentations_share_their_nodes():
    """β is evaluated once, between all their edges, and not once a segmentation."""
    sizes, cuts = [], [Intervals.uniform(m) for m in range(1, 41)]
    problem = Problem(lambda x: sizes.append(x.size) or x**2, UNIFORM, None)
    region_moments(problem, cuts[0])  # the panels of the problem are chosen once
    sizes.clear()
    moments_of_several(problem, cuts)
    for each in cuts:
        region_moments(problem, each)
    assert len(sizes) == 1 + len(cuts) and sizes[0] < sum(sizes[1:]) / 3
