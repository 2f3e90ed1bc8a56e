"""A function known by its values: its jumps, its slope, and whether a derivative is its own."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats
from scipy.special import beta as beta_function

from settings import NOISE, UNIFORM
from zcmoe import Problem, high_rate_coefficient, optimal_density
from zcmoe._curve import Curve
from zcmoe._quadrature import integrate


def sigmoid(rate):
    return lambda x: 1 / (1 + np.exp(-np.clip(rate * (x - 1 / np.pi), -700, 700)))


def flat(x):
    return np.zeros_like(x)


@pytest.mark.parametrize("beta, jumps", [
    (lambda x: np.where(x < 0.3, x, x + 1), [0.3]), (lambda x: np.where(x < 0.5, x, x + 1), [0.5]),
    (lambda x: np.floor(10 * x) / 10, np.arange(1, 10) / 10), (lambda x: np.round(3 * x), [1 / 6, 1 / 2, 5 / 6]),
    (lambda x: x + 1e-6 * (x > 0.7), [0.7]), (lambda x: 1e8 + (x > 1 / 3), [1 / 3]),
    (lambda x: np.sign(x - 0.01) * x, [0.01]),
    # a value of its own at the jump
    (lambda x: np.sign(x - 0.3), [0.3]), (lambda x: np.sign(x - 0.5), [0.5]),
    (lambda x: np.heaviside(x - 0.7, 0.5), [0.7]), (lambda x: np.where(x == 0.25, 7.0, x > 0.25), [0.25]),
    (np.exp, []), (lambda x: np.abs(x - 0.3), []), (lambda x: np.cbrt(x - 0.3), []), (np.log, []), (sigmoid(1e8), []),
    (lambda x: np.cos(4000 * np.pi * x), []), (lambda x: np.full_like(x, 0.1), []),
    (lambda x: x.astype(np.float32), []),
    # rounded beside 1e8, where floats are 2^-26 apart: at every other k/64 it is rounded up, just before it down
    (lambda x: 1e8 + (x + 2.0**-27), []),
    # at a panel's edge, too small for the slopes of a panel to tell
    (lambda x: 10 * x + 2e-7 * (x >= 1 / 64), [1 / 64]),
])
def test_jumps_are_found_between_neighbouring_floats(beta, jumps):
    problem = Problem(beta, UNIFORM, NOISE)
    assert problem.breakpoints == approx(jumps, abs=1e-15)
    for x in problem.breakpoints:  # the cell begins where β has its new value
        assert abs(beta(np.array([x]))[0] - beta(np.array([np.nextafter(x, 0)]))[0]) > 1e-7


@pytest.mark.parametrize("beta", [np.sqrt, lambda x: 1e8 + np.sin(40 * x), lambda x: np.cbrt(x - 0.3), sigmoid(1e6)])
def test_panels_do_not_know_the_unit_of_beta(beta):
    """Powers of two change no digit."""
    for unit in (2.0**-40, 2.0**40):
        assert np.array_equal(Curve(lambda x, unit=unit: unit * beta(x)).panels, Curve(beta).panels)


@pytest.mark.parametrize("beta", [np.log, lambda x: np.cbrt(x - 0.3), lambda x: np.cos(400 * np.pi * x), sigmoid(1e6)])
def test_panels_do_not_know_an_offset_of_beta(beta):
    """Of 64, which takes two of its sixteen digits: there are as many."""
    assert Curve(lambda x: beta(x) + 64).panels.size == approx(Curve(beta).panels.size, rel=0.02)


@pytest.mark.parametrize("seed", range(12))
def test_random_steps(seed):
    """Steps and ramps anywhere, some on the edges of equal panels, some close together."""
    rng = np.random.default_rng(seed)
    at = np.unique(np.r_[rng.random(5), rng.integers(1, 64, 2) / 64, 0.4 + np.array([0, 1e-9])])
    heights = rng.normal(size=at.size) * 10.0 ** -rng.integers(0, 5, at.size)

    def beta(x):
        return np.sin(3 * x) + heights @ (x[None] >= at[:, None])

    curve = Curve(beta)
    assert curve.breakpoints == approx(at, abs=1e-15)
    x = rng.random(400)
    assert curve.slope(x) == approx(3 * np.cos(3 * x), abs=1e-5)


@pytest.mark.parametrize("rate", [1e3, 1e6, 1e8])
def test_steep_places(rate):
    """Z = k^(-1/3) B(2/3, 2/3) and ∫β'² = k/6 for the logistic function of k(x - 1/π), by differences."""
    problem = Problem(sigmoid(rate), UNIFORM, NOISE)
    root = integrate(lambda x: problem.weight(x) ** (1 / 3), problem.grid)
    assert root == approx(rate ** (-1 / 3) * beta_function(2 / 3, 2 / 3), rel=1e-5)
    assert integrate(problem.weight, problem.grid) == approx(rate / 6, rel=1e-5)


@pytest.mark.parametrize("beta, equal, root", [
    (lambda x: np.cos(4000 * np.pi * x), (4000 * np.pi) ** 2 / 2, None), (lambda x: np.where(x < 0.3, x, x + 1), 1, 1),
    (lambda x: np.floor(10 * x) / 10, 0, 0), (lambda x: x**-0.2, None, 0.2 ** (2 / 3) / 0.2),
    (lambda x: np.abs(x - 0.3), 1, 1),
    (np.sqrt, None, 0.5 ** (2 / 3) * 3 / 2)])
def test_integrals_of_slopes(beta, equal, root):
    problem = Problem(beta, UNIFORM, NOISE)
    if equal is not None:
        assert integrate(problem.weight, problem.grid) == approx(equal, rel=1e-6, abs=1e-12)
    if root is not None:
        assert integrate(lambda x: problem.weight(x) ** (1 / 3), problem.grid) == approx(root, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("beta, gradient", [
    (np.exp, np.exp), (np.sqrt, lambda x: 0.5 / np.sqrt(x)), (lambda x: np.abs(x - 0.3), lambda x: np.sign(x - 0.3)),
    (lambda x: x**-0.4, lambda x: -0.4 * x**-1.4), (lambda x: np.where(x < 0.3, x, x + 1), np.ones_like),
    (lambda x: np.cbrt(x - 0.3), lambda x: np.cbrt(x - 0.3) ** -2.0 / 3), (lambda x: np.floor(5 * x), flat),
    (lambda x: np.cos(4000 * np.pi * x), lambda x: -4000 * np.pi * np.sin(4000 * np.pi * x)),
    (lambda x: 1e8 + x, np.ones_like),
    (lambda x: np.sign(x - 0.8357646614311312) * np.sqrt(np.abs(x - 0.8357646614311312)),
     lambda x: 0.5 / np.sqrt(np.abs(x - 0.8357646614311312)))])
def test_a_right_gradient_is_taken(beta, gradient):
    Problem(beta, UNIFORM, NOISE, gradient=gradient)


@pytest.mark.parametrize("beta, gradient", [
    (np.exp, lambda x: 10 * np.exp(x)), (np.exp, flat), (np.exp, lambda x: 1.001 * np.exp(x)),
    (lambda x: np.cos(6 * np.pi * x), lambda x: 6 * np.pi * np.sin(6 * np.pi * x)), (flat, np.ones_like),
    (lambda x: np.where(x < 0.9, 0.0, x - 0.9), flat), (sigmoid(1e6), flat),
    (lambda x: np.where(x < 0.0114, -3 * x**3.7, -2.0), lambda x: np.where(x < 0.0114, -9.99 * x**2.7, 0.0))])
def test_a_wrong_gradient_is_refused(beta, gradient):
    with pytest.raises(ValueError, match="gradient must be the derivative of beta: between .* it integrates to"):
        Problem(beta, UNIFORM, NOISE, gradient=gradient)


def test_the_worst_place_of_a_wrong_gradient_is_named():
    """A sign that is wrong from 0.75 on is worse than a percent too much before that."""
    worst = r"between 0\.[789]\S* and \S* it integrates to -0.015625, beta grows by 0.015625"
    with pytest.raises(ValueError, match=worst):
        Problem(lambda x: x, UNIFORM, NOISE, gradient=lambda x: np.where(x < 0.75, 1.01, -1.0))


def test_rounding_of_large_values_nearby_is_no_mismatch():
    """β is 0 but for a wave of height 2e6 above 0.92, with a minimum 0 at 0.96: there it is a difference of values of
    1e6, known to 1e-10, and changes by no more than some 1e-8."""
    rate = 2 * np.pi / 0.08

    def beta(x):
        return np.where(x < 0.92, 0.0, 1e6 - 1e6 * np.cos(rate * (x - 0.96)))

    def slope(x):
        return 1e6 * rate * np.sin(rate * (x - 0.96))
    at = 0.96 + np.linspace(0, 2e-9, 9)
    wrong, total, change = Curve(beta, breakpoints=[0.92]).mismatch(slope, at[:-1], at[1:], 1e-5)
    assert not wrong.any() and np.abs(total - change).max() > 1e-3 * np.abs(total).max()


def test_a_steep_place_beside_a_jump_is_seen():
    """It is as narrow as 1e-9, in the middle of a panel, where Gauss's rule is exact for it by chance."""
    middle = (0.990994 + 1) / 2

    def beta(x):
        return np.where(x < 0.990994, np.cos(9 * x), 3 + 0.01 / (1 + np.exp(-np.clip(1e9 * (x - middle), -700, 700))))
    problem = Problem(beta, UNIFORM, NOISE)
    assert problem.breakpoints == approx([0.990994])
    gradient = problem.gradient(np.array([middle - 1e-5, middle + 1e-5, middle]))
    assert gradient == approx([0, 0, 0.01 * 1e9 / 4], rel=1e-2, abs=1e-9)


@pytest.mark.parametrize("e", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("beta, equal", [
    (lambda x, e: 1 / (x + e), lambda e: (e**-3 - (1 + e) ** -3) / 3), (lambda x, e: np.log(x + e),
                                                                        lambda e: 1 / e - 1 / (1 + e)),
    (lambda x, e: np.sqrt(x + e), lambda e: np.log((1 + e) / e) / 4),
    (lambda x, e: np.sqrt(1 - x + e), lambda e: np.log((1 + e) / e) / 4),
    (lambda x, e: np.sqrt((x - 0.3) ** 2 + e**2), lambda e: 1 - e * (np.arctan(0.7 / e) + np.arctan(0.3 / e))),
    (lambda x, e: np.arcsinh((x - 0.3) / e), lambda e: (np.arctan(0.7 / e) + np.arctan(0.3 / e)) / e)])
def test_peaks_with_tails_like_powers(beta, equal, e):
    """Close to the peak they are none: the integral exists."""
    found = 12 * high_rate_coefficient(Problem(lambda x: beta(x, e), UNIFORM, NOISE), UNIFORM)
    assert found == approx(equal(e), rel=1e-6)


@pytest.mark.parametrize("offset, power, wave", [
    (0.0, 0.3, 0), (0.0, 0.5, 0), (0.0, 0.5, 0.01), (1e-3, 0.4, 0), (1.0, 0.3, 0.01), (1e3, 0.4, 0), (1e3, 0.4, 0.01),
    (1e6, 0.5, 0)])
@pytest.mark.parametrize("distance", [lambda x: x, lambda x: 1 - x, lambda x: np.abs(x - 0.3),
                                      lambda x: np.maximum(0.3 - x, 0), lambda x: np.maximum(x - 0.7, 0)])
def test_a_divergence_that_rounding_hides_is_refused(offset, power, wave, distance):
    """∫β'² is infinite, also where β has an offset, so that its slopes are only known at some distance."""
    problem = Problem(lambda x: offset + distance(x) ** power + wave * np.cos(300 * x), UNIFORM, NOISE)
    with pytest.raises(ValueError, match="does not converge"):
        high_rate_coefficient(problem, UNIFORM)
    assert high_rate_coefficient(problem) > 0


def test_slopes_where_floats_are_coarse_for_them():
    """At the end of the support, in the middle of a steep place: rounding of x is followed, panels are few."""
    def beta(x):
        return 5 / (1 + np.exp(-np.clip(1e7 * (x - 0.5), -700, 700)))
    density = optimal_density(Problem(beta, stats.uniform(0.5, 0.5), NOISE), floor=0)
    assert density.panels.size < 1000
    s = 0.5 + stats.beta(2 / 3, 2 / 3).ppf(0.5 + np.array([0.1, 0.25, 0.4])) - 0.5
    assert (density.ppf([0.2, 0.5, 0.8]) - 0.5) * 1e7 == approx(np.log(s / (1 - s)), rel=1e-3)


def test_slopes_on_a_support_of_few_floats():
    """exp on [0, 4e-7] is known to 1e-16 of 1: its slope is 1, and integrals of it stop at what differences know."""
    inputs = stats.rv_histogram(([0.2 / 1e-7, 0, 0.8 / 5e-8], [0, 1e-7, 3e-7, 3.5e-7]), density=True)
    found = 12 * high_rate_coefficient(Problem(np.exp, inputs, NOISE), UNIFORM)
    assert found == approx(1, rel=2e-6)


def test_the_slope_at_0_where_beta_is_0_too():
    """Steps are not so short that β/3 is rounded to a multiple of the least float."""
    assert Curve(lambda x: x / 3).slope(np.array([0.0])) == approx([1 / 3], rel=1e-10)


def test_rounding_is_that_of_the_values_at_hand():
    """β is small nearly everywhere, where it is known to more digits than beside 1: neither place is a rough one."""
    problem = Problem(lambda x: np.where(x < 0.98, -0.2 * np.sqrt(x), -2.2 - 0.2 * (x - 0.98) ** 3), UNIFORM, NOISE)
    assert problem.curve.lost is None and problem.curve.panels.size < 400
    assert problem.gradient([1e-8, 0.25, 0.99]) == approx([-1000, -0.2, -6e-5], rel=1e-6)


def test_what_has_no_slope_says_so():
    noisy = Problem(lambda x: np.floor(1e6 * x), UNIFORM, NOISE)
    with pytest.raises(ValueError, match="beta has no slope that differences can tell near x = .*give gradient"):
        noisy.gradient([0.5])


@pytest.mark.parametrize("beta", [np.exp, np.sqrt, lambda x: np.abs(x - 0.3), lambda x: 1 / (x + 1e-6)])
def test_a_target_is_never_asked_about_no_x(beta):
    def asked(x):
        assert x.size
        return beta(x)
    high_rate_coefficient(Problem(asked, UNIFORM, NOISE))
    optimal_density(Problem(asked, stats.uniform(0.2, 0.6), NOISE))
    high_rate_coefficient(Problem(asked, stats.uniform(0.2, 0.6), NOISE), UNIFORM)
