import pickle

import numpy as np
import pytest
from pytest import approx
from scipy import stats

import zcmoe
from settings import COS6, NOISE, REFERENCE, TN, UNIFORM, exponential, piecewise
from zcmoe import Intervals, Problem, SegmentDensity, optimal_density


def test_reference_values():
    """λ* (22), its expander (49) and the share of a flat piece."""
    density = optimal_density(COS6, floor=0)
    assert density.pdf(0.25) == approx(REFERENCE["R05"], rel=1e-8)
    edges = Intervals.from_density(density, 16).edges
    assert edges[5] == approx(REFERENCE["R06"], rel=1e-9)
    assert edges[9] == approx(REFERENCE["R07"], rel=1e-9)
    assert 1 - optimal_density(piecewise(), floor=1e-3).cdf(0.5) == approx(REFERENCE["R18"], rel=1e-7)


def test_floor_gives_a_flat_piece_the_mass_of_section_4_4():
    """A flat interval F gets λ-mass of about floor^(2/3) ∫_F p^(1/3) / Z."""
    flat = np.linspace(0.5, 1, 20_001)
    share = np.trapezoid(TN.pdf(flat) ** (1 / 3), flat) * 1e-4 / REFERENCE["R16"]
    assert 1 - optimal_density(piecewise(), floor=1e-6).cdf(0.5) == approx(share, rel=1e-4)
    assert np.sum(Intervals.from_density(optimal_density(piecewise()), 40).edges > 0.5) <= 2


@pytest.mark.parametrize("problem", [COS6, piecewise(), exponential(3.0)])
def test_ppf_inverts_cdf(problem):
    density = optimal_density(problem)
    q = np.r_[0, np.random.default_rng(0).random(500), 1e-12, 1 - 1e-12, 1]
    assert np.abs(density.cdf(density.ppf(q)) - q).max() < 1e-10
    assert density.ppf(0) == 0 and density.ppf(1) == 1


def test_ppf_inverts_cdf_where_the_slope_is_infinite_at_the_ends():
    density = optimal_density(Problem(stats.norm.ppf, UNIFORM, NOISE))
    q = np.r_[0, np.linspace(1e-4, 1 - 1e-4, 500), 1]  # beyond, neighbouring floats near x = 1 lie further apart
    assert np.abs(density.cdf(density.ppf(q)) - q).max() < 1e-10


def test_closed_form_of_the_compander():
    """β = x², uniform inputs: λ* = (5/3) x^(2/3), so G = x^(5/3) and g = q^(3/5)."""
    density = optimal_density(Problem(np.square, UNIFORM, NOISE), floor=0)
    q = np.linspace(0, 1, 101)
    assert density.ppf(q) == approx(q**0.6, abs=1e-11)
    assert density.cdf(q) == approx(q ** (5 / 3), abs=1e-12)
    assert density.pdf(q) == approx(5 / 3 * q ** (2 / 3), rel=1e-8)


def test_panter_dite_is_the_case_of_the_identity():
    """β(x) = x turns (22) into (46): λ ∝ p^(1/3)."""
    density = optimal_density(Problem(lambda x: x, TN, NOISE))
    x = np.linspace(0, 1, 51)
    ratio = density.pdf(x) / TN.pdf(x) ** (1 / 3)
    assert ratio == approx(ratio[0], rel=1e-9)


def test_at_the_optimum_every_region_carries_the_same_error():
    """λ* equalises P_i v_i: each tends to Z³/(12 m³)."""
    problem = exponential()
    m = 200
    moments = zcmoe.region_moments(problem, Intervals.from_density(optimal_density(problem), m))
    share = zcmoe.high_rate_coefficient(problem) / m**3
    assert moments.probability * moments.variance == approx(share, rel=2e-2)


def test_interface_of_a_scipy_distribution():
    density = optimal_density(COS6)
    assert density.support() == (0, 1)
    assert isinstance(density.cdf(0.3), float) and density.cdf([[0.1, 0.2]]).shape == (1, 2)
    sample = density.rvs(2000, random_state=1)
    assert stats.kstest(sample, density.cdf).pvalue > 0.01


@pytest.mark.parametrize("unit", [2.0**-30, 2.0**30])
def test_draws_do_not_depend_on_the_unit_of_the_density(unit):
    one, other = (SegmentDensity(lambda x, scale=each: scale * (1 + x[:, 0]), dimension=2) for each in (1.0, unit))
    assert np.array_equal(one.rvs(100, random_state=0), other.rvs(100, random_state=0))


def test_many_draws_take_few_calls_of_the_function():
    """It is asked about many points at once: for its ceiling, then about as many as are needed, 1.6 times as many."""
    sizes = []
    density = SegmentDensity(lambda x: sizes.append(len(x)) or 1 + x[:, 0], dimension=2)
    sizes.clear()
    density.rvs(20_000, random_state=0)
    assert len(sizes) < 5 and sum(sizes[1:]) < 2.5 * 20_000


def test_draws_know_a_peak_between_the_nodes_of_the_rule(monkeypatch):
    """λ is low, 1 on a small square, 1000 on a strip that no node sees: what was kept before is dropped."""
    low, high = 0.501, 0.509
    nodes = np.stack(np.meshgrid(*[(np.arange(100) + 0.5) / 100] * 2), axis=-1).reshape(-1, 2)
    monkeypatch.setattr("zcmoe.density.scattered_nodes",
                        lambda *_: (nodes[(nodes[:, 0] < low) | (nodes[:, 0] > high)],))

    def level(x):
        square = np.all(np.abs(x - 0.4) < 0.025, axis=1)
        return np.where((low < x[:, 0]) & (x[:, 0] < high), 1000.0, np.where(square, 1.0, 0.002))

    density, width = SegmentDensity(level, dimension=2), high - low
    x = np.concatenate([density.rvs(50, random_state=seed)[:, 0] for seed in range(10)])
    share = 1000 * width / (1000 * width + 0.05**2 + 0.002 * (1 - width - 0.05**2))
    assert np.mean((low < x) & (x < high)) == approx(share, abs=4 * np.sqrt(share * (1 - share) / 500))


def test_constant_beta_needs_a_floor():
    constant = Problem(lambda x: np.full(x.shape, 2.0), UNIFORM, NOISE)
    with pytest.raises(ValueError, match="floor"):
        optimal_density(constant, floor=0)
    assert optimal_density(constant).ppf([0.25, 0.5]) == approx([0.25, 0.5])


@pytest.mark.parametrize("call, word", [
    (lambda d: d.cdf(1.5), "x must lie"), (lambda d: d.ppf([0.5, -1e-9]), "index 1"),
    (lambda d: d.pdf(np.nan), "finite"),
])
def test_bad_input_is_refused(call, word):
    with pytest.raises(ValueError, match=word):
        call(SegmentDensity(lambda x: 1 + x))
    with pytest.raises(ValueError, match="floor"):
        optimal_density(COS6, floor=-1)


@pytest.mark.parametrize("problem", [COS6, piecewise(), exponential(3.0)])
def test_a_million_regions(problem):
    """The expander by polynomials, against F itself: the compressor integrates λ from the panel's edge to x."""
    density = optimal_density(problem)
    q = np.arange(1_000_001) / 1_000_000
    edges = density.ppf(q)
    assert np.abs(density.cdf(edges[::13]) - q[::13]).max() <= 1e-10
    assert (np.diff(edges) > 0).all() and edges[0] == 0 and edges[-1] == 1


def test_expander_where_the_law_does_not_fill_the_interval():
    density = optimal_density(Problem(lambda x: x, stats.uniform(0.2, 0.6), NOISE), floor=0)
    assert density.ppf([0, 0.25, 0.5, 1]) == approx([0, 0.35, 0.5, 1])
    assert density.pdf([0.1, 0.5]) == approx([0, 1 / 0.6])
    narrow = stats.truncnorm(-500, 500, 0.5, 1e-3)  # p underflows at the ends
    tiny = optimal_density(Problem(lambda x: x, narrow, NOISE))
    assert tiny.ppf([0, 0.5, 1]) == approx([0, 0.5, 1], abs=1e-12)


def test_steep_place_gets_its_experts():
    """The logistic function of k(x - 1/π): G is known, λ ∝ (s(1 - s))^(2/3)."""
    def beta(x):
        return 1 / (1 + np.exp(-np.clip(1e6 * (x - 1 / np.pi), -700, 700)))
    edges = optimal_density(Problem(beta, UNIFORM, NOISE), floor=0).ppf(np.arange(1, 8) / 8)
    # ds = k s(1 - s) dx turns (s(1 - s))^(2/3) dx to (s(1 - s))^(-1/3) ds
    s = stats.beta(2 / 3, 2 / 3).ppf(np.arange(1, 8) / 8)
    assert (edges - 1 / np.pi) * 1e6 == approx(np.log(s / (1 - s)), abs=1e-4)


@pytest.mark.parametrize("function, word", [
    (lambda x: 1 - 3 * x.reshape(len(x), -1)[:, 0], "density.pdf must be a density, non-negative, got -"),
    (lambda x: np.full(len(x), np.nan), "non-negative, got nan"),
    (lambda x: 1.0, r"density.pdf must return shape \(\d+,\)"), (lambda x: 1j * np.ones(len(x)), "real numbers")])
def test_functions_that_are_no_density(function, word):
    with pytest.raises(ValueError, match=word):
        SegmentDensity(function)
    with pytest.raises(ValueError, match=word.replace(r"\(\d+,\)", ".*")):
        SegmentDensity(function, dimension=2)


def test_densities_travel():
    problem = Problem(np.square, UNIFORM, NOISE)
    density = optimal_density(problem)
    copy = pickle.loads(pickle.dumps(density))
    assert np.array_equal(copy.ppf([0.2, 0.7]), density.ppf([0.2, 0.7])) and copy.pdf(0.3) == density.pdf(0.3)


def test_no_inputs_no_density_where_slopes_overflow():
    """β' is 1e210 beside 0, where no inputs fall: λ* is 0 there, and not ∞ · 0."""
    density = optimal_density(Problem(lambda x: -3 * x**0.3, stats.uniform(0.2, 0.6), NOISE))
    assert density.pdf([1e-300, 0.1, 0.9]).tolist() == [0, 0, 0] and density.pdf([0.5])[0] > 0
