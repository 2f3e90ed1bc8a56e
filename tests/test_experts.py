from fractions import Fraction

import numpy as np
import pytest
from pytest import approx

import zcmoe
from settings import COS6, compander
from zcmoe import Boxes, Intervals, RunningExperts, ZeroComputeMoE, best_experts, fit_experts
from zcmoe.experts import sums_of
from zcmoe.segmentation.base import BLOCK

BIG = 3 * BLOCK + 17  # blocks, and a part of one


def test_predict_is_the_constant_of_the_region():
    """(2), (13): written as the sum over indicators."""
    edges, constants = np.array([0, 0.2, 0.7, 1]), np.array([1.0, -2.0, 5.0])
    x = np.random.default_rng(0).random(1000)
    indicators = (x[:, None] >= edges[:-1]) & (x[:, None] < edges[1:])
    assert np.array_equal(ZeroComputeMoE(Intervals(edges), constants).predict(x), indicators @ constants)


def test_predict_writes_into_out():
    out = np.empty(3)
    result = ZeroComputeMoE(Intervals.uniform(2), [1, 2]).predict([0, 0.5, 1], out=out)
    assert result is out and out.tolist() == [1, 2, 2]
    for bad in (np.empty(2), np.empty(3, dtype=int), [0, 0, 0]):
        with pytest.raises(ValueError, match="out must be"):
            ZeroComputeMoE(Intervals.uniform(2), [1, 2]).predict([0, 0.5, 1], out=bad)


def test_equation_9_minimises_the_test_error():
    """(8), (58)–(60): no other constants have a smaller test error."""
    best = best_experts(COS6, Intervals.uniform(6))
    error = zcmoe.test_error(COS6, best)
    for i in range(6):
        for step in (-0.01, 0.01):
            moved = best.constants + step * (np.arange(6) == i)
            assert zcmoe.test_error(COS6, ZeroComputeMoE(best.segmentation, moved)) > error


def test_fit_is_the_least_squares_solution():
    """(35), against numpy's least squares on the indicators (33)."""
    x, y = COS6.sample(400, rng=5)
    edges = np.linspace(0, 1, 9)
    indicators = ((x[:, None] >= edges[:-1]) & (x[:, None] < edges[1:])).astype(float)
    solution = np.linalg.lstsq(indicators, y, rcond=None)[0]
    assert fit_experts(Intervals(edges), x, y).constants == approx(solution, rel=1e-10)


def test_empty_regions_answer_the_default():
    x, y = np.array([0.1, 0.9]), np.array([2.0, 4.0])
    assert fit_experts(Intervals.uniform(3), x, y).constants.tolist() == [2, 3, 4]
    assert fit_experts(Intervals.uniform(3), x, y, default=-1).constants.tolist() == [2, -1, 4]


def test_fit_keeps_its_digits_at_a_large_offset():
    x, y = COS6.sample(1000, rng=6)
    plain, offset = (fit_experts(Intervals.uniform(5), x, y + c).constants for c in (0, 2.0**27))
    assert offset - 2.0**27 == approx(plain, abs=1e-7)


@pytest.mark.parametrize("x, y, arguments, word", [
    ([], [], {}, "at least one example"), ([0.1], [1, 2], {}, "y must have shape"),
    ([0.1], [np.nan], {}, "y must be finite"),
    ([2.0], [1], {}, "x must lie"), ([0.1], [1], {"default": np.inf}, "default must be a finite"),
])
def test_bad_data_is_refused(x, y, arguments, word):
    with pytest.raises(ValueError, match=word):
        fit_experts(Intervals.uniform(2), x, y, **arguments)


def test_constants_must_match_the_regions():
    with pytest.raises(ValueError, match=r"constants must have shape \(2,\)"):
        ZeroComputeMoE(Intervals.uniform(2), [1, 2, 3])


def exact_means(region, y, m):
    sums, counts = [Fraction(0)] * m, np.bincount(region, minlength=m)
    for i, value in zip(region.tolist(), y.tolist(), strict=True):
        sums[i] += Fraction(value)
    return [float(s / int(c)) for s, c in zip(sums, counts, strict=True)]


def test_constants_keep_their_digits_at_an_offset_of_1e8():
    """Against sums of fractions: within two units in the last place of 1e8, on top of a first-rate plain sum."""
    x, y = COS6.sample(2 * BLOCK + 5, rng=3)
    cuts = compander(COS6, 12)
    region = cuts.route(x)
    for offset, tolerance in ((0, 1e-14), (1e8, 2 * np.spacing(1e8)), (-1e8, 2 * np.spacing(1e8))):
        exact = exact_means(region, y + offset, 12)
        assert np.abs(fit_experts(cuts, x, y + offset).constants - exact).max() <= tolerance


@pytest.mark.parametrize("cuts", [Intervals.uniform(8), compander(COS6, 37), Boxes((3, 2))])
def test_any_split_and_any_order_of_merging_give_the_same_constants(cuts):
    x, y = COS6.sample(40_000, rng=4)
    x = x if cuts.dimension == 1 else np.column_stack([x, x**2])
    whole = fit_experts(cuts, x, y).constants
    stream = RunningExperts(cuts)
    parts = [RunningExperts(cuts).update(x[i], y[i]) for i in np.array_split(np.arange(y.size), 11)]
    for i in np.array_split(np.arange(y.size), 300):
        assert stream.update(x[i], y[i]) is stream
    pairs = [a.merge(b) for a, b in zip(parts[1::2], parts[2::2], strict=True)]
    last = RunningExperts(cuts)
    for part in [pairs[3], parts[0], pairs[0], pairs[4], pairs[2], pairs[1]]:
        last.merge(part)
    for other in (stream, last):
        assert other.sums.mass.sum() == y.size
        assert np.abs(other.experts().constants - whole).max() < 1e-12


def test_a_refused_update_changes_nothing():
    cuts, rng = Intervals.uniform(4), np.random.default_rng(0)
    x, y = rng.random((2, BIG))
    seen = RunningExperts(cuts).update(x, y)
    before = seen.experts().constants
    for name, i, bad in (("x", BIG - 1, 2.0), ("y", BIG - 2, np.nan), ("y", BIG - 2, np.inf)):
        broken = {"x": x.copy(), "y": y.copy()}
        broken[name][i] = bad
        with pytest.raises(ValueError, match=f"every {name} must .* at index {i} of"):
            seen.update(**broken)
    with pytest.raises(ValueError, match="y must have shape"):
        seen.update(x, y[1:])
    assert np.array_equal(seen.experts().constants, before)


def test_merge_needs_the_same_segmentation():
    for other in (Intervals.uniform(4), Intervals([0, 0.4, 0.5, 1])):
        with pytest.raises(ValueError, match="other must have the same segmentation"):
            RunningExperts(Intervals.uniform(3)).merge(RunningExperts(other))


def test_the_running_default():
    seen = RunningExperts(Intervals.uniform(3))
    with pytest.raises(ValueError, match="at least one example"):
        seen.experts()
    seen.update([], []).update([0.1], [1.0]).update([0.9], [4.0])
    assert seen.experts().constants.tolist() == [1, 2.5, 4]
    assert seen.experts(default=-1).constants.tolist() == [1, -1, 4]


def test_merged_sums_are_taken_about_one_centre():
    """Sums of y - 2 and of y - 1001 add up once they are about the same number."""
    cuts = Intervals.uniform(2)
    here, there = RunningExperts(cuts).update([0.1, 0.6], [0, 2]), RunningExperts(cuts).update([0.2, 0.3], [999, 1001])
    assert here.sums.centre.tolist() == [0, 2] and there.sums.centre[0] == 1001
    assert here.merge(there).experts().constants.tolist() == [2000 / 3, 2]


@pytest.mark.parametrize("shape", [(BIG,), (BIG, 1), (BIG, 2)])
def test_many_examples_of_several_columns_are_learned_column_by_column(shape):
    rng, cuts = np.random.default_rng(7), Intervals.uniform(3)
    x, y = rng.random(BIG), rng.random(shape)
    columns = [[column[cuts.route(x) == i].mean() for i in range(3)] for column in y.reshape(BIG, -1).T]
    assert fit_experts(cuts, x, y).constants == approx(np.transpose(columns).reshape(3, *shape[1:]), rel=1e-13)


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 2, 0], [2, 0, 1]])
def test_a_large_y_in_one_region_does_not_touch_the_others(order):
    """1e17 | 1, 3 gives 2, whatever the order of blocks and of merging; sums about one centre gave 4."""
    cuts = Intervals.uniform(2)
    x, y = np.array([0.1, 0.6, 0.9])[order], np.array([1e17, 1.0, 3.0])[order]
    assert fit_experts(cuts, x, y).constants.tolist() == [1e17, 2]
    stream, last = RunningExperts(cuts), RunningExperts(cuts)
    for i in range(3):
        stream.update(x[i:i + 1], y[i:i + 1])
        last.merge(RunningExperts(cuts).update(x[i:i + 1], y[i:i + 1]))
    assert stream.experts().constants.tolist() == last.experts().constants.tolist() == [1e17, 2]


def test_squares_keep_their_digits_across_blocks():
    """A step of 1e9 between halves: the spread about each region's mean, against the two-pass value."""
    rng, cuts = np.random.default_rng(0), Intervals.uniform(2)
    x = rng.random(3000)
    y = 1e9 * (x > 0.5) + 2 * rng.standard_normal(3000)
    weight = rng.integers(0, 4, 3000).astype(float)
    whole = sums_of(cuts, x, y, weight, squares=True)
    parts = sums_of(cuts, x[:10], y[:10], weight[:10], squares=True)
    for i in (slice(10, 1500), slice(1500, 1500), slice(1500, None)):
        parts.add(sums_of(cuts, x[i], y[i], weight[i], squares=True))
    for region in (0, 1):
        here = cuts.route(x) == region
        mean = np.average(y[here], weights=weight[here])
        for sums in (whole, parts):
            assert sums.square[region] == approx(weight[here] @ (y[here] - mean) ** 2, rel=1e-6)
    huge, other = (sums_of(cuts, [x], [y], squares=True) for x, y in ((0.1, 1e200), (0.9, 1.0)))
    assert huge.add(other).square.tolist() == [0, 0]  # in no region do the two meet


def test_a_weight_is_so_many_repetitions():
    cuts, rng = Intervals.uniform(3), np.random.default_rng(1)
    x, y, weight = rng.random(50), rng.random((50, 2)), rng.integers(0, 4, 50)
    weighted, repeated = (fit_experts(cuts, x, y, weight=weight).constants,
                          fit_experts(cuts, np.repeat(x, weight), np.repeat(y, weight, axis=0)).constants)
    assert weighted == approx(repeated, rel=1e-12)
    with pytest.raises(ValueError, match="every weight must lie in .* got -1"):
        fit_experts(cuts, x, y, weight=np.r_[-1.0, np.ones(49)])


def test_sums_that_would_overflow_are_refused_and_change_nothing():
    seen = RunningExperts(Intervals.uniform(2)).update([0.1, 0.9], [-1e308, 2.0])
    with pytest.raises(ValueError, match="y must have finite sums"):
        seen.update([0.2], [1.7e308])
    assert seen.experts().constants.tolist() == [-1e308, 2]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, int])
def test_y_of_any_width_is_computed_in_doubles(dtype):
    """2100 ones and a 4095: half-precision sums would stop at 2048."""
    y = np.r_[np.ones(2100), 4095].astype(dtype)
    constants = fit_experts(Intervals.uniform(1), np.full(2101, 0.5), y).constants
    assert constants[0] == approx(y.astype(float).mean(), rel=1e-13)  # 2101 roundings


def test_empty_blocks_pass():
    seen = RunningExperts(Intervals.uniform(2)).update([], []).update([0.2], [[1.0, 2.0]]).update([], [])
    assert seen.update(np.empty(0), np.empty((0, 2))).experts().constants.tolist() == [[1, 2], [1, 2]]
