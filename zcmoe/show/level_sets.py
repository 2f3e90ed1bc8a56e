"""Figures of the chapter on level sets. They draw; the chapter computes. Problems have one dimension, `plane` two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.model import readout, words
from zcmoe.show.style import BETA, EDGES, EXACT, EXPERTS, UNIFORM, WIDTH

if TYPE_CHECKING:
    from zcmoe.experts import ZeroComputeMoE
    from zcmoe.problem import Problem
    from zcmoe.segmentation import Segmentation

_X = (np.arange(4000) + 0.5) / 4000


def wave(problem: Problem, moe: ZeroComputeMoE, excess: float) -> tuple[Figure, str]:
    """β, the constant that answers at each x, and below them which expert that is.

    Parameters
    ----------
    excess : float
        Its error beyond the noise, the readout.
    """
    region = moe.segmentation.route(_X)
    m, pieces = moe.segmentation.n_regions, 1 + np.count_nonzero(np.diff(region))
    fig, (top, strip) = plt.subplots(2, 1, figsize=(WIDTH, 5.2), height_ratios=[6, 1], sharex=True)
    top.plot(_X, problem.beta(_X), color=BETA)
    answer = moe.constants[region]
    answer[1:][np.diff(region) != 0] = np.nan  # no line from one constant to the next
    top.plot(_X, answer, color=EXPERTS, linewidth=2.5)
    words(top, {"β": BETA, "constants": EXPERTS})
    readout(fig, f"{excess:.4f}  excess")
    order = np.argsort(np.argsort(moe.constants))  # a shade an expert, the lowest answer darkest
    strip.imshow(order[region][None], extent=(0, 1, 0, 1), aspect="auto", cmap="viridis", vmin=0, vmax=max(m - 1, 1),
                 interpolation="nearest")
    strip.set(xlabel="$x$", yticks=[])
    words(strip, {"which expert": EXACT})
    return fig, f"{m} experts answer on {pieces} pieces of the interval. Their excess is {excess:.4f}."


def served(problem: Problem, moe: ZeroComputeMoE, expert: int) -> tuple[Figure, str]:
    """The values that are nearest to one expert's constant, as a band, and the inputs at which β lies in it.

    Parameters
    ----------
    moe : ZeroComputeMoE
        On level sets, whose outer edges may be infinite.
    expert : int
        From 1, the lowest constant.
    """
    beta, region = problem.beta(_X), moe.segmentation.route(_X)
    levels, constant = moe.segmentation.edges, moe.constants[expert - 1]
    floor, ceiling = beta.min() - 0.7, beta.max() + 0.15
    low, high = np.clip(levels[expert - 1:expert + 1], beta.min(), beta.max()).round(9) + 0.0
    starts, ends = (np.flatnonzero(np.diff(np.pad(region == expert - 1, 1).astype(int)) == step) for step in (1, -1))
    fig, ax = plt.subplots(figsize=(WIDTH, 5.1))
    ax.axhspan(low, high, color=EXPERTS, alpha=0.18, linewidth=0)
    ax.hlines(levels[1:-1], 0, 1, color=EDGES, linewidth=1)
    ax.hlines(constant, 0, 1, color=EXPERTS, linewidth=2.5)
    ax.plot(_X, beta, color=BETA)
    for first, last in zip(starts, ends - 1, strict=True):
        ax.vlines(_X[[first, last]], floor + 0.3, beta[[first, last]], color=EXPERTS, linewidth=0.8)
        ax.hlines(floor + 0.2, _X[first], _X[last], color=EXPERTS, linewidth=9)
    ax.set(xlim=(0, 1), ylim=(floor, ceiling), xlabel="$x$", yticks=[-1, 0, 1])
    words(ax, {"β": BETA, "levels": EDGES, "constant and inputs of one expert": EXPERTS})
    readout(fig, f"expert {expert}:  {len(starts)} pieces")
    return fig, (f"Expert {expert} of {moe.constants.size} answers {constant:.2f} wherever β lies between {low:.2f} "
                 f"and {high:.2f}: on {len(starts)} pieces of the interval.")


def layers(problem: Problem, turns: ArrayLike) -> tuple[Figure, str]:
    """The density of β(X), and what each branch adds to it.

    Parameters
    ----------
    turns : array_like, shape (k + 1,)
        The ends of the k branches; β has the same range on each.
    """
    u = np.cos(np.linspace(np.pi - 0.03, 0.03, 400))  # finest at the ends, where the density is steep
    parts, turns = [], np.asarray(turns)
    for first, last in zip(turns[:-1], turns[1:], strict=True):
        x = np.linspace(first, last, 4001)
        values = problem.beta(np.clip(x, 1e-12, 1 - 1e-12))
        rising = slice(None) if values[-1] > values[0] else slice(None, None, -1)
        there = np.interp(u, values[rising], x[rising])
        parts.append(problem.inputs.pdf(there) * np.abs(np.gradient(there, u)))
    fig, ax = plt.subplots(figsize=(WIDTH, 4.8))
    ax.stackplot(u, parts, colors=plt.get_cmap("cividis")(np.linspace(0.3, 0.9, len(parts))), linewidth=0)
    ax.set(xlim=(-1, 1), ylim=(0, 0.8), xlabel="value $u$ of β", xticks=[-1, 0, 1], yticks=[0, 0.4, 0.8])
    words(ax, {"density of the values, a layer for each branch": EXACT})
    shares = [float(part[200] / np.sum(parts, axis=0)[200]) for part in parts]
    least, most = f"{min(shares):.0%}", f"{max(shares):.0%}"
    readout(fig, f"{len(parts)} layers of {least}" + f" to {most}" * (least != most))
    return fig, (f"The density of β(X) in {len(parts)} layers, one for each branch. Near the value 0 they are "
                 f"{', '.join(f'{share:.0%}' for share in shares)} of it.")


def gain(m: ArrayLike, ratio: ArrayLike) -> tuple[Figure, str]:
    """The excess of intervals over that of regions of any kind, up to the last m given.

    Parameters
    ----------
    m, ratio : array_like, shape (k,)
        With m from 2 to 64.
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 4.8))
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
    kind : str
        Its name, a key of `excess` and `sizes`, as "boxes" is.
    excess, sizes : mapping of str to array_like, shape (k,)
    """
    side = (np.arange(300) + 0.5) / 300
    x, y = np.meshgrid(side, side)
    points = np.column_stack([x.ravel(), y.ravel()])
    region = segmentation.route(points)
    mean = np.bincount(region, problem.beta(points), segmentation.n_regions)
    mean /= np.maximum(np.bincount(region, minlength=segmentation.n_regions), 1)
    picture, region = mean[region].reshape(x.shape), region.reshape(x.shape)
    fig, (left, right) = plt.subplots(2, 1, figsize=(WIDTH, 6.4), height_ratios=[1.35, 1])
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
