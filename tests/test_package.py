"""What `import zcmoe` promises."""

import ast
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import zcmoe

PACKAGE = Path(zcmoe.__file__).parent
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def printed(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout


def test_importing_the_package_loads_no_heavy_module():
    code = ("import sys, zcmoe; "
            "print([m for m in ('numpy', 'scipy', 'sklearn', 'matplotlib', 'ipywidgets') if m in sys.modules])")
    assert printed(code) == "[]\n"


def test_the_core_needs_no_scipy_submodule_at_import():
    code = ("import sys; from zcmoe import Problem, Intervals, optimal_density, approximation_error, fit_experts; "
            "print(any(m.startswith('scipy.') for m in sys.modules))")
    assert printed(code) == "False\n"


@pytest.mark.parametrize("name", zcmoe.__all__)
def test_every_public_name_resolves_and_is_documented(name):
    assert getattr(zcmoe, name).__doc__


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = zcmoe.nothing


def test_the_stub_says_what_the_table_says():
    """Editors read __init__.pyi, Python the table of __init__.py: the same names from the same homes."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    said = {(node.module, alias.name) for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
            if alias.asname == alias.name}  # what a stub exports
    assert said == {(f"zcmoe.{module}", name) for module, names in zcmoe._HOME.items() for name in names} | {
        ("zcmoe", name) for name in zcmoe._SUBMODULES}


def public_functions(path):
    """Functions and methods that a file offers to users: what its folder exports, or all without an underscore."""
    exported = re.search(r"__all__ = (\[.*?\])", (path.parent / "__init__.py").read_text(encoding="utf-8"), re.S)
    offered = ast.literal_eval(exported[1]) if path.parent not in (PACKAGE, PACKAGE / "show") else None
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        name = getattr(node, "name", "_")
        if not name.startswith("_") and (offered is None or name in offered):
            yield from [node] if isinstance(node, ast.FunctionDef) else filter(
                lambda each: isinstance(each, ast.FunctionDef) and not each.name.startswith("_"), node.body)


@pytest.mark.parametrize("path", [path for path in FILES if "/_" not in path.as_posix()],
                         ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_is_public_is_annotated(path):
    for node in public_functions(path):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        bare = [each.arg for each in arguments if each and not each.annotation and each.arg not in ("self", "cls")]
        assert node.returns and not bare, f"{node.name}: {bare or 'what it returns'}"


def test_dir_shows_names_and_submodules_and_no_machinery():
    public = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if not path.name.startswith((".", "_"))}
    assert set(zcmoe._SUBMODULES) == {name for name in public if "." not in name}
    assert set(dir(zcmoe)) == {*zcmoe.__all__, *zcmoe._SUBMODULES, "__version__"}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Run code with NumPy, SciPy and pytest and nothing else: a folder of links to them, on an isolated Python."""
    folder = tmp_path_factory.mktemp("alone")
    for name in ("numpy", "scipy", "pytest", "_pytest", "py", "iniconfig", "packaging", "pluggy", "pygments"):
        origin = Path(find_spec(name).origin)
        home = origin.parent if origin.name == "__init__.py" else origin
        for each in (home, home.with_name(f"{name}.libs")):
            if each.exists():
                (folder / each.name).symlink_to(each)
    paths = {"PYTHONPATH": os.pathsep.join([str(folder), str(PACKAGE.parent)]), "PYTHONDONTWRITEBYTECODE": "1"}
    return lambda *options: subprocess.run([sys.executable, "-S", *options], cwd=PACKAGE.parent, encoding="utf-8",
                                           env=os.environ | paths, capture_output=True)


@pytest.mark.parametrize("code, said", [
    ("from zcmoe import *; print('ZeroComputeMoERegressor' in dir(), 'Problem' in dir())", "False True\n"),
    ("import pydoc, zcmoe; print('fit_experts' in pydoc.render_doc(zcmoe))", "True\n"),
    ("import zcmoe; print([hasattr(zcmoe, name) for name in ('ZeroComputeMoERegressor', 'show', 'moments')])",
     "[False, False, True]\n"),
    ("import inspect, zcmoe; print('Problem' in dict(inspect.getmembers(zcmoe)))", "True\n"),
])
def test_numpy_and_scipy_are_enough(alone, code, said):
    done = alone("-c", code)
    assert done.stdout == said, done.stderr


@pytest.mark.parametrize("code", [
    "import zcmoe; zcmoe.ZeroComputeMoERegressor", "import zcmoe; zcmoe.estimator",
    "from zcmoe import ZeroComputeMoERegressor", "import zcmoe; zcmoe.show", "from zcmoe import show",
])
def test_what_is_missing_says_how_to_get_it(alone, code):
    extra = "show" if "show" in code else "sklearn"
    assert f"pip install 'zcmoe[{extra}]'" in alone("-c", code).stderr.splitlines()[-1]


def test_the_tests_of_the_core_need_pytest_alone(alone):
    done = alone("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_problem.py", "-k", "sample")
    assert done.returncode == 0 and "passed" in done.stdout, done.stdout + done.stderr


FLOORS = """
_typing _check _arrays _progress _laws _curve _quadrature _cubature _judge _rules _lloyd _polytope _one_pass
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


def room(module):
    return module.split(".")[1]


def imports(path):
    """The modules of zcmoe that a file imports, at its head or inside a function; not those for annotations alone."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    unread = {part for node in nodes if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
              for part in node.body}
    for node in filter(lambda node: node not in unread, nodes):
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
