// F11, your numbers: two columns, fitted in the page as zcmoe's plug_in would. Nothing of them leaves it.
import { fitExperts, sample, uniforms } from "../compute/learning.mjs";
import { leaveOneOutError, plugIn, plugInCuts, readColumns } from "../compute/plug_in.mjs";
import { makeProblem } from "../compute/problem.mjs";
import { Refused } from "../compute/quadrature.mjs";
import { START } from "../compute/state.mjs";
import { WORLDS } from "../compute/worlds.mjs";
import { Panel, roundTicks } from "../draw/panel.mjs";
import { element, set, show, tenth, write } from "../draw/svg.mjs";
import { World } from "../draw/world.mjs";
import { button, slider } from "../hand/controls.mjs";

const MOST_EXPERTS = 200; // experts
const DOTS = 1500; // at most, of the examples
const STARTING = 300;
const short = (v) => (Number.isFinite(v) ? `${Number(v.toPrecision(4))}`.replace("-", "−") : v > 0 ? "∞" : "…");

/** The same in Python, for a file of these two columns. */
export const numbersCode = (m, header) =>
  [
    "import numpy as np",
    "import zcmoe",
    "from zcmoe import Intervals, fit_experts, learning",
    "",
    `x, y = np.loadtxt("numbers.csv", delimiter=","${header ? ", skiprows=1" : ""}, unpack=True)`,
    "guess = learning.plug_in(x, y)",
    'print(f"{len(x)} examples, {guess.number_of_experts:.6g} experts")',
    `cuts = Intervals(guess.density.ppf(np.arange(${m} + 1) / ${m}))`,
    "experts = fit_experts(cuts, x, y)",
    "print(*experts.constants.round(6))",
  ].join("\n");

export class YourNumbers extends World {
  static world = "numbers";
  static base = WORLDS.numbers.start;
  static name = "Your numbers";
  static unit = "experts suit these numbers, m̂";
  static lines = 6;
  static caption =
    "Cuts by λ̂ and their constants, beside as many equal ones. Your numbers stay in this page: nothing is sent.";

  fresh() {
    this.given = null; // { x, y }, or what was refused
    this.text = "";
    if (this.box) this.box.value = "";
  }

  build(svg) {
    const axis = () => ({ range: [0, 1], ticks: [] });
    this.top = new Panel(svg, { x: axis(), y: axis(), label: "y" });
    this.dots = this.top.mark("dots");
    this.equal = this.top.mark("rival");
    this.steps = this.top.mark("experts");
    this.strip = new Panel(svg, { x: axis(), y: { range: [0, 4], ticks: [] }, label: "λ̂ and its cuts", xLabel: "x" });
    this.area = this.strip.mark("lambda-area");
    this.cuts = this.strip.mark("cut");
    this.names = [this.top.word("experts", "end"), this.top.word("rival", "end")];
    this.experts = slider(
      this.controls,
      "experts m",
      60,
      () => [Math.min(this.m, 60), this.state.m ? `${this.m}` : `m̂ = ${this.m}`],
      (k, final) => this.put({ m: Math.max(k, 1) }, final),
    );
    button(this.controls, "use m̂", () => this.commit({ m: 0 }));
    this.buildBox();
  }

  buildBox() {
    const label = element("label", { class: "zcl-box" }, this.root);
    element("span", { class: "zcl-name" }, label, "Paste two columns, x and y, or drop a file here");
    const shape = { rows: 4, spellcheck: "false", autocomplete: "off", placeholder: "0.1, 2.5\n0.2, 2.1" };
    this.box = element("textarea", { ...shape, "aria-label": "two columns, x and y" }, label);
    this.box.addEventListener("input", () => this.take(this.box.value));
    for (const kind of ["dragover", "drop"]) {
      this.root.addEventListener(kind, (event) => {
        event.preventDefault();
        if (kind === "drop") this.open(event.dataTransfer.files[0]);
      });
    }
    const choose = element("label", { class: "zcl-file" }, this.root, "or choose a file ");
    const file = element(
      "input",
      { type: "file", accept: ".csv,.txt,.tsv,text/*", "aria-label": "a file of two columns" },
      choose,
    );
    file.addEventListener("change", () => this.open(file.files[0]));
    const details = (this.lines = element("details", {}, this.root));
    element("summary", {}, details, "the same in Python");
    this.code = element("code", {}, element("pre", { tabindex: 0 }, details));
  }

  async open(file) {
    if (!file) return;
    this.box.value = file.size < 200000 ? await file.text() : "";
    this.take(this.box.value || (await file.text()));
  }

  /** Read what was pasted; an empty box brings the example back. */
  take(text) {
    this.text = text;
    this.given = null;
    if (text.trim()) {
      try {
        this.given = readColumns(text);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.given = error;
      }
    }
    this.commit({ m: 0 });
  }

  layout(width) {
    const [left, right] = [52, width - 14];
    this.top.place(left, 24, right, 254);
    this.strip.place(left, 290, right, 350);
    this.names.forEach((word, i) => {
      set(word, { x: right - [0, 104][i], y: 15 });
      write(word, ["cuts by λ̂", "equal cuts"][i]);
    });
    return 386;
  }

  see() {
    if (this.given instanceof Refused) throw this.given;
    const problem = this.once("example", 0, () => makeProblem(START)),
      data = this.given ?? this.once("sample", 0, () => sample(problem, uniforms(STARTING, START.seed)));
    const plug = this.once("plug", this.given ? this.text : "", () => plugIn(data.x, data.y)),
      distinct = this.once("distinct", this.given ? this.text : "", () => new Set(data.x).size);
    this.m = this.state.m || Math.max(1, Math.min(Math.round(Math.min(plug.numberOfExperts, distinct)), MOST_EXPERTS));
    const cuts = plugInCuts(plug, this.m),
      span = plug.high - plug.low,
      equal = Float64Array.from(cuts, (_, i) => (i === this.m ? plug.high : plug.low + (span * i) / this.m));
    const fit = (edges) => ({ ...fitExperts(edges, data), error: leaveOneOutError(edges, data) });
    return { data, plug, cuts, equal, ours: fit(cuts), rival: fit(equal) };
  }

  scale({ x, y }) {
    const of = (values) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const [low, high] = of(y),
      margin = 0.06 * (high - low || 1);
    this.top.xAxis.range = this.strip.xAxis.range = of(x);
    this.top.yAxis.range = [low - margin, high + margin];
    this.top.yAxis.ticks = roundTicks(...this.top.yAxis.range);
    this.strip.xAxis.ticks = roundTicks(...this.strip.xAxis.range);
    this.layout(this.width);
  }

  paint({ data, plug, cuts, equal, ours, rival }) {
    const { top, strip } = this;
    if (this.scaled !== data) this.scale(data);
    if (this.scaled !== data || this.dotted !== this.width) this.paintDots(data);
    [this.scaled, this.dotted] = [data, this.width];
    const some =
      ({ count }) =>
      (i) =>
        count[i] > 0;
    set(this.equal, { d: top.plateaus(equal, rival.constants, some(rival)) });
    set(this.steps, { d: top.plateaus(cuts, ours.constants, some(ours)) });
    const mean = plug.level.reduce((sum, v) => sum + v, 0) / plug.level.length,
      edges = Array.from(
        { length: plug.level.length + 1 },
        (_, i) => plug.low + ((plug.high - plug.low) * i) / plug.level.length,
      );
    set(this.area, {
      d: `${strip.stairs(
        edges,
        plug.level.map((v) => v / mean),
      )}V${strip.bottom}H${strip.left}Z`,
    });
    set(this.cuts, {
      d: Array.from(cuts.slice(1, -1), (a) => `M${tenth(strip.x.to(a))} ${strip.top}V${strip.bottom}`).join(""),
    });
    this.experts();
    this.read(plug.numberOfExperts < 1e6 ? plug.numberOfExperts.toFixed(1) : short(plug.numberOfExperts));
    write(this.code, numbersCode(this.m, this.given && /^\s*[^-+−.\d\s]/.test(this.text)));
    show(this.lines, Boolean(this.given));
    const whose = this.given
      ? `${data.x.length} examples of yours`
      : `An example of ${data.x.length}; paste your own below`;
    write(
      this.verdict,
      `${whose}. With ${this.m} ${this.m === 1 ? "expert" : "experts"}, squared error at examples left out: cuts by λ̂ ${short(ours.error)}, ` +
        `equal cuts ${short(rival.error)}. Noise variance ${short(plug.noiseVariance)}.`,
    );
  }

  paintDots({ x, y }) {
    const step = Math.ceil(x.length / DOTS),
      size = x.length < 100 ? 5 : x.length < 400 ? 3 : 2,
      { top } = this;
    let d = "";
    for (let j = 0; j < x.length; j += step) {
      d += `M${tenth(top.x.to(x[j]) - size / 2)} ${tenth(top.y.to(y[j]) - size / 2)}h${size}v${size}h-${size}z`;
    }
    set(this.dots, { d });
  }
}
