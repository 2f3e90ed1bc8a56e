"""Figures of the data model: regions, constants and what a test error is made of (Section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, INPUTS, UNIFORM

if TYPE_CHECKING:
    from zcmoe.experts import ZeroComputeMoE
    from zcmoe.problem import Problem

_X = (np.arange(600) + 0.5) / 600  # open cells only: β may be infinite at 0 and 1
_WIDTH = 5.6  # inches: legible when a phone halves it


def predictor(problem: Problem, moe: ZeroComputeMoE, title: str, density: Any = None) -> tuple[Figure, str]:
    """Draw β, the regions and their constants; below them the inputs' density.

    Parameters
    ----------
    problem : Problem
        With d = 1.
    moe : ZeroComputeMoE
        Over intervals.
    title : str
        What the figure says, with its numbers; the alt text ends with it.
    density : optional
        A segment density, drawn beside that of the inputs.

    Returns
    -------
    matplotlib.figure.Figure
    str
        The alt text.
    """
    fig, (top, strip) = plt.subplots(2, sharex=True, figsize=(_WIDTH, 4.3), height_ratios=[3, 1])
    _experts(top, problem, moe)
    top.set_title(title)
    strip.fill_between(_X, problem.inputs.pdf(_X), color=INPUTS, alpha=0.5, lw=0, label="inputs p(x)")
    if density is not None:
        strip.plot(_X, density.pdf(_X), color=DENSITY, label="experts λ(x)")
    strip.set(ylim=(0, None), xlabel="input x", ylabel="density")
    _legend(fig, 4)
    return fig, f"The curve β and the constants of {moe.segmentation.n_regions} regions of [0, 1]. {title}."


def decomposition(problem: Problem, moe: ZeroComputeMoE, best: ZeroComputeMoE, parts: dict[str, float],
                  limit: float) -> tuple[Figure, str]:
    """Draw constants beside the best ones, and the parts of the test error as one bar.

    Parameters
    ----------
    problem : Problem
    moe, best : ZeroComputeMoE
        With the constants in question, and with the best ones for the same regions.
    parts : dict
        The summands of the test error (7), by name.
    limit : float
        Where the axis of errors ends.

    Returns
    -------
    matplotlib.figure.Figure
    str
    """
    fig, (top, bar) = plt.subplots(2, figsize=(_WIDTH, 4.6), height_ratios=[3, 0.7])
    _experts(top, problem, moe)
    edges = moe.segmentation.edges
    top.hlines(best.constants, edges[:-1], edges[1:], color=EXACT, lw=1, ls=":", label="best constants")
    top.set_xlabel("input x")
    left = 0.0
    for (name, value), color in zip(parts.items(), [EDGES, INPUTS, EXPERTS], strict=True):
        bar.barh(0, value, left=left, color=color, label=name)
        left += value
    bar.set(xlim=(0, limit), yticks=[], xlabel="test error (squared units of y)")
    title = " + ".join(f"{value:.4f}" for value in parts.values()) + f" = {left:.4f}"
    bar.set_title(title)
    _legend(fig, 3)
    summands = ", ".join(f"{name} {value:.4f}" for name, value in parts.items())
    return fig, f"Constants beside the best ones, and a bar of the test error: {summands}; together {left:.4f}."


def excess_by_experts(excess: ArrayLike, chain: Sequence[int]) -> tuple[Figure, str]:
    """Draw the excess of m = 1, 2, … experts on equal regions, and a chain of refinements.

    Parameters
    ----------
    excess : array_like
        For m = 1, 2, …
    chain : list of int
        Values of m, each a multiple of the one before.

    Returns
    -------
    matplotlib.figure.Figure
    str
    """
    excess = np.asarray(excess)
    m = np.arange(1, len(excess) + 1)
    fig, ax = plt.subplots(figsize=(_WIDTH, 3.6))
    ax.plot(m, excess, "o-", color=UNIFORM, ms=4, lw=1, label="equal regions")
    ax.plot(chain, excess[np.array(chain) - 1], "s", color=EXPERTS, ms=8, label=f"m = {', '.join(map(str, chain))}")
    ax.set(yscale="log", xlabel="number of experts m", ylabel="excess (squared units of y)")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    _legend(fig, 2)
    values = ", ".join(f"{excess[i - 1]:.4f} at m = {i}" for i in chain)
    return fig, f"Excess of the best constants on m equal regions, not always falling with m: {values}."


def _experts(ax, problem, moe):
    edges = moe.segmentation.edges
    ax.vlines(edges, 0, 1, transform=ax.get_xaxis_transform(), color=EDGES, lw=0.6)
    ax.plot(_X, problem.beta(_X), color=BETA, label="β(x)")
    ax.hlines(moe.constants, edges[:-1], edges[1:], color=EXPERTS, lw=3, label="constants")
    ax.set(xlim=(0, 1), ylabel="output y")


def _legend(fig, columns):
    fig.legend(loc="outside lower center", ncols=columns, columnspacing=1.2, handlelength=1.5)
