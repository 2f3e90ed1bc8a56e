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
        points = _check.points(points, self.dimension, "points")
        far = _FARTHEST * self.scale.min()
        if max(points.max(initial=0), -points.min(initial=0)) > far:
            _check.within(points, -far, far, "points")
        result = np.empty(points.shape)
        rows, answers = points.reshape(-1, self.dimension), result.reshape(-1, self.dimension)
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            x = np.empty((self.dimension, len(rows[block])))
            for axis, unit in enumerate(self.scale):  # axis by axis: far quicker than transposing
                np.divide(rows[block, axis], unit, out=x[axis])
            nearest = self._decode(x)
            for axis, unit in enumerate(self.scale):
                np.multiply(nearest[axis], unit, out=answers[block, axis])
        return result

    def _decode(self, x):
        """Nearest point in units of `scale`, one coordinate a row: the best of the nearest in each coset."""
        best = None
        weight = (self.scale[:, None] / self.scale.max()) ** 2  # all 1 for D_n
        for offset in self.offsets[:, :, None]:
            error = x - offset
            point = np.rint(error)
            error -= point
            cost = sum(error * error * weight)
            if self.even:
                _make_even(point, error, cost)
            point += offset  # also turns -0.0 into 0.0
            if best is None:
                best, least = point, cost
            else:
                best = np.where(cost < least, point, best)
                least = np.minimum(cost, least)
        return best


def _make_even(point, error, cost):
    """Where the sum is odd, round the worst coordinate the other way, all in place (D_n from Z^n)."""
    half = np.add.reduce(point, axis=0) / 2
    odd = half != np.rint(half)
    size = np.abs(error)
    worst = size.max(axis=0)
    cost += odd * (1 - 2 * worst)
    for row, misfit, bad in zip(point, error, size, strict=True):
        move = odd & (bad == worst)
        row += np.copysign(move, misfit)
        odd ^= move  # one coordinate only, the first
