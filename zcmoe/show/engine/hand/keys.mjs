// What a key asks of a slider: arrows go a step, with Shift ten; Home and End to the ends; Page keys to another one.

const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** { dx, dy, page, end } or null: `end` is -1 for Home and 1 for End. */
export function keyStep(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const [dx, dy] = STEPS[event.key] ?? [0, 0],
    times = event.shiftKey ? 10 : 1;
  const page = { PageDown: 1, PageUp: -1 }[event.key] ?? 0,
    end = { Home: -1, End: 1 }[event.key] ?? 0;
  return dx || dy || page || end ? { dx: dx * times, dy: dy * times, page, end } : null;
}
