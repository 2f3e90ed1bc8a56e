"""The figures in the plane and beyond, the typed β and a reader's own numbers, under a hand."""

import json

import numpy as np
import pytest

pytest.importorskip("anywidget")
import zcmoe  # noqa: E402
from show.hand import AFRESH, Hand  # noqa: E402
from tests.host import until  # noqa: E402
from zcmoe.learning import plug_in  # noqa: E402
from zcmoe.show.live import problem_of  # noqa: E402
from zcmoe.show.worlds import plane_cuts, plane_problem  # noqa: E402


def share(hand, panel, x):
    return hand.ask(f"(f.{panel}.x.to({x}) - f.{panel}.left) / (f.{panel}.right - f.{panel}.left)")


def test_one_cell(page):
    hand = Hand(page, "cell")
    assert hand.number() == "2.00"
    for name, said in ("20 × 20", "error 0.00354, bound 0.00708"), ("10 × 40", "error 0.00167, bound 0.01505"), (
        "40 × 10", "error 0.01339, bound 0.01505"):  # fmt: skip
        hand.press_named(f"β = x₁ + 4x₂, {name} boxes")
        assert said in hand.verdict()
    for name, moment in ("hexagon", "0.080188"), ("triangle", "0.096225"), ("disc", "0.079577"), ("square", "0.083333"):
        hand.press(name)
        assert f"M of this cell: {moment}" in hand.verdict()
    corner = hand.ask("f.corners()[0]")
    x, y = share(hand, "plane", corner[0]), hand.ask(f"f.plane.y.to({corner[1]})")
    hand.drag("plane", [(x, y), (x + 0.1, y - 10)])
    assert hand.ask("f.state.shape") == "yours" and hand.ask("f.state.corners.length") == 4
    tip = hand.ask("f.tip()")
    x, y = share(hand, "plane", tip[0]), hand.ask(f"f.plane.y.to({tip[1]})")
    hand.drag("plane", [(x, y), (share(hand, "plane", 1.2), hand.ask("f.plane.y.to(0)"))])
    assert np.allclose(hand.ask("f.state.slope"), [5, 0], atol=0.1)
    page.keyboard.press("PageUp")
    page.keyboard.press("Shift+ArrowUp")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "corner 4 of 4"


def test_slabs(page):
    hand = Hand(page, "slabs")
    knob = hand.ask("f.knob")
    start = hand.ask(f"({knob[0]} - f.wave.left) / (f.wave.right - f.wave.left)")
    middle = hand.ask("(f.wave.top + f.wave.bottom) / 2")
    hand.drag("wave", [(start, knob[1]), (0.9, knob[1] + 20), (0.98, middle)])
    assert hand.ask("f.state.turn") == 0 and hand.number() == "0.50000" and "(28) says 0.00000" in hand.verdict()
    page.locator("#slabs .zcl-handle").focus()
    page.keyboard.press("Shift+ArrowRight")
    state = hand.ask("f.state")
    assert state["turn"] == 10
    excess = zcmoe.approximation_excess(plane_problem("slabs", state), plane_cuts("slabs", state))
    assert hand.number() == f"{excess:.5f}"


def test_voronoi(page):
    hand = Hand(page, "voronoi")
    tall = hand.height()
    x, y = share(hand, "plane", 0.375), hand.ask("f.plane.y.to(0.5)")
    hand.drag("plane", [(x, y), (x - 0.12, y + 8)])
    assert abs(hand.ask("f.state.centers[5][0]") - 0.255) < 0.01
    page.keyboard.press("Shift+ArrowUp")
    hand.press("relax one step")
    state = hand.ask("f.state")
    problem, cuts = plane_problem("voronoi", state), plane_cuts("voronoi", state)
    assert hand.number() == f"{zcmoe.approximation_excess(problem, cuts):.5f}"
    assert f"Bound (28): {zcmoe.small_region_error(problem, cuts):.5f}" in hand.verdict()
    hexagon = zcmoe.lattices.LATTICES["A2"].normalized_second_moment
    assert f"factor d: {zcmoe.high_rate_coefficient(problem, moment=hexagon) / 12:.5f}" in hand.verdict()
    hand.press("a bump")
    hand.press("relax 20 steps")
    assert hand.height() == tall


def test_the_compander(page):
    hand = Hand(page, "compander")
    for word, law in ("normal", "norm"), ("Laplacian", "laplace"), ("uniform", "uniform"):
        hand.press(word)
        assert hand.ask("f.view.line.constant") == pytest.approx(
            zcmoe.quantization.panter_dite(getattr(__import__("scipy.stats").stats, law)())
            / {"norm": 1, "laplace": 2, "uniform": 1 / 12}[law]
        )
    hand.press("Laplacian")
    hand.drag("main", [(0.4, 100), (0.7, 110)])
    assert abs(hand.ask("f.state.x") - 1.6) < 0.05
    page.keyboard.press("Home")
    assert hand.ask("f.state.x") == -4


def test_the_solid(page):
    hand = Hand(page, "solid")
    assert hand.number() == "0.083333" and "nearest?" in hand.verdict()
    for word, moment in ("hexagonal prism", "0.081223"), ("rhombic dodecahedron", "0.078745"), (
        "truncated octahedron", "0.078543"):  # fmt: skip
        hand.press(word)
        assert hand.number() == moment
    assert "comes nearest" in hand.verdict()
    left, top = hand.ask("{const r = f.svg.getBoundingClientRect(); return [r.left + f.middle[0], r.top + 140]}")
    page.mouse.move(left - 60, top)
    page.mouse.down()
    page.mouse.move(left + 40, top + 10, steps=8)
    page.mouse.up()
    assert hand.ask("f.state.turn") == 75
    page.keyboard.press("ArrowUp")
    assert hand.ask("f.state.tilt") % 5 == 0


def test_your_numbers(page):
    hand = Hand(page, "numbers")
    tall = hand.height()
    x, y = problem_of({"beta": {"kind": "square"}}).sample(200, rng=1)
    text = "x,y\n" + "\n".join(f"{a!r},{b!r}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.locator("#numbers textarea")
    box.fill(text)
    found = plug_in(x, y)
    assert hand.number() == f"{found.number_of_experts:.1f}" and "200 examples of yours" in hand.verdict()
    assert "skiprows=1" in page.locator("#numbers pre").text_content()
    box.fill("1, 2\n3, four\n5, 6")
    assert hand.number() == "not computed"
    assert "line 2 must hold two numbers, got: 3, four" in page.locator("#numbers .zcl-unit").text_content()
    rows = [{"name": "mine.csv", "mimeType": "text/csv", "buffer": text.encode()}]
    page.locator("#numbers input[type=file]").set_input_files(rows)
    until(page, "document.querySelector('#numbers .zcl-verdict').textContent.startsWith('200 examples')")
    page.evaluate(
        """(text) => { const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File([text], "a.csv"));
        document.querySelector("#numbers textarea").dispatchEvent(
            new DragEvent("drop", {dataTransfer, bubbles: true})) }""",
        "0 0\n1 1\n2 4\n3 9",
    )
    until(page, "document.querySelector('#numbers .zcl-verdict').textContent.startsWith('4 examples')")
    box.fill("")
    assert "An example of 300" in hand.verdict() and hand.height() == tall
    assert asked == [] and "nothing is sent" in page.locator("#numbers .zcl-caption").text_content()


def test_a_typed_formula(page):
    hand = Hand(page, "playground")
    page.locator("#playground select").nth(1).select_option("typed")
    line = page.locator("#playground input[type=text]")
    assert line.input_value() == "cos(6*pi*x)" and hand.number() == "0.05491"
    line.fill("sin(20*x^2) + abs(x - 0.4)")
    page.wait_for_timeout(100)  # at the next frame
    state = hand.ask("f.state")
    problem = problem_of(state)
    from zcmoe.show.live import cuts_of

    assert hand.number() == f"{zcmoe.approximation_excess(problem, cuts_of(state)):.5f}"
    line.fill("sin(20*x^2")
    until(page, "document.querySelector('#playground .zcl-number').textContent === 'not computed'")
    assert "expected an operator or ) at position 11" in page.locator("#playground .zcl-unit").text_content()
    line.fill("x^2 - 1/3")
    page.wait_for_timeout(100)
    hand.press("copy link")
    page.wait_for_timeout(100)
    link, other = page.url, page
    page.evaluate(AFRESH)
    assert hand.ask("f.state.beta.kind") == "cos"
    if not page.narrow:  # in a new page; on the phone within the one that is open
        other = page.context.new_page()
    other.goto(link)
    until(other, "document.querySelector('#playground .zcl')")
    assert Hand(other, "playground").ask("f.state.beta") == {"kind": "typed", "text": "x^2 - 1/3"}
    if other is not page:
        other.close()


def test_presets_and_inputs(page):
    hand = Hand(page, "playground")
    start = page.locator("#playground select").first
    words = start.locator("option").all_text_contents()[1:]
    for word in words:
        start.select_option(word)
        assert hand.number() != "not computed" and float(hand.number()) > 0
    start.select_option("the running example")
    assert hand.number() == "0.05491"
    page.locator("#playground select").nth(2).select_option("beta")
    page.locator("#playground").get_by_role("slider", name="inputs: a").fill("3")
    assert json.dumps(hand.ask("f.state.inputs"), sort_keys=True) == '{"a": 4, "b": 5, "kind": "beta"}'
