"""Every public name of `zcmoe`, used as it is meant: pyright (strict) and mypy find nothing here, and it runs."""

# pyright: strict
import numpy as np
from scipy import stats

import zcmoe
from zcmoe import (
    Boxes,
    Cubature,
    Independent,
    Intervals,
    LatticeCells,
    LevelSets,
    PowerDiagram,
    Problem,
    RegionGeometry,
    RegionMoments,
    RunningExperts,
    Sample,
    Segmentation,
    SegmentDensity,
    Voronoi,
    ZeroComputeMoE,
    ZeroComputeMoERegressor,
    ZeroComputeMoETransformer,
)
from zcmoe.concentration import constant_radius, estimation_error_bound, required_examples, value_ranges
from zcmoe.lattices import LATTICES
from zcmoe.learning import fit_stream, in_blocks
from zcmoe.quantization import bennett, compander, optimal_quantizer, panter_dite


class Halves(Segmentation):
    """One's own regions."""

    def __init__(self, cut: float):
        self.cut, self.n_regions, self.dimension = cut, 2, 1

    def _route(self, x: np.ndarray) -> np.ndarray:
        return (x >= self.cut).astype(int)


# The problem.
noise = stats.uniform(-0.5, 1)
problem = Problem(lambda x: np.cos(6 * np.pi * x), stats.truncnorm(-2, 3, loc=0.4, scale=0.2), noise)
square = Independent(stats.uniform(), stats.beta(2, 1))
plane = Problem(lambda x: x.sum(axis=1), square, None, gradient=np.ones_like)
points = Problem(np.square, Sample([0.1, 0.5, 0.9], weights=[1, 1, 2]), 0)
kink = Problem(np.abs, zcmoe.on_cube(stats.norm(0.4, 0.2)), noise, breakpoints=[0.5])
variance: float = problem.noise_variance + problem.noise_bound
x, y = problem.sample(100, rng=np.random.default_rng(0))
slope: np.ndarray = problem.gradient(x) * problem.beta(x) * problem.weight(x, floor=1e-3)

# Segment densities.
density = zcmoe.optimal_density(problem, floor=1e-6)
own = SegmentDensity(lambda x: 1 + x)
levels: np.ndarray = density.pdf(x) + own.cdf(x) + density.ppf([0.1, 0.9]).sum() + own.rvs(3, random_state=0).sum()

# Segmentations.
cuts = Intervals.from_density(density, 8)
equal, given, beta = Intervals.uniform(8), Intervals([0, 0.2, 1]), Intervals.from_density(stats.beta(2, 2), 4)
boxes, voronoi = Boxes((2, 3)), Voronoi([[0.2, 0.5], [0.8, 0.5]])
power, cells = PowerDiagram(voronoi.centers, [0.0, 0.3], domain=(0, 1)), LatticeCells(LATTICES["A2"], 0.5)
halves, levels_of = Halves(0.5), LevelSets(np.square, [-np.inf, 0.25, np.inf], dimension=1)
zcmoe.check_segmentation(halves, rng=1)
regions: np.ndarray = cuts.route(x) + halves.look_up([0, 1], x)
rule: Cubature = boxes.cubature(plane, "law")
everywhere: list[Segmentation] = [cuts, equal, given, beta, boxes, voronoi, power, cells, halves, levels_of]
total: int = sum(each.n_regions for each in everywhere)

# Moments and experts.
moments: RegionMoments = zcmoe.region_moments(problem, cuts)
probability, mean, within = moments
geometry: RegionGeometry = zcmoe.region_geometry(plane, boxes)
spread: float = zcmoe.standard_error(plane, power) + float(geometry.normalized_moment.max())
best = zcmoe.best_experts(problem, cuts)
moe: ZeroComputeMoE = zcmoe.fit_experts(cuts, x, y, default=0.0, weight=np.ones(100))
running = RunningExperts(cuts).update(x, y).merge(RunningExperts(cuts))
answers: np.ndarray = moe.predict(x, out=np.empty(100)) + running.experts(default=0.0).predict([0.5])

# Errors.
exact: float = zcmoe.approximation_error(problem, cuts) - zcmoe.approximation_excess(problem, cuts)
learned: float = zcmoe.test_error(problem, moe) + zcmoe.estimation_error(problem, best)
small: float = zcmoe.small_region_error(plane, boxes) + zcmoe.anisotropic_error(plane, boxes)
high: float = zcmoe.high_rate_error(plane, square, 6, moment=lambda x: np.full(len(x), 0.1), cells="any")
least: float = zcmoe.minimal_error(problem, 8, moment=1 / 12) * zcmoe.high_rate_coefficient(problem, stats.uniform())

# The best segmentations.
optimum = zcmoe.optimal_intervals(problem, 4)
certificate: float = optimum.residual + optimum.iterations + zcmoe.optimal_level_sets(problem, 3).standard_error
bound = zcmoe.bound_voronoi(plane, 3, rng=0)
falls: np.ndarray = bound.objective

# Learning.
inverse: float = zcmoe.mean_inverse_count(50, 0.03)
expected: float = zcmoe.expected_test_error(problem, cuts, 100, default=0.0)
parts = zcmoe.expected_estimation_error(problem, cuts, 100)
sizes: np.ndarray = zcmoe.expected_test_errors(problem, [cuts, equal], [100, 200])
leading: float = zcmoe.leading_order_error(problem, 8, 100) + parts.noise
number: float = zcmoe.number_of_experts(problem, 100, density=density)
chosen: int = zcmoe.best_number_of_experts(problem, 100, range(2, 5), segment=Intervals.uniform).m
simulated: np.ndarray = zcmoe.simulate(problem, [cuts, equal], 50, runs=3, rng=0, test_examples=20)
plug = zcmoe.plug_in(x, y, support=(0, 1), segments="uniform")
estimate: float = plug.number_of_experts + plug.noise_variance
from_data = Intervals.from_density(zcmoe.plug_in_density(x, y, support=(0, 1)), 5)
streamed: ZeroComputeMoE = fit_stream(cuts, in_blocks(x, y, size=10))
model = ZeroComputeMoERegressor(n_experts="auto", segmentation="density").fit(x.reshape(-1, 1), y, np.ones(y.size))
routing = ZeroComputeMoETransformer(encode="ordinal").fit(x.reshape(-1, 1), y)
smallest = float(model.predict(x.reshape(-1, 1)).min())
typical, deviation = model.predict(x.reshape(-1, 1), return_std=True)
first_regions: np.ndarray = model.apply(x.reshape(-1, 1))[:3]
score: np.ndarray = model.predict([[0.5]]) + model.constants_.mean() + model.expected_error_

# Appendices and bounds.
examples: float = required_examples(0.02, 0.05)
radius: np.ndarray = constant_radius(value_ranges(problem, cuts), 0.5, 5000, probability, 0.05)
probable: float = estimation_error_bound([1.0, 1.0], 0.5, 1000, 0.05)
constants: float = panter_dite(stats.norm()) / bennett(stats.norm(), compander(stats.norm()))
thresholds: np.ndarray = optimal_quantizer(stats.norm(), 4).thresholds
nearest: np.ndarray = LATTICES["A2"].nearest([[0.3, 0.2]])
bounds: float = zcmoe.lattices.sphere_bound(2) + zcmoe.lattices.zador_bound(2)

# Beyond the paper.
bank = zcmoe.gating.rate_distortion([0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]], slope=2.0)
free = zcmoe.gating.free_rate_distortion([0.0, 1.0], [0.5, 0.5], slope=8.0, tol=1e-9)
rate: float = bank.rate + zcmoe.gating.critical_slopes([0.0, 1.0], [0.5, 0.5]).split + float(free.constants.sum())
gate = zcmoe.gating.FiniteRateGate.fit(cuts, x, y, n_experts=2, rate=0.5, rng=0)
drawn: np.ndarray = gate.predict(x, rng=0) + gate.expected(x) + gate.on_problem(problem).rate
network = zcmoe.composition.tent_network(3, 2)
address: np.ndarray = network.route(x) + network.predict(x)[:, None]
pieces: int = zcmoe.composition.count_pieces(network)
circle = zcmoe.manifolds.circle(100)
seen: np.ndarray = circle.embed(3, rng=0).points
