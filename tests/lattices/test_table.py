"""The table of lattices against the literature, shell by shell."""

import numpy as np
import pytest
from pytest import approx

from settings_lattices import DECODED, KNOWN, short_vectors
from zcmoe.lattices import LATTICES


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
    known = {round(square, 9): count for square, count in shells.items()}
    assert dict(zip(lengths[1:], counts[1:], strict=True)) == approx(known)


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


def test_the_table_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        LATTICES["E8"].generator[0, 0] = 7
    with pytest.raises(AttributeError):
        LATTICES["E8"].normalized_second_moment = 0.07
