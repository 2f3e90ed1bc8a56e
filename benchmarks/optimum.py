"""Optimal intervals: programmes for sorted values and for any values, against their peers, losses compared."""

import time
import tracemalloc

import numpy as np
from scipy import stats

from zcmoe import Intervals, Problem, optimal_density
from zcmoe.optimum import optimal_intervals, optimal_partition

from ._timing import interleaved


def loss(values, edges):
    """Mean squared deviation from the means of the runs between `edges`."""
    runs = np.split(values, edges[1:-1])
    return sum(((run - run.mean()) ** 2).sum() for run in runs) / values.size


def from_labels(labels):
    """Edges of runs of equal labels."""
    return np.r_[0, np.flatnonzero(np.diff(labels)) + 1, len(labels)]


def compare(task, values, ours, peers, least, rounds):
    """Rows of one task: a dict of peers, each a function from nothing to edges; `least` of the ratio, by peer."""
    seconds = interleaved({"ours": ours, **peers}, rounds)
    best = loss(values, ours())
    for name, peer in peers.items():
        ratio, gap = seconds[name] / seconds["ours"], best - loss(values, peer())
        yield {
            "task": task,
            "ours": seconds["ours"],
            "peer": name,
            "ratio": ratio,
            "target": f">= {least[name]} x, loss gap <= 1e-12" if name in least else "",
            "met": ratio >= least[name] and gap <= 1e-12 if name in least else None,
            "limit": None,
            "note": f"loss minus that of {name}: {gap:.1e}",
        }


def many_regions(m):
    """Row of the exact optimum for a β that is not monotone: seconds of a processor and megabytes at the peak."""
    problem = Problem(lambda x: np.cos(6 * np.pi * x), stats.uniform(), None)
    start = time.process_time()
    optimal_intervals(problem, m)
    seconds = time.process_time() - start
    tracemalloc.start()  # slows it down: a run of its own
    optimal_intervals(problem, m)
    megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return {
        "task": f"optimal intervals, non-monotone β, m = {m}",
        "ours": seconds,
        "peer": "",
        "ratio": None,
        "target": "10 s and 300 MB",
        "met": seconds <= 10 and megabytes <= 300,
        "limit": None,
        "note": f"{seconds:.1f} s of one processor, {megabytes:.0f} MB at the peak",
    }


def compander(m):
    """Row of the compander's edges: seconds of a processor, and how far G(g(q)) is from q at a thousand of them."""
    problem = Problem(lambda x: np.cos(6 * np.pi * x), stats.truncnorm(-2, 3, 0.4, 0.2), None)
    density, start = optimal_density(problem), time.process_time()
    edges = Intervals.from_density(density, m).edges
    seconds, some = time.process_time() - start, np.linspace(0, m, 1001).astype(int)
    miss = np.abs(density.cdf(edges[some]) - some / m).max()
    return {
        "task": f"edges of the compander, m = {m}",
        "ours": seconds,
        "peer": "",
        "ratio": None,
        "target": "2 s, 1e-10 off",
        "met": bool(seconds <= 2 and miss <= 1e-10),
        "limit": None,
        "note": f"{seconds:.2f} s of one processor, G(g(q)) is off by at most {miss:.1e}",
    }


def rows(rounds=7, quick=False):
    """Yield the rows of `make bench`; `ours` is seconds, `ratio` peer time over ours."""
    import ckwrap
    import kmeans1d
    import ruptures
    from sklearn.tree import DecisionTreeRegressor

    m = 64
    for n, least in [(10_000, 2.5), (100_000, 6)]:
        x = (np.arange(n) + 0.5) / n
        values, weights = np.exp(x), np.ones(n)
        peers = {
            "ckwrap": lambda v=values: from_labels(ckwrap.ckmeans(v, m).labels),
            "kmeans1d": lambda v=values: from_labels(kmeans1d.cluster(v, m).clusters),
        }
        yield from compare(f"monotone β, n = {n}, m = {m}", values,
                           lambda v=values, w=weights: optimal_partition(v, w, m, banded=True), peers,
                           {"ckwrap": least}, rounds)

    n, m = 2500, 32
    x = (np.arange(n) + 0.5) / n
    values = np.cos(6 * np.pi * x) + np.random.default_rng(0).uniform(-0.5, 0.5, n)
    tree = DecisionTreeRegressor(max_leaf_nodes=m)
    kernel = ruptures.KernelCPD("linear", min_size=1)
    peers = {
        "ruptures KernelCPD": lambda: np.r_[0, kernel.fit(values).predict(n_bkps=m - 1)],
        "sklearn tree (greedy)": lambda: from_labels(tree.fit(x[:, None], values).apply(x[:, None])),
    }
    yield from compare(f"noisy data, n = {n}, m = {m}", values, lambda: optimal_partition(values, np.ones(n), m),
                       peers, {}, rounds)
    yield many_regions(100 if quick else 1000)
    yield compander(10_000 if quick else 1_000_000)
