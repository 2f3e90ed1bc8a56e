"""The study of trained gates: its stored table."""

import numpy as np
import pytest
from pytest import approx

from benchmarks import gating_study as study
from benchmarks._study import load
from zcmoe import gating

STORED = load(study.TABLE)


def test_the_table_is_complete():
    keys = [tuple(row[name] for name in study.COLUMNS[:5]) for row in STORED]
    wanted = {tuple(map(str, (*setting, seed))) for setting in study.SETTINGS
              for seed in (study.SEEDS if setting[2] else (0,))}
    assert len(keys) == len(set(keys)) and set(keys) == wanted


@pytest.mark.parametrize("setting", [("constants", 2, 640, 10, 3), ("constants", 4, 2560, 500, 0),
                                     ("lines", 4, 640, 25, 9), ("lines", 2, 0, 50, 0)])
def test_the_table_is_what_the_script_finds(setting):
    (row,) = (row for row in STORED if tuple(row[name] for name in study.COLUMNS[:5]) == tuple(map(str, setting)))
    assert [float(row[name]) for name in study.COLUMNS[5:]] == approx(study.run(*setting), abs=2e-5)


def test_what_is_stored_is_possible():
    """No constants are below D(R), no rate above log2 m; trained on η, test and training error are one."""
    slopes = np.geomspace(5.2, 5000, 40)
    curve = gating.curve(study.ETA, study.LAW, slopes=slopes, tol=1e-6)
    noise = study.LAW @ (study.ETA * (1 - study.ETA))
    for row in STORED:
        bits, test, training, largest = (float(row[name]) for name in study.COLUMNS[5:])
        assert 0 <= bits <= np.log2(int(row["m"])) + 1e-6 and largest < 2
        if row["experts"] == "constants":  # every tangent of D(R) is below it
            floor = np.max(curve.distortions + (curve.rates - bits * np.log(2)) / curve.slopes)
            assert test >= noise + floor - 1e-6
        assert test >= noise
        if row["n"] == "0":
            assert training == approx(test, abs=1e-6)
