"""Appendix E: the proofs of Section 4."""

from functools import cache

import numpy as np

import zcmoe
from zcmoe import Intervals

from .agreement import below, falls, integral, optimal_constant, relative, row
from .problems import LAMBDA, PROBLEM, SIGMA2, TWENTY, UNIFORM, Z, beta, dbeta, dp, p, weight


def remainder(x):
    """The remainder of (61) at x, for the centre 0.3."""
    slope = dp(0.3) * beta(0.3) + p(0.3) * dbeta(0.3)
    return p(x) * beta(x) - p(0.3) * beta(0.3) - slope * (x - 0.3)


@row("(61)")
def eq_61():
    h = np.linspace(-1, 1, 200)
    return "remainder/|h| " + falls(lambda s: np.max(np.abs(remainder(0.3 + s * h) / h)) / s)


@row("(62)")
def eq_62():
    return "(numerator − pβΔ)/Δ² " + falls(
        lambda s: abs(integral(lambda x: p(x) * beta(x), 0.3 - s / 2, 0.3 + s / 2) - p(0.3) * beta(0.3) * s) / s**2)


@row("(63)–(64)")
def eq_63_64():
    geometry = zcmoe.region_geometry(PROBLEM, TWENTY)
    centre = (TWENTY.edges[1:] + TWENTY.edges[:-1]) / 2
    return below(np.r_[geometry.volume - np.diff(TWENTY.edges), geometry.centroid[:, 0] - centre], 1e-13)


@row("(65)")
def eq_65():
    return "∫remainder/Δ² " + falls(lambda s: abs(integral(remainder, 0.3 - s / 2, 0.3 + s / 2)) / s**2)


@row("(66)–(67)")
def eq_66_67():
    s = 0.01
    h = np.linspace(-s / 2, s / 2, 2000)
    epsilon = np.max(np.abs(remainder(0.3 + h) / h))
    return f"left / right = {abs(integral(remainder, 0.3 - s / 2, 0.3 + s / 2)) / (epsilon * s**2 / 4):.3f} at Δ = 0.01"


@row("(71)")
def eq_71():
    def cost(s):
        c = optimal_constant(0.3 - s / 2, 0.3 + s / 2)
        return integral(lambda x: (beta(x) - c) ** 2 * p(x), 0.3 - s / 2, 0.3 + s / 2) / (weight(0.3) * s**3 / 12)
    return f"exact / formula = {cost(0.01):.4f}, {cost(0.005):.4f} at Δ = 0.01, 0.005"


@row("(72)")
def eq_72():
    inertia = zcmoe.region_geometry(PROBLEM, TWENTY).inertia[:, 0, 0]
    return relative(inertia, np.diff(TWENTY.edges) ** 3 / 12, 1e-12)


@row("(73)")
def eq_73():
    def remainder(x):
        return abs((beta(x) - beta(0.3)) ** 2 * p(x) - weight(0.3) * (x - 0.3) ** 2)
    return "∫remainder/Δ³ " + falls(lambda s: integral(remainder, 0.3 - s / 2, 0.3 + s / 2) / s**3)


@row("(74)")
def eq_74():
    cells = Intervals.from_density(LAMBDA, 20)
    ratio = ((zcmoe.small_region_error(PROBLEM, cells) - SIGMA2)
             / (integral(lambda x: weight(x) / (0.6 + 0.8 * x) ** 2) / 12 / 20**2))
    return f"sum / integral = {ratio:.5f} at m = 20"


@cache
def hoelder():
    """Left and right side of (75) for 40 random densities, by the midpoint rule."""
    rng, x = np.random.default_rng(0), (np.arange(20_000) + 0.5) / 20_000
    sides = []
    for _ in range(40):
        height, phase = rng.random(3), rng.random(3)
        level = 1 + sum(a / 3 * np.sin(2 * np.pi * ((k + 1) * x + b))
                        for k, (a, b) in enumerate(zip(height, phase, strict=True)))
        level /= level.mean()
        sides.append([np.mean((weight(x) / level**2) ** (1 / 3) * level ** (2 / 3)),
                      np.mean(weight(x) / level**2) ** (1 / 3) * np.mean(level) ** (2 / 3)])
    return np.array(sides).T


@row("(75)")
def eq_75():
    left, right = hoelder()
    return f"left / right from {np.min(left / right):.3f} to {np.max(left / right):.3f} for 40 random λ"


@row("(76)")
def eq_76():
    return "left side against Z = R01: " + relative(hoelder()[0], Z, 1e-4)


@row("(77)")
def eq_77():
    uniform = zcmoe.high_rate_coefficient(PROBLEM, UNIFORM) / zcmoe.high_rate_coefficient(PROBLEM)
    return f"left / right = {uniform:.4f} for λ = 1"


@row("(78)")
def eq_78():
    x, level = np.linspace(0.03, 0.97, 50), zcmoe.optimal_density(PROBLEM, floor=0).pdf(np.linspace(0.03, 0.97, 50))
    return "λ* against κw/λ*²: " + relative(level, weight(x) / level**2 / Z**3, 1e-7)


@row("(79)")
def eq_79():
    level = zcmoe.optimal_density(PROBLEM, floor=0).pdf(0.3)
    return "λ*³/w at 0.3 against Z⁻³: " + relative(level**3 / weight(0.3), Z**-3, 1e-8)
