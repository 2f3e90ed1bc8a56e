import numpy as np

import zcmoe
from zcmoe import Intervals

from ._problems import INPUTS, PROBLEM, compander, equal, formula, optimum


def hoelder(s):
    """Hölder's ratio, cubed, for λ ∝ w^s.

    On each half wave x - x₀ = u⁸/12 tames the powers of |x - x₀|.
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    u = (nodes + 1) / 2
    step, measure = u**8 / 12, weights * 8 * u**7 / 24
    slope = (6 * np.pi * np.sin(6 * np.pi * step)) ** 2

    def integral(power):
        return sum(measure @ (INPUTS.pdf(x) * slope) ** power
                   for k in range(6) for x in (k / 6 + step, (k + 1) / 6 - step))

    return integral(1 - 2 * s) * integral(s) ** 2 / integral(1 / 3) ** 3


def values():
    ratio = {s: hoelder(s) for s in (0, 0.6)}
    gap = {m: compander(PROBLEM, m) / formula(PROBLEM, m) - 1 for m in (32, 64)}
    crowd = zcmoe.approximation_excess(PROBLEM, Intervals.from_density(INPUTS, 320))
    eight = zcmoe.region_moments(PROBLEM, Intervals.uniform(8))
    parts = 100 * eight.probability * eight.variance / (eight.probability @ eight.variance)
    best = optimum(PROBLEM, 8)
    return {
        **{f"part_{i}": f"{parts[i - 1]:.0f} %" for i in (3, 4, 5)},
        "part_8": f"{parts[7]:.1f} %",
        "inputs_8": f"{100 * eight.probability[7]:.1f} %",
        "Z": f"{(12 * zcmoe.high_rate_coefficient(PROBLEM)) ** (1 / 3):.3f}",
        "equal_32": f"{equal(PROBLEM, 32):.5f}",
        "best_32": f"{compander(PROBLEM, 32):.5f}",
        "ratio_0": f"{ratio[0]:.3f}",
        "cost_0": f"{100 * (ratio[0] - 1):.0f} %",
        "cost_06": f"{100 * (ratio[0.6] - 1):.0f} %",
        "worse_8": f"{100 * (compander(PROBLEM, 8) / best - 1):.0f} %",
        "above_8": f"{100 * (formula(PROBLEM, 8) / best - 1):.0f} %",
        **{f"gap_{m}": f"{np.ceil(100 * abs(each)):.0f} %" for m, each in gap.items()},
        "optimum_64": f"{100 * (1 - optimum(PROBLEM, 64) / formula(PROBLEM, 64)):.0f} %",
        "crowd": f"{crowd / equal(PROBLEM, 320):.1f}",
    }
