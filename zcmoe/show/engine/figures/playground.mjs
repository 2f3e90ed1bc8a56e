// The playground: one-dimensional problems with everything free.
import { encode, toKnots } from "../compute/state.mjs";
import { optimalDensity } from "../compute/density.mjs";
import {
  highRateCoefficient,
  highRateExcess,
  regionErrors,
  smallRegionExcess,
  testExcess,
} from "../compute/errors.mjs";
import { expectedTestExcess, fitExperts, numberOfExperts, sample, uniforms } from "../compute/learning.mjs";
import { typed } from "../compute/formula.mjs";
import { pythonCode } from "../compute/python.mjs";
import { KNOTS } from "../compute/spline.mjs";
import { Figure, GRID } from "../draw/figure.mjs";
import { Panel, roundTicks } from "../draw/panel.mjs";
import { clamp, element, number, set, show, tenth, write } from "../draw/svg.mjs";
import { button, select, slider, textLine } from "../hand/controls.mjs";
import { CutRail, thousandth } from "../hand/cut_rail.mjs";
import { DOT, Handle } from "../hand/handle.mjs";
import { EXAMPLES, FORMULAS, LAWS_START, LAW_SLIDERS, PRESETS, WORDS } from "./playground_words.mjs";

const MANY_DOTS = 1000;
const FEW_DOTS = 250;
const DENSEST = 5; // of a density in its axes
const CEILING = 8; // of a bar, in units of the level one
const TOP = 1.6; // of y, for most β

export class Playground extends Figure {
  static name = "The playground";
  static preset = {};
  static unit = "error beyond noise";
  static caption = "Drag the cuts; draw β with sideways strokes; drag the bell of the inputs.";

  fresh() {
    this.knot = 12;
  }

  build(svg) {
    const none = { range: [0, 1], ticks: [] };
    this.top = new Panel(svg, { x: none, y: { range: [-TOP, TOP], ticks: [-1, 0, 1] }, label: "y" });
    this.dots = this.top.mark("dots");
    this.lines = this.top.mark("cut");
    this.curve = this.top.mark("beta");
    this.steps = this.top.mark("experts");
    this.learned = this.top.mark("exact");
    this.knots = this.top.mark("knots");
    this.canvas = element("rect", { class: "zcl-hit zcl-brush" }, svg);
    this.pen = new Handle(svg, {
      shape: DOT,
      role: "beta",
      orientation: "vertical",
      description: "left and right: another point",
      step: (keys) => this.penStep(keys),
    });
    this.rail = new CutRail(this, svg);
    this.middle = new Panel(svg, { x: none, y: { range: [0, DENSEST], ticks: [0, 2, 4] }, label: "densities" });
    this.law = this.middle.mark("inputs");
    this.lambda = this.middle.mark("lambda");
    this.implied = this.middle.mark("experts");
    this.words = ["inputs", "lambda", "experts"].map((role) => this.middle.word(role, "end"));
    this.bellArea = element("rect", { class: "zcl-hit zcl-rail" }, svg);
    this.bell = new Handle(svg, {
      shape: DOT,
      role: "inputs",
      description: "up and down: the width",
      step: ({ dx, dy }) => {
        this.moveBell(0.01 * dx, 1.03 ** dy);
        this.commit();
      },
    });
    this.bottom = new Panel(svg, {
      y: { range: [0, CEILING], ticks: [1, 4, 8] },
      label: "error of a region ÷ (Z³/12m³)",
    });
    this.bars = this.bottom.mark("bar");
    this.level = this.bottom.mark("theory");
    this.hand(this.canvas, { move: (point, last) => this.stroke(point, last) });
    this.hand(this.bellArea, {
      move: ([px, py], last) =>
        last && this.moveBell((px - last[0]) / (this.middle.right - this.middle.left), 1.01 ** (last[1] - py)),
    });
    this.buildControls();
  }

  buildControls() {
    const presets = Object.keys(PRESETS).map((word) => [word, word]);
    this.preset = select(this.controls, "start from", [["", "…"], ...presets], (word) => {
      if (word) this.commit(this.whole(PRESETS[word]));
    });
    this.picks = {
      beta: select(this.controls, "β", WORDS.beta, (kind) =>
        this.commit({
          beta: this.betaOf(kind),
        }),
      ),
      inputs: select(this.controls, "inputs", WORDS.inputs, (kind) =>
        this.commit({ inputs: { ...LAWS_START[kind], kind } }),
      ),
      cuts: select(this.controls, "cuts", WORDS.cuts, (kind) =>
        this.glide({
          cuts: kind === "hand" ? { kind, at: Array.from(this.rail.inner, thousandth) } : { kind },
        }),
      ),
    };
    const put = (part, final) => this[final ? "commit" : "change"](part);
    this.formula = textLine(this.controls, "β =", (text, final) => put({ beta: { kind: "typed", text } }, final));
    this.buildInputs(put);
    this.sliders = [
      slider(
        this.controls,
        "experts m",
        63,
        () => [this.state.m - 1, `${this.state.m}`],
        (k, final) =>
          put({ m: k + 1, cuts: this.state.cuts.kind === "hand" ? { kind: "uniform" } : this.state.cuts }, final),
      ),
      slider(
        this.controls,
        "examples n",
        EXAMPLES.length - 1,
        () => [EXAMPLES.indexOf(this.state.n), `${this.state.n || "none"}`],
        (k, final) => put({ n: EXAMPLES[k] }, final),
      ),
      slider(
        this.controls,
        "noise ±B",
        19,
        () => [Math.round(20 * this.state.noise) - 1, this.state.noise.toFixed(2)],
        (k, final) => put({ noise: (k + 1) / 20 }, final),
      ),
    ];
    button(this.controls, "new data", () => this.commit({ seed: this.state.seed + 1 }));
    button(this.controls, "copy link", () => this.link());
    const details = element("details", {}, this.root);
    element("summary", {}, details, "the same in Python");
    this.code = element("code", {}, element("pre", { tabindex: 0 }, details));
  }

  buildInputs(put) {
    this.lawSliders = Object.entries(LAW_SLIDERS).flatMap(([kind, all]) =>
      all.map(([key, word, least, step, steps]) => {
        const value = () => this.state.inputs[key] ?? least;
        const update = slider(
          this.controls,
          `inputs: ${word}`,
          steps,
          () => [Math.round((value() - least) / step), `${value()}`],
          (k, final) => put({ inputs: { ...this.state.inputs, [key]: Number((least + k * step).toFixed(3)) } }, final),
        );
        return Object.assign(update, { kind });
      }),
    );
  }

  betaOf(kind) {
    if (kind === "drawn") return { kind, y: toKnots(this.view.problem) };
    return kind === "typed" ? { kind, text: FORMULAS[this.state.beta.kind] ?? "sin(2*pi*x)" } : { kind };
  }

  /** The axis of y holds still while a hand draws. */
  span() {
    const { kind, y = [] } = this.state.beta;
    if (kind === "exp") return [0.4, 3];
    if (kind === "typed") return this.once("span", this.state.beta.text, () => typedSpan(this.state.beta));
    return [Math.min(-TOP, ...y.map((v) => v - 0.2)), Math.max(TOP, ...y.map((v) => v + 0.2))];
  }

  layout(width) {
    const [left, right] = [28, width - 14],
      [low, high] = (this.top.yAxis.range = this.span());
    this.top.yAxis.ticks = roundTicks(low, high);
    this.top.place(left, 24, right, 204);
    this.rail.place(this.top);
    this.middle.place(left, 272, right, 352);
    this.bottom.place(left, 382, right, 462);
    ["inputs", "λ*", "these cuts"].forEach((word, i) => {
      write(this.words[i], word);
      set(this.words[i], { x: right - [124, 86, 0][i], y: 262 });
    });
    set(this.canvas, { x: left, y: 24, width: right - left, height: 178 });
    set(this.bellArea, { x: left, y: 272, width: right - left, height: 80 });
    set(this.level, { d: `M${left} ${tenth(this.bottom.y.to(1))}H${right}` });
    this.drawn = null;
    return 488;
  }

  see({ problem, cuts, moments, m }) {
    const { n, seed, inputs } = this.state,
      key = this.dataKey;
    const coefficient = this.once("coefficient", key, () => highRateCoefficient(problem)),
      level = coefficient / m ** 3;
    const out = { coefficient, bars: regionErrors(moments).map((e) => (level ? e / level : 0)) };
    out.density = coefficient > 0 ? this.once("λ*", key, () => optimalDensity(problem)) : null;
    if (!n) return out;
    const u = this.once("uniforms", `${n} ${seed}`, () => uniforms(n, seed));
    const x = this.once("places", `${JSON.stringify(inputs)} ${n} ${seed}`, () => u.place.map(problem.inputsPpf));
    out.data = this.once("data", `${key} ${n} ${seed}`, () => sample(problem, u, x));
    out.fit = fitExperts(cuts, out.data);
    return Object.assign(out, {
      test: testExcess(moments, out.fit.constants),
      expected: this.dragging ? NaN : expectedTestExcess(problem, moments, n), // once the hand rests
    });
  }

  /** β follows the stroke: every knot that it passes takes its height. */
  stroke([px, py], last) {
    const { x, y } = this.top,
      k = KNOTS - 1,
      height = (v) => thousandth(clamp(y.back(v), ...this.top.yAxis.range));
    const values = this.state.beta.y ? [...this.state.beta.y] : toKnots(this.view.problem);
    const to = clamp(x.back(px), 0, 1),
      from = last ? clamp(x.back(last[0]), 0, 1) : to;
    this.knot = Math.round(to * k);
    values[this.knot] = height(py);
    for (let i = 0; i <= k; i++) {
      const share = (i / k - from) / (to - from);
      if (share > 0 && share < 1) values[i] = height(last[1] + share * (py - last[1]));
    }
    this.change({ beta: { kind: "drawn", y: values } });
  }

  penStep({ dx, dy, end }) {
    this.knot = end ? (end < 0 ? 0 : KNOTS - 1) : clamp(this.knot + dx, 0, KNOTS - 1);
    const y = [...this.state.beta.y];
    y[this.knot] = thousandth(clamp(y[this.knot] + 0.02 * dy, ...this.top.yAxis.range));
    this.commit({ beta: { kind: "drawn", y } });
  }

  moveBell(shift, stretch) {
    const { kind, mean, width } = this.state.inputs;
    if (kind !== "normal") return;
    const moved = { mean: thousandth(clamp(mean + shift, 0, 1)), width: thousandth(clamp(width * stretch, 0.03, 1)) };
    this.change({ inputs: { kind, ...moved } });
  }

  moved() {
    write(this.code, pythonCode(this.state));
  }

  async link() {
    const address = `${location.href.split("#")[0]}#${this.host.id}?${encode(this.state)}`;
    if (this.host.id) history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      this.say("The link is copied.");
    } catch {
      this.say("The link stands in the address bar.");
    }
  }

  paint(view) {
    const { problem, cuts, moments, bars, m, excess, data, fit } = view,
      { top, middle, bottom } = this;
    if (!this.dragging && `${this.span()}` !== `${top.yAxis.range}`) this.layout(this.width);
    if (this.drawn !== problem) {
      const beta = JSON.stringify([this.state.beta, this.width, top.yAxis.range]);
      set(this.curve, { d: this.once("curve", beta, () => top.curve(GRID, GRID.map(problem.beta))) });
      set(this.lambda, { d: view.density ? middle.curve(GRID, GRID.map(view.density.pdf)) : "" });
      const law = JSON.stringify([this.state.inputs, this.width]);
      set(this.law, { d: this.once("law", law, () => this.lawPath(problem)) });
      this.drawn = problem;
    }
    set(this.steps, { d: top.stairs(cuts, moments.mean) });
    set(this.lines, {
      d: Array.from(cuts.slice(1, -1), (a) => `M${tenth(top.x.to(a))} ${top.top}V${top.bottom}`).join(""),
    });
    set(this.learned, { d: fit ? top.plateaus(cuts, fit.constants) : "" });
    const dots = this.dragging ? FEW_DOTS : MANY_DOTS; // fewer while a hand moves them
    if (this.dotted !== data || this.dottedAt !== `${this.width} ${dots}`) this.paintDots(data, dots);
    set(this.implied, {
      d: middle.stairs(
        cuts,
        Array.from({ length: m }, (_, i) => 1 / (m * (cuts[i + 1] - cuts[i]))),
      ),
    });
    let d = "";
    bars.forEach((bar, i) => {
      const [a, b] = [tenth(bottom.x.to(cuts[i]) + 0.4), tenth(bottom.x.to(cuts[i + 1]) - 0.4)];
      d += `M${a} ${bottom.bottom}V${tenth(bottom.y.to(Math.min(bar, CEILING)))}H${b}V${bottom.bottom}Z`;
    });
    set(this.bars, { d });
    this.rail.paint(excess);
    this.paintHandles();
    for (const [name, update] of Object.entries(this.picks)) update(this.state[name].kind);
    for (const update of this.sliders) update();
    this.preset("");
    this.formula(this.state.beta.kind === "typed" ? this.state.beta.text : null);
    for (const update of this.lawSliders) {
      show(update.label, update.kind === this.state.inputs.kind);
      if (update.kind === this.state.inputs.kind) update();
    }
    this.read(number(excess));
    this.paintWords(view);
  }

  lawPath({ pdf }) {
    const { middle } = this;
    return `${middle.curve(GRID, GRID.map(pdf))}V${middle.bottom}H${middle.left}Z`;
  }

  paintDots(data, dots) {
    const { top } = this,
      step = data ? Math.ceil(data.x.length / dots) : 1;
    let d = "";
    for (let j = 0; data && j < data.x.length; j += step) {
      d += `M${tenth(top.x.to(data.x[j]) - 1)} ${tenth(top.bounded(top.y.to(data.y[j])) - 1)}h2v2h-2z`;
    }
    set(this.dots, { d });
    [this.dotted, this.dottedAt] = [data, `${this.width} ${dots}`];
  }

  paintHandles() {
    const { y } = this.state.beta,
      { top, middle } = this,
      { kind, mean, width } = this.state.inputs;
    const [low, high] = top.yAxis.range;
    this.pen.show(Boolean(y));
    if (y) {
      const x = this.knot / (KNOTS - 1);
      this.pen.place(top.x.to(x), top.y.to(y[this.knot]), {
        label: `β at x = ${x.toFixed(2)}`,
        min: low,
        max: high,
        now: y[this.knot],
        text: y[this.knot].toFixed(2),
      });
    }
    this.bell.show(kind === "normal");
    if (kind !== "normal") return;
    this.bell.place(middle.x.to(mean), middle.bottom - 12, {
      label: "mean of the inputs",
      min: 0,
      max: 1,
      now: mean,
      text: `${mean.toFixed(2)}, width ${width.toFixed(2)}`,
    });
  }

  paintWords({ problem, cuts, m, coefficient, test, expected }) {
    const { n } = this.state,
      rate = highRateExcess(problem, cuts);
    const best = number(this.best()?.excess ?? NaN);
    const small = number(smallRegionExcess(problem, cuts)),
      least = number(coefficient / m ** 2);
    let words = `By formulas: (19) ${small}, (21) ${number(rate)}, (23) ${least}; best cuts ${best}.`;
    if (n) {
      const formula = numberOfExperts(problem, n, coefficient).toFixed(1);
      words += ` Learned: ${number(test)}, expected ${number(expected)}; m* = ${formula}.`;
    }
    write(this.verdict, words);
  }
}

function typedSpan(beta) {
  try {
    return reach(GRID.map(typed(beta).value));
  } catch {
    return [-TOP, TOP]; // the state will be refused, with the reason
  }
}

/** A range of y that holds the values, at round numbers; beyond ±100 it ends. */
function reach(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((v) => clamp(v, -100, 100)),
    step = 10 ** Math.floor(Math.log10(Math.max(high - low, 0.01))) / 2;
  return [Math.floor(low / step - 0.2) * step, Math.ceil(high / step + 0.2) * step];
}
