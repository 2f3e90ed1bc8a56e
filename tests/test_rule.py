"""The rule of one dimension: probabilities that add up to 1 and are the cdf's, moments by closed forms."""

import pickle

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import COS6, NOISE, TN, UNIFORM
from zcmoe import Problem, Sample, on_cube

SPIKE = stats.Mixture([stats.Uniform(a=0, b=1), stats.Normal(mu=0.3456, sigma=1e-6)], weights=[0.5, 0.5])
HALF = stats.rv_histogram((np.array([0.35, 0.5, 0.15]) / [0.7, 1e-4, 0.2999], [0, 0.7, 0.7001, 1]), density=True)
BOTH = stats.rv_histogram((np.array([0.35, 0.50005, 0.14995]) / [0.7, 1e-4, 0.2999], [0, 0.7, 0.7001, 1]), density=True)
GAP = stats.Mixture([stats.Uniform(a=0, b=0.1), stats.Uniform(a=0.9, b=1)], weights=[0.5, 0.5])


def identity(x):
    return x


def moments(problem, edges):
    nodes, weights, regions = problem.rule(edges)
    m, value = len(edges) - 1, problem.beta(nodes)
    probability = np.bincount(regions, weights, m)
    mean = np.bincount(regions, weights * value, m) / np.where(probability > 0, probability, 1)
    return probability, mean, np.bincount(regions, weights * (value - mean[regions]) ** 2, m)


@pytest.mark.parametrize("law, excess", [
    (stats.truncnorm(-4e5, 6e5, 0.4, 1e-6), 1e-12), (HALF, HALF.var()), (BOTH, 0.0516716677),
    (stats.uniform(0.2, 0.6), 0.03),
    (stats.beta(50, 80), stats.beta(50, 80).var()), (stats.beta(0.1, 0.1), 5 / 24),
    (stats.beta(0.05, 2), 0.05 * 2 / 2.05**2 / 3.05),
    (stats.beta(2, 0.05), 0.05 * 2 / 2.05**2 / 3.05), (stats.arcsine(), 1 / 8), (on_cube(stats.norm(-8, 1)), None),
    (TN, None),
    (GAP, 0.25 * 0.81 + 0.01 / 12), (stats.rv_histogram((np.arange(1, 24), np.arange(24) / 23)), None),
    (SPIKE, SPIKE.variance()),
    (stats.Normal(mu=0.5, sigma=0.02), 4e-4)])
def test_one_region_is_the_variance(law, excess):
    """m = 1 and β = x."""
    if excess is None:
        excess = (stats.truncnorm(8, 9, -8, 1) if hasattr(law, "cut_off") else law).var()
    assert moments(Problem(identity, law, NOISE), [0, 1])[2].sum() == approx(excess, rel=2e-9)


@pytest.mark.parametrize("law, edges, probability", [
    (SPIKE, [0, 0.25, 0.5, 0.75, 1], [0.125, 0.625, 0.125, 0.125]),
    (GAP, [0, 0.05, 0.5, 0.95, 1], [0.25, 0.25, 0.25, 0.25]),
    (stats.uniform(0.2, 0.6), [0, 0.1, 0.3, 0.9, 1], [0, 1 / 6, 5 / 6, 0]), (HALF, [0, 0.70005, 1], [0.6, 0.4])])
def test_probabilities_of_spikes(law, edges, probability):
    assert moments(Problem(identity, law, NOISE), edges)[0] == approx(probability, abs=1e-12)


def test_a_sliver_between_the_nodes_of_a_law_that_names_no_jumps():
    """1.9e-8 wide, at the end of a panel: the cdf says its probability."""
    inner = [float.fromhex(each) for each in ("0x1.99a20e15ad93fp-3", "0x1.b5af319f4178dp-3", "0x1.c48bfd77e2532p-3",
                                              "0x1.922125b5be7eep-1")]
    edges = np.r_[0.2, inner, 0.8]
    bins = stats.rv_histogram((np.array([0.125, 0, 0, 0.375, 0.5]) / np.diff(edges), edges), density=True)

    class Plain:
        pdf, cdf = staticmethod(bins.pdf), staticmethod(bins.cdf)

    cuts = np.arange(5) / 4
    assert moments(Problem(identity, Plain(), None), cuts)[0] == approx(np.diff(bins.cdf(cuts)), abs=1e-11)


def random_law(rng):
    """A histogram, a mixture with spikes and gaps, or a beta law that may be infinite at its ends."""
    kind = rng.integers(3)
    if kind == 0:
        edges = np.unique(np.r_[0, rng.random(rng.integers(1, 12)), 1])
        return stats.rv_histogram((rng.integers(0, 3, edges.size - 1) + 1e-3, edges), density=True)
    if kind == 1:
        parts = [stats.Uniform(a=low, b=low + width) for low, width in rng.random((2, 2)) * [0.5, 0.5]]
        parts += [stats.Normal(mu=0.2 + 0.6 * rng.random(), sigma=10.0 ** -rng.uniform(2, 7)) for _ in range(2)]
        return stats.Mixture(parts, weights=rng.dirichlet(np.ones(4)))
    return stats.beta(*10.0 ** rng.uniform(-1.3, 2.3, 2))


@pytest.mark.parametrize("seed", range(24))
def test_probabilities_are_differences_of_the_cdf(seed):
    """Random laws, regions of all sizes: P_i = F(a_i) - F(a_(i-1)), and the means of x by SciPy's own expectation."""
    rng = np.random.default_rng(seed)
    law = random_law(rng)
    edges = np.unique(np.r_[0, rng.random(20), rng.random() + np.arange(3) * 1e-9, 1].clip(0, 1))
    probability, mean, spread = moments(Problem(identity, law, None), edges)
    exact = np.diff(law.cdf(edges))
    assert probability.sum() == approx(1, abs=1e-13) and probability == approx(exact / exact.sum(), abs=2e-11)
    average = law.mean()
    assert probability @ mean == approx(average, abs=1e-9)
    variance = law.variance() if hasattr(law, "variance") else law.var()
    assert spread.sum() + probability @ (mean - average) ** 2 == approx(variance, abs=1e-9)


@pytest.mark.parametrize("beta, excess", [
    (lambda x: np.cos(64 * np.pi * x), 0.5), (lambda x: np.cos(128 * np.pi * x), 0.5),
    (lambda x: np.cos(192 * np.pi * x), 0.5),
    (lambda x: x**-0.4, 5 - (5 / 3) ** 2), (lambda x: x**-0.45, 10 - (1 / 0.55) ** 2), (np.log, 1),
    (lambda x: np.log1p(-x), 1),
    (lambda x: 1e8 + (x > 0.3), 0.21), (lambda x: 1e8 + np.cos(6 * np.pi * x), 0.5),
    (lambda x: np.where(x < 0.3, x, x + 1), None),
    (stats.norm.ppf, 1), (lambda x: np.cbrt(x - 0.3), None), (lambda x: np.full_like(x, 0.1), 0)])
def test_variances_of_closed_form(beta, excess):
    if excess is None:  # of x + 1(x > .3): 1/12 + .21 + 2 cov; of cbrt: by E z² and E z, z = x - .3
        jump = 1 / 12 + 0.21 + 2 * (0.7 * 0.65 - 0.35)
        cusp = 0.6 * (0.7 ** (5 / 3) + 0.3 ** (5 / 3)) - (0.75 * (0.7 ** (4 / 3) - 0.3 ** (4 / 3))) ** 2
        excess = jump if beta(np.array([0.5]))[0] == 1.5 else cusp
    assert moments(Problem(beta, UNIFORM, NOISE), [0, 1])[2].sum() == approx(excess, rel=2e-9, abs=1e-30)


@pytest.mark.parametrize("end", [1.0, 2 / 3, 0.5])
def test_a_steep_place_at_the_edge_of_a_panel(end):
    """A logistic step at 1/2, 1e-7 wide: no node of the panels beside it sees more than a constant.

    In units of its width: with s the logistic function, ∫ (1 - s) over v > 0 is log 2, and ∫ s (1 - s) is 1/2 a side.
    """
    rate = 1e7
    problem = Problem(lambda x: 1 / (1 + np.exp(-np.clip(rate * (x - 0.5), -700, 700))), stats.uniform(0, end), NOISE)
    low, high = np.log(2) / rate, (end - 0.5) - np.log(2) / rate if end > 0.5 else 0.0
    mean = (low + high) / end
    second = mean - (1 if end > 0.5 else 0.5) / rate / end
    assert moments(problem, [0, 1])[2].sum() == approx(second - mean**2, rel=1e-6 if end == 0.5 else 1e-9)


def test_an_offset_changes_no_digit():
    """Excess on 50 regions, at 0 and at 1e8, where β itself is known to 1.5e-8."""
    edges, far = np.linspace(0, 1, 51), Problem(lambda x: 1e8 + np.cos(6 * np.pi * x), TN, NOISE)
    assert moments(far, edges)[2].sum() == approx(moments(COS6, edges)[2].sum(), abs=5e-10)
    assert far.panels.size < 200


def test_logarithm_under_a_law_with_most_of_its_mass_near_zero():
    """Var log X = ψ'(a) - ψ'(a + b) for the beta law."""
    from scipy.special import polygamma
    problem = Problem(np.log, stats.beta(0.05, 2), NOISE)
    assert moments(problem, [0, 1])[2].sum() == approx(polygamma(1, 0.05) - polygamma(1, 2.05), rel=1e-9)


def test_beta_need_not_exist_outside_the_support():
    with np.errstate(all="raise"):
        problem = Problem(lambda x: np.log(x - 0.2), stats.uniform(0.2, 0.6), NOISE)
        assert moments(problem, [0, 0.1, 0.9, 1])[2].sum() == approx(1, rel=1e-9)
        assert problem.gradient([0.5]) == approx(1 / 0.3, rel=1e-8)


@pytest.mark.parametrize("beta, law, word", [
    (lambda x: x**-0.5, UNIFORM, "diverges at x = 0"), (lambda x: 1 / x, UNIFORM, "overflows near x ="),
    (lambda x: (1 - x) ** -0.4, UNIFORM, "floats are too far apart"),
    (lambda x: np.log1p(-x), stats.beta(2, 0.05), "beta must vary less near x = 1, where .* is infinite"),
    (lambda x: np.sin(1e9 * x), UNIFORM, "too many jumps, or turns"),
    # the floats beside 1 would take 2e-4 of ψ'(a) - ψ'(a + b)
    (lambda x: np.log1p(-x), stats.beta(2, 0.35), "beta must vary less near x = 1, where .* is infinite")])
def test_what_does_not_close_is_refused(beta, law, word):
    with pytest.raises(ValueError, match=word):
        Problem(beta, law, NOISE).rule([0, 1])


def test_a_sum_of_widths_is_a_segmentation():
    edges = np.cumsum(np.r_[0, [0.1] * 10])
    assert edges[-1] != 1 and moments(Problem(identity, UNIFORM, None), edges)[0] == approx(0.1, rel=1e-12)
    for bad in ([0, 0.5], [-0.1, 1], [0, 1 + 1e-9]):
        with pytest.raises(ValueError, match="edges must run from 0 to 1 for a Problem"):
            COS6.rule(bad)


def test_edges_beside_panels_leave_no_slivers():
    """β is infinite at 0.25; an edge misses that by a rounding."""
    problem = Problem(lambda x: np.log(np.abs(x - 0.25)), UNIFORM, NOISE, breakpoints=[0.25])
    for edge in (0.25, np.nextafter(0.25, 0), np.nextafter(0.25, 1), 0.25 + 5e-16):
        assert moments(problem, [0, edge, 1])[0] == approx([0.25, 0.75], abs=1e-14)


def test_volumes():
    nodes, weights, regions = COS6.rule([0, 0.3, 1], measure="volume")
    assert np.bincount(regions, weights) == approx([0.3, 0.7], rel=1e-13)
    assert np.bincount(regions, weights * nodes) == approx([0.045, 0.455], rel=1e-13)
    with pytest.raises(ValueError, match='measure must be "law" or "volume"'):
        COS6.rule([0, 1], measure="area")


def test_a_sample_is_its_own_rule():
    problem = Problem(np.square, Sample([-1, 0.5, 0.5, 2], [1, 1, 1, 1]), None)
    nodes, weights, regions = problem.rule([-1, 0.5, 2])
    assert nodes.tolist() == [-1, 0.5, 0.5, 2] and weights.tolist() == [0.25] * 4 and regions.tolist() == [0, 1, 1, 1]
    with pytest.raises(ValueError, match="every point of inputs must lie in"):
        problem.rule([0, 2])
    for call in (lambda: problem.rule([-1, 2], measure="volume"), lambda: problem.weight([0.5]),
                 lambda: problem.panels):
        with pytest.raises(ValueError, match=r"density.*got Sample\(4 points in dimension 1\)"):
            call()


def test_problems_travel_without_their_caches():
    problem = Problem(np.exp, TN, NOISE, gradient=np.exp, breakpoints=[0.5])
    rule = problem.rule([0, 0.2, 1])
    text = pickle.dumps(problem)
    copy = pickle.loads(text)
    assert "panels" in vars(problem) and not {"panels", "curve", "grid", "breakpoints"} & set(vars(copy))
    assert all(np.array_equal(a, b) for a, b in zip(rule, copy.rule([0, 0.2, 1]), strict=True))
    assert np.array_equal(copy.gradient([0.1]), problem.gradient([0.1]))
    plain = pickle.loads(pickle.dumps(Problem(np.exp, TN, NOISE)))
    assert plain.gradient([0.3]) == approx(np.exp(0.3), rel=1e-9)
