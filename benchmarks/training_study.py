"""What training finds where a construction is known: four charts on the circle, and dense networks beside them.

The target is sin 5u + cos 3v on the circle (u, v), embedded in R^16 by a random isometry. A dense network has one
hidden layer of ReLU units; the mixture has four such experts behind a linear top-1 gate. The gate is fixed, with the
charts' anchors as rows; or it is learned, and then an answer is multiplied by its softmax probability (Fedus, Zoph and
Shazeer 2022). Adam at a constant rate, fresh examples at each step; the error is the mean square on 4096 points of the
circle, at up to four numbers of steps. The table is ``book/data/training.csv``. Settings that it has already are not
run again:

    python -m benchmarks.training_study
"""

import os
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):  # one BLAS thread, said before NumPy is loaded
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import numpy as np

from ._study import resume

TABLE = Path(__file__).parents[1] / "book" / "data" / "training.csv"
COLUMNS = ["experts", "width", "gate", "start", "batch", "rate", "steps", "seed", "mse"]
STEPS = (500, 2000, 8000, 32000)
MOST = 128 * 32000  # examples of one run
SEEDS = range(10)
AMBIENT = 16

# experts, width of each, gate, start, examples a step, Adam's rate
SETTINGS = [
    (4, 10, "anchors", "library", 128, 1e-3), (1, 40, "none", "library", 128, 1e-3),
    (4, 10, "anchors", "he", 128, 1e-3), (1, 40, "none", "he", 128, 1e-3), (1, 10, "none", "he", 128, 1e-3),
    (4, 10, "anchors", "spread", 128, 1e-3), (1, 40, "none", "spread", 128, 1e-3), (1, 10, "none", "spread", 128, 1e-3),
    (4, 10, "anchors", "explicit", 128, 1e-3), (4, 10, "learned", "he", 128, 1e-3),
    (4, 10, "anchors", "he", 128, 1e-2), (1, 40, "none", "he", 128, 1e-2), (1, 10, "none", "he", 128, 1e-2),
    (4, 10, "anchors", "spread", 128, 1e-2), (1, 40, "none", "spread", 128, 1e-2),
    (4, 10, "anchors", "he", 512, 1e-3), (4, 10, "anchors", "spread", 512, 1e-3),
]


def circle(angle):
    """Points (..., 2) at angles in turns."""
    return np.stack([np.cos(2 * np.pi * angle), np.sin(2 * np.pi * angle)], axis=-1)


def target(plane):
    return np.sin(5 * plane[..., 0]) + np.cos(3 * plane[..., 1])


class Networks:
    """One network a seed, trained side by side: every array has the seeds' axis in front."""

    def __init__(self, experts, width, gate, start, seeds):
        self.experts, self.width, self.learned = experts, width, gate == "learned"
        self.streams = [np.random.default_rng(seed) for seed in seeds]
        frames = [np.linalg.qr(rng.standard_normal((AMBIENT, 2)))[0] for rng in self.streams]
        self.embedding = np.stack(frames).swapaxes(1, 2)  # (seeds, 2, D): a point is plane @ embedding
        drawn = [_start(start, experts, width, rng, frame) for rng, frame in zip(self.streams, frames, strict=True)]
        inner, offset, outer, constant = (np.stack(part) for part in zip(*drawn, strict=True))
        self.weights = {"inner": inner, "offset": offset, "outer": outer, "constant": constant}
        anchors = circle(np.arange(experts) / experts) @ self.embedding
        self.gate = anchors.swapaxes(1, 2)  # (seeds, D, experts)
        if self.learned:
            self.gate = np.stack([rng.standard_normal((AMBIENT, experts)) / np.sqrt(AMBIENT) for rng in self.streams])
            self.weights["gate"] = self.gate
        self.moments = {name: (np.zeros_like(w), np.zeros_like(w)) for name, w in self.weights.items()}

    def forward(self, x):
        """Hidden units, answers and weights of experts, the gate's softmax (None if fixed), the network's answer."""
        scores = x @ self.gate
        share = (np.argmax(scores, -1)[..., None] == np.arange(self.experts)).astype(float)
        softmax = None
        if self.learned:  # the chosen expert counts with its probability: that is what tells the gate its slope
            softmax = np.exp(scores - scores.max(-1, keepdims=True))
            softmax /= softmax.sum(-1, keepdims=True)
            share *= softmax
        hidden = np.maximum(x @ self.weights["inner"] + self.weights["offset"], 0)
        shape = (*hidden.shape[:2], self.experts, self.width)
        answers = (hidden * self.weights["outer"]).reshape(shape).sum(-1) + self.weights["constant"]
        return hidden, answers, share, softmax, (share * answers).sum(-1)

    def gradients(self, x, y):
        """Of the mean squared error."""
        hidden, answers, share, softmax, predicted = self.forward(x)
        slope = (2 / y.shape[1]) * (predicted - y)[..., None]
        to_answer = slope * share
        to_unit = np.repeat(to_answer, self.width, axis=-1)
        to_hidden = to_unit * self.weights["outer"] * (hidden > 0)
        found = {"inner": x.swapaxes(1, 2) @ to_hidden, "offset": to_hidden.sum(1, keepdims=True),
                 "outer": (to_unit * hidden).sum(1, keepdims=True), "constant": to_answer.sum(1, keepdims=True)}
        if self.learned:
            found["gate"] = x.swapaxes(1, 2) @ (to_answer * answers - slope * softmax * predicted[..., None])
        return found

    def adam(self, x, y, rate, step):
        for name, gradient in self.gradients(x, y).items():
            first, second = self.moments[name]
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            scale = np.sqrt(second / (1 - 0.999**step)) + 1e-8
            self.weights[name] -= rate / (1 - 0.9**step) * first / scale

    def error(self):
        """Mean squared error of each network, shape (seeds,)."""
        plane = circle((np.arange(4096) + 0.5) / 4096)
        return np.mean((self.forward(plane @ self.embedding)[-1] - target(plane)) ** 2, axis=1)


def _start(start, experts, width, rng, frame):
    """Weights of one network: inner (D, units), offset (1, units), outer (1, units), constant (1, experts).

    ``library``: uniform on ±1/√(inputs of the layer), as common libraries do. ``he``: normal of variance 2/inputs, no
    offsets. ``spread``: units along the charts, kinks evenly spread over them (a dense network: in random directions of
    the circle's plane), outer weights as ``he``. ``explicit``: the interpolants of the construction.
    """
    units = experts * width
    outer, constant = rng.normal(0, np.sqrt(2 / width), (1, units)), np.zeros((1, experts))
    if start == "library":
        low, high = AMBIENT**-0.5, width**-0.5
        return (rng.uniform(-low, low, (AMBIENT, units)), rng.uniform(-low, low, (1, units)),
                rng.uniform(-high, high, (1, units)), rng.uniform(-high, high, (1, experts)))
    if start == "he":
        return rng.normal(0, np.sqrt(2 / AMBIENT), (AMBIENT, units)), np.zeros((1, units)), outer, constant
    if experts == 1:
        return frame @ circle(rng.random(units)).T, rng.uniform(-1, 1, (1, units)), outer, constant
    tangents = circle(np.arange(experts) / experts + 0.25)
    half = np.sin(np.pi / experts)  # a chart is the tangent's coordinate in [-half, half]
    knots = np.linspace(-half, half, width + 1)
    inner, offset = frame @ np.repeat(tangents, width, axis=0).T, -np.tile(knots[:-1], experts)[None]
    if start == "spread":
        signs = rng.choice([-1.0, 1.0], units)
        return inner * signs, offset * signs, outer, constant
    anchors = circle(np.arange(experts) / experts)
    on_chart = anchors[:, None] * np.sqrt(1 - knots**2)[:, None] + tangents[:, None] * knots[:, None]
    values = target(on_chart)
    slopes = np.diff(values) / np.diff(knots)
    return inner, offset, np.diff(slopes, axis=1, prepend=0).reshape(1, units), values[None, :, 0].copy()


def steps_of(setting):
    """The numbers of steps after which a setting is measured."""
    return [steps for steps in STEPS if steps * setting[4] <= MOST]


def run(experts, width, gate, start, batch, rate, steps=STEPS, seeds=SEEDS):
    """Rows (steps, seed, mse) of one setting."""
    networks, rows = Networks(experts, width, gate, start, seeds), []
    block = 100  # steps drawn at a time
    for step in range(1, max(steps) + 1):
        if step % block == 1:
            plane = circle(np.stack([rng.random((block, batch)) for rng in networks.streams], axis=1))
            y, x = target(plane), plane @ networks.embedding
        networks.adam(x[(step - 1) % block], y[(step - 1) % block], rate, step)
        if step in steps:
            rows += [(step, seed, mse) for seed, mse in zip(seeds, networks.error(), strict=True)]
    return rows


def found(setting):
    """Rows of the table, without the setting."""
    return [(step, seed, f"{mse:.6g}") for step, seed, mse in run(*setting, steps=steps_of(setting))]


if __name__ == "__main__":
    resume(TABLE, COLUMNS, SETTINGS, found)
