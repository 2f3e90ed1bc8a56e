// F5, one cell, one slope: what the cell's shape and the slope's direction make of the error, and of its bound.
import {
  convexHull,
  normalizedMoment,
  normalizedPolygon,
  polygonGeometry,
  regularPolygon,
} from "../compute/polygon.mjs";
import { WORLDS } from "../compute/worlds.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, set, tenth, write } from "../draw/svg.mjs";
import { World, nearestPoint, outlines } from "../draw/world.mjs";
import { button, choice, slider } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const WIDE = 1.6; // half of what is shown, in sides of the square cell
const ARROW = 0.24; // of the arrow's length a unit of slope
const TALLEST = 4; // bars, in units of the square's bound
const CUT_INTO = 400; // of the error in words
const SHAPES = {
  square: regularPolygon(4, Math.PI / 4),
  hexagon: regularPolygon(6),
  triangle: regularPolygon(3, Math.PI / 2),
  disc: regularPolygon(96),
};

export class Cell extends World {
  static world = "cell";
  static base = WORLDS.cell.start;
  static name = "One cell, one slope";
  static unit = "bound ÷ error";
  static lines = 4;
  static caption = "A cell of area 1 over level lines of β; the arrow is ∇β. Drag its corners, and the arrow.";

  fresh() {
    this.held = 0;
  }

  build(svg) {
    const range = [-WIDE, WIDE];
    this.plane = new Panel(svg, { x: { range }, y: { range } });
    this.levels = this.plane.mark("level-line");
    this.area = this.plane.mark("misfit");
    this.border = this.plane.mark("experts");
    this.arrow = this.plane.mark("beta");
    this.bars = new Panel(svg, {
      x: {
        range: [0, 2],
        ticks: [
          [0.5, "error"],
          [1.5, "bound"],
        ],
      },
      y: { range: [0, TALLEST], ticks: [0, 1, 2, 3, 4] },
      label: "square = 1",
    });
    this.truth = this.bars.mark("exact-dot");
    this.bound = this.bars.mark("bound-area");
    this.over = this.bars.mark("exact-dot", { outside: true });
    this.canvas = element("rect", { class: "zcl-hit zcl-move" }, svg);
    this.hand(this.canvas, {
      begin: (point) => {
        [this.held] = nearestPoint(this.plane, this.points(), point);
      },
      move: (point) => this.move([this.plane.x.back(point[0]), this.plane.y.back(point[1])]),
      end: () => this.handle.focus(),
      free: (point) => nearestPoint(this.plane, this.points(), point)[1] < 30,
    });
    this.pegs = element("path", { class: "zcl-peg" }, svg);
    this.handle = new Handle(svg, {
      shape: DOT,
      role: "beta",
      description: "Page Up and Page Down: another corner, or the arrow",
      step: (keys) => this.step(keys),
    });
    this.shapes = choice(
      this.controls,
      "cell:",
      ["square", "hexagon", "triangle", "disc"].map((word) => [word, word]),
      (shape) => this.commit({ shape, corners: [], stretch: 0 }),
    );
    this.stretch = slider(
      this.controls,
      "stretch",
      60,
      () => [Math.round(20 * (this.state.stretch + 1.5)), `× ${(2 ** (2 * this.state.stretch)).toFixed(2)}`],
      (k, final) => this.put({ stretch: k / 20 - 1.5 }, final),
    );
    const grids = { "20 × 20": 0, "10 × 40": 1, "40 × 10": -1 };
    for (const [word, stretch] of Object.entries(grids)) {
      const name = `β = x₁ + 4x₂, ${word} boxes`;
      button(this.controls, word, () => this.commit({ shape: "square", corners: [], stretch, slope: [1, 4] }), name);
    }
  }

  layout(width) {
    const size = Math.min(320, width - 152),
      beside = Math.min(220, width - size - 60),
      left = Math.max(4, (width - size - beside - 56) / 2);
    this.plane.place(left, 24, left + size, 24 + size);
    this.bars.place(left + size + 48, 24, left + size + 48 + beside, 24 + size);
    set(this.canvas, { x: left, y: 24, width: size, height: size });
    return size + 52;
  }

  corners() {
    const { shape, corners, stretch } = this.state,
      by = 2 ** stretch;
    return (shape === "yours" ? corners : SHAPES[shape]).map(([x, y]) => [x * by, y / by]);
  }

  tip() {
    return this.state.slope.map((v) => ARROW * v);
  }

  /** What a hand can take: the corners, if they are few, and the arrow's tip last. */
  points() {
    return [...(this.state.shape === "disc" ? [] : this.corners()), this.tip()];
  }

  move(to) {
    const points = this.points(),
      [x, y] = to.map((v) => clamp(v, -WIDE + 0.05, WIDE - 0.05));
    if (this.held >= points.length - 1) {
      const slope = [x, y].map((v) => Number(clamp(v / ARROW, -6, 6).toFixed(3)));
      if (Math.hypot(...slope) > 0.2) this.change({ slope });
      return;
    }
    const corners = points.slice(0, -1);
    corners[this.held] = [x, y];
    if (convexHull(corners).length < corners.length || polygonGeometry(corners).area < 0.2) return;
    const kept = normalizedPolygon(corners).map((p) => p.map((v) => Number(v.toFixed(4))));
    if (kept.flat().every((v) => Math.abs(v) <= 4)) this.change({ shape: "yours", corners: kept, stretch: 0 });
  }

  step({ dx, dy, page, end }) {
    const points = this.points();
    if (page || end) {
      const last = points.length - 1;
      this.held = page ? clamp(this.held + page, 0, last) : end < 0 ? 0 : last;
      this.refresh();
      return;
    }
    const [x, y] = points[Math.min(this.held, points.length - 1)];
    this.move([x + 0.02 * dx, y + 0.02 * dy]);
    this.commit();
  }

  see() {
    const corners = this.corners(),
      geometry = polygonGeometry(corners),
      [xx, xy, yy] = geometry.inertia.map((v) => v / geometry.area ** 2),
      [a, b] = this.state.slope;
    const truth = a * a * xx + 2 * a * b * xy + b * b * yy,
      bound = (a * a + b * b) * (xx + yy);
    return { corners, moment: normalizedMoment(geometry), truth, bound };
  }

  paint({ corners, moment, truth, bound }) {
    const { plane, bars } = this,
      [a, b] = this.state.slope,
      steep = Math.hypot(a, b);
    const normal = [a / steep, b / steep],
      apart = 0.6 / steep,
      far = 3 * WIDE;
    let d = "";
    for (let k = Math.ceil((-1.5 * WIDE) / apart); k * apart <= 1.5 * WIDE; k++) {
      const [x, y] = normal.map((v) => v * k * apart),
        end = (s) => `${tenth(plane.x.to(x - s * far * normal[1]))} ${tenth(plane.y.to(y + s * far * normal[0]))}`;
      d += `M${end(-1)}L${end(1)}`;
    }
    set(this.levels, { d });
    for (const mark of [this.area, this.border]) set(mark, { d: outlines(plane, [corners]) });
    const points = this.points(),
      tip = points.at(-1),
      at = ([x, y]) => `${tenth(plane.x.to(x))} ${tenth(plane.y.to(y))}`;
    const wing = (turn) => at(tip.map((v, c) => v - 0.16 * (normal[c] + turn * [-normal[1], normal[0]][c])));
    set(this.arrow, { d: `M${at([0, 0])}L${at(tip)}M${wing(0.6)}L${at(tip)}L${wing(-0.6)}` });
    set(this.pegs, {
      d: points
        .map(([x, y]) => `M${tenth(plane.x.to(x) - 6)} ${tenth(plane.y.to(y))}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0`)
        .join(""),
    });
    this.paintBars(truth, bound, (steep * steep) / 6);
    this.held = Math.min(this.held, points.length - 1);
    const [x, y] = points[this.held],
      last = this.held === points.length - 1;
    this.handle.place(plane.x.to(x), plane.y.to(y), {
      label: last ? "the arrow ∇β" : `corner ${this.held + 1} of ${points.length - 1}`,
      min: -6,
      max: 6,
      now: last ? a : x,
      text: `${(last ? [a, b] : [x, y]).map((v) => v.toFixed(2)).join(", ")}; bound ÷ error ${(bound / truth).toFixed(2)}`,
    });
    this.read((bound / truth).toFixed(2));
    this.shapes(this.state.shape);
    this.stretch();
    const cut = (v) => v.toFixed(5);
    write(
      this.verdict,
      `M of this cell: ${moment.toFixed(6)}. With ${CUT_INTO} such cells on the unit square, β straight and slope ` +
        `(${a.toFixed(2)}, ${b.toFixed(2)}): error ${cut(truth / CUT_INTO)}, bound ${cut(bound / CUT_INTO)}.`,
    );
  }

  paintBars(truth, bound, unit) {
    const { bars } = this,
      box = (from, value) =>
        `M${tenth(bars.x.to(from))} ${bars.bottom}V${tenth(bars.y.to(Math.min(value / unit, TALLEST)))}` +
        `H${tenth(bars.x.to(from + 0.6))}V${bars.bottom}Z`;
    set(this.truth, { d: box(0.2, truth) });
    set(this.bound, { d: box(1.2, bound) });
    const above = [
      [0.5, truth],
      [1.5, bound],
    ].filter(([, value]) => value / unit > TALLEST);
    set(this.over, { d: above.map(([x]) => `M${tenth(bars.x.to(x))} ${bars.top - 7}l4 5h-8z`).join("") });
  }
}
