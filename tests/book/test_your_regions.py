"""The ten lines of the page are regions like any other."""

import re

import pytest

import zcmoe


def test_the_lines_of_the_page_run():
    page = (pytest.ROOT / "book" / "your_regions.md").read_text(encoding="utf-8")
    names = {}
    for code in re.findall(r"```python\n(.*?)```", page, re.S):
        exec(code, names)
    zcmoe.check_segmentation(names["rings"])
    assert isinstance(names["problem"].inputs, zcmoe.Independent)
