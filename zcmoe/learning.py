"""Learned experts (Section 6): exact expectations over training sets, simulation, and the choice of m."""

import sys
from typing import NamedTuple

import numpy as np

from zcmoe import _check
from zcmoe._quadrature import gauss
from zcmoe.errors import high_rate_coefficient
from zcmoe.experts import RunningExperts
from zcmoe.moments import RegionMoments, region_moments
from zcmoe.segmentation import Intervals

_GRID = 400  # cells on which the plug-in estimates live
_BATCH = 2**14  # numbers handled at a time: they stay in the processor's cache


class ExpectedEstimationError(NamedTuple):
    """The three parts of the expected estimation error (38); their sum is the whole.

    `noise` comes from ε and `within` from the spread of β inside each region; `empty` from the
    regions that no example falls into. All in squared units of y.
    """

    noise: float
    within: float
    empty: float


class NumberOfExperts(NamedTuple):
    """The best m among those tried, its expected test error, and the error of every m tried."""

    m: int
    error: float
    errors: np.ndarray


class PlugIn(NamedTuple):
    """What data say about the segment density; see :func:`plug_in`."""

    density: object
    coefficient: float
    noise_variance: float
    bandwidth: float
    number_of_experts: float


def mean_inverse_count(n, probability):
    """E[1/N; N > 0] for N ~ Binomial(n, q): the mean of 1/N, an empty region counting 0.

    Parameters
    ----------
    n : int
        Number of examples.
    probability : float or array_like
        q, in [0, 1].

    Returns
    -------
    float or ndarray
        Of the shape of `probability`; relative accuracy about 1e-13 for n q from 0 to 1e9.

    Notes
    -----
    E[tᴺ] = (1 - q + q t)ⁿ gives E[1/N; N > 0] = ∫₀¹ ((1 - q + q t)ⁿ - (1 - q)ⁿ)/t dt. With
    t = 1 - s the integrand decays like exp(-n q s): 32 Gauss–Legendre nodes on the part of [0, 1]
    where it is not yet below exp(-45) do, and nothing cancels.

    Examples
    --------
    >>> print(f"{mean_inverse_count(50, 0.03):.10f}")
    0.5218267903
    """
    n = _check.count(n, "n")
    q = np.asarray(probability, dtype=float)
    if not np.all((q >= 0) & (q <= 1)):
        raise ValueError(f"every probability must lie in [0, 1], got {q.min():g} to {q.max():g}")
    value = np.concatenate([_inverse_count(n, part) for part in np.array_split(q.ravel(), q.size // _BATCH + 1)])
    return value.reshape(q.shape) if q.ndim else float(value[0])


def _inverse_count(n, q):
    node, weight = gauss(32)
    span = 45 / np.maximum(n * q, 45)
    s = node[:, None] * span
    log_all = np.log1p(-q * s)
    with np.errstate(divide="ignore"):
        log_none = np.log1p(-q)
    # (1 - q s)ⁿ - (1 - q)ⁿ without cancellation
    difference = np.exp(n * log_all) * -np.expm1(n * (log_none - log_all))
    return weight @ (difference / (1 - s)) * span


def expected_estimation_error(problem, segmentation, n, default=None):
    """Exact expectation of the estimation error (38), (39) over training sets of n examples.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation
    n : int
        Number of examples.
    default : float, optional
        The answer of a region that no example falls into; the mean of all y when None.

    Returns
    -------
    ExpectedEstimationError
        `noise` and `within` are Σ P_i σ² E[1/n_i; n_i > 0] and Σ P_i v_i E[1/n_i; n_i > 0]; `empty`
        is Σ P_i (1 - P_i)ⁿ E[(default - c_i)² | n_i = 0].

    References
    ----------
    Exact form of the expectation of (39) in Dar, arXiv 2510.03151; the derivation is ours.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> parts = expected_estimation_error(problem, Intervals.uniform(4), 20)
    >>> print(f"{parts.noise:.6f} {parts.within:.6f} {parts.empty:.6f}")
    0.020271 0.001267 0.000465
    """
    moments = region_moments(problem, segmentation)
    return _estimation(moments, problem.noise_variance, n, default, _mean_inverse_counts(n, [moments])[0])


def expected_test_error(problem, segmentation, n, default=None):
    """Exact expectation of the test error (37) of learned experts over training sets of n examples.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation
    n : int
        Number of examples.
    default : float, optional
        The answer of a region that no example falls into; the mean of all y when None.

    Returns
    -------
    float
        In squared units of y, noise variance included.

    References
    ----------
    Dar, arXiv 2510.03151, Lemma 6.2, in expectation.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{expected_test_error(problem, Intervals.uniform(4), 20):.6f}")
    0.110545
    """
    return float(_expected([region_moments(problem, segmentation)], problem.noise_variance, n, default)[0])


def expected_test_errors(problem, segmentations, sizes):
    """:func:`expected_test_error` for several segmentations and numbers of examples.

    The region moments are computed once a segmentation.

    Returns
    -------
    ndarray, shape (number of sizes, number of segmentations)
    """
    segmentations = list(segmentations)
    together = 64 if problem.dimension == 1 else 1  # one pass over the nodes of several segmentations
    moments = [each for start in range(0, len(segmentations), together)
               for each in _SideBySide(segmentations[start:start + together]).moments(problem)]
    errors = [_expected(moments, problem.noise_variance, n) for n in sizes]
    return np.array(errors).reshape(len(errors), len(segmentations))


def leading_order_error(problem, m, n, density=None, *, moment=None, cells="isotropic"):
    """Leading order of the expected test error: σ² + A/m^(2/d) + m σ²/n.

    A is :func:`~zcmoe.high_rate_coefficient`. The last term does not depend on the segment
    density: λ* stays optimal, to leading order, with learned experts.

    Parameters
    ----------
    problem : Problem
    m, n : int
        Numbers of experts and of examples.
    density : segment density, optional
        λ* when None.
    moment, cells
        As in :func:`~zcmoe.high_rate_error`.

    Returns
    -------
    float
    """
    m, n = _check.count(m, "m"), _check.count(n, "n")
    coefficient = high_rate_coefficient(problem, density, moment=moment, cells=cells)
    return problem.noise_variance * (1 + m / n) + coefficient / m ** (2 / problem.dimension)


def number_of_experts(problem, n, density=None, *, moment=None, cells="isotropic"):
    """The m* that minimises :func:`leading_order_error`: (2 A n/(d σ²))^(d/(d+2)), a real number.

    Parameters
    ----------
    problem : Problem
    n : int
        Number of examples.
    density : segment density, optional
        λ* when None: then m* = Z (n/6σ²)^(1/3) for d = 1, with Z = ∫ w^(1/3).
    moment, cells
        As in :func:`~zcmoe.high_rate_error`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no noise: then more experts are always better, and no m* exists.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(lambda x: 2 * x, stats.uniform(), stats.norm(0, 0.5))
    >>> print(f"{number_of_experts(problem, 1000):.4f}")  # (b²n/6σ²)^(1/3), b = 2, σ = 0.5
    13.8672
    """
    n, d = _check.count(n, "n"), problem.dimension
    if not problem.noise_variance:
        raise ValueError("problem must have noise for an optimal number of experts, got noise variance 0")
    coefficient = high_rate_coefficient(problem, density, moment=moment, cells=cells)
    return (2 * coefficient * n / (d * problem.noise_variance)) ** (d / (d + 2))


def best_number_of_experts(problem, n, numbers, segment=Intervals.uniform):
    """The number of experts with the least exact :func:`expected_test_error`.

    Parameters
    ----------
    problem : Problem
    n : int
        Number of examples.
    numbers : iterable of int
        The m to try.
    segment : callable
        From m to the segmentation with m regions.

    Returns
    -------
    NumberOfExperts
        `m`, `error`, and `errors` in the order of `numbers`.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(lambda x: 2 * x, stats.uniform(), stats.norm(0, 0.5))
    >>> best_number_of_experts(problem, 1000, range(1, 40)).m
    14
    """
    numbers = [_check.count(m, "numbers") for m in numbers]
    if not numbers:
        raise ValueError("numbers must hold at least one m, got none")
    errors = expected_test_errors(problem, map(segment, numbers), [n])[0]
    best = int(np.argmin(errors))
    return NumberOfExperts(numbers[best], float(errors[best]), errors)


def simulate(problem, segmentations, n, runs=300, rng=None, *, test_examples=None):
    """The simulation of Section 6.3: test errors of experts learned from many training sets.

    Each training set is drawn in order of x; prefix sums then give the constants (35) of every
    segmentation by two look-ups a region. An empty region answers the mean of y.

    Parameters
    ----------
    problem : Problem
        With d = 1.
    segmentations : sequence of Intervals
    n : int
        Number of training examples.
    runs : int
        Number of training sets.
    rng : anything that ``numpy.random.default_rng`` takes
    test_examples : int, optional
        Measure each error on this many test examples, one test set for all, as the paper does
        with 5000; by default the test error (7) of each run is exact.

    Returns
    -------
    ndarray, shape (runs, number of segmentations)
        Test errors, noise variance included.

    References
    ----------
    Dar, arXiv 2510.03151, Section 6.3, (32)–(35).

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> errors = simulate(problem, [Intervals.uniform(4)], 20, runs=2000, rng=0)
    >>> print(f"{errors.mean():.2f}")  # the expectation is 0.1105
    0.11
    """
    if problem.dimension != 1:
        raise ValueError(f"problem must have dimension 1 to be sorted, got {problem.dimension}")
    n, runs, rng = _check.count(n, "n"), _check.count(runs, "runs"), np.random.default_rng(rng)
    test = None if test_examples is None else problem.sample(_check.count(test_examples, "test_examples"), rng)
    base, weight, target = zip(*[_test_statistics(problem, each, test) for each in segmentations], strict=True)
    weight, target = np.concatenate(weight), np.concatenate(target)
    first = np.cumsum([0] + [each.n_regions for each in segmentations])[:-1]
    left = np.concatenate([each.edges[:-1] for each in segmentations])
    last = np.r_[first[1:], left.size] - 1

    errors = []
    while (done := len(errors)) < runs:
        sets = min(runs - done, max(1, _BATCH // n))
        # Quantiles keep the order of sorted uniforms, and the noise does not care for it.
        x = _quantiles(problem.inputs, np.sort(rng.random((sets, n)), axis=1))
        y = problem.beta(x.ravel()).reshape(sets, n) + _quantiles(problem.noise, rng.random((sets, n)))
        means = y.mean(axis=1)
        prefixes = np.zeros((sets, n + 1))
        np.cumsum(y - means[:, None], axis=1, out=prefixes[:, 1:])
        for x, mean, prefix in zip(x, means, prefixes, strict=True):
            start = np.searchsorted(x, left)
            stop = np.append(start[1:], n)
            stop[last] = n
            constants = mean + (prefix[stop] - prefix[start]) / np.maximum(stop - start, 1)
            errors.append(np.add.reduceat(weight * (constants - target) ** 2, first))
    return np.array(base) + np.array(errors)


def in_blocks(x, y, size=2**18):
    """Cut arrays, memory-mapped ones too, into blocks (x, y) of at most `size` examples."""
    size = _check.count(size, "size")
    if len(x) != len(y):
        raise ValueError(f"x and y must have the same length, got {len(x)} and {len(y)}")
    for start in range(0, len(x), size):
        yield np.asarray(x[start:start + size]), np.asarray(y[start:start + size])


def with_progress(blocks, n_examples=None):
    """Pass on blocks (x, y), and say on the standard error how many examples went by."""
    done = 0
    for block in blocks:
        yield block
        done += len(block[1])
        share = "" if n_examples is None else f" of {n_examples:,} ({100 * done / n_examples:.0f} %)"
        print(f"\rlearned from {done:,} examples{share}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def fit_stream(segmentation, blocks, default=None, progress=False):
    """:func:`~zcmoe.fit_experts` for data larger than memory, block by block.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    blocks : iterable of (x, y)
        For memory-mapped arrays: :func:`in_blocks`.
    default : float, optional
        As in :func:`~zcmoe.fit_experts`.
    progress : bool
        Say on the standard error how many examples went by.

    Returns
    -------
    ZeroComputeMoE

    Examples
    --------
    >>> blocks = [([0.1, 0.2], [1, 3]), ([0.9], [8])]
    >>> fit_stream(Intervals.uniform(3), blocks).constants.tolist()
    [2.0, 4.0, 8.0]
    """
    running = RunningExperts(segmentation)
    for x, y in with_progress(blocks) if progress else blocks:
        running.update(x, y)
    return running.experts(default)


def fit_dask(segmentation, x, y, default=None):
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
    x = x.rechunk({axis: -1 for axis in range(1, x.ndim)})
    chunks = zip(x.to_delayed().ravel(), y.rechunk(x.chunks[:1]).to_delayed().ravel(), strict=True)
    parts = [dask.delayed(_learn_chunk)(segmentation, *chunk) for chunk in chunks]
    while len(parts) > 1:
        parts = [dask.delayed(_merge)(segmentation, parts[i:i + 2]) for i in range(0, len(parts), 2)]
    return parts[0].compute().experts(default)


def difference_variance(x, y):
    """Noise variance from second differences of y along sorted x; no smoothing, no bandwidth.

    σ̂² is the mean of (y_j - (y_(j-1) + y_(j+1))/2)²/1.5: a straight β drops out where x is evenly
    spaced. Examples that share their x enter by their mean, and by their deviations from it, which
    are noise alone; so the order of the examples does not matter.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least three examples.

    Returns
    -------
    float

    References
    ----------
    Gasser, Sroka & Jennen-Steinmetz, Biometrika 73 (1986), with equal weights.

    Examples
    --------
    >>> print(f"{difference_variance([0, 1, 2, 3], [0, 1, 2, 4.5]):.4f}")
    0.1875
    """
    x, y = _check.vector(x, "x"), _check.vector(y, "y")
    if x.size != y.size or x.size < 3:
        raise ValueError(f"x and y must have the same length, three or more, got {x.size} and {y.size}")
    _, at, count = np.unique(x, return_inverse=True, return_counts=True)
    y = y - y.mean()
    mean = np.bincount(at, y) / count
    second = mean[1:-1] - (mean[:-2] + mean[2:]) / 2
    # σ² times `load` is the mean of the sum: an example each in the deviations, less one a mean; 1.5 a difference.
    load = x.size - count.size + np.sum(1 / count[1:-1] + (1 / count[:-2] + 1 / count[2:]) / 4)
    return float((np.sum((y - mean[at]) ** 2) + np.sum(second**2)) / load)


def plug_in(x, y, support=None, bandwidth=None, segments="density"):
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

    Returns
    -------
    PlugIn
        `density`: λ̂, a ``scipy.stats.rv_histogram`` on `support`; `coefficient`: Â = ∫ p̂ β̂'²/λ̂²/12;
        `noise_variance`: σ̂² by :func:`difference_variance`; `bandwidth`: the one used;
        `number_of_experts`: m̂ = (2 Â n/σ̂²)^(1/3), infinite for data without noise.

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
    noise_variance = difference_variance(x, y)
    x, y = _check.vector(x, "x"), _check.vector(y, "y")
    low, high = (x.min(), x.max()) if support is None else _check.increasing(support, "support")
    if not low < high:
        raise ValueError(f"x must have two different values or more, got only {low}")
    _check.within(x, low, high, "x")
    cell = np.minimum(((x - low) / (high - low) * _GRID).astype(int), _GRID - 1)
    data = [np.bincount(cell, values, _GRID) for values in (np.ones(x.size), y - y.mean(), (y - y.mean()) ** 2)]
    if bandwidth is None:
        bandwidth = min(np.geomspace(0.005, 0.3, 16), key=lambda h: _local_linear(data, h)[1])
    bandwidth = _check.real(bandwidth, "bandwidth", 0, open_low=True)
    inputs = _kernel_density(data[0], bandwidth)
    weight = inputs * _local_linear(data, bandwidth)[0] ** 2
    shape = {"density": np.cbrt(weight), "uniform": np.ones(_GRID), "quantile": inputs}[segments]
    level = 0.9 * shape / shape.mean() + 0.1 if shape.any() else np.ones(_GRID)
    coefficient = float(np.mean(weight / level**2) / 12)
    with np.errstate(divide="ignore", invalid="ignore"):
        m = np.cbrt(np.divide(2 * coefficient * x.size, noise_variance)) if coefficient else 0.0
    density = stats.rv_histogram((level, np.linspace(low, high, _GRID + 1)), density=True)
    return PlugIn(density, coefficient, noise_variance, float(bandwidth), float(m))


def plug_in_density(x, y, support=None, bandwidth=None):
    """The `density` of :func:`plug_in`: has `pdf`, `cdf`, `ppf`, `support`, as a segment density has."""
    return plug_in(x, y, support, bandwidth).density


def _learn_chunk(segmentation, x, y):
    return RunningExperts(segmentation).update(x, y)


def _merge(segmentation, parts):
    merged = RunningExperts(segmentation)  # a new one: a task must not change what others may read
    for part in parts:
        merged.merge(part)
    return merged


class _SideBySide:
    """Several segmentations as one, so that β and p are evaluated once for all of them."""

    def __init__(self, segmentations):
        self.segmentations = segmentations
        self.ends = np.cumsum([each.n_regions for each in segmentations])
        self.n_regions = self.ends[-1]

    def cubature(self, problem):
        nodes, weights, regions = zip(*[each.cubature(problem) for each in self.segmentations], strict=True)
        regions = [region + start for region, start in zip(regions, [0, *self.ends], strict=False)]
        return np.concatenate(nodes), np.concatenate(weights), np.concatenate(regions)

    def moments(self, problem):
        return [RegionMoments(*each) for each in zip(*[np.split(values, self.ends[:-1])
                                                       for values in region_moments(problem, self)], strict=True)]


def _mean_inverse_counts(n, moments):
    probability = np.concatenate([each.probability for each in moments])
    counts = mean_inverse_count(n, np.minimum(probability, 1))  # quadrature may exceed 1 by a rounding
    return np.split(counts, np.cumsum([each.probability.size for each in moments])[:-1])


def _expected(moments, noise_variance, n, default=None):
    """Expected test error for each of a list of region moments; shape (len(moments),)."""
    return np.array([noise_variance + each.probability @ each.variance
                     + sum(_estimation(each, noise_variance, n, default, counts))
                     for each, counts in zip(moments, _mean_inverse_counts(n, moments), strict=True)])


def _estimation(moments, noise_variance, n, default, counts):
    probability, mean, variance = moments
    load, rest = probability * counts, np.maximum(1 - probability, 0)
    empty = probability * rest**n
    if default is None:  # the mean of y over the n examples, all of them outside A_i
        share = np.divide(1, rest, out=np.zeros_like(rest), where=rest > 0)
        average = probability @ mean
        offset = mean - average
        total = probability @ (variance + offset**2)
        bias = offset * share  # c_i - μ_(-i)
        # v_(-i), from Var β = Σ P_j (v_j + (c_j - Eβ)²) less what A_i holds
        outside = (total - probability * (variance + offset**2)) * share - (probability * bias) ** 2
        miss = bias**2 + (noise_variance + outside) / n
    else:
        miss = (_check.real(default, "default") - mean) ** 2
    return ExpectedEstimationError(float(noise_variance * load.sum()), float(load @ variance), float(empty @ miss))


def _quantiles(law, u):
    """``law.ppf(u)``; for uniform laws by hand, in a tenth of the time."""
    if getattr(getattr(law, "dist", None), "name", None) == "uniform":
        low, high = law.support()
        return low + (high - low) * u
    return law.ppf(u)


def _test_statistics(problem, segmentation, test):
    """(e, W, C) with test error e + Σ W_i (ĉ_i - C_i)²: exact, or empirical on test examples."""
    if test is None:
        probability, mean, variance = region_moments(problem, segmentation)
        return problem.noise_variance + probability @ variance, probability, mean
    x, y = test
    region, m = segmentation.route(x), segmentation.n_regions
    count = np.bincount(region, minlength=m)
    mean = np.bincount(region, y, m) / np.maximum(count, 1)
    return np.mean((y - mean[region]) ** 2), count / y.size, mean


def _kernel_density(count, bandwidth):
    """Gaussian kernel density on the grid, reflected at 0 and 1."""
    centre = (np.arange(_GRID) + 0.5) / _GRID
    density = sum(np.exp(-0.5 * ((centre[:, None] - image) / bandwidth) ** 2) @ count
                  for image in (centre, -centre, 2 - centre))
    return density / density.mean()


def _local_linear(data, bandwidth):
    """Slope of the local-linear fit in each cell, and its leave-one-out squared error."""
    count, total, square = data
    centre = (np.arange(_GRID) + 0.5) / _GRID
    offset = centre - centre[:, None]
    kernel = np.exp(-0.5 * (offset / bandwidth) ** 2)
    s0, s1, s2 = (kernel * offset**k @ count for k in range(3))
    t0, t1 = (kernel * offset**k @ total for k in range(2))
    # One example's worth of weight keeps the fit level where there are hardly any examples.
    spread = s2 + bandwidth**2
    scale = s0 * spread - s1**2
    near = s0 > 1e-12  # within seven bandwidths of an example
    slope, fit, leverage = (np.divide(value, scale, out=np.zeros(_GRID), where=near)
                            for value in (s0 * t1 - s1 * t0, spread * t0 - s1 * t1, spread))
    error = (square - 2 * fit * total + fit**2 * count) / np.maximum(1 - leverage, 1e-3) ** 2
    return slope, error.sum()
