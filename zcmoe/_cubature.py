"""Cubature on [0, 1]^d, d > 1: products of Gauss rules, refined where an integrand asks for it, and Sobol's points.

A patch is a box of parameters with a product of Gauss rules on it. Its values are a polynomial's, whose last
coefficients say how well it is resolved; where they say badly, the patch is halved across the worst axis.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from zcmoe._progress import with_progress
from zcmoe._quadrature import SCRAMBLES, gauss, panel_rule

BUDGET = 2**19  # nodes of a refined rule, where it starts with no more than half of them
LARGEST = 2**22  # nodes of any
_TOLERANCE = 1e-11
_LASTING = 2.0 ** (-1 / 8)  # what a power -7/8 of the distance to some place leaves of its error in a halving
_TELLING = 1e-3  # smaller errors decline by chance of rounding
CHUNK = 2**16  # nodes judged at a time
_INSET = 1e-9  # of a patch's width: β is evaluated inside open cells only


class Patches(NamedTuple):
    """Boxes of parameters, `low` and `high` of shape (k, d), and the region each belongs to."""

    low: np.ndarray
    high: np.ndarray
    owner: np.ndarray

    def take(self, some):
        """Some of them."""
        return Patches(*(each[some] for each in self))


class Axis(NamedTuple):
    """Rules along an axis, one a patch or one for all: nodes and weights (k, n), orthonormal polynomials at the nodes
    times the roots of the weights, (k or 1, degree, node), and two places (k, 2) near the ends, where there is mass."""

    nodes: np.ndarray
    weights: np.ndarray
    basis: np.ndarray
    ends: np.ndarray


class Rule(NamedTuple):
    """Nodes (k, n^d, d), weights (k, n^d), a factor of the weights to be resolved itself or None, and the axes."""

    nodes: np.ndarray
    weights: np.ndarray
    density: np.ndarray | None
    axes: list


class Refined(NamedTuple):
    """Nodes (n, d), their weights and regions, and the root of the sum of the patches' squared relative errors."""

    nodes: np.ndarray
    weights: np.ndarray
    regions: np.ndarray
    error: float


# ---- rules on patches

class Chart:
    """Rules on patches: a product of rules for parameters, here the coordinates themselves, and a density p or none."""

    def __init__(self, dimension, order, pdf=None):
        self.dimension, self.order, self.pdf = dimension, order, pdf

    def __call__(self, patches):
        axes, k, per = self.axes(patches), len(patches.owner), self.order**self.dimension
        x, density, step = np.empty((k, per, self.dimension)), None, max(CHUNK // per, 1)
        for start in with_progress(range(0, k, step), "nodes"):
            part = slice(start, start + step)
            x[part], factor = self.place(patches.take(part), _grid([axis.nodes[part] for axis in axes]))
            if factor is not None:
                density = np.empty((k, per)) if density is None else density
                density[part] = factor
        return Rule(x, _weights([axis.weights for axis in axes]), density, axes)

    def axes(self, patches):
        """An Axis for every coordinate."""
        nodes, weights = gauss(self.order)
        width = (patches.high - patches.low).T[:, :, None]
        low, basis, ends = patches.low.T[:, :, None], legendre_basis(self.order)[None], np.array([_INSET, 1 - _INSET])
        return [Axis(a + w * nodes, w * weights, basis, a + w * ends) for a, w in zip(low, width, strict=True)]

    def place(self, patches, grid):
        """Points x for parameters (k, n, d), and the density there."""
        density = None if self.pdf is None else self.pdf(grid.reshape(-1, self.dimension)).reshape(grid.shape[:2])
        return grid, density

    def face(self, patches, axes, j):
        """The nodes (k, n^(d - 1) · 2, d) on the two faces across axis j."""
        return self.place(patches, _grid([axis.ends if i == j else axis.nodes for i, axis in enumerate(axes)]))[0]


class LawChart(Chart):
    """Gauss's rules for the marginals of a product law: whatever the law, exact for polynomials β on a box."""

    def __init__(self, marginals, order):
        super().__init__(len(marginals), order)
        self.marginals = marginals

    def axes(self, patches):
        """An Axis for every coordinate."""
        axes = []
        for law, low, high in zip(self.marginals, patches.low.T, patches.high.T, strict=True):
            ends, which = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
            axes.append(Axis(*(part[which.ravel()] for part in gauss_of_law(law, *ends.T, self.order))))
        return axes


def gauss_of_law(law, low, high, order):
    """Gauss's rule for a law on the line in each of several intervals.

    The law is discretised by its panels, each with the probability that the cdf says; Stieltjes' procedure finds the
    orthogonal polynomials and the eigenvalues of the Jacobi matrix are the nodes (Golub and Welsch).

    Returns
    -------
    Axis
        The weights sum to the interval's probability; all but a millionth of it lies between the ends.
    """
    edges = np.union1d(law.panels, np.concatenate([low, high]))
    nodes, weights = panel_rule(edges)
    first, last = np.searchsorted(edges, low), np.searchsorted(edges, high)
    used = np.zeros(edges.size, int)
    np.add.at(used, first, 1)
    np.add.at(used, last, -1)
    used = np.cumsum(used)[:-1] > 0
    mass = np.zeros_like(weights)
    mass[used] = weights[used] * law.pdf(nodes[used])
    sums = mass.sum(axis=1, keepdims=True)
    share = np.where(sums > 0, mass / np.where(sums > 0, sums, 1), weights / weights.sum(axis=1, keepdims=True))
    mass = share * np.maximum(np.diff(law.cdf(edges)), 0)[:, None]
    count = last - first
    owner = np.repeat(np.arange(low.size), count)
    panel = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count) + first[owner]
    starts = (np.cumsum(count) - count) * nodes.shape[1]
    t, w = nodes[panel].ravel(), mass[panel].ravel()
    owner = np.repeat(owner, nodes.shape[1])
    t = 2 * (t - low[owner]) / (high - low)[owner] - 1
    total = np.add.reduceat(w, starts)
    jacobi = _stieltjes(t, np.where(total[owner] > 0, w, 1.0), owner, starts, order)
    roots, vectors = np.linalg.eigh(jacobi)
    vectors = vectors * np.copysign(1, vectors[:, :1])
    level = np.cumsum(w) - np.repeat(np.add.reduceat(w, starts).cumsum() - total, np.diff(np.r_[starts, w.size]))
    last = np.append(starts[1:], w.size) - 1
    reached, left = level > 1e-6 * total[owner], total[owner] - level + w > 1e-6 * total[owner]
    below = np.fmin.reduceat(np.where(reached, t, np.inf), starts)
    above = np.fmax.reduceat(np.where(left, t, -np.inf), starts)
    ends = np.stack([np.where(reached[starts] | (below > 1), -1, below),
                     np.where(left[last] | (above < -1), 1, above)], axis=1)
    ends = np.clip(ends, -1 + 2 * _INSET, 1 - 2 * _INSET)
    low, width = low[:, None], (high - low)[:, None]
    return Axis(low + width * (1 + roots) / 2, total[:, None] * vectors[:, 0] ** 2, vectors,
                low + width * (1 + ends) / 2)


def _stieltjes(t, w, owner, starts, order):
    """Jacobi matrices (k, order, order) of discrete measures, one behind the other in t and w."""
    matrix = np.zeros((starts.size, order, order))
    before, now, last = np.zeros_like(t), np.ones_like(t), np.ones(starts.size)
    for k in range(order):
        weighted = w * now * now
        square = np.add.reduceat(weighted, starts)
        some = square > 0
        centre = np.where(some, np.add.reduceat(weighted * t, starts) / np.where(some, square, 1), 0.0)
        ratio = square / last if k else np.zeros_like(square)
        matrix[:, k, k] = centre
        if k:
            matrix[:, k, k - 1] = matrix[:, k - 1, k] = np.sqrt(ratio)
        before, now = now, (t - centre[owner]) * now - ratio[owner] * before
        last = np.where(some, square, 1.0)
    return matrix


@lru_cache
def legendre_basis(order):
    """Orthonormal Legendre polynomials on [0, 1] at Gauss's nodes times the roots of the weights, (degree, node)."""
    nodes, weights = gauss(order)
    values = np.polynomial.legendre.legvander(2 * nodes - 1, order - 1)
    return (values * np.sqrt(2 * np.arange(order) + 1)).T * np.sqrt(weights)


def _grid(nodes):
    """The product of nodes, (k, n_j) for each axis j, shape (k, n_1 … n_d, d)."""
    k, sizes = len(nodes[0]), [each.shape[1] for each in nodes]
    grid = np.empty((k, *sizes, len(nodes)))
    for j, each in enumerate(nodes):
        grid[..., j] = each.reshape(k, *(n if i == j else 1 for i, n in enumerate(sizes)))
    return grid.reshape(k, -1, len(nodes))


def _weights(weights):
    """Their product, in the same order, shape (k, n_1 … n_d)."""
    product = np.ones((len(weights[0]), 1))
    for each in weights:
        product = (product[:, :, None] * each[:, None, :]).reshape(len(product), -1)
    return product


# ---- refinement

def refine(chart, patches, judge):
    """Halve patches until their relative errors together are below 1e-11, or the budget of nodes is spent.

    Parameters
    ----------
    chart : callable
        From Patches to a Rule.
    judge : callable
        From the chart, patches and their Rule to the error of each patch and the axis to halve.

    Returns
    -------
    Refined

    Raises
    ------
    ValueError
        If the integrand diverges, or nearly, as a power of the distance: no patch says how much it misses there.
    """
    per = chart.order**chart.dimension
    first = per * len(patches.owner)
    budget = max(BUDGET, min(2 * first, LARGEST), first + first // 32)
    done, spent, squares, rounds = [], 0, 0.0, []
    while len(patches.owner):
        rule = chart(patches)
        error, axis = judge(chart, patches, rule)
        error = np.where(np.isfinite(error), error, np.inf)
        rounds.append(error.max())
        order = np.argsort(error)
        keep = np.zeros(error.size, bool)
        keep[order[squares + np.cumsum(error[order] ** 2) <= _TOLERANCE**2]] = True
        rows = np.arange(error.size)
        keep |= (patches.high - patches.low)[rows, axis] <= 2.0**9 * np.spacing(patches.high[rows, axis])
        worst = order[::-1][~keep[order[::-1]]]
        room = max(budget - spent - per * int(keep.sum()), 0) // (2 * per)
        while worst.size > room:  # every one that is kept takes room too
            keep[worst[room:]] = True
            worst, room = worst[:room], max(budget - spent - per * int(keep.sum()), 0) // (2 * per)
        squares += np.sum(error[keep] ** 2)
        spent += per * int(keep.sum())
        done.append(_finished(rule, judge.owner_of(patches), keep))
        patches = halved(patches, np.flatnonzero(~keep), axis)
    rate, luck = _decline(rounds) if squares > _TOLERANCE**2 else (0.5, 1.0)
    error = float(np.sqrt(squares)) * luck
    if rate > _LASTING and error > _TELLING:
        raise ValueError(f"{judge.name} over [0, 1]^{chart.dimension} does not converge: it grows nearly as 1/distance "
                         f"to some place")
    parts, joined, rule = list(zip(*done, strict=True)), [], None
    del done
    while parts:  # one array at a time: they may be large
        joined.append(parts[0][0] if len(parts[0]) == 1 else np.concatenate(parts[0]))
        del parts[0]
    return Refined(*joined, error / (2 * (1 - min(rate, _LASTING))))


def _decline(rounds):
    """What a round leaves of the worst error, and how much larger it is than the last round says.

    Where a jump runs a half is left, with the volume; of a power -a of the distance to some place 2^(a - 1), and all
    rounds to come would find 1/(1 - that) times as much as the last. What one round sees depends on where in its patch
    the place is: the largest of eight counts.
    """
    half = (len(rounds) - 8) // 2
    if half < 4 or not 0 < rounds[-1] < np.inf:
        return 0.5, 1.0
    last = np.array(rounds[:-9:-1])
    rate = min(max((last.max() / max(rounds[half:half + 8])) ** (1 / (len(rounds) - 8 - half)), 0.5), 1.0)
    return rate, max(1.0, np.max(last * rate ** np.arange(8)) / rounds[-1])


def _finished(rule, owner, keep):
    if rule.density is not None:
        np.multiply(rule.weights, rule.density, out=rule.weights)
    some = slice(None) if keep.all() else keep
    nodes, weights = rule.nodes[some], rule.weights[some]
    return nodes.reshape(-1, nodes.shape[-1]), weights.ravel(), np.repeat(owner[some], weights.shape[1])


def halved(patches, some, axis):
    """Two patches for each of `some`, cut across the axis given for it."""
    low, high, owner = (np.concatenate([part[some]] * 2) for part in patches)
    rows, across = np.arange(some.size), axis[some]
    middle = (low[rows, across] + high[rows, across]) / 2
    high[rows, across] = middle
    low[some.size + rows, across] = middle
    return Patches(low, high, owner)


# ---- Sobol's points

@lru_cache
def sobol_rule(dimension, seed=0):
    """A fixed equal-weight rule on [0, 1]^d: nodes (2**18, d) and weights (2**18,), not to be written to.

    The nodes are SCRAMBLES independent scramblings of Sobol's points, one after another, so that the spread
    between them gives a standard error.
    """
    from scipy.stats import qmc
    streams = np.random.default_rng(seed).spawn(SCRAMBLES)
    nodes = np.concatenate([qmc.Sobol(dimension, rng=stream).random_base2(14) for stream in streams])
    weights = np.full(len(nodes), 1 / len(nodes))
    nodes.setflags(write=False)
    weights.setflags(write=False)
    return nodes, weights
