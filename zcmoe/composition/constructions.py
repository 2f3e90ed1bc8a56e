"""Networks whose pieces are known: tents, products, and what one layer needs for the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe.composition.layers import DeepMoE, MoELayer, ReLULayer, interval_gate, shaped


def tent_network(n_experts: int, depth: int) -> DeepMoE:
    """The iterated tent on [0, 1]: E^L affine pieces, of slopes ±E^L in turn, from L layers of E experts.

    On [e/E, (e + 1)/E] expert e answers E x - e for even e and e + 1 - E x for odd e. All weights are integers, so that
    floats hold the network exactly.

    Parameters
    ----------
    n_experts, depth : int
        E and L.

    Returns
    -------
    DeepMoE
        With domain [0, 1].

    Examples
    --------
    >>> tent = tent_network(2, 3)
    >>> tent.predict([1 / 8, 1 / 4, 5 / 16]).tolist(), tent.route([5 / 16]).tolist()
    ([1.0, 0.0, 0.5], [[0, 1, 1]])
    """
    n_experts, depth = _check.count(n_experts, "n_experts"), _check.count(depth, "depth")
    e = np.arange(n_experts)
    weights, bias = interval_gate(e[1:])  # on E x, not on x: breaks k, not k/E
    slopes = n_experts * (-1.0) ** e
    offsets = np.where(e % 2, e + 1, -e)
    layer = MoELayer(n_experts * weights, bias, slopes[:, None, None], offsets[:, None])
    return DeepMoE([layer] * depth, (0, 1))


def product_network(slopes: ArrayLike, offsets: ArrayLike) -> DeepMoE:
    """E^L affine pieces on [0, E]^L: layer l cuts coordinate l at 1 … E - 1 and puts slope · h_l + offset in its place.

    Pieces are distinct maps when the pairs (slope, offset) of each layer are; two equal ones lose pieces.

    Parameters
    ----------
    slopes, offsets : array_like, shape (L, E)

    Returns
    -------
    DeepMoE
        With domain [0, E]^L and L outputs.

    References
    ----------
    Wang and E, arXiv 2505.24205, Theorem 5.3 has this shape; the affine experts, for which it is exact, are ours.

    Examples
    --------
    >>> network = product_network([[1, 2], [1, 3]], [[0, 0], [0, 5]])
    >>> network.predict([[0.5, 0.5], [1.5, 1.5]]).tolist()
    [[0.5, 0.5], [3.0, 9.5]]
    """
    slope, offset = _table(slopes, offsets)
    depth, n_experts = slope.shape
    layers = []
    for coordinate in range(depth):
        experts = np.repeat(np.eye(depth)[None], n_experts, axis=0)
        experts[:, coordinate, coordinate] = slope[coordinate]
        bias = np.zeros((n_experts, depth))
        bias[:, coordinate] = offset[coordinate]
        gate = interval_gate(np.arange(1, n_experts), coordinate=coordinate, dimension=depth)
        layers.append(MoELayer(*gate, experts, bias))
    return DeepMoE(layers, np.tile([0, n_experts], (depth, 1)))


def flattened_product(slopes: ArrayLike, offsets: ArrayLike) -> DeepMoE:
    """The function of :func:`product_network` by a single layer: it takes E^L experts.

    The score of an address is the sum of its scores in the layers.

    Parameters
    ----------
    slopes, offsets : array_like, shape (L, E)

    Returns
    -------
    DeepMoE
        Of one layer; expert number i has the base-E digits of i as its address.

    Raises
    ------
    ValueError
        If E^L is above 65 536.

    Examples
    --------
    >>> flattened_product([[1, 2], [1, 3]], [[0, 0], [0, 5]]).route([[0.5, 1.5]]).tolist()
    [[1]]
    """
    slope, offset = _table(slopes, offsets)
    depth, n_experts = slope.shape
    if n_experts**depth > 65_536:
        raise ValueError(f"slopes must give at most 65536 experts, got {n_experts}^{depth}")
    address = np.array(list(itertools.product(range(n_experts), repeat=depth)))
    _, bias = interval_gate(np.arange(1, n_experts))
    layers = np.arange(depth)
    experts = slope[layers, address][:, :, None] * np.eye(depth)
    layer = MoELayer(address, bias[address].sum(axis=1), experts, offset[layers, address])
    return DeepMoE([layer], np.tile([0, n_experts], (depth, 1)))


def interpolant(knots: ArrayLike, values: ArrayLike) -> tuple[np.ndarray, np.ndarray, float]:
    """The broken line through points, as a two-layer network: v_1 + Σ_k (s_k - s_(k-1)) relu(t - t_k), with s_0 = 0.

    Parameters
    ----------
    knots : array_like, shape (m + 1,)
        t_1 < … < t_(m+1).
    values : array_like, shape (m + 1,)

    Returns
    -------
    weights : ndarray, shape (m,)
        Of the units: how much the slope changes at each knot.
    biases : ndarray, shape (m,)
        -t_k.
    constant : float
        v_1, the value to the left of the knots.

    Examples
    --------
    >>> weights, biases, constant = interpolant([0, 1, 2], [1, 3, 2])
    >>> weights.tolist(), biases.tolist(), constant
    ([2.0, -3.0], [0.0, -1.0], 1.0)
    """
    at = _check.increasing(knots, "knots")
    heights = _check.vector(values, "values", at.size)
    return np.diff(np.diff(heights) / np.diff(at), prepend=0), 0 - at[:-1], float(heights[0])


def interpolating_product(function: Callable[[np.ndarray], np.ndarray], n_experts: int, depth: int,
                          width: int) -> DeepMoE:
    """:func:`product_network` with interpolants for experts: coordinate l becomes function(h_l), of L layers.

    Layer l cuts coordinate l at 1 … E - 1; expert e interpolates on [e, e + 1] with `width` units, at equal distances.

    Parameters
    ----------
    function : callable
        From z of shape (n,), in [0, E], to values (n,).
    n_experts, depth, width : int
        E, L and m.

    Returns
    -------
    DeepMoE
        With domain [0, E]^L and L outputs.

    References
    ----------
    Wang and E, arXiv 2505.24205, Theorem 5.3 and Experiment II.

    Examples
    --------
    >>> network = interpolating_product(np.square, 3, 2, 100)
    >>> network.predict([[0.5, 2.5]]).round(3).tolist()
    [[0.25, 6.25]]
    """
    n_experts, depth = _check.count(n_experts, "n_experts"), _check.count(depth, "depth")
    knots = np.arange(n_experts)[:, None] + np.arange(_check.count(width, "width") + 1) / width
    parts = [interpolant(t, function(t)) for t in knots]
    inner = np.ones((n_experts, width, 1))
    outer, bias, constant = (np.array(part) for part in zip(*parts, strict=True))
    layers = []
    for coordinate in range(depth):
        unit = np.eye(depth)[coordinate]
        gate = interval_gate(np.arange(1, n_experts), coordinate=coordinate, dimension=depth)
        layers.append(ReLULayer(*gate, inner, bias, unit[:, None] * outer[:, None, :], np.outer(constant, unit),
                                chart=np.tile(unit, (n_experts, 1, 1)), shared=np.diag(1 - unit)))
    return DeepMoE(layers, np.tile([0, n_experts], (depth, 1)))


def squared_norm_layer(dimension: int, width: int, radius: float) -> ReLULayer:
    """A dense layer h -> (h, about |h|²), for a linear gate behind it that cuts balls: one expert, d · m ReLU units.

    Each coordinate's square is interpolated on [-radius, radius] with `width` units: the last output is |h|² plus at
    most d (radius/width)² there.

    Parameters
    ----------
    dimension, width : int
        d and m.
    radius : float

    Returns
    -------
    ReLULayer
        With d + 1 outputs.

    References
    ----------
    Wang and E, arXiv 2505.24205: the first layer of the proof's two hands x on beside what the second one's gate reads.

    Examples
    --------
    >>> squared_norm_layer(2, 4, 2.0).apply([[1.0, -1.0], [0.5, 0.0]]).tolist()
    [[1.0, -1.0, 2.0], [0.5, 0.0, 0.5]]
    """
    dimension, radius = _check.count(dimension, "dimension"), _check.real(radius, "radius", 0, open_low=True)
    knots = np.linspace(-radius, radius, _check.count(width, "width") + 1)
    weights, bias, constant = interpolant(knots, knots**2)
    outer = np.zeros((1, dimension + 1, dimension * width))
    outer[0, -1] = np.tile(weights, dimension)
    return ReLULayer(np.zeros((1, dimension)), None, np.repeat(np.eye(dimension), width, axis=0)[None],
                     np.tile(bias, dimension)[None], outer, [[0.0] * dimension + [dimension * constant]],
                     shared=np.eye(dimension + 1, dimension))


def piecewise_affine_errors(values: ArrayLike, most: int) -> np.ndarray:
    """How well a sequence is fitted by 1, 2, …, `most` affine segments: what that many experts of one layer can do.

    A dynamic programme over all cuts, least squares in each segment; segments need not meet.

    Parameters
    ----------
    values : array_like, shape (n,)
        At equally spaced points.
    most : int
        Largest number of segments.

    Returns
    -------
    ndarray, shape (most,)
        Least mean squared errors. Rounding leaves up to about 1e-14 of the values' mean square.

    Raises
    ------
    ValueError
        If there are more than 4096 values: the programme takes n² memory.

    Examples
    --------
    >>> piecewise_affine_errors([0, 1, 2, 2, 1, 0], 2).round(6).tolist()
    [0.666667, 0.0]
    """
    centred, most = _check.vector(values, "values"), _check.count(most, "most")
    n = centred.size
    if not 1 <= n <= 4096:
        raise ValueError(f"values must have 1 to 4096 entries, got {n}")
    centred, t = centred - centred.mean(), np.arange(n) - (n - 1) / 2
    sums = np.stack([np.ones(n), t, t**2, centred, t * centred, centred**2]).cumsum(axis=1)
    sums = np.concatenate([np.zeros((6, 1)), sums], axis=1)
    size, st, stt, sy, sty, syy = sums[:, None, :] - sums[:, :, None]  # of values[i:j], at [i, j]
    with np.errstate(divide="ignore", invalid="ignore"):
        along, across = stt - st**2 / size, sty - st * sy / size
        cost = syy - sy**2 / size - np.where(size > 1, across**2 / along, 0)
    cost = np.where(size > 0, np.maximum(cost, 0), np.inf)
    best, errors = cost[0], []
    for _ in range(most):
        errors.append(best[-1] / n)
        best = np.minimum(best, np.min(best[:, None] + cost, axis=0))
    return np.array(errors)


def _table(slopes, offsets):
    slopes = shaped(slopes, "slopes", (None, None))
    return slopes, shaped(offsets, "offsets", slopes.shape)
