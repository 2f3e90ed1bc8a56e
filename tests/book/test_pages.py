"""Every built page in a browser: alive without a kernel, quiet, and readable by all."""

import functools
import html
import http.server
import itertools
import json
import re
import threading

import pytest

STATE = 'script[type="application/vnd.jupyter.widget-state+json"]'
VIEW = '<script type="application/vnd.jupyter.widget-view+json">'
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path == "/favicon.ico":  # the browser's own question, of a redirect that names no icon
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()


@pytest.fixture(scope="module")
def address(site):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def visit(browser, address, name, **options):
    """Open a page; what goes wrong there is listed in its `complaints`."""
    page = browser.new_context(viewport=WIDE, **options).new_page()
    page.complaints = complaints = []
    page.on("console", lambda message: message.type == "error"
            and complaints.append(f"console: {message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("request", lambda request: request.url.startswith((address, "data:", "blob:"))
            or complaints.append(f"foreign: {request.url}"))
    page.goto(f"{address}/{name}.html", wait_until="load")
    return page


@pytest.fixture(scope="module", params=pytest.PAGES)
def page(request, browser, address, site):
    page = visit(browser, address, request.param)
    page.source = (site / f"{request.param}.html").read_text(encoding="utf-8")
    page.evaluate("window.MathJax && MathJax.startup && MathJax.startup.promise")
    page.wait_for_function("n => document.querySelectorAll('.zcmoe-figure').length >= n", arg=page.source.count(VIEW))
    yield page
    page.context.close()


def frame_at(models, reference, indices):
    """Return the (src, alt) that the stacks hold for the controls' indices."""
    model = models[reference.removeprefix("IPY_MODEL_")]
    if model["model_name"] != "StackModel":
        image = model["state"]["value"]
        return [html.unescape(re.search(f'{name}="(.*?)"', image)[1]) for name in ("src", "alt")]
    children = model["state"]["children"]
    rest = list(indices)
    return frame_at(models, children[rest.pop(0) if len(children) > 1 else 0], rest)


def move(control, before, after):
    """Move one control as a reader would."""
    if "widget-toggle-buttons" in control.get_attribute("class"):
        control.locator("button").nth(after).click()
    else:
        for _ in range(abs(after - before)):
            control.locator(".noUi-handle").press("ArrowRight" if after > before else "ArrowLeft")


def test_every_control_shows_its_frame(page):
    """All combinations of all controls, each against the frame that it stands for."""
    if VIEW not in page.source:
        return
    models = json.loads(page.locator(STATE).text_content())["state"]
    views = [json.loads(view)["model_id"] for view in re.findall(f"{re.escape(VIEW)}(.*?)</script>", page.source, re.S)]
    figures = page.locator(".zcmoe-figure").all()
    assert len(figures) == len(views)
    for view, figure in zip(views, figures, strict=True):
        *knobs, frames = models[view]["state"]["children"]
        knobs = [models[knob.removeprefix("IPY_MODEL_")]["state"] for knob in knobs]
        controls = figure.locator(".widget-slider, .widget-toggle-buttons").all()
        assert len(controls) == len(knobs)
        now = [knob["index"] for knob in knobs]
        for target in [now, *itertools.product(*(range(len(knob["_options_labels"])) for knob in knobs))]:
            for i, (before, after) in enumerate(zip(now, target, strict=True)):
                if before != after:
                    move(controls[i], before, after)
            now = target
            page.wait_for_function(
                """([figure, src, alt]) => {
                    const shown = [...figure.querySelectorAll("img")].filter(image => image.checkVisibility());
                    return shown.length === 1 && shown[0].complete && shown[0].naturalWidth > 0
                        && shown[0].getAttribute("src") === src && shown[0].alt === alt;
                }""",
                arg=[figure.element_handle(), *frame_at(models, frames, now)],
                timeout=3000,
            )


def test_formulas_are_set(page):
    assert page.locator("mjx-container").count() >= page.source.count('class="math notranslate')
    assert page.locator("mjx-merror").all_text_contents() == []


def test_pictures_have_alt_text(page):
    images = page.locator("article img").all()
    assert [image.get_attribute("src")[:80] for image in images if not (image.get_attribute("alt") or "").strip()] == []


def test_nothing_is_wider_than_a_phone(page):
    page.set_viewport_size(PHONE)
    try:
        page.wait_for_timeout(100)
        wide = page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
                [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                .map(e => e.tagName + "." + e.className + ": " + e.textContent.slice(0, 60)).slice(0, 9)"""
        )
        width = page.evaluate("document.documentElement.scrollWidth")
    finally:
        page.set_viewport_size(WIDE)
    assert width <= PHONE["width"], wide


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everybody_can_read_it(page, mode, demand):
    axe = pytest.ROOT / "tests/book/vendor/axe.min.js"
    if not axe.exists():
        demand("axe-core", "npm fetches it when the book is built")
    page.emulate_media(color_scheme=mode)
    color = "cards => cards.map(card => getComputedStyle(card).backgroundColor)"
    cards = page.locator(".zcmoe-figure").evaluate_all(color)
    assert set(cards) <= {"rgb(255, 255, 255)"}
    page.evaluate("window.axe") or page.evaluate(axe.read_text(encoding="utf-8"))
    # The rule left out is broken by the theme's own buttons (search, colour mode), whose names are good enough.
    options = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": False}}}
    for _ in range(4):  # colours may still be on their way from one mode to the other: what stays is a fault
        found = page.evaluate("options => axe.run(document, options)", options)["violations"]
        grave = [(v["id"], v["nodes"][0]["html"][:300]) for v in found if v["impact"] in ("serious", "critical")]
        if not grave:
            break
        page.wait_for_timeout(1000)
    page.emulate_media(color_scheme="light")
    assert grave == []


def test_a_figure_remains_without_script(page, browser, address, request):
    if VIEW not in page.source:
        return
    still = visit(browser, address, request.node.callspec.params["page"], java_script_enabled=False)
    images = still.locator("noscript img").all()
    assert len(images) == page.source.count(VIEW)
    assert all(image.is_visible() and image.get_attribute("alt").strip() for image in images)
    still.context.close()


def test_page_is_quiet(page):
    """Last of the tests of a page: nothing of the above made it complain, or ask another host."""
    assert page.complaints == []


def test_other_pages_are_quiet(browser, address, site):
    """Index, search and source pages."""
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).with_suffix("").as_posix()
        if name not in pytest.PAGES and not name.startswith("_static/"):
            page = visit(browser, address, name)
            page.wait_for_timeout(200)
            assert page.complaints == [], name
            page.context.close()
