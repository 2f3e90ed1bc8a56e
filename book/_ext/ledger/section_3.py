"""Section 3: the model."""

from itertools import pairwise

import numpy as np

import zcmoe
from zcmoe import Boxes, Intervals, ZeroComputeMoE

from .agreement import below, error_by_quadrature, integral, optimal_constant, relative, row
from .problems import PLANE, PROBLEM, TWENTY, beta, p, sample


@row("(1)", "(32)")
def eq_1():
    x, y = sample()
    return f"Var(y − β) = {np.var(y - beta(x)):.4f} in 10⁶ draws; 1/12 = 0.0833"


@row("(2)", "(13)")
def eq_2():
    x, edges, c = np.r_[sample()[0][:5000], TWENTY.edges], TWENTY.edges, np.arange(20.0)
    by_sum = sum(c[i] * ((x >= edges[i]) & (x < edges[i + 1])) for i in range(20)) + c[-1] * (x == 1)
    return f"{np.sum(ZeroComputeMoE(TWENTY, c).predict(x) != by_sum)} of {x.size} points differ from the sum"


@row("(3)")
def eq_3():
    volumes = [zcmoe.region_geometry(PLANE, cells).volume.sum() for cells in (Boxes((7, 5)), zcmoe.Voronoi(
        np.random.default_rng(0).random((40, 2))))]
    return "volumes sum to 1: " + below(np.array(volumes) - 1, 1e-9)


@row("(6)")
def eq_6():
    x, y = sample()
    moe = ZeroComputeMoE(TWENTY, np.linspace(-1, 1, 20))
    return f"10⁶ draws / formula = {np.mean((y - moe.predict(x)) ** 2) / zcmoe.test_error(PROBLEM, moe):.3f}"


@row("(7)", "(14)", "(55)–(57)")
def eq_7():
    c = np.linspace(-1, 1, 20)
    value = zcmoe.test_error(PROBLEM, ZeroComputeMoE(TWENTY, c))
    return relative(value, error_by_quadrature(TWENTY.edges, c), 1e-10)


@row("(8)")
def eq_8():
    best, rng = zcmoe.best_experts(PROBLEM, TWENTY), np.random.default_rng(0)
    least = zcmoe.test_error(PROBLEM, best)
    others = [zcmoe.test_error(PROBLEM, ZeroComputeMoE(TWENTY, best.constants + 0.01 * rng.standard_normal(20)))
              for _ in range(100)]
    return f"{sum(other < least for other in others)} of 100 other sets of constants do better"


@row("(9)", "(15)", "(118)")
def eq_9():
    c = zcmoe.best_experts(PROBLEM, TWENTY).constants
    return below(c - [optimal_constant(a, b) for a, b in pairwise(TWENTY.edges)], 1e-10)


@row("(10)", "(38)")
def eq_10():
    c = [optimal_constant(a, b) for a, b in pairwise(TWENTY.edges)]
    return relative(zcmoe.approximation_error(PROBLEM, TWENTY), error_by_quadrature(TWENTY.edges, c), 1e-10)


@row("(11)")
def eq_11():
    best = zcmoe.optimal_intervals(PROBLEM, 6)
    rng, scale = np.random.default_rng(0), np.r_[0, np.full(5, 1e-3), 0]
    least = zcmoe.approximation_error(PROBLEM, best)
    others = [zcmoe.approximation_error(PROBLEM, Intervals(best.edges + scale * rng.standard_normal(7)))
              for _ in range(100)]
    return f"{sum(other < least for other in others)} of 100 segmentations near by do better (m = 6)"


@row("(12)")
def eq_12():
    value = zcmoe.approximation_excess(PROBLEM, zcmoe.optimal_intervals(PROBLEM, 6))
    return "intervals, m = 6, against R19: " + relative(value, 0.09865519646, 1e-8)


@row("(58)–(60)")
def eq_58_60():
    best = zcmoe.best_experts(PROBLEM, TWENTY).constants[6]
    low, least, high = (error_by_quadrature([0.3, 0.35], [best + step]) for step in (-0.1, 0, 0.1))
    return "slope 0, curvature 2P at c: " + below(
        [(high - low) / 0.2, (high - 2 * least + low) / 0.01 - 2 * integral(p, 0.3, 0.35)], 1e-9)
