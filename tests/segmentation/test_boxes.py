"""Boxes: routing, and cubature against adaptive quadrature."""

import math
from itertools import product

import numpy as np
import pytest
from pytest import approx
from scipy.integrate import quad

from settings_nd import PLANE, SPACE, grid, scattered, uniform
from zcmoe import Boxes, Intervals, Problem, region_geometry, region_moments
from zcmoe.segmentation.boxes import row_major


def test_boxes_are_half_open_the_last_ones_closed():
    assert Boxes((2, 4)).route([[0, 0.25], [0.5, 0.25], [np.nextafter(0.5, 0), 0.2], [1, 1]]).tolist() == [1, 5, 0, 7]


def test_boxes_route_each_axis_like_uniform_intervals():
    boxes, x = Boxes((7, 1, 5)), scattered(10_000, 3)
    x[:8, 0] = np.arange(8) / 7
    index = [Intervals.uniform(k).route(column) for k, column in zip(boxes.shape, x.T, strict=True)]
    assert np.array_equal(boxes.route(x), 5 * index[0] + index[2])


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (30, 1), (2, 1, 3)])
def test_moments_of_boxes_against_adaptive_quadrature(shape):
    problem = PLANE if len(shape) == 2 else SPACE
    moments, boxes = region_moments(problem, Boxes(shape)), list(product(*map(range, shape)))
    for i in {0, len(boxes) - 1}:
        ranges = [(j / k, (j + 1) / k) for j, k in zip(boxes[i], shape, strict=True)]
        marginals = [lambda t, law=law: law.pdf(t) for law in problem.inputs.marginals]
        # A product law and a sum of terms: integrals factor into small ones.
        terms = [lambda t: math.cos(2 * math.pi * t)] + [lambda t: t * t] * (len(shape) - 1)
        mass, first, second = [[quad(lambda t, f=f, pdf=pdf, k=power: f(t) ** k * pdf(t), *r, epsabs=1e-14)[0]
                                for f, pdf, r in zip(terms, marginals, ranges, strict=True)] for power in range(3)]
        first, second = np.divide(first, mass), np.divide(second, mass)
        assert moments.probability[i] == approx(math.prod(mass), rel=1e-10)
        assert moments.mean[i] == approx(sum(first), rel=1e-10)
        assert moments.variance[i] == approx(np.sum(second - first**2), rel=1e-10)


def test_geometry_of_boxes():
    """(24): a box with sides a, b has J = ab diag(a², b²)/12; a cube has M = 1/12."""
    geometry = region_geometry(PLANE, Boxes((2, 5)))
    assert geometry.volume == approx(0.1, rel=1e-13)
    assert geometry.centroid == approx(grid(2, 5), rel=1e-13)
    assert geometry.inertia == approx(np.tile(0.1 * np.diag([0.25, 0.04]) / 12, (10, 1, 1)), rel=1e-12, abs=1e-17)
    assert region_geometry(SPACE, Boxes((3, 3, 3))).normalized_moment == approx(1 / 12, rel=1e-12)


def test_where_four_nodes_an_axis_are_too_many_sobols_points_serve():
    """Eight boxes of 4^10 nodes are more than 2^22; Sobol's rule is one of sixteen scrambles."""
    line = Problem(lambda x: x[:, 0], uniform(10), None)
    assert Boxes((2, 2, 2) + (1,) * 7).cubature(line, "volume").replicates == 16


@pytest.mark.parametrize("make, word", [
    (lambda: Boxes((4,)), r"shape must have two axes .* got \(4,\)"),
    (lambda: Boxes(4), "two axes"),
    (lambda: Boxes((4, 0)), r"shape\[1\] must be an integer >= 1, got 0"),
    (lambda: Boxes((2, 2.5)), r"shape\[1\]"),
    (lambda: Boxes((2, 2)).cubature(SPACE), "problem's dimension 3, got 2"),
    (lambda: row_major([np.array([0])], (2, 3)), "argument 2 is longer than argument 1"),
])
def test_bad_arguments_are_refused(make, word):
    with pytest.raises(ValueError, match=word):
        make()
