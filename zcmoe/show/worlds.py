"""States of the live figures that are not about a problem on [0, 1]: their rules, and what they mean in zcmoe."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from zcmoe import _check
from zcmoe._laws import Independent
from zcmoe.problem import Problem
from zcmoe.segmentation import Segmentation, Voronoi

_PEAK = np.array([0.3, 0.6])


@lru_cache
def worlds() -> dict[str, Any]:
    """Return the start and the fields of each: the JSON that stands in compute/worlds.mjs."""
    text = (Path(__file__).parent / "engine" / "compute" / "worlds.mjs").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text.split("export const WORLDS = ")[1].split(";\n// The end")[0])
    return read


def check_world(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole state of such a figure; refuse by name what the engine would refuse."""
    world = worlds()[name]
    unknown = set(given) - set(world["start"])
    if unknown:
        raise ValueError(f"state must hold only {', '.join(world['start'])}, got {', '.join(sorted(unknown))}")
    state: dict[str, Any] = world["start"] | dict(given)
    for key, field in world["fields"].items():
        _check_field(state[key], key, field)
    return state


def _check_field(value: Any, name: str, field: dict[str, Any]) -> None:
    if "words" in field and value not in field["words"]:
        raise ValueError(f"{name} must be one of {', '.join(field['words'])}, got {value!r}")
    if "number" in field:
        _check.real(value, name, *field["number"])
    if "whole" in field:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{name} must be an integer, got {value!r}")
        _check.real(value, name, *field["whole"])
    if "count" not in field:
        return
    low, high = field["count"]
    if not isinstance(value, (list, tuple)) or not low <= len(value) <= high:
        raise ValueError(f"{name} must be a list of {low} to {high}, got {value!r}")
    if value:
        array = _check.points(value, 2, name) if "points" in field else _check.vector(value, name)
        least, most = field.get("points") or field["numbers"]
        _check.within(array, least, most, name)


def plane_problem(name: str, state: Mapping[str, Any]) -> Problem:
    """Return the problem over the unit square of the figures "slabs" and "voronoi"."""
    from scipy import stats

    state = check_world(name, state)
    if name == "slabs":
        turn = 2 * np.pi * state["waves"]

        def slope(x: np.ndarray) -> np.ndarray:
            return np.column_stack([np.zeros(len(x)), -turn * np.sin(turn * x[:, 1])])

        square = Independent(stats.uniform(), stats.uniform())
        return Problem(lambda x: np.cos(turn * x[:, 1]), square, None, dimension=2, gradient=slope)
    crowd = Independent(stats.truncnorm(-2, 3, 0.4, 0.2), stats.truncnorm(-2.4, 1.6, 0.6, 0.25))
    value, slope = {"cosine": (_cosine, _cosine_slope), "bump": (_bump, _bump_slope)}[state["beta"]]
    return Problem(value, crowd, None, dimension=2, gradient=slope)


def plane_cuts(name: str, state: Mapping[str, Any]) -> Segmentation:
    """Return their segmentation: slabs are cells of centres on a line."""
    state = check_world(name, state)
    if name == "voronoi":
        return Voronoi(state["centers"])
    m, angle = state["m"], np.deg2rad(state["turn"])
    normal = np.array([np.cos(angle), np.sin(angle)])
    reach = np.abs(normal).sum()
    steps = reach * ((np.arange(m) + 0.5) / m - 0.5)
    return Voronoi(0.5 + steps[:, None] * normal)


def _cosine(x: np.ndarray) -> Any:
    return np.cos(2 * np.pi * x[:, 0]) + x[:, 1] ** 2


def _cosine_slope(x: np.ndarray) -> np.ndarray:
    return np.column_stack([-2 * np.pi * np.sin(2 * np.pi * x[:, 0]), 2 * x[:, 1]])


def _bump(x: np.ndarray) -> Any:
    return np.exp(-12 * np.sum((x - _PEAK) ** 2, axis=1))


def _bump_slope(x: np.ndarray) -> Any:
    return -24 * (x - _PEAK) * _bump(x)[:, None]
