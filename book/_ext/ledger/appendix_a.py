"""Appendix A: quantization."""

from itertools import pairwise

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Intervals

from .agreement import below, falls, integral, relative, row
from .problems import INPUTS, LAMBDA, PROBLEM, p, weight


@row("(42)")
def eq_42():
    best = zcmoe.quantization.optimal_quantizer(INPUTS, 8)
    edges = np.r_[0, best.thresholds, 1]
    return "8 levels: " + relative(best.distortion, sum(
        integral(lambda x, level=level: (x - level) ** 2 * p(x), a, b)
        for (a, b), level in zip(pairwise(edges), best.levels, strict=True)), 1e-9)


@row("(43)")
def eq_43():
    h = np.linspace(-1, 1, 201)
    return "max|p − p(xᵢ)| " + falls(lambda s: np.max(np.abs(INPUTS.pdf(0.3 + s * h) - INPUTS.pdf(0.3))))


@row("(44)")
def eq_44():
    def worst(m):
        best = zcmoe.quantization.optimal_quantizer(INPUTS, m)
        edges = np.r_[0, best.thresholds, 1]
        return np.max(np.abs(best.levels - (edges[1:] + edges[:-1]) / 2) / np.diff(edges))
    return f"max|r − xᵢ|/Δ = {worst(16):.4f}, {worst(64):.4f} for 16, 64 optimal levels"


@row("(45)")
def eq_45():
    by_hand = integral(lambda x: p(x) / (0.6 + 0.8 * x) ** 2) / 12
    return relative(zcmoe.quantization.bennett(INPUTS, LAMBDA), by_hand, 1e-9)


@row("(46)")
def eq_46():
    x = np.linspace(0.03, 0.97, 50)
    total = integral(lambda t: p(t) ** (1 / 3))
    return relative(zcmoe.quantization.compander(INPUTS).pdf(x), p(x) ** (1 / 3) / total, 1e-9)


@row("(47)")
def eq_47():
    value = zcmoe.quantization.panter_dite(stats.norm())
    return "Gaussian, against √3π/2: " + relative(value, np.sqrt(3) * np.pi / 2, 1e-9)


@row("(48)")
def eq_48():
    density, total = zcmoe.optimal_density(PROBLEM, floor=0), integral(lambda t: weight(t) ** (1 / 3))
    x = np.array([0.11, 0.25, 0.4, 0.63, 0.9])
    return below(density.cdf(x) - [integral(lambda t: weight(t) ** (1 / 3), 0, b) / total for b in x], 1e-8)


@row("(49)")
def eq_49():
    density, z = zcmoe.optimal_density(PROBLEM), np.linspace(0, 1, 1001)
    return "G(g(z)) − z: " + below(density.cdf(density.ppf(z)) - z, 1e-10)


@row("(50)")
def eq_50():
    edges = Intervals.from_density(zcmoe.optimal_density(PROBLEM, floor=0), 16).edges
    return "a₅, a₉ at m = 16, against R06, R07: " + relative(edges[[5, 9]], [0.2861917743, 0.4684863893], 1e-8)
