"""The ledger: every equation of the paper with its source, page, code, test and measured agreement.

``python book/_ext/ledger`` measures the agreement column of book/ledger.csv anew: a file a section of the paper holds
the measurements, on the problems of problems.py. In a page the directive ``{ledger}`` shows the file as a table, and
``{ledger-counts}`` counts it.
"""

import csv
import re
from collections import Counter
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[3]
CSV = ROOT / "book" / "ledger.csv"
SOURCES = ["read in the text", "derived", "our reconstruction", "quoted elsewhere", "ours"]
EQUATIONS = [(12, "model"), (23, "one_dimension"), (31, "multidimensional"), (41, "learning"), (50, "gersho"),
             (54, "multidimensional"), (81, "proofs"), (114, "proofs_many_dimensions"), (146, "proofs_learning")]
KINDS = {
    "independent": "computed in another way: by quadrature, a search, a count of all cases, or a reference value",
    "closed form": "a formula for the case measured, or for the leading term of a remainder",
    "simulation": "random draws, of which the outliers are told by their standard score",
    "definition": "said in two ways that must give the same",
    "statement": "no number can show it: a class of predictors, an assumption, or an existence",
}
FIGURES = {"1": "one_dimension", "2": "one_dimension", "3": "learning", "4": "learning"}
SECTIONS = {"4": "one_dimension", "5": "multidimensional", "6": "learning", "C": "multidimensional"}
PARTS = {"model": "Section 3", "one_dimension": "Section 4", "multidimensional": "Section 5 and Appendix C",
         "learning": "Section 6", "gersho": "Appendices A and B",
         "proofs": "Proofs", "proofs_many_dimensions": "Proofs", "proofs_learning": "Proofs",
         "expressive_power": "Expressive power", "finite_rate_gating": "Finite-rate gating"}
BESIDE = {"E": "expressive_power", "G": "finite_rate_gating"}  # of other papers, and ours: a letter comes first


def read():
    """Return the rows of the ledger, as dictionaries."""
    with open(CSV, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mutations():
    """Return the wrong formulas that each measurement must notice, as dictionaries.

    An exponent, a constant or a sign is changed, one at a time. `where` is a function of `zcmoe`, or of a module here
    if it begins with ``ledger.``; where it is empty, it is the measurement itself, whose text is the formula of a row
    that no function carries.
    """
    with open(Path(__file__).with_name("mutations.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(rows):
    """Store the rows of the ledger."""
    with open(CSV, "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def numbers(text):
    """Return the equation numbers that a text names, ranges included.

    Examples
    --------
    >>> numbers("(7), (32)–(35) and Theorem 4.1")
    [7, 32, 33, 34, 35]
    """
    found = re.findall(r"\((\d+)\)(?:\s*[–-]\s*\((\d+)\))?", text)
    return [n for first, last in found for n in range(int(first), int(last or first) + 1)]


def chapter(row):
    """Return the chapter whose section of the paper the row belongs to.

    Examples
    --------
    >>> [chapter({"number": number}) for number in ("(23)", "(55)–(57)", "Theorem C.2", "Assumption 1", "Figure 3")]
    ['one_dimension', 'proofs', 'multidimensional', 'one_dimension', 'learning']
    >>> chapter({"number": "Theorem E.4.8"})
    'expressive_power'
    """
    number = row["number"]
    if equations := numbers(number):
        return next(name for last, name in EQUATIONS if equations[0] <= last)
    kind, label = number.split()
    if kind == "Assumption":
        return "one_dimension" if label == "1" else "multidimensional"
    if kind == "Figure":
        return FIGURES[label]
    return (SECTIONS | BESIDE)[label[0]]


def reference(row):
    """Return the row's number as a link to its page, once the page is written."""
    if not any((ROOT / "book" / f"{chapter(row)}.{ending}").exists() for ending in ("md", "ipynb")):
        return row["number"]
    if row["page"] == chapter(row):
        return f"{{doc}}`{row['number']} <{row['page']}>`"
    if row["number"].startswith("Equation"):
        return f"{{eq}}`{row['page']}`"
    if not (equations := numbers(row["number"])):
        return f"{{prf:ref}}`{row['page']}`"
    last = f"–{{eq}}`eq-{equations[-1]}`" if row["page"] == f"eq-{equations[0]}" and len(equations) > 1 else ""
    return f"{{eq}}`{row['page']}`{last}"


def cells(row):
    """Return the cells of a row of the table, each a list of paragraphs in MyST."""
    import zcmoe
    name = row["code"].removeprefix("zcmoe.")
    module = zcmoe._MODULE.get(name.split(".")[0])  # the page of functions lists each under its module
    target = f"zcmoe.{module}.{name}" if module else row["code"]
    code = f"{{py:obj}}`{name} <{target}>`" if name else row["reason"]
    test = [f"`{row['test'].removeprefix('tests/')}`"] if row["test"] else []
    agreement = [row["agreement"], row["kind"]] if row["agreement"] else ["–"]
    return [reference(row), row["source"]], [row["statement"], code, *test], agreement


def part(row):
    """Return the part of the ledger in which a row stands.

    Examples
    --------
    >>> [part({"number": number}) for number in ("(9)", "(50)", "Theorem C.2", "(55)–(57)", "Equation G.1")]
    ['Section 3', 'Appendices A and B', 'Section 5 and Appendix C', 'Proofs', 'Finite-rate gating']
    """
    return PARTS[chapter(row)]


class Ledger(SphinxDirective):
    """The ledger: a table for each part, folded."""

    def run(self):
        self.env.note_dependency(str(CSV))
        self.env.note_reread()  # its links depend on which chapters there are
        lines, rows = [], read()
        for name in dict.fromkeys(PARTS.values()):
            own = [row for row in rows if part(row) == name]
            lines += [f"````{{dropdown}} {name}: {len(own)} rows", "```{list-table}", ":header-rows: 1",
                      ":widths: 20 50 30", ":class: ledger", ""]
            head = ["No., source"], ["What it says, code, test"], ["Agreement"]
            for row in [head, *map(cells, own)]:
                for i, paragraphs in enumerate(row):
                    lines += [("* - " if i == 0 else "  - ") + paragraphs[0]]
                    lines += [line for text in paragraphs[1:] for line in ("", "    " + text)]
            lines += ["```", "````", ""]
        return parse(self, lines)


class LedgerCounts(SphinxDirective):
    """How many of the numbered equations come from where, how many run, and what they are compared with."""

    def run(self):
        self.env.note_dependency(str(CSV))
        rows = read()
        equations = [(n, row) for row in rows for n in numbers(row["number"])]
        source = Counter(row["source"] for _, row in equations)
        kind = Counter(row["kind"] for row in rows)
        wrong = len(mutations())
        code = sum(bool(row["code"]) for _, row in equations)
        lines = [f"The paper numbers {len(equations)} equations. Here they come from:", ""]
        lines += [f"- **{name}**: {source[name]}" for name in SOURCES if name in source]
        named = [row["number"].split()[1][0] for row in rows if row["number"][0].isalpha()]
        beside = sum(first in BESIDE for first in named)
        lines += ["", f"{code} of them are carried by a function of `zcmoe`. Beside them stand {len(named) - beside} "
                  f"theorems, lemmas, corollaries, assumptions and figures; {beside} rows more, with a letter before "
                  f"the number, belong to papers beside this one.", "",
                  f"Of all {len(rows)} rows, by what they are compared with:", ""]
        above = parse(self, lines)
        strip = "".join(f'<span class="{name.replace(" ", "-")}" style="flex-grow: {kind[name]}"></span>'
                        for name in KINDS)
        bar = nodes.raw("", f'<div class="ledger-bar" aria-hidden="true">{strip}</div>', format="html")
        lines = [f"- [ ]{{.ledger-key .{name.replace(' ', '-')}}} **{name}**: {kind[name]} ({what})"
                 for name, what in KINDS.items()]
        lines += ["", f"The tests change these formulas in {wrong} ways, each an exponent, a constant or a sign, and "
                  "hold that the measurement of the row then fails."]
        return [*above, bar, *parse(self, lines)]


def parse(directive, lines):
    node = nodes.container()
    directive.state.nested_parse(StringList(lines), directive.content_offset, node)
    return node.children


def setup(app):
    app.add_directive("ledger", Ledger)
    app.add_directive("ledger-counts", LedgerCounts)
    app.add_css_file("ledger.css")
    app.add_js_file("ledger.js", loading_method="defer")
    return {"parallel_read_safe": True, "version": "1"}
