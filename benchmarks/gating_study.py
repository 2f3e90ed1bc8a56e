"""What training finds where D(R) is known: banks of constants and of lines behind gates of several rates.

The input is one of 64 points, equally likely, and y is 1 with probability η(x), else 0; η has four straight pieces. A
training set has n/64 examples at every point. The gate sees an estimate of η at its point, so experts and gate are
functions of 64 counts: I(S;W) is at most the sum of their entropies, and all but the draw of training sets is exact.

A row is a bank of m ``experts`` (constants or lines) that was trained on ``n`` examples, with its gate, at a ``slope``:
the seed of the training set, the gate's rate in ``bits``, test and training error of its draws, and the largest loss at
any point and y. Rows with n = 0 were trained on η itself. The table is ``book/data/gating.csv``. Settings that it has
already are not run again:

    python -m benchmarks.gating_study
"""

import os
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):  # one BLAS thread, said before NumPy is loaded
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import numpy as np

from zcmoe import gating

from ._study import resume

TABLE = Path(__file__).parents[1] / "book" / "data" / "gating.csv"
COLUMNS = ["experts", "m", "n", "slope", "seed", "bits", "test", "training", "largest"]
POINTS, LAW = (np.arange(64) + 0.5) / 64, np.full(64, 1 / 64)
ETA = 0.05 + 0.6 * np.choose((4 * POINTS).astype(int), [POINTS, 2 - 2 * POINTS, 3 * POINTS - 1, 1 + POINTS / 2])
SEEDS = range(10)
SETTINGS = [(kind, m, n, slope) for kind in ("constants", "lines") for m in (2, 4, 8, 16)
            for n in (0, 640, 2560, 10240) for slope in (7, 10, 15, 25, 50, 100, 200, 500)]


def estimate(n, seed):
    """The mean of y at each point in a training set; η itself for n = 0."""
    return np.random.default_rng(seed).binomial(n // 64, ETA) / (n // 64) if n else ETA


def run(kind, m, n, slope, seed):
    """Rate in bits, test error, training error and largest loss of one bank."""
    mean = estimate(n, seed)
    bank = gating.fit_bank(POINTS, mean, LAW, n_experts=m, slope=slope, affine=kind == "lines", rng=seed,
                           starts=4 if n else 20)
    gate, answers = bank.point.conditional, gating.predictions(bank.experts, POINTS)
    loss = np.stack([(gate * (y - answers) ** 2).sum(axis=1) for y in (0, 1)])  # at each point, for each y
    test, training = (float(LAW @ ((1 - p) * loss[0] + p * loss[1])) for p in (ETA, mean))
    return bank.point.rate / np.log(2), test, training, float(loss.max())


def found(setting):
    """Rows of the table, without the setting."""
    return [(seed, *(f"{value:.6f}" for value in run(*setting, seed))) for seed in (SEEDS if setting[2] else (0,))]


if __name__ == "__main__":
    resume(TABLE, COLUMNS, SETTINGS, found)
