"""The best division of a sequence into runs: dynamic programmes over all runs, and over bands of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._arrays import ratio
from zcmoe._progress import with_progress

FINE = np.linspace(-1, 1, 17)  # candidates of an edge in one zoom
_REACH = 8  # runs that the first band allows on either side of the compander's count
_DENSE = 4096  # values; with fewer a programme over all runs takes no time to speak of
_LONG = 3  # compander's regions in one run: the best division gives up waves, perhaps others than the band shows


def optimal_partition(values: ArrayLike, weights: ArrayLike, m: int, *, banded: bool = False) -> np.ndarray:
    """The best division of a sequence into at most m runs: least weighted squared deviation from run means.

    Parameters
    ----------
    values : array_like, shape (n,)
        In the order of x. They need not be monotone: noisy data are welcome.
    weights : array_like, shape (n,)
        Non-negative, not all 0.
    m : int
    banded : bool
        Look only near the discrete compander. More than 4096 monotone values without a jump, whose slope over the sum
        of weights turns at most eight times, or from cell to cell as noise does: the best edges within two regions of
        its own, then zooms, which add prefix sums and may miss the least cost by some 1e-15 m² of it. Others: the
        number of runs so far may differ from its count by at most 8; while the best division touches that border, or
        has a run as long as three of the compander's, the band is doubled, and then until that changes nothing, so that
        it ends in the full programme where it must.

    Returns
    -------
    ndarray, shape (k + 1,), k <= m
        Index at which each run starts, and n. Neighbours that are equal are never divided.

    Raises
    ------
    ValueError
        If all weights are 0.

    Notes
    -----
    The full programme is exact for any values, up to rounding of each run's own cost: a value far away takes no
    digits from the others. Its time is O(m n²) at worst, less because runs that alone cost more than a known
    division are left out. Past three seconds the standard error says how far it is.

    Examples
    --------
    >>> optimal_partition([0, 1, 1, 0, 0], [1, 1, 1, 1, 1], 3).tolist()
    [0, 1, 3, 5]
    """
    values = _check.vector(values, "values")
    weights = _check.within(_check.vector(weights, "weights", values.size), 0, np.inf, "weights")
    m = _check.count(m, "m")
    kept = np.flatnonzero(weights)
    if not kept.size:
        raise ValueError(f"weights must not all be 0, got {weights.size} zeros")
    # The cost of a run is concave in the share that it takes of equal neighbours: they stay together.
    first = np.flatnonzero(np.r_[True, np.diff(values[kept]) != 0])
    value, weight = values[kept[first]], np.add.reduceat(weights[kept], first)
    inner = np.arange(1, value.size) if value.size <= m else _best(value, weight, m, banded)
    return np.r_[0, kept[first[inner]], values.size]


def _best(value, weight, m, banded):
    """Inner edges of the best m runs of values of which no two neighbours are equal."""
    step, reach = np.diff(value), _REACH if banded else m
    part = np.cbrt((weight[:-1] + weight[1:]) / 2 * step**2)  # (w Δv²)^(1/3) ∝ λ* Δx
    part = np.minimum(part, part.sum() / m)  # a jump takes one run
    share = np.cumsum(np.r_[0, part, 0]) / part.sum()
    dense = value.size > _DENSE and part.max() < part.sum() / (4 * m)
    if banded and dense and (np.all(step > 0) or np.all(step < 0)) and not _wavy(value, weight):
        sums = prefix_sums(value, weight)
        inner = np.unique(_near_edges(sums, share, m))
        return inner[(inner > 0) & (inner < value.size)]
    known = [np.arange(1, m) * value.size // m, np.searchsorted(share, np.arange(1, m) / m)]
    bound = min(_cost(value, weight, inner) for inner in known) * (1 + 1e-9)
    before = None
    while True:
        inner, touched = _near_counts(value, weight, m, bound, share, reach)
        unlike = m * np.diff(share[np.r_[0, inner, value.size]]).max() > _LONG
        moved = before is not None and not np.array_equal(inner, before)
        if not touched and (reach >= m or not (unlike or moved)):
            return inner
        before = inner
        if reach >= m:
            raise RuntimeError(f"the values, from {value.min():g} to {value.max():g}, leave the programme no digits")
        reach *= 2


def _wavy(value, weight):
    """Whether the slope of monotone values has waves: runs lock to them, low ones too, far from the compander's.

    Two of three values of noise are turns; noise averages out in a run.
    """
    step = np.abs(np.diff(value))
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # steps and weights of a tail may be tiny
        growth, rounding = np.diff(np.log(step / (weight[:-1] + weight[1:]))), 1e-15 * np.abs(value).max() / step
    seen = np.abs(growth) > 1e-9 + np.maximum(rounding[:-1], rounding[1:])
    return 8 < np.count_nonzero(np.diff(np.sign(growth[seen]))) < value.size / 2


def heaviest(value: np.ndarray, weight: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The value of the largest weight in each run, offsets from which keep all digits, and the run of each value."""
    run = np.repeat(np.arange(start.size), np.diff(np.r_[start, value.size]))
    return value[np.lexsort((weight, run))[np.r_[start[1:], value.size] - 1]], run


def _cost(value, weight, inner):
    """Squared deviation of all runs, each about its heaviest value: no digits are lost."""
    start = np.unique(np.r_[0, inner[inner < value.size]])
    centre, run = heaviest(value, weight, start)
    offset = value - centre[run]
    mean = np.add.reduceat(weight * offset, start) / np.add.reduceat(weight, start)
    return weight @ (offset - mean[run]) ** 2


def _near_counts(value, weight, m, bound, share, reach):
    """Inner edges of the best m runs with, at each place, a count of runs within `reach` of m · share.

    A programme over all runs that can be in it: squared deviation grows with the run, so a run that alone costs
    more than a known division, `bound`, is in no optimum, and neither is any run around it. Costs are updated
    (Welford 1962) as a value joins the runs: `gap` is its distance from their means.

    Returns
    -------
    inner : ndarray, shape (m - 1,)
    touched : bool
        Whether a wider band might hold a better division.
    """
    n = value.size
    rows = min(2 * reach, m) + 1
    least = np.rint(m * share).astype(int) - reach
    least = np.clip(least, 0, m + 1 - rows)  # row r of place j stands for least[j] + r runs
    mass, gap, cost = np.zeros((3, n))  # of the run from i to here
    best = np.full((rows, n + 1), np.inf)  # of the first j values, in the rows of the present place
    best[0, 0] = 0
    start = np.zeros((n + 1, rows), dtype=np.int32)
    every, low = np.arange(rows - 1), 0
    for j in with_progress(range(1, n + 1), "optimal partition"):
        if shift := least[j] - least[j - 1]:
            best[:, low:j] = np.pad(best[shift:, low:j], ((0, min(shift, rows)), (0, 0)), constant_values=np.inf)
        w = weight[j - 1]
        if j > 1:
            gap[low:j - 1] += value[j - 1] - value[j - 2]
            kept = mass[low:j - 1] / (mass[low:j - 1] + w)
            cost[low:j - 1] += w * kept * gap[low:j - 1] ** 2
            gap[low:j - 1] *= kept
        mass[low:j] += w
        low += np.argmax(cost[low:j] <= bound)  # the last run, a single value, always is
        total = best[:-1, low:j] + cost[low:j]
        choice = total.argmin(axis=1)
        best[1:, j] = total[every, choice]
        start[j, 1:] = low + choice
    return _way_back(start, least, m, best[m - least[n], n])


def _way_back(start, least, m, value):
    """Read the inner edges of the best division, and whether it touches a border of the band."""
    rows, inner, j, touched = start.shape[1], [], start.shape[0] - 1, not np.isfinite(value)
    for k in range(m, 1, -1):
        row = k - least[j]
        if not 1 <= row < rows:
            return np.array(inner[::-1], dtype=np.intp), True
        touched |= (row == 1 and least[j] > 0) or (row == rows - 1 and k < m)
        j = start[j, row]
        inner.append(j)
    return np.array(inner[::-1], dtype=np.intp), bool(touched)


def _near_edges(sums, share, m):
    """Inner edges of the best m runs of a monotone sequence: compander start, banded programme, zooms."""
    n = sums.shape[1] - 1
    band = np.arange(-16, 17) / 8  # two regions either way, in eighths
    windows = np.searchsorted(share, (np.arange(1, m)[:, None] + band) / m).clip(0, n)
    edge = np.arange(m - 1)
    choice = cheapest_path(_index_costs(sums, windows))
    width = windows[edge, np.minimum(choice + 1, 32)] - windows[edge, np.maximum(choice - 1, 0)]
    return zoomed(sums, windows[edge, choice], width)


def zoomed(sums: np.ndarray, edges: np.ndarray, width: int) -> np.ndarray:
    """Inner edges moved jointly to the best of 17 places each within `width`, until none within 8 is better."""
    n, width = sums.shape[1] - 1, np.maximum(8, width)
    while True:
        windows = np.rint(edges[:, None] + width[:, None] * FINE).astype(np.intp).clip(0, n)
        new = windows[np.arange(edges.size), cheapest_path(_index_costs(sums, windows))]
        moved = np.abs(new - edges)
        if width.max(initial=8) == 8 and not moved.any():
            return edges
        edges, width = new, np.where(moved < width, np.maximum(8, width // 4), width)


def cheapest_path(cost: np.ndarray) -> np.ndarray:
    """The best candidate of each inner edge, given cost[i, a, b] of region i from candidate a to candidate b."""
    best, came = cost[0, 0], []
    columns = np.arange(best.size)
    for layer in cost[1:]:
        total = best[:, None] + layer
        came.append(total.argmin(axis=0))
        best = total[came[-1], columns]
    path = [0]
    for back in reversed(came):
        path.append(back[path[-1]])
    return np.array(path[:0:-1], dtype=np.intp)


def _index_costs(sums, windows):
    """The same, (m, c, c), from prefix sums of a sequence and candidate indices (m - 1, c)."""
    n, c = sums.shape[1] - 1, windows.shape[1]
    at = np.concatenate([np.zeros((1, c), dtype=np.intp), windows, np.full((1, c), n)])
    left, right = at[:-1, :, None], at[1:, None, :]
    return np.where(left <= right, run_costs(sums[:, left], sums[:, right]), np.inf)


def prefix_sums(value: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Sums of weight, first and second moment about the mean before each value, and of all: (3, n + 1)."""
    offset = value - np.average(value, weights=weight)
    return np.pad(np.cumsum([weight, weight * offset, weight * offset**2], axis=1), ((0, 0), (1, 0)))


def run_costs(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Squared deviation from the mean between two prefix sums (weight, first, second moment)."""
    weight, first, second = right - left
    return second - ratio(first**2, weight)
