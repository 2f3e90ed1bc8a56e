"""The dynamic programme against all partitions."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from zcmoe.optimum import optimal_partition


def loss(values, weights, edges):
    return sum(np.dot(weights[a:b], (values[a:b] - np.average(values[a:b], weights=weights[a:b])) ** 2)
               for a, b in zip(edges[:-1], edges[1:], strict=True))


@pytest.mark.parametrize("seed", range(40))
def test_partition_against_all_partitions(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(2, 11), rng.integers(1, 5)
    values, weights = rng.normal(size=n).round(seed % 3), rng.random(n) + 0.1
    every = min(loss(values, weights, [0, *inner, n])
                for k in range(min(m, n)) for inner in combinations(range(1, n), k))
    edges = optimal_partition(values, weights, m)
    assert edges.size <= m + 1
    assert loss(values, weights, edges) == pytest.approx(every, abs=1e-13)


def test_cost_of_runs_is_not_monge_when_values_are_not_monotone():
    """y = 0, 1, 0, the counter-example to the fast programmes for sorted values."""
    y = np.array([0.0, 1, 0])
    cost = {(i, j): loss(y, np.ones(3), [i, j]) for i, j in combinations(range(4), 2)}
    assert cost[0, 2] + cost[1, 3] > cost[0, 3] + cost[1, 2]
    assert optimal_partition(y, np.ones(3), 3).tolist() == [0, 1, 2, 3]


def test_weights_of_zero_do_not_count():
    assert optimal_partition([0, 99, 0, 5, 5], [1, 0, 1, 1, 1], 2).tolist() == [0, 3, 5]


@pytest.mark.parametrize("function", [np.exp, np.square, stats.norm.ppf, lambda x: -np.sqrt(x), lambda x: x])
@pytest.mark.parametrize("m", [2, 7, 33])
def test_banded_programme_is_the_full_one(function, m):
    values, weights = function((np.arange(1500) + 0.5) / 1500), np.ones(1500)
    full, banded = (loss(values, weights, optimal_partition(values, weights, m, banded)) for banded in (False, True))
    assert banded == pytest.approx(full, rel=1e-12)


def test_bad_input():
    with pytest.raises(ValueError, match=r"weights must have shape \(2,\), got \(3,\)"):
        optimal_partition([1, 2], [1, 1, 1], 2)
    with pytest.raises(ValueError, match="every weights must lie in .* got -1.0 at index 1"):
        optimal_partition([1, 2], [1, -1], 2)
    with pytest.raises(ValueError, match="weights must not all be 0"):
        optimal_partition([1, 2], [0, 0], 2)
    with pytest.raises(ValueError, match="values must be monotone"):
        optimal_partition([1, 2, 1], [1, 1, 1], 2, banded=True)
