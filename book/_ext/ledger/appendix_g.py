"""Appendix G: the proofs of Section 6. Sums over all training sets, and exact tails, stand in for draws."""

from itertools import pairwise
from math import comb, factorial

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Intervals, concentration

from .agreement import below, held, row
from .by_hand import integral
from .problems import ATOMS, CHANCES, HALVES, ODDS, PROBLEM, SHOCKS, TARGET, beta, every_training_set, p, truth_of_atoms
from .section_6 import coin_tail

TRAINING = "all 512 training sets of three examples: "


@row("(115)", kind="independent")
def eq_115():
    """Given which examples fall in a region, the constant's mean is already c_i."""
    chance, constants, regions = every_training_set()
    pattern, errors = regions @ [1, 2, 4], []
    for i in range(2):
        for mask in range(8):
            here = pattern == mask
            if (regions[here] == i).any():
                errors.append(chance[here] @ constants[here, i] / chance[here].sum() - truth_of_atoms()[1][i])
    return TRAINING + below(errors, 1e-13)


@row("(116)", kind="independent")
def eq_116():
    """E[y | x in A_i] and E[β(x) | x in A_i], from a fit to all examples that there are, by their probabilities."""
    x, shock = np.repeat(ATOMS, 2), np.tile(SHOCKS, 4)
    chance, target = np.repeat(CHANCES, 2) * np.tile(ODDS, 4), np.repeat(TARGET, 2)
    with_noise = zcmoe.fit_experts(HALVES, x, target + shock, weight=chance).constants
    without = (chance * target).reshape(2, 4).sum(axis=1) / chance.reshape(2, 4).sum(axis=1)
    return "noise of two values, four inputs: " + below(with_noise - without, 1e-14)


@row("(121)–(122)", kind="independent")
def eq_121_122():
    edges = Intervals.uniform(8).edges
    c = zcmoe.best_experts(PROBLEM, Intervals.uniform(8)).constants
    return below([integral(lambda x, each=each: (beta(x) - each) * p(x), a, b)
                  for (a, b), each in zip(pairwise(edges), c, strict=True)], 1e-10)


@row("(124)", "(126)", kind="independent")
def eq_124():
    """Rare examples and many: the exponent can't be 1/2; and a mean between integers: the factor 2 can't be 1."""
    worst = 0
    for n, mass in ((20, 0.3), (130, 0.05), (200, 0.05), (2000, 0.01), (100_000, 0.002)):
        law, mu = stats.binom(n, mass), n * mass
        for t in np.linspace(0.05, 1, 20):
            tail = law.cdf(np.floor(mu * (1 - t) + 1e-9)) + law.sf(np.ceil(mu * (1 + t) - 1e-9) - 1)
            worst = max(worst, tail / (2 * np.exp(-(t**2) * mu / 3)))
    return held(worst <= 1, f"exact binomial / bound ≤ {worst:.3f}")


@row("(125)", kind="independent")
def eq_125():
    chance, _, regions = every_training_set()
    counts = np.stack([(regions == i).sum(axis=1) for i in range(2)], axis=1)
    return TRAINING + below(chance @ counts - 3 * truth_of_atoms()[0], 1e-14)


@row("(127)–(128)", kind="closed form")
def eq_127_128():
    """The n of the lemma makes Chernoff's bound δ at t = 1/2."""
    mass, delta = np.meshgrid([0.01, 0.2, 1], [0.001, 0.1, 0.7])
    n = concentration.required_examples(mass, delta)
    return "2exp(−t²nP/3) at t = ½ against δ: " + below(2 * np.exp(-n * mass / 4 / 3) / delta - 1, 1e-12)


def by_count():
    """Region i, k, and the learned constants with their probabilities given n_i = k."""
    chance, constants, regions = every_training_set()
    for i in range(2):
        for k in (1, 2, 3):
            here = (regions == i).sum(axis=1) == k
            yield i, k, constants[here, i], chance[here] / chance[here].sum()


@row("(129)", kind="independent")
def eq_129():
    """Given n_i = k, mean c_i and variance Var(y | A_i)/k: an average of k independent terms."""
    _, mean, variance = truth_of_atoms()
    errors = []
    for i, k, learned, mass in by_count():
        spread = mass @ (learned - mean[i]) ** 2
        errors.append(spread * k / variance[i] - 1)
    return TRAINING + below(errors, 1e-13)


def uniform_tail(k, t):
    """P(|mean of k uniforms on [-1/2, 1/2]| ≥ t), by the law of Irwin and Hall."""
    x = k * (0.5 - t)
    return 2 * sum((-1) ** j * comb(k, j) * (x - j) ** k for j in range(int(x) + 1)) / factorial(k)


def at_least(k, t):
    """P(|mean of k coins of ±1/2| ≥ t)."""
    return np.minimum(coin_tail(k, t - 1e-9), 1)


T = (0.01, 0.05, 0.2, 0.3, 0.4)


@row("(131)–(132)", kind="independent")
def eq_131_132():
    """Coins and uniforms; for many coins the exponent 2k can't be more, for one the factor 2 can't be 1."""
    coins = [at_least(np.array(k), t) / (2 * np.exp(-2 * k * t**2)) for k in (1, 2, 5, 11, 401) for t in T]
    smooth = [uniform_tail(k, t) / (2 * np.exp(-2 * k * t**2)) for k in (2, 5, 10) for t in T]
    return held(max(coins) <= 1, f"exact tail / bound ≤ {max(coins):.3f} for coins, {max(smooth):.3f} for uniforms")


@row("(133)", kind="independent")
def eq_133():
    return TRAINING + below([mass @ learned - truth_of_atoms()[1][i] for i, _, learned, mass in by_count()], 1e-13)


@row("(134)", kind="independent")
def eq_134():
    """About c_i, for a β that varies: the deviations of all training sets, with R_i + 2B replaced by its own range."""
    worst = 0.0
    for i, k, learned, mass in by_count():
        width = np.ptp(TARGET[2 * i:2 * i + 2]) + np.ptp(SHOCKS)
        off = np.abs(learned - truth_of_atoms()[1][i])
        for t in off:
            worst = max(worst, mass[off >= t - 1e-12].sum() / (2 * np.exp(-2 * k * t**2 / width**2)))
    return TRAINING + held(0.5 <= worst <= 1, f"exact tail / bound ≤ {worst:.3f}")


def mixed(n, mass, k, tail):
    """The tail given n_i ≥ k: mixed over the binomial law of n_i."""
    counts = np.arange(k, n + 1)
    return stats.binom.pmf(counts, n, mass) @ tail(counts) / stats.binom.sf(k - 1, n, mass)


@row("(135)–(140)", "(141)–(142)", kind="independent")
def eq_135_140():
    """Tails are mixed, not bounds: of coins, and of uniforms where n is small."""
    def bound(k, t):
        return 2 * np.exp(-2 * k * t**2)
    ratios = [mixed(n, mass, k, lambda j, t=t: at_least(j, t)) / bound(k, t)
              for n, mass, k in [(200, 0.05, 5), (40, 1.0, 1), (401, 1.0, 401), (3, 0.2, 1)] for t in T]
    smooth = [mixed(8, 0.3, k, lambda j, t=t: np.array([uniform_tail(int(each), t) for each in j])) / bound(k, t)
              for k in (1, 3) for t in T]
    return held((max(ratios) <= 1) & (max(smooth) <= 1),
                f"mixture of exact tails / bound ≤ {max(ratios):.3f} for coins, {max(smooth):.3f} for uniforms")


@row("(143)", kind="independent")
def eq_143():
    """With k = nP/2 in (40): exact for coins at n_i = k, where half the radius fails."""
    whole, part = [], []
    for k in (11, 101, 1001):
        for delta in (0.3, 0.05, 0.001):
            radius = concentration.constant_radius(0.0, 0.5, 2 * k, 1.0, delta)
            whole.append(coin_tail(np.array(k), radius) / delta)
            part.append(coin_tail(np.array(k), radius / 2) / delta)
    held(min(part[1::3]) > 1, "half the radius would do")
    return held((max(whole) < 1) & (max(whole) > 0.1), f"exact tail of coins / δ₂ ≤ {max(whole):.3f}")


@row("(144)", kind="closed form")
def eq_144():
    """(40) is (143) at k = nP/2."""
    n, mass, delta, width = 700, np.array([0.03, 0.5]), 0.02, 2.2
    by_143 = width * np.sqrt(np.log(2 / delta) / (2 * (n * mass / 2)))
    return below(concentration.constant_radius(1.2, 0.5, n, mass, delta) / by_143 - 1, 1e-14)
