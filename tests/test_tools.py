"""What maintainers and packagers rely on: the linter, one version number, a source distribution that can be tested."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

import zcmoe

ROOT = Path(__file__).parents[1]


def run(*command, **options):
    return subprocess.run(command, cwd=options.pop("cwd", ROOT), capture_output=True, encoding="utf-8", **options)


def test_lint(demand):
    if find_spec("ruff") is None:
        demand("ruff", "`pip install -c constraints.txt '.[test]'`")
    done = run(sys.executable, "-m", "ruff", "check", "--no-cache", "zcmoe", "tests", "benchmarks", "book/_ext", ".ci")
    assert done.returncode == 0, done.stdout


def test_the_version_stands_in_one_place():
    """The package says it; what can't read that holds the same."""
    assert 'version = {attr = "zcmoe.__version__"}' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^version: (.*)", (ROOT / "CITATION.cff").read_text(encoding="utf-8")) == [zcmoe.__version__]
    assert re.findall(r"Version (\d[\w.]*\w)", (ROOT / "README.md").read_text(encoding="utf-8")) == [zcmoe.__version__]


def test_every_tool_of_an_extra_is_pinned():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pins = "".join((ROOT / name).read_text(encoding="utf-8") for name in ["constraints.txt", "requirements.txt"])
    pinned = set(re.findall(r"(?m)^([\w.-]+)==", pins))
    assert {re.match(r"[\w.-]+", each)[0] for extra in extras.values() for each in extra} <= pinned | {"nodejs"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory, demand):
    """A fresh folder with what the source distribution holds, built from a copy of the clone's."""
    if find_spec("setuptools") is None or int(version("setuptools").split(".")[0]) < 77:
        demand("setuptools 77 or later", "`pip install -c constraints.txt '.[test]'`")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.splitlines()
    tracked = [name for name in listed if (ROOT / name).is_file()]
    if not tracked:
        pytest.skip("no clone: this is a source distribution itself")
    folder = tmp_path_factory.mktemp("sdist")
    for name in tracked:
        (folder / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "clone" / name).write_bytes((ROOT / name).read_bytes())
    build = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    done = run(sys.executable, "-c", build, str(folder), cwd=folder / "clone")
    assert done.returncode == 0, done.stderr
    (archive,) = folder.glob("*.tar.gz")
    assert archive.name == f"zcmoe-{zcmoe.__version__}.tar.gz"
    with tarfile.open(archive) as file:
        file.extractall(folder, **{"filter": "data"} if hasattr(tarfile, "data_filter") else {})  # from 3.11.4 on
    return folder / archive.name.removesuffix(".tar.gz"), tracked


def test_the_source_distribution_is_the_repository(unpacked):
    folder, tracked = unpacked
    assert [name for name in tracked if not (folder / name).is_file()] == []


def test_a_wheel_brings_all_of_the_package(unpacked, tmp_path):
    """Stub, marker and scripts too, not the modules alone."""
    folder, tracked = unpacked
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    done = run(sys.executable, "-c", build, str(tmp_path), cwd=folder)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        assert [name for name in tracked if name.startswith("zcmoe/") and name not in file.namelist()] == []


def test_the_tests_of_the_source_distribution_are_collected(unpacked):
    """Those that look at more than zcmoe, where nothing of the clone is near."""
    folder, _ = unpacked
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--assert=plain", "-p", "no:cacheprovider"]
    done = run(*command, "tests/book", cwd=folder, env=environment)
    assert done.returncode == 0, done.stdout[-3000:]
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/book").glob("test_*.py")} <= set(
        re.findall(r"(?m)^(\S+\.py)::", done.stdout))
