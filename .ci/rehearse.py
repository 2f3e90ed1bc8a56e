"""Run what the workflows run, in a fresh clone, as far as that goes without publishing: `make rehearse`.

`python .ci/rehearse.py dist binder` runs only the lines that hold one of these words. The clone's path has a
space in it, as a reader's may. A test holds that every `run:` line stands in one of the two tables below.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "_build" / "rehearsal"

HERE = [  # in this order
    "python .ci/release.py tag",
    ".ci/run check",
    ".ci/run numbers",
    ".ci/run book pdf",
    ".ci/run refresh",
    ".ci/run dist sdist",
    ".ci/run binder",
    ".ci/run fresh PINNED=no",
    ".ci/run matrix",
    ".ci/run mutants",
    ".ci/run test PINNED=no",
]
ELSEWHERE = {
    ".ci/run": "is `check` and `numbers` again",
    'gh release create "$GITHUB_REF_NAME" packages/* --verify-tag --title "$GITHUB_REF_NAME" --notes-file notes.md':
        "needs a repository on GitHub and its token",
    'gh issue create --title "$TITLE" --body "$BODY"': "needs a repository on GitHub and its token",
}


def lines():
    """Yield the `run:` lines of all workflows."""
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            yield from (step["run"].strip() for step in job["steps"] if "run" in step)


def environment(clone):
    """What GitHub would set; addresses that nobody has."""
    sys.path.insert(0, str(ROOT / ".ci"))
    from release import version

    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS")}
    return kept | {
        "CI": "true",
        "GITHUB_REF_NAME": f"v{version()}",
        "BOOK_REPOSITORY": "https://github.com/example/book",
        "BOOK_ADDRESS": "https://example.github.io/book/",
        "PYTHON": sys._base_executable,
    }


def main(words):
    for line in set(lines()) & set(ELSEWHERE):
        print(f"not rehearsed, {ELSEWHERE[line]}: {line}")
    clone = PLACE / "a clone"
    shutil.rmtree(PLACE, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    failed = []
    for line in (line for line in HERE if not words or any(word in line for word in words)):
        print(f"\n=== {line}", flush=True)
        start = time.monotonic()
        code = subprocess.run(line, shell=True, cwd=clone, env=environment(clone)).returncode
        failed += [line] * (code != 0)
        print(f"=== {'fails' if code else 'done'} after {time.monotonic() - start:.0f} s", flush=True)
    if failed:
        raise SystemExit("These lines fail: " + "; ".join(failed))
    shutil.rmtree(PLACE)


if __name__ == "__main__":
    main(sys.argv[1:])
