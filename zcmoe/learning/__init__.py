"""Learned experts (Section 6): exact expectations over training sets, simulation, the choice of m, data."""

from zcmoe.learning.choice import NumberOfExperts, best_number_of_experts, number_of_experts
from zcmoe.learning.expectation import (
    ExpectedEstimationError,
    expected_estimation_error,
    expected_test_error,
    expected_test_errors,
    leading_order_error,
    mean_inverse_count,
)
from zcmoe.learning.plugin import PlugIn, difference_variance, plug_in, plug_in_density
from zcmoe.learning.simulation import simulate
from zcmoe.learning.streams import fit_dask, fit_stream, in_blocks, in_parquet, with_progress

__all__ = [
    "ExpectedEstimationError", "NumberOfExperts", "PlugIn", "best_number_of_experts", "difference_variance",
    "expected_estimation_error", "expected_test_error", "expected_test_errors", "fit_dask", "fit_stream", "in_blocks",
    "in_parquet", "leading_order_error", "mean_inverse_count", "number_of_experts", "plug_in", "plug_in_density",
    "simulate", "with_progress",
]
