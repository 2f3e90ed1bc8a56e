import zcmoe
from zcmoe import Boxes, Independent, Problem

from ._problems import NOISE, PROBLEM, UNIFORM, cosine
from .model import level_sets_coefficient


def values():
    cuts, sets = (zcmoe.approximation_excess(PROBLEM, best(PROBLEM, 8))
                  for best in (zcmoe.optimal_intervals, zcmoe.optimal_level_sets))
    plane = Problem(lambda x: x[:, 0] + x[:, 1], Independent(UNIFORM, UNIFORM), NOISE, dimension=2)
    boxes = {m: zcmoe.approximation_excess(plane, Boxes((k, k)))
             / zcmoe.approximation_excess(plane, zcmoe.optimal_level_sets(plane, m)) for k, m in ((4, 16), (16, 256))}
    flat, branch = (zcmoe.high_rate_coefficient(cosine(cycles, UNIFORM)) for cycles in (3, 0.5))
    return {
        "limit_flat": f"{flat / branch:.0f}",
        "limit_bell": f"{zcmoe.high_rate_coefficient(PROBLEM) / level_sets_coefficient():.0f}",
        "intervals_8": f"{cuts:.4f}",
        "sets_8": f"{sets:.4f}",
        "factor_8": f"{cuts / sets:.0f}",
        "boxes_16": f"{boxes[16]:.1f}",
        "boxes_256": f"{round(boxes[256], -1):.0f}",
    }
