"""λ* and m* from data alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check

_GRID = 400  # cells on which the plug-in estimates live


@dataclass(frozen=True)
class PlugIn:
    """What data say about the segment density; see :func:`plug_in`."""

    density: Any
    coefficient: float
    noise_variance: float
    bandwidth: float
    number_of_experts: float


def difference_variance(x: ArrayLike, y: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Noise variance from second differences of y along sorted x; no smoothing, no bandwidth.

    Each y_j is compared with the straight line through its neighbours, so that a straight β drops out however uneven
    the x are: [(x_(j+1) - x_j) y_(j-1) + (x_j - x_(j-1)) y_(j+1)] / (x_(j+1) - x_(j-1)). The squares are divided by
    what noise of variance 1 would make of them alone. Examples that share their x enter by their mean, and by their
    deviations from it, which are noise alone; so the order of the examples does not matter. Differences within
    rounding count as 0.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least three examples.
    weight : array_like, shape (n,), optional
        How often each example counts, not negative; once when None.

    Returns
    -------
    float

    References
    ----------
    Gasser, Sroka & Jennen-Steinmetz, Biometrika 73 (1986); ties are ours.

    Examples
    --------
    >>> print(f"{difference_variance([0, 1, 2, 3], [0, 1, 2, 4.5]):.4f}")
    0.1875
    """
    x, y, mass = _examples(x, y, weight)
    x, at = np.unique(x, return_inverse=True)
    count = np.bincount(at, mass)
    rounding = 8 * np.spacing(np.abs(y).max())
    y = y - np.average(y, weights=mass)
    mean = np.bincount(at, mass * y) / count
    before, after = np.diff(x / 2)[:-1], np.diff(x / 2)[1:]  # halves: the whole range may overflow
    left, right = after / (before + after), before / (before + after)
    second = mean[1:-1] - left * mean[:-2] - right * mean[2:]
    alone = 1 + left**2 + right**2  # what noise of variance 1 makes of a square where no x is shared
    load = 1 / count[1:-1] + left**2 / count[:-2] + right**2 / count[2:]
    deviation = y - mean[at]
    second, deviation = (np.where(np.abs(each) <= rounding, 0, each) for each in (second, deviation))
    # Deviations of all examples but one a mean have mean σ². Where x is shared the differences, in which a curved β
    # leaves its trace, weigh less: by load/alone.
    return float((mass @ deviation**2 + np.sum(second**2 / alone)) / (mass.sum() - count.size + np.sum(load / alone)))


def plug_in(x: ArrayLike, y: ArrayLike, *, support: tuple[float, float] | None = None, bandwidth: float | None = None,
            segments: Literal["density", "uniform", "quantile"] = "density",
            weight: ArrayLike | None = None) -> PlugIn:
    """Estimate the optimal segment density (22), and the number of experts that goes with it.

    With x scaled to [0, 1], λ̂ = 0.9 (p̂ β̂'²)^(1/3)/Ẑ + 0.1: the mixture leaves no place without
    experts. p̂ is a Gaussian kernel density with reflection at the ends and β̂' the slope of a
    local-linear fit with a Gaussian kernel, both on a grid of 400 cells.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least three examples, on any finite range.
    support : (float, float), optional
        The range of the segment density; that of x when None.
    bandwidth : float, optional
        Standard deviation of both kernels as a share of the range. When None, of 16 values from
        0.005 to 0.3 in geometric progression, the one with the least leave-one-out error of the
        local-linear fit.
    segments : {"density", "uniform", "quantile"}
        What takes the place of (p̂ β̂'²)^(1/3): itself, 1 (segments of equal length) or p̂ (of
        equal probability). For the last two it is m̂ that the data decide.
    weight : array_like, shape (n,), optional
        How often each example counts, not negative; once when None.

    Returns
    -------
    PlugIn
        `density`: λ̂, a ``scipy.stats.rv_histogram`` on `support`; `coefficient`: Â = ∫ p̂ β̂'²/λ̂²/12;
        `noise_variance`: σ̂² by :func:`difference_variance`; `bandwidth`: the one used;
        `number_of_experts`: m̂ = (2 Â n/σ̂²)^(1/3); for data without noise infinite, or 0 if y is constant.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(np.square, stats.uniform(), stats.uniform(-0.5, 1))
    >>> density = plug_in(*problem.sample(10_000, rng=0), support=(0, 1)).density
    >>> bool(density.pdf(0.9) > 1.2 > 0.8 > density.pdf(0.1))  # more experts where β is steeper
    True
    """
    from scipy import stats
    if segments not in ("density", "uniform", "quantile"):
        raise ValueError(f'segments must be "density", "uniform" or "quantile", got {segments!r}')
    x, y, mass = _examples(x, y, weight)
    noise_variance = difference_variance(x, y, weight=mass)
    if support is not None and np.shape(support) != (2,):
        raise ValueError(f"support must be (low, high), got {support!r}")
    low, high = (x.min(), x.max()) if support is None else _check.increasing(support, "support")
    if not low < high:
        raise ValueError(f"x must have two different values or more, got only {low}")
    _check.within(x, low, high, "x")
    edges = low + (high / 2 - low / 2) * np.linspace(0, 2, _GRID + 1)  # halves: the whole range may overflow
    share = np.clip((x / 2 - low / 2) / (high / 2 - low / 2), 0, 1)
    scale = np.abs(y - np.average(y, weights=mass)).max() or 1.0
    estimate = estimated_level(share, ((y - np.average(y, weights=mass)) / scale)[:, None], mass, segments, bandwidth)
    coefficient = estimate.coefficient * scale**2
    if noise_variance:
        m = np.cbrt(2 * coefficient * mass.sum() / noise_variance)
    else:
        m = np.inf if np.ptp(y) else 0.0
    density = stats.rv_histogram((estimate.level, edges), density=True)
    return PlugIn(density, coefficient, noise_variance, estimate.bandwidth, float(m))


class Level(NamedTuple):
    """The level of λ̂ in each cell of the grid on [0, 1], ∫ p̂ β̂'²/λ̂²/12, and the bandwidth."""

    level: np.ndarray
    coefficient: float
    bandwidth: float


def estimated_level(share: np.ndarray, y: np.ndarray, mass: np.ndarray, segments: str = "density",
                    bandwidth: float | None = None) -> Level:
    """λ̂ of examples on [0, 1]: `share` (n,), y (n, k) about its mean, mass (n,); the slopes of several y add up."""
    cell = np.minimum((share * _GRID).astype(int), _GRID - 1)
    count = np.bincount(cell, mass, _GRID)
    data = [[count, np.bincount(cell, mass * column, _GRID), np.bincount(cell, mass * column**2, _GRID)]
            for column in y.T]
    if bandwidth is None:
        bandwidth = min(np.geomspace(0.005, 0.3, 16), key=lambda h: sum(_local_linear(each, h)[1] for each in data))
    bandwidth = _check.real(bandwidth, "bandwidth", 0, open_low=True)
    inputs = _kernel_density(count, bandwidth)
    weight = inputs * sum(_local_linear(each, bandwidth)[0] ** 2 for each in data)
    shape = {"density": np.cbrt(weight), "uniform": np.ones(_GRID), "quantile": inputs}[segments]
    level = 0.9 * shape / shape.mean() + 0.1 if shape.any() else np.ones(_GRID)
    return Level(level, float(np.mean(weight / level**2) / 12), float(bandwidth))


def plug_in_density(x: ArrayLike, y: ArrayLike, *, support: tuple[float, float] | None = None,
                    bandwidth: float | None = None) -> Any:
    """The `density` of :func:`plug_in`: has `pdf`, `cdf`, `ppf`, `support`, as a segment density has."""
    return plug_in(x, y, support=support, bandwidth=bandwidth).density


def _examples(x, y, weight):
    """x, y and mass of the examples that count."""
    x, y = _check.vector(x, "x"), _check.vector(y, "y")
    mass = np.ones(y.size) if weight is None else _check.vector(weight, "weight", y.size)
    mass = _check.within(mass, 0, np.inf, "weight")
    kept = mass > 0
    if x.size != y.size or np.count_nonzero(kept) < 3:
        raise ValueError(f"x and y must have the same length, three or more, got {x.size} and {np.sum(kept)}")
    if np.abs(y).max() > 1e150:
        raise ValueError(f"y must have squares that are finite, got values up to {np.abs(y).max():g}: divide by a unit")
    return x[kept], y[kept], mass[kept]


def _kernel_density(count, bandwidth):
    """Gaussian kernel density on the grid, reflected at 0 and 1."""
    reach = np.arange(1 - 2 * _GRID, 2 * _GRID) / _GRID
    density = np.convolve(np.r_[count[::-1], count, count[::-1]], np.exp(-0.5 * (reach / bandwidth) ** 2))
    density = density[3 * _GRID - 1:4 * _GRID - 1]
    return density / density.mean()


def _local_linear(data, bandwidth):
    """Slope of the local-linear fit in each cell, and its leave-one-out squared error."""
    count, total, square = data
    offset = np.arange(1 - _GRID, _GRID) / _GRID
    kernel = np.exp(-0.5 * (offset / bandwidth) ** 2)
    # Sums over all cells of kernel · offsetᵏ · value: the kernel is even, so that its odd moments change sign.
    s0, s1, s2 = (np.convolve(count, kernel * (-offset) ** k)[_GRID - 1:2 * _GRID - 1]
                  for k in range(3))
    t0, t1 = (np.convolve(total, kernel * (-offset) ** k)[_GRID - 1:2 * _GRID - 1] for k in range(2))
    # One example's worth of weight keeps the fit level where there are hardly any examples.
    spread = s2 + bandwidth**2
    scale = s0 * spread - s1**2
    near = s0 > 1e-12  # within seven bandwidths of an example
    slope, fit, leverage = (np.divide(value, scale, out=np.zeros(_GRID), where=near)
                            for value in (s0 * t1 - s1 * t0, spread * t0 - s1 * t1, spread))
    error = (square - 2 * fit * total + fit**2 * count) / np.maximum(1 - leverage, 1e-3) ** 2
    return slope, error.sum()
