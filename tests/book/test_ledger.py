"""The ledger resolves: every row has its label, code, test and measured agreement, and none is missing."""

import ast
import importlib
import inspect
import re

import pytest

import ledger
import plain
import slots
from ledger.measurements import KINDS, MEASURES

ROOT = pytest.ROOT
ROWS = ledger.read()
IDS = [row["number"] for row in ROWS]
STATEMENTS = ["Theorem 4.1", "Corollary 4.2", "Theorem 4.3", "Theorem 5.1", "Corollary 5.2", "Corollary 5.3",
              "Theorem 6.1", "Lemma 6.2", "Lemma 6.3", "Theorem 6.4", "Theorem 6.5", "Corollary C.1", "Theorem C.2",
              *(f"Assumption {i}" for i in range(1, 6)), *(f"Figure {i}" for i in range(1, 5)),
              "Theorem E.3.1", "Example E.4.6", "Theorem E.4.8", "Corollary E.4.9", "Theorem E.5.2", "Theorem E.5.3",
              *(f"Experiment E.{i}" for i in (1, 2)), *(f"Suggestion E.{i}" for i in (1, 2, 3)),
              *(f"Proposition E.{i}" for i in range(1, 6)),
              *(f"Equation G.{i}" for i in range(1, 7)), *(f"Proposition G.{i}" for i in (1, 2, 3))]
SHORT = {"Theorem": "thm", "Lemma": "lem", "Corollary": "cor", "Assumption": "asm", "Figure": "fig", "Example": "exm",
         "Proposition": "prp", "Equation": "eq", "Experiment": "exp", "Suggestion": "sug"}


def labels(text):
    """The labels that a page defines, a range as each of its equations."""
    found = []
    for first, last in re.findall(r"^\s*\$\$[ \t]*\(eq-(\d+)(?:-(\d+))?\)", text, re.M):
        found += [f"eq-{n}" for n in range(int(first), int(last or first) + 1)]
    found += re.findall(r"^\s*\$\$[ \t]*\((eq-[a-z]-\d+)\)", text, re.M)  # of other papers
    return found + re.findall(r"^\s*:label:\s*(\S+)", text, re.M)


PAGES = {path.stem: labels("\n\n".join(plain.myst(slots.read(path)) if path.suffix == ".ipynb" else slots.read(path)))
         for ending in ("md", "ipynb") for path in (ROOT / "book").glob(f"*.{ending}")}


def wanted(row):
    """The labels that a row needs."""
    return [f"eq-{n}" for n in ledger.numbers(row["number"])] or [row["page"]]


def test_every_equation_and_statement_has_one_row():
    equations = [n for number in IDS for n in ledger.numbers(number)]
    assert sorted(equations) == list(range(1, 147))
    assert sorted(number for number in IDS if number[0] != "(") == sorted(STATEMENTS)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_label(row):
    """Defined once in the book, in the chapter of its section, as soon as there is that chapter."""
    if row["number"].split()[0] in ("Figure", "Experiment", "Suggestion"):
        assert row["page"] == ledger.chapter(row)
        return
    if equations := ledger.numbers(row["number"]):
        assert row["page"] in (f"eq-{equations[0]}", f"eq-{equations[0]}-{equations[-1]}")
    else:
        kind, number = row["number"].split()
        assert row["page"] == f"{SHORT[kind]}-{number.lower().replace('.', '-')}"
    for label in wanted(row):
        places = [page for page, defined in PAGES.items() for each in defined if each == label]
        home = ledger.chapter(row)
        assert places == [home] if home in PAGES else not places, f"{label} is defined in {places}, not once in {home}"


def test_every_row_says_what_and_whence():
    assert all(row["statement"] for row in ROWS)
    assert {row["source"] for row in ROWS} <= set(ledger.SOURCES)
    assert {row["kind"] for row in ROWS} == set(ledger.KINDS)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_code(row):
    """It is there and says which equation it is; where there is none the row says why."""
    if not row["code"]:
        assert row["reason"]
        return
    assert not row["reason"]
    package, *names = row["code"].split(".")
    thing, said = importlib.import_module(package), ""
    for name in names:
        thing = getattr(thing, name)
        said += f"{inspect.getdoc(thing)} {inspect.getdoc(inspect.getmodule(thing))} "
    equations = ledger.numbers(row["number"])
    if row["number"][0] == "(" and equations[0] <= 54:  # beyond stand steps of proofs
        assert set(equations) <= set(ledger.numbers(said)), f"{row['code']} does not mention {row['number']}"
    elif row["number"][0] in "TLC":
        number = re.sub(r"^[EG]\.", "", row["number"].split()[1])  # in its own paper
        assert re.search(rf"\b{re.escape(number)}\b", said), f"{row['code']} does not mention {row['number']}"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_test(row):
    if not row["agreement"]:
        assert not row["test"] and row["reason"]
        return
    path, name = row["test"].split("::")
    functions = [node.name for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body
                 if isinstance(node, ast.FunctionDef)]
    assert name in functions, f"{path} has no {name}"


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_agreement(row):
    """Measured again, the agreement is what the ledger says: `make refresh` rewrites it."""
    measure = MEASURES.get(row["number"])
    assert row["agreement"] == (measure() if measure else "")
    assert row["kind"] == KINDS.get(row["number"], "statement")


def test_no_measurement_is_left_over():
    assert set(MEASURES) <= set(IDS)


def test_measurements_are_named_after_a_row():
    """eq_23 measures (23), thm_4_3 Theorem 4.3."""
    names = {}
    for number, measure in MEASURES.items():
        kind, *digits = re.findall(r"\w+", number)
        parts = [SHORT[kind], *digits] if kind in SHORT else ["eq", kind, *digits]
        names.setdefault(measure, set()).add("_".join(parts).lower())
    assert [measure.__name__ for measure in names if measure.__name__ not in names[measure]] == []
