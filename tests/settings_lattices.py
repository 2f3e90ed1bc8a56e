"""What the literature says of the lattices, and how to list their short vectors."""

import numpy as np

from zcmoe.lattices import LATTICES

DECODED = ["Z", "A2", "A3", "A3*", "D4", "D5*", "E6*", "E7*", "E8", "BW16"]

# Second moment, cell volume and the first shells (squared length: how many vectors), from the literature.
KNOWN = {
    "Z": (0.083333333, 1, {1: 2}),
    "A2": (0.080187537, np.sqrt(0.75), {1: 6}),
    "A3": (0.078745066, 2, {2: 12, 4: 6}),
    "A3*": (0.078543281, 0.5, {0.75: 8, 1: 6}),
    "D4": (0.076603235, 2, {2: 24, 4: 24}),
    "D5*": (0.075625443, 0.5, {1: 10, 1.25: 32}),
    "E6*": (0.074243697, np.sqrt(1 / 3), {4 / 3: 54, 2: 72}),
    "E7*": (0.073116493, np.sqrt(1 / 2), {1.5: 56, 2: 126}),
    "E8": (0.071682099, 1, {2: 240, 4: 2160}),
    "K12": (0.070095600, 27, {4: 756}),
    "BW16": (0.068297622, 16, {4: 4320, 6: 61440}),
    "Leech": (0.06577, 1, {4: 196560}),
}

# Squared covering radii: no point is farther from the lattice.
COVERING = {"Z": 1 / 4, "A2": 1 / 3, "A3": 1, "A3*": 5 / 16, "D4": 1, "D5*": 9 / 16, "E6*": 2 / 3, "E7*": 7 / 8,
            "E8": 1, "BW16": 3}

HEXAGONS, LEECH = LATTICES["A2"], LATTICES["Leech"]


def short_vectors(generator, norm):
    """All lattice vectors up to a squared length, coordinate by coordinate: the bases are triangular."""
    assert not np.tril(generator, -1).any()
    found = np.zeros((1, len(generator)))
    for axis, row in enumerate(generator * np.sign(np.diag(generator))[:, None]):
        reach = np.sqrt(np.maximum(norm + 1e-9 - (found[:, :axis] ** 2).sum(axis=1), 0))
        low, high = np.ceil((-reach - found[:, axis]) / row[axis]), np.floor((reach - found[:, axis]) / row[axis])
        counts = np.maximum(high - low + 1, 0).astype(int)
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)
        found = np.repeat(found, counts, axis=0) + steps[:, None] * row
    return found
