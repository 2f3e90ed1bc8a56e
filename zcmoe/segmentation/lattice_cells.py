"""The cells of a lattice, cut by the cube."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._polytope import meets_cube
from zcmoe.segmentation.voronoi import Voronoi

if TYPE_CHECKING:
    from zcmoe.lattices import Lattice


class LatticeCells(Voronoi):
    """The cells of a scaled lattice, cut by [0, 1]^d.

    There is a region for each lattice point whose cell meets the open cube; they are numbered by their
    coefficients in the lattice's basis. Regions at the boundary are parts of cells.

    Parameters
    ----------
    lattice : Lattice
        One of ``lattices.LATTICES`` with a decoder and dimension > 1.
    scale : float
        The lattice is multiplied by `scale`: its cells have volume ``scale**d * lattice.volume``, so
        ``scale = (m * lattice.volume)**(-1/d)`` gives them the volume 1/m, and about m regions plus half
        of those at the boundary. :meth:`for_regions` counts them.
    shift : array_like, shape (d,), optional
        Moves the lattice.

    Raises
    ------
    ValueError
        If the lattice has dimension 1 or no decoder, or `scale` is not positive.

    References
    ----------
    Dar, arXiv 2510.03151, Appendices B and C. The half-spaces that bound a cell: Voronoi 1908; see Conway
    and Sloane, Sphere Packings, Lattices and Groups, chapter 21.

    Examples
    --------
    >>> from zcmoe.lattices import LATTICES
    >>> LatticeCells(LATTICES["A2"], 0.1)
    LatticeCells(137 regions in dimension 2)
    """

    lattice: Lattice
    scale: float
    shift: np.ndarray

    def __init__(self, lattice: Lattice, scale: float, *, shift: ArrayLike | None = None):
        d = _check.count(lattice.dimension, "dimension of the lattice", 2)
        self.lattice, self.scale = lattice, _check.real(scale, "scale", 0, open_low=True)
        self.shift = _check.vector(np.zeros(d) if shift is None else shift, "shift", d)
        super().__init__(_points_whose_cells_meet_the_cube(lattice, self.scale, self.shift))

    def __reduce__(self) -> tuple[Any, ...]:
        return _with_centers, (type(self), self.lattice, self.scale, self.shift, self.centers)

    @classmethod
    def for_regions(cls, lattice: Lattice, m: int) -> LatticeCells:
        """The cells whose number is closest to m among up to eight scales tried."""
        m, d = _check.count(m, "m"), lattice.dimension
        scale, best = (m * lattice.volume) ** (-1 / d), None
        for _ in range(8):
            cells = cls(lattice, scale)
            if best is None or abs(cells.n_regions - m) < abs(best.n_regions - m):
                best = cells
            if best.n_regions == m:
                break
            scale *= (cells.n_regions / m) ** (1 / d)
        return best


def _with_centers(kind, lattice, scale, shift, centers):
    """The cells as they were made: finding the centres again could take long."""
    cells = kind.__new__(kind)
    cells.lattice, cells.scale, cells.shift = lattice, scale, shift
    Voronoi.__init__(cells, centers)
    return cells


def _points_whose_cells_meet_the_cube(lattice, scale, shift):
    """Points of the scaled and shifted lattice, in the order of their coefficients, shape (m, d)."""
    basis, steps = scale * lattice.generator, _facets(lattice)
    # The cells that meet the cube hang together by facets: grow them from the middle.
    start = tuple(_coefficients(lattice, (0.5 - shift[None]) / scale)[0])
    seen, kept, fresh = {start}, [], [start]
    while fresh:
        point = np.array(fresh.pop())
        if meets_cube(point @ basis + shift, steps @ basis):
            kept.append(tuple(point))
            near = set(map(tuple, point + steps)) - seen
            seen |= near
            fresh += near
    return np.array(sorted(kept)) @ basis + shift


def _facets(lattice):
    """Coefficients of the vectors across the facets of a cell: the shortest of each class modulo twice the lattice."""
    classes = np.array(list(itertools.product((0, 1), repeat=lattice.dimension)))[1:]
    steps = classes - 2 * _coefficients(lattice, classes @ lattice.generator / 2)
    return np.concatenate([steps, -steps])


def _coefficients(lattice, points):
    """Of the nearest lattice points, in the lattice's basis."""
    return np.rint(lattice.nearest(points) @ np.linalg.inv(lattice.generator)).astype(int)
