import numpy as np
import pytest
from pytest import approx
from scipy import stats

import zcmoe
from settings import COS6, UNIFORM
from zcmoe import Intervals


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
    with pytest.raises(ValueError, match="support"):
        Intervals.from_density(stats.uniform(0, 0.5), 3)
    with pytest.raises(ValueError, match="m must be"):
        Intervals.from_density(UNIFORM, 0)
    with pytest.raises(ValueError, match="density must be a frozen"):
        Intervals.from_density(np.exp, 3)


def test_dimension_must_agree():
    square = zcmoe.Independent(UNIFORM, UNIFORM)
    problem = zcmoe.Problem(lambda x: x[:, 0], square, stats.uniform(-0.5, 1), dimension=2)
    with pytest.raises(ValueError, match="dimension 2"):
        zcmoe.approximation_error(problem, Intervals.uniform(2))
