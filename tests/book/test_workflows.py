"""What GitHub would run: valid, pinned, with no more rights than needed, and known to `make rehearse`."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

ROOT = pytest.ROOT
PATHS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in PATHS}
JOBS = [(name, job, body) for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()]


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("schema, files", [
    ("vendor.github-workflows", PATHS),
    ("custom.github-workflows-require-timeout", PATHS),
    ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
])
def test_valid_by_the_published_schema(schema, files, demand):
    if importlib.util.find_spec("check_jsonschema") is None:
        demand("check-jsonschema", "`pip install -c constraints.txt '.[test]'`")
    command = [sys.executable, "-m", "check_jsonschema", "--default-filetype", "yaml", "--builtin-schema", schema]
    done = subprocess.run([*command, *files], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rehearsal_knows_every_line():
    rehearsal = tool("rehearse")
    known = {*rehearsal.HERE, *rehearsal.ELSEWHERE}
    assert set(rehearsal.lines()) == known
    assert len(rehearsal.HERE) + len(rehearsal.ELSEWHERE) == len(known)


def test_every_make_target_of_a_workflow_exists():
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    named = {word for line in tool("rehearse").lines() if line.startswith(".ci/run") for word in line.split()[1:]}
    assert {word for word in named if "=" not in word} <= targets
    # Whatever is measured only now and then is measured once a week.
    weekly = " ".join(step.get("run", "") for body in WORKFLOWS["weekly"]["jobs"].values() for step in body["steps"])
    assert all(target in weekly for target in ("fresh", "binder", *({"matrix", "mutants"} & targets)))


def test_actions_are_pinned_by_commit():
    for path in PATHS:
        uses = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
        assert [each for each in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []
    pins = {tuple(each.split("@")) for path in PATHS
            for each in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))}
    assert len(pins) == len({action for action, _ in pins}), "one action in two versions"


@pytest.mark.parametrize("name, job, body", JOBS, ids=[f"{name}-{job}" for name, job, _ in JOBS])
def test_no_job_has_more_rights_than_it_needs(name, job, body):
    """The workflow may read; what writes is its own job, and runs nothing of the repository."""
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    runs = [step["run"] for step in body["steps"] if "run" in step]
    if "permissions" in body:
        assert all(line.startswith("gh ") for line in runs) and "container" not in body
        assert not any("checkout" in step.get("uses", "") for step in body["steps"])
    elif runs:
        assert body["container"].startswith("python:")
    for step in body["steps"]:
        assert "${{" not in step.get("run", ""), "what others write reaches a shell as a variable, never as text"
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_the_pythons_are_those_of_the_package():
    """Oldest, newest and one between."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = [each.rpartition(" ")[2] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert project["requires-python"] == f">={said[0]}"
    assert WORKFLOWS["weekly"]["jobs"]["matrix"]["strategy"]["matrix"]["python"] == said
    tested = WORKFLOWS["ci"]["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert tested[0] == said[0] and tested[-1] == said[-1] and 3 <= len(tested) <= len(said)
    assert (ROOT / "runtime.txt").read_text(encoding="utf-8").strip() in {f"python-{each}" for each in said}


@pytest.mark.parametrize("repository, image, link", [
    ("https://github.com/some/book", "![A](https://github.com/some/book/raw/v1.2/a.svg)",
     "[how](https://github.com/some/book/blob/v1.2/CONTRIBUTING.md)"),
    ("", "", "how"),
])
def test_the_packages_page_has_no_dead_link(repository, image, link):
    release = tool("release")
    text = "![A](a.svg)\n[how](CONTRIBUTING.md) [out](https://elsewhere.example)"
    assert release.readme(text, repository, "v1.2") == f"{image}\n{link} [out](https://elsewhere.example)"
    whole = release.readme((ROOT / "README.md").read_text(encoding="utf-8"), repository, "v1.2")
    assert [link for link in re.findall(r"\]\((\S+)\)", whole) if not link.startswith("https://")] == []


def test_every_extra_of_a_reader_is_tried():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(tool("try_wheel").EXTRAS) == {*project["optional-dependencies"]} - {"test", "release", "bench"}


def test_project_links_are_never_made_up():
    release = tool("release")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("\n[project.urls]")[0]  # an sdist has them
    assert "urls" not in tomllib.loads(release.pyproject(text, "", ""))["project"]
    urls = tomllib.loads(release.pyproject(text, "https://github.com/some/book", "https://a.example"))["project"]["urls"]
    assert urls["Source"] == "https://github.com/some/book" and urls["Book"] == "https://a.example"


def test_the_changelog_tells_this_version():
    release = tool("release")
    assert release.notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), release.version())
    with pytest.raises(SystemExit, match="nothing of 9.9"):
        release.notes("## 1.0\n\nwords\n", "9.9")
    assert release.notes("## 1.1\n\nnew\n\n## 1.0\n\nold\n", "1.1") == "new\n"


def test_a_tag_is_the_version(monkeypatch):
    release = tool("release")
    monkeypatch.setenv("GITHUB_REF_NAME", f"v{release.version()}")
    release.tag()
    monkeypatch.setenv("GITHUB_REF_NAME", "v0.0.0")
    with pytest.raises(SystemExit, match="v0.0.0"):
        release.tag()


def test_zenodo_hears_what_the_citation_says():
    archive = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert archive["title"] == citation["title"] and archive["license"] in citation["license"]
    assert [each["name"] for each in archive["creators"]] == [each["name"] for each in citation["authors"]]
    cited = [each["identifiers"][0]["value"] for each in citation["references"]]
    assert [each["identifier"] for each in archive["related_identifiers"]] == cited


def test_binder_installs_the_requirements_then_the_package():
    """What repo2docker 2026.4 prints for this tree, shortened; `make binder` asks the real one."""
    printed = """
COPY --chown=0:0 build_script_files/-2fbuildpacks-2fconda-2fenvironment-2epy-2d3-2e13-2dlinux-2d64-2elock-b4 env
RUN TIMEFORMAT='time: %3R' bash -c 'time install-base-env.bash'
RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "requirements.txt"
RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir .
"""
    python, commands = tool("binder").steps(printed)
    assert f"python-{python}" == (ROOT / "runtime.txt").read_text(encoding="utf-8").strip()
    assert commands == ['pip install --no-cache-dir -r "requirements.txt"', "pip install --no-cache-dir ."]


def test_binder_runs_chapters_of_the_book():
    chapters = [name.removesuffix(".ipynb") for name in tool("binder").CHAPTERS]
    assert len(chapters) == 2 and set(chapters) <= set(pytest.PAGES)


def test_binders_python_is_one_that_runs(tmp_path, monkeypatch, capsys):
    """A command of the right name that only complains is passed over, and said so."""
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tool("binder").interpreter("3.99") == sys.executable and "no Python 3.99" in capsys.readouterr().out
    assert tool("binder").interpreter(f"{sys.version_info.major}.{sys.version_info.minor}") == sys.executable
    assert capsys.readouterr().out == ""
