"""The best segmentation of each kind, and the law that its error follows."""

from zcmoe.optimum.intervals import OptimalIntervals, optimal_intervals
from zcmoe.optimum.level_sets import OptimalLevelSets, optimal_level_sets
from zcmoe.optimum.levels import discrete_levels, settled_levels
from zcmoe.optimum.offset import critical_offset
from zcmoe.optimum.partition import optimal_partition
from zcmoe.optimum.voronoi import BoundVoronoi, bound_voronoi

__all__ = [
    "BoundVoronoi", "OptimalIntervals", "OptimalLevelSets", "bound_voronoi", "critical_offset", "discrete_levels",
    "optimal_intervals", "optimal_level_sets", "optimal_partition", "settled_levels",
]
