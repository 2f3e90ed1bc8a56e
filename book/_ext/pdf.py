"""Print the whole book to one PDF, `_build/html/book.pdf`: `make pdf`, after `make book`.

The built pages are joined into one document, which Chromium prints: so links lead within the file and each font stands
in it once. Figures show their first state, with a line that says where the live one is; code is left out; answers and
solutions stand at the end of their chapter. It is printed twice, for the contents name the pages. What is written is
checked: size, fonts, links, bookmarks, the numbers in the contents. How paper looks is said where a single page is
printed from a browser, too: book/_static/companion.css, and print.js for what is done to the folds.
"""

import base64
import os
import posixpath
import re
import sys
import tempfile
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

import zcmoe
from node_lines import chromium
from published import PAPER, date_of_numbers

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
TITLE = "A paper that you can run"
LARGEST = 15e6
NEEDLESS = (".knobs, .zcl-controls, .zcl-box, .zcl-file, .zcl > details, .headerlink, .katex-mathml, .copybtn, script, "
            "noscript, .viewcode-link, summary svg, .sd-summary-state-marker")
GROUND = "--cffffff:#fbfaf7"  # a frame's white is the ground of a lit page (frames.py); paper is white
STYLE = """
@page { size: A4; margin: 22mm 20mm 20mm;
  @bottom-center { content: counter(page); font: 9pt "Source Sans 3", sans-serif } }
@page cover { @bottom-center { content: none } }
html { scroll-padding: 0 }
body { background: white; display: block; counter-reset: none }
.chapter { break-before: page }
.cover { page: cover; padding-top: 55mm }
.cover .title { font-size: 40px; line-height: 1.15; font-weight: 600; margin: 0 0 24px }
.contents { page: cover; break-before: page }
.contents .title { font-size: 26px; font-weight: 600 }
.contents a { display: flex; color: inherit; text-decoration: none; margin: 4px 0 }
.contents a::after { content: attr(data-page) }
.contents a span { flex: 1 }
.contents .part { margin: 20px 0 4px; color: #5B616A }
.bd-article { max-width: none; padding: 0 }
.bd-article > section { max-width: none }
details > summary { list-style: none; font-weight: 600 }
"""


def parsed(text):
    return BeautifulSoup(text, "html.parser")


def contents():
    """Return [(part, [page, ...]), ...] of the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [(part["caption"], [entry["file"] for entry in part["chapters"]]) for part in toc["parts"]]
    below = {entry["file"]: [each["file"] for each in entry.get("sections", [])]
             for part in toc["parts"] for entry in part["chapters"]}
    return [("", [toc["root"]])] + [(caption, [page for name in names for page in (name, *below[name])])
                                    for caption, names in parts]


def place(page, anchor=""):
    """Return the id that a page, or an anchor on it, has in the joined document.

    Examples
    --------
    >>> place("book/model", "eq-9"), place("book/model")
    ('book-model--eq-9', 'book-model')
    """
    return page.replace("/", "-") + (f"--{anchor}" if anchor else "")


def target(href, page, pages, address):
    """Return where a link of a page leads in the joined document, or None where it would lead nowhere.

    Examples
    --------
    >>> pages = ["book/model", "book/learning"]
    >>> target("#eq-9", "book/model", pages, ""), target("learning.html#x", "book/model", pages, "")
    ('#book-model--eq-9', '#book-learning--x')
    >>> target("../search.html", "book/model", pages, ""), target("../a.zip", "book/model", pages, "https://b.example/")
    (None, 'https://b.example/a.zip')
    """
    parts = urlsplit(href)
    if parts.scheme or href.startswith("//"):
        return href
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path)) if parts.path else page
    if path.removesuffix(".html") in pages:
        return "#" + place(path.removesuffix(".html"), parts.fragment)
    return f"{address}{path}" if address else None


def open_folds(soup, article):
    """Leave no fold that stays closed on paper; answers and solutions go to the chapter's end."""
    for code in article.select(".cell > details.hide"):
        if code.find_parent(class_="solution"):
            code.summary.decompose()
            code.unwrap()
        else:
            code.decompose()
    end = soup.new_tag("section", attrs={"class": "answers-on-paper"})
    answers = [fold for fold in article.select("details") if is_answer(fold)]
    named = [(f"Answer {number}", fold) for number, fold in enumerate(answers, 1)]
    named += [(name_of(fold), fold) for fold in article.select(".solution")]
    for number, (words, fold) in enumerate(named):
        here = f"answer-{number}"
        fold["id"] = fold.get("id") or here
        fold.replace_with(parsed(f'<p class="to-answer" id="to-{here}"><a href="#{fold["id"]}">{escape(words)}, '
                                 "at the end of this chapter</a></p>"))
        back = words if words.startswith("Answer") else "To the exercise"
        end.append(parsed(f'<p class="to-answer"><a href="#to-{here}">{escape(back)}</a></p>'))
        end.append(fold)
        for summary in fold.find_all("summary"):
            summary.decompose()
        fold.name = "div"
    for fold in article.select("details"):
        fold["open"] = ""
    if end.contents:
        end.insert(0, parsed("<h2>Answers and solutions</h2>"))
        article.append(end)


def name_of(solution):
    title = solution.select_one(".admonition-title")
    return " ".join(title.get_text().split()) if title else "Solution"


def is_answer(fold):
    summary = fold.find("summary")
    words = summary.get_text(strip=True) if summary else ""
    return "answer" in fold.get("class", []) or re.match("Answer|What is true", words)


def say_where_live(soup, article, page, address):
    """Add a line below each figure that a hand moves."""
    for figure in article.select(".zcmoe-figure, .zcl-still"):
        live = figure.select(".knobs, .zcl-controls, input, button, [role=slider]") or "zcl-still" in figure["class"]
        if live and not figure.find_parent(class_=["zcmoe-figure", "zcl-still"]):
            line = soup.new_tag("p", attrs={"class": "live"})
            line.append("The figure in its first state; it moves on the page ")
            where = soup.new_tag("a", href=f"{address}{page}.html") if address else soup.new_tag("code")
            where.append(f"{page}.html")
            line.append(where)
            caption = figure.find_parent(class_="cell") or figure
            caption = caption.find_next_sibling(True)
            said = caption is not None and "caption" in caption.get("class", [])
            (caption.insert_after if said else figure.append)(line)


def keep_together(article):
    """Mark what announces the block after it: a page should not end there."""
    for block in article.find_all(["ul", "ol", "div", "table", "figure"]):
        before = block.find_previous_sibling(True)
        if before is not None and before.name == "p":
            text = before.get_text().strip()
            if text.endswith(":") or (before.strong and before.strong.get_text().strip() == text):
                before["class"] = [*before.get("class", []), "before"]


def whitened(path):
    """Return a frame on white ground, as an address that holds it whole."""
    text = path.read_text(encoding="utf-8").replace(GROUND, "--cffffff:#fff")
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


def chapter(page, pages, address):
    """Return (title, article) of a page as the book prints it."""
    soup = parsed((HTML / f"{page}.html").read_text(encoding="utf-8"))
    article = soup.select_one("article.bd-article")
    say_where_live(soup, article, page, address)
    for needless in article.select(NEEDLESS):
        needless.decompose()
    open_folds(soup, article)
    keep_together(article)
    for picture in article.select('img[src*="_static/frames/"][src$=".svg"]'):
        picture["src"] = whitened((HTML / page).parent / picture["src"])
    for tag in article.find_all(id=True):
        if not tag.find_parent("svg"):
            tag["id"] = place(page, tag["id"])
    for link in article.find_all("a", href=True):
        if to := target(link["href"], page, pages, address):
            link["href"] = to
        else:
            del link["href"]
    heading = article.find("h1")
    return " ".join(heading.get_text().split()), article


def joined(chapters, numbers, folder):
    """Return the document: cover, contents, chapters. `numbers` are the pages, when they are known."""
    heads, listed = [], []
    for part, members in contents():
        listed += [f'<p class="part">{escape(part)}</p>'] if part else []
        for page in members:
            title = chapters[page][0]
            named = place(page)
            head = title.replace("\\", r"\\").replace('"', r"\"")
            heads.append(f'@page {named} {{ @top-center {{ content: "{head}"; font: 9pt "Source Sans 3", sans-serif; '
                         "color: #5B616A } }\n"
                         f"#{named} {{ page: {named} }}")
            listed.append(f'<a href="#{named}" data-page="{numbers.get(page, "")}"><span>{escape(title)}</span></a>')
    cover = (f'<p class="title">{TITLE}</p><p>An unofficial companion to <em>Mixture of Many Zero-Compute Experts: '
             f"A High-Rate Quantization Theory Perspective</em> (Y. Dar, arXiv {PAPER})</p>"
             "<p>The zcmoe contributors</p>"
             f"<p>Edition {zcmoe.__version__}, with the numbers of {date_of_numbers(ROOT)}</p>")
    body = "".join(f'<div class="chapter" id="{place(page)}">{each[1]}</div>' for page, each in chapters.items())
    return (f'<!doctype html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
            f'<title>{TITLE}</title><link rel="stylesheet" href="{folder}_static/book.css">'
            f"<style>{STYLE}{chr(10).join(heads)}</style></head><body>"
            f'<div class="cover">{cover}</div>'
            f'<div class="contents"><p class="title">Contents</p>{"".join(listed)}</div>'
            f"{body}</body></html>")


def printed(document, target):
    """Print a document that stands among the built pages."""
    source = HTML / "book" / "_printed.html"
    source.write_text(document, encoding="utf-8")
    if (path := chromium()) is None:
        sys.exit("Chromium prints the book, and there is none: `apt-get install chromium`")
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = browser.new_context(java_script_enabled=False, color_scheme="light").new_page()
            page.goto(source.as_uri(), wait_until="load", timeout=300_000)
            page.evaluate("document.fonts.ready.then(() => true)")
            page.pdf(path=target, prefer_css_page_size=True, print_background=True, outline=True, tagged=True,
                     scale=0.75)
            browser.close()
    finally:
        source.unlink()
    return PdfReader(target)


def pages_of(reader, pages):
    """Return the page on which each chapter begins, by its bookmark."""
    starts = [entry for entry in reader.outline if not isinstance(entry, list)]
    if len(starts) != len(pages):
        sys.exit(f"{len(starts)} bookmarks for {len(pages)} chapters: {[entry.title for entry in starts]}")
    return {page: reader.get_destination_page_number(entry) + 1 for page, entry in zip(pages, starts, strict=True)}


def fonts(reader):
    """Yield (name, embedded) of every font."""
    seen = {}
    for page in reader.pages:
        for font in (page.get("/Resources", {}).get("/Font") or {}).values():
            font = font.get_object()
            parts = [each.get_object() for each in font.get("/DescendantFonts", [font])]
            sheets = [part["/FontDescriptor"].get_object() for part in parts if "/FontDescriptor" in part]
            held = font["/Subtype"] == "/Type3" or any(name in sheet for sheet in sheets
                                                       for name in ("/FontFile", "/FontFile2", "/FontFile3"))
            seen[str(font.get("/BaseFont", font["/Subtype"]))] = held
    return seen


def faults(path, numbers):
    """Return what is wrong with the PDF."""
    reader = PdfReader(path)
    found = [f"{path.stat().st_size / 1e6:.1f} MB"] * (path.stat().st_size > LARGEST)
    found += [f"font {name} is not embedded" for name, held in fonts(reader).items() if not held]
    found += [f"{page} begins on another page than the contents say"
              for page, number in pages_of(reader, list(numbers)).items() if number != numbers[page]]
    named = {form for name in reader.named_destinations for form in (name, f"/{name}")}
    for page in reader.pages:
        for link in page.get("/Annots") or []:
            link = link.get_object()
            goal = link.get("/Dest", (link.get("/A") or {}).get("/D"))
            if isinstance(goal, (NameObject, TextStringObject)) and str(goal) not in named:
                found.append(f"a link leads nowhere: {goal}")
            if str((link.get("/A") or {}).get("/URI", "")).startswith("file:"):
                found.append(f"a link leads to a file: {link['/A']['/URI']}")
    return found


def offer(pages, size):
    """Name the file in the footer of every page: without it, no page speaks of it."""
    line = f' <a class="pdf" href="../book.pdf">The book as a PDF ({size / 1e6:.0f} MB)</a></p>'
    for page in pages:
        path = HTML / f"{page}.html"
        text = re.sub(r' <a class="pdf".*?</a>', "", path.read_text(encoding="utf-8"))
        path.write_text(re.sub(r'(<p class="edition">.*?)</p>', rf"\1{line}", text, flags=re.S), encoding="utf-8")


def main():
    pages = [page for _, members in contents() for page in members]
    address = os.environ.get("BOOK_ADDRESS", "")
    address = address.rstrip("/") + "/" if address else ""
    chapters = {page: chapter(page, pages, address) for page in pages}
    with tempfile.TemporaryDirectory() as place:
        file, numbers = Path(place, "book.pdf"), {}
        for _ in range(2):
            numbers = pages_of(printed(joined(chapters, numbers, "../"), file), pages)
        if wrong := faults(file, numbers):
            sys.exit("\n".join(wrong[:20]))
        writer = PdfWriter(clone_from=file)
        writer.add_metadata({"/Title": TITLE, "/Author": "The zcmoe contributors",
                             "/Subject": f"Edition {zcmoe.__version__}"})
        writer.write(HTML / "book.pdf")
        offer(pages, (HTML / "book.pdf").stat().st_size)
        print(f"{HTML / 'book.pdf'}: {len(writer.pages)} pages, {(HTML / 'book.pdf').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
