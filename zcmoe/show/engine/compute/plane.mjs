// Problems over the unit square, cut into polygons: the twin of region_moments, (28) and its parts, (54), for d = 2.
import { polygonGeometry, polygonRule, SQUARE } from "./polygon.mjs";
import { INPUTS } from "./problem.mjs";
import { gauss } from "./quadrature.mjs";

const TURN = 2 * Math.PI;
const total = (values) => values.reduce((sum, v) => sum + v, 0);
const PEAK = [0.3, 0.6];
const hill = (x, y) => Math.exp(-12 * ((x - PEAK[0]) ** 2 + (y - PEAK[1]) ** 2));
const CROWD_LAWS = [INPUTS.normal({ mean: 0.4, width: 0.2 }), INPUTS.normal({ mean: 0.6, width: 0.25 })];
const crowd = (x, y) => CROWD_LAWS[0](x) * CROWD_LAWS[1](y);

/** { beta, gradient, pdf, cones: where the gradient vanishes }. */
export const PLANES = {
  cosine: {
    beta: (x, y) => Math.cos(TURN * x) + y * y,
    gradient: (x, y) => [-TURN * Math.sin(TURN * x), 2 * y],
    pdf: crowd,
    cones: [
      [0, 0],
      [0.5, 0],
      [1, 0],
    ],
  },
  bump: {
    beta: hill,
    gradient: (x, y) => [-24 * (x - PEAK[0]) * hill(x, y), -24 * (y - PEAK[1]) * hill(x, y)],
    pdf: crowd,
    cones: [PEAK],
  },
};

/** β = cos(2πk x₂) under uniform inputs. */
export const waveProblem = (k) => ({
  beta: (x, y) => Math.cos(TURN * k * y),
  gradient: (x, y) => [0, -TURN * k * Math.sin(TURN * k * y)],
  pdf: () => 1,
});

export const planeWeight = ({ pdf, gradient }, x, y) => {
  const [a, b] = gradient(x, y);
  return pdf(x, y) * (a * a + b * b);
};

/** P_i, c_i, v_i of each cell, its geometry, and the centre of its mass of w. */
export function planeMoments(problem, cells) {
  return cells.map((cell) => {
    const { x, y, weight } = polygonRule(cell),
      n = weight.length,
      mass = new Float64Array(n),
      value = new Float64Array(n);
    let [probability, mean, error, w, wx, wy] = [0, 0, 0, 0, 0, 0];
    for (let j = 0; j < n; j++) {
      const p = weight[j] * problem.pdf(x[j], y[j]),
        [a, b] = problem.gradient(x[j], y[j]),
        heavy = p * (a * a + b * b);
      mass[j] = p;
      value[j] = problem.beta(x[j], y[j]);
      probability += p;
      mean += p * value[j];
      w += heavy;
      wx += heavy * x[j];
      wy += heavy * y[j];
    }
    mean = probability > 0 ? mean / probability : 0;
    for (let j = 0; j < n; j++) error += mass[j] * (value[j] - mean) ** 2;
    const geometry = polygonGeometry(cell);
    return { probability, mean, error, heavy: w > 0 ? [wx / w, wy / w] : geometry.centroid, ...geometry };
  });
}

/** The same for a wave, which x₂ alone decides: each cell's width at x₂ is straight between its corners' heights. */
export function waveMoments(k, cells) {
  const [node, weight] = gauss(16);
  return cells.map((cell) => {
    const heights = [...new Set(cell.map(([, y]) => y))].sort((a, b) => a - b),
      sums = [0, 0, 0];
    for (let i = 0; i + 1 < heights.length; i++) {
      const [low, rise] = [heights[i], heights[i + 1] - heights[i]],
        [first, last] = [0.25, 0.75].map((t) => widthAt(cell, low + t * rise)),
        pieces = Math.ceil(k * rise);
      for (let q = 0; q < 16 * pieces; q++) {
        const t = (Math.floor(q / 16) + node[q % 16]) / pieces,
          mass = (rise / pieces) * weight[q % 16] * (first + (last - first) * (2 * t - 0.5)),
          value = Math.cos(TURN * k * (low + t * rise));
        sums[0] += mass;
        sums[1] += mass * value;
        sums[2] += mass * value * value;
      }
    }
    const [probability, first, second] = sums,
      mean = probability > 0 ? first / probability : 0;
    return { probability, mean, error: Math.max(second - first * mean, 0), ...polygonGeometry(cell) };
  });
}

function widthAt(cell, y) {
  let [left, right] = [Infinity, -Infinity];
  cell.forEach(([a, b], i) => {
    const [c, d] = cell[(i + 1) % cell.length];
    if (b < y === d < y) return;
    const x = a + ((c - a) * (y - b)) / (d - b);
    [left, right] = [Math.min(left, x), Math.max(right, x)];
  });
  return right > left ? right - left : 0;
}

export const planeExcess = (cells) => total(cells.map(({ error }) => error)); // (10) less σ²

/** The sum in (28): Σ w(x_i) tr J_i. */
export const boundSum = (problem, cells) =>
  total(
    cells.map(({ area, centroid, inertia: [xx, , yy] }) => (area ? planeWeight(problem, ...centroid) * (xx + yy) : 0)),
  );

/** The same before Cauchy–Schwarz: Σ p ∇βᵀ J ∇β. */
export const anisotropicSum = (problem, cells) =>
  total(
    cells.map(({ area, centroid, inertia: [xx, xy, yy] }) => {
      const [a, b] = problem.gradient(...centroid);
      return area ? problem.pdf(...centroid) * (a * a * xx + 2 * a * b * xy + b * b * yy) : 0;
    }),
  );

/** m times (54) less σ² for cells of moment M: M (∫ √w)². Lines through the cones cut the square into boxes. */
export function planeCoefficient(problem, moment) {
  const root = (x, y) => Math.sqrt(planeWeight(problem, x, y)),
    [node, weight] = gauss(16);
  const rule = (x, y, h, k) => {
    let sum = 0;
    for (let i = 0; i < 16; i++) {
      for (let j = 0; j < 16; j++) sum += weight[i] * weight[j] * root(x + h * node[i], y + k * node[j]);
    }
    return sum * h * k;
  };
  const refine = (x, y, h, k, whole, depth) => {
    const [a, b] = [h / 2, k / 2],
      quarters = [0, 1, 2, 3].map((q) => [x + (q & 1) * a, y + (q >> 1) * b, a, b]),
      parts = quarters.map((box) => rule(...box));
    if (Math.abs(total(parts) - whole) < 1e-12 || depth === 12) return total(parts);
    return total(quarters.map((box, q) => refine(...box, parts[q], depth + 1)));
  };
  const lines = [0, 1].map((c) => [...new Set([0, 1, ...problem.cones.map((cone) => cone[c])])].sort((a, b) => a - b));
  let sum = 0;
  for (let i = 0; i + 1 < lines[0].length; i++) {
    for (let j = 0; j + 1 < lines[1].length; j++) {
      const box = [lines[0][i], lines[1][j], lines[0][i + 1] - lines[0][i], lines[1][j + 1] - lines[1][j]];
      sum += refine(...box, rule(...box), 0);
    }
  }
  return moment * sum ** 2;
}

/** One step of w-weighted k-means (bound_voronoi): every centre to the centre of the mass of w in its cell. */
export const relaxed = (cells) => cells.map(({ heavy }) => heavy);

export { SQUARE };
