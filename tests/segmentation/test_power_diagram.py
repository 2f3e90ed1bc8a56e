"""Power diagrams: what linear gates cut."""

import numpy as np

from zcmoe import PowerDiagram, Voronoi


def test_power_diagram_is_what_a_linear_gate_cuts():
    rng = np.random.default_rng(0)
    a, b, x = rng.standard_normal((6, 3)), rng.standard_normal(6), rng.random((2000, 3))
    diagram = PowerDiagram(a / 2, b + np.sum(a**2, axis=1) / 4)
    assert np.array_equal(diagram.route(x), np.argmax(x @ a.T + b, axis=1))
    centers = rng.random((9, 2))
    assert np.array_equal(PowerDiagram(centers, np.full(9, 3.0)).route(x[:, :2]), Voronoi(centers).route(x[:, :2]))
