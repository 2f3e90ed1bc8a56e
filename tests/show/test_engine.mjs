// The engine against its golden vectors: GOLDEN names the file, ENGINE the folder of the sources.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const load = (name) => import(pathToFileURL(`${process.env.ENGINE}/compute/${name}.mjs`));
const [quadrature, problems, densities, moments, errors, optimum, learning, states, python] = await Promise.all(
  ["quadrature", "problem", "density", "moments", "errors", "optimum", "learning", "state", "python"].map(load),
);
const golden = JSON.parse(readFileSync(process.env.GOLDEN));
const AT = [0.03, 0.25, 0.47, 0.61, 0.9],
  worst = {};

/** Relative to the expected size, or to `scale` where that is larger. */
function close(name, actual, expected, tolerance = 1e-9, scale = 1) {
  const a = Array.from([actual].flat()).flatMap((v) => (ArrayBuffer.isView(v) ? [...v] : [v])),
    b = [expected].flat();
  assert.equal(a.length, b.length, name);
  a.forEach((value, i) => {
    const miss = Math.abs(value - b[i]) / Math.max(scale, Math.abs(b[i]));
    worst[name] = Math.max(worst[name] ?? 0, miss);
    assert.ok(miss <= tolerance, `${name}[${i}] is ${value}, zcmoe says ${b[i]}: off by ${miss}`);
  });
}
const excess = (name, value, expected) => close(name, value, expected, 1e-9, 1e-6); // σ² would hide it

for (const [k, { state, numbers }] of golden.states.entries()) {
  test(`${k} ${JSON.stringify({ ...state, beta: state.beta.kind, cuts: state.cuts.kind })}`, () => {
    const problem = problems.makeProblem(states.checkState(state)),
      cuts = states.makeCuts(problem, state);
    const found = moments.regionMoments(problem, cuts);
    close("β", AT.map(problem.beta), numbers.beta);
    close("β'", AT.map(problem.slope), numbers.slope);
    close("p", AT.map(problem.pdf), numbers.pdf);
    if (numbers.density) {
      const density = densities.optimalDensity(problem);
      close("λ*", AT.map(density.pdf), numbers.density);
      // Where λ* is nearly 0, g is steep; cuts are weighed by λ there.
      close("compander", densities.fromDensity(density, state.m), numbers.compander, 1e-8);
    }
    close("A*", errors.highRateCoefficient(problem), numbers.coefficient, 1e-9, 1e-6);
    excess("(23)", errors.minimalExcess(problem, state.m), numbers.minimal);
    if (numbers.optimum !== null) excess("optimum", optimum.optimalIntervals(problem, state.m).excess, numbers.optimum);
    if (numbers.edges) {
      // not where two optima are as good
      close("cuts", cuts, numbers.edges, 1e-8);
      close("P", found.probability, numbers.probability, 1e-8);
      close("c", found.mean, numbers.mean, 1e-8);
      close("v", found.variance, numbers.variance, 1e-8);
      excess("(10)", errors.approximationExcess(found), numbers.approximation);
      excess("(19)", errors.smallRegionExcess(problem, cuts), numbers.small_region);
      excess("(21)", errors.highRateExcess(problem, cuts), numbers.high_rate);
      const data = learning.sample(problem, learning.uniforms(state.n, state.seed));
      close("x", data.x.slice(0, 20), numbers.x);
      close("y", data.y.slice(0, 20), numbers.y);
      const fit = learning.fitExperts(cuts, data);
      close("ĉ", fit.constants, numbers.learned, 1e-8);
      excess("(7)", errors.testExcess(found, fit.constants), numbers.test);
      const parts = learning.expectedEstimationError(problem, found, state.n);
      ["noise", "within", "empty"].forEach((part) => excess(part, parts[part], numbers[part]));
      excess("expected", learning.expectedTestExcess(problem, found, state.n), numbers.expected);
    }
    close("m*", learning.numberOfExperts(problem, state.n), numbers.number);
    if (numbers.best) {
      const tried = Array.from({ length: 64 }, (_, i) => i + 1);
      assert.equal(learning.bestNumberOfExperts(problem, state.n, tried).m, numbers.best);
    }
    assert.deepEqual(states.decode(states.encode(state)), state);
  });
}
test.after(() =>
  console.log(
    Object.entries(worst)
      .map(([name, miss]) => `${name} ${miss.toExponential(0)}`)
      .join("  "),
  ),
);

test("zeros of a typed formula", async () => {
  const { zeros } = await load("formula");
  close("crossed", zeros((x) => x - 0.3), [0.3]);
  for (let k = 0; k <= 64; k++) {
    const c = 0.37109375 + k / 2 ** 15; // at a place of the scan, and midway between two
    close("touched", zeros((x) => (x - c) ** 2), [c], 1e-6);
  }
  close("none", zeros((x) => 1 + x), []);
  close("flat from here on", zeros((x) => Math.max(0.5 - x, 0)), []);
  close("flat up to here", zeros((x) => Math.max(x - 0.5, 0)), []);
  close(
    "of a wave",
    zeros((x) => Math.cos(6 * Math.PI * x)),
    [1, 3, 5, 7, 9, 11].map((k) => k / 12),
  );
});

test("where a drawn curve turns", async () => {
  const { drawn } = await load("spline");
  const heights = [
    ...golden.states.flatMap(({ state }) => (state.beta.kind === "drawn" ? [state.beta.y] : [])),
    Array.from({ length: 25 }, (_, i) => Math.sin(1.7 * i) + (i % 3) / 4),
    Array.from({ length: 25 }, (_, i) => (i - 11.3) ** 2 / 99), // one turn, beside a knot
  ];
  for (const y of heights) {
    const { slope, critical, breaks } = drawn(y),
      places = [...critical, ...breaks],
      n = 24 * 40;
    critical.forEach((x) => assert.ok(Math.abs(slope(x)) < 1e-11, `the slope at ${x} is ${slope(x)}`));
    for (let i = 0; i < n; i++) {
      const [a, b] = [(i + 0.01) / n, (i + 1.01) / n];
      if (slope(a) * slope(b) < 0) assert.ok(places.some((x) => a <= x && x <= b), `none between ${a} and ${b}`);
    }
  }
});

test("panels, and places in them", () => {
  const { union, locate, adaptivePanels, integrate } = quadrature;
  assert.deepEqual([...union([0, 0.5], [0.5, 0.5 + 1e-15, 1])], [0, 0.5, 1]);
  assert.deepEqual(
    [-1, 0, 0.2, 0.5, 0.7, 1, 2].map((x) => locate([0, 0.5, 1], x)),
    [0, 0, 0, 1, 1, 1, 1],
  );
  // A root hidden inside a panel, beside a function a million times as large.
  const root = (x) => Math.sqrt(Math.abs(x - 0.3)),
    both = [root, (x) => 1e6 * Math.exp(x)],
    { edges, totals } = adaptivePanels((a, b) => both.map((f) => integrate(f, [a, b])), []);
  close("root", totals, [(2 / 3) * (0.3 ** 1.5 + 0.7 ** 1.5), 1e6 * (Math.E - 1)], 1e-13);
  assert.ok(edges.length < 100, `${edges.length} panels`);
  assert.throws(() => adaptivePanels((a, b) => [Math.sin(1e9 * a + b)], []), /does not converge/);
});

test("the expander's first guess is near, and its ends are the ends", () => {
  const F = new quadrature.Antiderivative((x) => 1 + 0.3 * x, [0, 1], 16, true); // x + 0.15 x²
  assert.equal(F.panels.length, 1);
  for (const share of [0.1, 0.4, 0.8]) close("guess", F.guess(0, share), (Math.sqrt(1 + 0.69 * share) - 1) / 0.3, 1e-3);
  assert.deepEqual([-1, 0, F.total, 2].map((value) => F.inverse(value)), [0, 0, 1, 1]);
});

test("in Python a bell is SciPy's where rounding keeps it inside", () => {
  const bell = { ...golden.states[0].state, inputs: { kind: "normal", mean: 0.4, width: 0.2 } };
  assert.match(python.pythonCode(bell), /stats\.truncnorm\(/);
});
