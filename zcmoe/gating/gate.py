"""A gate that can be run: it learns from examples, samples an expert for each input, and reports its rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._typing import Seed
from zcmoe.gating.bank import check_slope, information
from zcmoe.gating.curves import curve
from zcmoe.gating.lines import Statistics, alternate, check_experts
from zcmoe.moments import region_moments
from zcmoe.problem import Problem

if TYPE_CHECKING:
    from zcmoe.segmentation.base import Segmentation


class GateReport(NamedTuple):
    """What a gate does, and the best that any gate on its regions could do with constants at its rate.

    `rate` I(X;T) in nats; `distortion` and `best`, D(R), in squared units of y, noise included.
    """

    rate: float
    distortion: float
    best: float


class FiniteRateGate:
    """A mixture of experts whose gate passes I(X;T) nats: π(t|x) ∝ r_t exp(-s d̂(i(x), t)).

    The gate sees x through i(x) alone, its region in a fine segmentation; d̂(i, t) is the mean squared error of
    expert t there. A finer segmentation is a better gate as long as the regions' errors are known well.

    Parameters
    ----------
    segmentation : Intervals or another segmentation
    experts : array_like, shape (m,) or (m, 1 + d)
        Constants; or for affine experts intercepts and coefficients of x.
    weights : array_like, shape (m,)
        r, summing to 1.
    slope : float
        s > 0, in nats per squared unit of y.
    costs : array_like, shape (n_regions, m)
        d̂. :meth:`fit` measures it from examples, :meth:`known` computes it from a problem.

    Attributes
    ----------
    conditional : ndarray, shape (n_regions, m)
        π(t|i).

    Raises
    ------
    ValueError
        If shapes do not agree, the weights are no law, or s <= 0.

    References
    ----------
    A gate as a channel: Khalesi and Deylam Salehi, arXiv 2602.15091. This one is ours.

    Examples
    --------
    >>> import numpy as np
    >>> from zcmoe import Intervals
    >>> x = np.random.default_rng(0).random(2000)
    >>> gate = FiniteRateGate.fit(Intervals.uniform(32), x, x**2, n_experts=3, rate=np.log(2), rng=0)
    >>> report = gate.on_examples(x, x**2)
    >>> print(f"{report.rate / np.log(2):.3f} bits", report.best < report.distortion < 1.2 * report.best)
    1.000 bits True
    >>> gate.expected([0.05, 0.95]).round(2).tolist()
    [0.12, 0.79]
    """

    segmentation: Segmentation
    experts: np.ndarray
    weights: np.ndarray
    slope: float
    costs: np.ndarray
    conditional: np.ndarray

    def __init__(self, segmentation: Segmentation, experts: ArrayLike, weights: ArrayLike, slope: float, *,
                 costs: ArrayLike | None = None):
        self.segmentation = segmentation
        self.experts = check_experts(experts)
        m = len(self.experts)
        if self.experts.ndim == 2 and self.experts.shape[1] != 1 + segmentation.dimension:
            raise ValueError(f"experts must have shape (m,) or (m, {1 + segmentation.dimension}), "
                             f"got {self.experts.shape}")
        self.weights = _check.within(_check.vector(weights, "weights", m), 0, 1, "weights").copy()
        if abs(self.weights.sum() - 1) > 1e-9:
            raise ValueError(f"weights must sum to 1, got {self.weights.sum():.12g}")
        self.slope = check_slope(slope)
        if costs is None:
            raise ValueError("costs, the error of each expert in each region, must be given; "
                             "FiniteRateGate.fit measures them, FiniteRateGate.known computes them; got None")
        self.costs = _check.finite(_check.floats(costs, "costs"), "costs").copy()
        if self.costs.shape != (segmentation.n_regions, m):
            raise ValueError(f"costs must have shape ({segmentation.n_regions}, {m}), got {self.costs.shape}")
        with np.errstate(divide="ignore"):
            score = np.log(self.weights) - self.slope * self.costs
        gate = np.exp(score - score.max(axis=1, keepdims=True))
        self.conditional = gate / gate.sum(axis=1, keepdims=True)

    def __repr__(self):
        kind = "constants" if self.experts.ndim == 1 else "affine experts"
        return f"FiniteRateGate({self.segmentation!r}, {len(self.experts)} {kind}, slope={self.slope:.6g})"

    @classmethod
    def fit(cls, segmentation: Segmentation, x: ArrayLike, y: ArrayLike, *, n_experts: int, slope: float | None = None,
            rate: float | None = None, affine: bool = False, rng: Seed = None, starts: int = 4) -> FiniteRateGate:
        """Learn experts and gate from examples, alternating between them.

        Parameters
        ----------
        segmentation : Intervals or another segmentation
            What the gate sees of x: fine, but with many examples a region. In a region without any, the experts'
            errors are those on all examples.
        x : array_like, shape (n,) or (n, d)
        y : array_like, shape (n,)
        n_experts : int
            m.
        slope, rate : float
            One of them: s > 0, or R in nats, at most ln m.
        affine : bool
        rng : anything that ``numpy.random.default_rng`` takes
        starts : int
            The best of so many, after 15 steps, is followed to a local optimum.
        """
        return cls._of(segmentation, _measured(segmentation, x, y, affine), n_experts, slope, rate, rng, starts)

    @classmethod
    def known(cls, problem: Problem, segmentation: Segmentation, *, n_experts: int, slope: float | None = None,
              rate: float | None = None, affine: bool = False, rng: Seed = None, starts: int = 4) -> FiniteRateGate:
        """The gate for a known problem: every d(i, t) = σ² + E[(β(x) - f_t(x))² | x in region i] exactly."""
        return cls._of(segmentation, _computed(problem, segmentation, affine), n_experts, slope, rate, rng, starts)

    @classmethod
    def _of(cls, segmentation, statistics, n_experts, slope, rate, rng, starts):
        bank = alternate(statistics, n_experts, slope, rate, rng, starts)
        costs = statistics.costs(statistics.forms(bank.experts))
        return cls(segmentation, bank.experts, bank.point.weights, bank.point.slope, costs=costs)

    def choose(self, x: ArrayLike, *, rng: Seed = None) -> np.ndarray:
        """Draw an expert for each x from the gate, ints of shape (n,)."""
        region = self.segmentation.route(x)
        m = len(self.experts)
        steps = np.cumsum(self.conditional, axis=1)
        steps /= steps[:, -1:]
        ladder = (steps + np.arange(len(steps))[:, None]).ravel()  # increasing: region i is on [i, i + 1]
        draw = region + np.random.default_rng(rng).random(region.size)
        return np.clip(np.searchsorted(ladder, draw, side="right") - region * m, 0, m - 1)

    def predict(self, x: ArrayLike, *, rng: Seed = None) -> np.ndarray:
        """The answer of an expert drawn for each x, shape (n,)."""
        chosen = self.choose(x, rng=rng)
        if self.experts.ndim == 1:
            return self.experts[chosen]
        return _affine(self.experts[chosen], x)

    def expected(self, x: ArrayLike) -> np.ndarray:
        """The mean of the answers over the gate's draws, shape (n,): its error lacks the draw's variance."""
        average = self.segmentation.look_up(self.conditional @ self.experts, x)
        return average if self.experts.ndim == 1 else _affine(average, x)

    def on_problem(self, problem: Problem) -> GateReport:
        """Rate and distortion on a known law, beside D(R)."""
        return self._report(_computed(problem, self.segmentation, self.experts.ndim == 2))

    def on_examples(self, x: ArrayLike, y: ArrayLike) -> GateReport:
        """Rate and distortion on examples; give held-out ones. `best` is from the means of y in their regions.

        The noise of these means is taken for signal, σ²/count a region: `best` is too small by about that.
        """
        return self._report(_measured(self.segmentation, x, y, self.experts.ndim == 2))

    def _report(self, statistics):
        p = statistics.probability
        rate = information(p, self.conditional)
        distortion = float(p @ (self.conditional * statistics.costs(statistics.forms(self.experts))).sum(axis=1))
        mean = statistics.second[:, 0, -1]
        within = float(p @ (statistics.second[:, -1, -1] - mean**2))
        value, index = np.unique(mean[p > 0], return_inverse=True)
        mass = np.bincount(index, p[p > 0])
        if rate >= -mass @ np.log(mass) - 1e-12:
            return GateReport(rate, distortion, within)
        best = curve(value, mass, rates=[rate], tol=1e-8).distortions[0]
        return GateReport(rate, distortion, within + float(best))


def _affine(table, x):
    x = np.asarray(x, dtype=float)
    return table[:, 0] + (table[:, 1:] * x.reshape(len(x), -1)).sum(axis=1)


def _measured(segmentation, x, y, affine):
    """Statistics of examples: of each region, and of all of them where a region has none."""
    region = segmentation.route(x)
    y = _check.vector(y, "y", region.size)
    if not region.size:
        raise ValueError("x and y must hold at least one example, got 0")
    x = np.asarray(x, dtype=float).reshape(region.size, -1)
    psi = np.column_stack([np.ones(y.size), *(x.T if affine else ()), y])
    centre = np.r_[0, psi[:, 1:].mean(axis=0)]
    psi -= centre
    count, k = np.bincount(region, minlength=segmentation.n_regions), psi.shape[1]
    second = np.empty((count.size, k, k))
    for i, j in zip(*np.triu_indices(k), strict=True):
        product = psi[:, i] * psi[:, j]
        total = np.bincount(region, product, count.size)
        second[:, i, j] = second[:, j, i] = np.where(count > 0, total / np.maximum(count, 1), product.mean())
    return Statistics(count / y.size, second, centre, affine)


def _computed(problem, segmentation, affine):
    """Statistics of a known problem, from moments of β, of x and of their products."""
    p, mean, variance = region_moments(problem, segmentation)
    p = p / p.sum()
    n, d = p.size, problem.dimension if affine else 0
    axes = [lambda x, j=j: x.reshape(len(x), -1)[:, j] for j in range(d)]

    def moments(f):
        return region_moments(Problem(f, problem.inputs, problem.noise, dimension=problem.dimension,
                                      breakpoints=problem.breakpoints if problem.dimension == 1 else ()), segmentation)

    first = np.column_stack([np.ones(n), *(moments(f).mean for f in axes), mean])
    centre = np.r_[0, p @ first[:, 1:]]
    first -= centre
    second = first[:, :, None] * first[:, None, :]
    second[:, -1, -1] += variance + problem.noise_variance
    functions, spread = [*axes, problem.beta], {}
    for i in range(d):
        spread[i, i] = moments(axes[i]).variance
        for j in range(i + 1, d + 1):  # the covariance, by polarisation
            plus, minus = (moments(lambda x, f=functions[i], g=functions[j], s=s: f(x) + s * g(x)).variance
                           for s in (1, -1))
            spread[i, j] = (plus - minus) / 4
    for (i, j), value in spread.items():
        second[:, i + 1, j + 1] += value
        if i != j:
            second[:, j + 1, i + 1] += value
    return Statistics(p, second, centre, affine)
