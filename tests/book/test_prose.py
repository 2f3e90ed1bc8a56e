"""Numbers in the running text of pages, where nbval can't see them: each is computed again."""

import numpy as np
import pytest
from scipy import stats
from settings import COS6, NOISE, UNIFORM, cosine, exponential, piecewise

import zcmoe
from zcmoe import Boxes, Independent, Intervals, Problem
from zcmoe.concentration import required_examples
from zcmoe.learning import expected_estimation_error


def says(page, *sentences):
    name, heading = page.split("#")
    text = (pytest.ROOT / "book" / name).read_text().split(f"({heading})=")[-1].split("\n(note-")[0]
    for sentence in sentences:
        assert sentence in text


def excess(problem, segmentation):
    return zcmoe.approximation_error(problem, segmentation) - problem.noise_variance


def compander(problem, m):
    return Intervals.from_density(zcmoe.optimal_density(problem), m)


def high_rate(problem, m):
    return zcmoe.minimal_error(problem, m) - problem.noise_variance


def listed(values, digits=2):
    *first, last = (f"{value:.{digits}f}" for value in values)
    return f"{', '.join(first)} and {last}"


def test_front_page():
    equal, best = excess(COS6, Intervals.uniform(16)), excess(COS6, compander(COS6, 16))
    says("index.md#", f"With 16 equal regions it is {equal:.4f}; with 16 regions cut by $\\lambda^*$ it is {best:.4f}, "
                      f"where the formula of line 3 says {high_rate(COS6, 16):.4f}")
    says("index.md#", f"With 64 regions the two are {excess(COS6, Intervals.uniform(64)):.4f} and "
                      f"{excess(COS6, compander(COS6, 64)):.4f}, and the formula says {high_rate(COS6, 64):.4f}")


def test_captions_of_the_data_model():
    flat = cosine(3, UNIFORM)
    says("model.ipynb#",
         f"it is {listed([excess(COS6, Intervals.uniform(m)) for m in (2, 4, 6, 12)], 4)}",
         "inputs " + " at $m=2$ and ".join(f"{excess(exponential(), Intervals.uniform(m)):.4f}" for m in (2, 12)),
         f"{excess(flat, Intervals.uniform(4)):.4f} against {excess(flat, Intervals.uniform(6)):.4f}")


def test_note_remainders():
    """Theorem 4.1's remainder for a slope that is Hölder continuous with exponent 1/4, and for a smooth one."""
    frequency, size = 2 * np.pi * 3.0 ** np.arange(10), 3.0 ** (-np.arange(10) / 4)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    x = (np.arange(2**16)[:, None] + 0.5 + nodes / 2) / 2**16
    beta = sum(a / f * np.sin(f * x) for a, f in zip(size, frequency))

    def remainder(m):
        cells = beta.reshape(m, -1, 8)
        variance = np.mean(cells**2 @ weights / 2, axis=1) - np.mean(cells @ weights / 2, axis=1) ** 2
        slope = np.cos(np.outer((np.arange(m) + 0.5) / m, frequency)) @ size
        return abs(np.mean(variance) - np.mean(slope**2) / (12 * m**2))

    few, many = remainder(64), remainder(1024)
    says("notes.md#note-remainders", f"times $m^2$, falls from {few * 64**2:.4f} to {many * 1024**2:.4f};",
         f"times $m^3$, it grows from {few * 64**3:.2f} to {many * 1024**3:.2f}.")
    smooth = [m**4 * (zcmoe.approximation_error(COS6, Intervals.uniform(m)) -
                      zcmoe.small_region_error(COS6, Intervals.uniform(m))) for m in (64, 128, 256)]
    np.testing.assert_allclose(smooth, smooth[-1], rtol=0.02)
    says("notes.md#note-remainders", r"of order $\Delta^4$ for $d=1$")


@pytest.mark.parametrize("d, m, low, high", [(2, 40, 2.0, 2.0025), (3, 16, 3.0, 3.022)])
def test_note_bounds(d, m, low, high):
    problem = Problem(lambda x: np.cos(2 * np.pi * x[:, 0]) + (x[:, 1:] ** 2).sum(axis=1), Independent(*[UNIFORM] * d),
                      NOISE, dimension=d)
    cubes = Boxes([m] * d)
    ratio = (zcmoe.small_region_error(problem, cubes) - problem.noise_variance) / excess(problem, cubes)
    assert low - 1e-3 < ratio < high + 1e-3
    says("notes.md#note-bounds", "2.000 to 2.003", "3.000 to 3.022")


def test_note_high_rate():
    optimum = [excess(COS6, zcmoe.optimal_intervals(COS6, m)) for m in (4, 8, 16, 32, 64)]
    below = [high_rate(COS6, m) / e for m, e in zip((4, 8, 16, 32, 64), optimum)]
    square = Problem(np.square, UNIFORM, NOISE, gradient=lambda x: 2 * x)
    above = [excess(square, zcmoe.optimal_intervals(square, m)) / high_rate(square, m) for m in (2, 4, 8)]
    says("notes.md#note-high-rate", f"by factors {listed(below)} at", f"is {listed(above, 3)} at")


def test_note_compander():
    sizes = (4, 8, 16, 32, 64)
    optimum = [excess(COS6, zcmoe.optimal_intervals(COS6, m)) for m in sizes]
    cosines = [excess(COS6, compander(COS6, m)) / e for m, e in zip(sizes, optimum)]
    equal = [excess(COS6, Intervals.uniform(m)) / e for m, e in zip(sizes, optimum)]
    grow = exponential()
    growing = [excess(grow, compander(grow, m)) / excess(grow, zcmoe.optimal_intervals(grow, m)) for m in (4, 8, 16)]
    says("notes.md#note-compander", f"is, for $\\cos6\\pi x$, {listed(cosines)} at", f"it is {listed(growing, 4)} at",
         f"for $\\cos6\\pi x$: {listed(equal).replace(' and', ',')}.")


def test_note_intervals():
    """A monotone rearrangement: with x uniform, the law of cos 6πx is that of cos πx."""
    arcsine = cosine(0.5, UNIFORM)
    gain = zcmoe.high_rate_coefficient(cosine(3, UNIFORM)) / zcmoe.high_rate_coefficient(arcsine)
    says("notes.md#note-intervals", f"the excess is {gain:.0f} times smaller in the limit")


def test_note_empty():
    estimation = expected_estimation_error(COS6, Intervals.uniform(20), 200)
    says("notes.md#note-empty",
         f"make {estimation.empty:.5f} of the expected estimation error of {sum(estimation):.5f}")


def test_note_union():
    needed = required_examples(zcmoe.region_moments(COS6, Intervals.uniform(20)).probability.min(), 0.05)
    thousands = f"{int(np.ceil(needed)):,}".replace(",", r"\,")
    says("notes.md#note-union", f"$n\\ge{thousands}$")
    # Regions of equal probability: n E_est / σ² tends to a chi-square variable of m degrees of freedom.
    quantiles = [stats.chi2(m).ppf(0.95) / m for m in (10, 100, 1000)]
    assert np.abs(np.array(quantiles) - [1.90, 1.26, 1.10]).max() < 0.08
    says("notes.md#note-union", "is 1.90, 1.26 and 1.10 at $m=10,100,1000$")


def test_note_zeros():
    share = [1 - zcmoe.optimal_density(piecewise(), floor).cdf(0.5) for floor in (1e-6, 1e-3)]
    says("notes.md#note-zeros",
         *(rf"${value * 10**power:.2f}\cdot10^{{-{power}}}$" for value, power in zip(share, (5, 3))))


def test_note_shapes():
    line = Problem(lambda x: x @ [1.0, 4.0], Independent(UNIFORM, UNIFORM), NOISE, dimension=2,
                   gradient=lambda x: np.broadcast_to([1.0, 4.0], x.shape))
    says("notes.md#note-shapes", f"({excess(line, Boxes([10, 40])):.5f} against {excess(line, Boxes([20, 20])):.5f})")
