"""One dimension: right, or refused. What the tests of the parts do not say, with the values that are right."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import NOISE, UNIFORM
from zcmoe import (
    Independent,
    Intervals,
    LevelSets,
    PowerDiagram,
    Problem,
    RunningExperts,
    Sample,
    SegmentDensity,
    Voronoi,
    ZeroComputeMoE,
    approximation_error,
    approximation_excess,
    fit_experts,
    number_of_experts,
    optimal_density,
    optimal_intervals,
)
from zcmoe.gating import FiniteRateGate
from zcmoe.lattices import LATTICES, Lattice
from zcmoe.learning import in_blocks
from zcmoe.quantization import bennett, compander, optimal_quantizer, panter_dite


def identity(x):
    return x


def sigmoid(rate):
    return lambda x: 1 / (1 + np.exp(-np.clip(rate * (x - 1 / np.pi), -700, 700)))


# ---- steep places and jumps

@pytest.mark.parametrize("beta, m", [
    (sigmoid(1e3), 30), (sigmoid(1e6), 30), (sigmoid(1e8), 30),
    (lambda x: np.where(x < 0.3, x, x + 1), 30), (lambda x: np.floor(10 * x) / 10, 10)])
def test_the_compander_is_close_to_the_optimum(beta, m):
    problem = Problem(beta, UNIFORM, NOISE)
    ours = approximation_excess(problem, Intervals.from_density(optimal_density(problem), m))
    best = approximation_excess(problem, optimal_intervals(problem, m))
    assert best * (1 - 1e-9) <= ours <= 1.05 * best + 1e-30


# ---- digits

def test_a_million_regions():
    """1/(12 m²), of which total minus σ² keeps five digits."""
    problem, cuts = Problem(identity, UNIFORM, NOISE), Intervals.uniform(10**6)
    assert approximation_excess(problem, cuts) == approx(1e-12 / 12, rel=1e-9)


# ---- what coercion drops

NANOSECONDS = 1_700_000_000 * 10**9
DAYS = Intervals([NANOSECONDS, NANOSECONDS + 2**12, NANOSECONDS + 2**13])
HALVES = Intervals([0, 0.5, 1])
MASKED = np.ma.masked_greater(np.random.default_rng(0).random(5000), 0.9)


@pytest.mark.parametrize("number", [1, 5000])
@pytest.mark.parametrize("dtype", [np.int64, np.uint64, object])
def test_nanoseconds(number, dtype):
    """An int64 that no double holds would go to the wrong side of an edge: singly or many, it is refused."""
    odd, even = (np.full(number, NANOSECONDS + k, dtype) for k in (2**12 - 1, 2**12))
    for call in (DAYS.route, ZeroComputeMoE(DAYS, [1, 2]).predict, lambda x: fit_experts(DAYS, x, np.ones(number)),
                 lambda y: fit_experts(HALVES, np.full(number, 0.5), y)):
        with pytest.raises(ValueError, match="integers beyond 2.53 that are not doubles, such as 1700000000000004095"):
            call(odd)
        call(even)
    assert DAYS.route(even).tolist() == [1] * number


@pytest.mark.parametrize("values", [MASKED, MASKED[:20]], ids=len)
def test_masks(values):
    plain = np.ma.getdata(values)
    for call in (HALVES.route, ZeroComputeMoE(HALVES, [1, 2]).predict, lambda x: fit_experts(HALVES, x, plain),
                 lambda y: fit_experts(HALVES, plain, y), lambda w: fit_experts(HALVES, plain, plain, weight=w),
                 lambda y: RunningExperts(HALVES).update(plain, y),
                 lambda x: [fit_experts(HALVES, *block) for block in in_blocks(x, plain)]):
        with pytest.raises(ValueError, match="must not have masked entries"):
            call(values)
    free = np.ma.array(plain)  # nothing masked
    assert np.array_equal(HALVES.look_up(np.arange(2), free), HALVES.route(plain))
    with pytest.raises(ValueError, match="values must not have masked entries, got 1"):
        HALVES.look_up(np.ma.array([1, 2], mask=[0, 1]), plain)


@pytest.mark.parametrize("bad, word", [
    (np.array(["NaT", "2020-01-01"], "M8[ns]"), "datetime64"), (np.array(["NaT", 1], "m8[s]"), "timedelta64"),
    (np.array([0.1, 0.2 + 1e-9j]), "complex128"), (["0.1", "0.2"], "real numbers"),
    (np.array([0.1, "0.2"], object), "real numbers"), (np.array([1, 1e9]).astype(np.float16), "finite")])
def test_what_is_no_number(bad, word):
    for call in (HALVES.route, ZeroComputeMoE(HALVES, [1, 2]).predict, lambda x: fit_experts(HALVES, x, [1, 2]),
                 lambda y: fit_experts(HALVES, [0.1, 0.2], y), lambda c: ZeroComputeMoE(HALVES, c), Sample,
                 lambda y: Problem(lambda x: y, UNIFORM, None), Intervals):
        with pytest.raises(ValueError, match=word):
            call(bad)


def test_half_precision_is_not_squared_in_half_precision():
    """6e4² overflows float16; the variance of β = 6e4 x, rounded to float16, is 3e8 to three digits."""
    problem = Problem(lambda x: x.astype(np.float16) * np.float16(6e4), UNIFORM, None)
    assert approximation_excess(problem, Intervals.uniform(1)) == approx(3e8, rel=1e-3)


def doubled(x):
    x *= 2
    return x[:, 0] if x.ndim > 1 else x


def test_functions_that_write_into_their_argument():
    x, square = np.array([0.1, 0.2]), np.array([[0.1, 0.3]])
    problem = Problem(doubled, UNIFORM, None, gradient=lambda x: 0 * doubled(x) + 2)
    assert approximation_excess(problem, Intervals.uniform(1)) == approx(1 / 3)
    problem.gradient(x)
    LevelSets(doubled, [0, 1, 2]).route(x)
    SegmentDensity(lambda x: doubled(x) + 1).pdf(x)
    Problem(doubled, Independent(UNIFORM, UNIFORM), None).beta(square)
    assert x.tolist() == [0.1, 0.2] and square.tolist() == [[0.1, 0.3]]


@pytest.mark.parametrize("make, read", [
    (Intervals, "edges"), (lambda a: ZeroComputeMoE(Intervals.uniform(3), a), "constants"), (Sample, "points"),
    (lambda a: Sample(a, a), "weights"), (lambda a: Voronoi(np.column_stack([a, a])), "centers"),
    (lambda a: PowerDiagram(np.column_stack([a, a]), a), "weights"), (lambda a: LevelSets(identity, a), "edges"),
    (lambda a: Problem(identity, UNIFORM, None, breakpoints=a[:2]), "breakpoints"),
    (lambda a: FiniteRateGate(Intervals.uniform(1), a, [0.2, 0.3, 0.5], 1, costs=a[None]), "experts"),
    (lambda a: FiniteRateGate(Intervals.uniform(1), a, a / a.sum(), 1, costs=a[None]), "costs"),
    (lambda a: Lattice("own", np.diag(a), 1 / 12, True, "", "", scale=a), "scale"),
])
def test_arrays_are_copied(make, read):
    array = np.array([0.1, 0.3, 0.9])
    made = make(array)
    before = getattr(made, read).copy()
    array[:] = 7
    assert np.array_equal(getattr(made, read), before)


# ---- what SciPy users bring

NEW = {"Normal": (stats.Normal(mu=0.5, sigma=0.05), stats.norm(0.5, 0.05)),
       "Uniform": (stats.Uniform(a=0.2, b=0.8), stats.uniform(0.2, 0.6)),
       "truncate": (stats.truncate(stats.Normal(mu=0.4, sigma=0.2), 0, 1), stats.truncnorm(-2, 3, 0.4, 0.2)),
       "make_distribution": (stats.make_distribution(stats.beta)(a=2, b=3), stats.beta(2, 3)),
       "Mixture": (stats.Mixture([stats.Uniform(a=0, b=0.5), stats.Uniform(a=0.5, b=1)], weights=[0.25, 0.75]),
                   stats.rv_histogram(([0.25, 0.75], [0, 0.5, 1]), density=False))}


@pytest.mark.parametrize("new, old", NEW.values(), ids=NEW)
def test_new_laws_are_the_old_ones(new, old):
    for cuts in (Intervals.uniform(1), Intervals.from_density(new, 4)):
        ours, theirs = (approximation_error(Problem(np.exp, law, NOISE), cuts) for law in (new, old))
        assert ours == approx(theirs, rel=1e-8)
    ours, theirs = optimal_quantizer(new, 5), optimal_quantizer(old, 5)
    assert ours.levels == approx(theirs.levels, abs=1e-8) and ours.distortion == approx(theirs.distortion, rel=1e-8)
    assert panter_dite(new) == approx(panter_dite(old), rel=1e-8)
    assert bennett(new, compander(new)) == approx(panter_dite(old), rel=1e-7)
    n = [10, 1000]
    assert number_of_experts(Problem(np.exp, new, NOISE), n) == approx(
        number_of_experts(Problem(np.exp, old, NOISE), n), rel=1e-8)


@pytest.mark.skipif(not hasattr(stats, "Binomial"), reason="this SciPy has no new-style discrete law")
def test_new_discrete_laws_are_the_old_ones():
    ours, theirs = optimal_quantizer(stats.Binomial(n=9, p=0.3), 4), optimal_quantizer(stats.binom(9, 0.3), 4)
    assert ours.levels == approx(theirs.levels) and ours.distortion == approx(theirs.distortion)


@pytest.mark.parametrize("beta, word", [
    (lambda x, y: x, r"beta failed for x of shape \(2,\): TypeError"), (lambda x: x["a"], "beta failed .*IndexError"),
    (lambda x: 1 / 0, "beta failed for x of shape .*ZeroDivisionError"),
    (lambda x: None, r"beta must return shape \(2,\)"), (lambda x: x[0], r"beta must return shape \(2,\)")])
def test_a_beta_that_fails_is_refused_by_name(beta, word):
    with pytest.raises(ValueError, match=word):
        Problem(beta, UNIFORM, None)


def test_lattices_of_the_table_are_read_only():
    assert not LATTICES["A2"].generator.flags.writeable
