"""Section 4: one dimension."""

import numpy as np

import zcmoe
from zcmoe import Intervals

from .agreement import below, held, relative, row, tends, vanishes
from .by_hand import integral, least_over_densities, on_line, products
from .problems import (
    FLAT,
    LAMBDA,
    PROBLEM,
    SIGMA2,
    UNIFORM,
    Z,
    beta,
    d2beta,
    d2p,
    dbeta,
    dp,
    p,
    ramp_edges,
    weight,
)

H = np.linspace(-1, 1, 200)


@row("(16)", kind="closed form")
def eq_16():
    """The remainder of first order is β″h²/2 to leading order."""
    slope = PROBLEM.gradient(np.array([0.3]))[0]
    return "remainder off ½β″h² by " + vanishes(lambda s: beta(0.3 + s * H) - beta(0.3) - slope * s * H,
                                                lambda s: d2beta(0.3) * (s * H) ** 2 / 2, 0.01, 0.0025)


@row("(17)", kind="closed form")
def eq_17():
    law = PROBLEM.inputs
    return "remainder off ½p″h² by " + vanishes(lambda s: law.pdf(0.3 + s * H) - law.pdf(0.3) - dp(0.3) * s * H,
                                                lambda s: d2p(0.3) * (s * H) ** 2 / 2, 0.01, 0.0025)


@row("(18)", "(68)–(70)", kind="closed form")
def eq_18():
    """c_i - β(x_i) is Δ²(β″/24 + β′p′/12p) to leading order: the order that (18) claims, and one more."""
    def edges(m):
        return np.linspace(0, 1, m + 1) ** 1.3

    def found(m):
        return zcmoe.best_experts(PROBLEM, Intervals(edges(m))).constants - beta((edges(m)[1:] + edges(m)[:-1]) / 2)

    def lead(m):
        x, width = (edges(m)[1:] + edges(m)[:-1]) / 2, np.diff(edges(m))
        return width**2 * (d2beta(x) / 24 + dbeta(x) * dp(x) / p(x) / 12)
    return f"c − β(xᵢ) off Δ²(β″/24 + β′p′/12p) by {vanishes(found, lead, 50, 200)} at m = 50, 200"


@row("(19)", "Theorem 4.1", kind="independent")
def eq_19():
    def ratio(m):
        edges = np.linspace(0, 1, m + 1) ** 1.3
        probability, _, variance = on_line(edges)
        return probability @ variance / (zcmoe.small_region_error(PROBLEM, Intervals(edges)) - SIGMA2)
    return f"quadrature / formula = {tends(ratio, 50, 200, within=1e-3)} at m = 50, 200, aᵢ = (i/m)^1.3"


@row("(20)", "Assumption 1", kind="closed form")
def eq_20():
    """For λ = 0.6 + 0.8x the compressor is 0.6x + 0.4x², and m Δ λ(x_i) is 1 exactly; for 0.6 + 1.2x² it tends to 1."""
    curved = zcmoe.SegmentDensity(lambda x: 0.6 + 1.2 * x**2)

    def worst(m):
        edges = Intervals.from_density(curved, m).edges
        below(0.6 * edges + 0.4 * edges**3 - np.arange(m + 1) / m, 1e-9)
        product = m * np.diff(edges) * (0.6 + 1.2 * ((edges[1:] + edges[:-1]) / 2) ** 2)
        return 1 + np.max(np.abs(product - 1))
    edges = Intervals.from_density(LAMBDA, 20).edges
    exact = below(20 * np.diff(edges) * (0.6 + 0.4 * (edges[1:] + edges[:-1])) - 1, 1e-8)
    return f"mΔλ for linear λ: {exact}; 1 + max|mΔλ − 1| = {tends(worst, 20, 80, within=1e-3, digits=5)} for a parabola"


@row("(21)", "Corollary 4.2", kind="independent")
def eq_21():
    def ratio(m):
        probability, _, variance = on_line(ramp_edges(m, 1)[0])
        return probability @ variance / (zcmoe.high_rate_error(PROBLEM, LAMBDA, m) - SIGMA2)
    return f"quadrature / formula = {tends(ratio, 40, 160, within=1e-3)} at m = 40, 160, λ = 0.6 + 0.8x"


@row("(22)", "(80)", kind="independent")
def eq_22():
    density = zcmoe.optimal_density(PROBLEM, floor=0)
    x = np.linspace(0.03, 0.97, 50)
    total = integral(lambda t: weight(t) ** (1 / 3))
    return "λ* at 50 points: " + relative(density.pdf(x), weight(x) ** (1 / 3) / total, 1e-7)


@row("(23)", "(81)", kind="independent")
def eq_23():
    total = integral(lambda t: weight(t) ** (1 / 3))
    below(total - Z, 1e-8)  # R01
    return "against Z³/(12m²), m = 32: " + relative(zcmoe.minimal_error(PROBLEM, 32) - SIGMA2, total**3 / 12 / 32**2,
                                                    1e-8)


@row("Theorem 4.3", kind="independent")
def thm_4_3():
    """Of all densities that are constant on 180 cells, the best costs hardly more than (23), and is λ* nearly."""
    edges = np.linspace(0, 1, 181)
    points, weights, cell = products([edges], 8)
    steep = np.bincount(cell, weights * weight(points[:, 0])) / 12
    least, level = least_over_densities(steep, np.diff(edges), 1)
    ratio = least / zcmoe.high_rate_coefficient(PROBLEM)
    shares = np.diff(zcmoe.optimal_density(PROBLEM, floor=0).cdf(edges))
    far = np.abs(level / 180 - shares).sum() / 2
    return held((1 <= ratio < 1.01) & (far < 0.01),
                f"best of densities on 180 cells / (23) = {ratio:.4f}; {far:.2%} of its mass is elsewhere than λ*'s")


def figure(problem, w, target, cuts=()):
    """Total error of the compander's predictor over (23), from edges, quadrature and Z by hand; and the package's."""
    points, weights, cell = products([np.linspace(0, 1, 24_001)], 4)
    root = np.cbrt(w(points[:, 0]))
    compressor = np.cumsum(np.r_[0, np.bincount(cell, weights * root)])
    Z = compressor[-1]
    answers = []
    for m in (4, 16, 32):
        edges = np.interp(np.arange(m + 1) / m, compressor / Z, np.linspace(0, 1, 24_001))
        fine = np.union1d(edges, cuts)
        points, weights, piece = products([fine], 16)
        cell = np.searchsorted(edges, fine[:-1], side="right")[piece] - 1
        mass, value = weights * p(points[:, 0]), target(points[:, 0])
        total = np.bincount(cell, mass)
        mean = np.bincount(cell, mass * value) / total
        excess = mass @ (value - mean[cell]) ** 2
        ours = (SIGMA2 + excess) / (SIGMA2 + Z**3 / 12 / m**2)
        density = zcmoe.optimal_density(problem)
        theirs = (zcmoe.approximation_error(problem, Intervals.from_density(density, m))
                  / zcmoe.minimal_error(problem, m))
        relative(theirs, ours, 1e-4)
        answers.append(ours)
    return ", ".join(f"{answer:.3f}" for answer in answers)


@row("Figure 1", kind="independent")
def fig_1():
    return f"error / (23) = {figure(PROBLEM, weight, beta)} at m = 4, 16, 32, as computed by hand"


@row("Figure 2", kind="independent")
def fig_2():
    def floored(x):
        return p(x) * np.maximum(np.where(x < 0.5, np.abs(dbeta(x)), 0), 1e-6) ** 2
    ratios = figure(FLAT, floored, lambda x: np.where(x < 0.5, beta(x), -1.0), [0.5])
    return f"error / (23) = {ratios} at m = 4, 16, 32, as computed by hand"


@row("(77)", kind="independent")
def eq_77():
    """Strict for λ = 1, by R03 / R02, and an equality at λ*."""
    least = zcmoe.high_rate_coefficient(PROBLEM)
    uniform = zcmoe.high_rate_coefficient(PROBLEM, UNIFORM) / least
    equal = zcmoe.high_rate_coefficient(PROBLEM, zcmoe.optimal_density(PROBLEM, floor=1e-9)) / least
    same = relative(uniform, 14.83581006 / 8.38310495, 1e-7)
    return f"left / right = {uniform:.4f} for λ = 1, as R03 / R02: {same}; 1 at λ*: {below(equal - 1, 1e-6)}"
