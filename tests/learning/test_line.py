"""Intervals from data, part by part."""

from itertools import combinations

import numpy as np
import pytest
from pytest import approx

from zcmoe.learning import line as line_module
from zcmoe.learning.axes import Compander
from zcmoe.learning.examples import distinct_examples, folds
from zcmoe.learning.line import Line, _BetweenExamples, best_runs, intervals_from_data
from zcmoe.learning.plugin import estimated_level


def line(n=40, seed=0, noise=0.1):
    rng = np.random.default_rng(seed)
    x = 5 + np.sort(rng.random(n))
    return Line(x, (np.sin(6 * x) + noise * rng.standard_normal(n))[:, None], rng.integers(1, 4, n).astype(float))


def test_the_best_runs_are_the_best_of_all_divisions():
    rng = np.random.default_rng(1)
    mass, mean = rng.integers(1, 4, 9).astype(float), rng.standard_normal((9, 2))

    def explained(starts):
        return sum(np.sum((m @ y) ** 2) / m.sum() for m, y in zip(
            np.split(mass, starts), np.split(mean, starts), strict=True))

    with np.errstate(all="raise"):  # a run without bins has no mean, and is not divided by its mass
        found = best_runs(mass, mass[:, None] * mean, 20)
    assert len(found) == 9
    for runs, starts in enumerate(found, 1):
        assert explained(list(starts)) == approx(max(map(explained, map(list, combinations(range(1, 9), runs - 1)))))


@pytest.mark.parametrize("stretched", [None, 0, -1])
def test_the_best_cut_is_found_to_the_level_of_a_place(stretched):
    """Of 300 examples the programme sees 192 places, at equal steps of half rank, half range: a step is cut at one."""
    x = np.arange(300.0)
    if stretched is not None:  # an end that lies so far off that one gap has half of the range
        x[stretched] += 600 if stretched else -600
    for i in (1, 2, 3, 150, 297, 298, 299):
        found = Line(x, (x >= x[i])[:, None] * 1.0, np.ones(300))
        at = np.searchsorted(found.middle, found.cuts("optimal", 2))
        assert np.abs(found.level[at] - found.level[i - 1]) < 1 / 192


def test_cuts_of_every_kind():
    """In gaps: below a quantile cut lies nearly that share of the mass; equal lengths are met within the gap."""
    found = line()
    x, mass, share = found.x, found.mass, np.arange(1, 5) / 5
    middle = (x[:-1] + x[1:]) / 2
    below = np.cumsum(mass)[:-1] / mass.sum()
    assert found.cuts("quantile", 5) == approx(middle[np.abs(below[:, None] - share).argmin(axis=0)])
    equal = x[0] + share * np.ptp(x)
    assert np.array_equal(np.searchsorted(x, found.cuts("uniform", 5)), np.searchsorted(x, equal))
    level = (below + (middle - x[0]) / np.ptp(x)) / 2  # half rank, half range
    estimate = found.estimate.level
    wanted = np.interp(level, np.arange(401) / 400, np.r_[0, np.cumsum(estimate)] / estimate.sum())
    at = np.searchsorted(x, found.cuts("density", 5)) - 1
    assert np.abs(wanted[at] - share).max() < np.diff(wanted).max()
    for kind in ("quantile", "density"):
        assert np.array_equal(found.cuts(kind, 60), middle) and np.all(np.diff(found.cuts(kind, 38)) > 0)


def test_equal_lengths_reach_to_an_outlier():
    """One example lies far off: most cuts of equal intervals lie in the gap before it, where one serves for all."""
    x = np.r_[np.arange(5), 100.0]
    assert Line(x, x[:, None], np.ones(6)).cuts("uniform", 10) == approx([52])
    assert Line(x, x[:, None], np.ones(6)).cuts("uniform", 50) == approx([2.5, 52])


def test_the_estimate_is_made_on_the_companded_axis():
    found = line()
    share = Compander(found.x, found.mass, 1000)(found.x)
    assert found.estimate.level == approx(estimated_level(share, found.y, found.mass).level)


@pytest.mark.parametrize("n, uneven", [(4, False), (12, False), (100, False), (12, True), (100, True)])
def test_what_lies_between_examples(n, uneven):
    """y = x, an interval for each x: the mean squared distance of a fresh x in [0, 1] from the nearest, on average."""
    rng = np.random.default_rng(2)
    told, true = [], []
    for _ in range(300 if uneven else 1):
        x = np.sort(rng.random(n)) if uneven else np.arange(n) / (n - 1)
        gap = np.diff(x)
        left_out = np.mean(np.minimum(np.r_[gap[0], gap], np.r_[gap, gap[-1]]) ** 2)
        told.append(_BetweenExamples(Line(x, x[:, None], np.ones(n)))(left_out, n))
        true.append((gap**3).sum() / 12 + (x[0] ** 3 + (1 - x[-1]) ** 3) / 3)
    assert np.mean(told) == approx(np.mean(true), rel=0.2 if uneven else 1e-9)


@pytest.mark.parametrize("kind", ["uniform", "quantile", "density", "optimal"])
def test_an_interval_that_holds_two_examples_is_not_one_between_examples(kind):
    """y = x on a grid: the square of the way to the example left out is twelve times that to a fresh x."""
    x = np.arange(12.0)
    examples = distinct_examples(x[:, None], x, None)
    held = folds(examples.mass, np.random.default_rng(0))
    (_, two), (_, one) = (intervals_from_data(examples, m, (kind,), held) for m in (11, 12))
    assert two / one == approx(12, rel=0.05)


def test_three_numbers_in_a_row_that_are_clearly_worse_end_the_search(monkeypatch):
    """By a tenth of the best so far; two in a row do not."""
    told = iter([9, 8, 10, 10, 8.8, 10, 10, 7, 7.5, 7.8, 7.8, 7.8, 0])
    monkeypatch.setattr(line_module, "_judged", lambda part, kind, m: (next(told), 0))
    assert [m for m, _ in line_module._errors([None], "density", range(1, 99))] == list(range(1, 13))


def test_what_lies_between_examples_does_not_depend_on_the_direction():
    x = np.sort(np.random.default_rng(4).random(30)) ** 2
    there, back = (_BetweenExamples(Line(each, each[:, None], np.ones(30))) for each in (x, 1 - x[::-1]))
    assert there(1.0, 30) == approx(back(1.0, 30), rel=1e-9)


def test_the_luck_of_a_choice_counts_where_intervals_hold_several_examples(monkeypatch):
    monkeypatch.setattr(line_module, "luck", lambda errors, best: 1e9)
    x = np.arange(12.0)
    examples = distinct_examples(x[:, None], x, None)
    held = folds(examples.mass, np.random.default_rng(0))
    assert intervals_from_data(examples, 11, ("quantile",), held)[1] > 1e6
    assert intervals_from_data(examples, 12, ("quantile",), held)[1] < 1


def test_the_fewest_regions_of_those_without_error():
    """A step in a gap: one cut of the best runs does, where quantiles would need many."""
    x = np.r_[np.linspace(0, 0.4, 16), np.linspace(1, 1.4, 48)]
    examples = distinct_examples(x[:, None], np.repeat([0.0, 1.0], [16, 48]), None)
    held = folds(examples.mass, np.random.default_rng(0))
    cuts, error = intervals_from_data(examples, None, ("density", "optimal"), held)
    assert cuts.n_regions == 2 and error == 0


def test_more_intervals_for_more_examples_to_come():
    """Their number grows with the third root of the growth, unless it was given."""
    rng = np.random.default_rng(3)
    x = rng.random((500, 1))
    examples = distinct_examples(x, np.sin(6 * x[:, 0]) + 0.3 * rng.standard_normal(500), None)
    held = folds(examples.mass, rng)
    numbers = [intervals_from_data(examples, None, ("quantile",), held, growth)[0].n_regions
               for growth in (1, 1.9, 2, 2.1, 8)]
    assert numbers == [round(numbers[0] * np.cbrt(growth)) for growth in (1, 1.9, 2, 2.1, 8)]
    assert intervals_from_data(examples, 9, ("quantile",), held, 8)[0].n_regions == 9
