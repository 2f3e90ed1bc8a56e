"""The book on paper: what becomes of links, folds and figures. `make pdf` checks the file itself."""

import pytest

bs4 = pytest.importorskip("bs4")
pytest.importorskip("pypdf")
pytest.importorskip("playwright")
import pdf  # noqa: E402


def article(text):
    soup = bs4.BeautifulSoup(f"<article>{text}</article>", "html.parser")
    return soup, soup.article


def test_the_contents_are_those_of_the_book():
    assert [page for _, members in pdf.contents() for page in members] == pytest.PAGES


@pytest.mark.parametrize("href, goal", [
    ("#eq-9", "#book-model--eq-9"), ("learning.html", "#book-learning"), ("learning.html#x", "#book-learning--x"),
    ("https://arxiv.org", "https://arxiv.org"), ("../search.html", None), ("", "#book-model"),
])
def test_links_lead_within_the_file(href, goal):
    assert pdf.target(href, "book/model", ["book/model", "book/learning"], "") == goal


def test_a_link_out_of_the_file_has_the_books_address():
    assert pdf.target("../_modules/x.html", "book/model", [], "https://a.example/") == "https://a.example/_modules/x.html"


def test_no_fold_stays_closed_and_answers_come_last():
    soup, text = article('<details class="answer"><summary>Answer</summary><p>Both.</p></details><p>Then.</p>'
                         '<div class="solution" id="s"><p>Half.</p></div>'
                         "<details><summary>Proof of (9)</summary><p>By parts.</p></details>")
    pdf.open_folds(soup, text)
    assert all(fold.has_attr("open") for fold in text.select("details")) and "Proof of (9)" in text.get_text()
    words = text.get_text()
    assert words.index("Then.") < words.index("By parts.") < words.index("Answers and solutions")
    assert words.index("Answers and solutions") < words.index("Both.") < words.index("Half.")
    ids = {tag["id"] for tag in text.select("[id]")}
    assert {link["href"] for link in text.select("a")} == {f"#{each}" for each in ids}


def test_code_is_printed_where_it_is_the_answer():
    cell = '<div class="cell"><details class="hide"><summary>Compute it</summary><pre>{}</pre></details></div>'
    soup, text = article(cell.format("needless()") + f'<div class="solution">{cell.format("half(1)")}</div>')
    pdf.open_folds(soup, text)
    assert "half(1)" in text.get_text() and "needless" not in text.get_text() and not text.select("details, summary")


def test_what_announces_a_block_stays_with_it():
    soup, text = article("<p>Try:</p><ul><li>a</li></ul><p><strong>Side by side</strong></p><table></table>"
                         "<p>That is all.</p><div></div>")
    pdf.keep_together(text)
    assert [line.get_text() for line in text.select(".before")] == ["Try:", "Side by side"]


def test_a_figure_says_where_it_moves():
    soup, text = article('<figure class="zcmoe-figure"><img alt="a"><div class="knobs"></div></figure>'
                         '<figure class="zcmoe-figure"><img alt="still"></figure>')
    pdf.say_where_live(soup, text, "book/model", "https://a.example/")
    moving, still = text.select("figure")
    assert moving.select_one("a")["href"] == "https://a.example/book/model.html" and not still.select("a")
