"""Binder's environment, made as repo2docker makes it, without Docker: `make binder`.

`repo2docker --no-build` prints the Dockerfile for this tree. Its lines that install are replayed in a fresh
environment, with the Python that the Dockerfile names where this machine has it; then a kernel starts, two chapters
and the engine's widget run. The conda packages below them (JupyterLab among them) are not replayed.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "_build" / "binder"
CHAPTERS = ["book/one_dimension.ipynb", "book/your_data.ipynb"]
KERNEL = """
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel()
client.execute_interactive("import zcmoe", timeout=60)
client.stop_channels(); manager.shutdown_kernel()
"""
RUN = """
import sys, nbformat
from nbclient import NotebookClient
for name in sys.argv[1:]:
    NotebookClient(nbformat.read(name, 4), resources={"metadata": {"path": "book"}}, timeout=300).execute()
    print(name, "runs", flush=True)
cell = nbformat.v4.new_code_cell("import zcmoe; zcmoe.show.playground(m=8)")
NotebookClient(nbformat.v4.new_notebook(cells=[cell])).execute()
(output,) = cell.outputs
assert "application/vnd.jupyter.widget-view+json" in output["data"], output
print("the engine's widget is there")
"""


def dockerfile(folder):
    """Return what repo2docker would build, as text, and leave its environment behind."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", "jupyter-repo2docker"], check=True)
    command = [folder / "bin" / "jupyter-repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=True)
    return done.stdout


def steps(text):
    """Return the Python and the pip commands of a Dockerfile by repo2docker.

    Examples
    --------
    >>> steps("COPY lib-2denvironment-2epy-2d3-2e12-2dlinux.lock /tmp\\nRUN ${KERNEL_PYTHON_PREFIX}/bin/pip install .")
    ('3.12', ['pip install .'])
    """
    (python,) = set(re.findall(r"environment-2epy-2d(\d-2e\d+)-2d", text))
    commands = re.findall(r"(?m)^RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/(pip install .*)$", text)
    return python.replace("-2e", "."), commands


def version_of(python):
    """Return "3.13", or None where the command does not run (a shim for a Python that is not chosen, say)."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    return done.stdout.strip() if done.returncode == 0 else None


def interpreter(wanted):
    """Return a Python of that version where there is one, else this one, and say so."""
    for python in filter(None, [sys.executable, shutil.which(f"python{wanted}")]):
        if version_of(python) == wanted:
            return python
    print(f"NOTICE: no Python {wanted} here; Binder's lines are replayed with {sys.version.split()[0]} instead")
    return sys.executable


def main():
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    wanted, commands = steps(dockerfile(PLACE / "repo2docker"))
    assert [command.split()[-1].strip('"') for command in commands] == ["requirements.txt", "."], commands
    start = time.monotonic()
    subprocess.run([interpreter(wanted), "-m", "venv", PLACE / "kernel"], check=True)
    python = PLACE / "kernel" / "bin" / "python"
    for command in commands:
        print(command, flush=True)
        subprocess.run([python, "-m", *shlex.split(command), "--quiet"], cwd=ROOT, check=True)
    installed = time.monotonic() - start
    environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    start = time.monotonic()
    subprocess.run([python, "-c", KERNEL], cwd=ROOT, env=environment, check=True)
    kernel = time.monotonic() - start
    subprocess.run([python, "-c", RUN, *CHAPTERS], cwd=ROOT, env=environment, check=True)
    files = (path for path in (PLACE / "kernel").rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(path.stat().st_size for path in files)
    print(f"Binder's environment: {size / 1e6:.0f} MB, installed in {installed:.0f} s, a kernel that has imported zcmoe"
          f" after {kernel:.1f} s")
    shutil.rmtree(PLACE)


if __name__ == "__main__":
    main()
