"""A function on [0, 1] that is only known by its values: where it jumps, the panels that resolve it, its slope."""

import numpy as np

from zcmoe._arrays import cell_of, ratio
from zcmoe._quadrature import adaptive_panels, panel_rule

_SHARE = 300  # steps of the differences in a panel, which may have six half turns of β
_BLUR = 1e4  # times its rounding β should change in a step
_FLOATS = 2.0**9  # a panel with no more floats than that is not halved
_LEAST = 2.0**-200  # where floats are dense, as near 0, these are the shortest steps
_WRONG = 8192  # panels at a time, at most, whose slopes do not fit
_CLOSE = 5e-6  # share of ∫|β'| by which ∫β' may miss Δβ on a panel; differences of resolved panels miss less
_FOURTH = np.array([1, -4, 6, -4, 1]) / 8  # differences of neighbours: 0 for a cubic, about the rounding of it
_GIVEN = 1e-5  # the same for a given derivative, which has no noise of differences


class Curve:
    """β on `support`, a part of [0, 1], with jumps at `breakpoints` and wherever else its values show one.

    Panels are halved until Gauss–Legendre integrates β on each and ∫β' is Δβ on each; where neither comes to hold,
    bisection between neighbouring floats tells a jump from a steep place.

    Attributes
    ----------
    breakpoints : ndarray
        The given ones and the jumps found.
    panels : ndarray, shape (k + 1,)
        Edges, from 0 to 1.

    lost : float or None
        A place where panels cannot follow β: it has thousands of jumps there, or oscillates without end.
    """

    def __init__(self, beta, breakpoints=(), support=(0.0, 1.0)):
        self.beta, self.support, self.lost = beta, support, None
        self.breakpoints = np.asarray(breakpoints, dtype=float)
        values = self._scales()
        centre, spread = np.median(values), max(self.range, 1e3 * self.noise) or 1.0

        def bounded(x):  # 0 outside the support; β may be infinite at ends
            shifted, inside = np.zeros_like(x), (support[0] < x) & (x < support[1])
            shifted[inside] = beta(x[inside]) - centre
            return np.stack([np.ones_like(x), shifted / np.hypot(spread, shifted)])

        def panels():
            seams = np.union1d(self.breakpoints, [end for end in support if 0 < end < 1])
            return adaptive_panels(bounded, seams, accept=np.inf, noise=self.noise / spread)[0]

        self.panels = panels()
        while self._find_jumps() and self.lost is None:
            self.panels = panels()  # with a jump at an edge they need not crowd around it

    def slope(self, x):
        """β' at x by a five-point difference inside the panel of x, shape (n,)."""
        if self.lost is not None:
            raise ValueError(f"beta has no slope that differences can tell near x = {self.lost:.9g}, where it jumps or "
                             "turns too often: give gradient")
        ends = np.r_[0.0, self.breakpoints, 1.0]
        cell, panel = cell_of(ends, x), cell_of(self.panels, x)
        low, high = self.panels[panel], self.panels[panel + 1]
        gap = np.minimum(x - ends[cell], ends[cell + 1] - x)
        # Steps shrink towards an end, where β may be infinite; at an end itself the stencil moves inside.
        width = high - low
        step = self._step(width)
        shrunk = np.minimum(step, np.where(gap > 0, gap, width) / 50)
        slope, noise, rough = self._difference(x, low, high, shrunk)
        # Where β is finite at the end a shrunken step would show nothing but its rounding.
        blurred = (shrunk < step) & (np.abs(slope) * shrunk < _BLUR * noise)
        if blurred.any():  # β is never asked about no x at all
            slope[blurred], noise[blurred], rough[blurred] = self._difference(
                x[blurred], low[blurred], high[blurred], step[blurred])
        change = np.abs(slope) * np.where(blurred, step, shrunk)
        rough[rough > 4 * self.rounding(x)] = 0.0  # of β itself, beside a cusp
        slope[change < 4 * np.maximum(noise, rough)] = 0.0  # it cannot be told from that
        return slope

    def rounding(self, x):
        """What rounding leaves unknown of β where it is a difference of the largest values around x."""
        return self._blocks[cell_of(np.linspace(*self.support, self._blocks.size + 1), x)]

    def _difference(self, x, low, high, step):
        """Slopes, and what rounding leaves unknown of β there: by its size, and by fourth differences of its values.

        Where β tends to 0 the first may be less than elsewhere; where it does so as a difference, the second is not.
        """
        known = []

        def values(at):
            value = self.beta(at.ravel()).reshape(at.shape)
            known.extend((self._unknown(np.abs(value).max(axis=1)), np.abs(value @ _FOURTH)))
            return value

        return difference(values, x, low, high, step), *known

    def _unknown(self, size):
        """What rounding leaves unknown of values of this size."""
        return np.maximum(self._rough, self._resolution * size)

    def blur(self, left, right):
        """What rounding of β leaves unknown of its slopes on each panel [left, right], relative to the largest.

        At a point beside a breakpoint, of the slope that steps shorter than the distance to that would show.
        """
        at = left[:, None] + (right - left)[:, None] * [0.05, 0.35, 0.65, 0.95]
        steepest = np.abs(self.slope(at.ravel())).reshape(at.shape).max(axis=1)
        panel = cell_of(self.panels, (left + right) / 2)
        ends = np.r_[0.0, self.breakpoints, 1.0]
        cell = cell_of(ends, (left + right) / 2)
        room = np.minimum(right - ends[cell], ends[cell + 1] - left)
        change = steepest * np.minimum(self._step(self.panels[panel + 1] - self.panels[panel]), room / 5)
        noise = 8 * self._unknown(np.abs(self.beta(at.ravel())).reshape(at.shape).max(axis=1))
        return ratio(noise, np.maximum(change, noise))

    def _step(self, width):
        return width * max(1 / _SHARE, self._coarse)

    def mismatch(self, slope, left, right, share):
        """Where ∫β' is not Δβ: a mask of the panels, the two values on each, shape (k,).

        The ends of cells stay out, since β may be infinite there.
        """
        ends = np.r_[0.0, self.breakpoints, 1.0, self.support]
        inset = np.maximum(2.0**-20 * (right - left), 4 * np.spacing(right))
        low = np.where(np.isin(left, ends), left + inset, left)
        high = np.where(np.isin(right, ends), right - inset, right)
        nodes, weights = panel_rule(np.stack([low, high], axis=1))
        values = slope(nodes.ravel()).reshape(nodes.shape)
        top = self.beta(high)
        change = top - self.beta(low)
        total, size = np.sum(weights * values, axis=1), np.sum(weights * np.abs(values), axis=1)
        # Where β is larger than nearly everywhere, so is its rounding, even near its zeros.
        unknown = np.maximum(self.rounding((left + right) / 2), self._resolution * np.abs(top))
        return np.abs(total - change) > share * np.maximum(size, np.abs(change)) + 16 * unknown, total, change

    def check(self, gradient):
        """Raise ValueError where a given derivative does not integrate to differences of β."""
        left, right = self._visited(self.panels)
        floor = 1e-9 * self.range
        for _ in range(40):
            long = ~_short(left, right, 2.0**14)  # of shorter ones, around a cusp, a node might round to it
            if not long.any():
                return
            left, right = left[long], right[long]
            wrong, total, change = self.mismatch(gradient, left, right, _GIVEN)
            if np.abs(total - change)[wrong].sum() <= floor:  # together: halving takes nothing from a wrong slope
                return
            if wrong.sum() > max(left.size / 2, 32):
                break
            left, right = _halves(left[wrong], right[wrong])
        i = np.argmax(np.where(wrong, np.abs(total - change), 0))
        raise ValueError(f"gradient must be the derivative of beta: between {left[i]:.9g} and {right[i]:.9g} it "
                         f"integrates to {total[i]:.6g}, beta grows by {change[i]:.6g}")

    def _find_jumps(self):
        """Halve panels where slopes do not integrate to differences of β; what is left is a jump or a cusp.

        Add the jumps to the breakpoints and return their number.
        """
        left, right = self._visited(self.panels)
        places = []
        while left.size:
            wrong = self.mismatch(self.slope, left, right, _CLOSE)[0]
            end = wrong & _short(left, right)
            places += zip(left[end], right[end], strict=True)
            wrong &= ~end
            if wrong.sum() > _WRONG:
                self.lost = float(left[wrong][0])
                break
            self.panels = np.union1d(self.panels, (left[wrong] + right[wrong]) / 2)
            left, right = _halves(left[wrong], right[wrong])
        inner = self._visited(self.panels)[0][1:]  # a jump at a panel's edge is in no panel
        reach = _FLOATS * np.spacing(inner)
        low, high = np.array([*places, *np.stack([inner - reach, inner + reach], axis=1)]).reshape(-1, 2).T
        jumps = self._jumps(low, high)
        new = [x for x in jumps if np.abs(self.breakpoints - x).min(initial=1) > 4 * np.spacing(x)]
        self.breakpoints = np.union1d(self.breakpoints, new)
        return len(new)

    def _jumps(self, low, high):
        """The right one of two neighbouring floats between which β jumps, where it does so in [low, high]."""
        keep = (low > self.support[0]) & (high < self.support[1]) & ~self._declared(low, high)
        low, high = low[keep], high[keep]
        whole = self.beta(high) - self.beta(low)
        for _ in range(12):
            middle = (low + high) / 2
            middle = np.where((low < middle) & (middle < high), middle, low)
            value = self.beta(middle)
            first = np.abs(value - self.beta(low)) >= np.abs(self.beta(high) - value)
            split = (middle > low) & (middle < high)
            low, high = np.where(split & ~first, middle, low), np.where(split & first, middle, high)
        step = np.abs(self.beta(high) - self.beta(low))
        # Half the way where β has a value of its own at the jump, such as the 0 of sign(x - 0.3).
        found = np.unique(high[(step > 0.4 * np.abs(whole)) & (step > 1e-10 * self.range + 64 * self.noise)])
        return found[np.diff(found, prepend=-1.0) > 4 * np.spacing(found)]

    def _declared(self, low, high):
        """Whether a breakpoint lies in [low, high]."""
        first = np.searchsorted(self.breakpoints, low, side="left")
        return first < np.searchsorted(self.breakpoints, high, side="right")

    def _scales(self):
        """Values of β at the nodes of equal panels; sets their range, and what rounding leaves unknown of them."""
        grid = np.linspace(*self.support, 65)
        values = self.beta(panel_rule(grid)[0].ravel())
        # Not that of an infinite end.
        self.range = float(np.ptp(np.quantile(values, [0.1, 0.9]))) or float(np.ptp(values))
        self._resolution = getattr(self.beta, "resolution", 2.3e-16)
        rounding = self._resolution * float(np.quantile(np.abs(values), 0.9))
        # Fourth differences of neighbours show what is not smooth: float32 inside, the tolerance of a solver.
        middle = (grid[:-1] + grid[1:])[:, None] / 2 + 1e-8 * np.arange(-2, 3)
        rough = self.beta(middle.ravel()).reshape(middle.shape) @ _FOURTH
        found = float(np.quantile(np.abs(rough), 0.75))
        self.noise = max(rounding, found) if found < 1e-6 * self.range else rounding  # else it oscillates
        blocks = np.pad(np.abs(values).reshape(64, -1).max(axis=1), 8, mode="edge")  # and their neighbours
        around = np.lib.stride_tricks.sliding_window_view(blocks, 17).max(axis=1)
        self._blocks = np.maximum(self.noise, self._resolution * around)
        self._rough = self.noise if self.noise > 8 * rounding else 0.0  # such as the tolerance of a solver
        self._coarse = 0.57 * (self.noise / self.range) ** 0.2 if self.noise > 1e-10 * self.range > 0 else 0.0
        return values

    def _visited(self, panels):
        """The panels inside the support: left and right ends."""
        left, right = panels[:-1], panels[1:]
        inside = (left >= self.support[0]) & (right <= self.support[1])
        return left[inside], right[inside]


def difference(values, x, low, high, step):
    """Slope at x by five values about `step` apart that stay between `low` and `high`; `values` takes points (n, 5).

    The quartic goes through the floats at which the values were taken: where β is steep, their rounding counts.
    """
    step = np.maximum(step, 4 * np.spacing(np.abs(x)))
    centre = np.clip(x, low + 2.5 * step, high - 2.5 * step)[:, None]
    at = centre + step[:, None] * np.arange(-2.0, 3)
    offset = (at - centre) / step[:, None]
    power = values(at)
    power = power - power[:, 2:3]  # the slope of a constant is exactly 0
    for k in range(1, 5):  # Newton's divided differences
        power[:, k:] = np.diff(power[:, k - 1:]) / (offset[:, k:] - offset[:, :-k])
    value, slope, t = power[:, 4], 0.0, (x - centre[:, 0]) / step
    for k in range(3, -1, -1):
        slope = slope * (t - offset[:, k]) + value
        value = value * (t - offset[:, k]) + power[:, k]
    return slope / step


def _short(left, right, floats=_FLOATS):
    return right - left <= floats * np.maximum(np.spacing(right), _LEAST)


def _halves(left, right):
    middle = (left + right) / 2
    return np.r_[left, middle], np.r_[middle, right]
