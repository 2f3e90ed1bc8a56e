"""Every built page in a browser: light when it comes, alive without a kernel, quiet, and readable by all."""

import html
import itertools
import json
import re

import pytest

from tests.host import NEAR, Far, LateFonts, served, until

EVERY = [*pytest.PAGES, "search", "genindex"]
WIDE, PHONE = {"width": 1280, "height": 900}, 390
BYTES, REQUESTS, SHIFT, NODES = 450_000, 32, 0.1, 15_000
STATES = "script.zcmoe-states"
WATCH = """
window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { shift += entry.hadRecentInput ? 0 : entry.value }))
    .observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture(scope="module")
def far(site):
    with served(Far, site) as address:
        yield address


def listened(browser, address, **options):
    """A page not yet opened; what will go wrong there is listed in its `complaints`."""
    page = browser.new_context(viewport=WIDE, **options).new_page()
    page.complaints = complaints = []
    page.on("console", lambda message: message.type == "error"
            and not message.location["url"].endswith("/favicon.ico")  # the browser's own question where none is named
            and complaints.append(f"console: {message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("requestfailed", lambda request: request.failure != "net::ERR_ABORTED"  # the page was left before it came
            and complaints.append(f"failed: {request.url} {request.failure}"))
    page.on("request", lambda request: request.url.startswith((address, "data:", "blob:"))
            or complaints.append(f"foreign: {request.url}"))
    return page


def visit(browser, address, name, **options):
    page = listened(browser, address, **options)
    page.goto(f"{address}/{name}.html", wait_until="load")
    return page


@pytest.fixture(scope="module", params=EVERY)
def page(request, browser, far, site):
    """A page that came from far away, with what was measured before the first touch; its host is near then."""
    page = listened(browser, far)
    wire, sizes = page.context.new_cdp_session(page), []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script(WATCH)
    page.goto(f"{far}/{request.param}.html", wait_until="networkidle", timeout=90_000)  # a slow machine may be slow
    page.wait_for_timeout(300)
    page.name = request.param
    page.source = (site / f"{request.param}.html").read_text(encoding="utf-8")
    page.sizes, page.shift, page.nodes = [*sizes], *page.evaluate("[shift, document.querySelectorAll('*').length]")
    wire.detach()
    page.set_extra_http_headers({NEAR: "yes"})
    yield page
    page.context.close()


def test_bytes(page):
    """All that came: fonts, scripts and pictures included."""
    assert 0 < sum(page.sizes) <= BYTES
    assert len(page.sizes) <= REQUESTS


def test_nothing_moves(page):
    assert page.shift < SHIFT


def test_nodes(page):
    assert page.nodes <= NODES


def test_nothing_comes_before_the_text(page):
    """No script that is fetched before the text is there, and one stylesheet."""
    assert re.findall(r"<script(?![^>]*\bdefer)[^>]*\bsrc=[^>]*>", page.source) == []
    head = page.source[: page.source.index("</head>")]
    assert len(re.findall(r'rel="stylesheet"', page.source)) == len(re.findall(r'rel="stylesheet"', head)) == 1
    assert len(re.findall(r'rel="preload"', head)) <= 4
    assert "widget-state" not in head


def test_it_is_alive(page):
    """Every figure found its script, below the root of the host and under its policy."""
    assert page.locator(".zcmoe-figure:not([data-alive]), .zcl-still").count() == 0


# A page is laid out when the frame after next is drawn, with the fonts that what is new on it asks for.
SETTLED = """async () => {
    const frame = () => new Promise(done => requestAnimationFrame(done));
    for (const wait of [frame, frame, () => document.fonts.ready, frame]) await wait();
}"""


def resize(page, width, height):
    """Another size, and the page laid out anew."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(SETTLED)


@pytest.fixture(scope="module")
def laid_out(page):
    """What scripts say of the page in other sizes, {(width, "as it opens" or "unfolded"): {name: what}}.

    In one walk, since each size is another layout of all formulas.
    """
    said = {}
    for width in (1440, PHONE):
        resize(page, width, 900)
        said[width, "as it opens"] = {name: page.evaluate(script) for name, script in AS_IT_OPENS.items()}
    folds = page.evaluate_handle("[...document.querySelectorAll('article details:not([open])')]")
    folds.evaluate("folds => folds.forEach(fold => fold.open = true)")
    for width in (PHONE, 360):
        resize(page, width, 800)
        said[width, "unfolded"] = {"cut": page.evaluate(CUT)}
    folds.evaluate("folds => folds.forEach(fold => fold.open = false)")
    resize(page, **WIDE)
    return said


def step(knob):
    """Move one control by one step, as a reader would; say where it then is."""
    radios = knob.locator("input[type=radio]")
    if count := radios.count():
        after = (radios.evaluate_all("all => all.findIndex(radio => radio.checked)") + 1) % count
        knob.locator("label").nth(after).click()
        return after
    slider = knob.locator("input")
    before, last = int(slider.input_value()), int(slider.get_attribute("max"))
    slider.press("ArrowRight" if before < last else "ArrowLeft")
    return before + 1 if before < last else before - 1


# Whether a figure shows this frame, within three seconds.
SHOWS = """async ([figure, src, alt]) => {
    const image = figure.querySelector("img"), late = performance.now() + 3000;
    const shown = () => image.complete && image.naturalWidth > 0 && image.getAttribute("src") === src
        && image.alt === alt;
    while (!shown() && performance.now() < late) await new Promise(done => setTimeout(done, 5));
    return shown();
}"""
# Every combination, [[choices, src, alt]...], as the events of a hand would bring it about; which ones fail?
WALK = "async ([figure, frames]) => {\n    const shows = " + SHOWS + """;
    const knobs = [...figure.querySelectorAll(".knob")], wrong = [];
    for (const [choices, src, alt] of frames) {
        knobs.forEach((knob, i) => {
            const range = knob.querySelector("input[type=range]");
            if (range) range.value = choices[i];
            else knob.querySelectorAll("input")[choices[i]].checked = true;
        });
        knobs[0].querySelector("input").dispatchEvent(new Event("input", {bubbles: true}));
        if (!await shows([figure, src, alt])) wrong.push(choices);
    }
    return wrong;
}"""


def test_every_control_shows_its_frame(page):
    """Each control moves by hand, and all combinations show the frames that they stand for."""
    if not page.locator(STATES).count():
        return
    path, stored = json.loads(page.locator(STATES).text_content())
    figures = page.locator(".zcmoe-figure").all()
    assert len(figures) == len(stored) > 0
    assert not page.locator(".widget-subarea, script[type*=widget]").count()
    for figure, frames in zip(figures, stored, strict=True):
        figure.scroll_into_view_if_needed()  # what is far below is not loaded
        knobs, element = figure.locator(".knob").all(), figure.element_handle()
        counts = [knob.locator("input[type=radio]").count()
                  or int(knob.locator("input").get_attribute("max")) + 1 for knob in knobs]
        frame_of = dict(zip(itertools.product(*map(range, counts)), frames, strict=True))
        now = [knob.evaluate("k => Number((k.querySelector('input:checked') ?? k.querySelector('input')).value)")
               for knob in knobs]
        for i in [None, *range(len(knobs))]:
            if i is not None:
                now[i] = step(knobs[i])
            name, alt = frame_of[tuple(now)]
            assert page.evaluate(SHOWS, [element, path + name, alt]), now
        if knobs:
            walk = [[choices, path + name, alt] for choices, (name, alt) in frame_of.items()]
            assert page.evaluate(WALK, [element, walk]) == []


def test_sliders_say_their_value(page):
    sliders = page.locator(".knob input[type=range]")
    said = sliders.evaluate_all("all => all.map(slider => slider.getAttribute('aria-valuetext'))")
    assert said == page.locator(".knob input[type=range] + output").all_text_contents()


def test_formulas_are_set(page):
    """By KaTeX, with MathML and TeX behind, and no script for them on the page."""
    if "katex" not in page.source:
        assert 'class="math notranslate' not in page.source
        return
    formulas = page.source.count('class="math notranslate')
    assert page.locator(".math.notranslate .katex math annotation").count() == formulas > 0
    assert page.locator(".katex-error").count() == 0
    assert page.evaluate("typeof MathJax + typeof katex") == "undefinedundefined"


# What of a formula a reader can't see, and is not told of: displayed ones may scroll where they fade at the right;
# those in the text must lie within whatever cuts off or scrolls. Folds are opened for it.
CUT = """() => {
    const cut = [];
    const tex = formula => formula.querySelector("annotation")?.textContent.slice(0, 60);
    for (const formula of document.querySelectorAll("article .katex-display")) {
        const style = getComputedStyle(formula), box = formula.getBoundingClientRect();
        const fades = formula.scrollWidth <= formula.clientWidth + 1
            || (style.maskImage !== "none" && style.overflowX === "auto");
        if (!fades || box.right > innerWidth || formula.scrollHeight > formula.clientHeight + 2) cut.push(tex(formula));
    }
    for (const formula of document.querySelectorAll("article .katex")) {
        if (formula.closest(".katex-display")) continue;
        const parts = [...formula.querySelectorAll(".katex-base")];
        const right = parts.length ? Math.max(...parts.map(part => part.getBoundingClientRect().right)) : Infinity;
        let room = innerWidth;
        for (let around = formula.parentElement; around.tagName !== "ARTICLE"; around = around.parentElement)
            if (getComputedStyle(around).overflowX !== "visible")
                room = Math.min(room, around.getBoundingClientRect().right);
        if (right > room + 1) cut.push(tex(formula));
    }
    return cut;
}"""


def test_no_formula_is_cut_without_a_sign(laid_out):
    """On phones of two widths."""
    assert [laid_out[width, "unfolded"]["cut"] for width in (360, PHONE)] == [[], []]


def test_a_copied_formula_is_its_tex(page):
    """Once, among the words around it."""
    formula = page.locator("article p:has(> span.math)").first
    if not formula.count():
        return
    copied = formula.evaluate(
        """paragraph => {
            getSelection().selectAllChildren(paragraph);
            const clipboard = {clipboardData: new DataTransfer(), cancelable: true, bubbles: true};
            const event = new ClipboardEvent("copy", clipboard);
            paragraph.dispatchEvent(event);
            getSelection().removeAllRanges();
            return event.clipboardData.getData("text/plain");
        }""")
    source = formula.evaluate("paragraph => [...paragraph.querySelectorAll('annotation')].map(one => one.textContent)")
    assert [copied.count(f"${html.unescape(tex)}$") > 0 for tex in source] == [True] * len(source), copied


def test_pictures_have_alt_text(page):
    images = page.locator("article img").all()
    assert [image.get_attribute("src")[:80] for image in images if not (image.get_attribute("alt") or "").strip()] == []


# What is wider than the window, if anything makes the page scroll sideways.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    ["the page", ...[...document.querySelectorAll("main *")]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.tagName + "." + e.className + ": " + e.textContent.slice(0, 60)).slice(0, 9)]"""
# Of the article's height: figures with their controls; what stands in cells besides them (code and output, folded).
SHARES = """() => {
    const article = document.querySelector("article") ?? document.body;
    const height = element => element.getBoundingClientRect().height;
    const shown = selector => [...article.querySelectorAll(selector)].filter(e => e.checkVisibility());
    const margins = e => parseFloat(getComputedStyle(e).marginTop) + parseFloat(getComputedStyle(e).marginBottom);
    const sum = (elements, of) => elements.reduce((total, element) => total + of(element), 0);
    const figures = shown("figure"), drawn = figures.filter(e => e.closest(".cell"));
    const code = sum(shown(".cell"), height) - sum(drawn, e => height(e) + margins(e));
    return [sum(figures, height) / height(article), code / height(article)];
}"""
SCROLLING = """() => {
    const scrolls = element => element.scrollWidth > element.clientWidth + 1;
    return [...document.querySelectorAll("article table")]
        .filter(table => table.checkVisibility() && (scrolls(table) || scrolls(table.parentElement)))
        .map(table => table.textContent.trim().slice(0, 60));
}"""
AS_IT_OPENS = {"wider": WIDER, "shares": SHARES, "scrolling tables": SCROLLING}


def test_nothing_is_wider_than_a_phone(laid_out):
    assert laid_out[PHONE, "as it opens"]["wider"] == []


@pytest.mark.parametrize("width", [1440, PHONE])
def test_a_chapter_opens_with_a_quarter_of_figures_and_a_tenth_of_code(page, laid_out, width):
    """As it opens, with folds closed."""
    if not (pytest.ROOT / page.name).with_suffix(".ipynb").exists():
        return
    figures, code = laid_out[width, "as it opens"]["shares"]
    assert figures >= 0.25 and code <= 0.10, f"figures {figures:.1%}, code and output {code:.1%}"


def test_tables_are_cards_on_a_phone(laid_out):
    """Never a sideways scroll."""
    assert laid_out[PHONE, "as it opens"]["scrolling tables"] == []


# The rule left out is broken by the theme's own buttons (search, colour mode), whose names are good enough.
ALL_RULES = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": False}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
# Formulas are alike on all pages, and three quarters of a page's elements. Of a single letter axe judges no colour.
ONE_WORD = "document.querySelectorAll('.katex > *').forEach(formula => formula.textContent = 'formula')"
WHOLE = "book/model"


@pytest.fixture(scope="module")
def for_axe(page, demand):
    """The page with axe, from here on without transitions and, but for one page, with a word for each formula."""
    axe = pytest.ROOT / "tests/book/vendor/axe.min.js"
    if not axe.exists():
        demand("axe-core", "npm fetches it when the book is built")
    if page.name != WHOLE:
        page.evaluate(ONE_WORD)
    page.add_style_tag(content="*, ::before, ::after { transition: none !important }")
    page.evaluate(axe.read_text(encoding="utf-8"))
    return page


@pytest.mark.parametrize("mode, options", [("light", ALL_RULES), ("dark", COLOURS)], ids=["light", "dark"])
def test_everybody_can_read_it(for_axe, mode, options):
    """Another mode has other colours, and is the same page for all other rules."""
    for_axe.emulate_media(color_scheme=mode)
    for_axe.evaluate(SETTLED)
    found = for_axe.evaluate("options => axe.run(document, options)", options)["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:300]) for v in found if v["impact"] in ("serious", "critical")] == []


TAP = """predictions => predictions.map(prediction => {
    const answers = [...prediction.querySelectorAll(".choices button")];
    const fold = prediction.querySelector("details.answer"), before = fold.open;
    answers.at(-1).click();
    return [before, fold.open, answers.map(answer => answer.ariaPressed)];
})"""


def test_a_tap_on_an_answer_opens_what_is_true(page):
    """A tap on the first question's first answer, then, by script, on the last answer of each."""
    predictions = page.locator(".prediction")
    if not predictions.count():
        return
    answers, fold = predictions.first.locator(".choices button"), predictions.first.locator("details.answer")
    assert not fold.evaluate("fold => fold.open")
    answers.first.click()
    assert fold.evaluate("fold => fold.open")
    assert answers.evaluate_all("all => all.findIndex(answer => answer.ariaPressed === 'true')") == 0
    for k, (before, after, pressed) in enumerate(predictions.evaluate_all(TAP)):
        assert before == (k == 0) and after
        assert 2 <= len(pressed) <= 4 and pressed == ["false"] * (len(pressed) - 1) + ["true"]


def test_figures_remain_without_script(page, browser, host, one_of_each_kind):
    if page.name not in one_of_each_kind or "<figure" not in page.source:
        return
    still = visit(browser, host, page.name, java_script_enabled=False)
    images = still.locator("article figure img")
    assert images.count() == page.source.count("<figure")
    assert images.evaluate_all("""images => images.filter(image => !image.alt.trim()
        || !image.checkVisibility({visibilityProperty: true}) || image.offsetWidth * image.offsetHeight === 0)
        .map(image => image.src.slice(0, 80))""") == []
    assert still.locator(".knob:visible, .zcl-controls:visible").count() == 0
    still.context.close()


def test_page_is_quiet(page):
    """Last of the tests of a page: nothing of the above made it complain, or ask another host."""
    assert page.complaints == []


@pytest.mark.parametrize("name", ["book/proofs", "book/notes", "book/references"])
def test_nothing_moves_when_fonts_are_late(browser, site, name):
    """Formulas, headings and slanted words in many lines: the text waits for the fonts that it needs."""
    with served(LateFonts, site) as address:
        page = browser.new_context(viewport=WIDE).new_page()
        page.add_init_script(WATCH)
        page.goto(f"{address}/{name}.html", wait_until="networkidle")
        until(page, "document.fonts.status === 'loaded'")
        assert page.evaluate("shift") < SHIFT
        assert page.locator("h1").is_visible()
        page.context.close()


def test_other_pages_are_quiet(browser, host, site):
    """What one does a little later is heard while the next ones open.

    Of the many pages of sources, which are made alike, a few.
    """
    names = [path.relative_to(site).with_suffix("").as_posix() for path in sorted(site.rglob("*.html"))]
    sources = [name for name in names if name.startswith("_modules/")]
    others = [name for name in names if name not in [*EVERY, *sources]
              and not name.startswith("_static/")]
    others += sources[::25]
    for some in (others[i : i + 10] for i in range(0, len(others), 10)):
        opened = [visit(browser, host, name) for name in some]
        opened[-1].wait_for_timeout(200)
        assert [(page.url, page.complaints) for page in opened if page.complaints] == []
        for page in opened:
            page.context.close()


def test_the_ledger_opens_where_its_filter_finds(browser, host):
    page = visit(browser, host, "book/ledger")
    rows, status = page.locator("table.ledger tbody tr:visible"), page.locator(".ledger-filter [role=status]")
    assert rows.count() == 0
    page.locator(".ledger-filter input").fill("theorem 4.3")
    assert 0 < rows.count() == int(status.text_content().split()[0]) < 10
    page.locator(".ledger-filter input").fill("")
    assert rows.count() == 0 and page.locator("details:has(table.ledger)[hidden]").count() == 0
    page.context.close()


def test_a_link_to_a_function_opens_its_fold(browser, host):
    page = visit(browser, host, "book/api")
    page.locator('dl.names a[href="#zcmoe.problem.Problem"]').click()
    until(page, "document.getElementById('zcmoe.problem.Problem').closest('details').open")
    assert page.locator('[id="zcmoe.problem.Problem"]').is_visible()
    page.context.close()
