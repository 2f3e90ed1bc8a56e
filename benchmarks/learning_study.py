"""The learning study of Section 6.3: 300 training sets of three sizes, eighteen numbers of experts"""

from functools import partial

import numpy as np
from scipy import stats

from zcmoe import Intervals, Problem, simulate
from zcmoe.learning import expected_test_errors

from . import compare

NUMBERS = [4, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 63, 80, 100, 126, 140, 160, 180]
SIZES = (250, 1000, 4000)


def rows(quick=False, rounds=7):
    runs, sizes, numbers = (3, (250,), NUMBERS[:4]) if quick else (300, SIZES, NUMBERS)
    cuts = [Intervals.uniform(m) for m in numbers]
    normal = stats.truncnorm(-2, 3, 0.4, 0.2)
    slow = "Most of our time is SciPy's quantile function of this law."
    for inputs, name, share in ((stats.uniform(), "uniform", ""), (normal, "truncated normal", slow)):
        problem = Problem(lambda x: np.cos(6 * np.pi * x), inputs, stats.uniform(-0.5, 1))
        loop = {"plain loop": partial(_each, sizes, lambda n, problem=problem: _plain_loop(problem, numbers, n, runs))}
        draw = partial(_each, sizes, lambda n, problem=problem: problem.sample(runs * n, rng=0))
        ours = partial(_each, sizes, lambda n, problem=problem: simulate(problem, cuts, n, runs=runs, rng=0))
        few = min(rounds, 3)  # the loop takes seconds
        target = f"{'>= 30 x, ' if name == 'uniform' else ''}<= 2 x drawing the data"
        yield from compare(f"simulation, {name} inputs", ours, loop, draw, {"plain loop": target}, rounds=few,
                           note=f"The data are drawn in both. {share}".strip())
        yield from compare(f"exact expectation instead, {name} inputs",
                           partial(expected_test_errors, problem, cuts, sizes), loop, draw,
                           {"plain loop": ">= 1500 x"}, rounds=few,
                           note="The mean over all training sets, with no noise of simulation. Half of our time goes "
                                "into E[1/N], a third into the region moments, both to about 1e-13.")


def _each(sizes, task):
    return [task(n) for n in sizes]


def _plain_loop(problem, numbers, n, runs):
    """Mean test error for each m as one would first write it: a mask a region."""
    rng, errors = np.random.default_rng(0), np.zeros(len(numbers))
    test_x, test_y = problem.sample(5000, rng=rng)
    for _ in range(runs):
        x, y = problem.sample(n, rng=rng)
        for j, m in enumerate(numbers):
            edges, constants = np.arange(m + 1) / m, np.full(m, y.mean())
            for i in range(m):
                inside = (x >= edges[i]) & (x < edges[i + 1])
                if inside.any():
                    constants[i] = y[inside].mean()
            region = np.minimum((test_x * m).astype(int), m - 1)
            errors[j] += np.mean((test_y - constants[region]) ** 2)
    return errors / runs
