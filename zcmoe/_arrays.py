"""Two things that arrays are asked everywhere: a quotient, and the cell between edges."""

import numpy as np


def ratio(numerator, denominator, otherwise=0.0):
    """The quotient where the denominator is positive, `otherwise` elsewhere; all three broadcast."""
    shape = np.broadcast_shapes(np.shape(numerator), denominator.shape)
    return np.divide(numerator, denominator, out=np.full(shape, otherwise), where=denominator > 0)


def cell_of(edges, x):
    """The number of the cell between increasing edges that holds x; the first or the last where x is outside."""
    return np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
