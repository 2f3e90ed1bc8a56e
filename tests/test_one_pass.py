"""The fast sums against the careful ones, and when they step back."""

import numpy as np
import pytest

from settings import COS6, compander
from zcmoe import Intervals, RunningExperts, fit_experts
from zcmoe._one_pass import one_pass
from zcmoe.experts import Sums
from zcmoe.segmentation.base import BLOCK

N = 3 * BLOCK + 17


def careful(cuts, x, y):
    """The sums as `Sums` itself makes them."""
    sums = Sums.none((cuts.n_regions,))
    for block, region in cuts._routed(x):
        sums._add_block(region, y[block], None)
    return sums


def fast(cuts, x, y):
    return one_pass(cuts._routed(x, np.int32), y, cuts.n_regions)


@pytest.mark.parametrize("offset", [0.0, 1e8, -3e12])
@pytest.mark.parametrize("cuts", [Intervals.uniform(16), Intervals.uniform(1000), Intervals.uniform(1),
                                  compander(COS6, 30), Intervals.uniform(BLOCK)])
def test_the_fast_sums_are_the_careful_ones(cuts, offset):
    """Within a few units in the last place of the mean, beyond what summing its spread costs either way."""
    x, y = COS6.sample(N, rng=1)
    mass, total, centre = fast(cuts, x, y + offset)
    wanted = careful(cuts, x, y + offset)
    assert np.array_equal(mass, wanted.mass) and mass.sum() == N
    some = mass > 0
    assert np.abs((centre + total[some] / mass[some]) - wanted.mean[some]).max() <= 2e-14 + 2 * np.spacing(abs(offset))


def exact(y):
    """The mean in integers."""
    return float(sum(map(int, y.tolist())) / y.size)


@pytest.mark.parametrize("jump", [2.0**40, -2.0**30, 2.0**62])
def test_a_large_y_in_another_region_costs_no_digits(jump):
    """One centre would: these go the careful way, and so do means far apart beside what y varies within a region."""
    x, noise = np.random.default_rng(0).random((2, N))
    cuts, y = Intervals.uniform(2), np.rint(1000 * noise)
    y[x > 0.5] += jump
    assert fast(cuts, x, y) is None
    found = fit_experts(cuts, x, y).constants
    assert found[0] == pytest.approx(exact(y[x < 0.5]), rel=1e-14)
    assert found[1] == pytest.approx(exact(y[x > 0.5]), rel=3e-16)


@pytest.mark.parametrize("outlier", [1e9, 1e200, -1e300])
@pytest.mark.parametrize("place", [0, 100, N - 1])
def test_an_outlier_costs_the_other_regions_nothing(outlier, place):
    """Neither the centre nor the spread follows it, wherever it is."""
    x, y = np.random.default_rng(2).random((2, N))
    x[place], y[place] = 0.9, outlier
    cuts = Intervals.uniform(4)
    found, wanted = fit_experts(cuts, x, y).constants, careful(cuts, x, y).mean
    assert found == pytest.approx(wanted, rel=3e-15)
    assert found[0] == pytest.approx(np.mean(y[x < 0.25]), rel=1e-13)


def test_a_constant_is_learned_to_the_last_bit():
    x = np.random.default_rng(0).random(N)
    for c in (0.1, 1e8 + 0.3, 0.0, 1.7e308):
        assert np.all(fit_experts(Intervals.uniform(8), x, np.full(N, c)).constants == c)


def test_steps_without_noise_are_learned_to_the_last_bit():
    """Means apart and no spread at all: the careful way."""
    x = np.random.default_rng(0).random(N)
    assert fit_experts(Intervals.uniform(2), x, np.where(x < 0.5, 0.1, 0.7)).constants.tolist() == [0.1, 0.7]


def test_noise_about_zero_and_labels_go_the_fast_way():
    x, y = np.random.default_rng(0).random((2, N))
    for values in (y, y - 0.5, np.rint(y), 1e-200 * y, 1e200 * y):
        assert fast(Intervals.uniform(16), x, values) is not None


def test_a_slope_without_noise_goes_the_fast_way_where_its_offset_allows():
    """Regions 1/1024 wide, means up to 1/2 from the centre: 7 units in the last place of 10, but not of the least."""
    x, cuts = np.random.default_rng(0).random(N), Intervals.uniform(1024)
    assert fast(cuts, x, x) is None and fast(cuts, x, 1 - x) is None
    assert fast(cuts, x, np.minimum(0.6, 0.05 + 6 * x)) is None  # few are low
    assert fast(cuts, x, 10 + x) is not None


def test_examples_alone_in_their_regions_do_not_hide_the_spread():
    """Most of the first examples are their region's mean; what y varies by is seen in the region of the others."""
    x, y = np.random.default_rng(0).random((2, N))
    x *= 0.5
    x[:3000] = 0.5 + (np.arange(3000) + 0.5) / 6000
    assert fast(Intervals(np.r_[0, 0.5 + np.arange(3001) / 6000]), x, y) is not None


@pytest.mark.parametrize("bad, place", [(np.nan, 3), (np.nan, N - 1), (np.inf, N // 2), (-np.inf, 0)])
def test_what_is_not_finite_is_refused_by_its_place(bad, place):
    x, y = np.random.default_rng(0).random((2, N))
    y[place] = bad
    seen = RunningExperts(Intervals.uniform(4)).update([0.1], [5.0])
    with pytest.raises(ValueError, match=f"y must be finite.* at index {place} of"):
        seen.update(x, y)
    assert seen.sums.mass.tolist() == [1, 0, 0, 0] and seen.experts().constants[0] == 5


def test_sums_that_overflow_are_refused():
    x, y = np.random.default_rng(0).random((2, N))
    with pytest.raises(ValueError, match="y must have finite sums"):
        fit_experts(Intervals.uniform(4), x, 1.7e308 * np.sign(y - 0.5))


@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.uint16, bool, np.float16])
def test_y_of_other_types(dtype):
    x, y = np.random.default_rng(0).random((2, N))
    y = (100 * y).astype(dtype)
    cuts = Intervals.uniform(4)
    assert fit_experts(cuts, x, y).constants == pytest.approx(careful(cuts, x, y.astype(float)).mean, rel=1e-14)


def test_integers_that_no_float_is_are_refused():
    x, y = np.random.default_rng(0).random(N), np.arange(N)
    y[N // 2] = 2**53 + 1
    with pytest.raises(ValueError) as fast_refusal:
        fit_experts(Intervals.uniform(4), x, y)
    with pytest.raises(ValueError) as refusal:
        fit_experts(Intervals.uniform(4), x[:9], np.r_[y[:8], 2**53 + 1])
    assert str(fast_refusal.value).split(",")[0] == str(refusal.value).split(",")[0]


def test_memory_mapped_and_strided_examples(tmp_path):
    x, y = np.random.default_rng(0).random((2, N))
    np.save(tmp_path / "y.npy", y)
    wanted = fit_experts(Intervals.uniform(16), x, y).constants
    for other in (np.load(tmp_path / "y.npy", mmap_mode="r"), np.repeat(y, 2)[::2], y.astype(">f8")):
        assert np.array_equal(fit_experts(Intervals.uniform(16), x, other).constants, wanted)


def test_more_regions_than_a_block_go_the_careful_way():
    """The sums of a block would be longer than the block."""
    x, y = np.random.default_rng(0).random((2, 2 * BLOCK + 1))
    cuts = Intervals.uniform(2 * BLOCK)
    assert np.array_equal(RunningExperts(cuts).update(x, y).sums.mean, careful(cuts, x, y).mean)
