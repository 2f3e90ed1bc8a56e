"""A reader without script sees the first frame of every figure."""

import json
import re

from myst_nb.sphinx_ext import NbMetadataCollector
from sphinx.util import logging

log = logging.getLogger(__name__)
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.S)


def first_frame(models, reference):
    """Return the <img> that the widget shows at first, or None."""
    model = models[reference.removeprefix("IPY_MODEL_")]["state"]
    if "<img" in str(model.get("value")):
        return model["value"]
    children = model.get("children", [])
    if "selected_index" in model:
        children = [children[model["selected_index"]]]
    return next(filter(None, (first_frame(models, child) for child in children)), None)


def add_frames(app, pagename, templatename, context, doctree):
    _, state = NbMetadataCollector.get_js_files(app.env, pagename).get("ipywidgets_state", (None, None))
    if not state:
        return
    models = json.loads(state["body"])["state"]

    def with_frame(view):
        image = first_frame(models, json.loads(view[1])["model_id"])
        if not image:
            log.warning("a widget has no figure to show without script", location=pagename)
        return f"{view[0]}<noscript>{image}</noscript>"

    context["body"] = VIEW.sub(with_frame, context["body"])


def setup(app):
    app.connect("html-page-context", add_frames)
    return {"parallel_read_safe": True}
