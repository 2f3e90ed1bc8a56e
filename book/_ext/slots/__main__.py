"""Compute the numbers that stand in running text, and write them into their slots."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]

import slots  # noqa: E402

for page in slots.PAGES:
    slots.refresh(slots.path(page), slots.values(page))
