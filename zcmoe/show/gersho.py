"""Figures of the chapter on quantization and cells (Appendices A and B). They draw; the chapter computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe._typing import Law
from zcmoe.lattices import sphere_bound, zador_bound
from zcmoe.show.style import DENSITY, EDGES, EXACT, EXPERTS, FORMULA, INPUTS, UNIFORM, style

if TYPE_CHECKING:
    from zcmoe.lattices import Cell

__all__ = ["companding", "gains", "league", "polygons", "solid"]

_WIDTH = 5.6  # inches: legible when a phone halves it


def companding(distribution: Law, compander: Any, m: int, limits: tuple[float, float]) -> tuple[Figure, str]:
    """m equal steps of the compressor's value, and the unequal cells of x that they become.

    Parameters
    ----------
    distribution : frozen SciPy distribution
    compander : object with ``cdf``, ``ppf``
        As ``quantization.compander(distribution)``.
    m : int
        Number of levels.
    limits : (float, float)
        The range of x that is shown.

    Returns
    -------
    figure, alt text
    """
    x = np.linspace(*limits, 400)
    steps = np.arange(1, m) / m
    thresholds = compander.ppf(steps)
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(_WIDTH, 4.6), height_ratios=[2, 1])
    top.plot(x, compander.cdf(x), color=DENSITY, label="compressor $G$")
    top.hlines(steps, limits[0], thresholds, color=EDGES, linewidth=0.8)
    top.vlines(thresholds, 0, steps, color=EDGES, linewidth=0.8)
    top.set(ylabel="$G(x)$, in equal steps", xlim=limits, ylim=(0, 1))
    top.legend(loc="lower right")
    bottom.fill_between(x, distribution.pdf(x), color=INPUTS, alpha=0.5, linewidth=0)
    bottom.vlines(thresholds, 0, distribution.pdf(x).max() * 1.05, color=EXPERTS, linewidth=1.2)
    bottom.set(xlabel="$x$, in unequal cells", ylabel="$p_x$", ylim=(0, None))
    lengths = np.diff(thresholds)
    return fig, (f"The compressor's value is cut into {m} equal steps; read across and down, they are the cells of x. "
                 f"The inner cells are between {lengths.min():.3f} and {lengths.max():.3f} long, the short ones where "
                 "the density below is high.")


def solid(cell: Cell, turn: float, tilt: float, title: str) -> tuple[Figure, str]:
    """A polyhedron seen from one side.

    Parameters
    ----------
    cell : lattices.Cell
        In three dimensions.
    turn, tilt : float
        The view, in degrees about the vertical axis and above the horizon.
    title : str

    Returns
    -------
    figure, alt text
    """
    a, b = np.radians([turn, tilt])
    towards = np.array([np.cos(a) * np.cos(b), np.sin(a) * np.cos(b), np.sin(b)])
    screen = np.array([[-np.sin(a), np.cos(a), 0], [-np.cos(a) * np.sin(b), -np.sin(a) * np.sin(b), np.cos(b)]])
    vertices = cell.vertices / np.linalg.norm(cell.vertices, axis=1).max()
    fig, ax = plt.subplots(figsize=(4.4, 4.2))
    seen = 0
    for face in cell.faces:
        corners = vertices[face]
        normal = corners.mean(axis=0)  # a face of a lattice cell is centred below the middle of a lattice vector
        facing = normal @ towards / np.linalg.norm(normal)
        if facing > 1e-9:
            seen += 1
            shade = plt.cm.Greens(0.25 + 0.5 * facing)
            ax.fill(*(corners @ screen.T).T, facecolor=shade, edgecolor=EXACT, linewidth=1.2)
    ax.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal", title=title)
    ax.axis("off")
    return fig, (f"{title}: a solid with {len(cell.vertices)} vertices and {len(cell.faces)} faces, of which {seen} "
                 f"are seen at a turn of {turn} and a tilt of {tilt} degrees.")


def league(names: Sequence[str], dimensions: ArrayLike, moments: ArrayLike, measured: ArrayLike, errors: ArrayLike,
           scale: str) -> tuple[Figure, str]:
    """Second moments of lattices between the sphere bound and Zador's.

    Parameters
    ----------
    names : sequence of str, length k
    dimensions, moments : array_like, shape (k,)
    measured, errors : array_like, shape (k,)
        Measured second moments and their standard errors; NaN where there is none.
    scale : {"second moment", "gain"}
        G itself, or 10 log10 of 1/12 over it, in dB.

    Returns
    -------
    figure, alt text
    """
    gain = scale != "second moment"
    value = (lambda g: -10 * np.log10(12 * np.asarray(g))) if gain else np.asarray
    dimensions, moments, measured = map(np.asarray, (dimensions, moments, measured))
    n = np.arange(1, 25)
    fig, ax = plt.subplots(figsize=(_WIDTH, 4.4))
    ax.plot(n, value([sphere_bound(k) for k in n]), color=FORMULA, linestyle="--", label="sphere bound")
    ax.plot(n[1:], value([zador_bound(k) for k in n[1:]]), color=UNIFORM, linestyle=":", label="Zador's bound")
    ax.axhline(value(1 / (2 * np.pi * np.e)), color=EDGES, linewidth=1, label="limit $1/2πe$")
    ax.plot(dimensions, value(moments), "o", color=DENSITY, label="closed form")
    known = np.isfinite(measured)
    spread = 4 * np.asarray(errors)[known]
    ends = np.abs(value(measured[known] + np.outer([-1, 1], spread)) - value(measured[known]))
    ax.errorbar(dimensions[known], value(measured[known]), ends, fmt="none", ecolor=EXPERTS, elinewidth=2, capsize=4,
                label="measured, ±4 se")
    crowded = {"A3": (7, 2), "A3*": (-17, -12)}
    for name, k, g in zip(names, dimensions, value(moments), strict=True):
        across, up = crowded.get(name, (5, 5))
        ax.annotate(name, (k, g), xytext=(across, -up if gain else up), textcoords="offset points", fontsize=9.5)
    ax.set(xlabel="dimension $n$", xlim=(0.3, 25.7), ylim=(-0.2, 1.75) if gain else (0.056, 0.09),
           ylabel="gain over the cube [dB]" if gain else "normalized second moment $G$")
    ax.legend(loc="lower right" if gain else "upper right", fontsize=9.5)
    best = int(np.argmin(moments))
    return fig, (f"Second moments of {len(names)} lattices in dimensions 1 to 24, all between the sphere bound below "
                 f"and Zador's bound above: from 0.08333 for the cube to {moments[best]:.5f} for {names[best]}, "
                 f"a gain of {-10 * np.log10(12 * moments[best]):.2f} dB out of 1.53.")


def gains(rates: ArrayLike, decibels: ArrayLike, at: float) -> tuple[Figure, str]:
    """What the density gains over equal cuts for β = exp(kx), beside the most that shape can gain.

    Parameters
    ----------
    rates, decibels : array_like, shape (k,)
        k, and 10 log10 of the error of equal cuts over that of λ*.
    at : float
        The k that is marked.

    Returns
    -------
    figure, alt text
    """
    here = float(np.interp(at, rates, decibels))
    x = np.linspace(0, 1, 200)
    fig, (left, right) = plt.subplots(1, 2, figsize=(_WIDTH, 3.4), width_ratios=[1, 1.5])
    left.plot(x, np.exp(at * (x - 1)), color=EXACT)
    left.set(xlabel="$x$", ylabel="$β(x)/β(1)$", title=f"$β = e^{{{at:g}x}}$", xlim=(0, 1))
    right.plot(rates, decibels, color=DENSITY, label="density")
    right.plot([at], [here], "o", color=DENSITY, markersize=9)
    right.axhline(10 * np.log10(np.pi * np.e / 6), color=FORMULA, linestyle="--", label="shape, at most 1.53 dB")
    right.set(xlabel="$k$", ylabel="gain [dB]", title=f"{here:.2f} dB", ylim=(-1, 1.35 * decibels[-1]))
    right.legend(loc="upper left")
    return fig, (f"For β = exp(kx) the optimal density gains {here:.2f} dB over equal cuts at k = {at:g}. The gain "
                 "grows without limit in k, while no shape of cells gains more than 1.53 dB in any dimension.")


@style()
def polygons(shapes: dict[str, tuple[ArrayLike, float]]) -> tuple[Figure, str]:
    """Cells side by side, each of area 1, with their second moments.

    Parameters
    ----------
    shapes : dict of str to (vertices, second moment)
        The vertices, shape (v, 2), in order around the polygon.

    Returns
    -------
    figure, alt text
    """
    fig, axes = plt.subplots(1, len(shapes), figsize=(_WIDTH, 2.4), squeeze=False)
    for ax, (name, (vertices, moment)) in zip(axes[0], shapes.items(), strict=True):
        x, y = np.asarray(vertices, dtype=float).T
        area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        ax.fill((x - x.mean()) / np.sqrt(area), (y - y.mean()) / np.sqrt(area), facecolor=INPUTS, edgecolor=EXACT)
        ax.set(xlim=(-0.95, 0.95), ylim=(-0.8, 0.95), aspect="equal", title=f"{name}\n{moment:.6f}")
        ax.axis("off")
    said = ", ".join(f"{name} {moment:.6f}" for name, (_, moment) in shapes.items())
    return fig, f"Cells of the same area: {said}."
