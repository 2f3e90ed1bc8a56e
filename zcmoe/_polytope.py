"""Convex pieces of the cube: polygons cut by half-planes, all at once, rules on them, and cells that meet the cube."""

import numpy as np

from zcmoe._cubature import Chart, Patches
from zcmoe._progress import with_progress

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def clip(polygons, count, normal, offset):
    """The parts of convex polygons where normal @ x <= offset.

    Parameters
    ----------
    polygons : ndarray, shape (k, corners, 2)
        Corners in order; of polygon i the first `count[i]` are meant.
    count : ndarray of int, shape (k,)
    normal : ndarray, shape (k, 2)
    offset : ndarray, shape (k,)

    Returns
    -------
    polygons, count
        The last corner fills a row that has fewer.
    """
    k, width = polygons.shape[:2]
    place = np.arange(width)
    valid = place < count[:, None]
    following = np.where(place + 1 < count[:, None], place + 1, 0)
    excess = np.einsum("kij,kj->ki", polygons, normal) - offset[:, None]
    other = np.take_along_axis(excess, following, 1)
    outside = excess > 0
    crossed = valid & (outside != np.take_along_axis(outside, following, 1))
    share = np.divide(excess, excess - other, out=np.zeros_like(excess), where=crossed)
    crossing = polygons + share[..., None] * (np.take_along_axis(polygons, following[..., None], 1) - polygons)
    kept = np.stack([valid & ~outside, crossed], axis=2).reshape(k, -1)
    count = kept.sum(axis=1)
    order = np.argsort(~kept, axis=1, kind="stable")
    index = np.minimum(np.arange(max(count.max(initial=1), 1)), np.maximum(count - 1, 0)[:, None])
    order = np.take_along_axis(order, index, 1)
    return np.take_along_axis(np.stack([polygons, crossing], axis=2).reshape(k, -1, 2), order[..., None], 1), count


def cut(polygon, normal, offset):
    """The part of one convex polygon, shape (corners, 2), where normal @ x <= offset."""
    pieces, count = clip(polygon[None], np.array([len(polygon)]), normal[None], np.array([offset]))
    return pieces[0, :count[0]]


def plane_cells(centers):
    """The Voronoi cells of distinct centres in the plane, cut by [0, 1]².

    A cell is bounded by bisectors to its neighbours in Delaunay's triangulation, which Qhull finds; four points
    far away keep that from being flat, and bound no cell in the square.

    Returns
    -------
    list of (index, polygons, count)
        `index` (k,) are centres whose cells have about equally many sides; the rest as for :func:`clip`.
        None where centres are so close that Qhull takes some for one.
    """
    from scipy.spatial import Delaunay
    m, far = len(centers), 8 * (2 + np.abs(centers).max())
    ghosts = far * np.array([[1.0, 0.1], [-0.1, 1.0], [-1.0, -0.1], [0.1, -1.0]]) + 0.5
    triangulation = Delaunay(np.concatenate([centers, ghosts]))
    if len(triangulation.coplanar):
        return None
    starts, near = triangulation.vertex_neighbor_vertices
    owner = np.repeat(np.arange(m + 4), np.diff(starts))
    owner, near = owner[(owner < m) & (near < m)], near[(owner < m) & (near < m)]
    degree = np.bincount(owner, minlength=m)
    starts, cells = np.cumsum(degree) - degree, []
    size = np.maximum(1 << np.ceil(np.log2(np.maximum(degree, 1))).astype(int), 8)
    groups = [np.flatnonzero(size == most) for most in np.unique(size)]
    parts = [part for group in groups for part in np.array_split(group, group.size // 2**14 + 1)]
    for index in with_progress(parts, "plane cells"):
        polygons, count = np.tile(SQUARE, (index.size, 1, 1)), np.full(index.size, 4)
        for rank in range(degree[index].max()):
            some = rank < degree[index]
            other = centers[near[np.where(some, starts[index] + rank, 0)]]
            normal = np.where(some[:, None], other - centers[index], 0.0)  # 0 cuts nothing
            offset = np.einsum("ki,ki->k", normal, other + centers[index]) / 2
            polygons, count = clip(polygons, count, normal, offset)
        cells.append((index, polygons, count))
    return cells


def power_cells(centers, weights):
    """The cells of a power diagram in the plane, cut by [0, 1]²: each by its border to every other, as `plane_cells`.

    Of centres that coincide with equal weights the first has the cell.
    """
    every = np.arange(len(centers))
    polygons, count = np.tile(SQUARE, (every.size, 1, 1)), np.full(every.size, 4)
    for j in with_progress(every, "plane cells"):
        normal = centers[j] - centers
        offset = (np.einsum("ki,ki->k", normal, centers[j] + centers) + weights - weights[j]) / 2
        twin = ~normal.any(axis=1) & (weights == weights[j]) & (every > j)
        polygons, count = clip(polygons, count, normal, np.where(twin, -1.0, offset))
    return [(every, polygons, count)]


def along_lines(owner, polygons, count, lines):
    """Polygons cut in two along each line x_axis = value of `lines`, a sequence of values for each axis."""
    for axis, values in enumerate(lines):
        normal = np.eye(2)[axis]
        for value in values:
            across = (polygons[..., axis].min(axis=1) < value) & (polygons[..., axis].max(axis=1) > value)
            if not across.any():
                continue
            some, number = polygons[across], count[across]
            parts = [(polygons[~across], count[~across])]
            for sign in (1, -1):
                parts.append(clip(some, number, np.tile(sign * normal, (len(some), 1)),
                                  np.full(len(some), sign * value)))
            width = max(part.shape[1] for part, _ in parts)
            polygons = np.concatenate([np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), mode="edge")
                                       for p, _ in parts])
            count = np.concatenate([number for _, number in parts])
            owner = np.concatenate([owner[~across], owner[across], owner[across]])
    return owner, polygons, count


def quadrilaterals(owner, polygons):
    """Convex polygons as fans of quadrilaterals, shape (k, 4, 2), with their owners; none without area."""
    corners = polygons.shape[1]
    polygons = np.pad(polygons, ((0, 0), (0, max(corners % 2, 4 - corners)), (0, 0)), mode="edge")
    fans = [polygons[:, [0, j, j + 1, j + 2]] for j in range(1, polygons.shape[1] - 2, 2)]
    corners, owner = np.concatenate(fans), np.tile(owner, len(fans))
    across = corners[:, [2, 3]] - corners[:, [0, 1]]
    some = across[:, 0, 0] * across[:, 1, 1] != across[:, 0, 1] * across[:, 1, 0]  # the diagonals are not parallel
    return corners[some], owner[some]


class Quadrilaterals(Chart):
    """Gauss–Legendre on quadrilaterals: images of the unit square under bilinear maps.

    Patches are boxes in that square; their owners are quadrilaterals.
    """

    def __init__(self, corners, order, pdf=None):
        super().__init__(2, order, pdf)
        a, b, c, d = np.moveaxis(corners, 1, 0)
        self.terms = a, b - a, d - a, a - b + c - d  # x = a + u (b - a) + v (d - a) + uv (a - b + c - d)

    def place(self, patches, grid):
        """Points x for parameters (k, n, 2), and the area there times the density."""
        start, along, up, twist = (term[patches.owner, None] for term in self.terms)
        u, v = grid[..., :1], grid[..., 1:]
        right, above = along + v * twist, up + u * twist
        x = start + u * right + v * up
        np.clip(x, 1e-300, 1 - 2.0**-53, out=x)  # rounding must not leave the open square, where p or β may be infinite
        area = np.abs(right[..., 0] * above[..., 1] - right[..., 1] * above[..., 0])
        return x, area if self.pdf is None else area * self.pdf(x.reshape(-1, 2)).reshape(area.shape)


def quadrilateral_patches(corners, side):
    """Patches that cut quadrilaterals into parts not longer than `side`."""
    length = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    cuts = np.ceil(np.maximum(length[:, :2], length[:, 2:]) / side).astype(int)
    parts = []
    for nu, nv in np.unique(cuts, axis=0):
        some = np.flatnonzero((cuts == (nu, nv)).all(axis=1))
        cell = np.stack(np.meshgrid(np.arange(nu), np.arange(nv), indexing="ij"), axis=-1).reshape(-1, 2)
        low, high = cell / (nu, nv), (cell + 1) / (nu, nv)
        parts.append((np.tile(low, (some.size, 1)), np.tile(high, (some.size, 1)), np.repeat(some, nu * nv)))
    return Patches(*(np.concatenate(part) for part in zip(*parts, strict=True)))


class Cell:
    """The cell {x : |x| <= |x - step| for all steps} of a lattice.

    `radius` is that of a ball around it; `extent` (d,) are the largest coordinates in it.
    """

    def __init__(self, steps, radius):
        self.steps, self.length2, self.radius = steps, np.sum(steps**2, axis=1), radius
        self.extent = np.array([-self._linear(np.r_[-axis, 0]) for axis in np.eye(steps.shape[1])])
        self._inside = (0.5 - 1e-9) * self.length2

    def meets_cube(self, centers):
        """Whether a ball fits into both [0, 1]^d and the cell around each of the centres; shape (k,)."""
        answer, rows = np.zeros(len(centers), bool), max(2**22 // len(self.steps), 1)
        for start in with_progress(range(0, len(centers), rows), "lattice cells"):
            answer[start:start + rows] = self._meet_cube(centers[start:start + rows])
        return answer

    def _meet_cube(self, centers):
        nearest = np.clip(centers, 0, 1)  # of the cube: is it inside the cell?
        meets = ((nearest - centers) @ self.steps.T < self._inside).all(axis=1)
        beyond = (np.minimum(self.steps, 0).sum(axis=1) - centers @ self.steps.T > self._inside).any(axis=1)
        margin = 1e-9 * np.sqrt(self.length2.min())
        beyond |= ((centers - self.extent > 1 - margin) | (centers + self.extent < margin)).any(axis=1)
        for i in np.flatnonzero(~meets & ~beyond):
            meets[i] = self._has_common_ball(centers[i])
        return meets

    def _has_common_ball(self, center):
        x = np.clip(center, 0, 1) - center
        for _ in range(20):  # projections to and fro settle most
            excess = self.steps @ x - 0.49 * self.length2
            if (self.steps @ x < self._inside).all():
                return True
            worst = np.argmax(excess / np.sqrt(self.length2))
            x = np.clip(x - excess[worst] / self.length2[worst] * self.steps[worst] + center, 0, 1) - center
        d = len(center)
        sides = np.column_stack([np.concatenate([np.eye(d), -np.eye(d)]), np.ones(2 * d)])
        return -self._linear(np.r_[np.zeros(d), -1], sides,
                             np.r_[1 - center, center]) > 1e-9 * np.sqrt(self.length2.min())

    def _linear(self, cost, rows=None, bounds=None):
        """Minimum of cost · (x, r) over balls of radius r around x in the cell, under more rows."""
        from scipy.optimize import linprog
        length = np.sqrt(self.length2)
        own, limit = np.column_stack([self.steps / length[:, None], np.ones(len(length))]), length / 2
        if rows is not None:
            own, limit = np.concatenate([own, rows]), np.concatenate([limit, bounds])
        last = (0, None) if rows is None else (None, None)
        found = linprog(cost, own, limit, bounds=[(None, None)] * (len(cost) - 1) + [last])
        return found.fun
