"""Gauss's rules for any law on an axis, and the budget of nodes."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from settings import TruncatedNormal
from zcmoe import _cubature
from zcmoe._cubature import Chart, Patches, gauss_of_law, legendre_basis, refine
from zcmoe._laws.line import Unit

LOW, HIGH = np.array([0.0, 0.35, 0.0]), np.array([0.35, 1.0, 1.0])


@pytest.mark.parametrize("law", [TruncatedNormal(0.4, 0.2), TruncatedNormal(0.4, 0.03), stats.uniform(0.2, 0.3)],
                         ids=["wide", "narrow", "part"])
def test_gauss_of_a_law_is_exact_for_polynomials(law):
    """Four nodes are for degree 7: the moments of the whole, and of the two parts together."""
    axis = gauss_of_law(Unit(law), LOW, HIGH, 4)
    assert axis.weights.sum(axis=1) == approx(law.cdf(HIGH) - law.cdf(LOW), rel=1e-10)
    for power in range(8):
        left, right, whole = np.sum(axis.weights * axis.nodes**power, axis=1)
        assert whole == approx(law.moment(power) if power else 1, rel=1e-9) and left + right == approx(whole, rel=1e-12)


def test_a_millionth_of_the_mass_is_beyond_each_end():
    """The law is narrow, deviation 0.03: β beside 0 and 1 does not matter. Of a part, a millionth of its own mass."""
    law = TruncatedNormal(0.4, 0.03)
    ends = gauss_of_law(Unit(law), LOW, HIGH, 4).ends
    assert [law.cdf(ends[2, 0]), law.sf(ends[2, 1])] == approx([1e-6, 1e-6], rel=0.1, abs=0)
    assert law.cdf(ends[0, 0]) == approx(1e-6 * law.cdf(0.35), rel=0.1, abs=0)
    assert law.sf(ends[1, 1]) == approx(1e-6 * law.sf(0.35), rel=0.1, abs=0)


@pytest.mark.parametrize("order", [4, 6, 8])
def test_polynomials_at_the_nodes_are_orthonormal(order):
    assert legendre_basis(order) @ legendre_basis(order).T == approx(np.eye(order), abs=1e-14)


def test_patches_end_before_their_nodes_round_to_their_edges():
    """β may be infinite there: beside 0.3 patches are halved until floats are too few for eight nodes inside."""
    class Beside:
        def __call__(self, chart, patches, rule):
            assert np.all((patches.low[:, None] < rule.nodes) & (rule.nodes < patches.high[:, None]))
            beside = (patches.low[:, 0] == 0.3) | (patches.high[:, 0] == 0.3)
            return np.sqrt(patches.high - patches.low)[:, 0] * beside, np.zeros(len(patches.owner), int)

        def owner_of(self, patches):
            return patches.owner
    halves = Patches(np.array([[0, 0], [0.3, 0]]), np.array([[0.3, 1], [1, 1]]), np.arange(2))
    x = refine(Chart(2, 8), halves, Beside()).nodes[:, 0]
    assert 0 < np.abs(x - 0.3).min() < 1e-14


@pytest.mark.parametrize("patches, budget", [(64, 2**13), (384, 3 * 2**12), (768, 2**14), (1280, 20 * 2**10 * 33 / 32)])
def test_nodes_stay_within_the_budget(patches, budget, monkeypatch):
    """A rule that starts with more than half the nodes of any other may have twice those, up to a limit; beyond that a
    part more. Seven of ten patches are never good enough; the others, kept round by round, count too."""
    monkeypatch.setattr(_cubature, "BUDGET", 2**13)
    monkeypatch.setattr(_cubature, "LARGEST", 2**14)

    class Never:
        rng = np.random.default_rng(0)

        def __call__(self, chart, patches, rule):
            return 1.0 * (self.rng.random(len(patches.owner)) < 0.7), self.rng.integers(2, size=len(patches.owner))

        def owner_of(self, patches):
            return patches.owner
    square = Patches(np.zeros((patches, 2)), np.ones((patches, 2)), np.arange(patches))
    found = refine(Chart(2, 4), square, Never())
    assert 0.9 * budget < len(found.nodes) <= budget
    assert np.bincount(found.regions, found.weights) == approx(1, rel=1e-12)
