"""Figures of the data model: regions, constants and what a test error is made of (Section 3).

`number` is what a figure is about: it stands above it, and the alt text ends with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, EDGES, EXACT, EXPERTS, INPUTS, UNIFORM, WIDTH

if TYPE_CHECKING:
    from zcmoe.experts import ZeroComputeMoE
    from zcmoe.problem import Problem

_X = (np.arange(600) + 0.5) / 600  # open cells only: β may be infinite at 0 and 1


def predictor(problem: Problem, moe: ZeroComputeMoE, number: str) -> tuple[Figure, str]:
    """Draw β, from -1 to e, the intervals and their constants; below them the inputs' density.

    No choice moves the axes.
    """
    fig, (top, strip) = plt.subplots(2, sharex=True, figsize=(WIDTH, 4.7), height_ratios=[3, 1])
    _experts(top, problem, moe, (-1.2, 2.8))
    words(top, {"β": BETA, "constants": EXPERTS})
    strip.fill_between(_X, problem.inputs.pdf(_X), color=INPUTS, alpha=0.5, lw=0)
    strip.set(ylim=(0, 2.2), yticks=[], xticks=[0, 0.5, 1])
    words(strip, {"inputs": INPUTS})
    readout(fig, number)
    return fig, f"The curve β and the constants of {moe.segmentation.n_regions} regions of [0, 1]. {number}."


def decomposition(problem: Problem, moe: ZeroComputeMoE, best: ZeroComputeMoE, parts: dict[str, float],
                  limit: float) -> tuple[Figure, str]:
    """Draw constants beside the best ones on the same intervals, |β| ≤ 1, and the parts of the test error as one bar.

    Parameters
    ----------
    parts : dict
        The three summands of the test error (7), by name.
    limit : float
        Where the axis of errors ends.
    """
    fig, (top, bar) = plt.subplots(2, figsize=(WIDTH, 4.8), height_ratios=[3, 0.7])
    _experts(top, problem, moe, (-1.8, 1.8))
    edges = moe.segmentation.edges
    top.hlines(best.constants, edges[:-1], edges[1:], color=EXACT, lw=1, ls=":", label="best constants")
    words(top, {"β": BETA, "constants in use": EXPERTS, "the best": EXACT})
    left = 0.0
    colors = dict(zip(parts, [EDGES, INPUTS, EXPERTS], strict=True))
    for name, value in parts.items():
        bar.barh(0, value, left=left, color=colors[name], label=name)
        left += value
    bar.set(xlim=(0, limit), yticks=[], xticks=np.linspace(0, limit, 4))
    words(bar, colors)
    readout(fig, f"{left:.4f}  test error")
    summands = ", ".join(f"{name} {value:.4f}" for name, value in parts.items())
    return fig, f"Constants beside the best ones, and a bar of the test error: {summands}; together {left:.4f}."


def pieces(problem: Problem, moe: ZeroComputeMoE, number: str) -> tuple[Figure, str]:
    """Draw β, |β| ≤ 1, and the answers; below them a row for each expert of any region, filled where it answers."""
    at = moe.segmentation.route(_X)
    ends = np.flatnonzero(np.diff(at)) + 1
    runs = np.split(np.arange(_X.size), ends)
    fig, (top, rows) = plt.subplots(2, sharex=True, figsize=(WIDTH, 4.6), height_ratios=[2, 1])
    top.plot(_X, problem.beta(_X), color=BETA)
    half = 0.5 / _X.size
    for run in runs:
        left, right = _X[run[0]] - half, _X[run[-1]] + half
        top.hlines(moe.constants[at[run[0]]], left, right, color=EXPERTS, lw=3)
        rows.barh(at[run[0]], right - left, left=left, height=0.8, color=EXPERTS, alpha=0.7)
    top.set(xlim=(0, 1), ylim=(-1.2, 1.2), yticks=[-1, 0, 1])
    m = moe.segmentation.n_regions
    rows.set(ylim=(-0.6, m - 0.4), yticks=[], xticks=[0, 0.5, 1])
    words(top, {"β": BETA, "constants": EXPERTS})
    words(rows, {"where each expert answers": EXPERTS})
    readout(fig, number)
    return fig, f"The curve β and {m} constants, whose regions have {len(runs)} pieces together. {number}."


def excess_by_experts(excess: ArrayLike, chain: Sequence[int], most: int) -> tuple[Figure, str]:
    """Draw the excess of m = 1, 2, … experts on equal regions, and a chain of refinements.

    Parameters
    ----------
    excess : array_like
        For m = 1, 2, …
    chain : list of int
        Values of m, each a multiple of the one before.
    most : int
        Where the axis of m ends.
    """
    excess = np.asarray(excess)
    m = np.arange(1, len(excess) + 1)
    chain = [k for k in chain if k <= m[-1]]
    fig, ax = plt.subplots(figsize=(WIDTH, 4.2))
    ax.plot(m, excess, "o-", color=UNIFORM, ms=4, lw=1)
    ax.plot(chain, excess[np.array(chain, dtype=int) - 1], "s", color=EXPERTS, ms=7)
    ax.set(yscale="log", xlabel="experts m", xlim=(0, most + 1), ylim=(1.5e-4, 1), yticks=[0.001, 0.01, 0.1, 1])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    words(ax, {"excess of equal regions": UNIFORM, f"m = {', '.join(map(str, chain))}": EXPERTS})
    readout(fig, f"{excess[-1]:.4f}  excess of {m[-1]}")
    values = ", ".join(f"{excess[i - 1]:.4f} at m = {i}" for i in chain)
    return fig, f"Excess of the best constants on 1 to {m[-1]} equal regions; along a chain of refinements {values}."


def _experts(ax, problem, moe, heights):
    edges = moe.segmentation.edges
    ax.vlines(edges, 0, 1, transform=ax.get_xaxis_transform(), color=EDGES, lw=0.6)
    ax.plot(_X, problem.beta(_X), color=BETA)
    ax.hlines(moe.constants, edges[:-1], edges[1:], color=EXPERTS, lw=3, label="constants")
    ax.set(xlim=(0, 1), ylim=heights, xticks=[0, 0.5, 1], yticks=range(-1, int(heights[1]) + 1))


def words(ax: Axes, colors: dict[str, str]) -> None:
    """Say above the axes, one after another, what has which colour: each word in its own."""
    last = None
    for word, color in colors.items():
        at: dict[str, Any] = ({"xy": (0, 1.02), "xycoords": "axes fraction"} if last is None
                              else {"xy": (1, 0), "xycoords": last})
        last = ax.annotate(word, xytext=(0 if last is None else 12, 0), textcoords="offset points", color=color,
                           va="bottom", **at)


def readout(fig: Figure, text: str) -> None:
    """Say the figure's number above everything, in its largest letters."""
    fig.suptitle(text, x=0.01, ha="left", fontsize=14, fontweight="bold")
