"""Wheel and sdist as a release publishes them: `make dist`; `release.py tag` compares the tag with the version.

A package's page shows the README far from its files, so links and the picture get addresses there, and the
project gets its links: of the repository that the release runs in (`BOOK_REPOSITORY`) and of the pages
(`BOOK_ADDRESS`). Without them nothing is made up: what would lead nowhere is plain text.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "_build" / "dist"


def version():
    return re.search(r'^__version__ = "(.*)"', (ROOT / "zcmoe/__init__.py").read_text(encoding="utf-8"), re.M)[1]


def readme(text, repository, tag):
    """Return the README with absolute links into the repository at that tag, or without its relative links."""

    def absolute(match):
        mark, words, target = match.groups()
        if re.match(r"https?:|#", target):
            return match[0]
        if repository:
            return f"{mark}[{words}]({repository}/{'raw' if mark else 'blob'}/{tag}/{target})"
        return "" if mark else words

    return re.sub(r"(!?)\[([^]]*)\]\(([^)\s]+)\)", absolute, text)


def pyproject(text, repository, address):
    """Return pyproject.toml with the project's links, as far as they are known."""
    links = {"Book": address}
    if repository:
        links |= {"Source": repository, "Changes": f"{repository}/blob/main/CHANGELOG.md"}
        links |= {"Errors": f"{repository}/issues"}
    lines = [f'{name} = "{link}"' for name, link in links.items() if link]
    return text + "\n[project.urls]\n" + "\n".join(lines) + "\n" if lines else text


def notes(changelog, number):
    """Return what CHANGELOG.md says of a version."""
    found = re.search(rf"^## {re.escape(number)}\b.*?\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if not found or not found[1].strip():
        raise SystemExit(f"CHANGELOG.md says nothing of {number}")
    return found[1].strip() + "\n"


def rewrite(path, change, *known):
    path.write_text(change(path.read_text(encoding="utf-8"), *known), encoding="utf-8")


def build():
    repository, address = (os.environ.get(name, "").rstrip("/") for name in ("BOOK_REPOSITORY", "BOOK_ADDRESS"))
    shutil.rmtree(DIST, ignore_errors=True)
    source, packages = DIST / "source", DIST / "packages"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    rewrite(source / "README.md", readme, repository, f"v{version()}")
    rewrite(source / "pyproject.toml", pyproject, repository, address)
    shutil.copy(source / "CHANGELOG.md", DIST / "notes.md")
    rewrite(DIST / "notes.md", notes, version())
    subprocess.run([sys.executable, "-m", "build", "--outdir", packages, source], check=True)
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *packages.iterdir()], check=True)
    shutil.rmtree(source)


def tag():
    said = os.environ.get("GITHUB_REF_NAME", "")
    if said != f"v{version()}":
        raise SystemExit(f"the tag is {said!r}, the package's version {version()}")


if __name__ == "__main__":
    tag() if sys.argv[1:] == ["tag"] else build()
