"""The problems that are measured on, written out apart from what `zcmoe` makes of them.

The problem is the book's: β = cos 6πx, inputs Normal(0.4, 0.2²) truncated to [0, 1], noise
uniform on [-0.5, 0.5]; for d = 2, p = x₁ + x₂ and β = cos 2πx₁ + x₂².
"""

from functools import cache
from math import erf, sqrt

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Boxes, Intervals, Problem

W = 6 * np.pi
INPUTS = stats.truncnorm(-2, 3, 0.4, 0.2)
NOISE = stats.uniform(-0.5, 1)
UNIFORM = stats.uniform()
A = np.array([0.3, 0.6])  # a point of the square
MASS = (erf(3 / sqrt(2)) + erf(2 / sqrt(2))) / 2


def p(x):
    """The inputs' density, written out."""
    return np.exp(-((x - 0.4) ** 2) / 0.08) / (0.2 * sqrt(2 * np.pi) * MASS)


def dp(x):
    return -(x - 0.4) / 0.04 * p(x)


def beta(x):
    return np.cos(W * x)


def dbeta(x):
    return -W * np.sin(W * x)


def weight(x):
    return p(x) * dbeta(x) ** 2


def beta2(x):
    return np.cos(2 * np.pi * x[:, 0]) + x[:, 1] ** 2


def dbeta2(x):
    return np.stack([-2 * np.pi * np.sin(2 * np.pi * x[:, 0]), 2 * x[:, 1]], axis=1)


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


def tn2(x):
    return p(x[:, 0]) * p(x[:, 1])


DTN2 = np.array([dp(0.3) * p(0.6), p(0.3) * dp(0.6)])
PROBLEM = Problem(beta, INPUTS, NOISE)  # its gradient is the package's numerical one
PLANE = Problem(beta2, Tilted(), NOISE, gradient=dbeta2, dimension=2)
FLAT = Problem(lambda x: np.where(x < 0.5, np.cos(W * x), -1.0), INPUTS, NOISE, breakpoints=[0.5],
               gradient=lambda x: np.where(x < 0.5, -W * np.sin(W * x), 0.0))
SIGMA2 = 1 / 12
LAMBDA = zcmoe.SegmentDensity(lambda x: 0.6 + 0.8 * x)
Z = 4.650811273  # reference R01
TWENTY = Intervals.uniform(20)


@cache
def sample():
    return PROBLEM.sample(1_000_000, rng=0)


@cache
def learned():
    """Constants learned from 5000 training sets of 200 examples on 8 equal intervals, and the counts."""
    cells, sets = Intervals.uniform(8), [values.reshape(5000, 200) for values in PROBLEM.sample(1_000_000, rng=1)]
    constants = np.array([zcmoe.fit_experts(cells, x, y).constants for x, y in zip(*sets, strict=True)])
    return constants, np.array([np.bincount(cells.route(x), minlength=8) for x in sets[0]])


@cache
def boxes(k):
    """β's best constants, centroids, geometry and gradients on k × k squares."""
    cells = Boxes((k, k))
    geometry = zcmoe.region_geometry(PLANE, cells)
    return cells, zcmoe.region_moments(PLANE, cells), geometry, dbeta2(geometry.centroid)
