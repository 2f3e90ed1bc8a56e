"""Figures of the chapter on one dimension (Section 4). They draw; the chapter computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.density import optimal_density
from zcmoe.errors import high_rate_coefficient
from zcmoe.experts import best_experts
from zcmoe.moments import region_moments
from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, FORMULA, INPUTS, UNIFORM

if TYPE_CHECKING:
    from zcmoe.density import SegmentDensity
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Intervals

__all__ = ["convergence", "equal_error", "error_curves", "hoelder", "ingredients", "predictor"]

_WIDTH = 5.6  # inches: legible when a phone halves it
GRID = np.linspace(0.0005, 0.9995, 1000)


def equal_error(problem: Problem, segmentation: Intervals) -> tuple[Figure, str]:
    """A bar a region, as high as its error P_i v_i, beside the common height Z³/(12 m³).

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals

    Returns
    -------
    figure, alt text
    """
    m, edges = segmentation.n_regions, segmentation.edges
    moments = region_moments(problem, segmentation)
    share = moments.probability * moments.variance
    level = high_rate_coefficient(problem) / m**3
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(_WIDTH, 4.4), height_ratios=[1, 1.6])
    _steps(top, problem, segmentation, moments.mean)
    bottom.bar(edges[:-1], share, np.diff(edges), align="edge", color=EXPERTS, alpha=0.75, edgecolor="white")
    bottom.axhline(level, color=FORMULA, linestyle="--", label="$Z^3/(12m^3)$")
    bottom.set(xlabel="$x$", ylabel="error of the region", xlim=(0, 1), ylim=(0, max(share.max(), level) * 1.3))
    bottom.ticklabel_format(axis="y", style="sci", scilimits=(-2, 2))
    bottom.legend(loc="upper right")
    total = share.sum()
    top.set_title(f"m = {m}: excess {total:.5f}")
    return fig, (f"Above, β and the best predictor with {m} experts; below, a bar a region with its share of the "
                 f"error. The shares lie between {share.min():.2g} and {share.max():.2g} and add up to {total:.5f}; "
                 f"the common height at the optimum is {level:.2g}.")


def hoelder(problem: Problem, density: SegmentDensity, power: float, powers: ArrayLike,
            ratios: ArrayLike) -> tuple[Figure, str]:
    """A density λ ∝ w^s beside λ*, and how far Hölder's inequality is from equality there.

    Parameters
    ----------
    problem : Problem
    density : SegmentDensity
    power : float
        s, one of `powers`.
    powers, ratios : array_like, shape (k,)
        The curve: ∫ w/λ² over (∫ w^(1/3))³ for each s.

    Returns
    -------
    figure, alt text
    """
    ratio = np.interp(power, powers, ratios)
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(_WIDTH, 5), height_ratios=[1.3, 1])
    top.fill_between(GRID, optimal_density(problem).pdf(GRID), color=DENSITY, alpha=0.3, linewidth=0, label="$λ^*$")
    top.plot(GRID, density.pdf(GRID), color=EXPERTS, label=f"$λ ∝ w^s$, s = {power:.2f}")
    top.set(xlabel="$x$", ylabel="segment density", xlim=(0, 1), ylim=(0, 3.4))
    top.legend(loc="upper right")
    bottom.plot(powers, ratios, color=EXACT)
    bottom.plot([power], [ratio], "o", color=EXPERTS, markersize=9)
    bottom.axvline(1 / 3, color=DENSITY, linestyle=":")
    bottom.annotate("s = 1/3", (1 / 3, 1.85), color=DENSITY, xytext=(4, 0), textcoords="offset points")
    bottom.set(xlabel="power $s$", ylabel="$∫wλ^{-2} \\; / \\; (∫w^{1/3})^3$", ylim=(0.9, 2))
    bottom.set_title(f"{ratio:.3f}")
    return fig, (f"Above, the density proportional to w to the power {power:.2f} and the optimal one. Below, the ratio "
                 f"of the two sides of Hölder's inequality against the power: {ratio:.3f} here, 1 at one third.")


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


def convergence(problem: Problem, cuts: dict[str, Intervals], m: ArrayLike, excess: dict[str, ArrayLike],
                constant: float) -> tuple[Figure, str]:
    """The predictors of two segmentations, and m² times the excess over the constant of (23).

    Parameters
    ----------
    problem : Problem
    cuts : dict of str to Intervals
        "exact optimum" and "compander" for one of the m, which is marked below.
    m : array_like, shape (k,)
    excess : dict of str to array_like, shape (k,)
        For "exact optimum", "compander" and "equal cuts".
    constant : float
        A*, the limit of m² times the minimal excess.

    Returns
    -------
    figure, alt text
    """
    look = {"exact optimum": (EXACT, "o-"), "compander": (EXPERTS, "s-"), "equal cuts": (UNIFORM, "^-")}
    m, at = np.asarray(m), cuts["compander"].n_regions
    fig, (top, ax) = plt.subplots(2, 1, figsize=(_WIDTH, 5.6), height_ratios=[1, 1.5])
    top.plot(GRID, problem.beta(GRID), color=BETA)
    for name, segmentation in cuts.items():
        top.stairs(best_experts(problem, segmentation).constants, segmentation.edges, baseline=None,
                   color=look[name][0], linewidth=1.6)
    top.set(xlim=(0, 1), xlabel="$x$", ylabel="$y$", title=f"m = {at}")
    for name, values in excess.items():
        ax.loglog(m, np.asarray(values) * m**2 / constant, look[name][1], color=look[name][0], label=name)
    ax.axhline(1, color=FORMULA, linestyle="--", label="formula (23)")
    ax.axvline(at, color=EDGES, linewidth=1)
    ax.set(xlabel="number of experts $m$", ylabel="$m^2$ excess / $A^*$", ylim=(0.25, 26))
    ax.set_xticks(m, [str(k) for k in m])
    ax.set_yticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
    ax.minorticks_off()
    ax.legend(loc="upper right", ncols=2, fontsize="small")
    here = ", ".join(f"{name} {values[m == at][0] * at**2 / constant:.3f}" for name, values in excess.items())
    return fig, (f"Above, β with the best predictors of the exact optimum and of the compander at m = {at}. Below, "
                 f"excess over that of formula (23) against the number of experts. At {at} experts: {here}.")


def _steps(ax, problem, segmentation, constants):
    ax.plot(GRID, problem.beta(GRID), color=BETA, label="$β$")
    ax.stairs(constants, segmentation.edges, baseline=None, color=EXPERTS, linewidth=2, label="experts")
    ax.set(xlim=(0, 1), ylabel="$y$")
