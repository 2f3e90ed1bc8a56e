import itertools

import numpy as np
import pytest
from pytest import approx
from scipy.optimize import minimize_scalar

from zcmoe import lattices
from zcmoe.lattices import LATTICES, cell_second_moment, cell_vertices, second_moment, sphere_bound, zador_bound

DECODED = ["Z", "A2", "A3", "A3*", "D4", "D5*", "E6*", "E7*", "E8", "BW16"]

# Second moment, cell volume and the first shells (squared length: how many vectors), from the literature.
KNOWN = {
    "Z": (0.083333333, 1, {1: 2}),
    "A2": (0.080187537, np.sqrt(0.75), {1: 6}),
    "A3": (0.078745066, 2, {2: 12, 4: 6}),
    "A3*": (0.078543281, 0.5, {0.75: 8, 1: 6}),
    "D4": (0.076603235, 2, {2: 24, 4: 24}),
    "D5*": (0.075625443, 0.5, {1: 10, 1.25: 32}),
    "E6*": (0.074243697, np.sqrt(1 / 3), {4 / 3: 54, 2: 72}),
    "E7*": (0.073116493, np.sqrt(1 / 2), {1.5: 56, 2: 126}),
    "E8": (0.071682099, 1, {2: 240, 4: 2160}),
    "K12": (0.070095600, 27, {4: 756}),
    "BW16": (0.068297622, 16, {4: 4320, 6: 61440}),
    "Leech": (0.06577, 1, {4: 196560}),
}

# Squared covering radii: no point is farther from the lattice.
COVERING = {"Z": 1 / 4, "A2": 1 / 3, "A3": 1, "A3*": 5 / 16, "D4": 1, "D5*": 9 / 16, "E6*": 2 / 3, "E7*": 7 / 8, "E8": 1, "BW16": 3}


def short_vectors(generator, norm):
    """All lattice vectors up to a squared length, coordinate by coordinate: the bases are triangular."""
    assert not np.tril(generator, -1).any()
    found = np.zeros((1, len(generator)))
    for axis, row in enumerate(generator * np.sign(np.diag(generator))[:, None]):
        reach = np.sqrt(np.maximum(norm + 1e-9 - (found[:, :axis] ** 2).sum(axis=1), 0))
        low, high = np.ceil((-reach - found[:, axis]) / row[axis]), np.floor((reach - found[:, axis]) / row[axis])
        counts = np.maximum(high - low + 1, 0).astype(int)
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)
        found = np.repeat(found, counts, axis=0) + steps[:, None] * row
    return found


def shaped(points, lattice):
    return points.reshape(-1) if lattice.dimension == 1 else points


def cloud(lattice, size=2000, seed=5):
    """Random points over some twenty cells a side."""
    return np.random.default_rng(seed).normal(0, 6, (size, lattice.dimension))


def decoded(lattice, points):
    return lattice.nearest(shaped(points, lattice)).reshape(points.shape)


def test_the_names():
    assert list(LATTICES) == list(KNOWN)
    assert [name for name, lattice in LATTICES.items() if lattice.has_decoder] == DECODED
    assert [name for name, lattice in LATTICES.items() if not lattice.exact] == ["Leech"]


@pytest.mark.parametrize("name", KNOWN)
def test_second_moment_volume_and_shells(name):
    lattice, (moment, volume, shells) = LATTICES[name], KNOWN[name]
    assert lattice.normalized_second_moment == approx(moment, abs=1e-9)
    assert lattice.volume == approx(volume, rel=1e-12)
    squares = (short_vectors(lattice.generator, max(shells)) ** 2).sum(axis=1)
    lengths, counts = np.unique(np.round(squares, 9), return_counts=True)
    assert dict(zip(lengths[1:], counts[1:])) == approx({round(square, 9): count for square, count in shells.items()})


@pytest.mark.parametrize("name, roots, determinant", [("E6*", 72, 3), ("E7*", 126, 2), ("E8", 240, 1)])
def test_the_dual_is_the_root_lattice(name, roots, determinant):
    """E6, E7, E8 are the even lattices of these determinants and numbers of vectors of squared length 2."""
    dual = np.linalg.inv(LATTICES[name].generator).T
    gram = dual @ dual.T
    assert gram == approx(np.rint(gram), abs=1e-9) and (np.rint(np.diag(gram)) % 2 == 0).all()
    assert np.linalg.det(gram) == approx(determinant)
    squares = (short_vectors(np.triu(dual[::-1, ::-1]), 2) ** 2).sum(axis=1)
    assert np.sum(np.abs(squares - 2) < 1e-9) == roots


@pytest.mark.parametrize("name, dual", [("A3", "A3*"), ("A3*", "A3"), ("E8", "E8"), ("Leech", "Leech"), ("Z", "Z")])
def test_duals(name, dual):
    """The bases of a lattice and of its dual's dual differ by an integer matrix of determinant 1."""
    change = LATTICES[dual].generator @ LATTICES[name].generator.T
    assert change == approx(np.rint(change), abs=1e-9)
    assert abs(np.linalg.det(change)) == approx(1)


@pytest.mark.parametrize("name", DECODED)
def test_measured_second_moment(name):
    measured = second_moment(LATTICES[name], log2_points=12, rng=2)
    assert abs(measured.estimate - LATTICES[name].normalized_second_moment) < 4 * measured.standard_error < 2e-3


@pytest.mark.parametrize("name", DECODED)
def test_nearest_is_nearest(name):
    """A lattice point within the covering radius is the nearest when no vector up to twice that radius leads
    to a nearer one: beyond, the triangle inequality forbids it."""
    lattice = LATTICES[name]
    points = cloud(lattice, 40 if name == "BW16" else 2000)
    nearest = decoded(lattice, points)
    coefficients = nearest @ np.linalg.inv(lattice.generator)
    assert coefficients == approx(np.rint(coefficients), abs=1e-9)
    error = points - nearest
    squares = (error**2).sum(axis=1)
    assert squares.max() <= COVERING[name] + 1e-12
    # For BW16 the vectors that bound the cell, of squared length 4 and 6, are enough.
    moves = short_vectors(lattice.generator, 6 if name == "BW16" else 4 * COVERING[name])
    rivals = squares[:, None] - 2 * error @ moves.T + (moves**2).sum(axis=1)
    assert rivals.min(axis=1) == approx(squares, abs=1e-12)


@pytest.mark.parametrize("name", ["Z", "A2", "A3", "A3*", "D4"])
def test_nearest_equals_brute_force(name):
    """Against all lattice points around, without a word on cells or radii."""
    lattice = LATTICES[name]
    points = np.random.default_rng(3).uniform(-1, 1, (300, lattice.dimension))
    around = short_vectors(lattice.generator, 9 * lattice.dimension)
    distances = ((points[:, None] - around) ** 2).sum(axis=2)
    assert ((points - decoded(lattice, points)) ** 2).sum(axis=1) == approx(distances.min(axis=1), abs=1e-14)


@pytest.mark.parametrize("name", DECODED)
def test_nearest_commutes_with_lattice_translations(name):
    lattice = LATTICES[name]
    points = cloud(lattice)
    move = np.random.default_rng(1).integers(-9, 10, points.shape) @ lattice.generator
    assert decoded(lattice, points + move) == approx(decoded(lattice, points) + move, abs=1e-9)
    assert decoded(lattice, lattice.generator) == approx(lattice.generator, abs=1e-12)


@pytest.mark.parametrize("name", DECODED)
def test_equal_points_are_equal_bits(name):
    """However a lattice point is reached, its bytes are the same, and zero has no sign."""
    lattice = LATTICES[name]
    nearest = decoded(lattice, cloud(lattice, 500))
    again = decoded(lattice, nearest)
    noise = np.random.default_rng(4).uniform(-0.1, 0.1, nearest.shape)  # stays inside the cell
    assert again.tobytes() == nearest.tobytes() == decoded(lattice, nearest + noise).tobytes()
    zero = decoded(lattice, -noise)
    assert not zero.any() and not np.signbit(zero).any()


@pytest.mark.parametrize("name", ["Z", "A2", "A3*", "D4", "E8"])
def test_ties_do_not_depend_on_the_company(name, monkeypatch):
    """Points on walls and corners of cells go the same way alone, in a block and across blocks."""
    lattice = LATTICES[name]
    points = np.random.default_rng(6).integers(-8, 9, (500, lattice.dimension)) @ lattice.generator / 4
    together = decoded(lattice, points)
    monkeypatch.setattr("zcmoe.lattices.lattice._BLOCK", 7)
    assert np.array_equal(decoded(lattice, points), together)
    assert np.array_equal(np.concatenate([decoded(lattice, point[None]) for point in points[:50]]), together[:50])
    coefficients = together @ np.linalg.inv(lattice.generator)
    assert coefficients == approx(np.rint(coefficients), abs=1e-9)
    clear = decoded(lattice, points + np.linspace(1e-9, 2e-9, lattice.dimension))  # off the wall, no tie left
    assert ((points - together) ** 2).sum(axis=1) == approx(((points - clear) ** 2).sum(axis=1), abs=1e-7)


def test_ties_follow_the_rule():
    assert LATTICES["Z"].nearest([0.5, 1.5, -0.5]).tolist() == [0, 2, 0]  # to even
    assert LATTICES["A3*"].nearest([[0.25, 0.25, 0.25], [0.75, 0.75, 0.75]]).tolist() == [[0, 0, 0], [1, 1, 1]]  # first coset
    assert LATTICES["D4"].nearest([[1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]]).tolist() == [[2, 0, 0, 0], [0, 0, 0, 0]]  # first coordinate


def test_empty_and_strided_input():
    lattice = LATTICES["A2"]
    assert lattice.nearest(np.empty((0, 2))).shape == (0, 2)
    points = cloud(lattice)
    assert np.array_equal(lattice.nearest(np.asfortranarray(points)[::3]), lattice.nearest(points)[::3])


@pytest.mark.parametrize("name", KNOWN)
def test_between_the_bounds(name):
    """Sphere bound <= G <= Zador's bound, the first with equality in one dimension only."""
    n, moment = LATTICES[name].dimension, LATTICES[name].normalized_second_moment
    assert moment < zador_bound(n)
    assert moment == approx(sphere_bound(n), rel=1e-12) if n == 1 else moment > sphere_bound(n)


def test_bounds():
    assert sphere_bound(2) == approx(1 / (4 * np.pi)) and sphere_bound(3) == approx((0.75 / np.pi) ** (2 / 3) / 5)
    assert zador_bound(1) == approx(0.5) and zador_bound(2) == approx(1 / (2 * np.pi))
    limit = 1 / (2 * np.pi * np.e)
    assert limit < sphere_bound(10**5) < zador_bound(10**5) < limit * 1.0003
    assert all(np.diff([sphere_bound(n) for n in range(1, 40)]) < 0)


def test_general_formulas():
    for n, name in [(1, "Z"), (2, "A2"), (3, "A3")]:
        assert lattices.second_moment_A(n) == approx(LATTICES[name].normalized_second_moment, rel=1e-14)
    for n, name in [(1, "Z"), (2, "Z"), (3, "A3"), (4, "D4")]:
        assert lattices.second_moment_D(n) == approx(LATTICES[name].normalized_second_moment, rel=1e-14)


def test_product_is_the_best_scaling():
    """With factors scaled by 1 and e^t, the second moment of the product is least at the formula's value."""
    (G1, n1), (G2, n2) = pairs = [(LATTICES[name].normalized_second_moment, LATTICES[name].dimension) for name in ("E8", "A2")]
    of_scale = minimize_scalar(lambda t: (n1 * G1 + n2 * G2 * np.exp(2 * t)) / ((n1 + n2) * np.exp(2 * t * n2 / (n1 + n2))))
    assert lattices.product_second_moment(*pairs) == approx(of_scale.fun, rel=1e-10)
    assert lattices.product_second_moment(*[(1 / 12, 1)] * 5) == approx(1 / 12)


@pytest.mark.parametrize(
    "name, moment, volume, n_vertices, sides, area",
    [
        ("A2", KNOWN["A2"][0], np.sqrt(0.75), 6, [6], None),
        ("Z^2", 1 / 12, 1, 4, [4], None),
        ("Z^3", 1 / 12, 1, 8, [4] * 6, 6),
        ("A3", KNOWN["A3"][0], 2, 14, [4] * 12, 12 / np.sqrt(2)),
        ("A3*", KNOWN["A3*"][0], 0.5, 24, [4] * 6 + [6] * 8, (6 + 12 * np.sqrt(3)) / 8),
    ],
)
def test_cells(name, moment, volume, n_vertices, sides, area):
    vertices, faces = cell_vertices(name)
    assert len(vertices) == n_vertices and sorted(map(len, faces)) == sides
    if name != "Z^2" and name != "Z^3":
        assert cell_second_moment(vertices) == approx(LATTICES[name].normalized_second_moment, rel=1e-12)
    assert cell_second_moment(vertices) == approx(moment, abs=1e-9)
    # Each ring goes around: its edges have equal lengths and its fan of triangles the known area.
    edges = np.concatenate([vertices[np.roll(face, 1)] - vertices[face] for face in faces])
    assert np.ptp(np.linalg.norm(edges, axis=1)) < 1e-12
    if len(vertices[0]) == 3:
        fans = [np.cross(vertices[face[1:-1]] - vertices[face[0]], vertices[face[2:]] - vertices[face[0]]) for face in faces]
        areas = [np.linalg.norm(fan.sum(axis=0)) / 2 for fan in fans]
        heights = [np.abs(vertices[face] @ fan[0] / np.linalg.norm(fan[0])) for face, fan in zip(faces, fans)]
        assert max(map(np.ptp, heights)) < 1e-12  # plane faces
        assert sum(areas) == approx(area, rel=1e-12)
        assert sum(a * h[0] for a, h in zip(areas, heights)) / 3 == approx(volume, rel=1e-12)


def test_cell_of_any_reduced_basis():
    """Three directions of edges, six sides of parallelograms: a stretched box."""
    vertices, faces = cell_vertices([[1, 0, 0], [0, 2, 0], [0, 0, 3]])
    assert np.ptp(vertices, axis=0) == approx([1, 2, 3]) and len(faces) == 6
    assert cell_second_moment(vertices) == approx((1 + 4 + 9) / 36 / 6 ** (2 / 3))


def test_second_moment_of_polytopes():
    for n in (2, 3, 4):
        cube = np.array(list(itertools.product((0, 1), repeat=n)))
        assert cell_second_moment(cube + 100.0) == approx(1 / 12, rel=1e-9)
        simplex = np.eye(n + 1)[:, 1:]  # corner at 0: E||x - c||^2 = n^2 / ((n + 1)^2 (n + 2))
        volume = 1 / np.prod(np.arange(1, n + 1))
        assert cell_second_moment(simplex) == approx(n / ((n + 1) ** 2 * (n + 2)) / volume ** (2 / n))
    around = 2 * np.pi * np.linspace(0, 1, 2000, endpoint=False) ** 1.5  # vertices crowd on one side
    assert cell_second_moment(np.column_stack([np.cos(around), np.sin(around)])) == approx(sphere_bound(2), rel=1e-5)


HEXAGONS, LEECH = LATTICES["A2"], LATTICES["Leech"]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: HEXAGONS.nearest([1.0, 2.0]), r"points must have shape \(n, 2\), got \(2,\)"),
        (lambda: LATTICES["Z"].nearest([[1.0]]), r"points must have shape \(n,\), got \(1, 1\)"),
        (lambda: HEXAGONS.nearest([[0.0, 1.0], [np.nan, 0.0]]), r"every points must be finite, got nan at index \(1, 0\)"),
        (lambda: HEXAGONS.nearest([[0.0, -1e20]]), r"every points must lie in .* got -1e\+20 at index \(0, 1\)"),
        (lambda: LEECH.nearest(np.zeros((1, 24))), "lattice Leech has no decoder: choose"),
        (lambda: second_moment(LEECH), "no decoder"),
        (lambda: second_moment("A2"), "lattice must be one of LATTICES' values, got 'A2'"),
        (lambda: second_moment(HEXAGONS, log2_points=0), "log2_points must be an integer >= 1, got 0"),
        (lambda: second_moment(HEXAGONS, scrambles=1), "scrambles must be an integer >= 2, got 1"),
        (lambda: sphere_bound(0), "n must be an integer >= 1, got 0"),
        (lambda: zador_bound(1.5), "n must be an integer >= 1, got 1.5"),
        (lambda: lattices.second_moment_A(0), "n must be"),
        (lambda: lattices.second_moment_D("3"), "n must be"),
        (lambda: lattices.product_second_moment(), "factors must be pairs"),
        (lambda: lattices.product_second_moment((1 / 12, 1), 0.08), "factors must be pairs"),
        (lambda: lattices.product_second_moment((1 / 12, 0)), "dimension of a factor must be"),
        (lambda: lattices.product_second_moment((0.08, 1)), "factor must be at least the sphere bound 0.0833"),
        (lambda: lattices.check_second_moment(np.nan, 2), "normalized_second_moment must be a finite number"),
        (lambda: lattices.Lattice("no", np.eye(2), 0.0795, True, "", ""), "at least the sphere bound 0.0795775 in dimension 2"),
        (lambda: cell_vertices("D4"), "lattice must be one of Z^2, Z^3, A2, A3, A3*".replace("^", r"\^").replace("*", r"\*")),
        (lambda: cell_vertices(np.eye(4)), r"lattice must be a basis of shape \(2, 2\) or \(3, 3\)"),
        (lambda: cell_vertices([[1, 2], [2, 4]]), "lattice must be a basis"),
        (lambda: cell_vertices([[1, 0], [40, 1]]), "lattice must be given by a reduced basis"),
        (lambda: cell_second_moment([[0, 0], [1, 1], [2, 2]]), "vertices must span a volume"),
        (lambda: cell_vertices([[1, 2], [3]]), "lattice must be an array of numbers, not ragged"),
        (lambda: cell_second_moment([[1, 2], [3]]), "vertices must be an array of numbers, not ragged"),
        (lambda: cell_second_moment([0.0, 1.0]), r"vertices must have shape \(v, n\)"),
        (lambda: cell_second_moment([[0, 0], [1, 0], [0, np.inf]]), "every vertices must be finite"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_table_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        LATTICES["E8"].generator[0, 0] = 7
    with pytest.raises(AttributeError):
        LATTICES["E8"].normalized_second_moment = 0.07
