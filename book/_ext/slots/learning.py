import numpy as np

import zcmoe
from zcmoe import Intervals, Problem, concentration, expected_estimation_error

from ._problems import INPUTS, NOISE, PROBLEM, UNIFORM, equal

CONFIDENCE = 0.05


def with_bound(m, n, problem=PROBLEM):
    """The excess of m equal cuts when (41), at 95 % over all regions, stands for what learning adds."""
    cuts = Intervals.uniform(m)
    ranges = concentration.value_ranges(problem, cuts)
    return equal(problem, m) + concentration.estimation_error_bound(ranges, problem.noise_bound, n,
                                                                     CONFIDENCE / (2 * m))


def approximation_share(m, n=1000):
    """How much of the expected excess of m equal cuts is approximation."""
    bias = equal(PROBLEM, m)
    return bias / (bias + sum(expected_estimation_error(PROBLEM, Intervals.uniform(m), n)))


def examples_needed(m, delta):
    """The n from which Theorem 6.5 speaks, for m equal cuts and this δ₁ for each region."""
    least = zcmoe.region_moments(PROBLEM, Intervals.uniform(m)).probability.min()
    return int(np.ceil(concentration.required_examples(least, delta)))


def charge(m):
    """What (41) charges a region on which β is constant, in units of σ²/n."""
    flat = Problem(lambda x: 0 * x, INPUTS, NOISE)
    each = concentration.estimation_error_bound(np.zeros(1), flat.noise_bound, 1000, CONFIDENCE / (2 * m))
    return each * 1000 / flat.noise_variance


def values():
    slots = {}
    for m in (10, 40):
        slots[f"app_{m}"] = f"{zcmoe.approximation_error(PROBLEM, Intervals.uniform(m)):.4f}"
        slots[f"est_{m}"] = f"{sum(expected_estimation_error(PROBLEM, Intervals.uniform(m), 1000)):.4f}"
    best = expected_estimation_error(PROBLEM, Intervals.uniform(62), 1000)
    slots["excess_62"] = f"{equal(PROBLEM, 62):.4f}"
    slots["noise_62"], slots["empty_62"] = f"{best.noise:.4f}", f"{best.empty:.4f}"
    for m in (30, 50, 62):
        slots[f"share_{m}"] = f"{100 * approximation_share(m):.0f} %"
    for n in (250, 4000):
        parts = expected_estimation_error(PROBLEM, Intervals.uniform(180), n)
        slots[f"empty_{n}"], slots[f"noise_{n}"] = f"{parts.empty:.4f}", f"{parts.noise:.4f}"
    bound = [with_bound(m, 1000) for m in range(4, 121)]
    slots["bound_m"] = f"{4 + int(np.argmin(bound))}"
    slots["bound_least"] = f"{min(bound):.2f}"
    last = zcmoe.region_moments(PROBLEM, Intervals.uniform(12)).probability[-1]
    slots["empty_share"] = f"{100 * (1 - last) ** 50:.0f} %"
    for name, density in (("formula_m", UNIFORM), ("formula_best", None)):
        slots[name] = f"{zcmoe.number_of_experts(PROBLEM, 1000, density=density):.1f}"
    slots["charge"] = f"{charge(15):.0f}"
    slots["needed"] = f"{examples_needed(20, CONFIDENCE / 40):,}".replace(",", "\N{NO-BREAK SPACE}")
    slots["needed_single"] = f"{examples_needed(20, CONFIDENCE):,}".replace(",", "\N{NO-BREAK SPACE}")
    return slots
