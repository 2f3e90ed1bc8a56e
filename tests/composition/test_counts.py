"""Exact counts against brute force over all addresses, and where floats would mislead."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from zcmoe.composition import (
    DeepMoE,
    MoELayer,
    ReLULayer,
    affine_pieces,
    count_paths,
    count_pieces,
    interval_gate,
    parameter_count,
    product_network,
    routing_bits,
    squared_norm_layer,
    tent_network,
)
from zcmoe.composition._rational import interior_point


def random_network(rng, dimension, n_experts, depth, domain=(-1, 1)):
    return DeepMoE([MoELayer(rng.normal(size=(n_experts, dimension)), 0.3 * rng.normal(size=n_experts),
                             rng.normal(size=(n_experts, dimension, dimension)),
                             0.3 * rng.normal(size=(n_experts, dimension))) for _ in range(depth)], domain)


def inequalities(network, path):
    """A, c with A x <= c on the set of an address, and the affine map at its end, in floats."""
    d = network.layers[0].n_inputs
    matrix, offset, left, right = np.eye(d), np.zeros(d), [np.eye(d), -np.eye(d)], [np.ones(d), np.ones(d)]
    for layer, e in zip(network.layers, path, strict=True):
        left.append((layer.gate_weights - layer.gate_weights[e]) @ matrix)
        right.append(layer.gate_bias[e] - layer.gate_bias - (layer.gate_weights - layer.gate_weights[e]) @ offset)
        matrix, offset = layer.expert_weights[e] @ matrix, layer.expert_weights[e] @ offset + layer.expert_bias[e]
    left, right = np.concatenate(left), np.concatenate(right)
    size = np.linalg.norm(left, axis=1)
    return left[size > 0] / size[size > 0, None], right[size > 0] / size[size > 0], matrix, offset


@pytest.mark.parametrize("dimension, n_experts, depth", [(1, 4, 3), (2, 3, 3), (3, 3, 3), (2, 5, 2), (4, 2, 4)])
def test_addresses_against_a_linear_programme_for_each(dimension, n_experts, depth):
    """Float programmes over all E^L addresses: the radius of the largest ball, clear of 0 in these networks."""
    network = random_network(np.random.default_rng(dimension), dimension, n_experts, depth)
    exact = {piece.path: piece for piece in affine_pieces(network)}
    for path in itertools.product(range(n_experts), repeat=depth):
        left, right, matrix, offset = inequalities(network, path)
        found = linprog(np.r_[np.zeros(dimension), -1], np.column_stack([left, np.ones(len(left))]), right,
                        bounds=(None, None))
        assert abs(found.fun) > 1e-9 and (-found.fun > 0) == (path in exact)
        if path in exact:
            assert np.array(exact[path].weights, dtype=float) == pytest.approx(matrix, rel=1e-9, abs=1e-12)
            assert np.array(exact[path].bias, dtype=float) == pytest.approx(offset, rel=1e-9, abs=1e-12)
    assert count_paths(network) == len(exact) == count_pieces(network)


def test_no_route_is_missed_and_none_invented():
    rng = np.random.default_rng(5)
    network = random_network(rng, 2, 4, 4)
    seen = {tuple(path) for path in network.route(rng.uniform(-1, 1, (100_000, 2))).tolist()}
    paths = {piece.path for piece in affine_pieces(network)}
    assert seen <= paths and len(paths) < 1.2 * len(seen)


def test_the_way_of_intervals_is_the_general_way():
    """The same scalar network with its state doubled: gates then read two coordinates, and the sets need programmes."""
    rng = np.random.default_rng(5)
    gates = [interval_gate(np.sort(rng.normal(size=3))) for _ in range(3)]
    experts = [(rng.normal(size=(4, 1, 1)) * 3, rng.normal(size=(4, 1))) for _ in range(3)]
    scalar = DeepMoE([MoELayer(*gate, *expert) for gate, expert in zip(gates, experts, strict=True)], (-2, 3))
    double = DeepMoE([MoELayer.dense([[1.0], [1.0]])] + [
        MoELayer(np.repeat(w, 2, axis=1) / 2, b, a * np.eye(2), np.repeat(c, 2, axis=1))
        for (w, b), (a, c) in zip(gates, experts, strict=True)], (-2, 3))
    assert count_paths(scalar) == count_paths(double) > 10
    assert count_pieces(scalar) == count_pieces(double)


def test_ten_thousand_pieces():
    assert count_pieces(tent_network(10, 4)) == 10_000


def test_without_bias_a_ray_has_one_expert():
    """Finding 2: nobias_gate = 1, on z > 0; with the other ray there are two; a bias gives all."""
    experts = np.arange(1.0, 4)[:, None, None]
    weights, bias = interval_gate([1.0, 2.0])
    assert count_paths(DeepMoE([MoELayer(weights, None, experts, None)], (0, np.inf))) == 1
    assert count_paths(DeepMoE([MoELayer(weights, None, experts, None)])) == 2
    assert count_paths(DeepMoE([MoELayer(weights, bias, experts, None)], (0, np.inf))) == 3
    lifted = MoELayer(np.column_stack([weights, bias]), None, np.zeros((3, 1, 2)), [[1], [2], [3]])
    assert count_paths(DeepMoE([MoELayer.dense([[1.0], [0.0]], [0.0, 1.0]), lifted], (0, np.inf))) == 3


@pytest.mark.parametrize("middle, count", [(0.0, 2), (2.0**-60, 3), (-(2.0**-60), 2)])
def test_a_set_without_volume_does_not_count_and_a_sliver_does(middle, count):
    """x + y, -x - y, and a constant between: its set is a line, a strip 1e-18 wide, or nothing."""
    layer = MoELayer([[1, 1], [0, 0], [-1, -1]], [0, middle, 0], np.zeros((3, 1, 2)), [[1], [2], [3]])
    assert count_paths(DeepMoE([layer], (-1, 1))) == count_pieces(DeepMoE([layer], (-1, 1))) == count
    scalar = MoELayer([[1], [0], [-1]], [0, middle, 0], np.zeros((3, 1, 1)), [[1], [2], [3]])
    assert count_paths(DeepMoE([scalar], (-1, 1))) == count


def test_equal_scores_belong_to_the_lower_expert():
    twin = MoELayer([[1, 2], [1, 2], [0, 0]], [1, 1, 0], np.zeros((3, 1, 2)), [[1], [2], [3]])
    assert {piece.path for piece in affine_pieces(DeepMoE([twin], (-1, 1)))} == {(0,), (2,)}
    scalar = MoELayer([[1], [1], [0]], [0, 0, 0], np.zeros((3, 1, 1)), [[1], [2], [3]])
    assert {piece.path for piece in affine_pieces(DeepMoE([scalar], (-1, 1)))} == {(0,), (2,)}


def test_a_constant_state_is_routed_like_a_point():
    """All inputs arrive at 0, where three scores tie: expert 0 has them, though it is nowhere highest alone."""
    layer = MoELayer([[0], [-1], [1]], None, np.zeros((3, 1, 1)), [[1], [2], [3]])
    network = DeepMoE([MoELayer.dense([[0.0]]), layer], (-1, 1))
    assert [piece.path for piece in affine_pieces(network)] == [(0, 0)]
    assert network.route([0.3]).tolist() == [[0, 0]]


@pytest.mark.parametrize("offset", [-1.0, 0.0, 2.0])
def test_a_constant_state_takes_the_route_of_its_value(offset):
    """Of three scores slopes and biases decide: at -1 the first is the highest, at 0 the second, at 2 the third."""
    layer = MoELayer([[-2], [0], [1]], [0, 1, 0], np.zeros((3, 1, 1)), [[1], [2], [3]])
    network = DeepMoE([MoELayer.dense([[0.0]], [offset]), layer], (-1, 1))
    assert [piece.path for piece in affine_pieces(network)] == [(0, {-1: 0, 0: 1, 2: 2}[offset])]


def test_a_corner_that_an_interval_cuts_off_is_empty():
    """x + y > 3/2 in the square means x > 1/2: no point of it has x < 1/5."""
    first = MoELayer([[0, 0], [1, 1]], [0, -1.5], [np.eye(2)] * 2, None)
    second = MoELayer(*interval_gate([0.2], dimension=2), np.zeros((2, 1, 2)), [[1], [2]])
    paths = {piece.path for piece in affine_pieces(DeepMoE([first, second], (-1, 1)))}
    assert paths == {(0, 0), (0, 1), (1, 1)}


def test_the_domain_decides():
    network = product_network([[1, 2, 3]] * 2, [[0, 1, 2]] * 2)
    for domain, count in [((0, 3), 9), ((0, 1), 1), (((0, 3), (0.5, 1.5)), 6), (((0, 1), (1, 2)), 1), (None, 9)]:
        assert count_paths(DeepMoE(network.layers, domain)) == count


def test_equal_maps_count_once_also_when_apart():
    layer = MoELayer(*interval_gate([1.0, 2.0]), [[[1.0]], [[2.0]], [[1.0]]], None)
    assert (count_paths(DeepMoE([layer], (0, 3))), count_pieces(DeepMoE([layer], (0, 3)))) == (3, 2)


def test_interior_points_are_interior_and_flat_polytopes_have_none():
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(200):
        d = int(rng.integers(1, 4))
        normals = [[Fraction(int(v), 3) for v in row] for row in rng.integers(-3, 4, (int(rng.integers(2, 8)), d))]
        normals = [row for row in normals if any(row)]
        bounds = [Fraction(int(v)) for v in rng.integers(-3, 3, len(normals))]
        point = interior_point(normals, bounds)
        left, right = np.array(normals, dtype=float), np.array(bounds, dtype=float)
        best = linprog(np.r_[np.zeros(d), -1], np.column_stack([left, np.ones(len(left))]), right,
                       bounds=[(None, None)] * d + [(None, 1)])
        assert best.status == 0 and (point is not None) == (-best.fun > 1e-7)
        if point is not None:
            found += 1
            assert all(sum(w * x for w, x in zip(row, point, strict=True)) < bound
                       for row, bound in zip(normals, bounds, strict=True))
    assert 40 < found < 160


@pytest.mark.parametrize("count", [count_paths, count_pieces])
def test_beyond_the_limit_it_refuses_and_says_so(count):
    with pytest.raises(ValueError, match="limit = 100 "):
        count(tent_network(2, 10), limit=100)
    with pytest.raises(ValueError, match="limit = 1000 "):
        count(random_network(np.random.default_rng(9), 3, 5, 5), limit=1000)


def test_what_is_not_affine_is_refused_by_name():
    relu = squared_norm_layer(1, 2, 1.0)
    nonlinear = MoELayer(None, None, np.zeros((2, 1, 1)), None, gate=lambda h: np.column_stack([h, -h]))
    with pytest.raises(ValueError, match=r"layer 0 is ReLULayer\(1 experts"):
        count_paths(DeepMoE([relu]))
    with pytest.raises(ValueError, match="layer 0 is MoELayer.* with a function for a gate"):
        count_pieces(DeepMoE([nonlinear]))
    with pytest.raises(ValueError, match="layer 0 is MoELayer"):
        parameter_count(DeepMoE([nonlinear]))
    with pytest.raises(ValueError, match="layer 1 must take the 2 outputs"):
        count_paths(DeepMoE([MoELayer.dense(np.ones((2, 1))), MoELayer.dense([[1.0]])]))
    with pytest.raises(ValueError, match="domain must have the first layer's 1 coordinates, got 2"):
        count_paths(DeepMoE([MoELayer.dense([[1.0]])], ((0, 1), (0, 1))))
    with pytest.raises(ValueError, match="limit must be an integer >= 1, got 0"):
        count_paths(tent_network(2, 2), limit=0)

    class Own:
        def route(self, h):
            return np.zeros(len(h), dtype=int)

        def apply(self, h):
            return h

    with pytest.raises(ValueError, match="layer 0 is"):
        count_paths(DeepMoE([Own()]))
    with pytest.raises(ValueError, match="n_experts, layer 0"):
        routing_bits(DeepMoE([Own()]))


def test_stored_numbers_of_relu_experts():
    """Charts to r coordinates: r k + m r + m + o m + o numbers an expert."""
    shapes = (2, 5, 1), (2, 5), (2, 3, 5), (2, 3)
    layer = ReLULayer(np.ones((2, 4)), None, *map(np.ones, shapes), chart=np.ones((2, 1, 4)))
    assert parameter_count(DeepMoE([layer])) == (2, 2 * (4 + 5 + 5 + 15 + 3), 8)
