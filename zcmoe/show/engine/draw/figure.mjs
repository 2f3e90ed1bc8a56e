// What all live figures share: a state, one paint a frame, a readout, controls, words for a screen reader.
import { fromDensity, optimalDensity } from "../compute/density.mjs";
import { approximationExcess } from "../compute/errors.mjs";
import { regionMoments } from "../compute/moments.mjs";
import { makeProblem } from "../compute/problem.mjs";
import { Refused } from "../compute/quadrature.mjs";
import { START, checkState, decode, makeCuts } from "../compute/state.mjs";
import { optimalIntervalsSoon } from "../compute/worker.mjs";
import { button } from "../hand/controls.mjs";
import { drag } from "../hand/drag.mjs";
import { CSS } from "./style.mjs";
import { element, set, write } from "./svg.mjs";

export const GRID = Array.from({ length: 361 }, (_, i) => Math.min(Math.max(i / 360, 1e-9), 1 - 1e-9));
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A figure gives `preset`, `unit`, `name`, `caption`, build(svg), layout(width) -> height, see(view), paint(view). */
export class Figure {
  static base = START; // what a state holds
  static decode = decode; // of a line in an address

  constructor(host, start = {}, changed = () => {}) {
    this.host = host;
    this.changed = changed;
    this.initial = this.whole(start);
    this.state = structuredClone(this.initial);
    this.memo = {};
    this.found = new Map(); // the best cuts, by problem and m
    this.frame();
    this.fresh();
    this.build(this.svg);
    button(this.controls, "↺", () => this.reset(), "start again").classList.add("zcl-reset");
    this.root.append(this.caption, this.status); // below what a figure has put there
    this.host.append(this.root);
    this.observer = new ResizeObserver(() => {
      if (this.svg.clientWidth && this.svg.clientWidth !== this.width) this.refresh();
    });
    this.observer.observe(this.svg);
    this.refresh();
    this.moved(false);
  }

  frame() {
    if (!document.getElementById("zcl-style")) element("style", { id: "zcl-style" }, document.head, CSS);
    const { name, unit, caption } = this.constructor;
    this.root = element("div", { class: "zcl", role: "group", "aria-label": name });
    const readout = element("div", { class: "zcl-readout" }, this.root);
    this.number = element("span", { class: "zcl-number" }, readout);
    this.unit = element("span", { class: "zcl-unit" }, readout, unit);
    this.svg = element("svg", { class: "zcl-drawing", role: "group", "aria-label": `${name}: the drawing` }, this.root);
    const lines = `--zcl-lines: ${this.constructor.lines ?? 3}`; // on a phone: the height stays
    this.verdict = element("p", { class: "zcl-verdict", style: lines }, this.root);
    this.controls = element("div", { class: "zcl-controls" }, this.root);
    this.caption = element("p", { class: "zcl-caption" }, this.root, caption);
    this.status = element("p", { class: "zcl-status", role: "status" }, this.root);
  }

  whole(state) {
    return structuredClone({ ...this.constructor.base, ...this.constructor.preset, ...state });
  }

  /** What a figure remembers besides its state; the start and ↺ call it. */
  fresh() {}

  /** A move has ended; `counts` where a hand made it. */
  moved(_counts = true) {}

  destroy() {
    this.observer.disconnect();
    cancelAnimationFrame(this.asked);
    clearTimeout(this.resting);
    clearTimeout(this.speaking);
    this.gone = true;
    this.root.remove();
  }

  /** Compute once for each key. */
  once(name, key, make) {
    if (this.memo[name]?.key !== key) this.memo[name] = { key, value: make() };
    return this.memo[name].value;
  }

  get dataKey() {
    return JSON.stringify([this.state.beta, this.state.inputs, this.state.noise]);
  }

  /** The view of a state: { problem, cuts, m, moments, excess }, and what `see` adds to it. */
  compute() {
    checkState(this.state);
    const problem = this.once("problem", this.dataKey, () => makeProblem(this.state));
    const key = this.dataKey + JSON.stringify([this.state.m, this.state.cuts]);
    const slow = this.state.cuts.kind === "optimum",
      best = slow ? this.best() : null;
    const cuts =
      this.gliding ??
      best?.cuts ??
      this.once("cuts", key, () =>
        slow ? fromDensity(optimalDensity(problem), this.state.m) : makeCuts(problem, this.state),
      );
    const moments = regionMoments(problem, cuts);
    const view = { problem, cuts, m: cuts.length - 1, moments, excess: approximationExcess(moments) };
    view.pending = slow && !best; // λ*'s cuts stand there until the best are found
    return Object.assign(view, this.see?.(view));
  }

  /** The best cuts into m intervals, found beside the page while the hand rests; until then undefined. */
  best(m = this.state.m) {
    const key = JSON.stringify([this.state.beta, this.state.inputs, m]);
    if (!this.found.has(key) && !this.dragging) {
      this.found.set(key, undefined);
      optimalIntervalsSoon(this.state, m).then((found) => {
        this.found.set(key, found);
        if (!this.gone) this.later();
      });
    }
    return this.found.get(key);
  }

  refresh() {
    const width = this.svg.clientWidth || 600;
    if (width !== this.width) {
      this.width = width;
      const height = this.layout(width);
      set(this.svg, { viewBox: `0 0 ${width} ${height}`, height });
    }
    try {
      this.view = this.compute();
      this.failed = null;
      this.root.classList.remove("zcl-refused");
      this.paint(this.view);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.failed = error;
      this.root.classList.add("zcl-refused");
      write(this.number, "not computed");
      write(this.unit, error.message);
    }
  }

  /** Show a number with its unit. */
  read(text, unit = this.constructor.unit) {
    write(this.number, this.view.pending ? "…" : text);
    write(this.unit, unit);
  }

  /** Paint at the next frame: at most once in each. */
  later() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = undefined;
      if (!this.gone) this.refresh();
    });
  }

  change(part) {
    this.gliding = null;
    this.state = { ...this.state, ...part };
    this.later();
  }

  /** A gesture has ended: what is slow is computed, said, and told to whoever listens. */
  commit(part = {}) {
    this.change(part);
    this.refresh();
    this.moved();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.say(`${this.number.textContent} ${this.unit.textContent}`), 350);
    this.changed(structuredClone(this.state));
  }

  /** Polite, and at most three times a second. */
  say(text) {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => write(this.status, text), 340);
  }

  reset() {
    this.fresh();
    this.show(this.initial);
    this.changed(structuredClone(this.state));
  }

  show(state) {
    this.gliding = null;
    this.state = this.whole(state);
    this.refresh();
    this.moved(false);
  }

  /** A gesture on an area; scrolling with a finger takes back what it did. */
  hand(area, { begin, move, end, cancel, free = false }) {
    let before = null;
    drag(area, this.svg, {
      free,
      begin: (point) => {
        before = structuredClone(this.state);
        this.dragging = true;
        begin?.(point);
      },
      move: (point, last) => {
        move(point, last);
        this.later();
      },
      end: () => {
        this.dragging = false;
        this.commit();
        end?.();
      },
      cancel: () => {
        this.dragging = false;
        cancel?.();
        this.change(before);
      },
    });
  }

  /** Let the cuts glide to those of a part of the state; without motion they are there at once. */
  glide(part) {
    const from = this.view.cuts;
    this.commit(part);
    const to = this.view.cuts;
    if (still() || this.view.pending || to.length !== from.length) return;
    const start = performance.now(),
      step = (now) => {
        if (this.gone || (this.gliding === null && now > start + 50)) return; // a hand was quicker
        const t = Math.min((now - start) / 700, 1),
          eased = t * t * (3 - 2 * t);
        this.gliding = t < 1 ? from.map((a, i) => a + eased * (to[i] - a)) : null;
        this.refresh();
        if (t < 1) requestAnimationFrame(step);
      };
    this.gliding = from;
    requestAnimationFrame(step);
  }
}
