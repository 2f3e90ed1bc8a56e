"""Exact finite-m optima among interval segmentations, and the offset law that their errors follow."""

import numpy as np

from zcmoe import _check
from zcmoe.errors import approximation_error
from zcmoe.moments import region_moments
from zcmoe.segmentation import Intervals

_CELLS = 32  # grid cells a region: with fewer the programme can prefer a wrong number of regions on a slope
_FINE = np.linspace(-1, 1, 17)  # candidates of an edge in one zoom


class OptimalIntervals(Intervals):
    """An interval segmentation with the evidence that it is optimal.

    Attributes
    ----------
    iterations : int
        Zooms that the polish took.
    residual : float
        Largest distance of the midpoint (c_i + c_(i+1))/2 from [β(a_i-), β(a_i+)], in units of
        |c_(i+1) - c_i|: 0 is stationary, and an edge at a jump of β may be.
    """

    def __init__(self, edges, iterations=0, residual=0.0):
        super().__init__(edges)
        self.iterations = iterations
        self.residual = residual


def optimal_intervals(problem, m):
    """The best segmentation into at most m intervals: the minimum of (14) over edges and constants.

    A dynamic programme over exact moments of at least 32 grid cells a region chooses the edges
    globally on the grid; zooms then solve the stationarity conditions β(a_i) = (c_i + c_(i+1))/2.
    Nothing needs β to be monotone. Where the programme sees two nearly equal optima the finite
    grid decides between them.

    Parameters
    ----------
    problem : Problem
        With d = 1. β may jump (at breakpoints), be flat, or be infinite at 0 and 1.
    m : int
        Number of experts.

    Returns
    -------
    OptimalIntervals
        Fewer than m regions when β takes fewer values than that.

    Raises
    ------
    ValueError
        If d > 1 or m < 1.
    RuntimeError
        If the zooms do not settle, the conditions do not hold, or the error is above that of the
        uniform or the compander's segmentation.

    References
    ----------
    Dar, arXiv 2510.03151, (11)–(14); the stationarity conditions are Lloyd's (1982).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem, approximation_error
    >>> problem = Problem(lambda x: np.cos(2 * np.pi * x), stats.uniform(), stats.uniform(-0.5, 1))
    >>> best = optimal_intervals(problem, 4)
    >>> print(f"{approximation_error(problem, best) - problem.noise_variance:.6f}", best.residual < 1e-5)
    0.068500 True
    """
    m = _check.count(m, "m")
    if problem.dimension != 1:
        raise ValueError(f"problem must have dimension 1, got {problem.dimension}")
    compander, grid = _grid(problem, m)
    cells = region_moments(problem, Intervals(grid))
    weights = np.where(cells.probability > 1e-12, cells.probability, 0)  # not the sliver around a jump
    step = np.diff(cells.mean[weights > 0])
    smooth = not problem.breakpoints.size and (np.all(step >= 0) or np.all(step <= 0))
    index = optimal_partition(cells.mean, weights, m, banded=smooth and grid.size > 1024)
    edges, iterations = _polish(problem, grid, index)
    best = OptimalIntervals(edges, iterations, _stationarity(problem, edges))
    if best.residual > 1e-5:
        raise RuntimeError(f"the optimum for m = {m} is not stationary: residual {best.residual:.2g} > 1e-5")
    error = approximation_error(problem, best) - problem.noise_variance
    for name, other in ("uniform", Intervals.uniform(m)), ("compander's", Intervals(compander)):
        bound = approximation_error(problem, other) - problem.noise_variance
        if error > bound * (1 + 1e-9) + 1e-11 * cells.mean.var():
            raise RuntimeError(f"the optimum for m = {m} is above the {name} segmentation's error: {error} > {bound}")
    return best


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


def critical_offset(kind="smooth"):
    """The offset θ in the law E ≈ A*/(m + offset)² that exact optima follow.

    The sum of offsets is (1 + 2θ) an interior nondegenerate critical point of β, θ one at an end
    of [0, 1], and θ_f an end of a flat piece that meets a parabola. The law is a heuristic, by
    matched asymptotics and numerical evidence: near a critical point the optimum looks like that of
    β = x²/2 on the half-line, whose edges follow a recursion from a_1 = 1.

    Parameters
    ----------
    kind : {"smooth", "flat"}
        "smooth" is θ, "flat" θ_f.

    Returns
    -------
    float

    References
    ----------
    We did not find the law elsewhere; A* is m² times the excess of Dar, arXiv 2510.03151, (23).

    Examples
    --------
    >>> print(f"{critical_offset():.7f} {critical_offset('flat'):.7f}")
    -0.1084598 -0.4121400
    """
    if kind not in ("smooth", "flat"):
        raise ValueError(f'kind must be "smooth" or "flat", got {kind!r}')
    edges, constant = [0.0, 1.0], 1 / 6 if kind == "smooth" else 0.0  # of the region that ends at a_1
    for _ in range(160):
        constant = edges[-1] ** 2 - constant  # β(a_k) = (c_k + c_(k+1))/2
        edges.append((np.sqrt(24 * constant - 3 * edges[-1] ** 2) - edges[-1]) / 2)  # a² + ab + b² = 6c
    k = 10 * 2 ** np.arange(5)
    position = np.array(edges) ** (5 / 3)  # the compressor of x²/2: its step tends to one region
    offset = 2 * position[k] / (position[k + 1] - position[k - 1]) - k
    for power in 2 ** np.arange(1, k.size):  # Richardson: the error is a series in 1/k
        offset = (power * offset[1:] - offset[:-1]) / (power - 1)
    return float(offset[0])


def _grid(problem, m):
    """Edges of the compander (50), and a grid of its 1/32 steps, of equal cells and of the quadrature's panels."""
    panels = problem.panels
    fine = np.union1d(panels, np.linspace(0, 1, 2 * _CELLS * m + 1))
    share = np.cbrt(problem.weight((fine[:-1] + fine[1:]) / 2, floor=1e-6)) * np.diff(fine)
    compressor = np.cumsum(np.r_[0, share]) / share.sum()  # G (48), closely enough
    levels = np.interp(np.arange(_CELLS * m + 1) / (_CELLS * m), compressor, fine)
    extra = np.union1d(levels, np.linspace(0, 1, 8 * m + 1))
    after = np.searchsorted(panels, extra).clip(1, panels.size - 1)
    # β may be infinite at a panel's end: no cell may be so thin that its nodes round to it.
    apart = np.minimum(np.abs(panels[after] - extra), np.abs(extra - panels[after - 1])) > 1e-12
    return np.r_[0, levels[_CELLS:-1:_CELLS], 1], np.union1d(panels, extra[apart])


def _full(sums, share, m):
    """Inner edges of the best m runs, by dynamic programming over all runs that can be in it.

    Squared deviation grows with the run, so a run that alone costs more than a known division is
    in no optimum, and neither is any run around it.
    """
    n = sums.shape[1] - 1
    m = min(m, n)
    known = [np.arange(m + 1) * n // m, np.searchsorted(share, np.arange(m + 1) / m).clip(0, n)]
    known[1][[0, -1]] = 0, n
    bound = min(_run_costs(sums[:, e[:-1]], sums[:, e[1:]]).sum() for e in known) * (1 + 1e-9)
    best = np.full((m + 1, n + 1), np.inf)  # best[k, j]: the first j values in k runs
    best[0, 0] = 0
    start = np.zeros((m + 1, n + 1), dtype=np.intp)
    rows, low = np.arange(m), 0
    for j in range(1, n + 1):
        cost = _run_costs(sums[:, low:j], sums[:, j, None])
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
    choice = _cheapest_path(_index_costs(sums, windows))
    edges = windows[edge, choice]
    width = np.maximum(8, windows[edge, np.minimum(choice + 1, 32)] - windows[edge, np.maximum(choice - 1, 0)])
    while True:
        windows = np.rint(edges[:, None] + width[:, None] * _FINE).astype(np.intp).clip(0, n)
        new = windows[edge, _cheapest_path(_index_costs(sums, windows))]
        moved = np.abs(new - edges)
        if width.max(initial=8) == 8 and not moved.any():
            return edges
        edges, width = new, np.where(moved < width, np.maximum(8, width // 4), width)


def _polish(problem, grid, index):
    """Zoom on the edges: the best of 17 candidates each, jointly; then the same in windows four times narrower.

    A long row of edges can drift together further than its windows: Newton's steps spare that.
    """
    edges, inner, zoom = grid[index], np.arange(index.size - 2), 0.25
    if not inner.size:
        return edges, 0
    for iteration in range(1, 101):
        room = 0.45 * np.minimum(np.diff(edges)[:-1], np.diff(edges)[1:])
        windows = edges[1:-1, None] + zoom * room[:, None] * _FINE
        moments = region_moments(problem, Intervals(np.r_[0, windows.ravel(), 1]))
        choice = _cheapest_path(_window_costs(*moments))
        edges[1:-1] = windows[inner, choice]
        edges = _newton(problem, edges)
        if np.all((0 < choice) & (choice < _FINE.size - 1)):  # else all windows move on together, as wide as before
            if zoom < 1e-5:  # narrower ones would show the rounding of the error
                return edges, iteration
            zoom /= 4
    raise RuntimeError(f"the edges did not settle in {iteration} zooms, the windows are {zoom:.2g} of a region")


def _newton(problem, edges):
    """The edges after a step of Newton's method, if it is short and does not raise the error; else as they were."""
    probability, constants, variance = region_moments(problem, Intervals(edges))
    step, sides = _sides(problem, edges, 1e-6)
    rise, mass = sides[1] - sides[0], problem.inputs.pdf(edges[1:-1])
    closer = np.diff(_sides(problem, edges, 1e-7)[1], axis=0)[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        move = newton_step(sides.mean(axis=0), rise / (2 * step), mass, probability, constants)
    # An edge at a jump, whose rise does not shrink with the step, stays; so does one that may be anywhere.
    move[(np.abs(closer) > np.abs(rise) / 2) | (mass == 0)] = 0
    if not np.all(np.abs(move) < 0.4e6 * step):
        return edges
    moved = edges - np.r_[0, move, 0]
    after = region_moments(problem, Intervals(moved))
    return moved if after.probability @ after.variance <= probability @ variance * (1 + 1e-12) else edges


def newton_step(value, slope, mass, probability, constants):
    """Newton's step for β(a_i) = (c_i + c_(i+1))/2 from β, β' and p at the inner edges: subtract it from them."""
    from scipy.linalg import solve_banded

    below = mass * (value - constants[:-1]) / probability[:-1] / 2  # half of ∂c_i/∂a_i
    above = mass * (constants[1:] - value) / probability[1:] / 2  # half of ∂c_(i+1)/∂a_i
    bands = np.stack([np.r_[0, -below[1:]], slope - below - above, np.r_[-above[:-1], 0]])
    return solve_banded((1, 1), bands, value - (constants[:-1] + constants[1:]) / 2, check_finite=False)


def _sides(problem, edges, fraction):
    """A `fraction` of the shorter region beside each inner edge, and β that far to its left and right."""
    step = fraction * np.minimum(np.diff(edges)[:-1], np.diff(edges)[1:])
    return step, np.stack([problem.beta(edges[1:-1] - step), problem.beta(edges[1:-1] + step)])


def _stationarity(problem, edges):
    """The residual of :class:`OptimalIntervals`; an edge where no inputs fall is stationary."""
    inner, constants = edges[1:-1], region_moments(problem, Intervals(edges)).mean
    step, sides = _sides(problem, edges, 1e-8)
    visited = np.minimum(problem.inputs.pdf(inner - step), problem.inputs.pdf(inner + step)) > 0
    middle, gap = (constants[:-1] + constants[1:]) / 2, np.abs(np.diff(constants))
    miss = np.maximum(sides.min(axis=0) - middle, middle - sides.max(axis=0))[visited] / gap[visited]
    return float(np.max(miss, initial=0.0))


def _cheapest_path(cost):
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


def _window_costs(probability, mean, variance):
    """Costs (m, c, c) from the moments of the cells that the c candidates of each inner edge cut."""
    c = _FINE.size
    cells = np.pad([probability, mean, variance], ((0, 0), (c - 1, c - 1)))  # the outer edges: c equal candidates
    weight, value, within = np.lib.stride_tricks.sliding_window_view(cells, 2 * c - 1, axis=1)[:, ::c]
    total = weight.sum(axis=1, keepdims=True)
    # Sums about the region's own mean: about a common one, small regions would lose their digits.
    first = (weight * value).sum(axis=1, keepdims=True)
    value = value - np.divide(first, total, out=np.zeros_like(total), where=total > 0)
    sums = np.pad(np.cumsum([weight, weight * value, weight * (value**2 + within)], axis=2), ((0, 0), (0, 0), (1, 0)))
    return _run_costs(sums[:, :, :c, None], sums[:, :, None, c:])


def _index_costs(sums, windows):
    """The same, (m, c, c), from prefix sums of a sequence and candidate indices (m - 1, c)."""
    n, c = sums.shape[1] - 1, windows.shape[1]
    at = np.concatenate([np.zeros((1, c), dtype=np.intp), windows, np.full((1, c), n)])
    left, right = at[:-1, :, None], at[1:, None, :]
    return np.where(left <= right, _run_costs(sums[:, left], sums[:, right]), np.inf)


def _run_costs(left, right):
    """Squared deviation from the mean between two prefix sums (weight, first, second moment)."""
    weight, first, second = right - left
    return second - np.divide(first**2, weight, out=np.zeros_like(weight), where=weight > 0)
