"""Section 5 and Appendix C as properties: regions of every kind, affine β without remainder, densities that vary."""

import numpy as np
import pytest

pytest.importorskip("hypothesis")
from hypothesis import given, strategies as st  # noqa: E402
from pytest import approx  # noqa: E402

from theorems.valid import UNIFORM, Ramp, affine, segmentations  # noqa: E402
from zcmoe import (  # noqa: E402
    Boxes,
    Independent,
    Problem,
    SegmentDensity,
    anisotropic_error,
    approximation_excess,
    bound_voronoi,
    high_rate_coefficient,
    high_rate_error,
    minimal_error,
    optimal_density,
    region_geometry,
    region_moments,
    small_region_error,
    standard_error,
)
from zcmoe.lattices import sphere_bound  # noqa: E402

slopes = st.lists(st.sampled_from([-2.0, -0.1, 0.0, 0.5, 1.0, 4.0]), min_size=3, max_size=3).filter(any)
tilts = st.lists(st.floats(-1.5, 1.5), min_size=3, max_size=3)


def quadratic(gradient, d, inputs=None):
    """β = g·x + Σ x_j²/2, steep everywhere where g is positive."""
    g = np.array(gradient[:d])
    return Problem(lambda x: x @ g + (x**2).sum(axis=1) / 2, inputs or Independent(*[UNIFORM] * d), None, dimension=d,
                   gradient=lambda x: x + g)


def product(tilt, d):
    return Independent(*[SegmentDensity(Ramp(s).pdf) for s in tilt[:d]])


@pytest.mark.theorem("5.1")
@given(segmentations(), slopes)
def test_an_affine_target_has_no_remainder(cells, gradient):
    """For affine β and a uniform law Σ gᵀJ_i g is the error and (28) bounds it, whatever the regions: no limit."""
    problem = affine(gradient[:cells.dimension] if any(gradient[:cells.dimension]) else [1.0] * cells.dimension)
    exact, bound = approximation_excess(problem, cells), small_region_error(problem, cells)
    slack = 8 * standard_error(problem, cells) + 1e-9 * bound
    assert anisotropic_error(problem, cells) == approx(exact, abs=slack)
    assert exact <= bound + slack
    geometry = region_geometry(problem, cells)
    some = region_moments(problem, cells).probability > 1e-9
    assert region_moments(problem, cells).mean[some] == approx(problem.beta(geometry.centroid[some]), abs=1e-7)


@pytest.mark.theorem("5.1")
@given(st.integers(1, 12), st.sampled_from([2, 3]), st.sampled_from([0.5, 1.0, 3.0]))
def test_the_factor_d(k, d, steep):
    """Slack by d on cubes; none, in the limit, for slabs along ∇β, which attain the bound."""
    equal = affine([steep] * d), Boxes([min(k, 5) if d == 3 else k] * d)
    assert small_region_error(*equal) == approx(d * approximation_excess(*equal), rel=1e-9)
    long = affine([steep] + [0.0] * (d - 1)), Boxes([k, 60] if d == 2 else [1, 24, 24])
    aspect = long[1].shape[0] / long[1].shape[1]
    assert small_region_error(*long) / approximation_excess(*long) == approx(1 + (d - 1) * aspect**2)


@pytest.mark.theorem("5.1")
@given(st.lists(st.floats(0.2, 2), min_size=3, max_size=3), tilts, st.sampled_from([2, 3]))
def test_small_regions(gradient, tilt, d):
    """The error is at most (28), but for a remainder that falls faster than V^(2/d)."""
    problem = quadratic(gradient, d, product(tilt, d))
    off = []
    for k in ((6, 12) if d == 2 else (3, 6)):
        exact, sum_ = approximation_excess(problem, Boxes([k] * d)), anisotropic_error(problem, Boxes([k] * d))
        off.append(abs(exact / sum_ - 1))
        assert exact <= small_region_error(problem, Boxes([k] * d)) * 1.05
    assert off[1] <= 0.4 * off[0] + 1e-9


@pytest.mark.theorem("5.2")
@given(st.lists(st.floats(0.2, 2), min_size=3, max_size=3), tilts, st.sampled_from([2, 3]))
def test_the_sum_becomes_an_integral(gradient, tilt, d):
    """On k^d cubes, λ = 1 and M = 1/12, (28) tends to (30); for an affine β under the uniform law they are equal."""
    problem = quadratic(gradient, d, product(tilt, d))
    uniform, off = Independent(*[UNIFORM] * d), []
    for k in ((5, 20) if d == 2 else (3, 9)):
        integral = high_rate_error(problem, uniform, k**d, cells="any")
        off.append(abs(small_region_error(problem, Boxes([k] * d)) / integral - 1))
    assert off[1] <= off[0] / 5 + 1e-9
    plain = affine(gradient[:d])
    assert small_region_error(plain, Boxes([4] * d)) == approx(high_rate_error(plain, uniform, 4**d, cells="any"))


@pytest.mark.theorem("5.3")
@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3).filter(lambda g: min(map(abs, g)) > 0.1),
       st.sampled_from([1, 2, 3]), st.integers(1, 6))
def test_the_rate(gradient, d, k):
    """E - σ² <= d C m^(-2/d) with C of Assumption 4: on cubes, for affine β, ‖g‖²/12 m^(-2/d) exactly."""
    if d == 1:
        return
    problem, size = affine(gradient[:d]), np.dot(gradient[:d], gradient[:d])
    excess, m = approximation_excess(problem, Boxes([k] * d)), k**d
    constant = high_rate_coefficient(problem, Independent(*[UNIFORM] * d))  # ∫ M w λ^(-2/d)
    assert constant == approx(size / 12)
    assert excess == approx(size / 12 * m ** (-2 / d)) and excess <= d * constant * m ** (-2 / d)


@pytest.mark.theorem("C.1")
@given(st.lists(st.floats(0.2, 2), min_size=3, max_size=3), tilts, st.sampled_from([2, 3]), st.integers(1, 1000),
       st.floats(1, 3))
def test_a_constant_moment(gradient, tilt, d, m, factor):
    """(52) is proportional to M and to m^(-2/d), and d times what isotropic cells have."""
    problem, density = quadratic(gradient, d), product(tilt, d)
    moment = sphere_bound(d) * factor
    value = high_rate_error(problem, density, m, moment=moment, cells="any")
    assert value == approx(d * high_rate_error(problem, density, m, moment=moment))
    assert value == approx(factor * m ** (-2 / d) * high_rate_error(problem, density, 1, moment=sphere_bound(d),
                                                                   cells="any"), rel=1e-9)


@pytest.mark.theorem("C.2")
@given(st.lists(st.floats(0.2, 2), min_size=3, max_size=3), tilts, tilts, st.sampled_from([2, 3]))
def test_no_density_does_better(gradient, tilt, other, d):
    """∫ w λ^(-2/d) >= (∫ w^(d/(d+2)))^((d+2)/d) for every λ, with equality at (53)."""
    problem = quadratic(gradient, d, product(tilt, d))
    least = high_rate_coefficient(problem)
    assert high_rate_coefficient(problem, product(other, d)) >= least * (1 - 1e-9)
    assert high_rate_coefficient(problem, optimal_density(problem)) == approx(least, rel=1e-6)
    assert minimal_error(problem, 7) == approx(least * 7 ** (-2 / d), rel=1e-12)


@pytest.mark.theorem("C.2")
@given(st.lists(st.floats(0.5, 2), min_size=3, max_size=3), st.sampled_from([-3.0, 0.2]))
def test_one_coordinate_alone(gradient, scale):
    """(54) is quadratic in β; and for d = 1 the same code gives (23)."""
    plain, scaled = quadratic(gradient, 2), affine([scale * each for each in gradient[:2]])
    assert minimal_error(affine(gradient[:2]), 5) == approx(minimal_error(scaled, 5) / scale**2)
    line = Problem(lambda x: gradient[0] * x + x**2 / 2, UNIFORM, None)
    root = ((gradient[0] + 1) ** (5 / 3) - gradient[0] ** (5 / 3)) * 3 / 5
    assert minimal_error(line, 5) == approx(root**3 / 12 / 25, rel=1e-8)
    assert minimal_error(plain, 5) > 0


@pytest.mark.theorem("(28)")
@given(st.lists(st.floats(0.5, 2), min_size=3, max_size=3), st.integers(2, 20), st.integers(0, 99))
def test_weighted_k_means_lowers_the_bound(gradient, m, seed):
    """The bound's own minimiser costs no more than squares of the same number."""
    problem, k = quadratic(gradient, 2), max(int(m**0.5), 1)
    found = bound_voronoi(problem, k * k, rng=seed)
    assert small_region_error(problem, found) <= small_region_error(problem, Boxes((k, k))) * 1.1
