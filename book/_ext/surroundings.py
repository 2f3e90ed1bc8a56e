"""What the build takes from outside _config.yml: the package's source, the book's address, and what kernels print."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from myst_nb.core import render
from nbval.plugin import coalesce_streams

NUMBERS_DEPEND_ON = ["zcmoe/**/*.py", "book/data/**/*", "requirements.txt"]


def cache_key(root):
    """Return a hash of all that stored results depend on besides the notebooks."""
    key = hashlib.sha256()
    for pattern in NUMBERS_DEPEND_ON:
        for path in sorted(p for p in root.glob(pattern) if p.is_file()):
            key.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return key.hexdigest()[:16]


def configure_cache(app, config):
    # The cache itself looks at the notebooks' code only. As the path is part of the
    # configuration, a new one makes Sphinx read, and so execute, all chapters again.
    caches = Path(app.srcdir, "_build", ".jupyter_cache")
    path = caches / cache_key(Path(app.srcdir))
    for stale in caches.glob("*"):
        if stale != path:
            shutil.rmtree(stale, ignore_errors=True)
    path.mkdir(parents=True, exist_ok=True)
    config.nb_execution_cache_path = str(path)


def repository_url(root):
    """Return BOOK_REPOSITORY, or where `origin` is on GitHub, or None."""
    if url := os.environ.get("BOOK_REPOSITORY"):
        return url.rstrip("/")
    try:
        command = ["git", "remote", "get-url", "origin"]
        origin = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8").stdout
    except OSError:
        return None
    match = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(\.git)?\s*$", origin)
    return f"https://github.com/{match[1]}" if match else None


def configure_address(app, config):
    # Nothing is made up: as long as the book has no address, it has no buttons that lead there.
    if url := repository_url(app.srcdir):
        config.html_theme_options |= {
            "repository_url": url,
            "repository_branch": "main",
            "path_to_docs": "",
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
        }
    if url := os.environ.get("BOOK_ADDRESS"):
        config.html_baseurl = config.ogp_site_url = url.rstrip("/") + "/"
        app.setup_extension("sphinxext.opengraph")


def setup(app):
    app.connect("config-inited", configure_cache)
    app.connect("config-inited", configure_address)
    # What a cell prints comes in pieces, cut wherever the kernel's clock struck. MyST-NB's own function gives each
    # a line of its own, and leaves an empty one where a piece begins with the end of a line.
    render.coalesce_streams = coalesce_streams
    return {"parallel_read_safe": True}
