"""The problems that are measured on, written out apart from what `zcmoe` makes of them.

The problem is the book's: β = cos 6πx, inputs Normal(0.4, 0.2²) truncated to [0, 1], noise
uniform on [-0.5, 0.5]. For d = 2, 3 the inputs are products of this law, positive as the theorems
ask, and β = exp x₁ + Σ (xⱼ² + xⱼ); PLANE, with p = x₁ + x₂ and β = cos 2πx₁ + x₂², is that of the
reference numbers.
"""

from functools import cache
from itertools import product
from math import erf, sqrt

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Boxes, Cubature, Independent, Intervals, Problem, Segmentation, SegmentDensity

W = 6 * np.pi
INPUTS = stats.truncnorm(-2, 3, 0.4, 0.2)
NOISE = stats.uniform(-0.5, 1)
UNIFORM = stats.uniform()
A = np.array([0.3, 0.6])  # a point of the square
MASS = (erf(3 / sqrt(2)) + erf(2 / sqrt(2))) / 2
SIGMA2 = 1 / 12


def p(x):
    """The inputs' density, written out."""
    return np.exp(-((x - 0.4) ** 2) / 0.08) / (0.2 * sqrt(2 * np.pi) * MASS)


def dp(x):
    return -(x - 0.4) / 0.04 * p(x)


def d2p(x):
    return (((x - 0.4) / 0.04) ** 2 - 25) * p(x)


def beta(x):
    return np.cos(W * x)


def dbeta(x):
    return -W * np.sin(W * x)


def d2beta(x):
    return -W * W * np.cos(W * x)


def weight(x):
    return p(x) * dbeta(x) ** 2


def several(x):
    """β for d > 1: nowhere flat."""
    return np.exp(x[..., 0]) + (x[..., 1:] ** 2 + x[..., 1:]).sum(axis=-1)


def dseveral(x):
    return np.concatenate([np.exp(x[..., :1]), 2 * x[..., 1:] + 1], axis=-1)


def d2several(x):
    """The diagonal of its Hessian, which is all of it."""
    return np.concatenate([np.exp(x[..., :1]), 2 + 0 * x[..., 1:]], axis=-1)


def products_of_p(x):
    return p(x).prod(axis=-1)


def dproducts_of_p(x):
    return products_of_p(x)[..., None] * dp(x) / p(x)


def steepness(x):
    """w = p ‖∇β‖² for d > 1."""
    return products_of_p(x) * (dseveral(x) ** 2).sum(axis=-1)


class Tilted:
    """The density x₁ + x₂ on the square."""

    dimension = 2

    def pdf(self, x):
        return x.sum(axis=1)

    def rvs(self, size, random_state=None):
        u = np.random.default_rng(random_state).random((3, size))  # a mixture: one coordinate has density 2x
        swap = u[2] < 0.5
        tilted = np.sqrt(u[0])
        return np.stack([np.where(swap, tilted, u[1]), np.where(swap, u[1], tilted)], axis=1)


RAMPS = (0.6, 1.3, 0.8)  # the marginals of a λ that is not uniform: a + 2(1 - a)x


def ramps(d):
    """Densities of the coordinates, as `zcmoe` takes them."""
    return [SegmentDensity(lambda x, a=a: a + 2 * (1 - a) * x) for a in RAMPS[:d]]


def level(x):
    """λ for d > 1, written out."""
    a = np.array(RAMPS[:x.shape[-1]])
    return (a + 2 * (1 - a) * x).prod(axis=-1)


def aspect(x):
    """The inertial profile M(x) of boxes that this λ cuts: with sides 1/(kλⱼ), Σ λⱼ^-2 Πλ^(2/d)/(12d)."""
    d = x.shape[-1]
    a = np.array(RAMPS[:d])
    each = a + 2 * (1 - a) * x
    return (each**-2.0).sum(axis=-1) * each.prod(axis=-1) ** (2 / d) / (12 * d)


def ramp_edges(k, d):
    """Where the coordinates' compressors are i/k: a root of a quadratic equation each."""
    q = np.arange(k + 1) / k
    return [(np.sqrt(a * a + 4 * (1 - a) * q) - a) / (2 * (1 - a)) for a in RAMPS[:d]]


class Graded(Segmentation):
    """Boxes between edges that are not equally spaced, as a reader may write them."""

    def __init__(self, edges):
        self.edges = edges
        self.dimension, self.n_regions = len(edges), int(np.prod([e.size - 1 for e in edges]))

    def _route(self, x):
        index = 0
        for e, column in zip(self.edges, x.T, strict=True):
            index = index * (e.size - 1) + np.searchsorted(e[1:-1], column, side="right")
        return index

    def _cubature(self, problem, measure):
        from .by_hand import products
        points, weights, region = products(self.edges, 4)
        if measure == "law":
            weights = weights * problem.inputs.pdf(points)
        return Cubature(points, weights, region)


PROBLEM = Problem(beta, INPUTS, NOISE)  # its gradient is the package's numerical one
PLANE = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + x[:, 1] ** 2, Tilted(), NOISE, dimension=2,
                gradient=lambda x: np.stack([-2 * np.pi * np.sin(2 * np.pi * x[:, 0]), 2 * x[:, 1]], axis=1))
SQUARE, CUBE = (Problem(several, Independent(*[INPUTS] * d), NOISE, gradient=dseveral, dimension=d) for d in (2, 3))
FLAT = Problem(lambda x: np.where(x < 0.5, np.cos(W * x), -1.0), INPUTS, NOISE, breakpoints=[0.5],
               gradient=lambda x: np.where(x < 0.5, -W * np.sin(W * x), 0.0))
LAMBDA = SegmentDensity(lambda x: 0.6 + 0.8 * x)
Z = 4.650811273  # reference R01
TWENTY = Intervals.uniform(20)


@cache
def sample():
    return PROBLEM.sample(200_000, rng=0)


@cache
def boxes(k):
    """The geometry of k × k squares."""
    return zcmoe.region_geometry(PLANE, Boxes((k, k)))


ATOMS = np.array([0.1, 0.3, 0.7, 0.9])  # a law of four inputs, two regions, and noise of two values
CHANCES = np.array([0.1, 0.2, 0.3, 0.4])
TARGET = np.array([1.0, -0.5, 2.0, 0.25])
SHOCKS, ODDS = np.array([-0.5, 1.0]), np.array([2 / 3, 1 / 3])
HALVES = Intervals([0, 0.5, 1])


@cache
def every_training_set(n=3):
    """All training sets of n examples: probability (s,), learned constants (s, 2) and the examples' regions (s, n)."""
    single = list(product(range(4), range(2)))
    chance, constants, regions = [], [], []
    for draw in product(single, repeat=n):
        atom, shock = np.array(draw).T
        chance.append(np.prod(CHANCES[atom] * ODDS[shock]))
        constants.append(zcmoe.fit_experts(HALVES, ATOMS[atom], TARGET[atom] + SHOCKS[shock]).constants)
        regions.append(atom // 2)
    return np.array(chance), np.array(constants), np.array(regions)


def truth_of_atoms():
    """P_i, c_i and Var(y | A_i) of that law, by hand."""
    mass = CHANCES.reshape(2, 2).sum(axis=1)
    mean = (CHANCES * TARGET).reshape(2, 2).sum(axis=1) / mass
    second = (CHANCES * TARGET**2).reshape(2, 2).sum(axis=1) / mass
    return mass, mean, second - mean**2 + ODDS @ SHOCKS**2
