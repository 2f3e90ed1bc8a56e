import numpy as np
import pytest
from pytest import approx
from scipy import integrate, stats

from settings import COS6, NOISE, REFERENCE, TN, UNIFORM, piecewise
from zcmoe import Intervals, Problem, region_geometry, region_moments


@pytest.mark.parametrize("problem", [COS6, piecewise()])
def test_moments_against_scipy_quad(problem):
    """(36), (9): P_i and E[β | A_i] by adaptive quadrature of another library."""
    edges = np.array([0, 0.13, 0.4, 0.5, 0.77, 1])
    moments = region_moments(problem, Intervals(edges))
    for i, (low, high) in enumerate(zip(edges[:-1], edges[1:])):
        def integral(power):
            return integrate.quad(lambda x: problem.inputs.pdf(x) * problem.beta([x])[0] ** power, low, high,
                                  epsabs=1e-13)[0]
        probability = TN.cdf(high) - TN.cdf(low)
        assert moments.probability[i] == approx(probability, rel=1e-10)
        assert moments.mean[i] == approx(integral(1) / probability, rel=1e-9)
        assert moments.variance[i] == approx(integral(2) / probability - (integral(1) / probability) ** 2, abs=1e-11)


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
