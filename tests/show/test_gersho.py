"""The figures of the chapter show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx
from scipy import stats

from zcmoe import quantization
from zcmoe.lattices import cell_vertices, sphere_bound
from zcmoe.show import gersho


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_equal_steps_become_the_thresholds():
    law = stats.norm()
    fig, alt = gersho.companding(law, quantization.compander(law), 4, (-4, 4))
    quartiles = stats.norm(scale=np.sqrt(3)).ppf([0.25, 0.5, 0.75])  # λ* of a normal law is √3 times as wide
    drawn = [segment[0, 0] for segment in fig.axes[1].collections[1].get_segments()]
    assert drawn == approx(quartiles, abs=1e-7)


@pytest.mark.parametrize("name, faces", [("Z^3", 6), ("A3", 12), ("A3*", 14)])
def test_half_of_the_faces_are_seen(name, faces):
    fig, alt = gersho.solid(cell_vertices(name), 33, 21, name)  # a view along no face
    assert len(fig.axes[0].patches) == faces / 2 and f"{faces} faces" in alt


def test_faces_are_flat_and_closed():
    for name in ("Z^3", "A3", "A3*"):
        cell = cell_vertices(name)
        edges = [frozenset(pair) for face in cell.faces for pair in zip(face, np.roll(face, 1), strict=True)]
        assert all(edges.count(edge) == 2 for edge in set(edges))
        assert len(cell.vertices) - len(set(edges)) + len(cell.faces) == 2  # Euler


def test_league_converts_to_decibels():
    moments = [1 / 12, sphere_bound(2)]
    fig, alt = gersho.league(["Z", "ball"], [1, 2], moments, [1 / 12, np.nan], [1e-5, np.nan], "gain")
    dots = next(line for line in fig.axes[0].lines if line.get_label() == "closed form")
    assert dots.get_ydata() == approx([0, 10 * np.log10((1 / 12) / sphere_bound(2))], abs=1e-12)


def test_gains_and_polygons_carry_their_numbers():
    _, alt = gersho.gains(np.array([1.0, 3.0]), np.array([2.0, 4.0]), 2)
    assert "3.00 dB" in alt
    fig, alt = gersho.polygons({"square": ([[0, 0], [2, 0], [2, 2], [0, 2]], 1 / 12)})
    corners = fig.axes[0].patches[0].get_xy()
    assert np.ptp(corners[:, 0]) == approx(1) and "0.083333" in alt
