"""The live figures in Firefox: the hand, wide with a mouse and narrow with a finger, and the keys."""

import shutil

import pytest

pytest.importorskip("anywidget")
from show.firefox import Firefox  # noqa: E402
from show.hand import AFRESH, TOUCH  # noqa: E402
from zcmoe.show.engine import FIGURES  # noqa: E402
from zcmoe.show.engine.__main__ import demo  # noqa: E402

SIZES = {"wide": (1440, 900, "mouse"), "phone": (390, 844, "touch")}
RIGHT, UP, PAGE_UP, END = "\ue014", "\ue013", "\ue00e", "\ue010"


@pytest.fixture(scope="module")
def firefox(demand, tmp_path_factory):
    command = shutil.which("firefox-esr") or shutil.which("firefox")
    if command is None:
        demand("Firefox", "`apt-get install firefox-esr`, or any way to have `firefox` on PATH")
    try:
        import websockets  # noqa: F401
    except ImportError:
        demand("websockets", "`pip install '.[test]'`")
    browser = Firefox(command, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("engine")).as_uri()


@pytest.fixture(scope="module", params=SIZES)
def loaded(request, firefox, address):
    width, height, firefox.pointer = SIZES[request.param]
    firefox.open("about:blank", width, height)
    firefox.open(address, width, height)
    firefox.until(f"document.querySelectorAll('.zcl').length === {len(FIGURES)}")
    return firefox


@pytest.fixture
def page(loaded):
    """Each figure as it starts, whatever the test before has done."""
    loaded.evaluate(AFRESH)
    yield loaded
    said = loaded.complaints.copy()
    loaded.complaints.clear()
    assert said == []


class Hand:
    def __init__(self, page, name):
        self.page, self.name = page, name
        self.page.evaluate(f"{TOUCH}(document.getElementById('{name}'))")

    def ask(self, expression):
        return self.page.evaluate(f"(f => {expression})(document.getElementById('{self.name}').zcmoe)")

    def drag(self, panel, points):
        """Points are a share of the panel's width, and pixels of the drawing from its top."""
        left, top, start, end = self.ask(
            f"{{const r = f.svg.getBoundingClientRect(); return [r.left, r.top, f.{panel}.left, f.{panel}.right]}}"
        )
        self.page.drag([(left + start + x * (end - start), top + y) for x, y in points], self.page.pointer)

    def number(self):
        return self.page.evaluate(f"document.querySelector('#{self.name} .zcl-number').textContent")


def test_nothing_is_wider_than_the_page(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("[...document.querySelectorAll('.zcl-refused')].length") == 0


def test_cut_it_yourself(page):
    hand = Hand(page, "cut")
    assert hand.number() == "0.18806"
    hand.drag("top", [(0.25, 224), (0.28, 226), (0.31, 226)])
    assert abs(hand.ask("f.state.cuts.at[1]") - 0.31) < 0.006
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "cut 2 of 7"
    at = hand.ask("f.state.cuts.at[1]")
    page.press(RIGHT)
    assert abs(hand.ask("f.state.cuts.at[1]") - at - 0.002) < 1e-9
    page.press(PAGE_UP, END)
    assert hand.ask("f.state.cuts.at[1] - f.state.cuts.at[0]") < 0.0011


def test_paint_draw_and_guess(page):
    hand = Hand(page, "level")
    assert hand.number() == "1.770"
    hand.drag("middle", [(0.1, 200), (0.5, 170), (0.9, 190)])
    assert hand.ask("f.state.cuts.kind") == "painted" and float(hand.number()) > 1
    hand = Hand(page, "playground")
    hand.drag("top", [(0.1, 60), (0.5, 100), (0.9, 180)])
    assert hand.ask("f.state.beta.kind") == "drawn" and hand.ask("f.state.beta.y[4] > f.state.beta.y[20]")
    hand = Hand(page, "many")
    hand.drag("bottom", [(0.02, 260), (0.5, 300), (0.98, 310)])
    assert hand.ask("f.guess.size") > 50


def test_the_plane(page):
    hand = Hand(page, "voronoi")
    before, [x, y] = hand.number(), hand.ask("[f.plane.x.to(0.375), f.plane.y.to(0.5)]")
    share = hand.ask(f"({x} - f.plane.left) / (f.plane.right - f.plane.left)")
    hand.drag("plane", [(share, y), (share + 0.05, y - 20), (share + 0.1, y - 30)])
    assert abs(hand.ask("f.state.centers[5][0]") - 0.475) < 0.02 and hand.number() != before
    page.press(UP)
    hand = Hand(page, "slabs")
    knob = hand.ask("f.knob")
    share = hand.ask(f"({knob[0]} - f.wave.left) / (f.wave.right - f.wave.left)")
    hand.drag("wave", [(share, knob[1]), (share + 0.2, knob[1] + 8), (share + 0.3, knob[1] + 20)])
    assert 10 < hand.ask("f.state.turn") < 80
    hand = Hand(page, "compander")
    hand.drag("main", [(0.5, 100), (0.6, 110), (0.7, 100)])
    assert abs(hand.ask("f.state.x") - 1.6) < 0.06
    hand = Hand(page, "solid")
    hand.ask("f.handle.focus()")
    page.press(RIGHT, RIGHT, UP)
    assert hand.ask("[f.state.turn, f.state.tilt]") == [35, 25]


def test_the_best_cuts_come_from_beside_the_page(page):
    hand = Hand(page, "playground")
    hand.ask("f.commit({cuts: {kind: 'optimum'}, m: 8})")
    page.until("document.querySelector('#playground .zcl-number').textContent === '0.06605'")
