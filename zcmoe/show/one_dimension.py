"""Figures of the chapter on one dimension (Section 4). They draw; the chapter computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.density import optimal_density
from zcmoe.experts import best_experts
from zcmoe.show.model import readout, words
from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, FORMULA, INPUTS, UNIFORM, WIDTH

if TYPE_CHECKING:
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Intervals

GRID = np.linspace(0.0005, 0.9995, 1000)


def line_in_pieces(pieces: int) -> tuple[Figure, str]:
    """A line over [0, 1] with a constant for each of equal pieces, and the error of each, one piece being 1."""
    edges = np.linspace(0, 1, pieces + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    fig, (top, bottom) = plt.subplots(2, sharex=True, figsize=(WIDTH, 4.5), height_ratios=[2, 1])
    for a, b, c in zip(edges, edges[1:], middle, strict=False):
        top.fill_between([a, c, b], [a, c, b], c, color=EXPERTS, alpha=0.2, lw=0)
    top.plot([0, 1], [0, 1], color=BETA)
    top.stairs(middle, edges, baseline=None, color=EXPERTS, linewidth=2)
    top.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    words(top, {"a line": BETA, "constants": EXPERTS})
    bottom.bar(middle, pieces**-3.0, width=0.96 / pieces, color=EXPERTS, alpha=0.7)
    bottom.set(ylim=(0, 1), yticks=[0, 0.5, 1], xticks=[0, 0.5, 1])
    words(bottom, {"error of each piece": EXPERTS})
    readout(fig, f"{pieces**-2.0:.4f}  all pieces together")
    return fig, (f"A line with {pieces} constants; triangles between them. Each piece has an error "
                 f"of {pieces**-3.0:.6g}, all together {pieces**-2.0:.6g}, where the uncut line has 1.")


def offsets(m: ArrayLike, found: ArrayLike, predicted: float) -> tuple[Figure, str]:
    """How many regions more than m the formula needs for the error of the m best ones.

    Parameters
    ----------
    m, found : array_like, shape (k,)
    predicted : float
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 4.0))
    ax.axhline(predicted, color=FORMULA, linestyle="--")
    ax.plot(m, found, "o-", color=EXACT, linewidth=1)
    ax.set(xscale="log", xlabel="experts $m$", ylim=(-1, 4.5), yticks=range(5), xticks=[4, 8, 16, 32, 64])
    ax.xaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    words(ax, {"measured": EXACT, "rule": FORMULA})
    readout(fig, f"{found[-1]:+.2f}  at m = {m[-1]}")
    return fig, (f"Offset of the best cuts at m from {m[0]} to {m[-1]}: it reaches {found[-1]:+.2f}, beside a dashed "
                 f"line at {predicted:+.3f}.")


def compander(density: Any, m: int) -> tuple[Figure, str]:
    """The compressor G, and how its inverse turns equal steps on the left into cuts below.

    Parameters
    ----------
    density : distribution on [0, 1]
        With `cdf` and `ppf`.
    """
    steps = np.arange(1, m) / m
    cuts = density.ppf(steps)
    fig, ax = plt.subplots(figsize=(WIDTH, 4.4))
    ax.hlines(steps, 0, cuts, color=UNIFORM, linewidth=0.8)
    ax.vlines(cuts, 0, steps, color=EXPERTS, linewidth=0.8)
    ax.plot(cuts, np.zeros(m - 1), "|", color=EXPERTS, markersize=12, markeredgewidth=2, clip_on=False)
    ax.plot(GRID, density.cdf(GRID), color=DENSITY)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="$x$", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    words(ax, {"compressor $G$": DENSITY, "equal steps": UNIFORM, "cuts": EXPERTS})
    lengths = np.diff(np.concatenate([[0], cuts, [1]]))
    readout(fig, f"{lengths.min():.3f}  the shortest of {m} regions")
    return fig, (f"The compressor G rises from 0 to 1. {m - 1} lines at equal heights meet it above the cuts, whose "
                 f"regions are between {lengths.min():.3f} and {lengths.max():.3f} long.")


def ingredients(problem: Problem) -> tuple[Figure, str]:
    """Panels (a)–(d) of Figs. 1 and 2: β, p, p β'² and λ*."""
    weight, density = problem.weight(GRID), optimal_density(problem).pdf(GRID)
    fig, axes = plt.subplots(2, 2, sharex=True, figsize=(WIDTH, 4.6))
    for ax, name, values, color in zip(axes.flat, ["(a) $β$", "(b) $p_x$", r"(c) $p_x(β')^2$", "(d) $λ^*$"],
                                       [problem.beta(GRID), problem.inputs.pdf(GRID), weight, density],
                                       [BETA, INPUTS, EXACT, DENSITY], strict=True):
        ax.plot(GRID, values, color=color)
        ax.set_title(name)
        ax.set_xlim(0, 1)
    for ax in axes[1]:
        ax.set_xlabel("$x$")
    return fig, (f"Four panels over x: the function β, the inputs' density, their weight p β'² with a maximum of "
                 f"{weight.max():.0f}, and the optimal segment density with a maximum of {density.max():.2f}.")


def predictor(problem: Problem, segmentation: Intervals) -> tuple[Figure, str]:
    """Panels (e)–(g) of Figs. 1 and 2: β, the best predictor, and the cuts as red marks."""
    moe = best_experts(problem, segmentation)
    fig, ax = plt.subplots(figsize=(WIDTH, 4.6))
    ax.plot(GRID, problem.beta(GRID), color=BETA)
    ax.stairs(moe.constants, segmentation.edges, baseline=None, color=EXPERTS, linewidth=2)
    ax.plot(segmentation.edges, np.full(segmentation.edges.size, -1.25), "|", color="red", markersize=11,
            markeredgewidth=1.5, clip_on=False)
    ax.set(xlabel="$x$", xlim=(0, 1), ylim=(-1.25, 1.15), yticks=[-1, 0, 1])
    words(ax, {"β": BETA, "constants": EXPERTS, "cuts": "red"})
    lengths = np.diff(segmentation.edges)
    return fig, (f"β and the best predictor with {segmentation.n_regions} experts on the segmentation by the optimal "
                 f"density. Its regions are between {lengths.min():.3f} and {lengths.max():.3f} long.")


def error_curves(m: ArrayLike, exact: ArrayLike, formula: ArrayLike, empirical: ArrayLike,
                 variance: float) -> tuple[Figure, str]:
    """Panel (h) of Figs. 1 and 2, and below it the excess on logarithmic axes.

    Parameters
    ----------
    m : array_like, shape (k,)
    exact, formula, empirical : array_like, shape (k,)
        Test errors of the predictors of the compander segmentation: (14), (23), and the mean
        squared error over drawn test examples.
    variance : float
        σ².
    """
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(WIDTH, 4.6))
    top.plot(m, empirical, color=BETA)
    top.plot(m, formula, color=FORMULA, linestyle="--")
    top.axhline(variance, color=EDGES, linewidth=1)
    top.set(ylim=(0, 0.6), yticks=[0, 0.2, 0.4, 0.6])
    words(top, {"(h) test error of": EXACT, "5000 examples": BETA, "formula (23)": FORMULA, "σ²": EDGES})
    bottom.loglog(m, exact - variance, color=EXACT)
    bottom.loglog(m, formula - variance, color=FORMULA, linestyle="--")
    bottom.set(xlabel="experts $m$", ylim=(1e-4, 2), yticks=[1e-4, 1e-2, 1], xticks=[2, 5, 10, 20, 50, 100])
    bottom.xaxis.set_major_formatter("{x:g}")
    bottom.minorticks_off()
    words(bottom, {"excess, exact": EXACT, "formula (23)": FORMULA})
    worst = np.max(np.abs(exact / formula - 1)[np.asarray(m) > 10])
    return fig, (f"Test error against the number of experts from {m[0]} to {m[-1]}: the mean over 5000 drawn examples "
                 f"follows formula (23) down to the noise variance {variance:.4f}. Beyond 10 experts the exact error "
                 f"is within {100 * worst:.1f} percent of the formula.")
