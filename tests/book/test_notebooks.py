"""What nbval can't see: it compares nothing where a cell was never run."""

import json

import pytest

NOTEBOOKS = sorted((pytest.ROOT / "book").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def notebook(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


@pytest.fixture
def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_every_notebook_is_a_page():
    assert {path.stem for path in NOTEBOOKS} <= {page.removeprefix("book/") for page in pytest.PAGES}


def test_was_run_from_top_to_bottom(code):
    """`make refresh` stores it so."""
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


def test_prints_something_and_no_errors(code):
    outputs = [output for cell in code for output in cell["outputs"]]
    assert any(output.get("name") == "stdout" for output in outputs)
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]


def test_cells_are_short(code):
    assert [cell["source"] for cell in code if len("".join(cell["source"]).splitlines()) > 15] == []


def test_lines_fit_the_page(code):
    """Eighty columns do, of code and of what it prints."""
    texts = [cell["source"] for cell in code]
    texts += [output.get("text", []) for cell in code for output in cell["outputs"]]
    assert [line for text in texts for line in "".join(text).splitlines() if len(line) > 80] == []
