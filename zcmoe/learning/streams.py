"""Data larger than memory: blocks, progress, Dask."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check, _progress
from zcmoe._typing import Block
from zcmoe.experts import RunningExperts, ZeroComputeMoE, sums_of

if TYPE_CHECKING:
    from zcmoe.segmentation.base import Segmentation


def in_blocks(x: np.ndarray, y: np.ndarray, *, size: int = 2**18) -> Iterator[Block]:
    """Cut arrays, memory-mapped ones too, into blocks (x, y) of at most `size` examples."""
    size = _check.count(size, "size")
    if len(x) != len(y):
        raise ValueError(f"x and y must have the same length, got {len(x)} and {len(y)}")
    for start in range(0, len(x), size):
        yield np.asanyarray(x[start:start + size]), np.asanyarray(y[start:start + size])


def with_progress(blocks: Iterable[Block], *, n_examples: int | None = None) -> Iterator[Block]:
    """Pass on blocks (x, y), and say on the standard error how many examples went by."""
    done = 0
    for block in blocks:
        yield block
        done += len(block[1])
        share = "" if n_examples is None else f" of {n_examples:,} ({100 * done / n_examples:.0f} %)"
        print(f"\rlearned from {done:,} examples{share}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def fit_stream(segmentation: Segmentation, blocks: Iterable[tuple[ArrayLike, ArrayLike]], *,
               default: float | None = None, progress: bool = False) -> ZeroComputeMoE:
    """:func:`~zcmoe.fit_experts` for data larger than memory, block by block.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    blocks : iterable of (x, y)
        For memory-mapped arrays: :func:`in_blocks`.
    default : float, optional
        As in :func:`~zcmoe.fit_experts`.
    progress : bool
        Say on the standard error how many examples went by. When False, the number of the block is said, and
        only once learning has lasted three seconds.

    Returns
    -------
    ZeroComputeMoE

    Examples
    --------
    >>> from zcmoe import Intervals
    >>> blocks = [([0.1, 0.2], [1, 3]), ([0.9], [8])]
    >>> fit_stream(Intervals.uniform(3), blocks).constants.tolist()
    [2.0, 4.0, 8.0]
    """
    running = RunningExperts(segmentation)
    for x, y in with_progress(blocks) if progress else _progress.with_progress(blocks, "learning"):
        running.update(x, y)
    return running.experts(default=default)


def fit_dask(segmentation: Segmentation, x: Any, y: Any, *, default: float | None = None) -> ZeroComputeMoE:
    """:func:`~zcmoe.fit_experts` for Dask arrays, on whatever scheduler or cluster is active.

    Each chunk of rows is learned where it lies; only counts and sums travel, 16 bytes a region.
    The constants are those of `fit_experts` but for rounding.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    x : dask.array.Array, shape (n,) or (n, d)
    y : dask.array.Array, shape (n,)
    default : float, optional
        As in :func:`~zcmoe.fit_experts`.

    Returns
    -------
    ZeroComputeMoE
    """
    import dask
    x = x.rechunk(dict.fromkeys(range(1, x.ndim), -1))
    chunks = zip(x.to_delayed().ravel(), y.rechunk(x.chunks[:1]).to_delayed().ravel(), strict=True)
    parts = [dask.delayed(sums_of)(segmentation, *chunk) for chunk in chunks]
    while len(parts) > 1:
        parts = [dask.delayed(_added)(parts[i:i + 2]) for i in range(0, len(parts), 2)]
    return ZeroComputeMoE(segmentation, parts[0].compute().constants(default))


def _added(parts):
    first = copy.copy(parts[0])  # a task must not change what others may read
    for part in parts[1:]:
        first.add(part)
    return first
