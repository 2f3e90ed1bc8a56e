"""Rate–distortion of a bank of experts: Newton's method against Blahut and Arimoto's algorithm"""

import time
from contextlib import nullcontext
from unittest import mock

import numpy as np

from zcmoe import gating

from . import optional
from ._timing import interleaved


def constants(n, m):
    """A uniform law of x, β(x) = x², and m constants: probability and costs."""
    values = ((np.arange(n) + 0.5) / n) ** 2
    return np.full(n, 1 / n), (values[:, None] - np.linspace(0, 1, m)) ** 2


def gaussian(n):
    """A normal law on n values up to six deviations, each a constant too: the optimum uses all of them."""
    u = np.linspace(-6, 6, n)
    mass = np.exp(-(u**2) / 2)
    return mass / mass.sum(), (u[:, None] - u) ** 2


def blahut_arimoto(p, costs, slope, budget):
    """Seconds and gap: of the steps to a gap of 1e-6, or of as many as the budget pays."""
    steps, seconds = 50, 0.0
    while seconds < budget:
        start = time.process_time()
        found = gating.blahut_arimoto(p, costs, slope=slope, tol=1e-6, max_iterations=steps)
        seconds = time.process_time() - start
        if found.gap <= 1e-6:
            break
        steps = int(steps * np.clip(1.1 * budget / max(seconds, 1e-6), 1.1, 10))
    return seconds, found.gap


def dit(p, costs, slope):
    """Seconds and gap of dit's loop from equal weights, as far as it goes by itself."""
    from dit.rate_distortion.blahut_arimoto import _blahut_arimoto

    start = time.process_time()
    _, joint = _blahut_arimoto(p, slope / np.log(2), np.full(costs.shape, 1 / costs.shape[1]), lambda *_: costs, 20_000)
    seconds = time.process_time() - start
    r = joint.sum(axis=0)
    near = np.exp(-slope * (costs - costs.min(axis=1, keepdims=True)))
    c = near.T @ (p / (near @ r))
    return seconds, float(np.log(c.max()) - (r * c) @ np.log(np.maximum(c, 1e-300)))


def wall(function, threads, rounds):
    """Median seconds on the clock with so many BLAS threads and no limit of ours; None without threadpoolctl."""
    if not optional("threadpoolctl"):
        return None
    from threadpoolctl import threadpool_limits

    seconds = []
    with mock.patch("zcmoe.gating.bank.one_thread", nullcontext), threadpool_limits(threads, "blas"):
        for _ in range(rounds + 1):
            start = time.perf_counter()
            function()
            seconds.append(time.perf_counter() - start)
    return float(np.median(seconds[1:]))


def table(task, p, costs, slope, rounds):
    def solve():
        return gating.rate_distortion(p, costs, slope=slope)

    found = solve()
    ours = interleaved({"ours": solve}, rounds)["ours"]
    row = {"task": f"{task}, s = {slope}", "ours": ours, "limit": None, "target": "", "note": ""}
    seconds, gap = blahut_arimoto(p, costs, slope, 100 * ours)
    reached = "reached 1e-6" if gap <= 1e-6 else f"stood at {gap:.1e}"
    yield {**row, "peer": "Blahut–Arimoto to 1e-6", "ratio": seconds / ours,
           "target": ">= 50 x or not there, <= 30 steps",
           "met": found.iterations <= 30 and (gap > 1e-6 or seconds >= 50 * ours),
           "note": f"ours: gap {found.gap:.1e} in {found.iterations} Newton steps, {1e3 * ours:.1f} ms; "
                   f"Blahut–Arimoto {reached} after {seconds / ours:.0f} times that"}
    if optional("dit"):
        seconds, gap = dit(p, costs, slope)
        yield {**row, "peer": "dit", "ratio": seconds / ours, "note": f"dit stops by itself, at a gap of {gap:.1e}"}
    else:
        yield {**row, "peer": "dit: not installed", "ratio": None}
    one, two = (wall(solve, threads, rounds) for threads in (1, 2))
    yield {**row, "peer": "ours with two BLAS threads" + ("" if two else ": threadpoolctl not installed"),
           "ratio": two / one if two else None,
           "note": "on the clock; zcmoe holds BLAS to one thread here" if two else ""}


def rows(quick=False, rounds=7):
    """Yield the rows of `make bench`; `ratio` is the peer's time over ours."""
    n, m, size = (200, 16, 41) if quick else (1000, 64, 401)
    for slope in (20, 200, 2000):
        yield from table(f"{n} values, {m} constants", *constants(n, m), slope, rounds)
    yield from table(f"normal law, {size} values and constants", *gaussian(size), 4, rounds)
