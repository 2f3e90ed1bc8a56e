"""The offset law: how the exact optimum approaches its high-rate value."""

import numpy as np
import pytest

from settings import COS6, NOISE, REFERENCE, UNIFORM, cosine, exponential, piecewise
from zcmoe import Problem, approximation_excess, minimal_error, optimal_intervals
from zcmoe.optimum import critical_offset


def test_critical_offsets():
    """R47, and what the recursion gives in 60-digit arithmetic."""
    assert critical_offset() == pytest.approx(-0.1084598082136, abs=5e-10)
    assert critical_offset("flat") == pytest.approx(-0.4121400263597, abs=5e-10)
    assert critical_offset() == pytest.approx(REFERENCE["R47"], abs=1e-8)


@pytest.mark.parametrize("problem, m, measured, interior, ends, flats", [
    (Problem(lambda x: (x - 0.5) ** 2, UNIFORM, NOISE), 15, 0.7851, 1, 0, 0),
    (cosine(1, UNIFORM), 31, 0.5625, 1, 2, 0),
    (exponential(), 60, 0.0234, 0, 0, 0),
    (COS6, 60, 3.667, 5, 2, 0),
    (piecewise(), 64, 1.0465, 2, 1, 1),
])
def test_offset_law(problem, m, measured, interior, ends, flats):
    """√(A*/E) - m tends to (1 + 2θ) an interior critical point, θ one at an end, θ_f an end of a flat piece."""
    a_star = minimal_error(problem, 1) - problem.noise_variance
    offset = np.sqrt(a_star / approximation_excess(problem, optimal_intervals(problem, m))) - m
    theta, flat = critical_offset(), critical_offset("flat")
    assert offset == pytest.approx(measured, abs=6e-4)
    assert offset == pytest.approx((1 + 2 * theta) * interior + theta * ends + flat * flats, abs=0.04)


def test_bad_input():
    with pytest.raises(ValueError, match='kind must be "smooth" or "flat"'):
        critical_offset("rough")
