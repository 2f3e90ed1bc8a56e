"""Zero-compute experts: the predictor (2) and its constants."""

import numpy as np

from zcmoe import _check
from zcmoe.moments import region_moments


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
        """The constant of the region of each x; shape (n,), written into `out` when given."""
        region = self.segmentation.route(x)
        return np.take(self.constants, region, out=_check_out(out, region.shape))


def best_experts(problem, segmentation):
    """The best predictor of the class (5): constants c_i = E[β(x) | x ∈ A_i] (9), (15).

    Returns
    -------
    ZeroComputeMoE
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
    Dar, arXiv 2510.03151, (32)–(35).

    Examples
    --------
    >>> from zcmoe import Intervals
    >>> fit_experts(Intervals.uniform(3), [0.1, 0.2, 0.9], [1, 3, 8]).constants.tolist()
    [2.0, 4.0, 8.0]
    """
    region = segmentation.route(x)
    y = _check.vector(y, "y", region.size)
    if not y.size:
        raise ValueError("x and y must hold at least one example, got 0")
    default = y.mean() if default is None else _check.real(default, "default")
    m = segmentation.n_regions
    examples = np.bincount(region, minlength=m)
    sums = np.bincount(region, y - y.mean(), m)  # shifted: no digits are lost to a large offset
    constants = np.where(examples > 0, y.mean() + sums / np.maximum(examples, 1), default)
    return ZeroComputeMoE(segmentation, constants)


def _check_out(out, shape):
    if out is not None and (not isinstance(out, np.ndarray) or out.shape != shape or out.dtype != np.float64):
        raise ValueError(f"out must be a float64 array of shape {shape}, got {getattr(out, 'shape', out)!r}")
    return out
