"""Appendix F: the proofs of Section 5."""

from functools import cache

import numpy as np

import zcmoe

from .agreement import below, held, relative, row, tends, vanishes
from .by_hand import around, integral, on_square, products, square, triangles
from .problems import (
    CUBE,
    SIGMA2,
    SQUARE,
    A,
    Graded,
    aspect,
    boxes,
    d2p,
    d2several,
    dp,
    dproducts_of_p,
    dseveral,
    level,
    p,
    products_of_p,
    ramp_edges,
    ramps,
    several,
    steepness,
)

B = np.array([0.45, 0.37])  # where the Hessian of pβ has eigenvalues of one sign


def both(x):
    return products_of_p(x) * several(x)


SLOPE = products_of_p(B) * dseveral(B) + several(B) * dproducts_of_p(B)
CROSS = dp(B).prod() * several(B) + dseveral(B) @ dproducts_of_p(B)[::-1]
SECOND = products_of_p(B) * (d2several(B) + d2p(B) / p(B) * several(B)) + 2 * dseveral(B) * dproducts_of_p(B)
HESSIAN = np.array([[SECOND[0], CROSS], [CROSS, SECOND[1]]])


def remainder(h):
    """The remainder of (82) at B + h."""
    return both(B + h) - both(B) - h @ SLOPE


def over_square(f, s):
    """Integral of f(h) over a square of side s around 0."""
    return on_square(lambda x: f(x - A), s)


@row("(82)", kind="closed form")
def eq_82():
    def lead(s):
        return np.einsum("ni,ij,nj->n", around(s)[0], HESSIAN, around(s)[0]) / 2
    return "remainder off ½hᵀHh by " + vanishes(lambda s: remainder(around(s)[0]), lead, 0.02, 0.005)


@row("(83)", kind="independent")
def eq_83():
    """Numerator and denominator on a square, each but for o(V^(3/2)); their quotient is the package's constant."""
    def parts(s):
        return [over_square(lambda h, f=f: f(B + h), s) - f(B) * s**2 for f in (both, products_of_p)]
    falls = [[abs(part) / s**3 for part in parts(s)] for s in (0.1, 0.05)]
    held(np.all(np.array(falls[1]) < 0.6 * np.array(falls[0])), f"o(V^(3/2))/V^(3/2) from {falls[0]} to {falls[1]}")
    above, under = parts(0.1)
    cells = Graded([np.array([0, c - 0.05, c + 0.05, 1]) for c in B])
    constant = zcmoe.best_experts(SQUARE, cells).constants[4]
    quotient = (both(B) * 0.01 + above) / (products_of_p(B) * 0.01 + under)
    return "the quotient against best_experts, V = 0.01: " + below(quotient - constant, 1e-9)


@row("(84)–(85)", kind="closed form")
def eq_84_85():
    centre = np.stack(np.meshgrid(np.arange(5) + 0.5, np.arange(5) + 0.5, indexing="ij"), -1).reshape(-1, 2) / 5
    return below(np.r_[boxes(5).volume - 1 / 25, (boxes(5).centroid - centre).ravel()], 1e-12)


@row("(86)", kind="closed form")
def eq_86():
    return "∫remainder / V²Δ(pβ)/24 = " + tends(
        lambda s: over_square(remainder, s) / (s**4 * np.trace(HESSIAN) / 24), 0.08, 0.02, within=0.02)


@row("(87)", "(89)–(90)", kind="independent")
def eq_87():
    """ε is given first; δ = 2ε/max|H| serves, with the largest curvature of pβ near B; then squares and rings in δ.

    On a thin ring, where dM₁V^(3/2) is δV nearly, the two sides are nearest.
    """
    h, _ = around(0.1)
    turn, step = np.linspace(0, 2 * np.pi, 32, endpoint=False), 1e-3
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    bend = max(np.abs(both(B + h + e) - 2 * both(B + h) + both(B + h - e)).max() / step**2 for e in step * circle)
    squares, rings = [], []
    for epsilon in (1.0, 0.1, 0.01):
        delta = min(2 * epsilon / bend, 0.1)
        side = delta * np.sqrt(2)
        squares.append(abs(over_square(remainder, side)) / (epsilon * square(side, 1)))
        rings.append(abs(remainder(delta * circle).mean()) / (epsilon * delta))
    worst = max(squares + rings)
    return held((0.5 < worst) & (worst <= 1) & (0.1 < max(squares)), "left / right, ε = 1, 0.1, 0.01 given, "
                f"≤ {max(squares):.3f} on squares, {max(rings):.3f} on thin rings")


@row("(88)", kind="closed form")
def eq_88():
    closed = (np.sqrt(2) + np.log(1 + np.sqrt(2))) / 6  # the mean distance from the centre of a unit square
    errors = [square(side, 1) / side**3 / closed - 1 for side in (0.1, 0.4)]
    disc = 2 * np.pi * integral(lambda r: r * r, 0, 0.3) / (np.pi * 0.09) ** 1.5 - 2 / (3 * np.sqrt(np.pi))
    return "dM₁ of squares and a disc against closed forms: " + below([*errors, disc], 1e-10)


@row("(91)–(92)", kind="closed form")
def eq_91_92():
    """Never above 1, and near 1 for a thin ring: δ can't be less. For a square 0.541, for a disc 2/3."""
    ring = integral(lambda r: r * r, 0.99, 1) / integral(lambda r: r, 0.99, 1)
    block, disc = square(0.1, 1) / (0.1 / np.sqrt(2) * 0.1**2), integral(lambda r: r * r) / integral(lambda r: r)
    below([block - (np.sqrt(2) + np.log(1 + np.sqrt(2))) / 6 * np.sqrt(2), disc - 2 / 3], 1e-9)
    return held(0.99 < ring <= 1, f"dM₁V^(1/2)/δ = {block:.3f} for a square, {disc:.3f} for a disc, {ring:.3f} for a "
                                  "ring")


def plane(x):
    return x[..., 0] + 2 * x[..., 1]


def dplane(x):
    return np.broadcast_to([1.0, 2.0], x.shape)


@cache
def terms(k, target=several, gradient=dseveral):
    """Of (98) and (101) on the halves of k × k squares: each half's terms of second and third order and their bounds.

    Last, the exact excess of each half, and the largest term / bound of either order at a point.
    """
    corners, points, weights = triangles(k)
    centre = corners.mean(axis=1)
    h, distance = points - centre[:, None], np.linalg.norm(points - centre[:, None], axis=2)
    slope, tilt, law = gradient(centre), dproducts_of_p(centre), products_of_p(centre)[:, None]
    along, fall = np.einsum("tqd,td->tq", h, slope), np.einsum("tqd,td->tq", h, tilt)
    steep, rise = np.linalg.norm(slope, axis=1)[:, None], np.linalg.norm(tilt, axis=1)[:, None]
    parts = [(weights * each).sum(axis=1) for each in (
        law * along**2, along**2 * fall, law * steep**2 * distance**2, steep**2 * rise * distance**3)]
    mass, value = weights * products_of_p(points), target(points)
    mean = (mass * value).sum(axis=1) / mass.sum(axis=1)
    exact = (mass * (value - mean[:, None]) ** 2).sum(axis=1)
    closest = [np.max(each) for each in ((along / (steep * distance)) ** 2,
                                         np.abs(along**2 * fall) / (steep**2 * rise * distance**3))]
    return corners, parts, exact, closest


@row("(96)–(98)", kind="independent")
def eq_96_98():
    """All of (98); and for a linear β, whose expansion ends, each triangle's third-order term alone."""
    def ratio(k):
        _, (second, third, _, _), exact, _ = terms(k)
        return exact.sum() / (second.sum() + third.sum())

    def rest(k):
        _, (second, _, _, _), exact, _ = terms(k, plane, dplane)
        return exact - second
    alone = vanishes(rest, lambda k: terms(k, plane, dplane)[1][1], 20, 80)
    return (f"exact / (98) = {tends(ratio, 10, 40, within=2e-3)} on 2·10², 2·40² triangles; for linear β exact − "
            f"second order off the third by {alone}")


@row("(99)–(101)", kind="independent")
def eq_99_101():
    """On triangles, whose third moments are not 0. At points both are attained: h along ∇β; and along ∇p too."""
    _, (second, third, bound, bound3), _, (closest, closest3) = terms(20)
    two, three = second / bound, np.abs(third) / bound3
    held((0.3 < two.max()) & (0.1 < three.max()) & (min(closest, closest3) > 0.99), "a bound that nothing is near")
    return held(max(two.max(), three.max(), closest, closest3) <= 1 + 1e-12,
                f"second / bound ≤ {two.max():.3f}, third / bound ≤ {three.max():.3f} on triangles; {closest:.3f} and "
                f"{closest3:.3f} at points")


@row("(102)", kind="closed form")
def eq_102():
    value = np.trace(boxes(5).inertia, axis1=1, axis2=2)
    return "against the polar integral: " + relative(value, square(0.2, 2), 1e-10)


@row("(103)", kind="closed form")
def eq_103():
    """M₃ of a square is one number for all sizes, of half squares another; in three dimensions V² is the power."""
    number = square(1.0, 3)
    sides = [on_square(lambda x: np.linalg.norm(x - A, axis=1) ** 3, side) / (number * side**5) for side in
             (0.4, 0.2, 0.05)]
    halves = []
    for k in (2, 5):
        corners, points, weights = triangles(k)
        third = (weights * np.linalg.norm(points - corners.mean(axis=1)[:, None], axis=2) ** 3).sum(axis=1)
        halves += [*(third / (0.5 / k**2) ** 2.5)]
    solid = []
    for side in (1.0, 0.3):
        points, weights, _ = products([np.array([-side / 2, 0, side / 2])] * 3, 12)
        solid.append(weights @ np.linalg.norm(points, axis=1) ** 3 / (side**3) ** 2)
    below(np.array(solid) / solid[0] - 1, 1e-12)
    below(np.array(halves) / halves[0] - 1, 1e-10)
    return "squares of three sizes, half squares of two, cubes of two: " + relative(sides, 1, 1e-5)


@row("(104)", kind="closed form")
def eq_104():
    """On a triangle the third-order term is V/30 Σ⟨∇β, v⟩²⟨∇p, v⟩ over its corners v; over V² it falls."""
    def sizes(k):
        corners, (_, third, _, _), _, _ = terms(k)
        centre = corners.mean(axis=1)
        v = corners - centre[:, None]
        along = np.einsum("tjd,td->tj", v, dseveral(centre))
        fall = np.einsum("tjd,td->tj", v, dproducts_of_p(centre))
        closed = 0.5 / k**2 / 30 * (along**2 * fall).sum(axis=1)
        below((third - closed) / np.abs(closed).max(), 1e-12)
        return np.max(np.abs(third)) / (0.5 / k**2) ** 2
    few, many = sizes(20), sizes(40)
    fold = held(abs(few / many - 2) < 0.1, f"{few / many:.2f}")
    return f"closed form to 1e-12; max|third order|/V² falls {fold}-fold when cells are halved"


@row("(105)", kind="independent")
def eq_105():
    """On boxes graded by λ: w at the centres times ∫‖h‖², by hand."""
    errors = []
    for k, d, problem in [(12, 2, SQUARE), (5, 3, CUBE)]:
        edges = ramp_edges(k, d)
        points, weights, cell = products(edges, 3)
        volume = np.bincount(cell, weights)
        centre = np.stack([np.bincount(cell, weights * x) for x in points.T], axis=1) / volume[:, None]
        second = np.bincount(cell, weights * ((points - centre[cell]) ** 2).sum(axis=1))
        errors.append((zcmoe.small_region_error(problem, Graded(edges)) - SIGMA2) / (steepness(centre) @ second))
    return "graded boxes, d = 2, 3: " + relative(errors, 1, 1e-10)


@row("(107)", kind="independent")
def eq_107():
    """The Riemann sum with V_i = 1/(mλ), cell by cell, for a λ and an M that vary."""
    def ratio(k, d):
        edges = ramp_edges(k, d)
        points, weights, cell = products(edges, 4)
        volume = np.bincount(cell, weights)
        centre = np.stack([np.bincount(cell, weights * x) for x in points.T], axis=1) / volume[:, None]
        total = d * (aspect(centre) * steepness(centre)) @ volume ** (1 + 2 / d)
        integrand = aspect(points) * steepness(points) / level(points) ** (2 / d)
        return total / (d / k**2 * weights @ integrand)
    two, three = (tends(lambda k, d=d: ratio(k, d), *sizes, within=2e-3) for d, sizes in [(2, (10, 40)), (3, (5, 15))])
    return f"sum / integral = {two} at m = 10², 40², {three} at m = 5³, 15³"


def sides(d, levels, x, weights):
    """Left and right side of (108)."""
    bound = steepness(x) / levels ** (2 / d)
    left = weights @ (bound ** (d / (d + 2)) * levels ** (2 / (d + 2)))
    return left, (weights @ bound) ** (d / (d + 2)) * (weights @ levels) ** (2 / (d + 2))


@cache
def best_density(d):
    """The package's λ_UBM."""
    return zcmoe.optimal_density({2: SQUARE, 3: CUBE}[d], floor=0)


def rule(d):
    k = {2: 16, 3: 6}[d]
    points, weights, _ = products([np.linspace(0, 1, k + 1)] * d, 5)
    return points, weights


@row("(108)", kind="independent")
def eq_108():
    """Strict for a λ that is not the best, an equality at the package's λ_UBM: d = 2 and 3."""
    said = []
    for d in (2, 3):
        x, weights = rule(d)
        left, right = sides(d, level(x), x, weights)
        best = sides(d, best_density(d).pdf(x), x, weights)
        below(best[0] / best[1] - 1, 1e-7)
        said.append(held(left / right < 0.99, f"{left / right:.4f}"))
    return f"left / right = {said[0]} for d = 2, {said[1]} for d = 3, λ graded; 1 at λ_UBM: error < 1e-07"


@row("(109)", kind="independent")
def eq_109():
    """The left side is the same for two densities, and for none."""
    errors = []
    for d in (2, 3):
        x, weights = rule(d)
        plain = weights @ steepness(x) ** (d / (d + 2))
        errors += [sides(d, levels, x, weights)[0] / plain - 1 for levels in (level(x), 1 + 0 * x[:, 0], 2 * x[:, 0])]
    return "left side for three λ, d = 2, 3: " + below(errors, 1e-12)


@row("(110)", kind="independent")
def eq_110():
    """The package's coefficients against sums by hand, for a graded λ; an equality at λ_UBM."""
    said = []
    for d, problem in [(2, SQUARE), (3, CUBE)]:
        x, weights = rule(d)
        least = zcmoe.high_rate_coefficient(problem)
        graded = zcmoe.high_rate_coefficient(problem, zcmoe.Independent(*ramps(d))) / least
        total = (weights @ steepness(x) ** (d / (d + 2))) ** ((d + 2) / d)
        below(graded * total / (weights @ (steepness(x) / level(x) ** (2 / d))) - 1, 1e-7)
        if d == 2:
            below(zcmoe.high_rate_coefficient(problem, best_density(d)) / least - 1, 1e-7)
        said.append(held(graded > 1.01, f"{graded:.4f}"))
    return f"left / right = {said[0]} for d = 2, {said[1]} for d = 3, λ graded; 1 at λ_UBM, d = 2: error < 1e-07"


@row("(111)", "(112)", kind="independent")
def eq_111():
    """λ^((d+2)/d)/w is one number, and it is γ by hand: d = 2 and 3."""
    errors = []
    for d in (2, 3):
        x, weights = rule(d)
        kappa = (weights @ steepness(x) ** (d / (d + 2))) ** (-(d + 2) / d)
        at = np.random.default_rng(0).random((50, d))
        errors += [*(best_density(d).pdf(at) ** ((d + 2) / d) / steepness(at) / kappa - 1)]
    return "λ^((d+2)/d)/w at 50 points against γ, d = 2, 3: " + below(errors, 1e-7)
