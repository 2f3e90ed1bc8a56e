/* Small repairs of what the theme and Sphinx write. */
(function () {
  "use strict";

  /* What scrolls inside itself must be reachable by keyboard. What is folded is looked at when it opens: to ask for its
   * width before would lay it all out. A font that comes late makes a formula wider, and its box not. */
  var seen = new Set();
  function look(element) {
    if (element.scrollWidth > element.clientWidth + 1) element.setAttribute("tabindex", "0");
  }
  var widths = new ResizeObserver(function (entries) {
    entries.forEach(function (entry) {
      seen.add(entry.target);
      look(entry.target);
    });
  });
  if (document.fonts) document.fonts.addEventListener("loadingdone", function () { seen.forEach(look); });
  document.querySelectorAll(".bd-article :is(.katex-display, pre, table)").forEach(function (element) {
    widths.observe(element);
  });

  // Docutils gives the entries of a bibliography a role that lists may not hold.
  document.querySelectorAll(".citation-list > [role]").forEach(function (entry) { entry.setAttribute("role", "listitem"); });
})();
