import numpy as np
from scipy.integrate import quad

import zcmoe
from zcmoe import Intervals

from ._problems import INPUTS, PROBLEM, optimum


def level_sets_coefficient():
    """m² times the excess of m regions of any shape, for many: the third roots of the density of U = cos 6πX.

    With U = cos θ six points have one value, and the density of U is their sum over 6π sin θ.
    """
    turns = np.arange(3)[:, None] * 2 * np.pi

    def root(angle):
        x = np.concatenate([turns + angle, turns + 2 * np.pi - angle]) / (6 * np.pi)
        return float(np.cbrt(INPUTS.pdf(x).sum() / (6 * np.pi)) * np.sin(angle) ** (2 / 3))

    return quad(root, 0, np.pi)[0] ** 3 / 12


def minima():
    """Where one cut in hundredths is better than its neighbours, and the excess there, the deepest first."""
    places = np.arange(1, 100) / 100
    height = np.array([zcmoe.approximation_excess(PROBLEM, Intervals([0, cut, 1])) for cut in places])
    lower = 1 + np.flatnonzero((height[1:-1] < height[:-2]) & (height[1:-1] < height[2:]))
    return sorted((height[i], places[i]) for i in lower)


def values():
    (deepest, first), (next_best, second) = minima()[:2]
    one = zcmoe.region_moments(PROBLEM, Intervals.uniform(1))
    sixth = zcmoe.region_moments(PROBLEM, Intervals.uniform(12)).probability[5]
    eight = zcmoe.approximation_excess(PROBLEM, zcmoe.optimal_level_sets(PROBLEM, 8))
    return {
        "mean_1": f"{one.mean[0]:.4f}".replace("-", "−"),
        "error_1": f"{one.variance[0] + PROBLEM.noise_variance:.4f}",
        "deepest": f"{deepest:.4f}",
        "first_cut": f"{first:.2f}",
        "next": f"{next_best:.4f}",
        "second_cut": f"{second:.2f}",
        "share_6": f"{100 * sixth:.1f}",
        "pieces_8": f"{optimum(PROBLEM, 8) / eight:.0f}",
        "pieces": f"{zcmoe.high_rate_coefficient(PROBLEM) / level_sets_coefficient():.0f}",
    }
