"""Figures of the chapter on one dimension (Section 4). They draw; the chapter computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.density import optimal_density
from zcmoe.experts import best_experts
from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, FORMULA, INPUTS

if TYPE_CHECKING:
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Intervals

__all__ = ["error_curves", "ingredients", "predictor"]

_WIDTH = 5.6  # inches: legible when a phone halves it
GRID = np.linspace(0.0005, 0.9995, 1000)


def ingredients(problem: Problem) -> tuple[Figure, str]:
    """Panels (a)–(d) of Figs. 1 and 2: β, p, p β'² and λ*.

    Returns
    -------
    figure, alt text
    """
    weight, density = problem.weight(GRID), optimal_density(problem).pdf(GRID)
    fig, axes = plt.subplots(2, 2, sharex=True, figsize=(_WIDTH, 4.4))
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
    """Panels (e)–(g) of Figs. 1 and 2: β, the best predictor, and the cuts as red marks.

    Returns
    -------
    figure, alt text
    """
    moe = best_experts(problem, segmentation)
    fig, ax = plt.subplots(figsize=(_WIDTH, 3.6))
    _steps(ax, problem, segmentation, moe.constants)
    ax.plot(segmentation.edges, np.full(segmentation.edges.size, -1.25), "|", color="red", markersize=11,
            markeredgewidth=1.5, clip_on=False, label="cuts $a_i$")
    ax.set(xlabel="$x$", ylabel="$y$", ylim=(-1.25, 1.15))
    ax.legend(loc="upper right", ncols=3, bbox_to_anchor=(1, 1.16))
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

    Returns
    -------
    figure, alt text
    """
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(_WIDTH, 5.2))
    top.plot(m, empirical, color=BETA, label="5000 examples")
    top.plot(m, formula, color=FORMULA, linestyle=":", linewidth=2.5, label="formula (23)")
    top.axhline(variance, color=EDGES, linewidth=1, label="$σ^2$")
    top.set(ylabel="test error", ylim=(0, 0.6), title="(h)")
    top.legend(loc="upper right")
    bottom.loglog(m, exact - variance, color=EXACT, label="exact")
    bottom.loglog(m, formula - variance, color=FORMULA, linestyle=":", linewidth=2.5, label="formula (23)")
    bottom.set(xlabel="number of experts $m$", ylabel="excess", title="without noise")
    bottom.legend(loc="upper right")
    worst = np.max(np.abs(exact / formula - 1)[np.asarray(m) > 10])
    return fig, (f"Test error against the number of experts from {m[0]} to {m[-1]}: the mean over 5000 drawn examples "
                 f"follows formula (23) down to the noise variance {variance:.4f}. Beyond 10 experts the exact error "
                 f"is within {100 * worst:.1f} percent of the formula.")


def _steps(ax, problem, segmentation, constants):
    ax.plot(GRID, problem.beta(GRID), color=BETA, label="$β$")
    ax.stairs(constants, segmentation.edges, baseline=None, color=EXPERTS, linewidth=2, label="experts")
    ax.set(xlim=(0, 1), ylabel="$y$")
