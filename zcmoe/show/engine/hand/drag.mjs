// One gesture for mouse, pen and finger. A finger that scrolls the page takes back what it did.

/** act: begin(point), move(point, last), end(), cancel(); points are pixels of the drawing.
 * Fingers that go up or down scroll, by the drawing's touch-action (Chromium reads none inside an SVG), except where
 * `free`, or `free(point)`, says that they drag too. */
export function drag(area, svg, act) {
  let pressed = null,
    last = null;
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const holds = (event) => (typeof act.free === "function" ? act.free(at(event.touches[0])) : act.free);
  const begin = () => {
    act.begin?.(pressed);
    act.move(pressed, null);
    last = pressed;
  };
  const finish = (how) => {
    if (last) how();
    pressed = last = null;
  };
  if (act.free) {
    area.addEventListener("touchstart", (event) => holds(event) && event.preventDefault(), { passive: false });
  }
  area.addEventListener("pointerdown", (event) => {
    if (event.button || pressed) return;
    area.setPointerCapture(event.pointerId);
    pressed = at(event);
    if (event.pointerType === "touch") return; // it may be the start of a scroll
    event.preventDefault();
    begin();
  });
  area.addEventListener("pointermove", (event) => {
    if (!pressed) return;
    if (!last) begin();
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) {
      const point = at(one);
      act.move(point, last);
      last = point;
    }
  });
  area.addEventListener("pointerup", () => {
    if (pressed && !last) begin(); // a tap
    finish(() => act.end());
  });
  area.addEventListener("pointercancel", () => finish(() => act.cancel()));
}
