"""A host of static pages, near or far away: for the tests of what arrives, and for its benchmark."""

import contextlib
import functools
import gzip
import http.server
import mimetypes
import threading
import time
import urllib.parse

HOME = "/some/where"  # a host may serve the book below its root
POLICY = ("default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
          "img-src 'self' data:")


@functools.cache
def gzipped(file, changed):
    return gzip.compress(file.read_bytes(), 6)


class Host(http.server.BaseHTTPRequestHandler):
    """What a host of static pages does, with a strict policy: text goes gzipped."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args, site):
        self.site = site
        with contextlib.suppress(ConnectionError):  # a page was closed before all of it came
            super().__init__(*args)

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = urllib.parse.unquote(self.path.split("?")[0])
        file = self.site / path.removeprefix(HOME).lstrip("/")
        found = path.startswith(HOME) and file.is_file()
        packed = file.suffix in (".html", ".js", ".css", ".svg", ".json")
        body = b"" if not found else gzipped(file, file.stat().st_mtime_ns) if packed else file.read_bytes()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", mimetypes.guess_type(path)[0] or "application/octet-stream")
        self.send_header("Content-Security-Policy", POLICY)
        if found and packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.answer(body)

    def answer(self, body):
        self.wfile.write(body)


NEAR = "X-Near"  # a request with this header does not wait


class Far(Host):
    """150 ms away, over 1.6 Mbit/s that all connections share.

    Chromium can feign this by itself, but then one page in a hundred never comes.
    """

    line = threading.Lock()

    def do_GET(self):
        if NEAR not in self.headers:
            time.sleep(0.15)
        super().do_GET()

    def answer(self, body):
        if NEAR in self.headers:
            return super().answer(body)
        for start in range(0, len(body), 8192):
            part = body[start : start + 8192]
            with self.line:
                time.sleep(len(part) / 200_000)
            super().answer(part)


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


def until(page, expression, arg=None):
    """Wait for it; Playwright's own way evaluates text within the page, which the policy forbids."""
    for _ in range(400):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")
