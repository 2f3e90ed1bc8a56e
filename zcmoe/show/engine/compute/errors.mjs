// Test errors, exact and asymptotic: the twin of zcmoe/errors.py. An excess is an error beyond the noise σ².
import { Antiderivative, integrate, union } from "./quadrature.mjs";

/** P_i v_i, the error of each region. */
export const regionErrors = ({ probability, variance }) => probability.map((p, i) => p * variance[i]);

export const sum = (values) => values.reduce((total, value) => total + value, 0);

export const approximationExcess = (moments) => sum(regionErrors(moments)); // (10), (14)

/** (7) less σ², for the constants of any experts. */
export function testExcess({ probability, mean, variance }, constants) {
  return sum(probability.map((p, i) => p * (variance[i] + (constants[i] - mean[i]) ** 2)));
}

export function smallRegionExcess(problem, cuts) {
  // (19)
  let total = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    total += (problem.weight((cuts[i] + cuts[i + 1]) / 2) * (cuts[i + 1] - cuts[i]) ** 3) / 12;
  }
  return total;
}

/** (21) with the density that the cuts imply, λ = 1/(m Δ_i) on region i (20). */
export function highRateExcess(problem, cuts) {
  const panels = union(cuts, problem.panels);
  let total = 0;
  for (let k = 0, i = 0; k + 1 < panels.length; k++) {
    while (i < cuts.length - 2 && panels[k] >= cuts[i + 1] - 1e-14) i++;
    total += (integrate(problem.weight, panels.subarray(k, k + 2)) * (cuts[i + 1] - cuts[i]) ** 2) / 12;
  }
  return total;
}

/** m² times the high-rate excess: ∫ w/λ² / 12 (21), and for λ* (density null) A* = Z³/12 with Z = ∫ w^(1/3) (23). */
export function highRateCoefficient(problem, density = null) {
  if (!density) return new Antiderivative((x) => Math.cbrt(problem.weight(x)), problem.cells).total ** 3 / 12;
  const f = (x) => {
    const w = problem.weight(x);
    return w > 0 ? w / density.pdf(x) ** 2 : 0;
  };
  return new Antiderivative(f, union(problem.cells, density.cells)).total / 12;
}

/** ∫ w/λ² over (∫ w^(1/3))³: 1 at λ*, and by Hölder's inequality never less. */
export const hoelderRatio = (problem, density) => highRateCoefficient(problem, density) / highRateCoefficient(problem);

export const minimalExcess = (problem, m) => highRateCoefficient(problem) / m ** 2; // (23)
