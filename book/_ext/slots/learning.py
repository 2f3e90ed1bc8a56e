import zcmoe
from zcmoe import Intervals, expected_estimation_error

from ._problems import PROBLEM


def values():
    slots = {}
    for m in (10, 40):
        slots[f"app_{m}"] = f"{zcmoe.approximation_error(PROBLEM, Intervals.uniform(m)):.4f}"
        slots[f"est_{m}"] = f"{sum(expected_estimation_error(PROBLEM, Intervals.uniform(m), 1000)):.4f}"
    for n in (250, 4000):
        parts = expected_estimation_error(PROBLEM, Intervals.uniform(180), n)
        slots[f"empty_{n}"], slots[f"noise_{n}"] = f"{parts.empty:.4f}", f"{parts.noise:.4f}"
    return slots
