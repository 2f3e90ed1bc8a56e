"""Several dimensions: concentrated laws, rough functions and many regions are right, with an error, or refused."""

import time
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from pytest import approx
from scipy import integrate, special, stats

import zcmoe
from segmentation.cases import cases, off
from settings import UNIFORM, TruncatedNormal
from settings_nd import Ramp, cosine_squares, uniform
from zcmoe import Boxes, Independent, Intervals, LatticeCells, Problem, Sample, Voronoi
from zcmoe._polytope import plane_cells
from zcmoe._rules import integral, scattered_nodes, transported
from zcmoe.errors import _high_rate
from zcmoe.lattices import LATTICES
from zcmoe.moments import _moments

BINS = stats.rv_histogram((np.random.default_rng(0).random(23), np.linspace(0, 1, 24)), density=False)
NARROW = TruncatedNormal(0.4, 0.01)
LAWS = {"narrow": NARROW, "part": stats.uniform(0.2, 0.4), "bins": BINS, "arcsine": stats.beta(0.5, 0.5),
        "normal": TruncatedNormal(0.4, 0.2), "off the middle": TruncatedNormal(0.93, 0.003)}


def total(x):
    return x.sum(axis=1)


def problem(beta, *laws):
    return Problem(beta, Independent(*laws), None)


def one_region(dimension):
    return Voronoi(np.full((1, dimension), 0.5))


def lines(marginal, k):
    """Σ P v of k equal intervals for β = x, by another algorithm."""
    return zcmoe.approximation_excess(Problem(lambda x: x, marginal, None), Intervals.uniform(k))


def asked(problem, segmentation):
    """The moments, Σ P v and its error, of one rule: what `region_moments` and `standard_error` say."""
    rule = segmentation.cubature(problem)
    moments, error = _moments(rule, problem.beta(rule.nodes), segmentation.n_regions)
    return moments, float(moments.probability @ moments.variance), error


def coefficient(problem, density):
    """The high-rate coefficient and its error, of one integral: of `high_rate_coefficient` and `standard_error`."""
    return _high_rate(problem, density, None, "isotropic")


def test_what_is_asked_here_is_what_is_said():
    plain, cells = problem(total, UNIFORM, NARROW), Voronoi([[0.4, 0.3], [0.41, 0.5]])
    moments, answer, error = asked(plain, cells)
    assert np.array_equal(moments, zcmoe.region_moments(plain, cells))
    assert (answer, error) == (zcmoe.approximation_excess(plain, cells), zcmoe.standard_error(plain, cells))
    flat = uniform(2)
    smooth = Problem(total, flat, None, gradient=np.ones_like)
    for density in (flat, None):
        said = zcmoe.high_rate_coefficient(smooth, density), zcmoe.standard_error(smooth, density)
        assert coefficient(smooth, density) == said


# ---- boxes and plane polygons

@pytest.mark.parametrize("k", [1, 10])
@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("name", LAWS)
def test_boxes_under_concentrated_laws(name, d, k):
    """β = Σ x_j: the excess is the sum of those on the axes; P_i is the product of differences of the cdf."""
    plain, boxes = problem(total, *[LAWS[name]] * d), Boxes((k,) * d)
    digits = 1e-8 if name == "arcsine" else 1e-9  # those of the line
    moments, answer, error = asked(plain, boxes)
    assert answer == approx(d * lines(LAWS[name], k), rel=digits)
    probability = moments.probability.reshape(boxes.shape)
    growth = np.diff(LAWS[name].cdf(np.arange(k + 1) / k))
    assert probability == approx(np.multiply.outer(growth, np.multiply.outer(growth, growth) if d == 3 else growth),
                                 rel=1e-12, abs=1e-15)
    assert error < 1e-9 * d * lines(LAWS[name], k)


@pytest.mark.parametrize("name", LAWS)
def test_one_polygon_under_concentrated_laws(name):
    plain, variance = problem(total, LAWS[name], LAWS[name]), 2 * LAWS[name].var()
    _, answer, error = asked(plain, one_region(2))
    assert abs(answer - variance) < 6 * error + 1e-9 * variance
    assert error < (1e-5 if name == "arcsine" else 2e-6) * variance  # infinite at its ends


ROUGH = {"fast": (lambda x: np.cos(40 * np.pi * x[:, 0]), 0.5),
         "jump": (lambda x: np.where(x[:, 0] > 0.3, 1.0, 0.0), 0.21),
         "logarithm": (lambda x: np.log(x[:, 0]), 1.0),
         "jump near the end": (lambda x: np.where(x[:, 0] > 0.9999, 1.0, 0.0), 1e-4 * 0.9999),
         "offset": (lambda x: 1e8 + x[:, 0], 1 / 12)}


@pytest.mark.parametrize("segmentation", [Boxes((1, 1)), Boxes((1, 1, 1)), one_region(2)], ids=repr)
@pytest.mark.parametrize("name", ROUGH)
def test_rough_functions(name, segmentation):
    beta, variance = ROUGH[name]
    rough = problem(beta, *[UNIFORM] * segmentation.dimension)
    _, answer, error = asked(rough, segmentation)
    assert answer == approx(variance, rel=2e-8)
    assert abs(answer - variance) < 6 * error + 2e-8 * variance and error < 1e-7 * variance


@pytest.mark.parametrize("beta, share", [
    (lambda x: x.sum(axis=1) > 1.1, 0.405), (lambda x: np.hypot(*x.T) < 0.7, np.pi * 0.49 / 4),
    (lambda x: x @ [1, 3] < 0.6, 0.06), (lambda x: x.sum(axis=1) < 0.01, 5e-5),
])
@pytest.mark.parametrize("segmentation", [Boxes((1, 1)), one_region(2)], ids=repr)
def test_a_jump_across_the_axes_leaves_an_error_that_is_said(beta, share, segmentation):
    jump = problem(lambda x: beta(x) + 0.0, UNIFORM, UNIFORM)
    _, answer, error = asked(jump, segmentation)
    assert abs(answer - share * (1 - share)) < 6 * error < 1e-3 * share


def test_polygons_hold_the_law_that_boxes_hold():
    """Centres on a grid: the polygons are the boxes, here under laws that jump and are singular at the ends."""
    centers = np.stack(np.meshgrid(np.arange(5) / 5 + 0.1, np.arange(4) / 4 + 0.125, indexing="ij"), -1).reshape(-1, 2)
    for laws in [(BINS, stats.uniform(0.2, 0.4)), (stats.beta(2, 0.5), stats.beta(0.5, 2)), (NARROW, BINS)]:
        waves = problem(lambda x: np.cos(9 * x[:, 0]) * x[:, 1], *laws)
        ours, theirs = zcmoe.region_moments(waves, Voronoi(centers)), zcmoe.region_moments(waves, Boxes((5, 4)))
        assert ours.probability == approx(theirs.probability, abs=1e-6)
        # where a region has no probability to speak of, neither is known
        for mine, other in zip(ours[1:], theirs[1:], strict=True):
            assert ours.probability * mine == approx(theirs.probability * other, abs=1e-6)


def test_a_concentrated_law_that_is_no_product():
    """A normal law of deviation 0.01, correlated, conditioned on the square: Var(x_1 + x_2) = 2 (1 + 0.8) 10^-4."""
    law = zcmoe.on_cube(stats.multivariate_normal([0.4, 0.6], 1e-4 * np.array([[1, 0.8], [0.8, 1]])))
    for segmentation in (Boxes((1, 1)), one_region(2)):
        assert zcmoe.approximation_excess(Problem(total, law, None), segmentation) == approx(3.6e-4, rel=1e-8)


def test_an_offset_needs_no_more_nodes():
    """What rounding leaves of β under a law that is no product is not refined."""
    sizes = [len(Boxes((1, 1)).cubature(Problem(lambda x, c=c: c + 1e-3 * x[:, 0] * x[:, 1], Ramp(2), None)).nodes)
             for c in (0, 1e8)]
    assert sizes[0] == sizes[1] < 5000


# ---- many dimensions

TENTH = TruncatedNormal(0.4, 0.1)


@pytest.mark.parametrize("d", [4, 10])
def test_concentrated_laws_in_many_dimensions(d):
    plain, variance = problem(total, *[TENTH] * d), d * TENTH.var()
    for segmentation in (Boxes((1,) * d), one_region(d)):
        moments, _, error = asked(plain, segmentation)
        assert moments.probability.sum() == approx(1, abs=1e-11)
        assert 0 < error < 5e-4 * variance
        assert abs(moments.variance[0] - variance) < 6 * error


@pytest.mark.parametrize("d", [2, 3, 10])
def test_high_rate_integrals_have_an_error(d):
    """β = Σ x_j, so ‖∇β‖² = d: (30) at λ = 1 is d/12, and (54) d/12 (∫ p^(d/(d+2)))^(d+2) with one axis' integral."""
    plain, flat = Problem(total, Independent(*[TENTH] * d), None, gradient=np.ones_like), uniform(d)
    line = integrate.quad(lambda x: TENTH.pdf(x) ** (d / (d + 2)), 0, 1, epsabs=1e-13)[0]
    for density, truth in [(flat, d / 12), (None, d / 12 * line ** (d + 2))]:
        answer, error = coefficient(plain, density)
        assert abs(answer - truth) < 6 * error + 1e-10 * truth
        assert error < 2e-3 * truth
    if d == 2:
        optimal = zcmoe.optimal_density(plain)
        assert zcmoe.high_rate_coefficient(plain, optimal) == approx(d / 12 * line ** (d + 2), rel=2e-3)
        assert zcmoe.standard_error(plain, cells="any", moment=0.1) == approx(1.2 * d * error)


def test_errors_of_line_and_sample_are_zero():
    line = Problem(np.square, UNIFORM, None)
    for what in (Intervals.uniform(3), None, UNIFORM):
        assert zcmoe.standard_error(line, what) == 0
    cloud = Problem(total, Sample(np.random.default_rng(0).random((20, 3))), None)
    assert zcmoe.standard_error(cloud, one_region(3)) == 0


def test_an_integral_that_diverges_is_refused():
    plain = Problem(total, uniform(2), None, gradient=np.ones_like)
    density = zcmoe.SegmentDensity(lambda x: 2 * x[:, 0], dimension=2)  # ∫ 1/x_1
    with pytest.raises(ValueError, match="does not converge"):
        zcmoe.high_rate_coefficient(plain, density)
    with pytest.raises(ValueError, match="does not converge"):  # it does, to 38.5, but floats are too far apart
        integral(lambda x: np.abs(x[:, 0] - 0.3) ** -0.95, 2)


@contextmanager
def refusal_allowed():
    try:
        yield
    except ValueError as refusal:
        assert "does not converge" in str(refusal)


@pytest.mark.parametrize("power, place", [(0.5, 0.0), (0.5, 0.7123), (0.8, 0.3), (0.8, 0.7123), (0.95, 0.3),
                                          (0.95, 1 - 1e-9), (0.98, 0.123456), (0.98, 0.3)])
def test_a_power_of_the_distance_to_a_line_is_right_or_refused(power, place):
    """Floats are too far apart to see how much of it is close to the line: of a power -.98, half."""
    def beta(x):
        return np.abs(x[:, 0] - place) ** (-power / 2)

    def exact(power):
        return (place ** (1 - power) + (1 - place) ** (1 - power)) / (1 - power)
    problem, whole, answered = Problem(beta, uniform(2), None), one_region(2), 0
    with refusal_allowed():
        found, error = integral(lambda x: beta(x) ** 2, 2)
        assert abs(found - exact(power)) <= 4 * error
        answered += 1
    with refusal_allowed():
        _, excess, error = asked(problem, whole)
        assert abs(excess - exact(power) + exact(power / 2) ** 2) <= 4 * error
        answered += 1
    assert answered == 2 or power > 0.5


@pytest.mark.parametrize("d", [2, 3])
def test_a_smooth_integral_is_known_to_eleven_digits(d):
    value, error = integral(lambda x: np.exp(x.sum(axis=1)), d)
    assert abs(value - np.expm1(1) ** d) <= error < 1e-11 * value


def test_integrals_by_scattered_points_are_off_by_their_error():
    """Products of 1 + sin ax over the coordinates; the integral of a density itself is 1 without error."""
    scores = []
    for a in (1, 4, 9, 20, 30, 40):
        value, error = integral(lambda x, a=a: np.prod(1 + np.sin(a * x), axis=1), 4)
        scores.append((value - (1 + (1 - np.cos(a)) / a) ** 4) / error)
    assert 0.3 < np.sqrt(np.mean(np.square(scores))) < 3
    law = Independent(*[TENTH] * 4)
    assert integral(law.pdf, 4, law) == approx((1, 0), abs=1e-12)


def test_points_at_quantiles_have_nearly_equal_weights():
    """They are interpolated between a thousand: the density of a normal law hardly varies in so small a cell."""
    uniforms = (np.arange(4096) + 0.5) / 4096
    weights = transported(Independent(*[TruncatedNormal(0.4, 0.2)] * 2).marginals[:1], uniforms[:, None])[1]
    assert np.median(np.abs(weights * 4096 - 1)) < 6e-4


def test_of_weighted_points_a_sixteenth_counts_or_there_are_draws():
    """1/Σw² of 2^18 points: those of a flat law keep their accuracy, a narrow one would have a quarter of that left."""
    nodes, weights, _ = scattered_nodes(Ramp(4), 4, "law")
    assert weights @ nodes == approx(1 / 2 + 1 / 24, abs=1e-6) and np.ptp(weights) > 0
    narrow = zcmoe.on_cube(stats.multivariate_normal([0.5] * 4, 0.01))
    assert 1 / np.sum(scattered_nodes(narrow, 4, "law")[1] ** 2) == approx(2**18)


# ---- more regions than nodes

@pytest.mark.parametrize("shape, carried", [((2,) * 20, 8738), ((20,) * 4, 8738)])
def test_regions_without_nodes_are_refused(shape, carried):
    plain = problem(total, *[UNIFORM] * len(shape))
    for call in (zcmoe.approximation_error, zcmoe.standard_error, zcmoe.region_moments):
        most = f"at most {carried} regions for Sobol's rule, 30 nodes each, got {np.prod(shape)}"
        with pytest.raises(ValueError, match=most):
            call(plain, Boxes(shape))


def test_regions_are_refused_where_weights_leave_them_few_nodes():
    """1/Σw² = 2^18 / ∫p² = 2^18 · 18/19 for p = (x_1 + … + x_6)/3: thirty nodes each for 8278 regions, and no more."""
    with pytest.raises(ValueError, match="at most 8278 regions for Sobol's rule, 30 nodes each, got 8372"):
        zcmoe.region_moments(Problem(total, Ramp(6), None), Boxes((92, 91, 1, 1, 1, 1)))


def test_many_boxes_in_space():
    excess = zcmoe.approximation_excess(problem(total, *[UNIFORM] * 3), Boxes((30,) * 3))
    assert excess == approx(3 / 12 / 900, rel=1e-10)


def test_coverage_of_the_error_by_sobol_points(monkeypatch):
    """Voronoi cells that are cubes, 2100 to 33 nodes each, over seeds: the errors are what they are said to be."""
    from zcmoe import _cubature, _rules
    normal, scores = TruncatedNormal(0.4, 0.2), []
    rules = [_cubature.sobol_rule.__wrapped__(3, seed) for seed in range(3)]
    for beta, laws, k in [(total, [UNIFORM] * 3, 20),
                          (lambda x: np.cos(6 * x[:, 0]) + x[:, 1] ** 2, [normal, UNIFORM, TENTH], 10),
                          (lambda x: np.where(x[:, 0] > 0.3, 1.0, 0.0), [normal, UNIFORM, TENTH], 5)]:
        random = problem(beta, *laws)
        centers = (np.stack(np.meshgrid(*[np.arange(k)] * 3, indexing="ij"), -1).reshape(-1, 3) + 0.5) / k
        truth = zcmoe.approximation_excess(random, Boxes((k,) * 3))
        for nodes in rules:
            monkeypatch.setattr(_rules, "sobol_rule", lambda d, nodes=nodes: nodes)
            rule = Voronoi(centers)
            _, answer, error = asked(random, rule)
            scores.append((answer - truth) / error)
    assert 0.4 < np.sqrt(np.mean(np.square(scores))) < 1.8
    assert np.abs(scores).max() < 5 and abs(np.mean(scores)) < 1


# ---- indices and sizes

@pytest.mark.parametrize("make, words", [
    (lambda: Boxes((2,) * 64), "at most 2\\^63 - 1 boxes, got 1.84e\\+19"),
    (lambda: Boxes((10**7,) * 3), "got 1e\\+21"),
    (lambda: zcmoe.fit_experts(Boxes((2,) * 40), np.full((1, 40), 0.5), [1.0]), "1099511627776 regions"),
    (lambda: zcmoe.RunningExperts(Boxes((2,) * 40)), "1099511627776 regions"),
    (lambda: Voronoi([[1e200, 0], [-1e200, 0]]), r"at most 1e\+08, got 1e\+200"),
    (lambda: Voronoi([[1e200, 0], [-1e200, 0]], domain=(-np.inf, np.inf)), r"at most 1e\+150"),
    (lambda: LatticeCells("A2", 1e-9), "at most 1048576 cells, got 1e-09 with at least 1.15e\\+18"),
    (lambda: LatticeCells("BW16", 0.84), "at most 10 dimensions .*0.84 leaves at least 3738. cells, .* 131070 sides"),
    (lambda: LatticeCells("BW16", 0.1), "at most 1048576 cells, got 0.1 with at least 6.25e"),
    (lambda: LatticeCells("E8", 0.05), "at least"),
    (lambda: LatticeCells("A9", 0.1), "one of Z, A2, .* got 'A9'"),
])
def test_sizes_are_refused_at_once(make, words):
    start = time.process_time()
    with pytest.raises(ValueError, match=words):
        make()
    assert time.process_time() - start < 2


@pytest.mark.parametrize("shape", [(2,) * 62, (1,) * 70 + (3,), (10**6,) * 3])
def test_the_largest_indices_are_right(shape):
    boxes = Boxes(shape)
    assert boxes.route(np.ones((1, len(shape))))[0] == boxes.n_regions - 1
    assert boxes.route(np.zeros((1, len(shape))))[0] == 0


@pytest.mark.parametrize("other", [(np.nextafter(0.5, 1), 0.5), (0.5, np.nextafter(0.5, 0)),
                                   (np.nextafter(0.5, 1), np.nextafter(0.5, 1))])
def test_centres_one_ulp_apart(other):
    """polygon and route agree: the bisector is the line through the middle."""
    centers = np.array([[0.5, 0.5], other, [0.9, 0.2]])
    cells, x = Voronoi(centers), np.random.default_rng(0).random((4000, 2))
    region, step = cells.route(x), centers[1] - centers[0]
    side = (x - centers[0]) @ step > step @ step / 2
    pair = region < 2
    assert np.array_equal(region[pair], side[pair].astype(int))
    areas = zcmoe.region_geometry(problem(total, UNIFORM, UNIFORM), cells).volume
    assert areas.sum() == approx(1, abs=1e-12) and areas[:2] == approx([np.mean(region == i) for i in (0, 1)], abs=0.03)
    for i in (0, 1):
        polygon = cells.polygon(i)
        sign = (1, -1)[i]
        assert np.all((polygon - centers[0]) @ step * sign <= sign * step @ step / 2 + 1e-15 * np.abs(step).max())


# ---- without end

def test_lattice_by_name_and_its_numbers():
    assert LatticeCells("A2", 0.1) == LatticeCells(LATTICES["A2"], 0.1)
    start = time.process_time()
    assert LatticeCells("A2", 0.005).n_regions == approx(1 / (0.005**2 * LATTICES["A2"].volume), rel=0.02)
    assert time.process_time() - start < 5


def test_twenty_thousand_plane_regions():
    """Areas and probabilities sum to 1, J to its value at high rate; the benchmarks have a hundred thousand.

    More than 2^14 of them have at most eight sides, which are cut out in two parts.
    """
    waves = cosine_squares(uniform(2))
    cells = Voronoi(np.random.default_rng(0).random((20_000, 2)))
    moments = zcmoe.region_moments(waves, cells)
    assert moments.probability.sum() == approx(1, rel=1e-12)
    assert moments.probability @ moments.mean == approx(1 / 3, rel=1e-9)
    few = Voronoi(cells.centers[:3000])
    rate = zcmoe.anisotropic_error(waves, few) - waves.noise_variance
    assert zcmoe.approximation_excess(waves, few) == approx(rate, rel=0.01)


@pytest.mark.parametrize("name", ["circle", "circle and its middle", "line", "outside", "grid"])
def test_cells_of_special_centres(name):
    turn = np.arange(60) * np.pi / 30
    ring = 0.5 + 0.3 * np.column_stack([np.cos(turn), np.sin(turn)])
    grid = np.stack(np.meshgrid(np.arange(7) / 7, np.arange(7) / 7), -1).reshape(-1, 2)
    centers = {"circle": ring, "circle and its middle": np.r_[ring, [[0.5, 0.5]]], "line": ring * [1, 0] + [0, 0.3],
               "outside": 5 * ring - 3, "grid": grid}[name]
    centers = np.unique(centers.round(12), axis=0)
    cells = Voronoi(centers)
    nodes, weights, region, *_ = cells.cubature(problem(total, UNIFORM, UNIFORM), "volume")
    assert weights.sum() == approx(1, abs=1e-13) and weights[cells.route(nodes) != region].sum() < 1e-13
    assert sum(len(index) for index, _, _ in plane_cells(centers)) == len(centers)
    for i in range(len(centers)):
        polygon = cells.polygon(i)
        if len(polygon) > 2:  # it has an area, and its middle is its centre's
            assert cells.route(polygon.mean(axis=0)[None])[0] == i


@pytest.mark.parametrize("law, border", [(stats.beta(0.1, 2), 2.0**-51), (stats.beta(2, 0.3), 1 - 2.0**-50)])
@pytest.mark.parametrize("cut", [
    lambda b: Intervals([0, b, 1]), lambda b: zcmoe.LevelSets(lambda x: x, [0, b, 1]),
    lambda b: zcmoe.PowerDiagram([[0.0], [1.0]], [2 * b - 1, 0])], ids=["intervals", "level sets", "powers"])
def test_a_border_a_few_floats_from_an_end(law, border, cut):
    """Where the density is infinite much lies beyond it. E e^(tX) is Kummer's function; there e^x is 1, or e."""
    problem, moments = Problem(np.exp, law, None), special.hyp1f1(law.args[0], sum(law.args), [1.0, 2.0])
    inside, end = (law.sf(border), 1.0) if border < 0.5 else (law.cdf(border), np.e)
    first, second = moments - (1 - inside) * np.array([end, end**2])
    found = zcmoe.region_moments(problem, cut(border)).probability
    assert found == approx([law.cdf(border), law.sf(border)], rel=1e-9)
    excess = zcmoe.approximation_excess(problem, cut(border))
    assert excess == approx(second - first**2 / inside, rel=1e-9)


# ---- at random

@settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_no_answer_is_off_by_six_of_its_errors(case):
    """Laws, functions and regions of which the exact answer is known."""
    assert off(case)[0] < 6
