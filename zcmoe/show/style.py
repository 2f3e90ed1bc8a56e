"""One look for all figures: sizes, fonts, and a colour for each role.

The colours are those of the live figures and of the pages, checked for contrast and under three kinds of colour
blindness.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

import matplotlib.pyplot as plt

BETA = "#1F64A8"  # the regression function
EXPERTS = "#C2410C"  # constants of the experts
DENSITY = "#0F7B5F"  # segment density
INPUTS = "#6E7A8A"  # density of the inputs
EDGES = "#9A9A9A"  # borders of regions
EXACT = "#1F2328"  # the exact value of an error
FORMULA = "#8B2C86"  # an asymptotic formula for it
UNIFORM = "#767C85"  # the same with uniform segments
ROUTING = "#00798C"  # what the gate tells of x: I(X;T)
MEMORY = "#8C510A"  # what was learned keeps of the examples: I(S;W)

WIDTH = 4.6  # inches: letters of 11 points have 12 pixels on a phone

_RC = {
    "figure.figsize": (7.2, 3.6),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    "font.size": 11,
    "axes.titlesize": 11.5,
    "axes.labelsize": 11,
    "legend.fontsize": 10.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": plt.cycler(color=[BETA, EXPERTS, DENSITY, FORMULA, UNIFORM, INPUTS]),
    "lines.linewidth": 1.8,
    # An <img> sees no font of the page, so letters are drawn; and the same figure gives the same bytes.
    "svg.fonttype": "path",
    "svg.hashsalt": "zcmoe",
}


def style() -> AbstractContextManager[None]:
    """Return a context in which Matplotlib draws as the book does.

    `explore` draws inside it already.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> with style():
    ...     fig, ax = plt.subplots()
    >>> [float(inches) for inches in fig.get_size_inches()]
    [7.2, 3.6]
    >>> plt.close(fig)
    """
    return plt.rc_context(_RC)
