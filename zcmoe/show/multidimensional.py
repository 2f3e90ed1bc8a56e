"""Figures of the chapter on many dimensions (Section 5, Appendix C). They draw; the chapter computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, DENSITY, EXACT, EXPERTS, FORMULA, UNIFORM

if TYPE_CHECKING:
    from zcmoe.density import SegmentDensity
    from zcmoe.segmentation import Voronoi

_WIDTH = 4.7  # inches: a phone shows 11 points as 12 pixels


def tightness(levels: dict[str, ArrayLike], shown: int) -> tuple[Figure, str]:
    """Exact excess and bound (28) of several segmentations, in units of round cells.

    Parameters
    ----------
    levels : dict of str to array_like, shape (3,)
        For each shape of cell: the high-rate excess of round cells of the same volumes, the exact excess,
        and the bound (28).
    shown : int
        How many of them, from the first.
    """
    names = list(levels)
    fig, ax = plt.subplots(figsize=(_WIDTH, 5.7))
    told = []
    for y, name in enumerate(names[:shown]):
        disc, exact, bound = np.asarray(levels[name])
        ax.hlines(y, exact / disc, bound / disc, color=FORMULA, linestyle=":", linewidth=2)
        ax.plot(exact / disc, y, "o", color=EXACT, markersize=8)
        ax.plot(bound / disc, y, "s", color=FORMULA, markersize=8)
        ax.annotate(f"× {bound / exact:.2f}", (np.sqrt(exact * bound) / disc, y), ha="center", va="bottom",
                    xytext=(0, 4), textcoords="offset points", color=FORMULA)
        told.append(f"{name}: exact {exact / disc:.2f}, bound {bound / disc:.2f}")
    ax.axvline(1, color=UNIFORM, linewidth=1.2, linestyle="--", zorder=0)
    ax.set_xscale("log")
    ax.set_xticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
    ax.minorticks_off()
    ax.set_yticks(range(len(names)), names)
    ax.set(xlim=(0.3, 10), ylim=(len(names) - 0.6, -0.9))
    ax.set_xlabel("error ÷ that of round cells")
    for x, word, color, at in ((1, "exact ●", EXACT, "right"), (1.1, "■ bound", FORMULA, "left")):
        ax.text(x / 1.05, -0.72, word, color=color, ha=at, va="center")
    return fig, f"Errors in units of the high-rate error of round cells. {'; '.join(told)}."


def routers(density: SegmentDensity, voronoi: Voronoi, hexagons: Voronoi, half: float, exact: float,
            uniform: float) -> tuple[Figure, str]:
    """The weighted Voronoi router beside uniform hexagons, over the density (53), and what they cost.

    Parameters
    ----------
    density : SegmentDensity
        λ_UBM (53).
    voronoi, hexagons : Voronoi
        In two dimensions.
    half, exact, uniform : float
        m times the excess: half of that in (54), and the exact one of either segmentation.
    """
    fig, axes = plt.subplot_mosaic([["v", "h"], ["m", "m"]], figsize=(_WIDTH, 6.2), height_ratios=[2, 1])
    grid = (np.arange(150) + 0.5) / 150
    x, y = np.meshgrid(grid, grid)
    level = density.pdf(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    shade = np.empty((*x.shape, 4))  # transparent where there are no experts, for a light and a dark page
    shade[..., :3], shade[..., 3] = to_rgb(DENSITY), 0.85 * level / level.max()
    for key, name, cells in (("v", "k-means", voronoi), ("h", "hexagons", hexagons)):
        axes[key].imshow(shade, origin="lower", extent=(0, 1, 0, 1))
        axes[key].add_collection(LineCollection([_closed(cells.polygon(i)) for i in range(cells.n_regions)],
                                                color=EXACT, linewidth=0.7, clip_on=False))
        axes[key].set(xlim=(0, 1), ylim=(0, 1), aspect="equal", title=f"{cells.n_regions} by {name}", xticks=[],
                      yticks=[])
    meter = axes["m"]
    for value, y, color, marker in ((exact, 1, EXACT, "o"), (uniform, 0, UNIFORM, "h")):
        meter.hlines(y, 0, value, color=color, linewidth=1)
        meter.plot(value, y, marker, color=color, markersize=9)
    meter.axvline(half, color=FORMULA, linestyle="--")
    meter.annotate("half of (54)", (half, 1.6), color=FORMULA, ha="center", va="bottom", annotation_clip=False)
    for y, name, color in ((1, "k-means", EXACT), (0, "hexagons", UNIFORM)):
        meter.text(0.03 * half, y + 0.12, name, color=color)
    meter.set(xlim=(0, 2.4 * half), ylim=(-0.4, 1.6), yticks=[], xlabel="$m$ × error beyond noise")
    meter.spines["left"].set_visible(False)
    return fig, (f"The unit square, shaded by the density (53), cut into {voronoi.n_regions} cells by weighted k-means "
                 f"and into {hexagons.n_regions} hexagons. m times the excess: k-means {exact:.3g}, "
                 f"hexagons {uniform:.3g}, half of (54) {half:.3g}.")


def rates(curves: dict[int, tuple[ArrayLike, ArrayLike]], coefficients: dict[int, float]) -> tuple[Figure, str]:
    """Excess against the number of experts, for several dimensions, on logarithmic axes.

    Parameters
    ----------
    curves : dict of int to (array_like, array_like), each of shape (k,)
        For each d: m, and the exact excess.
    coefficients : dict of int to float
        For each d: m^(2/d) times the high-rate excess, for the dashed line.
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 6.2))
    line, slopes = np.array([4, 2500]), {}
    for (d, (m, exact)), color, marker in zip(curves.items(), (DENSITY, BETA, EXPERTS), "o^s", strict=False):
        ax.loglog(m, exact, marker, color=color, markersize=12 - 2.5 * d)
        ax.annotate(f"d = {d}", (m[0], exact[0]), xytext=(-2, 8 * d - 20), color=color, ha="right",
                    textcoords="offset points")
        ax.plot(line, coefficients[d] / line ** (2 / d), color=color, linestyle="--", linewidth=1)
        slopes[d] = f"{np.log(exact[-1] / exact[-2]) / np.log(m[-1] / m[-2]):.2f}".replace("-", "−")
        ax.annotate(slopes[d], (m[-1], exact[-1]), xytext=(9, 5), color=color, textcoords="offset points")
    ax.set(xlabel="number of experts $m$", xlim=(1.2, 1.2e4), ylim=(1e-7, 5))
    ax.set_title("error beyond noise", loc="left")
    ax.minorticks_off()
    told = ", ".join(f"{slope} for d = {d}" for d, slope in slopes.items())
    ends = ", ".join(f"{exact[-1]:.2g} for d = {d}" for d, (_, exact) in curves.items())
    return fig, (f"Excess against the number of experts. Slopes of the last step on logarithmic axes: {told}; "
                 f"least excess {ends}.")


def _closed(polygon):
    return np.vstack([polygon, polygon[:1]])
