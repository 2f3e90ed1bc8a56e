// F10, the solid: cells that fill space, turned by a handle, and their normalized moments of inertia.
import { SOLIDS, solidFaces, solidMoment, sphereBound } from "../compute/solids.mjs";
import { WORLDS } from "../compute/worlds.mjs";
import { Panel } from "../draw/panel.mjs";
import { clamp, element, set, tenth, write } from "../draw/svg.mjs";
import { World } from "../draw/world.mjs";
import { choice } from "../hand/controls.mjs";
import { DOT, Handle } from "../hand/handle.mjs";

const STEP = 5; // degrees
const LIGHT = [0.35, 0.75, 0.56];
const NAMES = {
  cube: "cube",
  prism: "hexagonal prism",
  dodecahedron: "rhombic dodecahedron",
  octahedron: "truncated octahedron",
};

export class Solid extends World {
  static world = "solid";
  static base = WORLDS.solid.start;
  static name = "The solid";
  static unit = "normalized moment of inertia M";
  static caption = "A cell that fills space with its copies. Drag sideways to turn it, choose its rivals.";

  fresh() {
    this.been = new Set();
  }

  build(svg) {
    this.faces = element("g", { "aria-hidden": "true" }, svg);
    this.ruler = new Panel(svg, {
      x: {
        range: [0.0765, 0.084],
        ticks: [
          [0.077, ".077"],
          [0.079, ".079"],
          [0.081, ".081"],
          [0.083, ".083"],
        ],
      },
      y: { range: [0, 1] },
    });
    this.marks = element("g", { "aria-hidden": "true" }, svg);
    this.canvas = element("rect", { class: "zcl-hit zcl-rail" }, svg);
    this.hand(this.canvas, {
      begin: ([px, py]) => {
        this.from = { px, py, ...this.state };
      },
      move: ([px, py]) =>
        this.turn(this.from.turn + 0.5 * (px - this.from.px), this.from.tilt + 0.4 * (py - this.from.py)),
      end: () => this.handle.focus(),
    });
    this.track = element("path", { class: "zcl-axis" }, svg);
    this.handle = new Handle(svg, {
      shape: DOT,
      description: "left and right turn it, up and down tilt it",
      step: ({ dx, dy, page, end }) => {
        const { turn, tilt } = this.state;
        this.turn(end ? (end < 0 ? 0 : 355) : turn + STEP * dx + 45 * page, tilt + STEP * dy);
        this.commit();
      },
    });
    const words = Object.entries(NAMES);
    this.solids = choice(this.controls, "cell:", words, (solid) => this.commit({ solid }));
  }

  turn(turn, tilt) {
    const step = (v) => STEP * Math.round(v / STEP);
    this.change({ turn: ((step(turn) % 360) + 360) % 360, tilt: clamp(step(tilt), -90, 90) });
  }

  layout(width) {
    this.middle = [width / 2, 142];
    [this.left, this.right] = [width / 2 - 130, width / 2 + 130];
    set(this.canvas, { x: this.left - 10, y: 0, width: 280, height: 322 });
    set(this.track, { d: `M${this.left} 300H${this.right}` });
    this.ruler.place(20, 400, width - 20, 402);
    return 432;
  }

  see() {
    const { solid } = this.state;
    this.been.add(solid);
    return this.once("solid", solid, () => ({ faces: solidFaces(SOLIDS[solid]), ...solidMoment(SOLIDS[solid]) }));
  }

  paint({ faces, volume, moment }) {
    const { solid, turn, tilt } = this.state,
      [a, b] = [turn, tilt].map((v) => (v * Math.PI) / 180),
      scale = 150 / Math.cbrt(volume);
    const rotate = ([x, y, z]) => {
      const [u, v] = [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)];
      return [u, z * Math.cos(b) - v * Math.sin(b), z * Math.sin(b) + v * Math.cos(b)]; // right, up, away
    };
    const seen = faces
      .map(({ normal, corners }) => ({ normal: rotate(normal), corners: corners.map(rotate) }))
      .filter(({ normal }) => normal[2] < -1e-9);
    while (this.faces.children.length < faces.length) element("path", { class: "zcl-face" }, this.faces);
    [...this.faces.children].forEach((path, k) => {
      const { corners, normal } = seen[k] ?? { corners: [] };
      if (!corners.length) return set(path, { d: "" });
      const points = corners.map(
        ([x, y]) => `${tenth(this.middle[0] + scale * x)} ${tenth(this.middle[1] - scale * y)}`,
      );
      const shade = 0.5 + 0.5 * (LIGHT[0] * normal[0] + LIGHT[1] * normal[1] - LIGHT[2] * normal[2]);
      set(path, { d: `M${points.join("L")}Z`, "fill-opacity": Math.round(100 * (0.2 + 0.7 * shade)) / 100 });
    });
    this.paintRuler(solid, moment);
    this.handle.place(this.left + (turn / 360) * (this.right - this.left), 300, {
      label: "turn of the solid",
      min: 0,
      max: 355,
      now: turn,
      text: `${NAMES[solid]}, turned by ${turn} degrees, tilted by ${tilt}`,
    });
    this.solids(solid);
    this.read(moment.toFixed(6));
    const above = ((100 * moment) / sphereBound - 100).toFixed(2);
    write(
      this.verdict,
      `The ${NAMES[solid]} is ${above} % above the ball, ${sphereBound.toFixed(6)}, which no cell can beat. ` +
        (this.been.size < 4
          ? "Which cell comes nearest? Look at its rivals."
          : "The truncated octahedron comes nearest."),
    );
  }

  paintRuler(solid) {
    const { ruler } = this;
    this.marks.replaceChildren();
    const found = [["theory", sphereBound, "ball", 2]];
    for (const name of this.been) {
      const row = { cube: 0, prism: 1, dodecahedron: 0, octahedron: 1 }[name];
      found.push([
        name === solid ? "experts" : "rival",
        solidMoment(SOLIDS[name]).moment,
        NAMES[name].split(" ").at(-1),
        row,
      ]);
    }
    for (const [role, value, word, row] of found) {
      const x = tenth(ruler.x.to(value)),
        y = ruler.top - 12 - 18 * row,
        anchor = value > 0.083 ? "end" : "start";
      element("path", { class: `zcl-${role}`, d: `M${x} ${y}V${ruler.bottom}` }, this.marks);
      element(
        "text",
        { class: `zcl-word zcl-${role}-word`, x: x + (anchor === "end" ? -4 : 4), y: y + 4, "text-anchor": anchor },
        this.marks,
        word,
      );
    }
  }
}
