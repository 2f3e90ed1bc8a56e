import numpy as np
from scipy import stats

import zcmoe
from zcmoe import Boxes, Independent, LatticeCells, Problem
from zcmoe.lattices import LATTICES, sphere_bound

from ._problems import INPUTS, NOISE, UNIFORM, listed


def cosine_in(d, law, active=None):
    """cos 2πx₁ + x₂² + … + x_d²; active=1 leaves only the cosine."""
    def slope(x):
        return np.column_stack([-2 * np.pi * np.sin(2 * np.pi * x[:, 0]),
                                *(2 * x[:, j] if active is None else 0 * x[:, j] for j in range(1, d))])

    return Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + np.sum(x[:, 1:active] ** 2, axis=1), law, NOISE,
                   dimension=d, gradient=slope)


def bound(problem, cells):
    return zcmoe.small_region_error(problem, cells) - problem.noise_variance


def slack(d, k):
    """The bound over the exact excess on k^d cubes, for cos 2πx₁ + x₂² (+ x₃²)."""
    problem, cells = cosine_in(d, Independent(*[INPUTS] * d)), Boxes([k] * d)
    return bound(problem, cells) / zcmoe.approximation_excess(problem, cells)


def shapes():
    """Of the plane's cells: the exact excess over that of round cells, and the bound over the exact excess."""
    problem = cosine_in(2, Independent(INPUTS, INPUTS))
    cells = {"square": Boxes((24, 24)), "hexagon": LatticeCells.for_regions(LATTICES["A2"], 576),
             "thin": Boxes((48, 12)), "wide": Boxes((12, 48))}
    for name, each in cells.items():
        volume, x, _ = zcmoe.region_geometry(problem, each)
        exact = zcmoe.approximation_excess(problem, each)
        yield name, exact / (sphere_bound(2) * problem.weight(x) @ volume**2), bound(problem, each) / exact


def grids():
    slope = np.array([1.0, 4.0])
    tilted = Problem(lambda x: x @ slope, Independent(UNIFORM, UNIFORM), NOISE, dimension=2,
                     gradient=lambda x: np.tile(slope, (len(x), 1)))
    for columns in (10, 20, 40):
        boxes = Boxes((columns, 400 // columns))
        yield f"boxes_{columns}", f"{zcmoe.approximation_excess(tilted, boxes):.5f}"
        if columns < 40:  # 10 × 40 and 40 × 10 have the same
            yield f"bound_{columns}", f"{bound(tilted, boxes):.5f}"


def routers():
    """Hexagons over k-means at 256 cells; and the bound of k-means over (54) at 16."""
    law, peak = Independent(INPUTS, stats.truncnorm(-2.4, 1.6, 0.6, 0.25)), np.array([0.3, 0.6])

    def bump(x):
        return np.exp(-12 * np.sum((x - peak) ** 2, axis=1))

    A2 = LATTICES["A2"]
    hexagons = LatticeCells.for_regions(A2, 256)
    problems = {"cosine": cosine_in(2, law),
                "bump": Problem(bump, law, NOISE, dimension=2,
                                gradient=lambda x: -24 * (x - peak) * bump(x)[:, None])}
    for name, problem in problems.items():
        cells = zcmoe.bound_voronoi(problem, 256, rng=0)
        costs = [each.n_regions * zcmoe.approximation_excess(problem, each) for each in (hexagons, cells)]
        yield f"hexes_{name}", f"{costs[0] / costs[1]:.1f}"
    few = zcmoe.bound_voronoi(problems["bump"], 16, rng=0)
    least = zcmoe.high_rate_coefficient(problems["bump"], moment=A2.normalized_second_moment, cells="any")
    yield "bound_bump_16", f"{16 * bound(problems['bump'], few) / least:.2f}"


def values():
    wave = Problem(lambda x: np.cos(2 * np.pi * x[:, 1]), Independent(UNIFORM, UNIFORM), NOISE, dimension=2)
    cost = {name: each for name, *each in shapes()}
    first = cosine_in(3, Independent(*[INPUTS] * 3), active=1)
    return {
        "bound_stretched": f"{(4 + 1 / 4) / 2:.3f}",
        "wave": f"{zcmoe.approximation_excess(wave, Boxes((64, 1))):.1f}",
        "wave_sum": f"{bound(wave, Boxes((64, 1))):.0f}",
        "squares": listed([slack(2, k) for k in (10, 20, 40)], 4),
        "cubes": f"{slack(3, 8):.2f}",
        **{name: f"{cost[name][0]:.2f}" for name in ("thin", "wide")},
        **{f"{name}_bound": f"{cost[name][1]:.2f}" for name in ("thin", "wide")},
        "hexagon_gain": f"{100 * (1 - cost['hexagon'][0] / cost['square'][0]):.0f} %",
        **dict(grids()),
        "cubes_64": f"{zcmoe.approximation_excess(first, Boxes((4, 4, 4))):.3f}",
        "slabs_64": f"{zcmoe.approximation_excess(first, Boxes((64, 1, 1))):.4f}",
        **dict(routers()),
    }
