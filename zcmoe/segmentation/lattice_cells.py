"""The cells of a lattice, cut by the cube."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._polytope import Cell
from zcmoe.lattices import LATTICES, Lattice
from zcmoe.segmentation.voronoi import Voronoi

MOST = 2**20  # cells that are made
_LARGEST_DIMENSION = 10  # a cell may have 2^(d + 1) - 2 sides, and as many neighbours to be compared with each


class LatticeCells(Voronoi):
    """The cells of a scaled lattice, cut by [0, 1]^d.

    There is a region for each lattice point whose cell meets the open cube; they are numbered by their
    coefficients in the lattice's basis. Regions at the boundary are parts of cells.

    Parameters
    ----------
    lattice : Lattice or str
        One of ``lattices.LATTICES`` with a decoder and dimension > 1, or its name.
    scale : float
        The lattice is multiplied by `scale`: its cells have volume ``scale**d * lattice.volume``, so
        ``scale = (m * lattice.volume)**(-1/d)`` gives them the volume 1/m, and about m regions plus half
        of those at the boundary. :meth:`for_regions` counts them.
    shift : array_like, shape (d,), optional
        Moves the lattice.

    Raises
    ------
    ValueError
        If the lattice has dimension 1 or no decoder, `scale` is not positive, or the cells would be
        more than 2^20; or if the lattice has more than 10 dimensions, where a cell has too many sides.

    References
    ----------
    Dar, arXiv 2510.03151, Appendices B and C. The half-spaces that bound a cell: Voronoi 1908; see Conway
    and Sloane, Sphere Packings, Lattices and Groups, chapter 21.

    Examples
    --------
    >>> LatticeCells("A2", 0.1)
    LatticeCells(137 regions in dimension 2)
    """

    lattice: Lattice
    scale: float
    shift: np.ndarray

    def __init__(self, lattice: Lattice | str, scale: float, *, shift: ArrayLike | None = None):
        lattice = _named(lattice)
        d = _check.count(lattice.dimension, "dimension of the lattice", 2)
        self.lattice, self.scale = lattice, _check.real(scale, "scale", 0, open_low=True)
        self.shift = _check.vector(np.zeros(d) if shift is None else shift, "shift", d).copy()
        super().__init__(_points_whose_cells_meet_the_cube(lattice, self.scale, self.shift))

    def __reduce__(self) -> tuple[Any, ...]:
        return _with_centers, (type(self), self.lattice, self.scale, self.shift, self.centers)

    @classmethod
    def for_regions(cls, lattice: Lattice | str, m: int) -> LatticeCells:
        """The cells whose number is closest to m among up to eight scales tried."""
        lattice, m = _named(lattice), _check.count(m, "m")
        d = lattice.dimension
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


def _named(lattice):
    if not isinstance(lattice, str):
        return lattice
    if lattice not in LATTICES:
        raise ValueError(f"lattice must be one of {', '.join(LATTICES)}, got {lattice!r}")
    return LATTICES[lattice]


def _points_whose_cells_meet_the_cube(lattice, scale, shift):
    """Points of the scaled and shifted lattice, in the order of their coefficients, shape (m, d)."""
    _not_too_many(lattice, scale, shift)
    basis, steps = scale * lattice.generator, _facets(lattice)
    cell = Cell(steps @ basis, np.linalg.norm(basis) / 2)  # Babai's bound of the covering radius
    middle = _coefficients(lattice, (0.5 - shift[None]) / scale)
    # One number for each point: its coefficients, less the middle's, lie in a box.
    reach = (np.sqrt(len(shift)) + 2 * cell.radius) * np.linalg.norm(np.linalg.inv(basis), axis=0) + 3
    base = 2 * np.ceil(reach) + 1
    if np.prod(base) >= 2.0**62:
        raise ValueError(f"lattice must have a basis of short vectors, got {lattice.generator.tolist()}")
    place = np.cumprod(np.r_[1, base[:-1]]).astype(np.int64)
    steps_of = steps @ place
    # The cells that meet the cube hang together by facets: grow them from the middle, ring by ring. What a ring
    # touches lies in the ring before, in itself or in the next, or was found not to meet the cube.
    before, ring, rejected, kept = np.empty(0, np.int64), np.zeros(1, np.int64), [np.empty(0, np.int64)], []
    points = np.zeros((1, len(shift)), int)
    while len(points):
        meets = cell.meets_cube((middle + points) @ basis + shift)
        rejected.append(ring[~meets])
        points, ring = points[meets], ring[meets]
        kept.append(points)
        fresh, first = np.unique((ring[:, None] + steps_of).ravel(), return_index=True)
        new = ~np.isin(fresh, np.concatenate([before, ring, *rejected]))
        row, step = np.divmod(first[new], len(steps))
        points, before, ring = points[row] + steps[step], ring, fresh[new]
    points = middle + np.concatenate(kept)
    return points[np.lexsort(points.T[::-1])] @ basis + shift


def _not_too_many(lattice, scale, shift):
    """Refuse too many cells, or cells of too many sides, before any is made."""
    d = lattice.dimension
    lattice.nearest(np.zeros((1, d)))  # refused where there is no decoder
    least = 1 / (scale**d * lattice.volume)  # they cover the cube
    if least <= MOST and d > 4:
        # In many dimensions most cells are at the boundary: how many different ones do points there meet? Chao's
        # estimate, from those met once and twice, is too small if anything.
        x = np.clip(np.random.default_rng(0).uniform(-0.5, 1.5, (2**14, d)), 0, 1)
        _, times = np.unique(lattice.nearest((x - shift) / scale), axis=0, return_counts=True)
        once, twice = np.sum(times == 1), np.sum(times == 2)
        least = max(least, times.size + once * (once - 1) / (2 * (twice + 1)))
    if least > MOST:
        raise ValueError(f"scale must leave at most {MOST} cells, got {scale:g} with at least {least:.3g}")
    if d > _LARGEST_DIMENSION:
        raise ValueError(f"lattice must have at most {_LARGEST_DIMENSION} dimensions for its cells to be found, got "
                         f"{d}: scale {scale:g} leaves at least {np.ceil(least):.0f} cells, each with up to "
                         f"{2 ** (d + 1) - 2} sides to be compared with its neighbours'")


def _facets(lattice):
    """Coefficients of the vectors across the facets of a cell: the shortest of each class modulo twice the lattice."""
    classes = np.array(list(itertools.product((0, 1), repeat=lattice.dimension)))[1:]
    steps = classes - 2 * _coefficients(lattice, classes @ lattice.generator / 2)
    return np.concatenate([steps, -steps])


def _coefficients(lattice, points):
    """Of the nearest lattice points, in the lattice's basis."""
    return np.rint(lattice.nearest(points) @ np.linalg.inv(lattice.generator)).astype(np.int64)
