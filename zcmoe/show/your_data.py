"""Figures of the chapter on your own data. They draw; the chapter fits. `names` are of x and y, with units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.model import readout, words
from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, INPUTS, UNIFORM, WIDTH

if TYPE_CHECKING:
    from zcmoe.estimator import ZeroComputeMoERegressor

SHOWN = 450  # points of a scatter plot: with more, a figure would no longer be drawn by lines


def fit(x: ArrayLike, y: ArrayLike, model: ZeroComputeMoERegressor, names: tuple[str, str],
        window: tuple[float, float, float, float]) -> tuple[Figure, str]:
    """The data, the constants as steps, and the cuts as marks below, in a window that stays.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    model : ZeroComputeMoERegressor
        Fitted to one feature.
    window : (float, float, float, float)
        What is shown of x, from and to, and of y.
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 4.8))
    _steps(ax, x, y, model, names, marks=False)
    edges = model.segmentation_.edges
    ax.plot(edges, np.full(edges.size, window[2]), "|", color="red", markersize=12)
    ax.set(xlim=window[:2], ylim=window[2:])
    words(ax, {names[1]: BETA, "experts": EXPERTS, "cuts": "red"})
    readout(fig, f"{model.n_experts_}  experts")
    return fig, f"{names[1]} against {names[0]}: {len(y)} examples, and {_words(model)}."


def choice(x: ArrayLike, y: ArrayLike, model: ZeroComputeMoERegressor, numbers: ArrayLike, errors: ArrayLike,
           names: tuple[str, str] = ("x", "y"), curve: bool = True) -> tuple[Figure, str]:
    """The fit, and below it the expected error against the number of experts.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    model : ZeroComputeMoERegressor
        The one shown; its number of experts is marked on the curve.
    numbers, errors : array_like, shape (k,)
        The curve: expected error for each number of experts, same segmentation.
    curve : bool
        Draw all of it, or only the model's own point.
    """
    fig, (top, bottom) = plt.subplots(2, figsize=(WIDTH, 5.8), height_ratios=[1.7, 1])
    _steps(top, x, y, model, names)
    words(top, {names[1]: BETA, "experts": EXPERTS, "cuts": "red"})
    if curve:
        bottom.plot(numbers, errors, color=EXACT)
    bottom.plot(model.n_experts_, model.expected_error_, "o", color=EXPERTS, markersize=9)
    bottom.set(xlabel="experts $m$", xscale="log", xlim=(2.8, 60), ylim=(0, 2500), xticks=[3, 5, 10, 20, 50],
               yticks=[0, 1000, 2000])
    bottom.xaxis.set_major_formatter("{x:g}")
    bottom.minorticks_off()
    words(bottom, {"expected error": EXACT})
    readout(fig, f"{model.expected_error_:.0f}  expected error")
    said = f"{names[1]} against {names[0]} with {_words(model)}."
    if curve:
        best = int(np.argmin(errors))
        said += f" Below, the expected error by number of experts: least, {errors[best]:.0f}, at {numbers[best]}."
    return fig, said


def cuts(x: ArrayLike, y: ArrayLike, model: ZeroComputeMoERegressor, density: Any = None,
         names: tuple[str, str] = ("x", "y"), limit: float | None = None) -> tuple[Figure, str]:
    """The fit above; below, how many experts a unit length gets, beside the plug-in density.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    density : SciPy distribution, optional
        λ̂, drawn as experts per unit of x.
    limit : float, optional
        Where the axis of experts per unit ends, as a multiple of their mean.
    """
    m, edges = model.n_experts_, model.segmentation_.edges
    crowd, mean = 1 / np.diff(edges), m / (edges[-1] - edges[0])
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(WIDTH, 5.5), height_ratios=[1.7, 1])
    _steps(top, x, y, model, ("", names[1]), marks=False)
    words(top, {names[1]: BETA, "experts": EXPERTS})
    named, said = {"experts per unit, over their mean": EXPERTS}, ""
    if density is not None:
        grid = np.linspace(edges[0], edges[-1], 801)
        asked = density.pdf(grid) * (edges[-1] - edges[0])
        bottom.fill_between(grid, asked, color=DENSITY, alpha=0.35, linewidth=0)
        named = {"experts per unit": EXPERTS, "$\\hat λ$": DENSITY}
        said = f"; the plug-in density asks for up to {asked.max():.2g}"
    bottom.stairs(crowd / mean, edges, color=EXPERTS, linewidth=1.2)
    bottom.set(xlabel=names[0], ylim=(0, limit), xlim=edges[[0, -1]])
    words(bottom, named)
    readout(fig, f"{model.expected_error_:.0f}  expected error")
    return fig, (f"Above, {names[1]} against {names[0]} with {_words(model)}. Below, the number of experts per unit of "
                 f"{names[0]} over its mean: between {crowd.min() / mean:.2g} and {crowd.max() / mean:.2g}{said}.")


def spread(x: ArrayLike, y: ArrayLike, model: ZeroComputeMoERegressor, names: tuple[str, str]) -> tuple[Figure, str]:
    """The data, the constants, and a band of two spreads to each side.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    model : ZeroComputeMoERegressor
        Fitted to them.
    """
    edges = model.segmentation_.edges
    mean, width = model.predict((edges[:-1, None] + edges[1:, None]) / 2, return_std=True)
    answer, around = model.predict(np.asarray(x)[:, None], return_std=True)
    inside = np.mean(np.abs(y - answer) <= 2 * around)
    fig, ax = plt.subplots(figsize=(WIDTH, 4.7))
    ax.stairs(mean + 2 * width, edges, baseline=mean - 2 * width, fill=True, color=EXPERTS, alpha=0.2, linewidth=0)
    _steps(ax, x, y, model, names, marks=False)
    low, high = min(np.min(y), *(mean - 2 * width)), max(np.max(y), *(mean + 2 * width))
    ax.set_ylim(low - 0.04 * (high - low), high + 0.04 * (high - low))
    words(ax, {names[1]: BETA, "mean ± two spreads": EXPERTS})
    readout(fig, f"{100 * inside:.0f} %  of what it learned from")
    return fig, (f"{names[1]} against {names[0]} with {_words(model)}, and a band of two spreads to each side, in "
                 f"which {100 * inside:.0f} percent of these examples lie.")


def comparison(errors: dict[str, ArrayLike], seconds: dict[str, float], title: str,
               shown: bool = True) -> tuple[Figure, str]:
    """Held-out error of each model relative to the first, and its time for a million predictions.

    Parameters
    ----------
    errors : dict of str to array_like, shape (n,)
        Squared errors of the same held-out examples.
    seconds : dict of str to float
        For a million predictions.
    shown : bool
        Whether all are drawn, or the first alone.
    """
    names = list(errors)
    ours = np.asarray(errors[names[0]])
    ratio = [np.mean(errors[name]) / ours.mean() for name in names]
    spread = [2 * np.std(np.asarray(errors[name]) - ours) / np.sqrt(ours.size) / ours.mean() for name in names]
    row = np.arange(len(names))
    known = len(names) if shown else 1
    fig, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(WIDTH, 4.5))
    left.axvline(1, color=EDGES, linewidth=1)
    left.errorbar(ratio[:known], row[:known], xerr=spread[:known], fmt="o", color=EXPERTS, ecolor=UNIFORM,
                  markersize=7)
    left.set(yticks=row, yticklabels=names, xlim=(0.65, 1.45), ylim=(len(names) - 0.5, -0.5), xticks=[0.8, 1, 1.2, 1.4],
             xlabel="error / ours")
    right.plot([seconds[name] for name in names][:known], row[:known], "s", color=BETA, markersize=7)
    right.set(xscale="log", xlim=(2e-3, 5), xlabel="seconds")
    words(left, {"held-out error": EXPERTS})
    words(right, {"a million predictions": BETA})
    readout(fig, f"{np.sqrt(ours.mean()):.1f}  typical miss of ours")
    said = "; ".join(f"{name} {r:.2f} and {seconds[name]:.1g} seconds" for name, r in zip(names, ratio, strict=True))
    return fig, f"{title}: error on held-out data relative to the first, and time for a million predictions. " + (
        f"{said}." if shown else "The others are hidden.")


def peers(sets: list[str], ours: ArrayLike, theirs: ArrayLike, rival: str) -> tuple[Figure, str]:
    """R² of the experts and of a rival, a row a set.

    Parameters
    ----------
    sets : list of str, length k
    ours, theirs : array_like, shape (k,)
    rival : str
        The rival's name; "" hides it.
    """
    ours, theirs, row = np.asarray(ours), np.asarray(theirs), np.arange(len(sets))
    fig, ax = plt.subplots(figsize=(WIDTH, 4.9))
    named, said = {"experts": EXPERTS}, ""
    if rival:
        ax.hlines(row, np.minimum(ours, theirs), np.maximum(ours, theirs), color=EDGES, linewidth=1)
        ax.plot(theirs, row, "D", color=INPUTS, markersize=6)
        named[rival] = INPUTS
        said = f" {rival.capitalize()} is ahead in {np.sum(theirs > ours)} of them."
    ax.plot(ours, row, "o", color=EXPERTS, markersize=7)
    ax.set(yticks=row, yticklabels=sets, ylim=(len(sets) - 0.5, -0.5), xlim=(0, 1), xlabel="$R^2$ on held-out data",
           xticks=[0, 0.25, 0.5, 0.75, 1])
    words(ax, named)
    readout(fig, f"{ours.mean():.2f}  mean $R^2$ of the experts")
    listed = ", ".join(f"{name} {value:.2f}" for name, value in zip(sets, ours, strict=True))
    return fig, f"R² of the experts on {len(sets)} sets: {listed}.{said}"


def _steps(ax, x, y, model, names, marks=True):
    step = -(-len(x) // SHOWN)
    size = 14 if len(x) <= 500 else 2
    ax.scatter(x[::step], y[::step], s=size, color=BETA, alpha=0.55, linewidths=0)
    edges = model.segmentation_.edges
    ax.stairs(model.constants_, edges, baseline=None, color=EXPERTS, linewidth=2)
    if marks:
        low = np.min(y) - 0.09 * np.ptp(y)
        ax.plot(edges, np.full(edges.size, low), "|", color="red", markersize=8, clip_on=False)
    ax.set(xlabel=names[0])


def _words(model):
    return f"{model.n_experts_} experts whose expected squared error is {model.expected_error_:.4g}"
