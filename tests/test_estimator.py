"""The scikit-learn estimator."""

import os
import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from pytest import approx
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

pytest.importorskip("sklearn")
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import zcmoe.learning.regions as regions
from settings import COS6, NOISE, UNIFORM, exponential, piecewise
from settings_nd import bump, linear, uniform
from zcmoe import Boxes, Independent, Problem, ZeroComputeMoERegressor, fit_experts, plug_in
from zcmoe.lattices import LATTICES
from zcmoe.learning import in_blocks

SEGMENTATIONS = ["density", "uniform", "quantile"]
REGIONS = ["boxes", "voronoi", "lattice", "density"]


def column(problem, n, rng):
    x, y = problem.sample(n, rng=rng)
    return x.reshape(-1, problem.dimension), y


def neighbours_answer(centre, region, y):
    """Means of the regions; those without examples take the nearest with, by distance of centres."""
    count, total = np.bincount(region, minlength=len(centre)), np.bincount(region, y, len(centre))
    held = np.flatnonzero(count)
    means = total / np.maximum(count, 1)
    for i in np.flatnonzero(count == 0):
        means[i] = means[held[np.argmin(np.linalg.norm(centre[held] - centre[i], axis=1))]]
    return means


def brute_leave_one_out(model, X, y):
    """Leave each example out in turn and refit the constants on the same regions."""
    region, centre = model.segmentation_.route(model._regions.place(X)), model._regions.centres()
    rest = (np.arange(len(y)) != j for j in range(len(y)))
    left_out = [neighbours_answer(centre, region[keep], y[keep])[i] for i, keep in zip(region, rest, strict=True)]
    return np.mean(np.square(y - left_out))


# In several dimensions, as in most of the checks, every kind of cuts on the line becomes one of boxes.
CHECKED = [ZeroComputeMoERegressor(), ZeroComputeMoERegressor("auto", "voronoi"),
           ZeroComputeMoERegressor("auto", "lattice"), ZeroComputeMoERegressor(64, "voronoi")]


@parametrize_with_checks(CHECKED)
def test_the_whole_of_check_estimator(estimator, check):
    check(estimator)


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_an_integer_is_the_number_of_experts(segmentation):
    X, y = column(COS6, 400, 0)
    model = ZeroComputeMoERegressor(23, segmentation).fit(X, y)
    assert model.n_experts_ == model.segmentation_.n_regions == model.constants_.size == 23
    assert model.segmentation_.edges[[0, -1]] == approx([X.min(), X.max()], abs=0)
    assert model.constants_ == approx(fit_experts(model.segmentation_, X[:, 0], y).constants)


def test_what_the_segmentations_mean():
    """Equal lengths to the digit; quantiles and the density's cuts within a gap between examples."""
    X, y = column(COS6, 1000, 1)
    edges = {s: ZeroComputeMoERegressor(10, s).fit(X, y).segmentation_.edges for s in SEGMENTATIONS}
    assert np.diff(edges["uniform"]) == approx(np.ptp(X) / 10)
    assert edges["quantile"] == approx(np.quantile(X, np.arange(11) / 10), abs=0.01)
    assert edges["density"] == approx(plug_in(X[:, 0], y).density.ppf(np.arange(11) / 10), abs=0.04)
    for cuts in (edges["quantile"], edges["density"]):
        assert np.all((cuts[1:-1, None] != X[:, 0]).all(axis=1))


def test_auto_stays_near_the_plug_in_number_of_experts():
    """The error is flat around its least: held-out data may settle within a factor of two of m̂, or of m* = 58.6."""
    X, y = column(COS6, 1000, 2)
    for segmentation in SEGMENTATIONS:
        expected = plug_in(X[:, 0], y, segments=segmentation).number_of_experts
        assert 0.5 < ZeroComputeMoERegressor(segmentation=segmentation).fit(X, y).n_experts_ / expected < 2
    assert 29 < ZeroComputeMoERegressor().fit(X, y).n_experts_ < 117


@pytest.mark.parametrize("n", [2, 3, 40])
@pytest.mark.parametrize("m", [1, 5, 30])
def test_without_a_choice_the_expected_error_is_leave_one_out(n, m):
    """Lattice cells do not look at y: nothing is chosen by it but their number, and that is given."""
    X, y = column(linear(uniform(2), 1, 2), n, 4)
    model = ZeroComputeMoERegressor(m, "lattice").fit(X, y + 1e6)
    if model.n_experts_ < n:  # where each is alone, equally near neighbours may answer differently
        assert model.expected_error_ == approx(brute_leave_one_out(model, X, y), rel=1e-7)


@pytest.mark.parametrize("problem", [COS6, piecewise(), exponential()])
def test_the_expected_error_is_honest(problem):
    """Over 10 training sets its mean is within 6 % of the mean error on fresh data."""
    fresh = column(problem, 20_000, 99)
    claimed, true = np.transpose([
        (model.expected_error_, np.mean((fresh[1] - model.predict(fresh[0])) ** 2))
        for seed in range(10) for model in [ZeroComputeMoERegressor().fit(*column(problem, 500, seed))]])
    assert claimed.mean() == approx(true.mean(), rel=0.06)


def test_end_regions_reach_to_infinity_and_nan_is_refused():
    X, y = column(COS6, 200, 4)
    model = ZeroComputeMoERegressor(8).fit(X, y)
    assert model.predict([[-1e300], [1e300]]) == approx(model.constants_[[0, -1]], abs=0)
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="NaN|infinity"):
            model.predict([[bad]])
        with pytest.raises(ValueError, match="NaN|infinity"):
            ZeroComputeMoERegressor().fit([[0.0], [bad]], [1, 2])


def test_the_range_of_the_data_does_not_matter():
    X, y = column(COS6, 500, 5)
    here = ZeroComputeMoERegressor().fit(X, y)
    there = ZeroComputeMoERegressor().fit(1024 * X - 65536, y + 1e8)  # powers of two: the same digits of x
    assert there.n_experts_ == here.n_experts_
    assert there.predict(1024 * X - 65536) - 1e8 == approx(here.predict(X), abs=0.02)
    assert there.expected_error_ == approx(here.expected_error_, rel=1e-3)


def test_several_features_get_the_cuts_that_help():
    """Only x_1 and x_2 matter, and x_2 half as much: the third feature stays whole."""
    problem = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + 0.6 * x[:, 1],
                      Independent(UNIFORM, UNIFORM, UNIFORM), NOISE, dimension=3)
    X, y = column(problem, 4000, 6)
    model = ZeroComputeMoERegressor().fit(X * [1, 1000, -3], y)
    assert isinstance(model.segmentation_, Boxes)
    cuts = model.segmentation_.shape
    assert cuts[0] > cuts[1] > 1 == cuts[2] or cuts[0] > 1 == cuts[2] and len(cuts) == 4  # or the index serves for x_2
    assert ZeroComputeMoERegressor(12).fit(X, y).n_experts_ <= 12
    assert ZeroComputeMoERegressor(1).fit(X, y).predict(X) == approx(np.full(4000, y.mean()))
    fresh = column(problem, 4000, 7)
    error = np.mean((fresh[1] - model.predict(fresh[0] * [1, 1000, -3])) ** 2)
    assert model.expected_error_ == approx(error, rel=0.05) and error < 1.2 / 12
    assert model.expected_error_ == approx(ZeroComputeMoERegressor().fit(X, y).expected_error_, rel=1e-9)


def test_constant_features_and_constant_answers():
    assert ZeroComputeMoERegressor().fit([[1e20]] * 4, [1, 2, 3, 6]).predict([[0]]) == approx([3])
    assert ZeroComputeMoERegressor().fit([[1, 5]] * 4, [1, 2, 3, 6]).predict([[0, 0]]) == approx([3])
    for X, y in (([[0.2]], [5]), ([[0.2]] * 2, [5, 5]), ([[0.2, 7]], [5])):  # one example
        assert ZeroComputeMoERegressor().partial_fit(X, y).predict(X) == approx(y)
    two = ZeroComputeMoERegressor().fit([[0, 0], [1, 1]] * 9, [0, 5] * 9)
    assert two.predict([[0, 0], [1, 1]]) == approx([0, 5])
    flat = ZeroComputeMoERegressor().fit([[0], [1], [2], [3]], [4, 4, 4, 4])
    assert flat.n_experts_ == 1 and flat.expected_error_ == 0
    assert ZeroComputeMoERegressor("auto", "quantile").fit([[0]] * 9 + [[1]], [0] * 9 + [5]).predict([[2]]) >= 0


# Several features

def excess(model, problem):
    """Mean squared distance to β itself on fresh inputs."""
    X = column(problem, 20_000, 99)[0]
    return np.mean((model.predict(X) - problem.beta(X)) ** 2)


def test_voronoi_wins_over_equal_cells_where_the_slopes_are_uneven():
    """A narrow bump: equal cells of any shape waste most of the experts where β is flat."""
    problem = bump(uniform(2), (0.3, 0.6), 100)
    X, y = column(problem, 2500, 11)
    lattice, default = (excess(ZeroComputeMoERegressor(segmentation=kind).fit(X, y), problem)
                        for kind in ("lattice", "auto"))
    voronoi = [excess(ZeroComputeMoERegressor("auto", "voronoi", seed).fit(X, y), problem) for seed in range(4)]
    assert np.mean(voronoi) < 0.7 * lattice and default < 0.7 * lattice
    centers = [ZeroComputeMoERegressor(64, "voronoi", seed).fit(X, y).segmentation_.centers for seed in range(4)]
    near = np.linalg.norm(np.concatenate(centers) - [0.3, 0.6], axis=1) < 0.25  # a fifth of the square
    assert near.mean() > 0.4


def test_boxes_win_where_one_feature_is_useless():
    problem = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]), uniform(2), NOISE, dimension=2)
    X, y = column(problem, 2000, 12)
    boxes, voronoi = (ZeroComputeMoERegressor(segmentation=kind).fit(X, y) for kind in ("boxes", "voronoi"))
    assert boxes.segmentation_.shape[1] == 1 and excess(boxes, problem) < 0.5 * excess(voronoi, problem)
    assert isinstance(ZeroComputeMoERegressor().fit(X, y).segmentation_, Boxes)


def test_an_index_makes_a_diagonal_slope_a_problem_of_one_dimension():
    """β = 3 Σ x_j: 300 slabs across the slope, where Voronoi cells of four dimensions would be 300^(1/4) long."""
    problem = linear(uniform(4), 3, 3, 3, 3)
    X, y = column(problem, 40_000, 13)
    boxes = ZeroComputeMoERegressor(300, "boxes").fit(X, y)
    voronoi = ZeroComputeMoERegressor(300, "voronoi").fit(X, y)
    assert boxes.segmentation_.shape[:4] == (1, 1, 1, 1)
    assert excess(boxes, problem) < 0.1 * excess(voronoi, problem)


@pytest.mark.parametrize("d, name", [(2, "A2"), (3, "A3*"), (4, "D4"), (5, "D5*"), (6, "E6*"), (8, "E8"), (9, None)])
def test_lattice_regions_are_the_cells_of_the_best_lattice(d, name):
    rng = np.random.default_rng(14)
    X = rng.random((3000, d))
    X[:2] = [[0] * d, [1] * d]  # the range is the cube, so that the model's scaling is the identity
    model = ZeroComputeMoERegressor(100, "lattice").fit(X, rng.random(3000))  # the finest, though y is noise
    assert 60 <= model.n_experts_ <= 100
    centers = model.segmentation_.centers
    basis = np.eye(d) if name is None else LATTICES[name].generator
    steps = centers - centers[0]
    scale = pdist(centers).min() / min(np.linalg.norm(c @ basis) for c in product((-1, 0, 1), repeat=d) if any(c))
    coefficients = steps / scale @ np.linalg.inv(basis)
    assert np.abs(coefficients - np.rint(coefficients)).max() < 1e-6
    assert np.bincount(model.apply(X), minlength=model.n_experts_).min() >= 1


def test_an_integer_is_the_number_or_the_most_of_regions():
    X, y = column(linear(uniform(2), 1, 2), 900, 15)
    number = {kind: ZeroComputeMoERegressor(50, kind).fit(X, y).n_experts_ for kind in REGIONS}
    assert number["voronoi"] == 50 and number["boxes"] <= 50 and 35 <= number["lattice"] <= 50
    for kind in REGIONS:
        assert ZeroComputeMoERegressor(1, kind).fit(X, y).n_experts_ == 1
    assert ZeroComputeMoERegressor(5, "voronoi").fit(np.repeat(X[:3], 4, axis=0), y[:12]).n_experts_ == 3


def test_auto_takes_the_number_with_the_least_leave_one_out_error():
    X, y = column(linear(uniform(2), 1, 2), 900, 16)
    for kind in ("voronoi", "lattice"):
        error = [ZeroComputeMoERegressor(2**k, kind).fit(X, y).expected_error_ for k in range(9)]
        model = ZeroComputeMoERegressor(segmentation=kind).fit(X, y)
        assert model.expected_error_ < 1.02 * min(error)
        assert model.expected_error_ == approx(brute_leave_one_out(model, X, y), rel=1e-9)


@pytest.mark.parametrize("kind", REGIONS)
def test_predictions_are_means_of_the_regions_at_any_place(kind):
    X, y = column(linear(uniform(3), 1, 2, 3), 500, 17)
    X = X * [1, 1000, -3] + 5
    model = ZeroComputeMoERegressor(segmentation=kind).fit(X, y)
    x, held = model._regions.place(X), np.bincount(model.apply(X), minlength=model.n_experts_) > 0
    assert model.constants_[held] == approx(fit_experts(model.segmentation_, x, y).constants[held])
    far = X.min(axis=0) - [0, 1e9, 0]
    assert model.predict([far]) == approx(model.predict([X.min(axis=0)]), abs=0)
    both = ZeroComputeMoERegressor(segmentation=kind).partial_fit(X, y).partial_fit(X, y)
    assert both.constants_ == approx(model.constants_) and both.n_experts_ == model.n_experts_


def test_the_seed_decides():
    X, y = column(linear(uniform(2), 1, 2), 400, 18)
    first, again, other = (ZeroComputeMoERegressor(9, "voronoi", seed).fit(X, y).segmentation_.centers
                           for seed in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_slopes_of_a_plane_are_exact():
    """Slope (1, -2) everywhere: a local-linear fit has it but for the example's worth that levels it."""
    X = np.random.default_rng(19).random((400, 2))
    near = cKDTree(X).query(X[:100], 96)[1]
    squared, error = regions.slopes(X, X @ [1, -2], near, np.ones(400))
    assert squared == approx(np.full(100, 5), rel=0.05) and error / 100 < 1e-4
    # Noise adds 2.4 to the squares of the fitted slopes; that is taken off again.
    noise = 1.5 * np.random.default_rng(20).standard_normal((40, 400))
    found = [regions.slopes(X, X @ [1, -2] + each, near, np.ones(400))[0] for each in noise]
    assert np.mean(found) == approx(5, rel=0.2)
    # Leave-one-out of the same fits, ridge and centre held, by leaving each example out.
    y = np.sin(6 * X[:, 0]) + X[:, 1]
    left_out = []
    for j, rows in enumerate(near):
        mean, x = X[rows].mean(axis=0), X[rows]
        design = np.column_stack([np.ones(96), x - mean])
        ridge = np.trace((x - mean).T @ (x - mean)) / 192 * np.diag([0, 1, 1])
        rest = rows != j
        fit = np.linalg.solve(design[rest].T @ design[rest] + ridge, design[rest].T @ y[rows[rest]])
        left_out.append(y[j] - fit @ np.r_[1, X[j] - mean])
    assert regions.slopes(X, y, near, np.ones(400))[1] == approx(np.sum(np.square(left_out)), rel=1e-9)


def test_one_feature_knows_the_names_for_several():
    X, y = column(COS6, 400, 20)
    for kind, same in {"boxes": "uniform", "lattice": "uniform", "voronoi": "density"}.items():
        edges = [ZeroComputeMoERegressor(segmentation=s).fit(X, y).segmentation_.edges for s in (kind, same)]
        assert np.array_equal(*edges)


# Streams

def test_partial_fit_keeps_the_regions_of_the_first_call():
    X, y = column(COS6, 3000, 8)
    first, both = ZeroComputeMoERegressor().fit(X[:1000], y[:1000]), ZeroComputeMoERegressor()
    for block in in_blocks(X, y, size=1000):
        both.partial_fit(*block)
    assert np.array_equal(both.segmentation_.edges, first.segmentation_.edges)
    x = np.clip(X[:, 0], *first.segmentation_.edges[[0, -1]])
    assert both.constants_ == approx(fit_experts(first.segmentation_, x, y).constants)
    assert both.expected_error_ == approx(brute_leave_one_out(both, X, y), rel=0.1)
    assert not np.array_equal(both.fit(X, y).segmentation_.edges, first.segmentation_.edges)  # fit starts anew


def test_fit_stream(capsys):
    X, y = column(COS6, 8000, 9)
    model = ZeroComputeMoERegressor().fit_stream(in_blocks(X, y, size=1000), n_examples=8000, progress=True)
    alone = ZeroComputeMoERegressor().fit(X[:1000], y[:1000])
    assert model.n_experts_ / alone.n_experts_ == approx(2, rel=0.5)  # m* grows as n^(1/3)
    assert model._sums.mass.sum() == 8000
    assert capsys.readouterr().err.endswith("learned from 8,000 examples of 8,000 (100 %)\n")
    again = model.fit_stream([(X, y)])
    assert again.constants_ == approx(ZeroComputeMoERegressor().fit(X, y).constants_)
    with pytest.raises(ValueError, match="at least one"):
        model.fit_stream([])


def test_a_stream_of_one_block_is_a_fit():
    X, y = column(COS6, 200, 21)
    def new():
        return ZeroComputeMoERegressor(segmentation="uniform")

    models = [new().fit(X, y), new().partial_fit(X, y), *(new().fit_stream([(X, y)], n) for n in (None, 200, 100))]
    assert len({model.n_experts_ for model in models}) == 1


def test_examples_after_the_choice_of_regions_count_as_they_are():
    """By how much leave-one-out flatters the regions' first examples is added in their share of all."""
    X, y = column(COS6, 400, 22)

    def left_out(model, n):
        region, square = model.apply(X[:n]), y[:n] ** 2
        count, total = np.bincount(region), np.bincount(region, y[:n])
        assert count.min() > 1 and count.size == 6
        return np.sum((count / (count - 1)) ** 2 * (np.bincount(region, square) - total**2 / count)) / n

    model = ZeroComputeMoERegressor(6).partial_fit(X[:100], y[:100])
    flattered = model.expected_error_ - left_out(model, 100)
    assert flattered > 1e-3
    assert model.partial_fit(X[100:], y[100:]).expected_error_ == approx(left_out(model, 400) + flattered / 4)


# Inside scikit-learn

def test_pipelines_and_grid_search():
    X, y = column(COS6, 600, 10)
    pipeline = make_pipeline(StandardScaler(), ZeroComputeMoERegressor())
    search = GridSearchCV(pipeline, {"zerocomputemoeregressor__n_experts": [2, 40, 500],
                                     "zerocomputemoeregressor__segmentation": SEGMENTATIONS}, cv=4).fit(X, y)
    assert search.best_params_["zerocomputemoeregressor__n_experts"] == 40
    assert search.best_score_ > 0.75


@pytest.mark.parametrize("options, message", [
    ({"segmentation": "even"}, 'segmentation must be one of auto, density, uniform, .*, got \'even\''),
    ({"n_experts": 0}, "n_experts must be an integer >= 1, got 0"),
    ({"n_experts": "many"}, "n_experts must be"),
    ({"n_experts": 2.5}, "n_experts must be"),
])
def test_bad_options_are_refused_at_fit(options, message):
    with pytest.raises(ValueError, match=message):
        ZeroComputeMoERegressor(**options).fit([[0.0], [1.0], [2.0]], [0, 1, 2])


def test_check_estimator_with_array_api_dispatch():
    """The one check that needs an environment variable before SciPy is imported, and is left out above."""
    pytest.importorskip("sklearn", minversion="1.9")  # older ones ask it only of who says to support other arrays
    code = ("from sklearn.utils.estimator_checks import estimator_checks_generator\n"
            "from zcmoe import ZeroComputeMoERegressor\n"
            f"for each in {CHECKED}:\n"
            "    for estimator, check in estimator_checks_generator(each):\n"
            "        if 'array_api' in str(check):\n"
            "            print(check(estimator))")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8",
                         env=os.environ | {"SCIPY_ARRAY_API": "1"})
    assert run.stdout == "None\n" * len(CHECKED), run.stderr


@pytest.mark.parametrize("segmentation", ["boxes", "density"])
def test_more_features_than_numpy_has_axes(segmentation):
    rng = np.random.default_rng(0)
    X = rng.random((300, 70))
    y = 5 * (X[:, 66] > 0.5) + 0.1 * rng.standard_normal(300)
    model = ZeroComputeMoERegressor(segmentation=segmentation).fit(X, y)
    assert model.segmentation_.shape[66] >= 2 and model.expected_error_ < 0.05 * y.var() and model.score(X, y) > 0.95
