"""What the chapters claim in words: orders, counts, and bounds wider than the digits of one number."""

import numpy as np
import pytest
from scipy import stats

import zcmoe
from slots._problems import FLAT, NOISE, PROBLEM, UNIFORM, compander, cuts, formula, optimum
from slots.gersho import density_gain
from zcmoe import Boxes, Independent, Intervals, Problem
from zcmoe.lattices import LATTICES


def test_at_the_best_density_the_bars_stand_level():
    """The error of each region against Z³/(12m³), m = 64: most within 5 %."""
    moments = zcmoe.region_moments(PROBLEM, cuts(PROBLEM, 64))
    level = zcmoe.high_rate_coefficient(PROBLEM) / 64**3
    assert np.mean(np.abs(moments.probability * moments.variance / level - 1) < 0.05) > 0.8


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


@pytest.mark.parametrize("d, m, low, high", [(2, 40, 2.0, 2.0025), (3, 16, 3.0, 3.022)])
def test_the_bound_is_d_times_the_truth_on_cubes(d, m, low, high):
    problem = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + (x[:, 1:] ** 2).sum(axis=1), Independent(*[UNIFORM] * d),
                      NOISE, dimension=d)
    cubes = Boxes([m] * d)
    ratio = ((zcmoe.small_region_error(problem, cubes) - problem.noise_variance)
             / zcmoe.approximation_excess(problem, cubes))
    assert low - 1e-3 < ratio < high + 1e-3


def test_a_typical_estimation_error_pays_no_logarithm():
    """Regions of equal probability: n E_est / σ² tends to a chi-square variable of m degrees of freedom."""
    quantiles = [stats.chi2(m).ppf(0.95) / m for m in (10, 100, 1000)]
    assert np.abs(np.array(quantiles) - [1.90, 1.26, 1.10]).max() < 0.08
