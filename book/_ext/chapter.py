"""The frame of a chapter. (How a notebook writes these forms is in plain.py.)

``{.where}`` above a paragraph, right below the title
    "Section 4 of the paper · 12 min": small, and on the page above the title.
``:::{prediction}``
    A question, a list of two to four answers and, in ``<details>``, what is true. On the page each answer is a
    button; a tap on one opens what is true (chapter.js). An empty line stands after each tag, and no formula in
    ``<summary>``::

        :::{prediction}

        At equal cuts, which regions are too expensive?

        - where the curve is steep
        - where the inputs crowd
        - where both are true

        <details><summary>Answer</summary>

        Both: ...

        </details>

        :::
a table with a head
    On a phone each row is a card, whose cells say their column's name.
``"computes": "Compute it: the error of each region"`` in a code cell's metadata
    The cell is folded under "Compute it: the error of each region (9 lines)"; what it prints lies in the fold too,
    so that no number is seen before its question is put. A figure stands open, its code is folded.
"""

import re

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

WHERE = re.compile(r'(<h1>.*?</h1>)\s*(<p class="where">.*?</p>)', re.S)


def raw(html):
    return nodes.raw("", html, format="html")


class Prediction(SphinxDirective):
    has_content = True

    def run(self):
        self.assert_has_content()
        box = nodes.container(classes=["prediction"])
        self.set_source_info(box)
        self.state.nested_parse(self.content, self.content_offset, box)
        lists = [child for child in box.children if isinstance(child, nodes.bullet_list)]
        fold = [child for child in box.children if isinstance(child, nodes.raw) and "<details" in child.astext()]
        if len(lists) != 1 or not 2 <= len(lists[0]) <= 4:
            raise self.error("a prediction has one list, of two to four answers")
        if len(fold) != 1 or box.index(fold[0]) < box.index(lists[0]) or "<summary>" not in fold[0].astext():
            raise self.error("a prediction has one <details> with a <summary>, below its answers")
        lists[0]["classes"] = ["choices"]
        for entry in lists[0].children:
            # A button can't hold a paragraph.
            words = [part for paragraph in entry.children for part in paragraph.children]
            entry.children = []
            entry += [raw('<button type="button" aria-pressed="false">'), *words, raw("</button>")]
        box.replace(fold[0], raw(fold[0].astext().replace("<details", '<details class="answer"', 1)))
        box.insert(0, raw('<p class="label">Predict first</p>'))
        return [box]


def fold(app, doctree):
    """Fold each cell that says what it computes, under these words."""
    for cell in doctree.findall(nodes.container):
        if computes := cell.get("cell_metadata", {}).get("computes"):
            code = next(cell.findall(nodes.literal_block)).astext()
            lines = len(code.strip().splitlines())
            draws = any(part.get("nb_element") == "mime_bundle" for part in cell.findall(nodes.container))
            cell["hide_mode"] = "input" if draws else "all"
            cell["prompt_show"] = cell["prompt_hide"] = f"{computes} ({lines} line{'s' * (lines != 1)})"


def cards(app, doctree, docname):
    """Give each cell of a table its column's name, which a phone shows, where a row is a card."""
    for table in doctree.findall(nodes.table):
        head = next(table.findall(nodes.thead), None)
        if head is None or "ledger" in table["classes"]:
            continue
        table["classes"].append("cards")
        names = [entry.children[0].children if entry.children else [] for entry in head.children[0].children]
        for row in next(table.findall(nodes.tbody)).children:
            for name, entry in list(zip(names, row.children, strict=False))[1:]:
                if name and entry.astext().strip() and isinstance(entry.children[0], nodes.paragraph):
                    copies = [part.deepcopy() for part in name]
                    entry.children[0].insert(0, nodes.inline("", "", *copies, classes=["cell-name"]))


def order(app, pagename, templatename, context, doctree):
    if body := context.get("body"):
        context["body"] = WHERE.sub(r"\2\1", body, count=1)


def setup(app):
    app.add_directive("prediction", Prediction)
    app.connect("doctree-read", fold)
    app.connect("doctree-resolved", cards, priority=400)  # before formulas.py looks at what stands behind them
    app.connect("html-page-context", order, priority=850)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
