"""Predicting from data: the estimator beside other regressors of scikit-learn, each fitted to the same data"""

import importlib.util
import time
from functools import partial
from pathlib import Path

import numpy as np

from . import compare, optional

DATA = Path(__file__).parents[1] / "book" / "data"
TABLE = DATA / "peers.csv"  # what the chapter on your data shows
ROWS = {"motorcycle": ("motorcycle.csv", 12, 8), "swath": ("swath.csv.gz", 160, 60)}  # file, bins or leaves, knots
LEAVES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


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


def _shipped(package, *path):
    """The rows of a CSV file that a package brings, with the numbers of its words; None when it is not installed."""
    pandas, found = optional("pandas"), importlib.util.find_spec(package)
    if not (pandas and found and found.origin):
        return None
    table = pandas.read_csv(Path(found.origin).parent.joinpath(*path))
    return table.apply(lambda column: column if column.dtype.kind in "if" else column.astype("category").cat.codes)


def sets(quick=False):
    """Name -> (X, y): those of scikit-learn, simulated ones, and three that plotnine and statsmodels bring."""
    from sklearn import datasets
    X, y = datasets.load_diabetes(return_X_y=True)
    rng = np.random.default_rng(0)
    found = {"diabetes": (X, y), "bmi alone": (X[:, 2:3], y)}
    for number, noise in ((1, 1), (2, 125), (3, 0.1)):
        make = getattr(datasets, f"make_friedman{number}")
        found[f"friedman{number}"] = make(n_samples=2000, noise=noise, random_state=0)
    X = rng.random((2000, 5))
    found["linear, 5 features"] = X, X @ [1, 2, 3, 4, 5] + 0.5 * rng.standard_normal(2000)
    X = rng.random((2000, 1))
    found["linear, 1 feature"] = X, 3 * X[:, 0] + 0.15 * rng.standard_normal(2000)
    if (table := _shipped("plotnine", "data", "diamonds.csv")) is not None:
        found["diamonds"] = table.drop(columns="price").to_numpy(float), table["price"].to_numpy(float)
    if (table := _shipped("statsmodels", "datasets", "randhie", "randhie.csv")) is not None:
        found["health visits"] = table.drop(columns="mdvis").to_numpy(float), table["mdvis"].to_numpy(float)
    if (table := _shipped("statsmodels", "datasets", "fair", "fair.csv")) is not None:
        found["affairs"] = table.drop(columns="affairs").to_numpy(float), table["affairs"].to_numpy(float)
    return {"bmi alone": [part[:200] for part in found["bmi alone"]]} if quick else found


def contenders():
    """Name -> an unfitted model: ours, a tree with the leaves that five folds choose, a tree as it comes, boosting."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeRegressor

    from zcmoe import ZeroComputeMoERegressor
    return {"experts": ZeroComputeMoERegressor(),
            "tuned tree": GridSearchCV(DecisionTreeRegressor(random_state=0), {"max_leaf_nodes": LEAVES}, cv=5),
            "tree": DecisionTreeRegressor(random_state=0), "boosting": HistGradientBoostingRegressor(random_state=0)}


def judged(X, y):
    """Name -> (R² of five folds, processor seconds of a fit); the folds are the same for all."""
    from sklearn.model_selection import KFold
    splits = list(KFold(5, shuffle=True, random_state=0).split(X))
    results = {}
    for name, model in contenders().items():
        scores, begun = [], 0.0
        for train, test in splits:
            start = time.process_time()
            model.fit(X[train], y[train])
            begun += time.process_time() - start
            scores.append(model.score(X[test], y[test]))
        results[name] = np.array(scores), begun / len(splits)
    return results


def _quality(quick):
    """A row a data set; a full run also writes the chapter's table."""
    lines = ["set,rows,features,experts,error,tuned_tree,boosting,difference_error,"
             "s_experts,s_tuned_tree,s_tree,s_boosting"]
    for name, (X, y) in sets(quick).items():
        found = judged(X, y)
        (ours, mine), (tree, tuned), (_, plain), (boost, boosting) = found.values()
        spread = np.std(ours - tree, ddof=1) / np.sqrt(5)
        lines.append(f'"{name}",{len(y)},{X.shape[1]},{ours.mean():.3f},{np.std(ours, ddof=1) / np.sqrt(5):.3f},'
                     f"{tree.mean():.3f},{boost.mean():.3f},{spread:.3f},"
                     f"{mine:.3f},{tuned:.3f},{plain:.3f},{boosting:.3f}")
        fast = mine <= 10 * plain if len(y) >= 10_000 else mine <= tuned
        yield {"task": f"fit {name}, {len(y)} rows", "ours": mine, "peer": "DecisionTreeRegressor, tuned",
               "ratio": tuned / mine, "limit": None, "target": "R² and time", "met": None if quick else bool(
                   fast and ours.mean() >= tree.mean() - spread),
               "note": f"R² {ours.mean():.3f}, tuned tree {tree.mean():.3f} (difference ± {spread:.3f}), boosting "
                       f"{boost.mean():.3f}; seconds {mine:.2f}, {tuned:.2f}, {boosting:.2f}, an untuned tree "
                       f"{plain:.2f}."}
    if not quick:
        TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(quick=False, rounds=7):
    if not optional("sklearn"):
        return
    from zcmoe import ZeroComputeMoERegressor

    yield from _quality(quick)
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
