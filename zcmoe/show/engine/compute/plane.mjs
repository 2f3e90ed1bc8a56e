// Problems over the unit square, cut into polygons: the twin of region_moments, (28) and its parts, (54), for d = 2.
import { polygonGeometry, polygonRule, SQUARE } from "./polygon.mjs";
import { INPUTS } from "./problem.mjs";
import { gauss } from "./quadrature.mjs";

const TURN = 2 * Math.PI;
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
export function planeMoments(problem, cells, longest = undefined) {
  return cells.map((cell) => {
    const { x, y, weight } = polygonRule(cell, 10, longest);
    const mass = weight.map((v, j) => v * problem.pdf(x[j], y[j])),
      value = mass.map((_, j) => problem.beta(x[j], y[j]));
    const probability = mass.reduce((total, v) => total + v, 0);
    const mean = probability > 0 ? mass.reduce((total, v, j) => total + v * value[j], 0) / probability : 0;
    const spread = mass.reduce((total, v, j) => total + v * (value[j] - mean) ** 2, 0);
    let [w, wx, wy] = [0, 0, 0];
    weight.forEach((v, j) => {
      const each = v * planeWeight(problem, x[j], y[j]);
      w += each;
      wx += each * x[j];
      wy += each * y[j];
    });
    const geometry = polygonGeometry(cell);
    const heavy = w > 0 ? [wx / w, wy / w] : geometry.centroid;
    return { probability, mean, error: spread, heavy, ...geometry };
  });
}

const total = (values) => values.reduce((sum, v) => sum + v, 0);

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
