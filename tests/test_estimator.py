"""The scikit-learn estimator."""

import numpy as np
import pytest

pytest.importorskip("sklearn")
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from zcmoe import ZeroComputeMoERegressor


@parametrize_with_checks([ZeroComputeMoERegressor(), ZeroComputeMoERegressor(7, "quantile"),
                          ZeroComputeMoERegressor("auto", "uniform")])
def test_the_whole_of_check_estimator(estimator, check):
    check(estimator)
