"""Boxes, Voronoi regions and lattice cells: routing and cubature."""

import math
from itertools import product

import numpy as np
import pytest
from pytest import approx
from scipy.integrate import quad

import zcmoe
from settings import COS6
from settings_nd import NORMALS, THREE, bump, cosine_squares, uniform
from zcmoe import Boxes, Cubature, Intervals, LatticeCells, Voronoi, region_geometry, region_moments
from zcmoe.lattices import LATTICES, cell_vertices
from zcmoe import standard_error

PLANE, SPACE = cosine_squares(NORMALS), cosine_squares(THREE)


def grid(*shape):
    """Centres of boxes, in the order of :class:`Boxes`."""
    axes = np.meshgrid(*[(np.arange(k) + 0.5) / k for k in shape], indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=-1)


def scattered(m, dimension, seed=0):
    return np.random.default_rng(seed).random((m, dimension))


# ---- routing

def test_boxes_are_half_open_the_last_ones_closed():
    assert Boxes((2, 4)).route([[0, 0.25], [0.5, 0.25], [np.nextafter(0.5, 0), 0.2], [1, 1]]).tolist() == [1, 5, 0, 7]


def test_boxes_route_each_axis_like_uniform_intervals():
    boxes, x = Boxes((7, 1, 5)), scattered(10_000, 3)
    x[:8, 0] = np.arange(8) / 7
    index = [Intervals.uniform(k).route(column) for k, column in zip(boxes.shape, x.T)]
    assert np.array_equal(boxes.route(x), 5 * index[0] + index[2])


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_voronoi_routes_to_the_nearest_centre(dimension):
    centers, x = 1.4 * scattered(40, dimension) - 0.2, scattered(5000, dimension, 1)
    distances = np.linalg.norm(x[:, None] - centers, axis=2)
    assert np.array_equal(Voronoi(centers).route(x), distances.argmin(axis=1))


@pytest.mark.parametrize("name, scale, shift", [
    ("A2", 0.07, (0, 0)), ("A2", 0.2, (0.03, 0.08)), ("A3", 0.21, (0, 0, 0)), ("A3*", 0.3, (0, 0.1, 0)),
    ("D4", 0.4, (0,) * 4),
])
def test_lattice_cells_route_to_the_nearest_lattice_point(name, scale, shift):
    """The decoder of the lattice, another algorithm, finds the same points."""
    lattice = LATTICES[name]
    cells, x = LatticeCells(lattice, scale, shift=shift), scattered(20_000, lattice.dimension)
    nearest = scale * lattice.nearest((x - shift) / scale) + shift
    assert cells.centers[cells.route(x)] == approx(nearest, abs=1e-12)


class Rotated:
    """A2, turned so that the mirror images of a cell in the axes are others."""

    dimension, volume = 2, LATTICES["A2"].volume
    turn = np.array([[np.cos(0.2), np.sin(0.2)], [-np.sin(0.2), np.cos(0.2)]])
    generator = LATTICES["A2"].generator @ turn

    def nearest(self, points):
        return LATTICES["A2"].nearest(points @ self.turn.T) @ self.turn


@pytest.mark.parametrize("lattice", [LATTICES["A2"], Rotated()])
@pytest.mark.parametrize("scale, shift", [(0.11, (0, 0)), (0.3, (0.05, 0.12)), (2.5, (0, 0))])
def test_lattice_cells_are_those_that_meet_the_square(lattice, scale, shift):
    """Every lattice point near the square, as one Voronoi segmentation: the same ones have a region with an area."""
    reach = math.ceil(3 / scale) + 2
    points = np.array(list(product(range(-reach, reach + 1), repeat=2))) @ lattice.generator * scale + shift
    points = points[np.all(np.abs(points - 0.5) < 0.6 + 2 * scale, axis=1)]
    area = region_geometry(PLANE, Voronoi(points)).volume
    cells = LatticeCells(lattice, scale, shift=shift)
    ours, theirs = [np.unique(x.round(9) + 0.0, axis=0) for x in (cells.centers, points[area > 1e-12])]
    assert ours == approx(theirs)
    assert np.all(region_geometry(PLANE, cells).volume > 0)


def test_lattice_cells_in_space_are_all_reached():
    """Each region holds some of a million points, or its cell, a solid, has a corner in the open cube."""
    lattice, scale = LATTICES["A3*"], 0.24
    cells = LatticeCells(lattice, scale)
    missed = np.setdiff1d(np.arange(cells.n_regions), cells.route(scattered(1_000_000, 3)))
    for center in cells.centers[missed]:
        corners = center + scale * cell_vertices("A3*").vertices
        assert np.any(np.all((corners > 0) & (corners < 1), axis=1))


class Squares:
    """The square lattice, which the table of lattices does not hold."""

    dimension, volume, generator = 2, 1.0, np.eye(2)

    def nearest(self, points):
        return np.rint(points)


def test_cells_that_only_touch_the_square_are_no_regions():
    cells, boxes, x = LatticeCells(Squares(), 0.25, shift=(0.125, 0.125)), Boxes((4, 4)), scattered(5000, 2)
    assert cells.centers == approx(grid(4, 4))
    assert np.array_equal(cells.route(x), boxes.route(x))
    assert sorted(cells.route([[0, 0], [0, 1], [1, 0], [1, 1]])) == [0, 3, 12, 15]


def test_number_of_lattice_cells():
    assert LatticeCells(Squares(), 0.25).n_regions == 25
    assert abs(LatticeCells.for_regions(LATTICES["A2"], 256).n_regions - 256) <= 3
    fine = LatticeCells(LATTICES["A2"], 0.03)
    assert fine.n_regions == approx(1 / (0.03**2 * LATTICES["A2"].volume), rel=0.1)


# ---- cubature

@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (30, 1), (2, 1, 3)])
def test_moments_of_boxes_against_adaptive_quadrature(shape):
    problem = PLANE if len(shape) == 2 else SPACE
    moments, boxes = region_moments(problem, Boxes(shape)), list(product(*map(range, shape)))
    for i in {0, len(boxes) - 1}:
        ranges = [(j / k, (j + 1) / k) for j, k in zip(boxes[i], shape)]
        marginals = [lambda t, law=law: law.pdf(t) for law in problem.inputs.marginals]
        # A product law and a sum of terms: integrals factor into small ones.
        terms = [lambda t: math.cos(2 * math.pi * t)] + [lambda t: t * t] * (len(shape) - 1)
        mass, first, second = [[quad(lambda t: f(t) ** power * pdf(t), *r, epsabs=1e-14)[0]
                                for f, pdf, r in zip(terms, marginals, ranges)] for power in range(3)]
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


@pytest.mark.parametrize("shape", [(5, 5), (1, 3)])
def test_voronoi_regions_of_a_grid_are_its_boxes(shape):
    voronoi, boxes = region_moments(PLANE, Voronoi(grid(*shape))), region_moments(PLANE, Boxes(shape))
    for ours, theirs in zip(voronoi, boxes):
        assert ours == approx(theirs, rel=1e-10)


@pytest.mark.parametrize("m", [1, 2, 3, 60, 700])
def test_plane_regions_cover_the_square_and_hold_their_nodes(m):
    """(3), for centres outside the square too."""
    segmentation = Voronoi(1.6 * scattered(m, 2) - 0.3)
    nodes, weights, region, *_ = segmentation.cubature(PLANE, "volume")
    assert np.array_equal(segmentation.route(nodes), region)
    assert region_geometry(PLANE, segmentation).volume.sum() == approx(1, rel=1e-12)
    assert region_moments(PLANE, segmentation).probability.sum() == approx(1, rel=1e-10)


def test_hexagons_have_the_second_moment_of_the_hexagon():
    """(24) of a whole cell is 5/(36√3), and its J is isotropic."""
    geometry = region_geometry(PLANE, LatticeCells(LATTICES["A2"], 0.1))
    whole = geometry.volume > (1 - 1e-9) * 0.01 * LATTICES["A2"].volume
    assert whole.sum() > 60
    assert geometry.normalized_moment[whole] == approx(5 / (36 * np.sqrt(3)), rel=1e-9)
    assert geometry.inertia[whole][:, 0, 1] == approx(0, abs=1e-15)
    assert geometry.inertia[whole][:, 0, 0] == approx(geometry.inertia[whole][:, 1, 1], rel=1e-9)


@pytest.mark.parametrize("k", [2, 4, 8])
def test_standard_error_of_a_sobol_rule_in_space(k):
    """Voronoi regions that are boxes: the exact value is known."""
    problem = bump(THREE, (0.3, 0.6, 0.5), 4)
    exact = zcmoe.approximation_error(problem, Boxes((k, k, k))) - problem.noise_variance
    segmentation = Voronoi(grid(k, k, k))
    error = standard_error(problem, segmentation)
    assert 0 < error < 5e-3 * exact
    assert abs(zcmoe.approximation_error(problem, segmentation) - problem.noise_variance - exact) < 4 * error


def test_standard_error_is_that_of_other_scrambles(monkeypatch):
    """Over eight independent rules the root mean square of the error is what the one rule says, within a factor 2."""
    from scipy.stats import qmc
    problem, segmentation = SPACE, Voronoi(scattered(30, 3))
    errors, stated = [], []
    reference = zcmoe.approximation_error(problem, segmentation)
    for seed in range(8):
        rng = np.random.default_rng(100 + seed)
        nodes = np.concatenate([qmc.Sobol(3, rng=rng).random_base2(8) for _ in range(16)])
        other = Voronoi(segmentation.centers)
        mass = SPACE.inputs.pdf(nodes)
        rule = Cubature(nodes, mass / mass.sum(), other.route(nodes), 16)
        monkeypatch.setattr(other, "_cubature", lambda problem, measure, rule=rule: rule)
        errors.append(zcmoe.approximation_error(problem, other) - reference)
        stated.append(standard_error(problem, other))
    assert 0.5 < np.sqrt(np.mean(np.square(errors)) / np.mean(np.square(stated))) < 2


def test_many_axes_fall_back_on_sobol_points():
    segmentation, problem = Boxes((2,) * 6), cosine_squares(uniform(6))
    assert 0 < standard_error(PLANE, Boxes((3, 3))) < 1e-11 and standard_error(COS6, Intervals.uniform(3)) == 0
    moments = region_moments(problem, segmentation)
    halves = np.array([[0, 0.5], [0.5, 1]])
    cosines = np.diff(np.sin(2 * np.pi * halves), axis=1).ravel() / np.pi
    squares, fourths = 2 * np.diff(halves**3 / 3, axis=1).ravel(), 2 * np.diff(halves**5 / 5, axis=1).ravel()
    variance = 0.5 - np.mean(cosines**2) + 5 * np.mean(fourths - squares**2)
    error = standard_error(problem, segmentation)
    assert 0 < error < 5e-3 * variance
    assert abs(moments.probability @ moments.variance - variance) < 4 * error


# ---- contracts

@pytest.mark.parametrize("make, word", [
    (lambda: Boxes((4,)), r"shape must have two axes .* got \(4,\)"), (lambda: Boxes(4), "two axes"),
    (lambda: Boxes((4, 0)), r"shape\[1\] must be an integer >= 1, got 0"), (lambda: Boxes((2, 2.5)), r"shape\[1\]"),
    (lambda: Voronoi([0.1, 0.2]), r"shape \(m, d\)"), (lambda: Voronoi([[0.1], [0.2]]), r"d > 1, got \(2, 1\)"),
    (lambda: Voronoi(np.empty((0, 2))), "m >= 1"),
    (lambda: Voronoi([[0.1, np.nan]]), r"finite, got nan at index \(0, 1\)"),
    (lambda: Voronoi([[0, 1], [0, 1]]), "distinct, got 2 of which 1"),
    (lambda: LatticeCells(LATTICES["Z"], 0.1), "dimension of the lattice"),
    (lambda: LatticeCells(LATTICES["K12"], 0.5), "no decoder"),
    (lambda: LatticeCells(LATTICES["A2"], 0), "scale .* got 0"),
    (lambda: LatticeCells(LATTICES["A2"], 0.1, shift=(0, 0, 0)), "shift must have shape"),
    (lambda: LatticeCells.for_regions(LATTICES["A2"], 0), "m must be"),
    (lambda: Boxes((2, 2)).cubature(SPACE), "problem's dimension 3, got 2"),
    (lambda: Voronoi(grid(2, 2)).cubature(COS6), "problem's dimension 1, got 2"),
])
def test_bad_segmentations_are_refused(make, word):
    with pytest.raises(ValueError, match=word):
        make()


@pytest.mark.parametrize("segmentation", [Boxes((2, 2)), Voronoi(grid(2, 2)), LatticeCells(LATTICES["A2"], 0.4)])
@pytest.mark.parametrize("x, word", [
    ([[0.5, 1.1]], r"lie in .* got 1.1 at index \(0, 1\)"), ([[np.nan, 0]], "finite"), ([0.5, 0.5], r"shape \(n, 2\)"),
])
def test_inputs_outside_are_refused(segmentation, x, word):
    with pytest.raises(ValueError, match=word):
        segmentation.route(x)
    assert segmentation.route(np.empty((0, 2))).shape == (0,)
