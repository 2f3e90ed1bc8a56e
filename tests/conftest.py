import gc
import os
import re
import shutil
from pathlib import Path

import pytest

# Chromium itself asks for addresses of its maker's, unless told not to.
# The first two are pages that Chromium 156 draws for its own address bar, unseen, with every window: half of the
# time that a page of ours takes. The rest Playwright turns off too, but Chromium hears the last list alone.
FEATURES = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "HttpsUpgrades", "PaintHolding", "OptimizationHints",
            "NetworkTimeServiceQuerying", "PreconnectToSearch", "AimEnabled"]
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", f"--disable-features={','.join(FEATURES)}"]

# approx adds 1e-12 to every relative tolerance, which is 1e-6 of an excess of 1e-6. This is for zeros that round.
type(pytest.approx(1.0)).DEFAULT_ABSOLUTE_TOLERANCE = 1e-14

try:
    from hypothesis import HealthCheck, settings
    from hypothesis.internal.conjecture import providers
except ImportError:  # an extra: the files that need it, or a module of strategies, are left out
    need_it = re.compile(r"^from (hypothesis|strategies|segmentation\.cases) import", re.M)
    collect_ignore = [path for path in Path(__file__).parent.rglob("test_*.py")
                      if need_it.search(path.read_text(encoding="utf-8"))]
else:
    # Always the same few examples. Fresh ones: `pytest --hypothesis-profile=weekly tests/theorems`, and for hours
    # `--hypothesis-profile=search tests/test_search.py`.
    slow = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
    settings.register_profile("ci", derandomize=True, max_examples=15, **slow)
    settings.register_profile("weekly", max_examples=500, **slow)
    settings.register_profile("search", max_examples=100_000, **slow)
    settings.register_profile("fresh", max_examples=30, print_blob=True, **slow)  # once a week
    settings.load_profile("ci")
    # Hypothesis also draws constants that it reads in the modules imported so far: which ones these are depends on the
    # order of the tests, and a derandomized run would not be the same twice.
    providers._get_local_constants = lambda: providers._local_constants


@pytest.fixture(scope="session")
def demand():
    """Say that something of the machine is missing: skip, but never in CI."""

    def missing(what, remedy):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{what} is missing: {remedy}")

    return missing


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is collected, half a million objects, stays: no search for garbage looks at it, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def chromium():
    """The path of Chromium, or None: for the tests and for the benchmarks."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser(demand):
    path = chromium()
    if path is None:
        demand("Chromium", "`apt-get install chromium`, or any way to have `chromium` on PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        demand("playwright", "`pip install '.[test]'`")
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()
