"""The simulation of Section 6.3: many training sets, sorted once, with prefix sums that every segmentation shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from zcmoe import _check
from zcmoe._progress import with_progress
from zcmoe._typing import Seed
from zcmoe.learning.expectation import BATCH
from zcmoe.moments import region_moments

if TYPE_CHECKING:
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Intervals


def simulate(problem: Problem, segmentations: Iterable[Intervals], n: int, *, runs: int = 300, rng: Seed = None,
             test_examples: int | None = None) -> np.ndarray:
    """The simulation of Section 6.3: test errors of experts learned from many training sets.

    Each training set is drawn in order of x; prefix sums then give the constants (35) of every
    segmentation by two look-ups a region. An empty region answers the mean of y.

    Parameters
    ----------
    problem : Problem
        With d = 1.
    segmentations : sequence of Intervals
    n : int
        Number of training examples.
    runs : int
        Number of training sets.
    rng : anything that ``numpy.random.default_rng`` takes
    test_examples : int, optional
        Measure each error on this many test examples, one test set for all, as the paper does
        with 5000; by default the test error (7) of each run is exact.

    Returns
    -------
    ndarray, shape (runs, number of segmentations)
        Test errors, noise variance included.

    References
    ----------
    Dar, arXiv 2510.03151, Section 6.3, (32)–(35).

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> errors = simulate(problem, [Intervals.uniform(4)], 20, runs=2000, rng=0)
    >>> print(f"{errors.mean():.2f}")  # the expectation is 0.1105
    0.11
    """
    if problem.dimension != 1:
        raise ValueError(f"problem must have dimension 1 to be sorted, got {problem.dimension}")
    n, runs, rng = _check.count(n, "n"), _check.count(runs, "runs"), np.random.default_rng(rng)
    segmentations = list(segmentations)
    if not segmentations:
        raise ValueError("segmentations must hold at least one Intervals, got none")
    test = None if test_examples is None else problem.sample(_check.count(test_examples, "test_examples"), rng=rng)
    try:
        # All edges in one row. The last of each segmentation is moved to infinity: its last region is closed.
        edges = np.concatenate([np.append(each.edges[:-1], np.inf) for each in segmentations])
    except AttributeError:
        raise ValueError("segmentations must be Intervals, which have edges: the simulation sorts x") from None
    left = np.flatnonzero(edges < np.inf)
    first = np.cumsum([0] + [each.n_regions for each in segmentations])[:-1]
    base, weight, target = zip(*[_test_statistics(problem, each, test) for each in segmentations], strict=True)
    weight, target = np.concatenate(weight), np.concatenate(target)

    errors = []
    for x, mean, prefix in with_progress(_training_sets(problem, n, runs, rng), "simulation", runs):
        place = np.searchsorted(x, edges)
        start, stop = place[left], place[left + 1]
        constants = mean + (prefix[stop] - prefix[start]) / np.maximum(stop - start, 1)
        errors.append(np.add.reduceat(weight * (constants - target) ** 2, first))
    return np.array(base) + np.array(errors)


def _training_sets(problem, n, runs, rng):
    """Yield `runs` training sets: x in order, the mean of y, and the sums of y - mean over the first 0, 1, …, n."""
    sets = max(1, BATCH // n)  # drawn together
    for done in range(0, runs, sets):
        shape = (min(sets, runs - done), n)
        # Quantiles keep the order of sorted uniforms, and the noise does not care for it.
        x = _quantiles(problem.inputs, np.sort(rng.random(shape), axis=1))
        y = problem.beta(x.ravel()).reshape(shape) + _quantiles(problem.noise, rng.random(shape))
        mean = y.mean(axis=1)
        prefix = np.zeros((len(y), n + 1))
        np.cumsum(y - mean[:, None], axis=1, out=prefix[:, 1:])
        yield from zip(x, mean, prefix, strict=True)


def _quantiles(law, u):
    """``law.ppf(u)``; for uniform laws by hand, in a tenth of the time."""
    if getattr(getattr(law, "dist", None), "name", None) == "uniform":
        low, high = law.support()
        return low + (high - low) * u
    return law.ppf(u)


def _test_statistics(problem, segmentation, test):
    """(e, W, C) with test error e + Σ W_i (ĉ_i - C_i)²: exact, or empirical on test examples."""
    if test is None:
        probability, mean, variance = region_moments(problem, segmentation)
        return problem.noise_variance + probability @ variance, probability, mean
    x, y = test
    region, m = segmentation.route(x), segmentation.n_regions
    count = np.bincount(region, minlength=m)
    mean = np.bincount(region, y, m) / np.maximum(count, 1)
    return np.mean((y - mean[region]) ** 2), count / y.size, mean
