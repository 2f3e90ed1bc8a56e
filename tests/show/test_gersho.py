"""The figures of the chapter show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

from zcmoe.lattices import cell_vertices, sphere_bound
from zcmoe.show import gersho


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("turn, tilt", [(33, 21), (200, -50)])  # views along no face
def test_half_of_the_faces_are_seen(turn, tilt):
    for name, faces in ("Z^3", 6), ("A3", 12), ("A3*", 14):
        fig, ax = plt.subplots()
        gersho._solid(ax, cell_vertices(name), turn, tilt)
        assert len(ax.patches) == faces / 2


def test_the_ladder_says_the_three_moments():
    fig, alt = gersho.ladder([1 / 12, 0.0801875, 0.0785433], cell_vertices("A2"), cell_vertices("A3*"))
    said = [text.get_text() for ax in fig.axes for text in ax.texts]
    assert ["0.08333" in said[0], "0.08019" in said[1], "0.07854" in said[2]] == [True] * 3
    assert len(fig.axes[2].patches) == 7 and "0.07854" in alt
    sides = np.diff(fig.axes[1].patches[0].get_xy(), axis=0)
    assert np.linalg.norm(sides, axis=1) == approx(1)  # of a hexagon whose corners are 1 from its centre, in order


@pytest.mark.parametrize("sides", [4, 6])
def test_what_sticks_out_of_the_ball_is_as_large_as_what_is_left_free(sides):
    fig, alt = gersho.ball(sides)
    fills = [cell.get_xy() for cell in fig.axes[0].patches if len(cell.get_xy()) > sides + 1]
    areas = [abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2 for x, y in (xy.T for xy in fills)]
    corners, caps = areas[::2], areas[1::2]
    assert len(corners) == len(caps) == sides and corners == approx(caps, rel=0.01)
    assert f"{sides} sides" in alt


def test_faces_are_flat_and_closed():
    for name in ("Z^3", "A3", "A3*"):
        cell = cell_vertices(name)
        edges = [frozenset(pair) for face in cell.faces for pair in zip(face, np.roll(face, 1), strict=True)]
        assert all(edges.count(edge) == 2 for edge in set(edges))
        assert len(cell.vertices) - len(set(edges)) + len(cell.faces) == 2  # Euler


def test_the_league_shows_no_dimension_beyond_its_reach():
    names, dimensions, moments = ["ℤ", "A2", "E8"], [1, 2, 8], [1 / 12, 0.0802, 0.0717]
    fig, alt = gersho.league(names, dimensions, moments, 3)
    (ax,) = fig.axes
    assert [text.get_text() for text in ax.texts] == ["ℤ", "A2"]
    assert max(line.get_xdata().max() for line in ax.lines) == 3
    assert ax.lines[0].get_ydata()[1] == approx(sphere_bound(2)) and "0.08020 for A2 in dimension 2" in alt


def test_gains_end_at_the_chosen_rate():
    fig, alt = gersho.gains(np.array([1.0, 3.0, 5.0]), np.array([2.0, 4.0, 9.0]), 2)
    assert "3.00 dB" in alt
    assert fig.axes[1].lines[0].get_xdata().tolist() == [1, 2]
    assert fig.axes[1].lines[0].get_ydata().tolist() == [2, 3]


def test_polygons_carry_their_numbers():
    fig, alt = gersho.polygons({"square": ([[0, 0], [2, 0], [2, 2], [0, 2]], 1 / 12)})
    corners = fig.axes[0].patches[0].get_xy()
    assert np.ptp(corners[:, 0]) == approx(1) and "0.083333" in alt
