"""Region moments: what everything exact is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zcmoe._arrays import ratio
from zcmoe._laws import Unit
from zcmoe.segmentation.base import Cubature

if TYPE_CHECKING:
    from zcmoe.problem import Problem
    from zcmoe.segmentation.base import Segmentation


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
    def normalized_moment(self) -> np.ndarray:
        """M(A_i) of (24), shape (m,): tr J_i / (d V_i^(1 + 2/d)); 1/12 for intervals and cubes, NaN for no volume."""
        d = self.centroid.shape[1]
        return ratio(np.trace(self.inertia, axis1=1, axis2=2), d * self.volume ** (1 + 2 / d), np.nan)


def region_moments(problem: Problem, segmentation: Segmentation) -> RegionMoments:
    """Probability, mean and variance of β in each region.

    A region of probability 0 has mean Eβ(x) and variance 0, so that it contributes nothing. Variances by a Sobol rule
    are corrected for the means that are estimated with the same nodes.

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


def moments_of_several(problem: Problem, segmentations: Iterable[Segmentation]) -> list[RegionMoments]:
    """:func:`region_moments` of each of several segmentations, with one evaluation of β for all; a list."""
    segmentations = list(segmentations)
    if shared := _shared_cuts(problem, segmentations):
        return _moments_on_the_line(problem, *shared)
    if not segmentations:
        return []
    rules = [each.cubature(problem) for each in segmentations]
    values = problem.beta(rules[0].nodes if len(rules) == 1 else np.concatenate([rule.nodes for rule in rules]))
    ends = np.cumsum([len(rule.nodes) for rule in rules])
    parts = zip(rules, segmentations, np.split(values, ends[:-1]), strict=True)
    return [_moments(rule, value, each.n_regions)[0] for rule, each, value in parts]


def _shared_cuts(problem, segmentations):
    """Edges of several segmentations of [0, 1] into intervals, and all of them as one; None where there are none."""
    lines = [each._line for each in segmentations]
    if len(lines) < 2 or not isinstance(problem.inputs, Unit) or not all(
            line is not None and line[0] == 0 and line[-1] == 1 for line in lines):
        return None
    if any(np.diff(line).min() < 64 * np.spacing(1.0) for line in lines):  # as narrow as what is taken for rounding
        return None
    cuts = np.unique(np.concatenate(lines))
    kept = np.diff(cuts, prepend=-1) > 16 * np.spacing(1.0)  # 1/3 and 2/6 may differ in the last place
    return lines, np.r_[cuts[kept][:-1], 1.0]


def _moments_on_the_line(problem, lines, cuts):
    """Moments of several segmentations into intervals: those between all their edges, put together."""
    nodes, weights, cell = problem.rule(cuts)
    cells = _moments(Cubature(nodes, weights, cell), problem.beta(nodes), cuts.size - 1)[0]
    middle, average, found = (cuts[:-1] + cuts[1:]) / 2, cells.probability @ cells.mean, []
    for line in lines:
        region, m = np.searchsorted(line, middle, side="right") - 1, line.size - 1
        probability = np.bincount(region, cells.probability, m)
        mean = ratio(np.bincount(region, cells.probability * (cells.mean - average), m), probability) + average
        spread = np.bincount(region, cells.probability * (cells.variance + (cells.mean - mean[region])**2), m)
        found.append(RegionMoments(probability, mean, ratio(spread, probability)))
    return found


def _moments(rule, value, m):
    """RegionMoments of one rule, and the error of Σ P_i v_i.

    A mean c_i is estimated with the nodes that v_i is estimated with, which lowers P_i v_i by P_i times the variance of
    that estimate. Replicates r show it, as Σ_r t_ri² / (P_i (1 - Σ_r s_ri²)) with t_ri = Σ w (β - c_i) and s_ri the
    share of P_i over the nodes of region i in r, and it is made up for: exactly so for independent nodes. Of regions
    whose nodes all lie in one replicate nothing is known; the error counts the average variance for them.
    """
    _, weights, region, replicates = rule
    probability = np.bincount(region, weights, m)
    mean = ratio(np.bincount(region, weights * value, m), probability, weights @ value)
    # Once more about the means: a constant is its mean to the last bit, and an offset takes no digits.
    mean += ratio(np.bincount(region, weights * (value - mean[region]), m), probability)
    error = value - mean[region]
    squares = error**2
    squares *= weights
    spread = np.bincount(region, squares, m)
    if replicates == 1:
        return RegionMoments(probability, mean, ratio(spread, probability)), rule.error
    cell = np.repeat(np.arange(replicates), len(value) // replicates) * m + region
    shifts = np.bincount(cell, weights * error, replicates * m).reshape(replicates, m)
    shares = ratio(np.bincount(cell, weights, replicates * m).reshape(replicates, m), probability)
    known = 1 - np.sum(shares**2, axis=0)  # (R - 1)/R for equal shares; 0 where all is in one replicate
    lost = ratio(shifts**2, probability * known)
    spread = spread + lost.sum(axis=0)
    # Blocks differ in their probability too, where nodes have unequal weights.
    masses = weights.reshape(replicates, -1).sum(axis=1)
    each = replicates * (squares.reshape(replicates, -1).sum(axis=1) + lost.sum(axis=1))
    each -= spread.sum() * (replicates * masses - 1)
    unknown = probability[known < 0.3].sum() * spread.sum()
    return (RegionMoments(probability, mean, ratio(spread, probability)),
            float(np.hypot(np.std(each, ddof=1) / replicates**0.5, unknown)))


def region_geometry(problem: Problem, segmentation: Segmentation) -> RegionGeometry:
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
    nodes, weights, region, *_ = segmentation.cubature(problem, "volume")
    m, d = segmentation.n_regions, segmentation.dimension
    nodes = nodes.reshape(-1, d)
    volume = np.bincount(region, weights, m)
    centroid = np.stack([ratio(np.bincount(region, weights * x, m), volume, np.nan) for x in nodes.T], axis=1)
    offset = nodes - centroid[region]
    inertia = [[np.bincount(region, weights * offset[:, j] * offset[:, k], m) for k in range(d)] for j in range(d)]
    return RegionGeometry(volume, centroid, np.moveaxis(np.array(inertia), -1, 0))


def excess_error(problem: Problem, segmentation: Segmentation) -> float:
    """Error to expect in Σ P_i v_i: what the rule says, or the spread between the replicates of a Sobol rule."""
    rule = segmentation.cubature(problem)
    return _moments(rule, problem.beta(rule.nodes), segmentation.n_regions)[1]
