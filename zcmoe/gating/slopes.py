"""Critical slopes of a single expert, and deterministic annealing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe.gating.bank import check_law, one_thread, point
from zcmoe.gating.free import Pull, check_values, merged, settle


class CriticalSlopes(NamedTuple):
    """Where one expert stops being enough, as the slope grows; see :func:`critical_slopes`."""

    split: float
    birth: float
    proxy: float
    born_at: float


def critical_slopes(values: ArrayLike, probability: ArrayLike) -> CriticalSlopes:
    """The slopes at which one constant expert at EU stops being locally, and globally, optimal.

    Parameters
    ----------
    values : array_like, shape (n,)
        β(x) at the atoms of the law of X; U is such a value.
    probability : array_like, shape (n,)

    Returns
    -------
    CriticalSlopes
        `split` = 1/(2 Var U): the expert at EU becomes two. `birth` = 1/(2 proxy) <= split: a second expert is born
        with weight 0 at `born_at`. `proxy` is the sub-Gaussian variance proxy of U, sup 2K(λ)/λ² over real λ with K
        the logarithm of E exp(λ(U - EU)). Where birth is split, `born_at` is EU. Where two experts are born at
        once, as for a symmetric U, it is the greater.

    Raises
    ------
    ValueError
        If U takes one value only.

    Notes
    -----
    One expert is optimal iff c(t) <= 1 for all t, that is iff K(λ) <= λ²/(4s) with λ = 2s(t - EU).

    References
    ----------
    The split: Rose 1994; the proxy of two values: Kearns and Saul 1998. The birth is derived here.

    Examples
    --------
    >>> print(" ".join(f"{value:.6f}" for value in critical_slopes([0, 1], [0.9, 0.1])))
    5.555556 2.746531 0.182048 0.900000
    """
    u, p = merged(check_values(values, probability), check_law(probability))
    if u.size < 2:
        raise ValueError(f"values must be two different ones at least, got only {u[0]:g}")
    mean = p @ u
    spread = np.sqrt(p @ (u - mean) ** 2)
    v = (u - mean) / spread
    # 2K/λ² is 1 at λ = 0 and below 2 max|v|/|λ|: the supremum is within these ends, near 0 for laws nearly symmetric.
    grid = np.unique(np.r_[0, *(2 * end * np.geomspace(1e-5 / (1 + end**2), 1, 1000) for end in (v[0], v[-1]))])
    ratio = _cumulant_ratio(grid, v, p)
    best = np.flatnonzero(ratio >= ratio.max() * (1 - 1e-13))[-1]
    rate = _stationary(v, p, grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)], grid[best])
    proxy = _cumulant_ratio(np.array([rate]), v, p)[0]
    if proxy <= 1 + 1e-12:
        rate, proxy = 0.0, 1.0
    variance = spread**2
    return CriticalSlopes(float(1 / (2 * variance)), float(1 / (2 * variance * proxy)), float(variance * proxy),
                          float(mean + rate * proxy * spread))


def _stationary(v, p, low, high, otherwise):
    """Where 2K/λ² is stationary, λK' = 2K, between `low` and `high`: sharper than the flat maximum itself."""
    from scipy.optimize import brentq

    def miss(rate):
        tilted = p * np.exp(rate * v - (rate * v).max())
        return rate * (tilted @ v) / tilted.sum() - rate**2 * _cumulant_ratio(np.array([rate]), v, p)[0]

    if low * high <= 0 or miss(low) * miss(high) >= 0:
        return otherwise
    return float(brentq(miss, low, high, xtol=1e-14))


def _cumulant_ratio(rates, v, p):
    """2K(λ)/λ² of a law of mean 0 and variance 1, to full digits at λ = 0 too."""
    x = rates[:, None] * v
    top = x.max(axis=1)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        large = 2 * (top + np.log(np.exp(x - top[:, None]) @ p)) / rates**2
        direct = (np.expm1(x) - x) / x**2
    series = 1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040 + x / 40320)))))
    second = np.where(np.abs(x) < 0.02, series, direct)  # (eˣ - 1 - x)/x²; Σ p x = 0
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        small = 2 * np.log1p(rates**2 * (second * v**2 @ p)) / rates**2
    at_zero = np.where(rates == 0, 2 * (second * v**2 @ p), small)
    return np.where(np.abs(x).max(axis=1) > 1, large, at_zero)


@dataclass(frozen=True, eq=False)
class Annealing:
    """The branch that deterministic annealing follows; see :func:`anneal`.

    Attributes
    ----------
    slopes, rates, distortions : ndarray, shape (k,)
        Rates in nats.
    constants, weights : tuple of ndarray
        The experts at each slope.
    jumps : ndarray
        Slopes at which an expert split.
    """

    slopes: np.ndarray
    rates: np.ndarray
    distortions: np.ndarray
    constants: tuple[np.ndarray, ...] = field(repr=False)
    weights: tuple[np.ndarray, ...] = field(repr=False)
    jumps: np.ndarray

    @property
    def objective(self) -> np.ndarray:
        """F = rate + slope · distortion, shape (k,): never below that of :func:`free_rate_distortion`."""
        return self.rates + self.slopes * self.distortions


def anneal(values: ArrayLike, probability: ArrayLike, *, slopes: ArrayLike) -> Annealing:
    """Deterministic annealing: follow the experts, from one at EU, through slopes that grow, while they are stable.

    An expert splits when the values that it answers have variance 1/(2s). Where a distant expert would already
    lower F, the branch does not see it: it is metastable until then, and jumps.

    Parameters
    ----------
    values : array_like, shape (n,)
    probability : array_like, shape (n,)
    slopes : array_like, shape (k,)
        Positive and increasing.

    Returns
    -------
    Annealing

    References
    ----------
    Rose 1994, 1998.

    Examples
    --------
    β = x² between birth, at 5.109, and split, at 5.625: still one expert, where two would be better.

    >>> import numpy as np
    >>> x = (np.arange(1000) + 0.5) / 1000
    >>> path = anneal(x**2, np.full(1000, 0.001), slopes=[5.5, 5.7])
    >>> print([c.size for c in path.constants], path.jumps.round(4))
    [1, 2] [5.625]
    """
    u, p = merged(check_values(values, probability), check_law(probability))
    slopes = np.atleast_1d(_check.finite(_check.floats(slopes, "slopes"), "slopes"))
    slopes = _check.increasing(np.r_[0.0, slopes], "slopes (with 0 in front)")[1:]
    state, jumps, found = (0.0, np.array([p @ u]), np.ones(1)), [], []
    with one_thread():
        for slope in slopes:
            state = _follow(u, p, state, slope, jumps)
            found.append(state[1:])
    points = [point(p, (u[:, None] - t) ** 2, slope, r, 0) for slope, (t, r) in zip(slopes, found, strict=True)]
    return Annealing(slopes, np.array([made.rate for made in points]), np.array([made.distortion for made in points]),
                     tuple(t for t, _ in found), tuple(r for _, r in found), np.array(jumps))


def _follow(u, p, state, slope, jumps):
    """The stable state at `slope` on the branch of `state` = (slope, constants, weights); splits go to `jumps`."""
    while True:
        ahead = _settled(u, p, state, slope)
        if not _unstable(u, p, ahead).any():
            return ahead
        low, high = state[0], slope
        while high - low > 1e-9 * high:
            middle = (low + high) / 2
            low, high = (low, middle) if _unstable(u, p, _settled(u, p, state, middle)).any() else (middle, high)
        jumps.append(high)
        state = _split(u, p, _settled(u, p, state, high), min(high * (1 + 1e-4), slope))


def _settled(u, p, state, slope):
    if state[1].size == 1:  # its place is known
        return slope, np.array([p @ u]), np.ones(1)
    return slope, *settle(u, p, state[1], state[2], slope)[:2]


def _unstable(u, p, state):
    """Whether c''(t) > 0 at an expert: its values have a variance above 1/(2s), and splitting it lowers F."""
    slope, t, r = state
    return Pull(u, p, t, r, slope)(t)[2] > 1e-9 * 2 * slope


def _split(u, p, state, slope):
    """Split the unstable experts of `state` and let F fall at `slope`."""
    _, t, r = state
    bend = Pull(u, p, t, r, slope)(t)[2]
    apart = np.where(bend >= min(bend.max(), 0), 0.1 * (2 * slope) ** -0.5, 0)
    both = apart > 0
    t, r = np.r_[t - apart, (t + apart)[both]], np.r_[np.where(both, r / 2, r), r[both] / 2]
    t, r, _ = settle(u, p, t, r, slope, 200)
    order = np.argsort(t)
    t, r = t[order], r[order]
    group = np.cumsum(np.r_[0, np.diff(t) > 1e-3 * (2 * slope) ** -0.5])  # halves that met are one expert
    weight = np.bincount(group, r)
    return slope, *settle(u, p, np.bincount(group, r * t) / weight, weight, slope)[:2]
