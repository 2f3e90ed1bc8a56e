// The exact optimum over intervals: a dynamic programme on a grid, then Newton's method. The twin of zcmoe/optimum.py.
import { fromDensity, optimalDensity } from "./density.mjs";
import { approximationExcess } from "./errors.mjs";
import { regionMoments } from "./moments.mjs";
import { gauss, locate, uniformCuts, union } from "./quadrature.mjs";

const CELLS = 24; // grid cells a region: with 16 the programme misses some optima at m = 64

/** The best cuts into at most m intervals, and their excess. */
export function optimalIntervals(problem, m) {
  const steps = optimalSteps(problem, m);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps of a millisecond or so, for a page that has no worker. */
export function* optimalSteps(problem, m) {
  const density = optimalDensity(problem);
  yield;
  const equal = regionMoments(problem, uniformCuts(m));
  yield;
  const compander = fromDensity(density, m);
  yield;
  const bound = Math.min(approximationExcess(equal), approximationExcess(regionMoments(problem, compander)));
  yield;
  const steps = compressorGrid(density, Math.max(CELLS * m, 192));
  yield;
  const grid = union(steps, uniformCuts(Math.max(2 * m, 96)), problem.panels);
  yield;
  // Those cuts are not on the grid: the best on it may cost a little more than they do.
  const sums = yield* prefixSums(problem, grid, equal.average);
  const index = yield* partitionSteps(sums, m, 1.2 * bound + 1e-12 * sums[2].at(-1));
  return yield* polish(
    problem,
    Float64Array.from(index, (i) => grid[i]),
  );
}

/** x at k equal steps of the compressor G (48), closely enough for a grid. */
function compressorGrid(density, k) {
  const x = union(uniformCuts(2048), density.cells),
    G = new Float64Array(x.length);
  for (let i = 1; i < x.length; i++) G[i] = G[i - 1] + density.pdf((x[i] + x[i - 1]) / 2) * (x[i] - x[i - 1]);
  return Float64Array.from({ length: k + 1 }, (_, q) => {
    const value = (q / k) * G.at(-1),
      i = locate(G, value);
    return G[i + 1] > G[i] ? x[i] + ((x[i + 1] - x[i]) * (value - G[i])) / (G[i + 1] - G[i]) : x[i];
  });
}

/** Sums of p, pβ and pβ² from 0 to each edge of the grid, β less its mean. */
function* prefixSums(problem, grid, average) {
  const sums = [0, 1, 2].map(() => new Float64Array(grid.length)),
    [node, weight] = gauss(8);
  for (let k = 1; k < grid.length; k++) {
    const a = grid[k - 1],
      h = grid[k] - a;
    if (k % 200 === 0) yield;
    for (const s of sums) s[k] = s[k - 1];
    for (let j = 0; j < 8; j++) {
      const x = a + h * node[j],
        p = h * weight[j] * problem.pdf(x),
        b = problem.beta(x) - average;
      sums[0][k] += p;
      sums[1][k] += p * b;
      sums[2][k] += p * b * b;
    }
  }
  return sums;
}

/** Edges of the best division of the grid into at most m runs. A run that alone costs more than `bound` is in none. */
function* partitionSteps([s0, s1, s2], m, bound) {
  const n = s0.length - 1,
    low = new Int32Array(n + 1),
    from = [];
  const cost = (i, j) => {
    const w = s0[j] - s0[i],
      f = s1[j] - s1[i];
    return w > 0 ? s2[j] - s2[i] - (f * f) / w : 0;
  };
  for (let j = 1, i = 0; j <= n; j++) {
    while (i < j - 1 && cost(i, j) > bound) i++;
    low[j] = i;
  }
  let before = new Float64Array(n + 1).fill(Infinity),
    used = 0,
    least = Infinity;
  before[0] = 0;
  for (let k = 1; k <= m; k++) {
    const best = new Float64Array(n + 1).fill(Infinity),
      back = (from[k] = new Int32Array(n + 1));
    for (let j = k; j <= n; j++) {
      const stop = Math.max(low[j], k - 1),
        rest = before[stop];
      if (rest > bound) continue;
      let found = bound;
      for (let i = j - 1; i >= stop; i--) {
        const c = cost(i, j);
        if (c + rest > found) break; // longer runs cost more, and what is left of them no less than `rest`
        if (c + before[i] < found) [found, back[j], best[j]] = [c + before[i], i, c + before[i]];
      }
    }
    yield;
    if (best[n] < least) [least, used] = [best[n], k];
    before = best;
  }
  const index = [n];
  for (let k = used; k > 0; k--) index.push(from[k][index.at(-1)]);
  return index.reverse();
}

/** Newton's step for β(a_i) = (c_i + c_(i+1))/2 at the inner cuts: subtract it from them. */
export function newtonStep(problem, cuts, { probability: P, mean: c }) {
  const k = cuts.length - 2,
    lower = new Float64Array(k),
    diagonal = new Float64Array(k),
    upper = new Float64Array(k);
  const move = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    const x = cuts[i + 1],
      b = problem.beta(x),
      p = problem.pdf(x);
    // A cut stays at a jump of β, and where no inputs fall.
    if (problem.jumps.some((jump) => Math.abs(jump - x) < 1e-12) || !(P[i] > 1e-12 && P[i + 1] > 1e-12)) {
      diagonal[i] = 1;
      continue;
    }
    const below = (p * (b - c[i])) / P[i] / 2,
      above = (p * (c[i + 1] - b)) / P[i + 1] / 2; // halves of ∂c/∂a_i
    diagonal[i] = problem.slope(x) - below - above;
    move[i] = b - (c[i] + c[i + 1]) / 2;
    // The neighbours' cuts move c_i and c_(i+1) with *their* β and p.
    if (i > 0) lower[i] = -(problem.pdf(cuts[i]) * (c[i] - problem.beta(cuts[i]))) / P[i] / 2;
    if (i + 1 < k) upper[i] = -(problem.pdf(cuts[i + 2]) * (problem.beta(cuts[i + 2]) - c[i + 1])) / P[i + 1] / 2;
  }
  for (let i = 1; i < k; i++) {
    // the tridiagonal system, without pivots
    const ratio = lower[i] / diagonal[i - 1];
    diagonal[i] -= ratio * upper[i - 1];
    move[i] -= ratio * move[i - 1];
  }
  for (let i = k - 1; i >= 0; i--) move[i] = (move[i] - (i + 1 < k ? upper[i] * move[i + 1] : 0)) / diagonal[i];
  return move;
}

/** Newton's steps, shortened so that cuts stay in order and the excess never grows. */
function* polish(problem, cuts) {
  let moments = regionMoments(problem, cuts),
    excess = approximationExcess(moments),
    moved = 1;
  for (let steps = 0; steps < 30 && moved > 1e-9; steps++) {
    yield;
    const step = newtonStep(problem, cuts, moments);
    let share = 1;
    step.forEach((s, i) => {
      const room = 0.4 * Math.min(cuts[i + 1] - cuts[i], cuts[i + 2] - cuts[i + 1]);
      if (!(Math.abs(s) * share <= room)) share = Number.isFinite(s) ? room / Math.abs(s) : 0;
    });
    const from = excess,
      before = cuts;
    for (let tries = 0; tries < 8 && share > 0; tries++, share /= 4) {
      const trial = before.map((a, i) => (i && i < before.length - 1 ? a - share * step[i - 1] : a));
      const after = regionMoments(problem, trial),
        value = approximationExcess(after);
      if (value <= from * (1 + 1e-14)) {
        [cuts, moments, excess] = [trial, after, value];
        break;
      }
    }
    if (cuts === before) break;
    moved = cuts.reduce((most, a, i) => Math.max(most, Math.abs(a - before[i])), 0);
  }
  return { cuts, excess };
}
