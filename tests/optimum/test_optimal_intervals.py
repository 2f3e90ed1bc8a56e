"""Tests of the exact finite-m optimum and of the offset law."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

import zcmoe.optimum.intervals as intervals
from settings import COS6, NOISE, REFERENCE, UNIFORM, cosine, exponential, piecewise
from zcmoe import (
    Independent,
    Intervals,
    Problem,
    approximation_error,
    approximation_excess,
    minimal_error,
    optimal_density,
    optimal_intervals,
    region_moments,
)
from zcmoe.optimum import critical_offset, optimal_partition

PROBLEMS = {
    "cosine": COS6, "piecewise": piecewise(), "exponential": exponential(), "uniform": cosine(1, UNIFORM),
    "normal": Problem(stats.norm.ppf, UNIFORM, NOISE),
    "square": Problem(np.square, UNIFORM, NOISE),
    "flat and falling": Problem(lambda x: -np.maximum(x - 0.25, 0) ** 2, UNIFORM, NOISE),
}


def excess(problem, segmentation):
    return approximation_error(problem, segmentation) - problem.noise_variance


def optimal_excess(problem, m):
    return excess(problem, optimal_intervals(problem, m))


@pytest.mark.parametrize("name, m, optimal, compander, uniform, formula", [
    ("cosine", 4, 0.17843, 1.2897, 2.4003, 2.9364),
    ("cosine", 8, 0.0660453, 1.7072, 2.8474, 1.9833),
    ("cosine", 16, 0.0219506, 1.3233, 2.5016, 1.4918),
    ("cosine", 32, 0.00661719, 1.2019, 2.1601, 1.2372),
    ("cosine", 64, 0.00183624, 1.1079, 1.9659, 1.1146),
    ("piecewise", 4, 0.0769351, 1.9253, 3.6328, 1.3788),
    ("piecewise", 8, 0.0217404, 1.5710, 5.7248, 1.2198),
    ("piecewise", 16, 0.00587782, 1.2555, 6.4402, 1.1279),
    ("piecewise", 32, 0.00155552, 1.1005, 6.3329, 1.0655),
    ("piecewise", 64, 0.000401126, 1.0546, 6.2009, 1.0330),
    ("exponential", 4, 0.00911892, 1.0097, 1.2320, 1.1333),
    ("exponential", 8, 0.00248402, 1.0024, 1.2381, 1.0401),
    ("exponential", 16, 0.000639042, 1.0003, 1.2322, 1.0107),
    ("exponential", 32, 0.000161032, 1.0000, 1.2299, 1.0027),
    ("exponential", 64, 4.03403e-05, 1.0000, 1.2293, 1.0007),
    ("uniform", 4, 0.0684997, 1.3827, 1.3827, 1.0888),
    ("uniform", 8, 0.0170466, 1.2356, 1.4771, 1.0938),
    ("uniform", 16, 0.00440153, 1.1265, 1.4524, 1.0591),
    ("uniform", 32, 0.00112871, 1.0651, 1.4214, 1.0325),
    ("uniform", 64, 0.000286482, 1.0329, 1.4014, 1.0170),
])
def test_optimum_against_compander_equal_cuts_and_formula(name, m, optimal, compander, uniform, formula):
    problem = PROBLEMS[name]
    best = optimal_intervals(problem, m)
    value = excess(problem, best)
    assert best.n_regions == m
    assert best.residual < 1e-6
    assert value == pytest.approx(optimal, rel=5e-6)
    others = [excess(problem, Intervals.from_density(optimal_density(problem), m)),
              excess(problem, Intervals.uniform(m)), minimal_error(problem, m) - problem.noise_variance]
    assert np.array(others) / value == pytest.approx([compander, uniform, formula], abs=7e-5)


@pytest.mark.parametrize("name, m, reference", [("cosine", 6, "R19"), ("cosine", 10, "R20"), ("exponential", 8, "R21")])
def test_reference_values(name, m, reference):
    assert optimal_excess(PROBLEMS[name], m) == pytest.approx(REFERENCE[reference], rel=1e-9)


@pytest.mark.parametrize("m, distortion", [
    (1, 1), (2, 1 - 2 / np.pi), (3, 0.1901740392), (4, 0.1174818478), (5, 0.0799411271), (6, 0.0579776537),
    (7, 0.0440003825), (8, 0.0345477608), (12, 0.0163396579), (16, 0.0095010080), (20, 0.0062077899),
    (32, 0.0025046684), (36, 0.0019912885), (64, 0.0006442397)])
def test_experts_for_the_normal_quantile_function_are_the_lloyd_max_table(m, distortion):
    """For monotone β the best m-interval error is the optimal m-level distortion of the law of β(X)."""
    assert optimal_excess(PROBLEMS["normal"], m) == pytest.approx(distortion, abs=1e-10)


@pytest.mark.parametrize("m, ratio", [(2, 1.113), (4, 1.055), (8, 1.027)])
def test_an_end_with_zero_slope_puts_the_optimum_above_the_formula(m, ratio):
    assert optimal_excess(PROBLEMS["square"], m) * m**2 / 0.072 == pytest.approx(ratio, abs=5e-4)


@pytest.mark.parametrize("name, m", [("piecewise", 64), ("cosine", 48), ("uniform", 31)])
def test_a_finer_grid_finds_nothing_better(name, m, monkeypatch):
    coarse = optimal_excess(PROBLEMS[name], m)
    monkeypatch.setattr(intervals, "_CELLS", 60)
    assert optimal_excess(PROBLEMS[name], m) == pytest.approx(coarse, rel=1e-10)


def test_many_edges_settle():
    """Three hundred edges drift together; 9 zooms are the fewest, and Newton's steps keep it near that."""
    best = optimal_intervals(PROBLEMS["exponential"], 300)
    assert best.iterations <= 15
    a_star = minimal_error(PROBLEMS["exponential"], 300) - PROBLEMS["exponential"].noise_variance
    assert excess(PROBLEMS["exponential"], best) == pytest.approx(a_star, rel=1e-4)


def test_the_fewest_zooms():
    """Where the grid has the optimum: windows of 1/4 of a region, each a quarter of the last, to less than 1e-5."""
    best = optimal_intervals(Problem(lambda x: x, UNIFORM, NOISE), 4)
    assert best.iterations == 9 and best.edges == pytest.approx(np.arange(5) / 4, abs=1e-12)


def test_no_other_edges_are_better():
    """A local search that knows nothing of programmes, from many starts, ends at or above the optimum."""
    from scipy.optimize import minimize
    problem, rng = PROBLEMS["uniform"], np.random.default_rng(0)
    best = optimal_excess(problem, 5)

    def error(logarithm):  # of the widths, up to scale
        inner = np.cumsum(np.exp(logarithm))[:-1] / np.exp(logarithm).sum()
        return excess(problem, Intervals(np.r_[0, inner, 1]))

    found = min(minimize(error, rng.normal(size=5), method="BFGS").fun for _ in range(10))
    assert best <= found <= best * (1 + 1e-6)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=2, max_size=6), st.integers(1, 6), st.sampled_from([0.0, 2.5, 20.0]),
       st.sampled_from(["none", "jump", "steep", "cusp"]), st.booleans())
def test_against_a_dense_full_programme(knots, m, wave, what, smooth):
    """Broken lines or steps, flat where knots agree, with waves and a rough place that nobody declared."""
    places = np.linspace(0, 1, len(knots))

    def beta(x):
        line = np.interp(x, places, knots) if smooth else np.take(knots, np.searchsorted(places[1:-1], x, "right"))
        rough = {"none": 0, "jump": x >= 0.37, "steep": np.tanh(1e4 * (x - 0.37)), "cusp": np.cbrt(x - 0.37)}[what]
        return line + 0.3 * np.sin(wave * x) + rough

    problem = Problem(beta, stats.beta(2, 3), NOISE)
    grid = np.union1d(np.linspace(0, 1, 601), [*places, 0.37])
    cells = region_moments(problem, Intervals(grid))
    dense = grid[optimal_partition(cells.mean, cells.probability, m)]
    assert optimal_excess(problem, m) <= excess(problem, Intervals(dense)) * (1 + 1e-9) + 1e-14


def test_edges_sit_at_jumps():
    problem = Problem(lambda x: 0.1 * x + 5 * (x >= 0.3) - 2 * (x >= 0.7), UNIFORM, NOISE, breakpoints=[0.3, 0.7])
    best = optimal_intervals(problem, 3)
    assert best.edges.tolist() == [0, 0.3, 0.7, 1]
    assert best.residual == 0
    assert optimal_intervals(problem, 6).edges[[2, 4]] == pytest.approx([0.3, 0.7], abs=1e-9)


def test_a_jump_that_was_not_declared_is_found():
    problem = Problem(lambda x: x + (x >= 0.3), UNIFORM, NOISE)
    assert optimal_intervals(problem, 4).edges[1] == pytest.approx(0.3, abs=1e-9)
    assert optimal_excess(problem, 2) == pytest.approx((0.3**3 + 0.7**3) / 12, rel=1e-9)


@pytest.mark.parametrize("beta, m, values", [
    (lambda x: 0 * x + 0.1, 3, 1), (lambda x: np.floor(5 * x), 9, 5), (lambda x: np.floor(5 * x), 5, 5),
    (lambda x: np.round(3 * x), 5, 4), (lambda x: np.where(x < 1 / 3, 0.1, 0.3), 7, 2),
    (lambda x: np.where(x < 1 / 3, 0.1, 0.3) + 1e8, 7, 2)])
def test_constants_and_undeclared_steps_cost_nothing(beta, m, values):
    problem = Problem(beta, UNIFORM, NOISE)
    best = optimal_intervals(problem, m)
    assert best.n_regions == values
    assert approximation_error(problem, best) == problem.noise_variance


@pytest.mark.parametrize("m", [4, 64])
def test_an_offset_costs_no_digits(m):
    """1e8 + cos 6πx is rounded to 1.5e-8: the excess moves by no more than that."""
    shifted = Problem(lambda x: np.cos(6 * np.pi * x) + 1e8, UNIFORM, NOISE)
    plain = cosine(3, UNIFORM)
    assert excess(shifted, Intervals.uniform(m)) == pytest.approx(excess(plain, Intervals.uniform(m)), rel=5e-8)
    assert optimal_excess(shifted, m) == pytest.approx(optimal_excess(plain, m), rel=5e-8)


def test_an_infinite_value_at_a_breakpoint():
    """It belongs to the left of 0.3, where an edge ends, and β is not asked for it."""
    def beta(x):
        assert np.all(x != 0.3)
        return np.where(x < 0.3, -np.log(np.abs(x - 0.3)), 0)
    best = optimal_intervals(Problem(beta, UNIFORM, NOISE, breakpoints=[0.3]), 5)
    assert 0.3 in best.edges and best.residual < 1e-5


def test_an_infinite_slope_inside():
    """β = ∛(x - 0.3): its inverse is smooth, so the edges are those of the quantizer of β(X) with density 3u²."""
    low, high = np.cbrt([-0.3, 0.7])
    grid = np.linspace(low, high, 4001)
    cells = (grid[1:]**4 - grid[:-1]**4) * 0.75 / (mass := np.diff(grid**3))
    index = optimal_partition(cells, mass, 8)
    square = (grid[1:]**5 - grid[:-1]**5) * 0.6
    run = index[:-1]
    dense = square.sum() - np.sum(np.add.reduceat(mass * cells, run)**2 / np.add.reduceat(mass, run))
    problem = Problem(lambda x: np.cbrt(x - 0.3), UNIFORM, NOISE)
    assert dense * (1 - 1e-4) < optimal_excess(problem, 8) < dense * (1 + 1e-9)


def test_the_grid_has_eight_equal_cells_a_region():
    """Where β is nearly flat the compander has few; an edge is as far as 1e-12 from the edges of panels."""
    grid = intervals.fine_grid(Problem(lambda x: x**40, UNIFORM, NOISE), 7)[1]
    assert np.abs(grid - np.arange(1, 56)[:, None] / 56).min(axis=1).max() < 1e-12


@pytest.mark.parametrize("beta, turns", [(lambda x: np.maximum(x - 0.3, 0), False), (lambda x: (x - 0.3) ** 2, True)])
def test_the_grid_is_finer_at_turns_and_not_beside_flat_pieces(beta, turns):
    problem = Problem(beta, UNIFORM, NOISE)
    grid = intervals.fine_grid(problem, 4)[1]
    added = np.setdiff1d(intervals._finer(problem, grid), grid)
    assert np.any(np.abs(added - 0.3) < 0.01) == turns


def test_no_more_regions_than_values():
    steps = Problem(lambda x: np.floor(3 * x), UNIFORM, NOISE, breakpoints=[1 / 3, 2 / 3])
    assert optimal_intervals(steps, 10).edges == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=1e-15)
    assert optimal_excess(steps, 2) == pytest.approx(1 / 6)
    assert optimal_intervals(Problem(np.zeros_like, UNIFORM, NOISE), 3).n_regions == 1


@pytest.mark.parametrize("m, width", [(2, 0.25), (4, 0.125), (8, 0.0625)])
def test_inputs_with_a_gap(m, width):
    inputs = stats.rv_histogram(([2, 0, 2], [0, 0.25, 0.75, 1]), density=True)
    problem = Problem(lambda x: x, inputs, NOISE, breakpoints=[0.25, 0.75])
    assert optimal_excess(problem, m) == pytest.approx(width**2 / 12)


@pytest.mark.parametrize("name", ["exponential", "square", "normal", "flat and falling"])
def test_smooth_monotone_problems_take_the_banded_way(name, monkeypatch):
    fast = optimal_excess(PROBLEMS[name], 40)
    called, programme = [], optimal_partition
    monkeypatch.setattr(intervals, "optimal_partition", lambda *a, banded: called.append(banded) or programme(*a))
    assert fast == pytest.approx(optimal_excess(PROBLEMS[name], 40), rel=1e-10)
    assert called == [True]


def test_critical_offsets():
    """R47, and what the recursion gives in 60-digit arithmetic."""
    assert critical_offset() == pytest.approx(-0.1084598082136, abs=5e-10)
    assert critical_offset("flat") == pytest.approx(-0.4121400263597, abs=5e-10)
    assert critical_offset() == pytest.approx(REFERENCE["R47"], abs=1e-8)


@pytest.mark.parametrize("problem, m, measured, interior, ends, flats", [
    (Problem(lambda x: (x - 0.5) ** 2, UNIFORM, NOISE), 15, 0.7851, 1, 0, 0),
    (PROBLEMS["uniform"], 31, 0.5625, 1, 2, 0),
    (PROBLEMS["exponential"], 60, 0.0234, 0, 0, 0),
    (PROBLEMS["cosine"], 60, 3.667, 5, 2, 0),
    (PROBLEMS["piecewise"], 64, 1.0465, 2, 1, 1),
])
def test_offset_law(problem, m, measured, interior, ends, flats):
    """√(A*/E) - m tends to (1 + 2θ) an interior critical point, θ one at an end, θ_f an end of a flat piece."""
    a_star = minimal_error(problem, 1) - problem.noise_variance
    offset = np.sqrt(a_star / optimal_excess(problem, m)) - m
    theta, flat = critical_offset(), critical_offset("flat")
    assert offset == pytest.approx(measured, abs=6e-4)
    assert offset == pytest.approx((1 + 2 * theta) * interior + theta * ends + flat * flats, abs=0.04)


def test_bad_input():
    with pytest.raises(ValueError, match="problem must have dimension 1, got 2"):
        optimal_intervals(Problem(lambda x: x[:, 0], Independent(UNIFORM, UNIFORM), NOISE, dimension=2), 3)
    with pytest.raises(ValueError, match="m must be an integer >= 1, got 0"):
        optimal_intervals(PROBLEMS["square"], 0)
    with pytest.raises(ValueError, match='kind must be "smooth" or "flat"'):
        critical_offset("rough")


def test_guard_rails(monkeypatch):
    """What is not stationary, or above a known segmentation, is not called an optimum."""
    wrong = np.array([0, 0.1, 0.2, 0.3, 1])
    monkeypatch.setattr(intervals, "_polish", lambda *_: (wrong, 1))
    with pytest.raises(RuntimeError, match="not stationary"):
        optimal_intervals(PROBLEMS["square"], 4)
    monkeypatch.setattr(intervals, "_stationarity", lambda *_: 0.0)
    with pytest.raises(RuntimeError, match="above the uniform segmentation's error"):
        optimal_intervals(PROBLEMS["square"], 4)


def test_edges_that_move_within_the_rounding_of_the_error_are_settled():
    """222 waves of which two regions can resolve none, under a law with spikes at both ends."""
    edges = [0, 1.04235452e-4, 0.999857819, 0.99999991, 1]
    law = stats.rv_histogram((np.array([5, 1, 2, 3]) / np.diff(edges), edges), density=True)
    best = optimal_intervals(Problem(lambda x: 0.01 * np.cos(444 * np.pi * x), law, NOISE), 2)
    assert best.n_regions == 2 and best.residual < 1e-5


def test_edges_that_do_not_settle_raise(monkeypatch):
    monkeypatch.setattr(intervals, "cheapest_path", lambda cost: np.zeros(len(cost) - 1, dtype=int))
    monkeypatch.setattr(intervals, "_newton", lambda problem, edges: (edges, 1.0))
    with pytest.raises(RuntimeError, match="did not settle|is not stationary"):
        optimal_intervals(PROBLEMS["square"], 4)


@pytest.mark.parametrize("half_turns, law, m", [
    (600, UNIFORM, 12), (356, stats.rv_histogram(([4, 3, 0, 12], [0, 1e-8, 0.06, 0.5, 1]), density=False), 2),
    (888, stats.rv_histogram(([3, 1], [0, 1e-7, 1]), density=False), 2),
    (217, stats.rv_histogram(([1, 1, 4], [0.2, 0.2004, 0.38, 0.8]), density=False), 2)])
def test_many_turns_and_a_thin_region(half_turns, law, m):
    """No division at 4800 places is better: panels hold six half turns, and an edge may start far off."""
    problem = Problem(lambda x: np.cos(half_turns * np.pi * x), law, None)
    places = np.unique(np.r_[np.linspace(0, 1, 4801), law.support(), law.ppf(np.linspace(0, 1, 200))])
    cells = region_moments(problem, Intervals(places))
    index = optimal_partition(cells.mean, cells.probability, m)
    divided = approximation_excess(problem, Intervals(np.r_[0, places[index[1:-1]], 1]))
    assert approximation_excess(problem, optimal_intervals(problem, m)) <= divided * (1 + 1e-9)


@pytest.mark.parametrize("beta, at, mass, m", [
    # a jump beside a piece whose error is 1e-16 of its square: the edge at the jump stays, the others settle
    (lambda x: np.where(x < 0.236, 0.001, -1.999 + 0.01 * np.maximum(x - 0.236, 0) ** 3.7), [0, 0.3, 1], [1, 0], 4),
    (lambda x: np.where(x < 0.50757, 1 + 0.01 * x**1.5, 2.0036), [0, 0.5, 0.617, 0.816, 1], [0, 0.4, 0.4, 0.2], 10),
    # known to few digits where the inputs are: differences of larger numbers
    (lambda x: 3 - 3 * np.cos(np.pi * x), [0, 0.999999, 1], [0, 1], 4),
    (lambda x: 0.2 - 0.2 * np.cos(69 * x), [0, 2e-8, 1], [1, 0], 11)])
def test_edges_are_stationary_where_digits_are_few(beta, at, mass, m):
    law = stats.rv_histogram((mass / np.diff(at), at), density=True)
    best = optimal_intervals(Problem(beta, law, None), m)
    assert best.n_regions == m and best.residual < 1e-5
