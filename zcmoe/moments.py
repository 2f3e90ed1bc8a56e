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
    return moments_of_several(problem, [segmentation])[0]


def moments_of_several(problem, segmentations):
    """:func:`region_moments` of each of several segmentations, with one evaluation of β for all; a list."""
    rules = [each.cubature(problem) for each in segmentations]
    ends = np.cumsum([0] + [each.n_regions for each in segmentations])
    weights = np.concatenate([rule.weights for rule in rules])
    region = np.concatenate([rule.regions + start for rule, start in zip(rules, ends, strict=False)])
    value, m = problem.beta(np.concatenate([rule.nodes for rule in rules])), ends[-1]
    probability = np.bincount(region, weights, m)
    average = np.sum(weights * value) / len(rules)
    mean = _ratio(np.bincount(region, weights * value, m), probability, average)
    # Once more about the means: a constant is its mean to the last bit, and an offset takes no digits.
    mean += _ratio(np.bincount(region, weights * (value - mean[region]), m), probability, 0.0)
    variance = _ratio(np.bincount(region, weights * (value - mean[region]) ** 2, m), probability, 0.0)
    parts = (np.split(array, ends[1:-1]) for array in (probability, mean, variance))
    return [RegionMoments(*each) for each in zip(*parts, strict=True)]


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
    nodes, weights, region, _ = segmentation.cubature(problem, "volume")
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
    nodes, weights, region, replicates = segmentation.cubature(problem)
    if replicates == 1:
        return 0.0
    moments, m = region_moments(problem, segmentation), segmentation.n_regions
    error = problem.beta(nodes) - moments.mean[region]
    estimates = replicates * (weights * error**2).reshape(replicates, -1).sum(axis=1)
    block = np.repeat(np.arange(replicates), len(nodes) // replicates)
    shifts = np.bincount(block * m + region, weights * error, replicates * m).reshape(replicates, m)  # sums to 0
    bias = np.sum(_ratio(np.sum(shifts**2, axis=0), moments.probability, 0.0)) * replicates / (replicates - 1)
    return float(np.hypot(np.std(estimates, ddof=1) / replicates**0.5, bias))


def _ratio(numerator, denominator, otherwise):
    return np.divide(numerator, denominator, out=np.full(denominator.shape, otherwise), where=denominator > 0)
