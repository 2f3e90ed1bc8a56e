"""Lloyd's two conditions, a constant is a centroid and a border a midpoint: on the line and in space."""

import numpy as np

from zcmoe._arrays import ratio
from zcmoe._progress import with_progress

_RELAXATION = 1.8  # any value in (0, 2) lowers the objective; 1 is Lloyd's step, and slower


def newton_step(value, slope, mass, probability, constants):
    """Newton's step for β(a_i) = (c_i + c_(i+1))/2 from β, β' and p at the inner edges: subtract it from them.

    NaN where there is none: the equations are singular.
    """
    from scipy.linalg import LinAlgError, solve_banded

    below = mass * (value - constants[:-1]) / probability[:-1] / 2  # half of ∂c_i/∂a_i
    above = mass * (constants[1:] - value) / probability[1:] / 2  # half of ∂c_(i+1)/∂a_i
    bands = np.stack([np.r_[0, -below[1:]], slope - below - above, np.r_[-above[:-1], 0]])
    try:
        return solve_banded((1, 1), bands, value - (constants[:-1] + constants[1:]) / 2, check_finite=False)
    except LinAlgError:
        return np.full(value.shape, np.nan)


def descend(nodes, weight, centers, tol, max_iterations):
    """Weighted k-means by over-relaxed Lloyd steps.

    Parameters
    ----------
    nodes : ndarray, shape (n, d)
    weight : ndarray, shape (n,)
    centers : ndarray, shape (m, d)
        Where it starts.
    tol : float
        It ends when a step lowers the objective by no more than this share.

    Returns
    -------
    centers : ndarray, shape (m, d)
    objective : ndarray
        Mean of weight · squared distance to the nearest centre, before every step; never rises.

    Raises
    ------
    RuntimeError
        If `max_iterations` do not reach `tol`.
    """
    from scipy.spatial import cKDTree
    objective = []
    for _ in with_progress(iter(range(max_iterations)), "Lloyd's steps"):
        distance, region = cKDTree(centers).query(nodes)
        objective.append(weight @ distance**2 / len(nodes))
        if len(objective) > 1 and objective[-2] - objective[-1] <= tol * objective[-2]:
            return centers, np.array(objective)
        mass = np.bincount(region, weight, len(centers))
        sums = np.stack([np.bincount(region, weight * x, len(centers)) for x in nodes.T], axis=1)
        centroids = ratio(sums, mass[:, None], centers)
        # With the regions held, a centre's cost is mass · ‖c - centroid‖² plus a constant; new regions only lower it.
        centers = centers + _RELAXATION * (centroids - centers)
    raise RuntimeError(f"bound_voronoi did not converge: after {max_iterations} iterations the relative decrease is "
                       f"{1 - objective[-1] / objective[-2]:.3g}, not {tol:g}")
