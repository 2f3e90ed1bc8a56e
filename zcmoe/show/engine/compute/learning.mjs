// Learned experts (Section 6): samples, fits, exact expectations. The twin of zcmoe/learning.py and zcmoe/experts.py.
import { approximationExcess, highRateCoefficient, sum } from "./errors.mjs";
import { regionMoments } from "./moments.mjs";
import { gauss, locate, uniformCuts } from "./quadrature.mjs";

const hash = (start, multiplier) => (value) => {
  const mixed = value ^ start;
  start = Math.imul(start, multiplier);
  const spread = Math.imul(mixed, start);
  return (spread ^ (spread >>> 16)) >>> 0;
};

/** The eight words that numpy.random.SeedSequence(seed) gives PCG64. */
function seedWords(seed) {
  const into = hash(0x43b0d7e5, 0x931e8875),
    out = hash(0x8b51f9dd, 0x58f38ded);
  const pool = [seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0].map(into);
  for (let s = 0; s < 4; s++) {
    for (let d = 0; d < 4; d++) {
      if (s === d) continue;
      const r = (Math.imul(0xca01f9dd, pool[d]) - Math.imul(0x4973f715, into(pool[s]))) | 0;
      pool[d] = (r ^ (r >>> 16)) >>> 0;
    }
  }
  return Array.from({ length: 8 }, (_, i) => BigInt(out(pool[i % 4])));
}

/** numpy.random.default_rng(seed).random, number for number: PCG64 in 128 bits. */
export function defaultRng(seed) {
  const words = seedWords(seed),
    long = (i) => words[i] | (words[i + 1] << 32n),
    cut = (v) => BigInt.asUintN(128, v);
  const multiplier = (2549297995355413924n << 64n) | 4865540595714422341n;
  const increment = cut((((long(4) << 64n) | long(6)) << 1n) | 1n);
  let state = cut((increment + ((long(0) << 64n) | long(2))) * multiplier + increment);
  return () => {
    state = cut(state * multiplier + increment);
    const mixed = (state >> 64n) ^ (state & 0xffffffffffffffffn),
      turn = state >> 122n;
    const word = BigInt.asUintN(64, (mixed >> turn) | (mixed << (64n - turn)));
    return Number(word >> 11n) / 2 ** 53;
  };
}

/** The uniforms behind a sample, which don't depend on the problem. */
export function uniforms(n, seed) {
  const next = defaultRng(seed),
    draw = () => Float64Array.from({ length: n }, next);
  return { place: draw(), noise: draw() };
}

/** Problem.sample (32): quantiles of uniforms. */
export function sample(problem, { place, noise }, x = place.map(problem.inputsPpf)) {
  const B = problem.noiseBound;
  return { x, y: x.map((t, j) => problem.beta(t) + B * (2 * noise[j] - 1)) };
}

/** (35): the mean of y in each region; a region without an example answers the mean of all y. */
export function fitExperts(cuts, { x, y }) {
  const m = cuts.length - 1,
    count = new Uint32Array(m),
    constants = new Float64Array(m);
  for (let j = 0; j < x.length; j++) {
    const i = locate(cuts, x[j]);
    count[i]++;
    constants[i] += y[j];
  }
  const all = sum(y) / y.length;
  return { count, constants: constants.map((total, i) => (count[i] ? total / count[i] : all)) };
}

/** E[1/N; N > 0], N ~ Binomial(n, q): ∫ ((1 - q s)^n - (1 - q)^n)/(1 - s) ds over [0, 1]. */
export function meanInverseCount(n, q) {
  const [node, weight] = gauss(32),
    span = 45 / Math.max(n * q, 45),
    none = Math.log1p(-q);
  let total = 0;
  for (let j = 0; j < 32; j++) {
    const s = span * node[j],
      all = Math.log1p(-q * s);
    total += (weight[j] * Math.exp(n * all) * -Math.expm1(n * (none - all))) / (1 - s);
  }
  return total * span;
}

/** The parts of the expected estimation error over training sets of n examples. */
export function expectedEstimationError(problem, { probability, mean, variance, average }, n) {
  const s2 = problem.noiseVariance,
    parts = { noise: 0, within: 0, empty: 0 };
  const all = sum(probability.map((p, i) => p * (variance[i] + (mean[i] - average) ** 2))); // Var β
  probability.forEach((p, i) => {
    const load = p * meanInverseCount(n, Math.min(p, 1)),
      rest = Math.max(1 - p, 0);
    parts.noise += s2 * load;
    parts.within += variance[i] * load;
    if (!rest) return;
    const offset = mean[i] - average,
      bias = offset / rest; // c_i less the mean of β outside A_i
    const outside = (all - p * (variance[i] + offset ** 2)) / rest - (p * bias) ** 2; // variance of β there
    parts.empty += p * rest ** n * (bias ** 2 + (s2 + outside) / n);
  });
  return parts;
}

/** The exact expected test error of learned experts, less σ². */
export function expectedTestExcess(problem, moments, n) {
  const { noise, within, empty } = expectedEstimationError(problem, moments, n);
  return approximationExcess(moments) + noise + within + empty;
}

/** m* of the formula, (2 A* n/σ²)^(1/3), a real number. */
export function numberOfExperts(problem, n, coefficient = highRateCoefficient(problem)) {
  return Math.cbrt((2 * coefficient * n) / problem.noiseVariance);
}

/** The m with the least expected test error among `numbers`; `segment` gives the cuts for m. */
export function bestNumberOfExperts(problem, n, numbers, segment = uniformCuts) {
  const errors = numbers.map((m) => expectedTestExcess(problem, regionMoments(problem, segment(m)), n));
  const excess = Math.min(...errors);
  return { m: numbers[errors.indexOf(excess)], excess, errors };
}
