"""Level sets: routing, and their exact rule on the line, against roots that are known."""

import pickle

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import COS6, NOISE, TN, UNIFORM
from zcmoe import Independent, LevelSets, Problem, approximation_excess, check_segmentation, region_moments

HALVES = [-np.inf, 0, np.inf]


def parabola(x):
    return (x - 0.5) ** 2


def radius(x):
    return np.hypot(*x.T)


@pytest.mark.parametrize("segmentation", [
    LevelSets(parabola, [0, 0.0625, 0.25]), LevelSets(parabola, [-np.inf, 0.01, 0.0625, np.inf]),
    LevelSets(radius, [0, 0.5, 1, 2], dimension=2),
    LevelSets(radius, [0, 1, np.inf], dimension=2, domain=(-np.inf, np.inf)),
])
def test_the_contract(segmentation):
    check_segmentation(segmentation)
    again = pickle.loads(pickle.dumps(segmentation))
    assert again == segmentation and not again.edges.flags.writeable
    assert segmentation != LevelSets(np.cos, segmentation.edges, dimension=segmentation.dimension)


def test_half_open_and_the_last_closed():
    sets = LevelSets(lambda x: 4 * x, [0, 1, 3, 4])
    assert sets.route([0, 0.25, 0.5, 0.75, 1]).tolist() == [0, 1, 1, 2, 2]


def test_probabilities_between_known_roots():
    """cos 6πx >= 1/2 where |6πx - 2πk| <= π/3; the law's cdf gives its probability."""
    found = region_moments(COS6, LevelSets(COS6.beta, [-np.inf, 0.5, np.inf])).probability
    ends = np.clip([(k + np.array([-1, 1]) / 6) / 3 for k in range(4)], 0, 1)
    high = np.sum(TN.cdf(ends[:, 1]) - TN.cdf(ends[:, 0]))
    assert found == approx([1 - high, high], abs=1e-12)


def test_a_level_that_a_flat_piece_has():
    """β is -1 on [1/2, 1]: the half-open region above takes it."""
    problem = Problem(lambda x: np.where(x < 0.5, 2 * x - 2, -1.0), UNIFORM, NOISE, breakpoints=[0.5])
    assert region_moments(problem, LevelSets(problem.beta, [-np.inf, -1, np.inf])).probability == approx([0.5, 0.5])


def test_rise_flat_fall():
    """A plateau between two slopes, none of its ends declared: two crossings of each level below it."""
    problem = Problem(lambda x: np.minimum(np.minimum(4 * x, 1), 4 - 4 * x), UNIFORM, NOISE)
    found = region_moments(problem, LevelSets(problem.beta, [-np.inf, 0.5, 1, np.inf])).probability
    assert found == approx([0.25, 0.25, 0.5], abs=1e-9)


def test_a_top_so_flat_that_neighbouring_values_are_equal():
    """1 - (2(x - 0.5055))^6 rounds to 1 for 0.002 around its top: one branch rises to it, one falls."""
    problem = Problem(lambda x: 1 - (2 * (x - 0.5055)) ** 6, UNIFORM, NOISE)
    found = region_moments(problem, LevelSets(problem.beta, [-np.inf, 1 - 1e-12, np.inf])).probability
    assert found == approx([0.99, 0.01], abs=1e-6)


def test_infinite_ends_and_many_waves():
    normal = Problem(stats.norm.ppf, UNIFORM, NOISE)
    assert region_moments(normal, LevelSets(normal.beta, HALVES)).probability == approx([0.5, 0.5], abs=1e-13)
    waves = Problem(lambda x: np.cos(200 * np.pi * x), UNIFORM, NOISE)
    assert region_moments(waves, LevelSets(waves.beta, HALVES)).probability == approx([0.5, 0.5], abs=1e-11)
    assert approximation_excess(waves, LevelSets(waves.beta, HALVES)) == approx(0.5 - (2 / np.pi) ** 2, abs=1e-11)


def test_inputs_on_a_part_where_alone_beta_is_defined():
    def beta(x):
        assert np.all((x >= 0.2) & (x <= 0.8))
        return (x - 0.5) ** 2

    problem = Problem(beta, stats.uniform(0.2, 0.6), NOISE)
    found = region_moments(problem, LevelSets(beta, [0, 0.01, 0.09 + 1e-12])).probability
    assert found == approx([1 / 3, 2 / 3])


def test_rings_in_the_plane():
    problem = Problem(radius, Independent(UNIFORM, UNIFORM), NOISE, dimension=2)
    found = region_moments(problem, LevelSets(radius, [0, 0.5, 1, np.inf], dimension=2)).probability
    assert found == approx(np.pi / 16 * np.array([1, 3, 16 / np.pi - 4]), abs=2e-4)


@pytest.mark.parametrize("call, message", [
    (lambda: LevelSets(parabola, [0, 0.1, 0.1]), "edges must be two values or more, strictly increasing"),
    (lambda: LevelSets(parabola, [0, np.inf, np.inf]), "edges must be two values or more, strictly increasing"),
    (lambda: LevelSets(parabola, [0, np.nan, 1]), "edges must be two values or more, strictly increasing"),
    (lambda: LevelSets(3, [0, 1]), "beta must be callable"),
    (lambda: LevelSets(parabola, [0, 0.1]).route([0.9]), "every beta value must lie in .0, 0.1., got 0.16"),
    (lambda: LevelSets(parabola, [0, 1], dimension=0), "dimension must be"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
