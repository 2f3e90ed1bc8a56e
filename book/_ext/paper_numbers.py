"""Labels carry the paper's own numbers, in every reference to them.

========================  =================================
label                     printed
========================  =================================
``eq-23``                 (23)
``eq-55-57``              (55)–(57)
``eq-g-2``                (G.2), for papers beside this one
``thm-4-3``, ``lem-6-2``  Theorem 4.3, Lemma 6.2
``cor-5-3``, ``thm-c-2``  Corollary 5.3, Theorem C.2
``thm-e-4-8``             Theorem E.4.8, for papers beside this one
``asm-1``                 Assumption 1
========================  =================================

The word comes from the directive (`prf:theorem`, `prf:assumption`, ...). Other
labels are refused: their numbers would be Sphinx's, and read as the paper's.

Besides ``{eq}`eq-23` `` and ``{prf:ref}`thm-4-3` ``, a plain link serves, which reads well where a notebook is opened
raw: ``[(23)](#eq-23)`` and ``[Theorem 4.3](#thm-4-3)``. Its words must be the number.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

log = logging.getLogger(__name__)


def equation_number(label):
    """Return what stands between the brackets of an equation's number, or None.

    Examples
    --------
    >>> [equation_number(label) for label in ("eq-23", "eq-55-57", "eq-g-2", "eq-bound")]
    ['23', '55)–(57', 'G.2', None]
    """
    if match := re.fullmatch(r"eq-(\d+[a-z]?)(?:-(\d+[a-z]?))?", label):
        return ")–(".join(filter(None, match.groups()))
    if match := re.fullmatch(r"eq-([a-z])-(\d+)", label):
        return f"{match[1].upper()}.{match[2]}"


def theorem_number(label):
    """Return the parts of a theorem's number, or None.

    Examples
    --------
    >>> [theorem_number(label) for label in ("thm-4-3", "thm-e-4-8", "asm-1", "theorem-0")]
    [('4', '3'), ('E', '4', '8'), ('1',), None]
    """
    if match := re.fullmatch(r"(?:thm|lem|cor|prp|def|asm|rem|exm)-(\w)(?:-(\d+))?(?:-(\d+))?", label):
        return tuple(part.upper() for part in match.groups() if part)


def number_equations(app, doctree):
    for node in doctree.findall(nodes.math_block):
        if label := node.get("label"):
            if number := equation_number(label):
                node["number"] = number
                app.env.get_domain("math").equations[label] = (app.env.docname, number)
            else:
                log.warning("equation label %r is not of the forms eq-23, eq-55-57, eq-g-2", label, location=node)


def read_links(app, doctree):
    """Hand links to theorems to their own domain (MyST asks it in vain), and hold all words to the numbers."""
    for link in doctree.findall(addnodes.pending_xref):
        label, words = link.get("reftarget") or "", link.astext()
        if link.get("reftype") != "myst" or words in ("", label):
            continue
        if number := equation_number(label):
            if words != f"({number})":
                log.warning("a link to %s says %r, not (%s)", label, words, number, location=link)
        elif parts := theorem_number(label):
            link["refdomain"], link["reftype"] = "prf", "ref"
            if not words.endswith(f" {'.'.join(parts)}"):
                log.warning("a link to %s says %r, not its number %s", label, words, ".".join(parts), location=link)


def number_theorems(app, builder):
    # When writing starts, not before: the environment as stored keeps Sphinx's own
    # numbers, so that it does not see a change at every build.
    for kinds in app.env.toc_fignumbers.values():
        for numbers in kinds.values():
            numbers.update({label: number for label in numbers if (number := theorem_number(label))})


def setup(app):
    app.connect("doctree-read", number_equations)
    app.connect("doctree-read", read_links)
    app.connect("write-started", number_theorems)
    return {"parallel_read_safe": True, "version": "1"}
