"""A point of D(R) for a fixed bank of experts: an interior-point method, and the algorithm to teach.

The gate is a channel π(t|x) from inputs to experts. For a slope s the least of I(X;T) + s E d(X, T) is
min_r -Σ_x p(x) ln Σ_t r_t exp(-s d(x, t)), convex in the experts' weights r, and Blahut's bracket says at any r how
far from the least it is. Rates are in nats.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check

_STEPS = 60  # no bank tried took more than 25
_FULL = 15
_TINY = 1e-150  # smaller kernel values count as 0: products of them would be subnormal, which is slow


@dataclass(frozen=True, eq=False)
class RatePoint:
    """A gate on the curve D(R) of a bank, and Blahut's certificate.

    Attributes
    ----------
    rate : float
        I(X;T), in nats.
    distortion : float
        E d(X, T), in the units of the costs.
    slope : float
        s = -dR/dD, in nats per unit of cost.
    weights : ndarray, shape (m,)
        r; the gate is π(t|x) ∝ r_t exp(-s d(x, t)), and r its marginal law up to the gap.
    gap : float
        The least value of I(X;T) + s E d lies between ``rate + slope * distortion - gap`` and
        ``rate + slope * distortion``.
    iterations : int
    conditional : ndarray, shape (n, m), or None
        π(t|x), when asked for.
    """

    rate: float
    distortion: float
    slope: float
    weights: np.ndarray
    gap: float
    iterations: int
    conditional: np.ndarray | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class BlahutArimoto(RatePoint):
    """A point found by :func:`blahut_arimoto`; `history` is the gap before each step and after the last."""

    history: np.ndarray = field(kw_only=True, repr=False)


class Kernel(NamedTuple):
    """exp(-s (d - base)), shape (n, m), with base the least cost of each row, shape (n,)."""

    values: np.ndarray
    base: np.ndarray


def kernel(costs, slope):
    base = costs.min(axis=1)
    values = np.exp(-slope * (costs - base[:, None]))
    values[values < _TINY] = 0.0
    return Kernel(values, base)


def rate_distortion(probability: ArrayLike, costs: ArrayLike, *, slope: float, tol: float = 1e-9,
                    conditional: bool = False) -> RatePoint:
    """The point of D(R) at a slope, for a fixed bank of experts.

    Parameters
    ----------
    probability : array_like, shape (n,)
        The law of X.
    costs : array_like, shape (n, m)
        d(x, t), what expert t costs at x: for squared error σ² + (β(x) - f_t(x))², in squared units of y.
    slope : float
        s > 0, in nats per unit of cost.
    tol : float
        The gap to reach, in nats.
    conditional : bool
        Whether to return the gate π(t|x) itself.

    Returns
    -------
    RatePoint

    Raises
    ------
    ValueError
        If the law does not sum to 1 or has negative masses, the costs are not finite, or s <= 0.
    RuntimeError
        If the gap is not reached.

    Notes
    -----
    A primal-dual interior-point method with Mehrotra's corrector, on r >= 0, z >= 0, ν > 0:
    w = K r, ν w = p, z = 1 - Kᵀν, r z = 0, with K = exp(-s d). A gap of 1e-9 pins rate + slope · distortion; along
    the curve, rate and distortion are known less well.

    References
    ----------
    Khalesi and Deylam Salehi, arXiv 2602.15091 (D(R_g); how they compute it could not be read). The bracket: Blahut
    1972; optimality: Csiszár 1974; interior point for such mixtures: Koenker and Mizera 2014.

    Examples
    --------
    Two experts that answer 0 and 1 for two equally likely values: D = 1/(1 + eˢ).

    >>> import numpy as np
    >>> point = rate_distortion([0.5, 0.5], [[0, 1], [1, 0]], slope=np.log(9))
    >>> print(f"{point.distortion:.6f} {point.rate / np.log(2):.6f} bits", point.gap <= 1e-9)
    0.100000 0.531004 bits True
    """
    p, costs, slope = check_bank(probability, costs, slope)
    tol = _check.real(tol, "tol", 0, open_low=True)
    seen = p > 0
    with one_thread():
        weights, _, iterations = interior_point(p[seen], kernel(costs[seen], slope).values, tol)
    return point(p, costs, slope, weights, iterations, conditional)


def blahut_arimoto(probability: ArrayLike, costs: ArrayLike, *, slope: float, tol: float = 1e-6,
                   max_iterations: int = 1000, conditional: bool = False) -> BlahutArimoto:
    """The algorithm of Blahut and Arimoto: the same point, slowly, with the history of its bracket.

    Each step is one of the EM algorithm for the weights of a mixture: π(t|x) ∝ r_t exp(-s d(x, t)), then
    r_t = Σ_x p(x) π(t|x). It stops at `tol` or after `max_iterations`, whichever comes first: read `gap`.

    Parameters
    ----------
    probability : array_like, shape (n,)
    costs : array_like, shape (n, m)
    slope : float
        s > 0.
    tol : float
        The gap to stop at, in nats.
    max_iterations : int
    conditional : bool

    Returns
    -------
    BlahutArimoto
        With `history`, the widths of the bracket.

    References
    ----------
    Blahut 1972; Arimoto 1972.

    Examples
    --------
    >>> found = blahut_arimoto([0.5, 0.25, 0.25], [[0, 1], [1, 0], [0.2, 0.6]], slope=3)
    >>> print(found.gap <= 1e-6, found.history.size == found.iterations + 1)
    True True
    """
    p, costs, slope = check_bank(probability, costs, slope)
    tol = _check.real(tol, "tol", 0)
    steps = _check.count(max_iterations, "max_iterations", 0)
    seen = p > 0
    law, near = p[seen], kernel(costs[seen], slope).values
    weights, history = np.full(costs.shape[1], 1 / costs.shape[1]), []
    with one_thread():
        while True:
            c = near.T @ (law / (near @ weights))
            history.append(bracket(weights, c))
            if history[-1] <= tol or len(history) > steps:
                break
            weights = weights * c
    found = point(p, costs, slope, weights, len(history) - 1, conditional)
    return BlahutArimoto(**vars(found), history=np.array(history))


def mutual_information(probability: ArrayLike, conditional: ArrayLike) -> float:
    """I(X;T) in nats, of the law of X, shape (n,), and a gate π(t|x), shape (n, m).

    Raises
    ------
    ValueError
        If either is no law.

    Examples
    --------
    A gate without chance passes the entropy of the expert:

    >>> print(f"{mutual_information([0.5, 0.25, 0.25], [[1, 0], [0, 1], [0, 1]]):.6f}")
    0.693147
    """
    p = check_law(probability)
    q = _check.finite(_check.floats(conditional, "conditional"), "conditional")
    if q.ndim != 2 or len(q) != p.size:
        raise ValueError(f"conditional must have shape ({p.size}, m), got {q.shape}")
    _check.within(q, 0, 1 + 1e-9, "conditional")  # as far as sums may be off
    _check.within(np.abs(q.sum(axis=1) - 1), 0, 1e-9, "distance of a row's sum from 1 in conditional")
    return information(p, q)


def information(p, q):
    marginal = p @ q
    share = np.divide(q, marginal, out=np.ones_like(q), where=(q > 0) & (marginal > 0))
    return max(float(p @ (q * np.log(share)).sum(axis=1)), 0.0)  # a rounding error is no rate


def point(p, costs, slope, weights, iterations, conditional=False):
    """The :class:`RatePoint` of given weights: the rate and the distortion of its gate, and Blahut's bracket."""
    near = kernel(costs, slope).values
    gate = near * weights
    w = gate.sum(axis=1)
    gate /= w[:, None]
    return RatePoint(information(p, gate), float(p @ (gate * costs).sum(axis=1)), slope, weights,
                     bracket(weights, near.T @ (p / w)), iterations, gate if conditional else None)


def bracket(weights, c):
    """The width of Blahut's bracket, from c_t = Σ_x p K / (K r): ln max c - Σ r c ln c."""
    mass = weights * c
    return float(np.log(c.max()) - mass[mass > 0] @ np.log(c[mass > 0]))


def interior_point(p, K, tol, start=None):
    """Weights r and multipliers ν of a bracket no wider than `tol`, and the Newton steps taken.

    `start` is a pair (r, ν) with r > 0 and Kᵀν < 1; by default equal weights.
    """
    from scipy.linalg import cho_factor

    m = K.shape[1]
    if start is None:
        r = np.full(m, 1 / m)
        nu = p / (K @ r)
        nu *= 0.9 / (K.T @ nu).max()
    else:
        r, nu = start
    z = 1 - K.T @ nu
    for iteration in range(_STEPS + 1):
        w, total = K @ r, r.sum()
        gap = bracket(r / total, (K.T @ (p / w)) * total)
        if gap <= tol:
            return r / total, nu, iteration
        scaled = K * np.sqrt(nu / w)[:, None]
        hessian = scaled.T @ scaled
        hessian.flat[:: m + 1] += z / r
        factor = cho_factor(hessian, overwrite_a=True, check_finite=False)

        state = K, factor, r, w, nu, z
        dr, dw, dnu, dz = _newton(*state, -r * z, p)  # the predictor, and how much of the way it can go
        here, there = _length(r, dr), min(_length(z, dz), _length(nu, dnu))
        centre = ((r + here * dr) @ (z + there * dz) / (r @ z)) ** 3 * (r @ z) / m
        # In full the corrector is fastest, but may cycle; then it takes the predictor's share (Colombo, Gondzio 2008).
        share = 1 if iteration < _FULL else min(here, there)
        dr, dw, dnu, dz = _newton(*state, centre - r * z - share * dr * dz, p - share * dnu * dw)
        r = r + _length(r, dr, 0.995) * dr
        step = min(_length(z, dz, 0.995), _length(nu, dnu, 0.995))
        nu, z = nu + step * dnu, z + step * dz
    raise RuntimeError(f"the gap is {gap:.2g} nats after {_STEPS} Newton steps, not {tol:.2g}: give a larger tol")


def _newton(K, factor, r, w, nu, z, complementarity, target):
    """The step towards ν w = target and r z = complementarity + r z, the rest being linear."""
    from scipy.linalg import cho_solve

    dr = cho_solve(factor, complementarity / r + z - 1 + K.T @ (target / w), check_finite=False)
    dw = K @ dr
    dnu = target / w - nu * (1 + dw / w)
    return dr, dw, dnu, 1 - z - K.T @ (nu + dnu)


def _length(value, step, share=1.0):
    """The longest step, at most 1, that leaves positive values positive (a `share` of the way to 0)."""
    return min(1.0, share / max((-step / value).max(), 1e-300))


def check_law(probability):
    p = _check.within(_check.vector(probability, "probability"), 0, np.inf, "probability")
    if not p.size or abs(p.sum() - 1) > 1e-9:
        raise ValueError(f"probability must sum to 1, got {p.size} masses of sum {p.sum():.12g}")
    return p / p.sum()


def check_slope(slope):
    return _check.real(slope, "slope", 0, open_low=True)


def check_bank(probability, costs, slope):
    p, slope = check_law(probability), check_slope(slope)
    costs = _check.finite(_check.floats(costs, "costs"), "costs")
    if costs.ndim != 2 or len(costs) != p.size or not costs.size:
        raise ValueError(f"costs must have shape ({p.size}, m) with m >= 1, got {costs.shape}")
    return p, costs, slope


@lru_cache
def _controller():
    import scipy.linalg  # noqa: F401  its BLAS must be loaded to be found
    try:
        from threadpoolctl import ThreadpoolController
    except ModuleNotFoundError:
        return None
    return ThreadpoolController()


def one_thread():
    """A context with one BLAS thread, where threadpoolctl is installed: small matrices lose by two."""
    return _controller().limit(limits=1, user_api="blas") if _controller() else nullcontext()
