"""The best division of a sequence, against all divisions in exact arithmetic and one programme against another."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

import zcmoe.optimum.partition as partition
from zcmoe import Intervals, Problem, region_moments
from zcmoe.optimum import discrete_levels, optimal_partition, settled_levels


def loss(values, weights, edges):
    return sum(np.dot(weights[a:b], (values[a:b] - np.average(values[a:b], weights=weights[a:b])) ** 2)
               for a, b in zip(edges[:-1], edges[1:], strict=True))


def exact_loss(values, weights, edges):
    """The same in rational numbers: no rounding."""
    values, weights = ([Fraction(float(each)) for each in array] for array in (values, weights))
    total = Fraction(0)
    for a, b in zip(edges[:-1], edges[1:], strict=True):
        if mass := sum(weights[a:b]):
            mean = sum(w * v for w, v in zip(weights[a:b], values[a:b], strict=True)) / mass
            total += sum(w * (v - mean) ** 2 for w, v in zip(weights[a:b], values[a:b], strict=True))
    return total


def least(values, weights, m):
    n = len(values)
    return min(exact_loss(values, weights, [0, *inner, n])
               for k in range(min(m, n)) for inner in combinations(range(1, n), k))


@pytest.mark.parametrize("seed", range(40))
def test_against_all_partitions(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(2, 11), rng.integers(1, 5)
    values, weights = rng.normal(size=n).round(seed % 3), rng.random(n) + 0.1
    edges = optimal_partition(values, weights, m)
    assert edges.size <= m + 1
    assert loss(values, weights, edges) == pytest.approx(float(least(values, weights, m)), abs=1e-13)


scales = st.sampled_from([1e-9, 0.1, 1.0, 1e10, 1e13])
wild = st.builds(lambda a, b, scale: a + b * scale, st.integers(0, 9), st.integers(-3, 3), scales)
masses = st.one_of(st.just(1.0), st.just(0.0), st.integers(-6, 6).map(lambda k: 10.0**k))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.tuples(wild, masses), min_size=2, max_size=9), st.integers(1, 5), st.booleans())
def test_wild_scales_against_all_partitions(pairs, m, banded):
    values, weights = np.array(pairs).T
    if weights.any():
        edges = optimal_partition(values, weights, m, banded=banded)
        assert edges.size <= m + 1
        assert exact_loss(values, weights, edges) <= least(values, weights, m) * (1 + Fraction(1, 10**9))


@pytest.mark.parametrize("banded", [False, True])
def test_a_value_far_away_takes_no_digits(banded):
    values = np.array([1, 2, 3, 4, 6, 13, 1e10 + 14, 23, 26])
    for sequence in (values, np.sort(values)):
        edges = optimal_partition(sequence, np.ones(9), 4, banded=banded)
        assert loss(sequence, np.ones(9), edges) == pytest.approx(19.3)
    far = [*range(6), 1e13]
    assert optimal_partition(far, np.ones(7), 7, banded=banded).tolist() == list(range(8))
    near = 1e13 + np.arange(6.0)
    assert optimal_partition(near, np.ones(6), 3, banded=banded).tolist() == [0, 2, 4, 6]


@pytest.mark.parametrize("banded", [False, True])
def test_a_light_value_far_away_takes_no_digits_from_the_bound(banded):
    """The tail of a heavy law: its first cell is 1e104 away and weighs 1e-220."""
    values, weights = np.array([-1e104, -1e60, 0, 1, 5, 7]), np.array([1e-220, 1e-130, 1, 1, 1, 1])
    for m, best in [(1, [0, 6]), (2, [0, 4, 6])]:
        assert optimal_partition(values, weights, m, banded=banded).tolist() == best
    found = discrete_levels(values, weights, 2)
    assert found.levels == pytest.approx([0.5, 6]) and found.distortion == pytest.approx(2.5)


def test_cells_of_many_points_are_where_the_points_are():
    """5000 points in [0, 1] and one far away, which has a level of its own: thirds are left for the others."""
    found = discrete_levels(np.r_[np.linspace(0, 1, 5000), 1e4], np.ones(5001) / 5001, 4)
    assert found.levels == pytest.approx([1 / 6, 1 / 2, 5 / 6, 1e4], rel=1e-3)


def test_levels_of_which_one_loses_its_cell_are_refused():
    """Two intervals hold all inputs, and the gap between them the middle level: both midpoints are in it.
    Thresholds (0.325, 0.675) would be midpoints again, but no input is between them."""
    law = stats.rv_histogram(([1, 0, 1], [0, 0.3, 0.7, 1]), density=True)
    problem = Problem(lambda x: x, law, None)

    def moments(inner):
        return region_moments(problem, Intervals([0, *inner, 1]))
    with pytest.raises(RuntimeError, match="the levels did not settle for m = 3: residual 0.17 after 1 steps"):
        settled_levels(moments, law.pdf, np.array([0.25, 0.75]))


def test_equal_neighbours_are_never_divided():
    assert optimal_partition([2, 2, 2, 5, 5], np.ones(5), 4).tolist() == [0, 3, 5]


def test_cost_of_runs_is_not_monge_when_values_are_not_monotone():
    """y = 0, 1, 0, the counter-example to the fast programmes for sorted values."""
    y = np.array([0.0, 1, 0])
    cost = {(i, j): loss(y, np.ones(3), [i, j]) for i, j in combinations(range(4), 2)}
    assert cost[0, 2] + cost[1, 3] > cost[0, 3] + cost[1, 2]
    assert optimal_partition(y, np.ones(3), 3).tolist() == [0, 1, 2, 3]


def test_weights_of_zero_do_not_count():
    assert optimal_partition([0, 99, 0, 5, 5], [1, 0, 1, 1, 1], 2).tolist() == [0, 3, 5]


def jumping(x):
    return np.where(x < 0.3, np.cos(9 * x), np.where(x < 0.5, 0.2, np.sin(40 * x) + x))


@pytest.mark.parametrize("function", [np.exp, np.square, stats.norm.ppf, lambda x: -np.sqrt(x), lambda x: x,
                                      lambda x: np.cos(6 * np.pi * x), jumping, lambda x: np.floor(5 * x) + x**9])
@pytest.mark.parametrize("m", [2, 7, 33, 90])
def test_bands_find_what_the_full_programme_finds(function, m):
    values, weights = function((np.arange(1500) + 0.5) / 1500), np.ones(1500)
    full, banded = (loss(values, weights, optimal_partition(values, weights, m, banded=banded))
                    for banded in (False, True))
    assert banded == pytest.approx(full, rel=1e-12)


def test_the_band_in_counts_is_the_full_programme_up_to_200_runs():
    values, weights = jumping((np.arange(6400) + 0.5) / 6400), np.ones(6400)
    full, banded = (optimal_partition(values, weights, 200, banded=banded) for banded in (False, True))
    assert np.array_equal(full, banded)


@pytest.mark.parametrize("waves, height", [(64, 0.3), (70, 0.03)])
def test_runs_that_lock_to_waves_of_the_slope(waves, height):
    """Far from the compander's edges, be the waves ever so low: 1.7 % and 0.1 % were lost near these."""
    x = (np.arange(6000) + 0.5) / 6000
    values, weights = np.cumsum((1 + x) * (1 + height * np.sin(2 * np.pi * waves * x))), np.ones(6000)
    full, banded = (loss(values, weights, optimal_partition(values, weights, 64, banded=banded))
                    for banded in (False, True))
    assert banded == pytest.approx(full, rel=1e-12)


def test_noise_of_the_slope_is_no_wave(monkeypatch):
    """As of the levels of a function of the plane: its mean in a run counts, and the programme's time is saved."""
    weights = np.random.default_rng(0).uniform(0.5, 1.5, 5000)
    values = np.exp((np.arange(5000) + 0.5) / 2500)
    full = loss(values, weights, optimal_partition(values, weights, 24))
    monkeypatch.setattr(partition, "_near_counts", None)  # not asked
    banded = loss(values, weights, optimal_partition(values, weights, 24, banded=True))
    assert banded == pytest.approx(full, rel=1e-12)


def test_tiny_steps_of_a_tail_warn_of_nothing(recwarn):
    values = np.cumsum(np.r_[np.full(10, 1e-320), np.ones(4990)])
    assert optimal_partition(values, np.ones(5000), 4, banded=True).size == 5 and not list(recwarn)


def test_prefix_sums_know_the_cost_of_every_run():
    rng = np.random.default_rng(0)
    values, weights = rng.normal(5, 1, 12), rng.random(12)
    sums = partition.prefix_sums(values, weights)
    for a, b in combinations(range(13), 2):
        assert partition.run_costs(sums[:, a], sums[:, b]) == pytest.approx(loss(values, weights, [a, b]), abs=1e-14)


@pytest.mark.parametrize("values", [np.arange(60.0), np.exp(np.arange(60) / 4)])
def test_no_run_is_looked_at_that_costs_more_than_a_known_division(values, monkeypatch):
    """Of equal steps equal runs are the best, and known beforehand; of others the compander's are nearly so."""
    bounds, near_counts = [], partition._near_counts
    monkeypatch.setattr(partition, "_near_counts", lambda *a: bounds.append(a[3]) or near_counts(*a))
    best = loss(values, np.ones(60), optimal_partition(values, np.ones(60), 6))
    equal = loss(values, np.ones(60), np.arange(0, 61, 10))
    assert bounds[0] == pytest.approx(best, rel=1e-8) if best == equal else bounds[0] < 1.5 * best < 0.2 * equal


def test_a_smooth_sequence_needs_no_wider_band(monkeypatch):
    """Its runs are the compander's to within eight of 90: one programme over 17 counts of runs is enough."""
    reaches, near_counts = [], partition._near_counts
    monkeypatch.setattr(partition, "_near_counts", lambda *a: reaches.append(a[-1]) or near_counts(*a))
    optimal_partition(np.exp(np.arange(500) / 500), np.ones(500), 90, banded=True)
    assert reaches == [8]


def stairs(x):
    """The slope 1, and on the left half 2 and next to 0 by turns, sixteen times."""
    return np.cumsum(np.where(x < 0.5, 2.0 * ((32 * x) % 1 < 0.5), 1.0) + 1e-6)


def test_zooms_start_as_wide_as_the_band_was_coarse(monkeypatch):
    """From an eighth of a region, here 470 values, to one: a quarter of it at a time, and a few more that move on."""
    zooms, cheapest_path = [], partition.cheapest_path
    monkeypatch.setattr(partition, "cheapest_path", lambda cost: zooms.append(0) or cheapest_path(cost))
    optimal_partition(((np.arange(60_000) + 0.5) / 60_000) ** 9, np.ones(60_000), 16, banded=True)
    assert len(zooms) < 16


def test_a_sequence_and_its_mirror_image_are_divided_alike():
    """Also where the slope is wavy, and the compander's edges are two regions off in the middle."""
    values, weights = stairs((np.arange(6000) + 0.5) / 6000), np.ones(6000)
    left, right = (partition._cost(each, weights, optimal_partition(each, weights, 64, banded=True)[1:-1])
                   for each in (values, -values[::-1]))
    assert left == pytest.approx(right, rel=1e-6)


def test_a_band_that_is_too_narrow_is_widened(monkeypatch):
    """Steps that the compander's count (at most one run a step) misjudges: noise on the left, nothing on the right."""
    rng = np.random.default_rng(0)
    values = np.r_[10 * rng.normal(size=150), np.cumsum(rng.random(600))]
    full = loss(values, np.ones(750), optimal_partition(values, np.ones(750), 60))
    reaches, near_counts = [], partition._near_counts
    monkeypatch.setattr(partition, "_REACH", 1)
    monkeypatch.setattr(partition, "_near_counts", lambda *a: reaches.append(a[-1]) or near_counts(*a))
    banded = loss(values, np.ones(750), optimal_partition(values, np.ones(750), 60, banded=True))
    assert banded == pytest.approx(full, rel=1e-12)
    assert len(reaches) > 2


@pytest.mark.parametrize("seed", range(8))
def test_bands_where_waves_are_more_than_runs(seed):
    """The best division gives up some waves, and which may be anywhere: a run that long asks for a wider band."""
    rng, x = np.random.default_rng(seed), (np.arange(300) + 0.5) / 300
    values = np.where(x < rng.uniform(0.4, 1), 3 - 3 * np.cos(2 * np.pi * rng.integers(14, 60) * x), 6.0)
    if not seed:
        values = np.where(x < 0.5, 3 - 3 * np.cos(62 * np.pi * x), 6.0)
    full, banded = (loss(values, np.ones(300), optimal_partition(values, np.ones(300), 17, banded=banded))
                    for banded in (False, True))
    assert banded == pytest.approx(full, rel=1e-9)


def test_bad_input():
    with pytest.raises(ValueError, match=r"weights must have shape \(2,\), got \(3,\)"):
        optimal_partition([1, 2], [1, 1, 1], 2)
    with pytest.raises(ValueError, match="every weights must lie in .* got -1.0 at index 1"):
        optimal_partition([1, 2], [1, -1], 2)
    with pytest.raises(ValueError, match="weights must not all be 0"):
        optimal_partition([1, 2], [0, 0], 2)
