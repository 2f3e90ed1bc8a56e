"""The scikit-learn door: zero-compute experts as a regressor. The only module that imports scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from zcmoe import _check
from zcmoe._typing import Seed
from zcmoe.experts import RunningExperts, ZeroComputeMoE
from zcmoe.learning.regions import intervals_from_data, leave_one_out, regions_from_data
from zcmoe.learning.streams import with_progress

_ONE_FEATURE = {"boxes": "uniform", "lattice": "uniform", "voronoi": "density"}
_SEGMENTATIONS = ("density", "uniform", "quantile", *_ONE_FEATURE)


class ZeroComputeMoERegressor(RegressorMixin, BaseEstimator):
    """Regression by zero-compute experts: the mean of y in each region (35).

    Parameters
    ----------
    n_experts : int or "auto"
        m. For one feature "auto" takes m̂ of :func:`zcmoe.plug_in`, rounded. For several it is the number
        with the least leave-one-out error, up to n/2 for "voronoi" (powers of two) and "lattice".
        An integer is exact for one feature and for "voronoi", but for repeated inputs; otherwise it is the
        most that there may be.
    segmentation : {"density", "uniform", "quantile", "boxes", "voronoi", "lattice"}
        The segments of one feature: by the plug-in segment density, of equal length, or of equal
        numbers of examples (fewer where quantiles coincide). The regions of several:

        - "boxes": equal boxes on the range of the data: the number of cuts of a feature is multiplied by
          up to three, or raised by one, whichever lowers the leave-one-out error most, until nothing does.
        - "voronoi": the weighted k-means of :func:`zcmoe.bound_voronoi`, with the examples for the inputs'
          law and, for ‖∇β‖², the slopes of local-linear fits to nearest neighbours.
        - "lattice": cells of A2, A3*, D4, D5*, E6*, E7*, E8 or BW16, the lattice with the least second
          moment that has a decoder; cubes in other dimensions. A cell without an example falls to the nearest with.
        - "density": boxes or Voronoi, whichever has the lesser leave-one-out error.

        For several features "uniform" and "quantile" mean "boxes"; for one, "boxes" and "lattice" mean
        "uniform", and "voronoi" means "density".
    random_state : int or anything that ``numpy.random.default_rng`` takes
        Draws the start of "voronoi"; the others do not use it.

    Attributes
    ----------
    n_experts_ : int
        The number of regions in use.
    segmentation_ : Intervals, Boxes or Voronoi
        `Intervals` in the feature's own units; the others on the range of the data scaled to [0, 1]^d.
    constants_ : ndarray, shape (n_experts_,)
        The learned constants ĉ_i; a region without an example has the mean of all y.
    expected_error_ : float
        Estimated test error, noise included: the leave-one-out squared error of these regions,
        computed exactly from their sums; a lone example is predicted by the mean of the others. It
        does not count that the regions were chosen on the same data, which makes it a little too low.
        NaN for a single example.
    n_features_in_ : int
    feature_names_in_ : ndarray
        Where X has names.

    Notes
    -----
    Training inputs bound the regions, but at prediction the end regions reach to infinity. NaN is refused.
    `partial_fit` chooses the regions on its first call, from the examples of that call alone, and never
    moves them: start with a block that is typical and large. Every later call adds to the sums.

    Boxes may be long where β changes little, and leave a useless feature whole; Voronoi regions are as long
    as wide on the scaled range, but small where β is steep, and need no axes. Which gain is larger depends on β.

    References
    ----------
    Dar, arXiv 2510.03151, Sections 5, 6. Lattices: Appendix B.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 1, 400).reshape(-1, 1)
    >>> y = np.sin(6 * x[:, 0]) + 0.2 * np.random.default_rng(0).standard_normal(400)
    >>> model = ZeroComputeMoERegressor().fit(x, y)
    >>> print(f"{model.score(x, y):.1f}")
    0.9
    """

    n_experts_: int
    segmentation_: Any  # Intervals for one feature
    constants_: np.ndarray
    expected_error_: float

    def __init__(self, n_experts: int | Literal["auto"] = "auto", segmentation: str = "density",
                 random_state: Seed = 0):
        self.n_experts = n_experts
        self.segmentation = segmentation
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Choose the regions and learn the constants from X (n_samples, n_features) and y (n_samples,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        self._choose(X, y)
        return self._learn(X, y)

    def partial_fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Add examples; the first call also chooses the regions."""
        first = not hasattr(self, "segmentation_")
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, reset=first)
        if first:
            self._choose(X, y)
        return self._learn(X, y)

    def fit_stream(self, blocks: Iterable[tuple[ArrayLike, ArrayLike]], n_examples: int | None = None,
                   progress: bool = False) -> Self:
        """Learn from data larger than memory, block by block; memory does not grow with their number.

        Parameters
        ----------
        blocks : iterable of (X, y)
            Such as :func:`zcmoe.learning.in_blocks` of memory-mapped arrays. The first chooses the regions.
        n_examples : int, optional
            How many examples there are in all: then m̂ for one feature is for so many, not for
            the first block alone.
        progress : bool
            Write a progress bar to the standard error.
        """
        started = False
        for X, y in with_progress(blocks, n_examples=n_examples) if progress else blocks:
            X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, reset=not started)
            if not started:
                self._choose(X, y, n_examples)
            self._learn(X, y)
            started = True
        if not started:
            raise ValueError("blocks must hold at least one (X, y), got none")
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The constant of the region of each row of X; shape (n_samples,)."""
        check_is_fitted(self)
        x = self._place(validate_data(self, X, dtype=np.float64, reset=False))
        return ZeroComputeMoE(self.segmentation_, self.constants_).predict(x)

    def _choose(self, X, y, n_examples=None):
        """Set the regions, and empty sums of y and y² on them."""
        if self.segmentation not in _SEGMENTATIONS:
            raise ValueError(f"segmentation must be one of {', '.join(_SEGMENTATIONS)}, got {self.segmentation!r}")
        most = None if self.n_experts == "auto" else _check.count(self.n_experts, "n_experts")
        if X.shape[1] == 1:
            segments = _ONE_FEATURE.get(self.segmentation, self.segmentation)
            self.segmentation_ = intervals_from_data(X[:, 0], y, most, segments, n_examples or len(y))
        else:
            self._low, self._span = X.min(axis=0), np.ptp(X, axis=0)
            self._span[self._span == 0] = 1
            self.segmentation_ = regions_from_data(self._place(X), y, most, self.segmentation, self.random_state)
        self.n_experts_ = self.segmentation_.n_regions
        self._sums, self._squares = RunningExperts(self.segmentation_), RunningExperts(self.segmentation_)
        self._centre = y.mean()

    def _learn(self, X, y):
        x, y = self._place(X), y - self._centre
        self._sums.update(x, y)
        self._squares.update(x, y**2)
        self.constants_ = self._centre + self._sums.experts().constants
        sums = self._sums.sums, self._squares.sums
        total, square = (each.total + each.mass * each.shift for each in sums)
        self.expected_error_ = leave_one_out(sums[0].mass, total, square)
        return self

    def _place(self, X):
        """Move X into the segmentation: the end regions reach to infinity."""
        if X.shape[1] == 1:
            edges = self.segmentation_.edges
            return np.clip(X[:, 0], edges[0], edges[-1])
        return np.clip((X - self._low) / self._span, 0, 1)
