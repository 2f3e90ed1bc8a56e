// The figures in the plane and beyond against zcmoe: GOLDEN names the file, ENGINE the folder of the sources.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const load = (name) => import(pathToFileURL(`${process.env.ENGINE}/compute/${name}.mjs`));
const [plane, polygon, solids, compander, plug, worlds] = await Promise.all(
  ["plane", "polygon", "solids", "compander", "plug_in", "worlds"].map(load),
);
const golden = JSON.parse(readFileSync(process.env.GOLDEN));

/** Relative to what is expected, or to `scale` where that is larger. */
function close(name, actual, expected, tolerance = 1e-9, scale = 1e-6) {
  const [a, b] = [actual, expected].map((v) =>
    Array.from([v].flat()).flatMap((w) => (ArrayBuffer.isView(w) ? [...w] : [w])),
  );
  assert.equal(a.length, b.length, name);
  a.forEach((value, i) => {
    const miss = Math.abs(value - b[i]) / Math.max(scale, Math.abs(b[i]));
    assert.ok(miss <= tolerance, `${name}[${i}] is ${value}, zcmoe says ${b[i]}: off by ${miss}`);
  });
}

for (const [k, { name, state, numbers }] of golden.planes.entries()) {
  test(`${k} ${name} ${state.beta ?? state.turn}`, () => {
    worlds.checkWorld(name, state);
    const problem = name === "slabs" ? plane.waveProblem(state.waves) : plane.PLANES[state.beta];
    const cut =
      name === "slabs" ? polygon.slabCells(state.m, (state.turn * Math.PI) / 180) : polygon.voronoiCells(state.centers);
    const cells = name === "slabs" ? plane.waveMoments(state.waves, cut) : plane.planeMoments(problem, cut);
    close(
      "volume",
      cells.map((c) => c.area),
      numbers.volume,
      1e-9,
    );
    close(
      "centroid",
      cells.flatMap((c) => c.centroid),
      numbers.centroid.flat(),
    );
    close(
      "J",
      cells.flatMap(({ inertia: [xx, xy, yy] }) => [xx, xy, xy, yy]),
      numbers.inertia.flat(2),
      1e-9,
      1e-3,
    );
    close(
      "P",
      cells.map((c) => c.probability),
      numbers.probability,
    );
    close(
      "c",
      cells.map((c) => c.mean),
      numbers.mean,
      1e-9,
      1,
    );
    close("(10)", plane.planeExcess(cells), numbers.excess);
    close("(28)", plane.boundSum(problem, cells), numbers.bound);
    close("anisotropic", plane.anisotropicSum(problem, cells), numbers.anisotropic);
    if (numbers.coefficient) {
      close("(54)", plane.planeCoefficient(problem, 1 / 12), numbers.coefficient);
      close("k-means", plane.relaxed(cells).flat(), numbers.heavy.flat());
    }
    assert.deepEqual(worlds.decodeWorld(name, worlds.encodeWorld(state)), state);
  });
}

test("the normalized moments of cells", () => {
  for (const [name, moment] of Object.entries(golden.solids))
    close(name, solids.solidMoment(solids.SOLIDS[name]).moment, moment);
  close("ball", solids.sphereBound, golden.ball);
  for (const { corners, moment } of golden.polygons) {
    close("M", polygon.normalizedMoment(polygon.polygonGeometry(corners)), moment);
  }
});

for (const { law, m, numbers } of golden.companders) {
  test(`the compander of the ${law} law, m = ${m}`, () => {
    const line = compander.LINES[law],
      found = compander.companded(law, m);
    close("G", golden.at.map(line.compress), numbers.cdf);
    close(
      "g",
      golden.share.map((u) => line.expand(u)),
      numbers.ppf,
      1e-9,
      1,
    );
    close("p", golden.at.map(line.pdf), numbers.pdf);
    close("thresholds", found.edges.slice(1, -1), numbers.thresholds, 1e-9, 1);
    close("levels", found.levels, numbers.levels, 1e-9, 1);
    close("(42)", found.distortion, numbers.distortion);
    close("(47)", line.constant, numbers.constant);
  });
}

for (const [k, { text, x, y, numbers }] of golden.data.entries()) {
  test(`numbers of a reader's, ${k}`, () => {
    const data = plug.readColumns(text);
    assert.deepEqual([...data.x], x);
    assert.deepEqual([...data.y], y);
    const found = plug.plugIn(data.x, data.y);
    close("σ̂²", found.noiseVariance, numbers.noise, 1e-9, 1e-12);
    close("h", found.bandwidth, numbers.bandwidth);
    close("Â", found.coefficient, numbers.coefficient, 1e-7, 1e-12);
    if (numbers.experts !== null)
      close("m̂", found.numberOfExperts, numbers.experts, 1e-7); // fits between examples far apart cancel
    else assert.equal(found.numberOfExperts, Infinity);
    const cuts = plug.plugInCuts(found, numbers.cuts.length - 1);
    close("cuts", cuts, numbers.cuts, 1e-9, Math.max(...x.map(Math.abs)));
    close("left out", plug.leaveOneOutError(cuts, data), numbers.left_out, 1e-9, 1e-12);
    close("left out, equal cuts", plug.leaveOneOutError(numbers.equal, data), numbers.equal_left_out, 1e-9, 1e-12);
  });
}

test("rows that are none are refused by their line", () => {
  const said = (text) => {
    try {
      plug.readColumns(text);
      return null;
    } catch (error) {
      return `${error.constructor.name}: ${error.message}`;
    }
  };
  for (const [text, words] of golden.refused)
    assert.ok(said(text)?.startsWith("Refused") && said(text).includes(words), `${text}: ${said(text)}`);
});
