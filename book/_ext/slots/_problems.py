"""The problems that pages tell numbers of, and how such numbers are written."""

import functools

import numpy as np

import zcmoe
from ledger.problems import FLAT, INPUTS, NOISE, PROBLEM, UNIFORM  # noqa: F401
from zcmoe import Intervals, Problem


def cosine(cycles, inputs=INPUTS):
    w = 2 * np.pi * cycles
    return Problem(lambda x: np.cos(w * x), inputs, NOISE, gradient=lambda x: -w * np.sin(w * x))


EXPONENTIAL = Problem(np.exp, INPUTS, NOISE, gradient=np.exp)
SQUARE = Problem(np.square, UNIFORM, NOISE, gradient=lambda x: 2 * x)


def equal(problem, m):
    """The excess of m equal intervals."""
    return zcmoe.approximation_excess(problem, Intervals.uniform(m))


def cuts(problem, m):
    """The compander's cuts, at the i/m-quantiles of λ*."""
    return Intervals.from_density(zcmoe.optimal_density(problem), m)


def compander(problem, m):
    """The excess of the compander's cuts."""
    return zcmoe.approximation_excess(problem, cuts(problem, m))


@functools.cache
def optimum(problem, m):
    """The excess of the exact optimum among intervals."""
    return zcmoe.approximation_excess(problem, zcmoe.optimal_intervals(problem, m))


def formula(problem, m):
    """The excess by (23)."""
    return zcmoe.minimal_error(problem, m) - problem.noise_variance


def listed(values, digits=2):
    return ", ".join(f"{value:.{digits}f}" for value in values)
