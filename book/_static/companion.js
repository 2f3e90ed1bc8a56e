/* Small repairs of what the theme and Sphinx write. */
(function () {
  "use strict";

  /* What scrolls inside itself must be reachable by keyboard. */
  function scrollers() {
    document.querySelectorAll(".bd-article :is(.katex-display, pre, table)").forEach(function (element) {
      if (element.scrollWidth > element.clientWidth + 1) element.setAttribute("tabindex", "0");
    });
  }

  // Docutils gives the entries of a bibliography a role that lists may not hold.
  document.querySelectorAll(".citation-list > [role]").forEach(function (entry) { entry.setAttribute("role", "listitem"); });
  window.addEventListener("load", scrollers);
  window.addEventListener("resize", scrollers);
})();
