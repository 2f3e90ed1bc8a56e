"""Tents, products and interpolants against closed forms and the reference values."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from pytest import approx

from zcmoe.composition import (
    DeepMoE,
    MoELayer,
    affine_pieces,
    count_paths,
    count_pieces,
    flattened_product,
    interpolant,
    interpolating_product,
    parameter_count,
    piecewise_affine_errors,
    product_network,
    routing_bits,
    tent_network,
)


def tent(x, n_experts, depth):
    """The triangle wave that the iterated tent is: distance of E^L x from the even whole numbers."""
    y = x * n_experts**depth
    return abs(y - 2 * math.floor(y / 2 + Fraction(1, 2)))


def run(network, x):
    """Output and address of one Fraction, by Fractions alone."""
    path = []
    for layer in network.layers:
        gate = zip(layer.gate_weights[:, 0].tolist(), layer.gate_bias.tolist(), strict=True)
        scores = [Fraction(w) * x + Fraction(b) for w, b in gate]
        path.append(scores.index(max(scores)))
        x = Fraction(layer.expert_weights[path[-1], 0, 0]) * x + Fraction(layer.expert_bias[path[-1], 0])
    return x, tuple(path)


@pytest.mark.parametrize("n_experts, depth, count",
                         [(3, 4, 81), (2, 8, 256), (5, 3, 125), (4, 4, 256), (7, 2, 49), (1, 3, 1)])
def test_the_iterated_tent_has_all_its_pieces(n_experts, depth, count):
    """Row 11: slope (-1)^k n on piece k, value 1/2 in its middle, all addresses distinct."""
    network, n = tent_network(n_experts, depth), n_experts**depth
    addresses = set()
    for k in range(n):
        (low, path), (middle, again), (high, last) = (run(network, Fraction(4 * k + j, 4 * n)) for j in (1, 2, 3))
        assert (high - low) * 2 * n == (-1) ** k * n and middle == Fraction(1, 2) and path == again == last
        assert middle == tent(Fraction(2 * k + 1, 2 * n), n_experts, depth)
        addresses.add(path)
    assert len(addresses) == n == count == count_paths(network) == count_pieces(network)
    for k, piece in enumerate(affine_pieces(network)):
        assert piece.path == run(network, Fraction(2 * k + 1, 2 * n))[1]
        assert (piece.weights, piece.bias) == ((((-1) ** k * n,),), ((-k if k % 2 == 0 else k + 1),))


def test_floats_follow_the_tent():
    """Row 12."""
    network = tent_network(3, 4)
    middles = (np.arange(81) + 0.5) / 81
    assert network.predict(middles) == approx(0.5, abs=1e-14 * 81)
    assert len(np.unique(network.route(middles), axis=0)) == 81


def test_best_affine_fits_need_all_segments():
    """Row 13: on 810 points, 10 a piece, 80 segments leave 1e-3 and 81 nothing."""
    errors = piecewise_affine_errors(tent_network(3, 4).predict((np.arange(810) + 0.5) / 810), 81)
    reference = {1: 0.08249999810264108, 12: 0.069527747487129, 27: 0.05210361219468417, 40: 0.036794018634592224,
                 80: 0.001063800405261897}
    for m, value in reference.items():
        assert errors[m - 1] == approx(value, rel=1e-7)
    assert errors[80] < 1e-10 and np.all(np.diff(errors) < 0)


def test_the_affine_programme_against_all_cuts():
    values = np.random.default_rng(0).normal(size=9)

    def cost(part):
        t = np.arange(part.size)
        return ((part - np.polyval(np.polyfit(t, part, 1), t)) ** 2).sum() if part.size > 1 else 0.0

    for m in (1, 2, 3):
        best = min(sum(map(cost, np.split(values, cuts))) for cuts in itertools.combinations(range(1, 9), m - 1))
        assert piecewise_affine_errors(values, 3)[m - 1] == approx(best / 9, rel=1e-9)


def test_the_product_is_three_times_its_pieces():
    """Rows 9 and 10: addresses, maps, and maps of the sum of coordinates."""
    rng = np.random.default_rng(0)
    for slopes, offsets, pieces in [(rng.integers(-50, 50, (4, 3)) / 8, rng.integers(-50, 50, (4, 3)) / 8, 81),
                                    ([[1, 2, 3]] * 4, [[0, 1, 2]] * 4, 81), ([[1, 1, 2]] * 4, [[0, 0, 0]] * 4, 16)]:
        network = product_network(slopes, offsets)
        total = DeepMoE([*network.layers, MoELayer.dense(np.ones((1, 4)))], network.domain)
        assert count_paths(network) == count_paths(total) == 81
        assert count_pieces(network) == count_pieces(total) == pieces


def test_the_product_is_the_function_it_names():
    rng = np.random.default_rng(1)
    slopes, offsets = rng.normal(size=(2, 4, 3))
    network, flat = product_network(slopes, offsets), flattened_product(slopes, offsets)
    x = rng.uniform(0, 3, (500, 4))
    address = np.floor(x).astype(int)
    expected = slopes[np.arange(4), address] * x + offsets[np.arange(4), address]
    assert network.predict(x) == approx(expected, rel=1e-12) and np.array_equal(network.route(x), address)
    assert flat.predict(x) == approx(expected, rel=1e-12)
    assert np.array_equal(flat.route(x)[:, 0], address @ 3 ** np.arange(4)[::-1])


def test_numbers_stored_deep_and_flat():
    """Row 16."""
    rng = np.random.default_rng(2)
    slopes, offsets = rng.normal(size=(2, 4, 3))
    deep, flat = product_network(slopes, offsets), flattened_product(slopes, offsets)
    assert parameter_count(deep) == (12, 24, 24) and parameter_count(flat) == (81, 648, 405)
    assert [routing_bits(deep), routing_bits(flat)] == approx([6.339850002884624] * 2, rel=1e-14)
    assert count_paths(flat) == count_pieces(flat) == 81


def quartic(z):
    i = np.clip(np.ceil(z), 1, 3)
    return i * (i - 1 - z) ** 2 * (z - i) ** 2


WIDTHS = (16, 32, 64, 128)
EXPERIMENT = {m: interpolating_product(quartic, 3, 2, m) for m in WIDTHS}


def test_the_second_experiment_by_interpolation():
    """Rows 14 and 15; the reference's sup is over 3613 points."""
    z, middles = np.linspace(0, 3, 3613), 3 * (np.arange(12_000) + 0.5) / 12_000
    sup = [np.abs(EXPERIMENT[m].predict(np.stack([z, z[::-1]], axis=1))[:, 0] - quartic(z)).max() for m in WIDTHS]
    reference = [0.0024033261836341165, 0.0006647247474677975, 0.00017439637365382538, 4.450792622141221e-05]
    assert sup == approx(reference, abs=1e-12)
    assert np.polyfit(np.log(WIDTHS), np.log(sup), 1)[0] == approx(-1.919486614776714, abs=1e-6)
    both, values = np.stack([middles] * 2, axis=1), quartic(middles)[:, None]
    mse = [np.mean((EXPERIMENT[m].predict(both) - values) ** 2) for m in WIDTHS]
    assert mse == approx([4.659165386802113e-07, 2.953200708850294e-08, 1.8522113291566076e-09, 1.1586423716916864e-10],
                         rel=1e-3)


@pytest.mark.parametrize("m", WIDTHS)
def test_a_separable_target_is_one_dense_network(m):
    """Finding 5: L·E·m units in one layer give the same sum, to rounding."""
    knots = np.arange(3 * m + 1) / m
    weights, bias, constant = interpolant(knots, quartic(knots))
    assert 2 * weights.size == 2 * 3 * m
    x = np.random.default_rng(m).uniform(0, 3, (2000, 2))
    dense = sum(np.maximum(x[:, [j]] + bias, 0) @ weights + constant for j in range(2))
    assert EXPERIMENT[m].predict(x).sum(axis=1) == approx(dense, abs=2e-12)
    assert np.array_equal(EXPERIMENT[m].route(x), np.floor(x).astype(int))


def test_an_interpolant_meets_its_values_and_is_straight_between():
    rng = np.random.default_rng(3)
    knots, values = np.sort(rng.normal(size=12)), rng.normal(size=12)
    weights, bias, constant = interpolant(knots, values)
    t = rng.uniform(knots[0], knots[-1], 400)
    assert np.maximum(t[:, None] + bias, 0) @ weights + constant == approx(np.interp(t, knots, values), abs=1e-12)


@pytest.mark.parametrize("make, message", [
    (lambda: tent_network(0, 1), "n_experts must be an integer >= 1, got 0"),
    (lambda: tent_network(2, 1.5), "depth must be an integer >= 1, got 1.5"),
    (lambda: product_network([[1, 2]], [[1]]), r"offsets must have shape \(1, 2\), got \(1, 1\)"),
    (lambda: product_network([1, 2], [1, 2]), r"slopes must have shape \(n, k\), got \(2,\)"),
    (lambda: flattened_product(np.ones((17, 2)), np.ones((17, 2))), r"at most 65536 experts, got 2\^17"),
    (lambda: interpolant([0, 0], [1, 2]), "knots must be strictly increasing"),
    (lambda: interpolating_product(np.square, 3, 2, 0), "width must be an integer >= 1, got 0"),
    (lambda: piecewise_affine_errors(np.zeros(5000), 2), "1 to 4096 entries, got 5000"),
])
def test_bad_input_is_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
