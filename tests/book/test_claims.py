"""What the chapters claim in words: orders, counts, and bounds wider than the digits of one number."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar, root

import zcmoe
from slots._problems import EXPONENTIAL, FLAT, INPUTS, NOISE, PROBLEM, UNIFORM, compander, cuts, equal, formula, optimum
from slots.gersho import density_gain
from slots.learning import CONFIDENCE, approximation_share, charge, examples_needed, with_bound
from slots.model import level_sets_coefficient
from slots.multidimensional import cosine_in
from zcmoe import Boxes, Independent, Intervals, Problem
from zcmoe.composition import MoELayer, gate_regions, power_gate
from zcmoe.gating import FiniteRateGate, curve
from zcmoe.lattices import LATTICES


def test_at_the_best_density_the_bars_stand_level():
    """The error of each region against Z³/(12m³), m = 64: most within 5 %."""
    moments = zcmoe.region_moments(PROBLEM, cuts(PROBLEM, 64))
    level = zcmoe.high_rate_coefficient(PROBLEM) / 64**3
    assert np.mean(np.abs(moments.probability * moments.variance / level - 1) < 0.05) > 0.8


def test_where_inputs_thin_out_constants_leave_the_midpoint_and_the_error_does_not():
    """p = 2x, β = x: the first constant is Δ/6 above β(x_1) for every Δ, so (18) needs p > 0; (19) holds."""
    thin = Problem(lambda x: x, stats.beta(2, 1), NOISE)
    for m in (4, 32, 256):
        equal = Intervals.uniform(m)
        assert zcmoe.best_experts(thin, equal).constants[0] == pytest.approx((1 / 2 + 1 / 6) / m, rel=1e-9)
        total = zcmoe.small_region_error(thin, equal) - thin.noise_variance
        assert zcmoe.approximation_excess(thin, equal) == pytest.approx(total, rel=2 / m**2)


@pytest.mark.parametrize("problem, m", [(PROBLEM, 8), (PROBLEM, 13), (FLAT, 6), (EXPONENTIAL, 9)])
def test_at_a_best_cut_both_neighbours_are_equally_wrong(problem, m):
    best = zcmoe.best_experts(problem, zcmoe.optimal_intervals(problem, m))
    inner, c = best.segmentation.edges[1:-1], best.constants
    np.testing.assert_allclose(problem.beta(inner), (c[1:] + c[:-1]) / 2, atol=1e-6)


def test_on_the_exponential_cuts_by_the_best_density_are_nearly_the_best_from_four_on():
    """The formula needs more experts than they do: 13 % too high at 4, 4 % at 8."""
    best = {m: optimum(EXPONENTIAL, m) for m in (4, 5, 6, 8, 16, 32, 64)}
    assert all(compander(EXPONENTIAL, m) < 1.01 * least for m, least in best.items())
    assert [round(formula(EXPONENTIAL, m) / best[m], 2) for m in (4, 8)] == [1.13, 1.04]


@pytest.mark.parametrize("m, told", [(2, 0.3633802276), (4, 0.1174818478), (8, 0.0345477608), (16, 0.0095010080)])
def test_lloyd_and_max_solved_again(m, told):
    """Their equations for the normal law, borders at midpoints and levels at means, by closed forms alone."""
    pdf, cdf = stats.norm.pdf, stats.norm.cdf

    def levels(inner):
        edges = np.concatenate([[-np.inf], inner, [np.inf]])
        return -np.diff(pdf(edges)) / np.diff(cdf(edges)), np.diff(cdf(edges))

    def amiss(inner):
        mean, _ = levels(inner)
        return inner - (mean[1:] + mean[:-1]) / 2

    inner = root(amiss, stats.norm.ppf(np.arange(1, m) / m) * 1.3, tol=1e-13).x
    mean, share = levels(inner)
    assert 1 - share @ mean**2 == pytest.approx(told, abs=6e-11)


def test_what_intervals_cost_in_the_limit():
    """The constant of the best regions, whatever their shape, is one integral over the values of β."""
    assert level_sets_coefficient() == pytest.approx(0.298677, abs=5e-7)


def test_the_compander_settles_before_the_optimum():
    gap = [compander(PROBLEM, m) / formula(PROBLEM, m) - 1 for m in (32, 64)]
    assert abs(gap[0]) < 0.03 and abs(gap[1]) < 0.01
    assert round(optimum(PROBLEM, 64) / formula(PROBLEM, 64), 1) == 0.9


@pytest.mark.parametrize("problem", [PROBLEM, FLAT])
def test_figures_1_and_2_agree_within_a_thousandth_from_64_experts_on(problem):
    ratio = [zcmoe.approximation_error(problem, cuts(problem, m)) / zcmoe.minimal_error(problem, m)
             for m in (64, 80, 100)]
    assert np.abs(np.array(ratio) - 1).max() < 1e-3


def test_the_flat_half_takes_one_expert():
    assert all(cuts(FLAT, m).edges[-2] < 0.5 for m in (10, 20, 40))


def test_120_experts_learn_worse_than_40_from_250_examples():
    """On the one training set of the figure."""
    x, y = PROBLEM.sample(250, rng=1)
    error = [zcmoe.test_error(PROBLEM, zcmoe.fit_experts(Intervals.uniform(m), x, y)) for m in (40, 120)]
    assert error[0] < error[1]


def test_the_gain_of_a_density_grows_as_k_squared():
    assert abs(density_gain(20) - 10 * np.log10(4 * 20**2 / 27)) < 0.01


def test_the_league_has_twelve_lattices_ten_of_them_measured():
    assert len(LATTICES) == 12 and sum(lattice.has_decoder for lattice in LATTICES.values()) == 10


def test_the_remainder_of_smooth_data_is_of_the_fourth_order():
    smooth = [m**4 * (zcmoe.approximation_error(PROBLEM, Intervals.uniform(m)) -
                      zcmoe.small_region_error(PROBLEM, Intervals.uniform(m))) for m in (64, 128, 256)]
    np.testing.assert_allclose(smooth, smooth[-1], rtol=0.02)


def test_slabs_refute_a_theorem_without_regular_shapes():
    """Theorem 5.1 and the equality before Cauchy–Schwarz: ½ remains, and both sums say 0."""
    wave = Problem(lambda x: np.cos(2 * np.pi * x[:, 1]), Independent(UNIFORM, UNIFORM), NOISE, dimension=2)
    for m in (10, 1000):
        slabs = Boxes((m, 1))
        assert abs(zcmoe.approximation_excess(wave, slabs) - 0.5) < 1e-12
        for error in (zcmoe.small_region_error, zcmoe.anisotropic_error):
            assert error(wave, slabs) - wave.noise_variance < 1e-12


def test_constants_need_inputs_bounded_away_from_zero_and_the_sum_does_not():
    """(27), (28) for p = 2x, β = x: c₁ − β(x₁) is Δ/6 for every Δ."""
    problem = Problem(lambda x: x, zcmoe.SegmentDensity(lambda x: 2 * x), NOISE)
    for m in (10, 1000):
        cuts = Intervals.uniform(m)
        moments = zcmoe.region_moments(problem, cuts)
        np.testing.assert_allclose((moments.mean[0] - 0.5 / m) * m, 1 / 6, rtol=1e-9)
    exact = zcmoe.approximation_excess(problem, cuts)
    assert abs((zcmoe.small_region_error(problem, cuts) - problem.noise_variance) / exact - 1) < 1e-3


def test_the_best_number_of_experts_grows_with_the_dimension():
    """As n^(d/(d+2)): the least of a/m^(2/d) + mσ²/n, searched without the formula."""
    m = np.arange(1, 200_000)
    for d in (1, 2, 3):
        best = [m[np.argmin(m ** (-2 / d) + m / (12 * n))] for n in (10_000, 160_000)]
        assert abs(best[1] / best[0] / 16 ** (d / (d + 2)) - 1) < 0.02


def test_k_means_at_256_cells_is_ten_percent_above_half_of_54():
    law = Independent(PROBLEM.inputs, stats.truncnorm(-2.4, 1.6, 0.6, 0.25))
    problem = cosine_in(2, law)
    cells = zcmoe.bound_voronoi(problem, 256, rng=0)
    half = zcmoe.high_rate_coefficient(problem, moment=LATTICES["A2"].normalized_second_moment)
    assert 1.08 < 256 * zcmoe.approximation_excess(problem, cells) / half < 1.12


@pytest.mark.parametrize("d, m, low, high", [(2, 40, 2.0, 2.0025), (3, 16, 3.0, 3.022)])
def test_the_bound_is_d_times_the_truth_on_cubes(d, m, low, high):
    problem = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + (x[:, 1:] ** 2).sum(axis=1), Independent(*[UNIFORM] * d),
                      NOISE, dimension=d)
    cubes = Boxes([m] * d)
    ratio = ((zcmoe.small_region_error(problem, cubes) - problem.noise_variance)
             / zcmoe.approximation_excess(problem, cubes))
    assert low - 1e-3 < ratio < high + 1e-3


@pytest.mark.parametrize("m, constant, running", [(10, 1.83, 5.6), (30, 1.46, 1.88)])
def test_a_typical_estimation_error_pays_no_logarithm(m, constant, running):
    """Learned, 500 examples a region: the 95 % quantiles that note 7 tells, found there without learning anything."""
    n, cuts = 500 * m, Intervals.from_density(PROBLEM.inputs, m)
    flat = Problem(lambda x: 0 * x, PROBLEM.inputs, NOISE)
    for problem, told in ((flat, constant), (PROBLEM, running)):
        errors = zcmoe.simulate(problem, [cuts], n, runs=500, rng=1) - zcmoe.approximation_error(problem, cuts)
        assert abs(np.quantile(errors, 0.95) * n / (m * NOISE.var()) / told - 1) < 0.1


def test_below_the_best_number_of_experts_not_nearly_all_is_approximation():
    """n = 1000, equal cuts."""
    for m, told in ((30, 0.82), (50, 0.51), (62, 0.35)):
        assert abs(approximation_share(m) - told) < 0.005


def test_two_sizes_for_the_same_twenty_regions():
    """Theorem 6.5 at 95 % for all regions, and with δ₁ = 0.05 for each: 12 ln(2/δ₁)/P, rounded up."""
    tail = INPUTS.cdf(1) - INPUTS.cdf(0.95)  # the least likely region
    for delta, told in ((CONFIDENCE / 40, 53011), (CONFIDENCE, 26506)):
        assert examples_needed(20, delta) == told == int(np.ceil(12 * np.log(2 / delta) / tail))


@pytest.mark.parametrize("seed", [0, 1])
def test_the_bound_is_far_above_the_median_whatever_the_seed(seed):
    cuts, n = Intervals.uniform(20), 64_000
    errors = zcmoe.simulate(PROBLEM, [cuts], n, runs=100, rng=seed)[:, 0]
    median = np.median(errors) - zcmoe.approximation_error(PROBLEM, cuts)
    assert 150 < (with_bound(20, n) - equal(PROBLEM, 20)) / median < 190


@pytest.mark.parametrize("n, told", [(250, 5), (1000, 15), (4000, 25)])
def test_the_bound_would_choose_far_fewer_experts(n, told):
    assert 4 + np.argmin([with_bound(m, n) for m in range(4, 60)]) == told
    assert charge(15) == pytest.approx(4 * 0.25 * np.log(2 * 30 / 0.05) / (1 / 12))


@pytest.mark.parametrize("d", [1, 2, 3, 7])
def test_in_d_dimensions_the_best_number_grows_as_a_power_of_the_examples(d):
    """The least of A/m^(2/d) + mσ²/n, found without its formula."""
    def best(n, coefficient=0.7):
        return np.exp(minimize_scalar(lambda u: coefficient * np.exp(-2 * u / d) + np.exp(u) / 12 / n,
                                      bounds=(0, 40), method="bounded", options={"xatol": 1e-10}).x)

    assert best(1e6) == pytest.approx((2 * 0.7 * 12e6 / d) ** (d / (d + 2)), rel=1e-4)
    assert best(8e6) / best(1e6) == pytest.approx(8 ** (d / (d + 2)), rel=1e-4)


def test_with_a_few_hundred_examples_the_expected_error_is_a_little_too_low():
    """Thirty draws of 400 pixels of the strip, judged on the other half."""
    km, height = np.loadtxt(pytest.ROOT / "book/data/swath.csv.gz", delimiter=",", skiprows=1, unpack=True)
    claimed, found = [], []
    for seed in range(30):
        order = np.random.default_rng(seed).permutation(km.size)
        learned, judged = order[:400], order[km.size // 2:]
        model = zcmoe.ZeroComputeMoERegressor().fit(km[learned, None], height[learned])
        claimed.append(model.expected_error_)
        found.append(np.mean((height[judged] - model.predict(km[judged, None])) ** 2))
    assert 0.9 < np.mean(claimed) / np.mean(found) < 1


def test_louder_noise_feeds_fewer_experts():
    found = {B: zcmoe.best_number_of_experts(Problem(PROBLEM.beta, INPUTS, stats.uniform(-B, 2 * B),
                                                     gradient=PROBLEM.gradient), 1000, range(30, 80)).m
             for B in (0.5, 1)}
    assert found == {0.5: 62, 1: 43} and round(43 / 62, 2) == 0.69


def test_a_light_expert_loses_its_centre_and_then_every_point():
    """The rows of the chapter's gate: weights of the fifth."""
    rows = np.array([[-0.6, -0.5], [0.55, -0.65], [0.7, 0.45], [-0.1, 0.75], [0.15, 0.05]])
    axis = np.linspace(-1, 1, 201)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)

    def regions(weight, bias=1.0):
        gate, b = power_gate(rows, [0, 0, 0, 0, weight])
        return gate_regions(MoELayer(gate, bias * b, np.zeros((5, 1, 2)), None))

    assert regions(-0.25).route(rows[4:]) == 4 and regions(-0.5).route(rows[4:]) != 4
    assert np.any(regions(-0.5).route(grid) == 4) and not np.any(regions(-0.75).route(grid) == 4)
    cones = regions(0.5, 0.0).route(grid)
    assert np.array_equal(cones, regions(-0.75, 0.0).route(grid)) and not np.any(cones == 4)
    x = np.random.default_rng(0).normal(size=(1000, 2))  # without a bias a ray has one expert
    assert np.array_equal(regions(0.5, 0.0).route(3 * x), regions(0.5, 0.0).route(x))


def test_what_training_found():
    """Medians of ten seeds at Adam's rate 1e-3, as the chapter on expressive power tells them."""
    table = np.genfromtxt(pytest.ROOT / "book" / "data" / "training.csv", delimiter=",", names=True, dtype=None,
                          encoding="utf-8")
    table = table[(table["rate"] == 1e-3) & (table["gate"] != "learned")]

    def middle(experts, width, start, steps, batch=128):
        wanted = {"experts": experts, "width": width, "start": start, "steps": steps, "batch": batch}
        errors = table["mse"][np.all([table[name] == value for name, value in wanted.items()], axis=0)]
        assert errors.size == 10
        return np.quantile(errors, [0.25, 0.5, 0.75])

    charts, dense = ({(start, k): middle(*shape, start, k) for start in ("he", "spread") for k in (2000, 8000, 32000)}
                     for shape in ((4, 10), (1, 40)))
    assert 9 < charts["he", 2000][1] / dense["he", 2000][1] < 12  # about ten
    assert charts["spread", 2000][2] > dense["spread", 2000][0] and dense["spread", 2000][2] > charts["spread", 2000][0]
    assert all(dense[start, k][2] < charts[start, k][0] for start in ("he", "spread") for k in (8000, 32000))
    assert all(each["spread", 2000][0] > 7.144e-4 and each["he", 2000][0] > 7.144e-4 for each in (charts, dense))
    assert dense["he", 2000][0] < charts["he", 8000][1] < dense["he", 2000][2]  # level
    assert charts["spread", 8000][2] < dense["spread", 2000][0]  # ahead
    assert middle(4, 10, "he", 2000, 512)[0] > dense["he", 2000][2]
    assert dense["spread", 2000][0] < middle(4, 10, "spread", 2000, 512)[1] < dense["spread", 2000][2]  # level
    assert all(charts[start, 2000][2] < middle(1, 10, start, 2000)[0] for start in ("he", "spread"))
    assert middle(4, 10, "explicit", 2000)[2] < 7.144e-4 < charts["he", 32000][0]


def test_a_gate_that_learned_from_5000_examples_is_near_the_best_of_its_rate():
    """The chapter on finite-rate gating, written out: π(t|x) on a grid, without what the gate reports."""
    square = Problem(np.square, stats.uniform(), NOISE)
    gate = FiniteRateGate.fit(Intervals.uniform(32), *square.sample(5000, rng=1), n_experts=4, rate=np.log(2), rng=0,
                              starts=2)
    x = (np.arange(32_000) + 0.5) / 32_000
    law = gate.weights * np.exp(-gate.slope * gate.costs)
    pi = (law / law.sum(axis=1, keepdims=True))[(32 * x).astype(int)]
    share = pi.mean(axis=0)
    rate = np.mean(np.sum(pi * np.log(pi / share), axis=1))
    drawn = np.mean(np.sum(pi * (gate.experts - x[:, None] ** 2) ** 2, axis=1))
    mean = np.mean((pi @ gate.experts - x**2) ** 2)
    values = (np.arange(500) + 0.5) ** 2 / 500**2
    best = curve(values, np.full(500, 1 / 500), rates=[rate]).distortions[0]
    assert abs(rate / np.log(2) - 1) < 0.02 and 1 < drawn / best < 1.03 and mean < drawn / 3


def test_with_endless_examples_lines_need_fewer_bits_than_constants():
    table = np.genfromtxt(pytest.ROOT / "book" / "data" / "gating.csv", delimiter=",", names=True, dtype=None,
                          encoding="utf-8")
    for experts, told in (("lines", 0.5), ("constants", 1.3)):
        found = table[(table["experts"] == experts) & (table["m"] == 16) & (table["n"] == 0)]
        slopes = np.unique(found["slope"])
        bits, test = ([found[name][found["slope"] == s].mean() for s in slopes] for name in ("bits", "test"))
        assert np.interp(-0.149, np.negative(test), bits) == pytest.approx(told, abs=0.05)


@pytest.mark.parametrize("k", [2, 3])
def test_intervals_cost_the_square_of_the_branches_in_the_limit(k):
    """Equal branches: k² for cos kπx under uniform inputs; between 1 and k² under others."""
    wave = Problem(lambda x: np.cos(k * np.pi * x), stats.uniform(), NOISE)
    one = Problem(lambda x: np.cos(np.pi * x), stats.uniform(), NOISE)
    assert zcmoe.high_rate_coefficient(wave) / zcmoe.high_rate_coefficient(one) == pytest.approx(k**2, rel=1e-6)
    cuts, sets = (zcmoe.approximation_excess(wave, best(wave, 64))
                  for best in (zcmoe.optimal_intervals, zcmoe.optimal_level_sets))
    assert 0.8 * k**2 < cuts / sets < k**2
