"""Cells of lattices: which ones meet the cube, and where they route."""

import math
from itertools import product

import numpy as np
import pytest
from pytest import approx

from settings_nd import PLANE, grid, scattered
from zcmoe import Boxes, LatticeCells, Voronoi, region_geometry
from zcmoe._polytope import Cell
from zcmoe.lattices import LATTICES, cell_vertices


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


def test_projections_settle_most_of_the_cells_that_are_in_doubt(monkeypatch):
    """Beside the programmes for the extent along two axes, few are solved. Few cells of 3000 are in doubt: of the
    others the point nearest to the square is inside, or a side of the cell or of the square is between."""
    asked = {"_linear": 0, "_has_common_ball": 0}

    def counted(name, plain):
        def call(*arguments):
            asked[name] += 1
            return plain(*arguments)
        return call
    for name in asked:
        monkeypatch.setattr(Cell, name, counted(name, getattr(Cell, name)))
    cells = LatticeCells(Rotated(), 0.02)
    assert 0 < asked["_linear"] - 2 < asked["_has_common_ball"] / 2 < cells.n_regions / 100


def test_lattice_cells_in_space_are_all_reached():
    """Each region holds some of a million points, or its cell, a solid, has a corner in the open cube."""
    lattice, scale = LATTICES["A3*"], 0.24
    cells = LatticeCells(lattice, scale)
    missed = np.setdiff1d(np.arange(cells.n_regions), cells.route(scattered(1_000_000, 3)))
    for center in cells.centers[missed]:
        corners = center + scale * cell_vertices("A3*").vertices
        assert np.any(np.all((corners > 0) & (corners < 1), axis=1))


@pytest.mark.parametrize("name, scale, shift", [("A3", 0.5, (0.1, 0.2, 0.33)), ("A3*", 1.5, (0.1, 0.2, 0.33))])
def test_in_the_mirrored_cube_there_are_the_mirrored_cells(name, scale, shift):
    """A lattice and the cube are their own images; a cell may miss the cube although no face of either is between."""
    cells, mirrored = (LatticeCells(name, scale, shift=own).centers for own in (shift, 1 - np.array(shift)))
    assert np.unique(cells.round(9), axis=0) == approx(np.unique((1 - mirrored).round(9), axis=0), abs=1e-8)


class Squares:
    """The square lattice, which the table of lattices does not hold."""

    dimension, volume, generator = 2, 1.0, np.eye(2)

    def nearest(self, points):
        return np.rint(points)


class Oblique(Squares):
    """The same by a long basis."""

    def __init__(self, shear):
        self.generator = np.array([[1.0, 0], [shear, 1]])


def test_an_oblique_basis_has_the_same_cells():
    """Points are told apart by one number for all their coefficients: where 62 bits do not hold it, it is refused."""
    ours, theirs = (LatticeCells(lattice, 0.25, shift=(0.05, 0.1)) for lattice in (Oblique(2.0**19), Squares()))
    assert np.unique(ours.centers.round(9), axis=0) == approx(np.unique(theirs.centers.round(9), axis=0))
    with pytest.raises(ValueError, match="lattice must have a basis of short vectors"):
        LatticeCells(Oblique(2.0**21), 0.25)


def test_cells_that_only_touch_the_square_are_no_regions():
    cells, boxes, x = LatticeCells(Squares(), 0.25, shift=(0.125, 0.125)), Boxes((4, 4)), scattered(5000, 2)
    assert cells.centers == approx(grid(4, 4))
    assert np.array_equal(cells.route(x), boxes.route(x))
    assert sorted(cells.route([[0, 0], [0, 1], [1, 0], [1, 1]])) == [0, 3, 12, 15]


@pytest.mark.parametrize("reach", [1e-7, 1e-11, -1e-7])
def test_a_cell_of_which_a_corner_reaches_into_the_square(reach):
    """So little that rounding may have done it does not count."""
    extent = 0.3 * (cell_vertices("A2").vertices @ Rotated.turn)[:, 0].max()
    center = np.array([reach - extent, 0.5])
    cells = LatticeCells(Rotated(), 0.3, shift=center)
    assert np.any(np.abs(cells.centers - center).max(axis=1) < 1e-12) == (reach > 1e-9)


def test_number_of_lattice_cells():
    assert LatticeCells(Squares(), 0.25).n_regions == 25
    assert abs(LatticeCells.for_regions(LATTICES["A2"], 256).n_regions - 256) <= 3
    fine = LatticeCells(LATTICES["A2"], 0.03)
    assert fine.n_regions == approx(1 / (0.03**2 * LATTICES["A2"].volume), rel=0.1)


def test_hexagons_have_the_second_moment_of_the_hexagon():
    """(24) of a whole cell is 5/(36√3), and its J is isotropic."""
    geometry = region_geometry(PLANE, LatticeCells(LATTICES["A2"], 0.1))
    whole = geometry.volume > (1 - 1e-9) * 0.01 * LATTICES["A2"].volume
    assert whole.sum() > 60
    assert geometry.normalized_moment[whole] == approx(5 / (36 * np.sqrt(3)), rel=1e-9)
    assert geometry.inertia[whole][:, 0, 1] == approx(0, abs=1e-15)
    assert geometry.inertia[whole][:, 0, 0] == approx(geometry.inertia[whole][:, 1, 1], rel=1e-9)


@pytest.mark.parametrize("make, word", [
    (lambda: LatticeCells(LATTICES["Z"], 0.1), "dimension of the lattice"),
    (lambda: LatticeCells(LATTICES["K12"], 0.5), "no decoder|at most 10 dimensions"),
    (lambda: LatticeCells(LATTICES["A2"], 0), "scale .* got 0"),
    (lambda: LatticeCells(LATTICES["A2"], 0.1, shift=(0, 0, 0)), "shift must have shape"),
    (lambda: LatticeCells.for_regions(LATTICES["A2"], 0), "m must be"),
])
def test_bad_arguments_are_refused(make, word):
    with pytest.raises(ValueError, match=word):
        make()
