// What the playground offers, and in which words.
import { START } from "../compute/state.mjs";

export const EXAMPLES = [0, 50, 100, 250, 500, 1000, 2000, 4000];
// What a β that is typed starts from, and what is worth a look.
export const FORMULAS = { cos: "cos(6*pi*x)", square: "x^2", exp: "exp(x)" };
export const PRESETS = {
  "the running example": {},
  "a flat half": { beta: { kind: "piecewise" }, cuts: { kind: "density" } },
  "steep at one end": { beta: { kind: "typed", text: "exp(8*(x-1))" }, inputs: { kind: "uniform" } },
  "ever faster": { beta: { kind: "typed", text: "sin(20*x^2)" }, inputs: { kind: "uniform" } },
  "a kink": { beta: { kind: "typed", text: "2*abs(x-0.3)-0.5" }, m: 9 },
  "inputs in one corner": { inputs: { kind: "normal", mean: 0.85, width: 0.06 }, cuts: { kind: "density" } },
  "few examples": { n: 100, m: 32 },
};
// Sliders of the inputs: name, word, least, step, steps.
export const LAW_SLIDERS = {
  normal: [
    ["mean", "mean", 0, 0.01, 100],
    ["width", "width", 0.03, 0.01, 97],
  ],
  linear: [["slope", "slope", -2, 0.1, 40]],
  beta: [
    ["a", "a", 1, 1, 8],
    ["b", "b", 1, 1, 8],
  ],
};
export const LAWS_START = { normal: START.inputs, uniform: {}, linear: { slope: 1.2 }, beta: { a: 2, b: 5 } };
export const WORDS = {
  beta: [
    ["cos", "cos 6πx"],
    ["piecewise", "flat half"],
    ["square", "x²"],
    ["exp", "eˣ"],
    ["step", "step"],
    ["drawn", "drawn"],
    ["typed", "typed"],
  ],
  inputs: [
    ["normal", "bell"],
    ["uniform", "uniform"],
    ["linear", "linear"],
    ["beta", "beta"],
  ],
  cuts: [
    ["uniform", "equal"],
    ["inputs", "by inputs"],
    ["density", "λ*"],
    ["optimum", "the best"],
    ["hand", "yours"],
  ],
};
