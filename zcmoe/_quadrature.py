"""Integration over [0, 1]: Gauss–Legendre on adaptive panels."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from zcmoe._arrays import cell_of, ratio
from zcmoe._progress import with_progress

SCRAMBLES = 16  # of Sobol's points: their spread is the error of a rule that knows no better
_BASE = 64  # a kink close to an end of a long panel can look converged when it is not
_HIDDEN = 1e-5  # share of an integral that rounding may hide
_DIVERGES = 0.97  # a power that floats cannot tell from 1, and cannot follow
_DEPTH = 1000  # halvings: near 0 floats are dense, elsewhere panels end sooner


@lru_cache
def gauss(order):
    """Gauss–Legendre nodes and weights on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return (nodes + 1) / 2, weights / 2


_NODES, _WEIGHTS = gauss(16)


def panel_rule(edges):
    """Gauss–Legendre nodes and weights, each of shape (panels, 16), between successive edges.

    Edges of shape (panels, 2) are a pair of ends a panel.
    """
    left, right = (edges[:-1], edges[1:]) if edges.ndim == 1 else edges.T
    width = (right - left)[:, None]
    return left[:, None] + width * _NODES, width * _WEIGHTS


def adaptive_panels(f, breakpoints=(), tol=1e-13, accept=1e-6, exact=None, noise=0.0, blur=None, name="the integral"):
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
        Relative error beyond which the integral counts as not computed; inf accepts any.
    exact : callable, optional
        For values of shape (n,): the integrals between arrays of ends. A panel is halved while its own
        differs from that, so that no peak hides between the nodes.
    noise : float
        For (k, n): rounding leaves each row unknown by `noise` times the row before it.
    blur : callable, optional
        From arrays of ends: what is unknown of `f` on each panel, relative to it.
    name : str
        Of what is integrated, for messages.

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
    panels, done, size = _over(f, edges[:-1], edges[1:]), [], 0.0
    for depth in range(_DEPTH):
        left, right = panels.left, panels.right
        middle = (left + right) / 2
        low, high = _over(f, left, middle), _over(f, middle, right)
        both = low.integral + high.integral
        if not np.all(np.isfinite(both)):
            i = np.argmin(np.isfinite(both).reshape(-1, left.size).all(0))
            raise ValueError(f"{name} does not converge: it overflows near x = {right[i]:.6g}")
        error = np.abs(panels.integral - both)[0]
        size = size + np.sum(both[1], axis=-1)  # of |f|: the integral of f itself may be 0
        known = tol * size[..., None]
        if noise:
            known = known + noise * np.concatenate([0 * both[1][:1], both[1][:-1]])
        if blur is not None:
            known = known + blur(left, right) * both[1]
        rough = ~(error <= known).reshape(-1, left.size).all(0)
        if exact is not None:
            gap = np.abs(both[0] - exact(left, right))
            rough |= gap > 1e-12 * 4.0 ** min(depth, 7)  # what is found early is found to more digits
        end = (right - left <= 2.0**9 * np.spacing(right)) | (right < 2.0**-1000)
        if rough.sum() > 50_000 or depth == _DEPTH - 1:
            end[:] = True
        stuck = rough & end
        if exact is None and np.isfinite(accept) and stuck.any():
            left, right, error = left[stuck], right[stuck], error[..., stuck]
            lost = error * _further(f, left, right, name)
            if np.any(lost.sum(-1) > accept * size):
                worst = np.argmax(lost.reshape(-1, left.size)[-1])
                _explain(f, left[worst], right[worst], name)
        rough &= ~end
        done.append(_Panels(panels.left, panels.right, both).take(~rough))
        if not rough.any():
            break
        size = size - np.sum(both[1][..., rough], axis=-1)
        panels = _towards_zero(f, _joined([low.take(rough), high.take(rough)]))
    found = _joined(done)
    found = found.take(np.argsort(found.left))
    if blur is not None:
        _see_hidden(f, found, blur, name)
    return np.r_[0.0, found.right], found.integral[0]


class _Panels(NamedTuple):
    """Intervals [left, right], and the integrals of f and of |f| on each, shape (2, panels) or (2, k, panels)."""

    left: np.ndarray
    right: np.ndarray
    integral: np.ndarray

    def take(self, some):
        return _Panels(self.left[some], self.right[some], self.integral[..., some])


def _over(f, left, right):
    """Panels with their integrals."""
    def signed(x):
        values = f(x)
        return np.stack([values, np.abs(values)])
    return _Panels(left, right, _integrals(signed, left, right))


def _joined(parts):
    return _Panels(*(np.concatenate(each, axis=-1) for each in zip(*parts, strict=True)))


def _towards_zero(f, panels):
    """Cut a first panel that ends near 0, where floats are dense, into eight: that saves as many rounds."""
    if panels.left[0] > 0 or panels.right[0] >= 2.0**-40:
        return panels
    ends = np.r_[0.0, panels.right[0] * 2.0 ** np.arange(-7, 1)]
    return _joined([_over(f, ends[:-1], ends[1:]), panels.take(slice(1, None))])


def _see_hidden(f, panels, blur, name):
    """Raise ValueError where f grows so fast towards a place where it is not known that what is hidden may count."""
    total, lost_there = panels.integral[1].sum(), blur(panels.left, panels.right) >= 0.01
    for left, right, hidden, side in ((panels.left, panels.right, lost_there, 1),
                                      (-panels.right[::-1], -panels.left[::-1], lost_there[::-1], -1)):
        start = max(np.argmin(hidden), 1)  # towards an end of [0, 1], and towards panels inside
        first = np.union1d(start, np.flatnonzero(hidden[:-1] & ~hidden[1:]) + 1)
        place = left[_narrowest(right - left, hidden, first)]
        end = right[first] - place
        shrinks = (end <= 2.0**-12) & (right[first] - left[first] >= end / 8)
        place, end = place[shrinks], end[shrinks]
        if not place.size:  # f is never asked about no x at all
            continue
        power, level = _powers(f, side * place, side * end, 7)
        near = side * (place + end / 512)
        power[blur(near, near) < 1e-3] = 0.0  # a peak that panels resolve
        lost = np.divide(2 * end * level, 1 - power, out=np.full(end.size, np.inf), where=power < _DIVERGES)
        for i in np.flatnonzero((power > 0.5) & (lost > _HIDDEN * total)):
            if power[i] > _DIVERGES:
                raise _too_steep(name, power[i], abs(place[i]))
            raise ValueError(f"{name} does not converge: it grows as a power {-power[i]:.2g} of the distance to "
                             f"x = {abs(place[i]):.6g}, where rounding hides the slope of beta: give gradient")


def _narrowest(width, hidden, ends):
    """The narrowest of the hidden panels before each of `ends`, for they shrink to where f grows; 0 where none is."""
    begins = np.flatnonzero(hidden & ~np.r_[False, hidden[:-1]])
    runs = begins[np.searchsorted(begins, ends) - 1] if begins.size else ends
    return np.array([start + np.argmin(width[start:end]) if hidden[end - 1] else 0
                     for start, end in zip(runs, ends, strict=True)])


def _further(f, left, right, name):
    """How much further off than its last step the integral over each of these panels may be.

    Where f grows as a steady power p of the distance, each further step would be 2^(p - 1) of the one before it. A
    power of -1 has no integral: ValueError. Beside much else its last panels count for little, and halving would end
    there in silence.
    """
    power = np.zeros(left.size)
    if left.size < 1000:
        power = np.maximum(_powers(f, left, right - left, 16)[0], _powers(f, right, left - right, 16)[0])
    for i in np.flatnonzero(power > _DIVERGES):
        raise _too_steep(name, power[i], left[i])
    return np.where(power > 0, 1 / np.expm1((1 - power) * np.log(2)), 10.0)


def _powers(f, place, step, number):
    """How |f| falls off from each place: the power of the distance, 0 for no steady one; and |f| two steps away.

    The place may be anywhere in the first step, which blurs the nearest of the `number` values: 2, 4, 8, … steps away.
    """
    at = place[:, None] + step[:, None] * 2.0 ** np.arange(1, number + 1)
    power, level = np.zeros(place.size), np.zeros(place.size)
    fits = (at[:, -1] >= 0) & (at[:, -1] <= 1)
    if fits.any():
        values = np.abs(f(at[fits].ravel())).reshape(-1, *at[fits].shape)[-1]
        blurred = 0.6 * np.r_[1, 0.7, 0.4, 0.2, np.full(number - 5, 0.1)]
        with np.errstate(divide="ignore", invalid="ignore"):
            each = -np.diff(np.log2(values))
            most = each[:, number // 2 - 1:].mean(axis=1)
            steady = np.all(np.abs(each - most[:, None]) < blurred * most[:, None], axis=1)
        power[fits], level[fits] = np.where(steady, most, 0.0), values[:, 0]
    return power, level


def _explain(f, left, right, name):
    """Raise ValueError: say why `f` is not integrated on the panels that could not be halved, one cause a message."""
    width = right - left
    near = left + width * np.arange(0.5, 64) / 64
    with np.errstate(all="ignore"):
        most = np.argmax(np.nan_to_num(np.abs(f(near)).reshape(-1, 64)[-1], nan=0, posinf=np.inf))
    at = left if most == 0 else right if most == 63 else near[most]
    away = width * 2.0 ** np.arange(6)
    values = np.abs(f(at - away if at > away[-1] else at + away)).reshape(-1, 6)[-1]
    # f grows as distance^-power, or else turns.
    power = np.log2(values[0] / values[-1]) / 5 if np.all(np.diff(values) < 0) and values.all() else 0.0
    if power > 0:
        raise _too_steep(name, power, at)
    raise ValueError(f"{name} does not converge: there are too many jumps, or turns, near x = {left:.6g}")


def _too_steep(name, power, at):
    """A ValueError for a power of the distance that cannot be integrated."""
    if power > 0.99:
        return ValueError(f"{name} does not converge: it diverges at x = {at:.6g}, as a power {-power:.2g} of the "
                          "distance")
    return ValueError(f"{name} does not converge: it grows as a power {-power:.2g} of the distance to x = {at:.6g}, "
                      "where floats are too far apart to follow it; at x = 0 they are not")


def integrate(f, breakpoints=(), blur=None):
    """The integral of `f` over [0, 1]; `blur` as in :func:`adaptive_panels`."""
    return float(adaptive_panels(f, breakpoints, blur=blur)[1].sum())


class Antiderivative:
    """F(x), the integral of a function f >= 0 from 0 to x in [0, 1], and its inverse."""

    def __init__(self, f, breakpoints=()):
        # The loose acceptance admits slopes that are infinite at an end; F is consistent all the same.
        self.f = f
        edges, _ = adaptive_panels(f, breakpoints, accept=1e-3)
        # halves: what halving did not change is smooth
        self.edges = np.sort(np.r_[edges, (edges[:-1] + edges[1:]) / 2])
        nodes, weights = panel_rule(self.edges)
        values = f(nodes.ravel()).reshape(nodes.shape)
        masses = np.sum(weights * values, axis=1)
        self.values = np.r_[0.0, np.cumsum(masses)]
        self.total = self.values[-1]
        # On each panel, F as a polynomial in t from -1 to 1, and whether it is F in between.
        self._powers = _PRIMITIVE @ (values * np.diff(self.edges)[:, None] / 2).T
        probe = np.array([-0.7, 0.1, 0.8])
        at = self.edges[:-1] + np.diff(self.edges) * (probe[:, None] + 1) / 2
        truth = np.stack([_integrals(f, self.edges[:-1], row) for row in at])
        every = np.arange(masses.size)
        here = np.stack([_horner(self._powers, every, np.full(masses.size, t))[0] for t in probe])
        self._rough = np.abs(truth - here).max(axis=0) > 1e-12 * self.total

    def __call__(self, x):
        panel = cell_of(self.edges, x)
        part = _integrals(self.f, self.edges[panel], x)
        return np.minimum(self.values[panel] + part, self.values[panel + 1])  # F stays monotone at a singular end

    def inverse(self, value):
        """Solve F(x) = value: by the polynomial of the panel, or F itself where that is none, block by block."""
        value = np.asarray(value, dtype=float)
        x = np.empty(value.shape)
        for start in with_progress(range(0, value.size, 65_536), "expander"):
            block = slice(start, start + 65_536)
            x[block] = self._inverse(value[block])
        return x

    def _inverse(self, value):
        panel = np.clip(np.searchsorted(self.values, value, side="left") - 1, 0, self.edges.size - 2)
        rough = self._rough[panel]
        left, width = self.edges[panel], np.diff(self.edges)[panel]
        mass = np.diff(self.values)[panel]
        low, high, open_ = np.full(value.shape, -1.0), np.ones(value.shape), np.arange(value.size)
        t = 2 * ratio(value - self.values[panel], mass, 0.5) - 1
        for _ in range(100):  # Newton's method, kept inside a shrinking bracket
            i = open_
            excess, slope = _horner(self._powers, panel[i], t[i])
            excess -= (value - self.values[panel])[i]
            hard = rough[i]
            if hard.any():
                at = left[i[hard]] + width[i[hard]] * (t[i[hard]] + 1) / 2
                excess[hard] = self(at) - value[i[hard]]
                slope[hard] = self.f(at) * width[i[hard]] / 2
            low[i], high[i] = np.where(excess < 0, t[i], low[i]), np.where(excess < 0, high[i], t[i])
            with np.errstate(divide="ignore", invalid="ignore"):
                step = t[i] - excess / slope
            new = np.where((step > low[i]) & (step < high[i]), step, (low[i] + high[i]) / 2)
            # The error of a step is the square of the last one's: the last step need not be looked at.
            settled = (np.abs(excess) <= np.maximum(1e-14 * self.total, 1e-8 * mass[i])) | (high[i] - low[i] <= 1e-16)
            t[i] = np.where(settled, np.where(np.abs(step) <= 1, step, t[i]), new)
            open_ = i[~settled]
            if not open_.size:
                break
        x = np.clip(left + width * (t + 1) / 2, left, left + width)
        # F meets its panel values at the edges: there no iteration is needed.
        return np.where(value <= self.values[panel], left,
                        np.where(value >= self.values[panel + 1], self.edges[panel + 1], x))


def _primitive():
    """From the values at Gauss's nodes on [-1, 1] to the coefficients, in powers of t, of the integral from -1."""
    from numpy.polynomial import legendre
    t = 2 * _NODES - 1
    series = (np.arange(16)[:, None] + 0.5) * legendre.legvander(t, 15).T * (2 * _WEIGHTS)
    return np.stack([legendre.leg2poly(np.resize(legendre.legint(column, lbnd=-1), 17)) for column in series.T], axis=1)


_PRIMITIVE = _primitive()


def _horner(powers, row, t):
    """Polynomial number `row` of powers (k, n), and its slope, at t, both of shape (size,)."""
    value, slope = powers[-1][row], np.zeros(t.size)
    for power in powers[-2::-1]:
        slope *= t
        slope += value
        value *= t
        value += power[row]
    return value, slope


def _integrals(f, left, right):
    """Integral of `f` on each [left, right] by the 16-point rule, batched to bound the memory."""
    if left.size > 65_536:
        parts = np.array_split(np.arange(left.size), left.size // 65_536 + 1)
        return np.concatenate([_integrals(f, left[part], right[part]) for part in parts], axis=-1)
    width = right - left
    values = f((left[:, None] + width[:, None] * _NODES).ravel())
    return (values.reshape(*values.shape[:-1], left.size, _NODES.size) @ _WEIGHTS) * width
