"""The figures of the chapter show the model and the errors that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

pytest.importorskip("sklearn")
from zcmoe import ZeroComputeMoERegressor, plug_in
from zcmoe.show import plot_fit, your_data

NAMES = ("time (s)", "height (m)")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.uniform(10, 20, 300)
    return x, np.sin(x) + 0.1 * rng.standard_normal(300)


def fitted(data, m):
    return ZeroComputeMoERegressor(m).fit(data[0][:, None], data[1])


def steps(ax):
    return ax.patches[0].get_data()


def test_the_fit_is_the_model_in_a_window_that_stays(data):
    model = fitted(data, 7)
    fig, alt = your_data.fit(*data, model, NAMES, (10, 20, -2, 2))
    (ax,) = fig.axes
    assert steps(ax).values == approx(model.constants_) and steps(ax).edges == approx(model.segmentation_.edges)
    assert ax.lines[0].get_xdata() == approx(model.segmentation_.edges)
    assert (*ax.get_xlim(), *ax.get_ylim()) == (10, 20, -2, 2) and "300 examples" in alt and "7 experts" in alt


def test_the_choice_marks_the_model_on_its_curve(data):
    models = [fitted(data, m) for m in (4, 8, 16)]
    errors = [model.expected_error_ for model in models]
    fig, alt = your_data.choice(*data, models[1], [4, 8, 16], errors, NAMES)
    curve, mark = fig.axes[1].lines
    assert curve.get_ydata() == approx(errors)
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == approx((8, errors[1]))
    assert steps(fig.axes[0]).values == approx(models[1].constants_)
    assert steps(fig.axes[0]).edges == approx(models[1].segmentation_.edges)
    assert np.array_equal(fig.axes[0].collections[0].get_offsets(), np.column_stack(data))
    assert "8 experts" in alt and f"at {[4, 8, 16][int(np.argmin(errors))]}." in alt
    fig, alt = your_data.choice(*data, models[1], [4, 8, 16], errors, NAMES, curve=False)
    assert len(fig.axes[1].lines) == 1 and "least" not in alt


def test_experts_per_unit_add_up(data):
    model, density = fitted(data, 9), plug_in(*data).density
    fig, alt = your_data.cuts(*data, model, density, NAMES)
    values, edges, _ = steps(fig.axes[1])
    assert values * np.diff(edges) / np.ptp(edges) == approx(np.full(9, 1 / 9))
    outline = fig.axes[1].collections[0].get_paths()[0].vertices
    assert outline[:, 1].max() == approx(np.ptp(edges) * density.pdf(np.linspace(*edges[[0, -1]], 801)).max())
    assert f"between {values.min():.2g} and {values.max():.2g}" in alt and "plug-in" in alt
    fig, alt = your_data.cuts(*data, model, None, NAMES)
    assert not fig.axes[1].collections and "plug-in" not in alt


def test_the_band_is_two_spreads_wide(data):
    model = fitted(data, 7)
    fig, alt = your_data.spread(*data, model, NAMES)
    band, constants = (patch.get_data() for patch in fig.axes[0].patches)
    region = model.apply(data[0][:, None])
    spread = [data[1][region == i].std() for i in range(7)]
    assert constants.values == approx(model.constants_)
    assert band.values - constants.values == approx(2 * np.array(spread)) == constants.values - band.baseline
    inside = np.mean(np.abs(data[1] - model.constants_[region]) <= 2 * np.array(spread)[region])
    assert fig.get_suptitle().startswith(f"{100 * inside:.0f} %") and f"{100 * inside:.0f} percent" in alt


def test_few_points_of_many_are_drawn():
    x = np.linspace(0, 1, 10_000)
    fig, _ = your_data.cuts(x, x, ZeroComputeMoERegressor(4).fit(x[:, None], x))
    assert len(fig.axes[0].collections[0].get_offsets()) <= your_data.SHOWN


def test_the_comparison_is_relative_to_the_first():
    errors = {"ours": [1.0, 3.0, 2.0, 2.0], "theirs": [2.0, 6.0, 2.0, 2.0]}
    fig, alt = your_data.comparison(errors, {"ours": 0.01, "theirs": 0.5}, "some data")
    left, right = fig.axes
    assert left.lines[1].get_xdata() == approx([1, 1.5])
    low, high = left.collections[0].get_segments()[1][:, 0]
    assert high - low == approx(2 * 2 * np.std([1, 3, 0, 0]) / 2 / 2)  # two standard errors each way, over the mean 2
    assert right.lines[0].get_xdata() == approx([0.01, 0.5])
    assert "theirs 1.50 and 0.5 seconds" in alt
    fig, alt = your_data.comparison(errors, {"ours": 0.01, "theirs": 0.5}, "some data", shown=False)
    assert fig.axes[0].lines[1].get_xdata() == approx([1]) and "1.50" not in alt


def test_peers_hide_until_asked():
    fig, alt = your_data.peers(["a", "b"], [0.5, 0.7], [0.6, 0.6], "boosting")
    assert [list(line.get_xdata()) for line in fig.axes[0].lines] == [[0.6, 0.6], [0.5, 0.7]]
    assert "a 0.50, b 0.70" in alt and "ahead in 1" in alt
    fig, alt = your_data.peers(["a", "b"], [0.5, 0.7], [0.6, 0.6], "")
    assert len(fig.axes[0].lines) == 1 and "ahead" not in alt


def test_plot_fit_shows_intervals_and_examples(data):
    model = fitted(data, 7)
    ax = plot_fit(model, data[0][:, None], data[1])
    assert steps(ax).values == approx(model.constants_) and steps(ax).edges == approx(model.segmentation_.edges)
    assert np.array_equal(ax.collections[0].get_offsets(), np.column_stack(data))
    assert plot_fit(model, ax=ax) is ax and len(ax.patches) == 2


def test_plot_fit_colours_the_regions_of_two_features():
    rng = np.random.default_rng(1)
    X = rng.random((400, 2)) * [1, 1000]
    model = ZeroComputeMoERegressor(12, "voronoi").fit(X, X[:, 0] + X[:, 1] / 1000)
    ax = plot_fit(model, X, X[:, 0])
    mesh = ax.collections[0]
    assert set(np.unique(mesh.get_array())) <= set(model.constants_)
    assert ax.get_ylim()[1] > 900 and len(ax.collections[1].get_offsets()) == 400


@pytest.mark.parametrize("d, X, y, message", [
    (3, None, None, "one feature or two"), (1, [[1.0]], None, "together"), (1, [1.0], [1.0], "X must have shape"),
    (2, [[1, 2]], [1, 2], "together")])
def test_plot_fit_refuses_what_it_cannot_draw(d, X, y, message):
    rng = np.random.default_rng(2)
    model = ZeroComputeMoERegressor().fit(rng.random((50, d)), rng.random(50))
    with pytest.raises(ValueError, match=message):
        plot_fit(model, X, y)
