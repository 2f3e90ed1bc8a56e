"""Voronoi regions: routing against all distances, and cubature by polygons."""

import numpy as np
import pytest
from pytest import approx

from settings import COS6
from settings_nd import PLANE, grid, scattered
from zcmoe import Boxes, Voronoi, region_geometry, region_moments


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_voronoi_routes_to_the_nearest_centre(dimension):
    centers, x = 1.4 * scattered(40, dimension) - 0.2, scattered(5000, dimension, 1)
    distances = np.linalg.norm(x[:, None] - centers, axis=2)
    assert np.array_equal(Voronoi(centers).route(x), distances.argmin(axis=1))


@pytest.mark.parametrize("shape", [(5, 5), (1, 3)])
def test_voronoi_regions_of_a_grid_are_its_boxes(shape):
    voronoi, boxes = region_moments(PLANE, Voronoi(grid(*shape))), region_moments(PLANE, Boxes(shape))
    for ours, theirs in zip(voronoi, boxes, strict=True):
        assert ours == approx(theirs, rel=1e-10)


def test_a_border_through_a_corner():
    """It is the line x_2 = x_1/2 in every digit: the corner is on both sides, twice where it is cut off."""
    cells = Voronoi([[0.625, 0], [0.375, 0.5]])
    assert region_geometry(PLANE, cells).volume == approx([0.25, 0.75], rel=1e-13)


@pytest.mark.parametrize("m", [1, 2, 3, 60, 700])
def test_plane_regions_cover_the_square_and_hold_their_nodes(m):
    """(3), for centres outside the square too."""
    segmentation = Voronoi(1.6 * scattered(m, 2) - 0.3)
    nodes, weights, region, *_ = segmentation.cubature(PLANE, "volume")
    assert np.array_equal(segmentation.route(nodes), region)
    assert region_geometry(PLANE, segmentation).volume.sum() == approx(1, rel=1e-12)
    assert region_moments(PLANE, segmentation).probability.sum() == approx(1, rel=1e-10)


def test_far_centres_are_told_apart():
    """A million away, where distances round to 1e-10, that from one is longer than that from the other by 1e-14."""
    y = 5e-4 + np.array([-1e-5, 1e-5])
    for centers in [[1e6, 0], [1e6, 1e-3]], [[1e6, 1e-3], [1e6, 0]]:
        found = Voronoi(centers).route(np.column_stack([[0.0, 0.0], y]))
        assert np.array(centers)[found, 1].tolist() == [0, 1e-3]


@pytest.mark.parametrize("m", [2, 12, 90])
def test_cells_cut_out_one_by_one_are_those_of_the_triangulation(m, monkeypatch):
    """What serves where centres are so near that a triangulation takes some for one."""
    centers = scattered(m, 2)
    volume = region_geometry(PLANE, Voronoi(centers)).volume
    monkeypatch.setattr("zcmoe.segmentation.voronoi.plane_cells", lambda centers: None)
    assert region_geometry(PLANE, Voronoi(centers)).volume == approx(volume, rel=1e-9)


@pytest.mark.parametrize("make, word", [
    (lambda: Voronoi([0.1, 0.2]), r"shape \(m, d\)"),
    (lambda: Voronoi([[0.1], [0.2]]), r"d > 1, got \(2, 1\)"),
    (lambda: Voronoi(np.empty((0, 2))), "m >= 1"),
    (lambda: Voronoi([[0.1, np.nan]]), r"finite, got nan at index \(0, 1\)"),
    (lambda: Voronoi([[0, 1], [0, 1]]), "distinct, got 2 of which 1"),
    (lambda: Voronoi(grid(2, 2)).cubature(COS6), "problem's dimension 1, got 2"),
])
def test_bad_arguments_are_refused(make, word):
    with pytest.raises(ValueError, match=word):
        make()
