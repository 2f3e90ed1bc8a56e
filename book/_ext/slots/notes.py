import numpy as np

import zcmoe
from zcmoe import Boxes, Independent, Intervals, Problem, concentration, expected_estimation_error

from ._problems import EXPONENTIAL, FLAT, NOISE, PROBLEM, UNIFORM, compander, cosine, equal, formula, listed, optimum

SIZES = (4, 8, 16, 32, 64)


def remainder(m):
    """Theorem 4.1's remainder on m = 2^k equal intervals for a slope that is Hölder continuous with exponent 1/4."""
    frequency, size = 2 * np.pi * 3.0 ** np.arange(10), 3.0 ** (-np.arange(10) / 4)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    x = (np.arange(2**16)[:, None] + 0.5 + nodes / 2) / 2**16
    cells = sum(a / f * np.sin(f * x) for a, f in zip(size, frequency, strict=True)).reshape(m, -1, 8)
    variance = np.mean(cells**2 @ weights / 2, axis=1) - np.mean(cells @ weights / 2, axis=1) ** 2
    slope = np.cos(np.outer((np.arange(m) + 0.5) / m, frequency)) @ size
    return abs(np.mean(variance) - np.mean(slope**2) / (12 * m**2))


def remainders():
    return {f"remainder{power}_{m}": f"{remainder(m) * m**power:.{digits}f}"
            for m in (64, 1024) for power, digits in ((2, 4), (3, 2))}


def high_rate():
    square = Problem(np.square, UNIFORM, NOISE, gradient=lambda x: 2 * x)
    return {"below": listed([formula(PROBLEM, m) / optimum(PROBLEM, m) for m in SIZES]),
            "above": listed([optimum(square, m) / formula(square, m) for m in (2, 4, 8)], 3)}


def companders():
    return {"compander": listed([compander(PROBLEM, m) / optimum(PROBLEM, m) for m in SIZES]),
            "equal": listed([equal(PROBLEM, m) / optimum(PROBLEM, m) for m in SIZES]),
            "exponential": listed([compander(EXPONENTIAL, m) / optimum(EXPONENTIAL, m) for m in (4, 8, 16)], 4)}


def intervals():
    """A monotone rearrangement: with x uniform, the law of cos 6πx is that of cos πx."""
    gain = zcmoe.high_rate_coefficient(cosine(3, UNIFORM)) / zcmoe.high_rate_coefficient(cosine(0.5, UNIFORM))
    return {"level_sets": f"{gain:.0f}"}


def empty():
    estimation = expected_estimation_error(PROBLEM, Intervals.uniform(20), 200)
    return {"empty": f"{estimation.empty:.5f}", "estimation": f"{sum(estimation):.5f}"}


def union():
    least = zcmoe.region_moments(PROBLEM, Intervals.uniform(20)).probability.min()
    examples = int(np.ceil(concentration.required_examples(least, 0.05)))
    return {"examples": f"{examples:,}".replace(",", "\N{NO-BREAK SPACE}")}


def zeros():
    share = {k: 1 - zcmoe.optimal_density(FLAT, floor=10.0**-k).cdf(0.5) for k in (6, 3)}
    return {f"share_{k}": rf"${share[k] * 10**power:.2f}\cdot10^{{-{power}}}$" for k, power in ((6, 5), (3, 3))}


def shapes():
    line = Problem(lambda x: x @ [1.0, 4.0], Independent(UNIFORM, UNIFORM), NOISE, dimension=2,
                   gradient=lambda x: np.broadcast_to([1.0, 4.0], x.shape))
    return {f"boxes_{k}": f"{zcmoe.approximation_excess(line, Boxes([k, 400 // k])):.5f}" for k in (10, 20)}


def values():
    return remainders() | high_rate() | companders() | intervals() | empty() | union() | zeros() | shapes()
