"""Banks of experts that are learned: constants or affine functions, by the mixture's EM algorithm with a free gate.

Everything that squared error asks of a region is the mean of ψψᵀ over it, with ψ = (1, x, y) less its overall mean
in x and y: the error of an expert on the region is a quadratic form in it, and the M-step, weighted least squares,
its weighted sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._typing import Seed
from zcmoe.gating.bank import RatePoint, check_law, check_slope, rate_distortion

_GAP = 1e-9
_BEGIN = 15  # steps after which the best start is chosen


@dataclass(frozen=True, eq=False)
class Bank:
    """A bank that alternation found: a local optimum.

    Attributes
    ----------
    experts : ndarray, shape (m,) or (m, 1 + d)
        Constants; or for affine experts intercept and coefficients of x.
    point : RatePoint
        Its point of D(R), with the gate.
    history : ndarray
        F = rate + slope · distortion after each half-step; at a given rate, the distortion.
    """

    experts: np.ndarray
    point: RatePoint
    history: np.ndarray = field(repr=False)


def predictions(experts: ArrayLike, x: ArrayLike) -> np.ndarray:
    """What each expert answers at each x, shape (n, m).

    Parameters
    ----------
    experts : array_like, shape (m,) or (m, 1 + d)
        Constants, or intercepts and coefficients.
    x : array_like, shape (n,) or (n, d)

    Examples
    --------
    >>> predictions([[0, 1], [2, -1]], [0.0, 0.5]).tolist()
    [[0.0, 2.0], [0.5, 1.5]]
    """
    experts = check_experts(experts)
    x = _check.columns(x)
    if experts.ndim == 1:
        return np.tile(experts, (len(x), 1))
    if experts.shape[1] != 1 + x.shape[1]:
        raise ValueError(f"experts must have shape (m, {1 + x.shape[1]}) for x of dimension {x.shape[1]}, "
                         f"got {experts.shape}")
    return experts[:, 0] + x @ experts[:, 1:].T


def squared_costs(y: ArrayLike, experts: ArrayLike, x: ArrayLike | None = None) -> np.ndarray:
    """(y - f_t(x))², shape (n, m): the costs of a bank at the points x, which constants do not need.

    Examples
    --------
    >>> squared_costs([1.0, 3.0], [0.0, 2.0]).tolist()
    [[1.0, 1.0], [9.0, 1.0]]
    """
    y = _check.vector(y, "y")
    x = np.zeros(y.size) if x is None and np.ndim(experts) == 1 else x
    if x is None:
        raise ValueError("x must be given for affine experts, got None")
    answers = predictions(experts, x)
    if len(answers) != y.size:
        raise ValueError(f"x and y must have the same length, got {len(answers)} and {y.size}")
    return (y[:, None] - answers) ** 2


def refit(x: ArrayLike, y: ArrayLike, probability: ArrayLike, conditional: ArrayLike, *,
          affine: bool = False) -> np.ndarray:
    """The M-step: experts by least squares, example x counting p(x) π(t|x) for expert t.

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)
    y : array_like, shape (n,)
    probability : array_like, shape (n,)
    conditional : array_like, shape (n, m)
        The gate π(t|x).
    affine : bool
        Whether experts are affine in x; else they are constants, the centroids E[y | T = t].

    Returns
    -------
    ndarray, shape (m,) or (m, 1 + d)
        Where the weighted points do not determine an affine expert, the one of least norm about the means.

    References
    ----------
    Jordan and Jacobs 1994, with a gate that is free.

    Examples
    --------
    >>> refit([0, 1, 2, 3], [1, 3, 0, 0], [0.25] * 4, [[1, 0], [1, 0], [0, 1], [0, 1]], affine=True).round(9) + 0.0
    array([[1., 2.],
           [0., 0.]])
    """
    statistics = Statistics.of_points(x, y, probability, affine)
    q = _check.finite(_check.floats(conditional, "conditional"), "conditional")
    if q.ndim != 2 or len(q) != statistics.probability.size:
        raise ValueError(f"conditional must have shape ({statistics.probability.size}, m), got {q.shape}")
    return statistics.experts(statistics.least_squares(_check.within(q, 0, 1, "conditional")))


def fit_bank(x: ArrayLike, y: ArrayLike, probability: ArrayLike, *, n_experts: int, slope: float | None = None,
             rate: float | None = None, affine: bool = False, rng: Seed = None, starts: int = 4,
             max_iterations: int = 200) -> Bank:
    """A bank of m experts and its gate, by alternating between them: each half-step lowers F = I(X;T) + s E d.

    Parameters
    ----------
    x : array_like, shape (n,) or (n, d)
    y : array_like, shape (n,)
        What is to be approximated at x; β(x) gives errors without noise.
    probability : array_like, shape (n,)
    n_experts : int
        m.
    slope, rate : float
        One of them: s > 0 in nats per squared unit of y, or R in nats, at most ln m.
    affine : bool
    rng : anything that ``numpy.random.default_rng`` takes
        Draws the starts.
    starts : int
        The best of so many starts, after 15 steps, is followed to a local optimum.
    max_iterations : int
        Where alternation ends that has not settled: the point is exact for the experts that it then has.

    Returns
    -------
    Bank

    Examples
    --------
    Two lines that cross: two affine experts are exact.

    >>> import numpy as np
    >>> x = (np.arange(200) + 0.5) / 200
    >>> y = np.where(x < 0.5, x, 2 - 3 * x)
    >>> bank = fit_bank(x, y, np.full(200, 1 / 200), n_experts=2, slope=1e4, affine=True, rng=0)
    >>> print(np.sort(bank.experts, axis=0).round(1))
    [[ 0. -3.]
     [ 2.  1.]]
    """
    statistics = Statistics.of_points(x, y, probability, affine)
    return alternate(statistics, n_experts, slope, rate, rng, starts, max_iterations)


@dataclass(frozen=True, eq=False)
class Statistics:
    """Regions: their probability (n,), and means of ψψᵀ (n, k, k) with x and y taken about `centre` (k,)."""

    probability: np.ndarray
    second: np.ndarray
    centre: np.ndarray
    affine: bool

    @classmethod
    def of_points(cls, x, y, probability, affine):
        """A region a point."""
        p = check_law(probability)
        y = _check.vector(y, "y", p.size)
        x = _check.columns(x)
        if len(x) != p.size:
            raise ValueError(f"x must have length {p.size}, got {len(x)}")
        psi = np.column_stack([np.ones(p.size), *(x.T if affine else ()), y])
        centre = np.r_[0, p @ psi[:, 1:]]
        psi = psi - centre
        return cls(p, psi[:, :, None] * psi[:, None, :], centre, affine)

    def forms(self, experts):
        """Experts as rows v with cost vᵀ second v, shape (m, k)."""
        table = experts.reshape(len(experts), -1)
        answer = table[:, 0] + table[:, 1:] @ self.centre[1:-1] - self.centre[-1]
        return np.column_stack([-answer, -table[:, 1:], np.ones(len(table))])

    def experts(self, forms):
        """The inverse of :meth:`forms`."""
        lines = -forms[:, 1:-1]
        intercept = -forms[:, 0] + self.centre[-1] - lines @ self.centre[1:-1]
        return np.column_stack([intercept, lines]) if self.affine else intercept

    def costs(self, forms):
        """d(i, t), shape (n, m)."""
        k = forms.shape[1]
        products = (forms[:, :, None] * forms[:, None, :]).reshape(len(forms), k * k)
        return self.second.reshape(-1, k * k) @ products.T

    def least_squares(self, gate):
        """The M-step, as forms."""
        weighted = (self.probability[:, None] * gate).T
        total = np.einsum("tn,nij->tij", weighted, self.second, optimize=True)
        total /= np.maximum(weighted.sum(axis=1), 1e-300)[:, None, None]
        found = -(np.linalg.pinv(total[:, :-1, :-1], rcond=1e-12, hermitian=True) @ total[:, :-1, -1:])[:, :, 0]
        return np.column_stack([found, np.ones(len(found))])


def alternate(statistics, n_experts, slope, rate, rng, starts=4, max_iterations=200):
    """Alternation between gate and experts, from the start that is best after a few steps."""
    m, starts = _check.count(n_experts, "n_experts"), _check.count(starts, "starts")
    max_iterations = _check.count(max_iterations, "max_iterations")
    if (slope is None) == (rate is None):
        raise ValueError(f"one of slope and rate must be given, got slope={slope!r} and rate={rate!r}")
    if rate is None:
        slope = check_slope(slope)
    else:
        rate = _check.real(rate, "rate", 0, open_low=True)
        if rate > np.log(m) * (1 + 1e-12):
            raise ValueError(f"rate must be at most ln {m} = {np.log(m):.6g} nats for {m} experts, got {rate:.6g}")
    rng = np.random.default_rng(rng)
    begun = [_alternate(statistics, _start(statistics, m, rng), slope, rate, min(_BEGIN, max_iterations))
             for _ in range(starts)]
    best = min(begun, key=lambda bank: bank.history[-1])
    if best.history.size < 2 * _BEGIN - 1 or max_iterations <= _BEGIN:
        return best
    rest = _alternate(statistics, statistics.forms(best.experts), slope, rate, max_iterations - _BEGIN + 1)
    return replace(rest, history=np.r_[best.history[:-1], rest.history])


def _start(statistics, m, rng):
    """Experts from cells of the regions around m of them drawn by k-means++, in y (constants) or x (affine)."""
    second = statistics.second
    seen = np.flatnonzero(statistics.probability)
    features = second[seen, 0, 1:-1] if statistics.affine else second[seen, 0, -1:]
    p = statistics.probability[seen]
    distance, chosen = np.ones(seen.size), []
    for _ in range(m):
        weight = p * distance
        weight = weight / weight.sum() if weight.sum() > 0 else p / p.sum()
        chosen.append(np.searchsorted(np.cumsum(weight)[:-1], rng.random(), side="right"))
        away = ((features[:, None] - features[chosen]) ** 2).sum(axis=2)
        distance = away.min(axis=1)
    gate = np.zeros((statistics.probability.size, m))
    gate[seen, away.argmin(axis=1)] = 1
    return statistics.least_squares(gate)


def _alternate(statistics, forms, slope, rate, max_iterations):
    p, history, at = statistics.probability, [], slope
    for _ in range(max_iterations):
        costs = statistics.costs(forms)
        at = slope if rate is None else slope_for_rate(p, costs, rate, at)
        point = rate_distortion(p, costs, slope=at, tol=_GAP, conditional=True)
        value = point.rate + at * point.distortion if rate is None else point.distortion
        new = statistics.least_squares(point.conditional)
        after = float(p @ (point.conditional * statistics.costs(new)).sum(axis=1))
        gain = (point.distortion - after) * (at if rate is None else 1)
        history += [value, value - gain]
        if gain < 1e-8 * (1 + abs(value) if rate is None else abs(value)):
            break
        forms = new
    return Bank(statistics.experts(forms), point, np.array(history[:-1]))


def slope_for_rate(p, costs, rate, guess=None):
    """The slope at which a bank's gate has the given rate; the steepest tried, where it cannot reach it."""
    from scipy.optimize import brentq

    scale = max(p @ (costs - costs.min(axis=1, keepdims=True)).max(axis=1), 1e-300)

    def excess(log_slope):
        return rate_distortion(p, costs, slope=np.exp(log_slope), tol=_GAP).rate - rate

    low, high = np.log(1e-3 / scale), np.log(1e6 / scale)
    if guess is not None and low + 1 < np.log(guess) < high - 1:
        near = np.log(guess) - 0.02, np.log(guess) + 0.02
        if excess(near[0]) < 0 < excess(near[1]):
            low, high = near
    if excess(high) <= 0:
        return float(np.exp(high))
    return float(np.exp(brentq(excess, low, high, xtol=1e-6)))


def check_experts(experts):
    experts = _check.finite(_check.floats(experts, "experts"), "experts").copy()
    if experts.ndim not in (1, 2) or not experts.size:
        raise ValueError(f"experts must have shape (m,) or (m, 1 + d), got {experts.shape}")
    return experts
