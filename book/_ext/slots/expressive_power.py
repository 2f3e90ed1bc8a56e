import numpy as np

from zcmoe.composition import tent_network
from zcmoe.manifolds import circle, circle_moe


def turned(degrees):
    """The mean squared error of four charts of width 10 on the first experiment's target."""
    def f(x):
        return np.sin(5 * x[:, 0]) + np.cos(3 * x[:, 1])

    ring = circle(4000)
    network = circle_moe(ring, f, 4, 10, angle=np.radians(degrees))
    return np.mean((network.predict(ring.points) - f(ring.points)) ** 2)


def values():
    first, second = tent_network(3, 4).route([0.36, 0.39])
    return {
        "turned_0": f"{turned(0):.1e}",
        "turned_45": f"{turned(45):.1e}",
        "parting": ["first", "second", "third", "fourth"][np.flatnonzero(first != second)[0]],
    }
