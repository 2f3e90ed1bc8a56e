"""Discrete laws: points of any R^D with weights."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._typing import LikeInput, Seed


class Sample:
    """A discrete law: finitely many points of R^D with weights, such as a data set or a manifold's quadrature.

    Everything that is an expectation takes it as the law of x: moments, errors, best experts and learning. What
    needs a density refuses it.

    Parameters
    ----------
    points : array_like, shape (n,) or (n, D)
        Finite; anywhere, not only in [0, 1]^D. Points may coincide.
    weights : array_like, shape (n,), optional
        Non-negative, not all 0; they are divided by their sum. Equal by default.

    Attributes
    ----------
    dimension : int
        D.
    points : ndarray, shape (n,) or (n, D)
    weights : ndarray, shape (n,)
        Probabilities; neither array can be written to.
    cut_off : float
        What :func:`zcmoe.on_cube` left out.

    Raises
    ------
    ValueError
        If the points or weights are not finite, of another shape, or the weights negative or all 0.

    Examples
    --------
    >>> law = Sample([0, 1, 4], [2, 1, 1])
    >>> print(law.mean(), law.var(), law.weights)
    1.25 2.6875 [0.5  0.25 0.25]
    """

    points: np.ndarray
    weights: np.ndarray
    dimension: int

    cut_off = 0.0

    def __init__(self, points: ArrayLike, weights: ArrayLike | None = None):
        array = _check.finite(_check.floats(points, "points"), "points")
        if array.ndim not in (1, 2) or array.size == 0 or array.shape[1:] == (1,):
            raise ValueError(f"points must have shape (n,) on the line and (n, D) with D > 1 elsewhere, got "
                             f"{array.shape}")
        self.points = array.copy()
        self.dimension = 1 if array.ndim == 1 else array.shape[1]
        equal = np.ones(len(array))
        weights = equal if weights is None else _check.vector(weights, "weights", len(array))
        total = _check.within(weights, 0, np.inf, "weights").sum()
        if not 0 < total < np.inf:
            raise ValueError(f"weights must have a positive finite sum, got {total:g}")
        self.weights = weights / total
        self.points.setflags(write=False)
        self.weights.setflags(write=False)

    def __repr__(self):
        return f"Sample({len(self.points)} points in dimension {self.dimension})"

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.points.setflags(write=False)  # a pickled array forgets that
        self.weights.setflags(write=False)

    def mean(self) -> Any:
        """The mean: a number for D = 1, shape (D,) otherwise."""
        return self.weights @ self.points

    def var(self) -> Any:
        """The variance of each coordinate: a number for D = 1, shape (D,) otherwise."""
        return self.weights @ (self.points - self.mean()) ** 2

    def support(self) -> tuple[float, float]:
        """The least and the largest point, for D = 1."""
        self._on_line("support")
        return float(self.points.min()), float(self.points.max())

    def ppf(self, q: ArrayLike) -> LikeInput:
        """Quantiles, for D = 1: the least point whose cumulative weight is at least q."""
        self._on_line("ppf")
        order = np.argsort(self.points, kind="stable")
        order = order[self.weights[order] > 0]
        index = np.searchsorted(np.cumsum(self.weights[order]), np.asarray(q, dtype=float))
        return self.points[order[np.minimum(index, order.size - 1)]]

    def rvs(self, size: int | tuple[int, ...] = 1, random_state: Seed = None) -> np.ndarray:
        """Draws with replacement, shape ``(*size,)`` or ``(*size, D)``."""
        some = np.flatnonzero(self.weights)
        uniforms = np.random.default_rng(random_state).random(size)
        index = np.searchsorted(np.cumsum(self.weights[some]), uniforms, side="right")
        return self.points[some[np.minimum(index, some.size - 1)]]

    def pdf(self, x: ArrayLike) -> NoReturn:
        """Refused: a discrete law has no density."""
        raise ValueError(f"a law with a density is needed for this, got {self!r}")

    def _on_line(self, method):
        if self.dimension > 1:
            raise ValueError(f"{method} needs dimension 1, got {self!r}")
