"""What a fresh clone, Binder and the README's reader rely on."""

import hashlib
import importlib.util
import re
import subprocess
import tomllib

import pytest

ROOT = pytest.ROOT


def extension(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_vendored_files_are_what_they_were():
    for sha, package, member, target in extension("self_hosted").rows():
        if target.exists():
            assert hashlib.sha256(target.read_bytes()).hexdigest() == sha, f"{member} of {package}"


def test_a_change_of_the_package_or_the_data_makes_another_cache(tmp_path):
    keys = set()
    for name in ["zcmoe/errors.py", "zcmoe/show/explore.py", "book/data/some.csv", "requirements.txt"]:
        keys.add(extension("surroundings").cache_key(tmp_path))
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("changed", encoding="utf-8")
    keys.add(extension("surroundings").cache_key(tmp_path))
    assert len(keys) == 5


@pytest.mark.parametrize(
    "origin, url",
    [
        ("git@github.com:some/book.git", "https://github.com/some/book"),
        ("https://github.com/some/book", "https://github.com/some/book"),
        ("https://elsewhere.example/some/book", None),
        (None, None),
    ],
)
def test_the_address_is_never_made_up(tmp_path, monkeypatch, origin, url):
    monkeypatch.delenv("BOOK_REPOSITORY", raising=False)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    if origin:
        subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", origin], check=True)
    assert extension("surroundings").repository_url(tmp_path) == url


def test_binder_finds_its_files():
    assert re.fullmatch(r"python-3\.\d+", (ROOT / "runtime.txt").read_text(encoding="utf-8").strip())
    for name in ["requirements.txt", "pyproject.toml"]:
        assert (ROOT / name).is_file()
    # Either folder would hide the files at the top.
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists()
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert not re.search(r"(?m)^(playwright|nodejs|hypothesis|pytest-)", requirements)


def test_every_make_command_in_the_prose_exists():
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    prose = "".join((ROOT / name).read_text(encoding="utf-8") for name in ["README.md", "CONTRIBUTING.md"])
    named = set(re.findall(r"(?m)(?:`|^)make ([a-z]+)", prose))
    assert {"book", "test"} <= named <= targets


def test_the_example_of_the_readme_runs():
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    exec(code, {})


def test_the_readme_leads_to_every_chapter():
    prose = (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((\S+)\)", prose):
        assert (ROOT / link).is_file() or link.startswith("https://"), link  # the sdist's have an address
    for page in pytest.PAGES:
        if (ROOT / f"{page}.ipynb").exists():
            assert f"`{page}.ipynb`" in prose, "the README's map lacks a chapter"


def test_no_path_of_one_machine():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8").stdout
    private = re.compile("|".join(rf"(?<![\w.])/{name}/" for name in ("work", "root", "home", "Users", "tmp")))
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix not in {".png", ".gz", ".npz"} and path.is_file():
            assert not private.search(path.read_text(encoding="utf-8")), name


def test_make_and_the_plain_way_run_the_same_tests():
    """Neither forgets the notebooks: they are compared only where --nbval is named."""
    readme, makefile, settings = ((ROOT / name).read_text(encoding="utf-8")
                                  for name in ("README.md", "Makefile", "pyproject.toml"))
    plain = re.findall(r"(?:^|&& )(pytest[^&\n]*?)\s*(?=&&|$)", readme, re.M)
    made = dict(re.findall(r"(?m)^(\w+): .*\n\t\$\(PYTEST\) ?(.*)", makefile))
    assert plain == ["pytest", "pytest --nbval --nbval-current-env book"]
    assert plain == [f"pytest {made[name]}".strip() for name in ("check", "numbers")]
    tested = " ".join(tomllib.loads(settings)["tool"]["pytest"]["ini_options"]["testpaths"])
    assert made["test"] == f"{made['numbers']} {tested}"
    assert "nbval" not in re.search(r"(?m)^addopts = .*", settings)[0]
