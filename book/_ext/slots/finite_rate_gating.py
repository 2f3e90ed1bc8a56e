import csv
from pathlib import Path

import numpy as np
from scipy import stats

from zcmoe import Intervals, gating

from ._problems import NOISE, SQUARE

BIT = np.log(2)
X, P = (np.arange(500) + 0.5) / 500, np.full(500, 1 / 500)
BETA = X**2


def first_bit():
    """What one bit removes, in percent of what the router of four regions does; by bisection in the slope."""
    router = gating.fixed_rate(BETA, P, 4)
    costs = gating.squared_costs(BETA, router.constants)
    low, high = 16.0, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        found = gating.rate_distortion(P, costs, slope=middle)
        low, high = (middle, high) if found.rate < BIT else (low, middle)
    any_constants = gating.curve(BETA, P, rates=[BIT]).distortions[0]
    share = [(BETA.var() - error) / (BETA.var() - router.distortion) for error in (found.distortion, any_constants)]
    return router.entropy / BIT, *share


def learned(n):
    """A gate of one bit from n examples: its error without noise, that of its mean, and the best one at its rate."""
    gate = gating.FiniteRateGate.fit(Intervals.uniform(32), *SQUARE.sample(n, rng=1), n_experts=4, rate=BIT, rng=0,
                                    starts=2)
    report = gate.on_problem(SQUARE)
    x = (np.arange(32_000) + 0.5) / 32_000
    mean = np.mean((gate.expected(x) - x**2) ** 2)
    return report.distortion - NOISE.var(), mean, report.best - NOISE.var()


def lines_of_640():
    """(bits, test error) of sixteen lines by slope, means over the training sets."""
    with open(Path(__file__).parents[2] / "data" / "gating.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file)
                if (row["experts"], row["m"], row["n"]) == ("lines", "16", "640")]
    slopes = sorted({float(row["slope"]) for row in rows})
    return [np.mean([(float(row["bits"]), float(row["test"])) for row in rows if float(row["slope"]) == s], axis=0)
            for s in slopes]


def values():
    bits, four, free = first_bit()
    seventeen = gating.squared_costs(BETA, np.linspace(0, 1, 17))
    split, birth, _, born = gating.critical_slopes(BETA, P)
    few, many = learned(200), learned(5000)
    best = gating.best_numbers(10**6, 0.64 / 12, 0.25 - 0.64 / 12)
    case = gating.stratified_bernoulli(0.1 + 0.8 * (np.arange(8) + 0.5) / 8, 800)
    sixteen = gating.curve(X, P, distortions=[gating.fixed_rate(X, P, 16).distortion], tol=1e-5).rates[0]
    path = lines_of_640()
    least, last = min(path, key=lambda point: point[1]), path[-1]
    return {
        "line_least": f"{least[1]:.4f}",
        "line_bits": f"{least[0]:.2f}",
        "line_last": f"{last[1]:.4f}",
        "line_last_bits": f"{last[0]:.2f}",
        "router_bits": f"{bits:.2f}",
        "share_four": f"{100 * four:.0f} %",
        "share_any": f"{100 * free:.0f} %",
        "err_left": f"{1 - stats.bernoulli(0.1).entropy() / BIT:.3f}",
        "ba_steps": str(gating.blahut_arimoto(P, seventeen, slope=20, tol=1e-3).iterations),
        "drawn": f"{many[0]:.4f}",
        "averaged": f"{many[1]:.4f}",
        "worse_200": f"{few[0] / few[2]:.1f}",
        "worse_5000": f"{np.ceil(100 * (many[0] / many[2] - 1)):.0f} %",
        "birth": f"{birth:.3f}",
        "born": f"{born:.2f}",
        "split": f"{split:.3f}",
        "saved_16": f"{4 - sixteen / BIT:.2f}",
        "best_truth": f"{best.test:.0f}",
        "best_bound": f"{best.bound:.2f}",
        "bound_8": f"{case.training_error + gating.generalization_bound(case.information, 800):.3f}",
        "test_8": f"{case.test_error:.3f}",
    }
