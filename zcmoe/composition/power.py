"""A linear gate and the power diagram that it cuts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe.composition.layers import MoELayer, ReLULayer, shaped
from zcmoe.segmentation import PowerDiagram


def gate_regions(layer: MoELayer | ReLULayer, *, domain: tuple[float, float] = (-np.inf, np.inf)) -> PowerDiagram:
    """The regions of a linear top-1 gate W h + b: the power diagram with centres W and weights 2 b + |W|².

    ‖h - w_e‖² - (2 b_e + ‖w_e‖²) = ‖h‖² - 2 (w_e·h + b_e), so that the least power is the highest score. W and b times
    a positive number cut the same regions with other centres.

    Parameters
    ----------
    layer : MoELayer or ReLULayer
        Whose gate is linear.
    domain : (float, float)
        The range of every coordinate of h.

    Returns
    -------
    PowerDiagram

    Raises
    ------
    ValueError
        If the gate is a function.

    References
    ----------
    F. Aurenhammer, Power diagrams, SIAM J. Comput. 16 (1987) 78-96.

    Examples
    --------
    >>> layer = MoELayer([[0.0, 1.0], [2.0, 1.0]], [0.0, -1.0], np.zeros((2, 1, 2)), None)
    >>> gate_regions(layer).route([[0.4, 7.0], [0.6, 7.0]]).tolist()
    [0, 1]
    """
    if layer.gate_weights is None:
        raise ValueError(f"layer must have a linear gate, the gate of {layer!r} is a function")
    weights = layer.gate_weights
    return PowerDiagram(weights, 2 * layer.gate_bias + (weights**2).sum(axis=1), domain=domain)


def power_gate(centers: ArrayLike, weights: ArrayLike | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The linear gate that cuts a power diagram, or a Voronoi one: W = centres, b = (weights - |centres|²)/2.

    Parameters
    ----------
    centers : array_like, shape (m, d)
        Such as ``segmentation.centers``.
    weights : array_like, shape (m,), optional
        Such as ``segmentation.weights``; 0, as for Voronoi regions, when None.

    Returns
    -------
    gate_weights : ndarray, shape (m, d)
    gate_bias : ndarray, shape (m,)

    Examples
    --------
    >>> power_gate([[0.0, 1.0], [2.0, 1.0]])[1].tolist()
    [-0.5, -2.5]
    """
    rows = shaped(centers, "centers", (None, None))
    heavy = np.zeros(len(rows)) if weights is None else _check.vector(weights, "weights", len(rows))
    return rows.copy(), (heavy - (rows**2).sum(axis=1)) / 2
