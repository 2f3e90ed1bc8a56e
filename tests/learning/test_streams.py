"""Learning block by block, from files and from Dask."""

import numpy as np
import pytest
from pytest import approx

from settings import COS6, compander
from zcmoe import Boxes, Intervals, fit_experts
from zcmoe.learning import fit_dask, fit_stream, in_blocks


def test_streams_and_blocks_give_the_constants_of_the_whole(tmp_path, capsys):
    x, y = COS6.sample(5000, rng=1)
    y = y + 1e8
    for name, values in (("x", x), ("y", y)):
        np.save(tmp_path / f"{name}.npy", values)
    files = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "xy"]
    segmentation = compander(COS6, 32)
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


def test_blocks_are_large_unless_asked_otherwise():
    x = np.zeros(2**18 + 5)
    assert [len(block) for block, _ in in_blocks(x, x)] == [2**18, 5]


@pytest.mark.parametrize("call, message", [
    (lambda: list(in_blocks([1, 2], [1])), "same length"),
    (lambda: fit_stream(Intervals.uniform(2), []), "at least one example"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
