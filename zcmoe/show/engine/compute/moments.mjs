// Region moments, what everything exact is made of: the twin of zcmoe.region_moments.
import { gauss, union } from "./quadrature.mjs";

/** P_i (36), c_i (9) and v_i = Var(β | A_i), and Eβ. A region of probability 0 has mean Eβ and variance 0. */
export function regionMoments(problem, cuts) {
  const m = cuts.length - 1,
    [node, weight] = gauss(16),
    panels = union(cuts, problem.panels);
  const probability = new Float64Array(m),
    mean = new Float64Array(m),
    variance = new Float64Array(m);
  const n = 16 * (panels.length - 1),
    mass = new Float64Array(n),
    value = new Float64Array(n);
  const region = new Uint16Array(panels.length);
  let sum = 0,
    average = 0;
  for (let k = 0, i = 0; k + 1 < panels.length; k++) {
    const a = panels[k],
      h = panels[k + 1] - a;
    while (i < m - 1 && a >= cuts[i + 1] - 1e-14) i++;
    region[k] = i;
    for (let j = 0, q = 16 * k; j < 16; j++, q++) {
      const x = a + h * node[j];
      mass[q] = h * weight[j] * problem.pdf(x);
      value[q] = problem.beta(x);
      probability[i] += mass[q];
      mean[i] += mass[q] * value[q];
      sum += mass[q];
      average += mass[q] * value[q];
    }
  }
  average /= sum;
  for (let i = 0; i < m; i++) mean[i] = probability[i] > 0 ? mean[i] / probability[i] : average;
  for (let q = 0; q < n; q++) {
    const i = region[q >> 4];
    variance[i] += mass[q] * (value[q] - mean[i]) ** 2; // about the region's own mean: nothing cancels
  }
  for (let i = 0; i < m; i++) variance[i] = probability[i] > 0 ? variance[i] / probability[i] : 0;
  return { probability, mean, variance, average };
}
