"""The benchmark runs, and its rows keep their contract; no time is asserted."""

from benchmarks import __main__ as runner


def test_rows():
    title, rows = runner.measure("gating", quick=True)
    assert title and len(rows) == 12
    for row in rows:
        assert {"task", "ours", "peer", "ratio", "limit", "target"} <= set(row)
        assert row["ratio"] is None or row["ratio"] > 0
    assert all("Newton steps" in row["note"] for row in rows[::3])
