"""Finite-rate gating: what a mixture of experts can do when its gate may pass only R nats about the input.

The question is that of Khalesi and Deylam Salehi, arXiv 2602.15091, of which we could read the abstract and the
opening; what stands here is restored from them or our own, as each docstring says.
"""

from zcmoe.gating.bank import BlahutArimoto, RatePoint, blahut_arimoto, mutual_information, rate_distortion
from zcmoe.gating.curves import (
    Curve,
    ScalarQuantizer,
    ValueEntropy,
    curve,
    entropy_coded,
    fixed_rate,
    shannon_lower_bound,
    value_entropy,
)
from zcmoe.gating.free import FreeRatePoint, free_rate_distortion
from zcmoe.gating.gate import FiniteRateGate, GateReport
from zcmoe.gating.generalization import (
    AssembledBound,
    BestNumbers,
    ExactCase,
    assembled_bound,
    best_numbers,
    binomial_entropy,
    gaussian_constants,
    generalization_bound,
    gibbs,
    stratified_bernoulli,
)
from zcmoe.gating.lines import Bank, fit_bank, predictions, refit, squared_costs
from zcmoe.gating.slopes import Annealing, CriticalSlopes, anneal, critical_slopes

__all__ = [
    "Annealing", "AssembledBound", "Bank", "BestNumbers", "BlahutArimoto", "CriticalSlopes", "Curve", "ExactCase",
    "FiniteRateGate", "FreeRatePoint", "GateReport", "RatePoint", "ScalarQuantizer", "ValueEntropy", "anneal",
    "assembled_bound", "best_numbers", "binomial_entropy", "blahut_arimoto", "critical_slopes", "curve",
    "entropy_coded", "fit_bank", "fixed_rate", "free_rate_distortion", "gaussian_constants", "generalization_bound",
    "gibbs", "mutual_information", "predictions", "rate_distortion", "refit", "shannon_lower_bound", "squared_costs",
    "stratified_bernoulli", "value_entropy",
]
