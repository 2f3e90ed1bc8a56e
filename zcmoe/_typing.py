"""The types that signatures share. What is checked when it runs, shapes above all, no type can say."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

Function: TypeAlias = Callable[[np.ndarray], ArrayLike]  # of x, shape (n,) or (n, d), to values (n,)
Seed: TypeAlias = (int | Sequence[int] | np.random.SeedSequence | np.random.BitGenerator | np.random.Generator
                   | np.random.RandomState | None)  # what numpy.random.default_rng takes
Counts: TypeAlias = int | Sequence[int] | np.ndarray  # one number of experts or examples, or several
LikeInput: TypeAlias = Any  # a float for a number, an array of its shape for an array
Cells: TypeAlias = Literal["isotropic", "any"]
Moment: TypeAlias = float | Function | None
Measure: TypeAlias = Literal["law", "volume"]
Block: TypeAlias = tuple[np.ndarray, np.ndarray]  # examples (x, y)


class HasPdf(Protocol):
    """A law with a density: SciPy's, frozen or new-style, a `SegmentDensity`, or your own."""

    def pdf(self, x: Any, /) -> Any: ...


class HasMean(Protocol):
    """A law, perhaps discrete, whose mean and support are asked: the noise."""

    def mean(self) -> Any: ...
    def support(self) -> Any: ...
