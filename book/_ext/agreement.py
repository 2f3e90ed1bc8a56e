"""How far each equation agrees with an independent computation: the ledger's agreement column.

One measurement a row of book/ledger.csv, named after its number. Each evaluates a formula with
`zcmoe` and holds it against something computed in another way: SciPy's adaptive quadrature, a
closed form, a reference number, exact binomial sums, or a simulation with a fixed seed. A text
is printed with digits that hold on every machine; rounding errors are given as bounds.

The problem is the book's: β = cos 6πx, inputs Normal(0.4, 0.2²) truncated to [0, 1], noise
uniform on [-0.5, 0.5]; for d = 2, p = x₁ + x₂ and β = cos 2πx₁ + x₂².
"""

from functools import cache
from math import erf, gamma, sqrt

import numpy as np
from scipy import stats
from scipy.integrate import quad

import zcmoe
from zcmoe import Boxes, Intervals, Problem, ZeroComputeMoE, concentration

MEASURES = {}
W = 6 * np.pi
INPUTS = stats.truncnorm(-2, 3, 0.4, 0.2)
NOISE = stats.uniform(-0.5, 1)
UNIFORM = stats.uniform()
A = np.array([0.3, 0.6])  # a point of the square

MASS = (erf(3 / sqrt(2)) + erf(2 / sqrt(2))) / 2


def p(x):
    """The inputs' density, written out."""
    return np.exp(-((x - 0.4) ** 2) / 0.08) / (0.2 * sqrt(2 * np.pi) * MASS)


def dp(x):
    return -(x - 0.4) / 0.04 * p(x)


def beta(x):
    return np.cos(W * x)


def dbeta(x):
    return -W * np.sin(W * x)


def weight(x):
    return p(x) * dbeta(x) ** 2


def beta2(x):
    return np.cos(2 * np.pi * x[:, 0]) + x[:, 1] ** 2


def dbeta2(x):
    return np.stack([-2 * np.pi * np.sin(2 * np.pi * x[:, 0]), 2 * x[:, 1]], axis=1)


class Tilted:
    """The density x₁ + x₂ on the square."""

    dimension = 2

    def pdf(self, x):
        return x.sum(axis=1)

    def rvs(self, size, random_state=None):
        u = np.random.default_rng(random_state).random((3, size))  # a mixture: one coordinate has density 2x
        swap = u[2] < 0.5
        tilted = np.sqrt(u[0])
        return np.stack([np.where(swap, tilted, u[1]), np.where(swap, u[1], tilted)], axis=1)


PROBLEM = Problem(beta, INPUTS, NOISE)  # its gradient is the package's numerical one
PLANE = Problem(beta2, Tilted(), NOISE, gradient=dbeta2, dimension=2)
SIGMA2 = 1 / 12
LAMBDA = zcmoe.SegmentDensity(lambda x: 0.6 + 0.8 * x)
Z = 4.650811273  # reference R01
TWENTY = Intervals.uniform(20)


def row(*numbers):
    """Register a measurement for rows of the ledger."""
    def register(measure):
        MEASURES.update({number: measure for number in numbers})
        return measure
    return register


def below(error, bound):
    """Say that an error is below a bound that rounding can't reach; if it is not, say what it is."""
    error = float(np.max(np.abs(error)))
    return f"error < {bound:.0e}" if error < bound else f"error {error:.1e}"


def relative(value, truth, bound):
    return below(np.asarray(value) / np.asarray(truth) - 1, bound)


def falls(error):
    """How often a quantity shrinks when its argument, 1/100 and then 1/200, is halved."""
    return f"falls {error(0.01) / error(0.005):.2f}-fold when the region is halved"


def integral(f, a=0.0, b=1.0):
    """SciPy's adaptive quadrature, on each period of β apart."""
    cuts = np.union1d([a, b], [k / 12 for k in range(13) if a < k / 12 < b])
    return sum(quad(f, u, v, epsabs=0, epsrel=1e-12)[0] for u, v in zip(cuts, cuts[1:]))


def optimal_constant(a, b):
    return integral(lambda x: beta(x) * p(x), a, b) / integral(p, a, b)


@cache
def sample():
    return PROBLEM.sample(1_000_000, rng=0)


@cache
def learned():
    """Constants learned from 5000 training sets of 200 examples on 8 equal intervals, and the counts."""
    cells, sets = Intervals.uniform(8), [values.reshape(5000, 200) for values in PROBLEM.sample(1_000_000, rng=1)]
    constants = np.array([zcmoe.fit_experts(cells, x, y).constants for x, y in zip(*sets)])
    return constants, np.array([np.bincount(cells.route(x), minlength=8) for x in sets[0]])


@cache
def boxes(k):
    """β's best constants, centroids, geometry and gradients on k × k squares."""
    cells = Boxes((k, k))
    geometry = zcmoe.region_geometry(PLANE, cells)
    return cells, zcmoe.region_moments(PLANE, cells), geometry, dbeta2(geometry.centroid)


def square(side, power):
    """∫ ‖h‖^power over a square, in polar coordinates."""
    angular = integral(lambda t: np.cos(t) ** -(power + 2.0), 0, np.pi / 4)
    return 8 * (side / 2) ** (power + 2) / (power + 2) * angular


def on_square(f, side):
    """Integral of f over the square of this side around A, by a 12 × 12 product rule."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    h = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2) * side / 2
    return np.outer(weights, weights).ravel() @ f(A + h) * side**2 / 4


def bound2(x):
    return Tilted().pdf(x) * (dbeta2(x) ** 2).sum(axis=1)


def mean2(f, n=400):
    """∫ f over the unit square by the midpoint rule, good to about 1e-5."""
    axis = (np.arange(n) + 0.5) / n
    return f(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)).mean()


# Section 3

@row("(1)", "(32)")
def _():
    x, y = sample()
    return f"Var(y − β) = {np.var(y - beta(x)):.4f} in 10⁶ draws; 1/12 = 0.0833"


@row("(2)", "(13)")
def _():
    x, edges, c = np.r_[sample()[0][:5000], TWENTY.edges], TWENTY.edges, np.arange(20.0)
    by_sum = sum(c[i] * ((x >= edges[i]) & (x < edges[i + 1])) for i in range(20)) + c[-1] * (x == 1)
    return f"{np.sum(ZeroComputeMoE(TWENTY, c).predict(x) != by_sum)} of {x.size} points differ from the sum"


@row("(3)")
def _():
    volumes = [zcmoe.region_geometry(PLANE, cells).volume.sum() for cells in (Boxes((7, 5)), zcmoe.Voronoi(
        np.random.default_rng(0).random((40, 2))))]
    return "volumes sum to 1: " + below(np.array(volumes) - 1, 1e-9)


@row("(6)")
def _():
    x, y = sample()
    moe = ZeroComputeMoE(TWENTY, np.linspace(-1, 1, 20))
    return f"10⁶ draws / formula = {np.mean((y - moe.predict(x)) ** 2) / zcmoe.test_error(PROBLEM, moe):.3f}"


def error_by_quadrature(edges, constants):
    return SIGMA2 + sum(integral(lambda x: (beta(x) - c) ** 2 * p(x), a, b)
                        for a, b, c in zip(edges, edges[1:], constants))


@row("(7)", "(14)", "(55)–(57)")
def _():
    c = np.linspace(-1, 1, 20)
    value = zcmoe.test_error(PROBLEM, ZeroComputeMoE(TWENTY, c))
    return relative(value, error_by_quadrature(TWENTY.edges, c), 1e-10)


@row("(8)")
def _():
    best, rng = zcmoe.best_experts(PROBLEM, TWENTY), np.random.default_rng(0)
    least = zcmoe.test_error(PROBLEM, best)
    others = [zcmoe.test_error(PROBLEM, ZeroComputeMoE(TWENTY, best.constants + 0.01 * rng.standard_normal(20)))
              for _ in range(100)]
    return f"{sum(other < least for other in others)} of 100 other sets of constants do better"


@row("(9)", "(15)", "(118)")
def _():
    c = zcmoe.best_experts(PROBLEM, TWENTY).constants
    return below(c - [optimal_constant(a, b) for a, b in zip(TWENTY.edges, TWENTY.edges[1:])], 1e-10)


@row("(10)", "(38)")
def _():
    c = [optimal_constant(a, b) for a, b in zip(TWENTY.edges, TWENTY.edges[1:])]
    return relative(zcmoe.approximation_error(PROBLEM, TWENTY), error_by_quadrature(TWENTY.edges, c), 1e-10)


@row("(11)")
def _():
    best = zcmoe.optimal_intervals(PROBLEM, 6)
    rng, scale = np.random.default_rng(0), np.r_[0, np.full(5, 1e-3), 0]
    least = zcmoe.approximation_error(PROBLEM, best)
    others = [zcmoe.approximation_error(PROBLEM, Intervals(best.edges + scale * rng.standard_normal(7)))
              for _ in range(100)]
    return f"{sum(other < least for other in others)} of 100 segmentations near by do better (m = 6)"


@row("(12)")
def _():
    value = zcmoe.approximation_error(PROBLEM, zcmoe.optimal_intervals(PROBLEM, 6)) - SIGMA2
    return "intervals, m = 6, against R19: " + relative(value, 0.09865519646, 1e-8)


@row("(58)–(60)")
def _():
    best = zcmoe.best_experts(PROBLEM, TWENTY).constants[6]
    low, least, high = (error_by_quadrature([0.3, 0.35], [best + step]) for step in (-0.1, 0, 0.1))
    return "slope 0, curvature 2P at c: " + below(
        [(high - low) / 0.2, (high - 2 * least + low) / 0.01 - 2 * integral(p, 0.3, 0.35)], 1e-9)


# Section 4

@row("(16)")
def _():
    h = np.linspace(-1, 1, 200)
    slope = PROBLEM.gradient(np.array([0.3]))[0]
    return "remainder/|h| " + falls(lambda s: np.max(np.abs((beta(0.3 + s * h) - beta(0.3) - slope * s * h) / h)) / s)


@row("(17)")
def _():
    h = np.linspace(-1, 1, 200)
    law = PROBLEM.inputs
    return "remainder/|h| " + falls(
        lambda s: np.max(np.abs((law.pdf(0.3 + s * h) - law.pdf(0.3) - dp(0.3) * s * h) / h)) / s)


@row("(18)", "(68)–(70)")
def _():
    def worst(m):
        c = zcmoe.best_experts(PROBLEM, Intervals.uniform(m)).constants
        return m * np.max(np.abs(c - beta((np.arange(m) + 0.5) / m)))
    return f"max|c − β(xᵢ)|/Δ falls {worst(200) / worst(800):.2f}-fold from m = 200 to 800"


@row("(19)", "Theorem 4.1")
def _():
    cells = Intervals.uniform(200)
    exact = zcmoe.approximation_error(PROBLEM, cells) - SIGMA2
    formula = zcmoe.small_region_error(PROBLEM, cells) - SIGMA2
    return f"exact / formula = {exact / formula:.5f} at m = 200"


@row("(20)", "Assumption 1")
def _():
    curved = zcmoe.SegmentDensity(lambda x: 0.6 + 1.2 * x**2)

    def worst(m):
        edges = Intervals.from_density(curved, m).edges
        return np.max(np.abs(m * np.diff(edges) * curved.pdf((edges[1:] + edges[:-1]) / 2) - 1))
    return f"max|mΔλ − 1| = {worst(20):.5f}, {worst(80):.5f} at m = 20, 80 (λ = 0.6 + 1.2x²)"


@row("(21)", "Corollary 4.2")
def _():
    exact = zcmoe.approximation_error(PROBLEM, Intervals.from_density(LAMBDA, 320)) - SIGMA2
    return f"exact / formula = {exact / (zcmoe.high_rate_error(PROBLEM, LAMBDA, 320) - SIGMA2):.4f} at m = 320"


@row("(22)", "(80)")
def _():
    density = zcmoe.optimal_density(PROBLEM, floor=0)
    x = np.linspace(0.03, 0.97, 50)
    total = integral(lambda t: weight(t) ** (1 / 3))
    return "λ* at 50 points: " + relative(density.pdf(x), weight(x) ** (1 / 3) / total, 1e-7)


@row("(23)", "(81)")
def _():
    return "against Z³/(12m²), Z = R01: " + relative(zcmoe.minimal_error(PROBLEM, 32) - SIGMA2, Z**3 / 12 / 32**2, 1e-8)


@row("Theorem 4.3")
def _():
    exact = zcmoe.approximation_error(PROBLEM, zcmoe.optimal_intervals(PROBLEM, 64)) - SIGMA2
    return f"formula / exact optimum = {(zcmoe.minimal_error(PROBLEM, 64) - SIGMA2) / exact:.3f} at m = 64"


def total_ratio(problem, m):
    cells = Intervals.from_density(zcmoe.optimal_density(problem), m)
    return zcmoe.approximation_error(problem, cells) / zcmoe.minimal_error(problem, m)


FLAT = Problem(lambda x: np.where(x < 0.5, np.cos(W * x), -1.0), INPUTS, NOISE, breakpoints=[0.5],
               gradient=lambda x: np.where(x < 0.5, -W * np.sin(W * x), 0.0))


@row("Figure 1")
def _():
    return "exact / (23) = " + ", ".join(f"{total_ratio(PROBLEM, m):.3f}" for m in (4, 16, 32)) + " at m = 4, 16, 32"


@row("Figure 2")
def _():
    return "exact / (23) = " + ", ".join(f"{total_ratio(FLAT, m):.3f}" for m in (4, 16, 32)) + " at m = 4, 16, 32"


# Section 5

@row("(24)")
def _():
    from zcmoe.lattices import LATTICES
    hexagons = zcmoe.LatticeCells(LATTICES["A2"], 0.12)
    geometry = zcmoe.region_geometry(PLANE, hexagons)
    moments = [boxes(5)[2].normalized_moment.max() - 1 / 12,
               geometry.normalized_moment[np.argmax(geometry.volume)] - 5 / (36 * np.sqrt(3))]
    return "square 1/12, hexagon 5/(36√3): " + below(moments, 1e-9)


def around(s):
    """Points on circles of radius up to s about A, and their distances."""
    angle = np.linspace(0, 2 * np.pi, 60)
    h = np.concatenate([s * r * np.stack([np.cos(angle), np.sin(angle)], 1) for r in (0.25, 0.5, 0.75, 1)])
    return h, np.linalg.norm(h, axis=1)


@row("(25)")
def _():
    slope = Problem(beta2, Tilted(), NOISE, dimension=2).gradient(A[None])[0]  # numerically
    return "remainder/‖h‖ " + falls(lambda s: np.max(np.abs(
        beta2(A + around(s)[0]) - beta2(A[None]) - around(s)[0] @ slope) / around(s)[1]))


def tn2(x):
    return p(x[:, 0]) * p(x[:, 1])


DTN2 = np.array([dp(0.3) * p(0.6), p(0.3) * dp(0.6)])


@row("(26)")
def _():
    law = zcmoe.Independent(INPUTS, INPUTS)
    return "remainder/‖h‖ " + falls(lambda s: np.max(np.abs(
        law.pdf(A + around(s)[0]) - law.pdf(A[None]) - around(s)[0] @ DTN2) / around(s)[1]))


@row("(27)", "(93)–(95)")
def _():
    def worst(k):
        _, moments, geometry, _ = boxes(k)
        return k * np.max(np.abs(moments.mean - beta2(geometry.centroid)))
    return f"max|c − β(xᵢ)|/V^(1/2) falls {worst(20) / worst(40):.2f}-fold from 20² to 40² squares"


@row("(28)", "(106)", "Theorem 5.1")
def _():
    cells = boxes(40)[0]
    excess = zcmoe.approximation_error(PLANE, cells) - SIGMA2
    return f"bound / exact = {(zcmoe.small_region_error(PLANE, cells) - SIGMA2) / excess:.4f} on 40² squares (d = 2)"


@row("(29)", "Assumption 3")
def _():
    return "squares have M = 1/12 everywhere: " + below(boxes(20)[2].normalized_moment - 1 / 12, 1e-11)


@row("(30)", "Corollary 5.2", "(107)")
def _():
    formula = zcmoe.high_rate_error(PLANE, zcmoe.Independent(UNIFORM, UNIFORM), 1600, cells="any") - SIGMA2
    return f"integral / sum = {formula / (zcmoe.small_region_error(PLANE, boxes(40)[0]) - SIGMA2):.5f} at m = 40²"


@row("(31)", "Corollary 5.3")
def _():
    few, many = (zcmoe.approximation_error(PLANE, boxes(k)[0]) - SIGMA2 for k in (20, 40))
    return f"excess ∝ m^{np.log(many / few) / np.log(4):.3f} from 20² to 40² squares; −2/d = −1"


@row("(51)", "Assumption 5")
def _():
    from zcmoe.lattices import LATTICES
    values = [LATTICES["A2"].normalized_second_moment - 5 / (36 * np.sqrt(3)),
              LATTICES["A3*"].normalized_second_moment - 19 / (192 * 2 ** (1 / 3))]
    return "hexagon, truncated octahedron: " + below(values, 1e-12)


@row("(52)", "Corollary C.1")
def _():
    value = zcmoe.high_rate_error(PLANE, zcmoe.Independent(UNIFORM, UNIFORM), 256, moment=0.081, cells="any") - SIGMA2
    return "λ = 1, against R29: " + relative(value, 2 * 0.081 / 256 * 21.40587547, 1e-8)


@row("(53)", "(113)")
def _():
    return "λ at (0.3, 0.7), against R32: " + relative(
        zcmoe.optimal_density(PLANE).pdf(np.array([[0.3, 0.7]]))[0], 1.476798, 2e-6)


@row("(54)", "(114)", "Theorem C.2")
def _():
    value = zcmoe.minimal_error(PLANE, 256, moment=5 / (36 * np.sqrt(3)), cells="any") - SIGMA2
    return "hexagons, m = 256, against R31: " + relative(value, 0.01082016, 2e-6)


# Section 6

@row("(33)", "(34)")
def _():
    x = sample()[0]
    return f"{np.sum(np.bincount(TWENTY.route(x), minlength=20) != np.histogram(x, TWENTY.edges)[0])} of 20 counts differ from a histogram"


@row("(35)")
def _():
    x, y = (values[:2000] for values in sample())
    design = np.eye(20)[TWENTY.route(x)]
    keep = design.any(axis=0)
    solution = np.linalg.lstsq(design[:, keep], y, rcond=None)[0]
    return "against a least-squares solver: " + below(zcmoe.fit_experts(TWENTY, x, y).constants[keep] - solution, 1e-10)


@row("(36)", "(117)")
def _():
    by_erf = [(erf((b - 0.4) / 0.2 / sqrt(2)) - erf((a - 0.4) / 0.2 / sqrt(2))) / 2 / MASS
              for a, b in zip(TWENTY.edges, TWENTY.edges[1:])]
    return below(zcmoe.region_moments(PROBLEM, TWENTY).probability - by_erf, 1e-12)


@row("Theorem 6.1", "(115)", "(119)", "(133)")
def _():
    constants, counts = learned()
    c, seen = zcmoe.best_experts(PROBLEM, Intervals.uniform(8)).constants, counts > 0
    z = [(constants[s, i].mean() - c[i]) / (constants[s, i].std() / np.sqrt(s.sum())) for i, s in enumerate(seen.T)]
    return f"root mean square z = {np.sqrt(np.mean(np.square(z))):.2f} over 8 regions, 5000 training sets"


@row("(37)", "Lemma 6.2", "(120)", "(123)")
def _():
    c = learned()[0][0]
    cells = Intervals.uniform(8)
    moe = ZeroComputeMoE(cells, c)
    return relative(zcmoe.approximation_error(PROBLEM, cells) + zcmoe.estimation_error(PROBLEM, moe),
                    error_by_quadrature(cells.edges, c), 1e-10)


@row("(39)")
def _():
    c, cells = learned()[0][0], Intervals.uniform(8)
    best = [optimal_constant(a, b) for a, b in zip(cells.edges, cells.edges[1:])]
    mass = [integral(p, a, b) for a, b in zip(cells.edges, cells.edges[1:])]
    return relative(zcmoe.estimation_error(PROBLEM, ZeroComputeMoE(cells, c)), mass @ (c - best) ** 2, 1e-9)


@row("Lemma 6.3", "(127)–(128)")
def _():
    failures = []
    for mass in (0.02, 0.1, 0.5):
        for delta in (0.01, 0.1):
            n = int(np.ceil(concentration.required_examples(mass, delta)))
            law = stats.binom(n, mass)
            inside = law.cdf(np.ceil(1.5 * n * mass) - 1) - law.cdf(np.floor(0.5 * n * mass))
            failures.append((1 - inside) / delta)
    return f"exact binomial failure / δ ≤ {max(failures):.3f}"


@row("(40)", "Theorem 6.4", "(143)", "(144)")
def _():
    constants, counts = learned()
    i, n = 3, 200
    mass = zcmoe.region_moments(PROBLEM, Intervals.uniform(8)).probability[i]
    radius = concentration.constant_radius(
        concentration.value_ranges(PROBLEM, Intervals.uniform(8))[i], 0.5, n, mass, 0.05)
    off = np.abs(constants[:, i] - zcmoe.best_experts(PROBLEM, Intervals.uniform(8)).constants[i])
    return f"max|ĉ − c| / bound = {off.max() / radius:.2f} in 5000 training sets"


@row("(41)", "Theorem 6.5", "(145)–(146)")
def _():
    cells = Intervals.uniform(8)
    ranges = concentration.value_ranges(PROBLEM, cells)
    bound = concentration.estimation_error_bound(ranges, 0.5, 5000, 0.05)
    mass = zcmoe.region_moments(PROBLEM, cells).probability
    radius = concentration.constant_radius(ranges, 0.5, 5000, mass, 0.05)
    return "Σ P r² against R43: " + relative([bound, mass @ radius**2], 0.03343136165, 1e-8)


@row("Figure 3")
def _():
    value = [zcmoe.learning.expected_test_error(PROBLEM, Intervals.uniform(m), n)
             for n, m in ((250, 37), (1000, 62), (4000, 103))]
    return "best expected test errors " + ", ".join(f"{each:.5f}" for each in value)


@row("Figure 4")
def _():
    value = [zcmoe.learning.expected_test_error(FLAT, Intervals.uniform(m), n)
             for n, m in ((250, 32), (1000, 55), (4000, 90))]
    return "best expected test errors " + ", ".join(f"{each:.5f}" for each in value)


# Appendix A

@row("(42)")
def _():
    best = zcmoe.quantization.optimal_quantizer(INPUTS, 8)
    edges = np.r_[0, best.thresholds, 1]
    return "8 levels: " + relative(best.distortion, sum(
        integral(lambda x: (x - level) ** 2 * p(x), a, b) for a, b, level in zip(edges, edges[1:], best.levels)), 1e-9)


@row("(43)")
def _():
    h = np.linspace(-1, 1, 201)
    return "max|p − p(xᵢ)| " + falls(lambda s: np.max(np.abs(INPUTS.pdf(0.3 + s * h) - INPUTS.pdf(0.3))))


@row("(44)")
def _():
    def worst(m):
        best = zcmoe.quantization.optimal_quantizer(INPUTS, m)
        edges = np.r_[0, best.thresholds, 1]
        return np.max(np.abs(best.levels - (edges[1:] + edges[:-1]) / 2) / np.diff(edges))
    return f"max|r − xᵢ|/Δ = {worst(16):.4f}, {worst(64):.4f} for 16, 64 optimal levels"


@row("(45)")
def _():
    return relative(zcmoe.quantization.bennett(INPUTS, LAMBDA), integral(lambda x: p(x) / (0.6 + 0.8 * x) ** 2) / 12, 1e-9)


@row("(46)")
def _():
    x = np.linspace(0.03, 0.97, 50)
    total = integral(lambda t: p(t) ** (1 / 3))
    return relative(zcmoe.quantization.compander(INPUTS).pdf(x), p(x) ** (1 / 3) / total, 1e-9)


@row("(47)")
def _():
    return "Gaussian, against √3π/2: " + relative(zcmoe.quantization.panter_dite(stats.norm()), np.sqrt(3) * np.pi / 2, 1e-9)


@row("(48)")
def _():
    density, total = zcmoe.optimal_density(PROBLEM, floor=0), integral(lambda t: weight(t) ** (1 / 3))
    x = np.array([0.11, 0.25, 0.4, 0.63, 0.9])
    return below(density.cdf(x) - [integral(lambda t: weight(t) ** (1 / 3), 0, b) / total for b in x], 1e-8)


@row("(49)")
def _():
    density, z = zcmoe.optimal_density(PROBLEM), np.linspace(0, 1, 1001)
    return "G(g(z)) − z: " + below(density.cdf(density.ppf(z)) - z, 1e-10)


@row("(50)")
def _():
    edges = Intervals.from_density(zcmoe.optimal_density(PROBLEM, floor=0), 16).edges
    return "a₅, a₉ at m = 16, against R06, R07: " + relative(edges[[5, 9]], [0.2861917743, 0.4684863893], 1e-8)


# Appendix E

def remainder(x):
    """The remainder of (61) at x, for the centre 0.3."""
    slope = dp(0.3) * beta(0.3) + p(0.3) * dbeta(0.3)
    return p(x) * beta(x) - p(0.3) * beta(0.3) - slope * (x - 0.3)


@row("(61)")
def _():
    h = np.linspace(-1, 1, 200)
    return "remainder/|h| " + falls(lambda s: np.max(np.abs(remainder(0.3 + s * h) / h)) / s)


@row("(62)")
def _():
    return "(numerator − pβΔ)/Δ² " + falls(
        lambda s: abs(integral(lambda x: p(x) * beta(x), 0.3 - s / 2, 0.3 + s / 2) - p(0.3) * beta(0.3) * s) / s**2)


@row("(63)–(64)")
def _():
    geometry = zcmoe.region_geometry(PROBLEM, TWENTY)
    centre = (TWENTY.edges[1:] + TWENTY.edges[:-1]) / 2
    return below(np.r_[geometry.volume - np.diff(TWENTY.edges), geometry.centroid[:, 0] - centre], 1e-13)


@row("(65)")
def _():
    return "∫remainder/Δ² " + falls(lambda s: abs(integral(remainder, 0.3 - s / 2, 0.3 + s / 2)) / s**2)


@row("(66)–(67)")
def _():
    s = 0.01
    h = np.linspace(-s / 2, s / 2, 2000)
    epsilon = np.max(np.abs(remainder(0.3 + h) / h))
    return f"left / right = {abs(integral(remainder, 0.3 - s / 2, 0.3 + s / 2)) / (epsilon * s**2 / 4):.3f} at Δ = 0.01"


@row("(71)")
def _():
    def cost(s):
        c = optimal_constant(0.3 - s / 2, 0.3 + s / 2)
        return integral(lambda x: (beta(x) - c) ** 2 * p(x), 0.3 - s / 2, 0.3 + s / 2) / (weight(0.3) * s**3 / 12)
    return f"exact / formula = {cost(0.01):.4f}, {cost(0.005):.4f} at Δ = 0.01, 0.005"


@row("(72)")
def _():
    inertia = zcmoe.region_geometry(PROBLEM, TWENTY).inertia[:, 0, 0]
    return relative(inertia, np.diff(TWENTY.edges) ** 3 / 12, 1e-12)


@row("(73)")
def _():
    return "∫remainder/Δ³ " + falls(lambda s: integral(
        lambda x: abs((beta(x) - beta(0.3)) ** 2 * p(x) - weight(0.3) * (x - 0.3) ** 2), 0.3 - s / 2, 0.3 + s / 2) / s**3)


@row("(74)")
def _():
    cells = Intervals.from_density(LAMBDA, 20)
    ratio = ((zcmoe.small_region_error(PROBLEM, cells) - SIGMA2)
             / (integral(lambda x: weight(x) / (0.6 + 0.8 * x) ** 2) / 12 / 20**2))
    return f"sum / integral = {ratio:.5f} at m = 20"


@cache
def hoelder():
    """Left and right side of (75) for 40 random densities, by the midpoint rule."""
    rng, x = np.random.default_rng(0), (np.arange(20_000) + 0.5) / 20_000
    sides = []
    for _ in range(40):
        height, phase = rng.random(3), rng.random(3)
        level = 1 + sum(a / 3 * np.sin(2 * np.pi * ((k + 1) * x + b)) for k, (a, b) in enumerate(zip(height, phase)))
        level /= level.mean()
        sides.append([np.mean((weight(x) / level**2) ** (1 / 3) * level ** (2 / 3)),
                      np.mean(weight(x) / level**2) ** (1 / 3) * np.mean(level) ** (2 / 3)])
    return np.array(sides).T


@row("(75)")
def _():
    left, right = hoelder()
    return f"left / right from {np.min(left / right):.3f} to {np.max(left / right):.3f} for 40 random λ"


@row("(76)")
def _():
    return "left side against Z = R01: " + relative(hoelder()[0], Z, 1e-4)


@row("(77)")
def _():
    uniform = zcmoe.high_rate_coefficient(PROBLEM, UNIFORM) / zcmoe.high_rate_coefficient(PROBLEM)
    return f"left / right = {uniform:.4f} for λ = 1"


@row("(78)")
def _():
    x, level = np.linspace(0.03, 0.97, 50), zcmoe.optimal_density(PROBLEM, floor=0).pdf(np.linspace(0.03, 0.97, 50))
    return "λ* against κw/λ*²: " + relative(level, weight(x) / level**2 / Z**3, 1e-7)


@row("(79)")
def _():
    level = zcmoe.optimal_density(PROBLEM, floor=0).pdf(0.3)
    return "λ*³/w at 0.3 against Z⁻³: " + relative(level**3 / weight(0.3), Z**-3, 1e-8)


# Appendix F

PBETA = tn2(A[None])[0] * dbeta2(A[None])[0] + beta2(A[None])[0] * DTN2


def remainder2(x):
    """The remainder of (82) at x, for the centre A and truncated normal inputs."""
    return tn2(x) * beta2(x) - tn2(A[None]) * beta2(A[None]) - (x - A) @ PBETA


@row("(82)")
def _():
    return "remainder/‖h‖ " + falls(lambda s: np.max(np.abs(remainder2(A + around(s)[0])) / around(s)[1]))


@row("(83)")
def _():
    value = tn2(A[None])[0] * beta2(A[None])[0]
    return "(numerator − pβV)/V^(3/2) " + falls(
        lambda s: abs(on_square(lambda x: tn2(x) * beta2(x), s) - value * s**2) / s**3)


@row("(84)–(85)")
def _():
    _, _, geometry, _ = boxes(5)
    centre = np.stack(np.meshgrid(np.arange(5) + 0.5, np.arange(5) + 0.5, indexing="ij"), -1).reshape(-1, 2) / 5
    return below(np.r_[geometry.volume - 1 / 25, (geometry.centroid - centre).ravel()], 1e-12)


@row("(86)")
def _():
    return "∫remainder/V^(3/2) " + falls(lambda s: abs(on_square(remainder2, s)) / s**3)


@row("(87)", "(89)–(90)")
def _():
    epsilon = np.max(np.abs(remainder2(A + around(0.01 / np.sqrt(2))[0])) / around(0.01 / np.sqrt(2))[1])
    return f"left / right = {abs(on_square(remainder2, 0.01)) / (epsilon * square(0.01, 1)):.3f} at V = 0.01²"


@row("(88)")
def _():
    closed = (np.sqrt(2) + np.log(1 + np.sqrt(2))) / 6  # the mean distance from the centre of a unit square
    return "dM₁ of a square against its closed form: " + relative(square(0.1, 1) / 0.1**3, closed, 1e-10)


@row("(91)–(92)")
def _():
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
def _():
    second, third, _, _ = terms(40)
    exact = zcmoe.approximation_error(PLANE, boxes(40)[0]) - SIGMA2
    return f"exact / (98) = {exact / (second + third):.4f} on 40² squares"


@row("(99)–(101)")
def _():
    second, third, bound, bound3 = terms(40)
    return f"second order / bound = {second / bound:.4f}, third: {below(third / bound3, 1e-9)}"


@row("(102)")
def _():
    _, _, geometry, _ = boxes(5)
    value = np.trace(geometry.inertia, axis1=1, axis2=2)
    return "against the polar integral: " + relative(value, square(0.2, 2), 1e-10)


@row("(103)")
def _():
    value = on_square(lambda x: np.linalg.norm(x - A, axis=1) ** 3, 0.2)
    return "dM₃ scales as V^(5/2), square: " + relative(value / square(0.2, 3), 1, 1e-5)


@row("(104)")
def _():
    return f"third order / second order falls {terms(20)[3] / terms(20)[2] / (terms(40)[3] / terms(40)[2]):.2f}-fold when cells are halved"


@row("(105)")
def _():
    _, _, bound, _ = terms(40)
    return relative(zcmoe.small_region_error(PLANE, boxes(40)[0]) - SIGMA2, bound, 1e-10)


def level2(x):
    return (0.6 + 0.8 * x[:, 0]) * (1.3 - 0.6 * x[:, 1])


@row("(108)", "(109)")
def _():
    left = mean2(lambda x: np.sqrt(bound2(x) / level2(x)) * np.sqrt(level2(x)))
    right = np.sqrt(mean2(lambda x: bound2(x) / level2(x)) * mean2(level2))
    return f"left / right = {left / right:.4f} for d = 2, λ = (0.6 + 0.8x₁)(1.3 − 0.6x₂)"


@row("(110)")
def _():
    uniform = zcmoe.Independent(UNIFORM, UNIFORM)
    return f"left / right = {zcmoe.high_rate_coefficient(PLANE, uniform) / zcmoe.high_rate_coefficient(PLANE):.4f} for d = 2, λ = 1"


@row("(111)", "(112)")
def _():
    x = np.random.default_rng(0).random((50, 2))
    level = zcmoe.optimal_density(PLANE, floor=0).pdf(x)
    return "κ = λ²/w against R30⁻¹: " + relative(level**2 / bound2(x) * 17.27176, 1, 2e-6)


# Appendix G

@row("(116)")
def _():
    x, y = sample()
    here = (x >= 0.25) & (x < 0.375)
    gap = y[here].mean() - beta(x[here]).mean()
    return f"z = {gap / (np.sqrt(SIGMA2 / here.sum())):.2f} over {here.sum()} draws"


@row("(121)–(122)")
def _():
    edges = Intervals.uniform(8).edges
    c = zcmoe.best_experts(PROBLEM, Intervals.uniform(8)).constants
    return below([integral(lambda x: (beta(x) - each) * p(x), a, b) for a, b, each in zip(edges, edges[1:], c)], 1e-10)


@row("(124)", "(126)")
def _():
    worst = 0
    for n, mass in ((20, 0.3), (200, 0.05), (2000, 0.01)):
        law, mu = stats.binom(n, mass), n * mass
        for t in np.linspace(0.05, 1, 20):
            tail = law.cdf(np.floor(mu * (1 - t) + 1e-9)) + law.sf(np.ceil(mu * (1 + t) - 1e-9) - 1)
            worst = max(worst, tail / (2 * np.exp(-(t**2) * mu / 3)))
    return f"exact binomial / bound ≤ {worst:.3f}"


@row("(125)")
def _():
    counts = learned()[1].mean(axis=0)
    mass = zcmoe.region_moments(PROBLEM, Intervals.uniform(8)).probability
    spread = np.sqrt(200 * mass * (1 - mass) / 5000)
    z = (counts - 200 * mass) / spread
    return f"root mean square z = {np.sqrt(np.mean(z**2)):.2f} over 8 regions, 5000 training sets"


@row("(129)")
def _():
    constants, counts = learned()
    probability, mean, variance = zcmoe.region_moments(PROBLEM, Intervals.uniform(8))
    scaled = counts * (constants - mean) ** 2 / (variance + SIGMA2)
    return f"mean of k(ĉ − c)²/Var(y | A) = {scaled[counts > 0].mean():.3f}; 1 by (129)"


@row("(130)")
def _():
    x, y = sample()
    width = concentration.value_ranges(PROBLEM, Intervals.uniform(8))[3] + 1
    inside = y[Intervals.uniform(8).route(x) == 3]
    return f"range of y in 10⁶ draws / (R + 2B) = {np.ptp(inside) / width:.3f}"


def mean_of_uniforms(k, t):
    """P(|mean of k uniforms on [-1/2, 1/2]| ≥ t), by the law of Irwin and Hall."""
    from math import comb, factorial
    x = k * (0.5 - t)
    return 2 * sum((-1) ** j * comb(k, j) * (x - j) ** k for j in range(int(x) + 1)) / factorial(k)


@row("(131)–(132)", "(134)")
def _():
    ratio = [mean_of_uniforms(k, t) / (2 * np.exp(-2 * k * t**2)) for k in (2, 5, 10) for t in (0.05, 0.2, 0.4)]
    return f"exact tail / bound ≤ {max(ratio):.3f} (constant β, k = 2, 5, 10)"


@row("(135)–(140)", "(141)–(142)")
def _():
    law, k = stats.binom(200, 0.05), 5
    weights = np.array([law.pmf(j) for j in range(k, 60)]) / law.sf(k - 1)
    mixed = weights @ (2 * np.exp(-2 * np.arange(k, 60) * 0.3**2))
    return f"mixture / bound = {mixed / (2 * np.exp(-2 * k * 0.3**2)):.3f} (n = 200, P = 0.05, k = 5, t = 0.3)"
