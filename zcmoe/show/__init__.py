"""Figures and widgets of the book; the mathematics is elsewhere in `zcmoe`.

Needs Matplotlib, ipywidgets and anywidget (``pip install zcmoe[show]``). Each function of a chapter's module draws one
figure, and returns it with its alt text.
"""

from zcmoe.show.explore import Exploration, explore, picture
from zcmoe.show.fit import plot_fit
from zcmoe.show.live import playground, problem_of
from zcmoe.show.style import style

__all__ = ["Exploration", "explore", "picture", "playground", "plot_fit", "problem_of", "style"]
