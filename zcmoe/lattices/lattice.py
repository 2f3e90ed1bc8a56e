"""A lattice: its basis, what is known of it as a quantizer, and the nearest of its points.

Most lattices here are unions of few cosets of Z^n or D_n, up to a scale per axis. That one description
gives both the generator and the decoder [1]_.

References
----------
.. [1] J. H. Conway and N. J. A. Sloane, Fast quantizing and decoding algorithms for lattice quantizers and
   codes, IEEE Trans. Inform. Theory 28 (1982) 227-232.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe.lattices.bounds import check_second_moment

_BLOCK = 6144  # points decoded at a time: a few arrays of one block stay in cache
_FARTHEST = 2.0**48  # in units of `scale`: beyond it floats have no halves to spare for cosets and parities


@dataclass(frozen=True, eq=False)
class Lattice:
    """A lattice, what is known of it as a quantizer, and its decoder where it has one.

    Parameters
    ----------
    name : str
    generator : (n, n) array
        The rows are a basis.
    normalized_second_moment : float
        G, no unit. Not below the sphere bound.
    exact : bool
        Whether G is a closed form; otherwise it is a Monte Carlo estimate, good to the digits given.
    status : str
        What is known about the optimality of G.
    source : str
        Where G comes from.
    scale, offsets, even : (n,) array, (k, n) array, bool
        The decoder: the lattice is the set of ``scale * (z + offset)`` over all offsets and all z in Z^n, or
        when `even` all z of even sum (D_n). `offsets` is None where there is no decoder.

    Raises
    ------
    ValueError
        If the second moment is below the sphere bound.

    Examples
    --------
    >>> from zcmoe.lattices import LATTICES
    >>> LATTICES["A2"]
    Lattice(name='A2', dimension=2)
    >>> LATTICES["E8"].nearest([[0.6, 0.4, 0.5, 0.5, 0.4, 0.6, 0.5, 0.3]])
    array([[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]])
    """

    name: str
    generator: np.ndarray
    normalized_second_moment: float
    exact: bool
    status: str
    source: str
    scale: np.ndarray | None = None
    offsets: np.ndarray | None = None
    even: bool = False

    def __post_init__(self):
        for name in ("generator", "scale", "offsets"):
            if (given := getattr(self, name)) is not None:
                array = _check.finite(_check.floats(given, name), name).copy()
                array.setflags(write=False)
                object.__setattr__(self, name, array)
        check_second_moment(self.normalized_second_moment, self.dimension)

    def __repr__(self):
        return f"Lattice(name={self.name!r}, dimension={self.dimension})"

    @property
    def dimension(self) -> int:
        """The dimension n."""
        return len(self.generator)

    @property
    def volume(self) -> float:
        """The volume of a cell, |det generator|."""
        return float(abs(np.linalg.det(self.generator)))

    @property
    def has_decoder(self) -> bool:
        """Whether `nearest` works."""
        return self.offsets is not None

    def nearest(self, points: ArrayLike) -> np.ndarray:
        """Return the nearest lattice point of each point.

        The floats of a lattice point are always the same bits, so that equal points compare, sort and hash
        as equal. Ties are broken by rule: a coordinate halfway rounds to even, D_n moves the first of its
        worst coordinates, and the first coset wins.

        Parameters
        ----------
        points : (k, n) array, or (k,) when n = 1

        Returns
        -------
        array of the same shape

        Raises
        ------
        ValueError
            If the lattice has no decoder here, or `points` has another shape, a value that is not finite,
            or one so large that floats do not resolve the lattice.
        """
        if not self.has_decoder:
            raise ValueError(f"lattice {self.name} has no decoder: choose one whose `has_decoder` is true")
        points = _check.floats(points, "points")
        if points.ndim == 0 or points.shape[1:] != (self.dimension,) * (self.dimension > 1):
            points = _check.points(points, self.dimension, "points")  # refuses
        result = np.empty(points.shape)
        rows, answers = points.reshape(-1, self.dimension), result.reshape(-1, self.dimension)
        far = _FARTHEST * self.scale.min()
        decode, room = _Decoder(self), np.empty((self.dimension, _BLOCK))
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            x = room[:, :len(rows[block])]
            for axis, unit in enumerate(self.scale):  # axis by axis: far quicker than transposing
                np.divide(rows[block, axis], unit, out=x[axis])
            if not max(x.max(), -x.min()) <= far / self.scale.max():  # NaN, or perhaps too far: look at the points
                _check.within(_check.finite(points, "points"), -far, far, "points")
            nearest = decode(x)
            for axis, unit in enumerate(self.scale):
                np.multiply(nearest[axis], unit, out=answers[block, axis])
        return result


class _Decoder:
    """The nearest lattice point, block by block, in units of `scale`; its answer is overwritten by the next."""

    def __init__(self, lattice):
        self.lattice = lattice
        weight = (lattice.scale[:, None] / lattice.scale.max()) ** 2
        self.weight = None if (weight == 1).all() else weight  # None for D_n
        self.arrays = np.empty((4, lattice.dimension, _BLOCK))
        self.costs, self.less = np.empty((2, _BLOCK)), np.empty(_BLOCK, bool)

    def __call__(self, x):
        """x has one coordinate a row: of the nearest points in each coset, the best."""
        size = x.shape[1]
        best, point, error, square = self.arrays[:, :, :size]
        least, cost = self.costs[:, :size]
        for coset, offset in enumerate(self.lattice.offsets):
            found, price = (point, cost) if coset else (best, least)
            np.subtract(x, offset[:, None], out=error)
            np.rint(error, out=found)
            error -= found
            np.multiply(error, error, out=square)
            if self.weight is not None:
                square *= self.weight
            np.copyto(price, square[0])
            for row in square[1:]:
                price += row
            if self.lattice.even:
                _make_even(found, error, price, square)
            found += offset[:, None]  # also turns -0.0 into 0.0
            if coset:
                less = np.less(cost, least, out=self.less[:size])
                np.copyto(best, point, where=less)
                np.minimum(cost, least, out=least)
        return best


def _make_even(point, error, cost, size):
    """Where the sum is odd, round the worst coordinate the other way, all in place (D_n from Z^n)."""
    half = np.add.reduce(point, axis=0)
    half /= 2
    odd = half != np.rint(half)
    np.abs(error, out=size)
    worst = size.max(axis=0)
    cost += odd * (1 - 2 * worst)
    for row, misfit, bad in zip(point, error, size, strict=True):
        move = odd & (bad == worst)
        row += np.copysign(move, misfit)
        odd ^= move  # one coordinate only, the first
