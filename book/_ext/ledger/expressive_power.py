"""Wang and E, On the expressive power of mixtures of experts: its statements (E.3.1 is its Theorem 3.1), and ours."""

import numpy as np
from scipy import stats

import zcmoe
from zcmoe import composition, manifolds
from zcmoe.composition import DeepMoE, MoELayer, ReLULayer

from .agreement import below, close, held, relative, row
from .by_hand import integral


def target(x):
    """The first experiment's, on the circle's two coordinates."""
    return np.sin(5 * x[:, 0]) + np.cos(3 * x[:, 1])


def quartic(z):
    """The second experiment's, of one coordinate in [0, 3]."""
    i = np.clip(np.ceil(z), 1, 3)
    return i * (i - 1 - z) ** 2 * (z - i) ** 2


def slope(sizes, errors):
    return np.polyfit(np.log(sizes), np.log(errors), 1)[0]


def on_circle(ambient, width):
    ring = manifolds.circle(20_000).embed(ambient, rng=0)
    network = manifolds.circle_moe(ring, target, 4, width)
    return network, network.predict(ring.points) - target(ring.coordinates)


@row("Corollary E.4.9", kind="independent")
def cor_e_4_9():
    widths = (8, 16, 32, 64)
    power = slope(widths, [np.abs(on_circle(16, q)[1]).max() for q in widths])
    return f"largest error on the circle: q^{close(power, -2, 0.05, 2)}"


@row("Example E.4.6", kind="closed form")
def exm_e_4_6():
    """A tangent's chart has an inverse on its piece: the angle is arcsin of it."""
    ring = manifolds.circle(20_000).embed(16, rng=0)
    (layer,) = manifolds.circle_moe(ring, target, 4, 10).layers
    piece = layer.route(ring.points)
    along = np.einsum("nd,nd->n", ring.points, layer.chart[piece, 0])
    angle = np.arctan2(*ring.coordinates.T[::-1]) - piece * np.pi / 2
    return "angle from four charts: " + below(np.sin((np.arcsin(along) - angle) / 2), 1e-12)


@row("Theorem E.5.3", kind="independent")
def thm_e_5_3():
    z, widths = np.linspace(0, 3, 3001), (16, 32, 64, 128)
    errors = [np.abs(composition.interpolating_product(quartic, 3, 2, q).predict(np.stack([z, z], 1))
                     - quartic(z)[:, None]).max() for q in widths]
    return f"largest error of L = 2, E = 3: q^{close(slope(widths, errors), -2, 0.1, 2)}"


@row("Experiment E.1", kind="independent")
def exp_e_1():
    errors = [np.mean(on_circle(D, 10)[1] ** 2) for D in (16, 32, 64, 128)]
    return f"mean square {errors[0]:.3e}, explicit weights, D = 16–128: {relative(errors, 7.144266e-4, 1e-6)}"


@row("Experiment E.2", kind="independent")
def exp_e_2():
    z = 3 * (np.arange(12_000) + 0.5) / 12_000
    errors = [np.mean((composition.interpolating_product(quartic, 3, 2, q).predict(np.stack([z, z], 1))[:, 0]
                       - quartic(z)) ** 2) for q in (16, 128)]
    same = relative(errors, [4.65917e-7, 1.15864e-10], 1e-2)
    return f"mean squares a coordinate, explicit weights, q = 16, 128: {errors[0]:.1e}, {errors[1]:.1e}, {same}"


def disc(network):
    """The share of a disc of radius 2 that is taken for the wrong side of the unit circle."""
    points = stats.qmc.Sobol(2, scramble=False).random(2**14) * 4 - 2
    squares = (points**2).sum(axis=1)
    return np.mean(network.predict(points[squares < 4]) != (squares > 1)[squares < 4])


@row("Suggestion E.1", kind="independent")
def sug_e_1():
    answers = np.zeros((2, 1, 3)), [[0.0], [1.0]]
    curved = MoELayer(None, None, answers[0][:, :, :2], answers[1],
                      gate=lambda h: np.stack([0 * h[:, 0], (h**2).sum(axis=1) - 1], axis=1))
    two = [composition.squared_norm_layer(2, 32, 2.0),
           MoELayer(*composition.interval_gate([1.0], coordinate=2, dimension=3), *answers)]
    wrong = [disc(DeepMoE(layers)) for layers in ([curved], two)]
    held((wrong[0] == 0) & (wrong[1] < 2e-3), f"misrouted {wrong}")
    return f"disc in ring, misrouted: nonlinear, 1 layer {wrong[0]:.0%}; linear, 2 layers {wrong[1]:.1%}"


@row("Suggestion E.2", kind="independent")
def sug_e_2():
    one = composition.squared_norm_layer(2, 32, 2.0)
    parts = (one.inner_weights, one.inner_bias, one.outer_weights, one.outer_bias)
    two = ReLULayer(np.zeros((2, 2)), None, *(np.repeat(part, 2, axis=0) for part in parts), shared=one.shared)
    x = np.random.default_rng(0).uniform(-2, 2, (1000, 2))
    numbers = [composition.parameter_count(DeepMoE([layer])).expert_numbers for layer in (one, two)]
    same = below(one.apply(x) - two.apply(x), 1e-12)
    return f"a dense layer {numbers[0]} numbers, as two equal experts {numbers[1]}: {same}"


@row("Suggestion E.3", kind="independent")
def sug_e_3():
    network, _ = on_circle(128, 10)
    (low,) = network.layers
    wide = ReLULayer(low.gate_weights, None, low.inner_weights @ low.chart, low.inner_bias, low.outer_weights,
                     low.outer_bias)
    x = manifolds.circle(1000).embed(128, rng=0).points
    numbers = [composition.parameter_count(DeepMoE([layer])).expert_numbers for layer in (low, wide)]
    same = below(low.apply(x) - wide.apply(x), 1e-12)
    return f"circle in R^128: {numbers[0]} numbers on charts, {numbers[1]} without: {same}"


@row("Proposition E.1", kind="independent")
def prp_e_1():
    rng = np.random.default_rng(0)
    layer = MoELayer(rng.normal(size=(9, 3)), rng.normal(size=9), np.zeros((9, 1, 3)), None)
    x = 3 * rng.normal(size=(5000, 3))
    rows = layer.gate_weights
    power = ((x[:, None] - rows) ** 2).sum(axis=2) - 2 * layer.gate_bias - (rows**2).sum(axis=1)
    routes = power.argmin(axis=1), composition.gate_regions(layer).route(x)
    wrong = np.sum(routes != layer.route(x))
    return held(wrong == 0, f"{wrong} of 5000 points go elsewhere")


@row("Proposition E.2", kind="independent")
def prp_e_2():
    counts = [composition.count_pieces(composition.tent_network(E, L)) for E, L in ((3, 4), (2, 8), (5, 3))]
    return held(counts == [81, 256, 125], f"counted in fractions: {', '.join(map(str, counts))} for 3⁴, 2⁸, 5³")


@row("Proposition E.3", kind="independent")
def prp_e_3():
    networks = [composition.product_network([slopes] * 4, [[0, 0, 0]] * 4) for slopes in ([1, 2, 3], [1, 1, 2])]
    counts = [(composition.count_paths(network), composition.count_pieces(network)) for network in networks]
    said = ", ".join(f"{paths} paths and {maps} maps" for paths, maps in counts)
    return held(counts == [(3**4, 3**4), (3**4, 2**4)], f"counted in fractions: {said}")


@row("Proposition E.4", kind="independent")
def prp_e_4():
    x = np.random.default_rng(0).uniform(0, 3, (2000, 2))
    knots = np.arange(49) / 16
    weights, bias, constant = composition.interpolant(knots, quartic(knots))
    dense = sum(np.maximum(x[:, [j]] + bias, 0) @ weights + constant for j in (0, 1))
    return below(composition.interpolating_product(quartic, 3, 2, 16).predict(x).sum(axis=1) - dense, 1e-12)


@row("Proposition E.5", kind="independent")
def prp_e_5():
    ring = manifolds.circle()
    problem = zcmoe.Problem(lambda t: target(ring.curve(t)), stats.uniform(), None)
    squares = integral(lambda a: (5 * np.cos(5 * np.cos(a)) * np.sin(a) + 3 * np.sin(3 * np.sin(a)) * np.cos(a)) ** 2,
                       0, 2 * np.pi)  # f' along the circle
    formula = 2 * np.pi * squares / 12
    cells = zcmoe.Voronoi(ring.anchors(512), domain=(-np.inf, np.inf))
    exact = zcmoe.approximation_error(zcmoe.Problem(target, ring.law, None, dimension=2), cells)
    ours = zcmoe.high_rate_coefficient(problem, stats.uniform())
    held(abs(ours / formula - 1) < 1e-6 and abs(512**2 * exact / formula - 1) < 1e-3, "(21) along the circle")
    return (f"m² error on the circle {512**2 * exact:.2f} at m = 512, (21) {ours:.2f}, "
            f"by SciPy's quadrature {formula:.2f}")
