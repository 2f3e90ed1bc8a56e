"""What a segmentation (3) is: regions A_1, …, A_m of the input space, known by the routing to them."""

from __future__ import annotations

import copy
import functools
import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._laws import Sample
from zcmoe._rules import enough_nodes, scattered_nodes
from zcmoe._typing import Seed

if TYPE_CHECKING:
    from zcmoe.problem import Problem

BLOCK = 1 << 16  # inputs routed at a time: their temporaries stay in the processor's cache


class Cubature(NamedTuple):
    """Nodes of shape (n,) or (n, d), weights (n,), and the region of each node (n,).

    The nodes are `replicates` equal blocks, one after another, each a rule of its own: their spread is the
    error of a rule that knows no better. One block stands for a rule that says its error in Σ P_i v_i itself.
    """

    nodes: np.ndarray
    weights: np.ndarray
    regions: np.ndarray
    replicates: int = 1

    @property
    def error(self) -> float:
        """Error to expect in Σ P_i v_i, as the rule itself says it."""
        return 0.0


class EstimatedCubature(Cubature):
    """A rule of one block that knows its error, because it refined itself."""

    error = 0.0

    @classmethod
    def of(cls, nodes: np.ndarray, weights: np.ndarray, regions: np.ndarray, error: float) -> EstimatedCubature:
        """The rule, with its error."""
        rule = cls(nodes, weights, regions)
        rule.error = error
        return rule


class Segmentation(ABC):
    """Regions of the input space; the one method to write is `_route`.

    A subclass sets `n_regions` and `dimension` in its ``__init__`` and keeps the arguments under their own
    names: that is what equality and pickling read. Then everything that takes a segmentation takes it.

    Attributes
    ----------
    n_regions : int
        m.
    dimension : int
        d.
    domain : (float, float)
        The range of every coordinate; x outside it is refused.

    References
    ----------
    Dar, arXiv 2510.03151, (3).

    Examples
    --------
    >>> class Rings(Segmentation):
    ...     def __init__(self, radii):
    ...         self.radii, self.n_regions, self.dimension = radii, len(radii) + 1, 2
    ...     def _route(self, x):
    ...         return np.searchsorted(self.radii, np.hypot(*x.T), side="right")
    >>> rings = Rings((0.5, 1.0))
    >>> rings.route([[0.1, 0.1], [0.6, 0.6], [1.0, 1.0]]).tolist(), rings == Rings((0.5, 1.0))
    ([0, 1, 2], True)
    """

    n_regions: int
    dimension: int
    domain: tuple[float, float] = (0.0, 1.0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n_regions} regions in dimension {self.dimension})"

    @abstractmethod
    def _route(self, x: np.ndarray) -> np.ndarray:
        """Region of each x, ints in 0, …, m - 1; x comes checked, of shape (n,) for d = 1 and (n, d) otherwise."""

    def route(self, x: ArrayLike) -> np.ndarray:
        """Index of the region of each x, shape (n,), in 0, …, m - 1; x outside the domain is refused."""
        x = _check.within(_check.points(x, self.dimension), *self.domain, "x")
        regions = np.asarray(self._route(x))
        ints = regions.shape == (len(x),) and regions.dtype.kind in "iu"
        if not ints or (regions.size and (regions.min() < 0 or regions.max() >= self.n_regions)):
            got = f"{regions.min()} to {regions.max()}" if ints else f"{regions.dtype} of shape {regions.shape}"
            raise ValueError(f"{type(self).__name__}._route must answer {len(x)} integers in 0, …, "
                             f"{self.n_regions - 1}, got {got}")
        return regions.astype(np.intp, copy=False)

    def look_up(self, values: ArrayLike, x: ArrayLike, out: np.ndarray | None = None) -> np.ndarray:
        """The value of the region of each x: `values` (m,) or (m, k) become (n,) or (n, k).

        Written into `out` when given; where x is refused, a part of it may have been written.
        """
        x = rows(x, self.dimension)
        _check.unmasked(values, "values")
        values = np.asarray(values)
        if values.ndim not in (1, 2) or len(values) != self.n_regions:
            raise ValueError(f"values must have shape ({self.n_regions},) or ({self.n_regions}, k), got {values.shape}")
        shape = (len(x), *values.shape[1:])
        if out is None:
            out = np.empty(shape, values.dtype)
        elif not isinstance(out, np.ndarray) or out.shape != shape or out.dtype != values.dtype:
            got = f"{out.dtype} of shape {out.shape}" if isinstance(out, np.ndarray) else repr(out)
            raise ValueError(f"out must be a {values.dtype} array of shape {shape}, got {got}")
        if np.may_share_memory(x, out):
            x = x.copy()
        self._look_up(values, x, out)
        return out

    def _look_up(self, values, x, out):
        for block, regions in self._routed(x):
            np.take(values, regions, axis=0, out=out[block], mode="clip")

    def _routed(self, x, dtype=np.intp) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield (slice, regions) over the rows of x, block by block; the array of regions may be used again.

        `dtype` is the type of integers that serves best; others may come.
        """
        for block in blocks(x):
            try:
                regions = self.route(x[block])
            except ValueError:
                self.route(x)  # the same refusal, its index counted from the start
                raise
            yield block, regions

    def cubature(self, problem: Problem, measure: str = "law") -> Cubature:
        """A rule for integrals over each region.

        Parameters
        ----------
        problem : Problem
        measure : {"law", "volume"}
            "law": the weights are probabilities and sum to 1. "volume": Lebesgue weights on [0, 1]^d, which is
            refused for inputs without a density.

        Returns
        -------
        Cubature

        Raises
        ------
        ValueError
            If Sobol's rule serves and would have less than thirty nodes a region.
        """
        if measure not in ("law", "volume"):
            raise ValueError(f'measure must be "law" or "volume", got {measure!r}')
        if self.dimension != problem.dimension:
            raise ValueError("segmentation must have the problem's dimension "
                             f"{problem.dimension}, got {self.dimension}")
        if isinstance(problem.inputs, Sample):
            points, weights, _ = scattered_nodes(problem.inputs, self.dimension, measure)
            return Cubature(points, weights, self.route(points))
        return self._cubature(problem, measure)

    def _cubature(self, problem, measure) -> Cubature:
        """The rule for inputs that have a density: by default Sobol's points, to be overridden by what knows better."""
        enough_nodes(self)
        nodes, weights, replicates = scattered_nodes(problem.inputs, self.dimension, measure)
        enough_nodes(self, weights)
        return Cubature(nodes, weights, self.route(nodes), replicates)

    @property
    def _line(self) -> np.ndarray | None:
        """The edges, where the regions are the intervals between them."""
        return None

    def _key(self) -> tuple[Any, ...]:
        """What makes two segmentations the same: by default the class and the constructor's arguments."""
        return type(self), *self._arguments().values()

    def _arguments(self) -> dict[str, Any]:
        parameters = inspect.signature(type(self).__init__).parameters
        return {name: getattr(self, name) for name in list(parameters)[1:]}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segmentation):
            return NotImplemented
        return _frozen(self._key()) == _frozen(other._key())

    def __hash__(self) -> int:
        return hash(_frozen(self._key()))

    def __reduce__(self) -> tuple[Any, ...]:
        # By the constructor: no cache travels, and arrays come back read-only.
        return functools.partial(type(self), **self._arguments()), ()


def check_segmentation(segmentation: Segmentation, *, rng: Seed = 0) -> None:
    """Raise ValueError unless a segmentation keeps the contract of :class:`Segmentation`.

    Parameters
    ----------
    segmentation : Segmentation
        Your own.
    rng : anything that ``numpy.random.default_rng`` takes
        Draws the inputs that are tried.

    Examples
    --------
    >>> from zcmoe import Boxes
    >>> check_segmentation(Boxes((2, 3)))
    """
    def ask(holds, what):
        if not holds:
            raise ValueError(f"{type(segmentation).__name__} {what}")

    ask(isinstance(segmentation, Segmentation), "must derive from zcmoe.Segmentation")
    m, d = (_check.count(getattr(segmentation, name, None), name) for name in ("n_regions", "dimension"))
    low, high = segmentation.domain
    ask(low < high, f"must have a domain (low, high) with low < high, got {segmentation.domain}")
    rng, shape = np.random.default_rng(rng), (1000,) if d == 1 else (1000, d)
    x = rng.uniform(low, high, shape) if np.isfinite(high - low) else rng.standard_normal(shape)
    before, regions = x.copy(), segmentation.route(x)
    ask(np.array_equal(x, before), "must not change its argument")
    ask(segmentation.route(x[:0]).shape == (0,), "must route no inputs to no regions")
    order = rng.permutation(len(x))
    ask(np.array_equal(segmentation.route(x[order]), regions[order]), "must route each x by itself, whatever its place")
    ask(np.array_equal(segmentation.look_up(np.arange(m), x), regions), "must look up what it routes")
    for bad in (high + 1, low - 1, np.nan):
        if np.isnan(bad) or np.isfinite(bad):
            try:
                segmentation.route(np.full((1, d)[:len(shape)], bad))
            except ValueError:
                continue
            ask(False, f"must refuse x = {bad:g}")
    again = copy.deepcopy(segmentation)  # as pickle does it, but a class made at the prompt will do
    ask(again == segmentation and hash(again) == hash(segmentation), "must equal its copy")
    ask(np.array_equal(again.route(x), regions), "must route as before when copied")


def rows(x: ArrayLike, dimension: int, name: str = "x") -> np.ndarray:
    """x as an array of the right shape; a numeric array is taken as it is, its values to be checked block by block."""
    plain = isinstance(x, np.ndarray) and not isinstance(x, np.ma.MaskedArray)
    shaped = plain and x.dtype.kind in "fiu" and x.ndim == (1 if dimension == 1 else 2)
    return x if shaped and (dimension == 1 or x.shape[1] == dimension) else _check.points(x, dimension, name)


def blocks(x: np.ndarray) -> Iterator[slice]:
    """Slices that cut x into blocks."""
    return (slice(start, start + BLOCK) for start in range(0, len(x), BLOCK))


def _frozen(value):
    """A hashable twin of a value made of arrays, sequences and what is hashable."""
    if isinstance(value, np.ndarray):
        return value.shape, (value + 0 if value.dtype.kind in "fc" else value).tobytes()  # -0.0 is 0.0
    if isinstance(value, (list, tuple)):
        return tuple(map(_frozen, value))
    return value
