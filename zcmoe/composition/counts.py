"""Exact counts: the addresses that inputs take, the affine maps that they meet, numbers stored, routing bits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from zcmoe import _check
from zcmoe.composition._rational import interior_point
from zcmoe.composition.layers import DeepMoE, MoELayer, ReLULayer

LIMIT = 500_000


class Piece(NamedTuple):
    """An address with volume on the domain, and the affine map weights @ x + bias there, in Fractions."""

    path: tuple[int, ...]
    weights: tuple[tuple[Fraction, ...], ...]
    bias: tuple[Fraction, ...]


class Parameters(NamedTuple):
    """Number of experts, and of the numbers that experts and gates store."""

    experts: int
    expert_numbers: int
    gate_numbers: int


def count_paths(network: DeepMoE, *, limit: int = LIMIT) -> int:
    """The number of addresses that a set of positive volume in ``network.domain`` takes, exactly.

    Parameters
    ----------
    network : DeepMoE
        Of :class:`MoELayer` with linear gates. Its floats are taken at their word.
    limit : int
        Work that may be done. Extending an address by an expert costs 1 where a gate reads one coordinate and that
        depends on one input; otherwise 1 a comparison with another expert, and where the address's set is no box, the
        number of entries of a linear programme's table. A unit takes some 10 to 50 µs.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If a layer is of another kind, or the work would exceed `limit`.

    Examples
    --------
    >>> from zcmoe.composition import tent_network
    >>> count_paths(tent_network(3, 4))
    81
    """
    return sum(1 for _ in _walk(network, limit))


def count_pieces(network: DeepMoE, *, limit: int = LIMIT) -> int:
    """The number of distinct affine maps that the network is on sets of positive volume in its domain, exactly.

    Addresses with the same map count once, whether their sets touch or not.

    Parameters
    ----------
    network, limit
        As for :func:`count_paths`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        As :func:`count_paths`.

    Examples
    --------
    >>> from zcmoe.composition import product_network
    >>> repeated = product_network([[1, 1, 2]] * 4, [[0, 0, 0]] * 4)
    >>> count_paths(repeated), count_pieces(repeated)
    (81, 16)
    """
    return len({(tuple(tuple(sorted(row.items())) for row in rows), offsets)
                for _, rows, offsets in _walk(network, limit)})


def affine_pieces(network: DeepMoE, *, limit: int = LIMIT) -> Iterator[Piece]:
    """The addresses of :func:`count_paths`, depth first, each with its affine map.

    Examples
    --------
    >>> from zcmoe.composition import tent_network
    >>> for piece in affine_pieces(tent_network(2, 2)):
    ...     print(piece.path, *map(str, piece.weights[0] + piece.bias))
    (0, 0) 4 0
    (0, 1) -4 2
    (1, 1) 4 -2
    (1, 0) -4 4
    """
    d = _dimension(network)
    for path, rows, offsets in _walk(network, limit):
        yield Piece(path, tuple(tuple(row.get(i, Fraction(0)) for i in range(d)) for row in rows), offsets)


def parameter_count(network: DeepMoE) -> Parameters:
    """Experts, and the numbers stored in experts and in gates.

    Wiring is not counted: coordinates that all experts of an affine layer hand on unchanged, and weights that are 0 for
    all experts of a layer. Biases of a gate count unless all are 0. A layer of ReLU experts counts in full: its charts,
    units and outputs, and a shared map once, as numbers of experts.

    Parameters
    ----------
    network : DeepMoE
        Of :class:`MoELayer` and :class:`ReLULayer` with linear gates.

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError
        If a layer is of another kind, or its gate a function.

    Examples
    --------
    >>> from zcmoe.composition import tent_network
    >>> parameter_count(tent_network(3, 4))
    Parameters(experts=12, expert_numbers=24, gate_numbers=24)
    """
    total = np.zeros(3, dtype=int)
    for i, layer in enumerate(network.layers):
        if not isinstance(layer, (MoELayer, ReLULayer)) or layer.gate_weights is None:
            raise ValueError(f"every layer must have a linear gate and affine or ReLU experts, layer {i} is {layer!r}")
        read = np.any(layer.gate_weights != 0, axis=0).sum() + np.any(layer.gate_bias != 0)
        total += [layer.n_experts, _expert_numbers(layer), layer.n_experts * read]
    return Parameters(*total.tolist())


def routing_bits(network: DeepMoE) -> float:
    """The length of an address in bits, Σ log2 E over the layers.

    Every layer must have ``n_experts``. The same number of addresses takes 2^bits experts in a single layer.

    Examples
    --------
    >>> from zcmoe.composition import tent_network
    >>> print(f"{routing_bits(tent_network(3, 4)):.6f}")
    6.339850
    """
    for i, layer in enumerate(network.layers):
        if not hasattr(layer, "n_experts"):
            raise ValueError(f"every layer must have n_experts, layer {i} is {layer!r}")
    return float(sum(math.log2(layer.n_experts) for layer in network.layers))


def _expert_numbers(layer):
    if isinstance(layer, ReLULayer):
        parts = ("inner_weights", "inner_bias", "outer_weights", "outer_bias", "chart", "shared")
        return sum(np.size(part) for name in parts if (part := getattr(layer, name)) is not None)
    handed_on = np.zeros(layer.n_outputs, dtype=bool)
    if layer.n_outputs == layer.n_inputs:
        moved = (layer.expert_weights != np.eye(layer.n_inputs)).any(axis=(0, 2))
        handed_on = ~(moved | (layer.expert_bias != 0).any(axis=0))
    used = (layer.expert_weights != 0).any(axis=0).sum(axis=1) + 1
    return layer.n_experts * used[~handed_on].sum()


class _Work:
    """The work done so far, held to a limit."""

    def __init__(self, limit):
        self.limit, self.done = _check.count(limit, "limit"), 0

    def add(self, amount):
        self.done += amount
        if self.done > self.limit:
            raise ValueError(f"the exact count takes more work than limit = {self.limit} "
                             "(1 an interval or comparison, more for polytopes): raise it or take a smaller network")


class _Set(NamedTuple):
    """The inputs of one address: a box, cut by half-spaces normal @ x <= bound; and the affine map there.

    Rows of maps and normals are dicts from coordinates of x to Fractions that are not 0. `inside` is a point in the
    interior, for the coordinates that half-spaces name.
    """

    path: tuple
    rows: tuple
    offsets: tuple
    box: tuple
    walls: tuple
    inside: dict


def _walk(network, limit):
    """Yield (path, rows, offsets) of every address with volume, depth first."""
    work, d = _Work(limit), _dimension(network)
    layers = [_exact(layer) for layer in network.layers]
    box = tuple((_end(low), _end(high)) for low, high in np.broadcast_to(network.domain, (d, 2)))
    identity = tuple({i: Fraction(1)} for i in range(d))
    stack = [_Set((), identity, (Fraction(0),) * d, box, (), {})]
    while stack:
        here = stack.pop()
        if len(here.path) == len(layers):
            yield here.path, here.rows, here.offsets
            continue
        layer = layers[len(here.path)]
        cut = _cut_interval if layer.reads is not None and len(here.rows[layer.reads]) < 2 else _cut_any
        for e, box, walls, inside in reversed(list(cut(here, layer, work))):
            rows, offsets = zip(*[_compose(row, here) for row in layer.experts[e]], strict=True)
            stack.append(_Set((*here.path, e), rows, offsets, box, walls, inside))


class _Exact(NamedTuple):
    """A layer in Fractions: gate (row, bias) an expert; a list of output rows an expert.

    Where scores differ in one coordinate only, `reads` is it and `intervals` are its (low, high, expert) in order.
    """

    gate: list
    experts: list
    reads: int | None
    intervals: list


def _exact(layer):
    gate = [(_sparse(row), Fraction(bias))
            for row, bias in zip(layer.gate_weights.tolist(), layer.gate_bias.tolist(), strict=True)]
    experts = [[(_sparse(row), Fraction(bias)) for row, bias in zip(rows, biases, strict=True)]
               for rows, biases in zip(layer.expert_weights.tolist(), layer.expert_bias.tolist(), strict=True)]
    moving = np.flatnonzero(np.any(layer.gate_weights != layer.gate_weights[0], axis=0))
    if moving.size > 1:
        return _Exact(gate, experts, None, [])
    reads = int(moving[0]) if moving.size else 0
    return _Exact(gate, experts, reads, _upper_envelope([(row.get(reads, Fraction(0)), bias) for row, bias in gate]))


def _upper_envelope(lines):
    """Intervals (low, high, index) where each line slope · z + bias is the highest; of equal lines, the lower index."""
    hull = []  # (start, slope, bias, index), by slope
    for slope, bias, minus in sorted((slope, bias, -index) for index, (slope, bias) in enumerate(lines)):
        start = -math.inf
        while hull:
            start, before, level, _ = hull[-1]
            meets = (level - bias) / (slope - before) if slope > before else -math.inf
            if meets > start:
                start = meets
                break
            hull.pop()
            start = -math.inf
        hull.append((start, slope, bias, -minus))
    ends = [line[0] for line in hull[1:]] + [math.inf]
    return [(start, end, index) for (start, _, _, index), end in zip(hull, ends, strict=True)]


def _cut_interval(here, layer, work):
    """Children of a set where the gate reads a coordinate that is an affine function of one input coordinate."""
    row, offset = here.rows[layer.reads], here.offsets[layer.reads]
    if not row:  # one input for all: compare the scores there, a line that is nowhere highest alone included
        scores = [gate.get(layer.reads, 0) * offset + bias for gate, bias in layer.gate]
        work.add(len(scores))
        yield scores.index(max(scores)), here.box, here.walls, here.inside
        return
    (i, slope), = row.items()
    for low, high, e in layer.intervals if slope > 0 else reversed(layer.intervals):
        work.add(1)
        ends = [end if math.isinf(end) else (end - offset) / slope for end in (low, high)]
        if slope < 0:
            ends = [end if not math.isinf(end) else -end for end in ends[::-1]]
        yield from _kept(e, here, {i: ends}, (), work)


def _cut_any(here, layer, work):
    """Children of a set by comparing all pairs of scores."""
    scores = [_compose(score, here) for score in layer.gate]
    for e, (mine, my_bias) in enumerate(scores):
        limits, walls, lost = {}, [], False
        work.add(len(scores))
        for f, (other, bias) in enumerate(scores):
            normal = {i: w for i in mine.keys() | other.keys() if (w := other.get(i, 0) - mine.get(i, 0))}
            bound = my_bias - bias
            if not normal:
                lost |= bound < 0 or (bound == 0 and f < e)  # equal scores: the lower expert
            elif len(normal) == 1:
                (i, w), = normal.items()
                low, high = limits.get(i, (-math.inf, math.inf))
                limits[i] = (low, min(high, bound / w)) if w > 0 else (max(low, bound / w), high)
            else:
                walls.append((normal, bound))
        if not lost:
            yield from _kept(e, here, limits, walls, work)


def _kept(e, here, limits, walls, work):
    """The child of expert e, within `limits` on single coordinates and behind `walls`, if it has volume."""
    box, walls, inside = here.box, (*here.walls, *walls), here.inside
    for i, (low, high) in limits.items():
        low, high = max(low, box[i][0]), min(high, box[i][1])
        if low >= high:
            return
        box = (*box[:i], (low, high), *box[i + 1:])
    if walls:
        names = sorted(set().union(*(normal for normal, _ in walls)))
        holds = inside.keys() >= set(names) and all(box[i][0] < inside[i] < box[i][1] for i in names) and all(
            sum(w * inside[i] for i, w in normal.items()) < bound for normal, bound in walls)
        if not holds:
            sides = [({i: Fraction(sign)}, sign * end) for i in names for sign, end in zip((-1, 1), box[i], strict=True)
                     if not math.isinf(end)]
            system = [*walls, *sides]
            work.add(len(system) * (len(names) + 2))
            point = interior_point([[normal.get(i, Fraction(0)) for i in names] for normal, _ in system],
                                   [bound for _, bound in system])
            if point is None:
                return
            inside = dict(zip(names, point, strict=True))
    yield e, box, walls, inside


def _compose(row, here):
    """A row (weights, bias) on the layer's input, as one on the network's input."""
    weights, bias = row
    if len(weights) == 1:
        (j, w), = weights.items()
        if w == 1 and not bias:
            return here.rows[j], here.offsets[j]
        return {i: w * v for i, v in here.rows[j].items()}, w * here.offsets[j] + bias
    total = {}
    for j, w in weights.items():
        bias += w * here.offsets[j]
        for i, v in here.rows[j].items():
            total[i] = total.get(i, 0) + w * v
    return {i: v for i, v in total.items() if v}, bias


def _dimension(network):
    """Of the inputs; raises unless all layers are affine, have linear gates, and fit together and to the domain."""
    for i, layer in enumerate(network.layers):
        if not isinstance(layer, MoELayer) or layer.gate_weights is None:
            raise ValueError("an exact count needs layers with a linear gate and affine experts (MoELayer), "
                             f"layer {i} is {layer!r}{' with a function for a gate' * isinstance(layer, MoELayer)}")
        if i and layer.n_inputs != network.layers[i - 1].n_outputs:
            raise ValueError(f"layer {i} must take the {network.layers[i - 1].n_outputs} outputs of the one before it, "
                             f"it takes {layer.n_inputs}")
    d = network.layers[0].n_inputs
    if network.domain.ndim == 2 and len(network.domain) != d:
        raise ValueError(f"domain must have the first layer's {d} coordinates, got {len(network.domain)}")
    return d


def _sparse(row):
    return {j: Fraction(value) for j, value in enumerate(row) if value}


def _end(value):
    return float(value) if math.isinf(value) else Fraction(float(value))
