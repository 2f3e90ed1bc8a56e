"""The laws of the inputs: one interface."""

import numpy as np

from zcmoe import _check
from zcmoe._quadrature import SCRAMBLES, sobol_rule


class Sample:
    """A discrete law in R^d: points with weights.

    Parameters
    ----------
    points : array_like, shape (n,) or (n, d)
    weights : array_like, shape (n,), optional
        Non-negative, not all 0; they are scaled to sum to 1. Equal by default.
    """

    def __init__(self, points, weights=None):
        points = _check.floats(points, "points")
        self.dimension = 1 if points.ndim == 1 else points.shape[-1]
        self.points = _check.points(points, self.dimension, "points").copy()
        weights = np.ones(len(points)) if weights is None else _check.vector(weights, "weights", len(points))
        self.weights = _check.within(weights, 0, np.inf, "weights") / weights.sum()


def draw_nodes(law, dimension, measure):
    """Nodes, weights and the number of replicates of a rule that knows nothing of the regions."""
    if isinstance(law, Sample):
        if measure == "volume":
            raise ValueError("inputs must have a density for volumes, got a Sample")
        return law.points, law.weights, 1
    nodes, weights = sobol_rule(dimension)
    if dimension == 1:
        nodes = nodes[:, 0]
    if measure == "volume":
        return nodes, weights, SCRAMBLES
    mass = weights * law.pdf(nodes)
    return nodes, mass / mass.sum(), SCRAMBLES
