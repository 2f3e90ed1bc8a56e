"""Calls that are wrong, one a line: pyright and mypy flag every one of them, and nothing else."""

# pyright: strict
import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Boxes, Intervals, Problem

problem = Problem(np.square, stats.uniform(), None)
cuts = Intervals.uniform(4)

Problem(np.square, "uniform", None)  # WRONG: a name is no law
Problem(3.0, stats.uniform(), None)  # WRONG: β is a function
Problem(np.square, stats.uniform())  # WRONG: the noise is said, even where it is None
problem.sample(10, 0)  # WRONG: rng is keyword-only
Intervals.uniform("4")  # WRONG: m is a number
Boxes(4)  # WRONG: a box has several sides
zcmoe.approximation_error(cuts, problem)  # WRONG: the problem comes first
zcmoe.high_rate_error(problem, stats.uniform(), 4, cells="cubes")  # WRONG: "isotropic" or "any"
zcmoe.fit_experts(cuts, [0.1], [1.0], 0.0)  # WRONG: default is keyword-only
zcmoe.best_experts(problem, [0.0, 0.5, 1.0])  # WRONG: edges are no segmentation
zcmoe.optimal_density(problem).quantile(0.5)  # WRONG: quantiles are ppf
zcmoe.uniform_intervals(4)  # WRONG: no such name
