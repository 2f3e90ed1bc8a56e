"""Draw the README's picture: the same experts on uniform and on optimal regions."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

import zcmoe
from zcmoe.show.style import BETA, EXPERTS, style


def main(m=24):
    # The running example of the book.
    inputs, noise = stats.truncnorm(-2, 3, loc=0.4, scale=0.2), stats.uniform(-0.5, 1)
    problem = zcmoe.Problem(lambda x: np.cos(6 * np.pi * x), inputs, noise)
    ways = {
        f"{m} uniform regions": zcmoe.Intervals.uniform(m),
        f"{m} regions by the optimal density": zcmoe.Intervals.from_density(zcmoe.optimal_density(problem), m),
    }
    x = np.linspace(0, 1, 600)
    with style():
        fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7.2, 2.8))
        for ax, (title, regions) in zip(axes, ways.items(), strict=True):
            ax.plot(x, problem.beta(x), color=BETA, linewidth=1)
            ax.stairs(zcmoe.best_experts(problem, regions).constants, regions.edges, baseline=None, color=EXPERTS)
            excess = zcmoe.approximation_excess(problem, regions)
            ax.set(title=title, xlabel=f"error beyond the noise: {excess:.4f}", xticks=[0, 1], yticks=[-1, 0, 1])
        fig.savefig(Path(__file__).parents[1] / "_static" / "readme.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
