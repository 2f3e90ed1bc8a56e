"""Power diagrams: what linear gates cut."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats

import zcmoe
from settings import UNIFORM, TruncatedNormal
from zcmoe import Boxes, Independent, Intervals, PowerDiagram, Problem, Voronoi

SQUARE = Independent(TruncatedNormal(0.4, 0.2), UNIFORM)


def waves(x):
    return np.cos(6 * x[:, 0]) + x[:, 1] ** 2


def test_power_diagram_is_what_a_linear_gate_cuts():
    rng = np.random.default_rng(0)
    a, b, x = rng.standard_normal((6, 3)), rng.standard_normal(6), rng.random((2000, 3))
    diagram = PowerDiagram(a / 2, b + np.sum(a**2, axis=1) / 4)
    assert np.array_equal(diagram.route(x), np.argmax(x @ a.T + b, axis=1))
    centers = rng.random((9, 2))
    assert np.array_equal(PowerDiagram(centers, np.full(9, 3.0)).route(x[:, :2]), Voronoi(centers).route(x[:, :2]))


def test_equal_weights_are_a_voronoi_diagram_to_all_digits():
    centers, problem = np.random.default_rng(1).random((40, 2)), Problem(waves, SQUARE, None)
    for ours, theirs in zip(zcmoe.region_moments(problem, PowerDiagram(centers, np.full(40, 0.3))),
                            zcmoe.region_moments(problem, Voronoi(centers)), strict=True):
        assert ours == approx(theirs, rel=1e-9)


def test_a_heavier_centre_moves_the_border():
    """Two centres: the border is x_1 = 1/2 + (w_1 - w_2)/(2 · 0.6), here 0.7: two boxes of ten."""
    problem, diagram = Problem(waves, SQUARE, None), PowerDiagram([[0.2, 0.5], [0.8, 0.5]], [0.24, 0.0])
    moments, boxes = zcmoe.region_moments(problem, diagram), zcmoe.region_moments(problem, Boxes((10, 1)))
    left = np.arange(10) < 7
    for part, mask in zip(range(2), (left, ~left), strict=True):
        p = boxes.probability[mask]
        mean = p @ boxes.mean[mask] / p.sum()
        assert moments.probability[part] == approx(p.sum(), rel=1e-11) and moments.mean[part] == approx(mean, rel=1e-9)
        assert moments.variance[part] == approx(p @ (boxes.variance[mask] + (boxes.mean[mask] - mean) ** 2) / p.sum())
    assert zcmoe.standard_error(problem, diagram) < 1e-10
    assert zcmoe.region_geometry(problem, diagram).volume == approx([0.7, 0.3], rel=1e-12)


@pytest.mark.parametrize("law", [UNIFORM, stats.beta(0.5, 2), stats.uniform(0.2, 0.3)])
def test_on_the_line_regions_are_intervals(law):
    """Also one that is empty, one whose centre lies outside, and twins of which the first has all."""
    problem = Problem(np.exp, law, None)
    diagram = PowerDiagram([[0.2], [0.5], [0.6], [3.0], [0.2], [0.2]], [0.0, -1.0, 0.1, 5.8, 0.0, -0.1])
    border = [0.4 - 0.1 / 0.8, 1.8 + (0.1 - 5.8) / 4.8]
    moments = zcmoe.region_moments(problem, diagram)
    intervals = zcmoe.region_moments(problem, Intervals([0, *border, 1]))
    assert moments.probability[[0, 2, 3]] == approx(intervals.probability, abs=1e-12)
    assert moments.probability[[1, 4, 5]].tolist() == [0, 0, 0]
    some = intervals.probability > 0
    assert moments.variance[[0, 2, 3]][some] == approx(intervals.variance[some], rel=1e-8, abs=1e-14)


def test_a_sliver_at_the_end_of_the_line_has_its_probability():
    """‖x + 1‖² - w = ‖x - 1‖² at x = w/4."""
    diagram = PowerDiagram([[-1.0], [1.0]], [4e-13, 0.0])
    found = zcmoe.region_moments(Problem(np.exp, UNIFORM, None), diagram).probability
    assert found == approx([1e-13, 1], rel=1e-9, abs=0)


@pytest.mark.parametrize("shift", [0.0, 1.0, 1e4, 1e8])
def test_far_centres_and_heavy_weights_lose_no_digits(shift):
    """A gate a·x + b, whose centres and weights another constant vector in every a moves far away."""
    rng = np.random.default_rng(2)
    a, b, x = rng.integers(-8, 9, (7, 2)) / 4, rng.integers(-8, 9, 7) / 4, rng.random((3000, 2))
    far = a + [shift, 0]
    diagram = PowerDiagram(far / 2, b + np.sum(far**2, axis=1) / 4)
    scores = np.sort(x @ a.T + b, axis=1)
    clear = scores[:, -1] - scores[:, -2] > 1e-8 * max(shift, 1) ** 2 * 1e-7
    assert np.array_equal(diagram.route(x)[clear], np.argmax(x @ a.T + b, axis=1)[clear])


@pytest.mark.parametrize("centers, weights, word", [
    ([[1e200, 0], [-1e200, 0]], [0, 0], r"every centre must be at most 1e\+150 in size, got 1e\+200"),
    ([[0, 0], [1, 0]], [0, 1e305], r"every weight must be at most 1e\+300 in size, got 1e\+305"),
    ([[0, 0], [1, np.nan]], [0, 0], "every centers must be finite")])
def test_bad_input(centers, weights, word):
    with pytest.raises(ValueError, match=word):
        PowerDiagram(centers, weights)


def test_centres_one_ulp_apart():
    centers = np.array([[0.5, 0.5], [np.nextafter(0.5, 1), 0.5], [0.9, 0.2]])
    x = np.random.default_rng(0).random((4000, 2))
    assert np.array_equal(PowerDiagram(centers, [0, 0, 0]).route(x), Voronoi(centers).route(x))


def test_the_largest_centres_and_weights_that_are_taken():
    """"At most" is said of what is refused: the bound itself is not."""
    far = PowerDiagram([[1e150, 0.0], [0.0, 0.0]], [1e150**2, 0.0])
    assert far.n_regions == 2 and far.weights[0] == 1e150**2
