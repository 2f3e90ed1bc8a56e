"""Figures of the chapter on learning (Section 6). They draw; the chapter computes."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.model import readout, words
from zcmoe.show.style import BETA, EDGES, EXACT, FORMULA, INPUTS, UNIFORM, WIDTH


def approximation(m: ArrayLike, empirical: ArrayLike, formula: ArrayLike, exact: ArrayLike,
                  variance: float) -> tuple[Figure, str]:
    """Panel (c) of Figs. 3 and 4: the approximation error of uniform segmentation.

    Parameters
    ----------
    m : array_like, shape (k,)
    empirical, formula, exact : array_like, shape (k,)
        Mean over test examples, (21) with λ = 1, and (10).
    variance : float
        σ².
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 4.4))
    ax.axhline(variance, color=EDGES, linewidth=1)
    ax.plot(m, formula, color=FORMULA, linestyle="--")
    ax.plot(m, exact, color=EXACT)
    ax.plot(m, empirical, "o", color=BETA, markersize=5)
    ax.set(xscale="log", ylim=(0, 0.7), yticks=[0, 0.2, 0.4, 0.6])
    _experts(ax, [5, 10, 20, 50, 100])
    words(ax, {"exact (10)": EXACT, "formula (21)": FORMULA, "5000 examples": BETA, "σ²": EDGES})
    readout(fig, f"{exact[-1]:.4f}  at m = {m[-1]}")
    return fig, (f"Approximation error against the number of experts, from {exact[0]:.4f} at m = {m[0]} down to "
                 f"{exact[-1]:.4f} at m = {m[-1]}; the noise variance is {variance:.4f}.")


def tradeoff(m: ArrayLike, exact: ArrayLike, simulated: ArrayLike, errors: ArrayLike, formula: ArrayLike,
             bound: ArrayLike | None = None) -> tuple[Figure, str]:
    """Excess against m: its expectation, simulation with its spread, the formula, and what a bound says.

    Parameters
    ----------
    m : array_like, shape (k,)
    exact, formula : array_like, shape (k,)
        Exact expected excess, and its leading order.
    simulated, errors : array_like, shape (k,)
        Mean over simulated training sets, and its standard error.
    bound : array_like, shape (k,), optional
        Approximation and the bound on what learning adds.
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 4.5))
    ax.plot(m, formula, color=FORMULA, linestyle="--")
    ax.plot(m, exact, color=EXACT)
    ax.errorbar(m, simulated, 3 * np.asarray(errors), fmt="o", color=BETA, markersize=4.5, linewidth=1)
    best = int(np.argmin(exact))
    ax.plot(m[best], exact[best], "o", color=EXACT, markersize=11, fillstyle="none")
    named = {"expected": EXACT, "300 training sets": BETA, "formula": FORMULA}
    said = f"Least, about {exact[best]:.4f}, near {m[best]} experts."
    if bound is not None:
        least = int(np.argmin(bound))
        ax.plot(m, bound, color=FORMULA, linestyle=":", linewidth=2.5)
        ax.plot(m[least], bound[least], "o", color=FORMULA, markersize=11, fillstyle="none")
        named = {"expected": EXACT, "300 sets": BETA, "formula": FORMULA, "bound ⋯": FORMULA}
        said += f" With the bound in place of what learning adds, it is {bound[least]:.4f}, near {m[least]} experts."
    ax.set(xscale="log", yscale="log", ylim=(2e-3, 10), yticks=[0.01, 0.1, 1, 10])
    ax.yaxis.set_major_formatter("{x:g}")
    _experts(ax, [5, 10, 20, 50, 100])
    words(ax, named)
    readout(fig, f"{exact[best]:.4f}  least excess")
    return fig, ("Expected error beyond noise against the number of experts, on logarithmic axes: it falls, then "
                 f"rises. {said}")


def bounds(n: ArrayLike, observed: ArrayLike, leading: ArrayLike, bound: ArrayLike | None = None,
           threshold: float | None = None) -> tuple[Figure, str]:
    """Estimation error against n: quantiles observed, m σ²/n, and the bound of Theorem 6.5.

    Parameters
    ----------
    n : array_like, shape (k,)
    observed : array_like, shape (k, 3)
        Quantiles 0.05, 0.5, 0.95.
    leading : array_like, shape (k,)
    bound : array_like, shape (k,), optional
    threshold : float, optional
        The n from which the theorem speaks.
    """
    observed = np.asarray(observed)
    fig, ax = plt.subplots(figsize=(WIDTH, 4.6))
    ax.fill_between(n, observed[:, 0], observed[:, 2], color=INPUTS, alpha=0.5, linewidth=0)
    ax.plot(n, observed[:, 1], color=EXACT)
    ax.plot(n, leading, color=FORMULA, linestyle="--")
    named = {"median": EXACT, "90 %": INPUTS, "$mσ^2/n$": FORMULA}
    said = f"The median observed falls from {observed[0, 1]:.2g} to {observed[-1, 1]:.2g}."
    if bound is not None:
        ax.plot(n, bound, color=FORMULA, linestyle=":", linewidth=2.5)
        named["bound ⋯"] = FORMULA
        said += f" The bound runs parallel, {bound[-1] / observed[-1, 1]:.0f} times higher at the right end."
    if threshold is not None:
        ax.axvline(threshold, color=UNIFORM, linewidth=1)
        ax.annotate("Theorem 6.5\nfrom here", (threshold, 0.95), xycoords=("data", "axes fraction"), xytext=(-6, 0),
                    textcoords="offset points", ha="right", va="top", color=UNIFORM)
        said += f" It is proved from {threshold:.0f} examples on."
    ax.set(xscale="log", yscale="log", xlabel="examples $n$", ylim=(3e-6, 30), yticks=[1e-4, 0.01, 1], xlim=(200, 4e5),
           xticks=[1e3, 1e4, 1e5])
    ax.minorticks_off()
    words(ax, named)
    readout(fig, f"{observed[-1, 1]:.6f}  at n = {n[-1]:,}".replace(",", " "))
    return fig, f"Estimation error against the number of examples, on logarithmic axes. {said}"


def growth(n: ArrayLike, numbers: dict[int, ArrayLike], at: int) -> tuple[Figure, str]:
    """The best number of experts against the number of examples, a line for each dimension.

    Parameters
    ----------
    n : array_like, shape (k,)
    numbers : dict of int to array_like, shape (k,)
        By dimension.
    at : int
        Which of the n is marked.
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 4.2))
    for d, number in numbers.items():
        ax.plot(n, number, color=FORMULA, linestyle="--")
        ax.plot(n[at], number[at], "o", color=FORMULA, markersize=8)
        ax.annotate(f"$d={d}$", (n[-1], number[-1]), xytext=(6, 0), textcoords="offset points", color=FORMULA,
                    va="center", annotation_clip=False)
    ax.set(xscale="log", yscale="log", xlabel="examples $n$", xlim=(n[0], n[-1]))
    ax.minorticks_off()
    words(ax, {"best number of experts": FORMULA})
    first, last = min(numbers), max(numbers)
    readout(fig, f"{numbers[first][at]:,.0f} to {numbers[last][at]:,.0f}  at n = {n[at]:,.0f}".replace(",", " "))
    listed = ", ".join(f"{number[at]:.0f} in dimension {d}" for d, number in numbers.items())
    return fig, f"The best number of experts on logarithmic axes. At n = {n[at]:.0f}: {listed}."


def _experts(ax: Axes, ticks: list[int]) -> None:
    ax.set(xlabel="experts $m$", xticks=ticks, xlim=(3.6, 200))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
