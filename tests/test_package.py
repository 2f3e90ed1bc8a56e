"""What `import zcmoe` promises."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import zcmoe


def test_importing_the_package_loads_no_heavy_module():
    code = ("import sys, zcmoe; "
            "print([m for m in ('numpy', 'scipy', 'sklearn', 'matplotlib', 'ipywidgets') if m in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_core_needs_no_scipy_submodule_at_import():
    code = ("import sys; from zcmoe import Problem, Intervals, optimal_density, approximation_error, fit_experts; "
            "print(any(m.startswith('scipy.') for m in sys.modules))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("name", zcmoe.__all__)
def test_every_public_name_resolves_and_is_documented(name):
    assert getattr(zcmoe, name).__doc__


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        zcmoe.nothing


# The way through the code: a module imports only from those to its left.
ORDER = ["_check", "_quadrature", "_curve", "_sample", "_line", "_cube", "_laws", "_fast", "lattices", "problem", "density",
         "segmentation", "moments", "experts", "errors", "voronoi", "optimum", "quantization", "learning", "concentration", "estimator"]


@pytest.mark.parametrize("module", ORDER)
def test_imports_go_one_way(module):
    text = (Path(zcmoe.__file__).parent / f"{module}.py").read_text()
    code = re.sub(r'"""(?s:.*?)"""', "", text)  # doctests may use what they like
    used = set(re.findall(r"from zcmoe\.(\w+) import", code))
    for names in re.findall(r"from (?:zcmoe|\.) import ([\w, ]+)", code):
        used |= set(names.split(", "))
    assert used <= set(ORDER[:ORDER.index(module)])


def test_every_module_has_its_place():
    assert {path.stem for path in Path(zcmoe.__file__).parent.glob("*.py")} == {*ORDER, "__init__"}
