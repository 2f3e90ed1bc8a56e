"""A chapter opened raw, in JupyterLab, VS Code or on a code host, reads well: CommonMark, formulas, HTML, pictures.

What the page needs beyond that, book/_ext/plain.py makes of it.
"""

import html
import json
import re

import pytest

NOTEBOOKS = sorted((pytest.ROOT / "book").glob("*.ipynb"))
FORMULAS = r"\$\$.*?\$\$|\$[^$]+\$"
# Roles, directives and their ends and options, attributes, targets, labels of formulas, links without words.
MYST = (r"\{[\w:+.-]+\}`[^`]*`|^[ \t]*(?::{3,}|`{3,}|~{3,}).*|^:[\w-]+:.*|^\{[.#%].*|[\])]\{[^}]*\}|^\([\w-]+\)="
        r"|^ *\(eq-.*|\[\]\([^)]*\)")


def myst(text):
    """Return what only MyST understands in a text.

    Examples
    --------
    >>> myst("$x_{i}$ {term}`excess` [(23)](#eq-23)"), myst(":::{prediction}\\n:label: x\\n:::")
    (['{term}`excess`'], [':::{prediction}', ':label: x', ':::'])
    >>> myst("{.where}\\nA [b]{.c} [](d.md)"), myst("```{exercise}"), myst("(fig-1)="), myst("$$\\nx\\n$$ (eq-1)")
    (['{.where}', ']{.c}', '[](d.md)'], ['```{exercise}'], ['(fig-1)='], [' (eq-1)'])
    """
    return re.findall(MYST, re.sub(FORMULAS, "", text, flags=re.S), re.M)


def between_tags(page):
    """Return what stands between the tags."""
    return html.unescape(re.sub("<[^>]*>", "", page))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in cells]


@pytest.fixture
def text(cells):
    return "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")


def test_only_the_page_needs_myst(text):
    assert myst(text) == []


def test_markdown_in_html_is_read_as_markdown(text):
    """It is where an empty line stands around each tag that has a line of its own."""
    tag = r"(?:</?blockquote.*|<details.*</summary>|</details>)"
    assert re.findall(rf"(?m)(?<=[^\n]\n)^{tag}$|^{tag}$(?=\n[^\n])", text) == []


def test_answers_and_solutions_fold(cells, text):
    assert text.count("**Predict first.**") == text.count("<details><summary>Answer</summary>")
    assert text.count("**Exercise**") == len(re.findall("<details><summary>Solution.*</summary>", text)) > 0
    hidden, solving = {"source_hidden": True, "outputs_hidden": True}, False
    for cell in cells:
        if cell["cell_type"] == "markdown":
            solving = "<summary>Solution" in cell["source"]
        else:
            assert cell["metadata"].get("jupyter") == (hidden if solving else None), cell["source"]


def test_citations_say_what_they_say_on_the_page(path, text, site):
    page = (site / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
    shown = " ".join(between_tags(page[page.index("<article"):page.rindex("</article>")]).split())
    cited = re.findall(r"\[([^][]+(?: \[\w+\])?)\]\(references\.md#", text)
    assert [words for words in cited if words.replace("*", "") not in shown] == []


def test_the_page_prints_what_is_stored(path, cells, site):
    """Line by line, however many pieces the kernel sent it in."""
    page = (site / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
    blocks = re.findall(r'<div class="output stream.*?<pre>(.*?)</pre>', page, re.S)
    shown = [between_tags(block) for block in blocks]
    printed = ["".join("".join(output["text"]) for output in cell.get("outputs", []) if "text" in output)
               for cell in cells]
    assert shown == [text for text in printed if text]


def test_links_to_files_lead_there(text):
    links = re.findall(r"\]\(([\w./-]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not (pytest.ROOT / "book" / link).is_file()] == []


def test_every_figure_has_a_picture_of_its_first_state_and_no_widget(path, cells):
    outputs = [output["data"] for cell in cells for output in cell.get("outputs", []) if "data" in output]
    assert len(outputs) > 3 and all(set(data) == {"text/plain", "image/png"} for data in outputs)
    assert max(len(data["image/png"]) for data in outputs) < 100_000
    assert "widgets" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]
