"""Docstrings as they read in a terminal, on the page as well.

In them |x| is an absolute value, `classes_` a name and "P. Zador" a person, where
reStructuredText sees a substitution, a link and a list. Numbered references would be
one numbering for a whole page.
"""

import re

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


def setup(app):
    app.connect("autodoc-process-docstring", escape, priority=600)  # after napoleon
    return {"parallel_read_safe": True}
