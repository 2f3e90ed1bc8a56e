"""Cubature on [0, 1]^d, d > 1: products of Gauss rules, refined where an integrand asks for it, and Sobol's points.

A patch is a box of parameters with a product of Gauss rules on it. Its values are a polynomial's, whose last
coefficients say how well it is resolved; where they say badly, the patch is halved across the worst axis.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from zcmoe._quadrature import SCRAMBLES, gauss, panel_rule

BUDGET = 2**20  # nodes of a refined rule, where it starts with no more than half of them
LARGEST = 2**22  # nodes of any
_TOLERANCE = 1e-11
_CHUNK = 2**18  # nodes judged at a time
_INSET = 1e-9  # of a patch's width: β is evaluated inside open cells only


class Patches(NamedTuple):
    """Boxes of parameters, `low` and `high` of shape (k, d), and the region each belongs to."""

    low: np.ndarray
    high: np.ndarray
    owner: np.ndarray


class Axis(NamedTuple):
    """Rules along an axis, one a patch or one for all: nodes and weights (k, n), the orthonormal polynomials at the nodes
    times the roots of the weights, (k or 1, degree, node), and two places (k, 2) near the ends, where there is mass."""

    nodes: np.ndarray
    weights: np.ndarray
    basis: np.ndarray
    ends: np.ndarray


class Rule(NamedTuple):
    """Nodes (k, n^d, d), weights (k, n^d), a factor of the weights that itself has to be resolved or None, and the axes."""

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
        axes = self.axes(patches)
        x, density = self.place(patches, _grid([axis.nodes for axis in axes]))
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
    vectors = vectors * np.where(vectors[:, :1] < 0, -1, 1)
    level = np.cumsum(w) - np.repeat(np.add.reduceat(w, starts).cumsum() - total, np.diff(np.r_[starts, w.size]))
    last = np.append(starts[1:], w.size) - 1
    reached, left = level > 1e-6 * total[owner], total[owner] - level + w > 1e-6 * total[owner]
    below = np.fmin.reduceat(np.where(reached, t, np.inf), starts)
    above = np.fmax.reduceat(np.where(left, t, -np.inf), starts)
    ends = np.stack([np.where(reached[starts] | (below > 1), -1, below), np.where(left[last] | (above < -1), 1, above)], axis=1)
    ends = np.clip(ends, -1 + 2 * _INSET, 1 - 2 * _INSET)
    low, width = low[:, None], (high - low)[:, None]
    return Axis(low + width * (1 + roots) / 2, total[:, None] * vectors[:, 0] ** 2, vectors, low + width * (1 + ends) / 2)


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

def refine(chart, patches, judge, tol=_TOLERANCE):
    """Halve patches until their relative errors together are below `tol`, or the budget of nodes is spent.

    Parameters
    ----------
    chart : callable
        From Patches to a Rule.
    judge : callable
        From the chart, patches and their Rule to the error of each patch and the axis to halve.

    Returns
    -------
    Refined
    """
    per = chart.order**chart.dimension
    budget = min(max(BUDGET, 2 * per * len(patches.owner)), LARGEST + per)
    done, spent, squares = [], 0, 0.0
    while len(patches.owner):
        rule = chart(patches)
        error, axis = judge(chart, patches, rule)
        error = np.where(np.isfinite(error), error, np.inf)
        order = np.argsort(error)
        keep = np.zeros(error.size, bool)
        keep[order[squares + np.cumsum(error[order] ** 2) <= tol**2]] = True
        rows = np.arange(error.size)
        keep |= (patches.high - patches.low)[rows, axis] <= 2.0**9 * np.spacing(patches.high[rows, axis])
        worst = order[::-1][~keep[order[::-1]]]
        room = max(budget - spent - per * int(keep.sum()), 0) // (2 * per)
        while worst.size > room:  # every one that is kept takes room too
            keep[worst[room:]] = True
            worst, room = worst[:room], max(budget - spent - per * int(keep.sum()), 0) // (2 * per)
        squares += np.sum(error[keep] ** 2)
        spent += per * int(keep.sum())
        done.append(_finished(rule, patches.owner, keep))
        patches = halved(patches, np.flatnonzero(~keep), axis)
    nodes, weights, regions = (parts[0] if len(parts) == 1 else np.concatenate(parts)
                               for parts in zip(*done, strict=True))
    return Refined(nodes, weights, regions, float(np.sqrt(squares)))


def _finished(rule, owner, keep):
    some = slice(None) if keep.all() else keep
    nodes, weights = rule.nodes[some], rule.weights[some]
    if rule.density is not None:
        weights = weights * rule.density[some]
    return nodes.reshape(-1, nodes.shape[-1]), weights.ravel(), np.repeat(owner[some], weights.shape[1])


def halved(patches, some, axis):
    """Two patches for each of `some`, cut across the axis given for it."""
    low, high, owner = (np.concatenate([part[some]] * 2) for part in patches)
    rows, across = np.arange(some.size), axis[some]
    middle = (low[rows, across] + high[rows, across]) / 2
    high[rows, across] = middle
    low[some.size + rows, across] = middle
    return Patches(low, high, owner)


def spectrum(values, bases, order):
    """What the last coefficients of functions say, along each axis.

    Parameters
    ----------
    values : ndarray, shape (functions, k, n^d)
        Times the roots of the weights.

    Returns
    -------
    tail, beyond : ndarray, shape (axes, functions, k)
        Norms of the last coefficient, and of the coefficients of twice the degree, which a Gauss rule takes for
        the first: c_2n ≈ c_n² / c_(n/2) for both a geometric and an algebraic decay, and a factor of 4 for safety.
    """
    count, k, _ = values.shape
    degrees = [order // 2 - 1, order // 2, order - 3, order - 2, order - 1]
    tails, beyond = [], []
    for j, basis in enumerate(bases):
        along = np.moveaxis(values.reshape(count, k, order**j, order, -1), 3, 2).reshape(count, k, order, -1)
        middle, halfway, third, second, last = np.moveaxis(np.sum((basis[:, degrees] @ along) ** 2, axis=-1), -1, 0)
        # An even or odd function has every other coefficient 0: the last but one counts, a step further down.
        tail = np.sqrt(last + second * _ratio(second, third + second))
        tails.append(tail)
        beyond.append(tail * np.minimum(1, 4 * _ratio(tail, np.sqrt(middle + halfway))))
    return np.array(tails), np.array(beyond)


def _ratio(numerator, denominator):
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


class Judge:
    """Errors of patches; what is done in chunks, so that few large arrays are there at a time."""

    def __call__(self, chart, patches, rule):
        k, per, d = rule.nodes.shape
        value = self.function(rule.nodes.reshape(-1, d)).reshape(k, per)
        owner = self.owner_of(patches)
        self._start(rule, owner, value)
        error, axis, step = np.empty(k), np.empty(k, int), max(_CHUNK // per, 1)
        for start in range(0, k, step):
            part = slice(start, start + step)
            axes = [Axis(*(each if len(each) == 1 and k > 1 else each[part] for each in axis)) for axis in rule.axes]
            density = None if rule.density is None else rule.density[part]
            errors = self._judge(value[part], rule.weights[part], density, axes, owner[part])
            errors = errors + self._at_faces(chart, Patches(*(each[part] for each in patches)), axes, value[part],
                                             rule.weights[part] if density is None else rule.weights[part] * density,
                                             owner[part])
            error[part], axis[part] = errors.sum(axis=0), errors.argmax(axis=0)
        return error, axis

    def owner_of(self, patches):
        """The region of each patch."""
        return patches.owner

    def _at_faces(self, chart, patches, axes, value, mass, owner):
        """What a jump between the outermost nodes and a face may do: there the polynomial of the values misses."""
        errors, (k, n) = [], (len(value), chart.order)
        for j, axis in enumerate(axes):
            rows, growth = _extrapolation(axis)
            along = np.moveaxis(value.reshape(k, n**j, n, -1), 2, 1).reshape(k, n, -1)
            there = self.function(chart.face(patches, axes, j).reshape(-1, chart.dimension))
            there = np.moveaxis(there.reshape(k, n**j, 2, -1), 2, 1).reshape(k, 2, -1)
            said = rows @ along
            # What is smooth is extrapolated to within its last coefficients; twenty times that are no jump.
            last = np.abs((axis.basis[:, [n - 2, n - 1]] * np.sqrt(_share(axis))[:, None]) @ along).sum(axis=1).max(axis=1)
            allowed = 20 * growth * (last[:, None] + 1e-290) + 100 * self.noise * np.abs(rows).sum(axis=2)
            jump = np.abs(there - said) > allowed[:, :, None]
            outermost = np.moveaxis(mass.reshape(k, n**j, n, -1), 2, 1).reshape(k, n, -1)[:, [0, -1]] / 2
            errors.append(np.sum(outermost * jump * self._difference(there, said, owner), axis=(1, 2)))
        return np.array(errors)


def _share(axis):
    total = axis.weights.sum(axis=1, keepdims=True)
    return np.divide(axis.weights, total, out=np.zeros_like(axis.weights), where=total > 0)


def _extrapolation(axis):
    """Lagrange's polynomials at the ends, (k, 2, node), and the largest of the last two orthonormal ones there, (k, 2)."""
    x, e, n = axis.nodes, axis.ends, axis.nodes.shape[1]
    rows = np.ones((len(x), 2, n))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for i in range(n):
            for other in range(n):
                if other != i:
                    rows[:, :, i] *= (e - x[:, [other]]) / (x[:, [i]] - x[:, [other]])
        values = np.where(axis.weights[:, None] > 0, axis.basis[:, [n - 2, n - 1]] / np.sqrt(_share(axis))[:, None], 0.0)
        growth = np.abs(rows @ np.moveaxis(values, 1, 2)).max(axis=2)
    bad = ~np.isfinite(rows).all(axis=(1, 2)) | ~np.isfinite(growth).all(axis=1)  # nodes of no mass coincide
    rows[bad], growth[bad] = 0.0, 1e300
    return rows, growth


class MomentsJudge(Judge):
    """Errors of Σ P_i v_i, of the means and of the probabilities, relative to Σ P_i v_i, its root and 1."""

    def __init__(self, beta, n_regions, regions=None):
        self.function, self.m, self.regions, self.centre = beta, n_regions, regions, None

    def owner_of(self, patches):
        """The region of each patch, or of the quadrilateral that it is of."""
        return patches.owner if self.regions is None else self.regions[patches.owner]

    def _start(self, rule, owner, value):
        """Centres of the regions' values as the first patches see them; their spread and size as any have seen them."""
        mass = rule.weights if rule.density is None else rule.weights * rule.density
        if self.centre is None:
            total = np.bincount(owner, mass.sum(axis=1), self.m)
            first = np.bincount(owner, np.einsum("kp,kp->k", mass, value), self.m)
            self.mass, self.scale, self.noise = max(total.sum(), 1e-300), 1e-150, 0.0
            overall = first.sum() / self.mass if total.sum() > 0 else value.mean()
            self.centre = np.divide(first, total, out=np.full(self.m, overall), where=total > 0)
        spread = np.einsum("kp,kp", mass, (value - self.centre[owner, None]) ** 2)
        self.noise = max(self.noise, 1e-14 * np.abs(value).max())
        self.scale = max(self.scale, np.sqrt(spread / self.mass), self.noise)

    def _judge(self, value, weights, density, axes, owner):
        root, volume = np.sqrt(weights), np.sqrt(weights.sum(axis=1))
        g = (value - self.centre[owner, None]) * root
        functions = g[None] if density is None else np.stack([g, density * g, density * root])
        norm = np.sqrt(np.sum(functions**2, axis=-1))
        tail, beyond = spectrum(functions, [axis.basis for axis in axes], axes[0].nodes.shape[1])
        # f = p g and g, for β - c = g: ∫ p, ∫ f and ∫ f g; without a density f is g and p is resolved.
        f = 0 if density is None else 1
        floor = self.noise * np.stack([volume] if density is None else [volume, norm[2], 0 * volume])
        seen = tail > floor
        tail, beyond = tail * seen, beyond * seen
        first = beyond[:, f] * volume / self.scale
        second = (norm[f] * beyond[:, 0] + norm[0] * beyond[:, f] + tail[:, f] * tail[:, 0]) / self.scale**2
        return first + second + (0 if density is None else beyond[:, 2] * volume)

    def _difference(self, there, said, owner):
        centre = self.centre[owner, None, None]
        return np.abs(there - said) * (1 + (np.abs(there - centre) + np.abs(said - centre)) / self.scale) / self.scale


class IntegralJudge(Judge):
    """The error of the integral of one function, relative to that of its absolute value."""

    def __init__(self, function):
        self.function, self.size, self.noise = function, 1e-300, 0.0

    def _start(self, rule, owner, value):
        self.size = max(self.size, float(np.einsum("kp,kp", np.abs(value), rule.weights)))
        self.noise = max(self.noise, 1e-14 * np.abs(value).max())

    def _judge(self, value, weights, density, axes, owner):
        functions = (value * np.sqrt(weights))[None]
        beyond = spectrum(functions, [axis.basis for axis in axes], axes[0].nodes.shape[1])[1]
        return beyond[:, 0] * np.sqrt(weights.sum(axis=1)) / self.size

    def _difference(self, there, said, owner):
        return np.abs(there - said) / self.size


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
