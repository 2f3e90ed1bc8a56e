"""Whole curves of error against rate, from what no gate can beat to what intervals reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check
from zcmoe._laws import Sample
from zcmoe._quadrature import adaptive_panels, panel_rule
from zcmoe._typing import LikeInput
from zcmoe.gating.bank import check_law, check_slope
from zcmoe.gating.free import check_values, free_rate_distortion, merged
from zcmoe.gating.slopes import critical_slopes
from zcmoe.optimum import optimal_partition
from zcmoe.segmentation._branches import Branches

if TYPE_CHECKING:
    from zcmoe.problem import Problem


@dataclass(frozen=True, eq=False)
class Curve:
    """Points of D(R), in the order asked for; arrays of shape (k,), rates in nats.

    `gaps` are Blahut's, of rate + slope · distortion.
    """

    slopes: np.ndarray
    rates: np.ndarray
    distortions: np.ndarray
    gaps: np.ndarray


@dataclass(frozen=True, eq=False)
class ScalarQuantizer:
    """A division of the values, in order, into runs that share a constant.

    Attributes
    ----------
    edges : ndarray of int, shape (m + 1,)
        Index, into the distinct values (or the values as given, for intervals), at which each run starts, and n.
    constants, probability : ndarray, shape (m,)
    distortion : float
        Σ p (value - constant)², without noise.
    """

    edges: np.ndarray
    constants: np.ndarray
    probability: np.ndarray
    distortion: float

    @property
    def entropy(self) -> float:
        """H(T) = I(X;T), the rate of this router when its expert is entropy-coded, in nats."""
        from scipy.special import entr
        return float(entr(self.probability).sum())

    @property
    def fixed_rate(self) -> float:
        """ln m, the rate without entropy coding, in nats."""
        return float(np.log(self.probability.size))


class ValueEntropy(NamedTuple):
    """Differential entropy h(β(X)) and the entropy H(branch | β(X)), in nats; see :func:`value_entropy`."""

    value: float
    branch: float


def curve(values: ArrayLike, probability: ArrayLike, *, slopes: ArrayLike | None = None, rates: ArrayLike | None = None,
          distortions: ArrayLike | None = None, tol: float = 1e-9) -> Curve:
    """D(R) for any constants, at given slopes, rates or distortions.

    Parameters
    ----------
    values : array_like, shape (n,)
        β(x) at the atoms of the law of X.
    probability : array_like, shape (n,)
    slopes, rates, distortions : array_like, shape (k,)
        Exactly one of them: s > 0, R in nats, or D without noise.
    tol : float
        Blahut's gap, in nats.

    Returns
    -------
    Curve
        At a given rate or distortion the other one is found by the tangent from a point so close by that it makes
        no difference.

    Raises
    ------
    ValueError
        If a target is out of reach: rates are below H(β(X)), distortions above 0 and at most Var β(X).

    Examples
    --------
    Two equally likely values: D = a(1 - a) at the rate ln 2 - h(a).

    >>> found = curve([0, 1], [0.5, 0.5], rates=[0.0, 0.3])
    >>> print(found.distortions.round(6), found.slopes.round(6))
    [0.25     0.115741] [2.       2.551236]
    """
    given = [name for name, target in (("slopes", slopes), ("rates", rates), ("distortions", distortions))
             if target is not None]
    if len(given) != 1:
        raise ValueError(f"one of slopes, rates and distortions must be given, got {' and '.join(given) or 'none'}")
    values, p = check_values(values, probability), check_law(probability)
    if slopes is not None:
        return _gather([_at(values, p, check_slope(s), tol) for s in _targets(slopes, "slopes")])
    name = given[0]
    targets = _targets(rates if distortions is None else distortions, name)
    u, mass = merged(values, p)
    variance, entropy = mass @ (u - mass @ u) ** 2, -mass @ np.log(mass)
    reach = f"[0, {entropy:.6g}) nats" if name == "rates" else f"(0, {variance:.6g}]"
    for target in targets:
        if not (0 <= target < entropy if name == "rates" else 0 < target <= variance * (1 + 1e-12)):
            raise ValueError(f"every one of {name} must be within reach, in {reach}, got {target:.6g}")
    return _gather([_aim(values, p, name, target, variance, tol) for target in targets])


def fixed_rate(values: ArrayLike, probability: ArrayLike, m: int, *,
               regions: Literal["levels", "intervals"] = "levels") -> ScalarQuantizer:
    """The best router without chance into at most m regions: the exact optimum at the rate ln m.

    Parameters
    ----------
    values : array_like, shape (n,)
        β(x), in the order of x.
    probability : array_like, shape (n,)
    m : int
    regions : {"levels", "intervals"}
        Regions of any shape, which are runs of the values in their order; or intervals of x, which are runs of the
        values as given.

    Returns
    -------
    ScalarQuantizer
        With fewer regions where there are fewer values.

    Examples
    --------
    Three intervals, or two regions of any shape, for a β that returns to where it was:

    >>> law = [0.25, 0.25, 0.5]
    >>> print([fixed_rate([0, 1, 0], law, m, regions=r).distortion for m, r in [(2, "levels"), (3, "intervals")]])
    [0.0, 0.0]
    """
    u, p = _ordered(values, probability, regions)
    return _quantizer(u, p, optimal_partition(u, p, _check.count(m, "m")))


def entropy_coded(values: ArrayLike, probability: ArrayLike, *, slope: float,
                  regions: Literal["levels", "intervals"] = "levels") -> ScalarQuantizer:
    """The best router without chance for H(T) + slope · distortion: a point of the lower hull, exactly.

    A dynamic programme over all runs, their number free; its time is O(n²).

    Parameters
    ----------
    values : array_like, shape (n,)
        β(x), in the order of x.
    probability : array_like, shape (n,)
    slope : float
        s > 0, in nats per squared unit of the values.
    regions : {"levels", "intervals"}
        As in :func:`fixed_rate`.

    Returns
    -------
    ScalarQuantizer

    References
    ----------
    That runs suffice among regions of any shape: György and Linder 2002. The limit πe/6: Gish and Pierce 1968.

    Examples
    --------
    >>> import numpy as np
    >>> found = entropy_coded((np.arange(64) + 0.5) / 64, np.full(64, 1 / 64), slope=100)
    >>> print(found.probability.size, f"{found.entropy / np.log(2):.6f} bits {found.distortion:.6f}")
    4 2.000000 bits 0.005188
    """
    u, p = _ordered(values, probability, regions)
    slope = check_slope(slope)
    centred = u - p @ u
    mass, first, second = (np.r_[0, np.cumsum(p * centred**k)] for k in range(3))
    best, start = np.zeros(u.size + 1), np.zeros(u.size + 1, dtype=np.intp)
    for j in range(1, u.size + 1):
        weight, moment = mass[j] - mass[:j], first[j] - first[:j]
        total = best[:j] + slope * (second[j] - second[:j] - moment**2 / weight) - weight * np.log(weight)
        start[j] = total.argmin()
        best[j] = total[start[j]]
    edges = [u.size]
    while edges[-1]:
        edges.append(start[edges[-1]])
    return _quantizer(u, p, np.array(edges[::-1]))


def shannon_lower_bound(value_entropy: float, rates: ArrayLike) -> LikeInput:
    """The distortion below which no gate gets: exp(2(h - R))/(2πe), without noise.

    Parameters
    ----------
    value_entropy : float
        h(β(X)) in nats, such as :func:`value_entropy` finds; -inf where β(X) has an atom: the bound is 0 then.
    rates : float or array_like
        R in nats.

    Returns
    -------
    float or ndarray

    References
    ----------
    Shannon 1959.

    Examples
    --------
    >>> print(f"{shannon_lower_bound(0.0, 0.0):.6f}")  # for a uniform β(X)
    0.058550
    """
    h = float(value_entropy)
    if np.isnan(h) or h == np.inf:
        raise ValueError(f"value_entropy must be finite or -inf, got {value_entropy!r}")
    rates = _check.within(_check.finite(_check.floats(rates, "rates"), "rates"), 0, np.inf, "rates")
    return (np.exp(2 * (h - rates)) / (2 * np.pi * np.e))[()]


def value_entropy(problem: Problem) -> ValueEntropy:
    """h(β(X)) and H(branch | β(X)) for d = 1, by the branches on which β is monotone.

    Intervals pay for not joining branches: at high rate they need H(branch | β(X)) nats more than regions of any
    shape, ln k for k branches that have the same law.

    Parameters
    ----------
    problem : Problem
        With d = 1.

    Returns
    -------
    ValueEntropy
        Their sum is h(X) + E ln|β'(X)|, what intervals see. Where β is flat on a set of positive probability, β(X)
        has an atom: (-inf, nan).

    Notes
    -----
    The density of β(X) at β(x) is the sum of p/|β'| over the points of the same value, one a branch. Branches end
    where β' changes sign between points 1/4096 apart. Adaptive quadrature, to about 1e-8 where the problem was
    given β', 1e-5 where it is computed from differences.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(lambda x: np.cos(2 * np.pi * x), stats.uniform(), stats.uniform(-0.5, 1),
    ...                   gradient=lambda x: -2 * np.pi * np.sin(2 * np.pi * x))
    >>> print([round(float(value), 6) for value in value_entropy(problem)])  # ln(π/2), ln 2
    [0.451583, 0.693147]
    """
    if isinstance(problem.inputs, Sample):
        return ValueEntropy(-np.inf, np.nan)
    if problem.dimension != 1:
        raise ValueError(f"problem must have dimension 1, got {problem.dimension}")
    low, high = problem.inputs.support()
    grid = problem.grid[(problem.grid >= low) & (problem.grid <= high)]
    if _has_flat_piece(problem, grid):
        return ValueEntropy(-np.inf, np.nan)
    branches = Branches(problem.beta, grid, problem.breakpoints)

    def density(x):  # what the branch of x adds to that of β(X)
        return problem.inputs.pdf(x) / np.maximum(np.abs(problem.gradient(x)), 1e-300)

    def terms(x):
        order = np.argsort(problem.beta(x))
        other, level = branches.crossings(problem.beta(x[order]))
        at = order[level]
        apart = np.searchsorted(branches.low, other) != np.searchsorted(branches.low, x[at])
        p, own = problem.inputs.pdf(x), density(x)
        joined = own + np.bincount(at[apart], density(other[apart]), x.size)
        seen = own > 0
        logs = np.log(np.where(seen, joined, 1)), np.log(np.where(seen, own, 1))
        return np.stack([p * (10 - each) for each in logs])  # of one sign: tolerances are relative

    turns = np.union1d(problem.breakpoints, branches.low[1:])
    joined, apart = adaptive_panels(terms, turns, tol=1e-10)[1].sum(axis=1)
    return ValueEntropy(float(joined - 10), float(apart - joined))


def _has_flat_piece(problem, grid):
    """Whether β' is 0 all over a panel that the inputs visit."""
    nodes, weights = panel_rule(grid)
    slope = np.abs(problem.gradient(nodes.ravel())).reshape(nodes.shape).max(axis=1)
    mass = (weights * problem.inputs.pdf(nodes.ravel()).reshape(nodes.shape)).sum(axis=1)
    return bool(np.any((slope <= 1e-12 * slope.max()) & (mass > 0)))


def _ordered(values, probability, regions):
    if regions not in ("levels", "intervals"):
        raise ValueError(f'regions must be "levels" or "intervals", got {regions!r}')
    values, p = check_values(values, probability), check_law(probability)
    return merged(values, p) if regions == "levels" else (values[p > 0], p[p > 0])


def _quantizer(u, p, edges):
    probability = np.add.reduceat(p, edges[:-1])
    constants = np.add.reduceat(p * u, edges[:-1]) / probability
    distortion = p @ (u - np.repeat(constants, np.diff(edges))) ** 2
    return ScalarQuantizer(edges, constants, probability, float(distortion))


def _targets(values, name):
    return _check.vector(np.atleast_1d(_check.floats(values, name)), name)


def _at(values, p, slope, tol):
    found = free_rate_distortion(values, p, slope=slope, tol=tol)
    return slope, found.rate, found.distortion, found.gap


def _aim(values, p, name, target, variance, tol):
    """The point whose rate or distortion is the target: a root in ln s, then the tangent."""
    from scipy.optimize import brentq

    birth = critical_slopes(values, p).birth
    if target >= variance if name == "distortions" else target == 0:
        return birth, 0.0, variance, 0.0

    def excess(log_slope, tol):
        found = _at(values, p, np.exp(log_slope), tol)
        return found[1] - target if name == "rates" else np.log(target / max(found[2], 1e-300)), found

    low = high = np.log(birth)
    while excess(high, 1e-4)[0] < 0:
        low, high = high, high + 1
    here, before = brentq(lambda log_slope: excess(log_slope, 1e-4)[0], low - 1e-3, high, xtol=1e-3), None
    for _ in range(6):  # secants, to the full tolerance
        miss, (slope, rate, distortion, gap) = excess(here, tol)
        if abs(miss) < 1e-7:
            break
        steep = 0.5 if before is None else np.clip((miss - before[1]) / (here - before[0]), 0.1, 10)
        here, before = max(here - miss / steep, np.log(birth)), (here, miss)
    if name == "rates":
        return slope, target, distortion + (rate - target) / slope, gap
    return slope, rate + slope * (distortion - target), target, gap


def _gather(points):
    return Curve(*map(np.array, zip(*points, strict=True)))
