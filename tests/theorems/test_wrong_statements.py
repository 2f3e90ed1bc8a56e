"""Each property fails when its statement is wrong: one exponent, constant or sign changed, in zcmoe or in the test."""

import importlib

import pytest

pytest.importorskip("hypothesis")
from hypothesis import Phase, settings  # noqa: E402

from mutate import caches, mutated, replaced, rewritten  # noqa: E402

# The test, what is changed (a function of zcmoe, or "" for the test's own text), what stands there, what is put there.
WRONG = [
    ("one_dimension.the_best_constants", "errors.test_error", "moments.mean) ** 2", "moments.mean) ** 4"),
    ("one_dimension.the_best_constants", "experts.best_experts", ".mean)", ".mean + 0.01)"),
    ("one_dimension.more_cuts_never_hurt", "errors.approximation_excess", "moments.variance)",
     "moments.variance ** 2)"),
    ("one_dimension.small_intervals", "errors.small_region_error", "np.trace(inertia", "1.01 * np.trace(inertia"),
    ("one_dimension.segment_densities", "errors._high_rate", "level ** (2 / d)", "level ** (1 / d)"),
    ("one_dimension.segment_densities", "errors.high_rate_error", "(2 / problem", "(1 / problem"),
    ("one_dimension.no_density_does_better", "errors._high_rate", "total**power", "total**power * 1.01"),
    ("one_dimension.no_density_does_better", "errors._high_rate", "(d / (d + 2))", "(d / (d + 1))"),
    ("one_dimension.the_minimal_error_under_scale_and_mirror", "errors._high_rate", "power = (d + 2) / d", "power = 2"),
    ("one_dimension.the_best_intervals_and_beyond", "optimum.level_sets._level_sets", "inner, np.inf",
     "inner + 0.1, np.inf"),
    ("one_dimension.quantization", "quantization.panter_dite", "/ 12", "/ 12.1"),
    ("one_dimension.quantization", "quantization.panter_dite", "** 3", "** 2"),
    ("one_dimension.compressor_and_expander", "segmentation.Intervals.from_density", "np.arange(1, m) / m",
     "np.sqrt(np.arange(1, m) / m)"),
    ("one_dimension.at_the_optimum_every_region_carries_the_same", "errors.minimal_error", "(2 / problem",
     "(1.9 / problem"),
    ("learning.learned_constants_are_unbiased", "experts.Sums.constants", "self.mean", "1.01 * self.mean"),
    ("learning.the_expected_error_counts_all_training_sets", "learning.expectation._estimation",
     "(noise_variance + outside) / n", "noise_variance / n"),
    ("learning.the_expected_error_counts_all_training_sets", "learning.expectation._estimation", "rest**n",
     "rest**(n + 1)"),
    ("learning.the_error_splits", "errors.estimation_error", "moments.mean) ** 2", "moments.mean) ** 3"),
    ("learning.the_error_splits_in_several_dimensions", "errors.estimation_error", "moments.mean) ** 2",
     "moments.mean) ** 2 * 1.001"),
    ("learning.counts_concentrate", "concentration.required_examples", "12 *", "11 *"),
    ("learning.one_constant", "concentration.constant_radius", "width *", "width / 2 *"),
    ("learning.one_constant", "concentration.constant_radius", "np.sqrt(", "("),
    ("learning.all_constants", "concentration.estimation_error_bound", "width**2", "width"),
    ("learning.the_mean_of_one_over_n", "learning.expectation._inverse_count", "(1 - s)", "1"),
    ("several_dimensions.an_affine_target_has_no_remainder", "errors.anisotropic_error", "@ terms", "@ terms * 1.01"),
    ("several_dimensions.the_factor_d", "errors.small_region_error", "np.trace(inertia", "2 * np.trace(inertia"),
    ("several_dimensions.small_regions", "errors.anisotropic_error", "@ terms", "@ terms * 1.05"),
    ("several_dimensions.the_sum_becomes_an_integral", "errors._high_rate", 'd if cells == "any"',
     '2 if cells == "any"'),
    ("several_dimensions.the_sum_becomes_an_integral", "errors.high_rate_error", "(2 / problem", "(1 / problem"),
    ("several_dimensions.the_rate", "errors._moment", "1 / 12", "1 / 11"),
    ("several_dimensions.a_constant_moment", "errors._high_rate", 'd if cells == "any"', 'd + 1 if cells == "any"'),
    ("several_dimensions.a_constant_moment", "errors.high_rate_error", "(2 / problem", "(1 / problem"),
    ("several_dimensions.no_density_does_better", "errors._high_rate", "(d / (d + 2))", "(1 / 3)"),
    ("several_dimensions.no_density_does_better", "errors._high_rate", "level ** (2 / d)", "level ** 2"),
    ("several_dimensions.one_coordinate_alone", "errors._high_rate", "power = (d + 2) / d", "power = d + 2"),
    ("several_dimensions.weighted_k_means_lowers_the_bound", "optimum.voronoi.bound_voronoi",
     "BoundVoronoi(centers,", "BoundVoronoi(centers**2,"),
    ("neighbours.the_curve_of_a_bank", "gating.bank.information", "np.log(share)", "np.log2(share)"),
    ("neighbours.rates_of_gates", "gating.bank.information", "np.log(share)", "2 * np.log(share)"),
    ("neighbours.blahuts_bracket", "gating.bank.bracket", "np.log(c.max())", "0 * np.log(c.max())"),
    ("neighbours.a_gate_sees_values_alone", "gating.bank.point", "information(p, gate)", "information(p**2, gate)"),
    ("neighbours.births_come_before_splits", "gating.critical_slopes", "(2 * variance)", "(3 * variance)"),
    ("neighbours.information_bounds", "gating.generalization_bound", "2 *", "1 *"),
    ("neighbours.level_sets_are_the_best_segmentation", "errors.approximation_excess", "moments.variance)",
     "(moments.variance + 0.1))"),
    ("neighbours.level_sets_beat_intervals", "optimum.level_sets._level_sets", "inner, np.inf", "inner[:0], np.inf"),
    ("neighbours.interpolation", "", "(8 * q * q)", "(16 * q * q)"),
    ("neighbours.pieces", "composition.count_pieces", "return ", "return 1 + "),
    ("neighbours.gates_cut_power_diagrams", "composition.gate_regions", "2 * layer", "layer"),
    ("proofs.hoelder", "", "(-2 / d)) @ v == approx(least)", "(-1 / d)) @ v == approx(least)"),
    ("proofs.hoelder", "", "((d + 2) / d)\n", "((d + 1) / d)\n"),
    ("proofs.cauchy_schwarz", "", "size(g) ** 2 * size(h) ** 2", "size(g) ** 2 * size(h)"),
    ("proofs.cauchy_schwarz", "", "size(h)**3", "size(h)**2"),
    ("proofs.small_remainders", "", "2 * epsilon / beta.bend()", "4 * epsilon / beta.bend()"),
    ("proofs.small_remainders", "", "** 2 / 4 +", "** 2 / 400 +"),
    ("proofs.moments_in_a_ball", "", "<= delta *", "<= delta / 3 *"),
    ("proofs.chernoff", "", "mean / 3)", "mean / 1.5)"),
    ("proofs.hoeffding", "", "-2 * k", "-8 * k"),
    ("proofs.mixing", "", "-2 * k", "-8 * k"),
    ("assumptions.a_flat_piece_and_floor_0", "segmentation.Intervals.from_density", "np.arange(1, m) / m",
     "np.sqrt(np.arange(1, m) / m)"),
    ("assumptions.p_that_touches_0", "experts.best_experts", ".mean)", ".mean + 0.01)"),
    ("assumptions.a_jump", "errors.approximation_excess", "moments.variance)", "moments.variance ** 2)"),
    ("assumptions.a_slope_that_is_only_hoelder", "errors.small_region_error", "np.trace(inertia",
     "1.01 * np.trace(inertia"),
    ("assumptions.a_wrong_density", "", "stats.beta(2, 1)", "stats.beta(1.2, 1)"),
    ("assumptions.heavy_tails", "", "stats.t(2.1)", "stats.uniform(scale=np.sqrt(252))"),
    ("assumptions.few_experts", "errors._high_rate", "total**power", "total**power * 1.01"),
    ("assumptions.slabs", "errors.approximation_excess", "moments.variance)", "moments.variance ** 2)"),
]

MODULES = ("one_dimension", "several_dimensions", "learning", "neighbours", "proofs", "assumptions")
STOP = settings(phases=[Phase.generate], report_multiple_bugs=False)  # at the first failure, as it was found


def test_every_property_was_broken():
    """No property of a statement is left out above."""
    properties = {f"{module}.{name.removeprefix('test_')}" for module in MODULES
                  for name, each in vars(importlib.import_module(f"theorems.test_{module}")).items()
                  if name.startswith("test_") and callable(each)}
    assert properties == {test for test, *_ in WRONG}


@pytest.fixture(scope="module")
def forget():
    for module in MODULES:
        importlib.import_module(f"theorems.test_{module}")
    return caches("zcmoe", "theorems", "settings")


@pytest.mark.parametrize("test, path, old, new", WRONG)
def test_a_wrong_statement_is_noticed(test, path, old, new, forget, monkeypatch):
    module, name = test.split(".")
    function = getattr(importlib.import_module(f"theorems.test_{module}"), f"test_{name}")
    inner = function
    if hasattr(function, "hypothesis"):
        inner = function.hypothesis.inner_test
        monkeypatch.setattr(function, "_hypothesis_internal_use_settings", STOP)
    with pytest.raises((AssertionError, ValueError, RuntimeError, pytest.fail.Exception)):
        if path:
            with mutated(f"zcmoe.{path}", replaced(old, new), forget):
                function()
        else:
            before, inner.__code__ = inner.__code__, rewritten(inner, replaced(old, new))
            try:
                function()
            finally:
                inner.__code__ = before
