"""Appendix G: the proofs of Section 6."""

from itertools import pairwise

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Intervals, concentration

from .agreement import below, integral, row
from .problems import PROBLEM, SIGMA2, beta, learned, p, sample


@row("(116)")
def eq_116():
    x, y = sample()
    here = (x >= 0.25) & (x < 0.375)
    gap = y[here].mean() - beta(x[here]).mean()
    return f"z = {gap / (np.sqrt(SIGMA2 / here.sum())):.2f} over {here.sum()} draws"


@row("(121)–(122)")
def eq_121_122():
    edges = Intervals.uniform(8).edges
    c = zcmoe.best_experts(PROBLEM, Intervals.uniform(8)).constants
    return below([integral(lambda x, each=each: (beta(x) - each) * p(x), a, b)
                  for (a, b), each in zip(pairwise(edges), c, strict=True)], 1e-10)


@row("(124)", "(126)")
def eq_124():
    worst = 0
    for n, mass in ((20, 0.3), (200, 0.05), (2000, 0.01)):
        law, mu = stats.binom(n, mass), n * mass
        for t in np.linspace(0.05, 1, 20):
            tail = law.cdf(np.floor(mu * (1 - t) + 1e-9)) + law.sf(np.ceil(mu * (1 + t) - 1e-9) - 1)
            worst = max(worst, tail / (2 * np.exp(-(t**2) * mu / 3)))
    return f"exact binomial / bound ≤ {worst:.3f}"


@row("(125)")
def eq_125():
    counts = learned()[1].mean(axis=0)
    mass = zcmoe.region_moments(PROBLEM, Intervals.uniform(8)).probability
    spread = np.sqrt(200 * mass * (1 - mass) / 5000)
    z = (counts - 200 * mass) / spread
    return f"root mean square z = {np.sqrt(np.mean(z**2)):.2f} over 8 regions, 5000 training sets"


@row("(129)")
def eq_129():
    constants, counts = learned()
    probability, mean, variance = zcmoe.region_moments(PROBLEM, Intervals.uniform(8))
    scaled = counts * (constants - mean) ** 2 / (variance + SIGMA2)
    return f"mean of k(ĉ − c)²/Var(y | A) = {scaled[counts > 0].mean():.3f}; 1 by (129)"


@row("(130)")
def eq_130():
    x, y = sample()
    width = concentration.value_ranges(PROBLEM, Intervals.uniform(8))[3] + 1
    inside = y[Intervals.uniform(8).route(x) == 3]
    return f"range of y in 10⁶ draws / (R + 2B) = {np.ptp(inside) / width:.3f}"


def mean_of_uniforms(k, t):
    """P(|mean of k uniforms on [-1/2, 1/2]| ≥ t), by the law of Irwin and Hall."""
    from math import comb, factorial
    x = k * (0.5 - t)
    return 2 * sum((-1) ** j * comb(k, j) * (x - j) ** k for j in range(int(x) + 1)) / factorial(k)


@row("(131)–(132)", "(134)")
def eq_131_132():
    ratio = [mean_of_uniforms(k, t) / (2 * np.exp(-2 * k * t**2)) for k in (2, 5, 10) for t in (0.05, 0.2, 0.4)]
    return f"exact tail / bound ≤ {max(ratio):.3f} (constant β, k = 2, 5, 10)"


@row("(135)–(140)", "(141)–(142)")
def eq_135_140():
    law, k = stats.binom(200, 0.05), 5
    weights = np.array([law.pmf(j) for j in range(k, 60)]) / law.sf(k - 1)
    mixed = weights @ (2 * np.exp(-2 * np.arange(k, 60) * 0.3**2))
    return f"mixture / bound = {mixed / (2 * np.exp(-2 * k * 0.3**2)):.3f} (n = 200, P = 0.05, k = 5, t = 0.3)"
