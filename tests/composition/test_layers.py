"""Layers and networks: what the gate chooses, what the expert answers."""

import numpy as np
import pytest
from pytest import approx

from zcmoe.composition import DeepMoE, MoELayer, ReLULayer, interval_gate, squared_norm_layer


def layer(rng, n_experts=3, n_inputs=2, n_outputs=2, bias=True):
    return MoELayer(rng.normal(size=(n_experts, n_inputs)), rng.normal(size=n_experts) if bias else None,
                    rng.normal(size=(n_experts, n_outputs, n_inputs)), rng.normal(size=(n_experts, n_outputs)))


def test_a_point_meets_the_expert_of_the_highest_score():
    rng = np.random.default_rng(0)
    one, points = layer(rng), rng.normal(size=(50, 2))
    for x, expert, answer in zip(points, one.route(points), one.apply(points), strict=True):
        scores = [w @ x + b for w, b in zip(one.gate_weights, one.gate_bias, strict=True)]
        assert expert == scores.index(max(scores))
        assert answer == approx(one.expert_weights[expert] @ x + one.expert_bias[expert], rel=1e-13)


def test_a_tie_goes_to_the_lower_expert():
    tied = MoELayer([[1.0], [-1.0], [1.0]], None, np.zeros((3, 1, 1)), [[0.0], [1.0], [2.0]])
    assert tied.route([0.0, 1.0, -1.0]).tolist() == [0, 0, 1]
    assert tied.apply([0.0, 1.0, -1.0]).tolist() == [0.0, 0.0, 1.0]


def test_a_cold_mixture_is_the_hard_one():
    rng = np.random.default_rng(1)
    one, x = layer(rng), rng.normal(size=(200, 2))
    gap = np.diff(np.sort(one.scores(x), axis=1)[:, -2:], axis=1)[:, 0]
    clear = gap > 0.05
    errors = [np.abs(one.soft(x, t) - one.apply(x))[clear].max() for t in (1.0, 0.1, 0.01, 0.001)]
    assert errors[0] > 0.1 and errors[3] < 1e-12 and np.all(np.diff(errors) < 0)


def test_soft_weights_are_those_of_softmax():
    rng = np.random.default_rng(2)
    one, x = layer(rng, 4), rng.normal(size=(20, 2))
    weights = np.exp(one.scores(x) / 0.7)
    weights /= weights.sum(axis=1, keepdims=True)
    answers = np.einsum("eoi,ni->neo", one.expert_weights, x) + one.expert_bias
    assert one.shares(x, 0.7) == approx(weights, rel=1e-12)
    assert one.soft(x, 0.7) == approx(np.einsum("ne,neo->no", weights, answers), rel=1e-12)


def test_top_two_shares_the_weight_of_two():
    rng = np.random.default_rng(3)
    one, x = layer(rng, 4), rng.normal(size=(20, 2))
    shares, scores = one.shares(x, top=2), one.scores(x)
    best = np.argsort(-scores, axis=1)[:, :2]
    assert np.all((shares > 0).sum(axis=1) == 2) and shares.sum(axis=1) == approx(1)
    first, second = np.take_along_axis(scores, best, axis=1).T
    assert np.take_along_axis(shares, best, axis=1)[:, 0] == approx(1 / (1 + np.exp(second - first)), rel=1e-12)
    assert one.soft(x, top=1) == approx(one.apply(x), rel=1e-12)
    tied = MoELayer([[0.0]] * 3, None, np.zeros((3, 1, 1)), None)
    assert tied.shares([1.0], top=2).tolist() == [[0.5, 0.5, 0.0]]


def test_any_function_is_a_gate():
    """Disc and annulus: |x| in one layer; a linear gate needs a layer in front of it that computes |x|²."""
    rng = np.random.default_rng(4)
    x = rng.uniform(-1, 1, (2000, 2))
    radius = np.linalg.norm(x, axis=1)
    values = [[1.0], [2.0]]

    def gate(h):
        return np.stack([0.5 - np.linalg.norm(h, axis=1), np.linalg.norm(h, axis=1) - 0.5], axis=1)

    one = DeepMoE([MoELayer(None, None, np.zeros((2, 1, 2)), values, gate=gate)])
    assert np.array_equal(one.predict(x), np.where(radius <= 0.5, 1.0, 2.0))
    width = 100
    two = DeepMoE([squared_norm_layer(2, width, 1.0),
                   MoELayer(*interval_gate([0.25], coordinate=2, dimension=3), np.zeros((2, 1, 3)), values)])
    sure = np.abs(radius**2 - 0.25) > 2 / width**2
    assert np.array_equal(two.predict(x)[sure], one.predict(x)[sure]) and 0 < (~sure).sum() < 5


def test_squares_are_interpolated_within_the_bound():
    x = np.random.default_rng(5).uniform(-2, 2, (3000, 3))
    excess = squared_norm_layer(3, 8, 2.0).apply(x)[:, -1] - (x**2).sum(axis=1)
    assert 0 <= excess.min() and 2 / 3 * 3 / 16 < excess.max() <= 3 / 16  # h = 1/2: h²/4 a coordinate, in its middle
    assert np.array_equal(squared_norm_layer(3, 8, 2.0).apply(x)[:, :3], x)


def test_a_relu_layer_is_what_its_arrays_say():
    rng = np.random.default_rng(6)
    inner, bias, outer, constant = (rng.normal(size=size) for size in [(2, 5, 1), (2, 5), (2, 3, 5), (2, 3)])
    chart, shared = rng.normal(size=(2, 1, 4)), rng.normal(size=(3, 4))
    one = ReLULayer(rng.normal(size=(2, 4)), None, inner, bias, outer, constant, chart=chart, shared=shared)
    merged = ReLULayer(one.gate_weights, None, inner @ chart, bias, outer, constant, shared=shared)
    x = rng.normal(size=(30, 4))
    for point, e, answer, other in zip(x, one.route(x), one.apply(x), merged.apply(x), strict=True):
        hidden = np.maximum(inner[e] @ chart[e] @ point + bias[e], 0)
        assert answer == approx(outer[e] @ hidden + constant[e] + shared @ point, rel=1e-12)
        assert other == approx(answer, rel=1e-12)
    assert (one.width, one.n_experts, one.n_inputs, one.n_outputs) == (5, 2, 4, 3)


def test_your_own_layers_are_composed():
    class Fold:
        def route(self, h):
            return (h[:, 0] > 0).astype(int)

        def apply(self, h):
            return 1 - np.abs(h)

    twice = DeepMoE([Fold(), Fold()])
    x = np.array([-2.0, 0.25, 1.0])
    assert np.array_equal(twice.predict(x), 1 - np.abs(1 - np.abs(x)))
    assert twice.route(x).tolist() == [[0, 0], [1, 1], [1, 0]]


def test_interval_gates_cut_where_they_are_told():
    breaks = np.array([-0.7, 0.1, 0.4, 2.0])
    weights, bias = interval_gate(breaks, coordinate=1, dimension=3)
    h = np.random.default_rng(7).uniform(-1, 3, (500, 3))
    assert np.array_equal(np.argmax(h @ weights.T + bias, axis=1), np.searchsorted(breaks, h[:, 1]))


@pytest.mark.parametrize("make, message", [
    (lambda: MoELayer([[1.0]], None, np.zeros((2, 1, 1)), None), r"gate_weights must have shape \(2, 1\), got"),
    (lambda: MoELayer([[1.0]], [1.0, 2.0], np.zeros((1, 1, 1)), None), r"gate_bias must have shape \(1,\), got \(2,\)"),
    (lambda: MoELayer([[np.nan]], None, np.zeros((1, 1, 1)), None), "every gate_weights must be finite, got nan"),
    (lambda: MoELayer(None, None, np.zeros((1, 1, 1)), None), "exactly one of gate_weights and gate .* got neither"),
    (lambda: MoELayer([[1.0]], None, np.zeros((1, 1, 1)), None, gate=len), "exactly one .* got both"),
    (lambda: MoELayer([[1.0]], None, [[1.0]], None), r"expert_weights must have shape \(n, k, m\), got \(1, 1\)"),
    (lambda: MoELayer([[1.0]], None, [[[1.0]]], None).apply([[1.0, 2.0]]), r"h must have shape \(n, 1\), got \(1, 2\)"),
    (lambda: MoELayer([[1.0]], None, [[[1.0]]], None).shares([1.0], 0), "temperature must be a finite number"),
    (lambda: MoELayer([[1.0]], None, [[[1.0]]], None).shares([1.0], top=2), "top must be at most .* 1, got 2"),
    (lambda: MoELayer(None, None, [[[1.0]]], None, gate=lambda h: h[:, 0]).route([1.0, 2.0]),
     r"scores of gate must have shape \(2, 1\), got \(2,\)"),
    (lambda: DeepMoE([]), "at least one layer"),
    (lambda: DeepMoE([np.zeros(3)]), "layer 0 has no route, apply"),
    (lambda: DeepMoE([MoELayer.dense([[1.0]])], (1, 0)), "low ends below its high ends"),
    (lambda: DeepMoE([MoELayer.dense([[1.0]])], (0, 1, 2)), r"domain must have shape \(2,\) or \(d, 2\), got \(3,\)"),
    (lambda: DeepMoE([MoELayer.dense([[1.0]])]).predict([np.inf]), "every x must be finite, got inf"),
    (lambda: interval_gate([1.0, 1.0]), "breaks must be strictly increasing"),
    (lambda: interval_gate([1.0], coordinate=1), "coordinate must be below dimension, 1, got 1"),
])
def test_bad_input_is_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
