// F7, one constant: the error is a parabola whose lowest point is the mean (9). Then one cut and two constants.
import { approximationExcess, testExcess } from "../compute/errors.mjs";
import { sample, uniforms } from "../compute/learning.mjs";
import { regionMoments } from "../compute/moments.mjs";
import { Figure, GRID } from "../draw/figure.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, polyline, set, show, tenth, write } from "../draw/svg.mjs";
import { choice } from "../hand/controls.mjs";
import { CutRail } from "../hand/cut_rail.mjs";
import { DOT, Handle } from "../hand/handle.mjs";
import { misfitPath } from "./cut.mjs";

const HIGH = 1.75; // of y
const HUNDREDTH = 100; // where a constant has been, in hundredths
const PLACES = 250; // where a cut has been

export class Constant extends Figure {
  static name = "One constant";
  static preset = { m: 1, n: 300, cuts: { kind: "uniform" } };
  static unit = "test error";
  static caption = "Examples, β, and what the constants miss. Drag the constant up and down, then a cut.";

  fresh() {
    this.c = 1;
    this.been = new Map(); // c in hundredths -> test error
    this.cutBeen = new Map();
  }

  build(svg) {
    const y = { range: [-HIGH, HIGH], ticks: [-1, 0, 1] };
    this.top = new Panel(svg, { y, label: "y" });
    this.dots = this.top.mark("dots");
    this.misfit = this.top.mark("misfit");
    this.curve = this.top.mark("beta");
    this.steps = this.top.mark("experts");
    this.side = new Panel(svg, {
      x: { range: [0, 2.5], ticks: [0, 1, 2] },
      y: { range: [-HIGH, HIGH] },
      label: "error",
    });
    this.parabola = this.side.mark("exact");
    this.lowest = this.side.mark("exact-dot");
    this.now = this.side.mark("cut");
    this.lowestWord = this.side.word("exact");
    this.under = new Panel(svg, {
      y: { range: [0.5, 0.6], ticks: [[0.5, "0.50"], 0.55, [0.6, "0.60"]] },
      label: "error",
    });
    this.landscape = this.under.mark("exact");
    this.dot = this.under.mark("experts-dot");
    this.wide = element("rect", { class: "zcl-hit zcl-level" }, svg);
    this.strip = element("rect", { class: "zcl-hit zcl-level" }, svg); // a finger on the handle moves it
    const act = {
      begin: () => {
        this.before = this.c;
      },
      move: ([, py], last) => this.lift(this.top.y.back(py), last && this.top.y.back(last[1])),
      cancel: () => {
        this.c = this.before;
      },
    };
    this.hand(this.wide, act);
    this.hand(this.strip, { ...act, free: true });
    this.handle = new Handle(svg, {
      shape: DOT,
      orientation: "vertical",
      step: ({ dx, dy, end }) => {
        this.lift(end ? end * 1.5 : this.c + (dy || dx) / HUNDREDTH, this.c);
        this.commit();
      },
    });
    this.rail = new CutRail(this, svg);
    this.stage = choice(
      this.controls,
      "experts:",
      [
        [1, "one constant"],
        [2, "one cut"],
      ],
      (m) => {
        this.width = 0; // the axes stand otherwise
        this.commit(m === 1 ? { m, cuts: { kind: "uniform" } } : { m, cuts: { kind: "hand", at: [0.5] } });
      },
    );
  }

  get one() {
    return this.state.m === 1;
  }

  layout(width) {
    const left = 36,
      right = width - 14,
      beside = this.one,
      side = Math.max(90, 0.28 * width);
    const end = beside ? right - side - 40 : right;
    this.top.xAxis.ticks = beside ? [0, 0.5, 1] : [];
    this.top.place(left, 24, end, beside ? 320 : 164);
    if (beside) this.side.place(end + 40, 24, right, 320);
    this.rail.place(this.top);
    this.under.place(left, 232, right, 320);
    for (const area of [this.wide, this.strip]) set(area, { y: 24, height: 296 });
    set(this.wide, { x: left, width: end - left });
    set(this.strip, { x: end - 30, width: 60 });
    for (const node of [this.side.root, this.wide, this.strip]) show(node, beside);
    show(this.under.root, !beside);
    this.rail.show(!beside);
    this.handle.show(beside);
    this.drawn = null;
    return 346;
  }

  /** Let the constant be c; the error is kept at every hundredth that it passes. */
  lift(c, from) {
    this.c = Number(clamp(c, -1.5, 1.5).toFixed(3));
    const { moments, problem } = this.view,
      [a, b] = [from ?? this.c, this.c].map((v) => Math.round(clamp(v, -1.5, 1.5) * HUNDREDTH));
    for (let k = Math.min(a, b); k <= Math.max(a, b); k++) {
      this.been.set(k, testExcess(moments, [k / HUNDREDTH]) + problem.noiseVariance);
    }
    this.later();
  }

  see({ problem, moments, cuts }) {
    const { n, seed } = this.state,
      constants = this.one ? [this.c] : moments.mean;
    const data = this.once("data", `${this.dataKey} ${n} ${seed}`, () => sample(problem, uniforms(n, seed)));
    const error = testExcess(moments, constants) + problem.noiseVariance;
    if (this.one) this.been.set(Math.round(this.c * HUNDREDTH), error);
    else this.keep(problem, Math.round(cuts[1] * PLACES));
    return { data, constants, error };
  }

  /** The error at a place of the cut, and at those that a drag has passed since. */
  keep(problem, place) {
    const from = this.dragging && this.place !== undefined ? this.place : place;
    for (let k = Math.min(from, place); k <= Math.max(from, place); k++) {
      if (this.cutBeen.has(k) || k < 1 || k >= PLACES) continue;
      const excess = approximationExcess(regionMoments(problem, Float64Array.of(0, k / PLACES, 1)));
      this.cutBeen.set(k, excess + problem.noiseVariance);
    }
    this.place = place;
  }

  paint(view) {
    const { problem, cuts, moments, data, constants, error } = view,
      { top } = this;
    if (this.drawn !== problem) {
      let d = "";
      data.x.forEach((x, j) => {
        d += `M${tenth(top.x.to(x) - 1.5)} ${tenth(top.y.to(data.y[j]) - 1.5)}h3v3h-3z`;
      });
      set(this.dots, { d });
      set(this.curve, { d: top.curve(GRID, GRID.map(problem.beta)) });
      this.drawn = problem;
    }
    set(this.steps, { d: top.stairs(cuts, constants) });
    set(this.misfit, { d: misfitPath(top, problem, cuts, constants) });
    if (this.one) this.paintParabola(moments.mean[0], error, view);
    else this.paintLandscape(cuts[1], error, view);
    this.stage(this.state.m);
    this.read(error.toFixed(4));
  }

  paintParabola(mean, error, { problem, moments }) {
    const { side, top } = this,
      keys = [...this.been.keys()].sort((a, b) => a - b);
    set(this.parabola, { d: trail(keys, (k) => [side.x.to(this.been.get(k)), side.y.to(k / HUNDREDTH)]) });
    set(this.now, { d: `M${side.left} ${tenth(side.y.to(this.c))}H${tenth(side.x.to(error))}` });
    const found = this.been.has(Math.floor(mean * HUNDREDTH)) && this.been.has(Math.ceil(mean * HUNDREDTH));
    const least = testExcess(moments, [mean]) + problem.noiseVariance,
      [x, y] = [tenth(side.x.to(least)), tenth(side.y.to(mean))];
    set(this.lowest, { d: found ? `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0` : "" });
    show(this.lowestWord, found);
    write(this.lowestWord, "(9)");
    set(this.lowestWord, { x: x + 8, y: y + 18 });
    this.handle.place(top.right, top.y.to(this.c), {
      label: "the constant",
      min: -1.5,
      max: 1.5,
      now: this.c,
      text: `${this.c.toFixed(2)}, test error ${error.toFixed(4)}`,
    });
    const words = `Lowest at the mean of β, ${mean.toFixed(4)}: formula (9). The error there is ${least.toFixed(4)}.`;
    write(
      this.verdict,
      found
        ? words.replace("-", "−")
        : "The constant answers for every x. Where is its error least? Drag it past the lowest point.",
    );
  }

  paintLandscape(cut, error) {
    const { under } = this,
      keys = [...this.cutBeen.keys()].sort((a, b) => a - b);
    set(this.landscape, { d: trail(keys, (k) => [under.x.to(k / PLACES), under.y.to(this.cutBeen.get(k))]) });
    const [x, y] = [tenth(under.x.to(cut)), tenth(under.y.to(error))];
    set(this.dot, { d: `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0` });
    this.rail.paint(this.view.excess);
    const least = keys.reduce((best, k) => (this.cutBeen.get(k) < this.cutBeen.get(best) ? k : best));
    write(
      this.verdict,
      "Both constants are means, by (9). The lowest error that you have found is " +
        `${this.cutBeen.get(least).toFixed(4)}, with the cut at ${(least / PLACES).toFixed(3)}.`,
    );
  }
}

/** A line through points at neighbouring keys, and a dot where a key stands alone. */
function trail(keys, at) {
  let d = "",
    run = [];
  const flush = () => {
    if (run.length)
      d += `${polyline(
        run.map((p) => p[0]),
        run.map((p) => p[1]),
      )}${run.length === 1 ? "h1" : ""}`;
    run = [];
  };
  keys.forEach((k, i) => {
    if (i && k - keys[i - 1] > 1) flush();
    run.push(at(k));
  });
  flush();
  return d;
}
