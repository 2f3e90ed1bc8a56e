"""What people bring to the estimator: clusters, outliers, ties, weights, large y, files and blocks that are refused."""

import copy
import warnings

import numpy as np
import pytest
from pytest import approx

pytest.importorskip("sklearn")
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeRegressor

from settings import COS6
from zcmoe import Intervals, ZeroComputeMoERegressor, ZeroComputeMoETransformer, fit_experts, plug_in, simulate
from zcmoe.learning import fit_dask, in_blocks, in_parquet


def both(X, y, fresh, truth):
    """R² on fresh inputs: ours, and a tree's with its leaves tuned by cross-validation."""
    from sklearn.model_selection import GridSearchCV
    X, fresh = X.reshape(len(X), -1), fresh.reshape(len(fresh), -1)
    leaves = {"max_leaf_nodes": [2, 4, 8, 16, 32, 64, 128, 256]}
    tree = GridSearchCV(DecisionTreeRegressor(random_state=0), leaves, cv=5).fit(X, y)
    return ZeroComputeMoERegressor().fit(X, y).score(fresh, truth), tree.score(fresh, truth)


# Quality

def test_no_noise():
    rng = np.random.default_rng(0)
    x, fresh = rng.random(5000), rng.random(5000)
    ours, tree = both(x, np.sin(6 * x), fresh, np.sin(6 * fresh))
    assert ours > 0.9999 and ours >= tree - 1e-4
    few = np.mean([ZeroComputeMoERegressor().fit(x[:, None], np.sin(6 * x)).score(fresh[:, None], np.sin(6 * fresh))
                   for x in rng.random((8, 12))])
    assert few > 0.7  # it was -0.24


@pytest.mark.parametrize("draw, beta", [
    (lambda rng, n: rng.integers(2, size=n) + 1e-3 * rng.standard_normal(n), lambda x: np.sin(1000 * x)),
    (lambda rng, n: rng.integers(5, size=n) + 1e-2 * rng.standard_normal(n), lambda x: np.sin(50 * x) + x),
    (lambda rng, n: 10 ** rng.uniform(-4, 4, n), np.log),
    (lambda rng, n: np.exp(1.5 * rng.standard_normal(n)), np.log),
    (lambda rng, n: rng.standard_cauchy(n), np.arctan),
], ids=["two clusters", "five clusters", "log-spaced", "lognormal", "Cauchy"])
def test_clusters_and_tails(draw, beta):
    rng = np.random.default_rng(1)
    x, fresh = draw(rng, 2000), draw(rng, 2000)
    ours, tree = both(x, beta(x), fresh, beta(fresh))
    assert ours > 0.98 and ours > tree - 0.003


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("spoil", [lambda x: x.__setitem__(3, 5.0), lambda x: x.__setitem__(slice(0, 20), -99999.0)],
                         ids=["an outlier at five times the range", "one per cent at -99999"])
def test_outliers_in_a_feature(d, spoil):
    rng = np.random.default_rng(2)
    X, fresh = rng.random((2, 2000, d))
    y, truth = (np.sin(6 * x[:, 0]) + x.sum(axis=1) for x in (X, fresh))
    spoil(X[:, 0])
    ours, tree = both(X, y, fresh, truth)
    assert ours > 0.98 and ours > tree - 0.003


@pytest.mark.parametrize("d, beta, least", [
    (2, lambda X: (X[:, 0] > 0.5) != (X[:, 1] > 0.5), 0.98),
    (5, lambda X: np.cos(12 * np.pi * X[:, 0]), 0.98),
    (5, lambda X: (X[:, 0] - 0.5) * (X[:, 1] - 0.5), 0.95),
    (4, lambda X: np.sign(X[:, 1] - 0.3) * np.cos(2 * np.pi * X[:, 3]), 0.9),
], ids=["XOR", "a fast wave among five", "a product among five", "a jump times a wave"])
def test_plateaus_are_crossed(d, beta, least):
    rng = np.random.default_rng(3)
    X, fresh = rng.random((2, 2000, d))
    assert ZeroComputeMoERegressor().fit(X, 1.0 * beta(X)).score(fresh, 1.0 * beta(fresh)) > least


@pytest.mark.parametrize("segmentation", ["auto", "quantile", "density", "optimal"])
def test_ties(segmentation):
    """A binary column with 75 % zeros keeps its two values; 0, 1, 2 with counts 5, 4, 3 keep three."""
    x = np.r_[np.zeros(75), np.ones(25)][:, None]
    assert ZeroComputeMoERegressor(2, segmentation).fit(x, 3 * x[:, 0]).predict([[0], [1]]) == approx([0, 3])
    x, y = np.repeat([0, 1, 2], [5, 4, 3])[:, None], np.repeat([0.0, 5.0, 1.0], [5, 4, 3])
    for m in (3, "auto"):
        assert ZeroComputeMoERegressor(m, segmentation).fit(x, y).predict([[0], [1], [2]]) == approx([0, 5, 1])


def test_cuts_lie_between_neighbouring_floats():
    x = 1 + np.arange(40) * np.spacing(1.0)
    y = np.where(np.arange(40) < 13, 0.0, 7.0)
    for segmentation, X in (("optimal", x[:, None]), ("boxes", np.column_stack([x, x[::-1]]))):
        assert ZeroComputeMoERegressor(2, segmentation).fit(X, y).predict(X) == approx(y)


# What errors to expect

def linear(n, rng):
    X = rng.random((n, 5))
    return X, X.sum(axis=1) + 0.3 * rng.standard_normal(n)


def noise(n, rng):
    return rng.random((n, 20)), rng.standard_normal(n)


def wave(n, rng):
    X = rng.random((n, 1))
    return X, np.sin(6 * X[:, 0]) + 0.3 * rng.standard_normal(n)


def step(n, rng):
    """Two halves with a gap between them: no fresh x is on the wrong side."""
    X = 0.4 * rng.random((n, 1)) + 0.6 * rng.integers(2, size=(n, 1))
    return X, 1e9 * (X[:, 0] > 0.5) + 2 * rng.standard_normal(n)


@pytest.mark.parametrize("draw, n, seeds", [(linear, 100, 5), (noise, 100, 5), (wave, 100, 8), (linear, 1000, 2),
                                            (noise, 1000, 2), (wave, 1000, 3), (step, 100, 8)])
def test_the_expected_error_is_the_error_on_average(draw, n, seeds):
    claimed, found = [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        model = ZeroComputeMoERegressor().fit(*draw(n, rng))
        X, y = draw(20_000, rng)
        claimed.append(model.expected_error_)
        found.append(np.mean((y - model.predict(X)) ** 2))
    assert np.mean(claimed) == approx(np.mean(found), rel=0.1)


@pytest.mark.parametrize("n", [12, 100])
def test_the_expected_error_without_noise_on_a_grid(n):
    """x = y = 0, …, n - 1: fresh x between them are off by 1/12 on average, those left out by 1."""
    x = np.arange(float(n))[:, None]
    model = ZeroComputeMoERegressor().fit(x, x[:, 0])
    fresh = np.random.default_rng(0).uniform(0, n - 1, 20_000)
    assert model.expected_error_ == approx(np.mean((model.predict(fresh[:, None]) - fresh) ** 2), rel=0.1)


# Weights

@pytest.mark.parametrize("d, segmentation", [
    *[(1, each) for each in ("auto", "uniform", "quantile", "density", "optimal", "boxes", "voronoi", "lattice")],
    *[(3, each) for each in ("auto", "quantile", "boxes", "voronoi", "lattice")]])  # other cuts of the line are boxes
def test_weights_are_repetitions(d, segmentation):
    rng = np.random.default_rng(4)
    X, y, weight = np.round(rng.random((120, d)), 2), rng.random(120), rng.integers(0, 4, 120)
    y += X.sum(axis=1)
    order = rng.permutation(weight.sum())
    weighted = ZeroComputeMoERegressor(segmentation=segmentation).fit(X, y, weight)
    repeated = ZeroComputeMoERegressor(segmentation=segmentation).fit(
        np.repeat(X, weight, axis=0)[order], np.repeat(y, weight)[order])
    assert weighted.segmentation_ == repeated.segmentation_
    assert weighted.constants_ == approx(repeated.constants_, rel=1e-10)
    assert weighted.expected_error_ == approx(repeated.expected_error_, rel=1e-9)
    assert weighted.score(X, y, weight) == approx(repeated.score(np.repeat(X, weight, axis=0), np.repeat(y, weight)))
    first = ZeroComputeMoERegressor(segmentation=segmentation).fit(X, y)
    again = copy.deepcopy(first)
    assert first.partial_fit(X, y, weight).constants_ == approx(
        again.partial_fit(np.repeat(X, weight, axis=0), np.repeat(y, weight)).constants_)


def test_odd_weights():
    X, y = np.linspace(0, 1, 30)[:, None], np.arange(30.0)
    with pytest.raises(ValueError, match="every sample_weight must lie in .* got -1.0 at index 0"):
        ZeroComputeMoERegressor().fit(X, y, np.r_[-1.0, np.ones(29)])
    with pytest.raises(ValueError, match="sample_weight must not be 0 everywhere"):
        ZeroComputeMoERegressor().fit(X, y, np.zeros(30))
    single = ZeroComputeMoERegressor().fit(X, y, np.full(30, 1 / 30))  # one example's worth: its mean
    assert single.predict(X) == approx(np.full(30, 14.5)) and np.isnan(single.expected_error_)
    half = ZeroComputeMoERegressor().fit(X, y, np.full(30, 0.5))
    assert half.n_experts_ > 1 and half.expected_error_ < y.var()


# Several y, spread, routing

@pytest.mark.parametrize("d", [1, 3])
def test_several_answers_spread_and_regions(d):
    rng = np.random.default_rng(5)
    X = rng.random((600, d))
    y = np.column_stack([X[:, 0], np.sin(6 * X[:, -1])]) + 0.1 * rng.standard_normal((600, 2))
    model = ZeroComputeMoERegressor().fit(X, y)
    mean, spread = model.predict(X, return_std=True)
    region = model.apply(X)
    assert mean.shape == spread.shape == (600, 2) and model.score(X, y) > 0.8
    for i in np.unique(region):
        assert mean[region == i] == approx(np.broadcast_to(y[region == i].mean(axis=0), (np.sum(region == i), 2)))
        assert spread[region == i][0] == approx(y[region == i].std(axis=0), abs=1e-9)
    assert ZeroComputeMoERegressor().fit(X, y[:, :1]).predict(X).shape == (600, 1)


def test_the_transformer_serves_other_models():
    rng = np.random.default_rng(6)
    X = rng.random((400, 2))
    y = np.sin(6 * X[:, 0]) + X[:, 1]
    onehot = ZeroComputeMoETransformer().fit(X, y)
    assert onehot.transform(X).shape == (400, onehot.regressor_.n_experts_)
    assert np.array_equal(onehot.transform(X).argmax(axis=1).ravel(), onehot.regressor_.apply(X))
    ordinal = ZeroComputeMoETransformer(encode="ordinal").fit(X, y)
    assert np.array_equal(ordinal.transform(X)[:, 0], ordinal.regressor_.apply(X))
    assert make_pipeline(ZeroComputeMoETransformer(), LinearRegression()).fit(X, y).score(X, y) > 0.95
    with pytest.raises(ValueError, match="encode must be"):
        ZeroComputeMoETransformer(encode="both").fit(X, y)


# Nothing lost

def state(model):
    return [*(np.copy(part) for part in (model._sums.mass, model._sums.total, model._sums.square)),
            model.constants_.copy(), model.expected_error_, model.n_features_in_, model.predict(np.full((1, 1), 0.3))]


@pytest.mark.parametrize("X, y", [([[0.5]], [1e200]), ([[0.5]], [np.nan]), ([[np.inf]], [1.0]), ([[0.5, 1]], [1.0]),
                                  ([[0.5], [0.2]], [1.0]), ([[0.5]], [[1.0, 2.0]])])
@pytest.mark.parametrize("call", ["partial_fit", "fit", "fit_stream"])
def test_what_is_refused_leaves_the_model_as_it_was(X, y, call):
    x, values = COS6.sample(300, rng=7)
    model = ZeroComputeMoERegressor().fit(x[:, None], values)
    before = state(model)
    if call == "fit" and (np.shape(X) == (1, 2) or np.ndim(y) == 2):
        pytest.skip("a new fit may have other shapes")
    with pytest.raises(ValueError):
        blocks = [(x[:, None], values), (X, y)]
        model.fit_stream(blocks) if call == "fit_stream" else getattr(model, call)(X, y)
    assert all(np.array_equal(*pair) for pair in zip(before, state(model), strict=True))
    assert model.partial_fit(x[:, None], values).constants_ == approx(before[3])


def test_copies_share_nothing_that_changes():
    x, y = COS6.sample(300, rng=8)
    model = ZeroComputeMoERegressor().fit(x[:, None], y)
    before, twin = state(model), copy.copy(model)
    twin.partial_fit([[0.3]], [100.0])
    assert all(np.array_equal(*pair) for pair in zip(before, state(model), strict=True))
    assert twin.predict([[0.3]]) > model.predict([[0.3]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_y_of_any_width(dtype):
    x = np.linspace(0, 1, 6000)[:, None]
    y = (2000 + np.round(10 * x[:, 0])).astype(dtype)
    model = ZeroComputeMoERegressor().fit(x, y)
    assert model.constants_.dtype == np.float64
    assert model.predict(x) == approx(y.astype(float), abs=0.6)
    assert model.predict(x).mean() == approx(y.astype(float).mean())


def test_empty_blocks_and_early_ends():
    x, y = COS6.sample(500, rng=9)
    X, none = x[:, None], np.empty((0, 1))
    model = ZeroComputeMoERegressor().fit_stream([(none, none[:, 0]), (X, y), (none, none[:, 0])])
    assert model.constants_ == approx(ZeroComputeMoERegressor().fit(X, y).constants_)
    assert model.partial_fit(none, none[:, 0]) is model
    with pytest.warns(UserWarning, match="ended after 500 examples of n_examples=100000") as seen:
        ZeroComputeMoERegressor().fit_stream([(X, y)], n_examples=100_000)
    assert seen[0].filename == __file__  # it points at the call
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ZeroComputeMoERegressor().fit_stream([(X, y)], n_examples=600)


# Files

def test_memory_maps_parquet_and_mapped_models(tmp_path):
    joblib = pytest.importorskip("joblib")
    x, y = COS6.sample(4000, rng=10)
    for name, values in (("x", x[:, None]), ("y", y)):
        np.save(tmp_path / f"{name}.npy", values)
    files = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "xy"]
    mapped = ZeroComputeMoERegressor().fit_stream(in_blocks(*files, size=1000))
    joblib.dump(mapped, tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    assert loaded.partial_fit(x[:500, None], y[:500]).constants_ == approx(
        mapped.partial_fit(x[:500, None], y[:500]).constants_)
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet
    parquet.write_table(pyarrow.table({"x": x, "y": y}), tmp_path / "data.parquet")
    stored = ZeroComputeMoERegressor().fit_stream(in_parquet(tmp_path / "data.parquet", "y", size=1000))
    fresh = ZeroComputeMoERegressor().fit_stream(in_blocks(x[:, None], y, size=1000))
    assert stored.constants_ == approx(fresh.constants_)
    with pytest.raises(ValueError, match="target and features must name columns"):
        next(in_parquet(tmp_path / "data.parquet", "z"))


@pytest.mark.parametrize("d", [1, 2])
def test_dask_arrays_and_frames(d):
    da = pytest.importorskip("dask.array")
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(11)
    X = rng.random((5000, d))
    y, weight = np.sin(6 * X[:, 0]) + 0.1 * rng.standard_normal(5000), rng.integers(0, 3, 5000).astype(float)
    model = ZeroComputeMoERegressor().fit(X, y, weight)
    learned = ZeroComputeMoERegressor().fit(da.from_array(X, (700, 1)), da.from_array(y, 1100),
                                            da.from_array(weight, 900))
    assert learned.segmentation_ == model.segmentation_ and learned.constants_ == approx(model.constants_)
    assert learned.expected_error_ == approx(model.expected_error_)
    dd = pytest.importorskip("dask.dataframe")
    names = ["a", "b"][:d]
    frame = dd.from_pandas(pandas.DataFrame(X, columns=names).assign(y=y, w=weight), npartitions=3)
    framed = ZeroComputeMoERegressor().fit(frame[names], frame["y"], frame["w"])
    assert framed.constants_ == approx(model.constants_) and list(framed.feature_names_in_) == names
    masked = da.ma.masked_greater(da.from_array(y, 1100), 0.9)
    with pytest.raises(ValueError, match="masked entries"):
        ZeroComputeMoERegressor().fit(da.from_array(X, (700, 1)), masked)
    with pytest.raises(ValueError, match="masked entries"):
        fit_dask(Intervals.uniform(3), da.from_array(X[:, 0], 700), masked)


# Messages

@pytest.mark.parametrize("call, message", [
    (lambda: ZeroComputeMoERegressor().fit([[-1.7e308], [0], [1.7e308]], [1, 2, 3]), "X must span less than"),
    (lambda: ZeroComputeMoERegressor().fit([[0.0], [1], [2]], np.array([1, 2, 3]) * 1e200), "y must have .*3e.200"),
    (lambda: fit_dask(Intervals.uniform(2), np.array([0.1]), np.array([1.0])), "x must be a Dask array, got ndarray"),
    (lambda: simulate(COS6, [], 10), "segmentations must hold at least one"),
    (lambda: plug_in([0, 1, 2], [0, 1, 5], support=2), r"support must be \(low, high\), got 2"),
    (lambda: fit_experts(Intervals.uniform(2), [0.1], [1.0]).predict([0.1], out=np.zeros(1, int)), "out must be a flo"),
    (lambda: ZeroComputeMoERegressor(n_experts=[3, 4]).fit([[0.0], [1]], [1, 2]), r"n_experts must be .*\[3, 4\]"),
    (lambda: ZeroComputeMoERegressor(random_state="a").fit([[0.0], [1]], [1, 2]), "random_state must be .*'a'"),
    (lambda: ZeroComputeMoERegressor().fit_stream([([[0.0]], [1])], n_examples=-5), "n_examples must be .*-5"),
    (lambda: ZeroComputeMoERegressor().fit([[np.nan], [1]], [1, 2]), "X contains NaN"),
    (lambda: ZeroComputeMoERegressor().fit(np.ma.masked_equal([[0.0], [1]], 1), [1, 2]), "X must not have masked"),
    (lambda: ZeroComputeMoERegressor(segmentation=["boxes"]).fit([[0.0], [1]], [1, 2]), "segmentation must be one of"),
])
def test_messages_name_the_parameter_and_what_came(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_defaults():
    """A fit is the same each time: the seed is 0 and not None."""
    defaults = {"n_experts": "auto", "segmentation": "auto", "random_state": 0}
    assert ZeroComputeMoERegressor().get_params() == defaults
    assert ZeroComputeMoETransformer().get_params() == defaults | {"encode": "onehot"}


def test_parameters_are_validated_on_every_call():
    model = ZeroComputeMoERegressor().fit([[0.0], [1], [2]], [1, 2, 3])
    for name, bad in (("n_experts", 0), ("segmentation", "even"), ("random_state", -1)):
        with pytest.raises(ValueError, match=f"{name} must be"):
            copy.deepcopy(model).set_params(**{name: bad}).partial_fit([[0.5]], [1])


def test_random_state_is_what_scikit_learn_means():
    rng = np.random.default_rng(12)
    X, y = rng.random((300, 2)), rng.random(300)
    centers = [ZeroComputeMoERegressor(9, "voronoi", seed).fit(X, y).segmentation_.centers
               for seed in (0, 0, np.random.RandomState(0), np.random.default_rng(0), None, 1)]
    assert np.array_equal(centers[0], centers[1]) and np.array_equal(centers[0], centers[2])
    assert not np.array_equal(centers[0], centers[5]) and not np.array_equal(centers[4], centers[5])
