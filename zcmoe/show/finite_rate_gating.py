"""Figures of the chapter on finite-rate gating. They draw; the chapter computes."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from zcmoe.show.model import readout, words
from zcmoe.show.style import BETA, EDGES, EXACT, EXPERTS, FORMULA, INPUTS, MEMORY, ROUTING, UNIFORM, WIDTH

_SHADES = plt.get_cmap("cividis")


def layers(x: ArrayLike, beta: ArrayLike, constants: ArrayLike, gate: ArrayLike, number: str,
           examples: tuple[ArrayLike, ArrayLike] | None = None) -> tuple[Figure, str]:
    """Constants over β, and below them a gate π(t|x): the share of each expert at every x, as layers.

    Parameters
    ----------
    x, beta : array_like, shape (n,)
    constants : array_like, shape (m,)
    gate : array_like, shape (n, m)
    number : str
        The figure's number, in words.
    examples : (x, y), optional
        What the gate was learned from.
    """
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(WIDTH, 4.7), height_ratios=[1.3, 1])
    if examples is not None:
        top.plot(*examples, ".", color=INPUTS, markersize=3, alpha=0.5)
    shares = _layers(top, bottom, x, beta, constants, gate)
    top.set_ylim((-0.6, 1.6) if examples is not None else (-0.05, 1.05))
    readout(fig, number)
    return fig, (f"{number}. Above, β and {len(shares)} constants. Below, the gate: the shares of the experts at each "
                 f"x, on average {', '.join(f'{share:.2f}' for share in shares)}.")


def _layers(top, bottom, x, beta, constants, gate):
    """Draw both, in the order of the constants; return the mean shares in that order."""
    order = np.argsort(constants)
    colors = _SHADES(np.linspace(0.3, 0.9, len(order)))  # seen on white and in the dark
    top.plot(x, beta, color=BETA)
    for color, t in zip(colors, order, strict=True):
        top.axhline(constants[t], color=color, linewidth=2)
    top.set(xlim=(0, 1), ylim=(-0.05, 1.05), xticks=[])
    bottom.stackplot(x, np.asarray(gate)[:, order].T, colors=colors, linewidth=0)
    bottom.set(xlabel="$x$", xlim=(0, 1), ylim=(0, 1), yticks=[0, 0.5, 1])
    words(top, {"β": BETA, "constants": colors[len(order) // 2]})
    words(bottom, {"$π(t|x)$": EXACT})
    return np.mean(np.asarray(gate)[:, order], axis=0)


def channel(x: ArrayLike, beta: ArrayLike, constants: ArrayLike, gate: ArrayLike, rates: ArrayLike,
            distortions: ArrayLike, slope: float) -> tuple[Figure, str]:
    """A gate π(t|x) as layers over x, and where it stands on D(R), with its tangent.

    Parameters
    ----------
    x, beta : array_like, shape (n,)
    constants : array_like, shape (m,)
    gate : array_like, shape (n, m)
    rates, distortions : array_like, shape (k,)
        The curve as far as it has been followed, in bits; the last point is the gate's.
    slope : float
        s, in nats per unit of distortion.
    """
    rate, error = rates[-1], distortions[-1]
    fig, (top, middle, bottom) = plt.subplots(3, 1, figsize=(WIDTH, 6.2), height_ratios=[1, 0.9, 1.4])
    shares = _layers(top, middle, x, beta, constants, gate)
    bottom.plot(rates, distortions, "o-", color=EXACT, markersize=4)
    line = rate + np.array([-0.6, 0.6])
    bottom.plot(line, error - np.log(2) * (line - rate) / slope, color=ROUTING, linewidth=1.4)
    bottom.plot([rate], [error], "o", color=ROUTING, markersize=8)
    bottom.set(xlim=(0, 2.05), ylim=(0, 0.095), yticks=[0, 0.03, 0.06, 0.09])
    words(bottom, {"error": EXACT})
    bottom.set_xlabel("routing rate $R$ in bits", color=ROUTING)
    readout(fig, f"{error:.4f} error at {rate:.2f} bits")
    return fig, (f"Above, β and {len(shares)} constants. Between, the gate: the shares of the experts at each x, on "
                 f"average {', '.join(f'{share:.2f}' for share in shares)}. Below, the curve of error against rate up "
                 f"to {rate:.2f} bits and error {error:.4f}, with its tangent.")


def steps(constants: ArrayLike, weights: ArrayLike, pull: ArrayLike, history: ArrayLike) -> tuple[Figure, str]:
    """Blahut and Arimoto's algorithm at one step: the weights, the factors c of the next one, and the bracket.

    Parameters
    ----------
    constants, weights, pull : array_like, shape (m,)
    history : array_like, shape (k + 1,)
        Widths of the bracket before each of k steps and after the last, in nats.
    """
    step, width = len(history) - 1, np.min(np.diff(constants))
    fig, (top, middle, bottom) = plt.subplots(3, 1, figsize=(WIDTH, 6.5), height_ratios=[1, 1, 1.2])
    top.bar(constants, weights, 0.7 * width, color=EXPERTS)
    top.set(ylim=(0, 0.62), xticks=[])
    readout(fig, f"{history[-1]:.1e} nats after {step} step{'s' * (step != 1)}")
    words(top, {"$r_t$": EXACT})
    middle.axhline(1, color=EDGES, linewidth=1)
    middle.vlines(constants, 1, pull, color=ROUTING)
    middle.plot(constants, pull, "o", color=ROUTING, markersize=4)
    middle.set(xlabel="answer of the expert", ylim=(0, 2.4), xlim=top.get_xlim())
    words(middle, {"$c_t$": EXACT})
    bottom.loglog(np.arange(step + 1) + 1, history, "o-" if step < 3 else "-", color=EXACT)
    bottom.set(xlim=(0.9, 1300), ylim=(1e-4, 1), xlabel="step + 1")
    words(bottom, {"bracket": EXACT})
    bottom.minorticks_off()
    used = int(np.sum(np.asarray(weights) > 1e-3))
    return fig, (f"Above, the weights of {len(constants)} experts after {step} steps, {used} of them above 0.001; "
                 f"between, the factors by which the next step multiplies them, at most {np.max(pull):.3f}; below, "
                 f"the width of the bracket so far, now {history[-1]:.1e} nats.")


def birth(t: ArrayLike, followed: dict[str, ArrayLike], best: dict[str, ArrayLike] | None,
          slope: float) -> tuple[Figure, str]:
    """Experts that are followed as the slope grows: their pull on the line, and the best ones where they are shown.

    Parameters
    ----------
    t : array_like, shape (k,)
        Places on the line of answers.
    followed, best : dict
        "constants", "weights", "pull" (c at `t`) and "value" (F).
    """
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(WIDTH, 5.4))
    for state, color, name, side in [(best, EXACT, "best", 0.004), (followed, EXPERTS, "followed", -0.004)]:
        if state is not None:
            top.vlines(np.asarray(state["constants"]) + side, 0, state["weights"], color=color, linewidth=4)
            top.annotate(f"{name}: F = {state['value']:.5f}", (1, 1 if name == "best" else 0.86), color=color,
                         xycoords="axes fraction", ha="right", va="top")
            bottom.plot(t, state["pull"], color=color)
    bottom.axhline(1, color=EDGES, linewidth=1)
    top.set(ylim=(0, 1.3), yticks=[0, 0.5, 1])
    readout(fig, f"price s = {slope:g}")
    bottom.set(xlabel="answer $t$ of an expert", xlim=(-0.05, 1.05), ylim=(0.88, 1.06))
    words(top, {"weight": EXACT})
    words(bottom, {"$c(t)$": EXACT})
    said = [f"{name} {'–'.join(f'{c:.3f}' for c in state['constants'])} with F = {state['value']:.5f}, c at most "
            f"{np.max(state['pull']):.4f}" for name, state in [("followed", followed), ("best", best)] if state]
    return fig, f"Experts by answer and weight, and their function c, at slope {slope:g}: {'; '.join(said)}."


def curves(lines: dict[str, tuple[ArrayLike, ArrayLike]], m: int, axis: str, target: str, unit: float,
           shannon: float) -> tuple[Figure, str]:
    """Error against rate, as far as the reader has gone: up to log2 m bits.

    Parameters
    ----------
    lines : dict of str to (rates, excess)
        "one number each", "entropy-coded" and "any gate", rates in bits.
    m : int
        The number of experts that the reader asks for; the rest of each curve is not drawn.
    axis : {"bits", "experts m"}
        In bits the height is in dB above Shannon's bound; in experts it is m² times the excess over `unit`.
    unit, shannon : float
        A* of the main paper's formula, and Shannon's bound at rate 0.
    """
    look = {"one number each": (EXPERTS, "o"), "entropy-coded": (UNIFORM, "."), "any gate": (EXACT, None)}
    bits, height = axis == "bits", {}
    fig, ax = plt.subplots(figsize=(WIDTH, 5.5))
    for name, (rates, excess) in lines.items():
        color, marker = look[name]
        scaled = np.asarray(excess) * 4.0 ** np.asarray(rates)
        values = 10 * np.log10(scaled / shannon) if bits else scaled / unit
        height[name] = np.interp(np.log2(m), rates, values)
        seen = np.asarray(rates) < np.log2(m) - 1e-9
        ax.plot([*np.asarray(rates)[seen], np.log2(m)], [*values[seen], height[name]], color=color, marker=marker,
                markersize=4, label=name)
    level = 0 if bits else shannon / unit
    ax.axhline(level, color=FORMULA, linestyle=":", label="Shannon's bound")
    if not bits:
        ax.axhline(1, color=FORMULA, linestyle="--", label="formula (23)")
    ticks = np.arange(6)
    ax.set_xticks(ticks, [str(k) if bits else str(2**k) for k in ticks])
    ax.set(xlim=(-0.1, 5.1), ylim=(-0.3, 4.7) if bits else (0.4, 1.3))
    readout(fig, f"{np.log2(m):g} bits, {m} experts, {target}")
    words(ax, {"dB above Shannon's bound" if bits else "excess / formula (23)": EXACT})
    ax.set_xlabel("routing rate $R$ in bits" if bits else "$m=2^R$", color=ROUTING)
    fig.legend(loc="outside lower center", ncols=2, fontsize=10.7)
    said = ", ".join(f"{name} {value:.2f}" for name, value in height.items())
    what = "Decibels above Shannon's bound" if bits else f"Excess over formula (23), Shannon's bound {level:.2f}"
    return fig, f"{what}, for {target} up to {np.log2(m):g} bits. There: {said}."


def branches(x: ArrayLike, beta: ArrayLike, routes: dict[str, ArrayLike], m: ArrayLike, ratio: ArrayLike,
             k: int) -> tuple[Figure, str]:
    """Intervals and level sets on a β of k branches: where the experts serve, and what intervals lose.

    Parameters
    ----------
    x, beta : array_like, shape (n,)
    routes : dict of str to array_like of int, shape (n,)
        The expert of each x, for "intervals" and "level sets".
    m, ratio : array_like, shape (j,)
        Excess of the best intervals over that of the best level sets.
    """
    fig, (top, middle, bottom) = plt.subplots(3, 1, figsize=(WIDTH, 6.2), height_ratios=[1.1, 0.5, 1.2])
    top.plot(x, beta, color=BETA)
    top.set(xlim=(0, 1), xticks=[])
    words(top, {"β": EXACT})
    readout(fig, f"{ratio[-1]:.2f} times the error, {m[-1]} experts")
    middle.imshow(np.stack(list(routes.values())), aspect="auto", extent=(0, 1, 0, len(routes)), cmap="cividis",
                  interpolation="nearest")
    middle.set_yticks([1.5, 0.5], list(routes))
    middle.set(xlabel="$x$")
    bottom.plot(np.log2(m), ratio, "o-", color=EXACT)
    bottom.set_xticks(np.log2(m), [str(each) for each in m])
    bottom.set(xlabel="number of experts $m$", ylim=(0, 17))
    words(bottom, {"error of intervals / of level sets": EXACT})
    said = ", ".join(f"{each:.2f} at {number}" for each, number in zip(ratio, m, strict=True))
    return fig, (f"Above, a β of {k} branches; between, stripes that say which expert serves "
                 f"each x, as intervals and as level sets; below, the error of intervals over that of "
                 f"level sets: {said}.")


def recommendation(number: ArrayLike, errors: dict[str, ArrayLike], n: int) -> tuple[Figure, str]:
    """Expected test error against the number of experts, and two bounds on it.

    Parameters
    ----------
    number : array_like, shape (k,)
    errors : dict of str to array_like, shape (k,)
        "test error", "bound (G.5)" and "from single examples".
    """
    look = {"test error": (EXACT, "-"), "bound (G.5)": (MEMORY, ":"), "from single examples": (MEMORY, "-.")}
    fig, ax = plt.subplots(figsize=(WIDTH, 5))
    least = {}
    for name, values in errors.items():
        ax.plot(number, values, color=look[name][0], linestyle=look[name][1])
        at = int(np.argmin(values))
        least[name] = f"{values[at]:.3f} at {number[at]}"
        ax.plot([number[at]], [values[at]], "o", color=look[name][0])
    ax.set(xscale="log", xlabel="number of experts $K$", ylim=(0.15, 0.75), xlim=(0.9, 150))
    readout(fig, f"{n} examples")
    ax.set_xticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    ax.minorticks_off()
    words(ax, {"test error": EXACT, "bound (G.5) ···": MEMORY, "single examples –·": MEMORY})
    return fig, (f"Expected test error and its bounds against the number of experts, for {n} examples. Least: "
                 + ", ".join(f"{name} {where}" for name, where in least.items()) + ".")


def study(panel: dict[int, tuple[ArrayLike, ArrayLike, ArrayLike]], penalty: float,
          curve: tuple[ArrayLike, ArrayLike], noise: float, experts: str, n: int) -> tuple[Figure, str]:
    """Gates trained from examples: test and training error against rate, beside what is possible and the bound.

    Parameters
    ----------
    panel : dict of int to (bits, test, training)
        By the number of experts, each of shape (training sets, slopes).
    penalty : float
        The last term of (G.5).
    curve : (rates, distortions)
        D(R) for any constants, rates in bits.
    n : int
        0 where nothing was learned from examples.
    """
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(WIDTH, 6.4), height_ratios=[1, 2.2])
    said = []
    for shade, (m, runs) in zip((0.4, 0.55, 0.75, 0.95), panel.items(), strict=True):
        color = plt.get_cmap("Oranges")(shade)
        bits, test, training = (np.mean(each, axis=0) for each in runs)
        bottom.errorbar(bits, test, np.std(runs[1], axis=0), fmt="o-", color=color, capsize=2, markersize=4,
                        label=f"m = {m}")
        bottom.plot(bits, training, color=color, linewidth=0.9)
        top.plot(bits, test, "o-", color=color, markersize=4)
        if n:
            top.plot(bits, training + penalty, ":", color=MEMORY)
        said.append(f"{m} experts {test.min():.4f} at {bits[test.argmin()]:.2f} bits")
    bottom.plot(*curve, color=EXACT, label="$D(R)$")
    bottom.axhline(noise, color=EDGES, linewidth=1)
    top.set(ylim=(0, 1.25))
    words(top, {"error": EXACT})
    readout(fig, f"{experts}, {n} examples" if n else f"{experts}, η known")
    if n:
        top.plot([], [], ":", color=MEMORY, label="bound (G.5)")
        top.legend(loc="upper right")
    bottom.set(ylim=(0.115, 0.225), xlim=(0, 3.2), ylabel="the same, closer")
    bottom.set_xlabel("routing rate $R$ in bits", color=ROUTING)
    bottom.legend(loc="upper right", fontsize=10.7)
    above = f" The bound adds {penalty:.3f} to the training error." if n else ""
    return fig, f"Least mean test errors of {experts}: {', '.join(said)}. The noise is {noise:.4f}.{above}"
