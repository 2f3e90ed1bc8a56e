// A state, what a page, a link and a notebook share: { beta, inputs, noise, m, cuts, n, seed }.
import { fromDensity, optimalDensity, paintedDensity } from "./density.mjs";
import { optimalIntervals } from "./optimum.mjs";
import { parseFormula } from "./formula.mjs";
import { BETAS } from "./problem.mjs";
import { Refused, uniformCuts } from "./quadrature.mjs";
import { KNOTS } from "./spline.mjs";

export const START = {
  beta: { kind: "cos" },
  inputs: { kind: "normal", mean: 0.4, width: 0.2 },
  noise: 0.5,
  m: 16,
  cuts: { kind: "uniform" },
  n: 0,
  seed: 7,
};
export const PAINTED = 96; // steps of a painted density

// What each kind holds: [name, low, high, whole number], or a list of numbers with its length.
const LAWS = {
  uniform: [],
  normal: [
    ["mean", -1, 2],
    ["width", 1e-9, 5],
  ],
  linear: [["slope", -2, 2]],
  beta: [
    ["a", 1, 9, true],
    ["b", 1, 9, true],
  ],
};
const CUTS = {
  uniform: [],
  density: [],
  inputs: [],
  optimum: [],
  power: [["s", 0, 0.6]],
  painted: [],
  hand: [],
};
const LISTS = { drawn: ["y", () => KNOTS], painted: ["heights", () => PAINTED], hand: ["at", (s) => s.m - 1] };

function checkNumber(value, name, low, high, whole = false) {
  if (Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value))) return;
  throw new Refused(`${name} must be ${whole ? "an integer" : "a number"} in [${low}, ${high}], got ${value}`);
}

function checkKind(part, name, kinds) {
  if (!Object.hasOwn(kinds, part?.kind)) {
    throw new Refused(`${name} must be one of ${Object.keys(kinds).join(", ")}, got ${part?.kind}`);
  }
}

function checkList(part, name, state) {
  if (!Object.hasOwn(LISTS, part.kind)) return;
  const [key, length] = LISTS[part.kind],
    values = part[key];
  if (!Array.isArray(values) || values.length !== length(state)) {
    throw new Refused(`${name}.${key} must hold ${length(state)} numbers, got ${values?.length}`);
  }
  values.forEach((v, i) => checkNumber(v, `${name}.${key}[${i}]`, ...(part.kind === "hand" ? [0, 1] : [-100, 100])));
}

/** Return the state, or refuse it by name. */
export function checkState(s) {
  checkKind(s.beta, "beta", BETAS);
  checkKind(s.inputs, "inputs", LAWS);
  checkKind(s.cuts, "cuts", CUTS);
  checkNumber(s.noise, "noise", 0.01, 100);
  checkNumber(s.m, "m", 1, 200, true);
  checkNumber(s.n, "n", 0, 10000, true);
  checkNumber(s.seed, "seed", 0, 2 ** 53 - 1, true);
  for (const [name, ...range] of LAWS[s.inputs.kind]) checkNumber(s.inputs[name], `inputs.${name}`, ...range);
  for (const [name, ...range] of CUTS[s.cuts.kind]) checkNumber(s.cuts[name], `cuts.${name}`, ...range);
  checkList(s.beta, "beta", s);
  if (s.beta.kind === "typed") parseFormula(s.beta.text);
  checkList(s.cuts, "cuts", s);
  if (s.cuts.kind === "hand") {
    [...s.cuts.at, 1].reduce((before, a, i) => {
      if (a - before > 1e-9) return a;
      throw new Refused(`cuts.at must increase inside (0, 1), got ${before} then ${a} at index ${i}`);
    }, 0);
  }
  if (s.cuts.kind === "painted" && !(Math.min(...s.cuts.heights) > 0)) {
    throw new Refused(`cuts.heights must be positive, got ${Math.min(...s.cuts.heights)}`);
  }
  return s;
}

/** The segment density of a state's cuts, where they come from one. */
export function makeDensity(problem, { cuts }) {
  switch (cuts.kind) {
    case "density":
      return optimalDensity(problem);
    case "power":
      return optimalDensity(problem, undefined, cuts.s);
    case "painted":
      return paintedDensity(cuts.heights);
    case "inputs":
      return { pdf: problem.pdf, cells: problem.cells, ppf: problem.inputsPpf };
    default:
      return { pdf: () => 1, cells: [0, 1], ppf: (q) => q };
  }
}

export function makeCuts(problem, state) {
  switch (state.cuts.kind) {
    case "uniform":
      return uniformCuts(state.m);
    case "optimum":
      return optimalIntervals(problem, state.m).cuts;
    case "hand":
      return Float64Array.from([0, ...state.cuts.at, 1]);
    default:
      return fromDensity(makeDensity(problem, state), state.m);
  }
}

/** The heights of β at the knots, so that a reader goes on drawing from any β. */
export function toKnots(problem) {
  const inside = (x) => Math.min(Math.max(x, 1e-9), 1 - 1e-9);
  return Array.from({ length: KNOTS }, (_, i) => Number(problem.beta(inside(i / (KNOTS - 1))).toFixed(3)));
}

/** A state as a line for an address. */
export function encode({ beta, inputs, noise, m, cuts, n, seed }) {
  const flat = ({ kind, ...rest }) => [kind, ...Object.values(rest).flat()].join(",");
  return `b=${flat(beta)}&p=${flat(inputs)}&B=${noise}&m=${m}&c=${flat(cuts)}&n=${n}&s=${seed}`;
}

/** The state of such a line; null for anything else, never half of one. */
export function decode(text) {
  const given = Object.fromEntries(text.split("&").map((part) => part.split("=")));
  const number = (word) => (word === undefined || word.trim() === "" ? NaN : Number(word));
  const part = (line, fields) => {
    const [kind, ...words] = (line ?? "").split(","),
      values = words.map(number);
    const names = Object.hasOwn(fields, kind) ? fields[kind].map(([name]) => name) : [];
    if (kind === "typed") return { kind, text: words.join(",") };
    if (Object.hasOwn(LISTS, kind)) return { kind, [LISTS[kind][0]]: values };
    return names.length === values.length
      ? { kind, ...Object.fromEntries(names.map((key, i) => [key, values[i]])) }
      : {};
  };
  try {
    return checkState({
      beta: part(given.b, Object.fromEntries(Object.keys(BETAS).map((kind) => [kind, []]))),
      inputs: part(given.p, LAWS),
      noise: number(given.B),
      m: number(given.m),
      cuts: part(given.c, CUTS),
      n: number(given.n),
      seed: number(given.s),
    });
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
