"""How agreement is measured and said. A measurement that misses its criterion raises, so that no refresh stores it."""

import numpy as np

MEASURES, KINDS = {}, {}


class Disagreement(AssertionError):
    """A measurement that did not come out as the row says it must."""


def row(*numbers, kind):
    """Register a measurement for rows of the ledger, and what it compares with."""
    def register(measure):
        MEASURES.update(dict.fromkeys(numbers, measure))
        KINDS.update(dict.fromkeys(numbers, kind))
        return measure
    return register


def held(holds, said):
    """What is said, if it holds."""
    if not np.all(holds):
        raise Disagreement(said)
    return said


def below(error, bound):
    """Say that an error is below a bound that rounding can't reach."""
    error = float(np.max(np.abs(error)))
    if not error < bound:
        raise Disagreement(f"error {error:.1e}, not below {bound:.0e}")
    return f"error < {bound:.0e}"


def relative(value, truth, bound):
    """The same of value / truth - 1."""
    return below(np.asarray(value) / np.asarray(truth) - 1, bound)


def tends(ratio, *sizes, within, digits=4):
    """The values of a ratio that tends to 1: each is nearer than the one before, the last `within` of it."""
    values = [float(ratio(size)) for size in sizes]
    off = np.abs(np.array(values) - 1)
    return held(np.all(off[1:] < 0.7 * off[:-1]) & (off[-1] < within),
                ", ".join(f"{value:.{digits}f}" for value in values))


def vanishes(found, lead, *sizes, within=0.05):
    """How far a remainder is from its leading term, in units of the latter: less and less, at last below `within`."""
    off = [float(np.linalg.norm(found(size) - lead(size)) / np.linalg.norm(lead(size))) for size in sizes]
    return held(np.all(np.array(off[1:]) < 0.7 * np.array(off[:-1])) & (off[-1] < within),
                ", ".join(f"{each:.4f}" for each in off))


def close(value, target, off, digits=3):
    """A number that must be near another."""
    return held(abs(value - target) <= off, f"{value:.{digits}f}")


def scores(z, most=4.0):
    """Standard scores of a simulation: their root mean square and the largest, which must be no outlier."""
    z = np.ravel(z)
    worst = float(np.max(np.abs(z)))
    return held(worst < most, f"largest |z| = {worst:.1f} of {z.size}")
