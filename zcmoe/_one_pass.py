"""A faster way to the sums of `experts.sums_of`, for many examples where one centre serves all regions.

Counts and sums are products with a sparse matrix of one column, whose rows are the regions of a block: the shortest
loop that SciPy has. One centre c for all saves looking up a centre for each example. Adding up N numbers about c, from
which their mean is d away, costs about √N |d| units of the last place; about a centre of its own, a region's sum costs
√N times the spread of its y. So c serves where |d| is at most a few times that spread, or √N |d| a few times the mean.
The sums themselves tell.
"""

import numpy as np

from zcmoe import _check

FIRST = 4096  # examples that c and the spread are taken from
FEW = 8  # times the spread, or units in the last place


class _Adder:
    """Counts and sums of blocks of one size."""

    def __init__(self, size, m):
        from scipy.sparse import csc_array

        self.offset, one, column = np.empty(size), np.ones(size, np.int32), np.array([0, size], np.int32)
        self.columns = [csc_array((data, np.zeros(size, np.int32), column), shape=(m, 1))
                        for data in (one, self.offset)]

    def __call__(self, region, y, centre):
        """The counts, and the sums of y - centre; region must lie in 0, …, m - 1, which is not checked."""
        count, offset = self.columns
        count.indices = offset.indices = region.astype(np.int32, copy=False)
        offset.data = np.subtract(y, centre, out=self.offset) if centre else np.ascontiguousarray(y)
        return count @ np.ones(1, np.int32), offset @ np.ones(1)


def one_pass(routed, y, m):
    """Mass, total about c (both of shape (m,)), and c; None where that would cost digits, or y is not finite.

    `routed` yields (slice, regions) over y, as `Segmentation._routed` does.
    """
    mass, total, add, centre, spread = np.zeros(m), np.zeros(m), None, 0.0, 0.0
    for block, region in routed:
        values = _check.floats(y[block], "y")
        if first := add is None:
            centre = float(values[:FIRST].mean())
        if first or add.offset.size != values.size:
            add = None  # its room first
            add = _Adder(values.size, m)
        count, offset = add(region, values, centre)
        mass += count
        total += offset
        if first:
            spread = _spread(mass, total, region[:FIRST], values[:FIRST] - centre)
            if not _serves(mass, total, centre, spread):
                return None
            if abs(centre) <= FEW / 2 * spread:  # then 0 serves, and saves a pass
                total, centre = total + centre * mass, 0.0
    return (mass, total, centre) if _serves(mass, total, centre, spread) else None


def _spread(mass, total, region, offset):
    """The median distance of y from the mean of its region, where there are two or more: no outlier moves it."""
    count = mass[region]
    apart = np.abs(offset - total[region] / count)[count > 1]
    return float(np.median(apart)) if apart.size else 0.0


def _serves(mass, total, centre, spread):
    """Whether no region loses digits by the common centre; no for what is not finite."""
    offset = total / np.maximum(mass, 1)
    distance = np.abs(offset)
    near = (distance <= FEW * spread) | (np.sqrt(mass) * distance <= FEW * np.abs(centre + offset))
    return bool(np.isfinite(total).all() and near.all())
