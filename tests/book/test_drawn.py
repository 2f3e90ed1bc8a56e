"""Pictures that are drawn when the book is built."""

import importlib
import re

import matplotlib.pyplot as plt
import pytest

import drawn
from drawn import benchmarks
from zcmoe.show.style import style

NAMED = sorted({name for page in (pytest.ROOT / "book").glob("*.md")
                for name in re.findall(r"^`{3,}\{drawn\} (\S+)", page.read_text(encoding="utf-8"), re.M)})


def test_every_picture_stands_on_a_page():
    there = [f"{module}.{name}" for module in ("notes", "benchmarks")
             for name, thing in vars(importlib.import_module(f"drawn.{module}")).items()
             if callable(thing) and thing.__module__ == f"drawn.{module}" and name not in ("measured",)]
    assert sorted(there) == NAMED


@pytest.mark.parametrize("name", NAMED)
def test_it_serves_both_modes_and_says_what_it_shows(name):
    svg, alt = drawn.picture(name)
    assert "prefers-color-scheme:dark" in svg and svg == drawn.picture(name)[0]
    assert len(alt) > 60 and "nan" not in alt


@pytest.mark.parametrize("name", NAMED)
def test_its_text_has_twelve_pixels_on_a_phone(name):
    module, _, function = name.partition(".")
    with style():
        fig, _ = getattr(importlib.import_module(f"drawn.{module}"), function)()
        fig.draw_without_rendering()
        sizes = [text.get_fontsize() for text in fig.findobj(plt.Text) if text.get_text() and text.get_visible()]
        assert min(sizes) * 374 / (72 * fig.get_figwidth()) >= 12
        plt.close(fig)


def test_the_picture_has_every_comparison_of_the_tables():
    text = benchmarks.PAGE.read_text(encoding="utf-8")
    tables = text.partition("% measured by")[2]
    rows = [line.split("|") for line in tables.splitlines() if re.match(r"\| (?!task|---)", line)]
    ratios = [float(row[3]) for row in rows if row[3].strip() and not row[1].startswith(" memory")]
    found = [ratio for peers in benchmarks.measured(text).values() for each in peers.values() for ratio in each]
    assert sorted(found) == sorted(ratios) and len(found) > 50
    _, alt = benchmarks.speed()
    plt.close("all")
    assert alt.startswith(f"{len(found)} comparisons") and f"In {sum(ratio > 1 for ratio in found)} of them" in alt
