"""Appendix F: the proofs of Section 5."""

from functools import cache

import numpy as np

import zcmoe

from .agreement import around, below, falls, mean2, on_square, relative, row, square
from .problems import DTN2, PLANE, SIGMA2, UNIFORM, A, Tilted, beta2, boxes, dbeta2, tn2


def bound2(x):
    return Tilted().pdf(x) * (dbeta2(x) ** 2).sum(axis=1)


PBETA = tn2(A[None])[0] * dbeta2(A[None])[0] + beta2(A[None])[0] * DTN2


def remainder2(x):
    """The remainder of (82) at x, for the centre A and truncated normal inputs."""
    return tn2(x) * beta2(x) - tn2(A[None]) * beta2(A[None]) - (x - A) @ PBETA


@row("(82)")
def eq_82():
    return "remainder/‖h‖ " + falls(lambda s: np.max(np.abs(remainder2(A + around(s)[0])) / around(s)[1]))


@row("(83)")
def eq_83():
    value = tn2(A[None])[0] * beta2(A[None])[0]
    return "(numerator − pβV)/V^(3/2) " + falls(
        lambda s: abs(on_square(lambda x: tn2(x) * beta2(x), s) - value * s**2) / s**3)


@row("(84)–(85)")
def eq_84_85():
    _, _, geometry, _ = boxes(5)
    centre = np.stack(np.meshgrid(np.arange(5) + 0.5, np.arange(5) + 0.5, indexing="ij"), -1).reshape(-1, 2) / 5
    return below(np.r_[geometry.volume - 1 / 25, (geometry.centroid - centre).ravel()], 1e-12)


@row("(86)")
def eq_86():
    return "∫remainder/V^(3/2) " + falls(lambda s: abs(on_square(remainder2, s)) / s**3)


@row("(87)", "(89)–(90)")
def eq_87():
    epsilon = np.max(np.abs(remainder2(A + around(0.01 / np.sqrt(2))[0])) / around(0.01 / np.sqrt(2))[1])
    return f"left / right = {abs(on_square(remainder2, 0.01)) / (epsilon * square(0.01, 1)):.3f} at V = 0.01²"


@row("(88)")
def eq_88():
    closed = (np.sqrt(2) + np.log(1 + np.sqrt(2))) / 6  # the mean distance from the centre of a unit square
    return "dM₁ of a square against its closed form: " + relative(square(0.1, 1) / 0.1**3, closed, 1e-10)


@row("(91)–(92)")
def eq_91_92():
    return f"left / right = {square(0.1, 1) / (0.1 / np.sqrt(2) * 0.1**2):.3f} for a square, δ half its diagonal"


@cache
def terms(k):
    """Second- and third-order sums of (98), and their bounds in (101), on k × k squares."""
    cells, _, geometry, slope = boxes(k)
    nodes, weights, region, *_ = cells.cubature(PLANE, "volume")
    h = nodes - geometry.centroid[region]
    along, tilt = (h * slope[region]).sum(1), h.sum(1)  # ∇p = (1, 1)
    density, steep = Tilted().pdf(geometry.centroid)[region], (slope[region] ** 2).sum(1)
    distance = np.linalg.norm(h, axis=1)
    return [weights @ each for each in (density * along**2, along**2 * tilt, density * steep * distance**2,
                                        steep * np.sqrt(2) * distance**3)]


@row("(96)–(98)")
def eq_96_98():
    second, third, _, _ = terms(40)
    exact = zcmoe.approximation_excess(PLANE, boxes(40)[0])
    return f"exact / (98) = {exact / (second + third):.4f} on 40² squares"


@row("(99)–(101)")
def eq_99_101():
    second, third, bound, bound3 = terms(40)
    return f"second order / bound = {second / bound:.4f}, third: {below(third / bound3, 1e-9)}"


@row("(102)")
def eq_102():
    _, _, geometry, _ = boxes(5)
    value = np.trace(geometry.inertia, axis1=1, axis2=2)
    return "against the polar integral: " + relative(value, square(0.2, 2), 1e-10)


@row("(103)")
def eq_103():
    value = on_square(lambda x: np.linalg.norm(x - A, axis=1) ** 3, 0.2)
    return "dM₃ scales as V^(5/2), square: " + relative(value / square(0.2, 3), 1, 1e-5)


@row("(104)")
def eq_104():
    few, many = (terms(k)[3] / terms(k)[2] for k in (20, 40))
    return f"third order / second order falls {few / many:.2f}-fold when cells are halved"


@row("(105)")
def eq_105():
    _, _, bound, _ = terms(40)
    return relative(zcmoe.small_region_error(PLANE, boxes(40)[0]) - SIGMA2, bound, 1e-10)


def level2(x):
    return (0.6 + 0.8 * x[:, 0]) * (1.3 - 0.6 * x[:, 1])


@row("(108)", "(109)")
def eq_108():
    left = mean2(lambda x: np.sqrt(bound2(x) / level2(x)) * np.sqrt(level2(x)))
    right = np.sqrt(mean2(lambda x: bound2(x) / level2(x)) * mean2(level2))
    return f"left / right = {left / right:.4f} for d = 2, λ = (0.6 + 0.8x₁)(1.3 − 0.6x₂)"


@row("(110)")
def eq_110():
    uniform = zcmoe.Independent(UNIFORM, UNIFORM)
    ratio = zcmoe.high_rate_coefficient(PLANE, uniform) / zcmoe.high_rate_coefficient(PLANE)
    return f"left / right = {ratio:.4f} for d = 2, λ = 1"


@row("(111)", "(112)")
def eq_111():
    x = np.random.default_rng(0).random((50, 2))
    level = zcmoe.optimal_density(PLANE, floor=0).pdf(x)
    return "κ = λ²/w against R30⁻¹: " + relative(level**2 / bound2(x) * 17.27176, 1, 2e-6)
