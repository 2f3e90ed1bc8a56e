"""The exact finite-m optimum among interval segmentations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._arrays import ratio
from zcmoe._lloyd import newton_step
from zcmoe._progress import with_progress
from zcmoe.errors import approximation_excess
from zcmoe.moments import region_moments
from zcmoe.optimum.partition import FINE, cheapest_path, optimal_partition, run_costs
from zcmoe.segmentation import Intervals

if TYPE_CHECKING:
    from zcmoe.problem import Problem

_CELLS = 32  # grid cells a region: with fewer the programme can prefer a wrong number of regions on a slope
_MOST = 8192  # cells, about, that are added where β turns


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

    iterations: int
    residual: float

    def __init__(self, edges: ArrayLike, iterations: int = 0, residual: float = 0.0):
        super().__init__(edges)
        self.iterations = iterations
        self.residual = residual


def optimal_intervals(problem: Problem, m: int) -> OptimalIntervals:
    """The best segmentation into at most m intervals: the minimum of (14) over edges and constants.

    A dynamic programme over exact moments of at least 32 grid cells a region chooses the edges
    globally on the grid; zooms then solve the stationarity conditions β(a_i) = (c_i + c_(i+1))/2.
    Nothing needs β to be monotone. For more than 64 regions the programme keeps to a band, as
    :func:`optimal_partition` says. Where it sees two nearly equal optima the finite grid decides
    between them.

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
    compander, grid = fine_grid(problem, m)
    grid = _finer(problem, grid)
    cells = region_moments(problem, Intervals(grid))
    step = np.diff(cells.mean[cells.probability > 0])
    monotone = np.all(step >= 0) or np.all(step <= 0)
    index = optimal_partition(cells.mean, cells.probability, m, banded=m > 64 or (monotone and grid.size > 1024))
    edges, iterations = _polish(problem, grid[index])
    edges = _at_crossings(problem, edges)
    best = OptimalIntervals(edges, iterations, _stationarity(problem, edges))
    if best.residual > 1e-5:
        raise RuntimeError(f"the optimum for m = {m} is not stationary: residual {best.residual:.2g} > 1e-5")
    error = approximation_excess(problem, best)
    for name, other in ("uniform", Intervals.uniform(m)), ("compander's", Intervals(compander)):
        bound = approximation_excess(problem, other)
        if error > bound * (1 + 1e-9) + 1e-11 * cells.mean.var():
            raise RuntimeError(f"the optimum for m = {m} is above the {name} segmentation's error: {error} > {bound}")
    return best


def fine_grid(problem: Problem, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the compander (50), and a grid of its 1/32 steps, 8m equal cells and the quadrature's panels."""
    panels = problem.grid
    fine = np.union1d(panels, np.linspace(0, 1, 2 * _CELLS * m + 1))
    middle, share = (fine[:-1] + fine[1:]) / 2, np.zeros(fine.size - 1)
    visited = problem.inputs.pdf(middle) > 0  # elsewhere β need not be defined
    share[visited] = np.cbrt(problem.weight(middle[visited], floor=1e-6)) * np.diff(fine)[visited]
    compressor = np.cumsum(np.r_[0, share]) / share.sum()  # G (48), closely enough
    levels = np.interp(np.arange(_CELLS * m) / (_CELLS * m), compressor, fine)
    extra = np.union1d(levels, np.linspace(0, 1, 8 * m + 1))
    after = np.searchsorted(panels, extra).clip(1, panels.size - 1)
    # β may be infinite at a panel's end: no cell may be so thin that its nodes round to it.
    apart = np.minimum(np.abs(panels[after] - extra), np.abs(extra - panels[after - 1])) > 1e-12
    return np.unique(np.r_[0, levels[_CELLS::_CELLS], 1]), np.union1d(panels, extra[apart])


def _finer(problem, grid):
    """The grid with more cells where β turns inside one (a panel may hold six half turns of it), and in rich ones.

    Rich is a cell in which β varies, weighted by its probability, more than four times as much as on average.
    """
    inside, width = _inside(problem, grid), np.diff(grid)
    seen = (inside > 1e-9 * inside.sum()) & _divisible(grid)
    left, width = grid[:-1][seen], width[seen]
    for parts in (8, 4, 4):
        step = np.diff(problem.beta((left[:, None] + width[:, None] * np.arange(1, 18) / 18).ravel()).reshape(-1, 17))
        turns = (step.min(axis=1) < 0) & (step.max(axis=1) > 0)
        if not 0 < turns.sum() * parts < _MOST:
            break
        left = (left[turns, None] + width[turns, None] * np.arange(parts) / parts).ravel()
        width = np.repeat(width[turns] / parts, parts)
        grid = np.union1d(grid, left)
    inside = _inside(problem, grid)
    rich = (inside > 4 * inside.mean()) & _divisible(grid)
    return np.union1d(grid, grid[:-1][rich] + np.diff(grid)[rich] * np.arange(1, 8)[:, None] / 8)


def _inside(problem, grid):
    """What each cell adds to the error."""
    cells = region_moments(problem, Intervals(grid))
    return cells.probability * cells.variance


def _divisible(grid):
    """Whether a cell of the grid has floats enough to be cut."""
    return np.diff(grid) > 2.0**14 * np.spacing(grid[1:])


def _polish(problem, edges):
    """Zoom on the edges: the best of 17 candidates each, jointly; then the same in windows four times narrower.

    A long row of edges can drift together further than its windows: Newton's steps spare that.
    """
    inner, zoom, last = np.arange(edges.size - 2), 0.25, np.inf
    if not inner.size:
        return edges, 0
    for iteration in with_progress(iter(range(1, 101)), "optimal intervals"):
        # At first as wide on each side as the region there: beside a thin one the optimum may be far away.
        room = 0.45 * np.stack([np.diff(edges)[:-1], np.diff(edges)[1:]])
        room = room if zoom > 1e-3 else room.min(axis=0, keepdims=True)
        windows = edges[1:-1, None] + zoom * np.where(FINE < 0, room[0][:, None], room[-1][:, None]) * FINE
        moments = region_moments(problem, Intervals(np.r_[0, windows.ravel(), 1]))
        choice = cheapest_path(_window_costs(moments))
        between = moments.probability[1:].reshape(-1, FINE.size)[:, :-1]
        choice[~between.any(axis=1)] = FINE.size // 2  # where no inputs fall an edge stays
        edges = np.r_[0, windows[inner, choice], 1]
        edges, error = _newton(problem, edges)
        # Else all windows move on together, wider again, unless that is a walk among equals.
        if np.all((0 < choice) & (choice < FINE.size - 1)) or error > last * (1 - 1e-12):
            if zoom < 1e-5:  # narrower ones would show the rounding of the error
                return edges, iteration
            zoom /= 4
        else:
            zoom = min(0.25, 2 * zoom)
        last = min(last, error)
    if zoom < 1e-3:  # what still moves does so within the rounding of the error; the residual judges it
        return edges, iteration
    raise RuntimeError(f"the edges did not settle in {iteration} zooms, the windows are {zoom:.2g} of a region")


def _newton(problem, edges):
    """The edges after a step of Newton's method, if it is short and does not raise the error; else as they were.

    And their error, without σ².
    """
    probability, constants, variance = region_moments(problem, Intervals(edges))
    error = probability @ variance
    step, sides = _sides(problem, edges, 1e-6)
    rise, mass = sides[1] - sides[0], problem.inputs.pdf(edges[1:-1])
    closer = np.diff(_sides(problem, edges, 1e-7)[1], axis=0)[0]
    # An edge at a jump, whose rise does not shrink with the step, stays; so does one that may be anywhere.
    held = (np.abs(closer) > np.abs(rise) / 2) | (mass == 0)
    value = np.where(held, (constants[:-1] + constants[1:]) / 2, sides.mean(axis=0))
    slope = np.where(held, 1, rise / (2 * step))
    move = np.where(held, 0, newton_step(value, slope, np.where(held, 0, mass), probability, constants))
    if not np.all(np.abs(move) < 0.4e6 * step):
        return edges, error
    moved = edges - np.r_[0, move, 0]
    after = region_moments(problem, Intervals(moved))
    lower = after.probability @ after.variance
    return (moved, lower) if lower <= error * (1 + 1e-12) else (edges, error)


def _at_crossings(problem, edges):
    """The edges where β crosses the midpoint of its neighbours' constants nearby, to the last bit.

    So edges end at jumps and in steep places. This is Lloyd's step for a border, which never raises the error;
    an edge without such a crossing stays.
    """
    constants = region_moments(problem, Intervals(edges)).mean
    middle, (step, sides) = (constants[:-1] + constants[1:]) / 2, _sides(problem, edges, 1e-4)
    low, high = edges[1:-1] - step, edges[1:-1] + step
    above = sides > middle
    crosses = above[0] != above[1]
    for _ in range(60):
        centre = (low + high) / 2
        inside = np.where(np.isin(centre, problem.breakpoints), np.nextafter(centre, 1), centre)  # β may be infinite
        after = ((problem.beta(inside) > middle) == above[1]) | (centre == high)
        low, high = np.where(after, low, centre), np.where(after, centre, high)
    return np.r_[0, np.where(crosses, high, edges[1:-1]), 1]


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
    unknown = 8 * np.maximum(problem.curve.rounding(inner), 2.3e-16 * np.abs(sides).max(axis=0))  # rounding of β
    miss = np.maximum(sides.min(axis=0) - middle, middle - sides.max(axis=0)) - unknown
    miss = miss[visited] / gap[visited]
    return float(np.max(miss, initial=0.0))


def _window_costs(cells):
    """Costs (m, c, c) of each region, from each of the c candidates of its left edge to each of its right one.

    `cells` are the moments of the cells that all candidates cut, in order.
    """
    c = FINE.size
    # A region and its windows: c - 1 cells between the candidates of its left edge, one between the two windows,
    # c - 1 on its right. The outer edges count as c equal candidates, with nothing between them.
    padded = np.pad(cells, ((0, 0), (c - 1, c - 1)))
    mass, mean, variance = np.lib.stride_tricks.sliding_window_view(padded, 2 * c - 1, axis=1)[:, ::c]
    total, first = mass.sum(axis=1, keepdims=True), (mass * mean).sum(axis=1, keepdims=True)
    # Sums about the region's own mean: about a common one, small regions would lose their digits.
    offset = mean - ratio(first, total)
    sums = np.cumsum([mass, mass * offset, mass * (offset**2 + variance)], axis=2)
    sums = np.pad(sums, ((0, 0), (0, 0), (1, 0)))  # sums up to each candidate, left and right
    return run_costs(sums[:, :, :c, None], sums[:, :, None, c:])
