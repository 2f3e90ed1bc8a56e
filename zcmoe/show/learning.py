"""Figures of the chapter on learning (Section 6). They draw; the chapter computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, EDGES, EXACT, EXPERTS, FORMULA, INPUTS, style

if TYPE_CHECKING:
    pass

__all__ = ["approximation", "bounds", "tradeoff"]

_WIDTH = 5.6  # inches: legible when a phone halves it
_ON_TOP = {"frameon": True, "framealpha": 1, "edgecolor": "white"}  # of lines that cross the legend


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

    Returns
    -------
    figure, alt text
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 3.6))
    ax.semilogx(m, empirical, "o", color=BETA, markersize=5, label="5000 examples")
    ax.semilogx(m, exact, color=EXACT, label="exact (10)")
    ax.semilogx(m, formula, color=FORMULA, linestyle=":", linewidth=2.5, label="formula (21)")
    ax.axhline(variance, color=EDGES, linewidth=1, label="$σ^2$")
    ax.set(xlabel="number of experts $m$", ylabel="approximation error", ylim=(0, 0.7))
    _ticks(ax, m)
    ax.legend(loc="upper right")
    return fig, (f"Approximation error against the number of experts, from {exact[0]:.4f} at m = {m[0]} down to "
                 f"{exact[-1]:.4f} at m = {m[-1]}; the noise variance is {variance:.4f}.")


def tradeoff(m: ArrayLike, exact: ArrayLike, simulated: ArrayLike, errors: ArrayLike, formula: ArrayLike, best: int,
             number: float, n: int, title: str) -> tuple[Figure, str]:
    """Test error against m: expectation, simulation with its spread, and the formula.

    Parameters
    ----------
    m : array_like, shape (k,)
    exact, formula : array_like, shape (k,)
        Exact expected test error, and its leading order.
    simulated, errors : array_like, shape (k,)
        Mean over simulated training sets, and its standard error.
    best : int
        The m with the least exact expectation.
    number : float
        m* of the formula.
    n : int
        Number of training examples.
    title : str

    Returns
    -------
    figure, alt text
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 4))
    ax.semilogx(m, exact, color=EXACT, label="exact expectation")
    ax.errorbar(m, simulated, 3 * np.asarray(errors), fmt="o", color=BETA, markersize=4.5, capsize=3,
                label="simulation, ±3 se")
    ax.semilogx(m, formula, color=FORMULA, linestyle=":", linewidth=2.5, label="leading order")
    ax.axvline(best, color=EXACT, linewidth=1)
    ax.axvline(number, color=FORMULA, linewidth=1, linestyle=":")
    ax.set(xlabel="number of experts $m$", ylabel="test error", title=title,
           ylim=(0.07, 0.07 + 6 * (np.min(exact) - 0.07)))
    _ticks(ax, m)
    ax.legend(loc="upper right", **_ON_TOP)
    least = np.interp(best, m, exact)
    return fig, (f"{title}. Expected test error against the number of experts for {n} training examples: it falls, "
                 f"then rises, and is least, about {least:.4f}, at {best} experts. The formula says {number:.1f}.")


@style()
def bounds(n: ArrayLike, observed: ArrayLike, bound: ArrayLike, leading: ArrayLike,
           threshold: float) -> tuple[Figure, str]:
    """Estimation error against n: quantiles observed, m σ²/n, and the bound of Theorem 6.5.

    Parameters
    ----------
    n : array_like, shape (k,)
    observed : array_like, shape (k, 3)
        Quantiles 0.05, 0.5, 0.95.
    bound, leading : array_like, shape (k,)
    threshold : float
        The n from which the theorem speaks.

    Returns
    -------
    figure, alt text
    """
    observed = np.asarray(observed)
    fig, ax = plt.subplots(figsize=(_WIDTH, 4))
    ax.loglog(n, bound, color=FORMULA, linestyle="--", label="bound (41)")
    ax.fill_between(n, observed[:, 0], observed[:, 2], color=INPUTS, alpha=0.6, linewidth=0, label="observed, 90 %")
    ax.loglog(n, observed[:, 1], color=EXACT, label="observed, median")
    ax.loglog(n, leading, color=EXPERTS, linestyle=":", linewidth=2.5, label="$mσ^2/n$")
    ax.axvline(threshold, color=EDGES, linewidth=1)
    ax.annotate("Theorem 6.5\nfrom here", (threshold, 0.42), xycoords=("data", "axes fraction"), xytext=(-6, 0),
                textcoords="offset points", ha="right", fontsize=10)
    ax.set(xlabel="number of examples $n$", ylabel="estimation error")
    ax.legend(loc="lower left")
    ratio = bound[-1] / observed[-1, 1]
    return fig, (f"Estimation error against the number of examples. The bound runs parallel to what is observed, "
                 f"{ratio:.0f} times higher, and is proved from {threshold:.0f} examples on.")


def _ticks(ax, m):
    ticks = [tick for tick in (5, 10, 20, 50, 100, 200) if m[0] <= tick <= m[-1]]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
