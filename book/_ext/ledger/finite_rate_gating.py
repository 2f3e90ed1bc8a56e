"""Khalesi and Deylam Salehi, Mixture-of-experts under finite-rate gating: what could be read of it, and ours."""

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import entr, rel_entr

import zcmoe
from zcmoe import gating

from .agreement import below, held, row

X, P = (np.arange(1000) + 0.5) / 1000, np.full(1000, 1e-3)


def two_values(s):
    """a of the closed form: experts at a and 1 - a."""
    return brentq(lambda a: np.log((1 - a) / a) - s * (1 - 2 * a), 1e-9, 0.4)


def binary_entropy(p):
    return entr([p, 1 - p]).sum()


@row("Equation G.1", kind="independent")
def eq_g_1():
    gate = np.random.default_rng(0).dirichlet(np.ones(5), 1000)
    joint = P[:, None] * gate
    divergence = rel_entr(joint, np.outer(joint.sum(axis=1), joint.sum(axis=0))).sum()
    return "against the divergence from independence: " + below(gating.mutual_information(P, gate) - divergence, 1e-12)


@row("Equation G.2", kind="closed form")
def eq_g_2():
    errors = []
    for p, s in [(0.1, 4), (0.3, 2.5), (0.5, 3)]:
        a = two_values(s)
        costs = (np.array([0, 1])[:, None] - [a, 1 - a]) ** 2
        found = gating.rate_distortion([1 - p, p], costs, slope=s)
        errors += [found.distortion - a * (1 - a), found.rate - binary_entropy(p) + binary_entropy(a)]
    return "two values, closed form: " + below(errors, 1e-7)


@row("Equation G.3", kind="closed form")
def eq_g_3():
    """For a normal law of variance 1 and s = 4: rate ln(8)/2, distortion 1/8."""
    u = np.linspace(-6, 6, 401)
    mass = stats.norm.pdf(u)
    found = gating.rate_distortion(mass / mass.sum(), (u[:, None] - u) ** 2, slope=4)
    return "normal law, closed form: " + below(found.rate + 4 * found.distortion - np.log(8) / 2 - 0.5, 1e-7)


@row("Equation G.4", kind="closed form")
def eq_g_4():
    a = two_values(2.5)
    costs = (np.array([0, 1])[:, None] - [0, a, 1 - a, 1]) ** 2
    least = binary_entropy(0.3) - binary_entropy(a) + 2.5 * a * (1 - a)
    shares = []
    for steps in (1, 10, 100):
        found = gating.blahut_arimoto([0.7, 0.3], costs, slope=2.5, tol=0, max_iterations=steps)
        shares.append((found.rate + 2.5 * found.distortion - least) / found.gap)
    return held(np.all((np.array(shares) >= 0) & (np.array(shares) <= 1)) & (max(shares) > 0.5),
                "(F − F_min)/bracket after 1, 10, 100 steps: " + ", ".join(f"{share:.2f}" for share in shares))


def strata(k, n):
    """Means learned in k cells, by hand: expected test and training error, and I(S;W) in nats."""
    q = 0.1 + 0.8 * (np.arange(k) + 0.5) / k
    each, variance = n // k, np.mean(q * (1 - q))
    information = sum(float(stats.binom(each, value).entropy()) for value in q)
    return variance * (1 + 1 / each), variance * (1 - 1 / each), information


@row("Equation G.5", kind="independent")
def eq_g_5():
    test, training, information = strata(8, 800)
    bound = gating.assembled_bound(0.19727481, training, information, 800)
    by_hand = training + np.sqrt(2 * information / 800)
    return held((test <= bound.total) & (abs(bound.total / by_hand - 1) < 1e-9),
                f"test error / right side = {test / bound.total:.3f} (K = 8, n = 800)")


@row("Equation G.6", kind="independent")
def eq_g_6():
    ratios = []
    for k, n in [(4, 80), (8, 800), (16, 6400)]:
        test, training, information = strata(k, n)
        ratios.append((test - training) / gating.generalization_bound(information, n, 0.5))
    said = ", ".join(f"{ratio:.3f}" for ratio in ratios)
    value = below(gating.generalization_bound(8.38106054, 80) - 0.45774066, 1e-7)
    return held(np.all((np.array(ratios) > 0) & (np.array(ratios) <= 1)), f"gap / bound with scale 1/2: {said}; "
                f"scale 1: {value}")


@row("Proposition G.1", kind="independent")
def prp_g_1():
    """400 inputs, two to a value, against the 200 values: same bank, same slope."""
    values, bank = np.cos(2 * np.pi * (np.arange(400) + 0.5) / 400), np.linspace(-1, 1, 9)
    joined, index = np.unique(values.round(12), return_inverse=True)
    points = [gating.rate_distortion(law, (u[:, None] - bank) ** 2, slope=8)
              for u, law in [(values, np.full(400, 1 / 400)), (joined, np.bincount(index) / 400)]]
    return below([points[0].rate - points[1].rate, points[0].distortion - points[1].distortion], 1e-6)


@row("Proposition G.2", kind="closed form")
def prp_g_2():
    birth = gating.critical_slopes([0, 1], [0.9, 0.1]).birth
    exact = np.log(0.9 / 0.1) / (1 - 0.2)  # Kearns and Saul: the proxy is (1 - 2p)/(2 ln((1 - p)/p))
    number = [gating.free_rate_distortion(X**2, P, slope=s).constants.size for s in (5.10, 5.12)]
    held(number == [1, 2], f"experts {number}")
    return ("two values: " + below(birth - exact, 1e-9) + f"; β = x², birth at "
            f"{gating.critical_slopes(X**2, P).birth:.4f}: {number[0]} expert at s = 5.10, {number[1]} at 5.12")


@row("Proposition G.3", kind="closed form")
def prp_g_3():
    """h(X) + E ln|β'| of cos 2πx is ln(π/2) + ln 2, and cos of a uniform angle has h = ln(π/2)."""
    problem = zcmoe.Problem(lambda x: np.cos(2 * np.pi * x), stats.uniform(), None,
                            gradient=lambda x: -2 * np.pi * np.sin(2 * np.pi * x))
    found = gating.value_entropy(problem)
    return "cos 2πx: " + below([found.value - np.log(np.pi / 2), found.branch - np.log(2)], 1e-6)
