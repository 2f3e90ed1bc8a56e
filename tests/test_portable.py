"""What Windows and macOS ask of the source: an encoding wherever text is read, no module of one system."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["zcmoe", "tests", "benchmarks", "book/_ext", ".ci"]
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "vendor" not in path.parts)
ONE_SYSTEM = {"fcntl", "grp", "msvcrt", "pwd", "resource", "termios", "winreg"}
OPENS_NO_TEXT = {"tarfile", "zipfile", "gzip", "webbrowser", "Image", "os", "firefox"}


def binary(call):
    modes = [each.value for each in [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
             if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return any(set(mode) <= set("rwxab+") and "b" in mode for mode in modes)


def without_encoding(tree):
    """Lines of calls that read or write text in whatever encoding the system prefers."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and not any(word.arg == "encoding" for word in call.keywords):
            owner, name = getattr(call.func, "value", None), getattr(call.func, "attr", getattr(call.func, "id", ""))
            words = {word.arg for word in call.keywords}
            opens = name == "open" and getattr(owner, "id", "") not in OPENS_NO_TEXT and not binary(call)
            pipes = ast.unparse(call.func).startswith("subprocess.") and words & {"text", "universal_newlines"}
            if opens or pipes or name in ("read_text", "write_text"):
                yield call.lineno


def at_import(tree):
    """Modules that a file imports at its head."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_runs_on_every_system(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert list(without_encoding(tree)) == [], "these lines name no encoding"
    assert ONE_SYSTEM & set(at_import(tree)) == set()


@pytest.mark.parametrize("line, found", [
    ("path.read_text()", True), ("path.read_text(encoding='utf-8')", False), ("(a / b).write_text(words)", True),
    ("open(name)", True), ("open(name, 'rb')", False), ("path.open('w')", True), ("tarfile.open(name)", False),
    ("subprocess.run(line, text=True)", True), ("subprocess.run(line, encoding='utf-8')", False),
    ("subprocess.run(line)", False),
])
def test_the_check_sees_what_it_should(line, found):
    assert bool(list(without_encoding(ast.parse(line)))) is found


def test_a_checkout_has_the_same_bytes_everywhere():
    """Hashes are of bytes: no line ends differently on Windows."""
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, encoding="utf-8").stdout
    if not listed:
        pytest.skip("no clone")
    lines = listed.splitlines()
    assert [line for line in lines if "attr/text=auto eol=lf" not in line and "attr/-text" not in line] == []
    assert [line for line in lines if line.startswith(("i/crlf", "i/mixed"))] == []
