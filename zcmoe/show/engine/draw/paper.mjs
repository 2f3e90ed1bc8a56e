// A document that only remembers: enough of one for a figure to draw its first state where there is no browser.

class Node {
  get parentNode() {
    return this.parent;
  }
  constructor(name) {
    Object.assign(this, { localName: name, attributes: new Map(), children: [], style: {}, parent: null, text: "" });
    this.classList = { add() {}, remove() {} };
    this.clientWidth = Node.width;
  }

  setAttribute(key, value) {
    this.attributes.set(key, `${value}`);
  }
  getAttribute(key) {
    return this.attributes.get(key) ?? null;
  }
  append(...nodes) {
    for (const node of nodes) {
      node.remove();
      node.parent = this;
      this.children.push(node);
    }
  }
  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((child) => child !== this);
    this.parent = null;
  }
  replaceChildren(...nodes) {
    this.children = [];
    this.append(...nodes);
  }
  get id() {
    return this.getAttribute("id");
  }
  get textContent() {
    return this.text + this.children.map((child) => child.textContent).join("");
  }
  set textContent(text) {
    this.children = [];
    this.text = `${text}`;
  }
  addEventListener() {}
  getContext() {
    return null;
  }
  focus() {}

  /** Markup of what is seen; what answers the hand is left out. */
  markup() {
    if (this.style.display === "none" || this.getAttribute("class")?.match(/zcl-(hit|handle|peg)\b/)) return "";
    const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
    const kept = [...this.attributes].filter(([key]) => !/^(aria-|role$|tabindex)/.test(key));
    const inside = escape(this.text) + this.children.map((child) => child.markup()).join("");
    return `<${this.localName}${kept.map(([key, v]) => ` ${key}="${escape(v)}"`).join("")}>${inside}</${this.localName}>`;
  }
}

/** Draw a figure's state: { svg, width, height, number, unit, verdict }. */
export function firstPicture(Kind, state, width, name) {
  Node.width = width;
  const nothing = () => undefined;
  Object.assign(globalThis, {
    document: {
      createElement: (tag) => new Node(tag),
      createElementNS: (_, tag) => new Node(tag),
      getElementById: nothing,
      head: new Node("head"),
    },
    window: { requestIdleCallback: nothing, addEventListener: nothing },
    matchMedia: () => ({ matches: true }),
    requestAnimationFrame: nothing,
    cancelAnimationFrame: nothing,
    ResizeObserver: class {
      observe() {}
    },
  });
  const figure = new Kind(new Node("figure"), state);
  if (figure.failed) throw figure.failed;
  const size = { width, height: +figure.svg.getAttribute("height") };
  const inside = figure.svg.children.map((child) => child.markup()).join("");
  const words = { number: figure.number.textContent, unit: figure.unit.textContent };
  const svg = inside.replace(/zcl-clip-/g, `${name}-clip-`);
  return { svg, ...size, ...words, verdict: figure.verdict.textContent, caption: Kind.caption, title: Kind.name };
}
