"""Mixtures of many zero-compute experts: exact errors beside their high-rate formulas."""

import importlib.util
import sys

_HOME = {
    "problem": ["Problem", "Independent", "Sample", "on_cube"],
    "density": ["SegmentDensity", "optimal_density"],
    "segmentation": ["Segmentation", "Cubature", "check_segmentation", "Intervals", "Boxes", "Voronoi", "PowerDiagram",
                     "LatticeCells", "LevelSets"],
    "moments": ["RegionMoments", "region_moments", "RegionGeometry", "region_geometry"],
    "experts": ["ZeroComputeMoE", "best_experts", "fit_experts", "RunningExperts"],
    "errors": ["approximation_error", "approximation_excess", "estimation_error", "test_error", "small_region_error",
               "anisotropic_error", "high_rate_coefficient", "high_rate_error", "minimal_error", "standard_error"],
    "optimum": ["optimal_intervals", "optimal_level_sets", "bound_voronoi"],
    "learning": ["mean_inverse_count", "expected_test_error", "expected_estimation_error", "expected_test_errors",
                 "leading_order_error", "number_of_experts", "best_number_of_experts", "simulate", "plug_in",
                 "plug_in_density"],
    "estimator": ["ZeroComputeMoERegressor", "ZeroComputeMoETransformer"],
}
_SUBMODULES = ["composition", "concentration", "density", "errors", "estimator", "experts", "gating", "lattices",
               "learning", "manifolds", "moments", "optimum", "problem", "quantization", "segmentation", "show"]
_EXTRA = {"estimator": "sklearn", "show": "show"}  # what `pip install zcmoe` alone does not bring
_MODULE = {name: module for module, names in _HOME.items() for name in names}
__version__ = "0.1.0"
__all__ = sorted(name for name, module in _MODULE.items()
                 if module != "estimator" or importlib.util.find_spec("sklearn"))


def __getattr__(name):
    """Import a name, or a submodule, when it is first asked for: ``import zcmoe`` itself stays light."""
    module = _MODULE.get(name, name)
    if module not in _HOME and module not in _SUBMODULES:
        raise AttributeError(f"module 'zcmoe' has no attribute {name!r}")
    try:
        home = importlib.import_module(f"zcmoe.{module}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("zcmoe") or module not in _EXTRA:
            raise
        # `from zcmoe import name` would hide an AttributeError behind a message of its own.
        imported = sys._getframe(1).f_code.co_name == "_handle_fromlist"
        kind = ModuleNotFoundError if imported else AttributeError
        raise kind(f"zcmoe.{name} needs {error.name}: pip install 'zcmoe[{_EXTRA[module]}]'") from error
    value = getattr(home, name) if name in _MODULE else home
    globals()[name] = value
    return value


def __dir__():
    return sorted({*__all__, *_SUBMODULES, "__version__"})
