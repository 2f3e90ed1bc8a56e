import numpy as np
import pytest
from pytest import approx
from scipy import stats

import zcmoe
from settings import COS6, NOISE, UNIFORM
from zcmoe import Intervals, Problem, approximation_excess, optimal_density, optimal_intervals


def test_half_open_cells_the_last_one_closed():
    edges = np.array([-2.0, 0.0, 0.1, 5.0])
    assert Intervals(edges).route(edges).tolist() == [0, 1, 2, 2]
    assert Intervals(edges).route(np.nextafter(edges[1:], -3)).tolist() == [0, 1, 2]


def test_every_point_has_one_region():
    """(3): the regions are disjoint and cover [0, 1]."""
    segmentation = Intervals(np.r_[0, np.sort(np.random.default_rng(1).random(9)), 1])
    x = np.random.default_rng(2).random(5000)
    member = (x[:, None] >= segmentation.edges[:-1]) & (x[:, None] < segmentation.edges[1:])
    assert np.array_equal(member.sum(1), np.ones(5000))
    assert np.array_equal(segmentation.route(x), member.argmax(1))


def test_from_density_is_the_expander_at_equal_steps():
    """(50): a_i = g(i/m)."""
    assert Intervals.from_density(stats.beta(2, 1), 4).edges == approx(np.sqrt(np.arange(5) / 4))
    assert Intervals.from_density(UNIFORM, 5).edges == approx(Intervals.uniform(5).edges)


def test_the_outer_cuts_are_the_ends_whatever_the_density_fills():
    """A region without inputs is allowed by the theory."""
    assert Intervals.from_density(stats.uniform(0.2, 0.6), 3).edges == approx([0, 0.4, 0.6, 1])
    narrow = stats.beta(50, 80)
    assert Intervals.from_density(narrow, 8).edges == approx(np.r_[0, narrow.ppf(np.arange(1, 8) / 8), 1])
    data = stats.rv_histogram(np.histogram([0.31, 0.33, 0.47, 0.5, 0.52], bins=4))
    assert Intervals.from_density(data, 4).edges == approx(np.r_[0, data.ppf([0.25, 0.5, 0.75]), 1])
    bumps = stats.Mixture([stats.Uniform(a=0.1, b=0.3), stats.Uniform(a=0.7, b=0.8)], weights=[0.5, 0.5])
    assert Intervals.from_density(bumps, 4).edges[[0, 1, 3, 4]] == approx([0, 0.2, 0.75, 1])
    for mean, deviation in [(0.35, 0.15), (0.4, 0.2), (0.05, 1.0)]:  # whose support misses the ends by a rounding
        law = stats.truncnorm((0 - mean) / deviation, (1 - mean) / deviation, mean, deviation)
        assert Intervals.from_density(law, 5).edges[[0, -1]].tolist() == [0, 1]


@pytest.mark.parametrize("inputs", [stats.uniform(0.2, 0.6), stats.beta(50, 80)], ids=["uniform", "beta"])
@pytest.mark.parametrize("floor", [0, 1e-6])
def test_the_compander_of_laws_that_do_not_fill_the_interval(inputs, floor):
    """It is near the best: for β = x within 3 % at m = 64."""
    problem = Problem(lambda x: x, inputs, NOISE)
    cuts = Intervals.from_density(optimal_density(problem, floor=floor), 64)
    assert cuts.n_regions == 64
    best = approximation_excess(problem, optimal_intervals(problem, 64))
    assert best * (1 - 1e-12) <= approximation_excess(problem, cuts) <= 1.03 * best


def test_what_a_region_over_a_gap_keeps():
    """P_i times the variance between its two sides: falling as 1/m; the optimum has no such region."""
    inputs = stats.rv_histogram(([1, 0, 2], [0.1, 0.3, 0.7, 0.8]), density=True)
    problem = Problem(lambda x: x, inputs, NOISE)
    for m in (16, 64):
        cuts = Intervals.from_density(optimal_density(problem, floor=0), m)
        assert 0.4**2 / 10 < m * approximation_excess(problem, cuts) < 0.4**2 / 2
        assert approximation_excess(problem, optimal_intervals(problem, m)) < 1.1 * 0.3**2 / 12 / m**2


def test_cubature_integrates_over_each_region():
    nodes, weights, region, *_ = Intervals([0, 0.3, 1]).cubature(COS6, "volume")
    for power in range(6):
        exact = np.diff(np.array([0, 0.3, 1]) ** (power + 1)) / (power + 1)
        assert np.bincount(region, weights * nodes**power) == approx(exact, rel=1e-13)
    assert np.all((nodes > 0) & (nodes < 1))


def test_edges_cannot_be_changed():
    with pytest.raises(ValueError):
        Intervals.uniform(3).edges[1] = 0.5


@pytest.mark.parametrize("edges, word", [
    ([0, 0.5, 0.5, 1], "strictly increasing, got 0.5 then 0.5 at index 1"), ([1, 0], "increasing"),
    ([0.0], "at least two"),
    ([0, np.nan, 1], "index 1"), ([0, np.inf], "finite"), ([[0, 1]], "shape"), ([[0], [1, 2]], "ragged"),
])
def test_bad_edges_are_refused(edges, word):
    with pytest.raises(ValueError, match=word):
        Intervals(edges)


@pytest.mark.parametrize("x, word", [
    ([0.5, 1.1], "lie in .* got 1.1 at index 1"), ([-1e-12], "index 0"), ([np.nan], "finite"), ([[0.5]], "shape"),
])
def test_inputs_outside_are_refused(x, word):
    with pytest.raises(ValueError, match=word):
        Intervals.uniform(3).route(x)


def test_bad_densities_are_refused():
    with pytest.raises(ValueError, match=r"density must be a law on \[0, 1\], got norm"):
        Intervals.from_density(stats.norm(5, 1), 3)
    with pytest.raises(ValueError, match=r"density must leave room for 50 regions, got 0 for both g\(0/50\) and"):
        Intervals.from_density(stats.beta(0.002, 1), 50)
    # 1 - g is (1 - q)^500: 4e-14 at 3/50, and less than half a float's distance from 4/50 on
    with pytest.raises(ValueError, match=r"got 1 for both g\(4/50\) and g\(5/50\)"):
        Intervals.from_density(stats.beta(1, 0.002), 50)
    with pytest.raises(ValueError, match="m must be"):
        Intervals.from_density(UNIFORM, 0)
    with pytest.raises(ValueError, match="density must be a continuous law"):
        Intervals.from_density(np.exp, 3)


def test_dimension_must_agree():
    square = zcmoe.Independent(UNIFORM, UNIFORM)
    problem = zcmoe.Problem(lambda x: x[:, 0], square, stats.uniform(-0.5, 1), dimension=2)
    with pytest.raises(ValueError, match="dimension 2"):
        zcmoe.approximation_error(problem, Intervals.uniform(2))
