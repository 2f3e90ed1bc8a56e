"""What of a page's arrival does not depend on the machine: bytes, requests, order, shift, nodes, where it works."""

import re

import pytest

from tests.host import Far, LateFonts, served, until

EVERY = [*pytest.PAGES, "search", "genindex"]
BYTES, REQUESTS, SHIFT, NODES = 450_000, 32, 0.1, 15_000
WATCH = """
window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { shift += entry.hadRecentInput ? 0 : entry.value }))
    .observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture(scope="module")
def far(site):
    with served(Far, site) as address:
        yield address


@pytest.fixture(scope="module", params=EVERY)
def arrival(request, browser, far, site):
    """A page from far away before the first touch, and what was asked for on the way."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    page.sizes, page.asked, page.complaints = [], [], []
    wire.on("Network.loadingFinished", lambda event: page.sizes.append(event["encodedDataLength"]))
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.add_init_script(WATCH)
    page.goto(f"{far}/{request.param}.html", wait_until="networkidle", timeout=90_000)  # a slow machine may be slow
    page.wait_for_timeout(300)
    page.source = (site / f"{request.param}.html").read_text(encoding="utf-8")
    yield page
    page.context.close()


def test_bytes(arrival):
    """All that came: fonts, scripts and pictures included."""
    assert sum(arrival.sizes) <= BYTES
    assert len(arrival.sizes) <= REQUESTS


def test_nothing_comes_before_the_text(arrival):
    """No script that is fetched before the text is there, and one stylesheet."""
    assert re.findall(r"<script(?![^>]*\bdefer)[^>]*\bsrc=[^>]*>", arrival.source) == []
    head = arrival.source[: arrival.source.index("</head>")]
    assert len(re.findall(r'rel="stylesheet"', arrival.source)) == len(re.findall(r'rel="stylesheet"', head)) == 1
    assert len(re.findall(r'rel="preload"', head)) <= 4
    assert "widget-state" not in head


def test_nothing_moves(arrival):
    assert arrival.evaluate("shift") < SHIFT


@pytest.mark.parametrize("name", ["book/proofs", "book/notes", "book/references"])
def test_nothing_moves_when_fonts_are_late(browser, site, name):
    """Formulas, headings and slanted words in many lines: the text waits for the fonts that it needs."""
    with served(LateFonts, site) as address:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.add_init_script(WATCH)
        page.goto(f"{address}/{name}.html", wait_until="networkidle")
        until(page, "document.fonts.status === 'loaded'")
        assert page.evaluate("shift") < SHIFT
        assert page.locator("h1").is_visible()
        page.context.close()


@pytest.mark.parametrize("late", [["**/*.woff2"], ["**/*.woff2", "**/*.js"]])
def test_text_waits_three_seconds_at_most(browser, host, late):
    """Fonts, and scripts, that never come do not keep the text away."""
    page = browser.new_page()
    for pattern in late:
        page.route(pattern, lambda route: None)
    page.goto(f"{host}/book/notes.html", wait_until="commit")
    page.locator("h1").wait_for(state="visible", timeout=15_000)
    page.close()


def test_nodes(arrival):
    assert arrival.evaluate("document.querySelectorAll('*').length") <= NODES


def test_asks_nobody_else_and_breaks_no_policy(arrival, far):
    assert [url for url in arrival.asked if not url.startswith((far, "data:"))] == []
    assert arrival.complaints == []


def test_figures_are_alive(arrival):
    """Below the root of the host and under its policy."""
    alive(arrival)


def alive(page):
    assert page.locator(".zcmoe-figure:not([data-alive]), .zcl-still").count() == 0
    for slider in page.locator(".zcmoe-figure input[type=range]").all()[:1]:
        image = slider.locator("xpath=ancestor::figure//img")
        before = image.get_attribute("src")
        slider.press("ArrowLeft" if slider.evaluate("s => s.value === s.max") else "ArrowRight")
        until(page, "([image, before]) => image.getAttribute('src') !== before && image.naturalWidth > 0",
              [image.element_handle(), before])


def test_pages_work_from_a_file(browser, site, one_of_each_kind):
    for name in one_of_each_kind:
        page = browser.new_page()
        errors = []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        page.goto((site / f"{name}.html").as_uri(), wait_until="load")
        page.wait_for_timeout(100)
        alive(page)
        assert errors == [], name
        page.close()
