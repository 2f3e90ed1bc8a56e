"""Routing and predicting with interval segmentations"""

import numpy as np
from scipy import stats

from zcmoe import Intervals, Problem, ZeroComputeMoE, optimal_density

from . import compare, optional

NOTES = {  # what decides where a target is missed
    16: "Three passes over a block for equal regions, a check of its range among them; the copy is one, so a machine "
        "whose memory is fast for its processor sees a larger ratio to it.",
    1024: "How many times faster depends on the binary search, which takes 5 to 9 ns a step; we take the time of two "
          "copies or three.",
    65536: "The tables (0.5 MB for equal regions, 3 MB for a compander's) leave the second-level cache: "
           "the figures follow the third level, and what else is using it.",
}


def compander(m):
    """The segmentation of the running example: λ* of cos 6πx under a truncated normal law."""
    inputs = stats.truncnorm(-2, 3, loc=0.4, scale=0.2)
    problem = Problem(lambda x: np.cos(6 * np.pi * x), inputs, stats.uniform(-0.5, 1))
    return Intervals.from_density(optimal_density(problem), m)


def _tree(cuts, constants):
    """A regression tree with the same leaves: fitted to both sides of each edge."""
    if not optional("sklearn"):
        return None
    from sklearn.tree import DecisionTreeRegressor

    step = np.diff(cuts.edges) / 16
    x = np.concatenate([cuts.edges[:-1] + step, cuts.edges[1:] - step])
    return DecisionTreeRegressor(max_leaf_nodes=max(2, cuts.n_regions)).fit(x[:, None], np.tile(constants, 2))


def _binner(cuts):
    """KBinsDiscretizer with our edges."""
    if not optional("sklearn"):
        return None
    from sklearn.preprocessing import KBinsDiscretizer

    binner = KBinsDiscretizer(cuts.n_regions, encode="ordinal", strategy="uniform", subsample=None)
    binner.fit(cuts.edges[[0, -1]][:, None])
    binner.bin_edges_ = np.array([cuts.edges], dtype=object)
    return binner


def rows(quick=False, rounds=7):
    n, sizes = (20_000, (16,)) if quick else (10_000_000, (16, 1024, 65536))
    rng = np.random.default_rng(0)
    x, out = rng.random(n), np.empty(n)
    edges = np.empty(n)

    def table(cuts, x, task, targets, note="", sklearn=True):
        constants = rng.normal(size=cuts.n_regions)
        moe, part = ZeroComputeMoE(cuts, constants), x[:n // 10, None]
        assert np.array_equal(moe.predict(x), constants[cuts.route(x)])
        peers = {"np.searchsorted + take": lambda: np.take(
            constants, np.searchsorted(cuts.edges[1:-1], x, side="right"), out=out, mode="clip")}
        if sklearn:
            tree, binner = _tree(cuts, constants), _binner(cuts)
            peers["KBinsDiscretizer + take"] = binner and (
                lambda: constants[binner.transform(part)[:, 0].astype(np.intp)])
            peers["DecisionTreeRegressor"] = tree and (lambda: tree.predict(part))
        else:
            peers["np.interp (lines, not steps)"] = lambda: np.interp(x, cuts.edges[:-1], constants)
        return compare(task, lambda: moe.predict(x, out=out), peers, lambda: np.copyto(edges, x), targets,
                       note, rounds, tenth=("KBinsDiscretizer + take", "DecisionTreeRegressor"))

    for m in sizes:
        targets = {"np.searchsorted + take": f">= {9 if m < 1024 else 22} x, <= {4 if m <= 1024 else 6} x copy"}
        yield from table(Intervals.uniform(m), x, f"predict, {m} equal regions", targets, NOTES.get(m, ""))
    if not quick:
        yield from table(Intervals.uniform(1000), x, "predict, 1000 equal regions", {},
                         "1000 · fl(i/1000) is not always i in floating point: this goes the way of unequal regions.")
    for m in sizes:
        ahead, tree = {16: (4, 3), 1024: (12, 8), 65536: (12, None)}[m]
        targets = {"np.searchsorted + take": f">= {ahead} x, <= {8 if m <= 1024 else 14} x copy"}
        if tree:
            targets["DecisionTreeRegressor"] = f">= {tree} x"
        yield from table(compander(m), x, f"predict, {m} compander regions", targets, NOTES.get(m, ""))
    x = np.sort(x)
    for m in sizes:
        yield from table(compander(m), x, f"predict sorted inputs, {m} compander regions", {}, sklearn=False)
