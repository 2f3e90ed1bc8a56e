"""Zero-compute experts: the predictor (2) and its constants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._arrays import ratio
from zcmoe._one_pass import one_pass
from zcmoe._progress import with_progress
from zcmoe.moments import region_moments
from zcmoe.segmentation.base import BLOCK, Segmentation, rows

if TYPE_CHECKING:
    from zcmoe.problem import Problem


class ZeroComputeMoE:
    """The predictor (2): f(x) = c_i for x in A_i.

    Parameters
    ----------
    segmentation : Segmentation
    constants : array_like, shape (m,) or (m, k)
        c_i, in the units of y.

    References
    ----------
    Dar, arXiv 2510.03151, (2), (13).

    Examples
    --------
    >>> from zcmoe import Intervals
    >>> ZeroComputeMoE(Intervals.uniform(2), [1.0, 3.0]).predict([0.2, 0.5, 1.0]).tolist()
    [1.0, 3.0, 3.0]
    """

    segmentation: Segmentation
    constants: np.ndarray

    def __init__(self, segmentation: Segmentation, constants: ArrayLike):
        self.segmentation = segmentation
        constants = _check.finite(_check.floats(constants, "constants"), "constants")
        if constants.ndim not in (1, 2) or len(constants) != segmentation.n_regions:
            m = segmentation.n_regions
            raise ValueError(f"constants must have shape ({m},) or ({m}, k), got {constants.shape}")
        self.constants = constants.copy()

    def __repr__(self):
        return f"ZeroComputeMoE({self.segmentation!r})"

    def predict(self, x: ArrayLike, out: np.ndarray | None = None) -> np.ndarray:
        """The constant of the region of each x; shape (n,) or (n, k), written into `out` when given.

        When x is refused, a part of `out` may have been written.
        """
        return self.segmentation.look_up(self.constants, x, out)


def best_experts(problem: Problem, segmentation: Segmentation) -> ZeroComputeMoE:
    """The best predictor (8) of the class (5): constants c_i = E[β(x) | x ∈ A_i] (9), (15).

    Returns
    -------
    ZeroComputeMoE

    References
    ----------
    Dar, arXiv 2510.03151, (8), (9), (15); in small regions c_i is close to β(x_i): (18), (27).
    """
    return ZeroComputeMoE(segmentation, region_moments(problem, segmentation).mean)


def fit_experts(segmentation: Segmentation, x: ArrayLike, y: ArrayLike, *, default: float | None = None,
                weight: ArrayLike | None = None) -> ZeroComputeMoE:
    """Learn the constants from examples by least squares (35): the mean of y in each region.

    Parameters
    ----------
    segmentation : Segmentation
    x : array_like, shape (n,) or (n, d)
    y : array_like, shape (n,) or (n, k)
    default : float, optional
        The answer of a region that no example falls into; the mean of all y when None.
    weight : array_like, shape (n,), optional
        How often each example counts, not negative; once when None.

    Returns
    -------
    ZeroComputeMoE

    References
    ----------
    Dar, arXiv 2510.03151, (32)–(35), Theorem 6.1.

    Examples
    --------
    >>> from zcmoe import Intervals
    >>> fit_experts(Intervals.uniform(3), [0.1, 0.2, 0.9], [1, 3, 8]).constants.tolist()
    [2.0, 4.0, 8.0]
    """
    return RunningExperts(segmentation).update(x, y, weight=weight).experts(default=default)


@dataclass
class Sums:
    """What learning knows of its examples, per region: mass (m,), centre and total of y - centre, (m,) or (m, k).

    Sums add up whatever the split of the examples and the order; 24 bytes a region travel. Each region has a centre of
    its own, the y of one of its examples, so that neither an offset of y nor a large y in another region costs
    digits. `square`, where it is kept, is the sum of squared deviations from the region's own mean.
    """

    mass: np.ndarray
    total: np.ndarray
    centre: np.ndarray
    square: np.ndarray | None = None

    @staticmethod
    def none(shape: tuple[int, ...], squares: bool = False) -> Sums:
        """Of no examples: `shape` (m,) or (m, k)."""
        return Sums(np.zeros(shape[0]), np.zeros(shape), np.zeros(shape), np.zeros(shape) if squares else None)

    @property
    def mean(self) -> np.ndarray:
        """The mean of y in each region, 0 where there is no mass."""
        return self.centre + ratio(self.total, _down(self.mass, self.total))

    def add(self, other: Sums) -> Sums:
        """Add what another has seen, and return self; refused sums leave self as it was."""
        if not other.mass.any():
            return self
        if not self.mass.any():
            self.__dict__.update({name: None if value is None else value.copy()
                                  for name, value in other.__dict__.items()})
            return self
        if self.total.shape != other.total.shape:
            raise ValueError(f"y must have shape (n,{' k' * (self.total.ndim - 1)}) as before, "
                             f"with sums of shape {self.total.shape}, got {other.total.shape}")
        here, there = _down(self.mass, self.total), _down(other.mass, other.total)
        with np.errstate(over="ignore", invalid="ignore"):
            centre = np.where(here > 0, self.centre, other.centre)
            total = np.where(there > 0, self.total + other.total + there * (other.centre - centre), self.total)
            square = None
            if self.square is not None and other.square is not None:
                both = ratio(here * there, here + there)
                square = self.square + other.square + both * np.where(both > 0, other.mean - self.mean, 0) ** 2
        _finite_sums(total, square)
        self.mass, self.total, self.centre, self.square = self.mass + other.mass, total, centre, square
        return self

    def _add_block(self, region, y, weight, room=None):
        """Add one block of examples; total and square may come out infinite or NaN, for the caller to find."""
        if weight is not None and not weight.all():
            region, y, weight = region[weight > 0], y[weight > 0], weight[weight > 0]
        if not self.mass.all():
            new = np.flatnonzero(self.mass[region] == 0)
            self.centre[region[new]] = y[new]
        before = self.mass.copy() if self.square is not None else None
        np.add.at(self.mass, region, 1.0 if weight is None else weight)
        if self.square is not None:
            return self._add_squares(region, y, weight, before)
        # Into room that is there: allocating it anew for each block would cost more than all else.
        room = room[:len(y)] if room is not None else np.empty(y.shape)
        y = np.subtract(y, np.take(self.centre, region, axis=0, out=room, mode="clip"), out=room)
        if weight is not None:
            y *= _down(weight, y)
        for total, column in _columns(self.total, y):
            np.add.at(total, region, column)

    def _add_squares(self, region, y, weight, before):
        """The two-pass way: totals of the block, then squares about the block's own means, merged (Chan et al.)."""
        weight = np.ones(len(y)) if weight is None else weight
        offset = y - self.centre[region]
        block, m = self.mass - before, len(self.mass)
        share = ratio(before * block, before + block)
        for total, square, column in _columns(self.total, self.square, offset):
            sums = np.bincount(region, weight * column, m)
            mean = ratio(sums, block)
            old = ratio(total, before)
            square += np.bincount(region, weight * (column - mean[region]) ** 2, m) + share * (mean - old) ** 2
            total += sums

    def constants(self, default: float | None = None) -> np.ndarray:
        """The mean of y in each region; `default` as in :func:`fit_experts`."""
        if not self.mass.any():
            raise ValueError("x and y must hold at least one example, got 0")
        mean = self.mean
        default = (self.mass / self.mass.sum()) @ mean if default is None else _check.real(default, "default")
        return np.where(_down(self.mass, self.total) > 0, mean, default)


def sums_of(segmentation: Segmentation, x: ArrayLike, y: ArrayLike, weight: ArrayLike | None = None, *,
            squares: bool = False) -> Sums:
    """The sums of some examples; x, y and weight are read block by block, and refused as a whole."""
    x = rows(x, segmentation.dimension)
    flat = np.reshape(y, -1) if np.shape(y)[1:] == (1,) else y  # a single column is checked as none
    y = rows(flat, np.shape(flat)[1] if np.ndim(flat) == 2 else 1, "y").reshape(np.shape(y))
    if len(y) != len(x):
        raise ValueError(f"y must have shape ({len(x)},) or ({len(x)}, k), got {y.shape}")
    weight = None if weight is None else _check.within(_check.vector(weight, "weight", len(x)), 0, np.inf, "weight")
    m = _check.regions(segmentation)
    if y.ndim == 1 and weight is None and not squares and m <= BLOCK <= len(x) / 2 and (
            found := _in_one_pass(segmentation, x, y, m)):
        return found
    new = Sums.none((m, *y.shape[1:]), squares)
    room = np.empty((min(BLOCK, len(x)), *y.shape[1:]))
    with np.errstate(invalid="ignore", over="ignore"):  # an infinite y is found in the sums
        for block, region in with_progress(segmentation._routed(x), "learning", -(-len(x) // BLOCK)):
            new._add_block(region, _check.floats(y[block], "y"), None if weight is None else weight[block], room)
    if not all(np.isfinite(part).all() for part in (new.total, new.square) if part is not None):
        _check.finite(np.asarray(y, dtype=float), "y")  # refuses, and says where
        _finite_sums(new.total, new.square, np.abs(y).max())
    return new


def _in_one_pass(segmentation, x, y, m):
    """The sums of many examples, the fast way; None where it would cost digits."""
    routed = with_progress(segmentation._routed(x, np.int32), "learning", -(-len(x) // BLOCK))
    with np.errstate(invalid="ignore", over="ignore"):
        found = one_pass(routed, y, m)
    return found and Sums(found[0], found[1], np.full(m, found[2]))


def _finite_sums(total, square, largest=None):
    """Raise ValueError where sums of y, or of its squares, have overflowed."""
    for part, what in ((total, "sums"), (square, "sums of squares")):
        if part is not None and not np.isfinite(part).all():
            got = f"values up to {largest:g}" if largest is not None else "blocks that together overflow"
            raise ValueError(f"y must have finite {what}, got {got}: divide by a unit first")


def _columns(*arrays):
    """The columns of several arrays of shape (n,) or (n, k), side by side; they are views."""
    return zip(*(array.reshape(len(array), -1).T for array in arrays), strict=True)


class RunningExperts:
    """Constants (35) learned from a stream: per region a mass and a sum, which add up.

    Any split of the examples into calls of `update` and any order of `merge` gives the same constants but for
    rounding. Memory is 24 bytes a region; memory-mapped arrays are read block by block.

    Parameters
    ----------
    segmentation : Segmentation

    Attributes
    ----------
    sums : Sums
        `mass` (m,), the examples in each region; `total` (m,) or (m, k), the sum of y - `centre` in each.

    References
    ----------
    Dar, arXiv 2510.03151, (35).

    Examples
    --------
    >>> from zcmoe import Intervals
    >>> cuts = Intervals.uniform(2)
    >>> left, right = RunningExperts(cuts).update([0.1, 0.2], [1, 2]), RunningExperts(cuts).update([0.7], [5])
    >>> left.merge(right).experts().constants.tolist()
    [1.5, 5.0]
    """

    segmentation: Segmentation
    sums: Sums

    def __init__(self, segmentation: Segmentation):
        self.segmentation = segmentation
        self.sums = Sums.none((_check.regions(segmentation),))

    def update(self, x: ArrayLike, y: ArrayLike, *, weight: ArrayLike | None = None) -> RunningExperts:
        """Add examples, x of shape (n,) or (n, d) and y of shape (n,) or (n, k), and return self.

        Refused examples raise ValueError and leave the sums as they were.
        """
        self.sums = replace(self.sums).add(sums_of(self.segmentation, x, y, weight))  # copies share no sums that change
        return self

    def merge(self, other: RunningExperts) -> RunningExperts:
        """Add what another `RunningExperts` on the same segmentation has seen, and return self."""
        if self.segmentation != other.segmentation:
            raise ValueError(f"other must have the same segmentation {self.segmentation!r}, got {other.segmentation!r}")
        self.sums = replace(self.sums).add(other.sums)
        return self

    def experts(self, *, default: float | None = None) -> ZeroComputeMoE:
        """The predictor learned so far; `default` as in :func:`fit_experts`."""
        return ZeroComputeMoE(self.segmentation, self.sums.constants(default))


def _down(column, like):
    """A column (n,) as it multiplies an array of shape (n,) or (n, k)."""
    return column.reshape(-1, *[1] * (like.ndim - 1))
