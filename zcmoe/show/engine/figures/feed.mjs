// F4, feed the experts: what learning from n examples adds, and how many experts that makes best.
import { approximationExcess, highRateCoefficient, testExcess } from "../compute/errors.mjs";
import {
  expectedEstimationError,
  expectedTestExcess,
  fitExperts,
  numberOfExperts,
  sample,
  uniforms,
} from "../compute/learning.mjs";
import { regionMoments } from "../compute/moments.mjs";
import { uniformCuts } from "../compute/quadrature.mjs";
import { makeDensity } from "../compute/state.mjs";
import { Figure } from "../draw/figure.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, number, set, show, tenth, write } from "../draw/svg.mjs";
import { button, slider } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const CROWD = 200; // experts
const SIZES = [50, 100, 200, 500, 1000, 2000, 5000, 10000];
const SHOWN = 1000; // dots
const PARTS = ["approximation", "noise", "within", "empty"];
const SPOTS = {
  // where the name of a part stands: at which m, how far below its curve
  approximation: [170, "approximation", "end", 22],
  noise: [8, "noise", "start", 18],
  within: [1.2, "spread", "start", -6],
  empty: [60, "empty", "start", 18],
};
// Along the curves: every m at first, then in steps of about 4 %.
const ALONG = Array.from({ length: 200 }, (_, i) => i + 1).filter(
  (m) => m <= 24 || Math.floor(25 * Math.log(m)) > Math.floor(25 * Math.log(m - 1)),
);

export class Feed extends Figure {
  static name = "Feed the experts";
  static lines = 4;
  static preset = { m: 10, n: 1000, cuts: { kind: "uniform" } };
  static unit = "expected error beyond noise";
  static caption = "Examples, the constants learned from them, and the best ones; below, the expected error.";

  fresh() {
    this.been = new Set();
    this.flag = null; // the m at which the reader planted it
    this.ghosts = [];
  }

  build(svg) {
    this.moments = new Map(); // m -> region moments of equal cuts
    this.top = new Panel(svg, { y: { range: [-2, 2], ticks: [-2, -1, 0, 1, 2] }, label: "y" });
    this.dots = this.top.mark("dots");
    this.old = this.top.mark("ghost");
    this.best = this.top.mark("exact");
    this.learned = this.top.mark("experts");
    this.hollow = this.top.mark("hollow");
    this.words = [this.top.word("experts", "end"), this.top.word("exact", "end")];
    this.bottom = new Panel(svg, {
      x: { range: [1, CROWD], log: true, ticks: [1, 5, 20, 60, 200] },
      xLabel: "experts m",
      y: { range: [1e-4, 1], log: true, ticks: [[1e-4, "10⁻⁴"], [1e-3, "10⁻³"], [0.01, "0.01"], [0.1, "0.1"], 1] },
      label: "expected error",
    });
    this.lines = Object.fromEntries(PARTS.map((part) => [part, this.bottom.mark(`part-${part}`)]));
    this.partWords = Object.fromEntries(PARTS.map((part) => [part, this.bottom.word("part")]));
    this.total = this.bottom.mark("exact");
    this.dotsBeen = this.bottom.mark("exact-dot");
    this.formula = this.bottom.mark("theory");
    this.marks = [this.bottom.mark("guess"), this.bottom.mark("exact")];
    this.markWords = ["rival", "exact", "theory", "exact"].map((role) => this.bottom.word(role, "middle"));
    this.canvas = element("rect", { class: "zcl-hit zcl-rail" }, svg);
    this.knob = new Handle(svg, {
      shape: DOT,
      role: "exact",
      step: ({ dx, dy, end }) =>
        this.commit({
          m: end ? (end < 0 ? 1 : CROWD) : clamp(this.state.m + (dx || dy), 1, CROWD),
        }),
    });
    this.hand(this.canvas, { move: ([px]) => this.change({ m: Math.round(clamp(this.bottom.x.back(px), 1, CROWD)) }) });
    this.buildControls();
  }

  buildControls() {
    const put = (part, final) => this[final ? "commit" : "change"](part);
    this.sliders = [
      slider(
        this.controls,
        "noise ±B",
        19,
        () => [Math.round(20 * this.state.noise) - 1, this.state.noise.toFixed(2)],
        (k, final) => put({ noise: (k + 1) / 20 }, final),
      ),
      slider(
        this.controls,
        "examples n",
        SIZES.length - 1,
        () => [SIZES.indexOf(this.state.n), `${this.state.n}`],
        (k, final) => {
          this.ghosts = [];
          put({ n: SIZES[k] }, final);
        },
      ),
    ];
    button(this.controls, "new data", () => {
      this.ghosts = [...this.ghosts, this.view.fit.constants].slice(-6);
      this.ghostsOf = this.state.m;
      this.commit({ seed: this.state.seed + 1 });
    });
    this.plant = button(this.controls, "plant the flag here", () => {
      this.flag = this.state.m;
      this.commit();
    });
  }

  layout(width) {
    const [left, right] = [40, width - 14];
    this.top.place(left, 24, right, 194);
    this.bottom.place(left, 244, right, 434);
    set(this.canvas, { x: left, y: 244, width: right - left, height: 190 });
    ["learned", "best"].forEach((word, i) => {
      write(this.words[i], word);
      set(this.words[i], { x: right - 50 * (1 - i), y: 16 });
    });
    this.drawn = null;
    return 474;
  }

  /** Moments of m equal regions: they don't depend on the noise or the examples. */
  at(problem, m) {
    if (!this.moments.has(m)) this.moments.set(m, regionMoments(problem, uniformCuts(m)));
    return this.moments.get(m);
  }

  see({ problem, cuts, moments, excess, m }) {
    const { n, seed, beta, inputs } = this.state,
      key = JSON.stringify([beta, inputs]);
    if (this.known !== key) [this.known, this.moments] = [key, new Map()];
    const u = this.once("uniforms", `${n} ${seed}`, () => uniforms(n, seed));
    const x = this.once("places", `${JSON.stringify(inputs)} ${n} ${seed}`, () => u.place.map(problem.inputsPpf));
    const data = this.once("data", `${this.dataKey} ${n} ${seed}`, () => sample(problem, u, x));
    const fit = fitExperts(cuts, data),
      parts = { approximation: excess, ...expectedEstimationError(problem, moments, n) };
    this.been.add(m);
    const total = (k) => expectedTestExcess(problem, this.at(problem, k), n);
    return {
      data,
      fit,
      parts,
      total,
      expected: total(m),
      test: testExcess(moments, fit.constants),
      ...this.truth(problem, total),
    };
  }

  /** The best m of all, found once a flag stands. */
  truth(problem, total) {
    if (this.flag === null) return {};
    const { n } = this.state;
    return this.once("truth", `${this.dataKey} ${n}`, () => {
      const errors = Array.from({ length: CROWD }, (_, i) => total(i + 1)),
        least = Math.min(...errors);
      const curves = ALONG.map((m) => {
        const moments = this.at(problem, m);
        return { approximation: approximationExcess(moments), ...expectedEstimationError(problem, moments, n) };
      });
      return {
        errors,
        curves,
        least,
        bestM: errors.indexOf(least) + 1,
        formulaM: numberOfExperts(problem, n, highRateCoefficient(problem, makeDensity(problem, this.state))),
      };
    });
  }

  paint(view) {
    const { cuts, moments, fit, data, expected, parts, m } = view,
      { top, bottom } = this;
    if (this.drawn !== data) {
      const step = Math.ceil(data.x.length / SHOWN);
      let d = "";
      for (let j = 0; j < data.x.length; j += step)
        d += `M${tenth(top.x.to(data.x[j]) - 1)} ${tenth(top.y.to(data.y[j]) - 1)}h2v2h-2z`;
      set(this.dots, { d });
      this.drawn = data;
    }
    const filled = (i) => fit.count[i] > 0;
    set(this.best, { d: top.plateaus(cuts, moments.mean) });
    set(this.learned, { d: top.plateaus(cuts, fit.constants, filled) });
    set(this.hollow, { d: hollowBars(top, cuts, fit.constants, filled) });
    const ghosts = this.ghostsOf === m ? this.ghosts : [];
    set(this.old, { d: ghosts.map((constants) => top.plateaus(cuts, constants)).join("") });
    this.knob.place(bottom.x.to(m), bottom.y.to(expected), {
      label: "experts m",
      min: 1,
      max: CROWD,
      now: m,
      text: `${m} experts, expected error beyond noise ${number(expected)}`,
    });
    let d = "";
    for (const k of this.been)
      d += `M${tenth(bottom.x.to(k)) - 2} ${tenth(bottom.y.to(view.total(k)))}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0`;
    set(this.dotsBeen, { d });
    this.paintTruth(view);
    for (const update of this.sliders) update();
    this.plant.disabled = this.flag !== null;
    this.read(number(expected));
    const [a, noise, spread, empty] = PARTS.map((part) => parts[part].toFixed(5));
    const words = `m = ${m}: approximation ${a}, noise ${noise}, spread ${spread}, empty ${empty}.`;
    write(
      this.verdict,
      this.flag === null
        ? `${words} Drag m along the axis: where is the error least?`
        : `${words} Least at m = ${view.bestM}: ${number(view.least)}. The formula says ${view.formulaM.toFixed(1)}; ` +
            `your flag stands at ${this.flag}.`,
    );
  }

  paintTruth({ curves, errors, bestM, least, formulaM }) {
    const { bottom } = this,
      open = this.flag !== null;
    for (const part of PARTS) {
      set(this.lines[part], {
        d: open
          ? bottom.curve(
              ALONG,
              curves.map((c) => Math.max(c[part], 1e-9)),
            )
          : "",
      });
      show(this.partWords[part], open);
    }
    for (const node of [this.total, this.formula, ...this.marks, ...this.markWords]) show(node, open);
    if (!open) return;
    const y = bottom.y.to,
      at = (m) => tenth(bottom.x.to(m));
    for (const [part, [m, word, anchor, dy]] of Object.entries(SPOTS)) {
      const height = y(curves[ALONG.findIndex((k) => k >= m)][part]);
      write(this.partWords[part], word);
      set(this.partWords[part], {
        x: at(m),
        y: tenth(clamp(height + dy, bottom.top + 12, bottom.bottom - 4)),
        "text-anchor": anchor,
      });
    }
    set(this.total, {
      d: bottom.curve(
        ALONG,
        ALONG.map((m) => errors[m - 1]),
      ),
    });
    set(this.formula, { d: `M${at(formulaM)} ${bottom.top}V${bottom.bottom}` });
    set(this.marks[0], { d: `M${at(this.flag)} ${bottom.top}V${bottom.bottom}` });
    set(this.marks[1], { d: `M${at(bestM)} ${tenth(y(least)) - 14}V${bottom.bottom}` });
    ["your flag", `best: ${bestM}`, "formula", "sum"].forEach((word, i) => write(this.markWords[i], word));
    set(this.markWords[0], { x: at(this.flag), y: bottom.top + 12 });
    set(this.markWords[1], { x: at(bestM), y: tenth(y(least)) - 18 });
    set(this.markWords[3], { x: at(1.4), y: tenth(y(errors[0])) - 6 });
    set(this.markWords[2], { x: at(formulaM), y: bottom.top + 28 });
  }
}

/** Constants of regions without an example: hollow. */
function hollowBars(panel, cuts, constants, filled) {
  let d = "";
  constants.forEach((c, i) => {
    if (filled(i)) return;
    const [a, b, y] = [tenth(panel.x.to(cuts[i])), tenth(panel.x.to(cuts[i + 1])), tenth(panel.y.to(c))];
    d += `M${a} ${y - 2.5}H${b}V${y + 2.5}H${a}Z`;
  });
  return d;
}
