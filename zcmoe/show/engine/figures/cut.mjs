// F1, cut it yourself: seven cuts, eight constants, one number.
import { fromDensity, optimalDensity } from "../compute/density.mjs";
import { approximationExcess } from "../compute/errors.mjs";
import { regionMoments } from "../compute/moments.mjs";
import { uniformCuts } from "../compute/quadrature.mjs";
import { Figure, GRID } from "../draw/figure.mjs";
import { Panel } from "../draw/panel.mjs";
import { element, number, polyline, set, tenth, write } from "../draw/svg.mjs";
import { button } from "../hand/controls.mjs";
import { CutRail } from "../hand/cut_rail.mjs";

const MOVES = 5; // before the locked marks show
const RULER = 0.2;

export class Cut extends Figure {
  static name = "Cut it yourself";
  static preset = { m: 8, cuts: { kind: "uniform" } };
  static unit = "error beyond noise";
  static caption = "β, a constant for each region, their misfit; below, where inputs fall. Drag the cuts.";

  fresh() {
    this.moves = 0;
    this.yours = null;
  }

  build(svg) {
    const none = { range: [0, 1], ticks: [] };
    this.top = new Panel(svg, { x: none, y: { range: [-1.25, 1.25], ticks: [-1, 0, 1] }, label: "y" });
    this.misfit = this.top.mark("misfit");
    this.lines = this.top.mark("cut");
    this.curve = this.top.mark("beta");
    this.steps = this.top.mark("experts");
    this.names = [this.top.word("beta"), this.top.word("experts", "end")];
    this.rail = new CutRail(this, svg);
    this.strip = new Panel(svg, { y: { range: [0, 2.4] } });
    this.law = this.strip.mark("inputs");
    this.lawName = this.strip.word("inputs", "end");
    this.ruler = new Panel(svg, { x: { range: [0, RULER], ticks: [0, 0.05, 0.1, 0.15, 0.2] }, y: { range: [0, 1] } });
    this.marks = element("g", { "aria-hidden": "true" }, svg);
    this.buttons = {
      equal: button(this.controls, "equal cuts", () => this.glide({ cuts: { kind: "uniform" } })),
      yours: button(this.controls, "your cuts", () => this.glide({ cuts: this.yours })),
      density: button(
        this.controls,
        "the formula's",
        () => this.glide({ cuts: { kind: "density" } }),
        "the formula's cuts",
      ),
      optimum: button(this.controls, "the best there are", () => this.glide({ cuts: { kind: "optimum" } })),
    };
  }

  layout(width) {
    const [left, right] = [28, width - 14];
    this.top.place(left, 24, right, 204);
    this.rail.place(this.top);
    this.strip.place(left, 248, right, 300);
    this.ruler.place(left, 400, right, 402);
    set(this.names[0], { x: this.top.x.to(1 / 3), y: 34, "text-anchor": "middle" });
    set(this.names[1], { x: right, y: 34 });
    set(this.lawName, { x: right - 2, y: 264 });
    write(this.names[0], "β");
    write(this.names[1], "constants");
    write(this.lawName, "inputs");
    this.drawn = null;
    return 440;
  }

  /** The rivals on the ruler, for any number of cuts. */
  see({ problem }) {
    const { m } = this.state,
      of = (cuts) => approximationExcess(regionMoments(problem, cuts));
    const rivals = this.once("rivals", `${this.dataKey}${m}`, () => ({
      equal: of(uniformCuts(m)),
      density: of(fromDensity(optimalDensity(problem), m)),
    }));
    return { ...rivals, optimum: this.best(m)?.excess };
  }

  get open() {
    return this.moves >= MOVES;
  }

  moved(counts = true) {
    if (counts && this.state.cuts.kind === "hand") {
      this.moves += 1;
      this.yours = this.state.cuts;
    }
    this.refresh();
  }

  paint(view) {
    const { problem, cuts, moments, excess, m } = view,
      { top } = this;
    if (this.drawn !== problem) {
      set(this.curve, { d: top.curve(GRID, GRID.map(problem.beta)) });
      const { strip } = this;
      set(this.law, { d: `${strip.curve(GRID, GRID.map(problem.pdf))}L${strip.right} ${strip.bottom}H${strip.left}Z` });
      this.drawn = problem;
    }
    set(this.steps, { d: top.stairs(cuts, moments.mean) });
    set(this.lines, {
      d: Array.from(cuts.slice(1, -1), (a) => `M${tenth(top.x.to(a))} ${top.top}V${top.bottom}`).join(""),
    });
    set(this.misfit, { d: misfitPath(top, problem, cuts, moments.mean) });
    this.rail.paint(excess);
    this.read(number(excess));
    this.paintRuler(view);
    this.paintWords(view, m);
  }

  paintRuler({ excess, equal, density, optimum }) {
    const ruler = this.ruler,
      found = [];
    found.push(["equal", equal, "rival", 0]);
    if (this.open) found.push(["the formula's", density, "lambda", 1], ["the best", optimum ?? NaN, "exact", 0]);
    found.push(["yours", excess, "experts", 2]);
    this.marks.replaceChildren();
    const places = found
      .filter(([, value]) => Number.isFinite(value))
      .map(([word, value, role, row]) => ({
        word,
        value,
        role,
        x: tenth(ruler.x.to(Math.min(value, RULER))),
        y: ruler.top - 18 * row - 14,
      }));
    for (const { role, x, y } of places) {
      element("path", { class: `zcl-${role}`, d: `M${x} ${y}V${ruler.bottom}` }, this.marks);
    }
    for (const { word, value, role, x, y } of places) {
      // over all lines
      const [anchor, shift] = value > 0.14 ? ["end", 2] : value < 0.03 ? ["start", -2] : ["middle", 0];
      const place = { x: x + shift, y: y - 3, "text-anchor": anchor };
      element("text", { class: `zcl-word zcl-${role}-word`, ...place }, this.marks, word);
    }
  }

  paintWords({ excess, density, optimum }, m) {
    const { kind } = this.state.cuts,
      left = MOVES - this.moves,
      now = { uniform: "equal", hand: "yours" }[kind] ?? kind;
    for (const [name, node] of Object.entries(this.buttons)) {
      set(node, { "aria-pressed": name === now });
      node.disabled = name === "yours" ? !this.yours : name !== "equal" && !this.open;
    }
    const best = `No cuts do better than ${number(optimum ?? NaN)}.`;
    const gap = Math.round(100 * (1 - excess / density));
    write(
      this.verdict,
      !this.open
        ? `${left === MOVES ? "Move a cut" : `${left} more`}; after five moves two locked marks open.`
        : kind === "hand" && excess < density
          ? `You beat the formula by ${gap} %. It is made for many experts, and ${m} are not many. ${best}`
          : `The formula's cuts: ${number(density)}. They are the best for many experts; ${m} are not many. ${best}`,
    );
  }
}

/** Between β and the constants. */
export function misfitPath(panel, problem, cuts, constants) {
  let d = "";
  constants.forEach((c, i) => {
    const [a, b] = [cuts[i], cuts[i + 1]],
      inside = (b - a) * 1e-6;
    const xs = [a + inside, ...GRID.filter((x) => x > a && x < b), b - inside];
    const y = panel.bounded(panel.y.to(c));
    d +=
      `${polyline(
        xs.map(panel.x.to),
        xs.map((x) => panel.bounded(panel.y.to(problem.beta(x)))),
      )}` + `L${tenth(panel.x.to(b))} ${tenth(y)}H${tenth(panel.x.to(a))}Z`;
  });
  return d;
}
