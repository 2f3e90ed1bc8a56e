// VoiceOver on iPhones and iPads moves no role="slider" of a drawing: there each handle has native range inputs beside it.
import { element, set, show } from "../draw/svg.mjs";

const REST = 50; // where such an input stands; a swipe up or down moves it, and it comes back

export function needsNative() {
  const { userAgent = "", maxTouchPoints = 0 } = globalThis.navigator ?? {};
  return /iPhone|iPad|iPod/.test(userAgent) || (/Mac/.test(userAgent) && maxTouchPoints > 1);
}

/** Inputs that say what the handle says and send it the keys' steps: along each of `ways`, { dx, dy, page }. */
export class Native {
  constructor(parent, ways, step) {
    this.inputs = ways.map(({ word, ...keys }) => {
      const input = element("input", { type: "range", min: 0, max: 100, value: REST, class: "zcl-native" }, parent);
      input.addEventListener("input", () => {
        const sign = Math.sign(+input.value - REST);
        input.value = REST;
        if (sign)
          step({
            dx: 0,
            dy: 0,
            page: 0,
            end: 0,
            ...Object.fromEntries(Object.entries(keys).map(([k, v]) => [k, v * sign])),
          });
      });
      return [input, word];
    });
  }

  say(label, text) {
    for (const [input, word] of this.inputs) set(input, { "aria-label": `${label}${word}`, "aria-valuetext": text });
  }
  show(visible) {
    for (const [input] of this.inputs) show(input, visible);
  }
}
