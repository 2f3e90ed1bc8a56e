"""Intervals from data: equal, quantiles, a companded density, the best runs; kind and m by cross-validation."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from zcmoe.learning.axes import compressed, mixture
from zcmoe.learning.boxes import expected, luck, moved_along
from zcmoe.learning.examples import Examples
from zcmoe.learning.left_out import leave_one_out
from zcmoe.learning.plugin import difference_variance, estimated_level
from zcmoe.segmentation import Intervals

KINDS = ("uniform", "quantile", "density", "optimal")
_BINS, _RUNS = 192, 64  # places and runs of the dynamic programme
_WORSE = 3  # numbers of regions in a row that are clearly worse end the search


class Line:
    """Examples in order on one axis, and their cuts of every kind. x (n,) in order, y (n, k), mass (n,) > 0."""

    def __init__(self, x: np.ndarray, y: np.ndarray, mass: np.ndarray, bandwidth: float | None = None):
        self.x, self.y, self.mass = x, y, mass
        self.value, self.middle, self.level = mixture(x, mass)
        first = np.searchsorted(x, self.value)
        self.below = np.cumsum(np.add.reduceat(mass, first))[:-1] / mass.sum()
        self._bandwidth = bandwidth
        self._expander: tuple[np.ndarray, np.ndarray] | None = None
        self._runs: list[np.ndarray] | None = None

    @property
    def estimate(self):
        """λ̂ on the companded axis."""
        if self.value.size < 3:
            return None
        share = compressed(self.x, np.r_[self.value[0], self.middle, self.value[-1]], np.r_[0, self.level, 1])
        return estimated_level(share, self.y, self.mass, bandwidth=self._bandwidth)

    def cuts(self, kind: str, m: int) -> np.ndarray:
        """m - 1 cuts between distinct values; fewer where several equal cuts lie between the same two."""
        share = np.arange(1, m) / m
        if kind == "optimal":
            return self.runs()[min(m, len(self.runs())) - 1]
        if kind == "quantile":
            return self._nearest(self.below, share)
        if kind == "density":
            return self._nearest(self.level, self.expanded(share))
        edges = self.value[0] * (1 - share) + self.value[-1] * share
        place = np.unique(np.searchsorted(self.value[1:-1], edges, side="right"))
        return self.middle[place] if self.middle.size else self.middle

    def expanded(self, share: np.ndarray) -> np.ndarray:
        """The levels at which λ̂ has these shares of its mass."""
        if self._expander is None:
            estimate = self.estimate
            level = np.ones(1) if estimate is None else estimate.level
            self._expander = np.r_[0, np.cumsum(level)] / level.sum(), np.linspace(0, 1, level.size + 1)
        return np.interp(share, *self._expander)

    def _nearest(self, level, share):
        """The cuts whose levels are nearest to the shares, no cut twice."""
        size, order = level.size, np.arange(share.size)
        if share.size >= size:
            return self.middle
        at = np.clip(np.searchsorted(level, share), 1, size - 1)
        at = at - (share - level[at - 1] < level[at] - share)
        at = np.maximum.accumulate(at - order) + order
        return self.middle[np.minimum(at, size - share.size + order)]

    def runs(self) -> list[np.ndarray]:
        """Cuts of the best divisions into 1, 2, … runs, between some of the places."""
        if self._runs is None:
            at = np.searchsorted(self.level, np.arange(1, _BINS) / _BINS)
            place = self.middle[np.unique(np.minimum(at, self.level.size - 1))] if self.level.size > _BINS else (
                self.middle)
            start = np.r_[0, np.searchsorted(self.x, place)]
            mass = np.add.reduceat(self.mass, start)
            total = np.add.reduceat(self.mass[:, None] * self.y, start)
            self._runs = [place[inner - 1] for inner in best_runs(mass, total, _RUNS)]
        return self._runs


class _BetweenExamples:
    """The error between examples, from the error at those left out, where every interval holds a single x.

    What is left out lies a whole gap from its neighbour, a fresh x within half a gap. On random inputs, whose gaps are
    uneven, the mean squares agree; on a grid they are as 12 to 1. Noise, which is in both constants, stays.
    """

    def __init__(self, line: Line):
        self.single = line.value.size if line.mass.max() < 2 and line.value.size > 3 else np.inf
        if self.single == np.inf:
            return
        gap = np.diff(compressed(line.value, line.value[[0, -1]], np.array([0.0, 1.0])))
        k = min(20, gap.size - 1) // 2 * 2 or 1  # other gaps nearby say how dense the inputs are
        near = np.lib.stride_tricks.sliding_window_view(gap, k + 1).sum(axis=1)
        others = (near[np.clip(np.arange(gap.size) - k // 2, 0, near.size - 1)] - gap) / k
        uneven = min(1.0, gap.std() / gap.mean())
        others *= 1 + uneven / max(1, k - 1)  # the mean of the inverse of k uneven gaps
        fresh = np.mean(gap**3 / np.maximum(others, 1e-300)) / 12
        fresh += 4 * uneven * gap.mean() ** 2 / gap.size  # beyond the ends, where inputs are random
        left_out = np.mean(np.minimum(np.r_[gap[0], gap], np.r_[gap, gap[-1]]) ** 2)
        self.ratio = float(min(2.0, fresh / left_out))
        self.noise = 2 * sum(difference_variance(line.x, column, weight=line.mass) for column in line.y.T)

    def __call__(self, error: float, m: int) -> float:
        """The error of m intervals between examples."""
        if m < self.single or error <= self.noise:
            return error
        return self.noise + (error - self.noise) * self.ratio


def best_runs(mass: np.ndarray, total: np.ndarray, most: int) -> list[np.ndarray]:
    """Where the 2nd, 3rd, … run starts in the best division into 1, 2, …, `most` runs of bins.

    Parameters
    ----------
    mass : ndarray, shape (n,)
    total : ndarray, shape (n, k)
        Sums of y in each bin. The squares of y are the same for all divisions.
    """
    n = len(mass)
    weight, sums = np.r_[0, np.cumsum(mass)], np.vstack([np.zeros(total.shape[1]), np.cumsum(total, axis=0)])
    spread = np.sum((sums[None] - sums[:, None]) ** 2, axis=2)
    width = weight[None] - weight[:, None]
    explained = np.where(width > 0, spread / np.where(width > 0, width, 1), -np.inf)  # by the run from i to j
    best, came, divisions = explained[0], [], [np.array([], dtype=np.intp)]
    columns = np.arange(n + 1)
    for _ in range(min(most, n) - 1):
        gain = best[:, None] + explained
        came.append(gain.argmax(axis=0))
        best = gain[came[-1], columns]
        inner, j = [], n
        for back in reversed(came):
            j = back[j]
            inner.append(j)
        divisions.append(np.array(inner[::-1], dtype=np.intp))
    return divisions


def candidates(line: Line, most: int | None) -> list[int]:
    """Numbers of regions to try: m̂ for these examples, powers of the root of 2, and as many as distinct x."""
    n = line.value.size
    if most is not None:
        return [min(most, n)]
    numbers = {round(2 ** (j / 2)) for j in range(2 * int(np.log2(n)) + 1)} | {n}
    estimate = line.estimate
    if estimate is not None:
        noise = sum(difference_variance(line.x, column, weight=line.mass) for column in line.y.T)
        if noise > 0:
            numbers.add(round(min(n, max(1, np.cbrt(2 * estimate.coefficient * line.mass.sum() / noise)))))
    return sorted(numbers)


def intervals_from_data(examples: Examples, most: int | None, kinds: Iterable[str], held: np.ndarray,
                        growth: float = 1.0) -> tuple[Intervals, float]:
    """Intervals on the range of x of the best of these kinds, and the mean squared error to expect of them.

    Parameters
    ----------
    examples : Examples
        Of one feature.
    most : int, optional
        The number of intervals; when None the one with the least error on held-out data.
    kinds : iterable of str
        Of KINDS.
    held : ndarray, shape (folds, n)
    growth : float
        How many times as many examples there will be in all; the number of intervals grows with its third root.
    """
    order = np.argsort(examples.x[:, 0], kind="stable")
    x, y, mass, held = examples.x[order, 0], examples.y[order], examples.mass[order], held[:, order]
    line = Line(x, y, mass)
    if line.value.size == 1:
        margin = max(1.0, abs(x[0])) / 2
        return Intervals([x[0] - margin, x[0] + margin]), np.nan
    estimate = line.estimate
    bandwidth = None if estimate is None else estimate.bandwidth
    parts = [(Line(x[rest > 0], y[rest > 0], rest[rest > 0], bandwidth), x[out > 0], y[out > 0], out[out > 0])
             for out in held for rest in [mass - out]]
    numbers = candidates(line, most)
    tried = [(m, kind, errors) for kind in kinds for m, errors in _errors(parts, kind, numbers)]
    adjusted = _BetweenExamples(line)
    best = min(range(len(tried)), key=lambda i: (adjusted(np.sum(tried[i][2]) / held.sum(), tried[i][0]), tried[i][0]))
    m, kind, _ = tried[best]
    folds = [_judged(part, kind, m, move=kind == "optimal") for part in parts]
    cuts = _cuts(line, kind, m)
    chance = luck(np.transpose([errors for _, _, errors in tried]), best) if m < adjusted.single else 0.0
    error = adjusted(expected(_means(line, cuts)[1], folds, held, chance), len(cuts) + 1)
    if growth != 1 and most is None:
        cuts = _cuts(line, kind, round(m * np.cbrt(growth)))
    if most is not None and kind == "uniform":  # as many as asked for, whether they hold examples or not
        return Intervals(_equal(x[0], x[-1], most)), error
    return Intervals(np.r_[x[0], cuts, x[-1]]), error


def _errors(parts, kind, numbers):
    """(m, held-out squared error of each fold) for m of `numbers`, until m is clearly too large."""
    best, worse = np.inf, 0
    for m in numbers:
        errors = [_judged(part, kind, m)[0] for part in parts]
        error = sum(errors)
        yield m, errors
        worse = worse + 1 if error > 1.1 * best else 0
        best = min(best, error)
        if worse >= _WORSE or (kind == "optimal" and m >= _RUNS):
            return


def _equal(low, high, m):
    share = np.arange(m + 1) / m
    edges = low * (1 - share) + high * share
    edges[[0, -1]] = low, high
    return np.unique(edges)


def _cuts(line, kind, m):
    """Cuts of a kind; those of the best runs moved from the places of the programme to the best ones nearby."""
    cuts = line.cuts(kind, m)
    if kind != "optimal" or not len(cuts):
        return cuts
    place = np.union1d(line.middle[::1 + line.middle.size // _BINS], cuts)
    return moved_along(line.x, place, cuts, np.zeros(line.x.size, dtype=np.intp), line.y, line.mass)


def _means(line, cuts):
    """The mean of y in each interval, and their leave-one-out error."""
    start = np.unique(np.r_[0, np.searchsorted(line.x, cuts)])
    weight = np.add.reduceat(line.mass, start)
    mean = np.add.reduceat(line.mass[:, None] * line.y, start) / weight[:, None]
    centre = np.add.reduceat(line.mass / weight.sum() * line.x, start) / weight * weight.sum()
    part = np.repeat(np.arange(start.size), np.diff(np.r_[start, line.x.size]))
    square = np.add.reduceat(line.mass * np.sum((line.y - mean[part]) ** 2, axis=1), start)
    return mean, leave_one_out(weight, mean, square, centre[:, None])


def _judged(part, kind, m, move=False):
    """Squared error on what a fold holds out, and in the rest by leave-one-out when cuts are moved or counted."""
    line, x, y, out = part
    cuts = _cuts(line, kind, m) if move else line.cuts(kind, m)
    mean, left_out = _means(line, cuts)
    return out @ np.sum((y - mean[np.searchsorted(cuts, x, side="right")]) ** 2, axis=1), left_out
