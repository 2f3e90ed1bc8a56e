"""How agreement is measured and said, and the independent ways to compute an integral."""

from itertools import pairwise

import numpy as np
from scipy.integrate import quad

from .problems import SIGMA2, A, beta, p

MEASURES = {}


def row(*numbers):
    """Register a measurement for rows of the ledger."""
    def register(measure):
        MEASURES.update(dict.fromkeys(numbers, measure))
        return measure
    return register


def below(error, bound):
    """Say that an error is below a bound that rounding can't reach; if it is not, say what it is."""
    error = float(np.max(np.abs(error)))
    return f"error < {bound:.0e}" if error < bound else f"error {error:.1e}"


def relative(value, truth, bound):
    return below(np.asarray(value) / np.asarray(truth) - 1, bound)


def falls(error):
    """How often a quantity shrinks when its argument, 1/100 and then 1/200, is halved."""
    return f"falls {error(0.01) / error(0.005):.2f}-fold when the region is halved"


def integral(f, a=0.0, b=1.0):
    """SciPy's adaptive quadrature, on each period of β apart."""
    cuts = np.union1d([a, b], [k / 12 for k in range(13) if a < k / 12 < b])
    return sum(quad(f, u, v, epsabs=0, epsrel=1e-12)[0] for u, v in pairwise(cuts))


def optimal_constant(a, b):
    return integral(lambda x: beta(x) * p(x), a, b) / integral(p, a, b)


def error_by_quadrature(edges, constants):
    return SIGMA2 + sum(integral(lambda x, c=c: (beta(x) - c) ** 2 * p(x), a, b)
                        for (a, b), c in zip(pairwise(edges), constants, strict=True))


def square(side, power):
    """∫ ‖h‖^power over a square, in polar coordinates."""
    angular = integral(lambda t: np.cos(t) ** -(power + 2.0), 0, np.pi / 4)
    return 8 * (side / 2) ** (power + 2) / (power + 2) * angular


def on_square(f, side):
    """Integral of f over the square of this side around A, by a 12 × 12 product rule."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    h = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2) * side / 2
    return np.outer(weights, weights).ravel() @ f(A + h) * side**2 / 4


def mean2(f, n=400):
    """∫ f over the unit square by the midpoint rule, good to about 1e-5."""
    axis = (np.arange(n) + 0.5) / n
    return f(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)).mean()


def around(s):
    """Points on circles of radius up to s about A, and their distances."""
    angle = np.linspace(0, 2 * np.pi, 60)
    h = np.concatenate([s * r * np.stack([np.cos(angle), np.sin(angle)], 1) for r in (0.25, 0.5, 0.75, 1)])
    return h, np.linalg.norm(h, axis=1)
