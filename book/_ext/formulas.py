r"""Formulas are set when the book is built, by KaTeX through Node: no formula script stands on a page.

A formula becomes HTML for the eye, with MathML and its TeX behind it for readers by ear and for the clipboard.
Without Node, or where KaTeX could not be fetched, Jupyter Book's MathJax stays, with a notice.

`sphinxcontrib-katex` does not serve: when it sets formulas at build time it ignores its options (`strict`, macros),
shows a wrong formula in red instead of stopping the build, and brings an older KaTeX. `Katex` below is what it saves.
"""

import hashlib
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from node_lines import Lines, tool
from self_hosted import VENDOR

KATEX = VENDOR / "katex" / "katex.min.js"
# `strict: "error"` refuses what LaTeX would, an "é" in mathematics for example.
SCRIPT = """
const katex = require(process.argv[1]);
const answer = ({tex, displayMode}) =>
  ({html: katex.renderToString(tex, {displayMode, output: "htmlAndMathml", strict: "error"})});
"""
# The font of these letters has capitals alone: KaTeX sets a plain 1 for \mathbb 1, and does not say so.
NO_BLACKBOARD = re.compile(r"\\mathbb\s*\{?\s*[^A-Z{\s]")
log = logging.getLogger(__name__)


class Katex:
    """Formulas by KaTeX; what was set once is kept in a file."""

    def __init__(self, folder):
        key = hashlib.sha256(KATEX.read_bytes() + SCRIPT.encode()).hexdigest()[:16]
        self.file = Path(folder, f"{key}.json")
        self.known = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        self.ask = Lines(SCRIPT, KATEX)

    def __call__(self, tex, display):
        """Return {"html": ...} or {"error": ...}."""
        if NO_BLACKBOARD.search(tex):
            return {"error": rf"\mathbb has capital letters alone, use \mathbf: {tex}"}
        key = ("$$" if display else "$") + tex
        if key not in self.known:
            self.known[key] = self.ask(tex=tex, displayMode=display)
        return self.known[key]

    def keep(self):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.known), encoding="utf-8")


def set_formula(self, node, tex, display):
    answer = self.builder.app.katex(tex, display)
    if "error" in answer:
        log.warning("KaTeX: %s", answer["error"], location=node)
    return answer.get("html", self.encode(tex))


def visit_inline(self, node):
    kinds = "math notranslate nohighlight" + " glue" * ("glue" in node)
    self.body.append(self.starttag(node, "span", "", CLASS=kinds))
    self.body.append(set_formula(self, node, node.astext(), display=False) + node.get("glue", "") + "</span>")
    raise nodes.SkipNode


def visit_display(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:  # the paper's: paper_numbers.py
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    tex = node.astext().strip()
    if not node["nowrap"] and r"\\" in tex and r"\begin" not in tex:
        tex = rf"\begin{{split}}{tex}\end{{split}}"  # as Sphinx does for MathJax
    self.body.append(set_formula(self, node, tex, display=True) + "</div>\n")
    raise nodes.SkipNode


def glue(app, doctree, docname):
    """Take the punctuation behind a formula into it: a line may break between an inline block and a full stop."""
    if app.katex is None:
        return
    for node in list(doctree.findall(nodes.math)):
        text = node.next_node(descend=False, siblings=True)
        if isinstance(text, nodes.Text) and (stop := re.match(r"[.,;:!?)’”]+", text)):
            node["glue"] = stop[0]
            text.parent.replace(text, nodes.Text(text[stop.end() :]))


def choose(app, config):
    app.katex = Katex(Path(app.srcdir, "_build", ".formulas")) if tool("node") and KATEX.exists() else None
    # Of two renderers Sphinx takes the one that is not its own, unless it is told.
    config.html_math_renderer = "mathjax" if app.katex is None else "katex"
    if app.katex is None:
        log.info("NOTICE: there is no Node or no KaTeX, so the pages will set their formulas with MathJax from a CDN")
    else:
        app.add_css_file("vendor/katex/katex.min.css")


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.connect("config-inited", choose, priority=900)  # after self_hosted.py has fetched KaTeX
    app.connect("doctree-resolved", glue)
    app.connect("build-finished", lambda app, exception: app.katex is not None and app.katex.keep())
    return {"parallel_read_safe": True, "parallel_write_safe": False}
