"""Lattices as quantizers (Appendix B): cells, nearest points, second moments and their bounds.

A second moment here is the normalized one per dimension, G = E||x - Q(x)||^2 / (n V^(2/n)) for x uniform
on a cell of volume V. It has no unit and does not change when the lattice is scaled. For a lattice whose
cells have isotropic second moments it is the coefficient M of (24); Gersho's constant M_d of (51) is the least.

Most lattices here are unions of few cosets of Z^n or D_n, up to a scale per axis. That one description
gives both the generator and the decoder [1]_.

References
----------
.. [1] J. H. Conway and N. J. A. Sloane, Fast quantizing and decoding algorithms for lattice quantizers and
   codes, IEEE Trans. Inform. Theory 28 (1982) 227-232.
.. [2] J. H. Conway and N. J. A. Sloane, Sphere Packings, Lattices and Groups, Springer, chapters 2, 4, 21.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import _check

_BLOCK = 6144  # points decoded at a time: a few arrays of one block stay in cache
_OMEGA = complex(-0.5, math.sqrt(0.75))  # generates the Eisenstein integers, a hexagonal lattice
_PLANE = np.array([0.5, math.sqrt(0.75)])  # their real and imaginary parts are integers in these units
_FARTHEST = 2.0**48  # in units of `scale`: beyond it floats have no halves to spare for cosets and parities


@dataclass(frozen=True, eq=False)
class Lattice:
    """A lattice, what is known of it as a quantizer, and its decoder where it has one.

    Parameters
    ----------
    name : str
    generator : (n, n) array
        The rows are a basis.
    normalized_second_moment : float
        G, no unit. Not below the sphere bound.
    exact : bool
        Whether G is a closed form; otherwise it is a Monte Carlo estimate, good to the digits given.
    status : str
        What is known about the optimality of G.
    source : str
        Where G comes from.
    scale, offsets, even : (n,) array, (k, n) array, bool
        The decoder: the lattice is the set of ``scale * (z + offset)`` over all offsets and all z in Z^n, or
        when `even` all z of even sum (D_n). `offsets` is None where there is no decoder.

    Raises
    ------
    ValueError
        If the second moment is below the sphere bound.

    Examples
    --------
    >>> LATTICES["A2"]
    Lattice(name='A2', dimension=2)
    >>> LATTICES["E8"].nearest([[0.6, 0.4, 0.5, 0.5, 0.4, 0.6, 0.5, 0.3]])
    array([[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]])
    """

    name: str
    generator: np.ndarray
    normalized_second_moment: float
    exact: bool
    status: str
    source: str
    scale: np.ndarray = None
    offsets: np.ndarray = None
    even: bool = False

    def __post_init__(self):
        check_second_moment(self.normalized_second_moment, self.dimension)

    def __repr__(self):
        return f"Lattice(name={self.name!r}, dimension={self.dimension})"

    @property
    def dimension(self):
        """The dimension n."""
        return len(self.generator)

    @property
    def volume(self):
        """The volume of a cell, |det generator|."""
        return float(abs(np.linalg.det(self.generator)))

    @property
    def has_decoder(self):
        """Whether `nearest` works."""
        return self.offsets is not None

    def nearest(self, points):
        """Return the nearest lattice point of each point.

        The floats of a lattice point are always the same bits, so that equal points compare, sort and hash
        as equal. Ties are broken by rule: a coordinate halfway rounds to even, D_n moves the first of its
        worst coordinates, and the first coset wins.

        Parameters
        ----------
        points : (k, n) array, or (k,) when n = 1

        Returns
        -------
        array of the same shape

        Raises
        ------
        ValueError
            If the lattice has no decoder here, or `points` has another shape, a value that is not finite,
            or one so large that floats do not resolve the lattice.
        """
        if not self.has_decoder:
            known = ", ".join(lattice.name for lattice in LATTICES.values() if lattice.has_decoder)
            raise ValueError(f"lattice {self.name} has no decoder; those with one are {known}")
        points = _check.points(points, self.dimension, "points")
        far = _FARTHEST * self.scale.min()
        if max(points.max(initial=0), -points.min(initial=0)) > far:
            _check.within(points, -far, far, "points")
        result = np.empty(points.shape)
        rows, answers = points.reshape(-1, self.dimension), result.reshape(-1, self.dimension)
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            x = np.empty((self.dimension, len(rows[block])))
            for axis, unit in enumerate(self.scale):  # axis by axis: far quicker than transposing
                np.divide(rows[block, axis], unit, out=x[axis])
            nearest = self._decode(x)
            for axis, unit in enumerate(self.scale):
                np.multiply(nearest[axis], unit, out=answers[block, axis])
        return result

    def _decode(self, x):
        """Nearest point in units of `scale`, one coordinate a row: the best of the nearest in each coset."""
        best = None
        weight = (self.scale[:, None] / self.scale.max()) ** 2  # all 1 for D_n
        for offset in self.offsets[:, :, None]:
            error = x - offset
            point = np.rint(error)
            error -= point
            cost = sum(error * error * weight)
            if self.even:
                _make_even(point, error, cost)
            point += offset  # also turns -0.0 into 0.0
            if best is None:
                best, least = point, cost
            else:
                best = np.where(cost < least, point, best)
                least = np.minimum(cost, least)
        return best


def _make_even(point, error, cost):
    """Where the sum is odd, round the worst coordinate the other way, all in place (D_n from Z^n)."""
    half = np.add.reduce(point, axis=0) / 2
    odd = half != np.rint(half)
    size = np.abs(error)
    worst = size.max(axis=0)
    cost += odd * (1 - 2 * worst)
    for row, misfit, bad in zip(point, error, size):
        move = odd & (bad == worst)
        row += np.copysign(move, misfit)
        odd ^= move  # one coordinate only, the first


def sphere_bound(n):
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


def zador_bound(n):
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


def check_second_moment(value, n, name="normalized_second_moment"):
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


def second_moment_A(n):
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


def second_moment_D(n):
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


def product_second_moment(*factors):
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
    >>> hexagon = LATTICES["A2"].normalized_second_moment
    >>> round(product_second_moment((hexagon, 2), (1 / 12, 1)), 6)
    0.081223
    """
    if not factors or not all(isinstance(factor, tuple) and len(factor) == 2 for factor in factors):
        raise ValueError(f"factors must be pairs (second moment, dimension), got {factors!r}")
    total = sum(_check.count(n, "dimension of a factor") for _, n in factors)
    return math.exp(sum(n * math.log(check_second_moment(G, n, "factor")) for G, n in factors) / total)


class Measured(NamedTuple):
    """A measured value and its standard error."""

    estimate: float
    standard_error: float


def second_moment(lattice, log2_points=14, scrambles=16, seed=0):
    """Measure the second moment of a lattice by scrambled Sobol points in a fundamental parallelepiped.

    Parameters
    ----------
    lattice : Lattice
        One with a decoder.
    log2_points : int
        Each scramble uses 2^log2_points points.
    scrambles : int
        Independent scrambles, at least 2; their spread gives the standard error.
    seed : anything that `numpy.random.default_rng` takes

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
    for stream in np.random.default_rng(seed).spawn(scrambles):
        points = qmc.Sobol(n, seed=stream).random_base2(log2_points) @ lattice.generator
        error = points - lattice.nearest(points.reshape(shape)).reshape(-1, n)
        estimates.append((error**2).mean() / lattice.volume ** (2 / n))
    estimate = float(np.mean(estimates))
    # In one dimension the rule is exact, and what is left is rounding.
    standard_error = float(max(np.std(estimates, ddof=1) / math.sqrt(scrambles), np.finfo(float).eps * estimate))
    check_second_moment(estimate + 6 * standard_error, n, "estimate + 6 standard errors")
    return Measured(estimate, standard_error)


class Cell(NamedTuple):
    """A cell of a lattice: vertices, and the faces as rings of vertex numbers."""

    vertices: np.ndarray
    faces: list


def cell_vertices(lattice):
    """Return the Voronoi cell of the origin in two or three dimensions, ready to draw.

    Parameters
    ----------
    lattice : str or (n, n) array
        A name in `LATTICES`, "Z^2" or "Z^3", or the rows of a basis; n = 2 or 3.

    Returns
    -------
    Cell
        `vertices`, shape (v, n), and `faces`, a list of index arrays. Each goes once around its polygon:
        the sides of a solid, or the polygon itself when n = 2.

    Raises
    ------
    ValueError
        If the name or the shape is not of these, or the basis is too oblique: its cell is found among the
        points with coefficients up to 3, and must have the volume |det|.

    Examples
    --------
    >>> solid = cell_vertices("A3*")
    >>> len(solid.vertices), sorted(len(face) for face in solid.faces)
    (24, [4, 4, 4, 4, 4, 4, 6, 6, 6, 6, 6, 6, 6, 6])
    """
    from scipy.spatial import ConvexHull, Voronoi

    basis = _basis_of_cell(lattice)
    n = len(basis)
    points = np.array(list(itertools.product(range(-3, 4), repeat=n))) @ basis
    diagram = Voronoi(points)
    region = diagram.regions[diagram.point_region[len(points) // 2]]  # the middle point is the origin
    vertices = diagram.vertices[[vertex for vertex in region if vertex >= 0]]
    near = np.round(vertices / np.abs(vertices).max(), 9)  # a vertex of many cells may come more than once
    vertices = vertices[np.unique(near, axis=0, return_index=True)[1]]
    volume = abs(np.linalg.det(basis))
    if -1 in region or not math.isclose(ConvexHull(vertices).volume, volume, rel_tol=1e-9):
        raise ValueError(f"lattice must be given by a reduced basis, got {basis.tolist()}")
    if n == 2:
        return Cell(vertices, [_ring(vertices, np.arange(len(vertices)), np.eye(2))])
    faces = []
    for neighbour in points:
        length = neighbour @ neighbour
        face = np.flatnonzero(np.abs(vertices @ neighbour - length / 2) < 1e-9 * length)
        if len(face) > 2:  # a side; otherwise the neighbour's cell has at most an edge in common
            faces.append(_ring(vertices, face, np.linalg.svd(neighbour[None])[2][1:]))
    return Cell(vertices, faces)


def _basis_of_cell(lattice):
    if isinstance(lattice, str):
        known = {"Z^2": np.eye(2), "Z^3": np.eye(3)}
        known |= {name: entry.generator for name, entry in LATTICES.items() if entry.dimension in (2, 3)}
        if lattice not in known:
            raise ValueError(f"lattice must be one of {', '.join(known)}, or a basis, got {lattice!r}")
        return known[lattice]
    basis = _check.finite(_check.floats(lattice, "lattice"), "lattice")
    if basis.shape not in ((2, 2), (3, 3)) or np.linalg.matrix_rank(basis) < len(basis):
        raise ValueError(f"lattice must be a basis of shape (2, 2) or (3, 3), got {basis.tolist()}")
    return basis


def _ring(vertices, face, plane):
    """Order the vertices of a convex polygon by angle in the plane spanned by the rows of `plane`."""
    x, y = plane @ (vertices[face] - vertices[face].mean(axis=0)).T
    return face[np.argsort(np.arctan2(y, x))]


def cell_second_moment(vertices):
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
    >>> round(cell_second_moment([[0, 0], [1, 0], [0, 1]]), 9), round(cell_second_moment([[0, 0], [2, 0], [0, 1], [2, 1]]), 9)
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


def _basis(spanning):
    """Reduce integer vectors that span a lattice to a triangular basis, by Euclid's algorithm."""
    rows, basis = np.array(spanning, dtype=np.int64), []
    for column in range(rows.shape[1]):
        while np.count_nonzero(rows[:, column]) > 1:
            nonzero = np.flatnonzero(rows[:, column])
            pivot = nonzero[np.abs(rows[nonzero, column]).argmin()]
            quotient = rows[:, column] // rows[pivot, column]
            quotient[pivot] = 0
            rows -= np.outer(quotient, rows[pivot])
        pivot = np.abs(rows[:, column]).argmax()
        basis.append(rows[pivot])
        rows = np.delete(rows, pivot, axis=0)
    return np.array(basis)


def _checkerboard(n):
    """A basis of D_n: 2e_1, e_1 + e_2, e_2 + e_3, ..."""
    basis = np.eye(n, dtype=int) + np.eye(n, k=-1, dtype=int)
    basis[0, 0] = 2
    return basis


def _cyclic(polynomial, k):
    """The k shifts of a polynomial's coefficients: a generator matrix of a cyclic code."""
    return np.array([[0] * i + polynomial + [0] * (k - 1 - i) for i in range(k)])


def _words(code):
    """All sums modulo 2 of the rows of a binary generator matrix."""
    return np.array(list(itertools.product((0, 1), repeat=len(code)))) @ code % 2


def _table():
    """The lattices by name, at the scale of [2]_: E8 and Leech have volume 1."""
    table = {}

    def add(name, moment, status, source, generator, exact=True, **decoder):
        generator.setflags(write=False)
        table[name] = Lattice(name, generator, moment, exact, status, source, **decoder)

    def add_cosets(name, moment, status, source, unit, period, words, even=False):
        """The lattice of all ``unit * (word + period * z)``, with z in Z^n or D_n."""
        n = words.shape[1]
        unit, period = np.broadcast_to(unit, n), np.broadcast_to(period, n)
        base = period * (_checkerboard(n) if even else np.eye(n, dtype=int))
        generator = unit * _basis(np.concatenate([words, base]))
        add(name, moment, status, source, generator, scale=unit * period, offsets=words / period, even=even)

    def zero(n):
        return np.zeros((1, n), dtype=int)

    def zero_and_one(n):
        return np.array([[0], [1]]).repeat(n, axis=1)

    polytopes = "Conway & Sloane, IEEE Trans. Inform. Theory 28 (1982) 211-226"
    best = "best known"

    add_cosets("Z", 1 / 12, "optimal", "an interval", 1, 1, zero(1))
    add_cosets("A2", 5 / (36 * math.sqrt(3)), "optimal",
               "Fejes Toth, Acta Math. Hungar. 10 (1959) 299-304; Newman, IEEE Trans. Inform. Theory 28 (1982) 137-139",
               _PLANE, 2, zero_and_one(2))
    add_cosets("A3", 4 ** (-1 / 3) / 8, "beaten by A3*", polytopes, 1, 1, zero(3), even=True)
    add_cosets("A3*", 19 / (192 * 2 ** (1 / 3)), "optimal among lattices",
               "Barnes & Sloane, SIAM J. Algebraic Discrete Methods 4 (1983) 30-41", 0.5, 2, zero_and_one(3))
    add_cosets("D4", 13 / (120 * math.sqrt(2)), best, polytopes, 1, 1, zero(4), even=True)
    add_cosets("D5*", 2641 / (23040 * 2 ** (3 / 5)), best,
               "Conway & Sloane, Sphere Packings, Lattices and Groups, ch. 21", 0.5, 2, zero_and_one(5))

    # E6*: triples of Eisenstein integers whose sum is divisible by i sqrt(3). A pair (a, b) in units of
    # _PLANE, a + b even, is one integer, and its residue is that of (a + 3b)/2 modulo 3.
    pairs = [(a, b) for a in range(6) for b in range(2) if (a + b) % 2 == 0]
    triples = np.array(list(itertools.product(pairs, repeat=3))).reshape(-1, 6)
    add_cosets("E6*", 12619 / (68040 * 3 ** (5 / 6)), best, "Worley, J. Austral. Math. Soc. A 43 (1987) 268-278",
               math.sqrt(2 / 3) * np.tile(_PLANE, 3), [6, 2] * 3, triples[triples @ ([1, 3] * 3) % 6 == 0])

    hamming = _cyclic([1, 1, 0, 1], 4)
    add_cosets("E7*", 21361 * 2 ** (1 / 7) / 322560, best, "Worley, SIAM J. Discrete Math. 1 (1988) 134-141",
               math.sqrt(1 / 2), 2, _words(hamming))
    add_cosets("E8", 929 / 12960, best, polytopes, 0.5, 2, zero_and_one(8), even=True)

    # K12: six Eisenstein integers that form a word of the hexacode modulo 2 (omega is then in F4).
    w, v = _OMEGA, _OMEGA.conjugate()
    hexacode = np.array([[1, 0, 0, 1, v, w], [0, 1, 0, 1, w, v], [0, 0, 1, 1, 1, 1]])
    spanning = np.concatenate([hexacode, 2 * np.eye(6)])
    spanning = np.concatenate([spanning, w * spanning]).view(float) / np.tile(_PLANE, 6)
    add("K12", 797361941 / (6567561000 * math.sqrt(3)), "beaten by glued lattices: 0.070034, arXiv 2312.00481",
        "Dutour Sikiric, Schurmann & Vallentin, Math. Comp. 78 (2009) 1713-1731",
        np.tile(_PLANE, 6) * _basis(np.rint(spanning)))

    reed_muller = np.concatenate([np.ones((1, 16), dtype=int), np.array(list(itertools.product((0, 1), repeat=4))).T])
    add_cosets("BW16", 207049815983 * math.sqrt(2) / 4287303820800, best,
               "Pook-Kolb, Agrell & Allen, IEEE J. Sel. Areas Inform. Theory 4 (2023) 16-23",
               math.sqrt(1 / 2), 2, _words(reed_muller), even=True)

    golay = _cyclic([1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 1], 12)
    golay = np.column_stack([golay, golay.sum(axis=1) % 2])
    odd = np.array([[-3] + [1] * 23])
    add("Leech", 0.06577, best, "Conway & Sloane, SIAM J. Algebraic Discrete Methods 5 (1984) 294-305 (Monte Carlo)",
        math.sqrt(1 / 8) * _basis(np.concatenate([2 * golay, 4 * _checkerboard(24), odd])), exact=False)
    return table


LATTICES = _table()
