"""What nbval can't see: it compares nothing where a cell was never run."""

import copy
import json
import os
import re
import shutil
import subprocess
import sys

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


CELLS = ["print('one')", "import ipywidgets\nprint('two')\nipywidgets.IntSlider(3)", "1 / 4"]


def nameless(stored):
    """Return what is stored as sorted texts, without the names of widgets, which are random."""
    return sorted(re.sub("[0-9a-f]{32}", "", json.dumps(one, sort_keys=True)) for one in stored)


@pytest.mark.parametrize("right", [True, False])
def test_the_pages_show_what_nbval_ran(right, tmp_path):
    """As if the build had run it; what nbval finds wrong, the build runs itself."""
    import nbformat
    from jupyter_cache import get_cache
    from nbclient import NotebookClient

    from surroundings import cache_key

    ran = NotebookClient(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(line) for line in CELLS])).execute()
    stored = copy.deepcopy(ran) if right else nbformat.from_dict(json.loads(json.dumps(ran).replace("0.25", "0.26")))
    (tmp_path / "book").mkdir()
    shutil.copy(pytest.ROOT / "book" / "conftest.py", tmp_path / "book")
    nbformat.write(stored, tmp_path / "book" / "chapter.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", "book"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8",
                          env=os.environ | {"PYTHONPATH": str(pytest.ROOT / "book" / "_ext")})
    assert ("3 passed" if right else "1 failed, 2 passed") in done.stdout, done.stdout

    cache = get_cache(tmp_path / "_build" / ".jupyter_cache" / cache_key(tmp_path))
    assert len(cache.list_cache_records()) == right
    if right:
        for cell in stored.cells:
            cell.outputs = []
        _, kept = cache.merge_match_into_notebook(stored)
        assert [nameless(cell.outputs) for cell in kept.cells] == [nameless(cell.outputs) for cell in ran.cells]
        assert kept.metadata.language_info == ran.metadata.language_info
        there, here = (one.metadata.widgets["application/vnd.jupyter.widget-state+json"] for one in (kept, ran))
        assert nameless(there.pop("state").values()) == nameless(here.pop("state").values()) and there == here
