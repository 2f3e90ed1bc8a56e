"""The one place where every law is asked what it can do: SciPy's laws, frozen and new-style, samples, one's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from zcmoe import _check
from zcmoe._laws.cube import Cube, CubePart, Independent
from zcmoe._laws.line import Quantiles, Unit, UnitPart, adapt, called, describe
from zcmoe._laws.sample import Sample


def inputs_law(law, dimension=None, name="inputs"):
    """The law of x, ready for a :class:`~zcmoe.Problem`: a `Sample`, `Unit`, `Independent` or `Cube`.

    `dimension` None is the law's own.
    """
    law = adapt(law, name)
    if dimension is None or hasattr(law, "dimension") or on_the_line(law):
        own = dimension_of(law, name)
        dimension = own if dimension is None else dimension
    else:
        own = dimension  # which its draws are held to
    if own != dimension:
        advice = f"; Independent(*[law] * {dimension}) has independent coordinates" if own == 1 else ""
        raise ValueError(f"{name} must have dimension {dimension}, got {describe(law)} of dimension {own}{advice}")
    if isinstance(law, (Sample, Independent, Unit, Cube)):
        return law
    return Unit(law, name) if dimension == 1 else Cube(law, dimension, name)


def density_law(density, dimension):
    """A segment density λ on [0, 1]^d, with `pdf` and for d = 1 `cdf`, `ppf`, `support`, `panels`, held to be one."""
    if hasattr(density, "total") and density.dimension == dimension:
        return density  # a SegmentDensity is one by construction
    law = inputs_law(density, dimension, "density")
    if isinstance(law, Sample):
        raise ValueError(f"density must be a law with a density, got {law!r}")
    return law


def noise_law(noise):
    """The law of ε: with `ppf`, `mean`, `var`, `support`; None and 0 are no noise."""
    if noise is None or np.ndim(noise) == 0 and isinstance(noise, (int, float, np.number)) and noise == 0:
        return Sample([0.0])
    return noise if isinstance(noise, Sample) else Quantiles(noise, "noise")


def on_cube(law: Any) -> Any:
    """The law on the condition that x lies in [0, 1]^d.

    Parameters
    ----------
    law : distribution
        On the line or in R^d: a SciPy law, frozen or new-style, a ``gaussian_kde``, a `Sample`, or an object with
        `pdf` and `rvs` (for d = 1 `pdf` and `cdf`).

    Returns
    -------
    law
        Of the same dimension, for a Problem or for `Independent`. Its `cut_off` is the probability that was
        outside: exact for d = 1 and a `Sample`, by Sobol's rule for d > 1.

    Raises
    ------
    ValueError
        If the cube has probability 0.

    Examples
    --------
    >>> from scipy import stats
    >>> law = on_cube(stats.norm(0.4, 0.2))
    >>> print(f"{law.cut_off:.6f} {law.ppf(0.5):.6f} {stats.truncnorm(-2, 3, 0.4, 0.2).ppf(0.5):.6f}")
    0.024100 0.405365 0.405365
    """
    law = adapt(law, "law")
    dimension = dimension_of(law, "law")
    if isinstance(law, (Unit, Independent, Cube)):
        return law
    if isinstance(law, Sample):
        inside = ((law.points >= 0) & (law.points <= 1)).reshape(len(law.points), -1).all(axis=1)
        conditioned = Sample(law.points[inside], law.weights[inside])
        conditioned.cut_off = float(law.weights[~inside].sum())
        return conditioned
    part = UnitPart(law) if dimension == 1 else CubePart(law, dimension)
    conditioned = Unit(part, "law") if dimension == 1 else Cube(part, dimension, "law")
    conditioned.cut_off = part.outside
    return conditioned


def dimension_of(law, name):
    """d, as the law says it, or as its draws show it."""
    if hasattr(law, "dimension"):
        return _check.count(law.dimension, f"{name}.dimension")
    if on_the_line(law):
        return 1
    draws = np.asarray(called(law.rvs, name, "rvs", size=3, random_state=np.random.default_rng(0)))
    return draws.shape[-1] if draws.ndim == 2 else 1


def on_the_line(law):
    """Whether its methods say that the law is one of numbers."""
    return any(hasattr(law, each) for each in ("ppf", "icdf", "support")) or not hasattr(law, "rvs")

