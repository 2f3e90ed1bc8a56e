"""What any router could do: the optimal quantizer of β(X), against its own asymptotics, intervals and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pytest import approx
from scipy import stats

from settings import COS6, NOISE, REFERENCE, UNIFORM, cosine, exponential, piecewise
from zcmoe import (
    Independent,
    Intervals,
    LevelSets,
    Problem,
    Sample,
    approximation_error,
    approximation_excess,
    optimal_intervals,
    optimal_level_sets,
    region_moments,
)
from zcmoe.optimum import OptimalLevelSets, discrete_levels
from zcmoe.quantization import optimal_quantizer

SQUARE = Independent(UNIFORM, UNIFORM)
CURVED = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + x[:, 1] ** 2, SQUARE, NOISE, dimension=2)


def optimal_excess(problem, m):
    best = optimal_level_sets(problem, m)
    assert best.n_regions == m and best.residual <= 1e-9
    return approximation_excess(problem, best)


@pytest.mark.parametrize("m, ratio", [(4, 1.121), (8, 1.057), (16, 1.028), (32, 1.014)])
@pytest.mark.parametrize("cycles", [1, 3])
def test_the_arcsine_law(cycles, m, ratio):
    """β = cos 2πkx, uniform x: β(X) has the arcsine law whatever k; R46 is the constant."""
    excess = optimal_excess(cosine(cycles, UNIFORM), m)
    assert m**2 * excess / REFERENCE["R46"] == approx(ratio, abs=5e-4)
    assert excess == approx(optimal_quantizer(stats.arcsine(-1, 2), m).distortion, rel=1e-8)


def test_a_flat_half_is_one_level():
    """The atom at -1 costs one expert and drops out of A_U = 0.20530; its intervals have A* = 1.69719."""
    for m, ratio in (4, 1.276), (8, 1.131), (16, 1.064), (32, 1.032):
        assert m**2 * optimal_excess(piecewise(), m) / 0.20530 == approx(ratio, abs=6e-4)


def test_constants_of_the_truncated_normal():
    assert 64**2 * optimal_excess(COS6, 64) / 0.298677 == approx(1.007, abs=1e-3)  # 1 + O(1/m)


@pytest.mark.parametrize("cycles", [1, 2, 3])
def test_k_overlapping_branches_gain_towards_k_squared(cycles):
    """With the offsets of R47: 2θ for the ends, and for intervals 1 + 2θ for each turn."""
    problem, m, theta = cosine(cycles, UNIFORM), 48, REFERENCE["R47"]
    gain = approximation_excess(problem, optimal_intervals(problem, m)) / optimal_excess(problem, m)
    ratio = (m + 2 * theta) / (m + 2 * theta + (2 * cycles - 1) * (1 + 2 * theta))
    assert gain == approx((2 * cycles * ratio) ** 2, rel=1e-2)


@pytest.mark.parametrize("problem", [
    exponential(), Problem(np.square, UNIFORM, NOISE), Problem(stats.norm.ppf, UNIFORM, NOISE),
    Problem(lambda x: -np.log(x), UNIFORM, NOISE), Problem(lambda x: x + (x > 0.4), stats.beta(2, 3), NOISE)])
@pytest.mark.parametrize("m", [1, 2, 7])
def test_for_monotone_functions_intervals_are_level_sets(problem, m):
    best = optimal_intervals(problem, m)
    assert optimal_excess(problem, m) == approx(approximation_excess(problem, best), rel=1e-8)


knots = st.lists(st.floats(-1, 1).map(lambda v: round(v, 2)), min_size=2, max_size=6)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(knots, st.integers(1, 5), st.sampled_from([0.0, 2.5, 9.0]), st.sampled_from([0.0, 1.0, 7.0]))
def test_level_sets_beat_intervals_and_what_a_sample_finds(values, m, wave, jump):
    """Broken lines, flat where two knots agree, with a wave and a jump that leaves a gap on top."""
    places = np.linspace(0, 1, len(values))
    problem = Problem(lambda x: np.interp(x, places, values) + 0.3 * np.sin(wave * x) + jump * (x >= 0.45), UNIFORM,
                      NOISE, breakpoints=np.union1d(places[1:-1], 0.45))
    best = optimal_level_sets(problem, m)
    excess = approximation_excess(problem, best)
    assert np.all(region_moments(problem, best).probability > 0)
    assert excess <= approximation_excess(problem, optimal_intervals(problem, m)) * (1 + 1e-9) + 1e-15
    drawn = problem.beta((np.arange(20_000) + 0.5) / 20_000)
    sample = discrete_levels(drawn, np.full(drawn.size, 1 / drawn.size), m)
    other = LevelSets(problem.beta, np.r_[-np.inf, sample.thresholds, np.inf])
    assert excess <= approximation_excess(problem, other) * (1 + 1e-9) + 1e-15


@pytest.mark.parametrize("beta, values", [(lambda x: np.floor(5 * x) % 3, 3), (lambda x: 0 * x + 0.1, 1)])
def test_fewer_values_than_experts_cost_nothing(beta, values):
    problem = Problem(beta, UNIFORM, NOISE)
    best = optimal_level_sets(problem, 8)
    assert best.n_regions == values
    assert approximation_error(problem, best) == problem.noise_variance
    assert np.all(region_moments(problem, best).probability > 0.1)


@pytest.mark.parametrize("optimum", [optimal_level_sets, optimal_intervals])
def test_beta_is_asked_where_there_are_inputs_alone(optimum):
    def beta(x):
        assert np.all((x >= 0.2) & (x <= 0.8))
        return 3 * x

    best = optimum(Problem(beta, stats.uniform(0.2, 0.6), NOISE), 4)
    assert best.edges[1:-1] == approx(np.array([0.35, 0.5, 0.65]) * (3 if isinstance(best, LevelSets) else 1))


def test_the_sum_of_two_uniforms():
    """R45, within the error that is stated; joined slabs reach m^(-2) in the plane too."""
    problem = Problem(lambda x: x.sum(axis=1), SQUARE, NOISE, dimension=2)
    best = optimal_level_sets(problem, 8)
    excess = approximation_excess(problem, best)
    assert 0 < best.standard_error < 1e-3 * excess
    assert excess == approx(REFERENCE["R45"], abs=3 * best.standard_error)
    many = optimal_level_sets(problem, 64)
    assert approximation_excess(problem, many) == approx(0.991 * REFERENCE["R44"] / 64**2, abs=3 * many.standard_error)


def test_a_curved_surface():
    best = optimal_level_sets(CURVED, 64)
    assert approximation_excess(CURVED, best) == approx(0.997 * 0.7060 / 64**2, rel=5e-3)  # cubes: 2.7e-2


def test_a_sample_is_exact():
    """Fifty points anywhere in the plane: every division of the sorted values into three, by brute force."""
    points = np.random.default_rng(0).normal(size=(50, 2))
    problem = Problem(lambda x: x[:, 0] * x[:, 1], Sample(points), None, dimension=2)
    value = np.sort(points.prod(axis=1))
    least = min(sum(part.var() * part.size for part in np.split(value, [i, j])) / 50
                for i in range(1, 49) for j in range(i + 1, 50))
    best = optimal_level_sets(problem, 3)
    assert approximation_excess(problem, best) == approx(least, rel=1e-12)
    assert best.standard_error == 0


def test_no_other_levels_are_better():
    """A local search over thresholds, from many starts, ends at or above the optimum."""
    from scipy.optimize import minimize
    best, rng = optimal_level_sets(COS6, 4), np.random.default_rng(1)

    def excess(inner):
        return approximation_excess(COS6, LevelSets(COS6.beta, np.r_[-np.inf, np.sort(inner), np.inf]))

    found = min(minimize(excess, rng.uniform(-0.9, 0.9, 3), method="Nelder-Mead", options={"maxiter": 150}).fun
                for _ in range(4))
    assert approximation_excess(COS6, best) <= found * (1 + 1e-12)


def test_evidence_and_bad_input():
    best = optimal_level_sets(COS6, 4)
    assert isinstance(best, OptimalLevelSets) and 0 < best.iterations < 10 and best.standard_error == 0
    assert best == LevelSets(COS6.beta.function, best.edges) and Intervals.uniform(4) != best
    with pytest.raises(ValueError, match="m must be an integer >= 1, got 0"):
        optimal_level_sets(COS6, 0)
