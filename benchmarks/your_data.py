"""Predicting one feature: the estimator beside other regressors of scikit-learn, each fitted to the same data"""

from functools import partial
from pathlib import Path

import numpy as np

from . import compare, optional

DATA = Path(__file__).parents[1] / "book" / "data"
ROWS = {"motorcycle": ("motorcycle.csv", 12, 8), "swath": ("swath.csv.gz", 160, 60)}  # file, bins or leaves, knots


def _peers(x, y, pieces, knots):
    """Sizes are those that cross-validation chose, or nearly."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import KBinsDiscretizer, SplineTransformer
    from sklearn.tree import DecisionTreeRegressor

    bins = KBinsDiscretizer(pieces, strategy="uniform", subsample=None)
    models = {"KBinsDiscretizer + Ridge": make_pipeline(bins, Ridge(1e-8)),
              "DecisionTreeRegressor": DecisionTreeRegressor(max_leaf_nodes=pieces, random_state=0),
              "HistGradientBoostingRegressor": HistGradientBoostingRegressor(random_state=0),
              "SplineTransformer + Ridge": make_pipeline(SplineTransformer(knots, knots="quantile"), Ridge(1e-6))}
    return {name: model.fit(x, y) for name, model in models.items()}


def rows(quick=False, rounds=7):
    if not optional("sklearn"):
        return
    from zcmoe import ZeroComputeMoERegressor

    n = 20_000 if quick else 1_000_000
    for data, (file, pieces, knots) in ROWS.items():
        x, y = np.loadtxt(DATA / file, delimiter=",", skiprows=1, unpack=True)
        model = ZeroComputeMoERegressor().fit(x[:, None], y)
        fitted = _peers(x[:, None], y, pieces, knots)
        many = np.random.default_rng(0).uniform(x.min(), x.max(), (n, 1))
        part, out = many[:n // 10], np.empty((n, 1))
        peers = {name: partial(peer.predict, part) for name, peer in fitted.items()}
        yield from compare(f"predict {data}, {model.n_experts_} experts", partial(model.predict, many), peers,
                           partial(np.copyto, out, many), {}, rounds=rounds, tenth=tuple(peers))
