"""The contract of a segmentation: one method to write, and everything takes it."""

import pickle

import numpy as np
import pytest
from pytest import approx

import zcmoe
from settings import COS6, NOISE, UNIFORM
from zcmoe import (
    Boxes,
    Intervals,
    LatticeCells,
    LevelSets,
    PowerDiagram,
    Problem,
    Sample,
    Segmentation,
    Voronoi,
    check_segmentation,
)
from zcmoe.lattices import LATTICES
from zcmoe.optimum import BoundVoronoi, OptimalIntervals, OptimalLevelSets

SQUARE = zcmoe.Independent(UNIFORM, UNIFORM)
RADIAL = Problem(lambda x: np.hypot(*x.T), SQUARE, NOISE, dimension=2)


class Rings(Segmentation):
    def __init__(self, radii):
        self.radii, self.n_regions, self.dimension = radii, len(radii) + 1, 2

    def _route(self, x):
        return np.searchsorted(self.radii, np.hypot(*x.T), side="right")


class Halves(Segmentation):
    """One dimension, by hand."""

    n_regions, dimension = 2, 1

    def __init__(self):
        pass

    def _route(self, x):
        return (x >= 0.5).astype(int)


RINGS = Rings((0.3, 0.6, 1.0))
KINDS = [
    Intervals.uniform(7), Intervals([-2.0, 0.5, 9.0]), Boxes((2, 3)), Boxes((2, 3, 2)),
    Voronoi([[0.1, 0.2], [0.5, 0.5]]),
    Voronoi([[0.1, 0.2, 0.0], [0.5, 0.5, 0.3]], domain=(-np.inf, np.inf)), PowerDiagram([[0.2], [0.7]], [0, 0.1]),
    PowerDiagram(np.eye(4), np.arange(4) / 5, domain=(-1, 2)), LatticeCells(LATTICES["A2"], 0.3, shift=(0.1, 0)),
    OptimalIntervals([0, 0.2, 1], 3, 1e-9), zcmoe.bound_voronoi(RADIAL, 5, rng=0), RINGS, Halves(),
    LevelSets(np.cos, [-np.inf, 0.7, 0.9, np.inf]), OptimalLevelSets(np.cos, [0.5, 0.8, np.inf], residual=0.0),
]


@pytest.mark.parametrize("segmentation", KINDS, ids=repr)
def test_every_kind_keeps_the_contract(segmentation):
    check_segmentation(segmentation)


@pytest.mark.parametrize("segmentation", KINDS, ids=repr)
def test_arrays_are_read_only_after_pickling(segmentation):
    again = pickle.loads(pickle.dumps(segmentation))
    for name in ("edges", "centers", "weights"):
        if hasattr(segmentation, name):
            with pytest.raises(ValueError, match="read-only"):
                getattr(again, name)[0] = 0


@pytest.mark.parametrize("broken, what", [
    (lambda s, x: np.full(len(x), 4), "integers in 0"),
    (lambda s, x: np.full(len(x), -1), "integers in 0"),
    (lambda s, x: np.zeros(len(x)), "float64"),
    (lambda s, x: np.zeros((len(x), 1), int), "shape"),
    (lambda s, x: np.arange(len(x)) % 4, "each x by itself"),
])
def test_a_wrong_route_is_found(broken, what):
    with pytest.raises(ValueError, match=what):
        check_segmentation(type("Broken", (Rings,), {"_route": broken})((0.3, 0.6, 1.0)))


def test_a_domain_that_is_not_held_is_found():
    class Lax(Rings):
        def route(self, x):
            return self._route(np.asarray(x))
    with pytest.raises(ValueError, match="Lax must refuse x = 2"):
        check_segmentation(Lax((0.3, 0.6, 1.0)))


def test_equal_means_the_same_regions():
    assert Intervals([0, 0.5, 1]) == Intervals.uniform(2) == OptimalIntervals([0, 0.5, 1], 1, 0.0)
    assert Intervals.uniform(2) != Intervals.uniform(3)
    assert hash(Intervals([0.0, 1])) == hash(Intervals([-0.0, 1])) and Intervals([0, 1]) == Intervals([-0.0, 1])
    centers = [[0.1, 0.2], [0.5, 0.5]]
    assert Voronoi(centers) == BoundVoronoi(centers, np.array([2.0, 1.0]), 2) != Voronoi(centers[::-1])
    assert Voronoi(centers) != Voronoi(centers, domain=(0, 2))
    assert Rings((0.1,)) == Rings((0.1,)) != Rings((0.2,))
    assert Boxes((2, 3)) != Boxes((3, 2)) and Boxes((2, 3)) != "boxes"


def test_no_false_certificate():
    for made in (OptimalIntervals.uniform(3), OptimalIntervals.from_density(UNIFORM, 3)):
        assert type(made) is Intervals and not hasattr(made, "residual")


@pytest.mark.parametrize("segmentation", KINDS, ids=repr)
def test_outside_the_domain_is_refused_everywhere(segmentation):
    if not np.isfinite(segmentation.domain[1]):
        return
    bad = np.full((1, segmentation.dimension)[:1 if segmentation.dimension == 1 else 2], segmentation.domain[1] + 0.1)
    moe = zcmoe.ZeroComputeMoE(segmentation, np.zeros(segmentation.n_regions))
    for call in (lambda: segmentation.route(bad), lambda: moe.predict(bad),
                 lambda: zcmoe.fit_experts(segmentation, bad, [1.0])):
        with pytest.raises(ValueError, match="every x must lie in"):
            call()


@pytest.mark.parametrize("segmentation", [
    Boxes((2, 2)), Voronoi([[0.1, 0.2], [0.5, 0.5]]), LatticeCells(LATTICES["A2"], 0.4)])
@pytest.mark.parametrize("x, word", [
    ([[0.5, 1.1]], r"lie in .* got 1.1 at index \(0, 1\)"), ([[np.nan, 0]], "finite"), ([0.5, 0.5], r"shape \(n, 2\)"),
])
def test_bad_inputs_are_refused(segmentation, x, word):
    with pytest.raises(ValueError, match=word):
        segmentation.route(x)
    assert segmentation.route(np.empty((0, 2))).shape == (0,)


def test_the_users_own_regions_work_everywhere():
    """β = |x|: rings are its level sets, and moments are integrals over r with the arc inside the square."""
    moments = zcmoe.region_moments(RADIAL, RINGS)
    assert moments.probability.sum() == approx(1, abs=1e-12)
    assert moments.probability[0] == approx(np.pi * 0.09 / 4, abs=1e-4)
    assert moments.mean[0] == approx(0.2, abs=1e-4)  # 2/3 of the radius
    assert moments.variance[0] == approx(0.09 / 18, abs=1e-4)
    error = zcmoe.standard_error(RADIAL, RINGS)
    assert 0 < error < 1e-4
    fine = zcmoe.Boxes((200, 200)).cubature(RADIAL)
    mean = np.bincount(RINGS.route(fine.nodes), fine.weights * RADIAL.beta(fine.nodes)) / np.bincount(
        RINGS.route(fine.nodes), fine.weights)
    truth = fine.weights @ (RADIAL.beta(fine.nodes) - mean[RINGS.route(fine.nodes)]) ** 2
    assert abs(zcmoe.approximation_excess(RADIAL, RINGS) - truth) < 6 * error + 1e-5
    x, y = RADIAL.sample(20_000, rng=1)
    learned = zcmoe.fit_experts(RINGS, x, y)
    best = zcmoe.best_experts(RADIAL, RINGS)
    assert learned.constants == approx(best.constants, abs=0.02)
    assert np.array_equal(learned.predict(x), learned.constants[RINGS.route(x)])
    assert zcmoe.expected_test_error(RADIAL, RINGS, 1000) > zcmoe.approximation_error(RADIAL, RINGS)
    blocks = [(x[i:i + 999], y[i:i + 999]) for i in range(0, len(x), 999)]
    assert zcmoe.learning.fit_stream(RINGS, blocks).constants == approx(learned.constants, abs=1e-12)
    with pytest.raises(ValueError, match="must be Intervals"):
        zcmoe.simulate(COS6, [Halves()], 10)


def test_one_dimension_by_hand():
    exact, own = (zcmoe.region_moments(COS6, each) for each in (Intervals.uniform(2), Halves()))
    for a, b in zip(exact, own, strict=True):
        assert b == approx(a, abs=2e-4)


def test_merging_other_regions_is_refused():
    seen = zcmoe.RunningExperts(RINGS).update([[0.1, 0.1]], [1.0])
    with pytest.raises(ValueError, match="same segmentation"):
        seen.merge(zcmoe.RunningExperts(Rings((0.3, 0.6, 0.9))))


def test_samples_are_laws():
    """Exact sums over the points, on any domain; what needs a density refuses by name."""
    rng = np.random.default_rng(0)
    points, weights = rng.standard_normal((50, 3)), rng.random(50)
    law = Sample(points, weights)
    problem = Problem(lambda x: x[:, 0], law, NOISE, dimension=3)
    cells = Voronoi(points[:4], domain=(-np.inf, np.inf))
    region, mass = cells.route(points), weights / weights.sum()
    moments = zcmoe.region_moments(problem, cells)
    for i in range(4):
        here, m = points[region == i, 0], mass[region == i]
        assert moments.probability[i] == approx(m.sum())
        assert moments.mean[i] == approx(np.average(here, weights=m))
        assert moments.variance[i] == approx(np.average((here - moments.mean[i]) ** 2, weights=m))
    assert zcmoe.standard_error(problem, cells) == 0
    x, y = problem.sample(20, rng=0)
    assert x.shape == (20, 3) and zcmoe.fit_experts(cells, x, y).constants.shape == (4,)
    for call in (lambda: zcmoe.region_geometry(problem, cells), lambda: zcmoe.optimal_density(problem),
                 lambda: zcmoe.minimal_error(problem, 4), lambda: zcmoe.small_region_error(problem, cells)):
        with pytest.raises(ValueError, match="density"):
            call()


def test_weights_and_several_outputs():
    cuts, x = Intervals.uniform(2), np.array([0.1, 0.2, 0.3, 0.9])
    y = np.array([[1.0, 10], [2, 20], [3, 30], [4, 40]])
    assert zcmoe.fit_experts(cuts, x, y).constants.tolist() == [[2, 20], [4, 40]]
    assert zcmoe.fit_experts(cuts, x, y).predict([0.5, 0.0]).tolist() == [[4, 40], [2, 20]]
    twice = zcmoe.fit_experts(cuts, np.r_[x, x[:1]], np.r_[y, y[:1]])
    assert zcmoe.fit_experts(cuts, x, y, weight=[2, 1, 1, 1]).constants == approx(twice.constants)
    assert zcmoe.fit_experts(cuts, x, y[:, 0], weight=[0, 0, 0, 1]).constants.tolist() == [4, 4]
    with pytest.raises(ValueError, match="every weight must lie in"):
        zcmoe.fit_experts(cuts, x, y, weight=[-1, 1, 1, 1])
    seen = zcmoe.RunningExperts(cuts).update(x, y)
    with pytest.raises(ValueError, match="y must have shape"):
        seen.update(x, y[:, 0])
    assert seen.experts().constants.tolist() == [[2, 20], [4, 40]]


def test_what_travels_is_three_numbers_a_region():
    from zcmoe.experts import sums_of
    cells = Voronoi(np.random.default_rng(0).random((1000, 2)))
    x = np.random.default_rng(1).random((5000, 2))
    assert len(pickle.dumps(sums_of(cells, x, x[:, 0]))) < 24 * 1000 + 500
