"""The gate that runs: its law, what it samples, what it learns, and what it reports."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats
from scipy.integrate import quad

from settings import NOISE, UNIFORM, cosine
from zcmoe import Boxes, Independent, Intervals, Problem, gating, region_moments
from zcmoe.gating import FiniteRateGate

SQUARE = Problem(np.square, UNIFORM, NOISE)


def made(m=3, affine=False):
    rng = np.random.default_rng(0)
    experts = rng.normal(size=(m, 2) if affine else m)
    return FiniteRateGate(Intervals.uniform(5), experts, rng.dirichlet(np.ones(m)), 2.0, costs=rng.random((5, m)))


def test_the_gate_is_the_one_of_the_definition():
    """π(t|x) ∝ r_t exp(-s d̂(i(x), t))."""
    gate = made()
    expected = gate.weights * np.exp(-2 * gate.costs)
    assert gate.conditional == approx(expected / expected.sum(axis=1, keepdims=True))
    steep = FiniteRateGate(Intervals.uniform(1), [0.0, 1.0], [0.5, 0.5], 1e6, costs=[[0.3, 0.2]])
    assert steep.conditional.tolist() == [[0, 1]]


def test_draws_have_the_law_of_the_gate():
    gate = made()
    x = np.repeat((np.arange(5) + 0.5) / 5, 40_000)
    chosen = gate.choose(x, rng=1).reshape(5, -1)
    share = np.stack([(chosen == t).mean(axis=1) for t in range(3)], axis=1)
    assert share == approx(gate.conditional, abs=0.01)
    assert np.array_equal(gate.predict(x, rng=1), gate.experts[chosen.ravel()])
    assert gate.predict(x, rng=2).reshape(5, -1).mean(axis=1) == approx(gate.expected(x[::40_000]), abs=0.03)


def test_an_expert_of_weight_zero_is_never_drawn():
    gate = FiniteRateGate(Intervals.uniform(2), [0.0, 1.0, 2.0], [0.5, 0.0, 0.5], 1.0, costs=np.zeros((2, 3)))
    assert set(gate.choose(np.linspace(0, 1, 5000), rng=0)) == {0, 2}


def test_affine_experts_answer_with_lines():
    gate = made(affine=True)
    x = np.random.default_rng(3).random(200)
    chosen = gate.choose(x, rng=4)
    assert gate.predict(x, rng=4) == approx(gate.experts[chosen, 0] + gate.experts[chosen, 1] * x)
    answers = gating.predictions(gate.experts, x)
    assert gate.expected(x) == approx((gate.conditional[gate.segmentation.route(x)] * answers).sum(axis=1))


@pytest.mark.parametrize("affine", [False, True])
def test_on_a_problem_by_quadrature(affine):
    """Distortion written out as an integral over x; the rate from region probabilities."""
    problem = cosine(1)
    gate = FiniteRateGate.known(problem, Intervals.uniform(6), n_experts=3, slope=8, affine=affine, rng=0)
    report, edges = gate.on_problem(problem), gate.segmentation.edges

    def loss(x):
        answers = gating.predictions(gate.experts, [x])[0]
        weight = gate.conditional[gate.segmentation.route([x])[0]]
        return problem.inputs.pdf(x) * weight @ (np.cos(2 * np.pi * x) - answers) ** 2

    direct = sum(quad(loss, a, b)[0] for a, b in zip(edges[:-1], edges[1:], strict=True))
    assert report.distortion == approx(problem.noise_variance + direct, rel=1e-8)
    p = region_moments(problem, gate.segmentation).probability
    assert report.rate == approx(gating.mutual_information(p, gate.conditional), rel=1e-9)
    if not affine:
        assert report.best <= report.distortion + 1e-9


def test_affine_experts_in_two_dimensions():
    """Moments of x, of β and of their products, from polarised variances: a plane is fitted exactly."""
    square = Independent(stats.uniform(), stats.beta(2, 1))
    problem = Problem(lambda x: 1 + 2 * x[:, 0] - 3 * x[:, 1], square, NOISE, dimension=2)
    gate = FiniteRateGate.known(problem, Boxes((3, 2)), n_experts=1, slope=5, affine=True, rng=0)
    assert gate.experts[0] == approx([1, 2, -3], abs=1e-8)
    assert gate.on_problem(problem).distortion == approx(problem.noise_variance, rel=1e-9)
    x = np.random.default_rng(0).random((50, 2))
    learned = FiniteRateGate.fit(Boxes((3, 2)), x, problem.beta(x), n_experts=1, slope=5, affine=True, rng=0)
    assert learned.experts[0] == approx([1, 2, -3], abs=1e-8)
    assert learned.predict(x, rng=0) == approx(problem.beta(x)) == learned.expected(x)


def test_best_is_the_curve_of_the_regions_means():
    """D̂(R): σ², the spread within regions, and D(R) of the region means."""
    gate = FiniteRateGate.known(SQUARE, Intervals.uniform(16), n_experts=4, slope=60, rng=0)
    report = gate.on_problem(SQUARE)
    p, mean, variance = region_moments(SQUARE, gate.segmentation)
    direct = gating.curve(mean, p, rates=[report.rate]).distortions[0]
    assert report.best == approx(1 / 12 + p @ variance + direct, rel=1e-6)
    assert report.best <= report.distortion <= 1.02 * report.best


def test_a_known_problem_is_learned_with_the_options_of_examples():
    assert FiniteRateGate.known.__kwdefaults__ == FiniteRateGate.fit.__kwdefaults__


def test_a_rate_is_kept():
    gate = FiniteRateGate.known(SQUARE, Intervals.uniform(64), n_experts=4, rate=np.log(2.5), rng=0)
    assert gate.on_problem(SQUARE).rate == approx(np.log(2.5), abs=1e-4)


def test_examples_come_close_to_the_known_law():
    """Learned from 20 000 examples: on fresh ones, within a few percent of the gate for the known law."""
    cuts = Intervals.uniform(24)
    x, y = SQUARE.sample(20_000, rng=0)
    gate = FiniteRateGate.fit(cuts, x, y, n_experts=3, slope=20, rng=0)
    ideal = FiniteRateGate.known(SQUARE, cuts, n_experts=3, slope=20, rng=0)
    truth, target = gate.on_problem(SQUARE), ideal.on_problem(SQUARE)
    assert truth.distortion == approx(target.distortion, rel=0.01) and truth.rate == approx(target.rate, rel=0.05)
    fresh = gate.on_examples(*SQUARE.sample(20_000, rng=1))
    assert fresh.distortion == approx(truth.distortion, rel=0.03) and fresh.rate == approx(truth.rate, rel=0.02)
    assert truth.best <= truth.distortion


def test_reports_on_examples_are_what_predictions_cost():
    x, y = SQUARE.sample(4000, rng=3)
    gate = FiniteRateGate.fit(Intervals.uniform(8), x, y, n_experts=2, slope=15, affine=True, rng=0)
    report = gate.on_examples(x, y)
    weight = gate.conditional[gate.segmentation.route(x)]
    assert report.distortion == approx((weight * gating.squared_costs(y, gate.experts, x)).sum(axis=1).mean(), rel=1e-9)
    drawn = np.mean([(y - gate.predict(x, rng=seed)) ** 2 for seed in range(40)])
    assert drawn == approx(report.distortion, rel=0.01)
    assert np.mean((y - gate.expected(x)) ** 2) < report.distortion


def test_a_region_without_examples_sees_the_errors_on_all():
    x, y = np.array([0.1, 0.2, 0.9, 0.95]), np.array([0.0, 0.1, 1.0, 1.1])
    gate = FiniteRateGate.fit(Intervals.uniform(3), x, y, n_experts=2, slope=10, rng=0)
    assert gate.costs[1] == approx([np.mean((y - e) ** 2) for e in gate.experts])
    assert gate.on_examples(x, y).rate > 0


def test_a_gate_of_many_nats_is_told_the_spread_within_regions():
    cuts = Intervals.uniform(2)
    gate = FiniteRateGate(cuts, [1 / 12, 7 / 12], [0.5, 0.5], 1e4, costs=[[0, 1], [1, 0]])
    report = gate.on_problem(SQUARE)
    p, _, variance = region_moments(SQUARE, cuts)
    assert report.rate == approx(np.log(2)) and report.best == approx(1 / 12 + p @ variance)
    assert report.distortion == approx(report.best, rel=1e-9)


@pytest.mark.parametrize("change, message", [
    ({"weights": [0.5, 0.4]}, "weights must sum to 1, got 0.9"),
    ({"weights": [0.5, 0.5 + 1e-7]}, "weights must sum to 1, got 1.0000001"),
    ({"weights": [1.5, -0.5]}, r"every weights must lie in \[0, 1\], got 1.5 at index 0"),
    ({"weights": [1.0]}, r"weights must have shape \(2,\), got \(1,\)"),
    ({"slope": 0}, "slope must be"), ({"costs": None}, "costs, the error of each expert in each region, must be given"),
    ({"costs": [[0.0, 1.0]]}, r"costs must have shape \(2, 2\), got \(1, 2\)"),
    ({"costs": [[0.0, np.nan], [0, 1]]}, "every costs must be finite"),
    ({"experts": [[0.0, 1, 2], [0, 1, 2]]}, r"experts must have shape \(m,\) or \(m, 2\), got \(2, 3\)"),
    ({"experts": [[0.0], [1, 2]]}, "not ragged"),
])
def test_bad_gates(change, message):
    good = {"segmentation": Intervals.uniform(2), "experts": [0.0, 1.0], "weights": [0.5, 0.5], "slope": 1.0,
            "costs": [[0.0, 1.0], [1.0, 0.0]]}
    with pytest.raises(ValueError, match=message):
        FiniteRateGate(**{**good, **change})


@pytest.mark.parametrize("x, y, options, message", [
    ([0.1, 1.2], [0, 1], {"slope": 1}, r"every x must lie in \[0, 1\], got 1.2"),
    ([0.1, np.nan], [0, 1], {"slope": 1}, "every x must be finite"),
    ([0.1, 0.2], [0], {"slope": 1}, r"y must have shape \(2,\), got \(1,\)"),
    ([0.1, 0.2], [0, np.inf], {"slope": 1}, "every y must be finite"),
    ([], [], {"slope": 1}, "x and y must hold at least one example, got 0"),
    ([0.1, 0.2], [0, 1], {"rate": 3.0}, "rate must be at most ln 2"),
    ([0.1, 0.2], [0, 1], {}, "one of slope and rate must be given"),
])
def test_bad_examples(x, y, options, message):
    with pytest.raises(ValueError, match=message):
        FiniteRateGate.fit(Intervals.uniform(2), x, y, n_experts=2, **options)
