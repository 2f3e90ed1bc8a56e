"""One page printed from the browser: folds open, answers last, dark on white, nothing for the hand, nothing cut."""

import functools
import io
import re

import pytest

pypdf = pytest.importorskip("pypdf")
LUMINANCE = """selector => {
    const channels = getComputedStyle(document.querySelector(selector)).color.match(/[\\d.]+/g).slice(0, 3);
    const linear = channels.map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}"""


@pytest.fixture(scope="module")
def opened(browser, site):
    """Open a page of the book; a test leaves it as it was, and another may have it too."""

    @functools.cache
    def page_of(name, scheme="dark"):
        page = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme).new_page()
        page.goto((site / f"book/{name}.html").as_uri(), wait_until="load")
        page.wait_for_function("document.querySelector('.zcl-still, .zcmoe-figure:not([data-alive])') === null")
        return page

    return page_of


@functools.cache
def sheets(page):
    """The words of each sheet of paper."""
    reader = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    return [" ".join(sheet.extract_text().split()) for sheet in reader.pages]


def test_a_chapter(opened):
    page = opened("learning")
    page.locator(".choices button").nth(1).click()
    chosen = page.locator(".choices button").nth(1).inner_text()
    before = page.evaluate("document.querySelector('article').outerHTML.replaceAll(/ tabindex=\"-?\\d\"/g, '')")
    words = " ".join(sheets(page))
    after = page.evaluate("document.querySelector('article').outerHTML.replaceAll(/ tabindex=\"-?\\d\"/g, '')")
    assert after == before and page.evaluate("document.documentElement.dataset.theme") == "dark"
    body, answers = words.split("Answers and solutions")
    for number in range(1, page.locator("details.answer").count() + 1):
        assert f"Answer {number}, at the end" in body and re.search(rf"Answer {number}\b", answers)
    assert chosen in body, "what may be chosen belongs to the question"
    assert "with probability 0.00092" in answers, "what a solution's code prints is the answer"
    assert "import numpy" not in words and "new data" not in words


def test_proofs(opened):
    """The words of the folds are all there."""
    page = opened("proofs", "light")
    folds = page.evaluate("""[...document.querySelectorAll("details p")].map(p => {
        const words = p.cloneNode(true);
        words.querySelectorAll(".katex").forEach(formula => formula.replaceWith("|"));
        return words.textContent;
    })""")
    letters = re.sub(r"\W", "", "".join(sheets(page)))
    phrases = [phrase for fold in folds for phrase in re.findall(r"[A-Za-z ]{25,}", fold)]
    assert len(phrases) > 30 and all(re.sub(r"\W", "", phrase) in letters for phrase in phrases)


@pytest.mark.parametrize("name", ["learning", "proofs", "your_data"])
def test_dark_readers_print_dark_on_white(opened, name):
    page = opened(name)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for selector in "h1", "h2", ".bd-article p", ".bd-article a":
        assert 1.05 / (page.evaluate(LUMINANCE, selector) + 0.05) >= 4.5, selector
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    touched = ".knobs, .zcl-controls, textarea, input, .toggle-button, .headerlink, .zcl > details, .bd-header-article"
    assert page.evaluate("""touched => [...document.querySelectorAll(touched)]
        .filter(each => each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length)
        .map(each => each.outerHTML.slice(0, 99))""", touched) == []
    assert page.locator("details:not(.cell > .hide):not(.zcl > *):not([open])").count() == 0
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_what_belongs_together_stays_on_a_sheet(opened):
    """A rule that asks for a class within brackets was once dropped from the joined stylesheet."""
    page = opened("learning")
    page.emulate_media(media="print")
    for selector in "figure", ".prediction", "div.math", "div.proof", ".solution", "tr":
        assert page.evaluate("one => getComputedStyle(document.querySelector(one)).breakInside", selector) == "avoid"
    page.emulate_media(media="screen")
    assert not any(sheet.endswith("Predict first") for sheet in sheets(page))
