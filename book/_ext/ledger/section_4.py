"""Section 4: one dimension."""

import numpy as np

import zcmoe
from zcmoe import Intervals

from .agreement import falls, integral, relative, row
from .problems import FLAT, LAMBDA, PROBLEM, SIGMA2, Z, beta, dp, weight


@row("(16)")
def eq_16():
    h = np.linspace(-1, 1, 200)
    slope = PROBLEM.gradient(np.array([0.3]))[0]
    return "remainder/|h| " + falls(lambda s: np.max(np.abs((beta(0.3 + s * h) - beta(0.3) - slope * s * h) / h)) / s)


@row("(17)")
def eq_17():
    h = np.linspace(-1, 1, 200)
    law = PROBLEM.inputs
    return "remainder/|h| " + falls(
        lambda s: np.max(np.abs((law.pdf(0.3 + s * h) - law.pdf(0.3) - dp(0.3) * s * h) / h)) / s)


@row("(18)", "(68)–(70)")
def eq_18():
    def worst(m):
        c = zcmoe.best_experts(PROBLEM, Intervals.uniform(m)).constants
        return m * np.max(np.abs(c - beta((np.arange(m) + 0.5) / m)))
    return f"max|c − β(xᵢ)|/Δ falls {worst(200) / worst(800):.2f}-fold from m = 200 to 800"


@row("(19)", "Theorem 4.1")
def eq_19():
    cells = Intervals.uniform(200)
    exact = zcmoe.approximation_excess(PROBLEM, cells)
    formula = zcmoe.small_region_error(PROBLEM, cells) - SIGMA2
    return f"exact / formula = {exact / formula:.5f} at m = 200"


@row("(20)", "Assumption 1")
def eq_20():
    curved = zcmoe.SegmentDensity(lambda x: 0.6 + 1.2 * x**2)

    def worst(m):
        edges = Intervals.from_density(curved, m).edges
        return np.max(np.abs(m * np.diff(edges) * curved.pdf((edges[1:] + edges[:-1]) / 2) - 1))
    return f"max|mΔλ − 1| = {worst(20):.5f}, {worst(80):.5f} at m = 20, 80 (λ = 0.6 + 1.2x²)"


@row("(21)", "Corollary 4.2")
def eq_21():
    exact = zcmoe.approximation_excess(PROBLEM, Intervals.from_density(LAMBDA, 320))
    return f"exact / formula = {exact / (zcmoe.high_rate_error(PROBLEM, LAMBDA, 320) - SIGMA2):.4f} at m = 320"


@row("(22)", "(80)")
def eq_22():
    density = zcmoe.optimal_density(PROBLEM, floor=0)
    x = np.linspace(0.03, 0.97, 50)
    total = integral(lambda t: weight(t) ** (1 / 3))
    return "λ* at 50 points: " + relative(density.pdf(x), weight(x) ** (1 / 3) / total, 1e-7)


@row("(23)", "(81)")
def eq_23():
    return "against Z³/(12m²), Z = R01: " + relative(zcmoe.minimal_error(PROBLEM, 32) - SIGMA2, Z**3 / 12 / 32**2, 1e-8)


@row("Theorem 4.3")
def thm_4_3():
    exact = zcmoe.approximation_excess(PROBLEM, zcmoe.optimal_intervals(PROBLEM, 64))
    return f"formula / exact optimum = {(zcmoe.minimal_error(PROBLEM, 64) - SIGMA2) / exact:.3f} at m = 64"


def total_ratio(problem, m):
    cells = Intervals.from_density(zcmoe.optimal_density(problem), m)
    return zcmoe.approximation_error(problem, cells) / zcmoe.minimal_error(problem, m)


@row("Figure 1")
def fig_1():
    return "exact / (23) = " + ", ".join(f"{total_ratio(PROBLEM, m):.3f}" for m in (4, 16, 32)) + " at m = 4, 16, 32"


@row("Figure 2")
def fig_2():
    return "exact / (23) = " + ", ".join(f"{total_ratio(FLAT, m):.3f}" for m in (4, 16, 32)) + " at m = 4, 16, 32"
