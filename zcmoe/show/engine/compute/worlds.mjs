// The states of the figures that are not about a problem on [0, 1]. What `WORLDS` holds is JSON: Python reads
// it too, so that page and notebook hold a state to the same rules.
import { Refused } from "./quadrature.mjs";

// prettier-ignore
export const WORLDS = {
  "cell": {
    "start": {"shape": "square", "corners": [], "stretch": 0, "slope": [3, 0]},
    "fields": {
      "shape": {"words": ["square", "hexagon", "triangle", "disc", "yours"]},
      "corners": {"points": [-4, 4], "count": [0, 8]},
      "stretch": {"number": [-1.5, 1.5]},
      "slope": {"numbers": [-6, 6], "count": [2, 2]}
    }
  },
  "slabs": {
    "start": {"m": 16, "turn": 90, "waves": 1},
    "fields": {"m": {"whole": [1, 64]}, "turn": {"number": [-180, 180]}, "waves": {"whole": [1, 4]}}
  },
  "voronoi": {
    "start": {"beta": "cosine", "centers": [[0.125, 0.166], [0.375, 0.166], [0.625, 0.166], [0.875, 0.166],
      [0.125, 0.5], [0.375, 0.5], [0.625, 0.5], [0.875, 0.5],
      [0.125, 0.834], [0.375, 0.834], [0.625, 0.834], [0.875, 0.834]]},
    "fields": {"beta": {"words": ["cosine", "bump"]}, "centers": {"points": [0, 1], "count": [2, 24]}}
  },
  "compander": {
    "start": {"law": "uniform", "m": 8, "x": 0.9},
    "fields": {"law": {"words": ["uniform", "normal", "laplace"]}, "m": {"whole": [2, 32]}, "x": {"number": [-4, 4]}}
  },
  "solid": {
    "start": {"solid": "cube", "turn": 25, "tilt": 20},
    "fields": {
      "solid": {"words": ["cube", "prism", "dodecahedron", "octahedron"]},
      "turn": {"whole": [0, 355]}, "tilt": {"whole": [-90, 90]}
    }
  },
  "numbers": {"start": {"m": 0}, "fields": {"m": {"whole": [0, 200]}}}
};
// The end of the JSON.

function checkField(value, name, { words, points, number, numbers, whole, count }) {
  const refuse = (wanted) => {
    throw new Refused(`${name} must be ${wanted}, got ${JSON.stringify(value)}`);
  };
  const within = (v, [low, high]) => Number.isFinite(v) && v >= low && v <= high;
  if (words && !words.includes(value)) refuse(`one of ${words.join(", ")}`);
  if (number && !within(value, number)) refuse(`a number in [${number.join(", ")}]`);
  if (whole && !(Number.isInteger(value) && within(value, whole))) refuse(`an integer in [${whole.join(", ")}]`);
  if (!count) return;
  const [low, high] = count,
    range = points ?? numbers;
  if (!Array.isArray(value) || value.length < low || value.length > high) refuse(`a list of ${low} to ${high}`);
  const fits = (v) =>
    points ? Array.isArray(v) && v.length === 2 && v.every((c) => within(c, range)) : within(v, range);
  if (!value.every(fits)) refuse(`a list of ${points ? "points" : "numbers"} in [${range.join(", ")}]`);
}

/** Return a figure's state, or refuse it by name. */
export function checkWorld(name, state) {
  for (const [key, field] of Object.entries(WORLDS[name].fields)) checkField(state[key], key, field);
  return state;
}

/** Such a state as a line for an address, and back; null for anything else. */
export const encodeWorld = (state) =>
  Object.entries(state)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("&");

export function decodeWorld(name, line) {
  try {
    const given = Object.fromEntries(line.split("&").map((part) => part.split("=")));
    const state = Object.fromEntries(Object.keys(WORLDS[name].start).map((key) => [key, JSON.parse(given[key])]));
    return checkWorld(name, state);
  } catch {
    return null;
  }
}
