"""A fitted regressor in a picture: its regions and constants, and the examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from zcmoe.show.style import BETA, EXPERTS

if TYPE_CHECKING:
    from zcmoe.estimator import ZeroComputeMoERegressor

_PIXELS = 400  # a side
_SHOWN = 3000  # examples; more hide each other


def plot_fit(model: ZeroComputeMoERegressor, X: ArrayLike | None = None, y: ArrayLike | None = None,
             ax: Axes | None = None) -> Axes:
    """Draw a fitted regressor of one feature, constants over their intervals, or of two, regions in colour.

    The model is asked only for its regions and constants.

    Parameters
    ----------
    model : ZeroComputeMoERegressor
        Fitted, with a single y.
    X : array_like, shape (n, 1) or (n, 2), optional
        Examples to draw; of many, every s-th.
    y : array_like, shape (n,), optional
        Their values; needed with X for one feature. For two they colour the examples.
    ax : matplotlib Axes, optional
        A new one when None.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the model has more than two features or several y, or X and y do not fit together.
    """
    d, constants = model.n_features_in_, model.constants_
    if d > 2 or constants.ndim > 1:
        raise ValueError(f"model must have one feature or two and a single y, got {d} features and constants of shape "
                         f"{constants.shape}")
    x = None if X is None else np.asarray(X, dtype=float)
    if x is not None and (x.ndim != 2 or x.shape[1] != d):
        raise ValueError(f"X must have shape (n, {d}), got {x.shape}")
    y = None if y is None else np.asarray(y, dtype=float)
    if (y is not None or d == 1) and (x is None) != (y is None) or (y is not None and y.shape != (len(x),)):
        raise ValueError(f"X and y must be given together, of the same length, got shapes {np.shape(X)} and "
                         f"{np.shape(y)}")
    names = [str(name) for name in getattr(model, "feature_names_in_", ["x"] if d == 1 else ["x₁", "x₂"])]
    ax = plt.subplots()[1] if ax is None else ax
    some = slice(None) if x is None else slice(None, None, -(-len(x) // _SHOWN) or 1)
    if d == 1:
        if x is not None:
            ax.scatter(x[some, 0], y[some], s=14 if len(x) <= 500 else 2, color=BETA, alpha=0.55, linewidths=0)
        ax.stairs(constants, model.segmentation_.edges, baseline=None, color=EXPERTS, linewidth=2)
        ax.set(xlabel=names[0], ylabel="y")
        return ax
    _plane(ax, model, x, y, some)
    ax.set(xlabel=names[0], ylabel=names[1])
    return ax


def _plane(ax, model, x, y, some):
    """Regions of two features in the colour of their constant."""
    (left, bottom), (right, top) = model.bounds_
    sides = [np.linspace(*ends, _PIXELS) for ends in ((left, right), (bottom, top))]
    points = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    value = model.constants_[model.apply(points)].reshape(_PIXELS, _PIXELS)
    image = ax.pcolormesh(*sides, value, cmap="viridis", shading="nearest", rasterized=True)
    ax.figure.colorbar(image, ax=ax, label="y")
    if x is not None:
        colour = {"color": "white"} if y is None else {"c": y[some], "norm": image.norm, "cmap": image.cmap}
        ax.scatter(*x[some].T, s=10, edgecolors="black", linewidths=0.4, **colour)
