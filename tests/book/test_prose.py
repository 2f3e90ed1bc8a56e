"""Numbers in the running text of pages, where nbval can't see them: each is computed again."""

import numpy as np
import pytest
from scipy import stats
from settings import COS6, NOISE, TN, UNIFORM, cosine, exponential, piecewise

import zcmoe
from zcmoe import Boxes, Independent, Intervals, Problem, quantization
from zcmoe.concentration import required_examples
from zcmoe.lattices import LATTICES
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


def shares(problem, cuts):
    moments = zcmoe.region_moments(problem, cuts)
    return moments.probability * moments.variance


def test_captions_of_one_dimension():
    page = "one_dimension.ipynb#"
    total = [excess(COS6, cuts) for cuts in (Intervals.uniform(32), compander(COS6, 32))]
    root = (12 * zcmoe.high_rate_coefficient(COS6)) ** (1 / 3)
    says(page, f"with $Z={root:.3f}$", f"falls from {total[0]:.5f} at equal cuts to {total[1]:.5f}")
    level = zcmoe.high_rate_coefficient(COS6) / 64**3
    assert np.mean(np.abs(shares(COS6, compander(COS6, 64)) / level - 1) < 0.05) > 0.8  # "stand level, except at"

    # Hölder's ratio by a rule of its own: on each half wave x - x₀ = u⁸/12, which tames the powers of |x - x₀|.
    nodes, weights = np.polynomial.legendre.leggauss(200)
    u = (nodes + 1) / 2
    step, measure = u**8 / 12, weights * 8 * u**7 / 24
    slope = (6 * np.pi * np.sin(6 * np.pi * step)) ** 2

    def integral(power):
        return sum(measure @ (TN.pdf(x) * slope) ** power for k in range(6) for x in (k / 6 + step, (k + 1) / 6 - step))

    ratio = [integral(1 - 2 * s) * integral(s) ** 2 / integral(1 / 3) ** 3 for s in (0, 0.6)]
    says(page, f"is {ratio[0]:.3f} at $s=0$, touches 1 at $s=1/3$, and is {ratio[1]:.3f} at $s=0.6$",
         f"not to react costs {ratio[0] - 1:.0%}, to react too much {ratio[1] - 1:.0%}".replace("%", " %"))

    gap = [[excess(COS6, cut(COS6, m)) / high_rate(COS6, m) for m in (32, 64)] for cut in (compander, zcmoe.optimal_intervals)]
    assert abs(gap[0][0] - 1) < 0.03 and abs(gap[0][1] - 1) < 0.01 and round(gap[1][1], 1) == 0.9
    says(page, "within 3 % of the formula at 32 experts and within 1 % at 64, while the exact optimum is still 10 % below")
    worse = excess(COS6, Intervals.from_density(TN, 320)) / excess(COS6, Intervals.uniform(320))
    says(page, f"by a factor of {worse:.1f} at $m=320$")


@pytest.mark.parametrize("problem", [COS6, piecewise()])
def test_claims_on_figures_1_and_2(problem):
    ratio = [zcmoe.approximation_error(problem, compander(problem, m)) / zcmoe.minimal_error(problem, m)
             for m in (64, 80, 100)]
    assert np.abs(np.array(ratio) - 1).max() < 1e-3
    says("one_dimension.ipynb#", "within 0.1 % of the total error from $m=64$ on")


def test_flat_half_takes_one_expert():
    assert all(compander(piecewise(), m).edges[-2] < 0.5 for m in (10, 20, 40))
    says("one_dimension.ipynb#", "takes no more than one expert")


def test_captions_of_learning():
    page = "learning.ipynb#"
    few, many = Intervals.uniform(10), Intervals.uniform(40)
    says(page, *(f"{zcmoe.approximation_error(COS6, cuts):.4f} for $m={cuts.n_regions}$" for cuts in (few, many)),
         "adds " + " and ".join(f"{sum(expected_estimation_error(COS6, cuts, 1000)):.4f}" for cuts in (few, many)))
    parts = [expected_estimation_error(COS6, Intervals.uniform(180), n) for n in (250, 4000)]
    says(page, f"the empty regions cost {parts[0].empty:.4f} and the noise in the learned constants {parts[0].noise:.4f}; "
               f"at $n=4000$ these are {parts[1].empty:.4f} and {parts[1].noise:.4f}")
    # 120 experts with 250 examples: the one training set of the figure
    x, y = COS6.sample(250, rng=1)
    error = [zcmoe.test_error(COS6, zcmoe.fit_experts(Intervals.uniform(m), x, y)) for m in (40, 120)]
    assert error[0] < error[1]
    says(page, "the test error is above that of 40 experts")


def test_captions_of_gersho():
    page = "gersho.ipynb#"
    # The best density of a normal law is normal, and √3 times as wide.
    lengths = np.diff(stats.norm(scale=np.sqrt(3)).ppf(np.arange(1, 16) / 16))
    says(page, f"the middle cells are {lengths.min():.3f} long, the last inner ones {lengths.max():.3f}")

    def gain(k):  # of (21) with equal cuts over (23), for exp(kx)
        return 10 * np.log10(k * np.expm1(2 * k) / 2 / (27 / (8 * k) * np.expm1(2 * k / 3) ** 3))

    says(page, f"{gain(1):.2f} dB at $k=1$, {gain(6):.2f} dB at $k=6$, {gain(20):.2f} dB at $k=20$")
    assert abs(gain(20) - 10 * np.log10(4 * 20**2 / 27)) < 0.01
    moments = {name: lattice.normalized_second_moment for name, lattice in LATTICES.items()}
    assert len(moments) == 12 and sum(lattice.has_decoder for lattice in LATTICES.values()) == 10
    says(page, "Twelve lattices, ten of them measured",
         f"{moments['Z']:.5f} (Z) over {moments['A2']:.5f} (A2) and {moments['E8']:.5f} (E8) to {moments['Leech']:.5f} (Leech",
         f"is {-10 * np.log10(12 * moments['Leech']):.2f} dB for the Leech lattice, of at most "
         f"{10 * np.log10(np.pi * np.e / 6):.2f} dB")
    ratio = [np.sqrt(3) * np.pi / 2 / m**2 / quantization.optimal_quantizer(stats.norm(), m).distortion - 1 for m in (4, 256)]
    says(page, f"{100 * ratio[0]:.0f} % high at 4 levels, {100 * ratio[1]:.1f} % at 256")


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
    share = [1 - zcmoe.optimal_density(piecewise(), floor=floor).cdf(0.5) for floor in (1e-6, 1e-3)]
    says("notes.md#note-zeros",
         *(rf"${value * 10**power:.2f}\cdot10^{{-{power}}}$" for value, power in zip(share, (5, 3))))


def test_note_shapes():
    line = Problem(lambda x: x @ [1.0, 4.0], Independent(UNIFORM, UNIFORM), NOISE, dimension=2,
                   gradient=lambda x: np.broadcast_to([1.0, 4.0], x.shape))
    says("notes.md#note-shapes", f"({excess(line, Boxes([10, 40])):.5f} against {excess(line, Boxes([20, 20])):.5f})")
