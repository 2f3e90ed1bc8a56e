"""`make matrix`: the tests, and the digits that are printed, on every Python, dependency and BLAS that is here.

For each Python from 3.11 that this machine has there are two environments in _build/matrix: one with the oldest
dependencies that pyproject.toml admits (of those with a wheel for this Python), one with the newest. In each the tests,
the chapters and the ledger run under one kind of BLAS, chosen so that every two of Python, age and BLAS meet (`--all`:
under both kinds): one thread and two, on two kinds of processor that OpenBLAS can be told to be. The Pythons that were
not found are named.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
BLAS = [{"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell"},
        {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Sandybridge"}]
TESTS = [["tests", "zcmoe", "--ignore=tests/show", "--ignore=tests/typing", "--ignore=tests/test_tools.py",
          "--ignore=tests/book", "--dist=loadscope"],
         ["--nbval", "--nbval-current-env", "book", "--ignore=book/_ext", "--dist=loadscope"],
         ["tests/book/test_ledger.py", "-k", "agreement"]]
EXTRAS = ["show", "sklearn", "dask", "parquet"]
TOOLS = ["pytest", "hypothesis", "pytest-xdist", "nbval", "ipykernel", "filelock", "pandas", "pyyaml", "sphinx",
         "dask[dataframe,distributed]"]


def interpreters():
    """The Pythons here, by version, from PATH and pyenv."""
    found = {}
    for version in PYTHONS:
        known = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
        for command in filter(None, [*known, shutil.which(f"python{version}")]):
            if subprocess.run([command, "-c", "import venv"], capture_output=True).returncode == 0:
                found[version] = str(command)
                break
    return found


def environment(version, python, oldest):
    """The Python of an environment, and which NumPy and SciPy it has."""
    home = ROOT / "_build" / "matrix" / f"{version}-{'oldest' if oldest else 'newest'}"
    pinned, uv = home.with_suffix(f"{home.suffix}.txt"), [sys.executable, "-m", "uv", "--quiet"]

    def run(*command):
        return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout

    home.parent.mkdir(parents=True, exist_ok=True)
    run(*uv, "venv", "--clear", "--python", python, home)
    run(*uv, "pip", "compile", "pyproject.toml", *(f"--extra={extra}" for extra in EXTRAS), "--only-binary=:all:",
        f"--python={home}", f"--resolution={'lowest-direct' if oldest else 'highest'}", "--output-file", pinned)
    run(*uv, "pip", "install", f"--python={home}", "--only-binary=:all:", "-r", pinned, *TOOLS)
    binary = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    told = "import numpy, scipy; print('NumPy', numpy.__version__, 'SciPy', scipy.__version__)"
    return binary, run(binary, "-c", told).strip()


def passes(binary, tests, blas, told):
    """Run tests, and tell in a line how they ended, with those that failed below."""
    start = time.monotonic()
    variables = os.environ | blas | {"PYTHONPATH": str(ROOT)}  # the kernels of the chapters look there
    done = subprocess.run([binary, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *tests], cwd=ROOT,
                          env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    lines = done.stdout.strip().splitlines() or ["no output"]
    print(f"{told}, {' '.join(blas.values())}, {tests[0].strip('-')}: {lines[-1]} ({time.monotonic() - start:.0f} s)")
    print(*(f"  {line}\n" for line in lines if line.startswith(("FAILED", "ERROR"))), sep="", end="", flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=PYTHONS, help="these Pythons")
    parser.add_argument("--all", action="store_true", help="both kinds of BLAS everywhere")
    parser.add_argument("--tests", nargs="*", help="these tests alone")
    given, failed, here = parser.parse_args(), 0, interpreters()
    asked = [given.tests] if given.tests else TESTS
    for version in given.only:
        if version not in here:
            print(f"Python {version}: not found here", flush=True)
            continue
        for oldest in (True, False):
            binary, told = environment(version, here[version], oldest)
            told = f"Python {version}, {'oldest' if oldest else 'newest'}: {told}"
            own = BLAS[(PYTHONS.index(version) + oldest) % 2]
            for blas in BLAS if given.all else [own]:
                failed += sum(not passes(binary, tests, blas, told) for tests in asked)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
