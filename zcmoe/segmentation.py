"""Segmentations (3): regions A_1, …, A_m of the input space, and the routing to them."""

import itertools
import math
from functools import cached_property

import numpy as np

from zcmoe import _check, _fast
from zcmoe._quadrature import SCRAMBLES, gauss, panel_rule, product_rule, sobol_rule


class Intervals:
    """Interval segmentation: regions [a_(i-1), a_i), the last one closed.

    Parameters
    ----------
    edges : array_like, shape (m + 1,)
        a_0 < a_1 < … < a_m. Any finite range serves data; wherever a :class:`~zcmoe.Problem` is
        involved the edges must run from 0 to 1.

    Raises
    ------
    ValueError
        If the edges are not finite and strictly increasing.

    References
    ----------
    Dar, arXiv 2510.03151, Section 4, (13).

    Examples
    --------
    >>> Intervals([0, 0.25, 1]).route([0, 0.2, 0.25, 1]).tolist()
    [0, 0, 1, 1]
    """

    dimension = 1

    def __init__(self, edges):
        self.edges = _check.increasing(edges, "edges").copy()
        self.edges.setflags(write=False)
        self.n_regions = self.edges.size - 1

    @classmethod
    def uniform(cls, m):
        """m regions of equal length on [0, 1]."""
        m = _check.count(m, "m")
        return cls(np.arange(m + 1) / m)

    @classmethod
    def from_density(cls, density, m):
        """The segmentation (50) of [0, 1]: a_i = g(i/m), with the expander g = ``density.ppf``.

        Parameters
        ----------
        density : frozen SciPy distribution on [0, 1] or SegmentDensity
        m : int
        """
        m = _check.count(m, "m")
        _check.frozen(density, "density", ("ppf", "support"))
        if tuple(density.support()) != (0, 1):
            raise ValueError(f"density must have support [0, 1], got {tuple(map(float, density.support()))}")
        edges = density.ppf(np.arange(m + 1) / m)
        if edges[0] != 0 or edges[-1] != 1:  # (49) has no unique solution
            raise ValueError(f"density must be positive up to both ends, got g(0) = {edges[0]:g} and g(1) = {edges[-1]:g};"
                             " a floor > 0 in optimal_density makes it so")
        return cls(edges)

    def __repr__(self):
        return f"Intervals({self.n_regions} regions on [{self.edges[0]:g}, {self.edges[-1]:g}])"

    def route(self, x):
        """Index of the region of each x, in 0, …, m - 1; x outside the edges is refused."""
        x = _check.within(_check.points(x, 1), self.edges[0], self.edges[-1], "x")
        return np.minimum(np.searchsorted(self.edges, x, side="right") - 1, self.n_regions - 1)

    @cached_property
    def _guide(self):
        """The table of the faster way, made when first needed."""
        return _fast.Guide(self.edges)

    def cubature(self, problem):
        """Gauss–Legendre nodes, Lebesgue weights and regions for integrals over each A_i."""
        check_problem(self, problem)
        if self.edges[0] != 0 or self.edges[-1] != 1:
            raise ValueError(f"edges must run from 0 to 1 for a Problem, got {self.edges[0]:g} to {self.edges[-1]:g}")
        panels = np.union1d(self.edges, problem.panels)
        nodes, weights = panel_rule(panels)
        region = np.searchsorted(self.edges, panels[:-1], side="right") - 1
        return nodes.ravel(), weights.ravel(), np.repeat(region, nodes.shape[1])


class Boxes:
    """Equal boxes: k_1 × … × k_d of them on [0, 1]^d, for d > 1.

    Boxes are numbered in row-major order, the last coordinate fastest, and are half-open like
    :class:`Intervals`, the last of each axis closed.

    Parameters
    ----------
    shape : sequence of int
        (k_1, …, k_d).

    Raises
    ------
    ValueError
        If `shape` is not two positive integers or more; one axis is ``Intervals.uniform``.

    Notes
    -----
    `cubature` is a Gauss–Legendre product rule, with error about 1e-10 for smooth β and p; a kink inside a
    box costs digits. Where that needs more than 2^22 nodes (many axes), Sobol's rule takes over, as in
    :class:`Voronoi`.

    References
    ----------
    Dar, arXiv 2510.03151, Section 5; M(A_i) = 1/12 in (24) where the boxes are cubes.

    Examples
    --------
    >>> Boxes((2, 3)).route([[0.4, 0.4], [0.5, 0.0], [1.0, 1.0]]).tolist()
    [1, 3, 5]
    """

    def __init__(self, shape):
        axes = list(shape) if np.iterable(shape) else [shape]
        if len(axes) < 2:
            raise ValueError(f"shape must have two axes or more (one axis is Intervals.uniform), got {shape!r}")
        self.shape = tuple(_check.count(k, f"shape[{j}]") for j, k in enumerate(axes))
        self.dimension = len(self.shape)
        self.n_regions = math.prod(self.shape)
        self._orders = [_order(1 / k) for k in self.shape]
        self.scrambles = 1 if self.n_regions * math.prod(self._orders) <= 2**22 else SCRAMBLES

    def __repr__(self):
        return f"Boxes({self.shape})"

    def route(self, x):
        """Index of the box of each x, shape (n,); x outside [0, 1]^d is refused."""
        x = _check.within(_check.points(x, self.dimension), 0, 1, "x")
        index = [np.searchsorted(np.arange(1, k) / k, column, side="right") for k, column in zip(self.shape, x.T)]
        return row_major(index, self.shape)

    def cubature(self, problem):
        """Nodes (n, d), Lebesgue weights and regions for integrals over each box."""
        check_problem(self, problem)
        if self.scrambles > 1:
            nodes, weights = sobol_rule(self.dimension)
            return nodes, weights, self.route(nodes)
        axes = [panel_rule(np.arange(k + 1) / k, order) for k, order in zip(self.shape, self._orders)]
        index = np.meshgrid(*[np.repeat(np.arange(k), order) for k, order in zip(self.shape, self._orders)],
                            indexing="ij")
        return *product_rule(axes), row_major(index, self.shape).ravel()


def row_major(index, shape):
    """One number for an index a coordinate, the last fastest; NumPy's own stops at 64 coordinates."""
    number = np.zeros_like(index[0])
    for part, k in zip(index, shape, strict=True):
        number = number * k + part
    return number


class Voronoi:
    """Nearest-centre segmentation of [0, 1]^d, for d > 1.

    Parameters
    ----------
    centers : array_like, shape (m, d)
        Distinct points, inside [0, 1]^d or not; region i is where centre i is the nearest.

    Raises
    ------
    ValueError
        If the centres are not finite, coincide, or have d = 1.

    Notes
    -----
    A point as near to several centres goes to one of them, always the same.
    For d = 2 `cubature` cuts the regions into triangles and is as good as that of :class:`Boxes`. Beyond, it
    counts in each region the nodes of a fixed rule, 16 scrambles of 2^14 Sobol points;
    :func:`zcmoe.moments.standard_error` says how far to trust that.

    References
    ----------
    Dar, arXiv 2510.03151, Section 5 and Appendix B.

    Examples
    --------
    >>> Voronoi([[0.2, 0.5], [0.8, 0.5]]).route([[0.4, 0.9], [0.6, 0.1]]).tolist()
    [0, 1]
    """

    def __init__(self, centers):
        from scipy.spatial import cKDTree
        dimension = np.shape(centers)[-1] if np.ndim(centers) == 2 else 0
        if dimension < 2 or not len(centers):
            raise ValueError(f"centers must have shape (m, d) with m >= 1 and d > 1, got {np.shape(centers)}")
        self.centers = _check.points(centers, dimension, "centers").copy()
        self.centers.setflags(write=False)
        self.n_regions, self.dimension = self.centers.shape
        self.scrambles = 1 if self.dimension == 2 else SCRAMBLES
        self._tree = cKDTree(self.centers)
        distinct = len(np.unique(self.centers, axis=0))
        if distinct < self.n_regions:
            raise ValueError(f"centers must be distinct, got {self.n_regions} of which {distinct} differ")

    def __repr__(self):
        return f"{type(self).__name__}({self.n_regions} regions in dimension {self.dimension})"

    def route(self, x):
        """Index of the nearest centre of each x, shape (n,); x outside [0, 1]^d is refused."""
        return self._tree.query(_check.within(_check.points(x, self.dimension), 0, 1, "x"))[1]

    def cubature(self, problem):
        """Nodes (n, d), Lebesgue weights and regions for integrals over each region."""
        check_problem(self, problem)
        return self._cubature

    @cached_property
    def _cubature(self):
        if self.dimension == 2:
            return _polygon_rule([self.polygon(i) for i in range(self.n_regions)])
        nodes, weights = sobol_rule(self.dimension)
        return nodes, weights, self.route(nodes)

    def polygon(self, i):
        """Corners of region i in order, shape (k, 2), for d = 2: the square, cut by bisectors until no farther centre can reach it."""
        polygon = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        center, seen = self.centers[i], 1
        while seen < self.n_regions and len(polygon):
            upto = min(4 * seen + 16, self.n_regions)
            distances, near = self._tree.query(center, range(seen + 1, upto + 1))
            for distance, other in zip(distances, self.centers[near]):
                if not len(polygon) or distance / 2 > np.linalg.norm(polygon - center, axis=1).max():
                    return polygon
                polygon = _cut(polygon, other - center, (other - center) @ (other + center) / 2)
            seen = upto
        return polygon


class LatticeCells(Voronoi):
    """The cells of a scaled lattice, cut by [0, 1]^d.

    There is a region for each lattice point whose cell meets the open cube; they are numbered by their
    coefficients in the lattice's basis. Regions at the boundary are parts of cells.

    Parameters
    ----------
    lattice : Lattice
        One of ``lattices.LATTICES`` with a decoder and dimension > 1.
    scale : float
        The lattice is multiplied by `scale`: its cells have volume ``scale**d * lattice.volume``, so
        ``scale = (m * lattice.volume)**(-1/d)`` gives them the volume 1/m, and about m regions plus half
        of those at the boundary. :meth:`for_regions` counts them.
    shift : array_like, shape (d,), optional
        Moves the lattice.

    Raises
    ------
    ValueError
        If the lattice has dimension 1 or no decoder, or `scale` is not positive.

    References
    ----------
    Dar, arXiv 2510.03151, Appendices B and C. The half-spaces that bound a cell: Voronoi 1908; see Conway
    and Sloane, Sphere Packings, Lattices and Groups, chapter 21.

    Examples
    --------
    >>> from zcmoe.lattices import LATTICES
    >>> LatticeCells(LATTICES["A2"], 0.1)
    LatticeCells(137 regions in dimension 2)
    """

    def __init__(self, lattice, scale, shift=None):
        d = _check.count(lattice.dimension, "dimension of the lattice", 2)
        self.lattice, self.scale = lattice, _check.real(scale, "scale", 0, open_low=True)
        shift = _check.vector(np.zeros(d) if shift is None else shift, "shift", d)
        basis, inverse = self.scale * lattice.generator, np.linalg.inv(lattice.generator)

        def coefficients(points):
            return np.rint(lattice.nearest(points) @ inverse).astype(int)

        # Every facet of a cell bisects 0 and the shortest vector of a class of the lattice modulo its double.
        classes = np.array(list(itertools.product((0, 1), repeat=d)))[1:]
        steps = classes - 2 * coefficients(classes @ lattice.generator / 2)
        steps = np.concatenate([steps, -steps])
        # The cells that meet the cube hang together by facets: grow them from the middle.
        start = coefficients((0.5 - shift[None]) / self.scale)[0]
        seen, kept, fresh = {tuple(start)}, [], [start]
        while fresh:
            point = fresh.pop()
            if _meets_cube(point @ basis + shift, steps @ basis):
                kept.append(tuple(point))
                neighbours = [tuple(near) for near in point + steps]
                fresh += [np.array(near) for near in set(neighbours) - seen]
                seen.update(neighbours)
        super().__init__(np.array(sorted(kept)) @ basis + shift)

    @classmethod
    def for_regions(cls, lattice, m):
        """The cells whose number is closest to m among up to eight scales tried."""
        m, d = _check.count(m, "m"), lattice.dimension
        scale, best = (m * lattice.volume) ** (-1 / d), None
        for _ in range(8):
            cells = cls(lattice, scale)
            if best is None or abs(cells.n_regions - m) < abs(best.n_regions - m):
                best = cells
            if best.n_regions == m:
                break
            scale *= (cells.n_regions / m) ** (1 / d)
        return best


def _cut(polygon, normal, offset):
    """The part of a convex polygon where normal @ x <= offset, corners in order, shape (corners, 2)."""
    excess = polygon @ normal - offset
    outside, following = excess > 0, np.roll(excess, -1)
    if not outside.any():
        return polygon
    crossed = outside != np.roll(outside, -1)
    share = np.divide(excess, excess - following, out=np.zeros(len(excess)), where=crossed)
    crossing = polygon + share[:, None] * (np.roll(polygon, -1, axis=0) - polygon)
    return np.stack([polygon, crossing], axis=1)[np.stack([~outside, crossed], axis=1)]


def _polygon_rule(polygons):
    """Nodes, weights and regions on convex polygons: Gauss–Legendre on triangles, one side shrunk to a corner."""
    fans = [polygon[[0, k, k + 1]] for polygon in polygons for k in range(1, len(polygon) - 1)]
    owner = np.repeat(np.arange(len(polygons)), [max(len(polygon) - 2, 0) for polygon in polygons])
    corner, second, third = np.moveaxis(np.array(fans), 1, 0)
    side, base = second - corner, third - second
    area = np.abs(side[:, 0] * base[:, 1] - side[:, 1] * base[:, 0])  # of the parallelogram
    orders = np.array([_order(size) for size in np.abs([side, base, third - corner]).max(axis=(0, 2))])
    parts = []
    for order in np.unique(orders):
        t, (nodes, weights) = orders == order, gauss(order)
        x = (corner[t, None, None] + nodes[:, None, None] * side[t, None, None]
             + np.multiply.outer(nodes, nodes)[..., None] * base[t, None, None])
        w = np.multiply.outer(area[t], np.multiply.outer(nodes * weights, weights))
        parts.append((x.reshape(-1, 2), w.ravel(), np.repeat(owner[t], order**2)))
    return tuple(np.concatenate(part) for part in zip(*parts))


def _meets_cube(center, steps):
    """Whether a ball fits into both [0, 1]^d and the cell {x : |x - center| <= |x - center - step| for all}."""
    length = np.linalg.norm(steps, axis=1)
    if np.all(steps @ (np.clip(center, 0, 1) - center) < (0.5 - 1e-9) * length**2):
        return True  # the nearest point of the cube is inside the cell
    if np.any(np.minimum(steps, 0).sum(axis=1) - steps @ center > (0.5 - 1e-9) * length**2):
        return False  # the whole cube is beyond a facet
    from scipy.optimize import linprog
    sides = np.concatenate([steps / length[:, None], np.eye(center.size), -np.eye(center.size)])
    bounds = np.concatenate([steps @ center / length + length / 2, np.ones(center.size), np.zeros(center.size)])
    rows = np.column_stack([sides, np.ones(len(sides))])  # sides @ x + radius <= bounds
    found = linprog(np.r_[np.zeros(center.size), -1], rows, bounds, bounds=(None, None))
    return -found.fun > 1e-9 * length.min()


def _order(width):
    """Gauss–Legendre nodes for a panel of the given width: 1e-10 for functions like cos 6πx and its square."""
    return 6 + int(26 * width)


def check_problem(segmentation, problem):
    """Raise ValueError unless segmentation and problem have the same dimension."""
    if segmentation.dimension != problem.dimension:
        raise ValueError(f"segmentation must have the problem's dimension {problem.dimension}, "
                         f"got {segmentation.dimension}")
