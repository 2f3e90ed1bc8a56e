"""Test errors: exact from the region moments, asymptotic from the two densities w and λ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zcmoe import _check
from zcmoe._laws import density_law
from zcmoe._rules import integral
from zcmoe._typing import Cells, Counts, HasPdf, LikeInput, Moment
from zcmoe.moments import excess_error, region_geometry, region_moments
from zcmoe.segmentation import Segmentation

if TYPE_CHECKING:
    from zcmoe.experts import ZeroComputeMoE
    from zcmoe.problem import Problem


def approximation_error(problem: Problem, segmentation: Segmentation) -> float:
    """Test error of the best experts (10): σ² + Σ P_i v_i, exactly.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation

    Returns
    -------
    float
        In squared units of y, noise variance included.

    References
    ----------
    Dar, arXiv 2510.03151, (10), (14), (38).

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{approximation_error(problem, Intervals.uniform(4)) - problem.noise_variance:.6f}")  # 1/(12 m²)
    0.005208
    """
    return problem.noise_variance + approximation_excess(problem, segmentation)


def approximation_excess(problem: Problem, segmentation: Segmentation) -> float:
    """What the best experts add to the noise (10): Σ P_i v_i, to full digits.

    Parameters
    ----------
    problem : Problem
    segmentation : Segmentation

    Returns
    -------
    float
        In squared units of y, without the noise variance: the difference of :func:`approximation_error` and σ²
        would lose its digits where the regions are small.

    References
    ----------
    Dar, arXiv 2510.03151, (10).

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Intervals, Problem
    >>> problem = Problem(lambda x: x, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{approximation_excess(problem, Intervals.uniform(1000)):.6e}")  # 1/(12 m²)
    8.333333e-08
    """
    moments = region_moments(problem, segmentation)
    return float(moments.probability @ moments.variance)


def estimation_error(problem: Problem, moe: ZeroComputeMoE) -> float:
    """What wrong constants add (39): Σ P_i (ĉ_i - c_i)², no noise in it.

    Parameters
    ----------
    problem : Problem
    moe : ZeroComputeMoE

    Returns
    -------
    float
    """
    moments = region_moments(problem, moe.segmentation)
    return float(moments.probability @ (moe.constants - moments.mean) ** 2)


def test_error(problem: Problem, moe: ZeroComputeMoE) -> float:
    """Test error (7) of any experts: σ² + Σ P_i (v_i + (ĉ_i - c_i)²), exactly.

    Parameters
    ----------
    problem : Problem
    moe : ZeroComputeMoE

    Returns
    -------
    float

    References
    ----------
    Dar, arXiv 2510.03151, (6), (7), (37), Lemma 6.2.
    """
    moments = region_moments(problem, moe.segmentation)
    return problem.noise_variance + float(
        moments.probability @ (moments.variance + (moe.constants - moments.mean) ** 2))


test_error.__test__ = False  # its name is the field's; pytest must not collect it


def small_region_error(problem: Problem, segmentation: Segmentation) -> float:
    """The sum formula (19), and for d > 1 the bound (28): σ² + Σ w(x_i) tr J_i.

    tr J_i = d M(A_i) V_i^(1 + 2/d), which is Δ_i³/12 for d = 1.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation

    Returns
    -------
    float
        For d = 1 the test error of the best experts up to o(Δ_max²); for d > 1 a bound of it up
        to o(V_max^(2/d)).

    References
    ----------
    Dar, arXiv 2510.03151, Theorems 4.1 and 5.1.
    """
    x, inertia = _centres(problem, segmentation)
    return problem.noise_variance + float(problem.weight(x) @ np.trace(inertia, axis1=1, axis2=2))


def anisotropic_error(problem: Problem, segmentation: Segmentation) -> float:
    """The sum (28) before Cauchy–Schwarz: σ² + Σ p(x_i) ∇β(x_i)ᵀ J_i ∇β(x_i).

    This is the test error of the best experts up to o(V_max^(2/d)) for cells of any shape; for
    d = 1 it is (19). For cells with J_i = M V_i^(1 + 2/d) I, such as cubes, it is the bound (28)
    with its excess divided by d.

    Parameters
    ----------
    problem : Problem
    segmentation : Intervals or another segmentation

    Returns
    -------
    float

    References
    ----------
    The expression that (97)–(98) of Dar, arXiv 2510.03151, bound by (99); the reading is ours.
    """
    x, inertia = _centres(problem, segmentation)
    gradient = problem.gradient(x).reshape(len(x), problem.dimension)
    terms = np.einsum("ij,ijk,ik->i", gradient, inertia, gradient)
    return problem.noise_variance + float(problem.inputs.pdf(x) @ terms)


def high_rate_coefficient(problem: Problem, density: HasPdf | None = None, *, moment: Moment = None,
                          cells: Cells = "isotropic") -> float:
    """m^(2/d) times the high-rate excess: the constant of (21), (30), and for `density` None of (23), (54).

    Parameters
    ----------
    problem : Problem
    density : segment density, optional
        λ* when None.
    moment, cells
        As in :func:`high_rate_error`.

    Returns
    -------
    float
        In squared units of y.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(np.square, stats.uniform(), stats.uniform(-0.5, 1))
    >>> uniform, least = high_rate_coefficient(problem, stats.uniform()), high_rate_coefficient(problem)
    >>> print(f"{uniform:.6f} {least:.6f}")  # 1/9, 0.072
    0.111111 0.072000
    """
    return _high_rate(problem, density, moment, cells)[0]


def standard_error(problem: Problem, what: Segmentation | HasPdf | None = None, *, moment: Moment = None,
                   cells: Cells = "isotropic") -> float:
    """Error to expect in an answer that a rule of finitely many nodes gave.

    Parameters
    ----------
    problem : Problem
    what : Segmentation or segment density, optional
        Of a segmentation: the error in Σ P_i v_i, and so in :func:`approximation_error`. Of a density: the error in
        :func:`high_rate_coefficient`, where None is λ* too; divided by m^(2/d) it is that in
        :func:`high_rate_error` and :func:`minimal_error`.
    moment, cells
        As in :func:`high_rate_error`, for a density.

    Returns
    -------
    float
        In squared units of y. Of Sobol's rules (d > 3, and regions that are neither intervals, boxes nor plane
        polygons) the spread between 16 scrambles; otherwise what the refinement left, about 1e-12 of the answer for
        smooth β and p. 0 for d = 1 and for a `Sample`, where sums are exact to rounding. It knows nothing of what no
        node sees: a set of inputs with a probability below 1e-4, say, on which β does something that its values
        elsewhere do not foretell.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Boxes, Independent, Problem
    >>> square = Independent(stats.uniform(), stats.uniform())
    >>> smooth = Problem(lambda x: x.sum(axis=1), square, None)
    >>> jump = Problem(lambda x: np.where(x.sum(axis=1) < 1.2, 0.0, 1.0), square, None)
    >>> bool(0 < standard_error(smooth, Boxes((3, 3))) < 1e-12 < standard_error(jump, Boxes((3, 3))) < 1e-4)
    True
    """
    if isinstance(what, Segmentation):
        return excess_error(problem, what)
    return _high_rate(problem, what, moment, cells)[1]


def _high_rate(problem, density, moment, cells):
    """The coefficient of (21), (30) or of (23), (54), and its error."""
    d = problem.dimension
    if cells not in ("isotropic", "any"):
        raise ValueError(f'cells must be "isotropic" or "any", got {cells!r}')
    inertia, factor = _moment(moment, d), d if cells == "any" else 1
    blur = problem.blur if d == 1 else None
    if density is None:  # (23), (54): Hölder's inequality with equality
        total, error = integral(lambda x: (inertia(x) * problem.weight(x)) ** (d / (d + 2)), d, problem.inputs,
                                problem.grid, blur)
        power = (d + 2) / d
        return factor * total**power, factor * power * total ** (power - 1) * error

    density = density_law(density, d)

    def integrand(x):
        weight, level = inertia(x) * problem.weight(x), density.pdf(x)
        if np.any((level <= 0) & (weight > 0)):
            raise ValueError("density must be positive wherever p ‖∇β‖² is, got "
                             f"{level.min():g} at x = {x[np.argmin(level)]}")
        with np.errstate(over="ignore"):  # what overflows does not converge, and is refused for that
            return np.divide(weight, level ** (2 / d), out=np.zeros_like(weight), where=weight > 0)

    panels = np.union1d(problem.grid, density.panels) if d == 1 else ()
    total, error = integral(integrand, d, problem.inputs, panels, blur)
    return factor * total, factor * error


def high_rate_error(problem: Problem, density: HasPdf, m: Counts, *, moment: Moment = None,
                    cells: Cells = "isotropic") -> LikeInput:
    """High-rate value of the test error for a segment density λ: (21), (30), (52).

    For d = 1, σ² + (1/12m²) ∫ w/λ². For d > 1, σ² + m^(-2/d) ∫ M w λ^(-2/d), times d in the
    paper's bound.

    Parameters
    ----------
    problem : Problem
    density : SciPy distribution on [0, 1], SegmentDensity, or object with ``pdf``
    m : int or array_like of int
        Number of experts.
    moment : float or callable, optional
        The normalized moment of inertia M or M(x) (29); 1/12, that of intervals and cubes, by
        default.
    cells : {"isotropic", "any"}
        "any" is the paper's upper bound, valid for cells of any shape. "isotropic" drops its
        factor d: for cells with J = M V^(1 + 2/d) I the inequality (99) is, on average over the
        cell, an equality with 1/d. The two agree for d = 1.

    Returns
    -------
    float or ndarray
        Of the shape of `m`.

    Raises
    ------
    ValueError
        If λ is no probability density on [0, 1]^d; if the integral diverges, because λ is too small where w is not;
        or if `moment` is below the sphere bound.

    References
    ----------
    Dar, arXiv 2510.03151, Corollaries 4.2, 5.2 and C.1.

    Examples
    --------
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(lambda x: x, stats.beta(2, 1), stats.uniform(-0.5, 1))  # p = 2x
    >>> excess = high_rate_error(problem, stats.uniform(), 10) - problem.noise_variance
    >>> print(f"{100 * excess:.6f}")  # m² times the excess: 1/12
    0.083333
    """
    m = _check.counts(m, "m")
    coefficient = high_rate_coefficient(problem, density, moment=moment, cells=cells)
    return problem.noise_variance + coefficient / m ** (2 / problem.dimension)


def minimal_error(problem: Problem, m: Counts, *, moment: Moment = None, cells: Cells = "isotropic") -> LikeInput:
    """High-rate value at the optimal density: (23), and (54) for d > 1.

    For d = 1, σ² + (1/12m²) (∫ w^(1/3))³. A moment M(x) that is not constant enters the integral.

    Parameters
    ----------
    problem : Problem
    m : int or array_like of int
    moment, cells
        As in :func:`high_rate_error`.

    Returns
    -------
    float or ndarray
        Of the shape of `m`.

    References
    ----------
    Dar, arXiv 2510.03151, Theorems 4.3 and C.2.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> from zcmoe import Problem
    >>> problem = Problem(np.square, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{100 * (minimal_error(problem, 10) - problem.noise_variance):.6f}")  # 0.072
    0.072000
    """
    m = _check.counts(m, "m")
    coefficient = high_rate_coefficient(problem, moment=moment, cells=cells)
    return problem.noise_variance + coefficient / m ** (2 / problem.dimension)


def _centres(problem, segmentation):
    """Centroids x_i, as β takes them, and inertia J_i of the regions that have a volume."""
    geometry = region_geometry(problem, segmentation)
    some = geometry.volume > 0
    centroid = geometry.centroid[some]
    return centroid[:, 0] if problem.dimension == 1 else centroid, geometry.inertia[some]


def _moment(moment, d):
    """M as a function of x, held against the sphere bound: no cell has less inertia than a ball."""
    from zcmoe.lattices import sphere_bound
    ball = sphere_bound(d)

    def inertia(x):
        values = np.broadcast_to(1 / 12 if moment is None else moment(x) if callable(moment) else moment, len(x))
        if not np.all(values >= ball * (1 - 1e-9)):
            raise ValueError(f"moment must be at least the sphere bound {ball:.6f} in dimension {d}, got "
                             f"{values.min()}")
        return values

    return inertia
