"""Zero-compute experts: the predictor (2) and its constants."""

import numpy as np

from zcmoe import _check, _fast
from zcmoe.moments import region_moments
from zcmoe.segmentation import Intervals


class ZeroComputeMoE:
    """The predictor (2): f(x) = c_i for x in A_i.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    constants : array_like, shape (m,)
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

    def __init__(self, segmentation, constants):
        self.segmentation = segmentation
        self.constants = _check.vector(constants, "constants", segmentation.n_regions)

    def __repr__(self):
        return f"ZeroComputeMoE({self.segmentation!r})"

    def predict(self, x, out=None):
        """The constant of the region of each x; shape (n,), written into `out` when given.

        When x is refused, a part of `out` may have been written.
        """
        x = _fast.rows(x, self.segmentation.dimension)
        _check_out(out, (len(x),))
        if isinstance(self.segmentation, Intervals):
            return _fast.predict(self.segmentation, self.constants, x, out)
        return np.take(self.constants, self.segmentation.route(x), out=out)


def best_experts(problem, segmentation):
    """The best predictor (8) of the class (5): constants c_i = E[β(x) | x ∈ A_i] (9), (15).

    Returns
    -------
    ZeroComputeMoE

    References
    ----------
    Dar, arXiv 2510.03151, (8), (9), (15); in small regions c_i is close to β(x_i): (18), (27).
    """
    return ZeroComputeMoE(segmentation, region_moments(problem, segmentation).mean)


def fit_experts(segmentation, x, y, default=None):
    """Learn the constants from examples by least squares (35): the mean of y in each region.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    x : array_like, shape (n,) or (n, d)
    y : array_like, shape (n,)
    default : float, optional
        The answer of a region that no example falls into; the mean of all y when None.

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
    return RunningExperts(segmentation).update(x, y).experts(default)


class RunningExperts:
    """Constants (35) learned from a stream: per region a count and a sum, which add up.

    Any split of the examples into calls of `update` and any order of `merge` gives the same constants but for
    rounding. The sums are taken about `shift`, the mean of the first examples, so that no digits are lost to a
    large offset of y. Memory is 16 bytes a region; memory-mapped arrays are read block by block.

    Parameters
    ----------
    segmentation : Intervals or another segmentation

    Attributes
    ----------
    count : ndarray of int, shape (m,)
        Examples in each region.
    total : ndarray, shape (m,)
        Sum of y - shift in each region.
    shift : float

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

    def __init__(self, segmentation):
        self.segmentation = segmentation
        self.count = np.zeros(segmentation.n_regions, dtype=np.int64)
        self.total = np.zeros(segmentation.n_regions)
        self.shift = 0.0

    def update(self, x, y):
        """Add examples, x of shape (n,) or (n, d) and y of shape (n,), and return self.

        Refused examples raise ValueError and leave the sums as they were.
        """
        x = _fast.rows(x, self.segmentation.dimension)
        y = _fast.rows(y, 1, "y")
        if len(y) != len(x):
            raise ValueError(f"y must have shape ({len(x)},), got {y.shape}")
        new = RunningExperts(self.segmentation)
        with np.errstate(invalid="ignore", over="ignore"):  # an infinite y is found in the sums
            for block, region in _fast.routed(self.segmentation, x):
                values = np.asarray(y[block], dtype=float)
                if block.start == 0:
                    new.shift = float(values.mean())
                np.add.at(new.count, region, 1)
                np.add.at(new.total, region, values - new.shift)
        if not np.isfinite(new.total).all():
            _check.vector(y, "y")  # refuses, and says where
        return self._add(new)

    def merge(self, other):
        """Add what another `RunningExperts` on the same segmentation has seen, and return self."""
        ours, theirs = self.segmentation, other.segmentation
        if ours.n_regions != theirs.n_regions or not np.array_equal(*(getattr(s, "edges", ()) for s in (ours, theirs))):
            raise ValueError(f"other must have the same segmentation {ours!r}, got {theirs!r}")
        return self._add(other)

    def experts(self, default=None):
        """The predictor learned so far; `default` as in :func:`fit_experts`."""
        n = self.count.sum()
        if n == 0:
            raise ValueError("x and y must hold at least one example, got 0")
        default = self.shift + self.total.sum() / n if default is None else _check.real(default, "default")
        mean = self.shift + self.total / np.maximum(self.count, 1)
        return ZeroComputeMoE(self.segmentation, np.where(self.count > 0, mean, default))

    def _add(self, other):
        if not self.count.any():
            self.shift = other.shift
        self.total += other.total + other.count * (other.shift - self.shift)
        self.count += other.count
        return self


def _check_out(out, shape):
    if out is not None and (not isinstance(out, np.ndarray) or out.shape != shape or out.dtype != np.float64):
        raise ValueError(f"out must be a float64 array of shape {shape}, got {getattr(out, 'shape', out)!r}")
    return out
