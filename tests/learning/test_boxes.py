"""Boxes on companded axes, part by part."""

from itertools import pairwise

import numpy as np
import pytest
from pytest import approx

from zcmoe.learning import boxes
from zcmoe.learning.axes import Axes, Compander, compressed
from zcmoe.learning.boxes import Bench, Laid, _divided, divided, expected, luck, means_by_part, moved_along
from zcmoe.learning.examples import distinct_examples, folds


def test_places_are_equal_boxes():
    """Every x is put in its box: 0, …, k on each axis, of equal size; a whole axis is one box."""
    x = np.random.default_rng(0).normal(0, 1, (500, 3))
    cuts = [np.array([-0.5, 0.0, 0.1]), np.empty(0), np.array([0.7])]
    axes = Axes(cuts)
    placed = axes.place(x)
    assert axes.shape == (4, 1, 2)
    assert np.array_equal(np.floor(placed * axes.shape), np.stack(
        [np.searchsorted(cut, column, side="right") for cut, column in zip(cuts, x.T, strict=True)], axis=1))
    inner = (x[:, 0] >= -0.5) & (x[:, 0] < 0.1)  # where an interval has two ends, its share is that of its length
    assert placed[inner, 0] == approx(np.interp(x[inner, 0], cuts[0], [0.25, 0.5, 0.75]))


def test_compression_is_interpolation():
    knots, levels = np.array([-1.0, 0, 0.5, 3]), np.array([0, 0.2, 0.9, 1])
    x = np.linspace(-2, 4, 61)
    assert compressed(x, knots, levels) == approx(np.interp(x, knots, levels))
    assert compressed(x, np.array([2.0, 2]), np.array([0.0, 1])) == approx(np.full(61, 0.5))


def test_long_axes_are_divided_equally():
    """Ten equal intervals become twenty, thirty; seven cuts are too few to be sure of."""
    x = np.linspace(0, 1, 11)
    cuts = [np.arange(1, 10) / 10, np.arange(1, 8) / 8]
    laid = Laid([], [x, x], np.empty(0), None, x, x)
    for parts in (1, 2, 3):
        long, short = divided(laid, cuts, parts)
        assert long == approx(np.arange(1, 10 * parts) / (10 * parts)) and short is cuts[1]


@pytest.mark.parametrize("parts", [1, 2, 3, 4, 6, 8])
def test_long_axes_are_divided_into_as_many_parts_as_steps(parts):
    """y is a staircase with this many steps in each of ten intervals: no other division has no error."""
    rng = np.random.default_rng(0)
    x, out = np.r_[0, rng.random(4000), 1], np.arange(4002) % 2
    y = np.floor(np.minimum(x, 0.9999) * 10 * parts)[:, None]
    laid = Laid([], [x], np.empty(0), None, y, 1.0 - out)
    cuts = [np.arange(1, 10) / 10]
    folds, found = _divided([laid], [cuts], out[None], cuts, 4002)
    assert found == parts and np.allclose(folds, 0)


def test_the_index_follows_a_plane():
    """Two features that go together: the direction of the linear fit is still that of the plane, to a per cent."""
    rng = np.random.default_rng(1)
    x = rng.random((600, 2))
    x[:, 1] += 2 * x[:, 0]
    bench = Bench(distinct_examples(x, np.zeros(600), None), True)
    weights = rng.integers(1, 4, 600).astype(float)
    y = bench.level @ [1.0, -2.0] + 7
    bench.examples = bench.examples._replace(y=y[:, None])
    slopes = bench._slopes(weights)
    assert slopes[1] / slopes[0] == approx(-2, rel=0.02)
    assert np.linalg.norm(slopes) == approx(5**0.5, rel=0.02)
    bench.examples = bench.examples._replace(y=np.column_stack([y, 3 * y]))  # of several answers the direction alone
    slopes = bench._slopes(weights)
    assert slopes[1] / slopes[0] == approx(-2, rel=0.02)


def test_means_of_boxes():
    """A box without mass takes the mean of the nearest with; lone examples are answered by their neighbour's mean."""
    parts = [np.array([0, 0, 0, 1, 3, 3])]
    y, mass = np.array([[1.0], [2], [6], [5], [8], [10]]), np.array([1.0, 2, 0, 0, 1, 1])
    means, left_out = means_by_part(parts, y, mass)
    assert means[:, 0] == approx([5 / 3, 5 / 3, 5 / 3, 5 / 3, 9, 9])
    # Left out: 1 by (2 + 2)/2, each 2 by (1 + 2)/2, 8 by 10 and 10 by 8.
    assert left_out == approx((1 + 2 * 0.25 + 4 + 4) / 5)
    two = [np.array([0, 0, 1, 1, 4]), np.array([0, 1, 0, 2, 4])]
    means, left_out = means_by_part(two, np.arange(5.0)[:, None], np.array([1.0, 0, 1, 1, 1]))
    assert means[[0, 2, 3, 4], 0] == approx([0, 2, 3, 4]) and means[1, 0] in (0, 2)  # equally near
    assert left_out == approx((4 + 4 + 1 + 1) / 4)


@pytest.mark.parametrize("single", [True, False])
def test_a_cut_moves_to_its_best_place(single):
    """Between the places beside it, given the other cuts and what the other axes cut: against trying every gap."""
    rng = np.random.default_rng(3)
    n = 80
    x, mass = np.sort(rng.random(n)), rng.integers(0, 3, n).astype(float)
    cell = np.zeros(n, dtype=int) if single else rng.integers(3, size=n)
    y = np.column_stack([np.sin(7 * x), (x > 0.47) * cell]) + 0.1 * rng.standard_normal((n, 2))
    place, cuts = np.arange(1, 8) / 8, np.array([0.25, 0.5, 0.875])

    def error(cuts):
        region = cell * 10 + np.searchsorted(cuts, x, side="right")
        parts = [(y[region == each], mass[region == each]) for each in np.unique(region) if mass[region == each].any()]
        return sum(m @ ((values - m @ values / m.sum()) ** 2).sum(axis=1) for values, m in parts)

    best = cuts.copy()
    for i in range(3):
        low, high = max(place[place < cuts[i]].max(), best[i - 1] if i else 0), min(
            place[place > cuts[i]].min(initial=1), best[i + 1] if i < 2 else 1)
        tried = [(a + b) / 2 for a, b in pairwise(x[(x >= low) & (x < high)])] + [cuts[i]]
        best[i] = min(tried, key=lambda cut: error(np.r_[best[:i], cut, best[i + 1:]]))
    found = moved_along(x, place, cuts, cell, y, mass)
    assert error(found) == approx(error(best)) and error(found) < 0.95 * error(cuts)
    assert np.array_equal(cuts, [0.25, 0.5, 0.875])


def test_what_is_expected_of_chosen_boxes():
    """By hand: the folds' held-out error is twice their leave-one-out error, so it is for the whole."""
    held = np.array([[1, 1, 0, 0], [0, 0, 1, 1]])
    assert expected(0.1, [(3.0, 1.0), (5.0, 1.0)], held, 0.0) == approx(0.1 * (8 / 4) / 1)
    assert expected(0.1, [(3.0, 0.0), (5.0, 0.0)], held, 2.0) == approx(10 / 4)
    assert luck([[1.0, 2], [5, 2]], 0) == approx(0.4 * 3) and luck([[1.0, 2]], 1) == 0


def test_the_compressor_is_half_rank_and_half_range():
    x, mass = np.array([0.0, 1, 2, 10, 10]), np.array([1.0, 3, 2, 2, 2])
    one = Compander(x, mass, 32)
    assert one.places == approx([0.5, 1.5, 6])
    assert one(np.array([-1, 0, 0.5, 1.5, 6, 10, 99])) == approx(
        [0, 0, (0.1 + 0.05) / 2, (0.4 + 0.15) / 2, (0.6 + 0.6) / 2, 1, 1])
    assert one.codes(x).tolist() == [0, 1, 2, 3, 3]
    assert Compander(x[3:] - [10, 6], mass[:2], 32).levels == approx([0, (0.25 + 0.5) / 2, 1])  # of two values, 0 and 4
    many = Compander(np.random.default_rng(4).random(5000), np.ones(5000), 32)
    assert many(many.places) == approx(np.arange(1, 32) / 32, abs=1e-3)


@pytest.mark.parametrize("n, d, most, tried", [(60, 3, None, {True, False}), (200, 3, None, {True}),
                                               (200, 3, 2, {True}), (200, 3, 1, {False})])
def test_an_index_of_few_examples_must_show_its_worth(n, d, most, tried, monkeypatch):
    """Then boxes without one compete with it; where there are many examples a feature they need not."""
    seen = set()

    class Seen(Bench):
        def __init__(self, examples, index):
            seen.add(index)
            super().__init__(examples, index)

    monkeypatch.setattr(boxes, "Bench", Seen)
    rng = np.random.default_rng(5)
    x = rng.random((n, d))
    examples = distinct_examples(x, x.sum(axis=1), None)
    boxes.boxes_from_data(examples, most, folds(examples.mass, rng))
    assert seen == tried
