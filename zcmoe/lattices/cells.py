"""The cell of a lattice in two or three dimensions, ready to draw."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe.lattices.table import LATTICES


class Cell(NamedTuple):
    """A cell of a lattice: vertices, and the faces as rings of vertex numbers."""

    vertices: np.ndarray
    faces: list[np.ndarray]


def cell_vertices(lattice: str | ArrayLike) -> Cell:
    """Return the Voronoi cell of the origin in two or three dimensions, ready to draw.

    Parameters
    ----------
    lattice : str or (n, n) array
        A name in `LATTICES`, "Z^2" or "Z^3", or the rows of a basis; n = 2 or 3.

    Returns
    -------
    Cell
        `vertices`, shape (v, n), and `faces`, a list of index arrays. Each goes once around its polygon:
        the sides of a solid, or the polygon itself when n = 2.

    Raises
    ------
    ValueError
        If the name or the shape is not of these, or the basis is too oblique: its cell is found among the
        points with coefficients up to 3, and must have the volume |det|.

    Examples
    --------
    >>> solid = cell_vertices("A3*")
    >>> len(solid.vertices), sorted(len(face) for face in solid.faces)
    (24, [4, 4, 4, 4, 4, 4, 6, 6, 6, 6, 6, 6, 6, 6])
    """
    from scipy.spatial import ConvexHull, Voronoi

    basis = _basis_of_cell(lattice)
    n = len(basis)
    points = np.array(list(itertools.product(range(-3, 4), repeat=n))) @ basis
    diagram = Voronoi(points)
    region = diagram.regions[diagram.point_region[len(points) // 2]]  # the middle point is the origin
    vertices = diagram.vertices[[vertex for vertex in region if vertex >= 0]]
    near = np.round(vertices / np.abs(vertices).max(), 9)  # a vertex of many cells may come more than once
    vertices = vertices[np.unique(near, axis=0, return_index=True)[1]]
    volume = abs(np.linalg.det(basis))
    if -1 in region or not math.isclose(ConvexHull(vertices).volume, volume, rel_tol=1e-9):
        raise ValueError(f"lattice must be given by a reduced basis, got {basis.tolist()}")
    if n == 2:
        return Cell(vertices, [_ring(vertices, np.arange(len(vertices)), np.eye(2))])
    faces = []
    for neighbour in points:
        length = neighbour @ neighbour
        face = np.flatnonzero(np.abs(vertices @ neighbour - length / 2) < 1e-9 * length)
        if len(face) > 2:  # a side; otherwise the neighbour's cell has at most an edge in common
            faces.append(_ring(vertices, face, np.linalg.svd(neighbour[None])[2][1:]))
    return Cell(vertices, faces)


def _basis_of_cell(lattice):
    if isinstance(lattice, str):
        known = {"Z^2": np.eye(2), "Z^3": np.eye(3)}
        known |= {name: entry.generator for name, entry in LATTICES.items() if entry.dimension in (2, 3)}
        if lattice not in known:
            raise ValueError(f"lattice must be one of {', '.join(known)}, or a basis, got {lattice!r}")
        return known[lattice]
    basis = _check.finite(_check.floats(lattice, "lattice"), "lattice")
    if basis.shape not in ((2, 2), (3, 3)) or np.linalg.matrix_rank(basis) < len(basis):
        raise ValueError(f"lattice must be a basis of shape (2, 2) or (3, 3), got {basis.tolist()}")
    return basis


def _ring(vertices, face, plane):
    """Order the vertices of a convex polygon by angle in the plane spanned by the rows of `plane`."""
    x, y = plane @ (vertices[face] - vertices[face].mean(axis=0)).T
    return face[np.argsort(np.arctan2(y, x))]
