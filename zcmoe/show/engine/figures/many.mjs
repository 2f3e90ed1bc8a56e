// F3, how many is many? The exact optimum beside λ*, as multiples of what the formula promises.
import { fromDensity, optimalDensity } from "../compute/density.mjs";
import { approximationExcess, highRateCoefficient } from "../compute/errors.mjs";
import { regionMoments } from "../compute/moments.mjs";
import { Figure, GRID } from "../draw/figure.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, set, show, tenth, write } from "../draw/svg.mjs";
import { button, slider } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const [FEWEST, MOST] = [4, 64];

export class Many extends Figure {
  static name = "How many is many?";
  static preset = { m: FEWEST, cuts: { kind: "density" } };
  static unit = "formula ÷ exact optimum";
  static caption = "Above, β with the constants of λ* and of the best cuts; below, both errors.";

  fresh() {
    this.guess = new Map(); // m -> height
    this.been = new Set();
    this.ready = false;
    this.pen = 16;
  }

  build(svg) {
    this.rates = new Map(); // excess of λ*'s cuts, by problem and m
    this.top = new Panel(svg, { y: { range: [-1.25, 1.25], ticks: [-1, 0, 1] }, label: "y" });
    this.curve = this.top.mark("beta");
    this.steps = this.top.mark("experts");
    this.bestSteps = this.top.mark("exact");
    this.words = [this.top.word("beta", "middle"), this.top.word("experts", "end"), this.top.word("exact", "end")];
    this.bottom = new Panel(svg, {
      x: { range: [FEWEST, MOST], log: true, ticks: [4, 8, 16, 32, 64] },
      xLabel: "experts m",
      y: { range: [0.25, 4], log: true, ticks: [[0.25, "¼"], [0.5, "½"], 1, 2, 4] },
      label: "error ÷ formula's",
    });
    this.one = this.bottom.mark("theory");
    this.sketch = this.bottom.mark("guess");
    this.marks = Object.fromEntries(
      ["experts", "exact"].map((role) => [role, [this.bottom.mark(role), this.bottom.mark(`${role}-dot`)]]),
    );
    this.here = this.bottom.mark("ghost");
    this.oneWord = this.bottom.word("theory", "end");
    this.canvas = element("rect", { class: "zcl-hit zcl-brush" }, svg);
    this.handle = new Handle(svg, { shape: DOT, role: "exact", step: (keys) => this.step(keys) });
    this.hand(this.canvas, { move: (point, last) => this.stroke(point, last) });
    this.done = button(this.controls, "my guess stands", () => {
      this.ready = true;
      this.commit();
    });
    this.experts = slider(
      this.controls,
      "experts m",
      MOST - FEWEST,
      () => [this.state.m - FEWEST, `${this.state.m}`],
      (k, final) => this[final ? "commit" : "change"]({ m: k + FEWEST }),
    );
  }

  layout(width) {
    const [left, right] = [34, width - 14];
    this.top.place(left, 24, right, 164);
    this.bottom.place(left, 214, right, 394);
    set(this.canvas, { x: left, y: 214, width: right - left, height: 180 });
    set(this.one, { d: `M${left} ${tenth(this.bottom.y.to(1))}H${right}` });
    ["β", "λ*", "the best"].forEach((word, i) => write(this.words[i], word));
    set(this.words[0], { x: this.top.x.to(1 / 3), y: 34 });
    set(this.words[1], { x: right - 70, y: 34 });
    set(this.words[2], { x: right, y: 34 });
    write(this.oneWord, "formula (23)");
    set(this.oneWord, { x: right - 4, y: this.bottom.y.to(1) - 6 });
    this.drawn = null;
    return 434;
  }

  see({ problem, m }) {
    const formula = this.formula(problem) / m ** 2;
    if (this.ready) this.been.add(m);
    const best = this.best(m);
    return { formula, optimum: best, constants: best && regionMoments(problem, best.cuts).mean };
  }

  formula(problem) {
    return this.once("coefficient", this.dataKey, () => highRateCoefficient(problem));
  }

  /** The ratios at m: of λ*'s cuts, and of the best once they are found. */
  ratios(problem, m) {
    const formula = this.formula(problem) / m ** 2,
      key = `${this.dataKey} ${m}`,
      best = this.best(m);
    if (!this.rates.has(key)) {
      this.rates.set(key, approximationExcess(regionMoments(problem, fromDensity(optimalDensity(problem), m))));
    }
    return { experts: this.rates.get(key) / formula, exact: best && best.excess / formula };
  }

  /** Before the guess stands the pointer draws it; then it drags m. */
  stroke([px, py], last) {
    const { x, y } = this.bottom,
      to = clamp(x.back(px), FEWEST, MOST);
    if (this.ready) {
      const m = Math.round(to),
        before = last ? Math.round(clamp(x.back(last[0]), FEWEST, MOST)) : m;
      for (let k = Math.min(m, before); k <= Math.max(m, before); k++) this.been.add(k);
      this.change({ m });
      return;
    }
    const height = (at) => clamp(y.back(at), 0.25, 4),
      [from, start] = last ? [x.back(last[0]), height(last[1])] : [to, height(py)];
    for (let m = FEWEST; m <= MOST; m++) {
      const between = (m - from) * (m - to) <= 0,
        near = Math.abs(x.to(m) - px) < 3;
      if (between || near)
        this.guess.set(m, start * (height(py) / start) ** (from === to ? 1 : clamp((m - from) / (to - from), 0, 1)));
    }
  }

  step({ dx, dy, end }) {
    if (this.ready) {
      this.commit({ m: end ? (end < 0 ? FEWEST : MOST) : clamp(this.state.m + (dx || dy), FEWEST, MOST) });
      return;
    }
    if (dx || end) this.pen = end ? (end < 0 ? FEWEST : MOST) : clamp(this.pen + dx, FEWEST, MOST);
    this.guess.set(this.pen, clamp((this.guess.get(this.pen) ?? 1) * 1.1 ** dy, 0.25, 4));
    this.commit();
  }

  paint({ problem, cuts, moments, formula, optimum: best, constants, m }) {
    const { top, bottom } = this;
    if (this.drawn !== problem) {
      set(this.curve, { d: top.curve(GRID, GRID.map(problem.beta)) });
      this.drawn = problem;
    }
    set(this.steps, { d: top.stairs(cuts, moments.mean) });
    const shown = this.ready && best;
    set(this.bestSteps, { d: shown ? top.stairs(best.cuts, constants) : "" });
    set(this.here, { d: `M${tenth(bottom.x.to(m))} ${bottom.top}V${bottom.bottom}` });
    const ratios = new Map([...this.been].map((k) => [k, this.ratios(problem, k)]));
    for (const role of ["experts", "exact"]) this.paintTruth(role, (k) => ratios.get(k)?.[role]);
    show(this.words[2], this.ready);
    const drawn = [...this.guess.keys()].sort((a, b) => a - b);
    set(this.sketch, {
      d: bottom.curve(
        drawn,
        drawn.map((k) => this.guess.get(k)),
      ),
    });
    const at = this.ready ? m : this.pen,
      height = this.ready ? shown && best.excess / formula : (this.guess.get(this.pen) ?? 1);
    this.handle.place(bottom.x.to(at), bottom.y.to(height || 1), {
      label: this.ready ? "experts m" : "your guess; left and right: another m",
      min: FEWEST,
      max: MOST,
      now: at,
      text: this.ready
        ? `${m} experts, formula ÷ optimum ${shown ? (formula / best.excess).toFixed(2) : "…"}`
        : `at ${at} experts ${height.toFixed(2)} times the formula's error`,
    });
    this.experts();
    this.done.disabled = this.ready;
    this.read(!this.ready ? "?" : shown ? (formula / best.excess).toFixed(2) : "…");
    write(
      this.verdict,
      this.ready
        ? `${m} experts. The truth stands where m has been: drag m along the axis.`
        : "First draw the curve that you expect in the lower axes: the best cuts' error, in units of the formula's.",
    );
  }

  /** Dots where m has been, joined where it has been at neighbours too. */
  paintTruth(role, value) {
    const [line, dots] = this.marks[role],
      { x, y } = this.bottom;
    let d = "",
      points = "";
    for (let m = FEWEST; m <= MOST; m++) {
      if (!this.been.has(m) || !value(m)) continue;
      const [px, py] = [tenth(x.to(m)), tenth(y.to(value(m)))];
      d += this.been.has(m - 1) && value(m - 1) ? `L${px} ${py}` : `M${px} ${py}`;
      points += `M${px - 3} ${py}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`;
    }
    set(line, { d });
    set(dots, { d: points });
  }
}
