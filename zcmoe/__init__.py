"""Mixtures of many zero-compute experts: exact errors beside their high-rate formulas."""

import importlib

_HOME = {
    "problem": ["Problem", "Independent", "Sample", "on_cube"],
    "density": ["SegmentDensity", "optimal_density"],
    "segmentation": ["Intervals", "Boxes", "Voronoi", "LatticeCells"],
    "voronoi": ["bound_voronoi"],
    "moments": ["RegionMoments", "region_moments", "RegionGeometry", "region_geometry"],
    "experts": ["ZeroComputeMoE", "best_experts", "fit_experts", "RunningExperts"],
    "errors": ["approximation_error", "estimation_error", "test_error", "small_region_error", "anisotropic_error",
               "high_rate_coefficient", "high_rate_error", "minimal_error"],
    "optimum": ["optimal_intervals"],
    "learning": ["mean_inverse_count", "expected_test_error", "expected_estimation_error", "expected_test_errors",
                 "leading_order_error", "number_of_experts", "best_number_of_experts", "simulate", "plug_in",
                 "plug_in_density"],
    "estimator": ["ZeroComputeMoERegressor"],
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_MODULE)
__version__ = "0.1.0"


def __getattr__(name):
    """Import a name, or a submodule, when it is first asked for: ``import zcmoe`` itself stays light."""
    if name in _MODULE:
        value = getattr(importlib.import_module(f"zcmoe.{_MODULE[name]}"), name)
    else:
        try:
            value = importlib.import_module(f"zcmoe.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"zcmoe.{name}":
                raise
            raise AttributeError(f"module 'zcmoe' has no attribute {name!r}") from None
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
