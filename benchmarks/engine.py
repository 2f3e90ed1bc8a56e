"""The live figures: a step of the hand at m = 64, in Chromium, with and without 1000 examples, and the optimum.

A step is what the page's thread does for one frame, script, style and layout, in processor time: the mean of 60. A
phone is taken to be four times slower. The optimum is what a reader waits for it.
"""

import shutil
import tempfile

STEP = """async ([part, steps]) => {
    const f = document.getElementById("playground").zcmoe;
    f.dragging = true;
    for (let k = 0; k < steps; k++) {
        await new Promise((done) => requestAnimationFrame(() => {
            f.state = {...f.state, ...part(k)};
            f.refresh();
            done();
        }));
    }
    f.dragging = false;
}"""
DRAWN = "beta: {kind: 'drawn', y: Array.from({length: 25}, (_, i) => Math.cos(0.7854 * i) + 0.001 * k * (i % 3))}"
PARTS = {
    "a cut": "cuts: {kind: 'hand', at: Array.from({length: 63}, (_, i) => "
             "(i + 1 + (i === 30) * 0.01 * (k % 50)) / 64)}",
    "β, equal cuts": f"cuts: {{kind: 'uniform'}}, {DRAWN}",
    "β, cuts by λ*": f"cuts: {{kind: 'density'}}, {DRAWN}",
    "inputs, cuts by λ*": "cuts: {kind: 'density'}, inputs: {kind: 'normal', mean: 0.3 + 0.005 * k, width: 0.2}",
}
OPTIMUM = """async () => {
    const f = document.getElementById("playground").zcmoe, start = performance.now();
    f.found.clear();
    f.best(64);
    while (!f.best(64)) await new Promise((done) => setTimeout(done));
    return performance.now() - start;
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

    from zcmoe.show.engine.__main__ import demo

    path = shutil.which("chromium") or shutil.which("google-chrome")
    steps = 5 if quick else 60
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(demo(folder).as_uri())
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent():
            metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
            return 1000 * sum(metrics[f"{kind}Duration"] for kind in ("Script", "Layout", "RecalcStyle"))

        for n in 0, 1000:
            page.evaluate(f"document.getElementById('playground').zcmoe.show({{m: 64, n: {n}}})")
            page.wait_for_timeout(500)
            for name, part in PARTS.items():
                script = STEP.replace("part(k)", f"(({{k}}) => ({{{part}}}))({{k}})")
                page.evaluate(script, [None, 5])  # once for the compiler
                before = spent()
                page.evaluate(script, [None, steps])
                time = (spent() - before) / steps
                task = f"{name}, {n} examples" if n else name
                yield _row(task, time, 16)
                yield _row(f"{task}, on a phone", 4 * time, 16)
        yield _row("the optimum, by the worker", page.evaluate(OPTIMUM), 100)
        browser.close()
