"""Exact expectations over training sets: what learned experts add to the error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._arrays import ratio
from zcmoe._quadrature import gauss
from zcmoe._typing import Cells, Counts, HasPdf, LikeInput, Moment
from zcmoe.errors import high_rate_coefficient
from zcmoe.moments import moments_of_several, region_moments

if TYPE_CHECKING:
    from zcmoe.problem import Problem
    from zcmoe.segmentation.base import Segmentation

BATCH = 2**14  # numbers handled at a time: they stay in the processor's cache
ORDER = 32  # Gauss–Legendre nodes of E[1/N; N > 0]


class ExpectedEstimationError(NamedTuple):
    """The three parts of the expected estimation error (38); their sum is the whole.

    `noise` comes from ε and `within` from the spread of β inside each region; `empty` from the
    regions that no example falls into. All in squared units of y.
    """

    noise: float
    within: float
    empty: float


def mean_inverse_count(n: int, probability: ArrayLike) -> LikeInput:
    """E[1/N; N > 0] for N ~ Binomial(n, q): the mean of 1/N, an empty region counting 0.

    Parameters
    ----------
    n : int
        Number of examples.
    probability : float or array_like
        q, in [0, 1].

    Returns
    -------
    float or ndarray
        Of the shape of `probability`; relative accuracy about 1e-13 for n q from 0 to 1e9.

    Notes
    -----
    E[tᴺ] = (1 - q + q t)ⁿ gives E[1/N; N > 0] = ∫₀¹ ((1 - q + q t)ⁿ - (1 - q)ⁿ)/t dt. With
    t = 1 - s the integrand decays like exp(-n q s): 32 Gauss–Legendre nodes on the part of [0, 1]
    where it is not yet below exp(-45) do, and nothing cancels.

    Examples
    --------
    >>> print(f"{mean_inverse_count(50, 0.03):.10f}")
    0.5218267903
    """
    n = _check.count(n, "n")
    q = _check.floats(probability, "probability")
    if not np.all((q >= 0) & (q <= 1)):
        raise ValueError(f"every probability must lie in [0, 1], got {q.min():g} to {q.max():g}")
    parts = np.array_split(q.ravel(), q.size * ORDER // BATCH + 1)
    value = np.concatenate([_inverse_count(n, part) for part in parts])
    return value.reshape(q.shape) if q.ndim else float(value[0])


def expected_estimation_error(problem: Problem, segmentation: Segmentation, n: int, *,
                              default: float | None = None) -> ExpectedEstimationError:
    """Exact expectation of the estimation error (38), (39) over training sets of n examples.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation
    n : int
        Number of examples.
    default : float, optional
        The answer of a region that no example falls into; the mean of all y when None.

    Returns
    -------
    ExpectedEstimationError
        `noise` and `within` are Σ P_i σ² E[1/n_i; n_i > 0] and Σ P_i v_i E[1/n_i; n_i > 0]; `empty`
        is Σ P_i (1 - P_i)ⁿ E[(default - c_i)² | n_i = 0].

    References
    ----------
    Exact form of the expectation of (39) in Dar, arXiv 2510.03151; the derivation is ours.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> parts = expected_estimation_error(problem, Intervals.uniform(4), 20)
    >>> print(f"{parts.noise:.6f} {parts.within:.6f} {parts.empty:.6f}")
    0.020271 0.001267 0.000465
    """
    moments = region_moments(problem, segmentation)
    counts = _mean_inverse_counts([n], [moments])[0]
    return ExpectedEstimationError(*(float(part[0]) for part in _estimation(
        moments, problem.noise_variance, [n], default, counts)))


def expected_test_error(problem: Problem, segmentation: Segmentation, n: int, *, default: float | None = None) -> float:
    """Exact expectation of the test error (37) of learned experts over training sets of n examples.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation
    n : int
        Number of examples.
    default : float, optional
        The answer of a region that no example falls into; the mean of all y when None.

    Returns
    -------
    float
        In squared units of y, noise variance included.

    References
    ----------
    Dar, arXiv 2510.03151, Lemma 6.2, in expectation.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{expected_test_error(problem, Intervals.uniform(4), 20):.6f}")
    0.110545
    """
    return float(_expected([region_moments(problem, segmentation)], problem.noise_variance, [n], default)[0, 0])


def expected_test_errors(problem: Problem, segmentations: Iterable[Segmentation], sizes: Iterable[int]) -> np.ndarray:
    """:func:`expected_test_error` for several segmentations and numbers of examples.

    The region moments are computed once a segmentation.

    Returns
    -------
    ndarray, shape (number of sizes, number of segmentations)
    """
    segmentations, sizes = list(segmentations), list(sizes)
    together = 64 if problem.dimension == 1 else 1  # one pass over the nodes of several segmentations
    moments = [each for start in range(0, len(segmentations), together)
               for each in moments_of_several(problem, segmentations[start:start + together])]
    return _expected(moments, problem.noise_variance, sizes)


def leading_order_error(problem: Problem, m: Counts, n: Counts, *, density: HasPdf | None = None, moment: Moment = None,
                        cells: Cells = "isotropic") -> LikeInput:
    """Leading order of the expected test error: σ² + A/m^(2/d) + m σ²/n.

    A is :func:`~zcmoe.high_rate_coefficient`. The last term does not depend on the segment
    density: λ* stays optimal, to leading order, with learned experts.

    Parameters
    ----------
    problem : Problem
    m, n : int or array_like of int
        Numbers of experts and of examples; their shapes are broadcast.
    density : segment density, optional
        λ* when None.
    moment, cells
        As in :func:`~zcmoe.high_rate_error`.

    Returns
    -------
    float
    """
    m, n = _check.counts(m, "m"), _check.counts(n, "n")
    coefficient = high_rate_coefficient(problem, density, moment=moment, cells=cells)
    return problem.noise_variance * (1 + m / n) + coefficient / m ** (2 / problem.dimension)


def _inverse_count(n, q):
    node, weight = gauss(ORDER)
    span = 45 / np.maximum(n * q, 45)
    s = node[:, None] * span
    log_all = np.log1p(-q * s)
    with np.errstate(divide="ignore"):
        log_none = np.log1p(-q)
    # (1 - q s)ⁿ - (1 - q)ⁿ without cancellation
    difference = np.exp(n * log_all) * -np.expm1(n * (log_none - log_all))
    return weight @ (difference / (1 - s)) * span


def _mean_inverse_counts(sizes, moments):
    """E[1/N; N > 0] for each of the regions, shape (len(sizes), m), one array a segmentation."""
    probability = np.concatenate([np.empty(0), *(each.probability for each in moments)])
    probability = np.minimum(probability, 1)  # quadrature may exceed 1 by a rounding
    counts = np.array([mean_inverse_count(n, probability) for n in sizes]).reshape(len(sizes), probability.size)
    return np.split(counts, np.cumsum([each.probability.size for each in moments]), axis=1)[:-1]


def _expected(moments, noise_variance, sizes, default=None):
    """Expected test error for each of a list of region moments; shape (len(sizes), len(moments))."""
    errors = [noise_variance + each.probability @ each.variance
              + sum(_estimation(each, noise_variance, sizes, default, counts))
              for each, counts in zip(moments, _mean_inverse_counts(sizes, moments), strict=True)]
    return np.array(errors).reshape(len(moments), len(sizes)).T


def _estimation(moments, noise_variance, sizes, default, counts):
    """The three parts, each of shape (len(sizes),)."""
    probability, mean, variance = moments
    n = np.array(sizes)[:, None]
    load, rest = probability * counts, np.maximum(1 - probability, 0)
    empty = probability * rest**n
    if default is None:  # the mean of y over the n examples, all of them outside A_i
        share = ratio(1, rest)
        average = probability @ mean
        offset = mean - average
        total = probability @ (variance + offset**2)
        bias = offset * share  # c_i - μ_(-i)
        # v_(-i), from Var β = Σ P_j (v_j + (c_j - Eβ)²) less what A_i holds
        outside = (total - probability * (variance + offset**2)) * share - (probability * bias) ** 2
        miss = bias**2 + (noise_variance + outside) / n
    else:
        miss = (_check.real(default, "default") - mean) ** 2
    return ExpectedEstimationError(noise_variance * load.sum(axis=1), load @ variance, np.sum(empty * miss, axis=1))
