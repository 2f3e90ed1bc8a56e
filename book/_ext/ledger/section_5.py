"""Section 5 and Appendix C: several dimensions."""

import numpy as np

import zcmoe
from zcmoe import Problem

from .agreement import around, below, falls, relative, row
from .problems import DTN2, INPUTS, NOISE, PLANE, SIGMA2, UNIFORM, A, Tilted, beta2, boxes


@row("(24)")
def eq_24():
    from zcmoe.lattices import LATTICES
    hexagons = zcmoe.LatticeCells(LATTICES["A2"], 0.12)
    geometry = zcmoe.region_geometry(PLANE, hexagons)
    moments = [boxes(5)[2].normalized_moment.max() - 1 / 12,
               geometry.normalized_moment[np.argmax(geometry.volume)] - 5 / (36 * np.sqrt(3))]
    return "square 1/12, hexagon 5/(36√3): " + below(moments, 1e-9)


@row("(25)")
def eq_25():
    slope = Problem(beta2, Tilted(), NOISE, dimension=2).gradient(A[None])[0]  # numerically
    return "remainder/‖h‖ " + falls(lambda s: np.max(np.abs(
        beta2(A + around(s)[0]) - beta2(A[None]) - around(s)[0] @ slope) / around(s)[1]))


@row("(26)")
def eq_26():
    law = zcmoe.Independent(INPUTS, INPUTS)
    return "remainder/‖h‖ " + falls(lambda s: np.max(np.abs(
        law.pdf(A + around(s)[0]) - law.pdf(A[None]) - around(s)[0] @ DTN2) / around(s)[1]))


@row("(27)", "(93)–(95)")
def eq_27():
    def worst(k):
        _, moments, geometry, _ = boxes(k)
        return k * np.max(np.abs(moments.mean - beta2(geometry.centroid)))
    return f"max|c − β(xᵢ)|/V^(1/2) falls {worst(20) / worst(40):.2f}-fold from 20² to 40² squares"


@row("(28)", "(106)", "Theorem 5.1")
def eq_28():
    cells = boxes(40)[0]
    excess = zcmoe.approximation_excess(PLANE, cells)
    return f"bound / exact = {(zcmoe.small_region_error(PLANE, cells) - SIGMA2) / excess:.4f} on 40² squares (d = 2)"


@row("(29)", "Assumption 3")
def eq_29():
    return "squares have M = 1/12 everywhere: " + below(boxes(20)[2].normalized_moment - 1 / 12, 1e-11)


@row("(30)", "Corollary 5.2", "(107)")
def eq_30():
    formula = zcmoe.high_rate_error(PLANE, zcmoe.Independent(UNIFORM, UNIFORM), 1600, cells="any") - SIGMA2
    return f"integral / sum = {formula / (zcmoe.small_region_error(PLANE, boxes(40)[0]) - SIGMA2):.5f} at m = 40²"


@row("(31)", "Corollary 5.3")
def eq_31():
    few, many = (zcmoe.approximation_excess(PLANE, boxes(k)[0]) for k in (20, 40))
    return f"excess ∝ m^{np.log(many / few) / np.log(4):.3f} from 20² to 40² squares; −2/d = −1"


@row("(51)", "Assumption 5")
def eq_51():
    from zcmoe.lattices import LATTICES
    values = [LATTICES["A2"].normalized_second_moment - 5 / (36 * np.sqrt(3)),
              LATTICES["A3*"].normalized_second_moment - 19 / (192 * 2 ** (1 / 3))]
    return "hexagon, truncated octahedron: " + below(values, 1e-12)


@row("(52)", "Corollary C.1")
def eq_52():
    value = zcmoe.high_rate_error(PLANE, zcmoe.Independent(UNIFORM, UNIFORM), 256, moment=0.081, cells="any") - SIGMA2
    return "λ = 1, against R29: " + relative(value, 2 * 0.081 / 256 * 21.40587547, 1e-8)


@row("(53)", "(113)")
def eq_53():
    return "λ at (0.3, 0.7), against R32: " + relative(
        zcmoe.optimal_density(PLANE).pdf(np.array([[0.3, 0.7]]))[0], 1.476798, 2e-6)


@row("(54)", "(114)", "Theorem C.2")
def eq_54():
    value = zcmoe.minimal_error(PLANE, 256, moment=5 / (36 * np.sqrt(3)), cells="any") - SIGMA2
    return "hexagons, m = 256, against R31: " + relative(value, 0.01082016, 2e-6)
