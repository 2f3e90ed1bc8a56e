"""Integrals, minima and geometry computed apart from `zcmoe`: by NumPy and SciPy alone."""

from functools import cache
from itertools import pairwise

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.spatial import ConvexHull, Voronoi

from .problems import SIGMA2, A, beta, p


def integral(f, a=0.0, b=1.0):
    """SciPy's adaptive quadrature, on each period of β apart."""
    cuts = np.union1d([a, b], [k / 12 for k in range(13) if a < k / 12 < b])
    return sum(quad(f, u, v, epsabs=0, epsrel=1e-12)[0] for u, v in pairwise(cuts))


def optimal_constant(a, b):
    """E[β(x) | a ≤ x < b]."""
    return integral(lambda x: beta(x) * p(x), a, b) / integral(p, a, b)


def error_by_quadrature(edges, constants):
    """The test error (14) of given constants."""
    return SIGMA2 + sum(integral(lambda x, c=c: (beta(x) - c) ** 2 * p(x), a, b)
                        for (a, b), c in zip(pairwise(edges), constants, strict=True))


@cache
def nodes(n):
    """Gauss's rule on [0, 1]."""
    x, weights = np.polynomial.legendre.leggauss(n)
    return (x + 1) / 2, weights / 2


def products(edges, n=6):
    """A product of Gauss's rules on the boxes between edges: points (k, d), Lebesgue weights and the box of each."""
    x, w = nodes(n)
    axes = [((e[:-1, None] + np.diff(e)[:, None] * x).ravel(), (np.diff(e)[:, None] * w).ravel(),
             np.repeat(np.arange(e.size - 1), n)) for e in map(np.asarray, edges)]
    points, weights, region = [], 1.0, 0
    for j, (at, weight, box) in enumerate(axes):
        shape = [-1 if i == j else 1 for i in range(len(axes))]
        points.append(at.reshape(shape))
        weights = weights * weight.reshape(shape)
        region = region * (edges[j].size - 1) + box.reshape(shape)
    points = np.stack([part.ravel() for part in np.broadcast_arrays(*points)], axis=1)
    return points, weights.ravel(), region.ravel()


def moments(points, weights, region, law, target):
    """Probability, mean and variance of the target in each region of a rule."""
    mass, value = weights * law(points), target(points)
    m = region.max() + 1
    probability = np.bincount(region, mass, m)
    mean = np.bincount(region, mass * value, m) / probability
    return probability, mean, np.bincount(region, mass * (value - mean[region]) ** 2, m) / probability


def on_line(edges, law=p, target=beta, n=16):
    """The same for intervals."""
    points, weights, region = products([edges], n)
    return moments(points[:, 0], weights, region, law, target)


def least_on_grid(m, cells=360):
    """The least excess of m intervals whose edges lie on a grid, by a plain dynamic programme."""
    probability, mean, variance = on_line(np.linspace(0, 1, cells + 1), n=4)
    sums = np.cumsum([probability, probability * mean, probability * (mean**2 + variance)], axis=1)
    sums = np.pad(sums, ((0, 0), (1, 0)))
    mass, first, second = sums[:, None, :] - sums[:, :, None]
    cost = np.where(mass > 0, second - first**2 / np.where(mass > 0, mass, 1), np.inf)
    best = cost[0]
    for _ in range(m - 1):
        best = np.min(best[:, None] + cost, axis=0)
    return best[-1]


def least_over_densities(weight, volume, d):
    """The least Σ W λ^(-2/d) over densities that are constant on cells, by a descent that knows no Hölder; and λ.

    In u = ln λ its logarithm is convex.
    """
    a = 2 / d

    def objective(u):
        cost, total = weight * np.exp(-a * u), volume * np.exp(u)
        return np.log(cost.sum()) + a * np.log(total.sum()), a * (total / total.sum() - cost / cost.sum())

    found = minimize(objective, np.zeros(weight.size), jac=True, method="L-BFGS-B",
                     options={"maxiter": 5000, "maxfun": 5000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 50})
    level = np.exp(found.x)
    return np.exp(found.fun), level / (volume @ level)


def second_moment_of_cell(generator):
    """G of a lattice: its cell from SciPy's Voronoi diagram, cut into simplices from the origin."""
    n = len(generator)
    steps = np.stack(np.meshgrid(*[[-2, -1, 0, 1, 2]] * n, indexing="ij"), -1).reshape(-1, n)
    points = steps @ generator
    diagram = Voronoi(points[np.argsort(np.linalg.norm(points, axis=1), kind="stable")[:1 + 8 * n * n]])
    corners = diagram.vertices[diagram.regions[diagram.point_region[0]]]
    volume = second = 0.0
    for simplex in ConvexHull(corners).simplices:
        v = corners[simplex]
        size = abs(np.linalg.det(v)) / np.prod(np.arange(1, n + 1))
        volume += size
        second += size * ((v**2).sum() + (v.sum(axis=0) ** 2).sum()) / ((n + 1) * (n + 2))
    return second / (n * volume ** (1 + 2 / n))


def square(side, power):
    """∫ ‖h‖^power over a square, in polar coordinates."""
    angular = integral(lambda t: np.cos(t) ** -(power + 2.0), 0, np.pi / 4)
    return 8 * (side / 2) ** (power + 2) / (power + 2) * angular


def on_square(f, side):
    """Integral of f over the square of this side around A, by a 12 × 12 product rule."""
    points, weights, _ = products([np.array([a - side / 2, a + side / 2]) for a in A], 12)
    return weights @ f(points)


def triangles(k):
    """A rule on the halves of k × k squares: corners (2k², 3, 2), points and weights.

    Triangles, unlike boxes, have third moments. Exact for polynomials of degree 10.
    """
    low = np.stack(np.meshgrid(np.arange(k), np.arange(k), indexing="ij"), -1).reshape(-1, 2) / k
    lower = np.array([[0, 0], [1, 0], [0, 1]]) / k
    corners = np.concatenate([low[:, None] + lower, low[:, None] + 1 / k - lower])
    x, w = nodes(6)
    u, v = (each.ravel() for each in np.meshgrid(x, x, indexing="ij"))
    share = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    points = np.einsum("qj,tjd->tqd", share, corners)
    return corners, points, np.tile(np.outer(w * x, w).ravel() / k**2, (len(corners), 1))


def around(s):
    """Points on circles of radius up to s about A, and their distances."""
    angle = np.linspace(0, 2 * np.pi, 60)
    h = np.concatenate([s * r * np.stack([np.cos(angle), np.sin(angle)], 1) for r in (0.25, 0.5, 0.75, 1)])
    return h, np.linalg.norm(h, axis=1)
