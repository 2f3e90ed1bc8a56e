"""Figures and widgets of the book; the mathematics is elsewhere in `zcmoe`.

Needs Matplotlib and ipywidgets (``pip install zcmoe[show]``).
"""

from .explore import Exploration, explore, picture
from .style import style

__all__ = ["Exploration", "explore", "picture", "style"]
