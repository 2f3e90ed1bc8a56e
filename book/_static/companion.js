/* What ipywidgets' html-manager needs on pages of this theme. */
(function () {
  "use strict";

  /* The theme's Font Awesome turns every <i> into <svg>, also those that widgets add
   * later: they then throw, and the links behind them are cut. Once is enough. */
  window.FontAwesomeConfig = { observeMutations: false };

  /* html-manager knows MathJax 2 alone and calls MathJax.Hub for every label. MathJax
   * replaces window.MathJax when it loads, so this waits for it (both are deferred). */
  document.addEventListener("DOMContentLoaded", function () {
    var mathjax = (window.MathJax = window.MathJax || {});
    mathjax.Hub = mathjax.Hub || {
      Queue: function (job) {
        var element = job && job[0] === "Typeset" && job[2];
        if (!element || !mathjax.startup || !/\$|\\\(/.test(element.textContent)) return;
        element.textContent = element.textContent.replace(/\$([^$]+)\$/g, "\\($1\\)");
        element.classList.add("mathjax_process");
        mathjax.startup.promise.then(function () { return mathjax.typesetPromise([element]); });
      },
    };
  });

  function set(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  /* Slider handles and groups of buttons have no accessible name, and buttons do not say which is chosen. */
  function describe() {
    document.querySelectorAll(".widget-slider").forEach(function (slider) {
      var label = slider.querySelector(".widget-label"), readout = slider.querySelector(".widget-readout");
      slider.querySelectorAll(".noUi-handle").forEach(function (handle) {
        set(handle, "aria-label", label.textContent.trim());
        if (readout) set(handle, "aria-valuetext", readout.textContent.trim());
      });
    });
    document.querySelectorAll(".widget-toggle-buttons").forEach(function (group) {
      set(group, "role", "group");
      set(group, "aria-label", group.querySelector(".widget-label").textContent.trim());
    });
    document.querySelectorAll(".widget-toggle-button").forEach(function (button) {
      set(button, "aria-pressed", String(button.classList.contains("mod-active")));
    });
  }

  /* What scrolls inside itself must be reachable by keyboard. */
  function scrollers() {
    document.querySelectorAll(".bd-article :is(div.math, pre, table, mjx-container)").forEach(function (element) {
      if (element.scrollWidth > element.clientWidth + 1) set(element, "tabindex", "0");
    });
  }

  window.addEventListener("load", function () {
    // Docutils gives the entries of a bibliography a role that lists may not hold.
    document.querySelectorAll(".citation-list > [role]").forEach(function (entry) { entry.setAttribute("role", "listitem"); });
    var main = document.querySelector("main") || document.body;
    describe();
    new MutationObserver(describe).observe(main, { childList: true, subtree: true, characterData: true, attributeFilter: ["class"] });
    scrollers();
    window.addEventListener("resize", scrollers);
    if (window.MathJax && window.MathJax.startup) window.MathJax.startup.promise.then(scrollers);
  });
})();
