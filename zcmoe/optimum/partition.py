"""The best division of a sequence into runs: dynamic programmes over all runs, and over a band of them."""

import numpy as np

from zcmoe import _check

FINE = np.linspace(-1, 1, 17)  # candidates of an edge in one zoom


def optimal_partition(values, weights, m, banded=False):
    """The best division of a sequence into at most m runs: least weighted squared deviation from run means.

    Parameters
    ----------
    values : array_like, shape (n,)
        In the order of x. They need not be monotone: noisy data are welcome.
    weights : array_like, shape (n,)
        Non-negative, not all 0.
    m : int
    banded : bool
        A fast way for a smooth monotone function on a dense grid: the best edges within two
        regions of the discrete compander's, then zooms. On rough values it can end in a local
        optimum.

    Returns
    -------
    ndarray, shape (k + 1,), k <= m
        Index at which each run starts, and n.

    Raises
    ------
    ValueError
        If all weights are 0, or the values are not monotone for the banded programme.

    Notes
    -----
    The full programme is exact for any values. Its time is O(m n²) at worst, less because runs that
    alone cost more than a known division are left out.

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
    value, weight = values[kept], weights[kept]
    value = value - np.average(value, weights=weight)
    step = np.diff(value)
    if banded and np.any(step > 0) and np.any(step < 0):
        raise ValueError("values must be monotone for the banded programme")
    jumps = np.flatnonzero(np.abs(step) > 1e-12 * np.abs(value).max()) + 1
    if jumps.size < m:  # each run is constant
        inner = jumps
    else:
        sums = np.cumsum([np.zeros(kept.size), weight, weight * value, weight * value**2], axis=1)[1:]
        sums = np.concatenate([np.zeros((3, 1)), sums], axis=1)
        share = np.cumsum(np.r_[0, np.cbrt((weight[:-1] + weight[1:]) / 2 * step**2), 0])  # (w Δv²)^(1/3) ∝ λ* Δx
        inner = np.unique((_banded if banded else _full)(sums, share / share[-1], m))
    inner = inner[(inner > 0) & (inner < kept.size)]
    return np.r_[0, kept[inner], values.size]


def _full(sums, share, m):
    """Inner edges of the best m runs, by dynamic programming over all runs that can be in it.

    Squared deviation grows with the run, so a run that alone costs more than a known division is
    in no optimum, and neither is any run around it.
    """
    n = sums.shape[1] - 1
    m = min(m, n)
    known = [np.arange(m + 1) * n // m, np.searchsorted(share, np.arange(m + 1) / m).clip(0, n)]
    known[1][[0, -1]] = 0, n
    bound = min(run_costs(sums[:, e[:-1]], sums[:, e[1:]]).sum() for e in known) * (1 + 1e-9)
    best = np.full((m + 1, n + 1), np.inf)  # best[k, j]: the first j values in k runs
    best[0, 0] = 0
    start = np.zeros((m + 1, n + 1), dtype=np.intp)
    rows, low = np.arange(m), 0
    for j in range(1, n + 1):
        cost = run_costs(sums[:, low:j], sums[:, j, None])
        skip = np.argmax(cost <= bound)  # the last run, a single value, always is
        low, cost = low + skip, cost[skip:]
        total = best[:-1, low:j] + cost
        choice = total.argmin(axis=1)
        best[1:, j] = total[rows, choice]
        start[1:, j] = low + choice
    inner = [n]
    for k in range(m, 1, -1):
        inner.append(start[k, inner[-1]])
    return np.array(inner[:0:-1], dtype=np.intp)


def _banded(sums, share, m):
    """Inner edges of the best m runs of a monotone sequence: compander start, banded programme, zooms."""
    n = sums.shape[1] - 1
    band = np.arange(-16, 17) / 8  # two regions either way, in eighths
    windows = np.searchsorted(share, (np.arange(1, m)[:, None] + band) / m).clip(0, n)
    edge = np.arange(m - 1)
    choice = cheapest_path(_index_costs(sums, windows))
    edges = windows[edge, choice]
    width = np.maximum(8, windows[edge, np.minimum(choice + 1, 32)] - windows[edge, np.maximum(choice - 1, 0)])
    while True:
        windows = np.rint(edges[:, None] + width[:, None] * FINE).astype(np.intp).clip(0, n)
        new = windows[edge, cheapest_path(_index_costs(sums, windows))]
        moved = np.abs(new - edges)
        if width.max(initial=8) == 8 and not moved.any():
            return edges
        edges, width = new, np.where(moved < width, np.maximum(8, width // 4), width)


def cheapest_path(cost):
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


def run_costs(left, right):
    """Squared deviation from the mean between two prefix sums (weight, first, second moment)."""
    weight, first, second = right - left
    return second - np.divide(first**2, weight, out=np.zeros_like(weight), where=weight > 0)
