"""Pictures of the notes for the careful reader."""

import matplotlib.pyplot as plt
import numpy as np

import zcmoe
from slots import notes
from slots._problems import FLAT, PROBLEM, SQUARE, cuts, formula, optimum
from zcmoe.show import level_sets
from zcmoe.show.model import words
from zcmoe.show.style import BETA, DENSITY, EXACT, EXPERTS, FORMULA, UNIFORM, WIDTH


def remainders():
    m = 2 ** np.arange(6, 11)
    rest = np.array([notes.remainder(int(each)) for each in m])
    fig, ax = plt.subplots(figsize=(WIDTH, 3.4))
    ax.loglog(m, rest, "o-", color=EXACT)
    for power in (2, 3):
        line = rest[0] * (m[0] / m) ** power
        ax.loglog(m, line, "--", color=FORMULA, linewidth=1.2)
        ax.annotate(f"$m^{{-{power}}}$", (m[-1], line[-1]), (5, 0), textcoords="offset points", color=FORMULA,
                    va="center")
    ax.set(xlabel="equal intervals $m$", xlim=(56, 1500))
    ax.set_xticks(m, [str(each) for each in m])
    ax.minorticks_off()
    words(ax, {"remainder": EXACT})
    power = np.log(rest[0] / rest[-1]) / np.log(m[-1] / m[0])
    return fig, (f"The remainder falls from {rest[0]:.1e} at 64 intervals to {rest[-1]:.1e} at 1024, on average like m "
                 f"to the power −{power:.1f}: faster than m⁻² and more slowly than m⁻³.")


def minimum():
    m, ratios = [2, 4, 8, 16, 32, 64], {}
    fig, ax = plt.subplots(figsize=(WIDTH, 3.4))
    for problem, name, color in ((PROBLEM, "cos 6πx", BETA), (SQUARE, "x²", EXPERTS)):
        ratios[name] = [optimum(problem, each) / formula(problem, each) for each in m]
        ax.semilogx(m, ratios[name], "o-", color=color)
    ax.axhline(1, color=FORMULA, linestyle="--", linewidth=1.2)
    ax.annotate("cos 6πx", (8, ratios["cos 6πx"][2]), (8, -12), textcoords="offset points", color=BETA)
    ax.annotate("x²", (2, ratios["x²"][0]), (10, 2), textcoords="offset points", color=EXPERTS)
    ax.annotate("(23)", (64, 1), (-4, 6), textcoords="offset points", color=FORMULA, ha="right")
    ax.set(ylim=(0, 1.3), yticks=[0, 0.5, 1], xlabel="experts $m$")
    ax.set_xticks(m, [str(each) for each in m])
    ax.minorticks_off()
    words(ax, {"exact minimum ÷ formula (23)": EXACT})
    told = "; ".join(f"{name} {each[0]:.2f} at 2, {each[-1]:.2f} at 64" for name, each in ratios.items())
    return fig, f"The exact minimum over that of the formula, which both approach from different sides: {told}."


def values():
    moe = zcmoe.best_experts(PROBLEM, zcmoe.optimal_level_sets(PROBLEM, 4))
    return level_sets.served(PROBLEM, moe, 2)


def flat():
    x = (np.arange(1000) + 0.5) / 1000
    edges = cuts(FLAT, 16).edges
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 3.6), sharex=True)
    top.plot(x, FLAT.beta(x), color=BETA)
    top.vlines(edges, -1.1, 1.1, color=EXPERTS, linewidth=1)
    top.set(yticks=[-1, 0, 1])
    words(top, {"β": BETA, "16 cuts": EXPERTS})
    bottom.fill_between(x, zcmoe.optimal_density(FLAT).pdf(x), color=DENSITY, alpha=0.3, linewidth=0)
    bottom.plot(x, zcmoe.optimal_density(FLAT).pdf(x), color=DENSITY)
    bottom.set(xlim=(0, 1), ylim=(0, None), xlabel="$x$", yticks=[0, 2])
    words(bottom, {"λ*": DENSITY})
    beyond = int(np.sum(edges[:-1] > 0.5))
    return fig, (f"β with three zeros of its slope up to ½ and a flat half beyond. λ* touches 0 three times and stays "
                 f"at 0 from ½ on; of the cuts for 16 experts {beyond or 'none'} lies there.")


def shapes():
    fig, axes = plt.subplots(1, 2, figsize=(WIDTH, 2.9))
    told = []
    for ax, columns, color in zip(axes, (20, 10), (UNIFORM, EXACT), strict=True):
        rows = 400 // columns
        for across in range(5):  # lines of equal height of x + 4y
            ax.plot([0, 0.3], np.array([0, -0.075]) + 0.0675 * (across + 0.7), color=BETA, linewidth=1)
        ax.vlines(np.arange(0, 0.3001, 1 / columns), 0, 0.3, color=color, linewidth=1.3)
        ax.hlines(np.arange(0, 0.3001, 1 / rows), 0, 0.3, color=color, linewidth=1.3)
        excess = notes.shapes()[f"boxes_{columns}"]
        ax.set(xlim=(-0.003, 0.303), ylim=(-0.003, 0.303), aspect="equal", title=f"{columns} × {rows}: {excess}")
        ax.axis("off")
        told.append(f"{columns} × {rows} has {excess}")
    return fig, f"A corner of two grids of 400 boxes over lines of equal height, with the excess: {', '.join(told)}."
