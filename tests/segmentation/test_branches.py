"""Where a function turns, and where it passes a value."""

import numpy as np
import pytest
from pytest import approx

from zcmoe.segmentation._branches import Branches


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("turn", [0.1, 0.26437, 0.5, 0.81])
def test_a_turn_is_found_to_nine_digits(turn, sign):
    """It is seen between two of 32 steps, which become ten times finer eight times; the last two are 2e-8 of one."""
    found = Branches(lambda x: sign * np.abs(x - turn), np.array([0.0, 1.0]), [])
    assert found.low[1:] == approx([turn], abs=2e-8 / 32) and found.high[0] == found.low[1]
