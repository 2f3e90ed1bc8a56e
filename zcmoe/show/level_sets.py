"""Figures of the chapter on level sets. They draw; the chapter computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.model import readout, words
from zcmoe.show.style import BETA, EDGES, EXACT, EXPERTS, UNIFORM

if TYPE_CHECKING:
    from zcmoe.experts import ZeroComputeMoE
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Segmentation

__all__ = ["gain", "plane", "wave"]

_WIDTH = 4.6  # inches: letters of 11 points have 12 pixels on a phone


def wave(problem: Problem, moe: ZeroComputeMoE, excess: float) -> tuple[Figure, str]:
    """β, the constant that answers at each x, and below them which expert that is.

    Parameters
    ----------
    problem : Problem
        In one dimension.
    moe : ZeroComputeMoE
    excess : float
        Its error beyond the noise, the readout.

    Returns
    -------
    figure, alt text
    """
    x = (np.arange(4000) + 0.5) / 4000
    region = moe.segmentation.route(x)
    m, pieces = moe.segmentation.n_regions, 1 + np.count_nonzero(np.diff(region))
    fig, (top, strip) = plt.subplots(2, 1, figsize=(_WIDTH, 3.8), height_ratios=[6, 1], sharex=True)
    top.plot(x, problem.beta(x), color=BETA)
    answer = moe.constants[region]
    answer[1:][np.diff(region) != 0] = np.nan  # no line from one constant to the next
    top.plot(x, answer, color=EXPERTS, linewidth=2.5)
    words(top, {"β": BETA, "constants": EXPERTS})
    readout(fig, f"{excess:.4f}  excess")
    order = np.argsort(np.argsort(moe.constants))  # a shade an expert, the lowest answer darkest
    strip.imshow(order[region][None], extent=(0, 1, 0, 1), aspect="auto", cmap="viridis", vmin=0, vmax=max(m - 1, 1),
                 interpolation="nearest")
    strip.set(xlabel="$x$", yticks=[])
    words(strip, {"which expert": EXACT})
    return fig, f"{m} experts answer on {pieces} pieces of the interval. Their excess is {excess:.4f}."


def gain(m: ArrayLike, ratio: ArrayLike) -> tuple[Figure, str]:
    """The excess of intervals over that of regions of any kind, up to the last m given.

    Parameters
    ----------
    m, ratio : array_like, shape (k,)
        With m from 2 to 64.

    Returns
    -------
    figure, alt text
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 2.9))
    ax.plot(m, ratio, "o-", color=EXACT)
    ax.set(xscale="log", xlim=(1.8, 72), ylim=(0, 50), xlabel="experts $m$", yticks=[0, 10, 20, 30, 40, 50])
    ax.set_xticks([2, 4, 8, 16, 32, 64], ["2", "4", "8", "16", "32", "64"])
    ax.minorticks_off()
    words(ax, {"intervals / regions of any kind": EXACT})
    readout(fig, f"{ratio[-1]:.1f} times  the excess")
    told = ", ".join(f"{each:.1f} at {number}" for each, number in zip(ratio, m, strict=True))
    return fig, f"The excess of intervals over that of regions of any kind, by the number of experts: {told}."


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
    fig, (left, right) = plt.subplots(2, 1, figsize=(_WIDTH, 6.4), height_ratios=[1.35, 1])
    left.imshow(picture, origin="lower", extent=(0, 1, 0, 1), cmap="Blues", interpolation="nearest")
    border = np.zeros(x.shape)
    border[:, 1:] += region[:, 1:] != region[:, :-1]
    border[1:] += region[1:] != region[:-1]
    left.contour(x, y, border, [0.5], colors=EXPERTS, linewidths=0.5)
    left.set(xlabel="$x_1$", ylabel="$x_2$", xticks=[0, 1], yticks=[0, 1])
    at = int(np.argmin(np.abs(np.asarray(sizes[kind]) - segmentation.n_regions)))
    for name, color, mark in (("boxes", UNIFORM, "s"), (kind, EXACT, "o")):
        right.loglog(sizes[name][:at + 1], excess[name][:at + 1], mark + "-", color=color, markersize=5)
        if kind == "boxes":
            break
    right.plot(sizes[kind][at], excess[kind][at], "o", color=EXPERTS, markersize=10, zorder=0)
    words(right, {"excess:": EXACT, "boxes": UNIFORM} | ({} if kind == "boxes" else {kind: EXACT}))
    readout(fig, f"{excess[kind][at]:.5f}  excess")
    right.set(xlabel="experts $m$", ylim=(2e-6, 2), xlim=(3, 330))
    right.set_xticks([4, 16, 64, 256], ["4", "16", "64", "256"])
    right.minorticks_off()
    right.set_yticks([1e-5, 1e-3, 1e-1])
    right.grid(color=EDGES, alpha=0.3)
    value = excess[kind][at]
    return fig, (f"{segmentation.n_regions} regions of the square, {kind}, with the mean of β in each. Their excess is "
                 f"{value:.3g}; with {sizes[kind][0]} regions it is {excess[kind][0]:.3g}.")
