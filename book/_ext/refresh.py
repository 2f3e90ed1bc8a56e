"""Run all chapters in order and store what they print, with a picture of each figure's first state (stills.py).

Widgets are left out: the build makes them again. Execution counts stay, for nbval
compares nothing in a cell that has no count.
"""

import sys
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient

import stills

ROOT = Path(__file__).parents[2]


def files(node):
    """Yield what the table of contents lists, in order."""
    if isinstance(node, list):
        for item in node:
            yield from files(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "file":
                yield value
            else:
                yield from files(value)


def refresh(path):
    notebook = nbformat.read(path, as_version=4)
    before = stills.stored(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    # With store_widget_state off, an Output widget raises KeyError: store, then remove.
    NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False, coalesce_streams=True,
                   resources={"metadata": {"path": path.parent}}).execute()
    stills.keep(notebook, before)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


if __name__ == "__main__":
    # Chapters named on the command line, or all.
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [ROOT / f"{name}.ipynb" for name in files(contents)]
    for path in map(Path, sys.argv[1:]) if sys.argv[1:] else chapters:
        if path.exists():
            print(path.name, flush=True)
            refresh(path)
