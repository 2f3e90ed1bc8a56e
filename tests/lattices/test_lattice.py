"""Nearest lattice points against brute force, translations and ties."""

import numpy as np
import pytest
from pytest import approx

from settings_lattices import COVERING, DECODED, HEXAGONS, LEECH, short_vectors
from zcmoe import lattices
from zcmoe.lattices import LATTICES


def shaped(points, lattice):
    return points.reshape(-1) if lattice.dimension == 1 else points


def cloud(lattice, size=2000, seed=5):
    """Random points over some twenty cells a side."""
    return np.random.default_rng(seed).normal(0, 6, (size, lattice.dimension))


def decoded(lattice, points):
    return lattice.nearest(shaped(points, lattice)).reshape(points.shape)


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
    first_coset = LATTICES["A3*"].nearest([[0.25, 0.25, 0.25], [0.75, 0.75, 0.75]])
    assert first_coset.tolist() == [[0, 0, 0], [1, 1, 1]]
    first_coordinate = LATTICES["D4"].nearest([[1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]])
    assert first_coordinate.tolist() == [[2, 0, 0, 0], [0, 0, 0, 0]]


def test_a_lattice_of_your_own_has_all_integers_unless_said_otherwise():
    plain = lattices.Lattice("Z2", np.eye(2), 1 / 12, True, "", "", scale=np.ones(2), offsets=np.zeros((1, 2)))
    assert plain.nearest([[0.6, 0.1], [-0.2, 2.9]]).tolist() == [[1, 0], [0, 3]]


def test_empty_and_strided_input():
    lattice = LATTICES["A2"]
    assert lattice.nearest(np.empty((0, 2))).shape == (0, 2)
    points = cloud(lattice)
    assert np.array_equal(lattice.nearest(np.asfortranarray(points)[::3]), lattice.nearest(points)[::3])


@pytest.mark.parametrize("call, message", [
    (lambda: HEXAGONS.nearest([1.0, 2.0]), r"points must have shape \(n, 2\), got \(2,\)"),
    (lambda: LATTICES["Z"].nearest([[1.0]]), r"points must have shape \(n,\), got \(1, 1\)"),
    (lambda: HEXAGONS.nearest([[0.0, 1.0], [np.nan, 0.0]]), r"every points must be finite, got nan at index \(1, 0\)"),
    (lambda: HEXAGONS.nearest([[0.0, -1e20]]), r"every points must lie in .* got -1e\+20 at index \(0, 1\)"),
    (lambda: LEECH.nearest(np.zeros((1, 24))), "lattice Leech has no decoder: choose"),
    (lambda: lattices.Lattice("no", np.eye(2), 0.0795, True, "", ""),
     "at least the sphere bound 0.0795775 in dimension 2"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
