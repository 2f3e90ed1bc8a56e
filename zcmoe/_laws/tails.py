"""Ways from t in [0, 1] to any support, and log p far out, where p underflows but its tail still counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zcmoe._laws.line import Unit

FAR = 1e140  # moments are followed so many quartile distances
_PLACES = np.array([1e30, 1e60, 1e90])  # quartile distances where a tail must show its power


class Scaled:
    """A law on [low, low + width], moved to [0, 1]."""

    def __init__(self, law):
        self.law = law
        low, high = law.support()
        self._inner = _inner(low, high)
        self.low, self.width = low, high - low
        self.jumps = (law.breakpoints - low) / self.width
        if not law.has_cdf:
            self.cdf = None

    def __repr__(self):
        return repr(self.law)

    def support(self):
        """[0, 1]."""
        return 0.0, 1.0

    def pdf(self, t):
        """Density at t."""
        return self.law.pdf(np.clip(self.low + self.width * t, *self._inner)) * self.width

    def cdf(self, t):
        """Probability up to t."""
        return self.law.cdf(self.low + self.width * np.asarray(t))


def _inner(low, high):
    """Just inside an open range: at its ends p may be infinite, and logarithms of laws fail among the least floats."""
    return max(np.nextafter(low, high), low + 1e-300), min(np.nextafter(high, low), high - 1e-300)


class Stretch:
    """t in [0, 1] to x on a bounded support."""

    def __init__(self, law):
        self.low, high = law.support()
        self.width = high - self.low
        self.inner = _inner(self.low, high)
        self.unit = Unit(Scaled(law), "distribution")

    def x(self, t):
        """x at t."""
        return self.low + self.width * t

    far = x

    def t(self, x):
        """t at x."""
        return (x - self.low) / self.width

    def log_slope(self, t):
        """log dx/dt."""
        return np.full_like(t, np.log(self.width))

    def log_density(self, law, name):
        """log p as a function of t."""
        return lambda t: law.log_pdf(np.clip(self.x(t), *self.inner))


@dataclass
class Tails:
    """t in [0, 1] to x on an unbounded support, by way of y = start + length · t in [-1, 1]; |y| = 1 is infinity.

    |x - anchor| = scale ((1 - |y|)^-k - 1): a tail p ~ 1/x^(3 + η), which is what a finite variance leaves, makes
    p^(1/3) dx to (1 - |y|)^(kη/3 - 1), and panels that shrink towards |y| = 1 integrate that. k is 3 for the tails that
    have more moments, and larger, up to 400, for those that barely have two.
    """

    anchor: float
    scale: float
    start: float
    length: float
    power: float
    inner: tuple[float, float]

    @classmethod
    def of(cls, law):
        """For a law; its quartiles give the scale, and how p falls far out gives k."""
        low, high = ends = np.array(law.support())
        lower, median, upper = law.ppf([0.25, 0.5, 0.75])
        scale, start = upper - lower, -1.0 if np.isinf(low) else 0.0
        near, beyond = law.pdf(scale * 10.0 ** np.array([[20], [30]]) * np.sign(ends[np.isinf(ends)]))
        heavy = beyond > 0
        excess = np.log10(near[heavy] / beyond[heavy]) / 10 - 3  # η
        power = float(4 / max(excess.min(initial=4 / 3), 0.01))
        anchor = next((end for end in ends if np.isfinite(end)), median)
        return cls(anchor, scale, start, (1.0 if np.isinf(high) else 0.0) - start, power,
                   _inner(low, high))

    def far(self, t):
        """x at t, also where it is infinite."""
        sign, stretch = self._stretch(t)
        with np.errstate(over="ignore"):
            return self.anchor + self.scale * sign * np.expm1(stretch)

    def x(self, t):
        """x at t, no further from the anchor than floats can square."""
        sign, stretch = self._stretch(t)
        with np.errstate(over="ignore"):
            return self.anchor + self.scale * sign * np.minimum(np.expm1(stretch), FAR)

    def t(self, x):
        """t at x."""
        z = (x - self.anchor) / self.scale
        return (np.sign(z) * -np.expm1(-np.log1p(np.abs(z)) / self.power) - self.start) / self.length

    def log_slope(self, t):
        """log dx/dt."""
        stretch = self._stretch(t)[1]
        return np.log(self.scale * self.length * self.power) + stretch * (1 + 1 / self.power)

    def _stretch(self, t):
        """The side of the anchor, and -k log(1 - |y|) to full digits near both ends of t."""
        y = self.start + self.length * t
        below, above = 1 + self.start, 1 - self.start - self.length
        gap = np.maximum(np.where(y < 0, below + self.length * t, above + self.length * (1 - t)), 2.0**-1000)
        return np.sign(y), -self.power * np.where(np.abs(y) < 0.5, np.log1p(-np.minimum(np.abs(y), 0.5)), np.log(gap))

    def log_density(self, law, name):
        """log p as a function of t; beyond 1e30 quartile distances by p's own power, in logarithms."""
        tails = {side: self._power_law(law, side, name) for side in (-1.0, 1.0)}

        def log_density(t):
            sign, stretch = self._stretch(t)
            values = law.log_pdf(np.clip(self.x(t), *self.inner))
            for side, tail in tails.items():
                reach = np.log(FAR if tail is None else _PLACES[0])
                far = (sign == side) & (stretch > reach)
                values[far] = -np.inf if tail is None else tail[0] - tail[1] * (stretch[far] - reach)
            return values

        return log_density

    def _power_law(self, law, side, name):
        """log p at 1e30 quartile distances and the power with which it falls from there; None where it falls faster."""
        if np.isfinite(law.support()[int(side > 0)]):
            return None
        first, second, third = law.log_pdf(self.anchor + side * self.scale * _PLACES)
        if third < -700:
            return None
        power, before = (second - third) / np.log(1e30), (first - second) / np.log(1e30)
        if power > before + 1e-6:  # such as a lognormal law: nothing counts beyond the reach of floats
            return None
        if power < before - 1e-6:
            raise ValueError(f"{name} must have tails that fall as a power of x, or faster than any, got {law!r}, "
                             f"which far out falls with powers {before:.6g} and {power:.6g}")
        return first, power
