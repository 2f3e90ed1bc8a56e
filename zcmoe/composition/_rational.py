"""Whether a polytope has volume, decided in whole numbers."""

from fractions import Fraction
from math import lcm

import numpy as np


def interior_point(normals, bounds):
    """A point x with normals @ x < bounds in every row, or None when there is none.

    The polytope normals @ x <= bounds has volume exactly if there is one. The simplex method maximises r subject to
    normals @ x + r <= bounds and r <= 1, each row scaled to whole numbers, and stops as soon as r > 0. A table of whole
    numbers with one common denominator, the last pivot, divides without remainder (Edmonds; Bareiss); Bland's rule
    excludes cycles. Nothing is rounded.

    Parameters
    ----------
    normals : list of n lists of d Fractions
        No row is 0.
    bounds : list of n Fractions

    Returns
    -------
    list of d Fractions, or None
    """
    d = len(normals[0])
    table = [_whole([*normal, bound]) for normal, bound in zip(normals, bounds, strict=True)] + [[0] * d + [1]]
    table = np.array([[*row[:-1], 1, row[-1]] for row in table], dtype=object)  # columns x, r, bound
    rows, columns = list(range(d + 1, d + 1 + len(table))), list(range(d + 1))  # 0 … d-1: x; d: r; then slacks
    at = int(np.argmin(table[:, -1]))  # with r down to the least bound, x = 0 is feasible
    table, denominator = _pivot(table, at, d, 1)
    rows[at], columns[d] = columns[d], rows[at]
    while table[at, -1] <= 0:
        # r = bound - Σ table[at, j] columns_j: a coordinate may move either way, a slack only up.
        better = [j for j, name in enumerate(columns) if table[at, j] < 0 or (name < d and table[at, j] > 0)]
        if not better:
            return None
        enter = min(better, key=columns.__getitem__)
        sign = 1 if table[at, enter] < 0 else -1
        limits = [(Fraction(table[i, -1], sign * table[i, enter]), name, i) for i, name in enumerate(rows)
                  if name > d and sign * table[i, enter] > 0]
        leave = min(limits)[2]
        table, denominator = _pivot(table, leave, enter, denominator)
        rows[leave], columns[enter] = columns[enter], rows[leave]
    return [Fraction(table[rows.index(j), -1], denominator) if j in rows else Fraction(0) for j in range(d)]


def _pivot(table, row, column, denominator):
    """Exchange the variables of a row and a column; the table's true entries are table / denominator."""
    pivot = table[row, column]
    new = (table * pivot - np.outer(table[:, column], table[row])) // denominator
    new[row] = table[row]
    new[:, column] = -table[:, column]
    new[row, column] = denominator
    return (new, pivot) if pivot > 0 else (-new, -pivot)


def _whole(numbers):
    scale = lcm(*(number.denominator for number in numbers))
    return [int(number * scale) for number in numbers]
