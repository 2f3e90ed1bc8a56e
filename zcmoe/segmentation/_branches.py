"""Where a function on [0, 1] takes given values: its monotone branches, and the crossings on each."""

import numpy as np

_POINTS = np.linspace(0, 1, 33)  # of a panel, at which turns are looked for
_ROUNDS = 8  # of the search for a turn, each ten times finer


class Branches:
    """The monotone branches of β between panels' edges.

    Attributes
    ----------
    beta : callable
    low, high : ndarray, shape (k,)
        Ends of each branch, in order, just inside those of the open cells of β, where it may jump or be infinite.
    start, stop : ndarray, shape (k,)
        β at the ends.

    Notes
    -----
    Turns are found where three of 33 values a panel show one: waves that the panels resolve are seen.
    """

    def __init__(self, beta, panels, breakpoints):
        self.beta = beta
        cells = np.r_[0.0, breakpoints, 1.0]
        inset = np.minimum(4 * np.spacing(np.maximum(panels[1:], 2.0**-40)), np.diff(panels) / 8)
        opens, closes = np.isin(panels[:-1], cells), np.isin(panels[1:], cells)
        left, right = panels[:-1] + inset * opens, panels[1:] - inset * closes
        x = left[:, None] + (right - left)[:, None] * _POINTS
        value = beta(x.ravel()).reshape(x.shape)
        ends = np.union1d(np.r_[left, right], self._turns(x, value))
        inner = ~np.isin(ends[1:], left[opens])  # no branch leads from one open cell to the next
        self.low, self.high = ends[:-1][inner], ends[1:][inner]
        value = beta(ends)
        self.start, self.stop = value[:-1][inner], value[1:][inner]

    def _turns(self, x, value):
        """Places of the extremes of β inside rows of increasing x."""
        step = np.sign(np.diff(value, axis=1))
        row, column = np.nonzero(step[:, :-1] != step[:, 1:])  # with the ends of flat pieces
        sign, low, high = step[row, column], x[row, column], x[row, column + 2]
        for _ in range(_ROUNDS):
            at = np.linspace(low, high, 21, axis=1)
            best = (sign[:, None] * self.beta(at.ravel()).reshape(at.shape)).argmax(axis=1)
            rows = np.arange(row.size)
            low, high = at[rows, np.maximum(best - 1, 0)], at[rows, np.minimum(best + 1, 20)]
        return (low + high) / 2

    def crossings(self, levels):
        """Increasing x at which β passes one of the increasing levels, and the number of the level of each.

        x is the first of its branch on the far side of the level, to the last bit.
        """
        least, most = np.minimum(self.start, self.stop), np.maximum(self.start, self.stop)
        first, last = np.searchsorted(levels, least, side="right"), np.searchsorted(levels, most, side="right")
        count = last - first
        branch = np.repeat(np.arange(count.size), count)
        level = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
        low, high, rising = self.low[branch], self.high[branch], (self.start < self.stop)[branch]
        for _ in range(70):
            middle = (low + high) / 2
            if np.all((middle == low) | (middle == high)):
                break
            beyond = (self.beta(middle) >= levels[level]) == rising
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
        order = np.argsort(high, kind="stable")
        return high[order], level[order]
