// F2, level the bars by painting λ: the ratio of the two sides of Hölder's inequality, under a brush.
import { highRateCoefficient, hoelderRatio, regionErrors } from "../compute/errors.mjs";
import { integrate } from "../compute/quadrature.mjs";
import { PAINTED, makeDensity } from "../compute/state.mjs";
import { Figure, GRID } from "../draw/figure.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, set, show, tenth, write } from "../draw/svg.mjs";
import { button, choice, slider } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const TALL = 8,
  HIGHEST = 4,
  LOWEST = 0.02; // of a bar, of λ, and of λ under the brush
const BRUSH = 2; // steps to either side

export class Level extends Figure {
  static name = "Level the bars by painting λ";
  static preset = { m: 16, cuts: { kind: "uniform" } };
  static unit = "times the least of formula (21)";
  static caption = "β with its constants; the density λ of the cuts; each region's error. Paint λ sideways.";

  fresh() {
    [this.at, this.ghost] = [48, false];
  }

  build(svg) {
    const none = { range: [0, 1], ticks: [] };
    this.top = new Panel(svg, { x: none, y: { range: [-1.25, 1.25], ticks: [-1, 0, 1] }, label: "y" });
    this.curve = this.top.mark("beta");
    this.steps = this.top.mark("experts");
    this.middle = new Panel(svg, { x: none, y: { range: [0, HIGHEST], ticks: [0, 2, 4] }, label: "λ" });
    this.weight = this.middle.mark("inputs");
    this.area = this.middle.mark("lambda-area");
    this.lambda = this.middle.mark("lambda");
    this.cutMarks = this.middle.mark("cut");
    this.bottom = new Panel(svg, {
      y: { range: [0, TALL], ticks: [1, 4, 8] },
      label: "error of a region ÷ (Z³/12m³)",
    });
    this.bars = this.bottom.mark("bar");
    this.over = this.bottom.mark("experts-dot", { outside: true });
    this.level = this.bottom.mark("theory");
    this.canvas = element("rect", { class: "zcl-hit zcl-brush" }, svg);
    this.brush = new Handle(svg, {
      shape: DOT,
      role: "lambda",
      orientation: "vertical",
      step: (keys) => this.step(keys),
      description: "up and down: the height of λ; left and right: another place",
    });
    this.hand(this.canvas, { move: (point, last) => this.stroke(point, last) });
    this.buildControls();
  }

  buildControls() {
    this.kinds = choice(
      this.controls,
      "λ:",
      [
        ["uniform", "equal"],
        ["inputs", "by inputs"],
        ["density", "λ*"],
      ],
      (kind) => this.glide({ cuts: { kind } }),
    );
    this.veil = button(this.controls, "ghost of w", () => {
      this.ghost = !this.ghost;
      this.refresh();
    });
    this.power = slider(
      this.controls,
      "let wˢ paint",
      60,
      () => {
        const { kind, s = 0 } = this.state.cuts;
        return kind === "power" ? [Math.round(100 * s), `s = ${s.toFixed(2)}`] : [kind === "density" ? 33 : 0, "—"];
      },
      (k, final) => this[final ? "commit" : "change"]({ cuts: { kind: "power", s: k / 100 } }),
    );
    this.experts = slider(
      this.controls,
      "experts m",
      56,
      () => [this.state.m - 8, `${this.state.m}`],
      (k, final) => this[final ? "commit" : "change"]({ m: k + 8 }),
    );
  }

  layout(width) {
    const [left, right] = [28, width - 14];
    this.top.place(left, 24, right, 124);
    this.middle.place(left, 150, right, 270);
    this.bottom.place(left, 300, right, 420);
    set(this.canvas, { x: left, y: 150, width: right - left, height: 120 });
    set(this.level, { d: `M${left} ${tenth(this.bottom.y.to(1))}H${right}` });
    this.drawn = null;
    return 446;
  }

  see({ problem, moments, m }) {
    const density = this.once("density", this.dataKey + JSON.stringify(this.state.cuts), () =>
      makeDensity(problem, this.state),
    );
    const ratio = this.once("ratio", this.dataKey + JSON.stringify(this.state.cuts), () =>
      hoelderRatio(problem, density),
    );
    const level = this.once("level", this.dataKey, () => highRateCoefficient(problem)) / m ** 3;
    return { density, ratio, bars: regionErrors(moments).map((e) => e / level) };
  }

  /** Heights of λ at the 96 steps, as they stand. */
  heights() {
    const { kind, heights } = this.state.cuts,
      { pdf } = this.view.density;
    if (kind === "painted") return [...heights];
    return Array.from({ length: PAINTED }, (_, i) => Math.max(pdf((i + 0.5) / PAINTED), LOWEST));
  }

  /** Keep the area at 1. */
  paintHeights(heights) {
    const mean = heights.reduce((total, h) => total + h, 0) / PAINTED;
    const kept = heights.map((h) => Number(Math.max(h / mean, LOWEST / 4).toFixed(4)));
    this.change({ cuts: { kind: "painted", heights: kept } });
    this.refresh(); // the next dab starts from this
  }

  stroke([px, py], last) {
    const { middle } = this,
      heights = this.heights();
    const place = (x) => clamp(middle.x.back(x) * PAINTED - 0.5, 0, PAINTED - 1);
    const height = (y) => clamp(middle.y.back(y), LOWEST, HIGHEST);
    const [to, h] = [place(px), height(py)],
      [from, g] = last ? [place(last[0]), height(last[1])] : [to, h];
    for (let i = 0; i < PAINTED; i++) {
      const nearest = clamp(i, Math.min(from, to), Math.max(from, to)),
        soft = 1 - Math.abs(i - nearest) / (BRUSH + 1);
      if (soft <= 0) continue;
      const share = to === from ? 1 : (nearest - from) / (to - from),
        target = g + share * (h - g);
      heights[i] += soft * (target - heights[i]);
    }
    this.at = Math.round(to);
    this.paintHeights(heights);
  }

  step({ dx, dy, end }) {
    if (dx || end) {
      this.at = end ? (end < 0 ? 0 : PAINTED - 1) : clamp(this.at + dx, 0, PAINTED - 1);
      this.refresh();
    }
    if (!dy) return;
    const heights = this.heights();
    for (let i = Math.max(this.at - BRUSH, 0); i <= Math.min(this.at + BRUSH, PAINTED - 1); i++) {
      const soft = 1 - Math.abs(i - this.at) / (BRUSH + 1);
      heights[i] = clamp(heights[i] + 0.1 * dy * soft, LOWEST, HIGHEST);
    }
    this.paintHeights(heights);
    this.commit();
  }

  paint({ problem, cuts, moments, density, ratio, bars }) {
    const { top, middle, bottom } = this;
    if (this.drawn !== problem) {
      const ends = { right: middle.right, bottom: middle.bottom, left: middle.left };
      const total = integrate(problem.weight, problem.panels),
        w = GRID.map((x) => problem.weight(x) / total);
      set(this.curve, { d: top.curve(GRID, GRID.map(problem.beta)) });
      set(this.weight, { d: `${middle.curve(GRID, w)}L${ends.right} ${ends.bottom}H${ends.left}Z` });
      this.drawn = problem;
    }
    show(this.weight, this.ghost);
    set(this.veil, { "aria-pressed": this.ghost });
    set(this.steps, { d: top.stairs(cuts, moments.mean) });
    const steps = Array.from({ length: PAINTED + 1 }, (_, i) => i / PAINTED),
      painted = this.state.cuts.kind === "painted";
    const line = painted ? middle.stairs(steps, this.state.cuts.heights) : middle.curve(GRID, GRID.map(density.pdf));
    set(this.lambda, { d: line });
    set(this.area, { d: `${line}V${middle.bottom}H${middle.left}Z` });
    const ticks = Array.from(cuts.slice(1, -1), (a) => `M${tenth(middle.x.to(a))} ${middle.bottom}v-12`);
    set(this.cutMarks, { d: ticks.join("") });
    let d = "",
      beyond = "";
    bars.forEach((bar, i) => {
      const [a, b] = [tenth(bottom.x.to(cuts[i]) + 0.4), tenth(bottom.x.to(cuts[i + 1]) - 0.4)];
      d += `M${a} ${bottom.bottom}V${tenth(bottom.y.to(Math.min(bar, TALL)))}H${b}V${bottom.bottom}Z`;
      if (bar > TALL) beyond += `M${tenth((a + b) / 2)} ${bottom.top - 6}l4 5h-8z`;
    });
    set(this.bars, { d });
    set(this.over, { d: beyond });
    const x = (this.at + 0.5) / PAINTED,
      height = density.pdf(x);
    this.brush.place(middle.x.to(x), middle.y.to(Math.min(height, HIGHEST)), {
      label: `λ at x = ${x.toFixed(2)}`,
      min: 0,
      max: HIGHEST,
      now: height,
      text: `${height.toFixed(2)}, ${ratio.toFixed(3)} times the least`,
    });
    this.read(ratio.toFixed(3));
    this.kinds(this.state.cuts.kind);
    this.power();
    this.experts();
    const [low, high] = [Math.min(...bars), Math.max(...bars)];
    write(
      this.verdict,
      `The bars reach from ${low.toFixed(2)} to ${high.toFixed(2)}. The dashed line is the height of all bars ` +
        "where they are equal, for many experts.",
    );
  }
}
