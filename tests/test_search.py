"""The search for silent wrong numbers, a test a kind: random input against cdf, closed forms, brute force.

Here a few examples each, always the same ones; ``pytest --hypothesis-profile=search tests/test_search.py`` goes on.
"""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

pytest.importorskip("hypothesis")
from hypothesis import assume, example, given, strategies as st  # noqa: E402
from pytest import approx  # noqa: E402
from scipy import stats  # noqa: E402

from settings import NOISE, UNIFORM  # noqa: E402
from strategies import (  # noqa: E402
    Curve,
    Piece,
    curves,
    edges,
    histograms,
    laws,
    step_functions,
    truncated,
    unit,
)
from zcmoe import (  # noqa: E402
    Intervals,
    Problem,
    Sample,
    ZeroComputeMoE,
    approximation_excess,
    fit_experts,
    high_rate_coefficient,
    high_rate_error,
    number_of_experts,
    on_cube,
    optimal_density,
    optimal_intervals,
    region_moments,
)
from zcmoe.learning import difference_variance  # noqa: E402
from zcmoe.optimum import optimal_partition  # noqa: E402
from zcmoe.quantization import bennett, optimal_quantizer  # noqa: E402

FULL = curves().map(lambda curve: (curve, Problem(curve, UNIFORM, NOISE)))


def identity(x):
    return x


@given(laws, edges())
def test_mass_that_the_nodes_miss(law, cuts):
    """P_i are differences of the cdf, Σ P_i v_i + Σ P_i (c_i - c)² is Var X; cos of 2πF(X) has variance 1/2."""
    probability, mean, variance = region_moments(Problem(identity, law, None), Intervals(cuts))
    exact = np.diff(law.cdf(cuts))
    assert probability == approx(exact / exact.sum(), abs=1e-10) and probability.sum() == approx(1, abs=1e-13)
    if hasattr(law, "mean"):
        average, spread = law.mean(), getattr(law, "variance", getattr(law, "var", None))()
        digits = 1e-9 + 1e-15 * np.max(getattr(law, "_hpdf", 0))  # SciPy's own are differences of squares and cubes
        assert probability @ mean == approx(average, abs=digits)
        assert probability @ (variance + (mean - average) ** 2) == approx(spread, abs=digits)
    some = probability > 1e-9
    assert np.all((cuts[:-1][some] <= mean[some]) & (mean[some] <= cuts[1:][some]))
    try:
        wave = Problem(lambda x: np.cos(2 * np.pi * law.cdf(x)), law, None)
        assert approximation_excess(wave, Intervals.uniform(1)) == approx(0.5, rel=1e-7)
    except ValueError as error:
        assert "floats are too far" in str(error)


@given(curves(), histograms(), edges())
def test_moments_of_a_curve(curve, steps, cuts):
    """Jumps, waves, cusps and steep places under gaps and spikes, in closed form."""
    found = region_moments(Problem(curve, steps.law, None), Intervals(cuts))
    probability, mean, variance = curve.moments(steps, cuts)
    assert found.probability == approx(probability, abs=1e-11)
    some = probability > 1e-7
    assert found.mean[some] == approx(mean[some], abs=1e-7 * curve.range)
    assert found.probability * found.variance == approx(probability * variance, abs=steps.digits * curve.range**2)


def curve_of(*pieces):
    """From (kind, shape, k, start), each piece going on where the last one ended."""
    ends, level, found = [start for *_, start in pieces[1:]] + [1.0], 0.0, []
    for (kind, shape, k, start), end in zip(pieces, ends, strict=True):
        piece = Piece(kind, shape, 0.0, k, start, end - start)
        piece.c = level - piece(np.array([start]))[0]
        level = piece(np.array([end]))[0]
        found.append(piece)
    return Curve(found)


CUSPS = curve_of(("flat", 1, 1, 0.0), ("power", 0.3, -3, 0.9804), ("power", 0.5, -3, 0.9902))
HIDDEN = curve_of(("flat", 1, 1, 0.0), ("wave", 45, -3, 0.9804), ("power", 0.5, 0.01, 0.9902))  # ∫β'² is infinite
AT_ZERO = curve_of(("power", 0.3, 5, 0.0), ("wave", 115, 0.01, 0.0115), ("flat", 1, 1, 0.165))
AT_ZERO.pieces[0].c = 0.001  # its slope is lost in the rounding of that, where it has long diverged
LATE = curve_of(("flat", 1, 1, 0.0), ("wave", 1, -3, 0.9978))  # rounding is that of 3, where β is near 0
FINE = curve_of(("wave", 405, 0.01, 0.0), ("power", 1.5, -0.2, 0.00105))  # six half turns in each panel


@given(curves())
@example(CUSPS)
@example(HIDDEN)
@example(AT_ZERO)
@example(LATE)
@example(FINE)
@example(curve_of(("power", 0.5, 5, 0.0), ("steep", 1e7, -0.2, 0.98)))  # ∫β'² is infinite, and much else beside it
@example(curve_of(("steep", 1e7, 5, 0.0), ("flat", 1, 1, 0.49999972944685483)))  # Gauss's rule is exact by chance
def test_slopes_by_differences(curve):
    """Jumps are found between neighbouring floats; Z and ∫ β'² are the closed ones."""
    problem = Problem(curve, UNIFORM, NOISE)
    clear = np.abs(curve.jumps) > 1e-6 * curve.range
    for jump in curve.ends[1:-1][clear]:
        assert np.abs(problem.breakpoints - jump).min(initial=1) <= 4 * np.spacing(jump)
    root = sum(piece.root() for piece in curve.pieces)
    assert 12 * high_rate_coefficient(problem) == approx(root**3, rel=1e-4, abs=1e-9 * curve.range**2)
    square = sum(piece.square() for piece in curve.pieces)
    try:
        found = 12 * high_rate_coefficient(problem, UNIFORM)
        root = max((piece.k**2 for piece in curve.pieces if piece.kind == "power" and piece.shape == 0.5), default=0)
        unseen = np.isinf(square) and 10 * root < 1e-10 * found  # all its octaves that floats have are below rounding
        assert unseen or found == approx(square, rel=1e-4, abs=1e-9 * curve.range**2)
    except ValueError as error:
        assert "does not converge" in str(error)
        assert any(piece.kind == "power" and piece.shape < 0.75 for piece in curve.pieces)


@given(curves(), st.sampled_from([0.0, 0.9, 1.01, -1.0, 10.0]))
def test_gradients_that_are_given(curve, factor):
    """β' is taken, and a multiple of it refused."""
    Problem(curve, UNIFORM, NOISE, gradient=curve.slope)
    if any(piece.kind != "flat" for piece in curve.pieces):
        with pytest.raises(ValueError, match="gradient must be the derivative|does not converge"):
            Problem(curve, UNIFORM, NOISE, gradient=lambda x: factor * curve.slope(x))


class Law:
    """A density, perhaps with a cdf."""

    def __init__(self, **methods):
        self.__dict__.update(methods)


@given(laws, st.floats(-3, 3), unit, st.booleans())
def test_laws_that_are_none(law, scale, place, with_cdf):
    """A multiple of a density, one with a hole of negative values or NaN, or of another shape."""
    assume(abs(scale - 1) > 1e-3)
    more = {"cdf": law.cdf} if with_cdf else {}
    wrong = [Law(pdf=lambda x: scale * law.pdf(x), **more), Law(pdf=lambda x: law.pdf(x)[:, None], **more),
             Law(pdf=lambda x: np.where(np.abs(x - place) < 0.05, np.nan, law.pdf(x)), **more),
             Law(pdf=lambda x: np.where(np.abs(x - place) < 0.05, -1.0, law.pdf(x)), **more)]
    problem = Problem(identity, UNIFORM, NOISE)
    for each in wrong:
        for call in (lambda law: Problem(identity, law, NOISE), lambda law: high_rate_error(problem, law, 3),
                     lambda law: number_of_experts(problem, 9, density=law), lambda law: bennett(UNIFORM, law)):
            with pytest.raises(ValueError):
                call(each)


@given(histograms(-2.0, 7.0), st.integers(1, 6))
def test_quantizers(steps, m):
    """The distortion is that of the thresholds, and no division at 300 places is better."""
    found = optimal_quantizer(steps.law, m)

    def moments(at):
        rows = [steps.pieces(a, b) for a, b in zip(at[:-1], at[1:], strict=True)]
        mass = np.array([np.sum(p * (b - a)) for a, b, p in rows])
        mean = np.array([np.sum(p * (b - a) * (a + b) / 2) for a, b, p in rows]) / np.where(mass > 0, mass, 1)
        inner = [np.sum(p * (b - a) * ((b - a) ** 2 / 12 + ((a + b) / 2 - c) ** 2))
                 for (a, b, p), c in zip(rows, mean, strict=True)]
        return mass, mean, np.array(inner)

    ends = steps.edges[[0, -1]]
    mass, mean, inner = moments(np.r_[ends[0], found.thresholds, ends[1]])
    assert found.distortion == approx(inner.sum(), rel=1e-7, abs=1e-14)
    assert found.levels == approx(mean, abs=1e-7)
    places = np.unique(np.r_[steps.law.ppf(np.linspace(0, 1, 200)), np.linspace(*ends, 100), steps.edges])
    mass, mean, inner = moments(places)
    index = optimal_partition(mean, mass, m)
    divided = moments(places[np.r_[index[:-1], places.size - 1]])[2].sum()
    assert found.distortion <= divided * (1 + 1e-8) + 1e-14


@given(curves(("flat", "wave", "steep")), st.sampled_from([1.0, 1e3, 1e8, -1e8]), st.integers(1, 60))
def test_an_offset_costs_no_digits(curve, offset, m):
    cuts = Intervals.uniform(m)
    near, far = (approximation_excess(Problem(lambda x, c=c: c + curve(x), UNIFORM, NOISE), cuts)
                 for c in (0.0, offset))
    assert far == approx(near, rel=1e-9, abs=abs(offset) * 1e-14 * curve.range + 1e-11 * curve.range**2)


numbers = st.one_of(st.integers(-5, 5), st.integers(2**53 - 2, 2**53 + 5), st.integers(-2**62, 2**62),
                    st.floats(-1e6, 1e6), st.fractions(max_denominator=50), st.just(1j), st.just("0.5"), st.none())
kinds = st.sampled_from(["list", "object", "int64", "float16", "float32", "complex", "M8[ns]", "m8[s]", "str",
                         "masked", "bool"])


def repeated(values):
    """So many that they are read block by block."""
    if isinstance(values, list):
        return 400 * values
    return np.ma.concatenate([values] * 400) if np.ma.isMaskedArray(values) else np.tile(values, 400)


@given(st.lists(numbers, min_size=1, max_size=6), kinds)
def test_what_coercion_drops(values, kind):
    """Refused, or honoured to the last bit."""
    try:
        array = (values if kind == "list" else np.ma.array(values, mask=np.arange(len(values)) % 2, dtype=object)
                 if kind == "masked" else np.array(values, dtype=kind))
        exact = [Fraction(v.item() if isinstance(v, np.generic) else v) for v in np.ma.getdata(array)] \
            if kind != "list" else [Fraction(v) for v in values]
        plain = kind not in ("complex", "M8[ns]", "m8[s]", "str") and not np.ma.is_masked(array) \
            and not any(isinstance(v, (str, complex))
                        for v in (values if kind == "list" else np.ma.getdata(array).tolist()))
    except (TypeError, ValueError, OverflowError, AttributeError):
        exact = plain = None
        array = values if kind in ("list", "object") else None
    assume(array is not None)
    wide = Intervals([-2.0**63, 2.0**63])
    for call in (lambda a: Sample(a).points, lambda a: Problem(identity, Sample([0.0]), 0).beta(a),
                 lambda a: fit_experts(wide, a, np.zeros(len(a))).constants,
                 lambda a: 0 * fit_experts(wide, np.zeros(len(a)), a).constants,
                 lambda a: 0 * fit_experts(wide, np.zeros(400 * len(a)), repeated(a)).constants,
                 lambda a: ZeroComputeMoE(wide, [0.0]).predict(repeated(a))):
        try:
            found = call(array)
        except ValueError:
            continue
        assert plain, (array, found)
        assert kind != "int64" or all(Fraction(float(each)) == each for each in exact)
        if len(found) == len(exact) and found.any():
            rounded = kind in ("list", "object", "masked") and found == approx([float(b) for b in exact], rel=2.3e-16)
            assert rounded or all(Fraction(a) == b for a, b in zip(found.tolist(), exact, strict=True))


places = st.tuples(st.floats(-1e3, 1e3), st.integers(1, 3))


@given(st.lists(places, min_size=3, max_size=12, unique_by=lambda pair: pair[0]), st.floats(-5, 5),
       st.floats(-100, 100))
def test_difference_variance(pairs, slope, offset):
    """0 on a straight line; its quadratic form has trace 1, so that it is unbiased for noise on a line."""
    x = np.repeat(*zip(*pairs, strict=True))
    assume(np.diff(np.unique(x)).min() > 1e-6)
    scale = 1 + abs(offset) + abs(slope) * np.abs(x).max()
    assert difference_variance(x, offset + slope * x) <= (1e-12 * scale) ** 2
    units = np.eye(x.size)
    assert sum(difference_variance(x, unit) for unit in units) == approx(1, rel=1e-9)
    assert difference_variance(x[::-1], units[0][::-1]) == approx(difference_variance(x, units[0]), rel=1e-9)


@given(truncated(), st.lists(st.floats(1e-3, 1), min_size=1, max_size=50))
def test_ends_that_miss_by_a_rounding(law, widths):
    cuts = np.cumsum(np.r_[0.0, np.array(widths) / np.sum(widths)])
    problem = Problem(np.exp, law, NOISE)
    assert region_moments(problem, Intervals(cuts)).probability == approx(np.diff(law.cdf(cuts)), abs=1e-10)
    density = optimal_density(problem)
    assert density.ppf([0, 1]).tolist() == [0, 1]
    assert problem.inputs.ppf([0, 1]).tolist() == list(problem.inputs.support())
    found = Intervals.from_density(density, len(widths)).edges
    assert found[0] == 0 and found[-1] == 1 and np.all(np.diff(found) > 0)
    Intervals.from_density(law, 5)


@given(curves(("power", "wave", "steep"), 2, 100), histograms(), st.floats(0, 1e-3), st.integers(1, 300))
def test_compressor_and_expander(curve, steps, floor, m):
    """|G(g(q)) - q| <= 1e-10 on any law, one that does not fill [0, 1] among them; the compander has m regions."""
    likely = curve(steps.law.ppf(np.linspace(1e-3, 0.999, 500)))
    assume(np.ptp(likely) > 1e-6 * curve.range)  # else it is constant where there are inputs, and refused for that
    density = optimal_density(Problem(curve, steps.law, NOISE), floor=floor)
    q = np.r_[0, np.linspace(0, 1, m + 1), 1e-12, 1]
    x = density.ppf(q)
    flat = np.abs(density.cdf(x) - q)
    crowd = density.pdf(np.clip(x, 1e-300, 1)) * np.spacing(x) * 4  # floats may be further apart than 1e-10
    assert np.all(flat <= 1e-10 + crowd)
    found = Intervals.from_density(density, m).edges
    assert found.size == m + 1 and found[0] == 0 and found[-1] == 1


@given(curves(("flat", "wave", "power"), 3), histograms(), st.integers(2, 12))
def test_optimal_intervals(curve, steps, m):
    """The error is that of its edges, and no division at 300 places is better."""
    problem = Problem(curve, steps.law, None)
    best = optimal_intervals(problem, m)
    found = approximation_excess(problem, best)
    probability, _, variance = curve.moments(steps, best.edges)
    assert found == approx(probability @ variance, abs=steps.digits * curve.range**2)
    likely = steps.law.ppf(np.linspace(0, 1, 100))
    places = np.unique(np.r_[np.linspace(0, 1, 150), likely, curve.ends, steps.edges, 0, 1])
    places = places[(places >= 0) & (places <= 1)]
    mass, mean, _ = curve.moments(steps, places)
    index = optimal_partition(mean, mass, m)
    mass, _, inner = curve.moments(steps, np.r_[places[index[:-1]], 1.0])
    assert found <= mass @ inner * (1 + 1e-8) + steps.digits * curve.range**2


@given(step_functions(), histograms(), st.integers(1, 9))
def test_steps(curve, steps, m):
    """Undeclared steps: nothing is lost with enough regions, and with fewer the best division of the steps is found."""
    problem = Problem(curve, steps.law, NOISE)
    excess = approximation_excess(problem, optimal_intervals(problem, m))
    mass, mean, _ = curve.moments(steps, curve.ends)
    mass, mean = mass[mass > 1e-13], mean[mass > 1e-13]
    runs = range(1, mass.size)
    least = min(sum(mass[a:b] @ (mean[a:b] - np.average(mean[a:b], weights=mass[a:b])) ** 2
                    for a, b in zip([0, *inner], [*inner, mass.size], strict=True))
                for inner in combinations(runs, min(m, mass.size) - 1))
    assert excess == approx(least, rel=1e-7, abs=1e-11)
    if m >= mass.size:
        assert excess < 1e-13


@given(histograms(), st.integers(1, 5), st.lists(st.integers(1, 10**6), min_size=1, max_size=4))
def test_what_scipy_users_bring(steps, m, numbers):
    """The same law in other clothes, a discrete law, arrays of m."""
    law = steps.law
    problem, free = Problem(np.exp, law, NOISE), [0.1017, 0.5023, 0.9031]  # not at a plateau of the cdf
    alike = [stats.Mixture([stats.Uniform(a=a, b=b) for a, b in zip(steps.edges[:-1], steps.edges[1:], strict=True)],
                           weights=steps.mass), on_cube(law), Law(pdf=law.pdf, cdf=law.cdf)]
    for other in alike:
        same = Problem(np.exp, other, NOISE)
        assert region_moments(same, Intervals.uniform(m)).probability == approx(
            region_moments(problem, Intervals.uniform(m)).probability, abs=1e-8)
        assert same.inputs.ppf(free) == approx(law.ppf(free), abs=1e-9)
        assert same.inputs.pdf([-0.1, 1.1]).tolist() == [0, 0]
    points, some = steps.edges[:-1], steps.mass > 0
    best = optimal_quantizer(Sample(points, steps.mass), m)
    values, mass = points[some], steps.mass[some]
    least = min(sum(mass[a:b] @ (values[a:b] - np.average(values[a:b], weights=mass[a:b])) ** 2
                    for a, b in zip([0, *inner], [*inner, mass.size], strict=True))
                for inner in combinations(range(1, mass.size), min(m, mass.size) - 1))
    assert best.distortion == approx(least, abs=1e-13)
    many = high_rate_error(problem, UNIFORM, numbers)
    assert many == approx(np.array([high_rate_error(problem, UNIFORM, each) for each in numbers]), rel=1e-15)


@given(curves(most=2), st.sampled_from(["scalar", "list", "column", "branch", "integer", "None"]))
def test_beta_that_is_not_vectorised(curve, kind):
    """Understood or refused in words: never another kind of error."""
    wrong = {"scalar": lambda x: float(curve(np.array([x]))[0]), "list": lambda x: curve(x).tolist(),
             "column": lambda x: curve(x)[:, None], "branch": lambda x: 1.0 if x < 0.5 else float(x),
             "integer": lambda x: np.floor(3 * x).astype(int), "None": lambda x: None}[kind]
    try:
        found = approximation_excess(Problem(wrong, UNIFORM, NOISE), Intervals.uniform(3))
    except ValueError as error:
        assert kind not in ("list", "integer") and "beta" in str(error)
    else:
        right = curve if kind == "list" else lambda x: np.floor(3 * x)
        assert kind in ("list", "integer")
        truth = approximation_excess(Problem(right, UNIFORM, NOISE), Intervals.uniform(3))
        assert found == approx(truth, rel=1e-12, abs=1e-30)


@given(curves(), st.sampled_from([300, 1200]), st.integers(2, 90), st.sampled_from([0.0, 1e-9, 0.3]),
       st.integers(0, 99))
def test_bands(curve, n, m, noise, seed):
    """The programme in a band costs what the full one does."""
    values = curve((np.arange(n) + 0.5) / n) + noise * np.random.default_rng(seed).normal(size=n)

    def cost(index):
        return sum(np.sum((values[a:b] - values[a:b].mean()) ** 2) for a, b in zip(index[:-1], index[1:], strict=True))

    full, banded = (cost(optimal_partition(values, np.ones(n), m, banded=banded)) for banded in (False, True))
    assert banded == approx(full, rel=2e-6, abs=1e-13 * n * curve.range**2)
