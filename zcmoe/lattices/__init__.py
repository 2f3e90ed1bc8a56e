"""Lattices as quantizers (Appendix B): cells, nearest points, second moments and their bounds.

A second moment here is the normalized one per dimension, G = E||x - Q(x)||^2 / (n V^(2/n)) for x uniform
on a cell of volume V. It has no unit and does not change when the lattice is scaled. For a lattice whose
cells have isotropic second moments it is the coefficient M of (24); Gersho's constant M_d of (51) is the least.
"""

from zcmoe.lattices.bounds import (
    check_second_moment,
    product_second_moment,
    second_moment_A,
    second_moment_D,
    sphere_bound,
    zador_bound,
)
from zcmoe.lattices.cells import Cell, cell_vertices
from zcmoe.lattices.lattice import Lattice
from zcmoe.lattices.moments import Measured, cell_second_moment, second_moment
from zcmoe.lattices.table import LATTICES

__all__ = [
    "LATTICES", "Cell", "Lattice", "Measured", "cell_second_moment", "cell_vertices", "check_second_moment",
    "product_second_moment", "second_moment", "second_moment_A", "second_moment_D", "sphere_bound", "zador_bound",
]
