"""Boxes on companded axes, grown from data: where the cuts of each axis go, and how many there are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zcmoe.segmentation.boxes import row_major

BINS = 32  # places on an axis between which cuts are looked for
LARGEST = 2**19  # boxes of a grid; entries of a table
_PATIENCE = 4  # steps without gain after which growing ends
_SURE = 12.0  # gain of a cell, in mean squared errors, that noise alone seldom has
_TINY = 1e-9  # less mass than this is rounding
_WAVES = np.cos(np.pi * np.arange(1, 5)[:, None] * (np.arange(BINS) + 0.5) / BINS)


class Grid(NamedTuple):
    """A grid on the way: which places have cuts, (d, BINS - 1); cells with examples; squared error in training."""

    on: np.ndarray
    cells: int
    error: float


class Growth:
    """Grids grown step by step, each from the one before by the cuts that gain most an added cell.

    A step cuts one axis, in every interval where the gain is nearly the best. Where no single cut is sure to gain,
    many cuts of an axis at once and cuts of two axes at once are tried: a plateau is crossed, not taken for the end.

    Parameters
    ----------
    codes : ndarray of int, shape (d, n)
        The bin of each example on each axis, 0, …, BINS - 1.
    y : ndarray, shape (n, k)
    mass : ndarray, shape (n,)
    most : int
        The largest number of boxes.
    """

    def __init__(self, codes: np.ndarray, y: np.ndarray, mass: np.ndarray, most: int):
        self.codes, self.y, self.mass, self.most = codes, y, mass, min(most, LARGEST)
        self.flat = codes + BINS * np.arange(len(codes))[:, None]
        self.on = np.zeros((len(codes), BINS - 1), dtype=bool)
        self.cell, self.cells, self.total = np.zeros(len(mass), dtype=np.intp), 1, mass.sum()
        self.crossed = False  # whether long moves were tried since the last sure one
        self._measure()

    def grow(self) -> list[Grid]:
        """The grids, from one box on, until a few steps in a row gained nothing by leave-one-out."""
        grids = [Grid(self.on.copy(), self.cells, self.error)]
        least, waited = self.left_out, 0
        while waited < _PATIENCE and self._step():
            self._measure()
            grids.append(Grid(self.on.copy(), self.cells, self.error))
            waited = 0 if self.left_out < 0.998 * least else waited + 1
            least = min(least, self.left_out)
        return grids

    def _measure(self):
        """Residuals, training error and leave-one-out error of this grid."""
        mass = np.bincount(self.cell, self.mass, self.cells)
        safe = np.where(mass > 0, mass, 1)
        means = [np.bincount(self.cell, self.mass * column, self.cells) / safe for column in self.y.T]
        residual = np.stack([column - mean[self.cell] for column, mean in zip(self.y.T, means, strict=True)])
        self.loaded = residual * self.mass
        inside = np.bincount(self.cell, np.sum(self.loaded * residual, axis=0), self.cells)
        self.error = inside.sum()
        several = mass >= 2
        alone = sum(mass[~several] @ mean[~several] ** 2 for mean in means)
        self.left_out = alone + np.sum(inside[several] * (mass[several] / (mass[several] - 1)) ** 2)

    def _step(self):
        """Take the best move; False when there is none."""
        unit = self.error / self.total
        if unit < 1e-24:
            return False
        rate, cuts = self._best_cuts()
        if rate < _SURE * unit and not self.crossed:
            self.crossed = True
            for other in (*self._ladders(), *self._pairs()):
                if other[0] > rate:
                    rate, cuts = other
        self.crossed &= rate < _SURE * unit
        if rate <= 1e-9 * unit:
            return False
        for axis, where in cuts:
            self.on[axis, where] = True
        index = row_major([np.cumsum(np.r_[0, on])[code] for on, code in zip(self.on, self.codes, strict=True)
                           if on.any()], [on.sum() + 1 for on in self.on if on.any()])
        seen, self.cell = _renumbered(index)
        self.cells = seen
        return True

    def _tables(self, axes):
        """Mass and sums of residuals by cell, axis and bin: (cells, axes, BINS) and (k, cells, axes, BINS)."""
        width = len(axes) * BINS
        index = (self.flat[axes] - BINS * axes[0] + self.cell * width).ravel()
        shape = (self.cells, len(axes), BINS)
        size = self.cells * width
        mass = np.bincount(index, np.tile(self.mass, len(axes)), size).reshape(shape)
        return mass, np.stack([np.bincount(index, np.tile(column, len(axes)), size).reshape(shape)
                               for column in self.loaded])

    def _chunks(self):
        d = len(self.codes)
        together = max(1, 2**18 // (self.cells * BINS), 2**16 // len(self.mass))
        return [np.arange(start, min(start + together, d)) for start in range(0, d, together)]

    def _best_cuts(self):
        """The axis with the best cut, and the best cut of each of its intervals that is nearly as good."""
        if self.cells * BINS > 8 * LARGEST:
            return 0.0, []
        rates = []
        for axes in self._chunks():
            mass, sums = self._tables(axes)
            below, left = np.cumsum(mass, axis=-1), np.cumsum(sums, axis=-1)[..., :-1]
            below, above = below[..., :-1], (below[..., -1:] - below)[..., :-1]
            cut = (below > _TINY) & (above > _TINY)
            split = np.where(cut, below * above / np.where(cut, below + above, 1), 1)
            # Residuals of a whole cell sum to 0, so that its squares fall by L²/l + L²/r.
            gain = np.sum(np.where(cut, (left**2).sum(axis=0) / split, 0), axis=0)
            rates.append(gain / np.maximum(cut.sum(axis=0), 1))
        rate = np.concatenate(rates)
        counts = self.on.sum(axis=1) + 1
        room = self.most / np.prod(counts / 1.0) * counts - counts
        rate[room < 1] = 0
        axis, _ = np.unravel_index(np.argmax(rate), rate.shape)
        slab = np.cumsum(np.r_[0, self.on[axis][:-1]])
        best = np.full(counts[axis], -1.0)
        np.maximum.at(best, slab, rate[axis])
        near = np.flatnonzero((rate[axis] == best[slab]) & (rate[axis] > 0.6 * rate[axis].max()))
        near = near[np.unique(slab[near], return_index=True)[1]]
        near = near[np.argsort(-rate[axis][near], kind="stable")][:int(max(1, min(room[axis], BINS)))]
        return float(rate[axis].max()), [(axis, near)]

    def _ladders(self):
        """Cuts of one axis at every place, every 2nd, 4th and 8th."""
        if self.cells * BINS > LARGEST:
            return
        for axis in range(len(self.codes)):
            mass, sums = (table[..., 0, :] for table in self._tables(np.array([axis])))
            for step in (1, 2, 4, 8):
                where = np.arange(step, BINS, step) - 1
                on = self.on[axis].copy()
                on[where] = True
                start = np.r_[0, np.flatnonzero(on) + 1]
                part, load = np.add.reduceat(mass, start, axis=-1), np.add.reduceat(sums, start, axis=-1)
                yield self._rate(part, load, {axis: on}), [(axis, where)]

    def _pairs(self):
        """Cuts of two axes at once: of pairs whose product of waves the residuals follow most."""
        d = len(self.codes)
        if d < 2 or d > 200:
            return
        rows = slice(None, None, 1 + len(self.mass) // 10_000)
        basis, mass = np.concatenate([_WAVES[:, code[rows]] for code in self.codes]), self.mass[rows]
        norm = (basis**2 * mass) @ (basis**2).T
        score = sum(((basis * column[rows]) @ basis.T) ** 2 for column in self.loaded) / np.maximum(norm, 1e-300)
        axis = np.repeat(np.arange(d), len(_WAVES))
        score[axis[:, None] >= axis] = -1
        for place in np.argsort(score, axis=None)[:-5:-1]:
            (i, a), (j, b) = (divmod(int(part), len(_WAVES)) for part in np.unravel_index(place, score.shape))
            for k in {(2, 2), (4, 4), (2 ** (a + 1).bit_length(), 2 ** (b + 1).bit_length())}:
                cuts = [(axis, np.arange(1, parts) * BINS // parts - 1) for axis, parts in zip((i, j), k, strict=True)]
                yield self._pair_rate(cuts), cuts

    def _pair_rate(self, cuts):
        on, index, size = {}, self.cell, self.cells
        for axis, where in cuts:
            on[axis] = self.on[axis].copy()
            on[axis][where] = True
            parts = int(on[axis].sum()) + 1
            index, size = index * parts + np.cumsum(np.r_[0, on[axis]])[self.codes[axis]], size * parts
        if size > 8 * LARGEST:
            return 0.0
        return self._rate(np.bincount(index, self.mass, size),
                          np.stack([np.bincount(index, column, size) for column in self.loaded]), on)

    def _rate(self, mass, sums, on):
        """Gain an added cell of parts with these sums, 0 where the new cuts `on` make too many boxes."""
        counts = self.on.sum(axis=1) + 1.0
        for axis, cuts in on.items():
            counts[axis] = cuts.sum() + 1
        added = np.count_nonzero(mass > _TINY) - self.cells
        if added <= 0 or counts.prod() > self.most:
            return 0.0
        square = (sums**2).sum(axis=0)
        return float(np.sum(np.divide(square, mass, out=np.zeros_like(mass), where=mass > _TINY)) / added)


def _renumbered(index):
    """How many different numbers there are, and 0, 1, … in their stead."""
    size = int(index.max()) + 1
    if size > 4 * LARGEST:
        seen, new = np.unique(index, return_inverse=True)
        return len(seen), new
    held = np.zeros(size, dtype=bool)
    held[index] = True
    return int(held.sum()), (np.cumsum(held) - 1)[index]


def hull(grids: list[Grid]) -> tuple[list[Grid], np.ndarray]:
    """The grids that are best at some price of a cell, and the price below which each is: inf for the first.

    The lower convex hull of squared error against cells.
    """
    kept, prices = [grids[0]], [np.inf]
    rest = grids[1:]
    while True:
        last = kept[-1]
        rest = [grid for grid in rest if grid.cells > last.cells and grid.error < last.error]
        if not rest:
            return kept, np.array(prices)
        price = [(last.error - grid.error) / (grid.cells - last.cells) for grid in rest]
        best = len(price) - 1 - int(np.argmax(price[::-1]))
        kept.append(rest[best])
        prices.append(price[best])
