"""Section 6: learning."""

from itertools import pairwise
from math import erf, sqrt

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Intervals, ZeroComputeMoE, concentration

from .agreement import below, error_by_quadrature, integral, optimal_constant, relative, row
from .problems import FLAT, MASS, PROBLEM, TWENTY, learned, p, sample


@row("(33)", "(34)")
def eq_33():
    x = sample()[0]
    counts = np.bincount(TWENTY.route(x), minlength=20)
    return f"{np.sum(counts != np.histogram(x, TWENTY.edges)[0])} of 20 counts differ from a histogram"


@row("(35)")
def eq_35():
    x, y = (values[:2000] for values in sample())
    design = np.eye(20)[TWENTY.route(x)]
    keep = design.any(axis=0)
    solution = np.linalg.lstsq(design[:, keep], y, rcond=None)[0]
    return "against a least-squares solver: " + below(zcmoe.fit_experts(TWENTY, x, y).constants[keep] - solution, 1e-10)


@row("(36)", "(117)")
def eq_36():
    by_erf = [(erf((b - 0.4) / 0.2 / sqrt(2)) - erf((a - 0.4) / 0.2 / sqrt(2))) / 2 / MASS
              for a, b in pairwise(TWENTY.edges)]
    return below(zcmoe.region_moments(PROBLEM, TWENTY).probability - by_erf, 1e-12)


@row("Theorem 6.1", "(115)", "(119)", "(133)")
def thm_6_1():
    constants, counts = learned()
    c, seen = zcmoe.best_experts(PROBLEM, Intervals.uniform(8)).constants, counts > 0
    z = [(constants[s, i].mean() - c[i]) / (constants[s, i].std() / np.sqrt(s.sum())) for i, s in enumerate(seen.T)]
    return f"root mean square z = {np.sqrt(np.mean(np.square(z))):.2f} over 8 regions, 5000 training sets"


@row("(37)", "Lemma 6.2", "(120)", "(123)")
def eq_37():
    c = learned()[0][0]
    cells = Intervals.uniform(8)
    moe = ZeroComputeMoE(cells, c)
    return relative(zcmoe.approximation_error(PROBLEM, cells) + zcmoe.estimation_error(PROBLEM, moe),
                    error_by_quadrature(cells.edges, c), 1e-10)


@row("(39)")
def eq_39():
    c, cells = learned()[0][0], Intervals.uniform(8)
    best = [optimal_constant(a, b) for a, b in pairwise(cells.edges)]
    mass = [integral(p, a, b) for a, b in pairwise(cells.edges)]
    return relative(zcmoe.estimation_error(PROBLEM, ZeroComputeMoE(cells, c)), mass @ (c - best) ** 2, 1e-9)


@row("Lemma 6.3", "(127)–(128)")
def lem_6_3():
    failures = []
    for mass in (0.02, 0.1, 0.5):
        for delta in (0.01, 0.1):
            n = int(np.ceil(concentration.required_examples(mass, delta)))
            law = stats.binom(n, mass)
            inside = law.cdf(np.ceil(1.5 * n * mass) - 1) - law.cdf(np.floor(0.5 * n * mass))
            failures.append((1 - inside) / delta)
    return f"exact binomial failure / δ ≤ {max(failures):.3f}"


@row("(40)", "Theorem 6.4", "(143)", "(144)")
def eq_40():
    constants, counts = learned()
    i, n = 3, 200
    mass = zcmoe.region_moments(PROBLEM, Intervals.uniform(8)).probability[i]
    radius = concentration.constant_radius(
        concentration.value_ranges(PROBLEM, Intervals.uniform(8))[i], 0.5, n, mass, 0.05)
    off = np.abs(constants[:, i] - zcmoe.best_experts(PROBLEM, Intervals.uniform(8)).constants[i])
    return f"max|ĉ − c| / bound = {off.max() / radius:.2f} in 5000 training sets"


@row("(41)", "Theorem 6.5", "(145)–(146)")
def eq_41():
    cells = Intervals.uniform(8)
    ranges = concentration.value_ranges(PROBLEM, cells)
    bound = concentration.estimation_error_bound(ranges, 0.5, 5000, 0.05)
    mass = zcmoe.region_moments(PROBLEM, cells).probability
    radius = concentration.constant_radius(ranges, 0.5, 5000, mass, 0.05)
    return "Σ P r² against R43: " + relative([bound, mass @ radius**2], 0.03343136165, 1e-8)


@row("Figure 3")
def fig_3():
    value = [zcmoe.learning.expected_test_error(PROBLEM, Intervals.uniform(m), n)
             for n, m in ((250, 37), (1000, 62), (4000, 103))]
    return "best expected test errors " + ", ".join(f"{each:.5f}" for each in value)


@row("Figure 4")
def fig_4():
    value = [zcmoe.learning.expected_test_error(FLAT, Intervals.uniform(m), n)
             for n, m in ((250, 32), (1000, 55), (4000, 90))]
    return "best expected test errors " + ", ".join(f"{each:.5f}" for each in value)
