"""Regions of the plane: exact moments of Voronoi cells, and the cells of a lattice."""

import sys
import time

import numpy as np
from scipy import stats
from scipy.spatial import Voronoi as Diagram

from zcmoe import Independent, LatticeCells, Problem, Voronoi, region_moments


def peak():
    """The process's largest size so far, in words: Windows does not tell it."""
    try:
        import resource
    except ImportError:
        return "an unknown size"
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit:.0f} MB since the benchmarks began"


def rows(quick=False):
    """Yield the rows of `make bench`: the peer only draws the diagram, of the centres and their mirror images."""
    m = 2000 if quick else 100_000
    centers = np.random.default_rng(0).random((m, 2))
    law = Independent(stats.truncnorm(-2, 3, 0.4, 0.2), stats.uniform())
    problem = Problem(lambda x: np.cos(6 * x[:, 0]) + x[:, 1] ** 2, law, None)
    mirrored = np.concatenate([centers, *[centers * (-1, 1) + (2 * k, 0) for k in (0, 1)],
                               *[centers * (1, -1) + (0, 2 * k) for k in (0, 1)]])
    seconds = {}
    for name, work in [("ours", lambda: region_moments(problem, Voronoi(centers))), ("peer", lambda: Diagram(mirrored)),
                       ("lattice", lambda: LatticeCells("A2", 0.02 if quick else 0.0035))]:
        start = time.process_time()
        work()
        seconds[name] = time.process_time() - start
        if name == "ours":
            size = peak()
    note = f"{seconds['ours']:.1f} s, {size}; the target is 20 s and 500 MB"
    yield {"task": f"moments of {m} plane Voronoi regions", "ours": seconds["ours"],
           "peer": "scipy's Voronoi, mirrored, no moments",
           "ratio": seconds["peer"] / seconds["ours"], "limit": None, "target": "", "note": note,
           "met": None if quick else seconds["ours"] <= 20}
    yield {"task": "cells of A2, scale 0.0035", "ours": seconds["lattice"], "peer": "none", "ratio": None,
           "limit": None,
           "target": "", "note": f"{seconds['lattice']:.1f} s"}
