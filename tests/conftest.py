import os
import re
import shutil
from pathlib import Path

import pytest

# Chromium itself asks for addresses of its maker's, unless told not to.
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]

try:
    from hypothesis import HealthCheck, settings
except ImportError:  # an extra: the files that need it, or a module of strategies, are left out
    collect_ignore = [path for path in Path(__file__).parent.rglob("test_*.py")
                      if re.search(r"^from (hypothesis|strategies|segmentation\.cases) import", path.read_text(), re.M)]
else:
    # Always the same few examples. Fresh ones: `pytest --hypothesis-profile=weekly tests/theorems`, and for hours
    # `--hypothesis-profile=search tests/test_search.py`.
    slow = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
    settings.register_profile("ci", derandomize=True, max_examples=15, **slow)
    settings.register_profile("weekly", max_examples=500, **slow)
    settings.register_profile("search", max_examples=100_000, **slow)
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def demand():
    """Say that something of the machine is missing: skip, but never in CI."""

    def missing(what, remedy):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{what} is missing: {remedy}")

    return missing


@pytest.fixture(scope="module")
def browser(demand):
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        demand("Chromium", "`apt-get install chromium`, or any way to have `chromium` on PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        demand("playwright", "`pip install '.[test]'`")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
