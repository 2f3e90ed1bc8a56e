"""Numbers in running text stand in slots, and each is what is computed anew: `make refresh` writes them."""

import re
from pathlib import PurePath

import pytest

import slots

ALL = sorted({PurePath(page).name for page in pytest.PAGES} | set(slots.PAGES))


@pytest.fixture(params=ALL)
def page(request):
    return request.param


def test_every_slot_has_its_value_and_every_value_its_slot(page):
    found = [slot for text in slots.read(slots.path(page)) for slot in slots.SLOT.findall(text)]
    values = slots.values(page)
    assert [(name, held, values.get(name)) for name, held in found if values.get(name) != held] == []
    assert set(values) == {name for name, _ in found}


def test_slots_are_whole_and_stand_where_markdown_takes_them_for_text(page):
    """Inside a line, outside of formulas; at the start of a line Markdown would take the rest of it for HTML."""
    for text in slots.read(slots.path(page)):
        assert len(re.findall(r"<!--\w+-->", text)) == text.count("<!--/-->") == len(slots.SLOT.findall(text))
        for slot in slots.SLOT.finditer(text):
            line = text[:slot.start()].rpartition("\n")[2]
            assert line.strip() and line.count("$") % 2 == 0 and "\n" not in slot[2], slot[0]


def test_what_is_wrong_is_written_anew(tmp_path):
    """In a notebook and in a page; code cells that look alike are left alone."""
    import nbformat
    wrong, right = "It is <!--n-->1<!--/-->.", "It is <!--n-->2<!--/-->."
    page, notebook = tmp_path / "page.md", tmp_path / "notebook.ipynb"
    page.write_text(wrong, encoding="utf-8")
    cells = [make(wrong) for make in (nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    for file in (page, notebook):
        slots.refresh(file, {"n": "2"})
        assert slots.read(file) == [right]
    assert nbformat.read(notebook, as_version=4).cells[1].source == wrong
