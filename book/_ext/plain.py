r"""Chapters read well where their notebooks are opened raw, in JupyterLab, VS Code or on a code host.

A notebook's Markdown is CommonMark, ``$`` mathematics and HTML. What the page needs beyond that is MyST, into which
these forms are turned before a notebook is parsed:

=======================================================  ===========================================
in a notebook                                            in MyST
=======================================================  ===========================================
``<small>Section 4 · 12 min</small>`` below the title    a paragraph with ``{.where}``
``<small>Dots are exact.</small>`` elsewhere             a paragraph with ``{.caption}``
``<blockquote>``, ``**Predict first.** How many?``       ``:::{prediction}``
``<blockquote id="thm-4-1">``, ``**Theorem 4.1** (…)``   ``:::{prf:theorem} …`` with its label
``<blockquote id="exercise-x">``, ``**Exercise**``       ``:::{exercise}`` with its label
``<blockquote class="note">``, ``**Ours: …**``           ``:::{admonition} Ours: …`` with its class
``<details class="dropdown"><summary>…</summary>``       ``::::{dropdown} …``
``<details><summary>Solution</summary>``, last in a      ``{solution-start}``, which ends before the next
cell                                                     Markdown: the code between is part of it
``\tag{23}``, the last line of a formula                 the label ``(eq-23)``
``<a id="fig-1"></a>``                                   the target ``(fig-1)=``
``[gate](glossary.md#router)``                           ``{term}`gate <router>` ``
``[[Max, 1960](references.md#max1960)]``                 ``{cite:p}`max1960` ``
``[Max [1960]](references.md#max1960)``                  ``{cite:t}`max1960` ``
=======================================================  ===========================================

A blockquote's tags stand in lines of their own, with an empty line around each; so do those of a fold.
"""

import json
import re
from pathlib import Path

from sphinx.util import logging

from paper_numbers import theorem_number

GLOSSARY = Path(__file__).parents[1] / "glossary.md"
SOLUTION = re.compile(r"^<details><summary>Solution[^<]*</summary>(.*)^</details>\s*\Z", re.M | re.S)
LEFT = re.compile(r"^</?blockquote.*|^<small>.*|^\\tag.*|.*<summary>Solution.*|.*(?:glossary|references)\.md#.*", re.M)
log = logging.getLogger(__name__)


def statement(found):
    """A theorem or its like, or an exercise, with its title and the label that its number agrees with."""
    label, word, number, title = found.groups("")
    if tuple(filter(None, number.split("."))) != (theorem_number(label) or ()):
        raise ValueError(f'the words "{word} {number}" and the label {label} disagree')
    kind = word.lower() if word == "Exercise" else f"prf:{word.lower()}"
    return f":::{{{kind}}} {title}".rstrip() + f"\n:label: {label}"


def slug(term):
    return re.sub(r"\W+", "-", term.lower())


def term(found):
    """The glossary has a term's own writing."""
    terms = re.findall(r"^(\S.*)\n  \S", GLOSSARY.read_text(encoding="utf-8"), re.M)
    known = {slug(each): each for each in terms}
    if found[2] not in known:
        raise ValueError(f"the glossary has no {found[2]}")
    return f"{{term}}`{found[1]} <{known[found[2]]}>`"


def several(found):
    return "{cite:p}`" + ",".join(re.findall(r"#(\w+)", found[1])) + "`"


FORMS = [(re.compile(plain, re.M), myst) for plain, myst in [
    (r"\A(# .*\n\n)<small>(.*)</small>$", r"\1{.where}\n\2"),
    (r"^<small>(.*)</small>$", r"{.caption}\n\1"),
    (r"^<blockquote>\n\n\*\*Predict first\.\*\* ", ":::{prediction}\n\n"),
    (r'^<blockquote id="(.*)">\n\n\*\*(\w+) ?([\w.]*)\*\*(?: \((.*)\))?$', statement),
    (r'^<blockquote class="(.*)">\n\n\*\*(.*)\*\*$', r":::{admonition} \2\n:class: \1"),
    (r"^</blockquote>$", ":::"),
    (r'^<details class="dropdown"><summary>(.*)</summary>$((?s:.*?))^</details>$', r"::::{dropdown} \1\2::::"),
    (r"^\\tag\{([\w.]+)\}\n\$\$$", lambda found: f"$$ (eq-{found[1].lower().replace('.', '-')})"),
    (r'^<a id="(.*)"></a>$', r"(\1)="),
    (r"\[([^][]+)\]\(glossary\.md#([^)]+)\)", term),
    (r"\[((?:(?:, )?\[[^][]+\]\(references\.md#\w+\))+)\]", several),
    (r"\[[^][]+ \[\w+\]\]\(references\.md#(\w+)\)", r"{cite:t}`\1`"),
]]


def myst(cells):
    r"""Return the texts of a notebook's Markdown cells, one after another, in MyST.

    Examples
    --------
    >>> myst(["# Cuts\n\n<small>12 min</small>\n\nWhere?"])
    ['# Cuts\n\n{.where}\n12 min\n\nWhere?']
    >>> theorem = '<blockquote id="thm-4-1">\n\n**Theorem 4.1** (Small)\n\nLet\n\n$$\nx\n\\tag{19}\n$$\n\n</blockquote>'
    >>> print(*myst([theorem]))
    :::{prf:theorem} Small
    :label: thm-4-1
    <BLANKLINE>
    Let
    <BLANKLINE>
    $$
    x
    $$ (eq-19)
    <BLANKLINE>
    :::
    >>> myst(["[gate](glossary.md#router) [[A, 1982](references.md#lloyd1982), [B, 1960](references.md#max1960)]"])
    ['{term}`gate <router>` {cite:p}`lloyd1982,max1960`']
    >>> myst(["As in [Na and Neuhoff [1995]](references.md#na1995)."])
    ['As in {cite:t}`na1995`.']
    >>> exercise = '<blockquote id="ex-a">\n\n**Exercise**\n\nFind it.\n\n</blockquote>\n\n'
    >>> solved = myst([exercise + "<details><summary>Solution</summary>\n\nHere.\n\n</details>", "Next."])
    >>> print("\n|\n".join(solved))
    :::{exercise}
    :label: ex-a
    <BLANKLINE>
    Find it.
    <BLANKLINE>
    :::
    <BLANKLINE>
    ::::{solution-start} ex-a
    :class: dropdown
    ::::
    <BLANKLINE>
    Here.
    |
    ::::{solution-end}
    ::::
    <BLANKLINE>
    Next.
    >>> myst([theorem.replace("4.1", "4.2")])
    Traceback (most recent call last):
    ValueError: the words "Theorem 4.2" and the label thm-4-1 disagree
    >>> myst(["<blockquote>\n\nA remark.\n\n</blockquote>"])
    Traceback (most recent call last):
    ValueError: no form that plain.py knows: <blockquote>
    """
    made, solving = [], False
    for text in cells:
        for plain, form in FORMS:
            text = plain.sub(form, text)
        text = "::::{solution-end}\n::::\n\n" * solving + text
        labels = re.findall(r"^:::\{exercise\}.*\n:label: (.*)", text, re.M)
        solving = bool(labels and (found := SOLUTION.search(text)))
        if solving:
            start = f"::::{{solution-start}} {labels[-1]}\n:class: dropdown\n::::\n\n"
            text = text[: found.start()] + start + found[1].strip()
        if left := LEFT.search(text):
            raise ValueError(f"no form that plain.py knows: {left[0]}")
        made.append(text)
    if solving:
        raise ValueError("a solution is the last of all cells: it ends before the next Markdown")
    return made


def translate(app, docname, source):
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    try:
        for cell, text in zip(cells, myst(["".join(cell["source"]) for cell in cells]), strict=True):
            cell["source"] = text
    except ValueError as wrong:
        log.warning("%s", wrong, location=docname)
    source[0] = json.dumps(notebook)


def setup(app):
    app.connect("source-read", translate)
    return {"parallel_read_safe": True, "version": "1"}
