"""Measure the agreement of every row of the ledger that has a measurement, and store it with what it compares with."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]

import ledger  # noqa: E402
from ledger.measurements import KINDS, MEASURES  # noqa: E402

rows = ledger.read()
for row in rows:
    row["agreement"] = MEASURES[row["number"]]() if row["number"] in MEASURES else ""
    row["kind"] = KINDS.get(row["number"], "statement")
ledger.write(rows)
