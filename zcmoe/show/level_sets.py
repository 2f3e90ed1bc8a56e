"""Figures of the chapter on level sets. They draw; the chapter computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, EDGES, EXACT, EXPERTS, UNIFORM

if TYPE_CHECKING:
    from zcmoe.experts import ZeroComputeMoE
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Segmentation

__all__ = ["plane", "wave"]


def wave(problem: Problem, moe: ZeroComputeMoE, excess: float) -> tuple[Figure, str]:
    """β, the constant that answers at each x, and below them which expert that is.

    Parameters
    ----------
    problem : Problem
        In one dimension.
    moe : ZeroComputeMoE
    excess : float
        Its error beyond the noise, for the title.

    Returns
    -------
    figure, alt text
    """
    x = (np.arange(4000) + 0.5) / 4000
    region = moe.segmentation.route(x)
    m, pieces = moe.segmentation.n_regions, 1 + np.count_nonzero(np.diff(region))
    fig, (top, strip) = plt.subplots(2, 1, figsize=(7.2, 4), height_ratios=[6, 1], sharex=True)
    top.plot(x, problem.beta(x), color=BETA, label="β")
    answer = moe.constants[region]
    answer[1:][np.diff(region) != 0] = np.nan  # no line from one constant to the next
    top.plot(x, answer, color=EXPERTS, linewidth=2.5, label="what the experts answer")
    top.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    top.set_title(f"excess {excess:.4f}", loc="right")
    order = np.argsort(np.argsort(moe.constants))  # a shade an expert, the lowest answer darkest
    strip.imshow(order[region][None], extent=(0, 1, 0, 1), aspect="auto", cmap="viridis", vmin=0, vmax=max(m - 1, 1),
                 interpolation="nearest")
    strip.set(xlabel="$x$", yticks=[])
    strip.set_ylabel("expert", rotation=0, ha="right", va="center")
    return fig, f"{m} experts answer on {pieces} pieces of the interval. Their excess is {excess:.4f}."


def plane(problem: Problem, segmentation: Segmentation, kind: str, excess: Mapping[str, ArrayLike],
          sizes: Mapping[str, ArrayLike]) -> tuple[Figure, str]:
    """The regions of the square, and how the excess of this kind of regions and of boxes falls with m.

    Parameters
    ----------
    problem : Problem
        In two dimensions.
    segmentation : Segmentation
    kind : str
        Its name, a key of `excess` and `sizes`, as "boxes" is.
    excess, sizes : mapping of str to array_like, shape (k,)

    Returns
    -------
    figure, alt text
    """
    side = (np.arange(300) + 0.5) / 300
    x, y = np.meshgrid(side, side)
    points = np.column_stack([x.ravel(), y.ravel()])
    region = segmentation.route(points)
    mean = np.bincount(region, problem.beta(points), segmentation.n_regions)
    mean /= np.maximum(np.bincount(region, minlength=segmentation.n_regions), 1)
    picture, region = mean[region].reshape(x.shape), region.reshape(x.shape)
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6), width_ratios=[1, 1.1])
    left.imshow(picture, origin="lower", extent=(0, 1, 0, 1), cmap="Blues", interpolation="nearest")
    border = np.zeros(x.shape)
    border[:, 1:] += region[:, 1:] != region[:, :-1]
    border[1:] += region[1:] != region[:-1]
    left.contour(x, y, border, [0.5], colors=EXPERTS, linewidths=0.5)
    left.set(xlabel="$x_1$", ylabel="$x_2$", xticks=[0, 1], yticks=[0, 1])
    left.set_title(f"{segmentation.n_regions} regions: {kind}", loc="left")
    for name, color, mark in (("boxes", UNIFORM, "s"), (kind, EXACT, "o")):
        right.loglog(sizes[name], excess[name], mark + "-", color=color, markersize=5)
        right.annotate(name, (sizes[name][-1], excess[name][-1]), color=color, ha="right", xytext=(0, 9),
                       textcoords="offset points")
        if kind == "boxes":
            break
    at = int(np.argmin(np.abs(np.asarray(sizes[kind]) - segmentation.n_regions)))
    right.plot(sizes[kind][at], excess[kind][at], "o", color=EXPERTS, markersize=10, zorder=0)
    right.set(xlabel="experts $m$", ylabel="excess", ylim=(2e-6, 2), xlim=(3, 330))
    right.set_xticks([4, 16, 64, 256], ["4", "16", "64", "256"])
    right.minorticks_off()
    right.grid(color=EDGES, alpha=0.3)
    value = excess[kind][at]
    return fig, (f"{segmentation.n_regions} regions of the square, {kind}, with the mean of β in each. Their excess is "
                 f"{value:.3g}; it falls from {excess[kind][0]:.3g} to {excess[kind][-1]:.3g} along the curve.")
