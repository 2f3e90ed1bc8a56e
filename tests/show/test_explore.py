import html
import io
import itertools
import subprocess
import sys
from base64 import b64decode

import pytest

plt = pytest.importorskip("matplotlib.pyplot")
widgets = pytest.importorskip("ipywidgets")
import traitlets  # noqa: E402

from zcmoe import show  # noqa: E402


def draw(**chosen):
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    ax.set_title(str(chosen))
    return fig, f"a line for {sorted(chosen.items())}"


def visible(widget):
    """The <img> that a reader sees."""
    while not isinstance(widget, widgets.HTML):
        widget = widget.children[-1 if isinstance(widget, widgets.VBox) else widget.selected_index]
    return widget.value


@pytest.fixture
def live(monkeypatch):
    """Links that act in Python too, as they do in the browser."""
    monkeypatch.setattr(widgets, "jsdlink", traitlets.dlink)


@pytest.mark.parametrize("names", [["m"], ["m", "target", "noise"]])
def test_every_combination_can_be_reached(live, names):
    values = {"m": [4, 8, 16], "target": ["cosine", "steps"], "noise": [0.0, 0.5]}
    shown = show.explore(draw, **{name: values[name] for name in names})
    for chosen in itertools.product(*(values[name] for name in names)):
        for name, value in zip(names, chosen, strict=True):
            shown.controls[name].index = values[name].index(value)
        assert html.escape(f"a line for {sorted(zip(names, chosen, strict=True))}") in visible(shown)


def test_controls_by_kind_of_value():
    shown = show.explore(draw, m=[4, 8], target=["cosine", "steps"], fixed=[1])
    assert isinstance(shown.controls["m"], widgets.SelectionSlider)
    assert isinstance(shown.controls["target"], widgets.ToggleButtons)
    assert list(shown.controls) == ["m", "target"]


def test_start_is_shown_first(live):
    shown = show.explore(draw, m=[4, 8], target=["a", "b"], start={"target": "b"})
    assert "(&#x27;m&#x27;, 4), (&#x27;target&#x27;, &#x27;b&#x27;)" in visible(shown)
    assert shown.controls["target"].index == 1


def test_repr_is_one_stable_line():
    shown = show.explore(draw, m=[4, 8], target=["a", "b"])
    assert repr(shown) == "<explore m, target: 4 frames>"
    assert shown._repr_mimebundle_()["text/plain"] == repr(shown)


@pytest.mark.parametrize("start, shown", [({}, (255, 0, 0)), ({"m": 8}, (0, 0, 255))])
def test_a_stored_notebook_keeps_a_small_picture_of_the_first_state(start, shown):
    from PIL import Image

    def bars(m):
        fig, ax = plt.subplots(figsize=(8, 3))
        ax.bar(range(m // 4), 1, width=1, color=["red", "blue"][m // 8])
        ax.axis("off")
        return fig, f"{m}"

    bundle = show.explore(bars, m=[4, 8], start=start)._repr_mimebundle_()
    still = Image.open(io.BytesIO(b64decode(bundle["image/png"])))
    assert still.size == (1200, 450)
    assert still.convert("RGB").getpixel((600, 200)) == shown
    assert "image/png" in show.picture(*bars(4))._repr_mimebundle_()


def test_the_same_figure_gives_the_same_bytes_and_is_closed():
    first, second = (visible(show.explore(draw, m=[4])) for _ in range(2))
    assert first == second
    assert b"<text" not in b64decode(first.split("base64,")[1][:-2])  # an <img> sees no font of the page
    assert not plt.get_fignums()


@pytest.mark.parametrize("count, mime", [(500, "svg+xml"), (501, "png")])
def test_many_marks_make_a_png(count, mime):
    fig, ax = plt.subplots()
    ax.scatter(range(count), range(count))
    assert f"data:image/{mime};" in visible(show.picture(fig, "dots"))


def test_alt_text_is_escaped():
    assert 'alt="a &lt; &quot;b&quot;"' in visible(show.picture(draw()[0], 'a < "b"'))


@pytest.mark.parametrize(
    "choices, message",
    [
        ({}, "choices must name"),
        ({"m": []}, "m must have at least one value"),
        ({"m": [4, 8, 4]}, "m must have distinct values, got '4' at positions 0 and 2"),
        ({"m": [4], "fmt": "gif"}, "fmt must be"),
        ({"m": [4], "start": {"n": 4}}, r"start must name parameters among \['m'\], got 'n'"),
        ({"m": [4], "start": {"m": 5}}, r"start\['m'\] must be one of \[4\], got 5"),
    ],
)
def test_bad_choices_name_the_parameter(choices, message):
    with pytest.raises(ValueError, match=message):
        show.explore(draw, **choices)


@pytest.mark.parametrize(
    "drawn, message",
    [
        (lambda: None, r"draw must return a Matplotlib figure and its alt text, got None from draw\(m=4\)"),
        (lambda: plt.figure(), "draw must return"),
        (lambda: (plt.figure(), " "), r"alt, the alt text of draw\(m=4\), must be a non-empty string, got ' '"),
        (lambda: (plt.figure(), None), "alt, the alt text"),
    ],
)
def test_bad_draw_is_refused(drawn, message):
    with pytest.raises(ValueError, match=message):
        show.explore(lambda m: drawn(), m=[4])
    plt.close("all")


def test_importing_zcmoe_draws_nothing():
    code = "import sys, zcmoe; sys.exit('matplotlib' in sys.modules or 'ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
