"""Live figures on a page: before the engine's script comes, its own first drawing stands there as a picture.

In a page's source::

    :::{live} cut
    :m: 8
    :cuts: {"kind": "uniform"}
    :name: cut-yourself

    A caption, instead of the figure's own.
    :::

The word names one of the figures of `zcmoe.show.engine`; an option is a part of its state, written as JSON; `name` is
the anchor that links with a state lead to. A cell that ends with `show.playground("cut", m=8)` gives the same on the
page (frames.py), and the live widget in a notebook.

``:::{thumbnail} cut`` shows the first state alone, small and still, for a link to the figure.

Node draws the first state when the book is built (first_picture.js), at the width of a desk and at that of a phone.
The readout, the sentence and the controls stand around the picture as the engine will put them, so nothing moves.
"""

import hashlib
import json
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from node_lines import Lines, tool
from zcmoe.show import engine

ACROSS = {"wide": 820, "phone": 374}  # pixels: the column of figures, and 390 without its margins
NO_BROWSER = "html:not([data-theme], :has([data-jp-theme-light]))"  # in the engine's stylesheet: no page says the mode
log = logging.getLogger(__name__)


def keep(folder, data, ending="svg"):
    """Write a file that is named by what is in it; return its name."""
    name = f"{hashlib.sha256(data).hexdigest()[:12]}.{ending}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return name


class live(nodes.General, nodes.Element):
    """A live figure: `figure`, `state`, and a caption as its children."""


class Parts(dict):
    """Any other option is JSON: the figure itself says which parts its states have."""

    def __missing__(self, part):
        return json.loads


class Live(SphinxDirective):
    required_arguments = 1
    has_content = True

    option_spec = Parts(name=directives.unchanged, alt=directives.unchanged)

    def run(self):
        figure = self.arguments[0]
        if figure not in engine.FIGURES:
            raise self.error(f"{figure} is none of the live figures {', '.join(engine.FIGURES)}")
        state = dict(self.options)
        node = live(figure=figure, anchor=state.pop("name", figure), alt=state.pop("alt", None), state=state)
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class thumbnail(nodes.General, nodes.Element):
    """The first state of a figure, still."""


class Thumbnail(SphinxDirective):
    required_arguments = 1
    option_spec = Parts()

    def run(self):
        return [thumbnail(figure=self.arguments[0], state=dict(self.options))]


class Pictures:
    """First states, each in two files that are named by what is in them."""

    def __init__(self, app):
        self.folder = Path(app.outdir, "_static", "frames")
        self.script = Path(app.srcdir, "_build", ".engine.js")
        self.script.parent.mkdir(exist_ok=True)
        self.script.write_text(engine.page_script(), encoding="utf-8")
        self.version = hashlib.sha256(self.script.read_bytes()).hexdigest()[:12]
        script = Path(__file__).parent / "first_picture.js"
        self.ask = Lines(script.read_text(encoding="utf-8")) if tool("node") else None
        if self.ask:
            self.ask.command.append(str(self.script))
        # An <img> has its own world: the mode is the reader's, and the fonts are.
        css = engine.stylesheet().replace(NO_BROWSER, ":root")
        self.css = css + ".zcl-drawing { font: 15px/22px system-ui, sans-serif; font-variant-numeric: tabular-nums; }"

    def draw(self, figure, state):
        """Return {"wide": drawn, "phone": drawn} with the name of each file, or {"error": why}."""
        drawn = {}
        for size, across in ACROSS.items():
            drawn[size] = self.ask(figure=figure, state=state, across=across)
            if "error" in drawn[size]:
                return drawn[size]
            head, rest = drawn[size]["svg"].split(">", 1)
            svg = f"{head}><style>{escape(self.css, quote=False)}</style>{rest}"
            drawn[size]["file"] = keep(self.folder, svg.encode())
        return drawn


def figure(app, path, kind, state, name, caption="", alt=None, urgent=False):
    """Return the HTML of a live figure and what is wrong with it, if anything; `path` leads to _static."""
    data = escape(json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    head = f'<figure class="zcmoe-live" id="{escape(name)}" data-zcmoe="{kind}" data-state="{data}">'
    if app.pictures.ask is None:
        return f"{head}<p>This figure needs a script.</p>{caption}</figure>", None
    drawn = app.pictures.draw(kind, state)
    if "error" in drawn:
        return "", drawn["error"]
    wide, phone = drawn["wide"], drawn["phone"]
    alt = alt or f"{wide['name']}. {' '.join(wide['words'])}"
    urgency = 'fetchpriority="high"' if urgent else 'loading="lazy" decoding="async"'
    picture = (f'<picture><source media="(max-width: 600px)" srcset="{path}frames/{phone["file"]}">'
               f'<img class="zcl-drawing" src="{path}frames/{wide["file"]}" alt="{escape(alt)}" {urgency} '
               f'style="--wide: {wide["height"]}px; --phone: {phone["height"]}px"></picture>')
    still = wide["html"].replace("<picture></picture>", picture).replace('class="zcl"', 'class="zcl zcl-still"', 1)
    return f"{head}{still}{caption}</figure>", None


def static(self):
    """The way from the page that is being written to _static."""
    return "../" * self.builder.current_docname.count("/") + "_static/"


def visit(self, node):
    app = self.builder.app
    start = len(self.body)
    for child in node.children:
        child.walkabout(self)
    words = "".join(self.body[start:])
    del self.body[start:]
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    first = not getattr(self, "has_live", False)
    self.has_live = True
    html, wrong = figure(app, static(self), node["figure"], node["state"], node["anchor"], caption, node["alt"], first)
    if wrong:
        log.warning("a live figure can't be drawn: %s", wrong, location=node)
    self.body.append(html)
    raise nodes.SkipNode


def visit_thumbnail(self, node):
    pictures = self.builder.app.pictures
    if pictures.ask is not None:
        drawn = pictures.draw(node["figure"], node["state"])
        if "error" in drawn:
            log.warning("a thumbnail can't be drawn: %s", drawn["error"], location=node)
        else:
            file, alt = drawn["wide"]["file"], escape(drawn["wide"]["name"])
            self.body.append(f'<img class="zcl-drawing thumbnail" src="{static(self)}frames/{file}" alt="{alt}" '
                             'loading="lazy" decoding="async">')
    raise nodes.SkipNode


def script(app, pagename, templatename, context, doctree):
    """The engine's script, on pages that have a live figure."""
    if "data-zcmoe=" in (context.get("body") or ""):
        context["engine"] = context["pathto"]("_static/engine.js", 1) + f"?v={app.pictures.version}"


def start(app):
    app.pictures = Pictures(app)


def store(app, exception):
    if exception is None and app.builder.format == "html":
        shutil.copyfile(app.pictures.script, Path(app.outdir, "_static", "engine.js"))


def setup(app):
    app.add_node(live, html=(visit, None))
    app.add_node(thumbnail, html=(visit_thumbnail, None))
    app.add_directive("live", Live)
    app.add_directive("thumbnail", Thumbnail)
    app.connect("builder-inited", start)
    app.connect("html-page-context", script, priority=850)  # after frames.py
    app.connect("build-finished", store)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
