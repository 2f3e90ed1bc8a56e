"""Laws on the line: what they can do, asked once, whatever names their own classes use."""

import numpy as np

from zcmoe import _check
from zcmoe._arrays import cell_of
from zcmoe._quadrature import Antiderivative, adaptive_panels, panel_rule

OUTSIDE = 1e-9  # the probability that a law on [0, 1] may have outside


def adapt(law, name):
    """`law` itself, or what it stands for, once it is a law and not a family of laws."""
    if isinstance(law, type):
        raise ValueError(f"{name} must be a law, got the class {law.__name__}: give it its parameters, such as "
                         f"{law.__name__}(…)")
    if getattr(law, "numargs", 0) and hasattr(law, "freeze"):
        raise ValueError(f"{name} must be frozen, got {law.name} without its shape parameters: "
                         f"{law.name}({law.shapes})")
    return Kernels(law) if hasattr(law, "resample") and hasattr(law, "dataset") else law


def describe(law):
    """A law in a few words: SciPy's frozen ones say no more than an address."""
    if hasattr(law, "dist") and hasattr(law, "args"):
        options = [f"{key}={value:g}" for key, value in law.kwds.items() if np.ndim(value) == 0]
        return f"{law.dist.name}({', '.join([*(f'{value:g}' for value in law.args if np.ndim(value) == 0), *options])})"
    return repr(law)


def called(function, name, method, *arguments, **options):
    """What a user's function answers; whatever it raises becomes a ValueError that names it."""
    try:
        return function(*arguments, **options)
    except Exception as error:
        shapes = "".join(f" for shape {a.shape}" for a in arguments if isinstance(a, np.ndarray))
        raise ValueError(f"{name}.{method} failed{shapes}: {type(error).__name__}: {error}") from error


def discrete(law):
    """Whether a law is one of points: SciPy's new-style laws have `pdf` and `pmf` both, whichever kind they are."""
    new_style = any(each.__name__ == "DiscreteDistribution" for each in type(law).__mro__)
    return new_style or hasattr(law, "pmf") and not hasattr(law, "pdf")


def method(law, name, *names, needed=True):
    found = next((getattr(law, each) for each in names if callable(getattr(law, each, None))), None)
    points = discrete(law)
    if needed and (found is None or points and names[0] == "pdf"):
        advice = ", a discrete law: zcmoe.Sample(points, weights) makes one of its points" * points
        raise ValueError(f"{name} must be a continuous law (no {names[0]}), got {describe(law)}{advice}")
    return found


def densities(pdf, x, name):
    """Values of a user's density at x: of shape (n,), not negative, not NaN."""
    values = _check.floats(called(pdf, name, "pdf", x), f"{name}.pdf")
    if len(x) == 1 and values.size == 1:
        values = values.reshape(1)  # SciPy's laws in several dimensions squeeze
    if values.shape != (len(x),):
        raise ValueError(f"{name}.pdf must return shape ({len(x)},) for x of shape {x.shape}, got {values.shape}")
    bad = ~(values >= 0)
    if bad.any():
        i = np.argmax(bad)
        raise ValueError(f"{name}.pdf must be a density, non-negative, got {values[i]} at x = {x[i]}")
    return values


class Quantiles:
    """A law, perhaps discrete, of which quantiles and two moments are asked."""

    dimension = 1

    def __init__(self, law, name):
        self.law = adapt(law, name)
        self._ppf = method(self.law, name, "ppf", "icdf")
        self._mean = method(self.law, name, "mean")
        self._var = method(self.law, name, "var", "variance")
        self.support = method(self.law, name, "support")

    def ppf(self, q):
        """Quantiles."""
        return self._ppf(q)

    def mean(self):
        """The mean, a number."""
        return float(self._mean())

    def var(self):
        """The variance, a number."""
        return float(self._var())

    def rvs(self, size=1, random_state=None):
        """Draws, by quantiles of uniforms."""
        return self.ppf(np.random.default_rng(random_state).random(size))


class Line:
    """A continuous law on the line under SciPy's older names, whatever names its own class uses."""

    dimension = 1

    def __init__(self, law, name="distribution"):
        self.law, self.name = adapt(law, name), name
        self._pdf = method(self.law, name, "pdf")
        self._cdf = method(self.law, name, "cdf", needed=False)
        self._sf = method(self.law, name, "sf", "ccdf", needed=False)
        self._ppf = method(self.law, name, "ppf", "icdf", needed=False)
        self._isf = method(self.law, name, "isf", "iccdf", needed=False)
        self.has_cdf, self.has_ppf = self._cdf is not None, self._ppf is not None
        self.logpdf = method(self.law, name, "logpdf", needed=False)
        support = method(self.law, name, "support", needed=False)
        low, high = map(float, called(support, name, "support")) if support else (-np.inf, np.inf)
        if not low < high:
            raise ValueError(f"{name} must have a support of positive length, got [{low:g}, {high:g}]")
        self._ends = low, high

    def __repr__(self):
        return describe(self.law)

    def support(self):
        """The ends of the support."""
        return self._ends

    def pdf(self, x):
        """The density, of the shape of x; 0 outside the support."""
        x = np.asarray(x, dtype=float)
        values = densities(self._pdf, np.clip(x, *self._ends).ravel(), self.name).reshape(x.shape)
        return np.where((x < self._ends[0]) | (x > self._ends[1]), 0.0, values)[()]

    def log_pdf(self, x):
        """log p; by the law's own, which does not underflow so soon, where it has one."""
        with np.errstate(divide="ignore", over="ignore"):
            if self.logpdf is None:
                return np.log(self.pdf(x))
            inside = (self._ends[0] <= x) & (x <= self._ends[1])
            return np.where(inside, self.logpdf(np.clip(x, *self._ends)), -np.inf)[()]

    def cdf(self, x):
        """P(X <= x)."""
        return np.asarray(called(_needed(self._cdf, self, "cdf"), self.name, "cdf", x), dtype=float)[()]

    def sf(self, x):
        """P(X > x), to full digits in the upper tail where the law can say it."""
        return 1 - self.cdf(x) if self._sf is None else np.asarray(self._sf(x), dtype=float)[()]

    def ppf(self, q):
        """Quantiles."""
        return np.asarray(called(_needed(self._ppf, self, "ppf"), self.name, "ppf", q), dtype=float)[()]

    def isf(self, q):
        """Quantiles from above."""
        return self.ppf(1 - np.asarray(q)) if self._isf is None else np.asarray(self._isf(q), dtype=float)[()]

    def var(self):
        """The variance."""
        return float(called(method(self.law, self.name, "var", "variance"), self.name, "var"))

    def rvs(self, size=1, random_state=None):
        """Draws, by quantiles of uniforms: they stay the same in every SciPy."""
        return self.ppf(np.random.default_rng(random_state).random(size))

    @property
    def breakpoints(self):
        """Where the density is known to jump: ends of supports, edges of a histogram, those of a mixture's parts."""
        return np.unique([point for point in _breaks(self.law) if np.isfinite(point)])


class Unit(Line):
    """A continuous law on [0, 1] whose density was found to be one.

    `panels` are the edges between which Gauss–Legendre integrates the density. Some may be too short to halve where
    the density is infinite: there the cdf alone says the probability.

    Raises
    ------
    ValueError
        If more than 1e-9 of the probability lies outside [0, 1], or the density is negative, not finite,
        of a wrong shape, does not integrate to 1 or is not the cdf's.
    """

    cut_off = 0.0  # what on_cube left out

    def __init__(self, law, name="inputs"):
        super().__init__(law, name)
        if self._cdf is not None:
            outside = float(self.cdf(0.0) + self.sf(1.0))
            if not outside <= OUTSIDE:
                raise ValueError(f"{name} must be a law on [0, 1], got {self!r} with {outside:.3g} of its probability "
                                 "outside; zcmoe.on_cube(law) conditions it on [0, 1]")
        low, high = (float(np.clip(end, 0, 1)) for end in self._ends)
        self._ends = 0.0 if low < 1e-14 else low, 1.0 if high > 1 - 1e-14 else high  # some miss by a rounding
        self._close()

    @property
    def breakpoints(self):
        """Where the density is known to jump, inside (0, 1)."""
        points = np.union1d(super().breakpoints, self._ends)
        return points[(points > 1e-14) & (points < 1 - 1e-14)]

    def _close(self):
        """Find the panels, and hold the density's integral to 1 and to the cdf."""
        exact = None if self._cdf is None else lambda a, b: self.cdf(b) - self.cdf(a)
        self.panels, masses = adaptive_panels(self.pdf, self.breakpoints, exact=exact)
        self._stuck = self._off = np.zeros(masses.size, dtype=bool)
        if exact is None:
            total = masses.sum()
            if not abs(total - 1) <= 1e-7:
                raise ValueError(f"{self.name} must integrate to 1 over [0, 1], got {total:.10g}"
                                 + "; if the rest lies outside, zcmoe.on_cube(law) conditions it" * bool(total < 1))
            self._numerical = Antiderivative(self.pdf, self.breakpoints)
            return
        left, right = self.panels[:-1], self.panels[1:]
        grown = exact(left, right)
        gap, short = np.abs(masses - grown), (right - left <= 2.0**20 * np.spacing(right)) | (right < 2.0**-1000)
        # Where the density is infinite among a few floats, no rule can follow it; elsewhere the two must agree.
        self._stuck = short & (gap > 1e-13) & (grown < 1e3 * masses)
        self._off = self._stuck | (gap > 1e-12)  # where x rounds, or the density is not smooth, the cdf is right
        wrong = (gap > 1e-8) & ~self._stuck
        if gap[wrong].sum() > 1e-7:
            i = np.argmax(np.where(wrong, gap, 0))
            raise ValueError(f"{self.name} must have a pdf that is the derivative of its cdf: between {left[i]:.17g} "
                             f"and {right[i]:.17g} the pdf integrates to {masses[i]:.6g}, the cdf grows by "
                             f"{grown[i]:.6g}")

    def regular(self, x):
        """The density, 0 in panels where it is infinite and no rule can follow it."""
        return np.where(self._stuck[cell_of(self.panels, x)], 0.0, self.pdf(x)) if self._stuck.any() else self.pdf(x)

    def masses(self, panels, nodes, weights):
        """Probabilities of Gauss–Legendre's nodes, shape (k, 16), on panels that refine the law's own."""
        lengths, weights = weights, weights * self.pdf(nodes)
        off = np.flatnonzero(self._off[cell_of(self.panels, (panels[:-1] + panels[1:]) / 2)])
        if off.size:  # the cdf says how much, the density how it lies
            grown, total = self.cdf(panels[off + 1]) - self.cdf(panels[off]), weights[off].sum(axis=1, keepdims=True)
            # All may lie between the nodes, or the density be infinite where a node rounds to the end.
            told = (total > 0) & np.isfinite(total)
            share = np.where(told, weights[off] / np.where(told, total, 1), lengths[off])
            weights[off] = share * (grown / share.sum(axis=1))[:, None]
        return _check.finite(weights, f"{self.name}.pdf")

    def check_stuck(self, beta, centre, scale):
        """Raise ValueError where β varies so much, and p is infinite, that the floats between cannot tell E β²."""
        left, right = self.panels[:-1][self._stuck], self.panels[1:][self._stuck]
        if left.size:
            nodes, weights = panel_rule(np.stack([left, right], axis=1))
            weights = self.masses(self.panels, *panel_rule(self.panels))[self._stuck]
            values = beta(nodes.ravel()).reshape(nodes.shape) - centre
            spread = np.ptp(values, axis=1) * np.abs(values).max(axis=1) * weights.sum(axis=1)
            if spread.sum() > 1e-6 * (scale + np.sum(weights * values**2)):
                i = np.argmax(spread)
                raise ValueError(f"beta must vary less near x = {right[i]:.9g}, where {self!r} is infinite or nearly: "
                                 "floats are too far apart there; a law that is infinite at 0 instead leaves room")

    def cdf(self, x):
        """P(X <= x)."""
        if self._cdf is None:
            x = np.clip(np.asarray(x, dtype=float), 0, 1)
            return (self._numerical(x.ravel()) / self._numerical.total).reshape(x.shape)[()]
        return super().cdf(x)

    def ppf(self, q):
        """Quantiles, inside the support."""
        q = np.asarray(q, dtype=float)
        if self._ppf is not None:
            x = super().ppf(q)
        elif self._cdf is None:
            x = self._numerical.inverse(q.ravel() * self._numerical.total).reshape(q.shape)
        else:
            x = _bisected(self.cdf, q, self._ends)
        x = np.clip(x, *self._ends)  # a quantile may miss an end by a rounding
        return np.where(q == 0, self._ends[0], np.where(q == 1, self._ends[1], x))[()]

    def sf(self, x):
        """P(X > x)."""
        return 1 - self.cdf(x) if self._cdf is None else super().sf(x)


class UnitPart:
    """A law on the line on the condition that x lies in [0, 1]; `outside` is what that leaves out."""

    def __init__(self, law):
        self.law = Line(law, "law")
        if self.law.has_cdf:
            below, above = float(self.law.cdf(0.0)), float(self.law.sf(1.0))
            self._upper = below > 0.5  # then tails are counted from above, to keep their digits
            self._ends = (float(self.law.sf(0.0)), above) if self._upper else (below, float(self.law.cdf(1.0)))
            self._mass, self.outside = abs(self._ends[1] - self._ends[0]), below + above
        else:
            self._mass = float(adaptive_panels(self.law.pdf)[1].sum())
            self.outside = 1 - self._mass
            if self.outside < -OUTSIDE:
                raise ValueError(f"law must integrate to 1, got {self._mass:.10g} over [0, 1] alone: {law!r}")
            self.cdf = self.ppf = None
        if not self.law.has_ppf:
            self.ppf = None
        if not self._mass > 0:
            raise ValueError(f"law must have some probability on [0, 1], got {law!r}")
        self.components = [self.law.law]  # their jumps are its own

    def __repr__(self):
        return f"on_cube({self.law!r})"

    def support(self):
        """What the cube leaves of it."""
        low, high = self.law.support()
        return max(low, 0.0), min(high, 1.0)

    def pdf(self, x):
        """Density on [0, 1]."""
        return self.law.pdf(x) / self._mass

    def cdf(self, x):
        """P(X <= x)."""
        x = np.clip(x, 0, 1)
        return np.abs((self.law.sf(x) if self._upper else self.law.cdf(x)) - self._ends[0]) / self._mass

    def ppf(self, q):
        """Quantiles."""
        level = self._ends[0] + np.asarray(q) * (self._ends[1] - self._ends[0])
        return self.law.isf(level) if self._upper else self.law.ppf(level)


class Kernels:
    """A kernel density estimate of SciPy, which takes and gives its points by columns."""

    def __init__(self, law):
        self.law, self.dimension = law, law.d

    def __repr__(self):
        return f"<gaussian_kde of {self.law.n} points in dimension {self.dimension}>"

    def pdf(self, x):
        """Density at x of shape (n,) or (n, d)."""
        return self.law.pdf(x.T)

    def cdf(self, x):
        """P(X <= x), for d = 1."""
        from scipy.special import ndtr
        scale = np.sqrt(self.law.covariance[0, 0])
        flat = [self.law.weights @ ndtr((each - self.law.dataset[0]) / scale) for each in np.ravel(x)]
        return np.reshape(flat, np.shape(x))

    def rvs(self, size=1, random_state=None):
        """Draws, shape (size,) or (size, d)."""
        x = self.law.resample(size, np.random.default_rng(random_state)).T
        return x[:, 0] if self.dimension == 1 else x


def _needed(method, law, name):
    if method is None:
        raise ValueError(f"{law.name} must have {name} for this, got {law!r}")
    return method


def _bisected(cdf, q, ends):
    """Solve cdf(x) = q between the ends."""
    low, high = np.full(np.shape(q), ends[0]), np.full(np.shape(q), ends[1])
    for _ in range(64):
        middle = (low + high) / 2
        below = cdf(middle) < q
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high


def _breaks(law):
    """Points where a density may jump, from what SciPy's classes tell."""
    for part in getattr(law, "components", ()):
        yield from _breaks(part)
    yield from getattr(law, "jumps", ())
    low, high = law.support() if hasattr(law, "support") else (0.0, 1.0)
    yield from (float(low), float(high))
    bins = getattr(getattr(law, "dist", law), "_hbins", None)  # where it has another name, panels find the jumps
    if bins is not None:
        yield from low + (bins - bins[0]) * ((high - low) / (bins[-1] - bins[0]))
