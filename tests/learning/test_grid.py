"""Grids that grow, against counting every box anew."""

from itertools import combinations

import numpy as np
import pytest
from pytest import approx

from zcmoe.learning.grid import BINS, LARGEST, Grid, Growth, hull


def growth(d=3, n=150, most=10_000, seed=0):
    """Two answers about their mean: a jump, a product and noise, of examples that are there once to three times."""
    rng = np.random.default_rng(seed)
    codes, mass = rng.integers(BINS, size=(d, n)), rng.integers(1, 4, n).astype(float)
    wave = np.cos(3 * np.pi * (codes + 0.5) / BINS)
    y = np.column_stack([2.0 * (codes[0] > 10) + wave[-1], wave[0] * wave[-1]]) + 0.3 * rng.standard_normal((n, 2))
    return Growth(codes, y - mass @ y / mass.sum(), mass, most)


def boxes(grown, on):
    """The examples of each box that holds some."""
    number = np.stack([np.searchsorted(np.flatnonzero(row), code) for row, code in zip(on, grown.codes, strict=True)])
    return [np.flatnonzero((number == box[:, None]).all(axis=0)) for box in np.unique(number, axis=1).T]


def error(grown, on):
    """The squared error of the means of the boxes."""
    return sum(grown.mass[here] @ (grown.y[here] - np.average(grown.y[here], 0, grown.mass[here])) ** 2
               for here in boxes(grown, on)).sum()


def test_errors_are_those_of_the_boxes():
    """Left out: one repetition of an example at a time; 0, the mean of all, answers for a lone one."""
    grown = growth()
    for _ in range(12):
        left_out = 0.0
        for here in boxes(grown, grown.on):
            y = np.repeat(grown.y[here], grown.mass[here].astype(int), axis=0)
            left_out += np.sum((y - (y.sum(axis=0) - y) / max(len(y) - 1, 1)) ** 2)
        assert grown.cells == len(boxes(grown, grown.on))
        assert (grown.error, grown.left_out) == approx((error(grown, grown.on), left_out))
        grown._step(), grown._measure()
    assert min(map(len, boxes(grown, grown.on))) == 1 and grown.error < 0.5 * grown.total


@pytest.mark.parametrize("steps", [0, 1, 4])
def test_a_move_gains_what_the_error_falls_by(steps):
    """An added box: for the best cut alone, ladders on one axis, and pairs of axes. No single cut gains more."""
    grown = growth()
    for _ in range(steps):
        grown._step(), grown._measure()

    def gain(cuts):
        on = grown.on.copy()
        for axis, where in cuts:
            on[axis, where] = True
        return (grown.error - error(grown, on)) / max(len(boxes(grown, on)) - grown.cells, 1)

    best, [(axis, near)] = grown._best_cuts()
    singles = np.array([[gain([(i, k)]) for k in range(BINS - 1)] for i in range(3)])
    assert best == approx(singles.max())
    assert near[0] == singles[axis].argmax() and (singles[axis, near] > 0.6 * best).all()
    ladders, pairs = list(grown._ladders()), list(grown._pairs())
    for rate, cuts in (*ladders, *pairs):
        assert rate == approx(gain(cuts))
        for _, where in cuts:  # into equal parts
            assert len(set(np.diff(np.r_[-1, where, BINS - 1]))) == 1
    assert {(cuts[0][0], len(cuts[0][1]) + 1) for _, cuts in ladders} == {(i, BINS // k) for i in range(3)
                                                                           for k in (1, 2, 4, 8)}


def test_pairs_are_those_that_the_answer_follows():
    """The answer is the product of two waves, which are small at the codes that occur."""
    rng = np.random.default_rng(1)
    codes = rng.integers(BINS, size=(4, 400))
    codes[:2] = rng.integers(15, 17, (2, 400))
    y = np.where(codes[0] == codes[1], 1.0, -1.0) + rng.standard_normal(400)
    pairs = list(Growth(codes, (y - y.mean())[:, None], np.ones(400), 10_000)._pairs())
    rate, cuts = max(pairs, key=lambda pair: pair[0])
    assert {axis for axis, _ in cuts} == {0, 1} and rate == approx(400 / 3, rel=0.2)
    assert len(pairs) <= 12  # four products, each in up to three ways: however many axes there are
    assert not list(growth(1)._pairs())


@pytest.mark.parametrize("first", [1, 2, 3, 4])
@pytest.mark.parametrize("second", [1, 4])
def test_a_pair_is_cut_as_finely_as_its_waves(first, second):
    """A wave of k halves changes its sign k times: an axis has parts for that, their number a power of 2."""
    codes = np.indices((BINS, BINS)).reshape(2, -1)
    wave = np.cos(np.pi * np.array([[first], [second]]) * (codes + 0.5) / BINS)
    pairs = Growth(codes, (wave[0] * wave[1])[:, None], np.ones(BINS**2), 10_000)._pairs()
    parts = {tuple(len(where) + 1 for _, where in cuts) for _, cuts in pairs}
    assert tuple(2 ** int(np.ceil(np.log2(k + 1))) for k in (first, second)) in parts


def test_pairs_do_not_depend_on_the_directions_of_axes():
    """Bins counted from the other end: the same axes, the same gain."""
    grown = growth(5)
    (rates, cuts), (again, mirrored) = (zip(*each._pairs(), strict=True) for each in (
        grown, Growth(BINS - 1 - grown.codes, grown.y, grown.mass, grown.most)))
    assert rates == approx(again)
    assert [[axis for axis, _ in each] for each in cuts] == [[axis for axis, _ in each] for each in mirrored]


def test_tables_of_too_many_boxes_are_not_made():
    """Above 2^19 entries no ladder is tried, above eight times as many no cut at all: growing ends."""
    grown = growth()
    for grown.cells, ladders in (LARGEST // BINS, 12), (LARGEST // BINS + 1, 0):
        assert len(list(grown._ladders())) == ladders
    grown.cells = 8 * LARGEST // BINS + 1
    assert grown._best_cuts() == (0.0, []) and not grown._step()


def test_a_pair_whose_table_would_be_too_large_gains_nothing():
    """Neither time nor memory is spent on it."""
    grown = growth()
    cuts = [(0, np.array([15])), (1, np.array([15]))]
    assert grown._pair_rate(cuts) > 0
    grown.cells = 8 * LARGEST
    assert grown._pair_rate(cuts) == 0


def test_a_plateau_is_crossed_at_once():
    """XOR on a full grid: no cut gains anything alone."""
    codes = np.indices((BINS, BINS)).reshape(2, -1)
    y = np.where((codes[0] < BINS // 2) == (codes[1] < BINS // 2), 1.0, -1.0)
    first, second, *_ = Growth(codes, y[:, None], np.ones(BINS**2), 10_000).grow()
    assert (first.cells, first.error) == (1, BINS**2)
    assert second.cells == 4 and second.error == approx(0, abs=1e-9)


def test_tables_of_many_axes_are_counted_in_pieces():
    """However many axes and boxes there are, a piece has 2^18 numbers, or 2^16 with the examples of its axes."""
    many = growth(300, 5000)
    for many.cells in (1, 100, 5000):
        pieces = many._chunks()
        assert np.array_equal(np.concatenate(pieces), np.arange(300))
        assert all(len(axes) == 1 or len(axes) * many.cells * BINS <= 2**18 or len(axes) * 5000 <= 2**16
                   for axes in pieces)
        for axes in pieces[:-1]:  # one axis more would be too many
            assert (len(axes) + 1) * many.cells * BINS > 2**18 and (len(axes) + 1) * 5000 > 2**16


def test_no_more_boxes_than_asked_for():
    for most in (1, 2, 7, 64):
        grids = growth(most=most).grow()
        assert max(np.prod(grid.on.sum(axis=1) + 1) for grid in grids) <= most
        assert len(grids) > 1 or most == 1


def test_the_hull_holds_the_best_grid_at_every_price():
    rng = np.random.default_rng(2)
    grids = [Grid(np.empty(0), 1, 50.0)] + [Grid(np.empty(0), int(cells), 100 * error / cells) for cells, error in zip(
        rng.integers(2, 60, 80), rng.random(80), strict=True)]
    kept, prices = hull(grids)
    assert len(kept) == len(prices) > 3
    for price in np.r_[rng.uniform(0, 30, 400), 1e-9]:
        best = min(grids, key=lambda grid: grid.error + price * grid.cells)
        assert kept[np.sum(prices >= price) - 1] is best
    for a, b in combinations(kept, 2):
        assert a.cells < b.cells and a.error > b.error
