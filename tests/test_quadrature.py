"""Panels and rules: what is integrated closes, and what cannot be integrated is refused for its own reason."""

import numpy as np
import pytest
from pytest import approx

from zcmoe._quadrature import Antiderivative, _powers, adaptive_panels, integrate


@pytest.mark.parametrize("halves", [64, 128, 192, 256, 1000])
def test_an_integral_of_zero(halves):
    """Σ of signs: the tolerance is relative to ∫|f|."""
    assert integrate(lambda x: np.cos(halves * np.pi * x)) == approx(0, abs=1e-13)


@pytest.mark.parametrize("size", [1e-100, 1e-9, 1e9, 1e100])
def test_the_tolerance_is_relative(size):
    assert integrate(lambda x: size * np.sqrt(x)) == approx(size * 2 / 3, rel=1e-12, abs=0)


@pytest.mark.parametrize("power", [-0.2, -0.5, -0.9, -0.95])
def test_powers_at_zero(power):
    """Floats are dense at 0: panels follow x^(-0.95) to 2^-1000."""
    assert integrate(lambda x: x**power) == approx(1 / (1 + power), rel=1e-9)


def test_how_a_function_grows_is_asked_inside_the_interval_alone():
    """x^(-1/2), seen 2 to 128 steps from 0; from 0.02 as many to the left would end below 0, from 0.98 above 1, though
    64 would not."""
    def root(x):
        assert np.all((0 <= x) & (x <= 1))
        return x**-0.5
    power, _ = _powers(root, np.array([0.0, 0.02, 0.98]), np.array([1e-6, -2.0**-12, 2.0**-12]), 7)
    assert power == approx([0.5, 0, 0])


@pytest.mark.parametrize("distance", [lambda x: x, lambda x: 1 - x])
def test_growth_towards_an_end_that_is_barely_known_is_refused(distance):
    """The panel at the end, where blur is just below the hundredth that hides a panel, is not resolved either."""
    def blur(left, right):
        return np.minimum(1e-5 * distance((left + right) / 2) ** -0.5, 0.0095)
    with pytest.raises(ValueError, match="a power -0.52 of the distance to x = [01], where rounding hides the slope"):
        integrate(lambda x: distance(x) ** -0.52, blur=blur)


def test_panels_shrink_quickly_towards_zero():
    """Not a halving a round: three calls of f halve the first panel and cut it into eight. For √x the error falls by
    2^-1.5 a halving: thirteen are enough, and then there are 64 + 13 panels."""
    asked = []
    integrate(lambda x: asked.append(0) or x**-0.95)
    assert len(asked) < 350 and adaptive_panels(np.sqrt)[0].size < 80


def test_a_growth_is_a_power_where_it_is_steady():
    """1/x, 15 % more at one of 2, 4, …, 128 steps; the place may be anywhere in the first, which blurs the nearest."""
    def power(at):
        return _powers(lambda x: (1 + 0.15 * (x == at)) / x, np.array([0.0]), np.array([2.0**-12]), 7)[0]
    assert power(4 * 2.0**-12) == approx(1) and power(16 * 2.0**-12) == 0


def wave(x):
    """2 + P_15, Legendre's polynomial, on each of 64 panels: of the highest degree that sixteen values tell."""
    return 2 + np.polynomial.legendre.legval(2 * (64 * x - np.floor(64 * x)) - 1, [*[0] * 15, 1])


def whole(x):
    """The integral of that from 0: ∫P_15 is (P_16 - P_14)/31 on [-1, 1], 0 at both ends."""
    t = 2 * (64 * x - np.floor(64 * x)) - 1
    return 2 * x + np.polynomial.legendre.legval(t, [*[0] * 14, -1, 0, 1]) / 31 / 128


@pytest.mark.parametrize("f, integral, off", [(lambda x: 1 + x, lambda x: x + x**2 / 2, 1e-14), (wave, whole, 1e-13)])
def test_the_inverse_of_a_smooth_integral_asks_no_more_of_the_function(f, integral, off):
    """It is a polynomial on each panel."""
    asked = []
    antiderivative = Antiderivative(lambda x: asked.append(0) or f(x))
    before, x = len(asked), np.linspace(0, 1, 1000)
    assert antiderivative.inverse(integral(x)) == approx(x, abs=off)
    assert len(asked) == before


@pytest.mark.parametrize("f, word", [
    (lambda x: 1 / x, "diverges at x = 0, as a power -1 of the distance"),
    (lambda x: x**-1.5, "overflows near x = "),
    (lambda x: np.abs(x - 0.3) ** -0.8,
     "grows as a power -0.8 of the distance to x = 0.3, where floats are too far apart"),
    (lambda x: np.abs(x - 0.3) ** -1.0, "diverges at x = 0.3, as a power -1 of"),
    (lambda x: (1 - x) ** -0.7, "grows as a power -0.7 of the distance to x = 1,"),
    (lambda x: np.sin(1e9 * x), "too many jumps, or turns"),
    # stairs along |x - 0.3|^(-0.8), equal at a distance and twice that
    (lambda x: 2.0 ** (-1.6 * np.floor(np.log2(np.maximum(np.abs(x - 0.3), 1e-20)) / 2)), "too many jumps, or turns"),
])
def test_one_message_for_one_cause(f, word):
    with pytest.raises(ValueError, match=f"the integral does not converge: .*{word}"):
        integrate(f)


def test_peaks_between_the_nodes_are_found_by_the_exact_integral():
    edges, masses = adaptive_panels(lambda x: np.exp(-((x - 0.3456) / 1e-6) ** 2 / 2) / (1e-6 * np.sqrt(2 * np.pi)),
                                    exact=lambda a, b: 1.0 * (a < 0.3456) * (b >= 0.3456))
    assert masses.sum() == approx(1, abs=1e-12) and edges[0] == 0 and edges[-1] == 1


def test_rounding_is_not_refined():
    """1e8 + x is known to 1e-8: without that allowance panels would halve to the end."""
    def rows(x):
        return np.stack([np.ones_like(x), 1e8 + np.sin(40 * x) - 1e8])
    assert adaptive_panels(rows, noise=16 * 2.3e-16 * 1e8)[0].size < 80
