"""A point of D(R) when the experts may be any constants.

The cost of a constant expert depends on x through β(x) alone, so only the law of the values U = β(X) matters, and D(R)
is the squared-error rate–distortion function of U. It is also the fit of a Gaussian mixture of known variance 1/(2s)
with free means and weights: the nonparametric maximum likelihood of Kiefer and Wolfowitz.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._arrays import ratio
from zcmoe.gating.bank import RatePoint, check_law, check_slope, interior_point, kernel, one_thread, point

_ROUNDS = 30
_FEW, _TRIES = 24, 2  # Newton's method on answers and weights: up to how many experts, and how often
_CHUNK = 2**22  # kernel values at a time


@dataclass(frozen=True, eq=False)
class FreeRatePoint(RatePoint):
    """A point of D(R) for any constants: `constants`, shape (m,), are the experts' answers."""

    constants: np.ndarray = field(kw_only=True)


def free_rate_distortion(values: ArrayLike, probability: ArrayLike, *, slope: float, tol: float = 1e-9,
                         conditional: bool = False) -> FreeRatePoint:
    """The point of D(R) at a slope, over all banks of constants of any number.

    Parameters
    ----------
    values : array_like, shape (n,)
        β(x) at the atoms of the law of X; for a law with a density, at a fine grid.
    probability : array_like, shape (n,)
    slope : float
        s > 0, in nats per squared unit of the values.
    tol : float
        The gap to reach, in nats, against all constants on the line.
    conditional : bool
        Whether to return the gate π(t|x), shape (n, m).

    Returns
    -------
    FreeRatePoint
        Its distortion has no noise in it: add σ² for the test error.

    Raises
    ------
    ValueError
        If the values are not finite, the law does not sum to 1 or has negative masses, or s <= 0.
    RuntimeError
        If the gap is not reached.

    Notes
    -----
    An interior point on a grid of constants finds where the experts are; Newton's method then moves answers and
    weights together; the function c(t), searched on the whole line, certifies (c <= 1 everywhere) or names the
    experts that are missing.

    References
    ----------
    Kiefer and Wolfowitz 1956; Rose 1994; the bracket: Blahut 1972.

    Examples
    --------
    A value that is 0 or 1 with probability 0.9 and 0.1: D = a(1 - a) with ln((1 - a)/a) = s(1 - 2a).

    >>> found = free_rate_distortion([0, 1], [0.9, 0.1], slope=4)
    >>> print(found.constants.round(6), f"{found.distortion:.8f} {found.rate / np.log(2):.8f} bits")
    [0.021248 0.978752] 0.02079651 0.32060415 bits
    """
    values, p, slope = check_values(values, probability), check_law(probability), check_slope(slope)
    tol = _check.real(tol, "tol", 0, open_low=True)
    u, mass = merged(values, p)
    with one_thread():
        constants, weights, gap, iterations = _search(u, mass, slope, tol)
    made = point(p, (values[:, None] - constants) ** 2, slope, weights, iterations, conditional)
    return FreeRatePoint(**{**vars(made), "gap": max(gap, made.gap)}, constants=constants)


def check_values(values, probability):
    return _check.vector(values, "values", np.size(probability))


def merged(values, p):
    """The distinct values in order, and their masses, all positive."""
    distinct, index = np.unique(values, return_inverse=True)
    mass = np.bincount(index, p)
    return distinct[mass > 0], mass[mass > 0]


def _search(u, p, slope, tol):
    """Constants, weights, gap and Newton steps: weights on candidates, then Newton on both, then better candidates."""
    width = (2 * slope) ** -0.5
    t = around(u, max(min(width / 3, np.ptp(u) / 16), np.finfo(float).tiny), width)
    t = t if t.size <= max(u.size, 33) else u
    start, inner, gap, steps, tries = None, 1e-2, np.inf, 0, _TRIES
    for _ in range(_ROUNDS):
        near, base = kernel((u[:, None] - t) ** 2, slope)
        if start is not None:
            start = _warm(near, base, slope, *start, gap)
        r, nu, iterations = interior_point(p, near, max(inner, tol / 2), start)
        gap, peaks, heights = certificate(u, p, t, r, slope)
        steps += iterations
        if gap <= tol:
            return t, r, gap, steps
        nearest = np.abs(t[:, None] - peaks).argmin(axis=1)  # experts sit where c touches 1
        mass, moment = np.bincount(nearest, r, peaks.size), np.bincount(nearest, r * t, peaks.size)
        used = mass > min(gap, 1e-3)
        middle = moment[used] / mass[used]
        fresh = np.r_[peaks[heights > 1 + tol / 2], middle[heights[used] > 1 + tol / 2]]
        if middle.size <= _FEW and tries:
            moved, weights, iterations = settle(u, p, middle, mass[used], slope, 8)
            steps, tries = steps + iterations, tries - 1
            found, peaks, heights = certificate(u, p, moved, weights, slope)
            if found <= tol:
                return moved, weights, found, steps
            fresh = np.r_[fresh, moved, peaks[heights > 1 + tol / 2]] if found < gap else fresh
        start = r, np.log(nu) + slope * base
        fresh = np.unique(fresh)
        t = np.r_[t, fresh[np.abs(fresh[:, None] - t).min(axis=1) > 1e-7 * width]]
        inner = 0.1 * min(inner, gap)
    raise RuntimeError(f"the gap is {gap:.2g} nats after {steps} Newton steps, not {tol:.2g}: give a larger tol")


def _warm(near, base, slope, r, log_nu, gap):
    """The last round's r and ν for a bank with more columns: every r positive, ν inside Kᵀν < 1."""
    r = np.maximum(np.r_[r, np.full(near.shape[1] - r.size, 1e-2 / r.size)], 1e-3 * gap / r.size)
    nu = np.exp(log_nu - slope * base)
    return r, nu * ((1 - min(gap, 1) / 3) / (near.T @ nu).max())


def around(u, spacing, reach):
    """Points at most `spacing` apart that cover every place within `reach` of a value, the outer ones excepted.

    Beyond one kernel width from all values c(t) is convex: no expert is missing there.
    """
    wide = np.flatnonzero(np.diff(u) > 2 * reach)
    low = np.r_[u[0], u[wide + 1] - reach]
    high = np.r_[u[wide] + reach, u[-1]]
    return np.unique(np.concatenate([np.linspace(a, b, int(np.ceil((b - a) / spacing)) + 1)
                                     for a, b in zip(low, high, strict=True)]))


def certificate(u, p, t, weights, slope):
    """Blahut's gap against all constants, and where c(·) peaks, with its heights."""
    width = (2 * slope) ** -0.5
    pull = Pull(u, p, t, weights, slope)
    grid = around(u, width / 8, width)
    c = pull(grid)[0]
    top = np.r_[True, c[1:] >= c[:-1]] & np.r_[c[:-1] > c[1:], True] & (c > 0.99)
    peaks = grid[top | (c == c.max())]
    start = peaks
    for _ in range(4):  # c' = 0 by Newton's method; between two points of the grid c rises by 0.2 %
        _, slopes, bends = pull(peaks)
        peaks = np.clip(peaks + ratio(slopes, -bends), start - width / 8, start + width / 8)
    heights = pull(peaks)[0]
    at = pull(t)[0]
    used = weights * at > 0
    gap = np.log(max(heights.max(), at.max(), c.max())) - (weights * at)[used] @ np.log(at[used])
    return float(gap), peaks, heights


class Pull:
    """c(t) = Σ p exp(-s(u - t)²)/Z(u) and its two derivatives: where it exceeds 1, an expert would help."""

    def __init__(self, u, p, t, weights, slope):
        near = kernel((u[:, None] - t) ** 2, slope)
        self.u, self.slope = u, slope
        self.log_share = np.log(p / (near.values @ weights)) + slope * near.base

    def __call__(self, t):
        parts = np.array_split(t, t.size * self.u.size // _CHUNK + 1)
        return np.concatenate([self._block(part) for part in parts], axis=1)

    def _block(self, t):
        distance, s = self.u - t[:, None], self.slope
        pull = np.exp(np.minimum(self.log_share - s * distance**2, 600))  # no expert near: as good as infinite
        return np.stack([pull.sum(axis=1), 2 * s * (pull * distance).sum(axis=1),
                         (pull * (4 * s**2 * distance**2 - 2 * s)).sum(axis=1)])


def settle(u, p, t, weights, slope, steps=40):
    """A local minimum of F over answers and weights together, from a start: a regularised Newton method that descends.

    Returns the constants, their weights (which sum to 1 at a minimum) and the steps taken. A weight that vanishes
    takes its expert with it.
    """
    width = (2 * slope) ** -0.5
    t, r = np.array(t), weights / weights.sum()
    value, gradient, hessian = _objective(u, p, t, r, slope)
    for step in range(steps):
        scale = np.r_[np.sqrt(r), width / np.sqrt(r)]  # in these units the Hessian is about 1
        curvature, vectors = np.linalg.eigh(hessian * scale * scale[:, None])
        along = vectors.T @ (gradient * scale)
        error = np.abs(along).max()
        if error < 1e-12:
            return t, r / r.sum(), step
        # Where F is flat the move is no longer than the error over the error: 1 in these units.
        move = -scale * (vectors @ (along / np.maximum(np.abs(curvature), min(error, 1e-2))))
        dr, dt = np.split(move, 2)
        size = min(1.0, 0.9 / max((-dr / r).max(), 1e-300), width / 2 / max(np.abs(dt).max(), 1e-300))
        while (after := _objective(u, p, t + size * dt, r + size * dr, slope))[0] > value + 1e-15 * (1 + abs(value)):
            size /= 2
            if size < 1e-6:
                return t, r / r.sum(), step
        r, t = r + size * dr, t + size * dt
        value, gradient, hessian = after
        if r.min() < 1e-9 * r.max():
            r, t = r[r >= 1e-9 * r.max()], t[r >= 1e-9 * r.max()]
            value, gradient, hessian = _objective(u, p, t, r, slope)
    return t, r / r.sum(), steps


def _objective(u, p, t, r, slope):
    """F = -Σ p ln Σ r exp(-s(u - t)²) + Σ r - 1, its gradient and Hessian in (r, t)."""
    distance = u[:, None] - t
    near, base = kernel(distance**2, slope)
    w = near @ r
    share = p / w
    lean = 2 * slope * distance * near
    c, rise = near.T @ share, lean.T @ share
    bend = ((4 * slope**2 * distance**2 - 2 * slope) * near).T @ share
    jacobian = np.hstack([near, lean * r]) * (np.sqrt(p) / w)[:, None]
    hessian, k = jacobian.T @ jacobian, t.size
    index = np.arange(k)
    hessian[index, k + index] -= rise
    hessian[k + index, index] -= rise
    hessian[k + index, k + index] -= r * bend
    return p @ (slope * base - np.log(w)) + r.sum() - 1, np.r_[1 - c, -r * rise], hessian
