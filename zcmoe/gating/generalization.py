"""What training costs: the mutual-information bound, and cases in which everything in it is exact.

Two informations must not be mixed up: the routing rate I(X;T), which lowers the distortion, and I(S;W), what the
learned parameters W keep of the training set S, which raises the gap between test and training error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from zcmoe import _check


@dataclass(frozen=True)
class ExactCase:
    """A learning problem in which expectations over training sets are known.

    Attributes
    ----------
    test_error, training_error : float
        Expected test and training error of W, noise included.
    information : float
        I(S;W), in nats.
    bound : float
        A proven bound of `gap`, from I(S;W).
    individual_bound : float
        The same from the informations I(W;Z_i) of single examples.
    lautum : float or None
        The lautum information of S and W, where it is known.
    """

    test_error: float
    training_error: float
    information: float
    bound: float
    individual_bound: float | None = None
    lautum: float | None = None

    @property
    def gap(self) -> float:
        """Test minus training error."""
        return self.test_error - self.training_error


class AssembledBound(NamedTuple):
    """The bound D(R) + δ + √(2 scale² I(S;W)/n) on the expected test error; see :func:`assembled_bound`."""

    distortion: float
    delta: float
    penalty: float
    total: float


class BestNumbers(NamedTuple):
    """The numbers of experts at which test error and bounds are least; real numbers. See :func:`best_numbers`."""

    test: float
    bound: float
    individual: float


def generalization_bound(information: float, n: int, scale: float = 1.0) -> float:
    """√(2 scale² I/n): how far test and training error can be apart, for a loss that is sub-Gaussian with that scale.

    Parameters
    ----------
    information : float
        I(S;W), in nats.
    n : int
        Number of training examples.
    scale : float
        1 gives the form √((2/n) I) that the letter's abstract prints; a loss in [0, 1] has scale 1/2.

    Returns
    -------
    float

    References
    ----------
    Xu and Raginsky 2017; Khalesi and Deylam Salehi, arXiv 2602.15091, abstract.

    Examples
    --------
    >>> print(f"{generalization_bound(8.38106054, 80):.6f} {generalization_bound(8.38106054, 80, 0.5):.6f}")
    0.457741 0.228870
    """
    information = _check.real(information, "information", 0)
    return float(_check.real(scale, "scale", 0, open_low=True) * np.sqrt(2 * information / _check.count(n, "n")))


def assembled_bound(distortion: float, training_error: float, information: float, n: int,
                    scale: float = 1.0) -> AssembledBound:
    """The bound E test <= D(R) + δ + √(2 scale² I(S;W)/n), with δ computed.

    Parameters
    ----------
    distortion : float
        D(R), noise included, at the routing rate R = I(X;T).
    training_error : float
        Its expectation. δ is the training error minus D(R), by definition; it is negative where noise was fitted.
    information : float
        I(S;W), in nats.
    n : int
    scale : float

    Returns
    -------
    AssembledBound

    References
    ----------
    Khalesi and Deylam Salehi, arXiv 2602.15091, abstract.

    Examples
    --------
    >>> print(f"{assembled_bound(0.19727481, 0.195525, 23.15184692, 800).total:.6f}")
    0.436107
    """
    distortion, error = _check.real(distortion, "distortion"), _check.real(training_error, "training_error")
    penalty = generalization_bound(information, n, scale)
    return AssembledBound(distortion, error - distortion, penalty, error + penalty)


def stratified_bernoulli(success: ArrayLike, n: int) -> ExactCase:
    """Means learned in equal cells, y in {0, 1}: all expectations exactly.

    The design is stratified: K cells of probability 1/K with n/K examples each, y = 1 in cell k with probability
    π_k; W_k is the mean of y in the cell, the loss (y - W_k)² lies in [0, 1].

    Parameters
    ----------
    success : array_like, shape (K,)
        π_k.
    n : int
        A multiple of K.

    Returns
    -------
    ExactCase
        Its bounds are for the scale 1/2.

    References
    ----------
    Restored and computed here; individual examples: Bu, Zou and Veeravalli 2020.

    Examples
    --------
    >>> case = stratified_bernoulli([0.2, 0.4, 0.6, 0.8], 80)
    >>> print(f"{case.test_error:.3f} {case.training_error:.3f} {case.information:.8f} {case.individual_bound:.8f}")
    0.210 0.190 8.38106054 0.11430074
    """
    success, each = _cells(success, n)
    variance = np.mean(success * (1 - success))
    different, times = np.unique(success, return_counts=True)
    entropy = np.array([binomial_entropy(each, q) for q in different])
    fewer = np.array([binomial_entropy(each - 1, q) if each > 1 else 0.0 for q in different])
    information = float(times @ entropy)
    individual = float(times @ np.sqrt((entropy - fewer) / 2) / success.size)
    return ExactCase(float(variance * (1 + 1 / each)), float(variance * (1 - 1 / each)), information,
                     generalization_bound(information, n, 0.5), individual)


def gibbs(success: ArrayLike, bank: ArrayLike, n: int, gamma: float) -> ExactCase:
    """The Gibbs algorithm on a finite bank: P(w|S) ∝ exp(-γ L_S(w)), y in {0, 1}, K stratified cells.

    L_S is the training error (the mean of (y - w_k)² over all examples); every w_k is one of `bank`, and its
    prior is uniform. Exactly, gap = (I(S;W) + L(S;W))/γ with the lautum information L.

    Parameters
    ----------
    success : array_like, shape (K,)
    bank : array_like, shape (b,)
        In [0, 1].
    n : int
        A multiple of K.
    gamma : float
        γ > 0.

    Returns
    -------
    ExactCase

    References
    ----------
    The identity: Aminian et al. 2021.

    Examples
    --------
    >>> case = gibbs([0.3, 0.8], [0, 0.25, 0.5, 0.75, 1], 20, 20)
    >>> print(f"{case.gap:.12f} {(case.information + case.lautum) / 20:.12f}")
    0.030090413955 0.030090413955
    """
    from scipy.special import softmax
    from scipy.stats import binom

    success, each = _cells(success, n)
    bank = _check.within(_check.vector(bank, "bank"), 0, 1, "bank")
    gamma = _check.real(gamma, "gamma", 0, open_low=True)
    ones = np.arange(each + 1)
    loss = (ones[:, None] * (1 - bank) ** 2 + (each - ones)[:, None] * bank**2) / each
    posterior = softmax(-gamma * each / n * loss, axis=1)
    totals = np.zeros(4)
    for q in success:
        law = binom.pmf(ones, each, q)
        prior = law @ posterior
        ratio = np.log(posterior / prior)
        risk = q * (1 - bank) ** 2 + (1 - q) * bank**2
        totals += [prior @ risk / success.size, law @ (posterior * loss).sum(axis=1) / success.size,
                   law @ (posterior * ratio).sum(axis=1), -law @ (prior * ratio).sum(axis=1)]
    test, training, information, lautum = map(float, totals)
    return ExactCase(test, training, information, generalization_bound(information, n, 0.5), lautum=lautum)


def gaussian_constants(n_cells: int, n: int, noise_variance: float, blur: float) -> ExactCase:
    """Constants learned with normal noise and blurred: W_k = mean of y in cell k + N(0, blur), stratified.

    Parameters
    ----------
    n_cells : int
        K.
    n : int
        A multiple of K.
    noise_variance : float
        σ² > 0; y is normal about a constant in each cell.
    blur : float
        τ² > 0, the variance of what is added.

    Returns
    -------
    ExactCase
        The loss is unbounded; test minus training error is bounded by 2 s² √(I/n), s² the variance of y - W:
        the lower tail of a squared normal variable is sub-Gaussian.

    Examples
    --------
    >>> case = gaussian_constants(5, 100, 1, 0.01)
    >>> print(f"{case.gap:.3f} {case.information:.8f} {case.bound:.8f} {case.individual_bound:.8f}")
    0.100 4.47939867 0.44868931 0.30925712
    """
    k, each = _check.count(n_cells, "n_cells"), _share(n, n_cells)
    noise = _check.real(noise_variance, "noise_variance", 0, open_low=True)
    blur = _check.real(blur, "blur", 0, open_low=True)
    information = k / 2 * np.log1p(noise / (each * blur))
    spread = noise / each
    single = np.log((spread + blur) / (spread * (1 - 1 / each) + blur)) / 2
    test = noise * (1 + 1 / each) + blur
    return ExactCase(test, noise * (1 - 1 / each) + blur, float(information),
                     float(2 * test * np.sqrt(information / n)), float(2 * test * np.sqrt(single)))


def best_numbers(n: int, curvature: float, variance: float) -> BestNumbers:
    """How many experts minimise the test error, and how many its bounds recommend, when n examples are many.

    The approximation error is C/K², the variance of y in a cell v; the entropy of a binomial law is replaced by
    that of the normal law, and K is a real number.

    Parameters
    ----------
    n : int
    curvature : float
        C > 0: slope²/12 for a linear β on [0, 1].
    variance : float
        v > 0.

    Returns
    -------
    BestNumbers
        Of the test error, (2Cn/v)^(1/3) for large n; of its bound √(2I/n); and of the bound from single examples,
        with scale 1/2.

    Examples
    --------
    >>> print(" ".join(f"{k:.2f}" for k in best_numbers(10**6, 0.64 / 12, 0.25 - 0.64 / 12)))
    81.55 5.25 11.28
    """
    from scipy.optimize import minimize_scalar

    n = _check.count(n, "n")
    curvature = _check.real(curvature, "curvature", 0, open_low=True)
    variance = _check.real(variance, "variance", 0, open_low=True)

    def entropy(k):
        return k / 2 * np.log(2 * np.pi * np.e * variance * n / k)

    def change(k, sign):  # of the error with K, the constant v left out
        return curvature / k**2 + sign * variance * k / n

    penalties = [lambda k: change(k, 1), lambda k: change(k, -1) + np.sqrt(2 * entropy(k) / n),
                 lambda k: change(k, -1) + np.sqrt(-np.log1p(-k / n) / 4)]
    found = [minimize_scalar(lambda x, f=f: f(np.exp(x)), bounds=(0, np.log(n / 2)), method="bounded",
                             options={"xatol": 1e-10}).x for f in penalties]
    return BestNumbers(*(float(np.exp(x)) for x in found))


def binomial_entropy(n: int, q: float) -> float:
    """The entropy of Binomial(n, q), in nats."""
    from scipy.special import entr
    from scipy.stats import binom

    n, q = _check.count(n, "n"), _check.real(q, "q", 0, 1)
    reach = 40 + 12 * np.sqrt(n * q * (1 - q))  # beyond, less than 1e-30
    return float(entr(binom.pmf(np.arange(max(0, int(n * q - reach)), min(n, int(n * q + reach)) + 1), n, q)).sum())


def _share(n, k):
    n = _check.count(n, "n")
    if n % k:
        raise ValueError(f"n must be a multiple of the number of cells {k}, got {n}")
    return n // k


def _cells(success, n):
    success = _check.within(_check.vector(success, "success"), 0, 1, "success")
    return success, _share(n, _check.count(success.size, "length of success"))
