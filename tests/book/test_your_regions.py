"""The ten lines of the page are regions like any other."""

import re

import pytest
from pytest import approx

import zcmoe


def test_the_lines_of_the_page_run(capsys):
    page = (pytest.ROOT / "book" / "your_regions.md").read_text(encoding="utf-8")
    names = {}
    for code in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", page, re.S):
        assert max(map(len, code.splitlines())) <= 80 and code.count("\n") <= 15
        exec(code, names)
    zcmoe.check_segmentation(names["rings"])
    # Between the rings that the sides of the square cut, the distance has density πr/2.
    moments = zcmoe.region_moments(names["problem"], names["rings"])
    assert moments.probability[:10].cumsum() == approx([0.0025 * 3.141593 * k**2 for k in range(1, 11)], abs=2e-4)
    assert zcmoe.approximation_excess(names["problem"], names["rings"]) == approx(0.1**2 / 12, rel=0.02)
    assert "15 regions" in capsys.readouterr().out
