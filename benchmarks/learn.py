"""Learning the constants, in memory and from files"""

import tempfile
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
from scipy.stats import binned_statistic

from zcmoe import Intervals, RunningExperts, fit_experts

from . import compare, optional
from .predict import compander

NOTES = {16: "Our time hardly depends on m; a peer's binary search among 16 edges takes four steps, among 1024 ten.",
         65536: "Tables and sums, 3 MB, leave the second-level cache; the figures follow the third level, "
                "and what else uses it."}

EQUAL = ("boost_histogram reads an example once and keeps it in a register; NumPy passes over a block of them four or "
         "five times. In a second-level cache that comes out level, or a little behind.")


def _peers(cuts, x, y, equal):
    edges, m, tenth = cuts.edges, cuts.n_regions, x.size // 10
    region = cuts.route(x)

    def numpy_means():
        bins = {"bins": m, "range": (0, 1)} if equal else {"bins": edges}
        with np.errstate(invalid="ignore"):
            return np.histogram(x, weights=y, **bins)[0] / np.histogram(x, **bins)[0]

    boost, pandas = optional("boost_histogram"), optional("pandas")
    if boost:
        axis = boost.axis.Regular(m, 0, 1) if equal else boost.axis.Variable(edges)
    return {
        "boost_histogram": boost and (lambda: boost.Histogram(axis, storage=boost.storage.Mean()).fill(x, sample=y)),
        "np.histogram, twice": numpy_means,
        "pandas groupby, routing not counted": pandas and (lambda: pandas.Series(y).groupby(region).mean()),
        "scipy binned_statistic": lambda: binned_statistic(x[:tenth], y[:tenth], "mean", edges),
    }


def _memory(n, m=1024):
    """Peak bytes while learning from two files of n float64: ours, and with both read and routed at once."""
    cuts = compander(m)
    cuts.look_up(np.zeros(m), np.zeros(1))  # its tables are made once, before the clock of memory starts
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("x.npy", "y.npy")]
        for seed, file in enumerate(files):
            np.save(file, np.random.default_rng(seed).random(n))

        def streamed():
            return RunningExperts(cuts).update(*(np.load(file, mmap_mode="r") for file in files))

        def in_core():
            x, y = map(np.load, files)
            region = cuts.route(x)
            return np.bincount(region, y, m) / np.maximum(np.bincount(region, minlength=m), 1)

        peaks = []
        for learn in (streamed, in_core):
            tracemalloc.start()
            learn()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    return peaks


def rows(quick=False, rounds=7):
    n, sizes = (20_000, (16,)) if quick else (10_000_000, (16, 1024, 65536))
    x, y = np.random.default_rng(0).random((2, n))
    for equal, name in ((True, "equal"), (False, "compander")):
        for m in sizes:
            cuts = Intervals.uniform(m) if equal else compander(m)
            ahead, most = ((0.8, 6) if m <= 1024 else (0.6, 10)) if equal else (
                (3.5 if m == 16 else 4), (15 if m <= 1024 else 25))
            targets = {"boost_histogram": f">= {ahead} x, <= {most} x ddot", "np.histogram, twice": ">= 4 x"}
            if equal:
                del targets["np.histogram, twice"]
            yield from compare(f"learn, {m} {name} regions", partial(fit_experts, cuts, x, y),
                               _peers(cuts, x, y, equal), lambda: x @ y, targets,
                               EQUAL if equal else NOTES.get(m, ""), rounds, tenth=["scipy binned_statistic"])
    (small, _), (ours, peer) = _memory(n // 10), _memory(n)
    running = RunningExperts(Intervals.uniform(1000))
    per_region = sum(part.nbytes for part in vars(running.sums).values() if part is not None) // 1000
    yield {"task": f"memory to learn from {16 * n / 1e6:g} MB in files", "ours": None, "peer": "read and route at once",
           "ratio": peer / ours, "limit": None, "target": "constant", "met": abs(ours - small) < 0.05 * small,
           "note": f"Memory, not time. Ours peaks at {ours / 2**20:.1f} MiB, and at {small / 2**20:.1f} MiB for a "
                   f"tenth of the data; read at once it is {peer / 2**20:.0f} MiB. "
                   f"What is kept is {per_region} bytes a region."}
