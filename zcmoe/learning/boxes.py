"""Boxes from data: grids that grow, the price of a box by cross-validation, cuts moved to their best place."""

from __future__ import annotations

import numpy as np

from zcmoe.learning.axes import Axes, Compander, between, index_of
from zcmoe.learning.examples import Examples
from zcmoe.learning.grid import BINS, Growth, hull
from zcmoe.learning.left_out import filled, leave_one_out
from zcmoe.segmentation.boxes import row_major

_BOXES_AN_EXAMPLE = 64  # empty boxes included
_REFINED = 300  # cuts


class Bench:
    """Examples on their axes: the features' places are fixed, the linear index is fitted to each training mass.

    Parameters
    ----------
    examples : Examples
    index : bool
        Whether the axes have a linear index at their end.
    """

    def __init__(self, examples: Examples, index: bool):
        self.examples, self.index = examples, index
        self.features = [Compander(column, examples.mass, BINS) for column in examples.x.T]
        self.codes = np.stack([feature.codes(column) for feature, column in
                               zip(self.features, examples.x.T, strict=True)])
        self.level = np.stack([feature(column) for feature, column in
                               zip(self.features, examples.x.T, strict=True)], axis=1)

    def axes(self, mass: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray, np.ndarray | None]:
        """The places of the cuts and the columns of each axis, the codes (D, n), the slopes of the index."""
        places, columns = [each.places for each in self.features], list(self.examples.x.T)
        slopes = self._slopes(mass) if self.index else None
        if slopes is None:
            return places, columns, self.codes, None
        column = index_of(self.examples.x, self.features, slopes)
        index = Compander(column, mass, BINS)
        return [*places, index.places], [*columns, column], np.vstack([self.codes, index.codes(column)]), slopes

    def _slopes(self, mass):
        """The direction of the linear fit to y on the levels, with a little ridge; the leading one of several y."""
        y, total = self.examples.y, mass.sum()
        level = self.level - mass @ self.level / total
        spread = (level * mass[:, None]).T @ level
        spread += np.eye(len(spread)) * (spread.trace() / len(spread) * 1e-3 + 1e-12 * total)
        slopes = np.linalg.solve(spread, (level * mass[:, None]).T @ (y - mass @ y / total))
        slopes = slopes[:, 0] if slopes.shape[1] == 1 else np.linalg.svd(slopes)[0][:, 0] * np.any(slopes)
        return slopes if np.count_nonzero(slopes) > 1 else None


def boxes_from_data(examples: Examples, most: int | None, held: np.ndarray) -> tuple[Axes, float]:
    """Boxes of these examples, and their cross-validated mean squared error in the units of `examples.y`.

    Grids grow on all examples and on all but a fold. What a cell must gain, its price, is the one with the least
    error on what was held out.

    Parameters
    ----------
    examples : Examples
    most : int, optional
        The largest number of boxes.
    held : ndarray, shape (folds, n)
        The mass that each fold holds out.
    """
    n = len(examples.y)
    limit = most or max(64, _BOXES_AN_EXAMPLE * n)
    bench = Bench(examples, examples.x.shape[1] > 1 and most is None or (most or 0) > 1)
    full, prices = _path(bench, examples.mass, limit)
    tried = np.r_[np.inf, np.sqrt(prices[1:] * np.r_[prices[2:], prices[-1:] / 4])]
    paths = [_path(bench, examples.mass - out, limit) for out in held]
    errors = np.zeros(len(tried))
    for out, (path, own) in zip(held, paths, strict=True):
        chosen = [int(np.sum(own >= price)) - 1 for price in tried]
        found = {i: _held_out(bench, path[i].on, examples.mass - out, out) for i in sorted(set(chosen))}
        errors += [found[i] for i in chosen]
    best = int(np.argmin(errors))
    axes, parts = _axes(bench, full[best].on, examples.mass)
    folds = [_judged(bench, path[int(np.sum(own >= tried[best])) - 1].on, examples.mass - out, out)
             for out, (path, own) in zip(held, paths, strict=True)]
    return axes, expected(means_by_part(parts, examples.y, examples.mass)[1], folds, held)


def _path(bench, mass, limit):
    codes = bench.axes(mass)[2]
    return hull(Growth(codes, bench.examples.y, mass, limit).grow())


def _axes(bench, on, mass):
    """The axes with cuts at these places, each moved to the best place nearby; the index only where it is cut."""
    places, columns, _, slopes = bench.axes(mass)
    cuts = moved(columns, places, on, bench.examples.y, mass)
    parts = parts_of(cuts, columns)
    if slopes is not None and not len(cuts[-1]):
        cuts, slopes = cuts[:-1], None
    return Axes(cuts, None if slopes is None else bench.features, slopes), parts


def _held_out(bench, on, mass, out):
    """Squared error on the mass `out` of the means learned from `mass`; cuts at the places."""
    codes = bench.axes(mass)[2]
    parts = [np.cumsum(np.r_[0, row])[code] for row, code in zip(on, codes, strict=True) if row.any()]
    fitted = means_by_part(parts, bench.examples.y, mass)[0]
    return out @ np.sum((bench.examples.y - fitted) ** 2, axis=1)


def _judged(bench, on, mass, out):
    """The same for cuts moved to their best places, and the leave-one-out error of what was learned."""
    places, columns, _, _ = bench.axes(mass)
    cuts = moved(columns, places, on, bench.examples.y, mass)
    fitted, left_out = means_by_part(parts_of(cuts, columns), bench.examples.y, mass)
    return out @ np.sum((bench.examples.y - fitted) ** 2, axis=1), left_out


def expected(left_out: float, folds: list[tuple[float, float]], held: np.ndarray) -> float:
    """The leave-one-out error, less its optimism: by how much the held-out error exceeds it in the folds.

    Leave-one-out does not count that regions were chosen on the same examples; what was held out does, but of
    fewer examples. The ratio of the two is taken from the folds.
    """
    errors, inside = np.sum(folds, axis=0)
    error = errors / held.sum()
    return float(left_out * error / (inside / len(folds)) if inside > 0 else error)


def parts_of(cuts: list[np.ndarray], columns: list[np.ndarray]) -> list[np.ndarray]:
    """The number of each example's box on each axis that has cuts."""
    return [np.searchsorted(cut, column, side="right") for cut, column in zip(cuts, columns, strict=True) if len(cut)]


def means_by_part(parts: list[np.ndarray], y: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, float]:
    """The mean of y, (n, k), in the box of each example, or in the nearest with mass; the leave-one-out error."""
    parts = parts or [np.zeros(len(y), dtype=np.intp)]
    _, first, cell = np.unique(row_major(parts, [part.max() + 1 for part in parts]), return_index=True,
                               return_inverse=True)
    weight = np.bincount(cell, mass)
    means = np.stack([np.bincount(cell, mass * column) for column in y.T], axis=1)
    means /= np.where(weight > 0, weight, 1)[:, None]
    square = np.bincount(cell, mass * np.sum((y - means[cell]) ** 2, axis=1))
    place = np.stack([part[first] for part in parts], axis=1).astype(float)
    left_out = leave_one_out(weight, means, square, place)
    return (filled(means, weight, place) if len(parts) > 1 else filled(means, weight, np.repeat(place, 2, 1)))[
        cell], left_out


def moved(columns: list[np.ndarray], places: list[np.ndarray], on: np.ndarray, y: np.ndarray,
          mass: np.ndarray) -> list[np.ndarray]:
    """The cuts that are on, each moved between the places beside it to where it lowers the squared error most."""
    cuts = [place[row[:len(place)]] for place, row in zip(places, on, strict=True)]
    if not 0 < sum(map(len, cuts)) <= _REFINED:
        return cuts
    parts = [np.searchsorted(cut, column, side="right") for cut, column in zip(cuts, columns, strict=True)]
    for axis, (column, place) in enumerate(zip(columns, places, strict=True)):
        if not len(cuts[axis]) or len(np.unique(column[:4 * BINS])) <= len(place) + 1 < BINS:
            continue
        others = [part for other, part in enumerate(parts) if other != axis and len(cuts[other])]
        cell = row_major(others, [part.max() + 1 for part in others]) if others else np.zeros(len(y), dtype=np.intp)
        order = np.argsort(column, kind="stable")
        cuts[axis] = moved_along(column[order], place, cuts[axis], np.unique(cell, return_inverse=True)[1][order],
                                  y[order], mass[order])
        parts[axis] = np.searchsorted(cuts[axis], column, side="right")
    return cuts


def moved_along(x, place, cuts, cell, y, mass):
    """One axis: each cut in turn, the others held; x in order."""
    cuts = cuts.copy()
    for i, cut in enumerate(cuts):
        at = int(np.searchsorted(place, cut))
        low, high = (cuts[i - 1] if i else -np.inf), (cuts[i + 1] if i + 1 < len(cuts) else np.inf)
        start, stop = np.searchsorted(x, [low, high])
        first, last = np.searchsorted(x, [max(low, place[at - 1] if at else -np.inf),
                                          min(high, place[at + 1] if at + 1 < len(place) else np.inf)])
        value = np.unique(x[first:last])
        fine = between(value[:-1], value[1:])
        fine = np.unique(np.r_[fine[::1 + len(fine) // BINS], cut])
        here, slab = cell[start:stop], slice(start, stop)
        here = np.unique(here, return_inverse=True)[1]
        bins = len(fine) + 1
        index, size = here * bins + np.searchsorted(fine, x[slab], side="right"), (here.max(initial=0) + 1) * bins
        weight = mass[slab]
        below = np.cumsum(np.bincount(index, weight, size).reshape(-1, bins), axis=1)
        above, gain = below[:, -1:] - below, 0.0
        for column in y[slab].T:
            left = np.cumsum(np.bincount(index, weight * column, size).reshape(-1, bins), axis=1)
            right = left[:, -1:] - left
            gain = gain + sum(np.divide(part**2, w, out=np.zeros_like(part), where=w > 1e-9).sum(axis=0)
                              for part, w in ((left, below), (right, above)))
        gain = gain[:-1]
        best = int(np.argmax(gain))
        if gain[best] > gain[np.searchsorted(fine, cut)] * (1 + 1e-12):
            cuts[i] = fine[best]
    return cuts
