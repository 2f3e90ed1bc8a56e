import numpy as np
from scipy import stats

from zcmoe import quantization
from zcmoe.lattices import LATTICES, product_second_moment


def density_gain(k):
    """(21) with equal cuts over (23) in decibels, for exp(kx) and uniform inputs: in closed form."""
    return 10 * np.log10(k * np.expm1(2 * k) / 2 / (27 / (8 * k) * np.expm1(2 * k / 3) ** 3))


def values():
    # The best density of a normal law is normal, and √3 times as wide.
    lengths = np.diff(stats.norm(scale=np.sqrt(3)).ppf(np.arange(1, 16) / 16))
    moment = {name: LATTICES[name].normalized_second_moment for name in ("Z", "A2", "E8", "Leech")}
    ratio = [np.sqrt(3) * np.pi / 2 / m**2 / quantization.optimal_quantizer(stats.norm(), m).distortion - 1
             for m in (4, 256)]
    return {
        "middle": f"{lengths.min():.3f}",
        "last": f"{lengths.max():.3f}",
        **{f"moment_{name}": f"{value:.5f}" for name, value in moment.items()},
        "moment_cube": f"{1 / 12:.6f}",
        "moment_prism": f"{product_second_moment((moment['A2'], 2), (1 / 12, 1)):.6f}",
        "moment_dodecahedron": f"{4 ** (-1 / 3) / 8:.6f}",
        "moment_octahedron": f"{19 / (192 * 2 ** (1 / 3)):.6f}",
        "limit": f"{1 / (2 * np.pi * np.e):.4f}",
        "leech_gain": f"{-10 * np.log10(12 * moment['Leech']):.2f} dB",
        "most_gain": f"{10 * np.log10(np.pi * np.e / 6):.2f} dB",
        **{f"density_gain_{k}": f"{density_gain(k):.2f} dB" for k in (1, 6, 20)},
        "high_4": f"{100 * ratio[0]:.0f} %",
        "high_256": f"{100 * ratio[1]:.1f} %",
    }
