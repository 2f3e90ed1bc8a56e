"""The live figures under a mouse, a finger and keys, wide and narrow, light and dark."""

import pytest

pytest.importorskip("anywidget")
import zcmoe  # noqa: E402
from show.hand import PHONE, WIDE, Hand  # noqa: E402
from tests.host import until  # noqa: E402
from zcmoe.show.engine import FIGURES, page_script, widget_script  # noqa: E402
from zcmoe.show.live import START, problem_of  # noqa: E402
from zcmoe.show.worlds import worlds  # noqa: E402


def test_all_figures_fit(page):
    """No sideways scroll, no small text, nothing too small to touch, and every handle is a slider with words."""
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
    assert (
        page.evaluate("""Math.min(...[...document.querySelectorAll('.zcl *')]
        .filter(e => e.textContent && e.checkVisibility())
        .map(e => parseFloat(getComputedStyle(e).fontSize)))""")
        >= 12
    )
    small = page.evaluate("""[...document.querySelectorAll('.zcl :is(button, input, select, textarea, summary)')]
        .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect())
        .filter(r => r.height < 44 || r.width < 44).length""")
    assert small == 0
    assert page.evaluate("""[...document.querySelectorAll('.zcl [role=slider]')].filter(e => e.checkVisibility())
        .every(e => e.getAttribute('aria-label') && e.getAttribute('aria-valuetext'))""")
    over = page.evaluate("""[...document.querySelectorAll('.zcl')].flatMap(z => [...z.querySelectorAll('text')]
        .filter(t => t.checkVisibility() && t.textContent).filter(t => t.getBoundingClientRect().right > innerWidth
            || t.getBoundingClientRect().left < 0).map(t => t.textContent))""")
    assert over == []


def test_page_and_notebook_start_alike(page):
    for name, preset in FIGURES.items():
        assert Hand(page, name).ask("f.initial") == (worlds()[name]["start"] if name in worlds() else START | preset)


def test_the_colours_are_the_pages(page):
    page.evaluate("document.documentElement.style.setProperty('--beta', 'rgb(1, 2, 3)')")
    assert page.evaluate("getComputedStyle(document.querySelector('.zcl-beta')).stroke") == "rgb(1, 2, 3)"


def test_cut_it_yourself(page):
    hand = Hand(page, "cut")
    assert hand.number() == "0.18806" and "0.06" not in hand.verdict()
    locked = page.locator("#cut").get_by_role("button", name="the best there are")
    tall = hand.height()
    assert locked.is_disabled()
    best = [0.0893, 0.2316, 0.2736, 0.3933, 0.4348, 0.5807, 0.7463]
    for i, x in enumerate(best):  # a patient reader
        hand.drag("top", [((i + 1) / 8, 224), (x, 224)])
    at = hand.ask("f.state.cuts.at")
    assert max(abs(a - b) for a, b in zip(at, best, strict=True)) < (0.003 if page.narrow else 0.002)
    assert float(hand.number()) < 0.0675 and "You beat the formula" in hand.verdict()
    assert not locked.is_disabled() and hand.height() == tall
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "cut 7 of 7"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert abs(hand.ask("f.state.cuts.at[6]") - at[6] - 0.022) < 1e-9
    page.keyboard.press("PageUp")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "cut 6 of 7"
    page.keyboard.press("End")  # as far as its neighbour lets it
    assert abs(hand.ask("f.state.cuts.at[6] - f.state.cuts.at[5]") - 0.001) < 1e-9
    until(page, "document.querySelector('#cut .zcl-status').textContent.endsWith('error beyond noise')")
    for button, number in (
        ("the formula's cuts", "0.11275"),
        ("the best there are", "0.06605"),
        ("equal cuts", "0.18806"),
    ):
        hand.press(button)
        page.wait_for_timeout(900)  # they glide
        assert hand.number() == number and hand.height() == tall
    page.locator("#cut").get_by_role("button", name="start again").click()
    assert locked.is_disabled() and hand.number() == "0.18806"


def test_a_finger_drags_and_the_page_still_scrolls(page):
    if not page.narrow:
        return
    hand = Hand(page, "cut")
    before = page.evaluate("scrollY")
    hand.swipe("top", (0.25, 226), (0.31, 230))
    assert abs(hand.ask("f.state.cuts.at[1]") - 0.31) < 0.01 and page.evaluate("scrollY") == before
    hand = Hand(page, "playground")
    before, state = page.evaluate("scrollY"), hand.ask("JSON.stringify(f.state)")
    hand.swipe("top", (0.5, 190), (0.52, 40))  # upwards: that is a scroll
    assert page.evaluate("scrollY") > before + 50 and hand.ask("JSON.stringify(f.state)") == state
    hand = Hand(page, "playground")
    hand.swipe("top", (0.2, 60), (0.8, 100))  # sideways: that is a stroke
    assert hand.ask("f.state.beta.kind") == "drawn"
    hand = Hand(page, "constant")
    before = page.evaluate("scrollY")
    hand.swipe("top", (1, 90), (1, 170))  # on the handle: the constant
    assert abs(hand.ask("f.c") - hand.ask("f.top.y.back(170)")) < 0.05 and page.evaluate("scrollY") == before


def test_level_the_bars(page):
    hand = Hand(page, "level")
    assert hand.number() == "1.770"
    tall, power = hand.height(), page.locator("#level").get_by_role("slider", name="let wˢ paint")
    for steps, number in (20, "1.099"), (50, "1.208"), (60, "1.792"):
        power.fill(str(steps))
        assert hand.number() == number
    hand.press("λ*")
    page.wait_for_timeout(900)
    assert hand.number() == "1.000"
    hand.drag("middle", [(0.1, 200), (0.9, 180)])
    assert hand.ask("f.state.cuts.kind") == "painted" and float(hand.number()) > 1.01
    assert abs(hand.ask("f.state.cuts.heights.reduce((a, b) => a + b) / 96") - 1) < 0.01
    before = hand.ask("f.state.cuts.heights[f.at]")
    page.locator("#level .zcl-lambda-handle").focus()
    page.keyboard.press("Shift+ArrowUp")
    assert hand.ask("f.state.cuts.heights[f.at]") > before + 0.5
    page.locator("#level").get_by_role("slider", name="experts m").fill("56")
    assert hand.ask("f.view.bars.length") == 64 and hand.height() == tall


def test_how_many_is_many(page):
    hand = Hand(page, "many")
    assert hand.number() == "?" and not hand.ask("f.been.size")
    tall = hand.height()
    hand.drag("bottom", [(0, 240), (0.5, 300), (1, 310)])
    assert hand.ask("f.guess.size") == 61
    hand.press("my guess stands")
    experts = page.locator("#many").get_by_role("slider", name="experts m").last
    for m, number in (4, "2.94"), (8, "1.98"), (64, "1.11"):
        experts.fill(str(m - 4))
        until(page, f"document.querySelector('#many .zcl-number').textContent === '{number}'")
    assert hand.ask("[...f.been].sort((a, b) => a - b)") == [4, 8, 64]
    hand.drag("bottom", [(1, 300), (0.75, 300)])
    assert hand.ask("f.state.m") == 32 and hand.ask("f.been.size") == 35  # 32 … 64, 4 and 8
    assert hand.height() == tall


def test_feed_the_experts(page):
    hand = Hand(page, "feed")
    tall = hand.height()
    parts = {
        10: (".00087", ".00135", ".00000"),
        62: (".00527", ".00024", ".00160"),
        120: (".01003", ".00012", ".00498"),
    }
    handle = page.locator("#feed .zcl-exact-handle")
    for m, (noise, spread, empty) in parts.items():
        hand.ask(f"f.commit({{m: {m}}})")
        assert f"noise 0{noise}, spread 0{spread}, empty 0{empty}" in hand.verdict()
        if m == 62:
            assert abs(hand.ask("f.view.expected + f.view.problem.noiseVariance") - 0.09429) < 5e-6
    assert "Least" not in hand.verdict()
    hand.press("plant the flag here")
    assert (
        "Least at m = 62" in hand.verdict()
        and "formula says 70.9" in hand.verdict()
        and "flag stands at 120" in hand.verdict()
    )
    handle.focus()
    page.keyboard.press("ArrowLeft")
    assert hand.ask("f.state.m") == 119
    hand.press("new data")
    assert hand.ask("f.ghosts.length") == 1 and hand.ask("f.state.seed") == 8
    hand.drag("bottom", [(0.5, 300), (0.3, 300)])
    assert hand.ask("f.state.m") == 5 and hand.height() == tall


def test_one_constant(page):
    hand = Hand(page, "constant")
    tall = hand.height()
    hand.drag("top", [(0.5, 60), (0.5, 260)])
    assert "Lowest at the mean" in hand.verdict() and "−0.0072" in hand.verdict()
    page.locator("#constant .zcl-handle").first.focus()
    c = hand.ask("f.c")
    page.keyboard.press("ArrowUp")
    assert abs(hand.ask("f.c") - c - 0.01) < 1e-9
    hand.press("one cut")
    hand.drag("top", [(0.5, 186), (0.4, 186)])
    assert abs(hand.ask("f.view.cuts[1]") - 0.4) < 0.004 and hand.height() == tall
    assert hand.ask("f.cutBeen.size") > 20


def test_the_playground(page):
    hand = Hand(page, "playground")
    hand.drag("top", [(0.1, 60), (0.9, 180)])
    assert hand.ask("f.state.beta.kind") == "drawn" and hand.ask("f.state.beta.y[4] > f.state.beta.y[20]")
    page.locator("#playground .zcl-beta-handle").focus()
    y = hand.ask("f.state.beta.y[f.knot]")
    page.keyboard.press("ArrowUp")
    assert abs(hand.ask("f.state.beta.y[f.knot]") - y - 0.02) < 1e-9
    hand.drag("middle", [(0.4, 310), (0.6, 310)])
    assert abs(hand.ask("f.state.inputs.mean") - 0.6) < 0.03
    page.locator("#playground select").nth(3).select_option("optimum")
    until(page, "document.querySelector('#playground .zcl-verdict').textContent.match(/best cuts 0/)")
    page.wait_for_timeout(900)  # the cuts glide
    assert hand.number() in hand.verdict()
    hand.press("copy link")
    page.wait_for_timeout(100)
    assert "#playground?b=drawn" in page.url
    other = page.context.new_page()
    other.goto(page.url)
    until(other, "document.querySelector('#playground .zcl')")
    assert Hand(other, "playground").ask("JSON.stringify(f.state)") == hand.ask("JSON.stringify(f.state)")
    other.close()


def test_what_is_not_computed_says_why(page):
    hand = Hand(page, "playground")
    hand.ask("f.show({inputs: {kind: 'normal', mean: 0.4, width: 1e-7}})")
    assert hand.number() == "not computed"
    assert "density integrates to" in page.locator("#playground .zcl-unit").text_content()
    assert not page.locator("#playground .zcl-drawing").is_visible()
    hand.ask("f.show({})")
    assert hand.number() == "0.05491" and page.locator("#playground .zcl-drawing").is_visible()


def test_the_widget_shares_its_state(browser, page_path):
    """As anywidget calls it: what the hand does is saved, what Python sets is shown, and nothing stays behind."""
    (page_path.parent / "widget.html").write_text(
        "<!doctype html><meta charset=utf-8><div id=cell></div>"
        f"<script type=module>{widget_script().replace('export default', 'window.widget =')}</script>",
        encoding="utf-8",
    )
    page = browser.new_context(**WIDE).new_page()
    page.goto((page_path.parent / "widget.html").as_uri())
    page.evaluate("""() => {
        const values = {figure: "cut", state: {m: 8, cuts: {kind: "uniform"}}}, heard = [];
        window.model = {get: (name) => values[name], set: (name, value) => { values[name] = value; }, heard, saved: 0,
            save_changes() { this.saved += 1; }, on: (event, act) => heard.push(act),
            off: (event, act) => heard.splice(heard.indexOf(act), 1)};
        window.end = widget.render({model, el: document.getElementById("cell")});
    }""")
    page.locator(".zcl-experts-handle").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("[model.saved, model.get('state').cuts.at[0]]") == [1, 0.127]
    page.evaluate("model.set('state', {m: 3, cuts: {kind: 'hand', at: [0.2, 0.5]}}); model.heard.forEach(act => act())")
    assert page.evaluate(
        "[...document.querySelectorAll('.zcl-experts-handle')].map(e => e.getAttribute('aria-label'))"
    ) == ["cut 1 of 2"]
    page.evaluate("end()")
    assert page.evaluate("[model.heard.length, document.querySelectorAll('.zcl').length]") == [0, 0]
    page.context.close()


def test_from_a_file_without_motion_and_without_script(browser, page_path):
    context = browser.new_context(reduced_motion="reduce", **WIDE)
    page = context.new_page()
    page.goto(page_path.as_uri())
    hand = Hand(page, "level")
    hand.press("λ*")
    assert hand.number() == "1.000"  # at once
    context.close()
    context = browser.new_context(java_script_enabled=False, **WIDE)
    page = context.new_page()
    page.goto(page_path.as_uri())
    assert page.locator("#cut p").text_content() == "Without script no figure moves."
    context.close()


def test_the_best_cuts_without_any_worker(browser, page_path, address):
    """The script stands in the page, and the policy forbids blobs: the page computes in slices."""
    text = page_path.read_text(encoding="utf-8")
    text = text.replace('<script defer src="page.js"></script>', f"<script>{page_script()}</script>")
    (page_path.parent / "inline.html").write_text(text, encoding="utf-8")
    context = browser.new_context(**WIDE)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address.replace("index", "inline"))
    until(page, f"document.querySelectorAll('.zcl').length === {len(FIGURES)}")
    hand = Hand(page, "playground")
    hand.ask("f.commit({m: 64, cuts: {kind: 'optimum'}})")
    until(page, "!document.getElementById('playground').zcmoe.view.pending")
    problem = problem_of({})
    best = zcmoe.approximation_excess(problem, zcmoe.optimal_intervals(problem, 64))
    assert hand.number() == f"{best:.5f}"
    assert any("blob:" in each and "Content Security Policy" in each for each in said), said
    context.close()


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def test_native_sliders_where_voice_over_needs_them(browser, page_path):
    context = browser.new_context(**PHONE, user_agent=IPHONE)
    page = context.new_page()
    page.goto(page_path.as_uri())
    where = page.get_by_role("slider", name="cut 1 of 7", exact=True)
    assert where.get_attribute("aria-valuetext").startswith("0.125, error beyond noise")
    where.fill("60")
    assert Hand(page, "cut").ask("f.state.cuts.at[0]") == 0.135
    page.get_by_role("slider", name="cut 1 of 7: which one").fill("90")
    assert page.get_by_role("slider", name="cut 2 of 7", exact=True).count() == 1
    assert page.evaluate("[...document.querySelectorAll('.zcl-handle')].every(e => e.ariaHidden === 'true')")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


def test_forced_colours(page):
    strokes = """['.zcl-experts', '.zcl-axis', '.zcl-handle'].map(s => getComputedStyle(
        document.querySelector('#cut ' + s)).stroke)"""
    free = page.evaluate(strokes)
    page.emulate_media(forced_colors="active")
    forced = page.evaluate(strokes)
    text, ground = page.evaluate("""(({color, backgroundColor}) => [color, backgroundColor])(
        getComputedStyle(document.querySelector('#cut [aria-pressed=true]')))""")
    page.emulate_media(forced_colors="none")
    assert not set(free) & set(forced) and text != ground


def test_what_is_said_aloud_comes_at_most_three_times_a_second(page):
    hand = Hand(page, "cut")
    page.evaluate("""() => { window.heard = []; new MutationObserver(() => heard.push(performance.now())).observe(
        document.querySelector("#cut [role=status]"), {childList: true, characterData: true, subtree: true}); }""")
    page.locator("#cut .zcl-handle").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(30)
    page.wait_for_timeout(900)
    times = page.evaluate("heard")
    assert times and all(b - a >= 330 for a, b in zip(times, times[1:], strict=False))
    assert hand.number() in page.locator("#cut [role=status]").text_content()
