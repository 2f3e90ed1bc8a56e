"""The study of training: its gradients, its start at the construction, and its stored table."""

import numpy as np
import pytest
from pytest import approx

from benchmarks import training_study as study
from benchmarks._study import load

STORED = load(study.TABLE)


@pytest.mark.parametrize("setting", [(4, 10, "anchors", "library"), (4, 3, "learned", "he"), (1, 8, "none", "spread")])
def test_gradients_are_those_of_differences(setting):
    networks, rng = study.Networks(*setting, seeds=range(2)), np.random.default_rng(0)
    plane = study.circle(rng.random((2, 60)))
    x, y = plane @ networks.embedding, study.target(plane)
    found = networks.gradients(x, y)
    for name, weights in networks.weights.items():
        for _ in range(5):
            i, errors = tuple(rng.integers(weights.shape)), []
            for step in (1e-6, -2e-6):
                weights[i] += step
                errors.append(np.mean((networks.forward(x)[-1] - y) ** 2, axis=1).sum())
            weights[i] += 1e-6
            assert found[name][i] == approx((errors[0] - errors[1]) / 2e-6, rel=1e-5, abs=1e-8)


def test_the_explicit_start_is_the_construction():
    """Row 8 of the reference, in every seed's own frame."""
    assert study.Networks(4, 10, "anchors", "explicit", range(3)).error() == approx([7.144266e-4] * 3, rel=1e-4)


def test_seeds_side_by_side_are_seeds_alone():
    together = study.run(4, 10, "anchors", "he", 16, 1e-3, steps=(20,), seeds=(3, 5))
    alone = study.run(4, 10, "anchors", "he", 16, 1e-3, steps=(20,), seeds=(5,))
    assert together[1][:2] == alone[0][:2] and together[1][2] == approx(alone[0][2], rel=1e-9)


def test_the_table_is_complete():
    keys = [tuple(row[name] for name in study.COLUMNS[:-1]) for row in STORED]
    wanted = {(*map(str, (*setting, steps, seed)),) for setting in study.SETTINGS for steps in study.steps_of(setting)
              for seed in study.SEEDS}
    assert len(keys) == len(set(keys)) and set(keys) == wanted
    assert all(0 < float(row["mse"]) < 10 for row in STORED)


@pytest.mark.parametrize("setting", [study.SETTINGS[0], study.SETTINGS[3], study.SETTINGS[9]])
def test_the_table_is_what_the_script_finds(setting):
    """Its first column again: 500 steps, three of the seeds."""
    stored = {row["seed"]: float(row["mse"]) for row in STORED
              if tuple(row[name] for name in study.COLUMNS[:6]) == tuple(map(str, setting)) and row["steps"] == "500"}
    for _, seed, mse in study.run(*setting, steps=(500,), seeds=range(3)):
        assert mse == approx(stored[str(seed)], rel=0.01)
