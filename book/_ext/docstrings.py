"""Docstrings as they read in a terminal, on the page as well.

In them |x| is an absolute value, `classes_` a name and "P. Zador" a person, where
reStructuredText sees a substitution, a link and a list. Numbered references would be
one numbering for a whole page.

``{names} zcmoe.problem`` lists the public names of a module, each with the first sentence of its docstring: what a
reader sees before a part of that page is unfolded.
"""

import importlib
import inspect
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

import zcmoe

MARKUP = re.compile(r"\||(?<=\w)_(?!\w)|(?<=^\w)\.(?=\s|$)")


def as_written(line):
    r"""Escape one line, outside ``literals``.

    Examples
    --------
    >>> print(as_written("|ĉ_i - c_i| of constants_, see [2]_ and ``|x|``"))
    \|ĉ_i - c_i\| of constants\_, see [2] and ``|x|``
    >>> print(as_written("P. L. Zador"), as_written(":param dimension: d."))
    P\. L. Zador :param dimension: d\.
    >>> as_written(".. [1] The book")
    '1. The book'
    """
    if reference := re.match(r"(\s*)\.\. \[(\d+)\](.*)", line):
        return "{}{}.{}".format(*reference.groups())
    head, text = re.match(r"(\s*(?:>>>.*|\.\. .*|:[^:]+:\s*)?)(.*)", line).groups()
    parts = re.sub(r"(\[\d+\])_", r"\1", text).split("``")
    parts[::2] = [MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
    return head + "``".join(parts)


def escape(app, what, name, obj, options, lines):
    # Napoleon leaves some lines joined.
    lines[:] = [as_written(line) for joined in lines for line in joined.split("\n")]


def summary(thing):
    """Return the first sentence of a docstring, in one line.

    Examples
    --------
    >>> summary(summary)
    'Return the first sentence of a docstring, in one line.'
    """
    if not callable(thing):  # its class has the docstring
        return ""
    first = re.sub(r":\w+:`([^`]*)`", r"``\1``", (inspect.getdoc(thing) or "").partition("\n\n")[0])
    return re.split(r"(?<=\.)\s", first.replace("\n", " "))[0]


def public(module):
    """Return the names that the page lists of a module: its own, in the order of the source, where it has no list."""
    return getattr(module, "__all__", None) or [
        name for name, thing in vars(module).items()
        if not name.startswith("_") and callable(thing) and getattr(thing, "__module__", "") == module.__name__]


class Names(SphinxDirective):
    required_arguments = 1

    def run(self):
        module = importlib.import_module(self.arguments[0])
        table = nodes.definition_list(classes=["names"])
        for name in public(module):
            home = f"zcmoe.{zcmoe._MODULE[name]}" if name in zcmoe._MODULE else module.__name__
            link = addnodes.pending_xref("", nodes.literal(text=name), refdomain="py", reftype="obj", refexplicit=True,
                                         reftarget=f"{home}.{name}", refdoc=self.env.docname)
            words = nodes.paragraph()
            for i, text in enumerate(summary(getattr(module, name)).split("``")):
                words += nodes.literal(text=text) if i % 2 else nodes.Text(text)
            table += nodes.definition_list_item("", nodes.term("", "", link), nodes.definition("", words))
        return [table]


def leave_out(app, what, name, obj, skip, options):
    """The fields of a named tuple have no words of their own but "Alias for field number 0": its class tells of them.

    Examples
    --------
    >>> from zcmoe.moments import RegionMoments
    >>> [leave_out(None, "class", "", each, False, {}) for each in (RegionMoments.mean, RegionMoments.index)]
    [True, None]
    """
    return True if (getattr(obj, "__doc__", "") or "").startswith("Alias for field number") else None


def setup(app):
    app.add_directive("names", Names)
    app.connect("autodoc-skip-member", leave_out)
    app.connect("autodoc-process-docstring", escape, priority=600)  # after napoleon
    return {"parallel_read_safe": True}
