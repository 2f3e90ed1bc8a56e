"""What surrounds the pages once they are out: how they are found, cited, and told about."""

import re
import types
import xml.etree.ElementTree
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import published
import zcmoe
from tests.host import until


@pytest.fixture
def app():
    """A build with an address, as far as the files beside the pages ask."""
    root, *others = pytest.PAGES
    titles = {page: types.SimpleNamespace(astext=lambda page=page: f"On <{page}>") for page in pytest.PAGES}
    env = types.SimpleNamespace(toctree_includes={root: others}, titles=titles)
    config = types.SimpleNamespace(root_doc=root, project="A book", language="en", html_baseurl="https://a.example/book/")
    return types.SimpleNamespace(env=env, config=config)


def test_every_entry_of_the_sitemap_is_a_page(app, site):
    """All pages of the table of contents, and no index of Sphinx's."""
    places = [each.text for each in xml.etree.ElementTree.fromstring(published.files(app)["sitemap.xml"]).iter()
              if each.tag.endswith("loc")]
    assert [place.removeprefix("https://a.example/book/") for place in places] == [f"{p}.html" for p in pytest.PAGES]
    assert all((site / place.removeprefix("https://a.example/book/")).is_file() for place in places)


def test_without_an_address_nothing_names_one(app, site):
    app.config.html_baseurl = ""
    files = published.files(app)
    assert files["sitemap.xml"] is None
    assert "Sitemap" not in files["robots.txt"] and "canonical" not in files["index.html"]


def test_a_stale_sitemap_goes_and_the_search_loads_what_is_new(app, tmp_path):
    """A second build, now without an address."""
    app.builder, app.outdir = types.SimpleNamespace(format="html"), tmp_path
    loaded = ["searchindex.js", *(f"_static/{name}.js" for name in ("searchtools", "search", "language_data"))]
    (tmp_path / "_static").mkdir()
    for name in loaded:
        (tmp_path / name).write_text(name, encoding="utf-8")
    page = "".join(f'<script src="{name}"></script>' for name in loaded)
    (tmp_path / "search.html").write_text(page, encoding="utf-8")
    published.publish(app, None)
    assert (tmp_path / "sitemap.xml").is_file()
    once = (tmp_path / "search.html").read_text(encoding="utf-8")
    app.config.html_baseurl = ""
    (tmp_path / "searchindex.js").write_text("changed", encoding="utf-8")
    published.publish(app, None)
    twice = (tmp_path / "search.html").read_text(encoding="utf-8")
    assert not (tmp_path / "sitemap.xml").exists()
    assert once.count("?v=") == twice.count("?v=") == 4 and once != twice


def test_the_robots_find_the_sitemap(app):
    assert "Sitemap: https://a.example/book/sitemap.xml\n" in published.files(app)["robots.txt"]


@pytest.mark.parametrize("name", ["index.html", "404.html"])
def test_the_pages_beside_the_book_lead_into_it(app, site, name):
    """In the built site, and where a missing page was asked for deep below an address."""
    text = (site / name).read_text(encoding="utf-8")
    assert '<html lang="en">' in text and re.search("<title>.*A paper that you can run</title>", text)
    links = [link for link in re.findall(r'href="([^"]*)"', text) if "://" not in link]
    assert links and [link for link in links if not (site / link).is_file()] == []
    if name == "404.html":
        assert {f"{page}.html" for page in pytest.PAGES} <= set(links)
        assert '<base href="/book/">' in published.files(app)[name]


def test_every_page_tells_its_edition(site):
    for page in pytest.PAGES:
        text = (site / f"{page}.html").read_text(encoding="utf-8")
        (line,) = re.findall(r'<p class="edition">(.*?)</p>', text, re.S)
        assert f"Edition {zcmoe.__version__}," in line and "arxiv.org/abs/2510.03151" in line
        assert re.search(r"numbers are of \d{4}-\d\d-\d\d", line) and "eport an error" in line


def test_a_report_knows_page_and_version():
    address = published.report_address("https://github.com/some/book", "book/model")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith("https://github.com/some/book/issues/new?")
    assert "book/model" in asked["title"][0] and f"Version: {zcmoe.__version__}" in asked["body"][0]


def test_formulas_have_short_anchors(site):
    """Every numbered formula answers to #eq-23 too, once in the book."""
    labels = []
    for page in pytest.PAGES:
        text = (site / f"{page}.html").read_text(encoding="utf-8")
        here = set(re.findall(r'id="equation-(eq-[\w-]+)"', text))
        assert here <= set(re.findall(r'id="(eq-[\w-]+)"', text)), page
        labels += here
    assert len(labels) == len(set(labels)) and "eq-23" in labels


@pytest.fixture(scope="module")
def search(browser, host):
    """The page of the search, which was asked by its address; its index takes seconds to load."""
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{host}/search.html?q=segment+density", wait_until="load")
    page.wait_for_selector("#search-results li a", timeout=10_000)
    until(page, FOUND_ALL)
    yield page
    page.close()
    assert errors == []


FOUND_ALL = "!document.querySelector('#search-results h2 span')?.textContent.includes('.')"
ASK = "words => { document.getElementById('search-results').replaceChildren(); Search.performSearch(words); }"


@pytest.mark.parametrize("words, goal", [
    ("(23)", "one_dimension.html#eq-23"), ("23", "one_dimension.html#eq-23"), ("eq 23", "one_dimension.html#eq-23"),
    ("Equation (54)", "#eq-54"), ("9", "model.html#eq-9"), ("Theorem 4.3", "one_dimension.html#thm-4-3"),
    ("compander", "glossary.html#term-compander"), ("region_moments", "api.html#zcmoe.moments.region_moments"),
])
def test_the_search_finds(search, words, goal):
    search.evaluate(ASK, words)
    search.wait_for_selector("#search-results li a", timeout=10_000)
    until(search, FOUND_ALL)
    found = search.locator("#search-results li > a").evaluate_all("links => links.map(link => link.href)")
    assert any(goal in address for address in found[:4]), found[:9]


def test_what_is_found_is_quoted_as_a_reader_sees_it(search):
    """Each formula once, without its TeX; cells apart; a term with its meaning; nothing wider than a phone."""
    search.set_viewport_size({"width": 390, "height": 800})
    for words, quote in (("density", "w=px∥∇β∥2,"), ("compander", "compander Compressor, equal"), ("level sets", "")):
        search.evaluate(ASK, words)
        until(search, "document.querySelectorAll('#search-results p.context').length > 5")
        quoted = search.locator("#search-results p.context").all_text_contents()
        assert [text for text in quoted if re.search(r"\\[a-z]|\w\.md|xxx|[Ww]orkthe|itits", text)] == []
        assert any(quote in text for text in quoted), quoted
        assert search.evaluate("document.documentElement.scrollWidth") <= 390, words


def test_what_may_change_has_a_name_that_changes(site):
    """A browser that kept a script for a year asks for the new one."""
    for page in [*pytest.PAGES, "search"]:
        text = (site / f"{page}.html").read_text(encoding="utf-8")
        named = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', text)
        assert named and [name for name in named if "?v=" not in name and not re.search(r"[0-9a-f]{12}", name)] == []


def test_the_numbers_have_a_date(tmp_path):
    """In a clone git knows it, and elsewhere the files."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", published.date_of_numbers(pytest.ROOT))
    (tmp_path / "book").mkdir()
    Path(tmp_path / "book" / "ledger.csv").write_text("", encoding="utf-8")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", published.date_of_numbers(tmp_path))


def test_a_shared_link_has_a_picture(tmp_path):
    """Where the address is known; Sphinx's own sign is on none."""
    config = types.SimpleNamespace(html_baseurl="")
    published.picture_links(types.SimpleNamespace(srcdir=tmp_path), config)
    assert not hasattr(config, "ogp_social_cards")
    config.html_baseurl = "https://a.example/"
    published.picture_links(types.SimpleNamespace(srcdir=tmp_path), config)
    assert all((tmp_path / config.ogp_social_cards[name]).is_file() for name in ("image", "image_mini"))
