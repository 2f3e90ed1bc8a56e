"""SciPy's laws, frozen and new-style, products, samples and one's own: one interface, asked once what they can do."""

from zcmoe._laws.ask import density_law, inputs_law, noise_law, on_cube
from zcmoe._laws.cube import Cube, Independent
from zcmoe._laws.line import Line, Unit, densities, discrete, method
from zcmoe._laws.sample import Sample

__all__ = [
    "Cube", "Independent", "Line", "Sample", "Unit", "densities", "density_law", "discrete", "inputs_law", "method",
    "noise_law", "on_cube",
]
