"""What a published book needs: its edition on every page, a way to report an error, and to be found by number.

- The footer tells the version (the package's), the paper, the date of the numbers, and how to report an error.
- ``#eq-23`` leads to formula (23). The search finds "(23)", "23", "eq 23" and "Theorem 4.3"; as it is, it skips them.
- Beside the pages stand a first page that leads on, a 404 page, robots.txt and, where the address is known, a sitemap.
"""

import hashlib
import html
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx import addnodes

import zcmoe
from paper_numbers import equation_number, theorem_number
from surroundings import repository_url

PAPER = "2510.03151"
NUMBERS = ["book/*.ipynb", "book/ledger.csv"]
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>{head}
<style>
:root {{ color-scheme: light dark }}
body {{ max-width: 40em; margin: 12vh auto; padding: 0 16px; font: 18px/1.6 Charter, Georgia, serif }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def date_of_numbers(root):
    """Return the day on which what the chapters print last changed: by git, or else by the files."""
    command = ["git", "log", "-1", "--format=%cs", "--", *NUMBERS]
    try:
        day = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8").stdout.strip()
    except OSError:
        day = ""
    newest = max(path.stat().st_mtime for pattern in NUMBERS for path in root.glob(pattern))
    return day or time.strftime("%Y-%m-%d", time.gmtime(newest))


def report_address(repository, page):
    """Return the address of a form that knows the page and the version."""
    words = {"title": f"Error on {page}", "body": f"Page: {page}\nVersion: {zcmoe.__version__}\n\nWhat is wrong: "}
    return f"{repository}/issues/new?" + "&".join(f"{name}={quote(value)}" for name, value in words.items())


def edition(app, pagename, templatename, context, doctree):
    """Write the footer of a page."""
    line = (f'<p class="edition">Edition {zcmoe.__version__}, on '
            f'<a href="https://arxiv.org/abs/{PAPER}">arXiv {PAPER}</a>; its numbers are of {app.numbers_of}. ')
    if repository := repository_url(app.srcdir):
        line += f'<a href="{html.escape(report_address(repository, pagename))}">Report an error on this page</a></p>'
    else:
        line += f"To report an error, name this page, <code>{html.escape(pagename)}</code>, and the edition.</p>"
    context["theme_extra_footer"] = line


def names_of_equation(label):
    """Return what a reader may type to find an equation.

    Examples
    --------
    >>> names_of_equation("eq-g-2")[:4]
    ['(G.2)', 'G.2', 'eq G.2', 'eq. G.2']
    >>> [name for name in names_of_equation("eq-55-57") if "(" in name][::3]
    ['(55)', '(56)', '(57)']
    """
    if span := re.fullmatch(r"eq-(\d+)-(\d+)", label):
        numbers = [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
    else:
        numbers = [number] if (number := equation_number(label)) else []
    forms = "({0})", "{0}", "eq {0}", "eq. {0}", "equation {0}", "eq ({0})", "equation ({0})"
    return [form.format(number) for number in numbers for form in forms]


def names_of_theorem(node):
    number = ".".join(theorem_number(node["label"]) or ())
    kind = type(node).__name__.removesuffix("_node")
    return [f"{kind} {number}", number] if number else []


def mark(app, doctree):
    """Give formulas their short anchors, and formulas and theorems their names for the search."""
    for formula in list(doctree.findall(nodes.math_block)):
        if names := names_of_equation(formula.get("label") or ""):
            formula["ids"] = [*formula["ids"], formula["label"]]
            find(formula, names, formula["label"])
    for theorem in list(doctree.findall(lambda node: type(node).__name__.endswith("_node") and node.get("label"))):
        if names := names_of_theorem(theorem):
            find(theorem, names, theorem["ids"][0])


def find(node, names, anchor):
    """Put entries of the index before a node: the search reads them (the printed index does not)."""
    entries = [("single", name, anchor, "main", None) for name in names]
    node.parent.insert(node.parent.index(node), addnodes.index(entries=entries))


def remember(app):
    """A build that writes few pages keeps the search's names of all, which Sphinx learns after it stored the rest."""
    if indexer := getattr(app.builder, "indexer", None):
        for page in app.env.all_docs.keys() - indexer._index_entries.keys():
            entries = [entry for node in app.env.get_doctree(page).findall(addnodes.index) for entry in node["entries"]]
            indexer._index_entries[page] = sorted({(name, anchor, main) for _, name, anchor, main, _ in entries})
    return []


def first_page(app, title, address):
    start = f"{app.config.root_doc}.html"
    head = f'\n<meta http-equiv="refresh" content="0; url={start}">'
    if address:
        head += f'\n<link rel="canonical" href="{address}{start}">'
    return PAGE.format(language=app.config.language or "en", title=title, head=head,
                       body=f'<h1>{title}</h1>\n<p><a href="{start}">Open the book</a></p>')


def lost_page(app, title, address):
    """A missing page may have been asked for at any depth: the links start at the book's own place."""
    base = f'\n<base href="{html.escape(urlsplit(address).path)}">' if address else ""
    chapters = "\n".join(f'<li><a href="{name}.html">{html.escape(app.env.titles[name].astext())}</a></li>'
                         for name in pages(app))
    body = (f'<h1>This page is not here</h1>\n<p>It may have moved. <a href="{app.config.root_doc}.html">The book '
            f'begins here</a>, or <a href="search.html">search it</a>. Its chapters:</p>\n<ul>\n{chapters}\n</ul>')
    return PAGE.format(language=app.config.language or "en", title=f"Not found: {title}", head=base, body=body)


def sitemap(app, address):
    places = "".join(f"<url><loc>{html.escape(address + name)}.html</loc></url>\n" for name in pages(app))
    return ('<?xml version="1.0" encoding="utf-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n')


def files(app):
    """Return what stands beside the pages: file names and texts, None for a file that must not be there."""
    title, address = html.escape(app.config.project), app.config.html_baseurl
    return {
        "index.html": first_page(app, title, address),
        "404.html": lost_page(app, title, address),
        "robots.txt": "User-agent: *\nAllow: /\n" + f"Sitemap: {address}sitemap.xml\n" * bool(address),
        "sitemap.xml": sitemap(app, address) if address else None,
    }


def pages(app):
    """The chapters in the order of the table of contents."""

    def below(name):
        yield name
        for child in app.env.toctree_includes.get(name, []):
            yield from below(child)

    return list(below(app.config.root_doc))


def publish(app, exception):
    """Write the files beside the pages, and give what the search loads names that change when it does."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for name, text in files(app).items():
        if text is None:
            (out / name).unlink(missing_ok=True)
        else:
            (out / name).write_text(text, encoding="utf-8")
    search = (out / "search.html").read_text(encoding="utf-8")
    for name in ("searchindex.js", "_static/searchtools.js", "_static/search.js", "_static/language_data.js"):
        version = hashlib.sha256((out / name).read_bytes()).hexdigest()[:12]
        search = re.sub(rf'(src="{re.escape(name)})(\?v=\w*)?"', rf'\1?v={version}"', search)
    (out / "search.html").write_text(search, encoding="utf-8")


def picture_links(app, config):
    """Put the book's picture on the card that a shared link shows: a curve and what eight experts answer."""
    if not config.html_baseurl:
        return
    import matplotlib.pyplot as plt
    import numpy as np

    place = Path(app.srcdir, "_build", ".cards")
    place.mkdir(parents=True, exist_ok=True)
    x = np.linspace(0, 1, 400)
    edges = np.linspace(0, 1, 9)
    answers = [np.cos(6 * np.pi * np.linspace(a, b, 50)).mean() for a, b in zip(edges, edges[1:], strict=False)]
    figure = plt.figure(figsize=(3, 3), dpi=150)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    axes.plot(x, np.cos(6 * np.pi * x), color="#1F64A8", linewidth=3)
    axes.stairs(answers, edges, baseline=None, color="#C2410C", linewidth=4)
    axes.set_axis_off()
    figure.savefig(place / "curve.png", transparent=True)
    plt.close(figure)
    plt.imsave(place / "nothing.png", np.zeros((2, 2, 4)))  # in the place of Sphinx's own sign
    config.ogp_social_cards = {"image": "_build/.cards/curve.png", "image_mini": "_build/.cards/nothing.png",
                               "line_color": "#C2410C"}


def begin(app, config):
    app.numbers_of = date_of_numbers(Path(app.srcdir))
    # Part of the configuration, so that all pages of another edition are written again.
    config.html_context["edition"] = [zcmoe.__version__, app.numbers_of, os.environ.get("BOOK_REPOSITORY", "")]


def setup(app):
    app.connect("config-inited", begin)
    app.connect("config-inited", picture_links, priority=600)  # when surroundings.py has read the address
    app.connect("html-page-context", edition)
    app.connect("doctree-read", mark)
    app.connect("html-collect-pages", remember)
    app.connect("build-finished", publish, priority=950)  # after sphinx_external_toc's bare redirect
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
