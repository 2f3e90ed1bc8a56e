"""Data larger than memory: blocks, progress, Dask."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check, _progress
from zcmoe._typing import Block
from zcmoe.experts import RunningExperts, Sums, ZeroComputeMoE, sums_of

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


def fit_stream(segmentation: Segmentation, blocks: Iterable[tuple[ArrayLike, ...]], *,
               default: float | None = None, progress: bool = False) -> ZeroComputeMoE:
    """:func:`~zcmoe.fit_experts` for data larger than memory, block by block.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    blocks : iterable of (x, y) or (x, y, weight)
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
    for x, y, *weight in with_progress(blocks) if progress else _progress.with_progress(blocks, "learning"):
        running.update(x, y, weight=weight[0] if weight else None)
    return running.experts(default=default)


def in_parquet(path: Any, target: str, *, features: Sequence[str] | None = None,
               size: int = 2**16) -> Iterator[Block]:
    """Blocks (x, y) of a Parquet file or folder, read one after another; needs pyarrow (``zcmoe[parquet]``).

    Parameters
    ----------
    path : path
    target : str
        The column of y.
    features : sequence of str, optional
        The columns of x; all but the target when None. A single one gives x of shape (n, 1) as well.
    size : int
        Rows of a block, at most.
    """
    import pyarrow.dataset
    data = pyarrow.dataset.dataset(path, format="parquet")
    size = _check.count(size, "size")
    names = [name for name in data.schema.names if name != target] if features is None else list(features)
    for name in [*names, target]:
        if name not in data.schema.names:
            raise ValueError(f"target and features must name columns of {data.schema.names}, got {name!r}")
    for batch in data.to_batches(columns=[*names, target], batch_size=size):
        columns = [batch.column(name).to_numpy(zero_copy_only=False) for name in [*names, target]]
        yield np.stack(columns[:-1], axis=1).astype(float), columns[-1]


def fit_dask(segmentation: Segmentation, x: Any, y: Any, *, default: float | None = None,
             weight: Any = None) -> ZeroComputeMoE:
    """:func:`~zcmoe.fit_experts` for Dask arrays, on whatever scheduler or cluster is active.

    Each chunk of rows is learned where it lies; only bare sums travel, 24 bytes a region.
    The constants are those of `fit_experts` but for rounding.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    x : dask.array.Array, shape (n,) or (n, d)
    y : dask.array.Array, shape (n,) or (n, k)
    default : float, optional
        As in :func:`~zcmoe.fit_experts`.
    weight : dask.array.Array, shape (n,), optional
        How often each example counts; once when None.

    Returns
    -------
    ZeroComputeMoE

    Raises
    ------
    ValueError
        If they are no Dask arrays, differ in length, or have masked entries.
    """
    return ZeroComputeMoE(segmentation, dask_sums(segmentation, x, y, weight).constants(default))


def is_dask(value: Any) -> bool:
    """Whether a value is a Dask collection; Dask is not imported for it."""
    return callable(getattr(value, "__dask_graph__", None))


def dask_sums(segmentation: Segmentation, x: Any, y: Any, weight: Any = None, *, place: Any = None,
              squares: bool = False) -> Sums:
    """The sums of Dask arrays, pair by pair; `place` moves each chunk of x into the segmentation."""
    import dask
    arrays = {"x": x, "y": y} if weight is None else {"x": x, "y": y, "weight": weight}
    for name, array in arrays.items():
        if not is_dask(array) or not hasattr(array, "rechunk"):
            raise ValueError(f"{name} must be a Dask array, got {type(array).__name__}")
        if not len(array) == len(x):
            raise ValueError(f"{name} must have the length of x, {len(x)}, got {len(array)}")
    rows = x.rechunk(dict.fromkeys(range(1, x.ndim), -1)).chunks[0]
    chunks = zip(*(array.rechunk((rows, *[-1] * (array.ndim - 1))).to_delayed().ravel() for array in arrays.values()),
                 strict=True)
    parts = [dask.delayed(_chunk_sums)(segmentation, place, squares, *chunk) for chunk in chunks]
    if not parts:
        raise ValueError("x and y must hold at least one example, got 0")
    while len(parts) > 1:
        parts = [dask.delayed(_added)(parts[i:i + 2]) for i in range(0, len(parts), 2)]
    return parts[0].compute()


def dask_sample(x: Any, y: Any, weight: Any = None) -> tuple[Any, Any, Any, tuple[Any, ...]]:
    """Dask arrays of what may be data frames, and every s-th row of them in memory, at most 2^17."""
    import dask
    names = getattr(x, "columns", None)
    given = {"X": x, "y": y} if weight is None else {"X": x, "y": y, "sample_weight": weight}
    for name, value in given.items():
        if not is_dask(value):
            raise ValueError(f"{name} must be a Dask collection as X is, got {type(value).__name__}")
        if hasattr(value, "to_dask_array"):
            given[name] = value.to_dask_array(lengths=True)
        elif any(np.isnan(size) for size in value.chunks[0]):
            given[name] = value.compute_chunk_sizes()
    lengths = {name: value.shape[0] for name, value in given.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"X, y and sample_weight must have the same length, got {lengths}")
    step = max(1, -(-lengths["X"] // 2**17))
    sample = dask.compute(*(value[::step] for value in given.values()))
    if names is not None:
        import pandas
        sample = pandas.DataFrame(sample[0], columns=list(names)), *sample[1:]
    return given["X"], given["y"], given.get("sample_weight"), sample


def _chunk_sums(segmentation, place, squares, x, y, weight=None):
    for name, array in (("x", x), ("y", y), ("weight", weight)):
        if np.ma.is_masked(array):
            raise ValueError(f"{name} must not have masked entries, got {np.ma.count_masked(array)} of them in a chunk")
    if place is not None:
        x = place(_check.finite(np.asarray(x, dtype=float), "X"))
    return sums_of(segmentation, np.asarray(x), np.asarray(y), weight, squares=squares)


def _added(parts):
    first = dataclasses.replace(parts[0])  # a task must not change what others may read
    for part in parts[1:]:
        first.add(part)
    return first
