import numpy as np
from scipy import optimize, stats

import zcmoe
from zcmoe import Boxes, Independent, Intervals, Problem, concentration, expected_estimation_error

from ._problems import (
    EXPONENTIAL,
    FLAT,
    INPUTS,
    NOISE,
    PROBLEM,
    SQUARE,
    UNIFORM,
    compander,
    cosine,
    equal,
    formula,
    listed,
    optimum,
)
from .multidimensional import slack

SIZES = (4, 8, 16, 32, 64)


def remainder(m, terms=40):
    """Theorem 4.1's remainder on m equal intervals for a slope that is Hölder continuous with exponent 1/4.

    Midpoints are (2i + 1)/2m, so the phases of all terms are found in whole numbers; the mean of a sine over a cell is
    its value at the midpoint times sin(t)/t. Hence no quadrature, and no digit is lost to frequencies of 10¹⁹.
    """
    size, frequency = 3.0 ** (-np.arange(terms) / 4), 3.0 ** np.arange(terms)
    turns = np.outer(2 * np.arange(m) + 1, [pow(3, k, 2 * m) for k in range(terms)]) % (2 * m) / (2 * m)
    height = size / (2 * np.pi * frequency)
    means = np.sin(2 * np.pi * turns) @ (height * np.sinc(frequency / m))
    slope = np.cos(2 * np.pi * turns) @ size
    return abs(np.sum(height**2) / 2 - np.mean(means**2) - np.mean(slope**2) / (12 * m**2))


def remainders():
    kinked = Problem(lambda x: x**1.1, UNIFORM, None, gradient=lambda x: 1.1 * x**0.1)
    off = [abs(zcmoe.approximation_excess(kinked, cells) - zcmoe.small_region_error(kinked, cells))
           for cells in map(Intervals.uniform, (8, 128))]
    return {f"remainder{power}_{m}": f"{remainder(m) * m**power:.{digits}f}"
            for m in (64, 1024) for power, digits in ((2, 4), (3, 2))} | {
                "hoelder": f"{np.log(off[0] / off[1]) / np.log(16):.1f}"}


def high_rate():
    period = cosine(1, UNIFORM)
    return {"both": f"{optimum(period, 4) / formula(period, 4):.3f}",
            "below": listed([formula(PROBLEM, m) / optimum(PROBLEM, m) for m in SIZES]),
            "above": listed([optimum(SQUARE, m) / formula(SQUARE, m) for m in (2, 4, 8)], 3)}


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


def squares():
    return {"squares": listed([slack(2, k) for k in (10, 20, 40)]), "cubes": listed([slack(3, k) for k in (8, 16)])}


def quantile(weights, level=0.95):
    """Of a sum of weighted squares of standard normal variables, by Imhof's integral over its characteristic function.

    (Imhof 1961.) The points are so close that the law found repeats beyond 100 units only.
    """
    u = (np.arange(5000) + 0.5) / 10
    waves = np.outer(u, weights)
    turn, damped = np.arctan(waves).sum(axis=1), np.exp(-np.log1p(waves**2).sum(axis=1) / 4)

    def missing(value):
        return 1 - level - (0.5 + np.sum(np.sin((turn - value * u) / 2) * damped / u) / (10 * np.pi))
    return optimize.brentq(missing, 0.5, 30)


def quantiles():
    """The 95 % quantile of the estimation error in units of mσ²/n, for many examples and regions of equal probability.

    Each region then adds (σ² + v_i)χ²/n, with a χ² of its own of one degree of freedom.
    """
    sizes, found = (10, 100, 1000), []
    for m in sizes:
        variance = NOISE.var() + zcmoe.region_moments(PROBLEM, Intervals.from_density(INPUTS, m)).variance
        found.append(quantile(variance / (m * NOISE.var())))
    return {"constant": listed([stats.chi2.ppf(0.95, m) / m for m in sizes]),
            "running": f"{found[0]:.1f}, {found[1]:.2f} and {found[2]:.2f}"}


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
    return (remainders() | high_rate() | companders() | intervals() | empty()
            | squares() | quantiles() | union() | zeros() | shapes())
