"""How many experts n examples can feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zcmoe import _check
from zcmoe._typing import Cells, Counts, HasPdf, LikeInput, Moment
from zcmoe.errors import high_rate_coefficient
from zcmoe.learning.expectation import expected_test_errors
from zcmoe.segmentation import Intervals

if TYPE_CHECKING:
    from zcmoe.problem import Problem
    from zcmoe.segmentation.base import Segmentation


class NumberOfExperts(NamedTuple):
    """The best m among those tried, its expected test error, and the error of every m tried."""

    m: int
    error: float
    errors: np.ndarray


def number_of_experts(problem: Problem, n: Counts, *, density: HasPdf | None = None, moment: Moment = None,
                      cells: Cells = "isotropic") -> LikeInput:
    """The m* that minimises :func:`leading_order_error`: (2 A n/(d σ²))^(d/(d+2)), a real number.

    Parameters
    ----------
    problem : Problem
    n : int or array_like of int
        Number of examples.
    density : segment density, optional
        λ* when None: then m* = Z (n/6σ²)^(1/3) for d = 1, with Z = ∫ w^(1/3).
    moment, cells
        As in :func:`~zcmoe.high_rate_error`.

    Returns
    -------
    float or ndarray
        Of the shape of `n`.

    Raises
    ------
    ValueError
        If there is no noise: then more experts are always better, and no m* exists.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(lambda x: 2 * x, stats.uniform(), stats.norm(0, 0.5))
    >>> print(f"{number_of_experts(problem, 1000):.4f}")  # (b²n/6σ²)^(1/3), b = 2, σ = 0.5
    13.8672
    """
    n, d = _check.counts(n, "n"), problem.dimension
    if not problem.noise_variance:
        raise ValueError("problem must have noise for an optimal number of experts, got noise variance 0")
    coefficient = high_rate_coefficient(problem, density, moment=moment, cells=cells)
    return (2 * coefficient * n / (d * problem.noise_variance)) ** (d / (d + 2))


def best_number_of_experts(problem: Problem, n: int, numbers: Iterable[int], *,
                           segment: Callable[[int], Segmentation] = Intervals.uniform) -> NumberOfExperts:
    """The number of experts with the least exact :func:`expected_test_error`.

    Parameters
    ----------
    problem : Problem
    n : int
        Number of examples.
    numbers : iterable of int
        The m to try.
    segment : callable
        From m to the segmentation with m regions.

    Returns
    -------
    NumberOfExperts
        `m`, `error`, and `errors` in the order of `numbers`.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(lambda x: 2 * x, stats.uniform(), stats.norm(0, 0.5))
    >>> best_number_of_experts(problem, 1000, range(1, 40)).m
    14
    """
    numbers = [_check.count(m, "numbers") for m in numbers]
    if not numbers:
        raise ValueError("numbers must hold at least one m, got none")
    errors = expected_test_errors(problem, map(segment, numbers), [n])[0]
    best = int(np.argmin(errors))
    return NumberOfExperts(numbers[best], float(errors[best]), errors)
