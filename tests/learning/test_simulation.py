"""The simulation of Section 6.3 against exact expectations and a plain loop."""

import numpy as np
import pytest
from pytest import approx

from settings import COS6, UNIFORM, compander, cosine, exponential, piecewise
from zcmoe import Intervals, expected_test_errors, fit_experts, simulate, test_error

# Monte Carlo
PROBLEMS = {"cos6": COS6, "piecewise": piecewise(), "cos2": cosine(1, UNIFORM), "exp": exponential()}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("n", [10, 60, 250, 1000])
def test_the_expected_error_is_the_mean_of_the_simulation(name, n):
    """48 settings of (β, n, m and segmentation): |z| < 3.5. Small sets have skewed errors, so they get more runs."""
    problem = PROBLEMS[name]
    segmentations = [Intervals.uniform(3), Intervals.uniform(25), compander(problem, 40)]
    errors = simulate(problem, segmentations, n, runs=max(1500, 200_000 // n), rng=100 + n)
    expected = expected_test_errors(problem, segmentations, [n])[0]
    z = (errors.mean(axis=0) - expected) / (errors.std(axis=0, ddof=1) / np.sqrt(len(errors)))
    assert np.abs(z).max() < 3.5


@pytest.mark.parametrize("test_examples", [None, 500])
def test_the_simulation_equals_a_plain_loop(test_examples, monkeypatch):
    segmentations, n, runs, together = [Intervals.uniform(4), compander(COS6, 30), Intervals([0, 0.9, 1])], 37, 14, 5
    monkeypatch.setattr("zcmoe.learning.simulation.BATCH", together * n)
    fast = simulate(COS6, segmentations, n, runs=runs, rng=11, test_examples=test_examples)
    assert np.array_equal(fast, simulate(COS6, segmentations, n, runs=runs, rng=11, test_examples=test_examples))
    rng = np.random.default_rng(11)
    test = test_examples and COS6.sample(test_examples, rng=rng)
    sets = []
    for k in (5, 5, 4):
        x = COS6.inputs.ppf(np.sort(rng.random((k, n)), axis=1))
        sets += zip(x, np.cos(6 * np.pi * x) + rng.random((k, n)) - 0.5, strict=True)
    assert fast.shape == (len(sets), 3)
    for row, (x, y) in zip(fast, sets, strict=True):
        for error, segmentation in zip(row, segmentations, strict=True):
            moe = fit_experts(segmentation, x, y)
            plain = test_error(COS6, moe) if test is None else np.mean((test[1] - moe.predict(test[0])) ** 2)
            assert error == approx(plain, rel=1e-12)


@pytest.mark.parametrize("call, message", [
    (lambda: simulate(COS6, [Intervals.uniform(3)], 5, runs=0), "runs must be"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
