"""The live figures: a step of the hand at m = 64, in Chromium, with and without 1000 examples, and the optimum.

A step is what the page's thread does for one frame, script, style and layout, in processor time: the median of 60. A
phone is taken to be four times slower. The optimum is what a reader waits for it, by a worker, by one from a file, and
in slices where neither is allowed; there the longest slice counts too.
"""

import statistics
import tempfile
from pathlib import Path

STEP = """(part) => new Promise((done) => requestAnimationFrame(() => {
    const f = document.getElementById("NAME").zcmoe;
    f.dragging = true;
    f.state = {...f.state, ...part};
    f.refresh();
    setTimeout(done);
}))"""
DRAWN = "beta: {kind: 'drawn', y: Array.from({length: 25}, (_, i) => Math.cos(0.7854 * i) + 0.001 * k * (i % 3))}"
PARTS = {
    "a cut": "cuts: {kind: 'hand', at: Array.from({length: 63}, (_, i) => (i + 1 + (i === 30) * 0.01 * k) / 64)}",
    "β, equal cuts": f"cuts: {{kind: 'uniform'}}, {DRAWN}",
    "β, cuts by λ*": f"cuts: {{kind: 'density'}}, {DRAWN}",
    "inputs, cuts by λ*": "cuts: {kind: 'density'}, inputs: {kind: 'normal', mean: 0.3 + 0.005 * k, width: 0.2}",
}
PLANE = {
    "voronoi": ("a centre of 24", "centers: Array.from({length: 24}, (_, i) => [(0.5 + 0.7548776662 * (i + 1)) % 1, "
                "(0.5 + 0.5698402909 * (i + 1) + (i === 5) * 0.001 * k) % 1])"),
    "slabs": ("64 slabs turned", "m: 64, turn: 20 + k, waves: 4"),
    "cell": ("a slope", "shape: 'disc', slope: [3 + 0.01 * k, 1]"),
}
OPTIMUM = """async () => {
    const f = document.getElementById("playground").zcmoe;
    let start = performance.now(), last = start, longest = 0, going = true;
    const beat = () => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
        if (going) ticker.port2.postMessage(0);
    };
    const ticker = new MessageChannel();
    ticker.port1.onmessage = beat;
    f.dragging = false;
    f.found.clear();
    f.best(64);
    beat();
    while (!f.best(64)) await new Promise((done) => setTimeout(done));
    going = false;
    return [performance.now() - start, longest];
}"""


def _row(task, milliseconds, most):
    return {
        "task": task,
        "ours": milliseconds / 1000,
        "peer": f"{milliseconds:.1f} ms",
        "ratio": None,
        "limit": None,
        "target": f"<= {most} ms",
        "met": milliseconds <= most,
    }


def rows(quick=False):
    from playwright.sync_api import sync_playwright

    from tests.conftest import FLAGS, chromium
    from zcmoe.show.engine.__main__ import demo

    steps = 5 if quick else 60
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(demo(folder).as_uri())
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent():
            metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
            return 1000 * sum(metrics[f"{kind}Duration"] for kind in ("Script", "Layout", "RecalcStyle"))

        def median(name, part):
            times = []
            for k in range(-5, steps):  # a few for the compiler
                before = spent()
                page.evaluate(f"({STEP.replace('NAME', name)})((({{k}}) => ({{{part}}}))({{k: {k}}}))")
                times.append(spent() - before)
            return statistics.median(times[5:])

        for n in 0, 1000:
            page.evaluate(f"document.getElementById('playground').zcmoe.show({{m: 64, n: {n}}})")
            page.wait_for_timeout(500)
            for name, part in PARTS.items():
                time = median("playground", part)
                task = f"{name}, {n} examples" if n else name
                yield _row(task, time, 16)
                yield _row(f"{task}, on a phone", 4 * time, 16)
        for name, (task, part) in PLANE.items():
            time = median(name, part)
            yield _row(f"{task}, on a phone", 4 * time, 16)
        yield _row("the optimum, by the worker", page.evaluate(OPTIMUM)[0], 100)
        page.goto(_without_workers(Path(folder)))
        page.wait_for_timeout(500)
        page.evaluate("document.getElementById('playground').zcmoe.show({m: 64})")
        page.wait_for_timeout(1500)
        whole, longest = page.evaluate(OPTIMUM)
        yield _row("the optimum, in slices", whole, 100)
        yield _row("the longest slice of it", longest, 16)
        browser.close()


def _without_workers(folder):
    """A page whose policy forbids blobs as workers, with the script in it."""
    text = (folder / "index.html").read_text(encoding="utf-8")
    policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src data:"
    text = text.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">')
    text = text.replace('<link rel="stylesheet" href="figure.css">', "")
    script = (folder / "page.js").read_text(encoding="utf-8")
    text = text.replace('<script defer src="page.js"></script>', f"<script>{script}</script>")
    (folder / "inline.html").write_text(text, encoding="utf-8")
    return (folder / "inline.html").as_uri()
