"""The pages: when they arrive, at a quarter of this processor's speed and over 1.6 Mbit/s.

The text is there at the first paint, the first picture when it is loaded and painted, and a figure is alive when its
controls answer. A pause is the longest stretch in which the page can't answer. Median of three visits without a cache,
150 ms away from a host that compresses text. The pages are those of the last `make book`.
"""

import statistics
from pathlib import Path

from tests.host import Far, served, until

SITE = Path(__file__).parents[1] / "_build" / "html"
PAGES = ["index", "model", "one_dimension", "multidimensional", "learning", "finite_rate_gating", "proofs", "api"]
MOST = {"paint": 2.0, "picture": 2.5, "alive": 4.0, "pause": 1.0}  # seconds
WORDS = {"paint": "first paint", "picture": "first picture", "alive": "first figure alive", "pause": "longest pause"}
WATCH = """(() => {
    const t = window.times = {pause: 0};
    const see = (type, note) => new PerformanceObserver(list => list.getEntries().forEach(note))
        .observe({type, buffered: true});
    see("paint", entry => { if (entry.name === "first-contentful-paint") t.paint = entry.startTime; });
    see("longtask", entry => { t.pause = Math.max(t.pause, entry.duration); });
    const when = (name, selector, good) => (function look() {
        const found = [...document.querySelectorAll(selector)].find(good);
        if (found) requestAnimationFrame(() => { t[name] = performance.now(); });
        else setTimeout(look, 20);
    })();
    when("picture", "article figure :is(img, svg)", e => e.checkVisibility() && (e.naturalWidth > 0 || !e.src));
    when("alive", "[data-alive], .zcl:not(.zcl-still)", e => e.checkVisibility());
})()"""


def _visit(browser, address):
    """Seconds from the click to each event, None for what the page does not have."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    page.goto(address, wait_until="networkidle", timeout=120_000)
    page.wait_for_timeout(500)
    if page.locator("article figure").count():
        until(page, "times.picture && times.alive")
    times = page.evaluate("times")
    page.context.close()
    return {name: times[name] / 1000 if name in times else None for name in MOST}


def rows(quick=False):
    from playwright.sync_api import sync_playwright

    from tests.conftest import FLAGS, chromium

    if not SITE.exists():
        return
    with served(Far, SITE) as host, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name in PAGES[: 1 if quick else None]:
            visits = [_visit(browser, f"{host}/book/{name}.html") for _ in range(1 if quick else 3)]
            for event, most in MOST.items():
                if None in (taken := [visit[event] for visit in visits]):
                    continue
                seconds = statistics.median(taken)
                yield {"task": f"{name}: {WORDS[event]}", "ours": seconds, "peer": f"{seconds:.2f} s", "ratio": None,
                       "limit": None, "target": f"<= {most:g} s", "met": seconds <= most}
        browser.close()
