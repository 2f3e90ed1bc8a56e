"""A function with one thing changed in its text, for as long as a `with` block lasts."""

import __future__

import ast
import gc
import importlib
import inspect
import textwrap
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cached_property, reduce


def resolve(path):
    """The plain function at a dotted path."""
    names = path.split(".")
    for end in range(len(names) - 1, 0, -1):
        try:
            thing = importlib.import_module(".".join(names[:end]))
        except ModuleNotFoundError:
            continue
        return plain(reduce(lambda at, name: inspect.getattr_static(at, name), names[end:], thing))
    raise ValueError(f"no module of {path}")


def plain(thing):
    """The function inside a property, a static method or a cache."""
    for name in ("fget", "__func__", "func", "__wrapped__"):
        thing = getattr(thing, name, thing) if isinstance(
            thing, (property, staticmethod, classmethod, cached_property, _lru_cache_wrapper)) else thing
    return thing


def rewritten(function, change):
    """The code of a function whose text `change` has changed."""
    tree = ast.parse(change(textwrap.dedent(inspect.getsource(function))))
    tree.body[0].decorator_list = []
    space = dict(function.__globals__)
    flags = __future__.annotations.compiler_flag  # whose names may stand for types alone
    exec(compile(tree, inspect.getfile(function), "exec", flags), space)
    return space[function.__name__].__code__


def replaced(old, new):
    """A change of text: every place where `old` stands."""
    def change(text):
        assert old in text, f"{old!r} does not stand there"
        return text.replace(old, new)
    return change


def caches(*packages):
    """The caches of functions, which may hold what another text said."""
    gc.unfreeze()  # what conftest.py hid from the search
    found = [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)
             and (each.__module__ or "").split(".")[0] in packages]
    gc.freeze()
    return found


@contextmanager
def mutated(path, change, forget=()):
    """The function at `path`, wherever it is held, with its text changed; the caches of `forget` are emptied."""
    function = resolve(path)
    code = rewritten(function, change)
    before, function.__code__ = function.__code__, code
    for each in forget:
        each.cache_clear()
    try:
        yield
    finally:
        function.__code__ = before
        for each in forget:
            each.cache_clear()
