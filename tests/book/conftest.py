import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from tests.host import Host, served

ROOT = Path(__file__).parents[2]


def pages():
    """Every file of _toc.yml, without its ending, in order."""

    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    yield value
                else:
                    yield from walk(value)
        elif isinstance(node, list):
            for item in node:
                yield from walk(item)

    return list(walk(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))


def pytest_configure(config):
    # No two tests read the table of contents in two ways.
    pytest.ROOT, pytest.PAGES = ROOT, pages()


def pytest_collection_modifyitems(items):
    """First what takes longest: the chapters, then the pages, for whose build nbval's runs serve (book/conftest.py).

    What else needs the build, or the KaTeX that it fetches, comes when it is likely to be there.
    """
    readers = {item.path for item in items if {"site", "katex"} & set(getattr(item, "fixturenames", ()))}

    def turn(path):
        if path.suffix == ".ipynb":
            return 0
        if path.name == "test_pages.py":
            return 1
        return 3 if path in readers else 2 if path.parent.parent == ROOT / "tests" else 4

    items.sort(key=lambda item: turn(item.path))


@pytest.fixture(scope="session")
def site():
    """The folder of the built pages, made as `make book` makes them, once in a run of however many processes."""
    (ROOT / "_build").mkdir(exist_ok=True)
    run, built_by = os.environ.get("PYTEST_XDIST_TESTRUNUID"), ROOT / "_build" / ".built-by"
    with FileLock(ROOT / "_build" / ".lock"):
        if run is None or not built_by.exists() or built_by.read_text(encoding="utf-8") != run:
            for chapter in (ROOT / "_build").glob(".*.run"):
                FileLock(chapter).acquire().lock.release()  # nbval is done with it
            command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "--keep-going", "-n"]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
            assert done.returncode == 0, f"`make book` fails:\n{done.stdout[-5000:]}"
            built_by.write_text(run or "", encoding="utf-8")
    return ROOT / "_build" / "html"


@pytest.fixture(scope="module")
def host(site):
    with served(Host, site) as address:
        yield address


@pytest.fixture(scope="session")
def one_of_each_kind(site):
    """Pages of which the others ask for the same scripts: those of live figures, of frames, of both, of none."""
    kinds = {}
    for name in pages():
        source = (site / f"{name}.html").read_text(encoding="utf-8")
        parts = re.findall(r'<script[^>]*\bsrc="[./]*([^"]+)|(data-zcmoe=|class="zcmoe-states")', source)
        kinds.setdefault(frozenset(parts), name)
    return list(kinds.values())
