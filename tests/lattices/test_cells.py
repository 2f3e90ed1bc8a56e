"""Cells in the plane and in space."""

import numpy as np
import pytest
from pytest import approx

from settings_lattices import KNOWN
from zcmoe.lattices import LATTICES, cell_second_moment, cell_vertices


@pytest.mark.parametrize(
    "name, moment, volume, n_vertices, sides, area",
    [
        ("A2", KNOWN["A2"][0], np.sqrt(0.75), 6, [6], None),
        ("Z^2", 1 / 12, 1, 4, [4], None),
        ("Z^3", 1 / 12, 1, 8, [4] * 6, 6),
        ("A3", KNOWN["A3"][0], 2, 14, [4] * 12, 12 / np.sqrt(2)),
        ("A3*", KNOWN["A3*"][0], 0.5, 24, [4] * 6 + [6] * 8, (6 + 12 * np.sqrt(3)) / 8),
    ],
)
def test_cells(name, moment, volume, n_vertices, sides, area):
    vertices, faces = cell_vertices(name)
    assert len(vertices) == n_vertices and sorted(map(len, faces)) == sides
    if name != "Z^2" and name != "Z^3":
        assert cell_second_moment(vertices) == approx(LATTICES[name].normalized_second_moment, rel=1e-12)
    assert cell_second_moment(vertices) == approx(moment, abs=1e-9)
    # Each ring goes around: its edges have equal lengths and its fan of triangles the known area.
    edges = np.concatenate([vertices[np.roll(face, 1)] - vertices[face] for face in faces])
    assert np.ptp(np.linalg.norm(edges, axis=1)) < 1e-12
    if len(vertices[0]) == 3:
        fans = [np.cross(vertices[face[1:-1]] - vertices[face[0]], vertices[face[2:]] - vertices[face[0]])
                for face in faces]
        areas = [np.linalg.norm(fan.sum(axis=0)) / 2 for fan in fans]
        heights = [np.abs(vertices[face] @ fan[0] / np.linalg.norm(fan[0]))
                   for face, fan in zip(faces, fans, strict=True)]
        assert max(map(np.ptp, heights)) < 1e-12  # plane faces
        assert sum(areas) == approx(area, rel=1e-12)
        assert sum(a * h[0] for a, h in zip(areas, heights, strict=True)) / 3 == approx(volume, rel=1e-12)


def test_cell_of_any_reduced_basis():
    """Three directions of edges, six sides of parallelograms: a stretched box."""
    vertices, faces = cell_vertices([[1, 0, 0], [0, 2, 0], [0, 0, 3]])
    assert np.ptp(vertices, axis=0) == approx([1, 2, 3]) and len(faces) == 6
    assert cell_second_moment(vertices) == approx((1 + 4 + 9) / 36 / 6 ** (2 / 3))


@pytest.mark.parametrize("call, message", [
    (lambda: cell_vertices("D4"), r"lattice must be one of Z\^2, Z\^3, A2, A3, A3\*"),
    (lambda: cell_vertices(np.eye(4)), r"lattice must be a basis of shape \(2, 2\) or \(3, 3\)"),
    (lambda: cell_vertices([[1, 2], [2, 4]]), "lattice must be a basis"),
    (lambda: cell_vertices([[1, 0], [40, 1]]), "lattice must be given by a reduced basis"),
    (lambda: cell_vertices([[1, 2], [3]]), "lattice must be an array of numbers, not ragged"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
