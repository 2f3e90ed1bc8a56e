// F9, through the compander: a point goes along the compressor, equal cells and the expander.
import { LINES, companded } from "../compute/compander.mjs";
import { WORLDS } from "../compute/worlds.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, set, tenth, write } from "../draw/svg.mjs";
import { World } from "../draw/world.mjs";
import { choice, slider } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const REACH = 4; // of x, in standard deviations
const ABSCISSAE = Array.from({ length: 321 }, (_, i) => REACH * (i / 160 - 1));

export class Compander extends World {
  static world = "compander";
  static base = WORLDS.compander.start;
  static name = "Through the compander";
  static unit = "m² × distortion";
  static caption = "The compressor takes x up to equal cells, the expander brings them back. Drag x.";

  build(svg) {
    const x = { range: [-REACH, REACH], ticks: [-4, -2, 0, 2, 4] };
    this.main = new Panel(svg, {
      x: { range: x.range, ticks: [] },
      y: { range: [0, 1], ticks: [0, 0.5, 1] },
      label: "G(x)",
    });
    this.bands = this.main.mark("inputs");
    this.band = this.main.mark("misfit");
    this.lines = this.main.mark("cut");
    this.curve = this.main.mark("lambda");
    this.path = this.main.mark("exact");
    this.below = new Panel(svg, { x, y: { range: [0, 0.75], ticks: [] }, xLabel: "x, in standard deviations" });
    this.law = this.below.mark("inputs");
    this.cell = this.below.mark("misfit");
    this.cuts = this.below.mark("cut");
    this.level = this.below.mark("experts");
    this.word = this.main.word("lambda");
    this.canvas = element("rect", { class: "zcl-hit zcl-rail" }, svg);
    this.hand(this.canvas, {
      move: ([px]) => this.carry(this.main.x.back(px)),
      end: () => this.handle.focus(),
    });
    this.handle = new Handle(svg, {
      shape: DOT,
      role: "exact",
      step: ({ dx, dy, page, end }) => {
        this.carry(end ? end * REACH : this.state.x + 0.02 * (dx + dy) + 0.5 * page);
        this.commit();
      },
    });
    this.laws = choice(
      this.controls,
      "law:",
      [
        ["uniform", "uniform"],
        ["normal", "normal"],
        ["laplace", "Laplacian"],
      ],
      (law) => {
        const reach = Math.min(LINES[law].reach, REACH);
        this.commit({ law, x: Number(clamp(this.state.x, -reach, reach).toFixed(2)) });
      },
    );
    this.levels = slider(
      this.controls,
      "levels m",
      30,
      () => [this.state.m - 2, `${this.state.m}`],
      (k, final) => this.put({ m: k + 2 }, final),
    );
  }

  carry(x) {
    const reach = Math.min(LINES[this.state.law].reach, REACH);
    this.change({ x: Number(clamp(x, -reach, reach).toFixed(2)) });
  }

  layout(width) {
    const [left, right] = [44, width - 14];
    this.main.place(left, 24, right, 264);
    this.below.place(left, 276, right, 346);
    set(this.canvas, { x: left, y: 24, width: right - left, height: 322 });
    set(this.word, { x: this.main.x.to(1.6), y: 250 });
    write(this.word, "compressor G");
    return 384;
  }

  see() {
    const { law, m, x } = this.state,
      line = LINES[law],
      found = this.once("cells", `${law} ${m}`, () => companded(law, m)),
      u = line.compress(x);
    return { line, u, at: Math.min(Math.floor(u * m), m - 1), ...found };
  }

  paint({ line, u, at, edges, levels, distortion }) {
    const { main, below } = this,
      { law, m, x } = this.state,
      px = (v) => tenth(main.x.to(clamp(v, -REACH - 0.2, REACH + 0.2)));
    const inner = edges.slice(1, -1),
      rows = Array.from({ length: m - 1 }, (_, i) => tenth(main.y.to((i + 1) / m)));
    set(this.curve, { d: main.curve(ABSCISSAE, ABSCISSAE.map(line.compress)) });
    set(this.law, { d: `${below.curve(ABSCISSAE, ABSCISSAE.map(line.pdf))}V${below.bottom}H${below.left}Z` });
    set(this.lines, { d: rows.map((y, i) => `M${main.left} ${y}H${px(inner[i])}V${main.bottom}`).join("") });
    set(this.cuts, { d: inner.map((a) => `M${px(a)} ${below.top}V${below.bottom}`).join("") });
    const [low, high] = [tenth(main.y.to(at / m)), tenth(main.y.to((at + 1) / m))],
      [a, b] = [px(edges[at]), px(edges[at + 1])];
    set(this.band, { d: `M${main.left} ${low}H${a}V${main.bottom}H${b}V${high}H${main.left}Z` });
    set(this.cell, { d: `M${a} ${below.bottom}V${below.top}H${b}V${below.bottom}Z` });
    const y = tenth(main.y.to(u));
    set(this.path, { d: `M${px(x)} ${main.bottom}V${y}H${main.left}` });
    set(this.level, { d: `M${px(levels[at])} ${below.bottom}V${below.top}` });
    this.handle.place(main.x.to(x), main.bottom, {
      label: "x",
      min: -REACH,
      max: REACH,
      now: x,
      text: `${x.toFixed(2)} is answered by ${levels[at].toFixed(3)}, cell ${at + 1} of ${m}`,
    });
    this.laws(law);
    this.levels();
    this.read((m * m * distortion).toFixed(4));
    const said = `x = ${x.toFixed(2)} goes to ${u.toFixed(3)}, cell ${at + 1} of ${m}, and is answered by ${levels[at].toFixed(3)}.`;
    write(
      this.verdict,
      `${said} For many levels formula (47) says ${line.constant.toFixed(4)}.`.replace(/-(?=\d)/g, "−"),
    );
  }
}
