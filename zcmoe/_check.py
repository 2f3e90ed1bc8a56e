"""Validation used by every module: say what was expected, echo what came."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def count(value: Any, name: str, minimum: int = 1) -> int:
    """Return `value` as an int that is at least `minimum`, or raise ValueError."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, (bool, np.bool_)) or number < minimum:
        raise ValueError(f"{name} must be an integer >= {minimum}, got {value!r}")
    return number


def counts(values: int | Iterable[int], name: str) -> Any:
    """Return `values`, one or several, as positive integers: a number or an array of floats that holds them exactly."""
    if np.ndim(values) == 0:
        return count(values, name)
    array = floats(values, name)
    return refuse(array, ~((array >= 1) & (array == np.floor(array))), name, "be an integer >= 1")


def fractions(values: ArrayLike, name: str) -> Any:
    """Return `values`, one or several, as floats inside (0, 1)."""
    if np.ndim(values) == 0:
        return real(values, name, 0, 1, open_low=True, open_high=True)
    array = floats(values, name)
    return refuse(array, ~((array > 0) & (array < 1)), name, "lie in (0, 1)")


def real(value: Any, name: str, low: float = -np.inf, high: float = np.inf, *, open_low: bool = False,
         open_high: bool = False) -> float:
    """Return `value` as a finite float within the given range, or raise ValueError."""
    try:
        number = float(floats(value, name)) if np.ndim(value) == 0 else np.nan
    except (TypeError, ValueError):
        number = np.nan
    inside = (number > low if open_low else number >= low) and (number < high if open_high else number <= high)
    if not (np.isfinite(number) and inside):
        interval = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
        raise ValueError(f"{name} must be a finite number in {interval}, got {value!r}")
    return number


def floats(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as an array of floats, or raise ValueError where that would change what they say."""
    if type(values) is np.ndarray and values.dtype == np.float64:
        return values
    unmasked(values, name)
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of numbers, not ragged: {error}") from None
    words = array.dtype.kind == "O" and any(isinstance(value, (str, bytes)) for value in array.flat)
    try:
        if words or array.dtype.kind in "USVMmc":  # objects that are numbers, such as fractions, are welcome
            raise TypeError(f"got {array.dtype}")
        converted = array.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be an array of real numbers: {error}") from None
    if array.dtype.kind in "iuO" and array.dtype.itemsize == 8:
        _exact(array, converted, name)
    return converted


def unmasked(values: Any, name: str) -> None:
    """Raise ValueError where a masked array leaves entries out, which `np.asarray` would take as they stand."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name} must not have masked entries, got {np.ma.count_masked(values)} of them")


def vector(values: ArrayLike, name: str, length: int | None = None) -> np.ndarray:
    """Return `values` as a finite float array of shape (n,), or raise ValueError."""
    array = floats(values, name)
    if array.ndim != 1 or (length is not None and array.size != length):
        wanted = "(n,)" if length is None else f"({length},)"
        raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")
    return finite(array, name)


def points(x: ArrayLike, dimension: int, name: str = "x") -> np.ndarray:
    """Return inputs as floats of shape (n,) for d = 1 and (n, d) otherwise."""
    array = floats(x, name)
    wanted = "(n,)" if dimension == 1 else f"(n, {dimension})"
    if array.ndim != (1 if dimension == 1 else 2) or (dimension > 1 and array.shape[1] != dimension):
        raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")
    return finite(array, name)


def columns(x: ArrayLike) -> np.ndarray:
    """Return inputs of shape (n,) or (n, d) as finite floats of shape (n, d)."""
    array = floats(x, "x")
    if array.ndim not in (1, 2):
        raise ValueError(f"x must have shape (n,) or (n, d), got {array.shape}")
    return finite(array[:, None] if array.ndim == 1 else array, "x")


def within(array: np.ndarray, low: float, high: float, name: str) -> np.ndarray:
    """Return `array`, or raise ValueError at its first entry outside [low, high]."""
    bad = (array < low) | (array > high)
    return refuse(array, bad, name, f"lie in [{low:g}, {high:g}]") if bad.any() else array  # words take a microsecond


def regions(segmentation: Any) -> int:
    """Return the number of regions, or raise ValueError where an array over them would not fit into memory."""
    if segmentation.n_regions > 2**31:
        raise ValueError("segmentation must have at most 2^31 regions for sums over each of them, got "
                         f"{segmentation.n_regions} regions, {8 * segmentation.n_regions / 2**40:.3g} TiB a sum")
    return segmentation.n_regions


def finite(array: np.ndarray, name: str) -> np.ndarray:
    """Return `array`, or raise ValueError at its first NaN or infinity."""
    return refuse(array, ~np.isfinite(array), name, "be finite")


def increasing(edges: ArrayLike, name: str) -> np.ndarray:
    """Return edges as a strictly increasing finite array of at least two values."""
    array = vector(edges, name)
    if array.size < 2:
        raise ValueError(f"{name} must have at least two values, got {array.size}")
    steps = np.diff(array)
    if (steps <= 0).any():
        i = int(np.argmax(steps <= 0))
        raise ValueError(f"{name} must be strictly increasing, got {array[i]:.17g} then {array[i + 1]:.17g} at index "
                         f"{i}")
    return array


def refuse(array: np.ndarray, bad: np.ndarray, name: str, rule: str) -> np.ndarray:
    """Return `array`, or raise ValueError at its first entry where the mask `bad` is True: every `name` must `rule`."""
    if not bad.any():
        return array
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    where = f" at index {first[0] if len(first) == 1 else first} of shape {array.shape}" if first else ""
    raise ValueError(f"every {name} must {rule}, got {array[first]}{where}")


def _exact(array, converted, name):
    """Raise ValueError where an integer beyond 2^53 is no double: nanoseconds since 1970 are such."""
    large = np.abs(converted) >= 2.0**53
    if large.any():
        integers, doubles = array[large], converted[large]
        if any(isinstance(a, (int, np.integer)) and int(a) != int(b) for a, b in zip(integers, doubles, strict=True)):
            raise ValueError(f"{name} has integers beyond 2^53 that are not doubles, such as {integers.flat[0]}:"
                             " subtract an offset, or divide by a unit, first")
