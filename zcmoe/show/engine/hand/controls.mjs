// Buttons and sliders below a drawing: native inputs, at least 44 pixels to touch, with words for values.
import { element, set, show, write } from "../draw/svg.mjs";

export function button(parent, text, act, label = text) {
  const made = element("button", { type: "button", class: "zcl-button", "aria-label": label }, parent, text);
  made.addEventListener("click", act);
  return made;
}

/** Buttons of which one is pressed. options: pairs of a value and its word; returns (value) => void, which shows it. */
export function choice(parent, name, options, act) {
  const group = element("div", { role: "group", "aria-label": name, class: "zcl-choice" }, parent);
  element("span", { class: "zcl-name", "aria-hidden": "true" }, group, name);
  const buttons = options.map(([value, word]) => [value, button(group, word, () => act(value))]);
  const update = (now) => buttons.forEach(([value, node]) => set(node, { "aria-pressed": value === now }));
  return Object.assign(update, { buttons: new Map(buttons) });
}

/** A slider over the integers 0 … steps; `read()` gives [position, word], `act(position, final)` takes one. */
export function slider(parent, name, steps, read, act) {
  const label = element("label", { class: "zcl-slider" }, parent);
  element("span", { class: "zcl-name" }, label, name);
  const input = element("input", { type: "range", min: 0, max: steps, step: 1, "aria-label": name }, label);
  const output = element("span", { class: "zcl-value", "aria-hidden": "true" }, label);
  input.addEventListener("input", () => act(+input.value, false));
  input.addEventListener("change", () => act(+input.value, true));
  const update = () => {
    const [position, word] = read();
    if (+input.value !== position) input.value = position;
    write(output, word);
    set(input, { "aria-valuetext": word });
  };
  return Object.assign(update, { label });
}

/** A line to type in; `update(text)` shows it, null hides it. */
export function textLine(parent, name, act) {
  const label = element("label", { class: "zcl-slider" }, parent);
  element("span", { class: "zcl-name" }, label, name);
  const input = element(
    "input",
    { type: "text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-label": name },
    label,
  );
  input.addEventListener("input", () => act(input.value, false));
  input.addEventListener("change", () => act(input.value, true));
  return (text) => {
    show(label, text !== null);
    if (text !== null && input.value !== text) input.value = text;
  };
}

/** A choice of many, as the browser draws it. */
export function select(parent, name, options, act) {
  const label = element("label", { class: "zcl-select" }, parent);
  element("span", { class: "zcl-name" }, label, name);
  const input = element("select", {}, label);
  for (const [value, word] of options) element("option", { value }, input, word);
  input.addEventListener("change", () => act(input.value));
  return (now) => {
    if (input.value !== now) input.value = now;
  };
}
