"""Integration over [0, 1]: Gauss–Legendre on adaptive panels."""

from functools import lru_cache

import numpy as np

SCRAMBLES = 16  # of Sobol's points: their spread is the error of a rule that knows no better
_BASE = 64  # a kink close to an end of a long panel can look converged when it is not
_DEPTH = 1000  # halvings: near 0 floats are dense, elsewhere panels end sooner


@lru_cache
def gauss(order):
    """Gauss–Legendre nodes and weights on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return (nodes + 1) / 2, weights / 2


def panel_rule(edges, order=16):
    """Gauss–Legendre nodes and weights, each of shape (panels, order), between successive edges."""
    nodes, weights = gauss(order)
    width = np.diff(edges)[:, None]
    return edges[:-1, None] + width * nodes, width * weights


_NODES, _WEIGHTS = gauss(16)


def adaptive_panels(f, breakpoints=(), tol=1e-13, accept=1e-6, exact=None):
    """Cut [0, 1] into panels on which Gauss–Legendre integrates `f`.

    Parameters
    ----------
    f : callable
        From x of shape (n,) to values of shape (n,) or (k, n).
    breakpoints : sequence of float
        Where `f` jumps; each becomes an edge.
    tol : float
        A panel is halved while that changes its integral by more than `tol` of the whole integral of |f|.
    accept : float
        Relative error beyond which the integral counts as not computed.
    exact : callable, optional
        For values of shape (n,): the integrals between arrays of ends. A panel is halved while its own
        differs from that, so that no peak hides between the nodes.

    Returns
    -------
    edges : ndarray, shape (panels + 1,)
    integrals : ndarray, shape (panels,) or (k, panels)

    Raises
    ------
    ValueError
        If halving ends, where a panel has 512 floats left, with a relative error above `accept`: the
        integral diverges or the function is too rough. If `exact` disagrees however short the panels.
    """
    edges = np.union1d(np.linspace(0, 1, _BASE + 1), breakpoints)
    left, right = edges[:-1], edges[1:]
    whole, done, size = _signed(f, left, right), [], 0.0
    for depth in range(_DEPTH):
        middle = (left + right) / 2
        halves = _signed(f, left, middle), _signed(f, middle, right)
        both = halves[0] + halves[1]
        size = size + np.sum(both[1], axis=-1)  # of |f|: the integral of f itself may be 0
        error = np.abs(whole - both)[0]
        rough = (error > tol * size[..., None]).reshape(-1, left.size).any(0)
        if exact is not None:
            gap = np.abs(both[0] - exact(left, right))
            rough |= gap > 1e-12 * 4.0 ** min(depth, 7)  # what is found early is found to more digits
        end = (right - left <= 2.0**9 * np.spacing(right)) | (right < 2.0**-1000)
        if rough.sum() > 50_000 or depth == _DEPTH - 1:
            end[:] = True
        lost = error[..., rough & end].sum(-1) > accept * size
        if exact is None and np.any(lost):
            raise ValueError("the integral over [0, 1] does not converge (near "
                             f"x = {left[rough & end][0]:.6g}): it diverges, or a breakpoint is missing")
        rough &= ~end
        done.append((left[~rough], right[~rough], both[0][..., ~rough]))
        size = size - np.sum(both[1][..., rough], axis=-1)
        left, right = np.r_[left[rough], middle[rough]], np.r_[middle[rough], right[rough]]
        whole = np.concatenate([half[..., rough] for half in halves], axis=-1)
        if not left.size:
            break
    order = np.argsort(np.concatenate([panel[0] for panel in done]))
    ends = np.concatenate([panel[1] for panel in done])[order]
    return np.r_[0.0, ends], np.concatenate([panel[2] for panel in done], axis=-1)[..., order]


class Antiderivative:
    """F(x), the integral of a function f >= 0 from 0 to x in [0, 1], and its inverse."""

    def __init__(self, f, breakpoints=()):
        # The loose acceptance admits slopes that are infinite at an end; F is consistent all the same.
        self.f = f
        self.edges, integrals = adaptive_panels(f, breakpoints, accept=1e-3)
        self.values = np.r_[0.0, np.cumsum(integrals)]
        self.total = self.values[-1]

    def __call__(self, x):
        panel = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, self.edges.size - 2)
        part = _integrals(self.f, self.edges[panel], x)
        return np.minimum(self.values[panel] + part, self.values[panel + 1])  # F stays monotone at a singular end

    def inverse(self, value):
        """Solve F(x) = value: Newton's method, kept inside a shrinking bracket."""
        panel = np.clip(np.searchsorted(self.values, value, side="left") - 1, 0, self.edges.size - 2)
        low, high = self.edges[panel], self.edges[panel + 1]
        x = (low + high) / 2
        for _ in range(100):
            excess = self(x) - value
            low, high = np.where(excess < 0, x, low), np.where(excess < 0, high, x)
            with np.errstate(divide="ignore", invalid="ignore"):
                step = x - excess / self.f(x)
            inside = (step > low) & (step < high)
            new = np.where(inside, step, (low + high) / 2)
            settled = (np.abs(excess) <= 1e-14 * self.total) | (high - low <= np.spacing(high))
            x = np.where(settled, x, new)
            if settled.all():
                break
        # F meets its panel values at the edges: there no iteration is needed.
        return np.where(value <= self.values[panel], self.edges[panel],
                        np.where(value >= self.values[panel + 1], self.edges[panel + 1], x))


def _signed(f, left, right):
    """Integrals of `f` and of |f| on each [left, right], stacked."""
    def stacked(x):
        values = f(x)
        return np.stack([values, np.abs(values)])
    return _integrals(stacked, left, right)


def _integrals(f, left, right):
    """Integral of `f` on each [left, right] by the 16-point rule, batched to bound the memory."""
    if left.size > 65_536:
        parts = np.array_split(np.arange(left.size), left.size // 65_536 + 1)
        return np.concatenate([_integrals(f, left[part], right[part]) for part in parts], axis=-1)
    width = right - left
    values = f((left[:, None] + width[:, None] * _NODES).ravel())
    return (values.reshape(*values.shape[:-1], left.size, _NODES.size) @ _WEIGHTS) * width
