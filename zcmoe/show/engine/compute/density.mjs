// Segment densities λ and the cuts that they give: the twin of zcmoe/density.py.
import { Antiderivative, Refused, locate } from "./quadrature.mjs";

const FLOOR = 1e-6; // replaces a smaller |β'| in λ* (Section 4.4)

/** λ proportional to f: `pdf`, and `ppf`, the expander g (49). Cells end where f vanishes, kinks or jumps. */
export function segmentDensity(f, cells) {
  const integral = new Antiderivative(f, cells),
    { total } = integral;
  if (!(total > 0)) throw new Refused("the segment density is zero everywhere: β is constant");
  return { total, cells, pdf: (x) => f(x) / total, ppf: (q) => integral.inverse(q * total) };
}

/** λ* (22) ∝ w^(1/3); `power` another exponent of w = p β'². */
export function optimalDensity(problem, floor = FLOOR, power = 1 / 3) {
  const raise = power === 1 / 3 ? Math.cbrt : (w) => w ** power;
  return segmentDensity((x) => raise(problem.weight(x, floor)), problem.cells);
}

/** λ in steps of equal width, as a brush leaves it. */
export function paintedDensity(heights) {
  const k = heights.length,
    sums = [0];
  for (const height of heights) sums.push(sums.at(-1) + height / k);
  const total = sums[k],
    cells = Float64Array.from({ length: k + 1 }, (_, i) => i / k);
  return {
    total,
    cells,
    pdf: (x) => heights[Math.min(Math.floor(x * k), k - 1)] / total,
    ppf: (q) => {
      const i = locate(sums, q * total);
      return (i + Math.min((q * total - sums[i]) / (sums[i + 1] - sums[i]), 1)) / k;
    },
  };
}

/** Cuts at g(i/m) (50). */
export function fromDensity(density, m) {
  return Float64Array.from({ length: m + 1 }, (_, i) => (i === m ? 1 : i ? density.ppf(i / m) : 0));
}
