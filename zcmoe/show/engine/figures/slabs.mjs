// F8, slabs: cells that are thin in one direction only, turned over a wave.
import { boundSum, planeExcess, waveMoments, waveProblem } from "../compute/plane.mjs";
import { slabCells } from "../compute/polygon.mjs";
import { WORLDS } from "../compute/worlds.mjs";
import { Panel } from "../draw/panel.mjs";
import { element, number, set, tenth, write } from "../draw/svg.mjs";
import { World, outlines, tones } from "../draw/world.mjs";
import { slider } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const STRIPES = 64; // that show the wave

export class Slabs extends World {
  static world = "slabs";
  static base = WORLDS.slabs.start;
  static name = "Slabs";
  static unit = "error beyond noise";
  static caption = "A wave over the square, and what the experts make of it. Turn the slabs by their handle.";

  build(svg) {
    const unit = { range: [0, 1], ticks: [0, 1] };
    [this.wave, this.answer] = ["β", "the experts’ answer"].map((label) => new Panel(svg, { x: unit, y: unit, label }));
    this.stripes = tones(this.wave.inside, "beta-fill");
    this.borders = this.wave.mark("border");
    this.fills = tones(this.answer.inside, "beta-fill");
    this.borders2 = this.answer.mark("cut");
    this.canvas = element("rect", { class: "zcl-hit zcl-move" }, svg);
    this.hand(this.canvas, {
      move: ([px, py], last) => {
        if (!last) return;
        const angle = ([x, y]) => Math.atan2(this.wave.y.back(y) - 0.5, this.wave.x.back(x) - 0.5);
        this.turn(((angle([px, py]) - angle(last)) * 180) / Math.PI);
      },
      end: () => this.handle.focus(),
      free: ([px, py]) => Math.hypot(px - this.knob[0], py - this.knob[1]) < 34,
    });
    this.arm = element("path", { class: "zcl-experts" }, svg);
    this.handle = new Handle(svg, {
      shape: DOT,
      step: ({ dx, dy, page, end }) => {
        if (end) this.change({ turn: end < 0 ? 0 : 90 });
        else this.turn(dx + dy + 15 * page);
        this.commit();
      },
    });
    this.controlsOf = [
      slider(
        this.controls,
        "slabs m",
        63,
        () => [this.state.m - 1, `${this.state.m}`],
        (k, final) => this.put({ m: k + 1 }, final),
      ),
      slider(
        this.controls,
        "waves",
        3,
        () => [this.state.waves - 1, `${this.state.waves}`],
        (k, final) => this.put({ waves: k + 1 }, final),
      ),
    ];
  }

  /** By so many degrees; a hand that nears a right angle gets it. */
  turn(by) {
    this.raw = (this.raw ?? this.state.turn) + by;
    const wrapped = ((((this.raw + 180) % 360) + 360) % 360) - 180,
      right = Math.round(wrapped / 90) * 90;
    const near = this.dragging && Math.abs(wrapped - right) < 2;
    this.change({ turn: near ? right : Number(wrapped.toFixed(1)) });
  }

  moved() {
    this.raw = undefined;
  }

  layout(width) {
    const size = Math.min(300, (width - 62) / 2),
      left = (width - 2 * size - 34) / 2 + 8;
    this.wave.place(left, 34, left + size, 34 + size);
    this.answer.place(left + size + 34, 34, left + 2 * size + 34, 34 + size);
    set(this.canvas, { x: left - 10, y: 14, width: size + 20, height: size + 40 });
    this.painted = null;
    return size + 62;
  }

  see() {
    const { m, turn, waves } = this.state,
      problem = this.once("wave", waves, () => waveProblem(waves)),
      polygons = slabCells(m, (turn * Math.PI) / 180);
    const cells = this.once("cells", `${m} ${turn} ${waves}`, () => waveMoments(waves, polygons));
    return { polygons, cells, excess: planeExcess(cells), sum: boundSum(problem, cells) };
  }

  paint({ polygons, cells, excess, sum }) {
    const { wave, answer } = this,
      { waves, turn, m } = this.state;
    if (this.painted !== waves) {
      this.stripes(
        Array.from({ length: STRIPES }, (_, k) => {
          const [a, b] = [k, k + 1].map((v) => tenth(wave.y.to(v / STRIPES)));
          const value = Math.cos((2 * Math.PI * waves * (k + 0.5)) / STRIPES);
          return [(value + 1) / 2, `M${wave.left} ${a}H${tenth(wave.right)}V${b}H${wave.left}Z`];
        }),
      );
      this.painted = waves;
    }
    this.fills(cells.map(({ mean }, i) => [(mean + 1) / 2, outlines(answer, [polygons[i]])]));
    const faint = m > 24 ? 0.35 : 1; // many borders would hide what they bound
    set(this.borders, { d: outlines(wave, polygons), "stroke-opacity": faint });
    set(this.borders2, { d: m > 24 ? "" : outlines(answer, polygons) });
    const angle = (turn * Math.PI) / 180,
      radius = (wave.right - wave.left) / 2 - 12,
      middle = [(wave.left + wave.right) / 2, (wave.top + wave.bottom) / 2];
    this.knob = [middle[0] + radius * Math.cos(angle), middle[1] - radius * Math.sin(angle)];
    set(this.arm, { d: `M${middle.map(tenth).join(" ")}L${this.knob.map(tenth).join(" ")}` });
    this.handle.place(...this.knob, {
      label: "direction across the slabs",
      min: -180,
      max: 180,
      now: turn,
      text: `${turn} degrees, error ${number(excess)}`,
    });
    for (const update of this.controlsOf) update();
    this.read(number(excess));
    write(
      this.verdict,
      `The sum in (28) says ${number(sum < 1e-12 ? 0 : sum)}. ${m} ${m === 1 ? "slab" : "slabs"} of volume ${(1 / m).toFixed(3)} ` +
        "each; in one direction they stay as long as the square.",
    );
  }
}
