"""The problems of the reference numbers, and the numbers themselves."""

import numpy as np
from scipy import stats
from scipy.special import ndtr, ndtri

from zcmoe import Intervals, Problem, optimal_density

NOISE = stats.uniform(-0.5, 1)  # variance 1/12


class TruncatedNormal:
    """Normal(mean, deviation²) on [0, 1]: SciPy's truncnorm, whose every call takes long."""

    def __init__(self, mean, deviation):
        self.centre, self.width = mean, deviation
        self.below = ndtr(-mean / deviation)
        self.mass = ndtr((1 - mean) / deviation) - self.below
        self.law = stats.truncnorm(-mean / deviation, (1 - mean) / deviation, mean, deviation)

    def pdf(self, x):
        return np.exp(-(((x - self.centre) / self.width) ** 2) / 2) / (np.sqrt(2 * np.pi) * self.width * self.mass)

    def cdf(self, x):
        return (ndtr((np.clip(x, 0, 1) - self.centre) / self.width) - self.below) / self.mass

    def ppf(self, q):
        return np.clip(self.centre + self.width * ndtri(self.below + self.mass * np.asarray(q)), 0, 1)

    def __getattr__(self, name):  # what else is asked
        return getattr(vars(self).get("law"), name)


TN = TruncatedNormal(0.4, 0.2)


def cosine(cycles, inputs=TN):
    w = 2 * np.pi * cycles
    return Problem(lambda x: np.cos(w * x), inputs, NOISE, gradient=lambda x: -w * np.sin(w * x))


def piecewise(inputs=TN):
    w = 6 * np.pi
    return Problem(lambda x: np.where(x < 0.5, np.cos(w * x), -1.0), inputs, NOISE,
                   gradient=lambda x: np.where(x < 0.5, -w * np.sin(w * x), 0.0), breakpoints=[0.5])


def exponential(k=1.0, inputs=TN):
    return Problem(lambda x: np.exp(k * x), inputs, NOISE, gradient=lambda x: k * np.exp(k * x))


def compander(problem, m):
    """The cuts of the compander (50), at the i/m-quantiles of λ*."""
    return Intervals.from_density(optimal_density(problem), m)


UNIFORM = stats.uniform()
COS6 = cosine(3)

# The public reference values R01–R47, each an independent computation.
REFERENCE = {
    "R01": 4.650811273, "R02": 8.38310495, "R03": 14.83581006, "R04": 18.68852267, "R05": 1.759740029,
    "R06": 0.2861917743, "R07": 0.4684863893, "R08": 0.02904783707, "R09": 0.002034307521, "R10": 0.03583113581,
    "R11": 0.03708518168, "R12": 0.05328006758, "R13": 0.09151995926, "R14": 10.74008551, "R15": 0.2394153388,
    "R16": 2.730888003, "R17": 0.007379696756, "R18": 0.001389344527, "R19": 0.09865519646, "R20": 0.04679686027,
    "R21": 0.002484020695, "R22": 0.01760296352, "R23": 0.017832674, "R24": 0.035665348, "R25": 0.005482279754,
    "R26": 0.0222908425, "R27": 0.004527813865, "R28": 0.01413395098, "R29": 21.40587547, "R30": 17.27176,
    "R31": 0.01082016, "R32": 1.476798, "R33": 0.07854328122, "R34": 0.5218267903, "R35": 0.01539225169,
    "R36": 0.003395652932, "R37": 62, "R38": 0.09428851929, "R39": 70.87735498, "R40": 58.59655021,
    "R41": 2213.327672, "R42": 0.4225420282, "R43": 0.03343136165, "R44": 0.28125, "R45": 0.004112809364,
    "R46": 0.2983357086, "R47": -0.1084598112,
}
