import tracemalloc
from functools import partial

import numpy as np
import pytest

pytest.importorskip("hypothesis")
from hypothesis import example, given, settings, strategies as st  # noqa: E402

from settings import COS6  # noqa: E402
from zcmoe import Intervals, RunningExperts, ZeroComputeMoE, fit_experts, optimal_density  # noqa: E402
from zcmoe.segmentation._guide import Guide, Reader, Router  # noqa: E402
from zcmoe.segmentation.base import BLOCK, blocks  # noqa: E402

BIG = 3 * BLOCK + 17  # blocks, and a part of one


def probes(edges, rng, n=2000):
    """The edges, both neighbours of each, and random points between them."""
    near = np.concatenate([edges, np.nextafter(edges, -np.inf), np.nextafter(edges, np.inf)])
    return np.clip(np.concatenate([near, rng.choice(near, n),
                                   rng.uniform(0, 1, n) * (edges[-1] - edges[0]) + edges[0]]),
                   edges[0], edges[-1])


def assert_equal(cuts, x):
    """Every fast way against the readable one, in every bit."""
    values = np.random.default_rng(0).normal(size=cuts.n_regions)
    region = cuts.route(x)
    for guide in (cuts._guide, cuts._fine_guide) if cuts.n_regions <= 64 else (cuts._guide,):
        for read, out in ((Reader(guide, np.arange(cuts.n_regions)), np.empty(x.size, int)),
                          (Router(guide, np.int32), np.empty(x.size, np.int32))):
            for block in blocks(x):
                assert read(x[block], out[block])
            assert np.array_equal(out, region)
        read, out = Reader(guide, values), np.empty(x.size)
        for block in blocks(x):
            assert read(x[block], out[block])
        assert np.array_equal(out, values[region])
    assert np.array_equal(ZeroComputeMoE(cuts, values).predict(x), values[region])
    assert np.array_equal(cuts.look_up(np.arange(cuts.n_regions), x), region)
    assert np.array_equal(np.concatenate([r.copy() for _, r in cuts._routed(x)]), region)


@pytest.mark.parametrize("m", [*range(1, 70), 100, 1000, 1023, 1024, 1025, 4097, 65536])
def test_uniform_cuts(m):
    cuts = Intervals.uniform(m)
    for x in (probes(cuts.edges, np.random.default_rng(m)), np.sort(probes(cuts.edges, np.random.default_rng(m)))):
        assert_equal(cuts, x)


def test_uniform_cuts_are_direct_only_where_the_product_is_exact_enough():
    """⌊m·x⌋ misses the edge 1/49 of 49 regions: fl(49·fl(1/49)) < 1."""
    assert 49 * (1 / 49) < 1
    assert not Intervals.uniform(49)._guide.direct
    assert all(Intervals.uniform(2**k)._guide.direct for k in range(17))


@pytest.mark.parametrize("m", [2, 16, 200, 1024, 20000])
def test_compander_cuts(m):
    cuts = Intervals.from_density(optimal_density(COS6), m)
    assert_equal(cuts, probes(cuts.edges, np.random.default_rng(m)))
    assert_equal(cuts, np.random.default_rng(1).random(BIG))


@pytest.mark.parametrize("values", [[np.nan, 1, 2, -3], [-1, 7, 0, 5], [1.5, np.inf, -np.inf, 0],
                                    [True, False, True, True], ["a", "b", "c", "d"], [1 + 1j, 2, 3, 4]])
@pytest.mark.parametrize("dtype", [None, np.float32, np.int8])
def test_values_of_any_kind(values, dtype):
    """NaN and -1 are values like others, though the fine table says by them that it does not know."""
    values = np.array(values)
    values = values.astype(dtype) if dtype and values.dtype.kind in "fi" and np.isfinite(values).all() else values
    cuts, x = Intervals([0, 0.1, 0.3, 0.35, 1]), np.random.default_rng(0).random(BIG)
    x[:8] = [0, 0.1, np.nextafter(0.1, 0), 0.3, 0.35, 1, np.nextafter(1, 0), -0.0]
    found = cuts.look_up(values, x)
    assert found.dtype == values.dtype
    np.testing.assert_array_equal(found, values[cuts.route(x)])


def test_negative_zero_lies_in_the_first_region():
    x = np.random.default_rng(0).random(BIG)
    x[BIG // 2] = -0.0
    for cuts in (Intervals.uniform(8), Intervals([0, 0.1, 0.3, 1])):
        assert np.array_equal(cuts.look_up(np.arange(cuts.n_regions), x), cuts.route(x))


@pytest.mark.parametrize("m", [8, 64])
def test_many_inputs_in_few_cells(m):
    """All beside edges, where the fine table knows nothing, in some blocks and not in others."""
    cuts = Intervals.from_density(optimal_density(COS6), m)
    rng = np.random.default_rng(m)
    assert_equal(cuts, np.concatenate([rng.choice(cuts.edges, BLOCK), rng.random(BLOCK), rng.choice(cuts.edges, 99)]))


def test_one_look_up_serves_where_few_inputs_share_a_cell_with_an_edge():
    cuts, flag, out = Intervals([0, 0.1, 0.3, 0.35, 1]), np.empty(1000, bool), np.empty(1000)
    guide = cuts._fine_guide
    for x, few in (np.random.default_rng(0).random(1000), True), (np.repeat(cuts.edges[1:], 250), False):
        assert Reader(guide, np.arange(4.0))._plain(x, guide.cell(x), flag, out) == few


@pytest.mark.parametrize("m, n, fine", [(64, BLOCK, True), (65, BLOCK, False), (64, BLOCK - 1, False)])
def test_a_fine_table_is_made_for_few_regions_and_many_inputs(m, n, fine):
    """Of 4096 cells all but one in 64 hold no edge then; one column of values is read from it, without the regions."""
    cuts, x = Intervals(np.linspace(0, 1, m + 1) ** 2), np.random.default_rng(0).random(n)
    wanted = cuts.route(x)
    cuts._routed = None
    assert np.array_equal(cuts.look_up(np.arange(m), x), wanted)
    assert ("_fine_guide" in vars(cuts)) == fine


@pytest.mark.parametrize("first", [0, 500, 875])
def test_sorted_inputs_in_few_regions_are_cut_by_the_edges(first):
    """Wherever these lie: below an eighth as many regions as inputs, and not from there on."""
    cuts, asked, out = Intervals.uniform(1000), [], np.empty(800)
    guide = Guide(cuts.edges)
    guide.cell = lambda *arguments: asked.append(1) or Guide.cell(guide, *arguments)
    for last, few in (first + 99, True), (first + 100, False):
        x = np.sort(np.r_[first / 1000, np.random.default_rng(0).uniform(first, last, 798) / 1000, (last + 0.5) / 1000])
        assert Reader(guide, np.arange(1000.0))(x, out) and np.array_equal(out, cuts.route(x))
        assert bool(asked) != few


ANY_EDGES = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=30, unique=True)


@settings(max_examples=500, deadline=None)
@given(ANY_EDGES.map(sorted), st.booleans())
@example([-1.7e308, -1.0, 1e-300, 1.0, 1.6e308, 1.7e308], False)
@example([-1e-323, 0.0, 5e-324, 1.5e-323], False)
@example([1e300, float(np.nextafter(1e300, np.inf)), 1.0000001e300], False)
@example([-1 - 2**-52, -1.0, -1 + 2**-53, -1 + 2**-52], False)
def test_any_edges(edges, in_order):
    """Subnormal gaps, ranges beyond the largest float: the edges are hypothesis's choice."""
    with np.errstate(over="ignore"):
        cuts = Intervals(edges)
        x = np.concatenate([edges, np.nextafter(edges, -np.inf), np.nextafter(edges, np.inf), [0.0, -0.0]])
    x = x[(x >= edges[0]) & (x <= edges[-1])]
    assert_equal(cuts, np.sort(x) if in_order else x)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([2, 3, 50, 700]), st.sampled_from([1.0, 1e-9, 1e6, 7e300, 1e-300]),
       st.sampled_from([0.0, -0.5, 1e5]), st.sampled_from([1, 5, 40]))
def test_edges_with_tight_gaps(seed, m, width, start, power):
    """Gaps over up to hundreds of decades: cells with several edges fall to searchsorted."""
    rng = np.random.default_rng(seed)
    edges = np.unique(width * (start + np.concatenate([[0, 1], rng.random(m - 1) ** power])))
    assert_equal(Intervals(edges), probes(edges, rng))


def test_a_crowd_of_neighbouring_floats():
    edges = np.concatenate([[0], np.nextafter(0.5, 1) + np.arange(40) * 2.0**-52, [0.75, 1]])
    cuts = Intervals(edges)
    assert cuts._guide.crowded and cuts._guide.threshold.size <= 4097
    assert_equal(cuts, probes(edges, np.random.default_rng(0)))


@pytest.mark.parametrize("m", [1, 3, 1000, 8000])
@pytest.mark.parametrize("order", [lambda x: x, np.sort, lambda x: np.sort(x)[::-1],
                                   lambda x: np.concatenate([np.sort(x[:BIG // 2]), x])])
def test_orders(m, order):
    """Sorted blocks take another way than the others."""
    cuts = Intervals.from_density(optimal_density(COS6), m)
    assert_equal(cuts, order(np.random.default_rng(m).random(BIG)))


@pytest.mark.parametrize("x", [np.random.default_rng(0).random(BIG).astype(np.float32), np.tile([0, 1, 2, 3], 5000),
                               np.random.default_rng(0).random((5000, 3))[:, 1], np.arange(4000)[::-1] / 4000,
                               list(np.linspace(0, 3, 3000)), np.tile([True, False], 800)])
def test_inputs_of_other_types(x):
    values = np.arange(5.0)
    cuts = Intervals([-1, 0, 0.25, 0.7, 2, 3])
    assert np.array_equal(ZeroComputeMoE(cuts, values).predict(x), values[cuts.route(x)])


@pytest.mark.parametrize("n", [40, BIG])
@pytest.mark.parametrize("sort", [False, True])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1e-300, np.nextafter(1, 2)])
def test_refuses_as_the_readable_way_does(bad, n, sort):
    """The same words, the index counted from the start of x."""
    x = np.random.default_rng(0).random(n)
    x = np.sort(x) if sort else x
    cuts = Intervals([0, 0.1, 0.3, 0.35, 1])
    for i in (0, n // 2, n - 1):
        broken = x.copy()
        broken[i] = bad
        with pytest.raises(ValueError) as readable:
            cuts.route(broken)
        for fast in (partial(ZeroComputeMoE(cuts, np.ones(4)).predict, broken), partial(fit_experts, cuts, broken, x)):
            with pytest.raises(ValueError) as refusal:
                fast()
            assert str(refusal.value) == str(readable.value) and f"at index {i} of" in str(refusal.value)


@pytest.mark.parametrize("low, bad", [(0.1, 0.05), (0.1, -0.5), (0.1, -0.0), (-0.5, -0.75), (-0.5, 1.5), (0.1, 1.5)])
def test_refuses_what_lies_below_edges_that_do_not_start_at_0(low, bad):
    x = np.random.default_rng(0).uniform(max(low, 0.1), 1, BIG)
    cuts = Intervals([low, 0.1 + 1e-9, 0.3, 0.35, 1])
    assert np.array_equal(cuts.look_up(np.arange(4), x), cuts.route(x))
    x[BLOCK + 5] = bad
    for read in (partial(cuts.look_up, np.arange(4.0)), partial(fit_experts, cuts, y=x)):
        with pytest.raises(ValueError, match=rf"x must lie in .* at index {BLOCK + 5} of"):
            read(x=x)


def test_refuses_the_wrong_shape():
    for bad in (np.zeros((3000, 2)), np.float64(0.5), np.zeros((3000, 1))):
        with pytest.raises(ValueError, match=r"x must have shape \(n,\)"):
            ZeroComputeMoE(Intervals.uniform(4), np.ones(4)).predict(bad)


def test_out_may_be_the_inputs():
    cuts, x = Intervals([0, 0.1, 0.3, 0.35, 1]), np.random.default_rng(0).random(BIG)
    values = np.array([0.9, 0.2, 0.32, 0.05])
    wanted = values[cuts.route(x)]
    whole = x.copy()
    assert np.array_equal(ZeroComputeMoE(cuts, values).predict(whole, out=whole), wanted)
    shifted = np.append(x, 0)
    assert np.array_equal(ZeroComputeMoE(cuts, values).predict(shifted[:-1], out=shifted[1:]), wanted)


def peak(action):
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("cuts", [Intervals.uniform(64), Intervals(np.linspace(0, 1, 50) ** 2)])
def test_memory_does_not_grow_with_the_data(cuts, tmp_path):
    """`predict` into `out`, and learning from files of 4 and 12 blocks: the temporaries are those of one block."""
    used = []
    for n in (4 * BLOCK, 12 * BLOCK):
        x, y = (np.lib.format.open_memmap(tmp_path / name, "w+", shape=(n,)) for name in ("x.npy", "y.npy"))
        x[:], out = np.random.default_rng(0).random(n), np.empty(n)
        moe = ZeroComputeMoE(cuts, np.zeros(cuts.n_regions))
        used.append((peak(partial(moe.predict, x, out=out)), peak(partial(RunningExperts(cuts).update, x, y))))
    assert np.abs(np.subtract(*used)).max() < 100_000 and np.max(used) < 80 * BLOCK
