"""Boxes from data: grids that grow, the price of a box by cross-validation, cuts moved to their best place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe.learning.axes import Axes, Compander, between
from zcmoe.learning.examples import Examples
from zcmoe.learning.grid import BINS, LARGEST, Growth, hull
from zcmoe.learning.left_out import filled, leave_one_out
from zcmoe.segmentation.boxes import row_major

_BOXES_AN_EXAMPLE = 16  # empty boxes included
_REFINED = 300  # cuts
_LUCK = 0.4  # of Tibshirani & Tibshirani's
_FEW = 0.04  # features an example
_LONG = 8  # cuts of an axis that may be divided once more


class Laid(NamedTuple):
    """Examples on their axes, as learned from `mass`: places of cuts and columns of each, codes (D, n), slopes."""

    places: list[np.ndarray]
    columns: list[np.ndarray]
    codes: np.ndarray
    slopes: np.ndarray | None
    y: np.ndarray
    mass: np.ndarray


class Bench:
    """Lays examples on their axes: the features' places are fixed, the linear index is fitted to a training mass.

    Parameters
    ----------
    index : bool
        Whether the axes have a linear index at their end.
    """

    def __init__(self, examples: Examples, index: bool):
        self.examples, self.index = examples, index
        self.features = [Compander(column, examples.mass, BINS) for column in examples.x.T]
        pairs = list(zip(self.features, examples.x.T, strict=True))
        self.codes = np.stack([feature.codes(column) for feature, column in pairs])
        self.level = np.stack([feature(column) for feature, column in pairs], axis=1)

    def lay(self, mass: np.ndarray) -> Laid:
        """The axes for this training mass."""
        places, columns, codes = [each.places for each in self.features], list(self.examples.x.T), self.codes
        slopes = self._slopes(mass) if self.index else None
        if slopes is not None:
            column = self.level @ slopes
            index = Compander(column, mass, BINS)
            places, columns = [*places, index.places], [*columns, column]
            codes = np.vstack([codes, index.codes(column)])
        return Laid(places, columns, codes, slopes, self.examples.y, mass)

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
    """Boxes of these examples, and the mean squared error to expect of them, in the units of `examples.y`.

    Grids grow on all examples and on all but a fold. What a cell must gain, its price, is the one with the least
    error on what was held out; so is the number of parts into which long axes are divided once more.

    Parameters
    ----------
    most : int, optional
        The largest number of boxes.
    held : ndarray, shape (folds, n)
        The mass that each fold holds out.
    """
    n, d = examples.x.shape
    limit = min(LARGEST, most or max(64, _BOXES_AN_EXAMPLE * n))
    # An index fitted to few examples for its slopes must show that it is worth it.
    tried = [_grown(Bench(examples, index), held, limit) for index in (True, False)
             if limit > 1 and index or not index and (limit == 1 or d > _FEW * n)]
    return min(tried, key=lambda grown: grown[0])[1:]


def _grown(bench, held, limit):
    """The held-out error, the axes, and the error to expect."""
    mass = bench.examples.mass
    whole, rests = bench.lay(mass), [bench.lay(mass - out) for out in held]
    full, prices = _path(whole, limit)
    tried = np.r_[np.inf, np.sqrt(prices[1:] * np.r_[prices[2:], prices[-1:] / 4])]
    errors, grids = [], []
    for out, laid in zip(held, rests, strict=True):
        path, own = _path(laid, limit)
        chosen = [int(np.sum(own >= price)) - 1 for price in tried]
        found = {i: _held_out(laid, path[i].on, out) for i in sorted(set(chosen))}
        errors.append([found[i] for i in chosen])
        grids.append([path[i].on for i in chosen])
    best = int(np.argmin(np.sum(errors, axis=0)))
    cuts = moved(whole, full[best].on)
    inner = [moved(laid, grid[best]) for laid, grid in zip(rests, grids, strict=True)]
    folds, parts = _divided(rests, inner, held, cuts, limit)
    cuts = divided(whole, cuts, parts)
    left_out = means_by_part(parts_of(cuts, whole.columns), whole.y, whole.mass)[1]
    slopes = whole.slopes
    if slopes is not None and not len(cuts[-1]):
        cuts, slopes = cuts[:-1], None
    axes = Axes(cuts, None if slopes is None else bench.features, slopes)
    return sum(fold[0] for fold in folds), axes, expected(left_out, folds, held, luck(errors, best))


def _path(laid, limit):
    return hull(Growth(laid.codes, laid.y, laid.mass, limit).grow())


def _held_out(laid, on, out):
    """Squared error on the mass `out` of the means learned from the rest; cuts at the places."""
    parts = [np.cumsum(np.r_[0, row])[code] for row, code in zip(on, laid.codes, strict=True) if row.any()]
    return out @ np.sum((laid.y - means_by_part(parts, laid.y, laid.mass)[0]) ** 2, axis=1)


def _judged(laid, cuts, out):
    """The same for any cuts, and the leave-one-out error of what was learned."""
    fitted, left_out = means_by_part(parts_of(cuts, laid.columns), laid.y, laid.mass)
    return out @ np.sum((laid.y - fitted) ** 2, axis=1), left_out


def _divided(rests, inner, held, cuts, limit):
    """Into how many parts to divide long axes, and the errors (held-out, left-out) of each fold then."""
    best = None
    for parts in (1, 2, 3, 4, 6, 8):
        boxes = np.prod([len(cut) * (parts if len(cut) >= _LONG else 1) + 1.0 for cut in cuts])
        if best is not None and boxes > limit:
            break
        folds = [_judged(laid, divided(laid, cut, parts), out)
                 for laid, cut, out in zip(rests, inner, held, strict=True)]
        error = sum(fold[0] for fold in folds)
        if best is not None and error >= best[0]:
            break
        best = error, folds, parts
        if max(map(len, cuts)) < _LONG:
            break
    return best[1:]


def divided(laid: Laid, cuts: list[np.ndarray], parts: int) -> list[np.ndarray]:
    """Cuts of long axes with each interval between them divided into equal parts."""
    if parts == 1:
        return cuts
    share = np.arange(parts) / parts
    return [cut if len(cut) < _LONG else np.unique(
        (edges[:-1, None] * (1 - share) + edges[1:, None] * share).ravel())[1:]
        for cut, column in zip(cuts, laid.columns, strict=True) for edges in [np.r_[column.min(), cut, column.max()]]]


def luck(errors: ArrayLike, best: int) -> float:
    """By how much the least of several held-out errors, (folds, choices), is too low for being the least.

    In each fold another choice may be the best: what the chosen one loses there to the fold's own best is the luck
    of choosing by a fold. The whole has more examples and less luck, a part of that, as measured on simulated data.

    References
    ----------
    Tibshirani & Tibshirani, Ann. Appl. Stat. 3 (2009) 822-829, who take all of it.
    """
    errors = np.asarray(errors)
    return float(_LUCK * np.sum(errors[:, best] - errors.min(axis=1))) if len(errors) > 1 else 0.0


def expected(left_out: float, folds: list[tuple[float, float]], held: np.ndarray, luck: float) -> float:
    """The leave-one-out error, less its optimism: by how much the held-out error exceeds it in the folds.

    Leave-one-out does not count that regions were chosen on the same examples; what was held out does, but of
    fewer examples. The ratio of the two is taken from the folds.
    """
    errors, inside = np.sum(folds, axis=0)
    error = (errors + luck) / held.sum()
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


def moved(laid: Laid, on: np.ndarray) -> list[np.ndarray]:
    """The cuts that are on, each moved between the places beside it to where it lowers the squared error most."""
    cuts = [place[row[:len(place)]] for place, row in zip(laid.places, on, strict=True)]
    if not 0 < sum(map(len, cuts)) <= _REFINED:
        return cuts
    parts = [np.searchsorted(cut, column, side="right") for cut, column in zip(cuts, laid.columns, strict=True)]
    for axis, (column, place) in enumerate(zip(laid.columns, laid.places, strict=True)):
        if not len(cuts[axis]) or len(place) + 1 < BINS:  # all cuts between distinct values are places
            continue
        others = [part for other, part in enumerate(parts) if other != axis and len(cuts[other])]
        cell = row_major(others, [part.max() + 1 for part in others]) if others else np.zeros(len(column), np.intp)
        order = np.argsort(column, kind="stable")
        cuts[axis] = moved_along(column[order], place, cuts[axis], np.unique(cell, return_inverse=True)[1][order],
                                 laid.y[order], laid.mass[order])
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
