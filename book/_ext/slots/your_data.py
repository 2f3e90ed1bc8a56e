from pathlib import Path

import numpy as np

from zcmoe import ZeroComputeMoERegressor, plug_in

_DATA = Path(__file__).parents[2] / "data"
TIME, ACCELERATION = np.loadtxt(_DATA / "motorcycle.csv", delimiter=",", skiprows=1, unpack=True)


def fitted(m, way, x=TIME, y=ACCELERATION):
    return ZeroComputeMoERegressor(m, way).fit(x[:, None], y)


def left_out(model):
    """Squared errors when each measurement is predicted by the others of its region."""
    region = model.apply(TIME[:, None])
    k = np.bincount(region)[region]
    return ((ACCELERATION - model.predict(TIME[:, None])) * k / np.maximum(k - 1, 1)) ** 2


def difference(one, other):
    """Mean and standard error of what the first errs more than the second, in pairs."""
    gap = left_out(fitted(*one)) - left_out(fitted(*other))
    return gap.mean(), gap.std() / np.sqrt(gap.size)


def inside():
    """The share of the motorcycle measurements within two spreads of the model that learned from them."""
    mean, spread = fitted("auto", "auto").predict(TIME[:, None], return_std=True)
    return np.mean(np.abs(ACCELERATION - mean) <= 2 * spread)


def values():
    slots = {f"e_{way}_{m}": f"{fitted(m, way).expected_error_:.0f}" for way, numbers in
             (("density", (4, 8, 13, 50)), ("uniform", (4, 50)), ("quantile", (13,))) for m in numbers}
    slots["inside"] = f"{100 * inside():.0f} %"
    slots["n_auto"] = f"{fitted('auto', 'density').n_experts_}"
    slots["m_hat"] = f"{plug_in(TIME, ACCELERATION).number_of_experts:.1f}"
    for one, other in ((13, 16), (20, 8)):
        gap, error = difference((one, "density"), (other, "density"))
        slots[f"gap_{one}_{other}"], slots[f"se_{one}_{other}"] = f"{gap:.0f}", f"{error:.0f}"
    km, height = np.loadtxt(_DATA / "swath.csv.gz", delimiter=",", skiprows=1, unpack=True)
    for m in (15, 153):
        for way in ("density", "uniform"):
            slots[f"s_{way}_{m}"] = f"{fitted(m, way, km, height).expected_error_:.0f}"
    return slots
