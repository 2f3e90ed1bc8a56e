// Integration over [0, 1], the twin of zcmoe/_quadrature.py. Edges and cuts run from 0 to 1, both included.

/** A state that is not computed; its message says why, as zcmoe's ValueError does. */
export class Refused extends Error {}

const rules = new Map();

/** Gauss–Legendre nodes and weights on [0, 1]. */
export function gauss(order) {
  if (!rules.has(order)) {
    const nodes = new Float64Array(order),
      weights = new Float64Array(order);
    for (let i = 0; i < order; i++) {
      let z = Math.cos((Math.PI * (i + 0.75)) / (order + 0.5)),
        slope = 1;
      for (let k = 0; k < 100; k++) {
        // Newton's method on the Legendre polynomial
        let p = 1,
          q = 0;
        for (let j = 1; j <= order; j++) [p, q] = [((2 * j - 1) * z * p - (j - 1) * q) / j, p];
        slope = (order * (z * p - q)) / (z * z - 1);
        const step = p / slope;
        z -= step;
        if (Math.abs(step) < 1e-16) break;
      }
      nodes[order - 1 - i] = (1 + z) / 2;
      weights[order - 1 - i] = 1 / ((1 - z * z) * slope * slope);
    }
    rules.set(order, [nodes, weights]);
  }
  return rules.get(order);
}

export const uniformCuts = (m) => Float64Array.from({ length: m + 1 }, (_, i) => i / m);

/** Sorted, each number once. */
export function union(...lists) {
  const all = Float64Array.from(lists.flatMap((list) => [...list])).sort();
  return all.filter((x, i) => i === 0 || x - all[i - 1] > 1e-14);
}

/** The last i with sorted[i] <= value, in 0, …, length - 2. */
export function locate(sorted, value) {
  let low = 0,
    high = sorted.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** ∫ f between the first and the last edge, 16 nodes a panel. */
export function integrate(f, edges) {
  const [node, weight] = gauss(16);
  let sum = 0;
  for (let k = 0; k + 1 < edges.length; k++) {
    const a = edges[k],
      h = edges[k + 1] - a;
    for (let j = 0; j < 16; j++) sum += h * weight[j] * f(a + h * node[j]);
  }
  return sum;
}

const BASE = 32; // enough where every kink of β is a break
const MOST_PANELS = 5000; // beyond, the page would stand still

/**
 * Cut [0, 1] at the breaks and into panels, halved while that changes an integral by more than 1e-13 of the whole.
 * `integrals(a, b)` gives all that matter on a panel; returns the edges, and the integrals over [0, 1].
 */
export function adaptivePanels(integrals, breaks) {
  const start = union(uniformCuts(BASE), breaks),
    edges = [0];
  const parts = Array.from({ length: start.length - 1 }, (_, k) => integrals(start[k], start[k + 1]));
  const scale = parts[0].map((_, i) => parts.reduce((total, part) => total + Math.abs(part[i]), 0));
  const totals = scale.map(() => 0);
  const refine = (a, b, whole, depth) => {
    const middle = (a + b) / 2,
      left = integrals(a, middle),
      right = integrals(middle, b);
    if (!whole.some((v, i) => Math.abs(v - left[i] - right[i]) > 1e-13 * scale[i]) || depth === 38) {
      edges.push(b);
      whole.forEach((_, i) => {
        totals[i] += left[i] + right[i];
      });
    } else {
      if (edges.length > MOST_PANELS) throw new Refused(`the integral over [0, 1] does not converge near x = ${a}`);
      refine(a, middle, left, depth + 1);
      refine(middle, b, right, depth + 1);
    }
  };
  parts.forEach((part, k) => refine(start[k], start[k + 1], part, 0));
  return { edges: Float64Array.from(edges), totals };
}

// In each cell x runs as a quintic of t that is flat to third order at both ends: there f may behave like
// |x - end|^(k/3), as (p β'²)^(1/3) does where β' or p vanishes, and stays smooth in t.
const QUINTIC = [(t) => t * t * t * (10 - t * (15 - 6 * t)), (t) => 30 * t * t * (1 - t) * (1 - t)];
const STRAIGHT = [(t) => t, () => 1]; // for an f that is smooth

/** F(x) = ∫ f from 0 to x for f >= 0, and its inverse. Cells end where f has a zero, a kink or a jump. */
export class Antiderivative {
  constructor(f, cells, order = 16, smooth = false) {
    this.f = f;
    [this.ramp, this.rise] = smooth ? STRAIGHT : QUINTIC;
    this.near = smooth ? 1e-8 : 1e-11; // from here one more of Newton's steps is exact
    this.rule = gauss(order);
    this.panels = []; // [cell's start, cell's length, t0, t1]
    this.values = [0];
    const coarse = [];
    for (let c = 0; c + 1 < cells.length; c++) {
      const a = cells[c],
        d = cells[c + 1] - a;
      coarse.push([a, d, 0, 1, this.part(a, d, 0, 1)]);
    }
    const scale = coarse.reduce((sum, panel) => sum + panel[4], 0);
    for (const panel of coarse) this.refine(...panel, scale, 0);
    this.total = this.values.at(-1);
  }

  part(a, d, t0, t1) {
    const [node, weight] = this.rule,
      h = t1 - t0;
    let sum = 0;
    for (let j = 0; j < node.length; j++) {
      const t = t0 + h * node[j];
      sum += weight[j] * this.f(a + d * this.ramp(t)) * this.rise(t);
    }
    return sum * h * d;
  }

  refine(a, d, t0, t1, whole, scale, depth) {
    const middle = (t0 + t1) / 2,
      left = this.part(a, d, t0, middle),
      right = this.part(a, d, middle, t1);
    if (!(Math.abs(whole - left - right) > 1e-14 * scale) || depth === 20) {
      this.panels.push([a, d, t0, t1]);
      this.values.push(this.values.at(-1) + left + right);
    } else {
      this.refine(a, d, t0, middle, left, scale, depth + 1);
      this.refine(a, d, middle, t1, right, scale, depth + 1);
    }
  }

  /** Where F takes a share of what it gains on a panel: Hermite's cubic of the inverse, straight where a slope is 0. */
  guess(k, share) {
    const [a, d, start, end] = this.panels[k],
      span = end - start,
      gain = (this.values[k + 1] - this.values[k]) / span,
      [m0, m1] = [start, end].map((t) => gain / (this.f(a + d * this.ramp(t)) * this.rise(t) * d));
    if (!(m0 < 3 && m1 < 3)) return start + span * share;
    const rest = 1 - share;
    return start + span * share * (share * (3 - 2 * share) + m0 * rest * rest - m1 * share * rest);
  }

  /** Solve F(x) = value: Newton's method in t, kept inside a shrinking bracket. */
  inverse(value) {
    if (!(value > 0)) return 0;
    if (value >= this.total) return 1;
    const k = locate(this.values, value),
      [a, d, start, end] = this.panels[k];
    let t0 = start,
      t1 = end;
    let t = this.guess(k, (value - this.values[k]) / (this.values[k + 1] - this.values[k]));
    for (let i = 0; i < 60; i++) {
      const excess = this.values[k] + this.part(a, d, start, t) - value;
      if (Math.abs(excess) <= 1e-14 * this.total) break;
      if (excess < 0) t0 = t;
      else t1 = t;
      const next = t - excess / (this.f(a + d * this.ramp(t)) * this.rise(t) * d);
      t = next > t0 && next < t1 ? next : (t0 + t1) / 2;
      if (t === next && Math.abs(excess) <= this.near * this.total) break;
    }
    return a + d * this.ramp(t);
  }
}
