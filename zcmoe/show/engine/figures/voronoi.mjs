// F6, Voronoi under your hand: centres over a weight, and weighted k-means a step at a time.
import {
  PLANES,
  boundSum,
  planeCoefficient,
  planeExcess,
  planeMoments,
  planeWeight,
  relaxed,
} from "../compute/plane.mjs";
import { voronoiCells } from "../compute/polygon.mjs";
import { WORLDS } from "../compute/worlds.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, number, set, tenth, write } from "../draw/svg.mjs";
import { World, nearestPoint, outlines, tones } from "../draw/world.mjs";
import { button, choice, slider } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const RASTER = 40; // squares a side that show the weight
const HEXAGON = 5 / (36 * Math.sqrt(3)); // M of the best cells in the plane
const APART = 0.004; // of two centres, at least
const scattered = (m) =>
  Array.from({ length: m }, (_, i) =>
    [0.7548776662, 0.5698402909].map((a) => Number(((0.5 + a * (i + 1)) % 1).toFixed(3))),
  );

export class VoronoiCells extends World {
  static world = "voronoi";
  static base = WORLDS.voronoi.start;
  static name = "Voronoi under your hand";
  static unit = "error beyond noise";
  static lines = 4;
  static caption = "Cells over the weight w = p‖∇β‖², dark where it is large. Drag the centres, or let k-means do it.";

  fresh() {
    this.held = 0;
  }

  build(svg) {
    const unit = { range: [0, 1], ticks: [0, 0.5, 1] };
    this.plane = new Panel(svg, { x: unit, y: unit });
    this.weight = tones(this.plane.inside, "weight");
    this.borders = this.plane.mark("border");
    this.dots = this.plane.mark("experts-dot");
    this.ruler = new Panel(svg, {
      x: { range: [0.25, 16], ticks: [[0.25, "¼"], [0.5, "½"], 1, 2, 4, 8, 16], log: true },
      y: { range: [0, 1] },
      xLabel: "÷ formula (54) for hexagons, without its factor d",
    });
    const roles = [
      ["theory", 1, "(54)", "end"],
      ["exact", 2, "error", "middle"],
      ["bound", 0, "bound (28)", "middle"],
    ];
    const lines = roles.map(([role]) => this.ruler.mark(role, { outside: true })); // below all words
    this.marks = roles.map(([role, row, word, anchor], k) => ({
      line: lines[k],
      text: this.ruler.word(role, anchor),
      row,
      word,
      shift: anchor === "end" ? -4 : 0,
    }));
    this.canvas = element("rect", { class: "zcl-hit zcl-move" }, svg);
    this.hand(this.canvas, {
      begin: (point) => {
        [this.held] = nearestPoint(this.plane, this.state.centers, point);
      },
      move: ([px, py]) => this.move(this.plane.x.back(px), this.plane.y.back(py)),
      end: () => this.handle.focus(),
      free: (point) => nearestPoint(this.plane, this.state.centers, point)[1] < 26,
    });
    this.handle = new Handle(svg, {
      shape: DOT,
      description: "arrow keys move it; Page Up and Page Down: another centre",
      step: (keys) => this.step(keys),
    });
    this.betas = choice(
      this.controls,
      "β:",
      [
        ["cosine", "a cosine"],
        ["bump", "a bump"],
      ],
      (beta) => this.commit({ beta }),
    );
    this.experts = slider(
      this.controls,
      "centres m",
      20,
      () => [this.state.centers.length - 4, `${this.state.centers.length}`],
      (k, final) => this.put({ centers: scattered(k + 4) }, final),
    );
    button(this.controls, "relax one step", () => this.relax(1));
    button(this.controls, "relax 20 steps", () => this.relax(20));
  }

  layout(width) {
    const size = Math.min(380, width - 40),
      left = (width - size) / 2 + 8,
      [start, end] = [Math.max(20, left - 40), Math.min(width - 20, left + size + 40)];
    this.plane.place(left, 12, left + size, 12 + size);
    this.ruler.place(start, size + 108, end, size + 110);
    set(this.canvas, { x: left, y: 12, width: size, height: size });
    this.painted = null;
    return size + 150;
  }

  move(x, y) {
    const centers = this.state.centers.map((p) => [...p]),
      to = [x, y].map((v) => Number(clamp(v, 0, 1).toFixed(3)));
    if (centers.some((p, i) => i !== this.held && Math.hypot(p[0] - to[0], p[1] - to[1]) < APART)) return;
    centers[this.held] = to;
    this.change({ centers });
  }

  step({ dx, dy, page, end }) {
    const last = this.state.centers.length - 1;
    if (page || end) {
      this.held = page ? clamp(this.held + page, 0, last) : end < 0 ? 0 : last;
      this.refresh();
      return;
    }
    const [x, y] = this.state.centers[this.held];
    this.move(x + 0.01 * dx, y + 0.01 * dy);
    this.commit();
  }

  relax(steps) {
    const problem = PLANES[this.state.beta];
    let { centers } = this.state;
    for (let k = 0; k < steps; k++) {
      centers = relaxed(planeMoments(problem, voronoiCells(centers))).map((p) =>
        p.map((v) => Number(clamp(v, 0, 1).toFixed(6))),
      );
    }
    this.commit({ centers });
  }

  see() {
    const { beta, centers } = this.state,
      problem = PLANES[beta],
      polygons = voronoiCells(centers),
      cells = planeMoments(problem, polygons);
    const formula = this.once("formula", beta, () => planeCoefficient(problem, HEXAGON)) / centers.length;
    return { problem, polygons, formula, excess: planeExcess(cells), bound: boundSum(problem, cells) };
  }

  /** In rows: squares of one tone that stand side by side are one. */
  paintWeight(problem) {
    const { plane } = this,
      at = (k) => (k + 0.5) / RASTER,
      rows = Array.from({ length: RASTER }, (_, j) =>
        Array.from({ length: RASTER }, (_, i) => planeWeight(problem, at(i), at(j))),
      ),
      most = Math.max(...rows.flat());
    const pieces = rows.flatMap((row, j) => {
      const tone = row.map((w) => (w < 0.003 * most ? -1 : Math.floor(8 * Math.sqrt(w / most)))),
        [c, d] = [j, j + 1].map((v) => tenth(plane.y.to(v / RASTER))),
        found = [];
      for (let i = 0, start = 0; i < RASTER; i++) {
        if (tone[i + 1] === tone[i]) continue;
        const [a, b] = [start, i + 1].map((v) => tenth(plane.x.to(v / RASTER)));
        if (tone[i] >= 0) found.push([(tone[i] + 0.5) / 8, `M${a} ${c}H${b}V${d}H${a}Z`]);
        start = i + 1;
      }
      return found;
    });
    this.weight(pieces);
    this.painted = problem;
  }

  paint({ problem, polygons, excess, bound, formula }) {
    const { plane, ruler } = this,
      { centers } = this.state;
    if (this.painted !== problem) this.paintWeight(problem);
    set(this.borders, { d: outlines(plane, polygons) });
    set(this.dots, {
      d: centers
        .map(([x, y]) => `M${tenth(plane.x.to(x) - 4)} ${tenth(plane.y.to(y))}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`)
        .join(""),
    });
    const [low, high] = ruler.xAxis.range;
    this.marks.forEach(({ line, text, row, word, shift }, k) => {
      const x = tenth(ruler.x.to(clamp([1, excess / formula, bound / formula][k], low, high))),
        y = ruler.top - 14 - 18 * row;
      set(line, { d: `M${x} ${y}V${ruler.bottom}` });
      set(text, { x: clamp(x + shift, ruler.left + 30, ruler.right - 34), y: shift ? y + 8 : y - 3 });
      write(text, word);
    });
    this.held = Math.min(this.held, centers.length - 1);
    const [x, y] = centers[this.held];
    this.handle.place(plane.x.to(x), plane.y.to(y), {
      label: `centre ${this.held + 1} of ${centers.length}`,
      min: 0,
      max: 1,
      now: x,
      text: `x₁ ${x.toFixed(2)}, x₂ ${y.toFixed(2)}, error ${number(excess)}`,
    });
    this.betas(this.state.beta);
    this.experts();
    this.read(number(excess));
    write(
      this.verdict,
      `Bound (28): ${number(bound)}. Formula (54) for ${centers.length} hexagons, without its factor d: ${number(formula)}. ` +
        "A step of k-means takes every centre to the middle of w in its cell.",
    );
  }
}
