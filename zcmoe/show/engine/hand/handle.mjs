// A handle in a drawing, which a screen reader knows as a slider.
import { element, set, tenth } from "../draw/svg.mjs";
import { keyStep } from "./keys.mjs";
import { Native, needsNative } from "./native.mjs";

export class Handle {
  /** `step(keys)` answers the keys; `shape` is a path about (0, 0). */
  constructor(svg, { shape, role = "experts", orientation = "horizontal", description = "", step }) {
    this.node = element(
      "path",
      {
        class: `zcl-handle zcl-${role}-handle`,
        d: shape,
        role: "slider",
        tabindex: 0,
        "aria-orientation": orientation,
      },
      svg,
    );
    if (description) set(this.node, { "aria-description": description });
    this.node.style.pointerEvents = "none"; // an area of 44 pixels takes the pointer
    this.node.addEventListener("keydown", (event) => {
      const keys = keyStep(event);
      if (!keys) return;
      event.preventDefault();
      step(keys);
    });
    if (needsNative()) this.beside(svg, orientation, description, step);
  }

  beside(svg, orientation, description, step) {
    set(this.node, { "aria-hidden": "true" });
    const both = /up and down|arrow keys|left and right/.test(description),
      along = orientation === "vertical" ? { dy: 5 } : { dx: 5 },
      across = orientation === "vertical" ? { dx: 1, word: ", sideways" } : { dy: 5, word: ", up and down" };
    const ways = [{ ...along, word: "" }, ...(both ? [across] : [])];
    if (/Page/.test(description)) ways.push({ page: 1, word: ": which one" });
    this.native = new Native(svg.parentNode, ways, step);
  }

  place(x, y, { label, min, max, now, text }) {
    set(this.node, {
      transform: `translate(${tenth(x)} ${tenth(y)})`,
      "aria-label": label,
      "aria-valuemin": min,
      "aria-valuemax": max,
      "aria-valuenow": Number(now.toPrecision(5)),
      "aria-valuetext": text,
    });
    this.native?.say(label, text);
  }

  show(visible) {
    this.node.style.display = visible ? "" : "none";
    this.native?.show(visible);
  }
  focus() {
    this.node.focus({ preventScroll: true });
  }
}

export const DOT = "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0 -18 0Z";
export const PEG = "M0 -10L8 0V12H-8V0Z"; // points up to the axis
