"""Nearest lattice points against a k-d tree over the same centroids, and against copying the points."""

from functools import partial

import numpy as np
from scipy.spatial import cKDTree

from zcmoe.lattices import LATTICES

from ._timing import interleaved

COUNT = 65536  # centroids, and queries of the tree
MANY = 16 * COUNT  # more than a cache holds, so that the copy is a copy from memory


def centroids(lattice, rng):
    """The lattice points nearest to the origin, found in a cube of some three times as many cells."""
    side = (3 * COUNT * lattice.volume) ** (1 / lattice.dimension)
    found = set()
    while len(found) < 2 * COUNT:  # as lists of bytes: sorting rows takes longer than decoding them
        points = lattice.nearest(rng.uniform(-side / 2, side / 2, (MANY, lattice.dimension)))
        found.update(points.view(f"V{points.itemsize * lattice.dimension}").ravel().tolist())
    points = np.frombuffer(b"".join(found)).reshape(-1, lattice.dimension)
    return points[np.argsort((points**2).sum(axis=1))[:COUNT]]


def rows(rounds=7):
    """Yield the rows of `make bench`; `ours` is seconds, `ratio` peer time over ours for equally many points."""
    rng = np.random.default_rng(0)
    for name, most in [("A2", 25), ("A3*", 25), ("D4", None), ("E8", None)]:
        lattice = LATTICES[name]
        tree = cKDTree(centroids(lattice, rng))
        steps = rng.uniform(-0.5, 0.5, (MANY, lattice.dimension)) @ lattice.generator
        points = tree.data[rng.integers(COUNT, size=MANY)] + steps
        copy = np.empty_like(points)
        seconds = interleaved(
            {
                "ours": partial(lattice.nearest, points),
                "tree": partial(tree.query, points[:COUNT]),
                "copy": partial(np.copyto, copy, points),
            },
            rounds,
        )
        yield {
            "task": f"nearest point of {name}, n = {MANY}",
            "ours": seconds["ours"],
            "peer": f"cKDTree, {COUNT} centroids",
            "ratio": seconds["tree"] * (MANY / COUNT) / seconds["ours"],
            "target": f">= {20 if lattice.dimension < 4 else 30} x" + (f", <= {most} x copy" if most else ""),
            "limit": seconds["ours"] / seconds["copy"],
            "note": "the copy is of the same points, too many for a cache; the tree's time is that of its memory, ours "
                    "that of the processor, so that their ratio is a machine's own" if most else "",
        }
