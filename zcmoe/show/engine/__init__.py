"""The engine of the live figures: JavaScript that computes as the reader drags.

One set of sources serves pages and notebooks: `compute` has the mathematics, `hand` the gestures,
`draw` what all figures share, `figures` one file a figure. A function is named like its Python twin, in
camelCase. `page_script` joins the modules into a classic script, because modules do not load from
``file://``; `widget_script` into the ES module that anywidget takes. What they return is not stored.

A page shows a figure where it has::

    <figure data-zcmoe="cut" data-state='{"noise": 0.3}' id="cut"><img alt="…" src="…"></figure>
    <script defer src="page.js"></script>

`data-zcmoe` is one of `FIGURES`; `data-state` may leave out what the figure starts from. What stands in
the element gives way to the figure, a ``figcaption`` stays. `first_picture` draws what may stand there:
``first_picture("cut", {"noise": 0.3}, width=820)`` and, for a phone, one of width 374; Node draws it.
With an `id` the address may carry a state.

============  ====================================================================  ===========================
name          the figure                                                            its state
============  ====================================================================  ===========================
cut           Cut it yourself: seven cuts, eight constants                          a problem on [0, 1], as for
level         Level the bars by painting λ                                          ``show.playground``
many          How many is many?
feed          Feed the experts: learning from n examples
constant      One constant, then one cut
playground    Everything free: β drawn or typed, inputs, noise, m, cuts, n
cell          One cell, one slope                                                   shape, stretch, slope
voronoi       Voronoi cells under your hand                                         beta, centers
slabs         Slabs over a wave                                                     m, turn, waves
compander     Through the compander                                                 law, m, x
solid         The solid, turned                                                     solid, turn, tilt
numbers       Your numbers: two columns, fitted in the page, which sends nothing    m (0 is m̂)
============  ====================================================================  ===========================

The states of the last six, with their rules, stand in ``compute/worlds.mjs``.
``python -m zcmoe.show.engine`` writes a page with all of them.
"""

import re
from functools import lru_cache
from pathlib import Path

from zcmoe.show.engine.picture import first_frame, first_picture, node
from zcmoe.show.engine.presets import FIGURES

__all__ = ["FIGURES", "first_frame", "first_picture", "node", "page_script", "stylesheet", "widget_script"]

_HOME = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+)";\n', re.MULTILINE)
_SPARED = re.compile(r"^ *//[^\n]*\n|^ */\*\*.*?\*/\n|^export |^ +", re.MULTILINE | re.DOTALL)  # a reader needs them
_DEFINED = re.compile(
    r"^(?:export )?(?:async )?(?:const|let|class|function) (?:\{([^}]*)\}|\[([^\]]*)\]|(\w+))", re.MULTILINE
)


def page_script(home: str | Path = _HOME) -> str:
    """Return the classic script of a page: it mounts every element with ``data-zcmoe``.

    Parameters
    ----------
    home : str or path, optional
        The folder of the sources.

    Returns
    -------
    str

    Examples
    --------
    >>> page_script().startswith("(function joined() {")
    True
    """
    return f"({_joined(Path(home))})();\n"


def widget_script(home: str | Path = _HOME) -> str:
    """Return the ES module of the widget, which exports anywidget's ``render``.

    Parameters
    ----------
    home : str or path, optional
        The folder of the sources.

    Returns
    -------
    str

    Examples
    --------
    >>> widget_script().endswith("export default joined();" + chr(10))
    True
    """
    return f"{_joined(Path(home))}\nexport default joined();\n"


def stylesheet() -> str:
    """Return the rules of the figures. Colours are variables that the page may set.

    Returns
    -------
    str

    Examples
    --------
    >>> "--experts" in stylesheet()
    True
    """
    return (_HOME / "draw" / "figure.css").read_text(encoding="utf-8")


@lru_cache
def _joined(home: Path) -> str:
    """One function of all modules, each after those that it imports: a name that is taken twice is refused."""
    done: dict[Path, str] = {}
    owner: dict[str, Path] = {}

    def take(path: Path, waiting: list[Path]) -> None:
        if path in waiting:
            raise ValueError(
                f"modules must not import in a circle, got {' -> '.join(p.name for p in [*waiting, path])}"
            )
        if path in done:
            return
        text = path.read_text(encoding="utf-8")
        for name in _IMPORT.findall(text):
            take((path.parent / name).resolve(), [*waiting, path])
        for match in _DEFINED.finditer(text):
            for name in re.findall(r"\w+", next(filter(None, match.groups()))):
                if owner.setdefault(name, path) != path:
                    raise ValueError(f"{name} must be defined once, got it in {owner[name].name} and {path.name}")
        done[path] = _SPARED.sub("", _IMPORT.sub("", text))

    take(home / "index.mjs", [])
    css = (home / "draw" / "figure.css").read_text(encoding="utf-8").replace("\\", "\\\\").replace("`", "\\`")
    body = "\n".join(done.values()).replace("%STYLESHEET%", css)
    # A worker runs the same function; there is no document there.
    return f'function joined() {{\n"use strict";\n{body}\nreturn globalThis.document ? openDoors() : serve();\n}}'
