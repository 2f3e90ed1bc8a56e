"""Figures of the chapter on your own data. They draw; the chapter fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, FORMULA, UNIFORM, style

if TYPE_CHECKING:
    from zcmoe.estimator import ZeroComputeMoERegressor

__all__ = ["choice", "comparison", "cuts", "fit"]

SHOWN = 3000  # points of a scatter plot; more hide each other


def fit(x: ArrayLike, y: ArrayLike, model: ZeroComputeMoERegressor,
        names: tuple[str, str] = ("x", "y")) -> tuple[Figure, str]:
    """The data, the experts' constants as steps, and the cuts as marks below.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    model : ZeroComputeMoERegressor
        Fitted to one feature.
    names : (str, str)
        Of x and y, with units.

    Returns
    -------
    figure, alt text
    """
    with style():
        fig, ax = plt.subplots()
        _steps(ax, x, y, model, names)
        ax.set_title(_title(model))
    return fig, f"{names[1]} against {names[0]}: {len(y)} examples, and {_words(model)}."


def choice(x: ArrayLike, y: ArrayLike, model: ZeroComputeMoERegressor, numbers: ArrayLike, errors: ArrayLike,
           chosen: int, names: tuple[str, str] = ("x", "y")) -> tuple[Figure, str]:
    """The fit, and beside it the expected error against the number of experts.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    model : ZeroComputeMoERegressor
        The one shown; its number of experts is marked on the curve.
    numbers, errors : array_like, shape (k,)
        The curve: expected error for each number of experts, same segmentation.
    chosen : int
        The number of experts that "auto" takes.
    names : (str, str)

    Returns
    -------
    figure, alt text
    """
    fig, (left, right) = plt.subplots(1, 2, width_ratios=[1.5, 1])
    _steps(left, x, y, model, names)
    left.set_title(_title(model))
    right.plot(numbers, errors, color=EXACT)
    right.plot(model.n_experts_, model.expected_error_, "o", color=EXPERTS, markersize=9)
    right.axvline(chosen, color=FORMULA, linestyle="--", label=f"auto: {chosen}")
    right.set(xlabel="number of experts", ylabel="expected error", xscale="log", ylim=(0, 1.08 * max(errors)))
    ticks = [k for k in (2, 5, 10, 20, 40, 80) if numbers[0] <= k <= numbers[-1]]
    right.set_xticks(ticks, [str(k) for k in ticks])
    right.minorticks_off()
    right.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
    best = int(np.argmin(errors))
    return fig, (f"Left, {names[1]} against {names[0]} with {_words(model)}. Right, the expected error against the "
                 f"number of experts: least, {errors[best]:.0f}, at {numbers[best]}; "
                 f"the automatic choice takes {chosen}.")


def cuts(x: ArrayLike, y: ArrayLike, model: ZeroComputeMoERegressor, density: Any,
         names: tuple[str, str] = ("x", "y")) -> tuple[Figure, str]:
    """The fit above; below, how many experts a unit length gets, beside the plug-in density.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    model : ZeroComputeMoERegressor
    density : SciPy distribution
        λ̂, drawn as experts per unit of x.
    names : (str, str)

    Returns
    -------
    figure, alt text
    """
    m, edges = model.n_experts_, model.segmentation_.edges
    grid = np.linspace(edges[0], edges[-1], 801)
    crowd = 1 / np.diff(edges)
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(7.2, 4.8), height_ratios=[1.7, 1])
    _steps(top, x, y, model, ("", names[1]), marks=False)
    top.set_title(_title(model))
    bottom.fill_between(grid, m * density.pdf(grid), color=DENSITY, alpha=0.35, linewidth=0, label="$m\\,\\hat λ$")
    bottom.stairs(crowd, edges, color=EXPERTS, linewidth=1.2, label="experts per unit")
    bottom.set(xlabel=names[0], ylabel="experts per unit", ylim=(0, None))
    bottom.legend(loc="upper right", ncols=2, bbox_to_anchor=(1, 1.28))
    return fig, (f"Above, {names[1]} against {names[0]} with {_words(model)}. Below, the number of experts per unit of "
                 f"{names[0]}: between {crowd.min():.2g} and {crowd.max():.2g}; the plug-in density asks for up to "
                 f"{m * density.pdf(grid).max():.2g}.")


def comparison(errors: dict[str, ArrayLike], seconds: dict[str, float], title: str) -> tuple[Figure, str]:
    """Held-out error of each model relative to the first, and its time for a million predictions.

    Parameters
    ----------
    errors : dict of str to array_like, shape (n,)
        Squared errors of the same held-out examples.
    seconds : dict of str to float
        For a million predictions.
    title : str

    Returns
    -------
    figure, alt text
    """
    names = list(errors)
    ours = np.asarray(errors[names[0]])
    ratio = [np.mean(errors[name]) / ours.mean() for name in names]
    spread = [2 * np.std(np.asarray(errors[name]) - ours) / np.sqrt(ours.size) / ours.mean() for name in names]
    row = np.arange(len(names))
    fig, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(7.2, 3.2))
    left.axvline(1, color=EDGES, linewidth=1)
    left.errorbar(ratio, row, xerr=spread, fmt="o", color=EXPERTS, ecolor=UNIFORM, markersize=7)
    left.set_yticks(row, names)
    left.set(xlabel="held-out error / ours", title=title)
    left.invert_yaxis()
    right.plot([seconds[name] for name in names], row, "s", color=BETA, markersize=7)
    right.set(xlabel="seconds per million predictions", xscale="log", title="prediction time")
    right.grid(axis="x", color="#dddddd")
    said = "; ".join(f"{name} {r:.2f} and {seconds[name]:.1g} seconds" for name, r in zip(names, ratio, strict=True))
    return fig, f"{title}: error on held-out data relative to the first, and time for a million predictions. {said}."


def _steps(ax, x, y, model, names, marks=True):
    step = -(-len(x) // SHOWN)
    size = 14 if len(x) <= 500 else 2
    ax.scatter(x[::step], y[::step], s=size, color=BETA, alpha=0.55, linewidths=0)
    edges = model.segmentation_.edges
    ax.stairs(model.constants_, edges, baseline=None, color=EXPERTS, linewidth=2)
    if marks:
        low = np.min(y) - 0.09 * np.ptp(y)
        ax.plot(edges, np.full(edges.size, low), "|", color="red", markersize=8, clip_on=False)
    ax.set(xlabel=names[0], ylabel=names[1])


def _title(model):
    return f"{model.n_experts_} experts, expected error {model.expected_error_:.4g}"


def _words(model):
    return f"{model.n_experts_} experts whose expected squared error is {model.expected_error_:.4g}"
