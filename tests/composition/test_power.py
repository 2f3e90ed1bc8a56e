"""A linear gate is a power diagram, and back."""

import numpy as np
import pytest
from pytest import approx

from zcmoe import PowerDiagram, Voronoi, check_segmentation
from zcmoe.composition import MoELayer, gate_regions, power_gate
from zcmoe.manifolds import circle, circle_moe


def gate(weights, bias):
    return MoELayer(weights, bias, np.zeros((len(weights), 1, len(weights[0]))), None)


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_a_gate_and_its_diagram_route_alike(dimension):
    rng = np.random.default_rng(dimension)
    layer = gate(rng.normal(size=(9, dimension)), rng.normal(size=9))
    x = rng.normal(size=(3000, dimension)) * 3
    regions = gate_regions(layer)
    assert np.array_equal(regions.route(x[:, 0] if dimension == 1 else x), layer.route(x))
    weights, bias = power_gate(regions.centers, regions.weights)
    assert weights == approx(layer.gate_weights) and bias == approx(layer.gate_bias)
    check_segmentation(gate_regions(layer, domain=(0, 1)))


def test_a_diagram_and_its_gate_route_alike():
    rng = np.random.default_rng(0)
    centers, weights, x = rng.random((8, 3)), rng.random(8) / 20, rng.random((3000, 3))
    assert np.array_equal(gate(*power_gate(centers, weights)).route(x), PowerDiagram(centers, weights).route(x))
    assert np.array_equal(gate(*power_gate(centers)).route(x), Voronoi(centers).route(x))
    assert gate_regions(gate(*power_gate(centers))).weights == approx(np.zeros(8), abs=1e-15)


def test_charts_on_the_circle_need_no_bias():
    """Anchors of one length: their power cells without bias are the Voronoi regions, also of points inside."""
    ring = circle(1000).embed(6, rng=0)
    (layer,) = circle_moe(ring, lambda x: x[:, 0], 5, 3).layers
    nearest = Voronoi(layer.gate_weights, domain=(-2, 2)).route(ring.points)
    assert np.array_equal(layer.route(ring.points), nearest)
    assert np.array_equal(gate_regions(layer).route(ring.points), nearest)


def test_a_function_is_no_diagram():
    layer = MoELayer(None, None, np.zeros((2, 1, 1)), None, gate=lambda h: np.column_stack([h, -h]))
    with pytest.raises(ValueError, match="linear gate, the gate of MoELayer"):
        gate_regions(layer)
    with pytest.raises(ValueError, match=r"weights must have shape \(2,\), got \(1,\)"):
        power_gate([[0.0], [1.0]], [1.0])
