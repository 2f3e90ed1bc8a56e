"""`make matrix`: the tests, and the digits that they hold, on every Python, dependency and BLAS that is here.

For each Python from 3.11 that this machine has, with the oldest dependencies that pyproject.toml admits (and a wheel
exists for) and with the newest: an environment in _build/matrix, and the tests under one BLAS thread and two, and
under two kinds of processor that OpenBLAS can be told to be. It names the Pythons that were not found.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
BOUND = re.compile(r'"(numpy|scipy)>=([\d.]+)"')
LATER = {"numpy": ["2.1.0", "2.2.0", "2.3.2"], "scipy": ["1.16.1"]}  # for Pythons that the oldest has no wheel for
BLAS = [{"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell"},
        {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Sandybridge"}]
TESTS = ["tests", "zcmoe", "--ignore=tests/show", "--ignore=tests/typing", "--ignore=tests/test_tools.py",
         "--ignore=tests/book"]
LEDGER = ["tests/book/test_ledger.py", "-k", "agreement"]


def interpreters():
    """The Pythons here, by version, from PATH and pyenv."""
    found = {}
    for version in PYTHONS:
        known = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
        for command in [*known, shutil.which(f"python{version}")]:
            ask = [command, "-c", "import venv, ensurepip"]
            if command and subprocess.run(ask, capture_output=True).returncode == 0:
                found[version] = str(command)
                break
    return found


def environment(version, python, oldest):
    """The Python of an environment with the tests' packages, and what NumPy and SciPy it has; or None, and why."""
    home = ROOT / "_build" / "matrix" / f"{version}-{'oldest' if oldest else 'newest'}"
    binary = home / "bin" / "python"
    if not binary.exists():
        subprocess.run([python, "-m", "venv", home], check=True)
    bounds = dict(BOUND.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    install = [binary, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    for name, least in bounds.items():
        for pin in [f"=={each}" for each in (least, *LATER[name])] if oldest else [f">={least}"]:
            done = subprocess.run([*install, f"{name}{pin}"], capture_output=True, encoding="utf-8")
            if done.returncode == 0:
                break
        else:
            return None, done.stderr.strip().splitlines()[-1]
    packages = ["pytest", "hypothesis", "pytest-xdist", "pandas", "pyyaml", "sphinx", "scikit-learn", "dask[array]"]
    done = subprocess.run([*install, *packages], capture_output=True, encoding="utf-8")
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    told = subprocess.run([binary, "-c", "import numpy, scipy; print('NumPy', numpy.__version__, 'SciPy', "
                           "scipy.__version__)"], capture_output=True, encoding="utf-8")
    return binary, told.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=PYTHONS, help="these Pythons")
    parser.add_argument("--tests", nargs="*", help="these tests alone")
    given, failed = parser.parse_args(), 0
    here = interpreters()
    for version in given.only:
        if version not in here:
            print(f"Python {version}: not found here", flush=True)
            continue
        for oldest in (True, False):
            binary, told = environment(version, here[version], oldest)
            if binary is None:
                print(f"Python {version}, {'oldest' if oldest else 'newest'}: no environment: {told}", flush=True)
                failed += 1
                continue
            for blas in BLAS:
                for tests in [given.tests] if given.tests else [TESTS, LEDGER]:
                    done = subprocess.run([binary, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *tests],
                                          cwd=ROOT, env=os.environ | blas, capture_output=True, encoding="utf-8")
                    lines = done.stdout.strip().splitlines()
                    failed += done.returncode != 0
                    print(f"Python {version}, {told}, {' '.join(blas.values())}: {lines[-1] if lines else done.stderr}",
                          flush=True)
                    print("\n".join(line for line in lines if line.startswith(("FAILED", "ERROR"))), end="", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
