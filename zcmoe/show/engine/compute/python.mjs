// "The same in Python": the lines of zcmoe that give what a state shows.

import { typedCode } from "./formula.mjs";

const BETA = {
  cos: ["lambda x: np.cos(6 * np.pi * x)", ""],
  piecewise: ["lambda x: np.where(x < 0.5, np.cos(6 * np.pi * x), -1.0)", ", breakpoints=[0.5]"],
  square: ["np.square", ""],
  exp: ["np.exp", ""],
  step: ["lambda x: np.where(x < 0.5, -0.5, 0.5)", ", breakpoints=[0.5]"],
  drawn: ["beta", ", gradient=beta.derivative(), breakpoints=knots[1:-1]"],
};

const LAW = {
  uniform: () => "stats.uniform()",
  normal: ({ mean, width }) => {
    const low = mean + (-mean / width) * width,
      high = mean + ((1 - mean) / width) * width;
    if (low < 0 || high > 1) return `zcmoe.SegmentDensity(lambda x: np.exp(-0.5 * ((x - ${mean}) / ${width}) ** 2))`;
    return `stats.truncnorm(${-mean} / ${width}, (1 - ${mean}) / ${width}, ${mean}, ${width})`; // rounds inside [0, 1]
  },
  linear: ({ slope }) => `zcmoe.SegmentDensity(lambda x: 1 + ${slope} * (x - 0.5))`,
  beta: ({ a, b }) => `stats.beta(${a}, ${b})`,
};

const DENSITY = {
  density: () => "zcmoe.optimal_density(problem)",
  power: ({ s }) => `zcmoe.SegmentDensity(lambda x: problem.weight(x, 1e-6) ** ${s}, breakpoints=problem.breakpoints)`,
  painted: () =>
    "zcmoe.SegmentDensity(lambda x: heights[(x * 96).astype(int).clip(max=95)], " +
    "breakpoints=np.arange(1, 96) / 96)",
};

function cutsLine({ m, cuts }) {
  if (cuts.kind === "uniform") return `zcmoe.Intervals.uniform(${m})`;
  if (cuts.kind === "optimum") return `zcmoe.optimal_intervals(problem, ${m})`;
  if (cuts.kind === "inputs") return `zcmoe.Intervals([0, *problem.inputs.ppf(np.arange(1, ${m}) / ${m}), 1])`;
  if (cuts.kind === "hand") return `zcmoe.Intervals([${[0, ...cuts.at, 1].join(", ")}])`;
  return `zcmoe.Intervals.from_density(${DENSITY[cuts.kind](cuts)}, ${m})`;
}

export function pythonCode(s) {
  const [beta, more] = s.beta.kind === "typed" ? typedCode(s.beta) : BETA[s.beta.kind],
    drawn = s.beta.kind === "drawn";
  const lines = ["import numpy as np", "from scipy import stats", "import zcmoe", ""];
  if (drawn) {
    lines.splice(2, 0, "from scipy.interpolate import Akima1DInterpolator");
    lines.push(
      "knots = np.arange(25) / 24",
      `beta = Akima1DInterpolator(knots, [${s.beta.y.join(", ")}], method="makima")`,
    );
  }
  if (s.cuts.kind === "painted") lines.push(`heights = np.array([${s.cuts.heights.join(", ")}])`);
  lines.push(
    `noise = stats.uniform(${-s.noise}, ${2 * s.noise})`,
    `problem = zcmoe.Problem(${beta}, ${LAW[s.inputs.kind](s.inputs)}, noise${more})`,
    `cuts = ${cutsLine(s)}`,
    'print(f"excess {zcmoe.approximation_error(problem, cuts) - problem.noise_variance:.9f}")',
  );
  if (s.n) {
    lines.push(
      `x, y = problem.sample(${s.n}, rng=${s.seed})`,
      "learned = zcmoe.fit_experts(cuts, x, y)",
      'print(f"learned {zcmoe.test_error(problem, learned):.9f}")',
      `print(f"expected {zcmoe.expected_test_error(problem, cuts, ${s.n}):.9f}")`,
    );
  }
  return lines.join("\n");
}
