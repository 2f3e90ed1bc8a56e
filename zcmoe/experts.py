"""Zero-compute experts: the predictor (2) and its constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
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
    """What learning knows of its examples: per region the mass (m,) and the total of y - shift, (m,) or (m, k).

    Sums add up whatever the split of the examples and the order; 16 bytes a region travel. They are taken about
    `shift`, the mean of the first examples, so that no digits are lost to a large offset of y.
    """

    mass: np.ndarray
    total: np.ndarray
    shift: float | np.ndarray = 0.0

    def add(self, other: Sums) -> Sums:
        """Add what another has seen, and return self."""
        if not self.mass.any():
            self.total, self.shift = np.zeros_like(other.total), other.shift
        if self.total.shape != other.total.shape:
            raise ValueError(f"y must have shape (n,{' k' * (self.total.ndim - 1)}) as before, "
                             f"with sums of shape {self.total.shape}, got {other.total.shape}")
        total = self.total + other.total + _down(other.mass, other.total) * (other.shift - self.shift)
        if not np.isfinite(total).all():
            raise ValueError("y must have finite sums, got sums that overflow")
        self.mass, self.total = self.mass + other.mass, total
        return self

    def _add_block(self, region, y, weight):
        if not self.mass.any() and (weight is None or weight.any()):
            self.shift = np.average(y, axis=0, weights=weight)
        np.add.at(self.mass, region, 1.0 if weight is None else weight)
        y = y - self.shift
        if weight is not None:
            y *= _down(weight, y)
        for total, column in zip(self.total.reshape(len(self.mass), -1).T, y.reshape(len(y), -1).T, strict=True):
            np.add.at(total, region, column)

    def constants(self, default: float | None = None) -> np.ndarray:
        """The mean of y in each region; `default` as in :func:`fit_experts`."""
        mass = _down(self.mass, self.total)
        if not self.mass.any():
            raise ValueError("x and y must hold at least one example, got 0")
        default = (self.shift + self.total.sum(axis=0) / self.mass.sum() if default is None
                   else _check.real(default, "default"))
        mean = self.shift + np.divide(self.total, mass, out=np.zeros_like(self.total), where=mass > 0)
        return np.where(mass > 0, mean, default)


def sums_of(segmentation: Segmentation, x: ArrayLike, y: ArrayLike, weight: ArrayLike | None = None) -> Sums:
    """The sums of some examples; x, y and weight are read block by block, and refused as a whole."""
    x = rows(x, segmentation.dimension)
    y = rows(y, 1 if np.ndim(y) == 1 else np.shape(y)[-1], "y") if np.ndim(y) in (1, 2) else _check.vector(y, "y")
    if len(y) != len(x):
        raise ValueError(f"y must have shape ({len(x)},) or ({len(x)}, k), got {y.shape}")
    weight = None if weight is None else _check.within(_check.vector(weight, "weight", len(x)), 0, np.inf, "weight")
    m = _check.regions(segmentation)
    new = Sums(np.zeros(m), np.zeros((m, *y.shape[1:])))
    with np.errstate(invalid="ignore", over="ignore"):  # an infinite y is found in the sums
        for block, region in with_progress(segmentation._routed(x), "learning", -(-len(x) // BLOCK)):
            new._add_block(region, _check.floats(y[block], "y"), None if weight is None else weight[block])
    if not np.isfinite(new.total).all():
        _check.finite(np.asarray(y, dtype=float), "y")  # refuses, and says where
        raise ValueError(f"y must have finite sums, got values up to {np.abs(y).max():g}")
    return new


class RunningExperts:
    """Constants (35) learned from a stream: per region a mass and a sum, which add up.

    Any split of the examples into calls of `update` and any order of `merge` gives the same constants but for
    rounding. Memory is 16 bytes a region; memory-mapped arrays are read block by block.

    Parameters
    ----------
    segmentation : Segmentation

    Attributes
    ----------
    sums : Sums
        `mass` (m,), the examples in each region; `total` (m,) or (m, k), the sum of y - `shift` in each.

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
        m = _check.regions(segmentation)
        self.sums = Sums(np.zeros(m), np.zeros(m))

    def update(self, x: ArrayLike, y: ArrayLike, *, weight: ArrayLike | None = None) -> RunningExperts:
        """Add examples, x of shape (n,) or (n, d) and y of shape (n,) or (n, k), and return self.

        Refused examples raise ValueError and leave the sums as they were.
        """
        self.sums.add(sums_of(self.segmentation, x, y, weight))
        return self

    def merge(self, other: RunningExperts) -> RunningExperts:
        """Add what another `RunningExperts` on the same segmentation has seen, and return self."""
        if self.segmentation != other.segmentation:
            raise ValueError(f"other must have the same segmentation {self.segmentation!r}, got {other.segmentation!r}")
        self.sums.add(other.sums)
        return self

    def experts(self, *, default: float | None = None) -> ZeroComputeMoE:
        """The predictor learned so far; `default` as in :func:`fit_experts`."""
        return ZeroComputeMoE(self.segmentation, self.sums.constants(default))


def _down(column, like):
    """A column (n,) as it multiplies an array of shape (n,) or (n, k)."""
    return column.reshape(-1, *[1] * (like.ndim - 1))
