"""Rules for a law on the cube, d > 1: which nodes and weights serve which law."""

import numpy as np

from zcmoe import _cubature
from zcmoe._arrays import ratio
from zcmoe._cubature import LARGEST, Chart, LawChart, Patches, halved, refine, sobol_rule
from zcmoe._judge import IntegralJudge, MomentsJudge
from zcmoe._laws import Independent, Sample
from zcmoe._polytope import Quadrilaterals, along_lines, quadrilateral_patches, quadrilaterals
from zcmoe._quadrature import SCRAMBLES, integrate

_PARTS = {2: 8, 3: 4, 4: 2}  # of an axis, at least, before anything is refined: what is narrower may be missed
_SAFETY = 3.0  # patches that a jump runs through err alike, not at random
_NODES_PER_REGION = 30
_UNRESOLVED = 1e-6  # relative error from which Sobol's points are tried instead, for d > 3


def scattered_nodes(law, dimension, measure):
    """Nodes, weights and the number of replicates of a rule that knows nothing of the regions.

    For a product law Sobol's points go through the marginals' quantiles; for another they are weighted with the
    density, or are draws where that would leave few of them.
    """
    if isinstance(law, Sample):
        if measure == "volume":
            raise ValueError(f"inputs must have a density for volumes, got {law!r}")
        return law.points, law.weights, 1
    nodes, weights = sobol_rule(dimension)
    if measure == "law" and (dimension == 1 or isinstance(law, Independent)):
        nodes, weights = transported((law,) if dimension == 1 else law.marginals, nodes)
    elif measure == "law":
        mass = law.pdf(nodes)
        if mass.sum() ** 2 < 2**14 * np.sum(mass**2):
            nodes = law.rvs(len(nodes), np.random.default_rng(0))
        else:
            weights = mass / mass.sum()
    return nodes[:, 0] if dimension == 1 else nodes, weights, SCRAMBLES


def transported(marginals, uniforms):
    """Points of the cube under the quantile function of each marginal, interpolated, and the weights this asks for."""
    nodes, weights, tables = np.empty_like(uniforms), np.ones(len(uniforms)), {}
    for j, law in enumerate(marginals):
        if id(law) not in tables:
            edges = np.union1d(law.ppf(np.linspace(0, 1, 2**10 + 1)), law.panels)
            levels = np.maximum.accumulate(law.cdf(edges))
            rising = np.diff(levels) > 0
            tables[id(law)] = levels[:-1][rising], np.diff(levels)[rising], edges[:-1][rising], np.diff(edges)[rising]
        levels, growth, edges, width = tables[id(law)]
        level = levels[0] + uniforms[:, j] * (levels[-1] + growth[-1] - levels[0])
        cell = np.searchsorted(levels, level, side="right") - 1
        nodes[:, j] = edges[cell] + np.clip((level - levels[cell]) / growth[cell], 0, 1) * width[cell]
        weights *= law.pdf(nodes[:, j]) * width[cell] / growth[cell]
    return nodes, weights / weights.sum()


def enough_nodes(segmentation, weights=None):
    """Refuse regions so many that a rule which knows nothing of them has less than thirty nodes in each.

    Without weights, which take time to find: more regions than equal ones could carry.
    """
    nodes = SCRAMBLES * 2**14 if weights is None else weights.sum() ** 2 / np.sum(weights**2)
    carried = int(nodes / _NODES_PER_REGION)
    if segmentation.n_regions > carried:
        raise ValueError(f"segmentation must have at most {carried} regions for Sobol's rule, {_NODES_PER_REGION} "
                         f"nodes each, got {segmentation.n_regions}")


# ---- boxes

def box_patches(lines):
    """Patches between the lines of each axis, in row-major order, with their numbers along each axis (k, d)."""
    axes = np.meshgrid(*[np.arange(len(line) - 1) for line in lines], indexing="ij")
    index = np.stack([axis.ravel() for axis in axes], axis=1)
    low = np.stack([np.asarray(line)[i] for line, i in zip(lines, index.T, strict=True)], axis=1)
    high = np.stack([np.asarray(line)[i + 1] for line, i in zip(lines, index.T, strict=True)], axis=1)
    return Patches(low, high, np.zeros(len(low), int)), index


def order_for(patches, dimension, most=LARGEST):
    """Nodes an axis of so many patches, or None where even four are too many."""
    number = len(patches.owner)
    return next((n for n in (8, 6, 4) if number * n**dimension <= (most if n == 4 else _cubature.BUDGET)), None)


def box_rule(problem, shape, measure):
    """Nodes, weights, regions and the error of Σ P_i v_i for k_1 × … × k_d boxes; None where Sobol's serve better."""
    law, d = problem.inputs, len(shape)
    parts = [k * -(-_PARTS.get(d, 1) // k) for k in shape]
    if np.prod([float(k) for k in parts]) * 4**d > LARGEST:
        return None
    patches, index = box_patches([np.arange(k + 1) / k for k in parts])
    index = [i // (k // own) for i, k, own in zip(index.T, parts, shape, strict=True)]
    patches = patches._replace(owner=np.ravel_multi_index(index, shape))
    order = order_for(patches, d)
    if measure == "volume":
        return _unrefined(Chart(d, order), patches)
    product = isinstance(law, Independent)
    if d > 3 and not product:
        return None
    chart = LawChart(law.marginals, order) if product else Chart(d, order, law.pdf)
    rule = _law_rule(problem, chart, patches, int(np.prod(shape)))
    return None if d > 3 and rule[4] > _UNRESOLVED else rule[:4]


def _unrefined(chart, patches):
    rule = chart(patches)
    weights = rule.weights if rule.density is None else rule.weights * rule.density
    per = weights.shape[1]
    return rule.nodes.reshape(-1, chart.dimension), weights.ravel(), np.repeat(patches.owner, per), 0.0


def _law_rule(problem, chart, patches, n_regions, owners=None):
    """Nodes, weights, regions, absolute and relative error, refined until the probabilities sum to 1."""
    while True:
        judge = MomentsJudge(problem.beta, n_regions, owners)
        nodes, weights, regions, error = refine(chart, patches, judge)
        missed = abs(weights.sum() - 1)
        if missed < 1e-6 + 10 * error or 4 * len(patches.owner) * chart.order**chart.dimension > _cubature.BUDGET:
            break
        for axis in range(chart.dimension):  # a peak may lie between the nodes
            patches = halved(patches, np.arange(len(patches.owner)), np.full(len(patches.owner), axis))
    if not missed < 0.1:
        raise ValueError(f"inputs must not be more concentrated than the rule resolves, which finds "
                         f"{weights.sum():.3g} of the probability: {problem.inputs!r}")
    relative = float(np.hypot(_SAFETY * error, 1e-12) + missed * (missed > 1e-9))
    weights /= weights.sum()
    return nodes, weights, regions, relative * judge.scale**2, relative


# ---- polygons

def plane_rule(problem, cells, n_regions, measure):
    """Nodes, weights, regions and the error of Σ P_i v_i on polygons from :func:`zcmoe._polytope.plane_cells`."""
    law = problem.inputs
    product = measure == "law" and isinstance(law, Independent)
    lines = [_lines(marginal) for marginal in law.marginals] if product else [(), ()]
    parts = [quadrilaterals(*along_lines(index, polygons, count, lines)[:2]) for index, polygons, count in cells]
    corners, owner = (np.concatenate(part) for part in zip(*parts, strict=True))
    patches = quadrilateral_patches(corners, 1 / _PARTS[2])
    order = order_for(patches, 2, 2**24)
    if order is None:
        raise ValueError(f"segmentation must have at most about 400000 regions for this rule, got {n_regions}")
    if measure == "volume":
        nodes, weights, patch, error = _unrefined(Quadrilaterals(corners, order), patches)
        return nodes, weights, owner[patch], error
    return _law_rule(problem, Quadrilaterals(corners, order, law.pdf), patches, n_regions, owner)[:4]


def _lines(law):
    """Where polygons are cut for a law on an axis: at its jumps, where it is rough, and around a narrow mass."""
    low, high = law.ppf([0.01, 0.99])
    narrow = law.ppf([1e-12, 1e-7, 1e-4, 0.01, 0.5, 0.99, 1 - 1e-4, 1 - 1e-7, 1 - 1e-12]) if high - low < 0.25 else ()
    fine = np.flatnonzero(np.diff(law.panels) < 2.0**-8)
    points = np.unique(np.concatenate([law.breakpoints, narrow, law.panels[fine], law.panels[fine + 1]]))
    return points[(points > 1e-20) & (points < 1 - 1e-9)]  # nearer to the ends the nodes' coordinates lose their digits


# ---- the cube

def integral(f, dimension, law=None, breakpoints=(), blur=None):
    """The integral of f over [0, 1]^d and its error.

    Parameters
    ----------
    f : callable
        From x of shape (n,) for d = 1 and (n, d) otherwise.
    law : law of the inputs, optional
        f is 0 wherever its density is: then the nodes go where it is.
    blur : callable, optional
        For d = 1, as in :func:`~zcmoe._quadrature.integrate`.

    Raises
    ------
    ValueError
        If the integral does not converge.
    """
    if dimension == 1:
        return integrate(f, breakpoints, blur), 0.0
    product = isinstance(law, Independent)
    g = (lambda x: ratio(f(x), law.pdf(x))) if product else f
    if dimension > 3:
        return _scattered_integral(g, dimension, law if product else None)
    inner = [np.arange(_PARTS[dimension] + 1) / _PARTS[dimension]] * dimension
    lines = inner
    if product:
        lines = [np.union1d(line, marginal.breakpoints) for line, marginal in zip(inner, law.marginals, strict=True)]
    patches, _ = box_patches(lines)
    order = order_for(patches, dimension)
    if order is None:
        return _scattered_integral(g, dimension, law if product else None)
    chart = LawChart(law.marginals, order) if product else Chart(dimension, order)
    judge = IntegralJudge(g)
    nodes, weights, _, error = refine(chart, patches, judge)
    if not error < 0.05:
        raise ValueError(f"the integral over [0, 1]^{dimension} does not converge: it diverges, or jumps in too many "
                         f"places")
    value = float(weights @ g(nodes))
    return value, float(np.hypot(_SAFETY * error, 1e-12)) * abs(judge.size)


def _scattered_integral(g, dimension, law):
    nodes, weights = sobol_rule(dimension)
    if law is not None:
        nodes, weights = transported(law.marginals, nodes)
    value = weights * g(nodes)
    total, masses = value.sum(), weights.reshape(SCRAMBLES, -1).sum(axis=1)
    parts = SCRAMBLES * value.reshape(SCRAMBLES, -1).sum(axis=1) - total * (SCRAMBLES * masses - 1)
    return float(total), float(parts.std(ddof=1) / SCRAMBLES**0.5)
