"""Laws: each is asked once what it can do, and refused in words where it is none."""

import pickle

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import NOISE, UNIFORM, TruncatedNormal
from zcmoe import Independent, Intervals, Problem, Sample, SegmentDensity, on_cube, region_moments
from zcmoe._laws import density_law
from zcmoe._laws.line import Line
from zcmoe._laws.tails import Tails

NEAR, WIDE = stats.multivariate_normal([0.5, 0.5], 0.005), stats.multivariate_normal([0.3, 0.6], 0.1)
SPIKE = stats.Mixture([stats.Uniform(a=0, b=1), stats.Normal(mu=0.3456, sigma=1e-6)], weights=[0.5, 0.5])
HISTOGRAM = stats.rv_histogram((np.array([0.25, 0.5, 0.25]) / [0.7, 1e-4, 0.2999], [0, 0.7, 0.7001, 1]), density=True)


class Law:
    """A user's law: what it is told to be."""

    def __init__(self, **methods):
        self.__dict__.update(methods)


def law_of(inputs, **options):
    return Problem(lambda x: x.reshape(len(x), -1).sum(axis=1), inputs, NOISE, **options).inputs


LAWS = {
    "frozen": stats.beta(2, 3), "part of the interval": stats.uniform(0.2, 0.6), "narrow": stats.beta(50, 80),
    "spike": stats.truncnorm(-4e5, 6e5, 0.4, 1e-6), "histogram": HISTOGRAM,
    "infinite at both ends": stats.beta(0.1, 0.1),
    "nearly all at 0": stats.beta(0.05, 2), "unfrozen without shapes": stats.uniform,
    "new-style": stats.Uniform(a=0, b=1),
    "whole line": stats.norm(0.5, 0.05), "new-style line": stats.Normal(mu=0.5, sigma=0.05), "mixture": SPIKE,
    "truncated": stats.truncate(stats.Normal(mu=0.4, sigma=0.2), 0, 1),
    "made": stats.make_distribution(stats.arcsine)(),
    "density alone": Law(pdf=lambda x: 2 * x), "no quantiles": Law(pdf=lambda x: 2 * x, cdf=np.square),
    "conditioned": on_cube(stats.norm(1, 1)), "in its upper tail": on_cube(stats.norm(-8, 1)),
    "kernels": on_cube(stats.gaussian_kde([0.1, 0.3, 0.35, 0.9])), "gap": stats.Mixture(
        [stats.Uniform(a=0, b=0.1), stats.Uniform(a=0.9, b=1)], weights=[0.25, 0.75]),
    "density alone that misses 1 by 9e-8": Law(pdf=lambda x: (2 + 1.8e-7) * x),
    "with a data set of its own": Law(pdf=lambda x: 2 * x, cdf=np.square, dataset=[0.5]),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_one_interface(law):
    """Whatever its methods are called: a cdf from 0 to 1, its quantiles inside [0, 1], its derivative, draws."""
    law = law_of(law)
    assert law.dimension == 1 and law.cdf(0.0) == approx(0, abs=1e-9) and law.cdf(1.0) == approx(1, abs=1e-9)
    q = np.linspace(0.03, 0.97, 41)
    x = law.ppf(q)
    assert np.all((0 <= x) & (x <= 1)) and law.ppf(q.reshape(1, -1)).shape == (1, 41)
    free = (x > 0.05) & (x < 0.95) & (np.diff(x, prepend=0) > 1e-10)
    assert law.cdf(x)[free] == approx(q[free], abs=1e-8)
    h = 1e-4 * np.minimum(1 - x[free], 1e-5)
    slope = (law.cdf(x[free] + h) - law.cdf(x[free] - h)) / (2 * h)
    assert law.pdf(x[free]) == approx(slope, rel=1e-4, abs=1e-3)
    assert law.pdf([-0.1, 1.1]).tolist() == [0, 0] and law.rvs(size=(2, 3), random_state=0).shape == (2, 3)


def test_where_the_cdf_is_believed_the_density_says_how_mass_lies():
    """A cdf rounded to ten digits is not the integral of its density on panels; the mean is ∫2x² = 2/3 all the same,
    not that of a density that is constant on each panel, which is 1e-6 off."""
    problem = Problem(lambda x: x, Law(pdf=lambda x: 2 * x, cdf=lambda x: np.round(np.square(x), 10)), NOISE)
    assert problem.inputs._off.any()
    assert region_moments(problem, Intervals([0, 1])).mean == approx(2 / 3, rel=1e-9)


def test_quantiles_from_above_of_a_law_that_has_none():
    """The upper quarter of 2x begins at √(3/4)."""
    law = Line(Law(pdf=lambda x: 2 * x, cdf=np.square, ppf=np.sqrt, support=lambda: (0, 1)))
    assert law.isf([0, 0.25, 1]) == approx([1, 0.75**0.5, 0])


def test_draws_on_the_cube_take_few_calls():
    """One in 80 falls into the cube: so many more are drawn at a time, and a fifth beyond that."""
    wide, asked = stats.multivariate_normal([0, 0], 12), []

    def rvs(size, random_state):
        asked.append(size)
        return wide.rvs(size=size, random_state=random_state)
    law = on_cube(Law(pdf=wide.pdf, rvs=rvs, dimension=2))
    asked.clear()
    assert law.rvs(1000, random_state=0).shape == (1000, 2) and len(asked) == 1


def test_known_jumps_are_breakpoints():
    assert law_of(stats.uniform(0.2, 0.6)).breakpoints == approx([0.2, 0.8])
    assert law_of(HISTOGRAM).breakpoints == approx([0.7, 0.7001])
    assert law_of(stats.rv_histogram(([1, 3], [2, 3, 4]))(-1, 0.5)).breakpoints == approx([0.5])
    inside = stats.rv_histogram(([3.0, 1.0, 2.0], [0.2, 0.3, 0.5, 0.6]), density=True)
    assert law_of(inside).breakpoints == approx([0.2, 0.3, 0.5, 0.6])
    assert law_of(LAWS["gap"]).breakpoints == approx([0.1, 0.9])


def test_ends_that_miss_by_a_rounding_are_the_ends():
    """Of 323 ordinary truncated normal laws, dozens have a support such as [-1e-17, 1.0000000000000002]."""
    off = 0
    for mean in np.arange(1, 20) / 20:
        for deviation in np.arange(1, 50, 3) / 20:
            law = stats.truncnorm((0 - mean) / deviation, (1 - mean) / deviation, mean, deviation)
            off += law.support() != (0, 1)
            asked = law_of(law)
            assert asked.support() == (0, 1) and asked.ppf([0, 1]).tolist() == [0, 1]
    assert off > 20


@pytest.mark.parametrize("law, cut", [
    (stats.norm(1, 1), 1 - (stats.norm.cdf(0) - stats.norm.cdf(-1))), (stats.norm(-8, 1), 1), (UNIFORM, 0),
    (stats.gaussian_kde([0.5, 0.6], 0.1), 0), (Sample([-1, 0, 1, 2], [1, 2, 3, 4]), 0.5), (NEAR, 0), (WIDE, 0.2713),
    (stats.cauchy(0.5), 1 - 2 * np.arctan(0.5) / np.pi), (stats.Normal(mu=0), 1 - stats.norm.cdf(1) + 0.5),
    (Law(pdf=stats.expon.pdf), np.exp(-1))])
def test_on_cube_says_what_it_cut_off(law, cut):
    conditioned = on_cube(law)
    if law is WIDE:  # by its marginals
        cut = 1 - np.prod([stats.norm(m, 0.1**0.5).cdf(1) - stats.norm(m, 0.1**0.5).cdf(0) for m in (0.3, 0.6)])
    assert conditioned.cut_off == approx(cut, abs=1e-4 if law is NEAR else 1e-7 if law is WIDE else 1e-12)
    draws = conditioned.rvs(size=100, random_state=1)
    assert np.all((0 <= draws) & (draws <= 1)) and draws.shape == ((100,) if conditioned.dimension == 1 else (100, 2))
    assert on_cube(conditioned).cut_off == conditioned.cut_off or isinstance(law, Sample)


def test_of_other_laws_nothing_was_cut_off():
    sample = Sample([0.1, 0.2])
    laws = [law_of(UNIFORM), law_of(Independent(UNIFORM, UNIFORM)), law_of(square(), dimension=2), sample,
            on_cube(sample)]
    assert [law.cut_off for law in laws] == [0] * 5


def test_the_normal_law_of_the_settings_is_that_of_scipy():
    x = np.linspace(0, 1, 101)
    for mean, deviation in [(0.4, 0.2), (0.4, 0.01), (0.93, 0.003)]:
        law = TruncatedNormal(mean, deviation)
        for name in ("pdf", "cdf", "ppf"):
            assert getattr(law, name)(x) == approx(getattr(law.law, name)(x), rel=1e-9, abs=1e-15), name


def test_on_cube_is_the_conditional_law():
    truncated = stats.truncnorm(-2, 3, 0.4, 0.2)
    law, q = on_cube(stats.norm(0.4, 0.2)), np.linspace(0, 1, 11)
    assert law.pdf(q) == approx(truncated.pdf(q), rel=1e-12) and law.ppf(q) == approx(truncated.ppf(q), abs=1e-12)
    tail = on_cube(stats.norm(-8, 1))  # all digits in the far tail: P(X <= x | cube) by the survival function
    assert tail.cdf(0.1) == approx((stats.norm.sf(8) - stats.norm.sf(8.1)) / (stats.norm.sf(8) - stats.norm.sf(9)),
                                   rel=1e-9)
    x = np.random.default_rng(0).random((5, 2))
    assert on_cube(WIDE).pdf(x) * (1 - on_cube(WIDE).cut_off) == approx(WIDE.pdf(x), rel=1e-12)
    flat = on_cube(stats.gaussian_kde(np.random.default_rng(1).random((2, 30))))
    assert flat.dimension == 2 and flat.pdf(x).shape == (5,) and 0.05 < flat.cut_off < 0.5


@pytest.mark.parametrize("law, word", [
    (stats.norm(5, 1), r"inputs must be a law on \[0, 1\], got norm\(5, 1\) with 1 of its.*zcmoe.on_cube"),
    (stats.norm(0.5, 0.1), "5.73e-07 of its probability outside"),
    (stats.gaussian_kde([0.1, 0.3]), "gaussian_kde of 2 points.*zcmoe.on_cube"), (stats.randint(0, 2), "zcmoe.Sample"),
    *[(stats.Binomial(n=1, p=0.5), "zcmoe.Sample") for _ in range(hasattr(stats, "Binomial"))],
    (stats.beta, r"inputs must be frozen, got beta without its shape parameters: beta\(a, b\)"),
    (stats.Normal, "got the class Normal: give it its parameters"), (3.0, "inputs must be a continuous law"),
    (Law(pdf=lambda x: 3 + 0 * x), "inputs must integrate to 1 over .*, got 3$"),
    (Law(pdf=lambda x: 0.9 + 0 * x), "got 0.9; if the rest lies outside, zcmoe.on_cube"),
    (Law(pdf=lambda x: 3 + 0 * x, cdf=lambda x: x), "the pdf integrates to .*, the cdf grows by"),
    (Law(pdf=lambda x: 0.5 + 0 * x, cdf=lambda x: (x + (x >= 0.4)) / 2), "between 0.3999.*, the cdf grows by 0.5"),
    (Law(pdf=lambda x: np.ones((len(x), 1))), r"inputs.pdf must return shape \(\d+,\) for x of shape"),
    (Law(pdf=lambda x: np.nan * x), "inputs.pdf must be a density, non-negative, got nan at x = "),
    (Law(pdf=lambda x: 4 * x - 1), "inputs.pdf must be a density, non-negative, got -0.9"),
    (Law(pdf=lambda x: 1 + 0j * x), "inputs.pdf must be an array of real numbers: got complex128"),
    (Law(pdf=lambda x: 1 if x < 1 else 0), "inputs.pdf failed for shape .*ValueError: The truth value"),
    (Law(pdf=UNIFORM.pdf, support=lambda: (0.5, 0.5)), "support of positive length"),
])
def test_laws_on_the_line_that_are_none(law, word):
    with pytest.raises(ValueError, match=word):
        law_of(law)


def square(pdf=lambda x: np.ones(len(x)), rvs=None):
    return Law(pdf=pdf, rvs=rvs or (lambda size, random_state: random_state.random((size, 2))))


@pytest.mark.parametrize("law, word", [
    (WIDE, "every draw of inputs must lie in .*zcmoe.on_cube"),
    (UNIFORM, r"got uniform\(\) of dimension 1; Independent"),
    (square(lambda x: np.full(len(x), 3.0)), "inputs must integrate to 1 over the cube, got 3 ± 0"),
    (square(lambda x: np.full(len(x), 0.9)), "got 0.9 .*zcmoe.on_cube"),
    (square(lambda x: 3 - 4 * x[:, 0]), "non-negative, got -0"),
    (square(lambda x: np.nan * x[:, 0]), "non-negative, got nan"),
    (square(lambda x: x), r"shape \(\d+,\).*got \(\d+, 2\)"),
    (square(rvs=lambda size, random_state: 2 * random_state.random((size, 2))), "every draw of inputs must lie"),
    (square(rvs=lambda size, random_state: random_state.random((2, size))), r"must return shape \(64, 2\)"),
    (square(rvs=lambda size: 0), "inputs.rvs failed: TypeError"), (Law(pdf=lambda x: 1, dimension=3), "of dimension 3"),
    (Independent(UNIFORM, UNIFORM, UNIFORM), "must have dimension 2"),
])
def test_laws_on_the_square_that_are_none(law, word):
    with pytest.raises(ValueError, match=word):
        law_of(law, dimension=2)


def test_laws_in_several_dimensions_know_theirs():
    assert law_of(Independent(UNIFORM, stats.Uniform(a=0, b=1))).dimension == 2
    assert law_of(NEAR).dimension == 2 and law_of(square(), dimension=2).rvs(3, random_state=0).shape == (3, 2)
    assert law_of(square(), dimension=2).rvs(1, random_state=0).shape == (1, 2)
    assert law_of(NEAR).rvs(1, random_state=0).shape == (1, 2) and law_of(NEAR).pdf([[0.5, 0.5]]).shape == (1,)
    assert law_of(Sample(np.eye(3))).dimension == 3 and law_of(Sample([5.0, -1])).dimension == 1


@pytest.mark.parametrize("law, power", [(stats.norm(), 3), (stats.t(5), 3), (stats.t(2.5), 8), (stats.pareto(2.1), 40),
                                        (stats.t(2.005), 400)])
def test_the_heavier_a_tail_the_more_it_is_drawn_in(law, power):
    """p ~ 1/x^(3 + η): k = 4/η makes what is integrated a cube root of the distance, and is at least 3."""
    assert Tails.of(Line(law)).power == approx(power, rel=1e-6)


def test_independent_needs_two_laws():
    with pytest.raises(ValueError, match="two distributions"):
        Independent(UNIFORM)
    with pytest.raises(ValueError, match=r"marginals\[1\] must be a law on"):
        Independent(UNIFORM, stats.norm())


def test_sample_is_a_law():
    law = Sample([3, -1, 3, 7], [1, 2, 1, 0])
    assert law.weights.tolist() == [0.25, 0.5, 0.25, 0] and law.support() == (-1, 7)
    assert (law.mean(), law.var()) == (1, 4)
    assert law.ppf([0, 0.5, 0.50001, 1]).tolist() == [-1, -1, 3, 3]
    draws = law.rvs(size=(100, 100), random_state=0)
    assert draws.shape == (100, 100) and set(draws.ravel()) == {-1, 3} and abs(draws.mean() - 1) < 0.1
    plane = Sample([[0, 1], [2, 1]], [1, 3])
    assert plane.mean().tolist() == [1.5, 1] and plane.var().tolist() == [0.75, 0] and plane.rvs(size=7).shape == (7, 2)
    with pytest.raises(ValueError, match=r"density is needed for this, got Sample\(2 points in dimension 2\)"):
        plane.pdf([[0, 0]])
    with pytest.raises(ValueError, match="ppf needs dimension 1"):
        plane.ppf(0.5)


def test_the_largest_uniform_draws_the_last_point():
    """The sum of ten tenths is a float below 1, which the uniform is too; so is the quantile at 1 the last point."""
    class Largest(np.random.Generator):
        def random(self, size):
            return np.full(size, np.nextafter(1, 0))
    law, rng = Sample(np.arange(10.0)), Largest(np.random.PCG64())
    assert np.cumsum(law.weights)[-1] < 1 and law.rvs(3, random_state=rng).tolist() == [9, 9, 9]
    assert law.ppf(1) == 9


def test_sample_keeps_its_own_copies():
    points, weights = np.array([0.1, 0.2]), np.array([1.0, 1.0])
    law = Sample(points, weights)
    points[0] = weights[0] = 9
    for copy in (law, pickle.loads(pickle.dumps(law))):
        assert copy.points.tolist() == [0.1, 0.2] and copy.weights.tolist() == [0.5, 0.5]
        assert not copy.points.flags.writeable and not copy.weights.flags.writeable


@pytest.mark.parametrize("arguments, word", [
    ([[]], r"shape \(n,\)"), ([[[1.0]]], r"got \(1, 1\)"), ([[1, np.nan]], "index 1"),
    ([[1, 2], [1]], r"weights must have shape \(2,\)"),
    ([[1, 2], [1, -1]], "weights must lie in"), ([[1, 2], [0, 0]], "positive finite sum"),
    ([["1", "2"]], "array of real numbers")])
def test_bad_samples_are_refused(arguments, word):
    with pytest.raises(ValueError, match=word):
        Sample(*arguments)


@pytest.mark.parametrize("noise", [None, 0, 0.0, np.float64(0)])
def test_no_noise(noise):
    problem = Problem(np.exp, UNIFORM, noise)
    assert problem.noise_variance == 0 and problem.noise_bound == 0
    x, y = problem.sample(10, rng=0)
    assert np.array_equal(y, np.exp(x))


@pytest.mark.parametrize("noise, variance, bound", [
    (stats.Normal(sigma=0.5), 0.25, np.inf), (stats.Uniform(a=-1, b=1), 1 / 3, 1), (stats.randint(-1, 2), 2 / 3, 1),
    (Sample([-2, 1], [1, 2]), 2, 2)])
def test_any_noise_of_mean_zero(noise, variance, bound):
    problem = Problem(np.exp, UNIFORM, noise)
    assert (problem.noise_variance, problem.noise_bound) == (approx(variance), bound)
    x, y = problem.sample(4000, rng=0)
    assert np.var(y - np.exp(x)) == approx(variance, rel=0.1)


@pytest.mark.parametrize("noise, word", [
    (0.5, "noise must be a continuous law"), (stats.Normal(mu=1), "noise must have mean 0, got 1"),
    (Sample([[0, 0]]), "noise must have dimension 1"), (stats.norm, None), (stats.t, "noise must be frozen")])
def test_noise_that_is_none_of_these(noise, word):
    if word is None:
        assert Problem(np.exp, UNIFORM, noise).noise_variance == 1
        return
    with pytest.raises(ValueError, match=word):
        Problem(np.exp, UNIFORM, noise)


@pytest.mark.parametrize("inputs", [stats.beta(2, 3), HISTOGRAM, stats.Uniform(a=0, b=1), on_cube(stats.norm(0, 1)),
                                    Independent(UNIFORM, UNIFORM), on_cube(WIDE), Sample([0.1, 0.2])],
                                    ids=lambda law: type(law).__name__)
def test_laws_travel(inputs):
    law = law_of(inputs)
    copy = pickle.loads(pickle.dumps(law))
    assert np.array_equal(copy.rvs(size=5, random_state=1), law.rvs(size=5, random_state=1))


@pytest.mark.parametrize("density, dimension", [
    (UNIFORM, 1), (stats.Uniform(a=0, b=1), 1), (Law(pdf=lambda x: 2 * x), 1), (SegmentDensity(lambda x: 1 + x), 1),
    (square(), 2),
    (SegmentDensity(lambda x: np.ones(len(x)), dimension=2), 2), (Independent(UNIFORM, UNIFORM), 2)])
def test_segment_densities(density, dimension):
    law = density_law(density, dimension)
    x = np.random.default_rng(0).random((100, dimension))
    assert law.dimension == dimension and law.pdf(x[:, 0] if dimension == 1 else x).shape == (100,)
    assert dimension == 2 or law.ppf([0, 1]).tolist() == [0, 1]


@pytest.mark.parametrize("density, dimension, word", [
    (stats.norm(5, 1), 1, "density must be a law on"), (Law(pdf=lambda x: 3 + 0 * x), 1, "density must integrate to 1"),
    (Sample([0.5]), 1, "density must be a law with a density, got Sample"),
    (UNIFORM, 2, "density must have dimension 2"),
    (SegmentDensity(lambda x: 1 + x), 2, "density must have dimension 2"), (3, 1, "density must be a continuous law")])
def test_what_is_no_segment_density(density, dimension, word):
    with pytest.raises(ValueError, match=word):
        density_law(density, dimension)
