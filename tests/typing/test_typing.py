"""What an editor says: nothing about a correct program, and something about each wrong call."""

import os
import re
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import zcmoe

HERE = Path(__file__).parent
LINES = (HERE / "wrong.py").read_text(encoding="utf-8").splitlines()
WRONG = [i for i, line in enumerate(LINES, 1) if "# WRONG" in line]
COMMANDS = {"pyright": ["pyright", "--pythonpath", sys.executable],  # strict, as the programs say at their heads
            "mypy": ["mypy", "--config-file=tests/typing/mypy.ini", f"--cache-dir={os.devnull}"]}


@pytest.fixture(scope="module", params=COMMANDS)
def complaints(request, demand):
    """The lines of each program that a type checker complains about, and all that it says."""
    if find_spec(request.param) is None:
        demand(request.param, "`pip install -c constraints.txt '.[test]'`")
    files = ["correct.py", "wrong.py"]
    done = subprocess.run([sys.executable, "-m", *COMMANDS[request.param], *(f"tests/typing/{name}" for name in files)],
                          cwd=HERE.parents[1], capture_output=True, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    found = re.findall(r"(?m)(\w+\.py):(\d+).*error", done.stdout)
    return {name: {int(line) for file, line in found if file == name} for name in files}, done.stdout


def test_a_correct_program_is_left_alone(complaints):
    lines, said = complaints
    assert not lines["correct.py"], said


def test_each_wrong_call_is_flagged(complaints):
    lines, said = complaints
    assert len(WRONG) >= 10
    assert sorted(lines["wrong.py"]) == WRONG, said


def test_the_correct_program_runs_and_forgets_no_public_name():
    runpy.run_path(str(HERE / "correct.py"))
    text = (HERE / "correct.py").read_text(encoding="utf-8")
    assert [name for name in zcmoe.__all__ if not re.search(rf"\b{name}\b", text)] == []
