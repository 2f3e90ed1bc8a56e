// Elements, and the strings of paths. An attribute is written only when it changes.

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "g", "path", "text", "tspan", "circle", "rect", "clipPath"]);

export function element(name, attributes = {}, parent = null, text = null) {
  const made = DRAWN.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  parent?.append(made);
  return made;
}

export function set(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (node.getAttribute(key) !== String(value)) node.setAttribute(key, value);
  }
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const show = (node, visible) => {
  node.style.display = visible ? "" : "none";
};

/** Tenths of a pixel are enough, and shorter. */
export const tenth = (x) => Math.round(x * 10) / 10;
export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

export function polyline(xs, ys) {
  let d = "";
  for (let i = 0; i < xs.length; i++) d += `${i ? "L" : "M"}${tenth(xs[i])} ${tenth(ys[i])}`;
  return d;
}

/** An excess in words that keep their width; a small one with its power of ten. */
export function number(value, digits = 5) {
  if (!Number.isFinite(value)) return "…";
  const [mantissa, power] = value.toExponential(2).split("e");
  const small = value !== 0 && Math.abs(value) < 10 ** (2 - digits) / 10;
  return small
    ? `${mantissa}·10${[...`${+power}`].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("")}`
    : value.toFixed(digits);
}
