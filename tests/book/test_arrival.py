"""What of a page's arrival does not depend on the machine: bytes, requests, order, shift, nodes, where it works."""

import contextlib
import functools
import gzip
import http.server
import mimetypes
import re
import threading
import time
import urllib.parse

import pytest

POLICY = ("default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
          "img-src 'self' data:")
HOME = "/some/where"  # a host may serve the book below its root
EVERY = [*pytest.PAGES, "search", "genindex"]
BYTES, REQUESTS, SHIFT, NODES = 450_000, 32, 0.1, 15_000
WATCH = """
window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { shift += entry.hadRecentInput ? 0 : entry.value }))
    .observe({type: "layout-shift", buffered: true});
"""


class Host(http.server.BaseHTTPRequestHandler):
    """What a host of static pages does, with a strict policy: text goes gzipped."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args, site):
        self.site = site
        super().__init__(*args)

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = urllib.parse.unquote(self.path.split("?")[0])
        file = self.site / path.removeprefix(HOME).lstrip("/")
        found = path.startswith(HOME) and file.is_file()
        body = file.read_bytes() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", mimetypes.guess_type(path)[0] or "application/octet-stream")
        self.send_header("Content-Security-Policy", POLICY)
        if file.suffix in (".html", ".js", ".css", ".svg", ".json"):
            self.send_header("Content-Encoding", "gzip")
            body = gzip.compress(body, 6)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class LateFonts(Host):
    """A host whose fonts come when a page without them could long be seen."""

    def do_GET(self):
        if self.path.endswith(".woff2"):
            time.sleep(1.5)
        super().do_GET()


@contextlib.contextmanager
def served(kind, site):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(kind, site=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{HOME}"
        server.shutdown()


@pytest.fixture(scope="module")
def host(site):
    with served(Host, site) as address:
        yield address


@pytest.fixture(scope="module", params=EVERY)
def arrival(request, browser, host, site):
    """A page over 1.6 Mbit/s before the first touch, and what was asked for on the way."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
    wire.send("Network.emulateNetworkConditions", slow)
    page.sizes, page.asked, page.complaints = [], [], []
    wire.on("Network.loadingFinished", lambda event: page.sizes.append(event["encodedDataLength"]))
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.add_init_script(WATCH)
    page.goto(f"{host}/{request.param}.html", wait_until="networkidle", timeout=90_000)  # a slow machine may be slow
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
        page.wait_for_function("document.fonts.status === 'loaded'")
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


def test_asks_nobody_else_and_breaks_no_policy(arrival, host):
    assert [url for url in arrival.asked if not url.startswith((host, "data:"))] == []
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
        page.wait_for_function("([image, before]) => image.getAttribute('src') !== before && image.naturalWidth > 0",
                               arg=[image.element_handle(), before], timeout=10_000)


@pytest.mark.parametrize("name", pytest.PAGES)
def test_works_from_a_file(browser, site, name):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    page.wait_for_timeout(100)
    alive(page)
    assert errors == []
    page.close()
