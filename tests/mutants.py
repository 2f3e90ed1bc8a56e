"""Mutation testing: `make mutants` changes one thing in zcmoe at a time and runs the tests that reach it.

A mutant is an operator, a comparison, a constant or a condition of a function, changed as it is imported: no file is
touched. `python tests/mutants.py` first learns which tests reach which functions, from one run of the tests (stored in
_build), then draws a sample, stratified by module, and says what survived. A mutant meets the tests that reach it, the
short ones first, up to MOST seconds of them: one that a longer test alone would notice counts as a survivor. Survivors
that are known, with the reason, stand in mutants.csv. What draws (zcmoe/show) is left out: a picture is judged by
looking at it.

As a plugin (``-p mutants``) it serves the runs that it starts: REACH names the file for what tests reach, MUTANT the
module and the number of the change.
"""

import argparse
import ast
import csv
import json
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import _lru_cache_wrapper
from importlib.machinery import SourceFileLoader
from itertools import accumulate
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REASONS = Path(__file__).with_suffix(".csv")
MOST, MEMORY = 60, 8 << 30  # seconds; bytes, for a change may ask for more than there is
# What the tests load besides zcmoe, loaded once: each run of pytest is forked from a process that has it.
LOADED = ["pytest", "hypothesis.strategies", "numpy.testing", "scipy.stats", "scipy.optimize", "scipy.integrate",
          "scipy.sparse", "scipy.spatial", "matplotlib.pyplot", "pandas", "sklearn.utils.estimator_checks",
          "dask.array"]
SWAPS = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
         ast.In: ast.NotIn, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
         ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
         ast.And: ast.Or, ast.Or: ast.And, ast.USub: ast.UAdd, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}
# Of a comparison with an integer. With a float the case of equality is one number in 2^53, which no test would meet.
BORDERS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
SKIP = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Assert)  # messages are read, not computed with


# A constant is shown with what it stands in, up to one that is none of these.
BETWEEN = (ast.UnaryOp, ast.Slice, ast.Tuple, ast.Starred, ast.keyword)


def sites(tree):
    """All that can be changed: the node, what it is shown with, and the outermost function around it ("" for none)."""
    found = []

    def walk(node, scope, inside, around):
        if isinstance(node, SKIP):
            return
        if isinstance(node, (ast.Compare, ast.BinOp, ast.BoolOp, ast.UnaryOp)):
            operator = node.ops[0] if isinstance(node, ast.Compare) else node.op
            if type(operator) in SWAPS or isinstance(operator, ast.Not):
                found.append((node, node, scope))
        elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            found.append((node, around, scope))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        for name, field in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and not inside:
                    walk(child, f"{scope}.{child.name}".strip("."), isinstance(child, ast.FunctionDef), child)
                elif isinstance(child, ast.AST):
                    short = isinstance(node, (ast.expr, ast.Assign, ast.AugAssign, ast.Return, ast.arguments))
                    walk(child, scope, inside, around if isinstance(node, BETWEEN) else node if short else child)
    walk(tree, "", False, tree)
    return found


def another(value):
    """Another constant: a tolerance a thousand times as wide, a size half as large, else a near one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return value * 1000 if 0 < value < 1e-3 else value + 1 if value < 2 else value * 0.9
    return value + 1 if value < 2 else value - 1 if value < 64 else value // 2


def change(node, around):
    """Change a node in its place, and say how."""
    before = ast.unparse(around)
    if isinstance(node, ast.Compare):
        counts = any(type(getattr(side, "value", None)) is int for side in (node.left, *node.comparators))
        node.ops[0] = (SWAPS | (BORDERS if counts else {}))[type(node.ops[0])]()
    elif isinstance(node, ast.Constant):
        node.value = another(node.value)
    elif isinstance(node.op, ast.Not):
        node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
    else:
        node.op = SWAPS[type(node.op)]()
    return f"{before} -> {ast.unparse(around)}"


class Mutant:
    """The change of one number in one module."""

    def __init__(self, module, number):
        self.module, self.number = module, number
        self.tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
        node, around, self.scope = sites(self.tree)[number]
        self.line = getattr(node, "lineno", 0)
        self.text = " ".join(change(node, around).split())

    def idle(self):
        """Whether Python and NumPy say that nothing changes: `strict` is an assertion, any negative length the rest."""
        before, after = self.text.split(" -> ")
        return after in (before.replace("strict=True", "strict=False"), before.replace("-1", "-2")) and (
            "zip(" in before or "reshape(" in before)

    def __str__(self):
        return f"{self.module}:{self.line} in {self.scope or 'the module'}: {self.text}"


def modules():
    """What is changed."""
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "zcmoe").rglob("*.py"))
            if "show" not in path.parts and path.name not in ("__init__.py", "_typing.py")]


# The plugin.

def pytest_configure(config):
    if "MUTANT" not in os.environ:
        return
    module, number = os.environ["MUTANT"].rsplit(":", 1)
    mutant, plain = Mutant(module, int(number)), SourceFileLoader.get_code

    def get_code(self, name):
        if Path(self.path) != ROOT / module:
            return plain(self, name)
        return compile(mutant.tree, self.path, "exec", dont_inherit=True)
    SourceFileLoader.get_code = get_code


FAILED = set()


def pytest_runtest_logreport(report):
    if report.failed:  # it would kill whatever it is asked about
        FAILED.add(report.nodeid)


def answered():
    """How often each cached function of zcmoe has answered without being called: it is reached then, too."""
    held = [each for name, module in list(sys.modules.items()) if name.startswith("zcmoe")
            for each in vars(module).values() if isinstance(each, _lru_cache_wrapper)]
    return {kept: kept.cache_info().hits for kept in held}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    if "REACH" not in os.environ:
        yield
        return
    home, codes, before = str(ROOT / "zcmoe"), set(), answered()

    def profile(frame, event, _):
        if event == "call":
            codes.add(frame.f_code)
    start = time.perf_counter()
    sys.setprofile(profile)
    yield
    sys.setprofile(None)
    codes |= {kept.__wrapped__.__code__ for kept, times in answered().items() if times > before.get(kept, 0)}
    reached = sorted({f"{Path(code.co_filename).relative_to(ROOT).as_posix()}:{code.co_qualname.split('.<locals>')[0]}"
                      for code in codes if code.co_filename.startswith(home)})
    if item.nodeid not in FAILED:
        own = os.environ["REACH"] + os.environ.get("PYTEST_XDIST_WORKER", "")
        with open(own, "a", encoding="utf-8") as file:  # line by line: what is known outlives the run
            file.write(json.dumps([item.nodeid, time.perf_counter() - start, reached]) + "\n")


# The script.

def begin(arguments, environment):
    """Run pytest in this process, silent, and end the process with its exit code."""
    os.chdir(ROOT)
    os.environ |= environment
    import resource  # not on every system, as forks are not
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1), os.dup2(silence, 2)
    # Plain asserts: to rewrite them pytest reads the files that it is asked for, doctests among them, past the change.
    code = pytest.main(["-q", "-x", "--assert=plain", "-p", "mutants", "-p", "no:cacheprovider", *arguments])
    os._exit(code)


def run_pytest(processes, arguments, seconds, **environment):
    """Exit code of a run of pytest; None when it took too long."""
    process = processes.Process(target=begin, args=(arguments, environment))
    process.start()
    process.join(seconds)
    code = process.exitcode
    process.kill()
    process.join()
    return code


def reach(processes, tests, store):
    """What the tests reach, from one run of them, or from the last one since they changed.

    A test that is no more would fail, and kill whatever it once reached.
    """
    changed = max(path.stat().st_mtime for home in ("tests", "zcmoe") for path in (ROOT / home).rglob("*.py"))
    if not store.exists() or store.stat().st_mtime < changed:
        store.parent.mkdir(exist_ok=True)
        for old in store.parent.glob("reach.part*"):
            old.unlink()
        print("Learning which tests reach which functions ...", flush=True)
        code = run_pytest(processes, ["--maxfail=1000", "-n", "2", *tests], None, REACH=str(store.with_suffix(".part")))
        parts = sorted(store.parent.glob("reach.part*"))
        store.write_text("".join(part.read_text(encoding="utf-8") for part in parts), encoding="utf-8")
        if code not in (0, 1):  # 1: some test failed, and is not asked again
            sys.exit(f"pytest ended with {code}; {store.name} holds what it learned")
    by_function, seconds = defaultdict(list), {}
    for test, took, functions in map(json.loads, store.read_text(encoding="utf-8").splitlines()):
        seconds[test] = took
        for function in functions:
            by_function[function].append(test)
            module = function.split(":")[0]
            for whole in (f"{module}:", module.rsplit("/", 1)[0]):
                by_function[whole].append(test)
    return by_function, seconds


def fate(processes, mutant, by_function, seconds):
    """Whether the tests that reach a mutant notice it: "killed", "survived", or "not reached"."""
    # What runs when its module is loaded, or once for all, is reached by any test of the module, or of its folder.
    places = f"{mutant.module}:{mutant.scope}", f"{mutant.module}:", mutant.module.rsplit("/", 1)[0]
    reached = next(filter(None, map(by_function.get, places)), ())
    if not reached:
        return "not reached"
    return "survived" if passes(processes, reached, seconds, MUTANT=f"{mutant.module}:{mutant.number}") else "killed"


def passes(processes, tests, seconds, **environment):
    """Whether tests pass, the short ones first, as many as MOST seconds hold."""
    ordered = sorted(set(tests), key=seconds.get)
    so_far = list(accumulate(map(seconds.get, ordered)))
    number = max(1, bisect_right(so_far, MOST))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as argument:
        argument.write("\n".join(ordered[:number]))
        argument.flush()
        return run_pytest(processes, ["-n", "0", f"@{argument.name}"], 60 + 4 * so_far[number - 1], **environment) == 0


def sample(size, seed):
    """Mutants, each module's share by its number of sites; all of them for None."""
    counts = {module: len(sites(ast.parse((ROOT / module).read_text(encoding="utf-8")))) for module in modules()}
    total, chosen = sum(counts.values()), []
    for module, count in counts.items():
        share = count if size is None else min(count, max(1, round(size * count / total))) if count else 0
        # Drawn for each module by itself: a change of one leaves the others' mutants as they were.
        chosen += [(module, number) for number in random.Random(f"{seed} {module}").sample(range(count), share)]
    random.Random(seed).shuffle(chosen)
    return chosen, total


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--all", action="store_true", help="every mutant")
    parser.add_argument("--only", default="", help="what is drawn in modules whose path matches this pattern")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tests", nargs="*", default=["tests", "zcmoe", "--ignore=tests/book", "--ignore=tests/show",
                                                       "--ignore=tests/typing"])
    given = parser.parse_args()
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(LOADED)
    by_function, seconds = reach(processes, given.tests, ROOT / "_build" / "reach.json")
    if not passes(processes, seconds, seconds):
        sys.exit("the tests fail for zcmoe as it is: no mutant can be judged")
    chosen, total = sample(None if given.all else given.sample, given.seed)
    chosen = [place for place in chosen if re.search(given.only, place[0]) and not Mutant(*place).idle()]
    end, found = time.monotonic() + 60 * given.minutes, []

    def judge(place):
        if time.monotonic() < end:
            mutant = Mutant(*place)
            found.append((mutant, fate(processes, mutant, by_function, seconds)))
            if found[-1][1] != "killed":
                print(f"{found[-1][1]}: {mutant}", flush=True)
    with ThreadPoolExecutor(given.jobs) as pool:
        list(pool.map(judge, chosen))
    report(found, len(chosen), total)


def report(found, chosen, total):
    """How many were killed, with the standard error of the share, and the survivors that have no reason yet."""
    fates = Counter(each for _, each in found)
    if not found:
        sys.exit("no mutant was judged in this time")
    share = fates["killed"] / len(found)
    error = (share * (1 - share) / len(found)) ** 0.5
    print(f"{fates['killed']} of {len(found)} mutants killed: {share:.1%} ± {error:.1%} ({chosen} drawn of {total}; "
          f"{fates['survived']} survived, {fates['not reached']} are reached by no test)")
    with open(REASONS, encoding="utf-8", newline="") as file:
        known = {(row["module"], row["function"], row["change"]) for row in csv.DictReader(file)}
    open_ = [mutant for mutant, each in found
             if each != "killed" and (mutant.module, mutant.scope, mutant.text) not in known]
    print(f"{len(open_)} of the others have no reason in {REASONS.name}:")
    for mutant in sorted(open_, key=str):
        print(f"  {mutant}")


if __name__ == "__main__":
    main()
