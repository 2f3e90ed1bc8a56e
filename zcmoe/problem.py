"""The data model y = β(x) + ε (equation (1))."""

import numpy as np

from zcmoe import _check
from zcmoe._laws import Independent, Sample, Unit, inputs_law, noise_law, on_cube
from zcmoe._quadrature import adaptive_panels

__all__ = ["Independent", "Problem", "Sample", "on_cube"]


class Problem:
    """The data model (1): y = β(x) + ε with x on [0, 1]^d and ε independent of x.

    Parameters
    ----------
    beta : callable
        β, from x of shape (n,) when d = 1, (n, d) otherwise, to values of shape (n,). It is
        evaluated inside open cells only, so it may be infinite at 0, 1 and the breakpoints.
    inputs : distribution
        The law of x: for d = 1 a continuous SciPy distribution on [0, 1] or a part of it, frozen or new-style,
        or an object with its `pdf` (and, where they are known, `cdf` and `ppf`); for d > 1 an object with
        ``pdf(x)`` and ``rvs(size, random_state)``, such as :class:`Independent`; or a :class:`Sample`.
    noise : distribution or None
        The law of ε: mean zero, finite variance. None or 0 is no noise.
    gradient : callable, optional
        β' for d = 1, ∇β of shape (n, d) otherwise; by default computed from β by five-point
        differences.
    dimension : int, optional
        d; by default the law's.
    breakpoints : sequence of float
        For d = 1: where β, β' or the inputs' density jumps.

    Attributes
    ----------
    noise_variance : float
        σ², in squared units of y.
    noise_bound : float
        The smallest B with ε in [-B, B]; infinite for an unbounded noise.

    Raises
    ------
    ValueError
        If the inputs do not lie in [0, 1], the noise has a mean or no variance, or the
        breakpoints are not increasing inside (0, 1).

    References
    ----------
    Dar, arXiv 2510.03151, equation (1).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import stats
    >>> problem = Problem(np.square, stats.uniform(), stats.uniform(-0.5, 1))
    >>> print(f"{problem.noise_variance:.4f}", problem.noise_bound)
    0.0833 0.5
    >>> x, y = problem.sample(1000, rng=0)
    >>> print(f"{np.mean((y - x**2)**2):.2f}")
    0.09
    """

    def __init__(self, beta, inputs, noise, *, gradient=None, dimension=None, breakpoints=()):
        self.inputs = inputs_law(inputs, dimension if dimension is None else _check.count(dimension, "dimension"))
        self.dimension = self.inputs.dimension
        self.noise, self.noise_variance, self.noise_bound = _check_noise(noise)
        self.breakpoints = _check_breakpoints(breakpoints, self.dimension)
        if isinstance(self.inputs, Unit):  # the density may jump where its support ends
            self.breakpoints = np.union1d(self.breakpoints, self.inputs.breakpoints)
        tail = () if self.dimension == 1 else (self.dimension,)
        self.beta = _evaluated(beta, "beta", self.dimension, ())
        self.gradient = _evaluated(gradient or self._difference, "gradient", self.dimension, tail)

    def __repr__(self):
        return f"Problem(dimension={self.dimension}, noise_variance={self.noise_variance:.6g})"

    def weight(self, x, floor=0.0):
        """w = p ‖∇β‖², the one quantity of the problem that asymptotic formulas see.

        `floor` replaces a smaller ‖∇β‖ (Section 4.4). Shape (n,).
        """
        gradient = self.gradient(x)
        slope = np.abs(gradient) if self.dimension == 1 else np.linalg.norm(gradient, axis=1)
        return self.inputs.pdf(x) * np.maximum(slope, floor) ** 2

    def sample(self, n, rng=None):
        """Draw n examples (32).

        Parameters
        ----------
        n : int
        rng : anything that ``numpy.random.default_rng`` takes

        Returns
        -------
        x : ndarray, shape (n,) or (n, d)
        y : ndarray, shape (n,)
        """
        n = _check.count(n, "n")
        rng = np.random.default_rng(rng)
        if not isinstance(self.inputs, Sample) and hasattr(self.inputs, "ppf"):  # quantiles of uniforms stay the same in every SciPy
            x = self.inputs.ppf(rng.random(n) if self.dimension == 1 else rng.random((n, self.dimension)))
        else:
            x = self.inputs.rvs(size=n, random_state=rng)
        return x, self.beta(x) + self.noise.ppf(rng.random(n))

    @property
    def panels(self):
        """The edges between which Gauss–Legendre integrates p, pβ and pβ², for d = 1."""
        if not hasattr(self, "_panels"):
            def powers(x):
                density, value = self.inputs.pdf(x), self.beta(x)
                return np.stack([density, density * value, density * value**2])
            self._panels = adaptive_panels(powers, self.breakpoints)[0]
        return self._panels

    def _difference(self, x):
        """∇β by a five-point difference along each axis, inside the open cell of x."""
        if self.dimension == 1:
            return self._partial(x[:, None], 0)
        return np.stack([self._partial(x, j) for j in range(self.dimension)], axis=1)

    def _partial(self, x, axis):
        ends = np.r_[0.0, self.breakpoints, 1.0]
        cell = np.clip(np.searchsorted(ends, x[:, axis], side="right") - 1, 0, ends.size - 2)
        low, high = ends[cell], ends[cell + 1]
        gap = np.minimum(x[:, axis] - low, high - x[:, axis])
        # Steps shrink towards an end, where β may be infinite; at an end itself the stencil moves inside.
        step = np.minimum(1e-4, np.where(gap > 0, gap, high - low) / 50)
        centre = np.clip(x[:, axis], low + 2.5 * step, high - 2.5 * step)
        offsets = np.arange(-2.0, 3)
        at = np.repeat(x[:, None, :], 5, axis=1)
        at[:, :, axis] = centre[:, None] + step[:, None] * offsets
        flat = at.reshape(-1, at.shape[-1])
        values = self.beta(flat[:, 0] if self.dimension == 1 else flat).reshape(-1, 5)
        values = values - values[:, 2:3]  # the slope of a constant is exactly 0
        quartic = values @ np.linalg.inv(np.vander(offsets, increasing=True)).T
        t = (x[:, axis] - centre) / step
        return (quartic[:, 1] + t * (2 * quartic[:, 2] + t * (3 * quartic[:, 3] + t * 4 * quartic[:, 4]))) / step


def _check_noise(noise):
    noise = noise_law(noise)
    if noise.dimension != 1:
        raise ValueError(f"noise must have dimension 1, got {noise!r}")
    variance, mean = noise.var(), noise.mean()
    if not 0 <= variance < np.inf:
        raise ValueError(f"noise must have a finite variance, got {variance}")
    if not abs(mean) <= 1e-9 * max(variance**0.5, 1e-9):
        raise ValueError(f"noise must have mean 0, got {mean:.6g}")
    low, high = noise.support()
    return noise, float(variance), float(max(-low, high))


def _check_breakpoints(breakpoints, dimension):
    array = _check.vector(breakpoints, "breakpoints")
    if dimension > 1 and array.size:
        raise ValueError(f"breakpoints must be empty for dimension > 1, got {array.size} of them")
    return _check.increasing(np.r_[0.0, array, 1.0], "breakpoints (with 0 and 1)")[1:-1]


def _evaluated(function, name, dimension, tail):
    """Wrap a user's function: floats in, finite floats of shape (n, *tail) out."""
    if not callable(function):
        raise ValueError(f"{name} must be callable, got {function!r}")

    def evaluate(x):
        x = _check.points(x, dimension)
        values = np.asarray(function(x), dtype=float)
        if values.shape != (len(x), *tail):
            raise ValueError(f"{name} must return shape {(len(x), *tail)} for x of shape {x.shape}, got {values.shape}")
        return _check.finite(values, f"{name} value")

    return evaluate
