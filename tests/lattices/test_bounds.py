"""Bounds on second moments, and the formulas of families and products."""

import numpy as np
import pytest
from pytest import approx
from scipy.optimize import minimize_scalar

from settings_lattices import KNOWN
from zcmoe import lattices
from zcmoe.lattices import LATTICES, sphere_bound, zador_bound


@pytest.mark.parametrize("name", KNOWN)
def test_between_the_bounds(name):
    """Sphere bound <= G <= Zador's bound, the first with equality in one dimension only."""
    n, moment = LATTICES[name].dimension, LATTICES[name].normalized_second_moment
    assert moment < zador_bound(n)
    assert moment == approx(sphere_bound(n), rel=1e-12) if n == 1 else moment > sphere_bound(n)


def test_bounds():
    assert sphere_bound(2) == approx(1 / (4 * np.pi)) and sphere_bound(3) == approx((0.75 / np.pi) ** (2 / 3) / 5)
    assert zador_bound(1) == approx(0.5) and zador_bound(2) == approx(1 / (2 * np.pi))
    limit = 1 / (2 * np.pi * np.e)
    assert limit < sphere_bound(10**5) < zador_bound(10**5) < limit * 1.0003
    assert all(np.diff([sphere_bound(n) for n in range(1, 40)]) < 0)


def test_general_formulas():
    for n, name in [(1, "Z"), (2, "A2"), (3, "A3")]:
        assert lattices.second_moment_A(n) == approx(LATTICES[name].normalized_second_moment, rel=1e-14)
    for n, name in [(1, "Z"), (2, "Z"), (3, "A3"), (4, "D4")]:
        assert lattices.second_moment_D(n) == approx(LATTICES[name].normalized_second_moment, rel=1e-14)


def test_product_is_the_best_scaling():
    """With factors scaled by 1 and e^t, the second moment of the product is least at the formula's value."""
    both = [LATTICES[name] for name in ("E8", "A2")]
    (G1, n1), (G2, n2) = pairs = [(each.normalized_second_moment, each.dimension) for each in both]
    n = n1 + n2
    of_scale = minimize_scalar(lambda t: (n1 * G1 + n2 * G2 * np.exp(2 * t)) / (n * np.exp(2 * t * n2 / n)))
    assert lattices.product_second_moment(*pairs) == approx(of_scale.fun, rel=1e-10)
    assert lattices.product_second_moment(*[(1 / 12, 1)] * 5) == approx(1 / 12)


@pytest.mark.parametrize("call, message", [
    (lambda: sphere_bound(0), "n must be an integer >= 1, got 0"),
    (lambda: zador_bound(1.5), "n must be an integer >= 1, got 1.5"),
    (lambda: lattices.second_moment_A(0), "n must be"),
    (lambda: lattices.second_moment_D("3"), "n must be"),
    (lambda: lattices.product_second_moment(), "factors must be pairs"),
    (lambda: lattices.product_second_moment((1 / 12, 1), 0.08), "factors must be pairs"),
    (lambda: lattices.product_second_moment((1 / 12, 0)), "dimension of a factor must be"),
    (lambda: lattices.product_second_moment((0.08, 1)), "factor must be at least the sphere bound 0.0833"),
    (lambda: lattices.check_second_moment(np.nan, 2), "normalized_second_moment must be a finite number"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
