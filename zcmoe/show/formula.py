"""β as a reader of a live figure types it: the twin of engine/compute/formula.mjs, which has the grammar."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

_LONGEST, _DEEPEST, _SCAN = 200, 40, 1024
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs,
}
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power, "neg": np.negative,
    "sign": lambda u: np.where(u < 0, -1.0, 1.0),  # at the kink itself one of the two
}
_CONSTANTS = {"pi": np.pi, "e": np.e}
_TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-zπ]+)|(\*\*|[-+*/^()])|(\S))", re.ASCII
)
_Tree = tuple[Any, ...]


def typed(text: str) -> tuple[Callable[..., Any], Callable[..., Any], tuple[float, ...]]:
    """Return β, its derivative by the rules, and the breakpoints where β′ may jump.

    Parameters
    ----------
    text : str
        Of numbers, x, pi, e, + - * / ^ ( ) and sin, cos, tan, atan, sinh, cosh, tanh, exp, log, sqrt, abs.

    Raises
    ------
    ValueError
        With the position, counted from 1, at which the text goes wrong; or where β or β′ is not finite.

    Examples
    --------
    >>> value, slope, breaks = typed("x^2 + abs(x - 1/4)")
    >>> float(value(np.array([0.5]))[0]), float(slope(np.array([0.5]))[0]), breaks
    (0.5, 2.0, (0.25,))
    """
    tree = _Parser(text).parse()
    value, slope = _function(tree), _function(_derivative(tree))
    x = np.arange(1, _SCAN) / _SCAN + 1e-7
    for name, f in ("β", value), ("β'", slope):
        found = f(x)
        if not np.isfinite(found).all():
            k = int(np.argmin(np.isfinite(found)))
            raise ValueError(f"beta['text']: {name} must be finite inside (0, 1), got {found[k]} near x = {x[k]:.3f}")
    breaks = sorted({zero for inner in _kinks(tree) for zero in _zeros(_function(inner))})
    return value, slope, tuple(breaks)


class _Parser:
    """Recursive descent; a tree is a tuple of its kind and its parts."""

    def __init__(self, text: str):
        if not isinstance(text, str) or len(text) > _LONGEST:
            raise ValueError(f"beta['text'] must be a text of at most {_LONGEST} characters, got {text!r:.60}")
        self.text, self.tokens, self.k, self.depth = text, list(_TOKEN.finditer(text)), 0, 0

    def parse(self) -> _Tree:
        tree = self.sum()
        if self.k < len(self.tokens):
            self.fail("an operator")
        return tree

    def fail(self, wanted: str) -> None:
        at, got = len(self.text) + 1, "the end"
        if self.k < len(self.tokens):
            token = self.tokens[self.k]
            word = token[token.lastindex or 0]
            at, got = token.end() - len(word) + 1, f'"{word}"'
        raise ValueError(f"beta['text']: expected {wanted} at position {at}, got {got}")

    def take(self, *signs: str) -> str | None:
        if self.k < len(self.tokens) and self.tokens[self.k][3] in signs:
            self.k += 1
            return str(self.tokens[self.k - 1][3])
        return None

    def deeper(self, what: str) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"at most {_DEEPEST} {what} inside each other")

    def chain(self, signs: tuple[str, ...], following: Callable[[], _Tree]) -> _Tree:
        left = following()
        while sign := self.take(*signs):
            left = (sign, left, following())
        return left

    def sum(self) -> _Tree:
        self.deeper("parentheses")
        tree = self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.signed))
        self.depth -= 1
        return tree

    def signed(self) -> _Tree:
        self.deeper("signs and powers")
        sign = self.take("-", "+")
        tree = self.signed() if sign else self.power()
        self.depth -= 1
        return ("neg", tree) if sign == "-" else tree

    def power(self) -> _Tree:
        base = self.atom()
        return ("^", base, self.signed()) if self.take("^", "**") else base

    def inside(self) -> _Tree:
        tree = self.sum()
        if not self.take(")"):
            self.fail("an operator or )")
        return tree

    def atom(self) -> _Tree:
        number = name = None
        if self.k < len(self.tokens):
            number, name = self.tokens[self.k][1], self.tokens[self.k][2]
        if self.take("("):
            return self.inside()
        if number:
            self.k += 1
            return "number", float(number)
        name = "pi" if name == "π" else name
        if name == "x" or name in _CONSTANTS:
            self.k += 1
            return (name,)
        if name not in _FUNCTIONS:
            self.fail(f"x, pi, e or one of {', '.join(_FUNCTIONS)}" if name else "a number, x or (")
        self.k += 1
        if not self.take("("):
            self.fail(f"( after {name}")
        return name, self.inside()


def _has_x(tree: Any) -> bool:
    return isinstance(tree, tuple) and (tree[0] == "x" or any(map(_has_x, tree[1:])))


_ONE, _TWO = ("number", 1.0), ("number", 2.0)
_RULES: dict[str, Callable[[_Tree], _Tree]] = {
    "sin": lambda u: ("cos", u),
    "cos": lambda u: ("neg", ("sin", u)),
    "tan": lambda u: ("+", _ONE, ("^", ("tan", u), _TWO)),
    "atan": lambda u: ("/", _ONE, ("+", _ONE, ("^", u, _TWO))),
    "sinh": lambda u: ("cosh", u),
    "cosh": lambda u: ("sinh", u),
    "tanh": lambda u: ("-", _ONE, ("^", ("tanh", u), _TWO)),
    "exp": lambda u: ("exp", u),
    "log": lambda u: ("/", _ONE, u),
    "sqrt": lambda u: ("/", ("number", 0.5), ("sqrt", u)),
    "abs": lambda u: ("sign", u),
}


def _derivative(tree: _Tree) -> _Tree:
    kind, a, b = (*tree, None, None)[:3]
    if not _has_x(tree):
        return "number", 0.0
    match kind:
        case "x":
            return _ONE
        case "neg":
            return "neg", _derivative(a)
        case "+" | "-":
            return kind, _derivative(a), _derivative(b)
        case "*":
            return "+", _times(_derivative(a), b), _times(a, _derivative(b))
        case "/" if not _has_x(b):
            return "/", _derivative(a), b
        case "/":
            return "-", ("/", _derivative(a), b), ("/", _times(a, _derivative(b)), ("^", b, _TWO))
        case "^" if not _has_x(b):
            return _times(_times(b, ("^", a, ("-", b, _ONE))), _derivative(a))
        case "^":
            return _times(tree, ("+", _times(_derivative(b), ("log", a)), ("/", _times(b, _derivative(a)), a)))
    return _times(_RULES[kind](a), _derivative(a))


def _times(a: _Tree, b: _Tree) -> _Tree:
    return ("number", 0.0) if ("number", 0.0) in (a, b) else ("*", a, b)  # 0 · ∞ is 0 where a part holds no x


def _function(tree: _Tree) -> Callable[..., Any]:
    def at(part: _Tree, x: np.ndarray) -> Any:
        kind, *rest = part
        if kind == "number":
            return np.full(x.shape, rest[0])
        if kind == "x":
            return x
        if kind in _CONSTANTS:
            return np.full(x.shape, _CONSTANTS[kind])
        return (_OPERATORS | _FUNCTIONS)[kind](*[at(each, x) for each in rest])

    def function(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return at(tree, np.asarray(x, dtype=float))

    return function


def _kinks(tree: Any) -> list[_Tree]:
    if not isinstance(tree, tuple):
        return []
    return [*([tree[1]] if tree[0] == "abs" else []), *(kink for part in tree[1:] for kink in _kinks(part))]


def _zeros(f: Callable[..., Any]) -> list[float]:
    """Where f changes its sign in (0, 1), or is 0 at a step of the scan."""
    x = np.clip(np.arange(_SCAN + 1) / _SCAN, 1e-12, 1 - 1e-12)
    y = f(x)
    found: list[float] = x[1:-1][(y[1:-1] == 0) & (y[:-2] != 0) & (y[2:] != 0)].tolist()
    for k in np.flatnonzero(y[:-1] * y[1:] < 0):
        low, high = x[k], x[k + 1]
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if f(middle) * y[k] > 0 else (low, middle)
        found.append(float((low + high) / 2))
    return found
