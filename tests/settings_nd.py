"""The problems in several dimensions that the reference numbers are about."""

import numpy as np
from scipy import stats

from settings import NOISE, UNIFORM, TruncatedNormal
from zcmoe import Independent, Problem


class Ramp:
    """The law with density (2/d)(x_1 + … + x_d): a mixture, in equal parts, of one coordinate with density 2x_j."""

    def __init__(self, dimension):
        self.dimension = dimension

    def pdf(self, x):
        return 2 / self.dimension * np.sum(x, axis=1)

    def rvs(self, size, random_state=None):
        rng = np.random.default_rng(random_state)
        x = rng.random((size, self.dimension))
        x[np.arange(size), rng.integers(self.dimension, size=size)] = np.sqrt(rng.random(size))
        return x


class Linear(stats.rv_continuous):
    """The law on [0, 1] with density 1 + slope (x - 1/2)."""

    def _pdf(self, x, slope):
        return 1 + slope * (x - 0.5)

    def _cdf(self, x, slope):
        return x + slope * (x * x - x) / 2


LINEAR = Linear(a=0, b=1, name="linear")


def uniform(dimension):
    return Independent(*[UNIFORM] * dimension)


NORMALS = Independent(TruncatedNormal(0.4, 0.2), TruncatedNormal(0.6, 0.25))
THREE = Independent(TruncatedNormal(0.4, 0.3), LINEAR(0.5), UNIFORM)


def cosine_squares(inputs):
    """cos 2πx_1 + Σ x_j² over the other coordinates."""
    return Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + np.sum(x[:, 1:] ** 2, axis=1), inputs, NOISE,
                   gradient=lambda x: np.column_stack([-2 * np.pi * np.sin(2 * np.pi * x[:, 0]), 2 * x[:, 1:]]),
                   dimension=inputs.dimension)


def bump(inputs, center, rate):
    """exp(-rate ‖x - center‖²)."""
    def beta(x):
        return np.exp(-rate * np.sum((x - np.array(center)) ** 2, axis=1))
    return Problem(beta, inputs, NOISE, gradient=lambda x: -2 * rate * (x - np.array(center)) * beta(x)[:, None],
                   dimension=inputs.dimension)


def parabola_line(inputs):
    """x_1² + 2x_2."""
    return Problem(lambda x: x[:, 0] ** 2 + 2 * x[:, 1], inputs, NOISE,
                   gradient=lambda x: np.column_stack([2 * x[:, 0], np.full(len(x), 2.0)]), dimension=2)


def linear(inputs, *slopes):
    """slopes · x."""
    return Problem(lambda x: x @ np.array(slopes), inputs, NOISE,
                   gradient=lambda x: np.tile(slopes, (len(x), 1)), dimension=inputs.dimension)


def grid(*shape):
    """Centres of boxes, in the order of :class:`zcmoe.Boxes`."""
    axes = np.meshgrid(*[(np.arange(k) + 0.5) / k for k in shape], indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=-1)


def scattered(m, dimension, seed=0):
    return np.random.default_rng(seed).random((m, dimension))


PLANE, SPACE = cosine_squares(NORMALS), cosine_squares(THREE)

# The six settings of the weighted Voronoi table.
SIX = {f"{law}, {name}": make(inputs) for law, inputs in [("uniform", uniform(2)), ("normal", NORMALS)]
       for name, make in [("cosine", cosine_squares), ("bump", lambda p: bump(p, (0.3, 0.6), 12)),
                          ("parabola", parabola_line)]}
