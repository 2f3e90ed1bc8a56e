"""Figures of the chapter on expressive power. They draw; the chapter computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from zcmoe.show.model import readout, words
from zcmoe.show.style import BETA, EDGES, EXACT, EXPERTS, FORMULA, UNIFORM, style

_WIDTH = 4.5  # inches: a phone shows three quarters of it, and text stays near 12 pixels
_ON_PASTEL = "#202020"  # the shades of the regions stay as they are in the dark


def constants(places: np.ndarray, answers: np.ndarray, sizes: Sequence[float], errors: Sequence[float], m: int,
              dimension: int, ambient: int) -> tuple[Figure, str]:
    """A manifold in the colours of its experts' constants, and the error for the numbers of experts up to m.

    Parameters
    ----------
    places : ndarray, shape (n, 2) or (n, 3)
        Where the manifold's points are drawn; in space they are seen from above one side.
    answers : ndarray, shape (n,)
        The predictor there.
    sizes, errors : sequence of float
        Numbers of experts, and their mean squared errors.
    m : int
        One of the sizes: later ones stay hidden.
    dimension, ambient : int
        d and D.
    """
    fig, (shape, ax) = plt.subplots(2, 1, figsize=(_WIDTH, 6.2), height_ratios=[1.3, 1])
    if places.shape[1] == 3:  # an orthographic view, what is near drawn last
        order = np.argsort(places @ [-0.49, -0.74, 0.44])
        places, answers = places[order] @ [[0.83, 0.25], [-0.55, 0.37], [0.0, 0.89]], answers[order]
    shape.scatter(*places.T, c=answers, s=26, linewidths=0, cmap="cividis", vmin=-2, vmax=2,
                  rasterized=True)  # thousands of marks
    shape.set_aspect("equal")
    shape.set_axis_off()
    sizes, errors = np.asarray(sizes), np.asarray(errors)
    seen = sizes <= m
    ax.loglog(sizes[seen], errors[seen], "o-", color=EXACT)
    if seen.sum() > 1:
        for power, colour, line, name in [(2 / dimension, FORMULA, "--", "$m^{-2/d}$"),
                                          (2 / ambient, UNIFORM, ":", "$m^{-2/D}$")]:
            heights = errors[0] * (sizes[seen] / sizes[0]) ** -power
            ax.loglog(sizes[seen], heights, line, color=colour)
            ax.annotate(name, (sizes[seen][-1], heights[-1]), (7, -4), textcoords="offset points", color=colour)
    ax.set(xlim=(12, 520), ylim=(2e-4, 2), xlabel="number of experts $m$")
    words(ax, {"mean squared error": EXACT})
    ax.set_xticks(sizes, [str(k) for k in sizes])
    ax.minorticks_off()
    error = float(errors[sizes == m][0])
    readout(fig, f"{error:.2e}  error")
    return fig, (f"A manifold of dimension {dimension} in {ambient} dimensions, coloured by the constants of {m} "
                 f"experts; below, the mean squared error against their number, {error:.2e} here.")


def charts(angles: np.ndarray, values: np.ndarray, answers: np.ndarray, experts: np.ndarray, anchors: np.ndarray,
           title: str) -> tuple[Figure, str]:
    """The circle in the colours of its charts, and target and network along the angle.

    Parameters
    ----------
    angles : ndarray, shape (n,)
        In degrees, increasing.
    values, answers : ndarray, shape (n,)
        Target and network.
    experts : ndarray of int, shape (n,)
    anchors : ndarray, shape (E,)
        Angles of the anchors in degrees.
    """
    fig, (top, ax) = plt.subplots(2, 1, figsize=(_WIDTH, 6.2), height_ratios=[1.1, 1])
    u, v = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    borders = np.flatnonzero(np.diff(experts)) + 1
    for run in np.split(np.arange(angles.size), borders):
        e = experts[run[0]]
        top.plot(u[run], v[run], color=EXPERTS, alpha=1 if e % 2 else 0.4, linewidth=7, solid_capstyle="butt")
        ax.axvspan(angles[run[0]], angles[run[-1]], color=EXPERTS, alpha=0.16 if e % 2 else 0.05, linewidth=0)
    for angle in np.radians(anchors):
        at, along = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        half = np.sin(np.pi / len(anchors))
        top.plot(*np.stack([at - half * along, at + half * along], axis=1), color=EDGES, linewidth=1.2)
        top.plot(*at, "o", color=EXACT, markersize=7)
    top.set(aspect="equal", xlim=(-1.5, 1.5), ylim=(-1.5, 1.5))
    top.set_axis_off()
    readout(fig, title)
    ax.plot(angles, values, color=BETA, linewidth=3.5, alpha=0.45)
    ax.plot(angles, answers, color=EXPERTS, linewidth=1.5)
    ax.annotate("target", (98, 1.15), color=BETA)
    ax.annotate("experts", (266, 1.15), color=EXPERTS, ha="right")
    ax.set(xlim=(0, 360), ylim=(-2.3, 2.3), xlabel="angle on the circle, degrees", xticks=range(0, 361, 90))
    places = ", ".join(f"{angle:g}" for angle in anchors)
    return fig, (f"The circle in {len(anchors)} arcs around anchors at {places} degrees, each with its tangent; below, "
                 f"the target and the network's broken line. {title}.")


def regions(routed: np.ndarray, extent: float, centers: np.ndarray, title: str) -> tuple[Figure, str]:
    """The regions that a gate cuts out of a square, with the centres.

    Parameters
    ----------
    routed : ndarray of int, shape (k, k)
        The expert of every point of a grid: the first index is the vertical one.
    extent : float
        The square is [-extent, extent]².
    centers : ndarray, shape (E, 2)
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 4.6))
    square = (-extent, extent) * 2
    shades = plt.get_cmap("Pastel1").colors[:len(centers)]
    ax.imshow(np.array(shades)[routed], extent=square, origin="lower", interpolation="nearest")
    line = np.linspace(-extent, extent, len(routed))
    for e, (x, y) in enumerate(centers):
        if 0 < np.sum(routed == e) < routed.size:
            ax.contour(line, line, routed == e, [0.5], colors=[EXPERTS], linewidths=1)
        ax.plot(x, y, "o", color=_ON_PASTEL)
        ax.annotate(str(e), (x, y), (6, 4), textcoords="offset points", fontsize=13, color=_ON_PASTEL)
    ax.plot(0, 0, "+", color=EDGES, markersize=10)
    ax.set(xticks=[-extent, 0, extent], yticks=[-extent, 0, extent])
    readout(fig, title)
    share = ", ".join(f"expert {e} {np.mean(routed == e):.0%}" for e in range(len(centers)))
    return fig, f"A square cut by a linear gate with {len(centers)} experts. Shares of its area: {share}. {title}."


def ring(answers: np.ndarray, extent: float, title: str) -> tuple[Figure, str]:
    """Which of two experts answers at every point of a disc, and the circle that should part them.

    Parameters
    ----------
    answers : ndarray of float, shape (k, k)
        0 or 1 at every point of a grid on [-extent, extent]², NaN outside of the disc of that radius.
    extent : float
        The circle has radius 1.
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 4.6))
    shades = np.array([*plt.get_cmap("Pastel1").colors[:2], (0, 0, 0)])
    known = ~np.isnan(answers)
    picture = np.dstack([shades[np.where(known, answers, 2).astype(int)], known])
    ax.imshow(picture, extent=(-extent, extent) * 2, origin="lower", interpolation="nearest")
    ax.add_patch(plt.Circle((0, 0), 1, fill=False, color=EXACT, linewidth=1.5))
    ax.set(xlim=(-extent, extent), ylim=(-extent, extent))
    ax.set_axis_off()
    readout(fig, title)
    return fig, f"A disc of radius {extent:g} in the shades of two experts, with a circle of radius 1. {title}."


def maps(numbers: np.ndarray, title: str) -> tuple[Figure, str]:
    """A square of cells, each in the shade and with the letter of its map.

    Parameters
    ----------
    numbers : ndarray of int, shape (E, E)
        The map of each cell, from 0; the first index is the vertical one.
    """
    size = len(numbers)
    fig, ax = plt.subplots(figsize=(_WIDTH, 4.4))
    shades = np.array(plt.get_cmap("Pastel1").colors)
    ax.imshow(shades[numbers % len(shades)], origin="lower", extent=(0, size, 0, size), interpolation="nearest")
    for (row, column), number in np.ndenumerate(numbers):
        ax.text(column + 0.5, row + 0.5, chr(ord("A") + number), ha="center", va="center", fontsize=16,
                color=_ON_PASTEL)
    for at in range(1, size):
        ax.axvline(at, color=EXPERTS, linewidth=1)
        ax.axhline(at, color=EXPERTS, linewidth=1)
    ax.set(xticks=range(size + 1), yticks=range(size + 1), xlabel="$x_1$")
    words(ax, {"$x_2$": EXACT})
    readout(fig, title)
    letters = "; ".join(" ".join(chr(ord("A") + number) for number in row) for row in numbers[::-1])
    return fig, f"{size} × {size} cells with the letters of their maps, from the top: {letters}. {title}."


@style()
def prices(bits: Sequence[float], deep: Sequence[int], flat: Sequence[int]) -> tuple[Figure, str]:
    """How many experts an address of so many bits takes, in layers and side by side.

    Parameters
    ----------
    bits : sequence of float
    deep, flat : sequence of int
        The numbers of experts, of the same length.
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 4.7))
    for number, color, name, at in ((flat, UNIFORM, "one layer", (-8, 0)), (deep, EXPERTS, "layers", (-8, 10))):
        ax.semilogy(bits, number, "o-", color=color)
        ax.annotate(name, (bits[-1], number[-1]), at, textcoords="offset points", color=color, ha="right")
    ax.set(xlim=(0, 13.5), ylim=(1, 2e4), xlabel="bits of an address")
    ax.minorticks_off()
    words(ax, {"experts": EXACT})
    told = "; ".join(f"{bit:.1f} bits {few} in layers, {many} in one" for bit, few, many in
                     zip(bits, deep, flat, strict=True))
    return fig, f"Experts for an address of so many bits: {told}."


@style()
def segments(errors: np.ndarray, experts: int) -> tuple[Figure, str]:
    """The error of the best fit by so many straight segments, and that of the deep network.

    Parameters
    ----------
    errors : ndarray, shape (k,)
        Of 1, 2, …, k segments.
    experts : int
        How many the deep network has, whose error is 0.
    """
    number = np.arange(len(errors)) + 1
    fig, ax = plt.subplots(figsize=(_WIDTH, 4.7))
    ax.plot(number, errors, color=UNIFORM)
    ax.plot(experts, 0, "o", color=EXPERTS, markersize=9, clip_on=False)
    ax.annotate("deep", (experts, 0), (6, 6), textcoords="offset points", color=EXPERTS)
    ax.annotate("one layer", (number[len(number) // 2], errors[len(number) // 2]), (8, 6), textcoords="offset points",
                color=UNIFORM)
    ax.set(xlim=(0, len(errors) + 2), ylim=(0, 0.09), xlabel="number of experts", xticks=[1, 27, 54, len(errors)],
           yticks=[0, 0.03, 0.06, 0.09])
    words(ax, {"mean squared error": EXACT})
    at = errors[experts - 1]
    return fig, (f"The error of the best fit by segments falls from {errors[0]:.3f} for one to {errors[-2]:.4f} for "
                 f"{len(errors) - 1} and 0 for {len(errors)}. With {experts} it is {at:.3f}; the deep network with "
                 f"{experts} experts has 0.")


def address(x: float, steps: Sequence[float], path: Sequence[int], n_experts: int,
            curve: tuple[np.ndarray, np.ndarray], title: str) -> tuple[Figure, str]:
    """The tent network with one input on it, and the experts on that input's way.

    Parameters
    ----------
    x : float
        The input.
    steps : sequence of float
        What enters the first layer, the second, …, and leaves the last: depth + 1 numbers.
    path : sequence of int
        The experts.
    curve : tuple of ndarray
        The network's graph.
    """
    fig, (top, ax) = plt.subplots(2, 1, figsize=(_WIDTH, 6), height_ratios=[1, 1.6])
    top.plot(*curve, color=BETA, linewidth=1.3)
    top.plot(x, steps[-1], "o", color=EXPERTS, markersize=9)
    top.set(xlim=(0, 1), ylim=(-0.08, 1.08), xticks=[0, 0.5, 1], yticks=[0, 1])
    top.set_xlabel("input")
    readout(fig, title)
    spots = [(e - (n_experts - 1) / 2, -layer) for layer, e in enumerate(path)]
    for layer in range(len(path)):
        for e in range(n_experts):
            here = e == path[layer]
            ax.text(e - (n_experts - 1) / 2, -layer, str(e), ha="center", va="center", color="white" if here else EXACT,
                    bbox={"boxstyle": "round,pad=0.4", "facecolor": EXPERTS if here else "white", "edgecolor": EDGES})
        ax.text(2.1, -layer, f"gets {steps[layer]:.4g}", va="center", color=EXACT, fontsize=10.5)
    ax.text(2.1, -len(path), f"answers {steps[-1]:.4g}", va="center", fontsize=10.5)
    ax.plot(*np.transpose([(0, 0.8), *spots, (0, -len(path))]), color=EXPERTS, zorder=0, linewidth=2.5)
    ax.set(xlim=(-2, 3.6), ylim=(-4.3, 0.9))
    ax.set_axis_off()
    way = ", ".join(map(str, path))
    return fig, (f"A zigzag on [0, 1] with the input {x:g} marked, and below it {len(path)} rows of {n_experts} "
                 f"experts, one a layer. The input takes the experts {way} and leaves as {steps[-1]:.4g}. {title}.")


@style()
def training(steps: Sequence[int], quartiles: Mapping[str, np.ndarray], level: float) -> tuple[Figure, str]:
    """Errors of trained networks against the number of steps: medians, with bars over the middle half.

    Parameters
    ----------
    steps : sequence of int, shape (k,)
    quartiles : dict of str to ndarray, shape (k, 3)
        Lower quartile, median and upper quartile, by name; names of dense networks begin with "dense".
    level : float
        The error of the explicit construction.
    """
    fig, ax = plt.subplots(figsize=(_WIDTH, 5.4))
    for i, (name, rows) in enumerate(quartiles.items()):
        colour = UNIFORM if name.startswith("dense") else EXPERTS
        middle = rows[:, 1]
        at = np.asarray(steps) * 1.06 ** (i - 1.5)
        ax.errorbar(at, middle, [middle - rows[:, 0], rows[:, 2] - middle], color=colour, marker="os^D"[i % 4],
                    linestyle="-" if i % 2 == 0 else "--", capsize=3, label=name, markersize=6)
    ax.axhline(level, color=EXACT, linestyle="-", linewidth=1)
    ax.annotate("explicit weights", (400, level), (2, 4), textcoords="offset points", color=EXACT)
    ax.set(xscale="log", yscale="log", xlim=(380, 45_000), ylim=(2e-5, 1), xlabel="steps of 128 examples")
    words(ax, {"mean squared error": EXACT})
    ax.set_xticks(steps, [str(k) for k in steps])
    ax.minorticks_off()
    ax.legend(loc="upper right", fontsize=10.7)
    last = "; ".join(f"{name} {rows[-1, 1]:.0e}" for name, rows in quartiles.items())
    return fig, (f"Errors against steps of training. Medians after {steps[-1]} steps: {last}; "
                 f"explicit weights {level:.0e}.")
