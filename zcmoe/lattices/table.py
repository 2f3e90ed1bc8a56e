"""The lattices by name, at the scale of [1]_: E8 and Leech have volume 1.

References
----------
.. [1] J. H. Conway and N. J. A. Sloane, Sphere Packings, Lattices and Groups, Springer, chapters 2, 4, 21.
"""

import itertools
import math

import numpy as np

from zcmoe.lattices.lattice import Lattice

_OMEGA = complex(-0.5, math.sqrt(0.75))  # generates the Eisenstein integers, a hexagonal lattice
_PLANE = np.array([0.5, math.sqrt(0.75)])  # their real and imaginary parts are integers in these units
_POLYTOPES = "Conway & Sloane, IEEE Trans. Inform. Theory 28 (1982) 211-226"
_BEST = "best known"


def _cosets(name, moment, status, source, unit, period, words, even=False):
    """The lattice of all ``unit * (word + period * z)``, with z in Z^n or D_n."""
    n = words.shape[1]
    unit, period = np.broadcast_to(unit, n), np.broadcast_to(period, n)
    base = period * (_checkerboard(n) if even else np.eye(n, dtype=int))
    generator = unit * _basis(np.concatenate([words, base]))
    return Lattice(name, generator, moment, True, status, source, unit * period, words / period, even)


def _up_to_five():
    yield _cosets("Z", 1 / 12, "optimal", "an interval", 1, 1, _zero(1))
    yield _cosets("A2", 5 / (36 * math.sqrt(3)), "optimal",
               "Fejes Toth, Acta Math. Hungar. 10 (1959) 299-304; Newman, IEEE Trans. Inform. Theory 28 (1982) 137-139",
               _PLANE, 2, _zero_and_one(2))
    yield _cosets("A3", 4 ** (-1 / 3) / 8, "beaten by A3*", _POLYTOPES, 1, 1, _zero(3), even=True)
    yield _cosets("A3*", 19 / (192 * 2 ** (1 / 3)), "optimal among lattices",
               "Barnes & Sloane, SIAM J. Algebraic Discrete Methods 4 (1983) 30-41", 0.5, 2, _zero_and_one(3))
    yield _cosets("D4", 13 / (120 * math.sqrt(2)), _BEST, _POLYTOPES, 1, 1, _zero(4), even=True)
    yield _cosets("D5*", 2641 / (23040 * 2 ** (3 / 5)), _BEST,
               "Conway & Sloane, Sphere Packings, Lattices and Groups, ch. 21", 0.5, 2, _zero_and_one(5))


def _above_five():
    # E6*: triples of Eisenstein integers whose sum is divisible by i sqrt(3). A pair (a, b) in units of
    # _PLANE, a + b even, is one integer, and its residue is that of (a + 3b)/2 modulo 3.
    pairs = [(a, b) for a in range(6) for b in range(2) if (a + b) % 2 == 0]
    triples = np.array(list(itertools.product(pairs, repeat=3))).reshape(-1, 6)
    yield _cosets("E6*", 12619 / (68040 * 3 ** (5 / 6)), _BEST, "Worley, J. Austral. Math. Soc. A 43 (1987) 268-278",
               math.sqrt(2 / 3) * np.tile(_PLANE, 3), [6, 2] * 3, triples[triples @ ([1, 3] * 3) % 6 == 0])

    hamming = _cyclic([1, 1, 0, 1], 4)
    yield _cosets("E7*", 21361 * 2 ** (1 / 7) / 322560, _BEST, "Worley, SIAM J. Discrete Math. 1 (1988) 134-141",
               math.sqrt(1 / 2), 2, _words(hamming))
    yield _cosets("E8", 929 / 12960, _BEST, _POLYTOPES, 0.5, 2, _zero_and_one(8), even=True)

    # K12: six Eisenstein integers that form a word of the hexacode modulo 2 (omega is then in F4).
    w, v = _OMEGA, _OMEGA.conjugate()
    hexacode = np.array([[1, 0, 0, 1, v, w], [0, 1, 0, 1, w, v], [0, 0, 1, 1, 1, 1]])
    spanning = np.concatenate([hexacode, 2 * np.eye(6)])
    spanning = np.concatenate([spanning, w * spanning]).view(float) / np.tile(_PLANE, 6)
    yield Lattice("K12", np.tile(_PLANE, 6) * _basis(np.rint(spanning)), 797361941 / (6567561000 * math.sqrt(3)), True,
                  "beaten by glued lattices: 0.070034, arXiv 2312.00481",
                  "Dutour Sikiric, Schurmann & Vallentin, Math. Comp. 78 (2009) 1713-1731")

    reed_muller = np.concatenate([np.ones((1, 16), dtype=int), np.array(list(itertools.product((0, 1), repeat=4))).T])
    yield _cosets("BW16", 207049815983 * math.sqrt(2) / 4287303820800, _BEST,
               "Pook-Kolb, Agrell & Allen, IEEE J. Sel. Areas Inform. Theory 4 (2023) 16-23",
               math.sqrt(1 / 2), 2, _words(reed_muller), even=True)

    golay = _cyclic([1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 1], 12)
    golay = np.column_stack([golay, golay.sum(axis=1) % 2])
    odd = np.array([[-3] + [1] * 23])
    yield Lattice("Leech", math.sqrt(1 / 8) * _basis(np.concatenate([2 * golay, 4 * _checkerboard(24), odd])), 0.06577,
                  False, _BEST, "Conway & Sloane, SIAM J. Algebraic Discrete Methods 5 (1984) 294-305 (Monte Carlo)")


def _basis(spanning):
    """Reduce integer vectors that span a lattice to a triangular basis, by Euclid's algorithm."""
    rows, basis = np.array(spanning, dtype=np.int64), []
    for column in range(rows.shape[1]):
        while np.count_nonzero(rows[:, column]) > 1:
            nonzero = np.flatnonzero(rows[:, column])
            pivot = nonzero[np.abs(rows[nonzero, column]).argmin()]
            quotient = rows[:, column] // rows[pivot, column]
            quotient[pivot] = 0
            rows -= np.outer(quotient, rows[pivot])
        pivot = np.abs(rows[:, column]).argmax()
        basis.append(rows[pivot])
        rows = np.delete(rows, pivot, axis=0)
    return np.array(basis)


def _checkerboard(n):
    """A basis of D_n: 2e_1, e_1 + e_2, e_2 + e_3, ..."""
    basis = np.eye(n, dtype=int) + np.eye(n, k=-1, dtype=int)
    basis[0, 0] = 2
    return basis


def _cyclic(polynomial, k):
    """The k shifts of a polynomial's coefficients: a generator matrix of a cyclic code."""
    return np.array([[0] * i + polynomial + [0] * (k - 1 - i) for i in range(k)])


def _words(code):
    """All sums modulo 2 of the rows of a binary generator matrix."""
    return np.array(list(itertools.product((0, 1), repeat=len(code)))) @ code % 2


def _zero(n):
    return np.zeros((1, n), dtype=int)


def _zero_and_one(n):
    return np.array([[0], [1]]).repeat(n, axis=1)


LATTICES = {lattice.name: lattice for lattice in (*_up_to_five(), *_above_five())}
