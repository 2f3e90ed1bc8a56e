"""Pictures that Matplotlib draws when the book is built, in pages that are no notebooks.

    :::{drawn} notes.optimum
    A caption.
    :::

names a function of a module here that returns a Matplotlib figure and its alt text, as the figures of the chapters do.
What it draws is computed by `zcmoe`, or read from the page itself. The file serves the light and the dark page
(frames.py).
"""

import importlib
import io
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import frames
import live_figures
from zcmoe.show.style import style

HERE = Path(__file__).parent


class drawn(nodes.General, nodes.Element):
    """A picture: `name` of its function, and a caption as its children."""


class Drawn(SphinxDirective):
    required_arguments = 1
    has_content = True

    def run(self):
        module, _, function = self.arguments[0].partition(".")
        if not hasattr(importlib.import_module(f"{__name__}.{module}"), function):
            raise self.error(f"there is no picture {self.arguments[0]} in {HERE.name}")
        self.env.note_dependency(str(HERE / f"{module}.py"))
        node = drawn(name=self.arguments[0])
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def picture(name):
    """Return (svg, alt text) of a picture."""
    module, _, function = name.partition(".")
    with style():
        fig, alt = getattr(importlib.import_module(f"{__name__}.{module}"), function)()
        file = io.StringIO()
        fig.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        plt.close(fig)
    return frames.both_modes(file.getvalue()[file.getvalue().index("<svg"):]), alt


def visit(self, node):
    svg, alt = picture(node["name"])
    name = live_figures.keep(Path(self.builder.outdir, "_static", "frames"), svg.encode())
    width, height = (round(float(side.removesuffix("pt")) * 4 / 3) for side in
                     (svg.split(f' {key}="')[1].split('"')[0] for key in ("width", "height")))
    self.body.append(f'<figure class="drawn"><img src="{live_figures.static(self)}frames/{name}" alt="{escape(alt)}" '
                     f'width="{width}" height="{height}" style="max-width: {1.1 * width:.0f}px" loading="lazy" '
                     'decoding="async"><figcaption>')


def depart(self, node):
    self.body.append("</figcaption></figure>")


def setup(app):
    app.add_node(drawn, html=(visit, depart))
    app.add_directive("drawn", Drawn)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
