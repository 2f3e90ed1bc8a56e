"""Appendix A: quantization."""

from itertools import pairwise

import numpy as np
from scipy import stats
from scipy.optimize import brentq

import zcmoe
from zcmoe import Intervals

from .agreement import below, relative, row, vanishes
from .by_hand import integral
from .problems import INPUTS, LAMBDA, PROBLEM, dp, p, weight


@row("(42)", kind="independent")
def eq_42():
    best = zcmoe.quantization.optimal_quantizer(INPUTS, 8)
    edges = np.r_[0, best.thresholds, 1]
    return "8 levels: " + relative(best.distortion, sum(
        integral(lambda x, level=level: (x - level) ** 2 * p(x), a, b)
        for (a, b), level in zip(pairwise(edges), best.levels, strict=True)), 1e-9)


@row("(43)", kind="closed form")
def eq_43():
    h = np.linspace(-1, 1, 201)
    return "p − p(xᵢ) off p′h by " + vanishes(lambda s: INPUTS.pdf(0.5 + s * h) - INPUTS.pdf(0.5),
                                              lambda s: dp(0.5) * s * h, 0.04, 0.005)


@row("(44)", kind="closed form")
def eq_44():
    """A level is off its midpoint by Δ²p′/12p to leading order."""
    def cells(m):
        best = zcmoe.quantization.optimal_quantizer(INPUTS, m)
        edges = np.r_[0, best.thresholds, 1]
        return best.levels, (edges[1:] + edges[:-1]) / 2, np.diff(edges)

    def lead(m):
        _, x, width = cells(m)
        return width**2 * dp(x) / p(x) / 12
    off = vanishes(lambda m: cells(m)[0] - cells(m)[1], lead, 16, 64)
    return f"r − xᵢ off Δ²(p′/12p) by {off} for 16, 64 optimal levels"


@row("(45)", kind="independent")
def eq_45():
    by_hand = integral(lambda x: p(x) / (0.6 + 0.8 * x) ** 2) / 12
    return relative(zcmoe.quantization.bennett(INPUTS, LAMBDA), by_hand, 1e-9)


@row("(46)", kind="independent")
def eq_46():
    x = np.linspace(0.03, 0.97, 50)
    total = integral(lambda t: p(t) ** (1 / 3))
    return relative(zcmoe.quantization.compander(INPUTS).pdf(x), p(x) ** (1 / 3) / total, 1e-9)


@row("(47)", kind="closed form")
def eq_47():
    value = zcmoe.quantization.panter_dite(stats.norm())
    return "Gaussian, against √3π/2: " + relative(value, np.sqrt(3) * np.pi / 2, 1e-9)


@row("(48)", kind="independent")
def eq_48():
    density, total = zcmoe.optimal_density(PROBLEM, floor=0), integral(lambda t: weight(t) ** (1 / 3))
    x = np.array([0.11, 0.25, 0.4, 0.63, 0.9])
    return below(density.cdf(x) - [integral(lambda t: weight(t) ** (1 / 3), 0, b) / total for b in x], 1e-8)


@row("(49)", kind="independent")
def eq_49():
    """The compressor by quadrature, bisected."""
    density, total = zcmoe.optimal_density(PROBLEM, floor=0), integral(lambda t: weight(t) ** (1 / 3))
    z = np.array([0.07, 0.3, 0.52, 0.81])
    g = [brentq(lambda x, q=q: integral(lambda t: weight(t) ** (1 / 3), 0, x) / total - q, 0, 1, xtol=1e-11) for q in z]
    return "against the bisected integral of w^(1/3): " + below(density.ppf(z) - g, 1e-8)


@row("(50)", kind="independent")
def eq_50():
    edges = Intervals.from_density(zcmoe.optimal_density(PROBLEM, floor=0), 16).edges
    return "a₅, a₉ at m = 16, against R06, R07: " + relative(edges[[5, 9]], [0.2861917743, 0.4684863893], 1e-8)
