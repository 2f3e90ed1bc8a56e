"""The scikit-learn door: zero-compute experts as a regressor. The only module that imports scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal, Self, overload

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from zcmoe import _check
from zcmoe._typing import Seed
from zcmoe.experts import Sums, sums_of
from zcmoe.learning.examples import distinct_examples
from zcmoe.learning.left_out import leave_one_out
from zcmoe.learning.regions import Regions, regions_from_data
from zcmoe.learning.streams import dask_sample, dask_sums, is_dask, with_progress

_SEGMENTATIONS = ("auto", "density", "uniform", "quantile", "optimal", "boxes", "voronoi", "lattice")
_WIDEST = np.finfo(float).max / 2  # differences of x stay finite


class ZeroComputeMoERegressor(RegressorMixin, BaseEstimator):
    """Regression by zero-compute experts: the mean of y in each region (35).

    Parameters
    ----------
    n_experts : int or "auto"
        m. "auto" takes the number with the least error on held-out data; for one feature the search has m̂ of
        :func:`zcmoe.plug_in` among its numbers. For "voronoi" and "lattice" leave-one-out decides. An integer is
        exact for one feature and for "voronoi", unless there are fewer distinct inputs; otherwise it is the most that
        there may be.
    segmentation : {"auto", "density", "uniform", "quantile", "optimal", "boxes", "voronoi", "lattice"}
        The segments of one feature: "density", by the plug-in segment density on an axis companded by a mixture of
        rank and range; "uniform", of equal length; "quantile", of equal numbers of examples; "optimal", the best
        division of the examples into runs; "auto", the one of these with the least error on held-out data. Cuts lie
        between distinct values. The regions of several features:

        - "boxes", and "auto": a grid. Each feature is companded, and one linear index of all of them may be one axis
          more. Cuts are added where they lower the squared error most, on one axis or two at once, until what a box
          gains is less than its price, which held-out data decide.
        - "voronoi": the weighted k-means of :func:`zcmoe.bound_voronoi` on companded features, with the examples for
          the inputs' law and, for ‖∇β‖², the slopes of local-linear fits to nearest neighbours.
        - "lattice": cells of A2, A3*, D4, D5*, E6*, E7*, E8 or BW16 on companded features, the lattice with the least
          second moment that has a decoder; cubes in other dimensions.

        For several features the names for one mean "boxes"; for one, "boxes" and "lattice" mean "uniform", and
        "voronoi" means "density".
    random_state : int, RandomState, Generator or None
        Draws the folds, and the start of "voronoi". None: other ones at each fit.

    Attributes
    ----------
    n_experts_ : int
        The number of regions, empty ones included.
    segmentation_ : Intervals, Boxes or Voronoi
        `Intervals` in the feature's own units; the others on companded axes, [0, 1]^D.
    constants_ : ndarray, shape (n_experts_,) or (n_experts_, k)
        The learned constants ĉ_i. A region without an example answers from its neighbours: of one feature the
        constants beside it are interpolated, of several the nearest region with examples answers.
    expected_error_ : float
        Estimated test error, noise included, averaged over several y: the leave-one-out squared error of these
        regions, and by how much what was held out from the choice of regions exceeds it (0 for "voronoi" and
        "lattice"). Examples that come after the choice count as they are. NaN where the weights sum to less than 2.
    bounds_ : ndarray, shape (2, n_features)
        The least and the largest value of each feature where the regions were chosen.
    n_features_in_ : int
    feature_names_in_ : ndarray
        Where X has names.

    Notes
    -----
    Training inputs bound the regions, but at prediction the end regions reach to infinity. NaN is refused: a missing
    value has no place on an axis, hence no neighbours to answer for it; impute it, and add an indicator feature.

    Weights are repetitions: 2 is the example twice, 0 is absent, a negative one is refused. Weights that sum to 1
    thus stand for a single example, from which nothing but one mean can be learned: multiply them by the number of
    examples that they stand for.

    `partial_fit` chooses the regions on its first call, from the examples of that call alone, and never
    moves them: start with a block that is typical and large. Every later call adds to the sums. A call that is
    refused leaves the model as it was.

    References
    ----------
    Dar, arXiv 2510.03151, Sections 5, 6. Lattices: Appendix B. How boxes grow is ours.

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
    bounds_: np.ndarray
    n_features_in_: int
    _regions: Regions
    _sums: Sums

    def __init__(self, n_experts: int | Literal["auto"] = "auto", segmentation: str = "auto",
                 random_state: Seed = 0):
        self.n_experts = n_experts
        self.segmentation = segmentation
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Choose the regions and learn the constants.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            A Dask array or data frame is learned chunk by chunk; every s-th row, at most 2^17, chooses the regions.
        y : array_like, shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array_like, shape (n_samples,), optional
            How often each example counts, not negative; once when None.
        """
        with self._whole():
            if is_dask(X):
                return self._fit_dask(X, y, sample_weight)
            X, y, mass = self._examples(X, y, sample_weight, reset=True)
            self._choose(X, y, mass)
            return self._learn(X, y, mass)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Add examples; the first call also chooses the regions."""
        with self._whole():
            first = not hasattr(self, "segmentation_")
            if not first and not len(X):
                self._options()
                return self
            X, y, mass = self._examples(X, y, sample_weight, reset=first)
            if first:
                self._choose(X, y, mass)
            return self._learn(X, y, mass)

    def fit_stream(self, blocks: Iterable[tuple[ArrayLike, ...]], n_examples: int | None = None,
                   progress: bool = False) -> Self:
        """Learn from data larger than memory, block by block; memory does not grow with their number.

        Parameters
        ----------
        blocks : iterable of (X, y) or (X, y, sample_weight)
            Such as :func:`zcmoe.learning.in_blocks` of memory-mapped arrays, or
            :func:`zcmoe.learning.in_parquet`. The first that is not empty chooses the regions.
        n_examples : int, optional
            How many examples there are in all: then the number of experts for one feature is for so many, not for
            the first block alone. A stream that ends before half of them warns.
        progress : bool
            Write a progress bar to the standard error.
        """
        total = None if n_examples is None else _check.count(n_examples, "n_examples")
        with self._whole():
            done = 0
            for X, y, *weight in with_progress(blocks, n_examples=total) if progress else blocks:
                if not len(X):
                    continue
                X, y, mass = self._examples(X, y, *weight, reset=not done)
                if not done:
                    self._choose(X, y, mass, 1.0 if total is None else max(1.0, total / len(y)))
                self._learn(X, y, mass)
                done += len(y)
            if not done:
                raise ValueError("blocks must hold at least one (X, y), got none with an example")
        if total is not None and done < total / 2:
            warnings.warn(f"the stream ended after {done} examples of n_examples={total}", stacklevel=2)
        return self

    @overload
    def predict(self, X: ArrayLike, return_std: Literal[False] = False) -> np.ndarray: ...
    @overload
    def predict(self, X: ArrayLike, return_std: Literal[True]) -> tuple[np.ndarray, np.ndarray]: ...
    def predict(self, X: ArrayLike, return_std: bool = False) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """The constant of the region of each row of X; shape (n_samples,) or (n_samples, n_outputs).

        With `return_std` also the standard deviation of the y that were seen in the region (of the nearest with
        examples where there were none): the spread of y about its mean there, not the error of the mean.
        """
        check_is_fitted(self)
        x = self._regions.place(self._inputs(X))
        mean = self.segmentation_.look_up(self.constants_, x)
        return (mean, self.segmentation_.look_up(self._spread, x)) if return_std else mean

    def apply(self, X: ArrayLike) -> np.ndarray:
        """The number of the region of each row of X, 0, …, n_experts_ - 1; shape (n_samples,)."""
        check_is_fitted(self)
        return self.segmentation_.route(self._regions.place(self._inputs(X)))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All of what is done inside, or nothing."""
        before = dict(self.__dict__)
        try:
            yield
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    def _options(self):
        """The number of regions asked for, or None, and a generator; the parameters are refused here."""
        if not isinstance(self.segmentation, str) or self.segmentation not in _SEGMENTATIONS:
            raise ValueError(f"segmentation must be one of {', '.join(_SEGMENTATIONS)}, got {self.segmentation!r}")
        auto = isinstance(self.n_experts, str) and self.n_experts == "auto"
        if isinstance(self.n_experts, str) and not auto:
            raise ValueError(f'n_experts must be an integer >= 1 or "auto", got {self.n_experts!r}')
        most = None if auto else _check.count(self.n_experts, "n_experts")
        if isinstance(self.random_state, np.random.Generator):
            return most, self.random_state
        try:
            state = check_random_state(self.random_state)
        except (TypeError, ValueError):
            raise ValueError("random_state must be None, an integer from 0 to 2^32 - 1, a RandomState or a Generator, "
                             f"got {self.random_state!r}") from None
        return most, np.random.default_rng(state.randint(2**31, size=4))

    def _inputs(self, X):
        _check.unmasked(X, "X")
        return validate_data(self, X, dtype=np.float64, reset=False)

    def _examples(self, X, y, sample_weight=None, *, reset):
        """X, y and mass, checked; the mass is None where every example counts once."""
        for name, values in (("X", X), ("y", y), ("sample_weight", sample_weight)):
            _check.unmasked(values, name)
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, multi_output=True, reset=reset)
        y = _check.finite(np.asarray(y, dtype=np.float64), "y")
        low, high = X.min(axis=0), X.max(axis=0)
        if np.any(high / 4 - low / 4 > _WIDEST / 4):
            column = int(np.argmax(high / 4 - low / 4))
            raise ValueError(f"X must span less than {_WIDEST:.3g} in every column, got column {column} from "
                             f"{low[column]:g} to {high[column]:g}")
        largest = np.abs(y).max()
        if largest > 1e150:
            raise ValueError(f"y must have squares with a finite sum, got values up to {largest:g}: divide by a unit")
        if sample_weight is None:
            return X, y, None
        sample_weight = np.asarray(sample_weight)
        if sample_weight.ndim == 0:
            sample_weight = np.full(len(y), sample_weight)
        mass = _check.within(_check.vector(sample_weight, "sample_weight", len(y)), 0, np.inf, "sample_weight")
        if not mass.any():
            raise ValueError(f"sample_weight must not be 0 everywhere, got {len(y)} zeros")
        return X, y, mass

    def _choose(self, X, y, mass, growth=1.0):
        """Set the regions, and empty sums on them."""
        most, rng = self._options()
        examples = distinct_examples(X, y, mass)
        self._regions = regions_from_data(examples, most, self.segmentation, rng, growth)
        self.segmentation_ = self._regions.segmentation
        self.n_experts_ = self.segmentation_.n_regions
        self._sums = Sums.none((self.n_experts_, *y.shape[1:]), squares=True)
        self.bounds_ = np.stack([examples.x.min(axis=0), examples.x.max(axis=0)])
        self._chosen = float(examples.mass.sum())

    def _learn(self, X, y, mass):
        self._options()
        return self._add(sums_of(self.segmentation_, self._regions.place(X), y, mass, squares=True))

    def _add(self, sums):
        """Add sums, and answer anew."""
        first = not self._sums.mass.any()
        self._sums = replace(self._sums).add(sums)
        self.constants_ = self._filled(self._sums.mean)
        mass, square = self._sums.mass, self._sums.square.reshape(self.n_experts_, -1)
        spread = np.sqrt(square / np.where(mass > 0, mass, 1)[:, None])
        self._spread = self._filled(spread.reshape(self.constants_.shape))
        mean = self._sums.mean.reshape(square.shape)
        left_out = leave_one_out(mass, mean, square.sum(axis=1), self._regions.centres()) / mean.shape[1]
        if first:
            self._optimism = 0.0 if np.isnan(self._regions.error) else self._regions.error - left_out
        self.expected_error_ = float(np.maximum(0, left_out + self._optimism * min(1.0, self._chosen / mass.sum())))
        return self

    def _filled(self, values):
        wide = self._regions.answered(values.reshape(len(values), -1), self._sums.mass)
        return wide.reshape(values.shape)

    def _fit_dask(self, X, y, sample_weight):
        """Regions from a sample of all chunks; the sums of each chunk where it lies."""
        X, y, weight, sample = dask_sample(X, y, sample_weight)
        examples = self._examples(*sample, reset=True)
        self._choose(*examples)
        return self._add(dask_sums(self.segmentation_, X, y, weight, place=self._regions.place, squares=True))


class ZeroComputeMoETransformer(TransformerMixin, BaseEstimator):
    """The routing of :class:`ZeroComputeMoERegressor` for other models: `regressor_` is fitted, X becomes regions.

    Parameters
    ----------
    n_experts, segmentation, random_state
        As in :class:`ZeroComputeMoERegressor`.
    encode : {"onehot", "ordinal"}
        A column a region, 1 in its own (a sparse array), or one column with the region's number.
    """

    def __init__(self, n_experts: int | Literal["auto"] = "auto", segmentation: str = "auto", random_state: Seed = 0,
                 encode: str = "onehot"):
        self.n_experts, self.segmentation, self.random_state = n_experts, segmentation, random_state
        self.encode = encode

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Choose the regions."""
        if self.encode not in ("onehot", "ordinal"):
            raise ValueError(f'encode must be "onehot" or "ordinal", got {self.encode!r}')
        model = ZeroComputeMoERegressor(self.n_experts, self.segmentation, self.random_state)
        self.regressor_ = model.fit(X, y, sample_weight)
        return self

    def transform(self, X: ArrayLike) -> Any:
        """The region of each row: a sparse array (n_samples, n_experts_), or numbers (n_samples, 1)."""
        check_is_fitted(self)
        region = self.regressor_.apply(X)
        if self.encode == "ordinal":
            return region[:, None]
        from scipy.sparse import csr_array
        rows = np.arange(len(region))
        return csr_array((np.ones(len(region)), (rows, region)), shape=(len(region), self.regressor_.n_experts_))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
