"""Convex pieces of the cube: polygons cut by half-planes, a rule on them, and whether a cell meets the cube."""

import numpy as np

from zcmoe._quadrature import gauss, panel_order


def cut(polygon, normal, offset):
    """The part of a convex polygon where normal @ x <= offset, corners in order, shape (corners, 2)."""
    excess = polygon @ normal - offset
    outside, following = excess > 0, np.roll(excess, -1)
    if not outside.any():
        return polygon
    crossed = outside != np.roll(outside, -1)
    share = np.divide(excess, excess - following, out=np.zeros(len(excess)), where=crossed)
    crossing = polygon + share[:, None] * (np.roll(polygon, -1, axis=0) - polygon)
    return np.stack([polygon, crossing], axis=1)[np.stack([~outside, crossed], axis=1)]


def polygon_rule(polygons):
    """Nodes, weights and regions on convex polygons: Gauss–Legendre on triangles, one side shrunk to a corner."""
    fans = [polygon[[0, k, k + 1]] for polygon in polygons for k in range(1, len(polygon) - 1)]
    owner = np.repeat(np.arange(len(polygons)), [max(len(polygon) - 2, 0) for polygon in polygons])
    corner, second, third = np.moveaxis(np.array(fans), 1, 0)
    side, base = second - corner, third - second
    area = np.abs(side[:, 0] * base[:, 1] - side[:, 1] * base[:, 0])  # of the parallelogram
    orders = np.array([panel_order(size) for size in np.abs([side, base, third - corner]).max(axis=(0, 2))])
    parts = []
    for order in np.unique(orders):
        t, (nodes, weights) = orders == order, gauss(order)
        x = (corner[t, None, None] + nodes[:, None, None] * side[t, None, None]
             + np.multiply.outer(nodes, nodes)[..., None] * base[t, None, None])
        w = np.multiply.outer(area[t], np.multiply.outer(nodes * weights, weights))
        parts.append((x.reshape(-1, 2), w.ravel(), np.repeat(owner[t], order**2)))
    return tuple(np.concatenate(part) for part in zip(*parts))


def meets_cube(center, steps):
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
