"""Region moments: what everything exact is made of."""

from typing import NamedTuple

import numpy as np


class RegionMoments(NamedTuple):
    """P_i (36), c_i (9) and v_i = Var(β | A_i); each of shape (m,)."""

    probability: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


class RegionGeometry(NamedTuple):
    """Volume V_i (m,), centroid x_i (m, d) and inertia J_i = ∫ (x - x_i)(x - x_i)ᵀ dx (m, d, d)."""

    volume: np.ndarray
    centroid: np.ndarray
    inertia: np.ndarray

    @property
    def normalized_moment(self):
        """M(A_i) of (24), shape (m,): tr J_i / (d V_i^(1 + 2/d)); 1/12 for intervals and cubes, NaN for no volume."""
        d = self.centroid.shape[1]
        return _ratio(np.trace(self.inertia, axis1=1, axis2=2), d * self.volume ** (1 + 2 / d), np.nan)


def region_moments(problem, segmentation):
    """Probability, mean and variance of β in each region.

    A region of probability 0 has mean Eβ(x) and variance 0, so that it contributes nothing.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation

    Returns
    -------
    RegionMoments

    References
    ----------
    Dar, arXiv 2510.03151, (36), (9), (15).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(np.square, stats.uniform(), stats.uniform(-0.5, 1))
    >>> probability, mean, variance = region_moments(problem, Intervals.uniform(2))
    >>> print(probability.round(6), mean.round(6), variance.round(6))
    [0.5 0.5] [0.083333 0.583333] [0.005556 0.047222]
    """
    nodes, weights, region = segmentation.cubature(problem)
    m = segmentation.n_regions
    mass, value = weights * problem.inputs.pdf(nodes), problem.beta(nodes)
    probability = np.bincount(region, mass, m)
    average = np.sum(mass * value) / np.sum(mass)
    mean = _ratio(np.bincount(region, mass * value, m), probability, average)
    variance = _ratio(np.bincount(region, mass * (value - mean[region]) ** 2, m), probability, 0.0)
    return RegionMoments(probability, mean, variance)


def region_geometry(problem, segmentation):
    """Volume, centroid and inertia of each region, with respect to Lebesgue measure.

    The centre of a region is its centroid: that is what makes the first-order term of the Taylor
    expansion integrate to 0 in (64), (85). A region of volume 0 has a centroid of NaN.

    Returns
    -------
    RegionGeometry

    References
    ----------
    Dar, arXiv 2510.03151, (24), (102).
    """
    nodes, weights, region = segmentation.cubature(problem)
    m, d = segmentation.n_regions, segmentation.dimension
    nodes = nodes.reshape(-1, d)
    volume = np.bincount(region, weights, m)
    centroid = np.stack([_ratio(np.bincount(region, weights * x, m), volume, np.nan) for x in nodes.T], axis=1)
    offset = nodes - centroid[region]
    inertia = [[np.bincount(region, weights * offset[:, j] * offset[:, k], m) for k in range(d)] for j in range(d)]
    return RegionGeometry(volume, centroid, np.moveaxis(np.array(inertia), -1, 0))


def standard_error(problem, segmentation):
    """Error to expect in Σ P_i v_i, and so in :func:`approximation_error`, from the segmentation's rule.

    The root of the mean squared error: the spread between the scrambles of a Sobol rule, together with the bias
    that comes from estimating each c_i with the same nodes, which lowers v_i by the variance of that estimate.

    Returns
    -------
    float
        0 for the Gauss–Legendre rules, which know better (about 1e-10).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Boxes, Independent, Problem
    >>> square = Independent(stats.uniform(), stats.uniform())
    >>> problem = Problem(lambda x: x.sum(axis=1), square, stats.uniform(-0.5, 1), dimension=2)
    >>> standard_error(problem, Boxes((3, 3)))
    0.0
    """
    scrambles = getattr(segmentation, "scrambles", 1)
    if scrambles == 1:
        return 0.0
    nodes, weights, region = segmentation.cubature(problem)
    moments, m = region_moments(problem, segmentation), segmentation.n_regions
    mass, error = weights * problem.inputs.pdf(nodes), problem.beta(nodes) - moments.mean[region]
    estimates = scrambles * (mass * error**2).reshape(scrambles, -1).sum(axis=1)
    scramble = np.repeat(np.arange(scrambles), len(nodes) // scrambles)
    shifts = np.bincount(scramble * m + region, mass * error, scrambles * m).reshape(scrambles, m)  # sums to 0
    bias = np.sum(_ratio(np.sum(shifts**2, axis=0), moments.probability, 0.0)) * scrambles / (scrambles - 1)
    return float(np.hypot(np.std(estimates, ddof=1) / scrambles**0.5, bias))


def _ratio(numerator, denominator, otherwise):
    return np.divide(numerator, denominator, out=np.full(denominator.shape, otherwise), where=denominator > 0)
