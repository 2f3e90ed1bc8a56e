"""Figures that a reader explores with no kernel behind the page.

Every combination of the choices is drawn once, when the cell runs. The controls
choose a frame by client-side links alone, so the same output lives in JupyterLab,
in Binder and on a static page.
"""

from __future__ import annotations

import base64
import html
import io
import math
import numbers
import re
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure
from PIL import Image

from zcmoe.show.style import style

__all__ = ["Exploration", "explore", "picture"]

_WIDE = {"width": "100%"}
_MOST_SVG_MARKS = 500  # beyond this a PNG is smaller


class Exploration(widgets.VBox):
    """Controls above a stack of frames; its `repr` is one line that lasts.

    A notebook that is stored without its widgets keeps a picture of the first frame.

    Attributes
    ----------
    controls : dict
        The control of each parameter that has more than one value.
    """

    controls: dict[str, Any]

    def __init__(self, controls: dict[str, Any], frames: Any, summary: str, still: str):
        super().__init__([*controls.values(), frames], layout=_WIDE)
        self.add_class("zcmoe-figure")
        self.controls = controls
        self._summary = summary
        self._still = still

    def __repr__(self):
        return f"<{self._summary}>"

    def _repr_mimebundle_(self, **kwargs):
        return super()._repr_mimebundle_(**kwargs) | {"image/png": self._still}


def explore(draw: Callable[..., tuple[Figure, str]], /, *, start: dict[str, Any] | None = None,
            fmt: Literal["svg", "png"] | None = None, **choices: Sequence[Any]) -> Exploration:
    """Draw a figure for every combination of choices, and show one at a time.

    Numbers become a slider, words become buttons; a parameter with a single value
    gets no control.

    Parameters
    ----------
    draw : callable
        ``draw(name=value, ...)`` returns a Matplotlib figure and its alt text. It is
        called inside `style`, and the figure is closed afterwards.
    start : dict, optional
        The value that a parameter has at first, by name; its first one by default.
    fmt : {"svg", "png"}, optional
        By default SVG, and PNG for a figure of more than 500 marks.
    **choices : sequence
        The values of each parameter, in the order of the controls.

    Returns
    -------
    Exploration
        The widget.

    Raises
    ------
    ValueError
        No choices, no values, values that look the same, a start that is not among
        the values, or a `draw` that returns something else.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> def draw(m, target):
    ...     fig, ax = plt.subplots()
    ...     ax.plot([0, m])
    ...     return fig, f"a line up to {m}, called {target}"
    >>> explore(draw, m=[4, 8, 16], target=["cosine", "piecewise"], start={"m": 8})
    <explore m, target: 6 frames>
    """
    if not choices:
        raise ValueError("choices must name at least one parameter and its values, as in m=[4, 8, 16], got none")
    if fmt not in (None, "svg", "png"):
        raise ValueError(f"fmt must be 'svg', 'png' or None, got {fmt!r}")
    choices = {name: _values(name, values) for name, values in choices.items()}
    start = {name: values[0] for name, values in choices.items()} | _start(start or {}, choices)
    at = {name: choices[name].index(value) for name, value in start.items()}
    stacks = {name: [] for name in choices}
    first = []
    total = math.prod(map(len, choices.values()))

    def frames(chosen):
        if len(chosen) == len(choices):
            with style():
                frame, fig = _frame(draw(**chosen), fmt, f"draw({', '.join(f'{k}={v!r}' for k, v in chosen.items())})")
            if chosen == start:
                first.append(_still(fig))
            drawn()
            return frame
        name = list(choices)[len(chosen)]
        below = [frames(chosen | {name: value}) for value in choices[name]]
        stack = widgets.Stack(below, selected_index=at[name], layout=_WIDE)
        stacks[name].append(stack)
        return stack

    with _progress(total) as drawn:
        root = frames({})
    controls = {name: _control(name, values, at[name]) for name, values in choices.items() if len(values) > 1}
    for name, control in controls.items():
        for stack in stacks[name]:
            widgets.jsdlink((control, "index"), (stack, "selected_index"))
    return Exploration(controls, root, f"explore {', '.join(choices)}: {total} frame{'s' * (total > 1)}", *first)


def picture(fig: Figure, alt: str, *, fmt: Literal["svg", "png"] | None = None) -> Exploration:
    """Show one figure, with its alt text, in the way of `explore`.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure; it is closed.
    alt : str
        What a reader who does not see it should know.
    fmt : {"svg", "png"}, optional
        As in `explore`.

    Returns
    -------
    Exploration
        The widget, without controls.

    Raises
    ------
    ValueError
        Not a figure, or no alt text.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> picture(fig, "empty axes")
    <picture>
    """
    frame, fig = _frame((fig, alt), fmt, "picture")
    return Exploration({}, frame, "picture", _still(fig))


def _values(name, values):
    values = [values] if isinstance(values, str) else list(values)
    if not values:
        raise ValueError(f"{name} must have at least one value, got none")
    labels = [_label(value) for value in values]
    for i, label in enumerate(labels):
        if label in labels[:i]:
            raise ValueError(f"{name} must have distinct values, "
                             f"got {label!r} at positions {labels.index(label)} and {i}")
    return values


def _start(start, choices):
    for name, value in start.items():
        if name not in choices:
            raise ValueError(f"start must name parameters among {list(choices)}, got {name!r}")
        if value not in choices[name]:
            raise ValueError(f"start[{name!r}] must be one of {choices[name]}, got {value!r}")
    return start


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _label(value):
    return f"{value:g}" if _is_number(value) and not isinstance(value, numbers.Integral) else str(value)


def _control(name, values, index):
    title = name.replace("_", " ")
    options = [(_label(value), i) for i, value in enumerate(values)]
    common = {"options": options, "index": index, "description": title, "tooltip": title}
    if all(map(_is_number, values)):
        return widgets.SelectionSlider(**common, style={"description_width": "initial"},
                                       layout=_WIDE | {"max_width": "36em"})
    return widgets.ToggleButtons(**common, style={"description_width": "initial", "button_width": "auto"}, layout=_WIDE)


def _frame(drawn, fmt, caller):
    """Return the HTML widget of one (figure, alt text), and the figure, which is closed."""
    match drawn:
        case (Figure() as fig, str(alt)) if alt.strip():
            pass
        case (Figure() as fig, _):
            plt.close(fig)
            raise ValueError(f"alt, the alt text of {caller}, must be a non-empty string, got {drawn[1]!r}")
        case _:
            raise ValueError(f"draw must return a Matplotlib figure and its alt text, got {drawn!r} from {caller}")
    fmt = fmt or ("svg" if _marks(fig) <= _MOST_SVG_MARKS else "png")
    if engine := fig.get_layout_engine():
        engine.execute(fig)
    with _laid_out(fig):
        data = _svg(fig) if fmt == "svg" else _png(fig)
    plt.close(fig)
    mime = "image/svg+xml" if fmt == "svg" else "image/png"
    width, height = fig.get_size_inches() * 100
    frame = widgets.HTML(
        f'<img alt="{html.escape(alt)}" width="{width:.0f}" height="{height:.0f}" '
        f'style="max-width: 100%; height: auto" src="data:{mime};base64,{base64.b64encode(data).decode()}">',
        layout=_WIDE,
    )
    return frame, fig


@contextmanager
def _laid_out(fig):
    """A style without a layout engine: while a figure has one, saving draws it twice."""
    with style(), plt.rc_context({"figure.autolayout": False, "figure.constrained_layout.use": False}):
        fig.set_layout_engine(None)  # that of rcParams, to which saving returns
        yield


def _svg(fig):
    file = io.BytesIO()
    fig.savefig(file, format="svg", metadata={"Date": None})
    return re.sub(rb"\s*<!--.*?-->", b"", file.getvalue(), flags=re.S)


def _png(fig):
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=150, metadata={"Software": None})
    return file.getvalue()


def _still(fig):
    """Return a small picture of a figure, in base64: a stored notebook has dozens."""
    with _laid_out(fig):
        return small_png(_png(fig))


def small_png(png: bytes, **options: Any) -> str:
    """Return a PNG in 64 colours, in base64."""
    file = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(64).save(file, format="png", optimize=True, **options)
    return base64.b64encode(file.getvalue()).decode()


def _marks(fig):
    """Count what an SVG would hold one element each for: points, bars, cells."""
    return sum(
        sum(max(len(c.get_offsets()), len(c.get_paths())) for c in ax.collections)
        + sum(len(line.get_xdata()) for line in ax.lines if line.get_marker() not in (None, "None", "", " "))
        + len(ax.patches)
        for ax in fig.axes
    )


@contextmanager
def _progress(total):
    """Give a function that counts drawn frames in front of whoever waits for them.

    Only a person can answer a prompt: programs that run and store notebooks say that
    they can't. They get no count, so that none is ever stored or compared.
    """
    shell = get_ipython()
    if not getattr(getattr(shell, "kernel", None), "_allow_stdin", False):
        yield lambda: None
        return
    count = 0
    line = display({"text/plain": ""}, raw=True, display_id=True)

    def drawn():
        nonlocal count
        count += 1
        line.update({"text/plain": f"drawing frame {count} of {total}"}, raw=True)

    try:
        yield drawn
    finally:
        line.update({}, raw=True)
