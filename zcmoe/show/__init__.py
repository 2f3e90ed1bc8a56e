"""Figures and widgets of the book; the mathematics is elsewhere in `zcmoe`.

Needs Matplotlib and ipywidgets (``pip install zcmoe[show]``).
"""

from zcmoe.show.explore import Exploration, explore, picture
from zcmoe.show.style import style

__all__ = ["Exploration", "explore", "picture", "style"]
