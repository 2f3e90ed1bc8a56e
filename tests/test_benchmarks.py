"""The benchmarks run, and their table tells a missed target; no time is asserted."""

import pytest

from benchmarks import __main__ as runner, compare


@pytest.mark.parametrize("name", ["predict", "learn", "your_data", "plane"])
def test_the_rows_keep_their_contract(name):
    title, rows = runner.measure(name, quick=True)
    assert title and rows
    for row in rows:
        assert {"task", "ours", "peer", "ratio", "limit", "target"} <= set(row)
        assert row["ratio"] is None or row["ratio"] > 0
        assert runner.met(row) in (True, False, None)


@pytest.mark.parametrize("ratio, limit, target, verdict", [
    (10, 4, ">= 10 x, <= 4 x copy", True), (9.9, 4, ">= 10 x, <= 4 x copy", False),
    (10, 4.1, ">= 10 x, <= 4 x copy", False),
    (2.5, None, ">= 2.5 x", True), (2.4, None, ">= 2.5 x", False), (1, 2, "", None), (None, 2, ">= 10 x", None),
])
def test_met_reads_the_target(ratio, limit, target, verdict):
    assert runner.met({"ratio": ratio, "limit": limit, "target": target}) is verdict


def test_a_missed_target_and_a_missing_peer_show():
    peers = {"peer": lambda: None, "other": None}
    (row, absent) = compare("task", lambda: None, peers, lambda: None, {"peer": ">= 10 x"})
    assert absent["peer"] == "other: not installed" and absent["ratio"] is None
    lines = runner.table([{**row, "ratio": 2.0, "limit": 1.0, "note": "why"}, absent])
    assert "**no**" in lines[2] and "other: not installed" in lines[3] and "- task: why" in lines


def test_the_page_keeps_its_prose(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{runner.BEGIN}\n\nold\n\n{runner.END}\n\nafter\n", encoding="utf-8")
    for _ in range(2):
        runner.write(page, ["new"])
        assert page.read_text(encoding="utf-8") == f"before\n\n{runner.BEGIN}\n\nnew\n\n{runner.END}\n\nafter\n"
