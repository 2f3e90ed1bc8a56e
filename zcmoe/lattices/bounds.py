"""Bounds on second moments, and the closed forms that are known for whole families of lattices."""

from __future__ import annotations

import math

from zcmoe import _check


def sphere_bound(n: int) -> float:
    """Return the second moment of a ball: no cell in n dimensions has less.

    Parameters
    ----------
    n : int
        Dimension.

    Returns
    -------
    float
        Gamma(n/2 + 1)^(2/n) / ((n + 2) pi), which falls to 1/(2 pi e).

    Raises
    ------
    ValueError
        If `n` is not a positive integer.

    References
    ----------
    A. Gersho, Asymptotically optimal block quantization, IEEE Trans. Inform. Theory 25 (1979) 373-380.

    Examples
    --------
    >>> round(sphere_bound(2), 9), round(10 * math.log10(sphere_bound(1) * 2 * math.pi * math.e), 4)
    (0.079577472, 1.5329)
    """
    n = _check.count(n, "n")
    return math.exp(2 / n * math.lgamma(n / 2 + 1)) / ((n + 2) * math.pi)


def zador_bound(n: int) -> float:
    """Return Zador's upper bound on the best second moment in n dimensions (random codebooks reach it).

    Parameters
    ----------
    n : int
        Dimension.

    Returns
    -------
    float
        Gamma(n/2 + 1)^(2/n) Gamma(1 + 2/n) / (n pi), which falls to 1/(2 pi e).

    Raises
    ------
    ValueError
        If `n` is not a positive integer.

    References
    ----------
    P. L. Zador, Asymptotic quantization error, IEEE Trans. Inform. Theory 28 (1982) 139-149.

    Examples
    --------
    >>> round(zador_bound(1), 9), round(zador_bound(24), 5)
    (0.5, 0.06722)
    """
    return sphere_bound(n) * (n + 2) / n * math.gamma(1 + 2 / n)


def check_second_moment(value: float, n: int, name: str = "normalized_second_moment") -> float:
    """Return a second moment, or raise if it is below the sphere bound, which nothing can be.

    Parameters
    ----------
    value : float
        A normalized second moment per dimension.
    n : int
        Dimension.
    name : str
        What to call the value in the message.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If it is below the sphere bound or not a finite number.

    Examples
    --------
    >>> check_second_moment(0.07, 2)
    Traceback (most recent call last):
    ...
    ValueError: normalized_second_moment must be at least the sphere bound 0.0795775 in dimension 2, got 0.07
    """
    value, bound = _check.real(value, name), sphere_bound(n)
    if value < bound * (1 - 1e-12):
        raise ValueError(f"{name} must be at least the sphere bound {bound:g} in dimension {n}, got {value:g}")
    return value


def second_moment_A(n: int) -> float:
    """Return the second moment of A_n, the lattice of the simplex (n = 1: Z; 2: hexagons; 3: fcc).

    Parameters
    ----------
    n : int
        Dimension.

    Returns
    -------
    float
        (n + 1)^(-1/n) (1/12 + 1/(6 (n + 1))).

    Raises
    ------
    ValueError
        If `n` is not a positive integer.

    References
    ----------
    J. H. Conway and N. J. A. Sloane, Voronoi regions of lattices, second moments of polytopes, and
    quantization, IEEE Trans. Inform. Theory 28 (1982) 211-226.

    Examples
    --------
    >>> round(second_moment_A(2), 9)
    0.080187537
    """
    n = _check.count(n, "n")
    return (n + 1) ** (-1 / n) * (1 / 12 + 1 / (6 * (n + 1)))


def second_moment_D(n: int) -> float:
    """Return the second moment of D_n, the checkerboard lattice (n = 1: Z; 2: squares; 3: fcc).

    Parameters
    ----------
    n : int
        Dimension.

    Returns
    -------
    float
        2^(-2/n) (1/12 + 1/(2 n (n + 1))).

    Raises
    ------
    ValueError
        If `n` is not a positive integer.

    References
    ----------
    J. H. Conway and N. J. A. Sloane, Voronoi regions of lattices, second moments of polytopes, and
    quantization, IEEE Trans. Inform. Theory 28 (1982) 211-226.

    Examples
    --------
    >>> round(second_moment_D(4), 9)
    0.076603235
    """
    n = _check.count(n, "n")
    return 2 ** (-2 / n) * (1 / 12 + 1 / (2 * n * (n + 1)))


def product_second_moment(*factors: tuple[float, int]) -> float:
    """Return the second moment of a product of lattices, each scaled as is best.

    Parameters
    ----------
    *factors : pairs (G, n)
        Second moment and dimension of each factor.

    Returns
    -------
    float
        The geometric mean of the G, weighted by dimension: (G1^n1 G2^n2 ...)^(1/(n1 + n2 + ...)).

    Raises
    ------
    ValueError
        If there is no factor, one is not a pair, or one is below the sphere bound.

    References
    ----------
    E. Agrell and B. Allen, On the best lattice quantizers, IEEE Trans. Inform. Theory 69 (2023) 7650-7658.

    Examples
    --------
    >>> from zcmoe.lattices import LATTICES
    >>> hexagon = LATTICES["A2"].normalized_second_moment
    >>> round(product_second_moment((hexagon, 2), (1 / 12, 1)), 6)
    0.081223
    """
    if not factors or not all(isinstance(factor, tuple) and len(factor) == 2 for factor in factors):
        raise ValueError(f"factors must be pairs (second moment, dimension), got {factors!r}")
    total = sum(_check.count(n, "dimension of a factor") for _, n in factors)
    return math.exp(sum(n * math.log(check_second_moment(G, n, "factor")) for G, n in factors) / total)
