// The data model (1), y = β(x) + ε, from a plain description: the twin of zcmoe.Problem.
import { Antiderivative, Refused, adaptivePanels, gauss, integrate, uniformCuts, union } from "./quadrature.mjs";
import { drawn } from "./spline.mjs";
import { typed } from "./formula.mjs";

const W = 6 * Math.PI;
const cosine = { value: (x) => Math.cos(W * x), slope: (x) => -W * Math.sin(W * x) };
const sixths = [1, 2, 3, 4, 5].map((k) => k / 6);

/** β and β'; `breaks` where one of them jumps or kinks, `critical` the zeros of β', `jumps` those of β. */
export const BETAS = {
  cos: () => ({ ...cosine, critical: sixths }),
  piecewise: () => ({
    value: (x) => (x < 0.5 ? cosine.value(x) : -1),
    slope: (x) => (x < 0.5 ? cosine.slope(x) : 0),
    breaks: [0.5],
    critical: [1 / 6, 1 / 3],
  }),
  square: () => ({ value: (x) => x * x, slope: (x) => 2 * x }),
  exp: () => ({ value: Math.exp, slope: Math.exp }),
  step: () => ({ value: (x) => (x < 0.5 ? -0.5 : 0.5), slope: () => 0, breaks: [0.5], jumps: [0.5] }),
  drawn: ({ y }) => drawn(y),
  typed,
};

/** 1 - erf(z)/2 - 1/2, the mass of the standard normal law beyond z √2 >= 0: series, or Lentz's fraction. */
export function upperTail(z) {
  if (z < 0) return 1 - upperTail(-z);
  const bell = Math.exp(-z * z) / Math.sqrt(Math.PI);
  if (z < 2.5) {
    let term = z,
      sum = z;
    for (let n = 1; term > 1e-18 * sum; n++) sum += term *= (2 * z * z) / (2 * n + 1);
    return 0.5 - bell * sum;
  }
  let fraction = z;
  for (let k = 60; k > 0; k--) fraction = z + k / 2 / fraction;
  return bell / fraction / 2;
}

function bell({ mean, width }) {
  const z = (x) => (x - mean) / (width * Math.SQRT2),
    [a, b] = [z(0), z(1)];
  const mass = a > 0 ? upperTail(a) - upperTail(b) : upperTail(-b) - upperTail(-a); // the tail that does not cancel
  if (!(mass > 0)) throw new Refused(`the law of the inputs has no mass on [0, 1]: mean ${mean}, width ${width}`);
  const height = 1 / (mass * width * Math.sqrt(2 * Math.PI));
  return (x) => height * Math.exp(-(z(x) ** 2));
}

const factorial = (k) => (k > 1 ? k * factorial(k - 1) : 1);

/** p_x with its constant in closed form, so that ∫ p = 1 tests the quadrature. Whole a and b keep p^(1/3) smooth. */
export const INPUTS = {
  uniform: () => () => 1,
  normal: bell,
  linear:
    ({ slope }) =>
    (x) =>
      1 + slope * (x - 0.5),
  beta: ({ a, b }) => {
    const height = factorial(a + b - 1) / (factorial(a - 1) * factorial(b - 1));
    return (x) => height * x ** (a - 1) * (1 - x) ** (b - 1);
  },
};

/** ∫ p, ∫ pβ and ∫ pβ² over [a, b]; ∫ β' too, where it is given. */
function powers(pdf, beta, slope) {
  const [node, weight] = gauss(16);
  return (a, b) => {
    let [s0, s1, s2, rise] = [0, 0, 0, 0];
    for (let j = 0; j < 16; j++) {
      const x = a + (b - a) * node[j],
        h = (b - a) * weight[j],
        p = h * pdf(x),
        y = beta(x);
      if (slope) rise += h * slope(x);
      s0 += p;
      s1 += p * y;
      s2 += p * y * y;
    }
    return slope ? [s0, s1, s2, rise] : [s0, s1, s2];
  };
}

/** The problem of a state { beta, inputs, noise: B }; refused where an integral does not close. */
export function makeProblem({ beta, inputs, noise }) {
  const { value, slope, breaks = [], critical = [], jumps = [] } = BETAS[beta.kind](beta);
  const pdf = INPUTS[inputs.kind](inputs);
  const {
    edges: panels,
    totals: [mass],
  } = adaptivePanels(powers(pdf, value, beta.kind === "typed" ? slope : null), breaks);
  let places = null; // the inverse of p's distribution function, when it is first asked for
  const problem = {
    beta: value,
    slope,
    pdf,
    panels,
    jumps,
    breaks,
    mass,
    cells: union([0, 1], breaks, critical),
    noiseVariance: noise ** 2 / 3,
    noiseBound: noise,
    weight: (x, floor = 0) => pdf(x) * Math.max(Math.abs(slope(x)), floor) ** 2,
    inputsPpf: (u) => (places ??= new Antiderivative(pdf, uniformCuts(128), 6, true)).inverse(u),
  };
  checkClosure(problem);
  return problem;
}

/** Probabilities sum to 1, and ∫ β' is the difference of β on every piece: else nothing computed would be true. */
export function checkClosure({ beta, slope, mass, panels, breaks }) {
  if (!(Math.abs(mass - 1) < 1e-9)) {
    throw new Refused(`the inputs' density integrates to ${mass.toPrecision(6)} over [0, 1], not to 1`);
  }
  const ends = union([0, 1], breaks);
  for (let k = 0; k + 1 < ends.length; k++) {
    const [a, b] = [ends[k], ends[k + 1]],
      inside = 1e-13 * (b - a);
    const rise = integrate(
        slope,
        panels.filter((x) => x >= a && x <= b),
      ),
      wanted = beta(b - inside) - beta(a + inside);
    if (!(Math.abs(rise - wanted) < 1e-9 * (1 + Math.abs(beta(a + inside)) + Math.abs(wanted)))) {
      throw new Refused(
        `β' integrates to ${rise.toPrecision(6)} over [${a}, ${b}], where β rises by ${wanted.toPrecision(6)}`,
      );
    }
  }
}
