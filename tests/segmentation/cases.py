"""Random problems on the cube of which the exact answer is a sum of integrals over the line."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import assume, strategies as st
from scipy import stats

import zcmoe
from settings import TruncatedNormal
from zcmoe import Boxes, Independent, Intervals, Problem, Voronoi

FUNCTIONS = {
    "linear": lambda a: lambda x: a * x, "wave": lambda a: lambda x: np.cos(30 * a * x), "log": lambda a: np.log,
    "step": lambda a: lambda x: np.where(x > a, 1.0, 0.0), "kink": lambda a: lambda x: np.abs(x - a),
    "root": lambda a: np.sqrt, "exponential": lambda a: lambda x: np.exp(3 * a * x),
}
unit = st.floats(0.05, 0.95)


@st.composite
def marginals(draw, concentrated=True):
    kind = draw(st.sampled_from(["uniform", "part", "normal", "beta", "bins"]))
    if kind == "uniform":
        return stats.uniform()
    if kind == "part":
        low = draw(st.floats(0, 0.8))
        return stats.uniform(low, draw(st.floats(0.1, 1 - low)) if low < 0.9 else 1 - low)
    if kind == "normal":
        return TruncatedNormal(draw(unit), 10 ** draw(st.floats(-2.5 if concentrated else -1, 0)))
    if kind == "beta":
        return stats.beta(*draw(st.tuples(*[st.sampled_from([0.5, 0.8, 1, 2, 5])] * 2)))
    heights = draw(st.lists(st.floats(0.1, 1), min_size=2, max_size=9))
    return stats.rv_histogram((np.array(heights), np.linspace(0, 1, len(heights) + 1)), density=False)


class Mixture:
    """A law that is no product: the mean of several products."""

    def __init__(self, *parts):
        self.parts, self.dimension = parts, parts[0].dimension

    def pdf(self, x):
        return np.mean([part.pdf(x) for part in self.parts], axis=0)

    def rvs(self, size, random_state=None):
        rng = np.random.default_rng(random_state)
        which = rng.integers(len(self.parts), size=size)
        return np.choose(which[:, None], [part.rvs(size, rng) for part in self.parts])


@dataclass
class Case:
    """β is the sum or the product of functions of one coordinate, the law one or several products, and the regions
    are those between edges along each axis."""

    laws: list
    functions: list
    edges: list
    voronoi: list | None
    add: bool

    @property
    def problem(self):
        functions = [FUNCTIONS[name](a) for name, a in self.functions]
        join = np.sum if self.add else np.prod
        parts = [Independent(*law) for law in self.laws]
        return Problem(lambda x: join([f(column) for f, column in zip(functions, x.T, strict=True)], axis=0),
                       parts[0] if len(parts) == 1 else Mixture(*parts), None, dimension=len(functions))

    @property
    def segmentation(self):
        if self.voronoi is None:
            return Boxes([len(edges) - 1 for edges in self.edges])
        return Voronoi(list(product(*self.voronoi)))

    def truth(self):
        """P, Pc and P(v + c²) of every region, from moments on the line, and what they say of Σ P v."""
        total = 0
        for law in self.laws:
            axes = []
            for marginal, (name, a), edges in zip(law, self.functions, self.edges, strict=True):
                line = Problem(FUNCTIONS[name](a), marginal, None, breakpoints=[a] if name in ("step", "kink") else ())
                axes.append(zcmoe.region_moments(line, Intervals(edges)))
            rows = []
            for cell in product(*[range(len(edges) - 1) for edges in self.edges]):
                p, c, v = np.array([[part[i] for part in axis] for axis, i in zip(axes, cell, strict=True)]).T
                mean = c.sum() if self.add else c.prod()
                second = mean**2 + v.sum() if self.add else (v + c**2).prod()
                rows.append(p.prod() * np.array([1, mean, second]))
            total = total + np.array(rows).T / len(self.laws)
        p, first, second = total
        return float(np.sum(second - np.divide(first**2, p, out=np.zeros_like(p), where=p > 0)))


DIMENSIONS = st.sampled_from([2, 2, 2, 3, 3, 4, 5, 6])


@st.composite
def cases(draw, dimensions=DIMENSIONS):
    d = draw(dimensions)
    several = draw(st.booleans()) and draw(st.booleans())
    laws = [[draw(marginals(not several)) for _ in range(d)] for _ in range(2 if several else 1)]
    functions = [(draw(st.sampled_from(sorted(FUNCTIONS))), draw(unit)) for _ in range(d)]
    # A side of a step that is rarer than nodes are many can't be seen: `standard_error` says so.
    assume(all(name != "step" or min(law[i].cdf(a), law[i].sf(a)) > 1e-4 or law[i].cdf(a) in (0, 1)
               for law in laws for i, (name, a) in enumerate(functions)))
    most = {2: 8, 3: 5, 4: 3, 5: 2, 6: 2}[d]
    counts = [draw(st.integers(1, most)) for _ in range(d)]
    if draw(st.booleans()):
        return Case(laws, functions, [np.linspace(0, 1, k + 1) for k in counts], None, draw(st.booleans()))
    places = [sorted(draw(st.sets(st.integers(1, 99), min_size=k, max_size=k))) for k in counts]
    places = [np.array(each) / 100 for each in places]
    edges = [np.r_[0, (each[1:] + each[:-1]) / 2, 1] for each in places]
    return Case(laws, functions, edges, places, draw(st.booleans()))


def off(case):
    """By how many of its own standard errors the answer is off, rounding aside; and the answer, its error, truth."""
    problem, segmentation = case.problem, case.segmentation
    answer, error = zcmoe.approximation_excess(problem, segmentation), zcmoe.standard_error(problem, segmentation)
    truth, size = case.truth(), float(problem.beta(np.full((1, problem.dimension), 0.5))[0] ** 2)
    rounding = 1e-9 * truth + 1e-13 * max(size, 1) + 1e-300
    return (abs(answer - truth) - rounding) / max(error, 1e-300), answer, error, truth
