"""What the search for silent wrong numbers draws: laws with gaps and spikes, β with jumps and steep places."""

from dataclasses import dataclass

import numpy as np
from hypothesis import assume, strategies as st
from scipy import stats
from scipy.special import beta as beta_function, gamma

from zcmoe import on_cube

unit = st.floats(0, 1)
WIDTHS = st.sampled_from([1e-7, 1e-4, 0.01, 0.1, 1.0])
SINE = gamma(5 / 6) / (np.sqrt(np.pi) * gamma(4 / 3))  # mean of |sin|^(2/3)


@st.composite
def edges(draw, least=1, most=12):
    """From 0 to 1: regions of all sizes."""
    widths = np.array(draw(st.lists(st.tuples(WIDTHS, st.floats(0.1, 1)), min_size=least, max_size=most))).prod(axis=1)
    inner = np.cumsum(widths[:-1]) / widths.sum()
    return np.r_[0, inner[(inner > 0) & (inner < 1)], 1]


@dataclass
class Steps:
    """A law of constant density between edges: probabilities by differences of its own cdf, moments in closed form."""

    edges: np.ndarray
    mass: np.ndarray

    @property
    def law(self):
        """SciPy's."""
        return stats.rv_histogram((self.mass / np.diff(self.edges), self.edges), density=True)

    @property
    def digits(self):
        """How far closed forms under it may be off: they are differences, which a high density multiplies."""
        return 1e-9 + 1e-15 * np.max(self.mass / np.diff(self.edges))

    def pieces(self, a, b, others=()):
        """Left, right and density of the parts of [a, b] in which neither density nor `others` break."""
        at = np.unique(np.r_[self.edges, others, a, b])
        at = at[(at >= max(a, self.edges[0])) & (at <= min(b, self.edges[-1]))]
        cell = np.searchsorted(self.edges, at[:-1], side="right") - 1
        return at[:-1], at[1:], (self.mass / np.diff(self.edges))[cell]


@st.composite
def histograms(draw, low=0.0, high=1.0):
    """Bins of all widths, some of them empty, on a part of [low, high]."""
    at = draw(edges(2, 8))
    start, stop = draw(st.sampled_from([(0, 1), (0, 1), (0.2, 0.8), (0.5, 1), (0, 0.3)]))
    at = low + (high - low) * (start + (stop - start) * at)
    at = at[np.r_[True, np.diff(at) > 1e-12 * (high - low)]]
    mass = np.array(draw(st.lists(st.integers(0, 4), min_size=at.size - 1, max_size=at.size - 1)), dtype=float)
    mass[draw(st.integers(0, mass.size - 1))] += 1
    return Steps(at, mass / mass.sum())


@st.composite
def mixtures(draw):
    """Of uniform and very narrow normal laws, new-style."""
    parts = [stats.Uniform(a=a, b=a + width) for a, width in draw(st.lists(
        st.tuples(st.floats(0, 0.5), st.floats(1e-3, 0.5)), min_size=1, max_size=3))]
    parts += [stats.Normal(mu=mu, sigma=10.0**-power) for mu, power in draw(st.lists(
        st.tuples(st.floats(0.2, 0.8), st.floats(2, 7)), max_size=2))]
    weights = np.array(draw(st.lists(st.floats(0.05, 1), min_size=len(parts), max_size=len(parts))))
    return stats.Mixture(parts, weights=weights / weights.sum())


decades = st.floats(-1.3, 2.3).map(lambda power: 10.0**power)
betas = st.builds(stats.beta, decades, decades)


@st.composite
def truncated(draw):
    """Normal laws cut to [0, 1], ordinary ones and spikes."""
    mean = draw(st.floats(-0.3, 1.3))
    deviation = draw(st.one_of(st.floats(0.05, 3), st.sampled_from([1e-6, 1e-4, 0.01])))
    if deviation < 0.05:
        mean = min(max(mean, 0.1), 0.9)
    return stats.truncnorm((0 - mean) / deviation, (1 - mean) / deviation, mean, deviation)


conditioned = st.builds(lambda kind, shift, scale: on_cube(kind(shift, scale)), st.sampled_from(
    [stats.norm, stats.cauchy, stats.laplace, stats.gumbel_r]), st.floats(-1, 2), st.floats(0.1, 3))
parts = st.builds(lambda low, width: stats.uniform(low, width * (1 - low)), st.floats(0, 0.9), st.floats(1e-3, 1))
laws = st.one_of(histograms().map(lambda steps: steps.law), mixtures(), betas, truncated(), conditioned, parts)


@dataclass
class Piece:
    """c + k f(u) for u = x - start in [0, length]: f, its derivative, and the integrals of f and f² up to u."""

    kind: str
    shape: float
    c: float
    k: float
    start: float
    length: float

    def __call__(self, x):
        return self.c + self.k * self._parts(x)[0]()

    def slope(self, x):
        """The derivative."""
        return self.k * self._parts(x)[1]()

    def integrals(self, a, b, centre):
        """Of β - centre and of its square over [a, b]."""
        first, second = (high() - low() for low, high in zip(self._parts(a)[2:], self._parts(b)[2:], strict=True))
        offset, width = self.c - centre, b - a
        return offset * width + self.k * first, offset**2 * width + 2 * offset * self.k * first + self.k**2 * second

    def _parts(self, x):
        """The four, each computed when it is called: most ask for one, at very many places."""
        u = np.clip(x - self.start, 0, self.length)
        s = self.shape
        if self.kind == "power":
            power = np.errstate(divide="ignore")(np.power)
            return (lambda: u**s, lambda: s * power(u, s - 1), lambda: u ** (s + 1) / (s + 1),
                    lambda: u ** (2 * s + 1) / (2 * s + 1))
        if self.kind == "wave":  # s half turns
            w = np.pi * s / self.length
            return (lambda: np.cos(w * u), lambda: -w * np.sin(w * u), lambda: np.sin(w * u) / w,
                    lambda: u / 2 + np.sin(2 * w * u) / (4 * w))
        if self.kind == "steep":  # the logistic function at rate s / length
            r = s / self.length
            v = r * (u - self.length / 2)

            def value():
                return 1 / (1 + np.exp(-np.clip(v, -700, 700)))

            def soft():
                return np.logaddexp(0, v) / r

            return value, lambda: r * value() * (1 - value()), soft, lambda: soft() - value() / r
        return (lambda: 0 * u,) * 4

    def root(self):
        """∫ |β'|^(2/3), the piece's part of Z."""
        k, s, length = np.abs(self.k) ** (2 / 3), self.shape, self.length
        if self.kind == "power":
            power = (s - 1) * 2 / 3
            return k * s ** (2 / 3) * length ** (power + 1) / (power + 1)
        if self.kind == "wave":
            return k * (np.pi * s / length) ** (2 / 3) * length * SINE
        return k * (s / length) ** (-1 / 3) * beta_function(2 / 3, 2 / 3) if self.kind == "steep" else 0.0

    def square(self):
        """∫ β'², its part of 12 A_u; infinite for a cusp that steep."""
        s, length = self.shape, self.length
        if self.kind == "power":
            return self.k**2 * s**2 * length ** (2 * s - 1) / (2 * s - 1) if s > 0.5 else np.inf
        if self.kind == "wave":
            return self.k**2 * (np.pi * s) ** 2 / length / 2
        return self.k**2 * s / length / 6 if self.kind == "steep" else 0.0


@dataclass
class Curve:
    """A function on [0, 1] made of pieces, with all that is asked of it in closed form."""

    pieces: list

    @property
    def ends(self):
        """Where pieces begin, and 1."""
        return np.array([piece.start for piece in self.pieces] + [1.0])

    def _choose(self, method, x):
        x = np.asarray(x, dtype=float)
        at = np.searchsorted(self.ends[1:-1], x, side="right")
        return np.select([at == i for i in range(len(self.pieces))], [method(piece)(x) for piece in self.pieces])

    def __call__(self, x):
        return self._choose(lambda piece: piece, x)

    def slope(self, x):
        """β'."""
        return self._choose(lambda piece: piece.slope, x)

    @property
    def jumps(self):
        """Sizes of the jumps at the inner ends."""
        before = [piece(np.array([piece.start + piece.length]))[0] for piece in self.pieces[:-1]]
        return np.array([piece(np.array([piece.start]))[0] for piece in self.pieces[1:]]) - before

    @property
    def range(self):
        """Of all values, closely enough for tolerances."""
        return max(np.ptp(self(np.linspace(0, 1, 4001))), max(abs(piece.k) for piece in self.pieces))

    def moments(self, steps, cuts):
        """Probability, mean and variance of β in each region between cuts under a law of Steps."""
        rows = []
        for a, b in zip(cuts[:-1], cuts[1:], strict=True):
            left, right, density = steps.pieces(a, b, self.ends)
            at = np.searchsorted(self.ends[1:-1], left, side="right")
            mass = np.sum(density * (right - left))
            first = second = centre = 0.0
            for _ in range(2):  # about zero, then about the mean: no digits are lost
                both = np.array([density[i] * np.array(self.pieces[at[i]].integrals(left[i], right[i], centre))
                                 for i in range(left.size)]).reshape(-1, 2)
                first, second = both.sum(axis=0)
                centre += first / mass if mass > 0 else 0.0
            rows.append((mass, centre, second / mass if mass > 0 else 0.0))
        return np.array(rows).T


@st.composite
def curves(draw, kinds=("flat", "power", "wave", "steep"), most=4, waves=600):
    """Pieces of all kinds with jumps between them, or without; `waves` at most in a piece."""
    ends = draw(edges(1, most))
    ends = ends[np.r_[True, np.diff(ends)[:-1] > 1e-3, True]] if ends.size > 2 else ends
    ends = ends if ends.size < 3 or ends[-1] - ends[-2] > 1e-3 else np.r_[ends[:-2], 1.0]
    shapes = {"flat": st.just(1.0), "power": st.sampled_from([0.3, 0.5, 0.7, 1, 1.5, 2, 3.7]),
              "wave": st.integers(1, waves), "steep": st.sampled_from([150.0, 1e3, 1e5, 1e7])}
    pieces, level = [], 0.0
    for start, stop in zip(ends[:-1], ends[1:], strict=True):
        kind = draw(st.sampled_from(kinds))
        scale = draw(st.sampled_from([-3.0, -0.2, 0.01, 1.0, 5.0]))
        piece = Piece(kind, draw(shapes[kind]), 0.0, scale, start, stop - start)
        jump = draw(st.sampled_from([0.0, 0.0, 1.0, -2.0, 1e-3]))
        piece.c = level + jump - piece(np.array([start]))[0]
        level = piece(np.array([stop]))[0]
        pieces.append(piece)
    return Curve(pieces)


@st.composite
def step_functions(draw):
    """Constants between edges that are no thinner than 1e-7; never the same on both sides of a thin one.

    What returns to its value between two nodes is seen by nobody who only has values: such places must be named.
    """
    ends = draw(edges(1, 7))
    assume(np.diff(ends).min() > 1e-7)
    number = ends.size - 1
    values = draw(st.lists(st.sampled_from([0.1, -1.0, 2.0, 0.3, 7.5, 1 / 3]), min_size=number, max_size=number))
    values = np.array(values) + 0.013 * np.cumsum(np.r_[0, np.diff(ends)[:-1] < 0.003])
    return Curve([Piece("flat", 1.0, value, 0.0, a, b - a)
                  for value, a, b in zip(values, ends[:-1], ends[1:], strict=True)])
