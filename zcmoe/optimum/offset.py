"""The offset law that the errors of exact optima follow."""

from __future__ import annotations

from typing import Literal

import numpy as np


def critical_offset(kind: Literal["smooth", "flat"] = "smooth") -> float:
    """The offset θ in the law E ≈ A*/(m + offset)² that exact optima follow.

    The sum of offsets is (1 + 2θ) an interior nondegenerate critical point of β, θ one at an end
    of [0, 1], and θ_f an end of a flat piece that meets a parabola. The law is a heuristic, by
    matched asymptotics and numerical evidence: near a critical point the optimum looks like that of
    β = x²/2 on the half-line, whose edges follow a recursion from a_1 = 1.

    Parameters
    ----------
    kind : {"smooth", "flat"}
        "smooth" is θ, "flat" θ_f.

    Returns
    -------
    float

    References
    ----------
    We did not find the law elsewhere; A* is m² times the excess of Dar, arXiv 2510.03151, (23).

    Examples
    --------
    >>> print(f"{critical_offset():.7f} {critical_offset('flat'):.7f}")
    -0.1084598 -0.4121400
    """
    if kind not in ("smooth", "flat"):
        raise ValueError(f'kind must be "smooth" or "flat", got {kind!r}')
    edges, constant = [0.0, 1.0], 1 / 6 if kind == "smooth" else 0.0  # of the region that ends at a_1
    for _ in range(160):
        constant = edges[-1] ** 2 - constant  # β(a_k) = (c_k + c_(k+1))/2
        edges.append((np.sqrt(24 * constant - 3 * edges[-1] ** 2) - edges[-1]) / 2)  # a² + ab + b² = 6c
    k = 10 * 2 ** np.arange(5)
    position = np.array(edges) ** (5 / 3)  # the compressor of x²/2: its step tends to one region
    offset = 2 * position[k] / (position[k + 1] - position[k - 1]) - k
    for power in 2 ** np.arange(1, k.size):  # Richardson: the error is a series in 1/k
        offset = (power * offset[1:] - offset[:-1]) / (power - 1)
    return float(offset[0])
