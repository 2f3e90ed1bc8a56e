"""Section 3: the model."""

from itertools import pairwise

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Boxes, ZeroComputeMoE

from .agreement import below, held, relative, row, scores
from .by_hand import error_by_quadrature, integral, least_on_grid, optimal_constant
from .problems import NOISE, PLANE, PROBLEM, SIGMA2, TWENTY, beta, p, sample


@row("(1)", kind="simulation")
def eq_1():
    """Mean, variance and shape of y - β(x), and its correlation with x, β and their squares."""
    x, y = sample()
    noise, n = y - beta(x), x.size
    z = [np.mean(noise) / np.sqrt(SIGMA2), (np.mean(noise**2) - SIGMA2) * np.sqrt(180)]
    z += [np.corrcoef(noise, other)[0, 1] for other in (x, beta(x), x**2)]
    far = stats.kstest(noise, NOISE.cdf).statistic * np.sqrt(n)
    return scores(np.array(z) * np.sqrt(n)) + held(far < 1.95, f", Kolmogorov {far:.2f} in 2·10⁵ draws")


@row("(2)", "(13)", kind="definition")
def eq_2():
    edges, c, wrong = TWENTY.edges, np.arange(20.0), 0
    for x in (np.r_[sample()[0][:900], edges], np.r_[sample()[0][:5000], edges]):  # the plain way, and by a table
        by_sum = sum(c[i] * ((x >= edges[i]) & (x < edges[i + 1])) for i in range(20)) + c[-1] * (x == 1)
        wrong += np.sum(ZeroComputeMoE(TWENTY, c).predict(x) != by_sum)
    return held(wrong == 0, f"{wrong} of 5942 points differ from the sum")


@row("(3)", kind="independent")
def eq_3():
    """Each point lies in one set, by the inequalities that define it, and that is where it is routed."""
    rng = np.random.default_rng(0)
    x = np.r_[rng.random((4000, 2)), rng.integers(0, 36, (500, 2)) / 35]
    centres, weights = rng.random((40, 2)), rng.random(40) / 50
    squares = ((x[:, None] - centres) ** 2).sum(axis=2)
    low = np.stack(np.meshgrid(np.arange(7), np.arange(5), indexing="ij"), -1).reshape(-1, 2)
    steps = x[:, None] * [7, 5]
    in_box = np.all((steps >= low) & ((steps < low + 1) | ((x[:, None] == 1) & (low == [6, 4]))), axis=2)
    wrong = 0
    for cells, inside in [(Boxes((7, 5)), in_box),
                          (zcmoe.Voronoi(centres), squares == squares.min(axis=1, keepdims=True)),
                          (zcmoe.PowerDiagram(centres, weights),
                           squares - weights == (squares - weights).min(axis=1, keepdims=True))]:
        safe = inside.sum(axis=1) == 1 if cells.n_regions == 40 else np.ones(len(x), bool)
        wrong += np.sum((inside.sum(axis=1) != 1)[safe]) + np.sum(~inside[np.arange(len(x)), cells.route(x)])
        volume = zcmoe.region_geometry(PLANE, cells).volume
        share = np.bincount(cells.route(stats.qmc.Sobol(2, rng=0).random(2**14)), minlength=cells.n_regions) / 2**14
        below(volume - share, 1e-3)
    return held(wrong == 0, f"{wrong} of 3 × 4500 points are in another set than routed, or in two; volumes within "
                            "1e-03 of their shares of 2¹⁴ points")


@row("(6)", kind="simulation")
def eq_6():
    x, y = sample()
    moe = ZeroComputeMoE(TWENTY, np.linspace(-1, 1, 20))
    squares = (y - moe.predict(x)) ** 2
    return scores((squares.mean() - zcmoe.test_error(PROBLEM, moe)) / squares.std() * np.sqrt(x.size), 3.5)


@row("(7)", "(14)", "(55)–(57)", kind="independent")
def eq_7():
    c = np.linspace(-1, 1, 20)
    value = zcmoe.test_error(PROBLEM, ZeroComputeMoE(TWENTY, c))
    return relative(value, error_by_quadrature(TWENTY.edges, c), 1e-10)


@row("(8)", kind="independent")
def eq_8():
    """By quadrature, a step h away from c_i costs P_i h², up and down alike."""
    best, worse, h = zcmoe.best_experts(PROBLEM, TWENTY).constants, 0, 1e-3
    for (a, b), c in zip(pairwise(TWENTY.edges), best, strict=True):
        down, least, up = (error_by_quadrature([a, b], [c + step]) - SIGMA2 for step in (-h, 0, h))
        worse += (down > least) + (up > least)
        below((up - down) / (4 * h * integral(p, a, b)), 1e-6 * h)
    return held(worse == 40, f"{40 - worse} of 40 steps of ±0.001 do better by quadrature")


@row("(9)", "(15)", "(118)", kind="independent")
def eq_9():
    c = zcmoe.best_experts(PROBLEM, TWENTY).constants
    return below(c - [optimal_constant(a, b) for a, b in pairwise(TWENTY.edges)], 1e-10)


@row("(10)", "(38)", kind="independent")
def eq_10():
    c = [optimal_constant(a, b) for a, b in pairwise(TWENTY.edges)]
    return relative(zcmoe.approximation_error(PROBLEM, TWENTY), error_by_quadrature(TWENTY.edges, c), 1e-10)


@row("(11)", kind="independent")
def eq_11():
    """A plain dynamic programme on 361 edges does no better, and hardly worse."""
    edges = zcmoe.optimal_intervals(PROBLEM, 6).edges
    c = [optimal_constant(a, b) for a, b in pairwise(edges)]
    ratio = least_on_grid(6) / (error_by_quadrature(edges, c) - SIGMA2)
    return held(1 <= ratio < 1.001, f"best on a grid of 361 edges / found = {ratio:.5f} (m = 6)")


@row("(12)", kind="independent")
def eq_12():
    value = zcmoe.approximation_excess(PROBLEM, zcmoe.optimal_intervals(PROBLEM, 6))
    return "intervals, m = 6, against R19: " + relative(value, 0.09865519646, 1e-8)


@row("(58)–(60)", kind="independent")
def eq_58_60():
    best = zcmoe.best_experts(PROBLEM, TWENTY).constants[6]
    low, least, high = (error_by_quadrature([0.3, 0.35], [best + step]) for step in (-0.1, 0, 0.1))
    return "slope 0, curvature 2P at c: " + below(
        [(high - low) / 0.2, (high - 2 * least + low) / 0.01 - 2 * integral(p, 0.3, 0.35)], 1e-9)
