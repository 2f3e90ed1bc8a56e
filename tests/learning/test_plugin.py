"""λ* and m* from data alone."""

import numpy as np
import pytest
from pytest import approx

from settings import COS6, exponential, piecewise
from zcmoe import Intervals, fit_experts, number_of_experts, optimal_density, plug_in, plug_in_density, test_error
from zcmoe.learning import difference_variance, plugin

SIGMA2 = 1 / 12


def test_difference_variance():
    rng = np.random.default_rng(1)
    x = rng.permutation(4000) / 4000
    assert difference_variance(x, 5 + 3 * x) < 1e-6  # a straight line is no noise
    noise = rng.normal(0, 0.4, 4000)
    assert difference_variance(x, np.sin(9 * x) + noise) == approx(0.16, rel=0.08)


def test_difference_variance_on_uneven_inputs():
    x = np.array([0, 1, 10, 11, 20, 21.0])
    assert difference_variance(x, x) == 0
    assert difference_variance([0, 1, 3], [0, 3, 0]) == approx(9 / (1 + 4 / 9 + 1 / 9))  # by hand
    assert difference_variance([0, 1, 3, 5], [0, 3, 0, 0]) == approx((9 / (14 / 9) + 1.5**2 / 1.5) / 2)
    rng = np.random.default_rng(0)
    clusters = np.r_[rng.uniform(0, 0.01, 500), rng.uniform(0.99, 1, 500)]
    assert difference_variance(clusters, 100 * clusters + rng.normal(0, 0.1, 1000)) == approx(0.01, rel=0.15)
    assert difference_variance(1e9 + x, 1e9 + x) == 0


@pytest.mark.parametrize("values", [1, 2, 3, 40, 3000])
def test_difference_variance_of_repeated_inputs(values):
    """Unbiased whatever the ties, for a straight β; the order of the examples does not matter."""
    rng = np.random.default_rng(3)
    x = rng.integers(values, size=4000) / values
    y = 5 + 3 * x + rng.normal(0, 0.4, 4000)
    sorted_y = y[np.lexsort([y, x])]  # the worst order within ties
    assert difference_variance(x, y) == approx(0.16, rel=0.1)
    assert difference_variance(np.sort(x), sorted_y) == approx(difference_variance(x, y), rel=1e-9)


def test_plug_in_recovers_the_optimal_density():
    x, y = COS6.sample(20_000, rng=2)
    found = plug_in(x, y, support=(0, 1))
    grid = np.linspace(0.03, 0.97, 200)
    ideal = 0.9 * optimal_density(COS6).pdf(grid) + 0.1
    assert np.mean(np.abs(found.density.pdf(grid) - ideal)) < 0.12
    cells = found.density.pdf((np.arange(400)[:, None] + [0.1, 0.9]) / 400)  # on a grid of 400, no two alike
    assert np.array_equal(cells[:, 0], cells[:, 1]) and np.unique(cells).size == 400
    assert found.noise_variance == approx(SIGMA2, rel=0.05)
    assert found.number_of_experts == approx(number_of_experts(COS6, 20_000), rel=0.1)


def test_the_kernels_of_the_plug_in():
    """The density is a sum of Gaussians, reflected at 0 and 1; fits are weighted least squares, each example left out
    in turn; in both x is the middle of its cell."""
    rng = np.random.default_rng(5)
    cell, h = np.sort(rng.choice(120, 40, replace=False)), 0.06
    x, y, grid = (cell + 0.5) / 400, rng.standard_normal(40), (np.arange(400)[:, None] + 0.5) / 400
    count, total, square = (np.bincount(cell, weight, 400) for weight in (np.ones(40), y, y**2))
    bells = sum(np.exp(-((grid - at) ** 2) / (2 * h**2)) for at in (x, -x, 2 - x)).sum(axis=1)
    assert plugin._kernel_density(count, h) == approx(bells / bells.mean())

    def fit(at, rest):
        root = np.exp(-((x[rest] - at) ** 2) / (4 * h**2))
        design = np.column_stack([root, root * (x[rest] - at)])
        return np.linalg.solve(design.T @ design + np.diag([0, h**2]), design.T @ (root * y[rest]))

    slope, error = plugin._local_linear((count, total, square), h)
    assert slope[cell] == approx([fit(at, x > 0)[1] for at in x])
    assert error == approx(sum((y[j] - fit(x[j], x != x[j])[0]) ** 2 for j in range(40)))


@pytest.mark.parametrize("problem, excess, experts", [(COS6, 0.00896, 55.0), (piecewise(), 0.00548, 38.8)])
def test_plug_in_experts_reach_the_excess_of_the_spec(problem, excess, experts):
    """Table 4d, n = 1000: mean excess of plug-in segments with plug-in m̂, and mean m̂; 40 training sets."""
    rng, errors, chosen = np.random.default_rng(4), [], []
    for _ in range(40):
        x, y = problem.sample(1000, rng=rng)
        found = plug_in(x, y, support=(0, 1), bandwidth=0.02)
        chosen.append(round(found.number_of_experts))
        segmentation = Intervals.from_density(found.density, chosen[-1])
        errors.append(test_error(problem, fit_experts(segmentation, x, y)) - SIGMA2)
    assert np.mean(errors) == approx(excess, rel=0.12)
    assert np.mean(chosen) == approx(experts, rel=0.04)


@pytest.mark.parametrize("scale, shift", [(1e-6, 3.0), (1e9, -1e12), (250.0, 1e4)])
def test_plug_in_follows_the_units_of_x(scale, shift):
    x, y = exponential().sample(500, rng=8)
    x = np.round(x, 6)  # exactly what it is after scaling, near enough
    here, there = plug_in(x, y), plug_in(shift + scale * x, y)
    share = np.arange(13) / 12
    assert (there.density.ppf(share) - shift) / scale == approx(here.density.ppf(share), abs=2e-3)
    assert there.number_of_experts == approx(here.number_of_experts, rel=0.02)


def test_plug_in_on_difficult_data():
    flat = plug_in(np.arange(50.0), np.full(50, 3.0))
    assert flat.number_of_experts == 0 and np.ptp(flat.density.pdf(np.linspace(1, 48, 9))) < 1e-12
    line = plug_in([0, 0.25, 0.5, 1], [0, 0.25, 0.5, 1.0], segments="uniform")
    assert line.density.ppf(0.5) == approx(0.5)
    gap = plug_in(np.r_[np.linspace(0, 0.1, 40), np.linspace(0.9, 1, 40)], np.r_[np.zeros(40), np.ones(40)])
    assert np.all(np.diff(gap.density.ppf(np.linspace(0, 1, 50))) > 0)
    assert plug_in([0, 1, 2], [0, 1, 2]).number_of_experts == np.inf  # three points on a line
    assert plug_in([0, 1, 7], [0, 1 / 3, 7 / 3]).number_of_experts == np.inf
    assert plug_in_density([0, 1, 2], [0, 1, 5]).support() == (0, 2)


@pytest.mark.parametrize("call, message", [
    (lambda: difference_variance([0, 1], [0, 1]), "three or more"),
    (lambda: plug_in([0, 0, 0], [0, 1, 2]), "two different values"),
    (lambda: plug_in([0, 1, np.nan], [0, 1, 2]), "every x must be finite"),
    (lambda: plug_in([0, 1, 3], [0, 1, 2], support=(0, 2)), "every x must lie in"),
    (lambda: plug_in([0, 1, 3], [0, 1, 2], bandwidth=0), "bandwidth must be"),
    (lambda: plug_in([0, 1, 3], [0, 1, 2], segments="even"), "segments must be"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
