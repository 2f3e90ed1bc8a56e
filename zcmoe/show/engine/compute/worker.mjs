// The optimum takes up to 40 ms, so it is found beside the page: by a worker that runs this same script. Over http
// that is the script's file; elsewhere a blob with the text of the function that all modules are joined in. Where
// neither is allowed the page does it itself, in slices between which it answers the hand.
import { optimalIntervals, optimalSteps } from "./optimum.mjs";
import { makeProblem } from "./problem.mjs";

const SCRIPT = globalThis.document?.currentScript?.src ?? "";
const SLICE = 4; // milliseconds: a step that has begun may still take as many, and a phone takes longer
const jobs = new Map(); // id -> { problem, m, resolve }
let worker,
  count = 0;

/** What the worker does. */
export function serve() {
  globalThis.onmessage = ({ data: { id, problem, m } }) => {
    globalThis.postMessage({ id, found: optimalIntervals(makeProblem(problem), m) });
  };
}

function finish(id, found) {
  jobs.get(id)?.resolve(found);
  jobs.delete(id);
}

function sliced(id) {
  const { problem, m } = jobs.get(id);
  let steps = null;
  const slice = () => {
    const until = performance.now() + SLICE;
    steps ??= optimalSteps(makeProblem(problem), m);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return finish(id, value);
      if (performance.now() > until) break;
    }
    return setTimeout(slice);
  };
  setTimeout(slice);
}

function start() {
  try {
    const text = () => new Blob([`(${joined})()`], { type: "text/javascript" });
    worker = new Worker(SCRIPT.startsWith("http") ? SCRIPT : URL.createObjectURL(text()));
    worker.onmessage = ({ data: { id, found } }) => finish(id, found);
    worker.onerror = () => {
      worker = null;
      [...jobs.keys()].forEach(sliced);
    };
  } catch {
    worker = null;
  }
}

/** A promise of `optimalIntervals` for a state's β, inputs and noise. */
export function optimalIntervalsSoon({ beta, inputs, noise }, m) {
  if (worker === undefined) start();
  return new Promise((resolve) => {
    const id = ++count,
      problem = { beta, inputs, noise };
    jobs.set(id, { problem, m, resolve });
    if (worker) worker.postMessage({ id, problem, m });
    else sliced(id);
  });
}
