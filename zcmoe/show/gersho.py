"""Figures of the chapter on quantization and cells (Appendices A and B). They draw; the chapter computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.lattices import sphere_bound, zador_bound
from zcmoe.show.style import BETA, DENSITY, EXACT, FORMULA, INPUTS, UNIFORM, style

if TYPE_CHECKING:
    from zcmoe.lattices import Cell

_WIDTH = 4.7  # inches: a phone shows 11 points as 12 pixels


@style()
def ball(sides: int) -> tuple[Figure, str]:
    """A regular polygon and the disc of the same area: what sticks out of the disc, and where the disc is left free."""
    turn = 2 * np.pi / sides
    corner = 1 / np.sqrt(sides / 2 * np.sin(turn))  # from the middle, at area 1
    middle, radius = corner * np.cos(turn / 2), 1 / np.sqrt(np.pi)
    cut = np.arccos(middle / radius)  # from a side's middle to where the circle crosses it
    out = np.linspace(cut, turn - cut, 40)
    free = np.linspace(-cut, cut, 40)
    fig, ax = plt.subplots(figsize=(_WIDTH, 3.6))
    for k in range(sides):
        tip = corner * _around(k * turn + turn / 2)
        ax.fill(*np.column_stack([radius * _around(k * turn + out), tip]), color=UNIFORM, linewidth=0)
        ax.fill(*radius * _around(k * turn + free), facecolor=INPUTS, alpha=0.3, linewidth=0)
        ax.annotate("", 0.98 * radius * _around(k * turn + 0.3 * cut),
                    1.04 * radius * _around((k + 0.45) * turn),
                    arrowprops={"arrowstyle": "->", "color": EXACT, "connectionstyle": "arc3,rad=0.5"})
    ax.fill(*corner * _around(turn * (np.arange(sides) + 0.5)), facecolor="none", edgecolor=EXACT, linewidth=1.5)
    ax.plot(*radius * _around(np.linspace(0, 2 * np.pi, 200)), ":", color=FORMULA, linewidth=2)
    ax.plot(0, 0, "o", color=EXACT, markersize=5)
    ax.set(aspect="equal", xlim=(-0.8, 0.8), ylim=(-0.62, 0.62))
    ax.axis("off")
    return fig, (f"A polygon of {sides} sides and the disc of the same area around its middle, dotted. Arrows lead "
                 "from the corners, which stick out of the disc, to the parts of the disc outside the polygon.")


def _around(angle):
    return np.array([np.cos(angle), np.sin(angle)])


@style()
def ladder(moments: Sequence[float], hexagon: Cell, solid: Cell) -> tuple[Figure, str]:
    """The best cells of one, two and three dimensions, and the open question.

    Parameters
    ----------
    moments : sequence of float, length 3
        Their normalized moments of inertia.
    hexagon, solid : lattices.Cell
        The second and the third.
    """
    fig, grid = plt.subplots(2, 2, figsize=(_WIDTH, 4.4))
    axes = grid.ravel()
    names = ["interval", "hexagon", "truncated octahedron", "not known"]
    axes[0].plot([-0.8, 0.8], [0, 0], "|-", color=EXACT, linewidth=3, markersize=16, markeredgewidth=3)
    corners = hexagon.vertices[hexagon.faces[0]] / np.linalg.norm(hexagon.vertices, axis=1).max()
    axes[1].fill(*corners.T, facecolor=INPUTS, edgecolor=EXACT, linewidth=1.2)
    _solid(axes[2], solid, 30, 20)
    axes[3].text(0, 0, "?", fontsize=34, ha="center", va="center", color=UNIFORM)
    for k, (ax, name) in enumerate(zip(axes, names, strict=True)):
        ax.set(xlim=(-1.1, 1.1), ylim=(-1.8, 1.1), aspect="equal", title=f"d = {k + 1}" if k < 3 else "d ≥ 4")
        ax.text(0, -1.15, name + (f", {moments[k]:.5f}" if k < 3 else ""), ha="center", va="top")
        ax.axis("off")
    return fig, (f"The best cells: in one dimension an interval, M = {moments[0]:.5f}; in two the hexagon, "
                 f"{moments[1]:.5f}; in three, among lattices, the truncated octahedron, {moments[2]:.5f}; from four "
                 "dimensions on not known.")


def _solid(ax, cell, turn, tilt):
    """A polyhedron seen from one side; the angles are in degrees. A lattice cell: centred, and a face's middle is
    half a lattice vector, which stands at right angles to the face.
    """
    a, b = np.radians([turn, tilt])
    towards = np.array([np.cos(a) * np.cos(b), np.sin(a) * np.cos(b), np.sin(b)])
    screen = np.array([[-np.sin(a), np.cos(a), 0], [-np.cos(a) * np.sin(b), -np.sin(a) * np.sin(b), np.cos(b)]])
    vertices = cell.vertices / np.linalg.norm(cell.vertices, axis=1).max()
    for face in cell.faces:
        corners = vertices[face]
        normal = corners.mean(axis=0)
        facing = normal @ towards / np.linalg.norm(normal)
        if facing > 1e-9:
            ax.fill(*(corners @ screen.T).T, facecolor=INPUTS, alpha=0.25 + 0.7 * facing, edgecolor=EXACT,
                    linewidth=1.2)


def league(names: Sequence[str], dimensions: ArrayLike, moments: ArrayLike, reach: int) -> tuple[Figure, str]:
    """Normalized moments of inertia of lattices, between the sphere bound and Zador's.

    Parameters
    ----------
    names : sequence of str, length k
    dimensions, moments : array_like, shape (k,)
    reach : int
        The highest dimension that is shown.
    """
    seen = [(name, n, moment) for name, n, moment in zip(names, dimensions, moments, strict=True) if n <= reach]
    n = np.arange(1, reach + 1)
    fig, ax = plt.subplots(figsize=(_WIDTH, 4.4))
    ax.plot(n, [sphere_bound(k) for k in n], color=FORMULA, linestyle=":", label="sphere bound")
    ax.plot(n[1:], [zador_bound(k) for k in n[1:]], color=UNIFORM, linestyle="-.", label="Zador's bound")
    crowded = {"ℤ": (-4, 8), "A2": (2, 7), "A3": (7, 0), "A3*": (4, -15)}
    for name, k, moment in seen:
        ax.plot(k, moment, "o", color=EXACT)
        ax.annotate(name, (k, moment), xytext=crowded.get(name, (5, 5)), textcoords="offset points")
    ax.set(xlabel="dimension", xlim=(0, 27), ylim=(0.04, 0.125))
    ax.set_title("normalized moment of inertia $M$", loc="left")
    ax.legend(loc="upper right")
    best, k, least = min(seen, key=lambda row: row[2])
    return fig, (f"Normalized moments of inertia of {len(seen)} lattices in dimensions up to {reach}, all between the "
                 f"sphere bound below and Zador's bound above: from 0.08333 for the cube to {least:.5f} for {best} in "
                 f"dimension {k}.")


def gains(rates: ArrayLike, decibels: ArrayLike, at: float) -> tuple[Figure, str]:
    """What the density gains over equal cuts for β = exp(kx), up to one k, beside the most that shape can gain.

    Parameters
    ----------
    rates, decibels : array_like, shape (k,)
        k, and 10 log10 of the error of equal cuts over that of λ*.
    at : float
        The k that is marked, and where the curve ends.
    """
    rates, decibels = np.asarray(rates), np.asarray(decibels)
    here = float(np.interp(at, rates, decibels))
    known = rates < at
    x = np.linspace(0, 1, 200)
    fig, (left, right) = plt.subplots(1, 2, figsize=(_WIDTH, 4), width_ratios=[1, 1.6])
    left.plot(x, np.exp(at * (x - 1)), color=BETA)
    left.set(xlabel="$x$", title=f"$e^{{{at:g}x}}$, scaled", xlim=(0, 1), ylim=(0, 1.05), xticks=[0, 1], yticks=[0, 1])
    right.plot([*rates[known], at], [*decibels[known], here], color=DENSITY)
    right.plot([at], [here], "o", color=DENSITY, markersize=9)
    right.axhline(10 * np.log10(np.pi * np.e / 6), color=FORMULA, linestyle=":")
    right.text(20, 10 * np.log10(np.pi * np.e / 6) + 0.3, "the most by shape", color=FORMULA, ha="right", va="bottom")
    right.set(xlabel="$k$", title=f"gain {here:.2f} dB", xlim=(0, 21), ylim=(0, 20), yticks=range(0, 21, 5))
    return fig, (f"For β = exp(kx) the best density gains {here:.2f} dB over equal cuts at k = {at:g}; no shape of "
                 "cells gains more than 1.53 dB in any dimension.")


@style()
def polygons(shapes: dict[str, tuple[ArrayLike, float]]) -> tuple[Figure, str]:
    """Cells side by side, each of area 1, with their second moments.

    Parameters
    ----------
    shapes : dict of str to (vertices, second moment)
        The vertices, shape (v, 2), in order around the polygon.
    """
    columns = min(len(shapes), 2 if len(shapes) == 4 else 3)
    rows = -(-len(shapes) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(_WIDTH, 2.4 * rows), squeeze=False)
    for ax in axes.flat[len(shapes):]:
        ax.axis("off")
    for ax, (name, (vertices, moment)) in zip(axes.flat, shapes.items(), strict=False):
        x, y = np.asarray(vertices, dtype=float).T
        area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        ax.fill((x - x.mean()) / np.sqrt(area), (y - y.mean()) / np.sqrt(area), facecolor=INPUTS, edgecolor=EXACT)
        ax.set(xlim=(-0.95, 0.95), ylim=(-0.8, 0.95), aspect="equal", title=f"{name}\n{moment:.6f}")
        ax.axis("off")
    said = ", ".join(f"{name} {moment:.6f}" for name, (_, moment) in shapes.items())
    return fig, f"Cells of the same area: {said}."
