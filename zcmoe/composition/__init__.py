"""Mixtures of experts in layers: exact constructions with E^L pieces, and exact counts of them.

A layer has E experts and a gate that sends each input to one of them; a network composes L such layers. Its address,
the experts on the way, has L log2 E bits, computed with L E experts.
"""

from zcmoe.composition.constructions import (
    flattened_product,
    interpolant,
    interpolating_product,
    piecewise_affine_errors,
    product_network,
    squared_norm_layer,
    tent_network,
)
from zcmoe.composition.counts import (
    Parameters,
    Piece,
    affine_pieces,
    count_paths,
    count_pieces,
    parameter_count,
    routing_bits,
)
from zcmoe.composition.layers import DeepMoE, MoELayer, ReLULayer, interval_gate
from zcmoe.composition.power import gate_regions, power_gate

__all__ = ["DeepMoE", "MoELayer", "Parameters", "Piece", "ReLULayer", "affine_pieces", "count_paths", "count_pieces",
           "flattened_product", "gate_regions", "interpolant", "interpolating_product", "interval_gate",
           "parameter_count", "piecewise_affine_errors", "power_gate", "product_network", "routing_bits",
           "squared_norm_layer", "tent_network"]
