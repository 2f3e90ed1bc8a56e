"""Regions from data, part by part."""

import numpy as np
import pytest

from zcmoe.learning.examples import distinct_examples
from zcmoe.learning.regions import Regions, regions_from_data
from zcmoe.segmentation import Boxes


def test_empty_boxes_of_many_features_are_answered():
    """More features than an array has axes, most of them not cut: the nearest box with examples answers."""
    boxes = Regions(Boxes((1,) * 40 + (2,) + (1,) * 40 + (3,)), None, 0.0)
    values = np.arange(6.0)[:, None]
    assert boxes.answered(values, np.array([1.0, 0, 0, 0, 0, 1]))[:, 0].tolist() == [0, 0, 5, 0, 5, 5]


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_lattice_regions_hold_two_examples_on_average(n):
    """One example apart from all others in x and y: of three there is no second region for it, of four there is."""
    x = np.r_[np.linspace(0, 0.1, 2 * n - 2).reshape(-1, 2), [[1.0, 1]]]
    examples = distinct_examples(x, np.r_[np.zeros(n - 1), 1], None)
    assert regions_from_data(examples, None, "lattice", np.random.default_rng(0)).segmentation.n_regions == n // 2
