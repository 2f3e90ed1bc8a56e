"""A chapter that nbval found as it should be is not run once more for the pages.

Its run goes where the build keeps its own (_ext/surroundings.py).
"""

import copy
from pathlib import Path

import pytest

try:
    from filelock import FileLock
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from nbval.plugin import IPyNbCell

    from surroundings import cache_key
except ImportError:  # without the book's tools there is no build to spare
    IPyNbCell = ()

BUILD = Path(__file__).parents[1] / "_build"
WIDGETS = """from IPython.display import display
from ipywidgets import Widget
display({"application/vnd.jupyter.widget-state+json": Widget.get_manager_state()}, raw=True)"""


class Run:
    """What nbval saw of a chapter so far; who builds the pages waits for the lock."""

    def __init__(self, file):
        self.file, self.outputs = file, []
        BUILD.mkdir(exist_ok=True)
        self.lock = FileLock(BUILD / f".{file.path.stem}.run")
        self.lock.acquire()

    def executed(self):
        """Return the chapter as the build's own client would store it."""
        notebook, kernel, said = copy.deepcopy(self.file.nb), self.file.kernel.kc, []
        kernel.execute_interactive(WIDGETS, store_history=False, timeout=60, output_hook=said.append)
        notebook.metadata.widgets = next(one["content"]["data"] for one in said if one["msg_type"] == "display_data")
        notebook.metadata.language_info = kernel.kernel_info(reply=True, timeout=60)["content"]["language_info"]
        for cell, outputs in zip(cells(notebook), self.outputs, strict=True):
            cell.outputs = outputs
            for output in outputs:
                if output.output_type == "execute_result":
                    output.execution_count = cell.execution_count
        return notebook

    def keep(self):
        with FileLock(BUILD / ".keep"):
            cache = get_cache(BUILD / ".jupyter_cache" / cache_key(BUILD.parent))
            cache.cache_notebook_bundle(CacheBundleIn(self.executed(), self.file.path), overwrite=True)


def cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


runs = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not isinstance(item, IPyNbCell):
        return (yield)
    if item.parent not in runs:
        runs[item.parent] = Run(item.parent)
    done = yield
    runs[item.parent].outputs.append(item.test_outputs)
    return done


def pytest_runtest_teardown(item, nextitem):
    """Before the kernel ends."""
    if isinstance(item, IPyNbCell) and (nextitem is None or nextitem.parent is not item.parent):
        if run := runs.pop(item.parent, None):
            try:
                if len(run.outputs) == len(cells(item.parent.nb)):  # none was left out, none failed
                    run.keep()
            finally:
                run.lock.release()
