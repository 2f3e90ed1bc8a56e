"""How well patches of a cubature are resolved: by the last coefficients of what is integrated, and at their faces."""

import numpy as np

from zcmoe._arrays import ratio
from zcmoe._cubature import CHUNK, Axis
from zcmoe._progress import with_progress


def spectrum(values, bases):
    """What the last coefficients of functions say, along each axis.

    Parameters
    ----------
    values : ndarray, shape (functions, k, n^d)
        Times the roots of the weights.

    Returns
    -------
    tail, beyond : ndarray, shape (axes, functions, k)
        Norms of the last coefficient, and of the coefficients of twice the degree, which a Gauss rule takes for
        the first: c_2n ≈ c_n² / c_(n/2) for both a geometric and an algebraic decay, and a factor of 4 for safety.
    """
    count, k, _ = values.shape
    tails, beyond = [], []
    for j, basis in enumerate(bases):
        order = len(basis[0])
        degrees = [order // 2 - 1, order // 2, order - 3, order - 2, order - 1]
        along = np.moveaxis(values.reshape(count, k, order**j, order, -1), 3, 2).reshape(count, k, order, -1)
        middle, halfway, third, second, last = np.moveaxis(np.sum((basis[:, degrees] @ along) ** 2, axis=-1), -1, 0)
        # An even or odd function has every other coefficient 0: the last but one counts, a step further down.
        tail = np.sqrt(last + second * ratio(second, third + second))
        tails.append(tail)
        beyond.append(tail * np.minimum(1, 4 * ratio(tail, np.sqrt(middle + halfway))))
    return np.array(tails), np.array(beyond)


class Judge:
    """Errors of patches; what is done in chunks, so that few large arrays are there at a time."""

    def __call__(self, chart, patches, rule):
        k, per, d = rule.nodes.shape
        value = self.function(rule.nodes.reshape(-1, d)).reshape(k, per)
        owner = self.owner_of(patches)
        self._start(rule, owner, value)
        error, axis, step = np.empty(k), np.empty(k, int), max(CHUNK // per, 1)
        for start in with_progress(range(0, k, step), "errors of patches"):
            part = slice(start, start + step)
            axes = [Axis(*(each if len(each) == 1 and k > 1 else each[part] for each in axis)) for axis in rule.axes]
            density = None if rule.density is None else rule.density[part]
            errors = self._judge(value[part], rule.weights[part], density, axes, owner[part])
            errors = errors + self._at_faces(chart, patches.take(part), axes, value[part],
                                             rule.weights[part] if density is None else rule.weights[part] * density,
                                             owner[part])
            error[part], axis[part] = errors.sum(axis=0), errors.argmax(axis=0)
        return error, axis

    def owner_of(self, patches):
        """The region of each patch."""
        return patches.owner

    def _at_faces(self, chart, patches, axes, value, mass, owner):
        """What a jump between the outermost nodes and a face may do: there the polynomial of the values misses."""
        errors, (k, n) = [], (len(value), chart.order)
        for j, axis in enumerate(axes):
            rows, growth = _extrapolation(axis)
            along = np.moveaxis(value.reshape(k, n**j, n, -1), 2, 1).reshape(k, n, -1)
            there = self.function(chart.face(patches, axes, j).reshape(-1, chart.dimension))
            there = np.moveaxis(there.reshape(k, n**j, 2, -1), 2, 1).reshape(k, 2, -1)
            said = rows @ along
            # What is smooth is extrapolated to within its last coefficients; twenty times that are no jump.
            highest = axis.basis[:, [n - 2, n - 1]] * np.sqrt(_share(axis))[:, None]
            last = np.abs(highest @ along).sum(axis=1).max(axis=1)
            allowed = 20 * growth * (last[:, None] + 1e-290) + 100 * self.noise * np.abs(rows).sum(axis=2)
            jump = np.abs(there - said) > allowed[:, :, None]
            outermost = np.moveaxis(mass.reshape(k, n**j, n, -1), 2, 1).reshape(k, n, -1)[:, [0, -1]] / 2
            errors.append(np.sum(outermost * jump * self._difference(there, said, owner), axis=(1, 2)))
        return np.array(errors)


def _share(axis):
    return ratio(axis.weights, axis.weights.sum(axis=1, keepdims=True))


def _extrapolation(axis):
    """Lagrange's polynomials at the ends, (k, 2, node), and the larger of the last two orthonormal ones, (k, 2)."""
    x, e, n = axis.nodes, axis.ends, axis.nodes.shape[1]
    rows = np.ones((len(x), 2, n))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for i in range(n):
            factor = (e - x[:, [i]])[:, :, None] / (x - x[:, [i]])[:, None]
            factor[:, :, i] = 1
            rows *= factor
        highest = axis.basis[:, [n - 2, n - 1]] / np.sqrt(_share(axis))[:, None]
        values = np.where(axis.weights[:, None] > 0, highest, 0.0)
        growth = np.abs(rows @ np.moveaxis(values, 1, 2)).max(axis=2)
    bad = ~np.isfinite(rows).all(axis=(1, 2)) | ~np.isfinite(growth).all(axis=1)  # nodes of no mass coincide
    rows[bad], growth[bad] = 0.0, 1e300
    return rows, growth


class MomentsJudge(Judge):
    """Errors of Σ P_i v_i, of the means and of the probabilities, relative to Σ P_i v_i, its root and 1."""

    name = "the integral of beta²"

    def __init__(self, beta, n_regions, regions=None):
        self.function, self.m, self.regions, self.centre = beta, n_regions, regions, None

    def owner_of(self, patches):
        """The region of each patch, or of the quadrilateral that it is of."""
        return patches.owner if self.regions is None else self.regions[patches.owner]

    def _start(self, rule, owner, value):
        """Centres of the regions' values as the first patches see them; their spread and size as any have seen them."""
        mass = rule.weights if rule.density is None else rule.weights * rule.density
        if self.centre is None:
            total = np.bincount(owner, mass.sum(axis=1), self.m)
            first = np.bincount(owner, np.einsum("kp,kp->k", mass, value), self.m)
            self.mass, self.scale, self.noise = max(total.sum(), 1e-300), 1e-150, 0.0
            overall = first.sum() / self.mass if total.sum() > 0 else value.mean()
            self.centre = ratio(first, total, overall)
        spread = np.einsum("kp,kp", mass, (value - self.centre[owner, None]) ** 2)
        self.noise = max(self.noise, 1e-14 * np.abs(value).max())
        self.scale = max(self.scale, np.sqrt(spread / self.mass), self.noise)

    def _judge(self, value, weights, density, axes, owner):
        root, volume = np.sqrt(weights), np.sqrt(weights.sum(axis=1))
        g = (value - self.centre[owner, None]) * root
        functions = g[None] if density is None else np.stack([g, density * g, density * root])
        norm = np.sqrt(np.sum(functions**2, axis=-1))
        tail, beyond = spectrum(functions, [axis.basis for axis in axes])
        # f = p g and g, for β - c = g: ∫ p, ∫ f and ∫ f g; without a density f is g and p is resolved.
        f = 0 if density is None else 1
        floor = self.noise * np.stack([volume] if density is None else [volume, norm[2], 0 * volume])
        seen = tail > floor
        tail, beyond = tail * seen, beyond * seen
        first = beyond[:, f] * volume / self.scale
        second = (norm[f] * beyond[:, 0] + norm[0] * beyond[:, f] + tail[:, f] * tail[:, 0]) / self.scale**2
        return first + second + (0 if density is None else beyond[:, 2] * volume)

    def _difference(self, there, said, owner):
        centre = self.centre[owner, None, None]
        return np.abs(there - said) * (1 + (np.abs(there - centre) + np.abs(said - centre)) / self.scale) / self.scale


class IntegralJudge(Judge):
    """The error of the integral of one function, relative to that of its absolute value."""

    name = "the integral"

    def __init__(self, function):
        self.function, self.size, self.noise = function, 1e-300, 0.0

    def _start(self, rule, owner, value):
        self.size = max(self.size, float(np.einsum("kp,kp", np.abs(value), rule.weights)))
        self.noise = max(self.noise, 1e-14 * np.abs(value).max())

    def _judge(self, value, weights, density, axes, owner):
        functions = (value * np.sqrt(weights))[None]
        beyond = spectrum(functions, [axis.basis for axis in axes])[1]
        return beyond[:, 0] * np.sqrt(weights.sum(axis=1)) / self.size

    def _difference(self, there, said, owner):
        return np.abs(there - said) / self.size
