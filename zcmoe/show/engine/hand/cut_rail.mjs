// The cuts as pegs under an axis: the nearest one follows the pointer, and one takes the keys.
import { clamp, element, number, set, show, tenth } from "../draw/svg.mjs";
import { Handle, PEG } from "./handle.mjs";

const LEAST = 0.001; // between neighbours
const RAIL = 44; // pixels
export const thousandth = (x) => Math.round(x * 1000) / 1000;

export class CutRail {
  constructor(figure, svg) {
    this.figure = figure;
    this.active = 0;
    this.area = element("rect", { class: "zcl-hit zcl-rail" }, svg);
    this.pegs = element("path", { class: "zcl-peg", "aria-hidden": "true" }, svg);
    this.handle = new Handle(svg, {
      shape: PEG,
      description: "Page Up and Page Down: another cut",
      step: (keys) => this.step(keys),
    });
    figure.hand(this.area, {
      begin: ([px]) => {
        this.active = this.nearest(this.panel.x.back(px));
      },
      move: ([px]) => this.move(this.active, this.panel.x.back(px)),
      end: () => this.handle.focus(),
    });
  }

  get inner() {
    return this.figure.view.cuts.slice(1, -1);
  }

  nearest(x) {
    return this.inner.reduce((best, a, i, all) => (Math.abs(a - x) < Math.abs(all[best] - x) ? i : best), 0);
  }

  move(i, x) {
    // between its neighbours
    const at = Array.from(this.inner, thousandth);
    if (!at.length) return;
    at[i] = thousandth(clamp(x, (at[i - 1] ?? 0) + LEAST, (at[i + 1] ?? 1) - LEAST));
    this.figure.change({ m: at.length + 1, cuts: { kind: "hand", at } });
  }

  step({ dx, dy, page, end }) {
    const { active: i, inner } = this;
    if (page) {
      this.active = clamp(i + page, 0, inner.length - 1);
      this.figure.refresh();
    } else {
      this.move(i, end ? (end < 0 ? 0 : 1) : inner[i] + 0.002 * (dx || dy));
      this.figure.commit();
    }
  }

  show(visible) {
    for (const node of [this.area, this.pegs, this.handle.node]) show(node, visible);
  }

  /** Under the axis of a panel. */
  place(panel) {
    this.panel = panel;
    set(this.area, { x: panel.left - 10, y: panel.bottom, width: panel.right - panel.left + 20, height: RAIL });
  }

  paint(excess) {
    const { inner, panel } = this,
      y = panel.bottom + 20;
    this.active = clamp(this.active, 0, Math.max(inner.length - 1, 0));
    const narrow = inner.length > 20 ? 4 : 7;
    let d = "";
    for (const a of inner) d += `M${tenth(panel.x.to(a))} ${y - 10}l${narrow} 9v11h${-2 * narrow}v-11z`;
    set(this.pegs, { d });
    this.handle.show(inner.length > 0);
    if (!inner.length) return;
    const a = inner[this.active];
    this.handle.place(panel.x.to(a), y, {
      label: `cut ${this.active + 1} of ${inner.length}`,
      min: 0,
      max: 1,
      now: a,
      text: `${a.toFixed(3)}, error beyond noise ${number(excess)}`,
    });
  }
}
CutRail.HEIGHT = RAIL;
