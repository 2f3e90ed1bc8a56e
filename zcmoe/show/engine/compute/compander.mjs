// Quantizing one variable of variance 1 through a compander (Appendix A): the twin of zcmoe/quantization.py.
import { upperTail } from "./problem.mjs";

const ROOT3 = Math.sqrt(3),
  ROOT2 = Math.SQRT2;
const normalPdf = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Newton's method with bisection on an increasing F between two places. */
function solve(F, slope, value, low, high) {
  let x = (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const miss = F(x) - value;
    if (miss > 0) high = x;
    else low = x;
    const next = x - miss / slope(x);
    const to = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(to - x) < 1e-16 * (1 + Math.abs(x))) return to;
    x = to;
  }
  return x;
}

/** p; its partial moments ∫ p, ∫ xp, ∫ x²p from x to ∞; the compressor G (48), the expander g (49); (47). */
export const LINES = {
  uniform: {
    reach: ROOT3,
    pdf: (x) => (Math.abs(x) <= ROOT3 ? 1 / (2 * ROOT3) : 0),
    tails(t) {
      const x = Math.min(Math.max(t, -ROOT3), ROOT3);
      return [(ROOT3 - x) / (2 * ROOT3), (3 - x * x) / (4 * ROOT3), (3 * ROOT3 - x ** 3) / (6 * ROOT3)];
    },
    compress: (x) => Math.min(Math.max((x + ROOT3) / (2 * ROOT3), 0), 1),
    expand: (u) => ROOT3 * (2 * u - 1),
    constant: 1, // (1/12) (2√3)² · 1
  },
  normal: {
    reach: Infinity,
    pdf: normalPdf,
    tails(x) {
      if (!Number.isFinite(x)) return x < 0 ? [1, 0, 1] : [0, 0, 0];
      const tail = upperTail(x / ROOT2);
      return [tail, normalPdf(x), x * normalPdf(x) + tail];
    },
    compress: (x) => 1 - upperTail(x / (ROOT3 * ROOT2)), // λ* is normal too, √3 times as wide
    expand(u) {
      if (u <= 0 || u >= 1) return u <= 0 ? -Infinity : Infinity;
      if (u > 0.5) return -this.expand(1 - u);
      return ROOT3 * solve((z) => upperTail(-z / ROOT2), normalPdf, u, -40, 0.001);
    },
    constant: (ROOT3 * Math.PI) / 2,
  },
  laplace: {
    reach: Infinity,
    pdf: (x) => Math.exp(-ROOT2 * Math.abs(x)) / ROOT2,
    tails(x) {
      if (!Number.isFinite(x)) return x < 0 ? [1, 0, 1] : [0, 0, 0];
      const a = Math.abs(x),
        e = Math.exp(-ROOT2 * a) / 2,
        beyond = [e, e * (a + 1 / ROOT2), e * (a * a + ROOT2 * a + 1)];
      return x >= 0 ? beyond : [1 - beyond[0], beyond[1], 1 - beyond[2]];
    },
    compress: (x) => (x < 0 ? Math.exp((ROOT2 * x) / 3) / 2 : 1 - Math.exp((-ROOT2 * x) / 3) / 2),
    expand: (u) => (u < 0.5 ? (3 / ROOT2) * Math.log(2 * u) : (-3 / ROOT2) * Math.log(2 * (1 - u))),
    constant: 4.5,
  },
};

/** Thresholds g(i/m), levels at the means of the cells, and the distortion (42). */
export function companded(law, m) {
  const line = LINES[law],
    edges = Array.from({ length: m + 1 }, (_, i) => line.expand(i / m)),
    tails = edges.map((x) => line.tails(x));
  const levels = [];
  let distortion = 0;
  for (let i = 0; i < m; i++) {
    const [p, first, second] = [0, 1, 2].map((k) => tails[i][k] - tails[i + 1][k]);
    levels.push(first / p);
    distortion += second - (first * first) / p;
  }
  return { edges, levels, distortion };
}
