// Cells that fill space, as convex solids: corners, faces and the normalized moment of inertia. Twin: zcmoe/lattices.

const signs = (list) =>
  list.flatMap(([x, y, z]) =>
    [1, -1].flatMap((a) => [1, -1].flatMap((b) => [1, -1].map((c) => [a * x, b * y, c * z]))),
  );
const unique = (list) => [...new Map(list.map((p) => [p.map((v) => v + 0).join(), p.map((v) => v + 0)])).values()];
const turned = ([x, y, z]) => [
  [x, y, z],
  [y, z, x],
  [z, x, y],
];
const every = (...list) => unique(signs(list.flatMap(turned)));
const swapped = (...list) => unique(signs(list.flatMap((p) => [...turned(p), ...turned([p[1], p[0], p[2]])])));

/** A hexagon of side 1, and the height at which the prism on it has as much inertia in each direction (product formula). */
function hexagonalPrism() {
  const height = Math.sqrt(12 * (5 / 24)); // ∫ x² over the hexagon is 5/24 of its area
  const ring = Array.from({ length: 6 }, (_, i) => [Math.cos((Math.PI * i) / 3), Math.sin((Math.PI * i) / 3)]);
  const sides = Array.from({ length: 6 }, (_, i) => [
    Math.cos((Math.PI * (i + 0.5)) / 3),
    Math.sin((Math.PI * (i + 0.5)) / 3),
    0,
  ]);
  return {
    corners: [1, -1].flatMap((s) => ring.map(([x, y]) => [x, y, (s * height) / 2])),
    normals: [...sides, [0, 0, 1], [0, 0, -1]],
  };
}

export const SOLIDS = {
  cube: { corners: signs([[1, 1, 1]]), normals: every([1, 0, 0]) },
  prism: hexagonalPrism(),
  dodecahedron: { corners: [...every([2, 0, 0]), ...signs([[1, 1, 1]])], normals: every([1, 1, 0]) },
  octahedron: { corners: swapped([0, 1, 2]), normals: [...every([1, 0, 0]), ...signs([[1, 1, 1]])] },
};

const dot = (p, q) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
const cross = (p, q) => [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]];
const size = (p) => Math.sqrt(dot(p, p));

/** The faces: for each normal the corners that lie farthest along it, in order about it. */
export function solidFaces({ corners, normals }) {
  return normals.map((normal) => {
    const far = Math.max(...corners.map((p) => dot(p, normal))),
      own = corners.filter((p) => dot(p, normal) > far - 1e-9),
      middle = [0, 1, 2].map((c) => own.reduce((sum, p) => sum + p[c], 0) / own.length);
    const first = own[0].map((v, c) => v - middle[c]),
      second = cross(normal, first).map((v) => v / size(normal));
    const angle = (p) => {
      const from = p.map((v, c) => v - middle[c]);
      return Math.atan2(dot(from, second), dot(from, first));
    };
    const unit = normal.map((v) => v / size(normal));
    return { normal: unit, corners: own.sort((p, q) => angle(p) - angle(q)) };
  });
}

/** Volume, and M = ∫ ‖x‖² / (3 V^(5/3)) about the centre 0, by pyramids over the faces' triangles. */
export function solidMoment(solid) {
  let [volume, inertia] = [0, 0];
  for (const { corners } of solidFaces(solid)) {
    for (let i = 1; i + 1 < corners.length; i++) {
      const [p, q, r] = [corners[0], corners[i], corners[i + 1]],
        part = Math.abs(dot(p, cross(q, r))) / 6;
      volume += part;
      inertia += (part * (dot(p, p) + dot(q, q) + dot(r, r) + dot(p, q) + dot(q, r) + dot(r, p))) / 10;
    }
  }
  return { volume, moment: inertia / (3 * volume ** (5 / 3)) };
}

export const sphereBound = 0.2 * ((4 * Math.PI) / 3) ** (-2 / 3); // of n = 3
