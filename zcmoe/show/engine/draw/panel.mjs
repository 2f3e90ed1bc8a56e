// A pair of axes with at most five ticks each; the name of y stands above, horizontal.
import { clamp, element, set, tenth } from "./svg.mjs";

/** Maps the range of an axis to pixels, linearly or by logarithms; `back` is the inverse. */
class Scale {
  constructor(axis) {
    this.axis = axis;
    [this.f, this.g] = axis.log ? [Math.log, Math.exp] : [(v) => v, (v) => v];
    this.fit(0, 1);
  }

  fit(start, end) {
    [this.low, this.high] = this.axis.range.map(this.f);
    this.start = start;
    this.pixels = (end - start) / (this.high - this.low);
  }

  to = (v) => this.start + (this.f(v) - this.low) * this.pixels;
  back = (px) => this.g(this.low + (px - this.start) / this.pixels);
}

let clips = 0;

export class Panel {
  /** x and y: { range, ticks, log, format }; `label` names y. Ticks are numbers, or pairs of a number and its word. */
  constructor(svg, { x = { range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] }, y, label = "", xLabel = "" }) {
    Object.assign(this, { xAxis: x, yAxis: y, label, xLabel });
    this.x = new Scale(x);
    this.y = new Scale(y);
    this.root = element("g", {}, svg);
    this.axes = element("path", { class: "zcl-axis" }, this.root);
    const clip = element("clipPath", { id: `zcl-clip-${++clips}` }, this.root);
    this.window = element("rect", {}, clip);
    this.inside = element("g", { "clip-path": `url(#${clip.id})` }, this.root);
    this.texts = element("g", { "aria-hidden": "true", class: "zcl-ticks" }, this.root);
  }

  place(left, top, right, bottom) {
    this.x.fit(left, right);
    this.y.fit(bottom, top);
    Object.assign(this, { left, top, right, bottom });
    set(this.window, { x: left, y: top, width: right - left, height: bottom - top });
    const pair = (tick) => (Array.isArray(tick) ? tick : [tick, `${tick}`.replace("-", "−")]);
    let d = `M${left} ${top}V${bottom}H${right}`;
    this.texts.replaceChildren();
    for (const [value, word] of (this.xAxis.ticks ?? []).map(pair)) {
      d += `M${tenth(this.x.to(value))} ${bottom}v4`;
      element("text", { x: tenth(this.x.to(value)), y: bottom + 17, "text-anchor": "middle" }, this.texts, word);
    }
    for (const [value, word] of (this.yAxis.ticks ?? []).map(pair)) {
      d += `M${left} ${tenth(this.y.to(value))}h-4`;
      element("text", { x: left - 7, y: tenth(this.y.to(value)) + 4, "text-anchor": "end" }, this.texts, word);
    }
    set(this.axes, { d });
    if (this.label) element("text", { x: left - 4, y: top - 9 }, this.texts, this.label);
    if (this.xLabel) element("text", { x: right, y: bottom + 33, "text-anchor": "end" }, this.texts, this.xLabel);
  }

  /** A path of the given role inside the axes; one outside them may stand across their border. */
  mark(role, { outside = false, name = "path" } = {}) {
    return element(name, { class: `zcl-${role}` }, outside ? this.root : this.inside);
  }

  word(role, anchor = "start") {
    return element(
      "text",
      { class: `zcl-word zcl-${role}-word`, "text-anchor": anchor, "aria-hidden": "true" },
      this.root,
    );
  }

  curve(xs, ys) {
    let d = "";
    for (let i = 0; i < xs.length; i++) {
      d += `${i ? "L" : "M"}${tenth(this.x.to(xs[i]))} ${tenth(this.bounded(this.y.to(ys[i])))}`;
    }
    return d;
  }

  /** Far outside the window a coordinate only costs: it ends just beyond. */
  bounded = (py) => clamp(py, this.top - 40, this.bottom + 40);

  stairs(cuts, values) {
    let d = `M${tenth(this.x.to(cuts[0]))} ${tenth(this.bounded(this.y.to(values[0])))}`;
    values.forEach((v, i) => {
      d += `V${tenth(this.bounded(this.y.to(v)))}H${tenth(this.x.to(cuts[i + 1]))}`;
    });
    return d;
  }

  /** The same without the risers: a line a region, those alone for which `kept` holds. */
  plateaus(cuts, values, kept = () => true) {
    let d = "";
    values.forEach((v, i) => {
      if (kept(i)) d += `M${tenth(this.x.to(cuts[i]))} ${tenth(this.y.to(v))}H${tenth(this.x.to(cuts[i + 1]))}`;
    });
    return d;
  }
}

/** Ticks at round numbers, five at most. */
export function roundTicks(low, high) {
  const rough = (high - low) / 4,
    power = 10 ** Math.floor(Math.log10(rough)),
    step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: 6 }, (_, i) => Number(((first + i) * step).toPrecision(12))).filter((v) => v <= high);
}
