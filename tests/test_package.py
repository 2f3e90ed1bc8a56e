"""What `import zcmoe` promises."""

import subprocess
import sys

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
