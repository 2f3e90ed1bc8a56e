"""Regions of the plane: exact moments of Voronoi cells, and the cells of a lattice."""

import multiprocessing
import re
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.spatial import Voronoi as Diagram

from zcmoe import Independent, LatticeCells, Problem, Voronoi, region_moments


def centers(m):
    return np.random.default_rng(0).random((m, 2))


def ours(m):
    """Processor's seconds for all moments of m regions, and this process's megabytes."""
    law = Independent(stats.truncnorm(-2, 3, 0.4, 0.2), stats.uniform())
    problem = Problem(lambda x: np.cos(6 * x[:, 0]) + x[:, 1] ** 2, law, None)
    start = time.process_time()
    region_moments(problem, Voronoi(centers(m)))
    seconds = time.process_time() - start
    return seconds, peak()


def peak():
    """This process's megabytes at the peak; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # what `resource` says there begins with the parent's size
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="utf-8"))[1]) / 2**10
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def rows(quick=False):
    """Yield the rows of `make bench`; the peer only draws the diagram, of the centres and their mirror images."""
    m = 2000 if quick else 100_000
    # A process of its own, in whose size nothing else counts.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        seconds, megabytes = pool.submit(ours, m).result()
    mirrored = np.concatenate([centers(m), *[centers(m) * (-1, 1) + (2 * k, 0) for k in (0, 1)],
                               *[centers(m) * (1, -1) + (0, 2 * k) for k in (0, 1)]])
    peers = []
    for work in (lambda: Diagram(mirrored), lambda: LatticeCells("A2", 0.02 if quick else 0.0035)):
        start = time.process_time()
        work()
        peers.append(time.process_time() - start)
    yield {"task": f"moments of {m} plane Voronoi regions", "ours": seconds,
           "peer": "scipy's Voronoi, mirrored, no moments", "ratio": peers[0] / seconds, "limit": None,
           "target": "20 s and 500 MB", "met": None if quick else seconds <= 20 and megabytes <= 500,
           "note": f"{seconds:.1f} s; the process had {megabytes:.0f} MB at its largest, NumPy and SciPy with it"}
    yield {"task": "cells of A2, scale 0.0035", "ours": peers[1], "peer": "none", "ratio": None, "limit": None,
           "target": "", "note": f"{peers[1]:.1f} s"}
