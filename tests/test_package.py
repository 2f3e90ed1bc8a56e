"""What `import zcmoe` promises."""

import ast
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


FLOORS = """
_check _laws _line _cube _sample _quadrature _cubature _judge _rules _lloyd _polytope
problem density lattices
segmentation
moments composition
experts errors concentration
optimum manifolds
learning quantization gating
show
estimator
"""
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS.strip().splitlines()) for room in rooms.split()}
PACKAGE = Path(zcmoe.__file__).parent
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def room(module):
    return module.split(".")[1]


def imports(path):
    """The modules of zcmoe that a file imports, at its head or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "zcmoe":
            yield from (f"zcmoe.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("zcmoe."):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("zcmoe."))
        assert not (isinstance(node, ast.ImportFrom) and node.level), "imports say where from"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down_the_floors(path):
    """A file imports from floors below, or from its own folder; on the ground floor from whatever is no circle."""
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for module in imports(path):
        there = room(module)
        assert there == here or FLOOR[there] < FLOOR[here] or FLOOR[here] == 0, f"{here} imports {module}"


def test_no_circle():
    """File by file, by the imports that run when a file is loaded or later."""
    graph = {}
    for path in FILES:
        name = "zcmoe." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        graph[name.removesuffix(".__init__")] = set(imports(path))
    done = set()

    def visit(name, way):
        assert name not in way, f"a circle: {' -> '.join([*way, name])}"
        if name not in done:
            for other in graph.get(name, ()):
                visit(other, [*way, name])
            done.add(name)

    for name in graph:
        visit(name, [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_rooms_are_small(path):
    """No file above 400 lines, no function longer than a screen; no file named like a public function."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            documented = ast.get_docstring(node) is not None
            first = node.body[0].end_lineno if documented else node.lineno
            assert node.end_lineno - first <= 50, f"{node.name} has {node.end_lineno - first} lines"
    assert path.stem not in zcmoe.__all__
