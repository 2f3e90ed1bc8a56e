"""Laws on the cube [0, 1]^d, d > 1: products, and objects with a density and draws."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._cubature import sobol_rule
from zcmoe._laws.line import Unit, called, densities, describe, method
from zcmoe._quadrature import SCRAMBLES
from zcmoe._typing import HasPdf, Seed


class Independent:
    """Product of distributions on [0, 1]: the law of x with independent coordinates.

    Parameters
    ----------
    *marginals : distributions
        One SciPy distribution on [0, 1] a coordinate, or any other law that a Problem takes in one dimension.

    Examples
    --------
    >>> from scipy import stats
    >>> square = Independent(stats.uniform(), stats.beta(2, 1))
    >>> square.dimension
    2
    >>> square.pdf([[0.3, 0.5], [0.3, 1.0]]).round(12)
    array([1., 2.])
    """

    marginals: tuple[Any, ...]
    dimension: int

    cut_off = 0.0  # it lies on the cube

    def __init__(self, *marginals: HasPdf):
        if len(marginals) < 2:
            raise ValueError(f"marginals must be two distributions or more, got {len(marginals)}")
        known = {}  # the same law in many coordinates is asked once
        for i, law in enumerate(marginals):
            known.setdefault(id(law), law if isinstance(law, Unit) else Unit(law, f"marginals[{i}]"))
        self.marginals = tuple(known[id(law)] for law in marginals)
        self.dimension = len(self.marginals)

    def pdf(self, x: ArrayLike) -> np.ndarray:
        """Density at x of shape (n, d); shape (n,)."""
        return np.prod([law.pdf(column) for law, column in self._columns(x)], axis=0)

    def ppf(self, u: ArrayLike) -> np.ndarray:
        """Quantiles, coordinate by coordinate, of u of shape (n, d)."""
        return np.stack([law.ppf(column) for law, column in self._columns(u)], axis=-1)

    def rvs(self, size: int = 1, random_state: Seed = None) -> np.ndarray:
        """Draw `size` points, shape (size, d)."""
        rng = np.random.default_rng(random_state)
        return self.ppf(rng.random((_check.count(size, "size"), self.dimension)))

    def _columns(self, x):
        return zip(self.marginals, _check.points(x, self.dimension).T, strict=True)


class Cube:
    """A law on [0, 1]^d, d > 1, with a density and draws that were found to be such.

    `mass` is its integral over the cube by Sobol's rule, `mass_error` the standard error of that.

    Raises
    ------
    ValueError
        If the density is negative, not finite, of a wrong shape or does not integrate to 1, or draws leave the cube.
    """

    cut_off = 0.0  # what on_cube left out

    def __init__(self, law, dimension, name="inputs"):
        self.law, self.dimension, self.name = law, dimension, name
        self._pdf, self._rvs = method(law, name, "pdf"), method(law, name, "rvs")
        self.rvs(64, np.random.default_rng(0))
        for points in (2**11, 2**14):  # of each scramble: a concentrated law needs more
            self.mass, self.mass_error = cube_mass(self.pdf, dimension, points)
            if abs(self.mass - 1) <= 0.02 or self.mass_error < 0.005:
                break
        if not abs(self.mass - 1) <= 6 * self.mass_error + 1e-6:
            raise ValueError(f"{name} must integrate to 1 over the cube, got {self.mass:.6g} ± {self.mass_error:.1g}: "
                             + describe(law)
                             + "; if the rest lies outside, zcmoe.on_cube(law) conditions it" * (self.mass < 1))

    def __repr__(self):
        return describe(self.law)

    def pdf(self, x):
        """Density at x of shape (n, d); shape (n,)."""
        return densities(self._pdf, _check.points(x, self.dimension).copy(), self.name)

    def rvs(self, size=1, random_state=None):
        """Draw `size` points, shape (size, d)."""
        x = draws(self._rvs, size, random_state, self.dimension, self.name)
        return _check.refuse(x, (x < 0) | (x > 1), f"draw of {self.name}",
                             "lie in [0, 1]^d (zcmoe.on_cube(law) conditions a law on it)")


class CubePart:
    """A law in R^d on the condition that x lies in [0, 1]^d; `outside` is what that leaves out."""

    def __init__(self, law, dimension):
        self.law, self.dimension = law, dimension
        self._pdf, self._rvs = method(law, "law", "pdf"), method(law, "law", "rvs")
        self._mass, error = cube_mass(lambda x: densities(self._pdf, x.copy(), "law"), dimension)
        if not 0 < self._mass <= 1 + 6 * error + 1e-6:
            raise ValueError(f"law must have a probability in (0, 1] on the cube, got {self._mass:.6g} ± {error:.1g}: "
                             f"{describe(law)}")
        self.outside = max(1 - self._mass, 0.0)

    def __repr__(self):
        return f"on_cube({self.law!r})"

    def pdf(self, x):
        """Density on the cube."""
        return densities(self._pdf, x, "law") / self._mass

    def rvs(self, size=1, random_state=None):
        """Draws of the law that fall into the cube."""
        rng, kept = np.random.default_rng(random_state), np.empty((0, self.dimension))
        while len(kept) < size:
            x = draws(self._rvs, int(1.2 * (size - len(kept)) / self._mass) + 16, rng, self.dimension, "law")
            kept = np.concatenate([kept, x[((x >= 0) & (x <= 1)).all(axis=1)]])
        return kept[:size]


def draws(rvs, size, random_state, dimension, name):
    """Draws of a user's law, of shape (size, d)."""
    size = _check.count(size, "size")
    x = called(rvs, name, "rvs", size=size, random_state=np.random.default_rng(random_state))
    x = _check.floats(x, f"{name}.rvs")
    if size == 1 and x.shape == (dimension,):
        x = x[None]
    if x.shape != (size, dimension):
        raise ValueError(f"{name}.rvs must return shape {(size, dimension)} for size = {size}, got {x.shape}")
    return x


def cube_mass(pdf, dimension, points=2**14):
    """Integral of a density over [0, 1]^d by Sobol's rule, and its standard error."""
    nodes = sobol_rule(dimension)[0].reshape(SCRAMBLES, -1, dimension)[:, :points]
    masses = pdf(nodes.reshape(-1, dimension)).reshape(SCRAMBLES, -1).mean(axis=1)
    return float(masses.mean()), float(masses.std(ddof=1) / SCRAMBLES**0.5)
