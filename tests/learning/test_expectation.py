"""Learned experts: exact expectations against direct sums and simulation, and the choice of m."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import COS6, NOISE, REFERENCE, UNIFORM, cosine, exponential, piecewise
from zcmoe import (Boxes, Independent, Intervals, Problem, approximation_error, best_experts, best_number_of_experts,
                   expected_estimation_error, expected_test_error, fit_experts, leading_order_error,
                   mean_inverse_count, number_of_experts, optimal_density, region_moments, simulate, test_error)
from zcmoe.learning import (difference_variance, expected_test_errors, fit_dask, fit_stream, in_blocks, plug_in,
                            plug_in_density)

SIGMA2 = 1 / 12


def compander(problem):
    density = optimal_density(problem)
    return lambda m: Intervals.from_density(density, m)


# E[1/N; N > 0]

@pytest.mark.parametrize("n", [1, 2, 5, 30, 63, 64, 65, 150])
@pytest.mark.parametrize("q", [2.0**-40, 2.0**-6, 0.25, 0.5, 0.875, 1 - 2.0**-30])
def test_mean_inverse_count_is_the_binomial_sum(n, q):
    exact, p = Fraction(q), 1 - Fraction(q)
    total = sum(comb(n, k) * exact**k * p ** (n - k) / k for k in range(1, n + 1))
    assert mean_inverse_count(n, q) == approx(float(total), rel=2e-13)


@pytest.mark.parametrize("n", [1000, 30_000])
@pytest.mark.parametrize("q", [1e-9, 1e-4, 0.003, 0.2, 0.99])
def test_mean_inverse_count_satisfies_its_recurrence(n, q):
    """E_n = (1 - q) E_(n-1) + (1 - (1 - q)ⁿ)/n: condition on the last example of the sum of (4c)."""
    value = 0.0
    for k in range(1, n + 1):
        value = (1 - q) * value - np.expm1(k * np.log1p(-q)) / k
    assert mean_inverse_count(n, q) == approx(value, rel=1e-11)


def test_mean_inverse_count_at_its_limits():
    assert mean_inverse_count(50, 0.03) == approx(REFERENCE["R34"], rel=1e-9)
    assert mean_inverse_count(7, 0) == 0 and mean_inverse_count(7, 1) == approx(1 / 7, rel=1e-13)
    assert mean_inverse_count(10**6, 1e-300) == approx(1e-294, rel=1e-12)  # n q for rare regions
    n, q = 10**9, 0.3  # 1/nq + (1 - q)/(nq)² + … for crowded ones
    assert mean_inverse_count(n, q) == approx(1 / (n * q) + (1 - q) / (n * q) ** 2, rel=1e-12)
    grid = np.array([[0.1, 0.2], [0.3, 1.0]])
    assert mean_inverse_count(9, grid) == approx(np.array([[mean_inverse_count(9, q) for q in row] for row in grid]))


# Expected errors

def test_reference_numbers_of_the_expected_error():
    parts = expected_estimation_error(COS6, Intervals.uniform(20), 200)
    assert sum(parts) == approx(REFERENCE["R35"], rel=1e-9)
    assert parts.empty == approx(REFERENCE["R36"], rel=1e-9)
    best = best_number_of_experts(COS6, 1000, range(4, 141))
    assert best.m == REFERENCE["R37"] and best.error == approx(REFERENCE["R38"], rel=1e-9)
    assert best.errors.shape == (137,) and best.errors.min() == best.error
    assert number_of_experts(COS6, 1000, density=UNIFORM) == approx(REFERENCE["R39"], rel=1e-9)
    assert number_of_experts(COS6, 1000) == approx(REFERENCE["R40"], rel=1e-9)


@pytest.mark.parametrize("problem, minima, curves", [
    (COS6, [(37, 0.114753), (62, 0.0942885), (103, 0.0873971)],
     {250: [.221512, .131114, .114965, .134969, .195834], 1000: [.214761, .121886, .0970979, .0950999, .105118],
      4000: [.213072, .119774, .0935415, .0876982, .0881496]}),
    (piecewise(), [(32, 0.111068), (55, 0.0929350), (90, 0.0868498)],
     {1000: [.173591, .110354, .0941150, .0944886, .106070]})])
def test_the_curves_of_figures_3_and_4(problem, minima, curves):
    for n, (m, error) in zip([250, 1000, 4000], minima, strict=True):
        best = best_number_of_experts(problem, n, range(m - 12, m + 13))
        assert best.m == m and best.error == approx(error, rel=6e-6)
    values = expected_test_errors(problem, [Intervals.uniform(m) for m in (10, 20, 40, 80, 160)], curves)
    for row, expected in zip(values, curves.values(), strict=True):
        assert row == approx(expected, rel=6e-6)


@pytest.mark.parametrize("slope, s", [(1.0, 0.3), (2.0, 0.5)])
@pytest.mark.parametrize("m, n, default", [(3, 5, 0.0), (8, 20, 0.7), (12, 200, -1.0)])
def test_straight_line_in_closed_form(slope, s, m, n, default):
    """β = bx, equal segments, empty experts answering c0; E[1/N; N>0] by the plain binomial law."""
    problem = Problem(lambda x: slope * x, UNIFORM, stats.norm(0, s))
    k, within = np.arange(1, n + 1), slope**2 / (12 * m**2)
    middles = slope * (np.arange(m) + 0.5) / m
    expected = (s**2 + within) * (1 + np.sum(stats.binom.pmf(k, n, 1 / m) / k)) \
        + (1 - 1 / m) ** n * np.mean((middles - default) ** 2)
    assert expected_test_error(problem, Intervals.uniform(m), n, default=default) == approx(expected, rel=1e-12)


def test_one_region_has_the_error_of_a_mean():
    """m = 1: (σ² + Var β)(1 + 1/n), and no empty region."""
    parts = expected_estimation_error(COS6, Intervals.uniform(1), 7)
    assert parts.empty == 0
    assert sum(parts) == approx(approximation_error(COS6, Intervals.uniform(1)) / 7, rel=1e-12)


def test_two_regions_and_one_example_by_hand():
    """n = 1: the single y answers everywhere, so E f̂(x) misses by Var y + (Eβ - β)² on average."""
    problem = Problem(np.square, stats.beta(2, 3), NOISE)
    constant = approximation_error(problem, Intervals.uniform(1))  # σ² + Var β
    error = expected_test_error(problem, Intervals([0, 0.3, 1]), 1)
    assert error == approx(2 * constant, rel=1e-11)  # E(y - y')² for independent y, y'


def test_a_region_of_probability_zero_contributes_nothing():
    inputs = stats.uniform(0, 0.5)
    problem = Problem(np.square, inputs, NOISE)
    with_empty, without = Intervals([0, 0.25, 0.5, 0.75, 1]), Intervals([0, 0.25, 1])
    for n in (1, 30):
        error = expected_test_error(problem, without, n)
        assert expected_test_error(problem, with_empty, n) == approx(error, rel=1e-12)


# Monte Carlo

PROBLEMS = {"cos6": COS6, "piecewise": piecewise(), "cos2": cosine(1, UNIFORM), "exp": exponential()}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("n", [10, 60, 250, 1000])
def test_the_expected_error_is_the_mean_of_the_simulation(name, n):
    """48 settings of (β, n, m and segmentation): |z| < 3.5. Small sets have skewed errors, so they get more runs."""
    problem = PROBLEMS[name]
    segmentations = [Intervals.uniform(3), Intervals.uniform(25), compander(problem)(40)]
    errors = simulate(problem, segmentations, n, runs=max(1500, 200_000 // n), rng=100 + n)
    expected = expected_test_errors(problem, segmentations, [n])[0]
    z = (errors.mean(axis=0) - expected) / (errors.std(axis=0, ddof=1) / np.sqrt(len(errors)))
    assert np.abs(z).max() < 3.5


def test_the_expected_error_of_boxes_is_the_mean_of_the_simulation():
    square = Independent(UNIFORM, stats.beta(2, 1))
    problem = Problem(lambda x: x[:, 0] + np.cos(3 * x[:, 1]), square, NOISE, dimension=2)
    boxes, rng, n, runs = Boxes((3, 4)), np.random.default_rng(5), 40, 2000
    moments = region_moments(problem, boxes)
    x, y = problem.sample(n * runs, rng=rng)
    learned = [fit_experts(boxes, *block).constants for block in in_blocks(x, y, size=n)]
    errors = SIGMA2 + (moments.variance + (learned - moments.mean) ** 2) @ moments.probability
    assert abs(errors.mean() - expected_test_error(problem, boxes, n)) < 3.5 * errors.std() / np.sqrt(runs)


@pytest.mark.parametrize("test_examples", [None, 500])
def test_the_simulation_equals_a_plain_loop(test_examples, monkeypatch):
    segmentations, n, runs, together = [Intervals.uniform(4), compander(COS6)(30), Intervals([0, 0.9, 1])], 37, 14, 5
    monkeypatch.setattr("zcmoe.learning.simulation.BATCH", together * n)
    fast = simulate(COS6, segmentations, n, runs=runs, rng=11, test_examples=test_examples)
    assert np.array_equal(fast, simulate(COS6, segmentations, n, runs=runs, rng=11, test_examples=test_examples))
    rng = np.random.default_rng(11)
    test = test_examples and COS6.sample(test_examples, rng=rng)
    sets = []
    for k in (5, 5, 4):
        x = COS6.inputs.ppf(np.sort(rng.random((k, n)), axis=1))
        sets += zip(x, np.cos(6 * np.pi * x) + rng.random((k, n)) - 0.5, strict=True)
    assert fast.shape == (len(sets), 3)
    for row, (x, y) in zip(fast, sets, strict=True):
        for error, segmentation in zip(row, segmentations, strict=True):
            moe = fit_experts(segmentation, x, y)
            plain = test_error(COS6, moe) if test is None else np.mean((test[1] - moe.predict(test[0])) ** 2)
            assert error == approx(plain, rel=1e-12)


def test_theorem_6_1():
    """E[ĉ_i | n_i > 0] = c_i, while the default rule is biased by (1 - P_i)ⁿ (μ_(-i) - c_i) over all sets."""
    segmentation, n, runs = Intervals.uniform(8), 12, 20_000
    probability, mean, _ = region_moments(COS6, segmentation)
    x, y = COS6.sample(n * runs, rng=61)
    region = segmentation.route(x).reshape(runs, n)
    hit = np.stack([(region == i).any(axis=1) for i in range(8)], axis=1)
    constants = np.array([fit_experts(segmentation, *block).constants for block in in_blocks(x, y, size=n)])

    def z(values, expected):
        return (values.mean() - expected) / (values.std() / np.sqrt(values.size))

    others = (probability @ mean - probability * mean) / (1 - probability)
    bias = (1 - probability) ** n * (others - mean)
    for i in range(8):
        assert abs(z(constants[hit[:, i], i], mean[i])) < 3.5
        assert abs(z(constants[:, i], mean[i] + bias[i])) < 3.5
    assert abs(z(constants[:, 0], mean[0])) > 10  # the bias is real


def test_lemma_6_2():
    """E(f̂) = E_app + E_est for any constants: (37), (39) against quadrature of (7) itself."""
    segmentation = Intervals([0, 0.2, 0.55, 1])
    best = best_experts(COS6, segmentation).constants
    wrong = type(best_experts(COS6, segmentation))(segmentation, best + [0.3, -0.1, 0.2])
    x = (np.arange(400_000) + 0.5) / 400_000
    direct = SIGMA2 + np.mean((COS6.beta(x) - wrong.predict(x)) ** 2 * COS6.inputs.pdf(x))
    estimation = region_moments(COS6, segmentation).probability @ np.square([0.3, -0.1, 0.2])
    assert approximation_error(COS6, segmentation) + estimation == approx(direct, abs=1e-6)


# The number of experts

ARGMINS = [  # inputs, β, n, (argmin, excess, m*, formula) for equal segments and for the compander
    (cosine(3, UNIFORM), 1000, (67, 0.00954155, 70.8, 0.00885341), (62, 0.00856181, 63.6, 0.00795517)),
    (cosine(3, UNIFORM), 8000, (141, 0.00225297, 141.7, 0.00221335), (127, 0.00201995, 127.3, 0.00198879)),
    (exponential(1.0, UNIFORM), 1000, (18, 0.00236287, 18.6, 0.00231947), (18, 0.00228057, 17.9, 0.00223888)),
    (exponential(1.0, UNIFORM), 64000, (75, 0.00014515, 74.2, 0.000144967), (72, 0.000140096, 71.6, 0.00013993)),
    (COS6, 8000, (129, 0.00248815, 141.8, 0.00221492), (111, 0.00188118, 117.2, 0.00183114)),
    (exponential(), 8000, (33, 0.000538767, 33.9, 0.000529962), (31, 0.000498203, 31.7, 0.00049475)),
    (exponential(), 64000, (68, 0.000132915, 67.8, 0.00013249), (64, 0.000123911, 63.3, 0.000123688)),
]


@pytest.mark.parametrize("problem, n, uniform, companded", ARGMINS)
def test_argmins_beside_the_formula(problem, n, uniform, companded):
    """The table of spec 4c. Its argmins are over a coarse grid: compare the excess there."""
    for density, segment, (m, excess, star, formula) in [(UNIFORM, Intervals.uniform, uniform),
                                                         (None, compander(problem), companded)]:
        assert number_of_experts(problem, n, density=density) == approx(star, abs=0.051)
        assert 1.5 * SIGMA2 * number_of_experts(problem, n, density=density) / n == approx(formula, rel=2e-5)
        best = best_number_of_experts(problem, n, range(m - 3, m + 4), segment=segment)
        assert best.errors[3] - SIGMA2 == approx(excess, rel=1e-5)
        assert 0.99 * excess < best.error - SIGMA2 < 1.00001 * excess


@pytest.mark.parametrize("n, exact", [(100, 6), (1000, 14), (10_000, 30)])
def test_best_m_of_a_straight_line(n, exact):
    """β = 2x, σ = 0.5: m* = (b²n/6σ²)^(1/3) = 6.4, 13.9, 29.9."""
    problem = Problem(lambda x: 2 * x, UNIFORM, stats.norm(0, 0.5))
    assert number_of_experts(problem, n) == approx((4 * n / 1.5) ** (1 / 3), rel=1e-10)
    assert best_number_of_experts(problem, n, range(1, 60)).m == exact


@pytest.mark.parametrize("n, boxes, star", [(1000, 64, 71), (16_000, 289, 283)])
def test_two_dimensions(n, boxes, star):
    """∇β = (1, 2), uniform inputs, squares; spec 4c, and m* = (2 A n/dσ²)^(d/(d+2))."""
    problem = Problem(lambda x: x @ [1.0, 2.0], Independent(UNIFORM, UNIFORM), NOISE, dimension=2,
                      gradient=lambda x: np.broadcast_to([1.0, 2.0], x.shape))
    m = number_of_experts(problem, n)
    assert m == approx((5 / 12 * n / SIGMA2) ** 0.5, rel=1e-9) and round(m) == star
    side = int(np.sqrt(boxes))
    best = best_number_of_experts(problem, n, range(side - 3, side + 4), segment=lambda k: Boxes((k, k)))
    assert best.m**2 == boxes
    # m* minimises the leading-order error, whose least excess is (1 + d/2) σ² m*/n.
    errors = [leading_order_error(problem, k, n) for k in (round(m) - 2, round(m), round(m) + 2)]
    assert errors[1] < min(errors[0], errors[2]) and errors[1] - SIGMA2 == approx(2 * SIGMA2 * m / n, rel=1e-3)
    # Choosing m by the bound (30) overshoots by d^(d/(d+2)).
    assert number_of_experts(problem, n, cells="any") / m == approx(2**0.5)


def test_the_leading_order_is_approached():
    """Exact excess over leading order tends to 1 at m*, at equal segments and at λ*."""
    for density, segment in [(UNIFORM, Intervals.uniform), (None, compander(exponential()))]:
        ratios = []
        for n in (1000, 8000, 64_000, 512_000):
            m = round(number_of_experts(exponential(), n, density=density))
            ratios.append((expected_test_error(exponential(), segment(m), n) - SIGMA2)
                          / (leading_order_error(exponential(), m, n, density=density) - SIGMA2))
        assert np.all(np.diff(np.abs(np.subtract(ratios, 1))) < 0) and ratios[-1] == approx(1, abs=2e-3)


# The plug-in

def test_difference_variance():
    rng = np.random.default_rng(1)
    x = rng.permutation(4000) / 4000
    assert difference_variance(x, 5 + 3 * x) < 1e-6  # a straight line is no noise
    noise = rng.normal(0, 0.4, 4000)
    assert difference_variance(x, np.sin(9 * x) + noise) == approx(0.16, rel=0.08)


@pytest.mark.parametrize("values", [1, 2, 3, 40, 3000])
def test_difference_variance_of_repeated_inputs(values):
    """Unbiased whatever the ties, for a straight β; the order of the examples does not matter."""
    rng = np.random.default_rng(3)
    x = rng.integers(values, size=4000) / values
    y = 5 + 3 * x + rng.normal(0, 0.4, 4000)
    sorted_y = y[np.lexsort([y, x])]  # the worst order within ties
    assert difference_variance(x, y) == approx(0.16, rel=0.1)
    assert difference_variance(np.sort(x), sorted_y) == approx(difference_variance(x, y), rel=1e-9)


def test_plug_in_recovers_the_optimal_density():
    x, y = COS6.sample(20_000, rng=2)
    found = plug_in(x, y, support=(0, 1))
    grid = np.linspace(0.03, 0.97, 200)
    ideal = 0.9 * optimal_density(COS6).pdf(grid) + 0.1
    assert np.mean(np.abs(found.density.pdf(grid) - ideal)) < 0.12
    assert found.noise_variance == approx(SIGMA2, rel=0.05)
    assert found.number_of_experts == approx(number_of_experts(COS6, 20_000), rel=0.1)


@pytest.mark.parametrize("problem, excess, experts", [(COS6, 0.00896, 55.0), (piecewise(), 0.00548, 38.8)])
def test_plug_in_experts_reach_the_excess_of_the_spec(problem, excess, experts):
    """Table 4d, n = 1000: mean excess of plug-in segments with plug-in m̂, and mean m̂; 40 training sets."""
    rng, errors, chosen = np.random.default_rng(4), [], []
    for _ in range(40):
        x, y = problem.sample(1000, rng=rng)
        found = plug_in(x, y, support=(0, 1), bandwidth=0.02)
        chosen.append(round(found.number_of_experts))
        segmentation = Intervals.from_density(found.density, chosen[-1])
        errors.append(test_error(problem, fit_experts(segmentation, x, y)) - SIGMA2)
    assert np.mean(errors) == approx(excess, rel=0.12)
    assert np.mean(chosen) == approx(experts, rel=0.04)


@pytest.mark.parametrize("scale, shift", [(1e-6, 3.0), (1e9, -1e12), (250.0, 1e4)])
def test_plug_in_follows_the_units_of_x(scale, shift):
    x, y = exponential().sample(500, rng=8)
    x = np.round(x, 6)  # exactly what it is after scaling, near enough
    here, there = plug_in(x, y), plug_in(shift + scale * x, y)
    share = np.arange(13) / 12
    assert (there.density.ppf(share) - shift) / scale == approx(here.density.ppf(share), abs=2e-3)
    assert there.number_of_experts == approx(here.number_of_experts, rel=0.02)


def test_plug_in_on_difficult_data():
    flat = plug_in(np.arange(50.0), np.full(50, 3.0))
    assert flat.number_of_experts == 0 and np.ptp(flat.density.pdf(np.linspace(1, 48, 9))) < 1e-12
    line = plug_in([0, 0.25, 0.5, 1], [0, 0.25, 0.5, 1.0], segments="uniform")
    assert line.density.ppf(0.5) == approx(0.5)
    gap = plug_in(np.r_[np.linspace(0, 0.1, 40), np.linspace(0.9, 1, 40)], np.r_[np.zeros(40), np.ones(40)])
    assert np.all(np.diff(gap.density.ppf(np.linspace(0, 1, 50))) > 0)
    assert plug_in_density([0, 1, 2], [0, 1, 5]).support() == (0, 2)


# Streams

def test_streams_and_blocks_give_the_constants_of_the_whole(tmp_path, capsys):
    x, y = COS6.sample(5000, rng=1)
    y = y + 1e8
    for name, values in (("x", x), ("y", y)):
        np.save(tmp_path / f"{name}.npy", values)
    files = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "xy"]
    segmentation = compander(COS6)(32)
    streamed = fit_stream(segmentation, in_blocks(*files, size=777), progress=True)
    assert streamed.constants == approx(fit_experts(segmentation, x, y).constants, abs=3e-8)
    assert capsys.readouterr().err.endswith("learned from 5,000 examples\n")


def test_a_stream_is_learned_in_constant_memory():
    import tracemalloc
    segmentation, rng = Intervals.uniform(64), np.random.default_rng(0)

    def peak(blocks):
        tracemalloc.start()
        fit_stream(segmentation, ((rng.random(50_000), rng.random(50_000)) for _ in range(blocks)))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(2)
    assert peak(40) < 1.1 * peak(4) < 8e6


@pytest.mark.parametrize("d", [1, 2])
def test_dask_arrays_on_a_local_cluster_give_the_same_constants(d):
    da = pytest.importorskip("dask.array")
    distributed = pytest.importorskip("distributed")
    rng = np.random.default_rng(d)
    x, y = rng.random((10_000, d))[:, 0 if d == 1 else slice(None)], 1e8 + rng.random(10_000)
    segmentation = Intervals.uniform(30) if d == 1 else Boxes((5, 6))
    chunks = (1500,) if d == 1 else (1500, 1)
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster):
        learned = fit_dask(segmentation, da.from_array(x, chunks), da.from_array(y, 1100))
    assert learned.constants == approx(fit_experts(segmentation, x, y).constants, abs=3e-8)


@pytest.mark.parametrize("call, message", [
    (lambda: mean_inverse_count(0, 0.1), "n must be an integer >= 1, got 0"),
    (lambda: mean_inverse_count(5, [0.5, 1.5]), "every probability must lie in"),
    (lambda: mean_inverse_count(5, np.nan), "every probability must lie in"),
    (lambda: expected_test_error(COS6, Intervals.uniform(3), 0), "n must be"),
    (lambda: expected_test_error(COS6, Intervals([0, 2]), 5), "edges must run from 0 to 1"),
    (lambda: number_of_experts(Problem(np.square, UNIFORM, stats.uniform(-1e-200, 2e-200)), 5), "must have noise"),
    (lambda: number_of_experts(COS6, 2.5), "n must be"),
    (lambda: best_number_of_experts(COS6, 10, []), "numbers must hold"),
    (lambda: simulate(COS6, [Intervals.uniform(3)], 5, runs=0), "runs must be"),
    (lambda: difference_variance([0, 1], [0, 1]), "three or more"),
    (lambda: plug_in([0, 0, 0], [0, 1, 2]), "two different values"),
    (lambda: plug_in([0, 1, np.nan], [0, 1, 2]), "every x must be finite"),
    (lambda: plug_in([0, 1, 3], [0, 1, 2], support=(0, 2)), "every x must lie in"),
    (lambda: plug_in([0, 1, 3], [0, 1, 2], bandwidth=0), "bandwidth must be"),
    (lambda: plug_in([0, 1, 3], [0, 1, 2], segments="even"), "segments must be"),
    (lambda: list(in_blocks([1, 2], [1])), "same length"),
    (lambda: fit_stream(Intervals.uniform(2), []), "at least one example"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
