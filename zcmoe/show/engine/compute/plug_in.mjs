// λ* and m* from data alone: the twin of zcmoe/learning/plugin.py, and the reader of two columns.
import { Refused, locate } from "./quadrature.mjs";

const GRID_CELLS = 400; // cells on which the estimates live
const MOST_ROWS = 100000;

/** Rows "x, y" (or with a semicolon, a tab, spaces between); a first line of names may stand above. */
export function readColumns(text) {
  const x = [],
    y = [];
  text.split(/\r\n|\r|\n/).forEach((line, k) => {
    if (!line.trim()) return;
    const words = line
      .trim()
      .split(/\s*[,;\t]\s*|\s+/)
      .map((word) => word.replace(/^"(.*)"$/, "$1"));
    const numbers = words.map((word) =>
      /^[-+−]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word) ? Number(word.replace("−", "-")) : NaN,
    );
    if (k === 0 && numbers.every(Number.isNaN)) return; // names
    const shown = line.length > 40 ? `${line.slice(0, 40)}…` : line;
    if (words.length !== 2)
      throw new Refused(`line ${k + 1} must hold two numbers, got ${words.length} entries: ${shown}`);
    if (!numbers.every(Number.isFinite)) throw new Refused(`line ${k + 1} must hold two numbers, got: ${shown}`);
    if (x.length === MOST_ROWS)
      throw new Refused(`at most ${MOST_ROWS} rows are fitted in a page, got more at line ${k + 1}`);
    x.push(numbers[0]);
    y.push(numbers[1]);
  });
  if (new Set(x).size < 3) throw new Refused(`three rows of different x or more are needed, got ${new Set(x).size}`);
  return { x: Float64Array.from(x), y: Float64Array.from(y) };
}

const average = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** σ² from second differences of y along sorted x; ties enter by their mean and their deviations from it. */
export function differenceVariance(x, y) {
  const order = Array.from(x, (_, i) => i).sort((a, b) => x[a] - x[b]),
    middle = average(y),
    places = [];
  const largest = y.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
    rounding = largest ? 8 * 2 ** (Math.floor(Math.log2(largest)) - 52) : 8 * Number.MIN_VALUE;
  for (const i of order) {
    if (places.at(-1)?.x !== x[i]) places.push({ x: x[i], values: [] });
    places.at(-1).values.push(y[i] - middle);
  }
  let [sum, load] = [0, 0];
  for (const place of places) {
    place.mean = average(place.values);
    for (const v of place.values) if (Math.abs(v - place.mean) > rounding) sum += (v - place.mean) ** 2;
  }
  for (let k = 1; k + 1 < places.length; k++) {
    const [p, q, r] = places.slice(k - 1, k + 2),
      left = (r.x - q.x) / (r.x - p.x),
      right = (q.x - p.x) / (r.x - p.x);
    const second = q.mean - left * p.mean - right * r.mean,
      alone = 1 + left ** 2 + right ** 2;
    if (Math.abs(second) > rounding) sum += second ** 2 / alone;
    load += (1 / q.values.length + left ** 2 / p.values.length + right ** 2 / r.values.length) / alone;
  }
  return sum / (x.length - places.length + load);
}

/** Slope of the local-linear fit in each cell, and its leave-one-out squared error. */
function localLinear([count, sums, squares], bandwidth) {
  const n = GRID_CELLS,
    kernel = Float64Array.from({ length: n }, (_, k) => Math.exp(-0.5 * (k / n / bandwidth) ** 2)),
    slope = new Float64Array(n);
  let error = 0;
  for (let i = 0; i < n; i++) {
    let [s0, s1, s2, t0, t1] = [0, 0, 0, 0, 0];
    for (let j = 0; j < n; j++) {
      const offset = (j - i) / n,
        k = kernel[Math.abs(j - i)],
        c = k * count[j],
        t = k * sums[j];
      s0 += c;
      s1 += c * offset;
      s2 += c * offset * offset;
      t0 += t;
      t1 += t * offset;
    }
    const spread = s2 + bandwidth ** 2,
      scale = s0 * spread - s1 ** 2;
    if (!(s0 > 1e-12)) {
      error += squares[i];
      continue;
    }
    slope[i] = (s0 * t1 - s1 * t0) / scale;
    const fit = (spread * t0 - s1 * t1) / scale,
      leverage = spread / scale;
    error += (squares[i] - 2 * fit * sums[i] + fit ** 2 * count[i]) / Math.max(1 - leverage, 1e-3) ** 2;
  }
  return { slope, error };
}

/** A Gaussian kernel density on the grid, reflected at its ends, with mean 1. */
function kernelDensity(count, bandwidth) {
  const n = GRID_CELLS,
    bell = (offset) => Math.exp(-0.5 * (offset / bandwidth) ** 2),
    at = (i) => (i + 0.5) / n;
  const near = Float64Array.from({ length: n }, (_, k) => bell(k / n)),
    below = Float64Array.from({ length: 2 * n }, (_, k) => bell((k + 1) / n)), // from an image below 0
    density = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (count[j]) density[i] += count[j] * (near[Math.abs(i - j)] + below[i + j] + bell(at(i) + at(j) - 2));
    }
  }
  const mean = average(density);
  return density.map((v) => v / mean);
}

/** λ̂ = 0.9 (p̂ β̂'²)^(1/3)/Ẑ + 0.1 on 400 cells between `low` and `high`, Â, σ̂², the bandwidth and m̂. */
export function plugIn(x, y) {
  const noiseVariance = differenceVariance(x, y),
    middle = average(y),
    data = [0, 1, 2].map(() => new Float64Array(GRID_CELLS));
  const low = x.reduce((a, b) => Math.min(a, b)),
    high = x.reduce((a, b) => Math.max(a, b));
  x.forEach((v, j) => {
    const i = Math.min(Math.floor(((v - low) / (high - low)) * GRID_CELLS), GRID_CELLS - 1),
      d = y[j] - middle;
    data[0][i] += 1;
    data[1][i] += d;
    data[2][i] += d * d;
  });
  const widths = Array.from({ length: 16 }, (_, k) => (k === 15 ? 0.3 : 0.005 * 60 ** (k / 15))),
    fits = widths.map((h) => localLinear(data, h)),
    chosen = fits.reduce((best, fit, k) => (fit.error < fits[best].error ? k : best), 0);
  const inputs = kernelDensity(data[0], widths[chosen]),
    weight = inputs.map((p, i) => p * fits[chosen].slope[i] ** 2),
    shape = weight.map(Math.cbrt),
    mean = average(shape);
  const level = shape.map((v) => (mean > 0 ? (0.9 * v) / mean + 0.1 : 1)),
    coefficient = average(weight.map((w, i) => w / level[i] ** 2)) / 12;
  const spread = y.some((v) => v !== y[0]);
  const numberOfExperts = noiseVariance
    ? Math.cbrt((2 * coefficient * x.length) / noiseVariance)
    : spread
      ? Infinity
      : 0;
  return { level, low, high, coefficient, noiseVariance, bandwidth: widths[chosen], numberOfExperts };
}

/** Cuts at equal steps of λ̂'s distribution function, in units of x. */
export function plugInCuts({ level, low, high }, m) {
  const sums = new Float64Array(GRID_CELLS + 1);
  level.forEach((v, i) => {
    sums[i + 1] = sums[i] + v;
  });
  return Float64Array.from({ length: m + 1 }, (_, k) => {
    if (k === m) return high;
    const value = (k / m) * sums[GRID_CELLS],
      i = locate(sums, value);
    return low + ((high - low) * (i + (value - sums[i]) / level[i])) / GRID_CELLS;
  });
}

/** The mean squared error at each example of experts that did not see it; for one alone in its region the nearest answers. */
export function leaveOneOutError(cuts, { x, y }) {
  const m = cuts.length - 1,
    count = new Float64Array(m),
    sums = new Float64Array(m),
    at = Array.from(x, (v) => locate(cuts, v)),
    middle = average(y);
  at.forEach((i, j) => {
    count[i] += 1;
    sums[i] += y[j] - middle;
  });
  const others = (i, d) => {
    if (count[i] > 1) return (sums[i] - d) / (count[i] - 1);
    const near = nearestHeld(cuts, count, i);
    return sums[near] / count[near];
  };
  let error = 0;
  at.forEach((i, j) => {
    const d = y[j] - middle;
    error += (d - others(i, d)) ** 2;
  });
  return error / y.length;
}

/** The region with examples whose midpoint is nearest to that of region i; of two as near, the left one. */
function nearestHeld(cuts, count, i) {
  let [left, right] = [i - 1, i + 1];
  while (left >= 0 && !count[left]) left--;
  while (right < count.length && !count[right]) right++;
  if (left < 0 || right >= count.length) return left < 0 ? right : left;
  const middle = (k) => cuts[k] / 2 + cuts[k + 1] / 2,
    span = cuts.at(-1) - cuts[0];
  return middle(right) - middle(i) < middle(i) - middle(left) - 1e-9 * span ? right : left;
}
