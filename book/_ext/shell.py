"""What surrounds the text: one stylesheet with the rules that are used, one script, and the theme's icons.

The theme links two stylesheets of its own (66 kB), those of the extensions (ten requests more), a dozen scripts in
front of the text, and Font Awesome's script (543 kB) for a dozen icons. _templates/layout.html links book.css and
book.js in their place. Both are joined here when all pages are written, in the order in which Sphinx would have linked
their parts. Rules that ask for a class which no page and no script has are left out; icons are masks, cut from the
theme's own copy of Font Awesome (CC BY 4.0).
"""

import hashlib
import re
import shutil
from os.path import normpath
from pathlib import Path
from urllib.parse import quote

from self_hosted import VENDOR
from zcmoe.show.engine import page_script, stylesheet

THEME = {"css": ["styles/theme.css", "styles/pydata-sphinx-theme.css"],
         "js": ["scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js"]}
SEARCH = ("searchtools.js", "language_data.js")  # on the page of search alone
# Bootstrap's script names the classes of all its components; the theme uses these of them.
BOOTSTRAP = {"collapse", "collapsing", "dropdown", "dropdown-menu", "fade", "show", "tooltip", "tooltip-arrow",
             "tooltip-inner", "bs-tooltip-auto"}
SETTINGS = "documentation_options.js"  # stands in the page
# Fonts that would move the text if they came late, with what CSS calls them: a page waits for them (layout.html).
TEXT = {"fonts/source-serif-4-latin-400-normal.woff2": "1em 'Source Serif 4'",
        "fonts/source-serif-4-latin-600-normal.woff2": "600 1em 'Source Serif 4'"}
FORMULAS = {"katex/fonts/KaTeX_Main-Regular.woff2": "1em KaTeX_Main",
            "katex/fonts/KaTeX_Math-Italic.woff2": "italic 1em KaTeX_Math"}
ITALIC = {"fonts/source-serif-4-latin-400-italic.woff2": "italic 1em 'Source Serif 4'"}
ICON = re.compile(r"\bfa-([a-z0-9-]+)")
SOURCE_MAP = re.compile(r"^//# sourceMappingURL.*$", re.M)
VARIABLE = re.compile(
    r"""(?<=[{;])\s*(--[\w-]+)\s*:"""
    r"""(?:"[^"]*"|'[^']*'|\((?:[^()"']|"[^"]*"|'[^']*'|\([^()]*\))*\)|[^;{}"'(])*;?""")
NESTED = ("@media", "@supports", "@layer", "@container")
# A mask takes the text's colour; forced colours would paint over it unless they are told not to.
ICONS = """i[class*="fa-"], span[class*="fa-"] { display: inline-block; width: 1em; height: 1em;
  vertical-align: -0.125em; background: currentColor; -webkit-mask: var(--icon) center/contain no-repeat;
  mask: var(--icon) center/contain no-repeat; }
.fa-lg { font-size: 1.25em; }
@media (forced-colors: active) {
  i[class*="fa-"], span[class*="fa-"] { forced-color-adjust: none; background: CanvasText; } }
"""


def icons(pages, script):
    """Return a rule for every icon that the pages name."""
    rules = [ICONS]
    for name in sorted({name for page in pages for name in ICON.findall(page)}):
        # Brands and outlines stand in the script under the same names: the solid ones come last.
        if found := re.findall(rf'[{{,]"?{name}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"\]', script):
            width, height, path = found[-1]
            svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'><path d='{path}'/></svg>"
            rules.append(f".fa-{name} {{ --icon: url(\"data:image/svg+xml,{quote(svg, safe=' =:/')}\"); }}\n")
    return "".join(rules).replace("%27", "'")


def blocks(css):
    """Yield (what stands before a brace, what stands in it) of the top level; ("@import ...;", None) for the rest."""
    at = 0
    while match := re.compile(r"[{;]").search(css, at):
        head = css[at : match.start()].strip()
        if match[0] == ";":
            at = match.end()
            yield head + ";", None
            continue
        depth, end = 1, match.end()
        while depth:
            brace = re.compile(r"[{}]").search(css, end)
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
        yield head, css[match.end() : end - 1]
        at = end


def selectors(head):
    """Return the selectors of a rule: a comma within brackets parts nothing.

    Examples
    --------
    >>> selectors("a:is(b, c:not(d, e)), [f=','] g")
    ['a:is(b, c:not(d, e))', "[f=','] g"]
    """
    parts, depth = [""], 0
    for letter in head:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def is_used(selector, words):
    """Say whether all classes that a selector asks for are among the words.

    Examples
    --------
    >>> is_used(".a:is(.b, .c:not(:has(.d:nth-child(2))))", {"a"}), is_used(".a .b", {"a"})
    (True, False)
    """
    plain, whole = selector, ""
    while plain != whole:  # what a bracket asks for is one of several, or must not be there
        whole, plain = plain, re.sub(r":[\w-]+\([^()]*\)", "", plain)
    return all(re.sub(r"\\(.)", r"\1", name) in words for name in re.findall(r"\.(-?[_a-zA-Z](?:[\w-]|\\.)*)", plain))


def prune(css, words):
    r"""Leave out the selectors that ask for a class which is not among the words.

    Examples
    --------
    >>> prune(".a, .b:hover { x: 1 } @media print { .b { y: 2 } } p { z: 3 }", {"a"})
    '.a{ x: 1 }p{ z: 3 }'
    """
    kept = []
    for head, body in blocks(css):
        if body is None:
            kept.append(head if not head.startswith("@charset") else "")
        elif head.startswith(NESTED):
            if inner := prune(body, words):
                kept.append(f"{head}{{{inner}}}")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}" if "Font Awesome" not in body else "")
        elif used := [one for one in selectors(head) if is_used(one, words)]:
            kept.append(f"{','.join(used)}{{{body}}}")
    return "".join(kept)


def drop_variables(css, elsewhere):
    """Leave out the variables that nothing asks for.

    Examples
    --------
    >>> drop_variables(":root{--a: 1;--b: url('x;y');--c: var(--b);--d: 3}p{top: var(--a)}", "var(--d)")
    ':root{--a: 1;--d: 3}p{top: var(--a)}'
    """
    asked = set(re.findall(r"var\(\s*(--[\w-]+)", css + elsewhere))
    fewer = VARIABLE.sub(lambda match: match[0] if match[1] in asked else "", css)
    return css if fewer == css else drop_variables(fewer, elsewhere)  # a variable may have asked for another


def read(static, sheet):
    """Return a stylesheet without comments, its imports in it, with addresses as seen from `static`."""
    css = re.sub(r"/\*.*?\*/", "", (static / sheet).read_text(encoding="utf-8"), flags=re.S)
    folder = Path(sheet).parent
    # The theme imports Sphinx's basic.css; in the middle of a joined sheet an @import counts for nothing.
    css = re.sub(r"@import\s+(?:url\()?['\"]?([^'\");]+)['\"]?\)?\s*;",
                 lambda match: read(static, normpath(folder / match[1])), css)
    css = re.sub(r"url\((?!['\"]?(?:data:|#))['\"]?([^'\")]+)['\"]?\)",
                 lambda match: f"url({normpath(folder / match[1])})", css)
    return re.sub(r",\s*url\([^)]*\) format\(['\"](?:woff|truetype)['\"]\)", "", css)  # woff2 is enough


def join_sheets(static, sheets, pages, scripts):
    """Return the one stylesheet."""
    classes = {name for page in pages for value in re.findall(r'class="([^"]*)"', page) for name in value.split()}
    classes |= BOOTSTRAP | {word for script in scripts for word in re.findall(r"[\w-]+", script)}
    classes = {word for word in classes if not word.startswith("fa-")} - {"fa", "fas", "far", "fab"}
    joined = "".join(prune(read(static, sheet), classes) for sheet in dict.fromkeys([*THEME["css"], *sheets]))
    figures = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.S)
    joined = drop_variables(re.sub(r"\s+", " ", joined + figures), "".join([*pages, *scripts]))
    awesome = (static / "scripts" / "fontawesome.js").read_text(encoding="utf-8")
    return joined + icons(pages, awesome)


def join(app, exception):
    """Write book.css and book.js, and the pages' links to them."""
    if exception or app.builder.format != "html" or not app.shell["css"]:  # no page was written
        return
    static = Path(app.outdir, "_static")
    pages = {path: path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html")}
    scripts = {name: (static / name).read_text(encoding="utf-8") for name in [*app.shell["js"], *THEME["js"]]}
    asking = [text for name, text in scripts.items() if "bootstrap" not in name]
    asking.append((static / "engine.js").read_text(encoding="utf-8"))
    joined = {"book.css": join_sheets(static, app.shell["css"], pages.values(), asking),
              # A semicolon first: "use strict" at the head of one script would hold for all.
              "book.js": "".join(f"\n;{SOURCE_MAP.sub('', one)}" for one in scripts.values())}
    for name, text in joined.items():
        (static / name).write_text(text, encoding="utf-8")
        version = hashlib.sha256(text.encode()).hexdigest()[:12]
        for path, page in pages.items():
            pages[path] = re.sub(rf"(_static/{re.escape(name)})(\?v=\w*)?", rf"\1?v={version}", page)
    for path, page in pages.items():
        if path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")
    for needless in (static / "scripts" / "fontawesome.js", *static.glob("s*/*.map")):
        needless.unlink(missing_ok=True)


def name_of(file):
    return str(getattr(file, "filename", None) or "").split("?")[0].removeprefix("_static/")


def thin(body):
    """Take away the <span>s of highlighted code and of literals that look like what is around them.

    Examples
    --------
    >>> thin('<span class="n"><span class="pre">x</span></span><span class="p">(</span><span class="mi">1</span>')
    'x(<span class="mi">1</span>'
    """
    for _ in range(2):  # they stand in each other
        body = re.sub(r'<span class="(?:n|p|w|pre)">([^<]*)</span>', r"\1", body)
    return body


def note(app, pagename, templatename, context, doctree):
    """Tell the template what a page loads besides the joined files, and remember what is to be joined."""
    scripts, loose = [], []
    for file in context["script_files"]:
        name = name_of(file)
        if name and name != SETTINGS and not name.startswith(("http", "searchindex")) and name not in SEARCH:
            scripts.append(name)
        elif not name and file.attributes.get("body"):
            loose.append({"body": file.attributes["body"]})
        elif name.startswith("http"):
            loose.append({"address": file.filename})
    sheets = sorted(context["css_files"], key=lambda file: getattr(file, "priority", 500))
    for kind, names in ("js", scripts), ("css", [name_of(sheet) for sheet in sheets]):
        app.shell[kind] |= dict.fromkeys(names)
    body = context["body"] = thin(context.get("body") or "")
    fonts = TEXT | (FORMULAS if 'class="katex"' in body else ITALIC if "<em" in body else {})
    fonts = {file: font for file, font in fonts.items() if (VENDOR / file).exists()}
    context |= {"loose_scripts": loose, "preloads": fonts}


def configure(app, config):
    """Note what pages are made with: Sphinx writes them again when that changes."""
    here = Path(__file__).parent
    ours = ["*.py", "*.js", "../_templates/*.html", "../_static/*.css", "../_static/*.js"]
    own = [path.read_text(encoding="utf-8") for pattern in ours for path in sorted(here.glob(pattern))]
    config.made_with = hashlib.sha256("".join([*own, page_script(), stylesheet()]).encode()).hexdigest()


def renew(app):
    """Let viewcode write its pages again: it looks at their sources alone."""
    mark = Path(app.outdir, ".made_with")
    if not mark.exists() or mark.read_text(encoding="utf-8") != app.config.made_with:
        shutil.rmtree(Path(app.outdir, "_modules"), ignore_errors=True)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(app.config.made_with, encoding="utf-8")


def setup(app):
    app.shell = {"css": {}, "js": {}}
    app.add_config_value("made_with", "", "html")
    app.connect("config-inited", configure)
    app.connect("builder-inited", renew)
    app.connect("html-page-context", note, priority=900)
    app.connect("build-finished", join, priority=900)  # when MyST-NB's sheet and the engine are there
    return {"parallel_read_safe": True, "parallel_write_safe": False}
