"""Manifolds in many dimensions: what they are, and the rates of constants and of charts on them."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats
from scipy.spatial import cKDTree

import zcmoe
from zcmoe import PowerDiagram, Problem, Voronoi
from zcmoe.composition import parameter_count
from zcmoe.manifolds import Manifold, circle, circle_moe, curve, sphere, swiss_roll, torus


def experiment(x):
    """The first experiment's target, on the circle's coordinates."""
    return np.sin(5 * x[:, 0]) + np.cos(3 * x[:, 1])


def roll_target(x):
    return np.sin(10 * np.hypot(x[:, 0], x[:, 2])) + np.cos(2 * x[:, 1]) / 2


# manifold, D, target, m asked for; reference: regions, mean squares, first and last sup, slopes; intrinsic dimension;
# where no point lies on a border (elsewhere rounding decides)
M = (32, 64, 128, 256, 512)
CASES = {
    "circle_D16": (circle(), 16, experiment, M, M,
                   (0.02758927863911548, 0.007001969649440709, 0.0017572368528295228, 0.00043968992517241985,
                    0.00010994106333147031),
                   (0.5092186209345784, 0.03206624365899141), (-1.99356696, -0.99749844), 1, (0, 1)),
    "circle_D128": (circle(), 128, experiment, M, M,
                    (0.02758927863911548, 0.007001969649440709, 0.0017570783930930566, 0.00043968866831126796,
                     0.00010993710170363728),
                    (0.5092186209345784, 0.031923657418321316), (-1.99357777, -0.99931833), 1, (0, 1)),
    "sphere_D16": (sphere(), 16, lambda x: np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2], (64, 128, 256, 512, 1024),
                   (64, 128, 256, 512, 1024),
                   (0.03010595652329797, 0.013865165896063405, 0.007606742074986768, 0.0038408512501458335,
                    0.0017833223991074838),
                   (0.6561108827404014, 0.16444023008676945), (-1.00067859, -0.50020252), 2, (0, 1, 2, 3, 4)),
    "torus_D32": (torus(2), 32, lambda x: np.sqrt(2) * x[:, 2] + 2 * (x[:, 2] * x[:, 1] + x[:, 0] * x[:, 3]),
                  (64, 144, 256, 576, 1024), (64, 144, 256, 576, 1024),
                  (0.07415695782352022, 0.033660877143724635, 0.019141282424827308, 0.008491756267450945,
                   0.004802391364509421),
                  (1.041778353489476, 0.2913364997435971), (-0.98839374, -0.46681041), 2, (0, 1, 3)),
    "swiss_D20": (swiss_roll(), 20, roll_target, (64, 128, 256, 512, 1024), (68, 138, 264, 517, 1056),
                  (0.02337827860904466, 0.012097452689036, 0.006224375336307383, 0.003168312000153351,
                   0.001547921287446478),
                  (0.622766554053196, 0.1570974741844648), (-0.99450159, -0.50907658), 2, (0, 1, 3)),
    "torus3_D24": (torus(3, 48**3), 24,
                   lambda x: np.sqrt(3) * x[:, 3] + 3 * (x[:, 1] * x[:, 2] - x[:, 4] * x[:, 5]),
                   (216, 512, 1000, 1728), (216, 512, 1000, 1728),
                   (0.1264415677473074, 0.07230188952001061, 0.04817104315489317, 0.031637061688637454),
                   (1.2516831136764752, 0.5733357048270562), (-0.65835607, -0.36379240), 3, (0, 1, 2, 3)),
}


def zero_compute(manifold, f, centers):
    """The problem, and its best experts on the Voronoi regions of centres in R^D."""
    ambient = manifold.points.shape[1]
    problem = Problem(manifold.target(f), manifold.law, None, dimension=ambient)
    return problem, zcmoe.best_experts(problem, Voronoi(centers, domain=(-np.inf, np.inf)))


def constants(manifold, ambient, f, numbers):
    """Regions, mean square and sup of the error of zero-compute experts at the anchors."""
    embedded, found = manifold.embed(ambient, rng=0), []
    for m in numbers:
        problem, moe = zero_compute(embedded, f, embedded.anchors(m))
        error = f(manifold.coordinates) - moe.predict(embedded.points)
        found.append((moe.segmentation.n_regions, zcmoe.test_error(problem, moe), np.abs(error).max()))
    return zip(*found, strict=True)


@pytest.mark.parametrize("name", CASES)
def test_constants_err_by_the_intrinsic_dimension(name):
    """Rows 1-6: slopes -2/d and -1/d, and the reference's errors."""
    manifold, ambient, target, asked, regions, mse, ends, slopes, d, free = CASES[name]
    counted, squares, sups = constants(manifold, ambient, target, asked)
    assert counted == regions and manifold.dimension == d
    assert squares == approx(mse, rel=1e-2)  # anchors as near as rounding are chosen by chance
    assert [squares[i] for i in free] == approx([mse[i] for i in free], rel=1e-8)
    assert sups[0] == approx(ends[0], rel=1e-8) and sups[-1] == approx(ends[1], rel=0.04)
    size = np.log(regions)
    for errors, slope, theory in [(squares, slopes[0], -2 / d), (sups, slopes[1], -1 / d)]:
        ours = np.polyfit(size, np.log(errors), 1)[0]
        assert ours == approx(slope, abs=0.02) and ours == approx(theory, abs=0.05)


def test_the_dimension_around_does_not_matter():
    """Row 2: D = 16 and 128 agree to ties."""
    (_, small, _), (_, large, _) = (constants(circle(), D, experiment, (32, 64, 128, 256, 512)) for D in (16, 128))
    assert small == approx(large, rel=2e-4)


def test_the_circle_is_a_problem_in_arc_length():
    """m² times the error of m arcs: (22) and (23) of the main paper give 28.825344 and 18.361865."""
    ring = circle()
    problem = Problem(lambda t: experiment(ring.curve(t)), stats.uniform(), stats.uniform(-0.5, 1))
    even = 512**2 * (zcmoe.high_rate_error(problem, stats.uniform(), 512) - problem.noise_variance)
    best = 512**2 * (zcmoe.minimal_error(problem, 512) - problem.noise_variance)
    assert even == approx(28.825343695272917, rel=1e-9) and best == approx(18.361864660223283, rel=1e-7)
    _, (square,), _ = constants(ring, 16, experiment, [512])
    assert 512**2 * square == approx(even, rel=1e-3)
    centers = ring.curve(zcmoe.optimal_density(problem).ppf((np.arange(512) + 0.5) / 512))
    assert 512**2 * zcmoe.test_error(*zero_compute(ring, experiment, centers)) == approx(best, rel=1e-2)


def test_experts_learned_on_a_manifold():
    """Section 6 for inputs on a sphere in R^16: one training set beside the expectation over all."""
    ball = sphere(5000).embed(16, rng=0)
    problem, best = zero_compute(ball, lambda x: np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2], ball.anchors(64))
    errors = [zcmoe.test_error(problem, zcmoe.fit_experts(best.segmentation, *problem.sample(3000, rng=seed)))
              for seed in range(40)]
    expected = zcmoe.expected_test_error(problem, best.segmentation, 3000)
    assert expected > 1.01 * zcmoe.test_error(problem, best)
    assert np.mean(errors) == approx(expected, abs=4 * np.std(errors) / np.sqrt(40))


def test_a_partition_by_weights_on_a_manifold():
    """Heavier centres have more of the circle: two centres, the border where the powers are equal."""
    ring = circle(100_000)
    cut = PowerDiagram([[1.0, 0.0], [-1.0, 0.0]], [0.8, 0.0], domain=(-np.inf, np.inf))
    problem = Problem(lambda x: x[:, 1], ring.law, None, dimension=2)
    share = np.arccos(-0.2) / np.pi  # 2 u + 0.4 > -2 u - 0.4
    assert zcmoe.region_moments(problem, cut).probability == approx([share, 1 - share], abs=2e-5)


REFERENCE = {8: 0.09916221601973252, 16: 0.02617748744480064, 32: 0.006600211942339396, 64: 0.0016495339267057485,
             10: 0.06676378366240465}


def test_four_charts_on_the_circle():
    """Rows 7 and 8. A sup over points is below the true one, the reference's by up to 2e-8, and 1.2e-7 for m = 10."""
    ring = circle(400_000)
    values = experiment(ring.coordinates)
    errors = {m: circle_moe(ring, experiment, 4, m).predict(ring.points) - values for m in REFERENCE}
    sups = {m: np.abs(error).max() for m, error in errors.items()}
    for m, sup in REFERENCE.items():
        assert 0 <= sups[m] - sup < (1.2e-7 if m == 10 else 2e-8)
    slope = np.polyfit(np.log([8, 16, 32, 64]), np.log([sups[m] for m in (8, 16, 32, 64)]), 1)[0]
    assert slope == approx(-1.9716722843765289, abs=1e-5)
    assert np.mean(errors[10] ** 2) == approx(7.144266392954819e-4, rel=1e-8)


@pytest.mark.parametrize("ambient", [16, 32, 64, 128])
def test_charts_do_not_see_the_dimension_around_them(ambient):
    plane = circle(4000)
    far = plane.embed(ambient, rng=1)
    here, there = (circle_moe(ring, experiment, 4, 10).predict(ring.points) for ring in (plane, far))
    assert there == approx(here, abs=1e-13)


def test_charts_route_to_the_nearest_anchor_and_count_their_numbers():
    ring = circle(1000).embed(16, rng=0)
    network = circle_moe(ring, experiment, 5, 7, angle=0.3)
    anchors = np.stack([np.cos(0.3 + 2 * np.pi * np.arange(5) / 5), np.sin(0.3 + 2 * np.pi * np.arange(5) / 5)], axis=1)
    nearest = cKDTree(anchors @ ring.frame).query(ring.points)[1]
    assert np.array_equal(network.route(ring.points)[:, 0], nearest)
    assert parameter_count(network) == (5, 5 * (16 + 3 * 7 + 1), 5 * 16)
    assert np.abs(network.predict(ring.points) - experiment(ring.coordinates)).max() < 0.15
    corner = ring.frame.T @ [np.cos(0.3), np.sin(0.3)]  # the middle of a chart, no knot for odd m
    tangent = np.array([-np.sin(0.3), np.cos(0.3)])
    step = np.sin(np.pi / 5) / 7
    ends = [np.sqrt(1 - step**2) * anchors[0] + s * step * tangent for s in (-1, 1)]
    assert network.predict(corner[None]) == approx(experiment(np.array(ends)).mean(), rel=1e-12)


@pytest.mark.parametrize("manifold, d, k", [(circle(5000), 1, 2), (sphere(5000), 2, 3), (torus(2, 4900), 2, 4),
                                            (torus(3, 8000), 3, 6), (swiss_roll(4900), 2, 3)])
def test_embedding_keeps_distances_and_weights(manifold, d, k):
    assert (manifold.dimension, manifold.coordinates.shape[1]) == (d, k)
    assert manifold.weights.sum() == approx(1, rel=1e-12) and np.array_equal(manifold.points, manifold.coordinates)
    far = manifold.embed(40, rng=3)
    pairs = np.random.default_rng(0).integers(0, len(manifold.points), (2, 300))
    apart = [np.linalg.norm(points[pairs[0]] - points[pairs[1]], axis=1) for points in (manifold.points, far.points)]
    assert far.points.shape[1] == 40 and apart[1] == approx(apart[0], abs=1e-12)
    assert far.anchors(50) @ far.frame.T == approx(manifold.anchors(50), abs=1e-12)
    assert np.array_equal(far.points, manifold.embed(40, rng=3).points)


def test_means_over_the_manifolds():
    """Moments in closed form: the quadrature is right where it is used."""
    u, v = circle(1000).coordinates.T
    assert np.mean(u**2 * v**2) == approx(1 / 8, rel=1e-12)
    x, y, z = sphere().coordinates.T
    assert [np.mean(x**2), np.mean(z**4), np.mean(x**2 * y**2)] == approx([1 / 3, 1 / 5, 1 / 15], rel=1e-4)
    flat = torus(3, 1000).coordinates
    assert (flat**2).mean(axis=0) == approx(1 / 6, rel=1e-12)
    assert np.linalg.norm(flat, axis=1) == approx(1, rel=1e-12)
    roll = swiss_roll().coordinates
    radius = np.hypot(roll[:, 0], roll[:, 2])
    low, high = 0.15 * np.pi, 0.45 * np.pi

    def power(p):  # ∫ r^p √(1 + 100 r²) dr / ∫ √(1 + 100 r²) dr: arc length of the spiral r = t/10
        r = np.linspace(low, high, 100_001)
        return np.trapezoid(r**p * np.sqrt(1 + 100 * r**2), r) / np.trapezoid(np.sqrt(1 + 100 * r**2), r)

    assert [radius.mean(), (radius**2).mean()] == approx([power(1), power(2)], rel=1e-5)
    assert roll[:, 1].mean() == approx(1.05) and roll[:, 1].min() > 0 and roll[:, 1].max() < 2.1


def test_the_net_of_the_swiss_roll_has_square_cells():
    """√(m L/2.1) rows, rounded, for a spiral of length L: the numbers m of which the root is just above a half."""
    low, high = 1.5 * np.pi, 4.5 * np.pi
    length = np.diff([(t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 20 for t in (low, high)])[0]
    root = np.sqrt(np.arange(1, 10_000) * length / 2.1)
    roll = swiss_roll(100)
    for m in np.argsort((root - 0.5) % 1)[:5] + 1:
        x, _, z = roll.anchors(m).T
        assert np.unique(np.hypot(x, z).round(9)).size == round(root[m - 1])


def test_neighbouring_points_of_the_sphere_keep_their_distance():
    points = sphere(2000).points
    nearest = cKDTree(points).query(points, k=2)[0][:, 1]
    assert nearest.min() * np.sqrt(2000 / (4 * np.pi)) > 0.8  # an even spiral; hexagons would have 1.07


def test_your_own_curve_goes_by_arc_length():
    """A quarter circle at uneven speed is the quarter circle."""
    def path(t):
        angle = np.pi / 2 * t**3 + 0.1 * t
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)

    quarter = curve(path, 500)
    angles = np.arctan2(*quarter.points.T[::-1])
    assert angles == approx((np.pi / 2 + 0.1) * (np.arange(500) + 0.5) / 500, abs=1e-8)
    assert np.arctan2(*quarter.anchors(2).T[::-1]) == approx((np.pi / 2 + 0.1) * np.array([0.25, 0.75]), abs=1e-8)


def test_your_own_manifold_is_points_and_weights():
    own = Manifold([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]], [0.5, 0.25, 0.25])
    assert own.weights @ own.points == approx([0.25, 0.5])
    assert own.embed(5, rng=0).weights.tolist() == [0.5, 0.25, 0.25]
    with pytest.raises(ValueError, match=r"anchors need a net, Manifold\(3 points, dimension 1 in 2\) has none"):
        own.anchors(2)


@pytest.mark.parametrize("make, message", [
    (lambda: Manifold([1.0, 2.0]), r"coordinates must have shape \(n, k\), got \(2,\)"),
    (lambda: Manifold([[1.0]], dimension=2), "dimension must be at most that of the coordinates, 1, got 2"),
    (lambda: Manifold(np.eye(2), [0.0, 0.0]), "weights must have a positive finite sum, got 0"),
    (lambda: Manifold(np.eye(2), [1.5, -0.5]), "every weights must lie in"),
    (lambda: Manifold([[1.0], [2.0]], frame=[[1.0, 1.0]]), "frame must have orthonormal rows, .* up to 1"),
    (lambda: circle(10).embed(1), "ambient must be an integer >= 2, got 1"),
    (lambda: circle(0), "n must be an integer >= 1, got 0"),
    (lambda: torus(0), "dimension must be an integer >= 1, got 0"),
    (lambda: curve(lambda t: np.stack([t * 0, t * 0], axis=1)), "path must not stand still, it does at t = 0"),
    (lambda: curve(np.square), r"values of path must have shape \(65537, k\), got \(65537,\)"),
    (lambda: circle_moe(sphere(10), experiment, 4, 10), "circle with two coordinates, got 3"),
    (lambda: circle_moe(circle(10), experiment, 1, 10), "n_experts must be an integer >= 2, got 1"),
])
def test_bad_input_is_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
