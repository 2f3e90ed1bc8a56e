"""The live figure in a notebook: what the hand does there is in Python for the next cell."""

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import numpy as np
import traitlets

from zcmoe import _check
from zcmoe.density import SegmentDensity, optimal_density
from zcmoe.optimum import optimal_intervals
from zcmoe.problem import Problem
from zcmoe.segmentation import Intervals, Segmentation
from zcmoe.show.engine import FIGURES, widget_script
from zcmoe.show.formula import typed
from zcmoe.show.worlds import check_world, plane_cuts, plane_problem, worlds

__all__ = ["START", "Playground", "cuts_of", "playground", "problem_of", "without_scripts"]

KNOTS = np.arange(25) / 24  # where a drawn β is held
PAINTED = 96  # steps of a painted segment density
START: dict[str, Any] = {
    "beta": {"kind": "cos"},
    "inputs": {"kind": "normal", "mean": 0.4, "width": 0.2},
    "noise": 0.5,
    "m": 16,
    "cuts": {"kind": "uniform"},
    "n": 0,
    "seed": 7,
}

_W = 6 * np.pi
_BETAS: dict[str, tuple[Any, Any, Any]] = {  # β, β', breakpoints
    "cos": (lambda x: np.cos(_W * x), lambda x: -_W * np.sin(_W * x), ()),
    "piecewise": (
        lambda x: np.where(x < 0.5, np.cos(_W * x), -1.0),
        lambda x: np.where(x < 0.5, -_W * np.sin(_W * x), 0.0),
        (0.5,),
    ),
    "square": (np.square, lambda x: 2 * x, ()),
    "exp": (np.exp, np.exp, ()),
    "step": (lambda x: np.where(x < 0.5, -0.5, 0.5), np.zeros_like, (0.5,)),
}
# What each kind of inputs and of cuts holds besides its kind.
_INPUTS = {"uniform": (), "normal": ("mean", "width"), "linear": ("slope",), "beta": ("a", "b")}
_CUTS = {
    "uniform": (),
    "density": (),
    "inputs": (),
    "optimum": (),
    "power": ("s",),
    "painted": ("heights",),
    "hand": ("at",),
}


class Playground(anywidget.AnyWidget):
    """A live figure; its `repr` is one line that lasts.

    A notebook that is stored with the state of its widgets would hold the engine's script once a figure;
    :func:`without_scripts` takes it out. Pages bring the script themselves.

    Attributes
    ----------
    state : dict
        What is shown; it follows the reader's hand, and the figure follows an assignment.
    figure : str
        Which of the engine's figures shows it.
    """

    _esm = widget_script()
    state = traitlets.Dict().tag(sync=True)
    figure = traitlets.Unicode("playground").tag(sync=True)

    @property
    def problem(self) -> Problem:
        """The data model (1) of the state: a `Problem`."""
        problem: Problem = self._meant(problem_of, plane_problem)
        return problem

    @property
    def cuts(self) -> Segmentation:
        """The segmentation of the state: `Intervals`, or `Voronoi` in the plane."""
        cuts: Segmentation = self._meant(cuts_of, plane_cuts)
        return cuts

    def _meant(self, line: Callable[..., Any], plane: Callable[..., Any]) -> Any:
        if self.figure not in worlds():
            return line(self.state)
        if self.figure not in ("slabs", "voronoi"):
            raise ValueError(f"the figure {self.figure!r} holds no problem, only its state")
        return plane(self.figure, self.state)

    @traitlets.validate("state")
    def _checked(self, proposal: dict[str, Any]) -> dict[str, Any]:
        return _checked_for(self.figure, proposal["value"])

    def __repr__(self) -> str:
        if self.figure in worlds():
            told = ", ".join(f"{key} {value}" for key, value in self.state.items() if not isinstance(value, list))
            return f"<{self.figure}: {told}>"
        beta, cuts = self.state["beta"]["kind"], self.state["cuts"]["kind"]
        return f"<{self.figure}: β {beta}, {self.state['m']} experts, cuts {cuts}>"


def playground(figure: str = "playground", /, **state: Any) -> Playground:
    """Show a live figure that answers the hand.

    Parameters
    ----------
    figure : str, optional
        "playground", where everything is free, or one of the book's figures.
    **state
        What to start from: `beta`, `inputs` and `cuts` as dicts with their kind (a β of kind "typed" has its
        `text`); `noise`, the bound B of uniform noise; `m` experts; `n` examples, drawn with `seed`. What is left out
        is that of the figure's own, or of the book's running example. The figures "cell", "voronoi", "slabs",
        "compander", "solid" and "numbers" have states of their own, which :mod:`zcmoe.show.engine` lists.

    Returns
    -------
    Playground
        The widget, with `state`, `problem` and `cuts`.

    Raises
    ------
    ValueError
        No such figure, or a state that the engine does not have.

    Examples
    --------
    >>> live = playground(m=8, cuts={"kind": "density"})
    >>> live
    <playground: β cos, 8 experts, cuts density>
    >>> live.cuts
    Intervals(8 regions on [0, 1])
    """
    if figure not in FIGURES:
        raise ValueError(f"figure must be one of {', '.join(FIGURES)}, got {figure!r}")
    return Playground(figure=figure, state=_checked_for(figure, FIGURES[figure] | state))


def without_scripts(notebook: dict[str, Any]) -> int:
    """Take the scripts of anywidgets out of a notebook's stored widget state, in place.

    They stand under ``metadata.widgets``, as ``_esm`` and ``_css`` of each model; what the figure shows, its name
    and its state stay. A running kernel sends the script again.

    Parameters
    ----------
    notebook : dict
        As ``json.load`` or ``nbformat.read`` gives it.

    Returns
    -------
    int
        How many models had one.

    Examples
    --------
    >>> model = {"model_module": "anywidget", "state": {"_esm": "…", "figure": "cut"}}
    >>> stored = {"metadata": {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"a": model}}}}}
    >>> without_scripts(stored), model["state"]
    (1, {'figure': 'cut'})
    """
    found = 0
    for kind in notebook.get("metadata", {}).get("widgets", {}).values():
        for model in kind.get("state", {}).values():
            taken = [model.get("state", {}).pop(key, None) for key in ("_esm", "_css")]
            found += any(part is not None for part in taken)
    return found


def problem_of(state: Mapping[str, Any]) -> Problem:
    """Return the data model (1) that a state of a live figure describes.

    Parameters
    ----------
    state : dict
        As of :func:`playground`.

    Returns
    -------
    Problem

    Raises
    ------
    ValueError
        A state that the engine does not have.

    Examples
    --------
    >>> problem = problem_of({"beta": {"kind": "square"}, "noise": 0.3})
    >>> print(f"{problem.noise_variance:.2f}")
    0.03
    """
    from scipy import stats
    from scipy.interpolate import Akima1DInterpolator

    state = _check_state(state)
    beta, bound = state["beta"], state["noise"]
    value, slope, breakpoints = _BETAS.get(beta["kind"], (None, None, KNOTS[1:-1]))
    if beta["kind"] == "typed":
        value, slope, breakpoints = typed(beta["text"])
    if beta["kind"] == "drawn":
        value = Akima1DInterpolator(KNOTS, beta["y"], method="makima")
        slope = value.derivative()
    return Problem(
        value, _law(state["inputs"]), stats.uniform(-bound, 2 * bound), gradient=slope, breakpoints=breakpoints
    )


def cuts_of(state: Mapping[str, Any]) -> Intervals:
    """Return the segmentation that a state of a live figure describes.

    Returns
    -------
    Intervals

    Examples
    --------
    >>> cuts_of({"m": 3, "cuts": {"kind": "hand", "at": [0.2, 0.5]}}).edges
    array([0. , 0.2, 0.5, 1. ])
    """
    state = _check_state(state)
    m, cuts = state["m"], state["cuts"]
    match cuts["kind"]:
        case "uniform":
            return Intervals.uniform(m)
        case "hand":
            return Intervals([0, *cuts["at"], 1])
        case "optimum":
            return optimal_intervals(problem_of(state), m)
        case "painted":
            heights, steps = np.array(cuts["heights"], dtype=float), np.arange(1, PAINTED) / PAINTED
            density = SegmentDensity(lambda x: heights[np.searchsorted(steps, x, side="right")], breakpoints=steps)
        case "power":
            problem = problem_of(state)
            density = SegmentDensity(lambda x: problem.weight(x, 1e-6) ** cuts["s"], breakpoints=problem.breakpoints)
        case "inputs":  # whose support may end a rounding inside [0, 1]
            return Intervals([0, *problem_of(state).inputs.ppf(np.arange(1, m) / m), 1])
        case "density":
            density = optimal_density(problem_of(state))
    return Intervals.from_density(density, m)


def _law(inputs: dict[str, Any]) -> Any:
    from scipy import stats

    match inputs["kind"]:
        case "uniform":
            return stats.uniform()
        case "normal":
            mean, width = inputs["mean"], inputs["width"]
            low, high = -mean / width, (1 - mean) / width
            while mean + low * width < 0:  # a rounding outside [0, 1]
                low = np.nextafter(low, np.inf)
            while mean + high * width > 1:
                high = np.nextafter(high, -np.inf)
            return stats.truncnorm(low, high, mean, width)
        case "linear":
            return SegmentDensity(lambda x: 1 + inputs["slope"] * (x - 0.5))
        case "beta":
            return stats.beta(inputs["a"], inputs["b"])


def _checked_for(figure: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return check_world(figure, given) if figure in worlds() else _check_state(given)


def _check_state(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole state, START's where it says nothing; refuse by name what the engine would refuse."""
    unknown = set(given) - set(START)
    if unknown:
        raise ValueError(f"state must hold only {', '.join(START)}, got {', '.join(sorted(unknown))}")
    state = START | dict(given)
    _check.real(state["noise"], "noise", 0.01, 100)
    for name, least, most in ("m", 1, 200), ("n", 0, 10_000), ("seed", 0, 2**53 - 1):
        _check.real(_check.count(state[name], name, least), name, least, most)
    beta, inputs, cuts = (
        _check_kind(state[name], name, kinds)
        for name, kinds in [
            ("beta", {**dict.fromkeys(_BETAS, ()), "drawn": ("y",), "typed": ("text",)}),
            ("inputs", _INPUTS),
            ("cuts", _CUTS),
        ]
    )
    if beta["kind"] == "typed":
        typed(beta["text"])
    if beta["kind"] == "drawn":
        _check.within(_check.vector(beta["y"], "beta['y']", KNOTS.size), -100, 100, "beta['y']")
    ranges = {"mean": (-1, 2), "width": (1e-9, 5), "slope": (-2, 2), "s": (0, 0.6)}
    for part, name in (inputs, "inputs"), (cuts, "cuts"):
        for key in ranges.keys() & part.keys():
            _check.real(part[key], f"{name}[{key!r}]", *ranges[key])
    for key in {"a", "b"} & inputs.keys():
        _check.real(_check.count(inputs[key], f"inputs[{key!r}]"), f"inputs[{key!r}]", 1, 9)
    if cuts["kind"] == "hand":
        _check.increasing([0, *_check.vector(cuts["at"], "cuts['at']", state["m"] - 1), 1], "cuts['at'] (with 0 and 1)")
    if cuts["kind"] == "painted":
        _check.within(_check.vector(cuts["heights"], "cuts['heights']", PAINTED), 1e-12, 100, "cuts['heights']")
    return state


def _check_kind(part: Any, name: str, kinds: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    if not isinstance(part, dict) or part.get("kind") not in kinds:
        raise ValueError(f"{name} must be a dict with a kind among {', '.join(kinds)}, got {part!r}")
    wanted = ["kind", *kinds[part["kind"]]]
    if set(part) != set(wanted):
        raise ValueError(f"{name} of kind {part['kind']!r} must hold {', '.join(wanted)}, got {', '.join(part)}")
    return part
