// A document for the engine where there is no browser: enough to draw a figure's first state and to write it down.
// The build runs it with Node (live_figures.py); process.argv[1] is the file of the engine's page script.
const vm = require("vm"), fs = require("fs");

const escape = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
const VOID = new Set(["input", "br", "img"]);
const REFLECTED = ["disabled", "checked", "hidden"];

class Node {
  constructor(name) {
    Object.assign(this, { localName: name, tagName: name.toUpperCase(), attributes: new Map(), children: [], parent: null, dataset: {} });
    this.style = { setProperty: (key, value) => { this.style[key] = value; }, removeProperty: (key) => { delete this.style[key]; } };
    this.classList = {
      list: () => (this.getAttribute("class") ?? "").split(/\s+/).filter(Boolean),
      add: (...names) => this.setAttribute("class", [...new Set([...this.classList.list(), ...names])].join(" ")),
      remove: (...names) => this.setAttribute("class", this.classList.list().filter((one) => !names.includes(one)).join(" ")),
      contains: (one) => this.classList.list().includes(one),
      toggle: (one, on = !this.classList.contains(one)) => this.classList[on ? "add" : "remove"](one),
    };
  }
  get id() { return this.getAttribute("id") ?? ""; }
  set id(value) { this.setAttribute("id", value); }
  get className() { return this.getAttribute("class") ?? ""; }
  set className(value) { this.setAttribute("class", value); }
  get childNodes() { return this.children; }
  get firstChild() { return this.children[0] ?? null; }
  get lastChild() { return this.children.at(-1) ?? null; }
  get parentElement() { return this.parent; }
  get parentNode() { return this.parent; }
  get clientWidth() { return width; }
  get offsetWidth() { return width; }
  get isConnected() { return true; }
  get textContent() { return this.children.map((one) => (one.data !== undefined ? one.data : one.textContent)).join(""); }
  set textContent(text) { this.children = []; if (text !== "" && text !== null) this.append(text); }
  setAttribute(key, value) { this.attributes.set(key, String(value)); }
  setAttributeNS(_, key, value) { this.setAttribute(key, value); }
  getAttribute(key) { return this.attributes.get(key) ?? null; }
  hasAttribute(key) { return this.attributes.has(key); }
  removeAttribute(key) { this.attributes.delete(key); }
  toggleAttribute(key, on = !this.hasAttribute(key)) { if (on) this.setAttribute(key, ""); else this.removeAttribute(key); }
  take(one) {
    if (!(one instanceof Node)) return { data: String(one) };
    one.remove();
    one.parent = this;
    return one;
  }
  append(...all) { for (const one of all) { const made = this.take(one); this.children.push(made); } } // taking may renew children
  appendChild(one) { this.append(one); return one; }
  prepend(...all) { const made = all.map((one) => this.take(one)); this.children.unshift(...made); }
  insertBefore(one, mark) {
    const made = this.take(one), at = this.children.indexOf(mark);
    this.children.splice(at < 0 ? this.children.length : at, 0, made);
    return one;
  }
  before(...all) { for (const one of all) this.parent?.insertBefore(one, this); }
  after(...all) { for (const one of all) this.parent?.insertBefore(one, this.parent.children[this.parent.children.indexOf(this) + 1]); }
  replaceChildren(...all) { this.children = []; this.append(...all); }
  replaceWith(...all) { this.before(...all); this.remove(); }
  remove() { if (this.parent) this.parent.children = this.parent.children.filter((one) => one !== this); this.parent = null; }
  all() { return this.children.flatMap((one) => (one instanceof Node ? [one, ...one.all()] : [])); }
  querySelectorAll(selector) {
    const [, name, kind] = /^([\w-]*)(?:\.([\w-]+))?$/.exec(selector) ?? [];
    return this.all().filter((one) => (!name || one.localName === name) && (!kind || one.classList.contains(kind)));
  }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }
  getBoundingClientRect() { return { left: 0, top: 0, right: width, bottom: 0, width, height: 0, x: 0, y: 0 }; }
  addEventListener() {}
  removeEventListener() {}
  focus() {}
  contains() { return false; }

  write() {
    const style = Object.entries(this.style).filter(([, value]) => typeof value === "string" && value !== "")
      .map(([key, value]) => `${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}: ${value}`);
    const own = this.getAttribute("style");
    const pairs = [...this.attributes].filter(([key]) => key !== "style");
    if (own || style.length) pairs.push(["style", [...(own ? [own] : []), ...style].join("; ")]);
    for (const key of REFLECTED) if (this[key] === true) pairs.push([key, ""]);
    if (this.localName === "input" && this.value !== undefined) pairs.push(["value", this.value]);
    const head = `<${this.localName}${pairs.map(([key, value]) => ` ${key}="${escape(value)}"`).join("")}`;
    if (VOID.has(this.localName)) return `${head}>`;
    return `${head}>${this.children.map((one) => one.write?.() ?? escape(one.data)).join("")}</${this.localName}>`;
  }
}

let width = 0; // of everything, in pixels

/** Draw `figure` in `state` into a drawing of some width: the HTML around it, the SVG, its height. */
function answer({ figure, state, across }) {
  width = across;
  const host = new Node("figure"), wrong = [];
  Object.assign(host.dataset, { zcmoe: figure, state: JSON.stringify(state) });
  const document = {
    readyState: "complete", head: new Node("head"), body: new Node("body"), documentElement: new Node("html"), currentScript: null,
    createElement: (name) => new Node(name), createElementNS: (_, name) => new Node(name), createTextNode: String,
    getElementById: () => null, querySelector: () => null, addEventListener() {},
    querySelectorAll: (selector) => (selector === "[data-zcmoe]" ? [host] : []),
  };
  const idle = { addEventListener() {}, removeEventListener() {} };
  const world = {
    document, console: { error: (...words) => wrong.push(words.join(" ")), log() {}, warn() {} }, location: { hash: "", href: "" },
    matchMedia: () => ({ matches: true, ...idle }), devicePixelRatio: 1, performance, structuredClone, ...idle,
    ResizeObserver: class { observe() {} disconnect() {} }, IntersectionObserver: class { observe() {} disconnect() {} },
    requestAnimationFrame: () => 0, cancelAnimationFrame() {}, setTimeout: () => 0, clearTimeout() {}, requestIdleCallback: () => 0,
    getComputedStyle: () => ({ getPropertyValue: () => "" }),
  };
  world.window = world.self = world;
  vm.runInNewContext(fs.readFileSync(process.argv[1], "utf8"), world);
  const root = host.children.find((one) => one instanceof Node && one.classList.contains("zcl"));
  if (wrong.length || !root) return { error: wrong.join("; ") || "nothing was drawn" };
  if (root.classList.contains("zcl-refused")) return { error: root.querySelector(".zcl-readout").textContent };
  const drawing = root.querySelector("svg");
  drawing.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const svg = drawing.write(), height = Number(drawing.getAttribute("height"));
  const words = [".zcl-readout", ".zcl-caption"].map((kind) => root.querySelector(kind)?.textContent ?? "");
  drawing.textContent = "";
  const mark = new Node("picture");
  drawing.replaceWith(mark);
  return { html: root.write(), svg, height, name: root.getAttribute("aria-label") ?? "", words };
}
