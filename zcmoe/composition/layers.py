"""Layers of experts behind a top-1 gate, and networks of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check


class _TopOne(ABC):
    """A gate and its experts; a subclass sets `n_outputs` and says what one expert answers.

    Inside a layer h has shape (n, k); (n,) is taken for (n, 1), and is then answered as (n,) where it can be.
    """

    n_experts: int
    n_inputs: int
    n_outputs: int

    @abstractmethod
    def _expert(self, e, rows):
        """Answers (n, outputs) of expert e to rows (n, k)."""

    def _set_gate(self, gate_weights, gate_bias, gate, n_experts, n_inputs):
        if (gate is None) == (gate_weights is None):
            raise ValueError("exactly one of gate_weights and gate must be given, "
                             f"got {'neither' if gate is None else 'both'}")
        if gate is not None and (gate_bias is not None or not callable(gate)):
            raise ValueError(f"gate must be a function, with gate_bias None, got {gate!r}, {gate_bias!r}")
        self.n_experts, self.n_inputs, self.gate = n_experts, n_inputs, gate
        self.gate_weights = self.gate_bias = None
        if gate is None:
            self.gate_weights = shaped(gate_weights, "gate_weights", (n_experts, n_inputs))
            self.gate_bias = shaped(np.zeros(n_experts) if gate_bias is None else gate_bias, "gate_bias", (n_experts,))

    def __repr__(self):
        return f"{type(self).__name__}({self.n_experts} experts, {self.n_inputs} -> {self.n_outputs})"

    def scores(self, h: ArrayLike) -> np.ndarray:
        """The gate's score of every expert, shape (n, E)."""
        rows = self._rows(h)
        if self.gate is None:
            return rows @ self.gate_weights.T + self.gate_bias
        return shaped(self.gate(rows), "scores of gate", (len(rows), self.n_experts))

    def route(self, h: ArrayLike) -> np.ndarray:
        """The expert of the highest score, the lowest of them at a tie; shape (n,)."""
        return np.argmax(self.scores(h), axis=1)

    def apply(self, h: ArrayLike) -> np.ndarray:
        """The chosen expert's answer, with weight 1; shape (n, outputs)."""
        rows, chosen = self._rows(h), self.route(h)
        out = np.empty((len(rows), self.n_outputs))
        for e in np.unique(chosen):
            out[chosen == e] = self._expert(e, rows[chosen == e])
        return self._like(h, out)

    def shares(self, h: ArrayLike, temperature: float = 1.0, *, top: int | None = None) -> np.ndarray:
        """Softmax weights of the experts, shape (n, E): those of the `top` highest scores, all when None."""
        temperature = _check.real(temperature, "temperature", 0, open_low=True)
        scores = self.scores(h)
        if top is not None:
            if _check.count(top, "top") > self.n_experts:
                raise ValueError(f"top must be at most the number of experts, {self.n_experts}, got {top}")
            left_out = np.argsort(-scores, axis=1, kind="stable")[:, top:]
            np.put_along_axis(scores := scores.copy(), left_out, -np.inf, axis=1)
        weights = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
        return weights / weights.sum(axis=1, keepdims=True)

    def soft(self, h: ArrayLike, temperature: float = 1.0, *, top: int | None = None) -> np.ndarray:
        """All answers, or those of the `top` highest scores, weighted by :meth:`shares`.

        As the temperature falls to 0 this tends to :meth:`apply` wherever the highest score is attained once; with
        ``top=1`` it is :meth:`apply`.
        """
        rows, shares = self._rows(h), self.shares(h, temperature, top=top)
        out = np.zeros((len(rows), self.n_outputs))
        for e in range(self.n_experts):
            out += shares[:, e, None] * self._expert(e, rows)
        return self._like(h, out)

    def _rows(self, h):
        rows = _check.floats(h, "h")
        if rows.ndim == 1 and self.n_inputs == 1:
            rows = rows[:, None]
        if rows.ndim != 2 or rows.shape[1] != self.n_inputs:
            raise ValueError(f"h must have shape (n, {self.n_inputs}), got {np.shape(h)}")
        return _check.finite(rows, "h")

    def _like(self, h, out):
        return out[:, 0] if np.ndim(h) == 1 and self.n_outputs == 1 else out


class MoELayer(_TopOne):
    """A layer of affine experts: h goes to A_e h + c_e, where e has the highest score.

    Parameters
    ----------
    gate_weights : array_like, shape (E, k), or None
        W: the scores are W h + b. What such a gate cuts is a power diagram; rows a_e with b_e = -|a_e|²/2 cut the
        Voronoi regions of the a_e.
    gate_bias : array_like, shape (E,), or None
        b; none, as in the paper, when None.
    expert_weights : array_like, shape (E, o, k)
        A_e.
    expert_bias : array_like, shape (E, o), or None
        c_e; 0 when None.
    gate : callable, optional
        In place of W and b: from h of shape (n, k) to scores of shape (n, E).

    Attributes
    ----------
    n_experts, n_inputs, n_outputs : int
        E, k and o.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or not exactly one gate is given.

    References
    ----------
    Wang and E, arXiv 2505.24205, Section 2, with K = 1; there without bias.

    Examples
    --------
    >>> layer = MoELayer([[-1.0], [1.0]], None, [[[2.0]], [[0.0]]], [[0.0], [5.0]])
    >>> layer.route([-3.0, 0.0, 3.0]).tolist(), layer.apply([-3.0, 0.0, 3.0]).tolist()
    ([0, 0, 1], [-6.0, 0.0, 5.0])
    >>> layer.soft([3.0], 0.1).round(6).tolist()
    [5.0]
    """

    expert_weights: np.ndarray
    expert_bias: np.ndarray

    def __init__(self, gate_weights: ArrayLike | None, gate_bias: ArrayLike | None, expert_weights: ArrayLike,
                 expert_bias: ArrayLike | None, *, gate: Callable[[np.ndarray], ArrayLike] | None = None):
        self.expert_weights = shaped(expert_weights, "expert_weights", (None, None, None))
        n_experts, self.n_outputs, n_inputs = self.expert_weights.shape
        zero = np.zeros((n_experts, self.n_outputs))
        self.expert_bias = shaped(zero if expert_bias is None else expert_bias, "expert_bias", zero.shape)
        self._set_gate(gate_weights, gate_bias, gate, n_experts, n_inputs)

    @classmethod
    def dense(cls, weights: ArrayLike, bias: ArrayLike | None = None) -> MoELayer:
        """The affine map with weights (o, k) and bias (o,), as a layer of one expert."""
        matrix = shaped(weights, "weights", (None, None))
        offset = np.zeros(len(matrix)) if bias is None else shaped(bias, "bias", (len(matrix),))
        return cls(np.zeros((1, matrix.shape[1])), None, matrix[None], offset[None])

    def _expert(self, e, rows):
        return rows @ self.expert_weights[e].T + self.expert_bias[e]


class ReLULayer(_TopOne):
    """A layer whose experts are two-layer ReLU networks on charts: V_e relu(U_e φ_e(h) + u_e) + v_e.

    Parameters
    ----------
    gate_weights, gate_bias, gate
        As in :class:`MoELayer`.
    inner_weights : array_like, shape (E, m, r)
        U_e, for experts of width m.
    inner_bias : array_like, shape (E, m)
        u_e.
    outer_weights : array_like, shape (E, o, m)
        V_e.
    outer_bias : array_like, shape (E, o)
        v_e.
    chart : array_like, shape (E, r, k), optional
        φ_e, a linear map to few coordinates; none (r = k) when None.
    shared : array_like, shape (o, k), optional
        A linear expert that every input sees: its answer is added.

    Raises
    ------
    ValueError
        As :class:`MoELayer`.

    References
    ----------
    Wang and E, arXiv 2505.24205: two-layer experts, Corollary 4.9; encoders of low-dimensional experts and shared
    experts are among its suggestions.

    Examples
    --------
    >>> absolute = ReLULayer([[0.0]], None, [[[1.0], [-1.0]]], [[0.0, 0.0]], [[[1.0, 1.0]]], [[0.0]])
    >>> absolute.apply([-2.0, 3.0]).tolist()
    [2.0, 3.0]
    """

    inner_weights: np.ndarray
    inner_bias: np.ndarray
    outer_weights: np.ndarray
    outer_bias: np.ndarray
    chart: np.ndarray | None
    shared: np.ndarray | None

    def __init__(self, gate_weights: ArrayLike | None, gate_bias: ArrayLike | None, inner_weights: ArrayLike,
                 inner_bias: ArrayLike, outer_weights: ArrayLike, outer_bias: ArrayLike, *,
                 gate: Callable[[np.ndarray], ArrayLike] | None = None, chart: ArrayLike | None = None,
                 shared: ArrayLike | None = None):
        self.inner_weights = shaped(inner_weights, "inner_weights", (None, None, None))
        n_experts, width, rank = self.inner_weights.shape
        self.inner_bias = shaped(inner_bias, "inner_bias", (n_experts, width))
        self.outer_weights = shaped(outer_weights, "outer_weights", (n_experts, None, width))
        self.n_outputs = self.outer_weights.shape[1]
        self.outer_bias = shaped(outer_bias, "outer_bias", (n_experts, self.n_outputs))
        self.chart = None if chart is None else shaped(chart, "chart", (n_experts, rank, None))
        n_inputs = rank if self.chart is None else self.chart.shape[2]
        self.shared = None if shared is None else shaped(shared, "shared", (self.n_outputs, n_inputs))
        self._set_gate(gate_weights, gate_bias, gate, n_experts, n_inputs)

    @property
    def width(self) -> int:
        """Units m of an expert."""
        return self.inner_weights.shape[1]

    def _expert(self, e, rows):
        low = rows if self.chart is None else rows @ self.chart[e].T
        hidden = np.maximum(low @ self.inner_weights[e].T + self.inner_bias[e], 0)
        answer = hidden @ self.outer_weights[e].T + self.outer_bias[e]
        return answer if self.shared is None else answer + rows @ self.shared.T


class DeepMoE:
    """Layers, one after another: each routes what the one before it answered.

    Parameters
    ----------
    layers : sequence
        Each has ``route(h)``, from h (n, k) to the experts (n,), and ``apply(h)``, from h to the answers (n, o); such
        as :class:`MoELayer`, or your own.
    domain : array_like, shape (2,) or (d, 2), optional
        The box that pieces are counted on: low and high end, of all coordinates or of each; ends may be infinite. All
        of R^d when None. Predicting does not ask for it.

    Raises
    ------
    ValueError
        If there is no layer, one lacks a method, or an end of the domain is not below the other.

    References
    ----------
    Wang and E, arXiv 2505.24205, Section 2.

    Examples
    --------
    >>> from zcmoe.composition import tent_network
    >>> tent = tent_network(3, 2)
    >>> tent.predict([0.05, 0.5]).round(6).tolist(), tent.route([0.05, 0.5]).tolist()
    ([0.45, 0.5], [[0, 0], [1, 1]])
    """

    layers: tuple[Any, ...]
    domain: np.ndarray

    def __init__(self, layers: Sequence[Any], domain: ArrayLike | None = None):
        self.layers = tuple(layers)
        if not self.layers:
            raise ValueError("layers must have at least one layer, got none")
        for i, layer in enumerate(self.layers):
            missing = [name for name in ("route", "apply") if not callable(getattr(layer, name, None))]
            if missing:
                raise ValueError("every layer must have route and apply, "
                                 f"layer {i} has no {', '.join(missing)}: {layer!r}")
        self.domain = np.array([-np.inf, np.inf]) if domain is None else _check.floats(domain, "domain").copy()
        if self.domain.ndim not in (1, 2) or self.domain.shape[-1] != 2:
            raise ValueError(f"domain must have shape (2,) or (d, 2), got {self.domain.shape}")
        if not np.all(self.domain[..., 0] < self.domain[..., 1]):
            raise ValueError(f"domain must have its low ends below its high ends, got {self.domain.tolist()}")
        self.domain.setflags(write=False)

    def __repr__(self):
        return f"DeepMoE({', '.join(map(repr, self.layers))})"

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.layers)

    def predict(self, x: ArrayLike) -> np.ndarray:
        """The last layer's answers, shape (n,) when it has one output and (n, o) otherwise; x (n,) or (n, d)."""
        h = _check.columns(x)
        for layer in self.layers:
            h = layer.apply(h)
        return h[:, 0] if np.shape(h)[1:] == (1,) else h

    def route(self, x: ArrayLike) -> np.ndarray:
        """The address of each x: the expert of every layer on its way, shape (n, depth)."""
        h, path = _check.columns(x), []
        for layer in self.layers:
            path.append(layer.route(h))
            h = layer.apply(h)
        return np.stack(path, axis=1)


def interval_gate(breaks: ArrayLike, *, coordinate: int = 0, dimension: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A linear gate that cuts one coordinate into intervals: no hidden unit is needed.

    The scores are s_e = e z - (b_1 + … + b_e) with z = h[coordinate]: s_e - s_(e-1) = z - b_e, so that expert e is
    ahead of the one before it from b_e on.

    Parameters
    ----------
    breaks : array_like, shape (E - 1,)
        b_1 < … < b_(E-1).
    coordinate : int
        Which one, from 0.
    dimension : int
        Of h.

    Returns
    -------
    gate_weights : ndarray, shape (E, dimension)
    gate_bias : ndarray, shape (E,)

    Raises
    ------
    ValueError
        If the breaks do not increase or there is no such coordinate.

    Notes
    -----
    Without a bias, scores are equal or ordered alike on a whole ray z > 0, and one expert would have it all. A
    constant coordinate of h does the same as the bias.

    Examples
    --------
    >>> weights, bias = interval_gate([1.0, 2.0])
    >>> weights.tolist(), bias.tolist()
    ([[0.0], [1.0], [2.0]], [0.0, -1.0, -3.0])
    """
    at = _check.vector(breaks, "breaks")
    if at.size > 1:
        _check.increasing(at, "breaks")
    dimension = _check.count(dimension, "dimension")
    if _check.count(coordinate, "coordinate", 0) >= dimension:
        raise ValueError(f"coordinate must be below dimension, {dimension}, got {coordinate}")
    weights = np.zeros((at.size + 1, dimension))
    weights[:, coordinate] = np.arange(at.size + 1)
    return weights, np.r_[0.0, -np.cumsum(at)]


def shaped(values: ArrayLike, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
    """A read-only finite float array of the given shape, where None is any positive length; or ValueError."""
    array = _check.floats(values, name).copy()
    wanted = ", ".join(letter if size is None else str(size) for letter, size in zip("nkm", shape, strict=False))
    wanted = f"({wanted}{',' * (len(shape) == 1)})"
    fits = array.ndim == len(shape) and all(size in (None, got) and got
                                            for size, got in zip(shape, array.shape, strict=True))
    if not fits:
        raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")
    _check.finite(array, name).setflags(write=False)
    return array
