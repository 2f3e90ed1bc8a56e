"""Faster ways through `Intervals`, equal to the readable ones (`route`, `predict`) in every bit.

The cell of x is g(x) = ⌊x · scale - a_0 · scale⌋, computed in floating point. Each rounding is monotone, so g is too,
whatever digits it loses: an edge in a lower cell than x lies below x, an edge in a higher cell above it, and one
comparison with the edge in x's own cell finds the region. Where g steps exactly at every edge, as for many equal cuts,
not even that one is needed: g(x) *is* the region. Nor is it where the regions are few and the cells many: most of these
hold no edge, and name their region. All is done in blocks that stay in the processor's cache.
"""

import numpy as np

from zcmoe.segmentation.base import BLOCK

FINE = 4096  # cells: 64 times as many as the regions of a fine guide


class Guide:
    """The edges, sorted into equal cells.

    Parameters
    ----------
    edges : ndarray, shape (m + 1,)
        As checked by :class:`~zcmoe.Intervals`.
    fine : bool
        Start from `FINE` cells: worth their tables for many inputs.

    Attributes
    ----------
    direct : bool
        g(x) is the region, for every float x.
    threshold : ndarray
        The edge in each cell: inf where there is none, NaN where there are several (these fall to `searchsorted`).
    below : ndarray of int
        The number of inner edges in lower cells.
    """

    def __init__(self, edges, fine=False):
        self.edges, self.fine = edges, fine
        m = edges.size - 1
        inner, order = edges[1:-1], np.arange(1, m)
        self._scale_to(m)
        self.direct = (np.array_equal(self.cell(inner), order)
                       and np.array_equal(self.cell(np.nextafter(inner, -np.inf)), order - 1))
        if self.direct:
            return
        cells = FINE if fine else 1 << (m - 1).bit_length()
        while True:  # finer, until no cell has two edges or the table would leave the cache
            self._scale_to(cells)
            cell = self.cell(inner)
            if cells >= max(8 * m, 4096) or np.all(np.diff(cell) > 0):
                break
            cells *= 2
        held = np.bincount(cell, minlength=cells + 1)
        self.below = np.cumsum(held) - held
        self.threshold = np.full(held.size, np.inf)
        self.threshold[cell] = inner
        self.crowded = held.max() > 1
        self.threshold[held > 1] = np.nan

    def _scale_to(self, cells):
        with np.errstate(over="ignore"):
            scale = cells / (self.edges[-1] - self.edges[0])
        # 0 for too narrow a range, as for too wide a one: one cell for all
        self.scale = scale if np.isfinite(scale) else 0.0

    def cell(self, x, scaled=None, cell=None):
        """g(x), with optional room for its two steps."""
        if self.edges[0] == 0 and cell is not None:
            return np.multiply(x, self.scale, out=cell, casting="unsafe")
        scaled = np.multiply(x, self.scale, out=scaled)
        if self.edges[0] != 0:
            np.subtract(scaled, self.edges[0] * self.scale, out=scaled)
        if cell is None:
            return scaled.astype(np.intp)
        np.copyto(cell, scaled, casting="unsafe")
        return cell

    def holds(self, x):
        """Whether a block lies within the edges; NaN does not."""
        if self.edges[0] == 0 and x.view(np.uint64).max() <= self.edges[-1].view(np.uint64):
            return True  # floats from 0 up are ordered as their bits are; all others, and NaN, come after
        return bool(x.min() >= self.edges[0] and x.max() <= self.edges[-1])

class Reader:
    """A function (x, out) that writes `values` of the regions of one block after another; False when x is refused.

    It has room for the steps in between.
    """

    def __init__(self, guide, values):
        self.guide, self.values, self.plain = guide, values, None
        if not guide.direct:
            blank = _BLANK.get(values.dtype.kind)
            if guide.fine and blank is not None and not _is_blank(values).any():
                self.plain = np.where(guide.threshold == np.inf, values.take(guide.below, mode="clip"), blank)
                self.plain = self.plain.astype(values.dtype)
            # [at or above, below] the cell's edge
            self.table = values.take(np.column_stack([guide.below + 1, guide.below]).ravel(), mode="clip")
        self.room, self.cells, self.flags = np.empty(BLOCK), np.empty(BLOCK, np.intp), np.empty(BLOCK, bool)

    def __call__(self, x, out):
        guide, edges = self.guide, self.guide.edges
        scaled, cell, flag = self.room[:x.size], self.cells[:x.size], self.flags[:x.size]
        if _in_order(x, flag) and edges[0] <= x[0] and x[-1] <= edges[-1] and self._in_runs(x, out):
            return True
        if not guide.holds(x):
            return False
        if guide.direct:
            self._direct(x, scaled, cell, out)
            return True
        guide.cell(x, scaled, cell)
        if self.plain is not None and self._plain(x, cell, flag, out):
            return True
        edge = np.take(guide.threshold, cell, out=scaled, mode="clip")
        np.less(x, edge, out=flag)
        np.add(cell, cell, out=cell)
        np.add(cell, flag, out=cell)
        np.take(self.table, cell, out=out, mode="clip")
        if guide.crowded:
            several = np.flatnonzero(np.isnan(edge, out=flag))
            out[several] = self.values[self._regions(x[several])]
        return True

    def _direct(self, x, scaled, cell, out):
        """The cell is the region; that of the last edge is one too many."""
        np.take(self.values, self.guide.cell(x, scaled, cell), out=out, mode="clip")

    def _plain(self, x, cell, flag, out):
        """Where few cells hold an edge: one look-up for the others; False when many x lie in such cells."""
        np.take(self.plain, cell, out=out, mode="clip")
        some = np.flatnonzero(_is_blank(out, flag))
        if some.size > x.size / 16:
            return False
        out[some] = self.values[self._regions(x[some])]
        return True

    def _in_runs(self, x, out):
        """Where sorted inputs have long runs in a region, look for the edges in x; False where they have not."""
        first, last = self._regions(x[[0, -1]])
        if last - first >= x.size / 8:
            return False
        stops = np.searchsorted(x, self.guide.edges[first + 1:last + 1])
        out[:] = np.repeat(self.values[first:last + 1], np.diff(stops, prepend=0, append=x.size))
        return True

    def _regions(self, x):
        edges = self.guide.edges
        return np.minimum(np.searchsorted(edges, x, side="right") - 1, edges.size - 2)


class Router(Reader):
    """The same for the regions themselves."""

    def __init__(self, guide, dtype):
        super().__init__(guide, np.arange(guide.edges.size - 1, dtype=dtype))

    def _direct(self, x, scaled, cell, out):
        last = self.values[-1]
        if self.guide.cell(x, scaled, out).max() > last:
            np.minimum(out, last, out=out)


_BLANK = {"f": np.nan, "i": -1}  # what stands for no value, by the kind of the values


def _is_blank(values, out=None):
    return np.isnan(values, out=out) if values.dtype.kind == "f" else np.less(values, 0, out=out)


def _in_order(x, flag):
    """Whether a block is sorted: a few values say no at once for almost every other order."""
    few = x[::max(1, x.size // 16)]
    return bool((few[1:] >= few[:-1]).all() and np.greater_equal(x[1:], x[:-1], out=flag[1:]).all())
