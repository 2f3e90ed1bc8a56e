"""Section 6: learning. Theorem 6.1 is exact: all training sets of three examples are counted, none is drawn."""

from itertools import pairwise
from math import erf, sqrt

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Intervals, Problem, ZeroComputeMoE, concentration

from .agreement import below, held, relative, row, scores
from .by_hand import error_by_quadrature, integral, on_line, optimal_constant
from .problems import (
    FLAT,
    MASS,
    NOISE,
    PROBLEM,
    SIGMA2,
    TWENTY,
    UNIFORM,
    beta,
    every_training_set,
    p,
    sample,
    truth_of_atoms,
)

EIGHT = Intervals.uniform(8)
SOME = np.linspace(-0.7, 0.9, 8)  # constants that are not the best


@row("(32)", kind="simulation")
def eq_32():
    """The inputs follow p_x, whose cdf is written out with erf, and one example tells nothing of the next."""
    x, y = sample()
    far = stats.kstest(x, lambda t: (stats.norm.cdf((t - 0.4) / 0.2) - stats.norm.cdf(-2)) / np.diff(
        stats.norm.cdf([-2, 3]))).statistic * np.sqrt(x.size)
    z = [np.corrcoef(a[:-1], b[1:])[0, 1] * np.sqrt(x.size) for a in (x, y) for b in (x, y)]
    return held(far < 1.95, f"Kolmogorov {far:.2f} in 2·10⁵ draws; one and the next: ") + scores(z)


@row("(33)", "(34)", kind="independent")
def eq_33():
    x = sample()[0]
    counts = zcmoe.RunningExperts(TWENTY).update(x, 0 * x).sums.mass
    wrong = np.sum(counts != np.histogram(x, TWENTY.edges)[0])
    return held(wrong == 0, f"{wrong} of 20 counts differ from a histogram")


@row("(35)", kind="independent")
def eq_35():
    x, y = (values[:2000] for values in sample())
    design = np.eye(20)[TWENTY.route(x)]
    keep = design.any(axis=0)
    solution = np.linalg.lstsq(design[:, keep], y, rcond=None)[0]
    return "against a least-squares solver: " + below(zcmoe.fit_experts(TWENTY, x, y).constants[keep] - solution, 1e-10)


@row("Theorem 6.1", "(119)", kind="independent")
def thm_6_1():
    chance, constants, regions = every_training_set()
    seen = np.stack([(regions == i).any(axis=1) for i in range(2)], axis=1)
    mean = (chance[:, None] * np.where(seen, constants, 0)).sum(axis=0) / (chance[:, None] * seen).sum(axis=0)
    return "all 512 training sets of three examples: " + below(mean - truth_of_atoms()[1], 1e-13)


@row("(36)", "(117)", kind="closed form")
def eq_36():
    by_erf = [(erf((b - 0.4) / 0.2 / sqrt(2)) - erf((a - 0.4) / 0.2 / sqrt(2))) / 2 / MASS
              for a, b in pairwise(TWENTY.edges)]
    return below(zcmoe.region_moments(PROBLEM, TWENTY).probability - by_erf, 1e-12)


@row("(37)", "Lemma 6.2", "(120)", "(123)", kind="independent")
def eq_37():
    moe = ZeroComputeMoE(EIGHT, SOME)
    return relative(zcmoe.approximation_error(PROBLEM, EIGHT) + zcmoe.estimation_error(PROBLEM, moe),
                    error_by_quadrature(EIGHT.edges, SOME), 1e-10)


@row("(39)", kind="independent")
def eq_39():
    best = [optimal_constant(a, b) for a, b in pairwise(EIGHT.edges)]
    mass = [integral(p, a, b) for a, b in pairwise(EIGHT.edges)]
    return relative(zcmoe.estimation_error(PROBLEM, ZeroComputeMoE(EIGHT, SOME)), mass @ (SOME - best) ** 2, 1e-9)


@row("Lemma 6.3", kind="independent")
def lem_6_3():
    failures = []
    for mass in (0.02, 0.1, 0.5):
        for delta in (0.01, 0.1, 0.9):
            n = int(np.ceil(concentration.required_examples(mass, delta)))
            law = stats.binom(n, mass)
            inside = law.cdf(np.ceil(1.5 * n * mass) - 1) - law.cdf(np.floor(0.5 * n * mass))
            failures.append((1 - inside) / delta)
    least = below(concentration.required_examples(0.02, 0.05) - 2213.327672, 1e-6)
    return held(max(failures) < 1, f"exact binomial failure / δ ≤ {max(failures):.3f}; R41: {least}")


def coin_tail(k, radius):
    """P(|mean of k shocks of ±1/2| > radius), exactly; for k of shape (j,)."""
    heads = np.ceil(k * (0.5 - radius) - 1e-12) - 1  # the mean is heads/k - 1/2
    return 2 * stats.binom.cdf(heads, k, 0.5)


@row("(40)", "Theorem 6.4", kind="independent")
def eq_40():
    """Noise ±B and a constant β: n_i is binomial and ĉ_i - c_i a mean of coins, so the probability is a sum."""
    ratios = []
    for mass, d1, d2 in [(0.1, 0.05, 0.05), (0.5, 0.2, 0.01), (1.0, 0.01, 0.3)]:
        n = int(np.ceil(concentration.required_examples(mass, d1)))
        radius = concentration.constant_radius(0.0, 0.5, n, mass, d2)
        k = np.arange(1, n + 1)
        chance = stats.binom.pmf(k, n, mass)
        failure = stats.binom.pmf(0, n, mass) + chance @ coin_tail(k, radius)
        ratios.append(failure / (d1 + d2 - d1 * d2))
        enough = k > n * mass / 2  # given n_i >= nP_i/2, at its worst
        ratios.append(coin_tail(k[enough], radius).max() / d2)
    value = concentration.constant_radius(1.2, 0.5, 5000, 0.02, 0.05)
    return held(max(ratios) < 1, f"exact failure / δ ≤ {max(ratios):.3f} for coins; R42: "
                                 f"{relative(value, 0.4225420282, 1e-9)}")


@row("(41)", "(145)–(146)", kind="independent")
def eq_41():
    """The ranges by hand on a fine grid; P_i cancels, whatever it is."""
    x = np.linspace(0, 1, 80_001)
    own = np.array([np.ptp(beta(x[k * 10_000:(k + 1) * 10_000 + 1])) for k in range(8)])
    ranges = concentration.value_ranges(PROBLEM, EIGHT)
    below(ranges - own, 1e-6)
    bound = concentration.estimation_error_bound(ranges, 0.5, 5000, 0.05)
    mass = np.random.default_rng(0).dirichlet(np.ones(8))
    radius = concentration.constant_radius(ranges, 0.5, 5000, mass, 0.05)
    by_hand = np.log(40) / 5000 * np.sum((own + 1) ** 2)
    return "Σ P r² for random P, and R43: " + relative([bound, mass @ radius**2, by_hand], 0.03343136165, 1e-6)


@row("Theorem 6.5", kind="independent")
def thm_6_5():
    """Two halves, β = 0, noise ±1/2: the probability is a sum over n_1 and both numbers of heads."""
    ratios = []
    for d1, d2 in [(0.1, 0.1), (0.02, 0.2), (0.2, 0.02)]:
        n = int(np.ceil(concentration.required_examples(0.5, d1)))
        bound = concentration.estimation_error_bound([0, 0], 0.5, n, d2, probabilities=[0.5, 0.5], delta_count=d1)
        failure = 0.0
        for k in range(n + 1):
            squares = [((np.arange(j + 1) / max(j, 1) - 0.5) ** 2 * (j > 0), stats.binom.pmf(np.arange(j + 1), j, 0.5))
                       for j in (k, n - k)]
            error = (squares[0][0][:, None] + squares[1][0]) / 2
            failure += stats.binom.pmf(k, n, 0.5) * np.outer(squares[0][1], squares[1][1])[error > bound].sum()
        ratios.append(failure / (2 * (d1 + d2)))
    return held(max(ratios) < 1, f"exact failure / m(δ₁ + δ₂) ≤ {max(ratios):.1e} for coins, m = 2")


def expected_by_hand(edges, n, target, cuts):
    """Test error of learned experts in expectation, from E[1/N; N > 0] as a sum over the binomial law."""
    fine = np.union1d(edges, cuts)
    probability, mean, variance = on_line(fine, target=target)
    cell = np.searchsorted(edges, fine[:-1], side="right") - 1
    P, first, second = (np.bincount(cell, probability * each) for each in (1, mean, variance + mean**2))
    c, total, average = first / P, second.sum(), first.sum()
    v, counts = second / P - c**2, np.arange(1, n + 1)
    inverse = np.array([stats.binom.pmf(counts, n, q) @ (1 / counts) for q in P])
    outside = (average - first) / (1 - P)
    spread = (total - second) / (1 - P) - outside**2
    empty = (1 - P) ** n * ((outside - c) ** 2 + (SIGMA2 + spread) / n)
    return SIGMA2 + P @ v + P @ ((SIGMA2 + v) * inverse + empty)


def figure(problem, target, cuts, best):
    """The least expected test errors, by hand and by the package, and that no m beside the best does better."""
    answers = []
    for n, m in best:
        by_hand = [expected_by_hand(np.arange(k + 1) / k, n, target, cuts) for k in (m - 1, m, m + 1)]
        ours = [zcmoe.expected_test_error(problem, Intervals.uniform(k), n) for k in (m - 1, m, m + 1)]
        relative(ours, by_hand, 1e-8)
        answers.append(held(np.argmin(by_hand) == 1, f"{by_hand[1]:.5f}"))
    return ", ".join(answers)


@row("Figure 3", kind="independent")
def fig_3():
    value = figure(PROBLEM, beta, [], [(250, 37), (1000, 62), (4000, 103)])
    return f"best expected test errors {value}, as computed by hand"


@row("Figure 4", kind="independent")
def fig_4():
    value = figure(FLAT, lambda x: np.where(x < 0.5, beta(x), -1.0), [0.5], [(250, 32), (1000, 55), (4000, 90)])
    return f"best expected test errors {value}, as computed by hand"


@row("(130)", kind="simulation")
def eq_130():
    """The range of y in a region that is likely is nearly all of R + 2B, and never more."""
    x, y = sample()
    width = concentration.value_ranges(PROBLEM, EIGHT) + 2 * PROBLEM.noise_bound
    share = np.array([np.ptp(y[EIGHT.route(x) == i]) / width[i] for i in range(1, 7)])
    line = Problem(lambda x: 2 * x, UNIFORM, NOISE)
    exact = below(concentration.value_ranges(line, EIGHT) - 1 / 4, 1e-9)
    return held((share.min() > 0.95) & (share.max() <= 1), "range of y in 2·10⁵ draws / (R + 2B) from "
                f"{share.min():.3f} to {share.max():.3f}; β = 2x: {exact}")
