"""Segmentations (3): regions A_1, …, A_m of the input space, and the routing to them."""

from zcmoe.segmentation.base import Cubature, Segmentation, check_segmentation
from zcmoe.segmentation.boxes import Boxes
from zcmoe.segmentation.intervals import Intervals
from zcmoe.segmentation.lattice_cells import LatticeCells
from zcmoe.segmentation.level_sets import LevelSets
from zcmoe.segmentation.power_diagram import PowerDiagram
from zcmoe.segmentation.voronoi import Voronoi

__all__ = [
    "Boxes", "Cubature", "Intervals", "LatticeCells", "LevelSets", "PowerDiagram", "Segmentation", "Voronoi",
    "check_segmentation",
]
