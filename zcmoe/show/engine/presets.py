"""The figures by name."""

from typing import Any

__all__ = ["FIGURES"]

# What a figure starts from, where that is not the running example's state.
FIGURES: dict[str, dict[str, Any]] = {
    "playground": {},
    "cut": {"m": 8},
    "level": {},
    "many": {"m": 4, "cuts": {"kind": "density"}},
    "feed": {"m": 10, "n": 1000},
    "constant": {"m": 1, "n": 300},
    # With states of their own: compute/worlds.mjs.
    **{name: {} for name in ("cell", "voronoi", "slabs", "compander", "solid", "numbers")},
}
