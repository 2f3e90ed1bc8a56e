// Two doors: a notebook (anywidget's `render`) and a page's elements.
import { serve } from "./compute/worker.mjs";
import { Cell } from "./figures/cell.mjs";
import { Compander } from "./figures/compander.mjs";
import { Constant } from "./figures/constant.mjs";
import { Cut } from "./figures/cut.mjs";
import { Feed } from "./figures/feed.mjs";
import { Level } from "./figures/level.mjs";
import { Many } from "./figures/many.mjs";
import { YourNumbers } from "./figures/numbers.mjs";
import { Playground } from "./figures/playground.mjs";
import { Slabs } from "./figures/slabs.mjs";
import { Solid } from "./figures/solid.mjs";
import { VoronoiCells } from "./figures/voronoi.mjs";

// prettier-ignore
export const FIGURES = {
  cut: Cut, level: Level, many: Many, feed: Feed, constant: Constant, playground: Playground, cell: Cell,
  voronoi: VoronoiCells, slabs: Slabs, compander: Compander, solid: Solid, numbers: YourNumbers,
};

export function render({ model, el }) {
  let own = "";
  const Kind = FIGURES[model.get("figure")];
  const figure = new Kind(el, model.get("state"), (state) => {
    own = JSON.stringify(state);
    model.set("state", state);
    model.save_changes();
  });
  const update = () => {
    const state = model.get("state");
    if (JSON.stringify(state) !== own) figure.show(state);
  };
  model.on("change:state", update);
  return () => {
    model.off("change:state", update);
    figure.destroy();
  };
}

/** What the address says of an element: #name?b=cos&p=… */
function linked(host) {
  const [name, line] = decodeURIComponent(location.hash.slice(1)).split("?");
  return line !== undefined && name && name === host.id ? FIGURES[host.dataset.zcmoe]?.decode(line) : null;
}

/** <figure data-zcmoe="cut" data-state='{"m": 8}' id="…"><img …></figure>; where anything fails, what is there stays. */
export function mount(host) {
  if (host.zcmoe) return;
  const before = [...host.children];
  try {
    const state = linked(host);
    host.zcmoe = new FIGURES[host.dataset.zcmoe](host, JSON.parse(host.dataset.state ?? "{}"));
    if (state) host.zcmoe.show(state);
    before.filter((child) => child.localName !== "figcaption").forEach((child) => child.remove());
    if (state) host.scrollIntoView({ block: "center" });
  } catch (error) {
    console.error("a live figure could not start; its picture stays", error);
    [...host.children].filter((child) => !before.includes(child)).forEach((child) => child.remove());
  }
}

/** One at a time: the first is alive before the last is made, and no hand waits for all of them. */
function mountInTurn([first, ...rest]) {
  if (!first) return;
  mount(first);
  setTimeout(mountInTurn, 0, rest);
}

/** Mount the elements of a page, if there are any, one that the address names first; give anywidget its `render`. */
export function openDoors() {
  const all = () => mountInTurn([...document.querySelectorAll("[data-zcmoe]")].sort((a, b) => !linked(a) - !linked(b)));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
  window.addEventListener("hashchange", () => {
    for (const host of document.querySelectorAll("[data-zcmoe]")) {
      const state = linked(host);
      if (state) host.zcmoe?.show(state);
    }
  });
  return { render };
}

export { serve }; // what the joined script does without a document
