"""The figures of the chapter show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pytest import approx

from zcmoe.composition import tent_network
from zcmoe.show import expressive_power


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("places", [np.eye(3)[:, :2], np.eye(3)])
def test_a_manifold_shows_its_constants_and_no_error_beyond_m(places):
    answers, sizes, errors = np.array([0.1, 0.2, 0.3]), [16, 64, 256], [0.4, 0.1, 0.025]
    fig, alt = expressive_power.constants(places, answers, sizes, errors, 64, 2, 16)
    shape, ax = fig.axes
    assert sorted(shape.collections[0].get_array()) == approx(answers)
    here, slope, ambient = ax.lines
    assert here.get_xdata().tolist() == [16, 64] and here.get_ydata() == approx([0.4, 0.1])
    assert slope.get_ydata() == approx([0.4, 0.4 / 4]) and ambient.get_ydata() == approx([0.4, 0.4 * 4**-0.125])
    assert "1.00e-01" in alt and "1.00e-01" in fig.get_suptitle() and "2.50e-02" not in alt
    assert len(expressive_power.constants(places, answers, sizes, errors, 16, 2, 16)[0].axes[1].lines) == 1


def test_what_is_in_front_is_drawn_last():
    above, below = [0.0, 0.0, 1.0], [0.0, 0.0, -1.0]
    for places in ([above, below], [below, above]):
        fig, _ = expressive_power.constants(np.array(places), np.array([p[2] for p in places]), [16], [0.4], 16, 2, 16)
        assert fig.axes[0].collections[0].get_array().tolist() == [-1, 1]


def test_charts_draw_every_piece_once():
    angles = np.arange(8) * 45 + 22.5
    experts = np.array([0, 1, 1, 2, 2, 3, 3, 0])
    fig, alt = expressive_power.charts(angles, np.zeros(8), np.ones(8), experts, [0, 90, 180, 270], "error 1.0")
    circle, ax = fig.axes
    arcs, tangents, dots = circle.lines[:5], circle.lines[5::2], circle.lines[6::2]
    assert [arc.get_xdata().size for arc in arcs] == [1, 2, 2, 2, 1]  # expert 0 at both ends
    for line, dot in zip(tangents, dots, strict=True):
        at, direction = np.ravel(dot.get_data()), np.diff(line.get_data(), axis=1).ravel()
        assert at @ direction == approx(0, abs=1e-12) and at @ at == approx(1)
        assert np.linalg.norm(direction) == approx(np.sqrt(2))
    assert ax.lines[0].get_ydata().tolist() == [0] * 8 and ax.lines[1].get_ydata().tolist() == [1] * 8
    assert fig.get_suptitle() == "error 1.0" and "0, 90, 180, 270 degrees" in alt


def test_regions_are_the_routes():
    routed = np.array([[0, 0, 1], [0, 1, 1], [0, 1, 1]])
    fig, alt = expressive_power.regions(routed, 1, np.array([[-0.5, 0], [0.5, 0], [2, 2]]), "two used")
    (image,) = fig.axes[0].images
    colours = np.asarray(image.get_array())
    assert image.origin == "lower" and len(np.unique(colours.reshape(-1, colours.shape[2]), axis=0)) == 2
    assert np.array_equal(colours[0, 0], colours[2, 0]) and not np.array_equal(colours[0, 0], colours[0, 2])
    assert "expert 0 44%, expert 1 56%, expert 2 0%" in alt


def test_the_ring_shows_who_answers_and_nothing_outside():
    answers = np.array([[np.nan, 0.0], [1.0, 1.0]])
    fig, alt = expressive_power.ring(answers, 2, "wrong on 25%")
    (image,) = fig.axes[0].images
    seen = image.get_array()
    assert seen[..., 3].tolist() == [[0, 1], [1, 1]]
    assert (seen[1, 0] == seen[1, 1]).all() and (seen[0, 1] != seen[1, 1]).any()
    assert fig.axes[0].patches[0].radius == 1 and "wrong on 25%" in alt


def test_cells_have_the_letter_of_their_map():
    fig, alt = expressive_power.maps(np.array([[0, 1], [0, 2]]), "3 maps")
    letters = {text.get_position(): text.get_text() for text in fig.axes[0].texts[:4]}
    assert letters == {(0.5, 0.5): "A", (1.5, 0.5): "B", (0.5, 1.5): "A", (1.5, 1.5): "C"}
    shades = fig.axes[0].images[0].get_array()
    assert (shades[0, 0] == shades[1, 0]).all() and "A C; A B" in alt and "3 maps" in fig.get_suptitle()


def test_prices_are_drawn_for_both():
    fig, alt = expressive_power.prices([1.585, 3.17], [3, 6], [3, 9])
    flat, deep = fig.axes[0].lines
    assert flat.get_ydata().tolist() == [3, 9] and deep.get_ydata().tolist() == [3, 6]
    assert deep.get_xdata().tolist() == [1.585, 3.17] and "3.2 bits 6 in layers, 9 in one" in alt


def test_segments_are_drawn_beside_the_deep_network():
    fig, alt = expressive_power.segments(np.array([0.08, 0.05, 0.02, 0.0]), 2)
    curve, deep = fig.axes[0].lines
    assert curve.get_xydata().tolist() == [[1, 0.08], [2, 0.05], [3, 0.02], [4, 0.0]]
    assert deep.get_xydata().tolist() == [[2, 0]] and "With 2 it is 0.050" in alt


def test_the_way_of_an_input_is_lit():
    tent = tent_network(3, 2)
    steps, path = [0.36, 0.92, 0.76], tent.route([0.36])[0].tolist()
    fig, alt = expressive_power.address(0.36, steps, path, 3, (np.arange(10) / 9, np.arange(10) % 2), "9 pieces")
    graph, boxes = fig.axes
    assert graph.lines[1].get_xydata().tolist() == [[0.36, 0.76]]
    assert path == [1, 2] and "the experts 1, 2 " in alt and "0.76" in alt
    lit = [text.get_text() for text in boxes.texts if text.get_color() == "white"]
    assert lit == ["1", "2"] and len(boxes.texts) == 2 * 3 + 3
    assert boxes.lines[0].get_xydata()[1:3].tolist() == [[0, 0], [1, -1]]


def test_training_shows_medians_and_the_middle_half():
    rows = np.array([[0.1, 0.2, 0.4], [0.01, 0.02, 0.04]])
    fig, alt = expressive_power.training([500, 2000], {"charts, he": rows, "dense 40, he": rows / 2}, 7e-4)
    (ax,) = fig.axes
    charts, dense = ax.containers
    assert charts.lines[0].get_ydata() == approx([0.2, 0.02]) and dense.lines[0].get_ydata() == approx([0.1, 0.01])
    (bars,) = charts.lines[2]
    assert [segment[:, 1].tolist() for segment in bars.get_segments()] == approx(np.array([[0.1, 0.4], [0.01, 0.04]]))
    assert "charts, he 2e-02" in alt and "explicit weights 7e-04" in alt
