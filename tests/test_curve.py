"""A function known by its values: its jumps, its slope, and whether a derivative is its own."""

import numpy as np
import pytest
from pytest import approx
from scipy.special import beta as beta_function

from settings import NOISE, UNIFORM
from zcmoe import Problem
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
    (np.exp, []), (lambda x: np.abs(x - 0.3), []), (lambda x: np.cbrt(x - 0.3), []), (np.log, []), (sigmoid(1e8), []),
    (lambda x: np.cos(4000 * np.pi * x), []), (lambda x: np.full_like(x, 0.1), []),
    (lambda x: x.astype(np.float32), []),
])
def test_jumps_are_found_between_neighbouring_floats(beta, jumps):
    problem = Problem(beta, UNIFORM, NOISE)
    assert problem.breakpoints == approx(jumps, abs=1e-15)
    for x in problem.breakpoints:  # the cell begins where β has its new value
        assert abs(beta(np.array([x]))[0] - beta(np.array([np.nextafter(x, 0)]))[0]) > 1e-7


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
    (lambda x: 1e8 + x, np.ones_like)])
def test_a_right_gradient_is_taken(beta, gradient):
    Problem(beta, UNIFORM, NOISE, gradient=gradient)


@pytest.mark.parametrize("beta, gradient", [
    (np.exp, lambda x: 10 * np.exp(x)), (np.exp, flat), (np.exp, lambda x: 1.001 * np.exp(x)),
    (lambda x: np.cos(6 * np.pi * x), lambda x: 6 * np.pi * np.sin(6 * np.pi * x)), (flat, np.ones_like),
    (lambda x: np.where(x < 0.9, 0.0, x - 0.9), flat), (sigmoid(1e6), flat)])
def test_a_wrong_gradient_is_refused(beta, gradient):
    with pytest.raises(ValueError, match="gradient must be the derivative of beta: between .* it integrates to"):
        Problem(beta, UNIFORM, NOISE, gradient=gradient)


def test_what_has_no_slope_says_so():
    noisy = Problem(lambda x: np.floor(1e6 * x), UNIFORM, NOISE)
    with pytest.raises(ValueError, match="beta has no slope that differences can tell near x = .*give gradient"):
        noisy.gradient([0.5])
