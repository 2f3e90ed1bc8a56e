"""Low-dimensional inputs in a high-dimensional space: manifolds as weighted points, and experts on charts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._laws import Sample
from zcmoe.composition import DeepMoE, ReLULayer, interpolant
from zcmoe.composition.layers import shaped

_ROLL = (1.5 * np.pi, 4.5 * np.pi)  # the swiss roll's angles t: its radius is t/10
_HEIGHT = 2.1
_CHORDS = 2**16


class Manifold:
    """A law on a d-dimensional manifold: points and their probabilities, in few coordinates and in R^D.

    Parameters
    ----------
    coordinates : array_like, shape (n, k)
        The points where the manifold is described: (u, v) for a circle.
    weights : array_like, shape (n,), optional
        Non-negative, not all 0; they are divided by their sum. Equal when None.
    dimension : int
        The intrinsic dimension d, 1 … k.
    net : callable, optional
        From m to about m points spread evenly, coordinates of shape (m', k): centres of cells.
    curve : callable, optional
        For d = 1: from the share of arc length in [0, 1], shape (n,), to coordinates (n, k).
    frame : array_like, shape (k, D), optional
        Orthonormal rows: the points are ``coordinates @ frame``, an isometry. None leaves them where they are.

    Attributes
    ----------
    points : ndarray, shape (n, D)
        Where a network sees them.
    law : Sample
        Of the points, as the inputs of a :class:`zcmoe.Problem`.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, a weight negative, or the frame's rows are not orthonormal.

    Examples
    --------
    >>> arc = Manifold([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8]], dimension=1)
    >>> arc.embed(16, rng=0).points.shape
    (3, 16)
    """

    coordinates: np.ndarray
    frame: np.ndarray
    points: np.ndarray
    weights: np.ndarray
    law: Sample
    dimension: int

    def __init__(self, coordinates: ArrayLike, weights: ArrayLike | None = None, *, dimension: int = 1,
                 net: Callable[[int], np.ndarray] | None = None,
                 curve: Callable[[np.ndarray], np.ndarray] | None = None, frame: ArrayLike | None = None):
        self.coordinates = shaped(coordinates, "coordinates", (None, None))
        k = self.coordinates.shape[1]
        self.dimension, self.net, self.curve = _check.count(dimension, "dimension"), net, curve
        if self.dimension > k:
            raise ValueError(f"dimension must be at most that of the coordinates, {k}, got {dimension}")
        self.frame = shaped(np.eye(k) if frame is None else frame, "frame", (k, None))
        if (error := np.abs(self.frame @ self.frame.T - np.eye(k)).max()) > 1e-9:
            raise ValueError(f"frame must have orthonormal rows, their products are off by up to {error:.2g}")
        self.law = Sample(self.coordinates if frame is None else self.coordinates @ self.frame, weights)
        self.points, self.weights = self.law.points, self.law.weights

    def __repr__(self):
        n, ambient = self.points.shape
        return f"Manifold({n} points, dimension {self.dimension} in {ambient})"

    def target(self, f: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
        """A function of the coordinates as one of the points: x goes to f(x @ frame.T)."""
        return lambda x: f(x @ self.frame.T)

    def embed(self, ambient: int, *, rng: Any = None) -> Manifold:
        """The same law in R^ambient, turned at random: an isometry from a QR factorisation.

        Parameters
        ----------
        ambient : int
            D, at least the number of coordinates.
        rng : anything that ``numpy.random.default_rng`` takes

        Returns
        -------
        Manifold
        """
        k = self.coordinates.shape[1]
        ambient = _check.count(ambient, "ambient", k)
        columns, _ = np.linalg.qr(np.random.default_rng(rng).standard_normal((ambient, k)))
        return Manifold(self.coordinates, self.weights, dimension=self.dimension, net=self.net, curve=self.curve,
                        frame=columns.T)

    def anchors(self, m: int) -> np.ndarray:
        """About m points spread evenly over the manifold, shape (m', D); their number is that of the manifold's net.

        Raises ValueError for a manifold that has no net.
        """
        if self.net is None:
            raise ValueError(f"anchors need a net, {self!r} has none: give your own points")
        return self.net(_check.count(m, "m")) @ self.frame


def circle(n: int = 40_000) -> Manifold:
    """The unit circle: n points (u, v) at equal distances; its net has exactly m points.

    Examples
    --------
    >>> circle(4).points.round(4).tolist()
    [[0.7071, 0.7071], [-0.7071, 0.7071], [-0.7071, -0.7071], [0.7071, -0.7071]]
    """
    def at(share):
        angle = 2 * np.pi * np.asarray(share)
        return np.stack([np.cos(angle), np.sin(angle)], axis=-1)

    return Manifold(at(_middles(_check.count(n, "n"))), net=lambda m: at(_middles(m)), curve=at)


def curve(path: Callable[[np.ndarray], np.ndarray], n: int = 40_000) -> Manifold:
    """Your own curve, with the inputs spread evenly over its length.

    Parameters
    ----------
    path : callable
        From t in [0, 1], shape (n,), to coordinates (n, k): continuous, at any speed. Its length is measured by 65 536
        chords.
    n : int
        Number of points.

    Returns
    -------
    Manifold
        Of dimension 1; its net has exactly m points, and its `curve` follows the arc length.

    Examples
    --------
    >>> parabola = curve(lambda t: np.stack([t, t**2], axis=1), 3)
    >>> parabola.points.round(3).tolist()  # a sixth, a half, five sixths of the way
    [[0.238, 0.057], [0.611, 0.373], [0.884, 0.782]]
    """
    t = np.linspace(0, 1, _CHORDS + 1)
    corners = _check.finite(_check.floats(path(t), "values of path"), "values of path")
    if corners.ndim != 2 or len(corners) != t.size:
        raise ValueError(f"values of path must have shape ({t.size}, k), got {corners.shape}")
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    if not lengths.min() > 0:
        raise ValueError(f"path must not stand still, it does at t = {t[np.argmin(lengths)]:.6g}")
    travelled = np.r_[0.0, np.cumsum(lengths)] / lengths.sum()

    def at(share):
        return path(np.interp(share, travelled, t))

    return Manifold(at(_middles(_check.count(n, "n"))), net=lambda m: at(_middles(m)), curve=at)


def sphere(n: int = 40_000) -> Manifold:
    """The unit sphere in R^3: points of equal area along a Fibonacci spiral; its net is one with exactly m points.

    References
    ----------
    Swinbank and Purser 2006; points of this kind: Vogel 1979.

    Examples
    --------
    >>> print(sphere(1000), f"{(sphere(1000).points**2).mean(axis=0).max():.4f}")
    Manifold(1000 points, dimension 2 in 3) 0.3333
    """
    def spiral(m):
        height = 1 - 2 * _middles(m)
        turn = np.pi * (1 + 5**0.5) * (np.arange(m) + 0.5)
        radius = np.sqrt(1 - height**2)
        return np.column_stack([radius * np.cos(turn), radius * np.sin(turn), height])

    return Manifold(spiral(_check.count(n, "n")), dimension=2, net=spiral)


def torus(dimension: int = 2, n: int = 40_000) -> Manifold:
    """The flat torus of d angles in R^2d, on the unit sphere: (cos a_1 … cos a_d, sin a_1 … sin a_d)/√d.

    Points and net are grids with the same number of angles, k = round(n^(1/d)), on every axis: about n, exactly k^d.

    Examples
    --------
    >>> torus(3, 1000), len(torus(3, 1000).anchors(100))
    (Manifold(1000 points, dimension 3 in 6), 125)
    """
    d = _check.count(dimension, "dimension")

    def grid(m):
        angles = 2 * np.pi * _middles(max(round(m ** (1 / d)), 1))
        angles = np.stack([axis.ravel() for axis in np.meshgrid(*[angles] * d, indexing="ij")], axis=1)
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1) / np.sqrt(d)

    return Manifold(grid(_check.count(n, "n")), dimension=d, net=grid)


def swiss_roll(n: int = 40_000) -> Manifold:
    """A rolled-up rectangle in R^3: (t cos t, 10 v, t sin t)/10 for 3π/2 <= t <= 9π/2 and 0 <= v <= 2.1.

    The law is uniform on its area. Points are a grid of √(4 n) by √(n/4), even in arc length and in v; the net is a
    grid with square cells, of about m points.

    Examples
    --------
    >>> roll = swiss_roll()
    >>> roll, len(roll.anchors(64)), len(roll.anchors(256))
    (Manifold(40000 points, dimension 2 in 3), 68, 264)
    """
    t = np.linspace(*_ROLL, _CHORDS + 1)
    length = (t * np.sqrt(1 + t**2) + np.arcsinh(t)) / 20  # of the spiral with radius t/10
    length -= length[0]

    def grid(along, across):
        angle = np.repeat(np.interp(length[-1] * _middles(along), length, t), across)
        height = np.tile(_HEIGHT * _middles(across), along)
        return np.column_stack([angle * np.cos(angle) / 10, height, angle * np.sin(angle) / 10])

    def net(m):
        along = max(round(np.sqrt(m * length[-1] / _HEIGHT)), 1)
        return grid(along, max(round(m / along), 1))

    n = _check.count(n, "n")
    along = max(round(np.sqrt(4 * n)), 1)
    return Manifold(grid(along, max(round(n / along), 1)), dimension=2, net=net)


def circle_moe(manifold: Manifold, f: Callable[[np.ndarray], np.ndarray], n_experts: int, width: int, *,
               angle: float = 0.0) -> DeepMoE:
    """Charts on the circle by explicit weights: one layer, a linear gate without bias, experts of width m.

    Expert i has the arc around its anchor a_i. Its chart is the projection on the tangent there, φ_i(x) in
    ±sin(π/E); on it f is interpolated at m + 1 equally spaced knots by m ReLU units. Nothing is trained.

    Parameters
    ----------
    manifold : Manifold
        :func:`circle`, embedded or not.
    f : callable
        The target, from coordinates (n, 2) to values (n,).
    n_experts : int
        E, at least 2.
    width : int
        m, the units of each expert.
    angle : float
        Of the first anchor, in radians.

    Returns
    -------
    DeepMoE
        Of one :class:`~zcmoe.composition.ReLULayer`, on R^D.

    Raises
    ------
    ValueError
        If the manifold has not two coordinates, or E < 2.

    References
    ----------
    Wang and E, arXiv 2505.24205, Example 4.6, Corollary 4.9 and Experiment I.

    Examples
    --------
    >>> ring = circle().embed(16, rng=0)
    >>> f = lambda x: np.sin(5 * x[:, 0]) + np.cos(3 * x[:, 1])
    >>> network = circle_moe(ring, f, 4, 10)
    >>> print(f"{np.mean((network.predict(ring.points) - f(ring.coordinates))**2):.4e}")
    7.1443e-04
    """
    if len(manifold.frame) != 2:
        raise ValueError(f"manifold must be a circle with two coordinates, got {len(manifold.frame)}")
    n_experts, width = _check.count(n_experts, "n_experts", 2), _check.count(width, "width")
    angles = _check.real(angle, "angle") + 2 * np.pi * np.arange(n_experts) / n_experts
    anchors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    tangents = np.stack([-np.sin(angles), np.cos(angles)], axis=1)
    knots = np.sin(np.pi / n_experts) * np.linspace(-1, 1, width + 1)
    parts = [interpolant(knots, f(np.sqrt(1 - knots**2)[:, None] * anchor + knots[:, None] * tangent))
             for anchor, tangent in zip(anchors, tangents, strict=True)]
    outer, inner_bias, constant = (np.array(part) for part in zip(*parts, strict=True))
    layer = ReLULayer(anchors @ manifold.frame, None, np.ones((n_experts, width, 1)), inner_bias, outer[:, None],
                      constant[:, None], chart=(tangents @ manifold.frame)[:, None])
    return DeepMoE([layer])


def _middles(n):
    return (np.arange(n) + 0.5) / n
