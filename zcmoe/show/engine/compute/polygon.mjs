// Convex polygons, lists of corners [x, y] in order: the twin of zcmoe/_polytope.py in the plane.
import { gauss } from "./quadrature.mjs";

export const SQUARE = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];
const LONGEST = 0.25; // side of a triangle that is not halved

/** The part where normal · x <= offset. */
export function cutPolygon(corners, [a, b], offset) {
  const beyond = corners.map(([x, y]) => a * x + b * y - offset),
    kept = [];
  corners.forEach((corner, i) => {
    const k = (i + 1) % corners.length,
      [here, there] = [beyond[i], beyond[k]];
    if (here <= 0) kept.push(corner);
    if (here <= 0 !== there <= 0) {
      const t = here / (here - there);
      kept.push([0, 1].map((c) => corner[c] + t * (corners[k][c] - corner[c])));
    }
  });
  return kept;
}

/** Area, centroid and J = ∫ (x - centroid)(x - centroid)ᵀ, as [J11, J12, J22]. */
export function polygonGeometry(corners) {
  if (corners.length < 3) return { area: 0, centroid: corners[0] ?? [0, 0], inertia: [0, 0, 0] };
  const about = ([ox, oy]) => {
    // sums over the triangles that the sides make with a point
    let [area, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
    corners.forEach(([px, py], i) => {
      const [qx, qy] = corners[(i + 1) % corners.length],
        [a, b, c, d] = [px - ox, py - oy, qx - ox, qy - oy],
        cross = a * d - b * c;
      area += cross / 2;
      x += (cross * (a + c)) / 6;
      y += (cross * (b + d)) / 6;
      xx += (cross * (a * a + a * c + c * c)) / 12;
      xy += (cross * (2 * a * b + a * d + c * b + 2 * c * d)) / 24;
      yy += (cross * (b * b + b * d + d * d)) / 12;
    });
    return { area, x, y, inertia: [xx, xy, yy] };
  };
  const rough = about(corners[0]);
  const centroid = [corners[0][0] + rough.x / rough.area, corners[0][1] + rough.y / rough.area];
  const { area, inertia } = about(centroid); // about the centroid nothing cancels
  return Math.sign(area) < 0 ? { area: -area, centroid, inertia: inertia.map((v) => -v) } : { area, centroid, inertia };
}

/** The normalized moment of inertia M = tr J / (2 area²) (24). */
export const normalizedMoment = ({ area, inertia: [xx, , yy] }) => (xx + yy) / (2 * area ** 2);

/** The same shape with area 1 and its centroid at 0. */
export function normalizedPolygon(corners) {
  const { area, centroid } = polygonGeometry(corners);
  return corners.map(([x, y]) => [(x - centroid[0]) / Math.sqrt(area), (y - centroid[1]) / Math.sqrt(area)]);
}

export function regularPolygon(k, turn = 0) {
  const angle = (i) => turn + (2 * Math.PI * i) / k;
  return normalizedPolygon(Array.from({ length: k }, (_, i) => [Math.cos(angle(i)), Math.sin(angle(i))]));
}

/** Corners that come in any order, with area 1: those of their hull; null where they have none. */
export function convexHull(points) {
  const sorted = [...points].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const half = (list) => {
    const chain = [];
    for (const p of list) {
      const left = () => {
        const [a, b] = chain.slice(-2);
        return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
      };
      while (chain.length > 1 && left() <= 1e-12) chain.pop();
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Voronoi's cells in the unit square: each cut from it by the bisectors to the other centres. */
export function voronoiCells(centers) {
  return centers.map(([x, y], i) =>
    centers.reduce((cell, [u, v], j) => {
      if (j === i || !cell.length) return cell;
      return cutPolygon(cell, [u - x, v - y], (u * u + v * v - x * x - y * y) / 2);
    }, SQUARE),
  );
}

/** The unit square in m slabs of equal width, across the direction of an angle. */
export function slabCells(m, angle) {
  const normal = [Math.cos(angle), Math.sin(angle)],
    back = normal.map((v) => -v),
    reach = (Math.abs(normal[0]) + Math.abs(normal[1])) / 2,
    middle = (normal[0] + normal[1]) / 2;
  const at = (i) => middle + reach * ((2 * i) / m - 1);
  return Array.from({ length: m }, (_, i) => cutPolygon(cutPolygon(SQUARE, back, -at(i)), normal, at(i + 1)));
}

/** Nodes and weights on a polygon: triangles about its middle, halved while a side is long, Gauss's rule on each. */
export function polygonRule(corners, order = 10, longest = LONGEST) {
  const [node, weight] = gauss(order),
    rule = { x: [], y: [], weight: [] };
  const triangle = ([ax, ay], [bx, by], [cx, cy]) => {
    const sides = [Math.hypot(bx - cx, by - cy), Math.hypot(ax - cx, ay - cy), Math.hypot(ax - bx, ay - by)];
    const most = sides.indexOf(Math.max(...sides));
    if (sides[most] > longest) {
      const [a, b, c] = [0, 1, 2].map(
        (i) =>
          [
            [ax, ay],
            [bx, by],
            [cx, cy],
          ][(i + most) % 3],
      ); // b and c end the side
      const half = [(b[0] + c[0]) / 2, (b[1] + c[1]) / 2];
      triangle(a, b, half);
      triangle(a, half, c);
      return;
    }
    const twice = Math.abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
    for (let i = 0; i < order; i++) {
      for (let j = 0; j < order; j++) {
        const u = node[i],
          v = u * node[j];
        rule.x.push(ax + u * (bx - ax) + v * (cx - bx));
        rule.y.push(ay + u * (by - ay) + v * (cy - by));
        rule.weight.push(weight[i] * weight[j] * u * twice);
      }
    }
  };
  if (corners.length < 3) return rule;
  const middle = [0, 1].map((c) => corners.reduce((total, p) => total + p[c], 0) / corners.length);
  corners.forEach((corner, i) => triangle(middle, corner, corners[(i + 1) % corners.length]));
  return rule;
}
