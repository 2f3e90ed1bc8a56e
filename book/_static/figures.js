/* Stored figures: a control chooses a frame, an <img> shows it. No library, and no `fetch`, which file:// refuses. */
(function () {
  "use strict";
  var source = document.querySelector("script.zcmoe-states");
  if (!source) return;
  var stored = JSON.parse(source.textContent), path = stored[0];

  /* A slider, or buttons of which one is pressed: how many values there are, and which is chosen. */
  function read(knob) {
    var range = knob.querySelector("input[type=range]"), radios = knob.querySelectorAll("input[type=radio]");
    var words = JSON.parse(knob.dataset.words || "null");
    return {
      count: range ? Number(range.max) + 1 : radios.length,
      now: function () { return Number(range ? range.value : knob.querySelector("input:checked").value); },
      say: function () {
        if (!range) return;
        knob.querySelector("output").textContent = words[range.value];
        range.setAttribute("aria-valuetext", words[range.value]);
      },
    };
  }

  document.querySelectorAll("figure.zcmoe-figure").forEach(function (figure, number) {
    var states = stored[1][number], img = figure.querySelector("img"), asked = 0, kept = {};
    var knobs = Array.prototype.map.call(figure.querySelectorAll(".knob"), read);

    function now() { return knobs.map(function (knob) { return knob.now(); }); }
    function index(at) { return knobs.reduce(function (sum, knob, i) { return sum * knob.count + at[i]; }, 0); }
    function load(i) { // kept, so that the browser does not drop a frame that was decoded
      if (!kept[i]) { kept[i] = new Image(); kept[i].src = path + states[i][0]; }
      return kept[i];
    }
    function warm(at) { // the frames one step away
      knobs.forEach(function (knob, i) {
        [-1, 1].forEach(function (step) {
          var next = at.slice();
          next[i] += step;
          if (next[i] >= 0 && next[i] < knob.count) load(index(next));
        });
      });
    }

    figure.addEventListener("input", function () {
      var at = now(), i = index(at), mine = ++asked;
      knobs.forEach(function (knob) { knob.say(); });
      function put() {
        if (mine !== asked) return; // a later choice is on its way
        img.src = path + states[i][0];
        img.alt = states[i][1];
        warm(at);
      }
      load(i).decode().then(put, put); // the old frame stands until the new one can be drawn
    });
    ["pointerenter", "focusin", "touchstart"].forEach(function (kind) {
      figure.addEventListener(kind, function () { warm(now()); }, { once: true, passive: true });
    });
    figure.dataset.alive = "";
  });
})();
