"""Figures of the chapter on many dimensions (Section 5, Appendix C). They draw; the chapter computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, FORMULA, UNIFORM

if TYPE_CHECKING:
    from zcmoe.density import SegmentDensity
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Voronoi

__all__ = ["boxes", "rates", "routers", "tightness"]

MARKS = {"exact": (EXACT, "o"), "high rate": (FORMULA, "D"), "bound (28)": (EXPERTS, "s")}


def tightness(levels: dict[str, ArrayLike], title: str) -> tuple[Figure, str]:
    """Exact excess, high-rate form and bound (28) of several segmentations, in units of round cells.

    Parameters
    ----------
    levels : dict of str to array_like, shape (4,)
        For each shape of cell: the high-rate excess of round cells of the same volumes, the exact excess,
        the high-rate form for the cells as they are, and the bound (28).
    title : str

    Returns
    -------
    figure, alt text
    """
    names = list(levels)
    ratios = np.array([np.asarray(levels[name])[1:] / levels[name][0] for name in names])
    rows = np.arange(len(names))
    fig, ax = plt.subplots(figsize=(7.2, 4))
    columns = [("shape", FORMULA, ratios[:, 1]), ("C–S", EXPERTS, ratios[:, 2] / ratios[:, 1]),
               ("size", EXACT, ratios[:, 0] / ratios[:, 1])]
    for x, (name, color, factors) in zip((9.5, 18.5, 35), columns, strict=True):
        for y, text in [(-0.55, name), *((y, f"×{factor:.2f}") for y, factor in zip(rows, factors, strict=True))]:
            ax.text(x, y, text, color=color, ha="center", va="center")
    ax.hlines(rows, ratios[:, 1], ratios[:, 2], color=EXPERTS, linewidth=2.5, alpha=0.5)
    ax.hlines(rows, 1, ratios[:, 1], color=FORMULA, linewidth=10, alpha=0.3)
    for (name, (color, marker)), values in zip(MARKS.items(), ratios.T, strict=True):
        ax.plot(values, rows, marker, color=color, markersize=5 if name == "exact" else 9, label=name,
                zorder=5 if name == "exact" else 3)
    ax.axvline(1, color=DENSITY, linewidth=1.2, linestyle="--", label="round cells")
    ax.set_xscale("log")
    ax.set_xticks([0.3, 0.5, 1, 2, 3, 5], ["0.3", "0.5", "1", "2", "3", "5"])
    ax.minorticks_off()
    ax.set_yticks(rows, names)
    ax.set(xlim=(0.3, 48), ylim=(4.6, -0.9))
    ax.set_xlabel("excess / that of round cells", loc="left")
    ax.spines["bottom"].set_bounds(0.3, 6.5)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, columnspacing=1, handletextpad=0.3, title=title)
    told = "; ".join(f"{name}: exact {exact:.2f}, high rate {rate:.2f}, bound {bound:.2f}"
                     for name, (exact, rate, bound) in zip(names, ratios, strict=True))
    return fig, f"{title}. Errors in units of the high-rate error of round cells of the same volumes. {told}."


def boxes(problem: Problem, shape: tuple[int, int], shapes: Sequence[tuple[int, int]], exact: ArrayLike,
          bound: ArrayLike) -> tuple[Figure, str]:
    """A grid of equal boxes over the level sets of β, and the errors of all grids with as many boxes.

    Parameters
    ----------
    problem : Problem
        In two dimensions.
    shape : (int, int)
        The grid that is drawn, one of `shapes`.
    shapes : sequence of (int, int)
    exact, bound : array_like, shape (k,)
        Their exact excess, and their bound (28).

    Returns
    -------
    figure, alt text
    """
    at = list(shapes).index(shape)
    columns = np.array([k for k, _ in shapes])
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6), width_ratios=[1, 1.1])
    grid = np.linspace(0, 1, 50)
    x, y = np.meshgrid(grid, grid)
    beta = problem.beta(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    left.contourf(x, y, beta, 12, cmap="Blues", alpha=0.7)
    left.vlines(np.arange(shape[0] + 1) / shape[0], 0, 1, color=EXPERTS, linewidth=0.7)
    left.hlines(np.arange(shape[1] + 1) / shape[1], 0, 1, color=EXPERTS, linewidth=0.7)
    _square(left, f"{shape[0]} × {shape[1]} boxes over $β$")
    for name, values in (("exact", exact), ("bound (28)", bound)):
        color, marker = MARKS[name]
        right.loglog(columns, values, marker + "-", color=color, markersize=5, label=name)
        right.plot(columns[at], values[at], marker, color=color, markersize=12)
        low = np.argmin(values)
        right.annotate("least", (columns[low], values[low]), color=color, ha="center", xytext=(0, 9),
                       textcoords="offset points", fontsize=10)
    right.set(xlabel="columns (boxes along $x_1$)", ylabel="excess", ylim=(min(exact) / 2, max(bound) * 1.5))
    right.set_xticks(columns, columns)
    right.minorticks_off()
    right.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return fig, (f"Left: {shape[0]} by {shape[1]} boxes over the level sets of β. Right, against the number of "
                 f"columns: exact excess and bound (28): {exact[at]:.3g} and {bound[at]:.3g} here. The exact excess is "
                 f"least at {columns[np.argmin(exact)]} columns, the bound at {columns[np.argmin(bound)]}.")


def routers(density: SegmentDensity, voronoi: Voronoi, hexagons: Voronoi, half: float, exact: float, uniform: float,
            bound: float) -> tuple[Figure, str]:
    """The weighted Voronoi router beside uniform hexagons, over the density (53), and what they cost.

    Parameters
    ----------
    density : SegmentDensity
        λ_UBM (53).
    voronoi, hexagons : Voronoi
        In two dimensions.
    half, exact, uniform, bound : float
        m times the excess: half of that in (54), the exact one of either segmentation, and the bound (28) of
        the Voronoi router.

    Returns
    -------
    figure, alt text
    """
    fig, axes = plt.subplot_mosaic([["v", "h"], ["m", "m"]], figsize=(7.2, 5), height_ratios=[3.3, 1])
    grid = (np.arange(150) + 0.5) / 150
    x, y = np.meshgrid(grid, grid)
    level = density.pdf(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    for key, name, cells in (("v", "weighted Voronoi", voronoi), ("h", "hexagons", hexagons)):
        axes[key].imshow(level, origin="lower", extent=(0, 1, 0, 1), cmap="Greens", vmin=0, vmax=1.2 * level.max())
        axes[key].add_collection(LineCollection([_closed(cells.polygon(i)) for i in range(cells.n_regions)],
                                                color=EXACT, linewidth=0.7, clip_on=False))
        _square(axes[key], f"{name}, m = {cells.n_regions}")
    meter = axes["m"]
    for value, y, name, color, marker in ((exact, 1, "Voronoi, exact", EXACT, "o"),
                                          (uniform, 0, "hexagons, exact", UNIFORM, "h"),
                                          (bound, 1, "Voronoi, bound (28)", EXPERTS, "s")):
        meter.plot(value, y, marker, color=color, markersize=9, label=name)
    meter.axvline(half, color=FORMULA, linestyle="--", label="(54) / 2")
    meter.axvline(2 * half, color=FORMULA, linestyle=":", label="(54)")
    meter.set(xlim=(0, 1.1 * max(2 * half, bound, uniform)), ylim=(-0.6, 1.6), yticks=[], xlabel="$m$ × excess")
    meter.spines["left"].set_visible(False)
    meter.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=5, columnspacing=0.9, handletextpad=0.2)
    return fig, (f"The unit square, shaded by the density (53), cut into {voronoi.n_regions} weighted Voronoi cells "
                 f"and into {hexagons.n_regions} hexagons. m times the excess: Voronoi {exact:.3g}, "
                 f"hexagons {uniform:.3g}, half of (54) {half:.3g}; bound (28) of the Voronoi cells {bound:.3g}.")


def rates(curves: dict[int, tuple[ArrayLike, ArrayLike]], coefficients: dict[int, float],
          title: str) -> tuple[Figure, str]:
    """Excess against the number of experts, for several dimensions, on logarithmic axes.

    Parameters
    ----------
    curves : dict of int to (array_like, array_like), each of shape (k,)
        For each d: m, and the exact excess.
    coefficients : dict of int to float
        For each d: m^(2/d) times the high-rate excess, for the dashed line.
    title : str

    Returns
    -------
    figure, alt text
    """
    fig, ax = plt.subplots(figsize=(7.2, 4))
    line, slopes = np.array([4, 2500]), {}
    for (d, (m, exact)), color, marker in zip(curves.items(), (DENSITY, BETA, EXPERTS), "o^s", strict=False):
        ax.loglog(m, exact, marker, color=color, markersize=12 - 2.5 * d, label=f"d = {d}")
        ax.plot(line, coefficients[d] / line ** (2 / d), color=color, linestyle="--", linewidth=1)
        slopes[d] = f"{np.log(exact[-1] / exact[-2]) / np.log(m[-1] / m[-2]):.2f}".replace("-", "−")
        ax.annotate(slopes[d], (m[-1], exact[-1]), xytext=(9, 5), color=color, textcoords="offset points")
    ax.plot([], [], "--", color=EDGES, linewidth=1, label="high rate, cubes")
    ax.set(xlabel="number of experts $m$", ylabel="excess", title=title, xlim=(3, 6e3), ylim=(1e-7, 3))
    ax.minorticks_off()
    ax.legend(loc="lower left")
    told = ", ".join(f"{slope} for d = {d}" for d, slope in slopes.items())
    ends = ", ".join(f"{exact[-1]:.2g} for d = {d}" for d, (_, exact) in curves.items())
    return fig, (f"{title}: excess against the number of experts. Slopes of the last step on logarithmic axes: {told}; "
                 f"least excess {ends}.")


def _square(ax, title):
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="$x_1$", ylabel="$x_2$", title=title)
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    ax.set_yticks([0, 0.5, 1], ["0", "½", "1"])


def _closed(polygon):
    return np.vstack([polygon, polygon[:1]])
