import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

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


@pytest.fixture(scope="session")
def site():
    """The folder of the built pages, made as `make book` makes them (nothing is redone where nothing changed)."""
    (ROOT / "_build").mkdir(exist_ok=True)
    with FileLock(ROOT / "_build" / ".lock"):
        command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "--keep-going", "-n"]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert done.returncode == 0, f"`make book` fails:\n{done.stdout[-5000:]}"
    return ROOT / "_build" / "html"
