"""Figures of notebooks reach a page as a <figure> with a picture and controls, and no widget machinery.

`zcmoe.show.explore` makes ipywidgets, which they stay in notebooks. On a page each of their frames is a file that an
<img> shows: it is loaded when it is needed, also from file:// (where `fetch` is refused), and kept by the browser.
The controls are native inputs, written here, so that nothing moves when the script (figures.js) comes; which frame
belongs to which choice stands as JSON behind the article. A figure of the engine becomes the page's own live figure.
Any other ipywidget still gets its state and html-manager, behind the article too.
"""

import base64
import json
import re
from html import escape, unescape
from math import prod
from pathlib import Path

from sphinx.util import logging

import live_figures
from zcmoe.show.style import BETA, DENSITY, EDGES, EXACT, EXPERTS, FORMULA, INPUTS, MEMORY, ROUTING, UNIFORM

VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.S)
STATE = "application/vnd.jupyter.widget-state+json"
IMG = re.compile(r'<img alt="(.*?)" width="(\d+)" height="(\d+)".*?src="data:image/(svg\+xml|png);base64,(.*?)"', re.S)
# White is the page's ground; in the dark each colour has the lighter one of its role (companion.css has the same).
LIGHT = {"#ffffff": "#fbfaf7"}
DARK = {"#ffffff": "#15171a", "#000000": "#e6e3dc", "#262626": "#e6e3dc", "#808080": "#8b9199", "#dddddd": "#33373d",
        BETA: "#74b4f0", EXPERTS: "#ff9a62", DENSITY: "#4ccba0", INPUTS: "#9aa6b5",
        EDGES: "#8b9199", EXACT: "#e6e3dc", FORMULA: "#e58be0", UNIFORM: "#8b9199",
        ROUTING: "#4fc3d4", MEMORY: "#e3a857"}
DARK = {light.lower(): dark for light, dark in DARK.items()}
log = logging.getLogger(__name__)


def both_modes(svg):
    """Let one file serve both: an SVG's media query follows the `color-scheme` of the <img> that shows it."""
    used = sorted(colour for colour in DARK if colour in svg.lower())
    for colour in used:
        svg = re.sub(colour, f"var(--c{colour[1:]})", svg, flags=re.I)

    def define(shades):
        return "".join(f"--c{colour[1:]}:{shades.get(colour, colour)};" for colour in used)

    rules = (f"svg{{{define(LIGHT)}fill:var(--ink,#000)}}"  # what has no fill is black
             f"@media(prefers-color-scheme:dark){{svg{{--ink:#e6e3dc;{define(DARK)}}}}}")
    return re.sub(r"(<svg\b[^>]*>)", lambda match: f"{match[1]}<style>{rules}</style>", svg, count=1)


def store(folder, image):
    """Put a frame into the folder; return (name, alt, width, height)."""
    alt, width, height, kind, data = IMG.search(image).groups()
    data = base64.b64decode(data)
    data, ending = (both_modes(data.decode()).encode(), "svg") if kind == "svg+xml" else (data, "png")
    return live_figures.keep(folder, data, ending), unescape(alt), int(width), int(height)


def read(models, view):
    """Return (knobs, frames in the order of itertools.product) of an exploration, or None for another widget."""

    def get(reference):
        return models[reference.removeprefix("IPY_MODEL_")]["state"]

    def leaves(state):
        if state.get("children"):
            return [leaf for child in state["children"] for leaf in leaves(get(child))]
        return [state["value"]] if IMG.search(str(state.get("value"))) else []

    *knobs, root = map(get, get(view).get("children") or [view])
    if not all("_options_labels" in knob for knob in knobs):
        return None
    frames = leaves(root)
    knobs = [{"name": knob["description"], "labels": knob["_options_labels"], "at": knob["index"],
              "words": "button_style" in knob} for knob in knobs]
    return (knobs, frames) if frames and len(frames) == prod(len(knob["labels"]) for knob in knobs) else None


def control(knob, group):
    """Return a slider, or buttons of which one is pressed."""
    name, at, labels = escape(knob["name"]), knob["at"], [escape(label) for label in knob["labels"]]
    if not knob["words"]:
        words = escape(json.dumps(knob["labels"], ensure_ascii=False))
        return (f'<label class="knob" data-words="{words}"><span>{name}</span><input type="range" min="0" '
                f'max="{len(labels) - 1}" value="{at}" autocomplete="off" aria-valuetext="{labels[at]}">'
                f"<output>{labels[at]}</output></label>")
    buttons = "".join(f'<label><input type="radio" name="{group}" value="{i}" autocomplete="off"'
                      f'{" checked" * (i == at)}><span>{label}</span></label>' for i, label in enumerate(labels))
    return f'<fieldset class="knob"><legend>{name}</legend><div>{buttons}</div></fieldset>'


class Page:
    """The widgets of one page, one after another."""

    def __init__(self, app, models, path):
        self.app, self.models, self.path = app, models, path
        self.folder = Path(app.outdir, "_static", "frames")
        self.states, self.others, self.anchors = [], [], []

    def mount(self, view):
        """Return what stands on the page in place of a widget."""
        reference = json.loads(view[1])["model_id"]
        own = self.models[reference]["state"]
        if own.get("_model_module") == "anywidget" and "figure" in own:
            return self.live(own)
        if (found := read(self.models, reference)) is None:
            self.others.append(view)
            return view[0]
        return self.frames(*found)

    def live(self, own):
        urgent = not self.states and not self.anchors  # the page's first figure
        self.anchors.append(own["figure"])  # a second one of a kind gets another anchor
        anchor = own["figure"] + f"-{self.anchors.count(own['figure'])}" * (self.anchors.count(own["figure"]) > 1)
        html, wrong = live_figures.figure(self.app, self.path, own["figure"], own["state"], anchor, urgent=urgent)
        if wrong:
            log.warning("a live figure can't be drawn: %s", wrong)
        return html

    def frames(self, knobs, frames):
        stored = [store(self.folder, frame) for frame in frames]
        at = 0
        for knob in knobs:
            at = at * len(knob["labels"]) + knob["at"]
        name, alt, width, height = stored[at]
        later = self.states or self.anchors
        urgency = 'loading="lazy" decoding="async"' if later else 'fetchpriority="high"'
        self.states.append([[name, alt] for name, alt, *_ in stored])
        controls = "".join(control(knob, f"f{len(self.states)}k{i}") for i, knob in enumerate(knobs))
        return (f'<figure class="zcmoe-figure"><img src="{self.path}frames/{name}" alt="{escape(alt)}" '
                f'width="{width}" height="{height}" style="max-width: {1.45 * width:.0f}px" {urgency}>'
                f'<div class="knobs">{controls}</div></figure>')


def replace(app, pagename, templatename, context, doctree):
    scripts = context["script_files"]
    state = next((js for js in scripts if js.attributes.get("type") == STATE), None)
    if state is None:
        return
    page = Page(app, json.loads(state.attributes["body"])["state"], context["pathto"]("_static/", 1))
    body = VIEW.sub(page.mount, context["body"])
    if page.states:
        data = json.dumps([f"{page.path}frames/", page.states], ensure_ascii=False).replace("</", r"<\/")
        body += f'<script type="application/json" class="zcmoe-states">{data}</script>'
    manager = [js for js in scripts if js is state or "embed" in str(js.filename)]
    context["script_files"] = [js for js in scripts if js not in manager]
    if page.others:
        # html-manager looks for the module of every model that it is told of; it has none of ours.
        kept = {key: model for key, model in page.models.items() if model.get("model_module") != "anywidget"}
        whole = json.dumps(json.loads(state.attributes["body"]) | {"state": kept}).replace("</", r"<\/")
        body += f'<script type="{STATE}">{whole}</script>'
        body += "".join(f'<script defer src="{context["pathto"](js.filename, 1)}"></script>'
                        for js in manager if js.filename)
    context["body"] = body


def setup(app):
    app.connect("html-page-context", replace, priority=800)  # after MyST-NB has added the widgets' script
    return {"parallel_read_safe": True}
