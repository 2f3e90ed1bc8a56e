"""Probability bounds on learned experts: Lemma 6.3, Theorems 6.4 and 6.5.

The constants are those of our reconstruction: a Chernoff bound (124) with exponent t²μ/3 at
t = 1/2, and Hoeffding's inequality (131).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._typing import LikeInput

if TYPE_CHECKING:
    from zcmoe.problem import Problem
    from zcmoe.segmentation.base import Segmentation


def required_examples(probability: ArrayLike, delta: ArrayLike) -> LikeInput:
    """Lemma 6.3: the least n for which n P/2 < N < 3 n P/2 with probability >= 1 - δ.

    N ~ Binomial(n, P) is the number of examples in a region of probability P.

    Parameters
    ----------
    probability : float or array_like
        P_i, in (0, 1].
    delta : float or array_like
        δ, in (0, 1).

    Returns
    -------
    float or ndarray
        12 ln(2/δ)/P, a real number, of the shape to which `probability` and `delta` broadcast.

    References
    ----------
    Dar, arXiv 2510.03151, Lemma 6.3, (124)–(128).

    Examples
    --------
    >>> print(f"{required_examples(0.02, 0.05):.4f}")
    2213.3277
    """
    return 12 * _log(delta, "delta") / _probability(probability)


def constant_radius(value_range: ArrayLike, noise_bound: float, n: int, probability: ArrayLike,
                    delta: ArrayLike) -> LikeInput:
    """Theorem 6.4: a radius r with |ĉ_i - c_i| <= r with probability >= (1 - δ₁)(1 - δ).

    It needs n >= ``required_examples(probability, δ₁)``, for the δ₁ of that statement.

    Parameters
    ----------
    value_range : float or array_like
        R_i = sup β - inf β over A_i.
    noise_bound : float
        B, with ε in [-B, B]: ``problem.noise_bound``.
    n : int
        Number of training examples.
    probability : float or array_like
        P_i, in (0, 1].
    delta : float or array_like
        δ₂ of the theorem, in (0, 1).

    Returns
    -------
    float or ndarray
        (R_i + 2B) √(ln(2/δ)/(n P_i)).

    Raises
    ------
    ValueError
        If the noise is unbounded: Hoeffding's inequality says nothing then.

    References
    ----------
    Dar, arXiv 2510.03151, Theorem 6.4, (40), (129)–(144).

    Examples
    --------
    >>> print(f"{constant_radius(1.2, 0.5, 5000, 0.02, 0.05):.6f}")
    0.422542
    """
    width = _width(value_range, noise_bound)
    return width * np.sqrt(_log(delta, "delta") / (_check.count(n, "n") * _probability(probability)))


def estimation_error_bound(value_ranges: ArrayLike, noise_bound: float, n: int, delta_each: ArrayLike, *,
                           probabilities: ArrayLike | None = None, delta_count: float | None = None) -> LikeInput:
    """Theorem 6.5: a bound of the estimation error (39) with probability >= 1 - m (δ₁ + δ₂).

    Parameters
    ----------
    value_ranges : array_like, shape (m,)
        R_i = sup β - inf β over A_i; see :func:`value_ranges`.
    noise_bound : float
        B, with ε in [-B, B].
    n : int
        Number of training examples.
    delta_each : float or array_like
        δ₂, per region, in (0, 1); the bound at each.
    probabilities : array_like, shape (m,), optional
        P_i, all positive; with `delta_count`, the theorem's condition on n is checked.
    delta_count : float, optional
        δ₁, per region, in (0, 1).

    Returns
    -------
    float or ndarray
        Of the shape of `delta_each`: ln(2/δ₂)/n · Σ (R_i + 2B)², in squared units of y.

    Raises
    ------
    ValueError
        If the noise is unbounded, or n is below 12 ln(2/δ₁)/min P_i.

    References
    ----------
    Dar, arXiv 2510.03151, Theorem 6.5, (41), (145)–(146).

    Examples
    --------
    >>> print(f"{estimation_error_bound([1.0, 1.0], 0.5, 1000, 0.05):.6f}")
    0.029511
    """
    n, width = _check.count(n, "n"), np.atleast_1d(_width(value_ranges, noise_bound))
    if (probabilities is None) != (delta_count is None):
        raise ValueError("probabilities and delta_count must be given together or not at all, "
                         f"got {probabilities!r} and {delta_count!r}")
    if probabilities is not None:
        least = _probability(_check.vector(probabilities, "probabilities", width.size), "probabilities").min()
        needed = required_examples(least, delta_count)
        if n < needed:
            raise ValueError(f"n must be at least 12 ln(2/delta_count)/min(probabilities) = {needed:.6g} "
                             f"for the theorem to hold, got {n}")
    return _log(delta_each, "delta_each") / n * float(np.sum(width**2))


def value_ranges(problem: Problem, segmentation: Segmentation) -> np.ndarray:
    """R_i = sup β - inf β over each region of an interval segmentation.

    β is evaluated on 16 Gauss points a quadrature panel and just inside the panels' ends; then
    the neighbourhood of the best point is searched again, five times, each time ten times finer.
    Exact to rounding for a β that is smooth between its breakpoints and whose waves the panels
    (1/64 long or shorter) resolve; a spike between two points is missed, as by any such search.
    Infinite where β grows without end towards 0, 1 or a breakpoint: its increments are watched
    while the distance is halved.

    Parameters
    ----------
    problem : Problem
        With d = 1.
    segmentation : Intervals

    Returns
    -------
    ndarray, shape (m,)
        Not negative; infinite for an unbounded β.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: (x - 0.3) ** 2, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(value_ranges(problem, Intervals.uniform(2)).round(12))
    [0.09 0.45]
    """
    try:
        panels = np.union1d(segmentation.edges, problem.panels)
    except AttributeError:
        raise ValueError(f"segmentation must be Intervals, which have edges, got {segmentation!r}") from None
    nodes = segmentation.cubature(problem, "volume").nodes
    low, high = panels[:-1, None], panels[1:, None]
    inset = np.maximum(1e-12 * (high - low), 2 * np.spacing(high))  # β is evaluated inside open cells only
    nodes = np.hstack([low + inset, nodes.reshape(low.size, -1), high - inset])
    first = np.searchsorted(panels, segmentation.edges[:-1])
    top, bottom = (np.maximum.reduceat(_largest(problem.beta, sign, nodes), first) for sign in (1, -1))
    ranges, cells = top + bottom, np.r_[0.0, problem.breakpoints, 1.0]
    for low, high in zip(cells[:-1], cells[1:], strict=True):
        for end, inside in ((low, high), (high, low)):
            if _diverges(problem.beta, end, inside):
                side = "right" if inside > end else "left"  # of an edge, where a region begins
                ranges[np.searchsorted(segmentation.edges, end, side=side) - 1] = np.inf
    return ranges


def _diverges(beta, end, inside):
    """Whether |β| grows without end towards `end`, by its increments d_k from the distance h 2^-k to h 2^-(k+1).

    By Cauchy's condensation a sum of falling d_k diverges if d_2k / d_k stays at 1/2 or above; at 1/4 it converges.
    """
    distance = min(abs(inside - end), 1 / 64) * 2.0 ** -np.arange(100)
    values = beta(end + np.copysign(distance[distance > 8 * np.spacing(end)], inside - end))
    rise = np.diff(values)
    middle, last = rise[rise.size // 2 - 1], rise[-1]
    return bool(last * middle > 0.4 * middle**2 and abs(last) > 64 * np.spacing(abs(values[-1])))


def _largest(beta, sign, nodes):
    """Maximum of sign · β on each row of increasing nodes, by repeated refinement."""
    rows = np.arange(len(nodes))
    for _ in range(6):
        values = sign * beta(nodes.ravel()).reshape(nodes.shape)
        best = values.argmax(axis=1)
        low = nodes[rows, np.maximum(best - 1, 0)]
        high = nodes[rows, np.minimum(best + 1, nodes.shape[1] - 1)]
        result = values[rows, best]
        nodes = np.linspace(low, high, 21, axis=1)
    return result


def _log(delta, name):
    value = np.log(2 / _check.fractions(delta, name))
    return value if np.ndim(value) else float(value)


def _probability(values, name="probability"):
    array = _check.floats(values, name)
    if not np.all((array > 0) & (array <= 1)):
        raise ValueError(f"every {name} must lie in (0, 1], got {array.min():g} to {array.max():g}")
    return array if array.ndim else float(array)


def _width(value_range, noise_bound):
    """R_i + 2B, the length of the interval (130) that y lies in."""
    if noise_bound == np.inf:
        raise ValueError("noise_bound must be finite: the theorem needs a bounded noise, got inf")
    value_range = _check.floats(value_range, "value_range")
    if not np.all((value_range >= 0) & (value_range < np.inf)):
        raise ValueError("every value_range must be finite and >= 0, "
                         f"got {value_range.min():g} to {value_range.max():g}")
    width = value_range + 2 * _check.real(noise_bound, "noise_bound", 0)
    return width if width.ndim else float(width)
