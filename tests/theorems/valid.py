"""Problems that meet a theorem's hypotheses, and the hardest that Problem takes: what the theorems' tests draw."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from scipy import stats

from strategies import curves, edges, histograms
from zcmoe import Boxes, Independent, Intervals, LatticeCells, Problem, Voronoi
from zcmoe.lattices import LATTICES

UNIFORM = stats.uniform()
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass
class Waves:
    """a x plus a few cosines: a smooth β with its derivatives."""

    slope: float
    waves: tuple  # of (height, half turns, phase)

    def __call__(self, x):
        return self.slope * x + sum(h * np.cos(np.pi * k * x + phase) for h, k, phase in self.waves)

    def derivative(self, x):
        return self.slope - sum(h * np.pi * k * np.sin(np.pi * k * x + phase) for h, k, phase in self.waves) + 0 * x

    def bend(self):
        """A bound of |β″|."""
        return sum(abs(h) * (np.pi * k) ** 2 for h, k, _ in self.waves)


class Rippled:
    """The law of density 1 + a cos(2πkx + phase): smooth and positive, as Theorems 4.1 and 5.1 ask."""

    def __init__(self, a, k, phase):
        self.a, self.w, self.phase = a, 2 * np.pi * k, phase

    def pdf(self, x):
        return np.where((x >= 0) & (x <= 1), 1 + self.a * np.cos(self.w * np.asarray(x) + self.phase), 0.0)

    def cdf(self, x):
        x = np.clip(x, 0, 1)
        return x + self.a * (np.sin(self.w * x + self.phase) - np.sin(self.phase)) / self.w


heights, phases = st.sampled_from([-1.5, -0.3, 0.05, 0.4, 1.0]), st.floats(0, 6.3)
smooth = st.builds(Waves, st.sampled_from([-2.0, 0.0, 0.7, 3.0]), st.lists(
    st.tuples(heights, st.integers(1, 5), phases), min_size=1, max_size=3).map(tuple))
positive = st.builds(Rippled, st.floats(-0.8, 0.8), st.integers(1, 3), phases)
ramps = st.floats(-1.8, 1.8).map(lambda slope: Ramp(slope))


class Ramp:
    """The density 1 + s (x - 1/2), as segment density or as law."""

    def __init__(self, slope):
        self.slope = slope

    def pdf(self, x):
        return np.where((x >= 0) & (x <= 1), 1 + self.slope * (np.asarray(x) - 0.5), 0.0)

    def cdf(self, x):
        x = np.clip(x, 0, 1)
        return x + self.slope * (x * x - x) / 2


@st.composite
def blends(draw):
    """Half a uniform law, half a histogram: a segment density that is nowhere 0, with jumps."""
    steps = draw(histograms())
    at = np.union1d(steps.edges, [0.0, 1.0])
    middle = (at[1:] + at[:-1]) / 2
    return stats.rv_histogram((0.5 + steps.law.pdf(middle) / 2, at), density=True)


@st.composite
def gentle(draw):
    """A histogram of few bins, none of them empty or thin."""
    inner = sorted(draw(st.sets(st.integers(1, 19), min_size=1, max_size=4)))
    mass = draw(st.lists(st.floats(0.2, 3), min_size=len(inner) + 1, max_size=len(inner) + 1))
    return stats.rv_histogram((np.array(mass), np.r_[0, inner, 20] / 20), density=False)


noises = st.sampled_from([None, stats.uniform(-0.5, 1), stats.norm(0, 0.3), stats.triang(0.5, -1, 2)])
hard = st.builds(lambda curve, steps, noise: (curve, steps, Problem(curve, steps.law, noise)), curves(), histograms(),
                 noises)  # flat pieces, cusps, jumps and steep places; gaps and spikes
gradual = st.builds(lambda curve, law: (curve, law, Problem(curve, law, None, gradient=curve.slope)), curves(most=3),
                    gentle())  # the same β, its derivative given
cuts = edges(1, 10).map(Intervals)


@st.composite
def segmentations(draw, exact=True):
    """Of the square or the cube, of every kind whose integrals are exact."""
    kind = draw(st.sampled_from(["boxes", "boxes 3", "voronoi", "hexagons"]))
    if kind == "boxes":
        return Boxes(draw(st.lists(st.integers(1, 7), min_size=2, max_size=2)))
    if kind == "boxes 3":
        return Boxes(draw(st.lists(st.integers(1, 4), min_size=3, max_size=3)))
    if kind == "hexagons":
        return LatticeCells(LATTICES["A2"], draw(st.floats(0.15, 0.5)))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    return Voronoi(rng.random((draw(st.integers(1, 30)), 2)) ** draw(st.sampled_from([1.0, 3.0])))


def affine(gradient, inputs=None):
    """β = g · x under the uniform law, or another."""
    g = np.array(gradient)
    return Problem(lambda x: x @ g, inputs or Independent(*[UNIFORM] * g.size), None, dimension=g.size,
                   gradient=lambda x: np.tile(g, (len(x), 1)))


def moments_by_hand(at, law, target):
    """Probability, mean and variance between edges, by Gauss's rule on each."""
    half = np.diff(at)[:, None] / 2
    x = (at[1:] + at[:-1])[:, None] / 2 + half * NODES
    mass = half * WEIGHTS * law.pdf(x)
    probability = mass.sum(axis=1)
    mean = (mass * target(x)).sum(axis=1) / probability
    return probability, mean, (mass * (target(x) - mean[:, None]) ** 2).sum(axis=1) / probability
