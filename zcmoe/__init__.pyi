"""The names of `zcmoe` for editors and type checkers: what the table in __init__.py says, held to it by a test."""

from zcmoe import (
    composition as composition,
    concentration as concentration,
    density as density,
    errors as errors,
    estimator as estimator,
    experts as experts,
    gating as gating,
    lattices as lattices,
    learning as learning,
    manifolds as manifolds,
    moments as moments,
    optimum as optimum,
    problem as problem,
    quantization as quantization,
    segmentation as segmentation,
    show as show,
)
from zcmoe.density import (
    SegmentDensity as SegmentDensity,
    optimal_density as optimal_density,
)
from zcmoe.errors import (
    anisotropic_error as anisotropic_error,
    approximation_error as approximation_error,
    approximation_excess as approximation_excess,
    estimation_error as estimation_error,
    high_rate_coefficient as high_rate_coefficient,
    high_rate_error as high_rate_error,
    minimal_error as minimal_error,
    small_region_error as small_region_error,
    standard_error as standard_error,
    test_error as test_error,
)
from zcmoe.estimator import (
    ZeroComputeMoERegressor as ZeroComputeMoERegressor,
    ZeroComputeMoETransformer as ZeroComputeMoETransformer,
)
from zcmoe.experts import (
    RunningExperts as RunningExperts,
    ZeroComputeMoE as ZeroComputeMoE,
    best_experts as best_experts,
    fit_experts as fit_experts,
)
from zcmoe.learning import (
    best_number_of_experts as best_number_of_experts,
    expected_estimation_error as expected_estimation_error,
    expected_test_error as expected_test_error,
    expected_test_errors as expected_test_errors,
    leading_order_error as leading_order_error,
    mean_inverse_count as mean_inverse_count,
    number_of_experts as number_of_experts,
    plug_in as plug_in,
    plug_in_density as plug_in_density,
    simulate as simulate,
)
from zcmoe.moments import (
    RegionGeometry as RegionGeometry,
    RegionMoments as RegionMoments,
    region_geometry as region_geometry,
    region_moments as region_moments,
)
from zcmoe.optimum import (
    bound_voronoi as bound_voronoi,
    optimal_intervals as optimal_intervals,
    optimal_level_sets as optimal_level_sets,
)
from zcmoe.problem import (
    Independent as Independent,
    Problem as Problem,
    Sample as Sample,
    on_cube as on_cube,
)
from zcmoe.segmentation import (
    Boxes as Boxes,
    Cubature as Cubature,
    Intervals as Intervals,
    LatticeCells as LatticeCells,
    LevelSets as LevelSets,
    PowerDiagram as PowerDiagram,
    Segmentation as Segmentation,
    Voronoi as Voronoi,
    check_segmentation as check_segmentation,
)

__version__: str
