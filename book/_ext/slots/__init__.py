"""Numbers in running text, which no cell prints: each stands in a slot that has a name.

    With 16 equal regions it is <!--equal_16-->0.0549<!--/-->.

A slot is a pair of comments, which the built page, JupyterLab and GitHub all leave out. It stands inside a line, never
at its start, where Markdown would take the line for HTML, and outside of formulas; it may hold a whole formula. The
modules here are named after the pages, and their `values()` computes what belongs into the slots, by name.
``python book/_ext/slots`` writes it there.
"""

import importlib
import re
from pathlib import Path

import nbformat

SLOT = re.compile(r"<!--(\w+)-->(.*?)<!--/-->", re.S)
BOOK = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def path(page):
    """The file of a page."""
    return next(BOOK / f"{page}.{ending}" for ending in ("md", "ipynb") if (BOOK / f"{page}.{ending}").exists())


def values(page):
    """What belongs into the slots of a page, by name; nothing where the page has no module."""
    return importlib.import_module(f".{page}", __name__).values() if page in PAGES else {}


def read(file):
    """The Markdown of a page: all of a .md file, or the Markdown cells of a notebook; a list of texts."""
    if file.suffix == ".md":
        return [file.read_text(encoding="utf-8")]
    return [cell.source for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "markdown"]


def fill(text, values):
    """The text with these values in its slots; a slot without a value stays as it is.

    Examples
    --------
    >>> fill("It is <!--excess-->0.1<!--/--> in <!--units-->all<!--/-->.", {"excess": "0.0549"})
    'It is <!--excess-->0.0549<!--/--> in <!--units-->all<!--/-->.'
    """
    return SLOT.sub(lambda slot: f"<!--{slot[1]}-->{values.get(slot[1], slot[2])}<!--/-->", text)


def refresh(file, values):
    """Write the values into the slots of a page."""
    if file.suffix == ".md":
        file.write_text(fill(file.read_text(encoding="utf-8"), values), encoding="utf-8")
        return
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = fill(cell.source, values)
    nbformat.write(notebook, file)
