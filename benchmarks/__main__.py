"""Run the benchmarks and print their table; a full run also writes it into the book's page."""

import os

for _library in ("OPENBLAS", "OMP", "MKL"):  # one BLAS thread, said before NumPy is loaded
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import importlib
import importlib.metadata
import inspect
import pkgutil
import platform
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
STUDIES = {"gating_study", "training_study"}  # they fill tables of the book and are run by themselves
PAGE = HERE.parent / "book" / "benchmarks.md"
BEGIN, END = "% measured by `make bench`", "% end of what was measured"
LIBRARIES = ["numpy", "scipy", "scikit-learn", "boost-histogram", "pandas", "ckwrap", "kmeans1d", "ruptures", "dit"]


def met(row):
    """Whether the row's figures meet its target; None when it has none, or no peer to be measured against."""
    if "met" in row or not row["target"] or row["ratio"] is None:
        return row.get("met")
    ahead, most = (re.search(sign + r"\s*([\d.]+)", row["target"]) for sign in (">=", "<="))
    return (not ahead or row["ratio"] >= float(ahead[1])) and (not most or row["limit"] <= float(most[1]))


def figure(value):
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def measure(name, quick):
    """The title and the rows of one module."""
    module = importlib.import_module(f"benchmarks.{name}")
    wanted = inspect.signature(module.rows).parameters
    options = {"quick": quick, "rounds": 1 if quick else 7}
    print(name, end=" ", file=sys.stderr, flush=True)
    rows = []
    for row in module.rows(**{key: value for key, value in options.items() if key in wanted}):
        rows.append(row)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return module.__doc__.partition("\n")[0].rstrip("."), rows


def table(rows):
    """Markdown lines: the table, then its notes."""
    lines = ["| task | peer | peer ÷ ours | ours ÷ bare pass | target | met |", "|---|---|--:|--:|---|---|"]
    for row in rows:
        verdict = {None: "", True: "yes", False: "**no**"}[met(row)]
        target = row["target"].replace(">=", "≥").replace("<=", "≤").replace(" x", " ×")
        ratio, limit = figure(row["ratio"]), figure(row["limit"])
        lines.append(f"| {row['task']} | {row['peer']} | {ratio} | {limit} | {target} | {verdict} |")
    notes = [f"- {row['task']}: {row['note']}" for row in rows if row.get("note")]
    return [*lines, "", *notes, ""] if notes else [*lines, ""]


def surroundings():
    versions = []
    for library in LIBRARIES:
        try:
            versions.append(f"{library} {importlib.metadata.version(library)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{library} not installed")
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    return f"Measured on {machine}, {', '.join(versions)}."


def write(page, lines):
    """Replace what stands between the page's two markers."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(before + "\n\n".join([BEGIN, "\n".join(lines).strip(), END]) + after, encoding="utf-8")


def main(arguments=None):
    found = {module.name for module in pkgutil.iter_modules([str(HERE)]) if not module.name.startswith("_")}
    names = sorted(found - STUDIES)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(names)}; all when none is given")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: does it run?")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.name) - set(names):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    lines = [surroundings(), ""]
    for name in chosen.name or names:
        title, rows = measure(name, chosen.quick)
        lines += [f"```{{dropdown}} {title}", "", *table(rows), "```", ""]  # the page has all in one picture
    print("\n".join(lines))
    if not (chosen.name or chosen.quick):
        write(PAGE, lines)


if __name__ == "__main__":
    main()
