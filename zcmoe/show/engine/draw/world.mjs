// Figures with a state of their own, in the plane and elsewhere: one of compute/worlds.mjs.
import { checkWorld, decodeWorld } from "../compute/worlds.mjs";
import { Figure } from "./figure.mjs";
import { element, set, tenth } from "./svg.mjs";

/** A figure gives `world` and `base` too. */
export class World extends Figure {
  static preset = {};

  compute() {
    checkWorld(this.constructor.world, this.state);
    return this.see();
  }

  /** Change at once and paint at the next frame, or, where it is final, say so. */
  put(part, final) {
    this[final ? "commit" : "change"](part);
  }
}

World.decode = function decodeOwn(line) {
  return decodeWorld(this.world, line);
};

/** Polygons as one path. */
export const outlines = (panel, polygons) =>
  polygons
    .filter((corners) => corners.length > 2)
    .map((corners) => `M${corners.map(([x, y]) => `${tenth(panel.x.to(x))} ${tenth(panel.y.to(y))}`).join("L")}Z`)
    .join("");

/** Paths of rising tone: `paint(pieces)` takes pairs of a share in [0, 1] and the path that has it. */
export function tones(parent, role, count = 8) {
  const paths = Array.from({ length: count }, (_, k) =>
    element("path", { class: `zcl-${role}`, "fill-opacity": tenth((10 * (k + 0.5)) / count) / 10 }, parent),
  );
  return (pieces) => {
    const d = paths.map(() => "");
    for (const [share, path] of pieces) d[Math.min(Math.max(Math.floor(share * count), 0), count - 1)] += path;
    paths.forEach((path, k) => set(path, { d: d[k] }));
  };
}

/** The index of the point nearest to a place in pixels, and how far it is. */
export function nearestPoint(panel, points, [px, py]) {
  const far = points.map(([x, y]) => Math.hypot(panel.x.to(x) - px, panel.y.to(y) - py)),
    least = Math.min(...far);
  return [far.indexOf(least), least];
}
