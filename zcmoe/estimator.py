"""The scikit-learn door: zero-compute experts as a regressor. The only module that imports scikit-learn."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from zcmoe import _check
from zcmoe.experts import RunningExperts, ZeroComputeMoE
from zcmoe.learning import plug_in, with_progress
from zcmoe.segmentation import Boxes, Intervals


class ZeroComputeMoERegressor(RegressorMixin, BaseEstimator):
    """Regression by zero-compute experts: the mean of y in each region (35).

    Parameters
    ----------
    n_experts : int or "auto"
        m. For one feature "auto" takes m̂ of :func:`zcmoe.plug_in`, rounded. For several features
        it is what the growth of the boxes ends with; an integer is the most that it may reach.
    segmentation : {"density", "uniform", "quantile"}
        The segments of one feature: by the plug-in segment density, of equal length, or of equal
        numbers of examples (fewer where quantiles coincide). Several features always have equal
        boxes on the range of the data: the number of cuts of a feature is multiplied by up to
        three, or raised by one, whichever lowers the leave-one-out error most, until nothing does.

    Attributes
    ----------
    n_experts_ : int
        The number of regions in use.
    segmentation_ : Intervals or Boxes
        `Intervals` in the feature's own units; `Boxes` on the range of the data scaled to [0, 1]^d.
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

    References
    ----------
    Dar, arXiv 2510.03151, Section 6.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 1, 400).reshape(-1, 1)
    >>> y = np.sin(6 * x[:, 0]) + 0.2 * np.random.default_rng(0).standard_normal(400)
    >>> model = ZeroComputeMoERegressor().fit(x, y)
    >>> print(f"{model.score(x, y):.1f}")
    0.9
    """

    def __init__(self, n_experts="auto", segmentation="density"):
        self.n_experts = n_experts
        self.segmentation = segmentation

    def fit(self, X, y):
        """Choose the regions and learn the constants from X (n_samples, n_features) and y (n_samples,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        self._choose(X, y)
        return self._learn(X, y)

    def partial_fit(self, X, y):
        """Add examples; the first call also chooses the regions."""
        first = not hasattr(self, "segmentation_")
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, reset=first)
        if first:
            self._choose(X, y)
        return self._learn(X, y)

    def fit_stream(self, blocks, n_examples=None, progress=False):
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
        for X, y in with_progress(blocks, n_examples) if progress else blocks:
            X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, reset=not started)
            if not started:
                self._choose(X, y, n_examples)
            self._learn(X, y)
            started = True
        if not started:
            raise ValueError("blocks must hold at least one (X, y), got none")
        return self

    def predict(self, X):
        """The constant of the region of each row of X; shape (n_samples,)."""
        check_is_fitted(self)
        x = self._place(validate_data(self, X, dtype=np.float64, reset=False))
        return ZeroComputeMoE(self.segmentation_, self.constants_).predict(x)

    def _choose(self, X, y, n_examples=None):
        """Set the regions, and empty sums of y and y² on them."""
        if self.segmentation not in ("density", "uniform", "quantile"):
            raise ValueError('segmentation must be "density", "uniform" or "quantile", '
                             f"got {self.segmentation!r}")
        most = None if self.n_experts == "auto" else _check.count(self.n_experts, "n_experts")
        if X.shape[1] == 1:
            self.segmentation_ = _intervals(X[:, 0], y, most, self.segmentation, n_examples or len(y))
        else:
            self._low, self._span = X.min(axis=0), np.ptp(X, axis=0)
            self._span[self._span == 0] = 1
            self.segmentation_ = _boxes(self._place(X), y, len(y) if most is None else most)
        self.n_experts_ = self.segmentation_.n_regions
        self._sums, self._squares = RunningExperts(self.segmentation_), RunningExperts(self.segmentation_)
        self._centre = y.mean()

    def _learn(self, X, y):
        x, y = self._place(X), y - self._centre
        self._sums.update(x, y)
        self._squares.update(x, y**2)
        self.constants_ = self._centre + self._sums.experts().constants
        total, square = (each.total + each.count * each.shift for each in (self._sums, self._squares))
        self.expected_error_ = _leave_one_out(self._sums.count, total, square)
        return self

    def _place(self, X):
        """Move X into the segmentation: the end regions reach to infinity."""
        if X.shape[1] == 1:
            edges = self.segmentation_.edges
            return np.clip(X[:, 0], edges[0], edges[-1])
        return np.clip((X - self._low) / self._span, 0, 1)


def _intervals(x, y, m, segments, n):
    """Intervals on the range of x: m of them, or m̂ for n examples when m is None."""
    low, high = x.min(), x.max()
    if low == high:
        margin = max(1.0, abs(low)) / 2
        return Intervals([low - margin, low + margin])
    plug = plug_in(x, y, segments=segments) if x.size > 2 and (m is None or segments == "density") else None
    if m is None:
        distinct = np.unique(x).size
        m = 1 if plug is None else max(1, round(min(plug.number_of_experts * np.cbrt(n / x.size), distinct)))
    share = np.arange(m + 1) / m
    if segments == "quantile":
        edges = np.quantile(x, share)
    elif segments == "density" and plug is not None:
        edges = plug.density.ppf(share)
    else:
        edges = low + (high - low) * share
    edges[[0, -1]] = low, high
    return Intervals(np.unique(edges))


def _boxes(x, y, most):
    """At most `most` equal boxes on [0, 1]^d, grown by the cut that lowers the leave-one-out error most."""
    y = y - y.mean()
    shape = [1] * x.shape[1]
    digits = [np.zeros(len(y), dtype=np.intp) for _ in shape]

    def grow(axis, k):
        new = [*digits[:axis], Intervals.uniform(k).route(x[:, axis]), *digits[axis + 1:]]
        sizes = [*shape[:axis], k, *shape[axis + 1:]]
        region = np.ravel_multi_index(new, sizes)
        sums = [np.bincount(region, values, np.prod(sizes)) for values in (np.ones(len(y)), y, y**2)]
        return _leave_one_out(*sums), new, sizes

    error = grow(0, 1)[0]
    while True:
        trials = [grow(axis, new) for axis, k in enumerate(shape)
                  for new in sorted({k + 1, 2 * k, 3 * k}) if new * np.prod(shape) <= most * k]
        best = min(trials, key=lambda trial: trial[0], default=None)
        if best is None or not best[0] < error:
            return Boxes(shape)
        error, digits, shape = best


def _leave_one_out(count, total, square):
    """Mean squared error of predicting each y by the mean of the others in its region.

    From the sums of 1, y and y² per region. Without its example a mean moves by 1/(c - 1) of the
    residual, so that the residual grows by c/(c - 1). A lone example is predicted by the mean of all others.
    """
    n = count.sum()
    if n < 2:
        return np.nan
    several, alone = count > 1, count == 1
    c = count[several]
    inside = np.maximum(square[several] - total[several] ** 2 / c, 0)
    lone = (total[alone] - total.sum() / n) * n / (n - 1)
    return float((np.sum(inside * (c / (c - 1)) ** 2) + np.sum(lone**2)) / n)
