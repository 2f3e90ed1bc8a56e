"""Second moments, measured (by Sobol points) and exact (of a polytope)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._typing import Seed
from zcmoe.lattices.bounds import check_second_moment
from zcmoe.lattices.lattice import Lattice


class Measured(NamedTuple):
    """A measured value and its standard error."""

    estimate: float
    standard_error: float


def second_moment(lattice: Lattice, *, log2_points: int = 14, scrambles: int = 16, rng: Seed = 0) -> Measured:
    """Measure the second moment of a lattice by scrambled Sobol points in a fundamental parallelepiped.

    Parameters
    ----------
    lattice : Lattice
        One with a decoder.
    log2_points : int
        Each scramble uses 2^log2_points points.
    scrambles : int
        Independent scrambles, at least 2; their spread gives the standard error.
    rng : anything that `numpy.random.default_rng` takes

    Returns
    -------
    Measured
        `estimate` and `standard_error` of G.

    Raises
    ------
    ValueError
        If the lattice has no decoder, a count is out of range, or the estimate is more than six standard
        errors below the sphere bound.

    References
    ----------
    A. B. Owen, Scrambled net variance for integrals of smooth functions, Ann. Statist. 25 (1997) 1541-1562.

    Examples
    --------
    >>> from zcmoe.lattices import LATTICES
    >>> measured = second_moment(LATTICES["A2"], log2_points=10)
    >>> abs(measured.estimate - 0.080187537) < 4 * measured.standard_error < 1e-4
    True
    """
    from scipy.stats import qmc

    if not isinstance(lattice, Lattice):
        raise ValueError(f"lattice must be one of LATTICES' values, got {lattice!r}")
    log2_points, scrambles = _check.count(log2_points, "log2_points"), _check.count(scrambles, "scrambles", 2)
    n = lattice.dimension
    shape = (-1, n) if n > 1 else -1
    estimates = []
    for stream in np.random.default_rng(rng).spawn(scrambles):
        points = qmc.Sobol(n, rng=stream).random_base2(log2_points) @ lattice.generator
        error = points - lattice.nearest(points.reshape(shape)).reshape(-1, n)
        estimates.append((error**2).mean() / lattice.volume ** (2 / n))
    estimate = float(np.mean(estimates))
    # In one dimension the rule is exact, and what is left is rounding.
    standard_error = float(max(np.std(estimates, ddof=1) / math.sqrt(scrambles), np.finfo(float).eps * estimate))
    check_second_moment(estimate + 6 * standard_error, n, "estimate + 6 standard errors")
    return Measured(estimate, standard_error)


def cell_second_moment(vertices: ArrayLike) -> float:
    """Return the exact second moment of a convex polytope about its centroid.

    Parameters
    ----------
    vertices : (v, n) array
        The polytope is their convex hull, n >= 2.

    Returns
    -------
    float
        G = integral of ||x - centroid||^2 / (n V^(1 + 2/n)), no unit.

    Raises
    ------
    ValueError
        If the hull has no volume, or a value is not finite.

    References
    ----------
    J. H. Conway and N. J. A. Sloane, Voronoi regions of lattices, second moments of polytopes, and
    quantization, IEEE Trans. Inform. Theory 28 (1982) 211-226 (a polytope as a union of simplices).

    Examples
    --------
    >>> triangle, rectangle = [[0, 0], [1, 0], [0, 1]], [[0, 0], [2, 0], [0, 1], [2, 1]]
    >>> round(cell_second_moment(triangle), 9), round(cell_second_moment(rectangle), 9)
    (0.111111111, 0.104166667)
    """
    from scipy.spatial import ConvexHull, QhullError

    vertices = _check.finite(_check.floats(vertices, "vertices"), "vertices")
    if vertices.ndim != 2 or vertices.shape[1] < 2:
        raise ValueError(f"vertices must have shape (v, n) with n >= 2, got {vertices.shape}")
    try:
        hull = ConvexHull(vertices)
    except (QhullError, ValueError):
        raise ValueError(f"vertices must span a volume, got shape {vertices.shape}") from None
    n = vertices.shape[1]
    # Simplices with a common apex, an inner point; their moments are polynomials in the corners.
    corners = vertices[hull.simplices] - vertices.mean(axis=0)
    volumes = np.abs(np.linalg.det(corners)) / math.factorial(n)
    sums = corners.sum(axis=1)
    volume, first = volumes.sum(), volumes @ sums / (n + 1)
    second = volumes @ ((corners**2).sum(axis=(1, 2)) + (sums**2).sum(axis=1)) / ((n + 1) * (n + 2))
    moment = (second - first @ first / volume) / (n * volume ** (1 + 2 / n))
    return check_second_moment(moment, n, "second moment of the polytope")
